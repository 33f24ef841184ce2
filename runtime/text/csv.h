// The strict splitter of CSV records (RFC 4180 with a stated dialect): whole
// records in, fields and named errors out. Entry point: CsvSplitter::split.
// Knows nothing of files, columns' names or conversion. Tested by
// tests/ingest/csv_test.cc and tests/fuzz/csv.cc.
//
// A field that begins with the quote ends at the next single quote, and only a
// delimiter or a line's end may follow; a doubled quote inside stands for one.
// Lines end with LF or CRLF. An empty line is a row only in a file of one
// column. After a broken record splitting goes on at the line after the one on
// which the record began, so that one stray quote costs one row.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace kitle {

enum class CsvError : uint8_t {
  kNone,
  kColumnCount,
  kStrayQuote,     // a quote in a field that does not begin with one
  kAfterQuote,     // something other than a delimiter behind a closing quote
  kUnclosedQuote,  // no closing quote up to the file's end
  kNul,
  kUtf8,
  kTooLong,  // longer than kMaxCsvRecord
};
// For a person: "a quote is never closed".
std::string_view describe(CsvError error);

inline constexpr size_t kMaxCsvRecord = 16 << 20;

struct CsvField {
  uint32_t begin = 0;  // in the text given, quotes left out
  uint32_t end = 0;
  bool quoted = false;
  bool doubled = false;  // holds doubled quotes: see unquote()
};

struct CsvRecord {
  uint32_t begin = 0;  // in the text given
  uint32_t end = 0;    // before its line end
  uint32_t first_field = 0;
  uint32_t fields = 0;
  uint64_t line = 0;  // of its first byte, from 1
  CsvError error = CsvError::kNone;
  bool ascii = true;
};

struct CsvRecords {
  std::vector<CsvRecord> records;
  std::vector<CsvField> fields;
  void clear() {
    records.clear();
    fields.clear();
  }
};

using Utf8Test = bool (*)(std::string_view text);

// Keeps the line number between calls. Not thread-safe.
class CsvSplitter {
 public:
  // Records that are not `utf8` are errors; null: any bytes are fine.
  CsvSplitter(char delimiter, char quote, Utf8Test utf8)
      : delimiter_(delimiter), quote_(quote), utf8_(utf8) {}

  // Records of another number of fields are errors; 0: any number is fine.
  void expect_columns(uint32_t columns) { columns_ = columns; }

  // Appends the whole records at the beginning of `text`, at most
  // `max_records`, and returns how many bytes they took. `last`: the file ends
  // with `text`, so what is left is a record too. The caller keeps the rest
  // and calls again with more behind it. REQUIRES: text.size() < 2^32.
  size_t split(std::string_view text, bool last, size_t max_records,
               CsvRecords& out);

 private:
  // Where the scan stands: at a field's first byte, or behind a record.
  struct Scan {
    CsvRecords& out;
    CsvRecord record;
    uint32_t at = 0;
    bool nul = false;
  };
  enum class Step : uint8_t { kField, kRecord, kBroken, kMore };

  Step record(Scan& scan);
  Step plain_field(Scan& scan);
  Step quoted_field(Scan& scan);
  Step behind_quote(Scan& scan, uint32_t behind);
  Step broken(Scan& scan, CsvError error);
  bool recover(Scan& scan);
  bool give_up(Scan& scan);
  void keep(Scan& scan);
  CsvError judge(const Scan& scan) const;
  size_t skip_line(size_t from);
  uint32_t next_special(uint32_t from) const;
  bool any_high(uint32_t begin, uint32_t end) const;

  char delimiter_;
  char quote_;
  Utf8Test utf8_;
  uint32_t columns_ = 0;
  uint64_t line_ = 1;
  bool skipping_ = false;  // inside a line given up as too long
  std::string_view text_;  // of the call at hand
  bool last_ = false;
  std::vector<uint64_t> special_;
  std::vector<uint64_t> high_;
};

// The text of a field with doubled quotes: writes at most field.size() bytes
// to `to`, returns how many.
size_t unquote(std::string_view field, char quote, char* to);

}  // namespace kitle
