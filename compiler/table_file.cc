// CSV files that rules name.
#include "compiler/table_file.h"

#include <fmt/format.h>

#include <filesystem>
#include <unordered_set>

#include "runtime/text/csv.h"
#include "runtime/text/nfc.h"

namespace kitle {

namespace {

constexpr size_t kMaxTableBytes = size_t{64} << 20;
constexpr size_t kMaxReports = 20;  // of one file
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Below the folder of the repository, whatever links say.
bool is_inside(const std::string& path) {
  const auto normal = std::filesystem::path(path).lexically_normal();
  const bool above = !normal.empty() && *normal.begin() == "..";
  return !path.empty() && normal.is_relative() && !above;
}

// Cuts the text of one file into cells.
class TableReader {
 public:
  TableReader(TableFile& file, std::string_view text, Diagnostics& diagnostics)
      : file_(file), text_(text), diagnostics_(diagnostics) {}

  bool read() {
    const bool marked = text_.starts_with(kByteOrderMark);
    if (marked) begin_ = static_cast<uint32_t>(kByteOrderMark.size());
    CsvSplitter splitter(',', '"', is_utf8);
    CsvRecords records;
    const size_t taken = splitter.split(text_.substr(begin_), true, 1, records);
    if (records.records.empty()) return empty();
    header(records);
    splitter.expect_columns(static_cast<uint32_t>(file_.columns.size()));
    begin_ += static_cast<uint32_t>(taken);
    rows(splitter);
    return reports_ == 0;
  }

 private:
  static constexpr size_t kPortion = 4096;

  bool empty() {
    diagnostics_.add(DiagnosticId::kTableEmpty, place(0, 0), {file_.path});
    return false;
  }

  void header(const CsvRecords& records) {
    const CsvRecord& record = records.records.front();
    if (record.error != CsvError::kNone) return broken(record);
    add(records, record, file_.columns);
    std::unordered_set<std::string_view> known;
    for (const TableCell& column : file_.columns) {
      if (known.insert(column.text).second) continue;
      ++reports_;
      diagnostics_.add(DiagnosticId::kTableHeader, column.span,
                       {file_.path, "two columns called", column.text});
    }
  }

  void rows(CsvSplitter& splitter) {
    CsvRecords records;
    while (begin_ < text_.size() && reports_ < kMaxReports) {
      records.clear();
      const std::string_view rest = text_.substr(begin_);
      const size_t taken = splitter.split(rest, true, kPortion, records);
      for (const CsvRecord& record : records.records) row(records, record);
      if (taken == 0) return;
      begin_ += static_cast<uint32_t>(taken);
    }
  }

  void row(const CsvRecords& records, const CsvRecord& record) {
    if (record.error == CsvError::kNone) {
      add(records, record, file_.cells);
    } else if (reports_ < kMaxReports) {
      broken(record);
    }
  }

  void add(const CsvRecords& records, const CsvRecord& record,
           std::vector<TableCell>& cells) const {
    for (uint32_t i = 0; i < record.fields; ++i) {
      const CsvField& field = records.fields[record.first_field + i];
      TableCell& cell = cells.emplace_back();
      cell.span = place(field.begin, field.end);
      cell.text = text_.substr(cell.span.begin, field.end - field.begin);
      if (!field.doubled) continue;
      const std::string written = cell.text;
      cell.text.resize(unquote(written, '"', cell.text.data()));
    }
  }

  void broken(const CsvRecord& record) {
    ++reports_;
    diagnostics_.add(DiagnosticId::kTableRow, place(record.begin, record.end),
                     {file_.path, std::string(describe(record.error))});
  }

  // Of bytes counted from the portion's first.
  Span place(uint32_t begin, uint32_t end) const {
    return {file_.source, begin_ + begin, begin_ + end};
  }

  TableFile& file_;
  std::string_view text_;
  Diagnostics& diagnostics_;
  uint32_t begin_ = 0;  // of the portion at hand
  size_t reports_ = 0;
};

}  // namespace

const TableFile* TableFiles::open(const std::string& path, Span place) {
  const auto [known, fresh] = files_.try_emplace(path);
  if (!fresh) return known->second.get();
  std::string text;
  if (!read_text(path, place, text)) return nullptr;
  auto file = std::make_unique<TableFile>();
  file->path = path;
  file->source = sources_.add(path, std::move(text));
  const std::string_view whole = sources_.file(file->source).text;
  if (!TableReader(*file, whole, diagnostics_).read()) return nullptr;
  known->second = std::move(file);
  return known->second.get();
}

bool TableFiles::read_text(const std::string& path, Span place,
                           std::string& text) {
  if (!is_inside(path)) {
    diagnostics_.add(DiagnosticId::kTableOutside, place, {path});
    return false;
  }
  Result<std::string> read = read_(path);
  const bool fits = read && read->size() <= kMaxTableBytes;
  if (fits) {
    text = std::move(*read);
    return true;
  }
  const std::string cause =
      read ? "it has more than 64 MiB" : read.error().cause();
  diagnostics_.add(DiagnosticId::kTableUnreadable, place, {path, cause});
  return false;
}

}  // namespace kitle
