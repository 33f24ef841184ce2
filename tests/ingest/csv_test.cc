// The CSV splitter, and CSV files as rows.
#include "runtime/text/csv.h"

#include "runtime/ingest/rows.h"
#include "runtime/text/nfc.h"
#include "tests/ingest/support.h"

namespace kitle::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// "a|b" for each record, or "line 3: the error".
std::vector<std::string> split(std::string_view text, uint32_t columns = 0,
                               char delimiter = ',', char quote = '"') {
  CsvSplitter splitter(delimiter, quote, is_utf8);
  splitter.expect_columns(columns);
  CsvRecords records;
  EXPECT_EQ(splitter.split(text, true, SIZE_MAX / 2, records), text.size());
  std::vector<std::string> lines;
  for (const CsvRecord& record : records.records) {
    if (record.error != CsvError::kNone) {
      lines.push_back(
          fmt::format("line {}: {}", record.line, describe(record.error)));
      continue;
    }
    std::string line;
    for (uint32_t i = 0; i < record.fields; ++i) {
      const CsvField& field = records.fields[record.first_field + i];
      std::string part(text.substr(field.begin, field.end - field.begin));
      if (field.doubled) part.resize(unquote(part, quote, part.data()));
      line += (i > 0 ? "|" : "") + part;
    }
    lines.push_back(line);
  }
  return lines;
}

TEST(CsvSplitter, FieldsEndAtDelimitersAndLines) {
  EXPECT_THAT(split("a,b\nc,d\n"), ElementsAre("a|b", "c|d"));
  EXPECT_THAT(split("a,b\r\nc,d"), ElementsAre("a|b", "c|d"));
  EXPECT_THAT(split("a;b,c\n", 0, ';'), ElementsAre("a|b,c"));
  EXPECT_THAT(split(",\n"), ElementsAre("|"));
  EXPECT_THAT(split(""), IsEmpty());
}

TEST(CsvSplitter, AnEmptyLineIsARowOnlyInAFileOfOneColumn) {
  EXPECT_THAT(split("a,b\n\nc,d\n", 2), ElementsAre("a|b", "c|d"));
  EXPECT_THAT(split("a\n\nb\n", 1), ElementsAre("a", "", "b"));
}

TEST(CsvSplitter, QuotesHoldDelimitersLinesAndDoubledQuotes) {
  EXPECT_THAT(split("\"a,b\",c\n"), ElementsAre("a,b|c"));
  EXPECT_THAT(split("\"a\r\nb\",c\n"), ElementsAre("a\r\nb|c"));
  EXPECT_THAT(split("\"say \"\"hi\"\"\",\"\"\n"), ElementsAre("say \"hi\"|"));
  EXPECT_THAT(split("\"\"\"\"\n"), ElementsAre("\""));
  EXPECT_THAT(split("'a,b'\n", 0, ',', '\''), ElementsAre("a,b"));
}

TEST(CsvSplitter, WithoutAQuoteCharacterQuotesAreText) {
  EXPECT_THAT(split("a\"b,\"c\n", 0, ',', '\0'), ElementsAre("a\"b|\"c"));
}

TEST(CsvSplitter, AWrongNumberOfColumnsCostsOneRow) {
  EXPECT_THAT(split("a,b\nc\nd,e,f\ng,h\n", 2),
              ElementsAre("a|b", "line 2: another number of columns",
                          "line 3: another number of columns", "g|h"));
}

TEST(CsvSplitter, AStrayQuoteCostsOneRow) {
  EXPECT_THAT(split("a\"b,c\nd,e\n", 2),
              ElementsAre("line 1: a quote inside a field that does not begin "
                          "with one",
                          "d|e"));
  EXPECT_THAT(split("\"a\"b,c\nd,e\n", 2),
              ElementsAre("line 1: something other than a delimiter behind a "
                          "closing quote",
                          "d|e"));
}

TEST(CsvSplitter, AnUnclosedQuoteCostsOneRow) {
  EXPECT_THAT(split("a,b\n\"c,d\ne,f\n", 2),
              ElementsAre("a|b", "line 2: a quote is never closed", "e|f"));
  EXPECT_THAT(split("a,\"b", 2),
              ElementsAre("line 1: a quote is never closed"));
}

TEST(CsvSplitter, NulBytesAndBrokenUtf8AreErrors) {
  EXPECT_THAT(split(std::string_view("a,b\0c\nd,e\n", 10), 2),
              ElementsAre("line 1: a NUL byte", "d|e"));
  EXPECT_THAT(split("a,\xff\nd,\u015f\n", 2),
              ElementsAre("line 1: bytes that are not UTF-8", "d|\u015f"));
}

TEST(CsvSplitter, LinesAreCountedInsideQuotes) {
  EXPECT_THAT(split("\"a\n\n\",b\nc\n", 2),
              ElementsAre("a\n\n|b", "line 4: another number of columns"));
}

