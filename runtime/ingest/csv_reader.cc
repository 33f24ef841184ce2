// CSV files: portions of whole records, cut by CsvSplitter.
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <utility>

#include "runtime/ingest/bytes.h"
#include "runtime/ingest/encoding.h"
#include "runtime/ingest/rows.h"
#include "runtime/text/csv.h"

namespace kitle {
namespace {

constexpr uint32_t kAbsent = UINT32_MAX;

bool is_valid_utf8(std::string_view text) {
  return simdjson::validate_utf8(text.data(), text.size());
}

class CsvReader : public RowReader {
 public:
  CsvReader(std::string path, std::unique_ptr<ByteSource> bytes,
            const CsvDialect& dialect)
      : path_(path),
        dialect_(dialect),
        encoding_(encoding_of(dialect.encoding)),
        portions_(std::move(path), std::move(bytes)),
        splitter_(dialect.delimiter, dialect.quote,
                  encoding_ == Encoding::kUtf8 ? is_valid_utf8 : nullptr) {}

  Status open();
  const std::vector<std::string>* columns() const override {
    return no_header_ ? nullptr : &columns_;
  }
  void want(const std::vector<std::string>& names) override;
  Result<bool> next(RowBatch& batch) override;
  Status parse(RowBatch& batch) const override;
  uint64_t bytes_read() const override { return portions_.disk_bytes(); }

 private:
  Result<size_t> first_record(std::string& bytes, CsvRecords& records);
  Status read_header(std::string_view bytes, const CsvRecords& records);
  Result<bool> next_records(RowBatch& batch);
  void bad_row(RowBatch& batch, const CsvRecord& record, RowPlace place) const;
  bool row(RowBatch& batch, const CsvRecord& record, size_t to) const;
  bool cell(RowBatch& batch, const CsvField& field, Cell& to) const;

