// JSON lines, Parquet, Arrow, and what is compressed.
#include "arrow/array/builder_dict.h"
#include "arrow/builder.h"
#include "arrow/io/compressed.h"
#include "arrow/io/file.h"
#include "arrow/ipc/writer.h"
#include "arrow/record_batch.h"
#include "arrow/table.h"
#include "arrow/util/compression.h"
#include "parquet/arrow/writer.h"
#include "runtime/ingest/missing_columns.h"
#include "runtime/ingest/rows.h"
#include "tests/ingest/support.h"

namespace kitle::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kRules = R"(
profile customer { id code key }
event view { page text, seconds number, tags list of code, on date, paid flag, wait duration }
source page_views {
  files     "views.@"
  customer  from "who"
  into view {
    time     from "when"
    page     from "page.path"
    seconds  from "seconds"
    tags     from "tags"
    on       from "on"
    paid     from "paid"
  }
}
)";

std::string rules_for(const std::string& ending) {
  std::string rules = kRules;
  rules.replace(rules.find('@'), 1, ending);
  return rules;
}

void compress(const std::string& path, std::string_view bytes,
              arrow::Compression::type type) {
  auto file = arrow::io::FileOutputStream::Open(path);
  ASSERT_TRUE(file.ok());
  auto codec = arrow::util::Codec::Create(type);
  ASSERT_TRUE(codec.ok());
  auto stream = arrow::io::CompressedOutputStream::Make(codec->get(), *file);
  ASSERT_TRUE(stream.ok());
  ASSERT_TRUE(
      (*stream)->Write(bytes.data(), static_cast<int64_t>(bytes.size())).ok());
  ASSERT_TRUE((*stream)->Close().ok());
}

constexpr const char* kGoodLine =
    R"({"who": 7, "when": "2026-03-01T10:00:00Z", "page": {"path": "\u015f\/"},)"
    R"( "seconds": 1.5, "tags": ["a", "b"], "on": "2026-03-01", "paid": true,)"
    R"( "more": [{"x": null}]})";
constexpr const char* kGoodRow =
    "7 view 2026-03-01T10:00:00Z page=\u015f/ seconds=1.5 tags=[a|b] "
    "on=2026-03-01 paid=1 wait=-";

TEST(JsonLines, PathsListsAndEscapes) {
  for (const char* ending : {"ndjson", "jsonl"}) {
    Workshop shop(rules_for(ending));
    shop.write(std::string("views.") + ending,
               std::string(kGoodLine) + "\n\n" +
                   R"({"when":"2026-03-02","who":"8"})" + "\n");
    EXPECT_EQ(counts(shop.take()), "2 2 0 0 0");
    EXPECT_THAT(shop.lines(),
                ElementsAre("7", kGoodRow, "8",
                            "8 view 2026-03-01T21:00:00Z page=- seconds=- "
                            "tags=- on=- paid=- wait=-"));
  }
}

TEST(JsonLines, ABadLineCostsOneRow) {
  Workshop shop(rules_for("ndjson"));
  const std::vector<std::string> bad = {
      R"({"who": 7, "when": )",
      R"([1])",
      R"({"who": 7, "when": "2026-03-01T10:00:00Z"} {})",
      R"({"who": 7, "who": 8, "when": "2026-03-01"})",
      R"({"who": {"a": 1}, "when": "2026-03-01"})",
      R"({"who": 01, "when": "2026-03-01"})",
      R"({"who": "\ud800", "when": "2026-03-01"})",
      "{\"who\": \"\xff\", \"when\": \"2026-03-01\"}",
      R"({"who": tru, "when": "2026-03-01"})",
  };
  std::string text;
  for (const std::string& line : bad) text += line + "\n";
  shop.write("views.ndjson", text + kGoodLine);
  const IngestReport report = shop.take();
  EXPECT_EQ(counts(report), "10 1 0 0 9");
  EXPECT_THAT(shop.lines(), ElementsAre("7", kGoodRow));
  const std::string rejects = read_file(report.reject_file);
  for (const char* reason :
       {"not a JSON object", "more behind the JSON object",
        "the key who stands twice", "the key who holds an object", ",9,"}) {
    EXPECT_THAT(rejects, HasSubstr(reason));
  }
}

