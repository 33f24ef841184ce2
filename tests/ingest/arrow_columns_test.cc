// A column that is converted in one piece gives what its cells give.
#include <functional>
#include <optional>
#include <random>

#include "arrow/array/array_dict.h"
#include "arrow/builder.h"
#include "arrow/io/file.h"
#include "arrow/ipc/writer.h"
#include "arrow/record_batch.h"
#include "arrow/table.h"
#include "parquet/arrow/writer.h"
#include "tests/ingest/support.h"

namespace kitle::testing {
namespace {

using ::testing::HasSubstr;
using ArrayPointer = std::shared_ptr<arrow::Array>;

using Columns = std::vector<std::pair<std::string, ArrayPointer>>;

std::shared_ptr<arrow::RecordBatch> rows_of(const Columns& columns) {
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  for (const auto& [name, array] : columns) {
    fields.push_back(arrow::field(name, array->type()));
    arrays.push_back(array);
  }
  return arrow::RecordBatch::Make(arrow::schema(fields), arrays[0]->length(),
                                  arrays);
}

void write_columns(const Workshop& shop, const Columns& columns) {
  const auto rows = rows_of(columns);
  std::filesystem::create_directories(shop.options.data_folder);
  auto file = *arrow::io::FileOutputStream::Open(shop.data("rows.arrow"));
  auto writer = *arrow::ipc::MakeFileWriter(file, rows->schema());
  ASSERT_TRUE(writer->WriteRecordBatch(*rows).ok());
  ASSERT_TRUE(writer->Close().ok());
  ASSERT_TRUE(file->Close().ok());
}

void write_parquet(const Workshop& shop, const Columns& columns,
                   std::shared_ptr<parquet::WriterProperties> properties) {
  const auto rows = rows_of(columns);
  std::filesystem::create_directories(shop.options.data_folder);
  auto file = *arrow::io::FileOutputStream::Open(shop.data("rows.parquet"));
  auto table = *arrow::Table::FromRecordBatches(rows->schema(), {rows});
  ASSERT_TRUE(parquet::arrow::WriteTable(*table, arrow::default_memory_pool(),
                                         file, 150, properties)
                  .ok());
  ASSERT_TRUE(file->Close().ok());
}

template <class Builder, class T>
ArrayPointer array_of(Builder&& builder,
                      const std::vector<std::optional<T>>& values) {
  for (const auto& value : values) {
    EXPECT_TRUE((value ? builder.Append(*value) : builder.AppendNull()).ok());
  }
  return *builder.Finish();
}

using Texts = std::vector<std::optional<std::string>>;
using Integers = std::vector<std::optional<int64_t>>;

ArrayPointer texts_of(const Texts& values) {
  return array_of(arrow::StringBuilder(), values);
}
ArrayPointer integers_of(const Integers& values) {
  return array_of(arrow::Int64Builder(), values);
}

// What the store says of the rows and what it rejects, with reasons.
std::vector<std::string> outcome(const Workshop& shop) {
  const IngestReport report = shop.take();
  std::vector<std::string> lines = shop.lines();
  lines.push_back(counts(report));
  if (!report.reject_file.empty()) {
    std::string rejects = read_file(report.reject_file);
    for (const std::string& name :
         {shop.data(""), std::string("arrow,"), std::string("parquet,")}) {
      for (size_t at = 0; (at = rejects.find(name)) != std::string::npos;) {
        rejects.erase(at, name.size());  // other ones in each shop
      }
    }
    lines.push_back(rejects);
  }
  return lines;
}

// ---- codes ----

constexpr const char* kCoded = R"(
profile customer { id code key }
event seen {
  page text
  label code
  amount money
  share number
  on date
  tags list of text
}
source rows {
  files     "rows.@"
  customer  from "customer"
  into seen {
    time    from "time"
    page    from "page"
    label   from "page" or missing
    amount  from "amount"
    share   from "amount"
    on      from "on" or missing
    tags    from split "page" by ","
  }
}
)";

// Some are good for nothing, or for text only; one of each is missing.
const Texts kPages = {"a,b",        "e\u0301", std::string("a\0z", 3),
                      std::nullopt, "",        "c"};
const Texts kAmounts = {"1.50", "2", "many", std::nullopt, "1.234", "-7"};
const Texts kDays = {"2026-03-01", "1970-01-01", "soon",
                     std::nullopt, "x",          "2026-02-28"};
const Texts kTimes = {
    "2026-03-01T10:00:00Z", "2026-03-02", "2026-03-03",
    std::nullopt,           "never",      "2026-03-04T01:02:03.5Z"};
const Texts kPeople = {"7", "8", "", std::nullopt, "9", "10"};

using ColumnOf = std::function<ArrayPointer(const Texts&, uint32_t seed)>;

std::string coded_rules(const std::string& ending) {
  std::string rules = kCoded;
  rules.replace(rules.find('@'), 1, ending);
  return rules;
}

Columns columns_of(const ColumnOf& column) {
  return {{"customer", column(kPeople, 1)},
          {"time", column(kTimes, 2)},
          {"page", column(kPages, 3)},
          {"amount", column(kAmounts, 4)},
          {"on", column(kDays, 5)}};
}

std::vector<std::string> outcome_of(const ColumnOf& column) {
  const Workshop shop(coded_rules("arrow"));
  write_columns(shop, columns_of(column));
  return outcome(shop);
}

// Which text each row of a column has, mostly one of the first two; -1: none.
std::vector<int> codes_of_rows(uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<int> codes;
  for (int i = 0; i < 400; ++i) {
    const auto any = static_cast<int>(random() % 40);
    codes.push_back(any < 7 ? any - 1 : any % 2);
  }
  return codes;
}

ArrayPointer plain(const Texts& texts, uint32_t seed) {
  Texts values;
  for (const int code : codes_of_rows(seed)) {
    values.push_back(code < 0 ? std::nullopt : texts[code]);
  }
  return texts_of(values);
}

template <class Type>
ArrayPointer coded(const Texts& texts, uint32_t seed) {
  using Code = typename Type::c_type;
  std::vector<std::optional<Code>> codes;
  for (const int code : codes_of_rows(seed)) {
    codes.push_back(code < 0 ? std::nullopt
                             : std::optional(static_cast<Code>(code)));
  }
  return *arrow::DictionaryArray::FromArrays(
      array_of(typename arrow::TypeTraits<Type>::BuilderType(), codes),
      texts_of(texts));
}

TEST(ArrowColumns, CodesGiveWhatTheirTextsGive) {
  const std::vector<std::string> expected = outcome_of(plain);
  EXPECT_THAT(expected.back(), HasSubstr(",amount,not a number,"));
  EXPECT_THAT(expected.back(), HasSubstr(",page,a NUL character,"));
  EXPECT_THAT(expected.back(), HasSubstr(",customer,no customer,"));
  EXPECT_GT(expected.size(), 20u);
  EXPECT_EQ(outcome_of(coded<arrow::Int8Type>), expected);
  EXPECT_EQ(outcome_of(coded<arrow::UInt8Type>), expected);
  EXPECT_EQ(outcome_of(coded<arrow::UInt16Type>), expected);
  EXPECT_EQ(outcome_of(coded<arrow::Int32Type>), expected);
  EXPECT_EQ(outcome_of(coded<arrow::UInt32Type>), expected);
  EXPECT_EQ(outcome_of(coded<arrow::UInt64Type>), expected);
}

// Of texts, in row groups of 150.
std::vector<std::string> outcome_of(
    const std::shared_ptr<parquet::WriterProperties>& properties) {
  const Workshop shop(coded_rules("parquet"));
  write_parquet(shop, columns_of(plain), properties);
  return outcome(shop);
}

TEST(ParquetColumns, CodesGiveWhatTheirTextsGive) {
  using Builder = parquet::WriterProperties::Builder;
  const std::vector<std::string> expected = outcome_of(plain);
  EXPECT_EQ(outcome_of(Builder().build()), expected);
  EXPECT_EQ(outcome_of(Builder().disable_dictionary()->build()), expected);
  // Codes at first, then texts.
  EXPECT_EQ(outcome_of(Builder()
                           .dictionary_pagesize_limit(8)
                           ->write_batch_size(10)
                           ->data_pagesize(16)
                           ->build()),
            expected);
}

// ---- integers ----

constexpr const char* kTyped = R"(
profile customer { id code key }
event seen {
  number integer
  amount money
  label code
  on date
  at time
  paid flag
}
source rows {
  files     "rows.arrow"
  customer  from "customer"
  into seen {
    time    from "time" as unix seconds
    number  from "number"
    amount  from "number"
    label   from "number"
    on      from "on"
    at      from "at"
    paid    from "paid"
  }
}
)";

