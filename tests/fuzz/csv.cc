// Any bytes as a CSV file: wherever the portions are cut, the same records and
// errors come out, in order, inside the text, and no line is lost.
#include "runtime/text/csv.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/text/nfc.h"

namespace {

using kitle::CsvError;
using kitle::CsvField;
using kitle::CsvRecord;
using kitle::CsvRecords;
using kitle::CsvSplitter;
using kitle::is_utf8;

void require(bool holds) {
  if (!holds) std::abort();
}

// A record by its place in the whole file.
struct Found {
  uint64_t begin = 0;
  uint64_t end = 0;
  uint64_t line = 0;
  CsvError error = CsvError::kNone;
  std::vector<std::string> fields;
  friend bool operator==(const Found&, const Found&) = default;
};

struct Dialect {
  char delimiter = ',';
  char quote = '"';
  uint32_t columns = 0;
};

std::string text_of(std::string_view text, const CsvField& field, char quote) {
  require(field.begin <= field.end && field.end <= text.size());
  std::string made(text.substr(field.begin, field.end - field.begin));
  if (!field.doubled) return made;
  std::string plain(made.size(), ' ');
  const size_t length = kitle::unquote(made, quote, plain.data());
  require(length <= made.size());
  plain.resize(length);
  return plain;
}

Found found(std::string_view text, const CsvRecords& records,
            const CsvRecord& record, uint64_t offset, char quote) {
  require(record.begin <= record.end && record.end <= text.size());
  Found made{offset + record.begin,
             offset + record.end,
             record.line,
             record.error,
             {}};
  if (record.error != CsvError::kNone) return made;
  require(record.first_field + record.fields <= records.fields.size());
  for (uint32_t i = 0; i < record.fields; ++i) {
    made.fields.push_back(
        text_of(text, records.fields[record.first_field + i], quote));
  }
  return made;
}

// Reads `text` as a reader does, which gets `piece` bytes more at a time.
std::vector<Found> split(std::string_view text, const Dialect& dialect,
                         size_t piece) {
  CsvSplitter splitter(dialect.delimiter, dialect.quote, is_utf8);
  splitter.expect_columns(dialect.columns);
  std::vector<Found> all;
  CsvRecords records;
  size_t begin = 0;
  for (size_t end = 0; end < text.size();) {
    end = std::min(text.size(), end + piece);
    const std::string_view portion = text.substr(begin, end - begin);
    records.clear();
    const size_t taken =
        splitter.split(portion, end == text.size(), SIZE_MAX, records);
    require(taken <= portion.size());
    for (const CsvRecord& record : records.records) {
      all.push_back(found(portion, records, record, begin, dialect.quote));
    }
    begin += taken;
  }
  require(begin == text.size());
  return all;
}

void check_order(const std::vector<Found>& all) {
  for (size_t i = 1; i < all.size(); ++i) {
    require(all[i - 1].end <= all[i].begin);
    require(all[i - 1].line < all[i].line);
  }
}

}  // namespace

// The first bytes choose dialect and cut.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 3) return 0;
  constexpr char kDelimiters[] = {',', ';', '\t', '|'};
  const Dialect dialect{kDelimiters[data[0] % 4], data[0] % 8 < 4 ? '"' : '\'',
                        data[1] % 5U};
  const std::string_view text(reinterpret_cast<const char*>(data) + 3,
                              size - 3);
  const std::vector<Found> whole = split(text, dialect, text.size());
  check_order(whole);
  require(split(text, dialect, 1 + data[2] % 64U) == whole);
  return 0;
}