// ---- keys that JSON lines lack ----

constexpr const char* kPeople = R"(
profile customer { id code key, city text, tags list of code, paid flag }
source people {
  files     "people*.ndjson"
  customer  from "id"
  into customer {
    city  from "home.city"
    paid  from "paid" or missing
  }
}
)";

// The message of an ingest that publishes nothing.
std::string refused(const Workshop& shop) {
  const auto report = shop.ingest();
  if (report) return "it was published";
  EXPECT_EQ(report.error().code(), StatusCode::kInvalid);
  EXPECT_FALSE(std::filesystem::exists(shop.store("MANIFEST")));
  return report.error().message();
}

TEST(JsonLines, AKeyThatNoRowHasNamesThoseThatExist) {
  Workshop shop(kPeople);
  shop.write("people1.ndjson", R"({"id": 1, "home": {"ctiy": "Van"}})");
  EXPECT_EQ(refused(shop),
            "read " + shop.data("people1.ndjson") +
                R"(: no row of source `people` has the key "home.city" )"
                R"((did you mean "home.ctiy"?); the keys are "id", )"
                R"("home.ctiy")");
  // That of the customer, too.
  shop.write("people1.ndjson", R"({"Id": 1, "home": {"city": "Van"}})");
  EXPECT_THAT(refused(shop), HasSubstr(R"("id" (did you mean "Id"?))"));
}

TEST(JsonLines, AKeyThatSomeRowOfTheSourceHasIsMissingInTheOthers) {
  Workshop shop(kPeople);
  shop.write("people1.ndjson", "{\"id\": 1}\n{\"id\": 2, \"x\": [1]}\n");
  EXPECT_THAT(refused(shop), HasSubstr(R"(the keys are "id", "x")"));
  shop.write("people2.ndjson", R"({"id": 3, "home": {"city": "Van"}})");
  EXPECT_EQ(counts(shop.take()), "3 3 0 0 0");
  EXPECT_THAT(shop.lines(),
              ElementsAre("1 city=- tags=- paid=-", "2 city=- tags=- paid=-",
                          "3 city=Van tags=- paid=-"));
}

TEST(JsonLines, ANullHasAllKeysBelowIt) {
  Workshop shop(kPeople);
  shop.write("people1.ndjson", R"({"id": 1, "home": null})");
  EXPECT_EQ(counts(shop.take()), "1 1 0 0 0");
}

TEST(JsonLines, WhereEveryRowIsRefusedNoKeyIsMissed) {
  Workshop shop(kPeople);
  shop.write("people1.ndjson", "[1]\n{\"id\": {\"a\": 1}}\n");
  EXPECT_EQ(counts(shop.take()), "2 0 0 0 2");
}

TEST(JsonLines, AnEmptyFileIsRejectedByName) {
  for (const char* nothing : {"", "\n \n"}) {
    Workshop shop(kPeople);
    shop.write("people1.ndjson", nothing);
    const IngestReport report = shop.take();
    EXPECT_EQ(counts(report), "1 0 0 0 1");
    EXPECT_THAT(read_file(report.reject_file),
                HasSubstr("people1.ndjson,1,0,,the file is empty: it has no "
                          "rows,"));
  }
}

TEST(JsonLines, AFileThatIsNotUtf8TextIsRefusedWholeAndTheStoreStays) {
  Workshop shop(rules_for("ndjson"));
  shop.write("views.ndjson", std::string(kGoodLine) + "\n");
  shop.take();
  const auto before = shop.lines();
  std::string wide("\xff\xfe", 2);
  for (const char c : std::string_view("{\"who\": 7}\n")) wide += {c, '\0'};
  shop.write("views.ndjson", wide);
  const auto report = shop.ingest();
  ASSERT_FALSE(report.has_value());
  EXPECT_THAT(report.error().message(), AllOf(HasSubstr("views.ndjson"),
                                              HasSubstr("`iconv -f UTF-16LE")));
  EXPECT_EQ(shop.lines(), before);
}