// However the text is cut, the records are the same.
TEST(CsvSplitter, PortionsChangeNothing) {
  const std::string text =
      "a,\"b\n\"\"c\"\r\nd,e\"\nf,\"g\r\n\"\nh\n\n\"i\",\"j\nk,l\n";
  CsvSplitter whole_splitter(',', '"', is_utf8);
  CsvRecords whole;
  whole_splitter.split(text, true, SIZE_MAX / 2, whole);
  for (size_t step = 1; step < text.size(); ++step) {
    CsvSplitter splitter(',', '"', is_utf8);
    size_t done = 0;
    std::vector<std::pair<size_t, CsvError>> found;
    for (size_t end = step; done < text.size(); end += step) {
      const bool last = end >= text.size();
      CsvRecords records;
      const std::string part =
          text.substr(done, std::min(end, text.size()) - done);
      const size_t used = splitter.split(part, last, SIZE_MAX / 2, records);
      for (const CsvRecord& record : records.records) {
        found.emplace_back(done + record.begin, record.error);
      }
      done += used;
      if (last) break;
    }
    ASSERT_EQ(found.size(), whole.records.size()) << step;
    for (size_t i = 0; i < found.size(); ++i) {
      EXPECT_EQ(found[i].first, whole.records[i].begin) << step;
      EXPECT_EQ(found[i].second, whole.records[i].error) << step;
    }
  }
}

// ---- files ----

// "row line byte: cells" of every row; then the bad ones.
std::vector<std::string> rows_of(const std::string& path,
                                 const std::vector<std::string>& wanted,
                                 const CsvDialect& dialect = {}) {
  auto reader = open_rows(path, dialect);
  if (!reader) return {reader.error().message()};
  (*reader)->want(wanted);
  std::vector<std::string> lines;
  RowBatch batch;
  while (true) {
    auto more = (*reader)->next(batch);
    if (!more) return {more.error().message()};
    if (!*more) return lines;
    Status status = (*reader)->parse(batch);
    if (!status.ok()) return {status.message()};
    for (size_t row = 0; row < batch.rows; ++row) {
      const RowPlace place = batch.place(row);
      std::string line =
          fmt::format("{} {} {}:", place.row, place.line, place.byte);
      for (const CellColumn& column : batch.columns) {
        const Cell cell = column.at(row);
        line += cell.missing()
                    ? " -"
                    : fmt::format(" {}", cell_text(cell, batch.arena));
      }
      lines.push_back(line);
    }
    for (const BadRow& bad : batch.bad) {
      lines.push_back(fmt::format("{} {} {}: {}", bad.place.row, bad.place.line,
                                  bad.place.byte, bad.reason));
    }
  }
}

class CsvFile : public ::testing::Test {
 protected:
  std::string file(std::string_view bytes, const std::string& name = "a.csv") {
    write_file(folder_ / name, bytes);
    return folder_ / name;
  }
  TempFolder folder_;
};

TEST_F(CsvFile, WantedColumnsInTheirOrder) {
  EXPECT_THAT(rows_of(file("a,b,c\n1,,3\n4,5,6\n"), {"c", "b", "nowhere"}),
              ElementsAre("1 2 6: 3 - -", "2 3 11: 6 5 -"));
}

TEST_F(CsvFile, ABomIsNoPartOfTheFirstName) {
  EXPECT_THAT(rows_of(file("\xEF\xBB\xBF"
                           "a,b\r\n1,2\r\n"),
                      {"a"}),
              ElementsAre("1 2 8: 1"));
}

// `text`, which is ASCII, in units of so many bytes.
std::string widened(std::string_view text, size_t width, bool big_end_first) {
  std::string wide;
  for (const char c : text) {
    std::string unit(width, '\0');
    unit[big_end_first ? width - 1 : 0] = c;
    wide += unit;
  }
  return wide;
}

TEST_F(CsvFile, OneOfWiderUnitsSaysOnceHowToConvertIt) {
  struct Case {
    const char* name;
    size_t width;
    bool big_end_first;
    std::string_view mark;
  };
  const Case cases[] = {{"UTF-16LE", 2, false, {"\xff\xfe", 2}},
                        {"UTF-16BE", 2, true, {"\xfe\xff", 2}},
                        {"UTF-32LE", 4, false, {"\xff\xfe\0\0", 4}},
                        {"UTF-32BE", 4, true, {"\0\0\xfe\xff", 4}}};
  for (const Case& c : cases) {
    const std::string wide = widened("a,b\n1,2\n", c.width, c.big_end_first);
    const auto once = ElementsAre(AllOf(
        HasSubstr("a.csv"), HasSubstr(fmt::format("`iconv -f {} ", c.name))));
    EXPECT_THAT(rows_of(file(wide), {"a"}), once) << c.name;
    EXPECT_THAT(rows_of(file(std::string(c.mark) + wide), {"a"}), once);
  }
  // Its rows need not be ASCII.
  std::string cyrillic = widened("a,b\n", 2, false);
  for (int i = 0; i < 100; ++i) cyrillic += "\x16\x04\x17\x04";
  EXPECT_THAT(rows_of(file(cyrillic), {"a"}),
              ElementsAre(HasSubstr("UTF-16LE")));
  // Few of the first letters are ASCII: the mark tells.
  EXPECT_THAT(rows_of(file({"\xff\xfe\x5f\x01\x5f\x01\x5f\x01,\0", 10}), {"a"}),
              ElementsAre(HasSubstr("UTF-16LE")));
}