  std::string path_;
  CsvDialect dialect_;
  Encoding encoding_;
  TextPortions portions_;
  CsvSplitter splitter_;
  std::vector<std::string> columns_;
  std::vector<uint32_t> wanted_;  // index in columns_, or kAbsent
  uint64_t rows_ = 0;
  bool no_header_ = false;
  bool told_ = false;  // that there is no header
};

std::string field_text(std::string_view bytes, const CsvField& field,
                       char quote) {
  std::string text(bytes.substr(field.begin, field.end - field.begin));
  if (field.doubled) text.resize(unquote(text, quote, text.data()));
  return text;
}

Status CsvReader::open() {
  if (encoding_ == Encoding::kUnknown) {
    return {StatusCode::kInvalid, "read", path_,
            fmt::format("no encoding is called {}; there are utf-8, latin-1 "
                        "and windows-1254",
                        dialect_.encoding)};
  }
  CsvSplitter at_start = splitter_;
  std::string bytes;
  CsvRecords records;
  const Result<size_t> used = first_record(bytes, records);
  if (!used) return used.error();
  if (dialect_.header) {
    const Status status = read_header(bytes, records);
    if (!status.ok()) return status;
  } else {
    splitter_ = std::move(at_start);
    columns_ = dialect_.columns;
    const uint32_t fields = records.records.empty() || !columns_.empty()
                                ? 0
                                : records.records[0].fields;
    for (uint32_t i = 1; i <= fields; i++) {
      columns_.push_back(std::to_string(i));
    }
  }
  portions_.leave(std::string_view(bytes).substr(dialect_.header ? *used : 0));
  splitter_.expect_columns(static_cast<uint32_t>(columns_.size()));
  return {};
}

Result<size_t> CsvReader::first_record(std::string& bytes,
                                       CsvRecords& records) {
  while (true) {
    const Status status = portions_.fill(bytes);
    if (!status.ok()) return std::unexpected(status);
    const size_t used = splitter_.split(bytes, portions_.at_end(), 1, records);
    if (!records.records.empty() || portions_.at_end()) return used;
    portions_.leave(std::string_view(bytes).substr(used));
  }
}

Status CsvReader::read_header(std::string_view bytes,
                              const CsvRecords& records) {
  no_header_ = records.records.empty();
  if (no_header_) return {};
  const CsvRecord& header = records.records[0];
  if (header.error != CsvError::kNone) {
    return {StatusCode::kInvalid, "read", path_,
            fmt::format("the header in line {}: {}", header.line,
                        describe(header.error))};
  }
  Arena arena;
  for (uint32_t i = 0; i < header.fields; i++) {
    const std::string raw = field_text(
        bytes, records.fields[header.first_field + i], dialect_.quote);
    columns_.emplace_back(to_utf8(raw, encoding_, arena));
  }
  return {};
}

void CsvReader::want(const std::vector<std::string>& names) {
  wanted_.clear();
  for (const std::string& name : names) {
    const auto found = std::ranges::find(columns_, name);
    wanted_.push_back(found == columns_.end()
                          ? kAbsent
                          : static_cast<uint32_t>(found - columns_.begin()));
  }
}

Result<bool> CsvReader::next(RowBatch& batch) {
  batch.clear(wanted_.size());
  batch.first_row = rows_;
  if (no_header_) {
    if (std::exchange(told_, true)) return false;
    batch.bytes.clear();
    batch.bad.push_back({{1, 1, 0, {}}, "the file is empty: it has no header"});
    return true;
  }
  return next_records(batch);
}

Result<bool> CsvReader::next_records(RowBatch& batch) {
  while (true) {
    const Status status = portions_.fill(batch.bytes);
    if (!status.ok()) return std::unexpected(status);
    batch.first_byte = portions_.offset();
    const size_t used = splitter_.split(batch.bytes, portions_.at_end(),
                                        SIZE_MAX / 2, batch.records);
    portions_.leave(std::string_view(batch.bytes).substr(used));
    rows_ += batch.records.records.size();
    if (!batch.records.records.empty()) return true;
    if (portions_.at_end()) return false;
  }
}

Status CsvReader::parse(RowBatch& batch) const {
  const size_t count = batch.records.records.size();
  for (CellColumn& column : batch.columns) column.cells.resize(count);
  batch.places.reserve(count);
  for (size_t i = 0; i < count; i++) {
    const CsvRecord& record = batch.records.records[i];
    const RowPlace place{batch.first_row + i + 1, record.line,
                         batch.first_byte + record.begin,
                         std::string_view(batch.bytes)
                             .substr(record.begin, record.end - record.begin)};
    if (record.error != CsvError::kNone) {
      bad_row(batch, record, place);
    } else if (row(batch, record, batch.rows)) {
      batch.places.push_back(place);
      batch.rows++;
    } else {
      batch.bad.push_back(
          {place, fmt::format("bytes that are not {}", dialect_.encoding)});
    }
  }
  for (CellColumn& column : batch.columns) column.cells.resize(batch.rows);
  return {};
}

void CsvReader::bad_row(RowBatch& batch, const CsvRecord& record,
                        RowPlace place) const {
  std::string reason(describe(record.error));
  if (record.error == CsvError::kColumnCount) {
    reason = fmt::format("{} columns where {} are expected", record.fields,
                         columns_.size());
  }
  batch.bad.push_back({place, std::move(reason)});
}

bool CsvReader::row(RowBatch& batch, const CsvRecord& record, size_t to) const {
  for (size_t i = 0; i < wanted_.size(); i++) {
    Cell& target = batch.columns[i].cells[to];
    target = {};
    if (wanted_[i] == kAbsent) continue;
    const CsvField& field =
        batch.records.fields[record.first_field + wanted_[i]];
    if (!cell(batch, field, target)) return false;
  }
  return true;
}

bool CsvReader::cell(RowBatch& batch, const CsvField& field, Cell& to) const {
  std::string_view text = std::string_view(batch.bytes)
                              .substr(field.begin, field.end - field.begin);
  if (text.empty()) {
    if (!dialect_.empty_is_missing) to = Cell::of_text(text);
    return true;
  }
  if (field.doubled) {
    char* bytes = batch.arena.allocate(text.size());
    text = {bytes, unquote(text, dialect_.quote, bytes)};
  }
  if (encoding_ != Encoding::kUtf8)
    text = to_utf8(text, encoding_, batch.arena);
  to = Cell::of_text(text);
  return text.data() != nullptr;
}

}  // namespace

Result<std::unique_ptr<RowReader>> open_csv(const std::string& path,
                                            Compression compression,
                                            const CsvDialect& dialect) {
  Result<std::unique_ptr<ByteSource>> bytes = open_bytes(path, compression);
  if (!bytes) return std::unexpected(bytes.error());
  auto reader = std::make_unique<CsvReader>(path, std::move(*bytes), dialect);
  const Status status = reader->open();
  if (!status.ok()) return std::unexpected(status);
  return reader;
}

}  // namespace kitle