TEST(JsonLines, AUtf8ByteOrderMarkIsNoPartOfTheFirstLine) {
  Workshop shop(rules_for("ndjson"));
  shop.write("views.ndjson", "\xEF\xBB\xBF" + std::string(kGoodLine) + "\n");
  EXPECT_EQ(counts(shop.take()), "1 1 0 0 0");
}

TEST(JsonLines, TrueIsNoTextAndNoKey) {
  Workshop shop(R"(
profile customer { id code key, city text, tags list of code, paid flag }
source people {
  files     "people.ndjson"
  customer  from "id"
  into customer {
    city from "city"
    tags from "tags"
    paid from "paid"
  }
}
)");
  const std::vector<std::string> rows = {
      R"({"id": true, "city": "Van", "tags": ["a"], "paid": true})",
      R"({"id": null, "city": "Van"})",
      R"({"id": [1], "city": "Van"})",
      R"({"id": 1, "city": false})",
      R"({"id": 1, "city": ["Van"]})",
      R"({"id": 1, "tags": ["a", true]})",
      R"({"id": 1, "tags": true})",
      R"({"id": 1, "city": 7, "tags": ["a", 8, null], "paid": false})"};
  std::string text;
  for (const std::string& row : rows) text += row + "\n";
  shop.write("people.ndjson", text);
  const IngestReport report = shop.take();
  EXPECT_EQ(counts(report), "8 1 0 0 7");
  EXPECT_THAT(shop.lines(), ElementsAre("1 city=7 tags=[a|8] paid=0"));
  const std::string rejects = read_file(report.reject_file);
  for (const char* reason :
       {",id,true or false where a text is wanted", ",customer,no customer",
        ",id,a list where one value is wanted",
        ",city,true or false where a text is wanted",
        ",city,a list where one value is wanted",
        ",tags,true or false where a text is wanted"}) {
    EXPECT_THAT(rejects, HasSubstr(reason));
  }
}

TEST(Compressed, GzipAndZstdAreReadByEnding) {
  const std::string csv =
      "who,when,page.path,seconds,tags,on,paid\n"
      "7,2026-03-01T10:00:00Z,/,1,a,,\n";
  for (const auto& [ending, type] :
       {std::pair("csv.gz", arrow::Compression::GZIP),
        std::pair("csv.zst", arrow::Compression::ZSTD)}) {
    Workshop shop(rules_for(ending));
    std::filesystem::create_directories(shop.options.data_folder);
    compress(shop.data(std::string("views.") + ending), csv, type);
    EXPECT_EQ(counts(shop.take()), "1 1 0 0 0");
    EXPECT_THAT(shop.lines(),
                ElementsAre("7",
                            "7 view 2026-03-01T10:00:00Z page=/ seconds=1 "
                            "tags=[a] on=- paid=- wait=-"));
  }
}