struct TypedRows {
  Integers customers = {1, 1, 1, 22, -3, 1};
  Integers times = {0, 1, 2, 3, 4, 5};
  Integers numbers = {7, -7, 0, std::nullopt, 1'000'000, 7};
  Integers days = {0, std::nullopt, -1, 20'000, 1, 2};
  Integers instants = {0, 1'000, -1'000'000, std::nullopt, 5'000, 6'000};
};

std::vector<std::string> outcome_of(const TypedRows& rows) {
  const Workshop shop(kTyped);
  auto* pool = arrow::default_memory_pool();
  arrow::TimestampBuilder at(arrow::timestamp(arrow::TimeUnit::NANO, "UTC"),
                             pool);
  std::vector<std::optional<int32_t>> days;
  for (const auto& day : rows.days) {
    days.push_back(day ? std::optional(static_cast<int32_t>(*day))
                       : std::nullopt);
  }
  write_columns(
      shop,
      {{"customer", integers_of(rows.customers)},
       {"time", integers_of(rows.times)},
       {"number", integers_of(rows.numbers)},
       {"on", array_of(arrow::Date32Builder(), days)},
       {"at", array_of(at, rows.instants)},
       {"paid", array_of(arrow::BooleanBuilder(),
                         std::vector<std::optional<bool>>{
                             true, false, std::nullopt, true, true, false})}});
  return outcome(shop);
}

const std::vector<std::string> kAllRows = {
    "-3",
    "-3 seen 1970-01-01T00:00:04Z number=1000000 amount=100000000 "
    "label=1000000 on=1970-01-02 at=1970-01-01T00:00:00.000005Z paid=1",
    "1",
    "1 seen 1970-01-01T00:00:00Z number=7 amount=700 label=7 on=1970-01-01 "
    "at=1970-01-01T00:00:00Z paid=1",
    "1 seen 1970-01-01T00:00:01Z number=-7 amount=-700 label=-7 on=- "
    "at=1970-01-01T00:00:00.000001Z paid=0",
    "1 seen 1970-01-01T00:00:02Z number=0 amount=0 label=0 on=1969-12-31 "
    "at=1969-12-31T23:59:59.999000Z paid=-",
    "1 seen 1970-01-01T00:00:05Z number=7 amount=700 label=7 on=1970-01-03 "
    "at=1970-01-01T00:00:00.000006Z paid=0",
    "22",
    "22 seen 1970-01-01T00:00:03Z number=- amount=- label=- on=2024-10-04 "
    "at=- paid=1",
    "6 6 0 0 0"};

TEST(ArrowColumns, IntegersKeepTheirValues) {
  EXPECT_EQ(outcome_of(TypedRows()), kAllRows);
}

// The row of second 1 has the fault; the others are as if it were not there.
void expect_fault(const TypedRows& rows, const std::string& reason) {
  std::vector<std::string> found = outcome_of(rows);
  EXPECT_THAT(found.back(), HasSubstr(reason));
  found.pop_back();
  EXPECT_EQ(found.back(), "6 5 0 0 1");
  found.pop_back();
  std::vector<std::string> expected = kAllRows;
  expected.pop_back();
  std::erase_if(expected, [](const std::string& line) {
    return line.find("T00:00:01Z") != std::string::npos;
  });
  EXPECT_EQ(found, expected);
}

TEST(ArrowColumns, AnAmountBeyond64BitsCostsItsRow) {
  TypedRows rows;
  rows.numbers[1] = INT64_MAX / 10;
  expect_fault(rows, ",number,beyond 64 bits,");
}

TEST(ArrowColumns, ADateBeyondTheYear9999CostsItsRow) {
  TypedRows rows;
  rows.days[1] = 3'000'000;
  expect_fault(rows, ",on,outside the years 1 to 9999,");
}

TEST(ArrowColumns, AnInstantFinerThanAMicrosecondCostsItsRow) {
  TypedRows rows;
  rows.instants[1] = 1'001;
  expect_fault(rows, ",at,finer than a microsecond,");
}

TEST(ArrowColumns, AMissingCustomerCostsItsRow) {
  TypedRows rows;
  rows.customers[1] = std::nullopt;
  expect_fault(rows, ",customer,no customer,");
}

TEST(ArrowColumns, ATimeBeyondTheYear9999CostsItsRow) {
  TypedRows rows;
  rows.times[1] = INT64_MAX / 1'000;
  expect_fault(rows, ",time,");
}

}  // namespace
}  // namespace kitle::testing