TEST_F(CsvFile, OneOfAnotherFormatSaysWhichItIs) {
  const std::pair<std::string_view, const char*> cases[] = {
      {{"\x1f\x8b\x08\0\0", 5}, "end in .gz"},
      {"\x28\xb5\x2f\xfd\x04", "end in .zst"},
      {"PAR1\x15\x04", "end in .parquet"},
      {{"ARROW1\0\0", 8}, "end in .arrow"},
      {"PK\x03\x04\x14", ".xlsx"}};
  for (const auto& [bytes, said] : cases) {
    EXPECT_THAT(rows_of(file(bytes), {"a"}), ElementsAre(HasSubstr(said)));
  }
}

TEST_F(CsvFile, AHeaderMayBeginAsOtherFilesDo) {
  EXPECT_THAT(rows_of(file("PAR1,b\n1,2\n"), {"PAR1"}),
              ElementsAre("1 2 7: 1"));
  EXPECT_THAT(rows_of(file("PK,b\n1,2\n"), {"PK"}), ElementsAre("1 2 5: 1"));
  CsvDialect latin;
  latin.encoding = "latin-1";
  EXPECT_THAT(rows_of(file("\xff\xfe,b\n1,2\n"), {"\u00ff\u00fe"}, latin),
              ElementsAre("1 2 5: 1"));
}

TEST_F(CsvFile, ANulByteAloneCostsItsRow) {
  EXPECT_THAT(rows_of(file({"a,b\n1,\0\n3,4\n", 12}), {"a"}),
              ElementsAre("2 3 8: 3", "1 2 4: a NUL byte"));
}

TEST_F(CsvFile, AnEmptyFileIsOneBadRow) {
  EXPECT_THAT(rows_of(file(""), {"a"}),
              ElementsAre("1 1 0: the file is empty: it has no header"));
  EXPECT_THAT(rows_of(file("a,b\n"), {"a"}), IsEmpty());
}

TEST_F(CsvFile, WithoutAHeaderColumnsAreNamedOrNumbered) {
  CsvDialect dialect;
  dialect.header = false;
  EXPECT_THAT(rows_of(file("1,2\n3,4\n"), {"2"}, dialect),
              ElementsAre("1 1 0: 2", "2 2 4: 4"));
  dialect.columns = {"x", "y"};
  EXPECT_THAT(
      rows_of(file("1,2\n3,4,5\n"), {"y", "x"}, dialect),
      ElementsAre("1 1 0: 2 1", "2 2 4: 3 columns where 2 are expected"));
}

TEST_F(CsvFile, OtherEncodingsBecomeUtf8) {
  CsvDialect dialect;
  dialect.encoding = "windows-1254";
  EXPECT_THAT(rows_of(file("a\n\xddzmir \xfe\n\x81\n"), {"a"}, dialect),
              ElementsAre("1 2 2: \u0130zmir \u015f",
                          "2 3 10: bytes that are not windows-1254"));
  dialect.encoding = "latin-1";
  EXPECT_THAT(rows_of(file("\xe9\nM\xfcnchen\n"), {"\u00e9"}, dialect),
              ElementsAre("1 2 2: M\u00fcnchen"));
  dialect.encoding = "koi8-r";
  EXPECT_THAT(rows_of(file("a\n"), {"a"}, dialect),
              ElementsAre(HasSubstr("no encoding is called koi8-r")));
}

TEST_F(CsvFile, EmptyMayBeText) {
  CsvDialect dialect;
  dialect.empty_is_missing = false;
  EXPECT_THAT(rows_of(file("a,b\n,1\n"), {"a"}, dialect),
              ElementsAre("1 2 4: "));
}

TEST_F(CsvFile, ARowLongerThanAPortionIsOneRow) {
  const std::string lengthy(3 << 20, 'x');
  const auto rows = rows_of(file("a\n1\n" + lengthy + "\n2\n"), {"a"});
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[1], "2 3 4: " + lengthy);
  EXPECT_EQ(rows[2], fmt::format("3 4 {}: 2", 5 + lengthy.size()));
}

TEST_F(CsvFile, ARowWithoutAnEndIsGivenUp) {
  const std::string lengthy(20 << 20, 'x');
  EXPECT_THAT(rows_of(file("a\n1\n" + lengthy + "\n2\n"), {"a"}),
              ElementsAre("1 2 2: 1", "3 4 20971525: 2",
                          "2 3 4: a row longer than 16 MiB"));
}

TEST_F(CsvFile, OtherEndingsAreNamed) {
  EXPECT_THAT(rows_of(file("a\n", "a.xlsx"), {"a"}),
              ElementsAre(HasSubstr(".parquet")));
}

}  // namespace
}  // namespace kitle::testing