TEST(Compressed, DamageIsAnErrorThatNamesTheFile) {
  Workshop shop(rules_for("csv.gz"));
  std::filesystem::create_directories(shop.options.data_folder);
  compress(shop.data("views.csv.gz"), std::string(10'000, 'x'),
           arrow::Compression::GZIP);
  std::string bytes = read_file(shop.data("views.csv.gz"));
  bytes[bytes.size() / 2] ^= 0x55;
  shop.write("views.csv.gz", bytes);
  const auto report = shop.ingest();
  ASSERT_FALSE(report.has_value());
  EXPECT_THAT(report.error().message(), HasSubstr("views.csv.gz"));
}

// ---- typed formats ----

// The rows of kGoodLine and one of only a customer (a negative number) and a
// time without a zone.
std::shared_ptr<arrow::RecordBatch> typed_rows() {
  auto* pool = arrow::default_memory_pool();
  arrow::Int64Builder who;
  arrow::TimestampBuilder when(arrow::timestamp(arrow::TimeUnit::MILLI), pool);
  arrow::StringBuilder path;
  arrow::FloatBuilder seconds;
  arrow::ListBuilder tags(pool, std::make_shared<arrow::StringBuilder>());
  auto& tag = static_cast<arrow::StringBuilder&>(*tags.value_builder());
  arrow::Date32Builder on;
  arrow::BooleanBuilder paid;
  EXPECT_TRUE(who.AppendValues({7, -8}).ok());
  EXPECT_TRUE(when.AppendValues({1'772'359'200'000, 1'772'323'200'000}).ok());
  EXPECT_TRUE(path.AppendValues({"\u015f/", "x"}).ok());
  EXPECT_TRUE(seconds.Append(1.5F).ok() && seconds.AppendNull().ok());
  EXPECT_TRUE(tags.Append().ok() && tag.AppendValues({"a", "b"}).ok());
  EXPECT_TRUE(tags.AppendNull().ok());
  EXPECT_TRUE(on.Append(20513).ok() && on.AppendNull().ok());
  EXPECT_TRUE(paid.Append(true).ok() && paid.AppendNull().ok());
  auto page = *arrow::StructArray::Make({*path.Finish()},
                                        std::vector<std::string>{"path"});
  auto schema = arrow::schema(
      {arrow::field("who", arrow::int64()),
       arrow::field("when", arrow::timestamp(arrow::TimeUnit::MILLI)),
       arrow::field("page", page->type()),
       arrow::field("seconds", arrow::float32()),
       arrow::field("tags", arrow::list(arrow::utf8())),
       arrow::field("on", arrow::date32()),
       arrow::field("paid", arrow::boolean())});
  return arrow::RecordBatch::Make(
      schema, 2,
      {*who.Finish(), *when.Finish(), page, *seconds.Finish(), *tags.Finish(),
       *on.Finish(), *paid.Finish()});
}

void write_arrow(const std::string& path, const arrow::RecordBatch& rows) {
  auto file = *arrow::io::FileOutputStream::Open(path);
  auto writer = *arrow::ipc::MakeFileWriter(file, rows.schema());
  ASSERT_TRUE(writer->WriteRecordBatch(rows).ok());
  ASSERT_TRUE(writer->Close().ok());
  ASSERT_TRUE(file->Close().ok());
}

// views.parquet, each row in a group of its own.
void write_parquet(const Workshop& shop, const arrow::RecordBatch& rows) {
  std::filesystem::create_directories(shop.options.data_folder);
  auto file = *arrow::io::FileOutputStream::Open(shop.data("views.parquet"));
  auto table = *arrow::Table::FromRecordBatches(rows.schema(), {rows.Slice(0)});
  ASSERT_TRUE(
      parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), file, 1)
          .ok());
  ASSERT_TRUE(file->Close().ok());
}

// Times without a zone are the repository's.
constexpr const char* kTypedRow =
    "7 view 2026-03-01T07:00:00Z page=\u015f/ seconds=1.5 tags=[a|b] "
    "on=2026-03-01 paid=1 wait=-";

TEST(Parquet, TypedCellsKeepTheirValues) {
  Workshop shop(rules_for("parquet"));
  write_parquet(shop, *typed_rows());
  EXPECT_EQ(counts(shop.take()), "2 2 0 0 0");
  EXPECT_THAT(shop.lines(),
              ElementsAre("-8",
                          "-8 view 2026-02-28T21:00:00Z page=x seconds=- "
                          "tags=- on=- paid=- wait=-",
                          "7", kTypedRow));
  EXPECT_EQ(counts(shop.take()), "2 0 2 0 0");
}

TEST(Parquet, AWallClockPutBackIsTheEarlierTime) {
  Workshop shop(R"(
profile customer { id code key }
event view { page text }
source page_views {
  files     "views.parquet"
  customer  from "who"
  into view { time from "when" in zone "Europe/Berlin" }
}
)");
  arrow::StringBuilder who;
  const auto wall = arrow::timestamp(arrow::TimeUnit::SECOND);
  arrow::TimestampBuilder when(wall, arrow::default_memory_pool());
  ASSERT_TRUE(who.AppendValues({"A", "B"}).ok());
  // 2026-10-25 02:30 and 2026-03-29 02:30.
  ASSERT_TRUE(when.AppendValues({1'792'895'400, 1'774'751'400}).ok());
  write_parquet(shop, *arrow::RecordBatch::Make(
                          arrow::schema({arrow::field("who", arrow::utf8()),
                                         arrow::field("when", wall)}),
                          2, {*who.Finish(), *when.Finish()}));
  EXPECT_EQ(counts(shop.take()), "2 2 0 0 0");
  EXPECT_THAT(shop.lines(),
              ElementsAre("A", "A view 2026-10-25T00:30:00Z page=-", "B",
                          "B view 2026-03-29T01:00:00Z page=-"));
}

TEST(Parquet, AFileWithoutRowsHasNone) {
  Workshop shop(rules_for("parquet"));
  write_parquet(shop, *typed_rows());
  shop.take();
  const auto before = shop.lines();
  write_parquet(shop, *typed_rows()->Slice(0, 0));
  EXPECT_EQ(counts(shop.take()), "0 0 0 0 0");
  EXPECT_EQ(shop.lines(), before);
}

TEST(Arrow, FilesAreReadLikeParquet) {
  for (const char* ending : {"arrow", "feather"}) {
    Workshop shop(rules_for(ending));
    std::filesystem::create_directories(shop.options.data_folder);
    write_arrow(shop.data(std::string("views.") + ending), *typed_rows());
    EXPECT_EQ(counts(shop.take()), "2 2 0 0 0");
    EXPECT_THAT(shop.lines()[3], kTypedRow);
  }
}

// Columns of text, plain, in lists and by code; the bytes of each name what
// they are.
std::shared_ptr<arrow::RecordBatch> text_rows() {
  auto* pool = arrow::default_memory_pool();
  arrow::StringBuilder plain;
  arrow::LargeStringBuilder large;
  arrow::ListBuilder list(pool, std::make_shared<arrow::StringBuilder>());
  auto& item = static_cast<arrow::StringBuilder&>(*list.value_builder());
  arrow::StringDictionary32Builder coded;
  for (const char* text : {"first", "second", "third"}) {
    EXPECT_TRUE(plain.Append(text).ok() && large.Append(text).ok());
    EXPECT_TRUE(list.Append().ok() && item.AppendValues({text, "x"}).ok());
    EXPECT_TRUE(coded.Append(text).ok());
  }
  auto values = *coded.Finish();
  auto schema = arrow::schema({arrow::field("plain", arrow::utf8()),
                               arrow::field("large", arrow::large_utf8()),
                               arrow::field("list", arrow::list(arrow::utf8())),
                               arrow::field("coded", values->type())});
  return arrow::RecordBatch::Make(
      schema, 3, {*plain.Finish(), *large.Finish(), *list.Finish(), values});
}

// The bytes of all cells' texts; an error where there is one.
Result<size_t> read_cells(const std::string& path,
                          const std::vector<std::string>& names = {
                              "plain", "large", "list", "coded"}) {
  auto reader = open_rows(path, {});
  if (!reader) return std::unexpected(reader.error());
  Status status = check_columns(path, (*reader)->columns(), names, nearest);
  if (!status.ok()) return std::unexpected(status);
  (*reader)->want(names);
  size_t bytes = 0;
  RowBatch batch;
  while (true) {
    auto more = (*reader)->next(batch);
    if (!more) return std::unexpected(more.error());
    if (!*more) return bytes;
    status = (*reader)->parse(batch);
    if (!status.ok()) return std::unexpected(status);
    for (const CellColumn& column : batch.columns) {
      for (size_t row = 0; row < batch.rows; ++row) {
        bytes += cell_text(column.at(row), batch.arena).size();
      }
    }
  }
}

TEST(Arrow, ADamagedFileIsAnErrorThatNamesItOrOtherCells) {
  const TempFolder folder;
  const std::string path = folder / "texts.arrow";
  write_arrow(path, *text_rows());
  const std::string bytes = read_file(path);
  ASSERT_EQ(*read_cells(path), 3 * 16 + 16 + 3 * 4);
  size_t refused = 0;
  for (size_t i = 0; i < bytes.size() * 9; ++i) {
    std::string damaged = bytes;
    const size_t bit = i % 9;
    damaged[i / 9] ^= static_cast<char>(bit == 8 ? 0xff : 1 << bit);
    std::filesystem::remove(path);  // writing over it would wait for the disk
    write_file(path, damaged);
    const auto cells = read_cells(path);
    if (cells) continue;
    ++refused;
    EXPECT_THAT(cells.error().message(), HasSubstr(path));
  }
  EXPECT_GT(refused, bytes.size());
}

TEST(Arrow, ATextThatIsNotUtf8CostsItsRow) {
  const TempFolder folder;
  const std::string path = folder / "texts.arrow";
  write_arrow(path, *text_rows());
  std::string bytes = read_file(path);
  // The first is that of the plain column.
  bytes[bytes.find("second")] = '\xff';
  write_file(path, bytes);
  EXPECT_EQ(*read_cells(path), 3 * 16 + 16 + 3 * 4 - 6);
}

TEST(Arrow, ADayInMillisecondsMayHaveHours) {
  const TempFolder folder;
  const std::string path = folder / "days.arrow";
  arrow::Date64Builder days;
  ASSERT_TRUE(days.Append(86'400'000 + 3'600'000).ok());
  write_arrow(path, *arrow::RecordBatch::Make(
                        arrow::schema({arrow::field("day", arrow::date64())}),
                        1, {*days.Finish()}));
  EXPECT_EQ(*read_cells(path, {"day"}), 10);
}

TEST(Arrow, AWantedColumnThatStandsTwiceIsNamed) {
  Workshop shop(rules_for("arrow"));
  std::filesystem::create_directories(shop.options.data_folder);
  const auto rows = typed_rows();
  // Inside a struct, and beside it under the same path.
  auto twice = *rows->AddColumn(7, "page.path", rows->column(0));
  write_arrow(shop.data("views.arrow"), *twice);
  const auto report = shop.ingest();
  ASSERT_FALSE(report.has_value());
  EXPECT_EQ(report.error().code(), StatusCode::kInvalid);
  EXPECT_THAT(report.error().message(),
              HasSubstr(R"(2 columns are called "page.path")"));
  // Not wanted, it may.
  twice = *rows->AddColumn(7, "more", rows->column(0));
  twice = *twice->AddColumn(8, "more", rows->column(0));
  write_arrow(shop.data("views.arrow"), *twice);
  EXPECT_EQ(counts(shop.take()), "2 2 0 0 0");
}

TEST(Parquet, AWantedColumnThatStandsTwiceIsNamed) {
  Workshop shop(rules_for("parquet"));
  const auto rows = typed_rows();
  const auto twice = *rows->AddColumn(7, "who", rows->column(0));
  write_parquet(shop, *twice);
  const auto report = shop.ingest();
  ASSERT_FALSE(report.has_value());
  EXPECT_THAT(report.error().message(),
              HasSubstr(R"(2 columns are called "who")"));
}

TEST(Parquet, RejectedRowsAreWrittenAsJson) {
  Workshop shop(R"(
profile customer { id code key }
event view { page integer }
source page_views {
  files     "views.parquet"
  customer  from "who"
  into view {
    time  from "when"
    page  from "page.path"
  }
}
)");
  write_parquet(shop, *typed_rows());
  const IngestReport report = shop.take();
  EXPECT_EQ(counts(report), "2 0 0 0 2");
  EXPECT_THAT(
      read_file(report.reject_file),
      HasSubstr(",2,0,page.path,not a number,\"{\"\"who\"\":\"\"-8\"\",\"\"when"
                "\"\":\"\"2026-03-01T00:00:00\"\",\"\"page.path\"\":\"\"x\"\"}"
                "\"\n"));
}

TEST(Parquet, AFileThatIsNoneIsAnErrorThatNamesIt) {
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"parquet", "no such thing", "not a parquet file"},
      {"parquet", "", "0 bytes"},
      {"arrow", "no such thing", "as an Arrow file"},
      {"arrow", "", "the file is empty"}};
  for (const auto& [ending, bytes, said] : cases) {
    Workshop shop(rules_for(ending));
    shop.write(std::string("views.") + ending, bytes);
    const auto report = shop.ingest();
    ASSERT_FALSE(report.has_value());
    EXPECT_THAT(
        report.error().message(),
        AllOf(HasSubstr(std::string("views.") + ending), HasSubstr(said)));
  }
}

}  // namespace
}  // namespace kitle::testing
