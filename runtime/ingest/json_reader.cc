// JSON lines: the file is cut at line feeds, each line is parsed by itself, so
// a bad line costs one row. A column is a key, or a path of keys with dots
// between. Numbers keep the text they are written with.
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <utility>

#include "runtime/ingest/bytes.h"
#include "runtime/ingest/rows.h"

namespace kitle {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr size_t kMaxLine = 16 << 20;
constexpr int kMaxDepth = 64;
constexpr std::string_view kSpace = " \t\r";

// Whether the text is a number of JSON; simdjson's lazy values do not say.
bool is_json_number(std::string_view text) {
  size_t at = 0;
  auto digits = [&] {
    const size_t from = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') at++;
    return at - from;
  };
  auto take = [&](std::string_view any) {
    const bool there =
        at < text.size() && any.find(text[at]) != std::string_view::npos;
    at += there;
    return there;
  };
  take("-");
  const bool zero = at < text.size() && text[at] == '0';
  const size_t whole = digits();
  if (whole == 0 || (zero && whole > 1)) return false;
  if (take(".") && digits() == 0) return false;
  if (take("eE")) {
    take("+-");
    if (digits() == 0) return false;
  }
  return at == text.size();
}

struct BadLine {
  std::string reason;
};

// One line into one row of a batch. Exceptions of simdjson stay inside.
class LineParser {
 public:
  // `keys`: null, or gets the keys that no wanted one is, each once.
  LineParser(const std::vector<std::string>& wanted, RowBatch& batch,
             std::vector<std::string>* keys = nullptr)
      : wanted_(wanted), batch_(batch), keys_(keys) {}

  // The reason if the line is no good. REQUIRES: SIMDJSON_PADDING readable
  // bytes behind the line.
  std::string parse(std::string_view line, size_t row) {
    row_ = row;
    for (CellColumn& column : batch_.columns) column.cells[row] = {};
    had_.assign(wanted_.size(), false);
    std::string reason = read(line);
    for (size_t i = 0; i < had_.size(); i++) {
      if (had_[i]) batch_.seen[i] = true;
    }
    return reason;
  }

 private:
  std::string read(std::string_view line) {
    try {
      document(line);
    } catch (const simdjson::simdjson_error& error) {
      return fmt::format("not JSON: {}",
                         simdjson::error_message(error.error()));
    } catch (const BadLine& bad) {
      return bad.reason;
    }
    return {};
  }

  void document(std::string_view line) {
    ondemand::document document = parser_.iterate(
        line.data(), line.size(), line.size() + simdjson::SIMDJSON_PADDING);
    if (document.type() != ondemand::json_type::object) {
      throw BadLine{"not a JSON object"};
    }
    path_.clear();
    object(document.get_object(), 0);
    if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) {
      throw BadLine{"more behind the JSON object"};
    }
  }

  void object(ondemand::object object, int depth) {
    if (depth > kMaxDepth) throw BadLine{"nested deeper than 64 objects"};
    const size_t length = path_.size();
    for (auto field : object) {
      path_.resize(length);
      path_ += std::string_view(field.unescaped_key());
      member(field.value(), depth);
    }
    path_.resize(length);
  }

  void member(ondemand::value value, int depth) {
    const auto found = std::ranges::find(wanted_, path_);
    if (found != wanted_.end()) {
      const auto index = static_cast<size_t>(found - wanted_.begin());
      if (had_[index]) throw BadLine{"the key " + path_ + " stands twice"};
      had_[index] = true;
      batch_.columns[index].cells[row_] = cell(value, depth);
      return;
    }
    if (value.type() == ondemand::json_type::object) {
      path_ += '.';
      object(value.get_object(), depth + 1);
      return;
    }
    if (keys_ != nullptr) add_key();
    if (value.type() == ondemand::json_type::array) {
      pass(value, depth);
    } else if (cell(value, depth).missing()) {
      see_below();
    }
  }

  // A null holds all keys that an object in its place would.
  void see_below() {
    for (size_t i = 0; i < wanted_.size(); i++) {
      const std::string& name = wanted_[i];
      const bool below = name.size() > path_.size() &&
                         name[path_.size()] == '.' && name.starts_with(path_);
      if (below) batch_.seen[i] = true;
    }
  }

  void add_key() {
    constexpr size_t kMostKeys = 1000;
    const bool known = std::ranges::find(*keys_, path_) != keys_->end();
    if (!known && keys_->size() < kMostKeys) keys_->push_back(path_);
  }

  // A value that nobody wants has to be JSON nevertheless.
  void pass(ondemand::value value, int depth) {
    if (depth > kMaxDepth) throw BadLine{"nested deeper than 64 values"};
    if (value.type() == ondemand::json_type::array) {
      for (auto item : value.get_array()) pass(item.value(), depth + 1);
    } else if (value.type() == ondemand::json_type::object) {
      for (auto field : value.get_object()) {
        (void)std::string_view(field.unescaped_key());
        pass(field.value(), depth + 1);
      }
    } else {
      cell(value, depth);
    }
  }

  Cell cell(ondemand::value value, int depth) {
    const ondemand::json_type type = value.type();
    switch (type) {
      case ondemand::json_type::null:
        if (!value.is_null()) throw BadLine{"not JSON: a word that is none"};
        return {};
      case ondemand::json_type::boolean:
        return Cell::of(Cell::Kind::kFlag, bool(value.get_bool()) ? 1 : 0);
      case ondemand::json_type::string:
        return Cell::of_text(batch_.arena.copy(value.get_string()));
      case ondemand::json_type::number:
        return number(value);
      case ondemand::json_type::array:
        return list(value, depth);
      case ondemand::json_type::object:
        break;
    }
    throw BadLine{"the key " + path_ + " holds an object"};
  }

  Cell number(ondemand::value value) {
    std::string_view text = value.raw_json_token();
    text = text.substr(0, text.find_last_not_of(kSpace) + 1);
    if (!is_json_number(text)) throw BadLine{"not JSON: a broken number"};
    return Cell::of_text(text);
  }

  Cell list(ondemand::value value, int depth) {
    if (depth > kMaxDepth) throw BadLine{"nested deeper than 64 lists"};
    std::vector<Cell> items;
    for (auto item : value.get_array()) {
      items.push_back(cell(item.value(), depth + 1));
    }
    Cell* cells = batch_.arena.array<Cell>(items.size());
    std::ranges::copy(items, cells);
    return Cell::of_list(cells, static_cast<uint32_t>(items.size()));
  }

  const std::vector<std::string>& wanted_;
  RowBatch& batch_;
  std::vector<std::string>* keys_;
  ondemand::parser parser_;
  std::string path_;
  std::vector<bool> had_;
  size_t row_ = 0;
};

class JsonReader : public RowReader {
 public:
  JsonReader(std::string path, std::unique_ptr<ByteSource> bytes)
      : portions_(std::move(path), std::move(bytes)) {}

  const std::vector<std::string>* columns() const override { return nullptr; }
  void want(const std::vector<std::string>& names) override { wanted_ = names; }
  Result<bool> next(RowBatch& batch) override;
  Status parse(RowBatch& batch) const override;
  uint64_t bytes_read() const override { return portions_.disk_bytes(); }

 private:
  bool cut(RowBatch& batch);
  size_t skip_line(std::string_view bytes);
  void line(RowBatch& batch, std::string_view bytes, size_t begin, size_t end);

  TextPortions portions_;
  std::vector<std::string> wanted_;
  uint64_t rows_ = 0;
  uint64_t lines_ = 0;
  bool skipping_ = false;  // inside a line given up as too long
  bool told_ = false;      // that there are no rows
};

Result<bool> JsonReader::next(RowBatch& batch) {
  batch.clear(wanted_.size());
  batch.first_row = rows_;
  while (true) {
    const Status status = portions_.fill(batch.bytes);
    if (!status.ok()) return std::unexpected(status);
    batch.first_byte = portions_.offset();
    if (cut(batch)) return true;
    if (portions_.at_end()) break;
  }
  if (rows_ > 0 || std::exchange(told_, true)) return false;
  batch.bad.push_back({{1, 1, 0, {}}, "the file is empty: it has no rows"});
  return true;
}

// The portion's lines, as records; false if there is none.
bool JsonReader::cut(RowBatch& batch) {
  const std::string_view bytes = batch.bytes;
  size_t done = skipping_ ? skip_line(bytes) : 0;
  while (done < bytes.size()) {
    const size_t newline = bytes.find('\n', done);
    const bool whole = newline != std::string_view::npos;
    const bool too_long = bytes.size() - done > kMaxLine;
    if (!whole && !portions_.at_end() && !too_long) break;
    skipping_ = !whole && !portions_.at_end();
    const size_t end = whole ? newline : bytes.size();
    line(batch, bytes, done, end);
    done = end + whole;
    lines_ += whole;
  }
  portions_.leave(bytes.substr(done));
  batch.bytes.resize(batch.bytes.size() + simdjson::SIMDJSON_PADDING);
  return !batch.records.records.empty();
}

size_t JsonReader::skip_line(std::string_view bytes) {
  const size_t newline = bytes.find('\n');
  if (newline == std::string_view::npos) return bytes.size();
  skipping_ = false;
  lines_++;
  return newline + 1;
}

void JsonReader::line(RowBatch& batch, std::string_view bytes, size_t begin,
                      size_t end) {
  if (bytes.substr(begin, end - begin).find_first_not_of(kSpace) ==
      std::string_view::npos) {
    return;
  }
  CsvRecord record;
  record.begin = static_cast<uint32_t>(begin);
  record.end = static_cast<uint32_t>(end);
  record.line = lines_ + 1;
  if (end - begin > kMaxLine) record.error = CsvError::kTooLong;
  batch.records.records.push_back(record);
  rows_++;
}

Status JsonReader::parse(RowBatch& batch) const {
  const size_t count = batch.records.records.size();
  for (CellColumn& column : batch.columns) column.cells.resize(count);
  LineParser parser(wanted_, batch);
  for (size_t i = 0; i < count; i++) {
    const CsvRecord& record = batch.records.records[i];
    const std::string_view line =
        std::string_view(batch.bytes)
            .substr(record.begin, record.end - record.begin);
    const RowPlace place{batch.first_row + i + 1, record.line,
                         batch.first_byte + record.begin, line};
    std::string reason = record.error == CsvError::kNone
                             ? parser.parse(line, batch.rows)
                             : std::string(describe(record.error));
    if (reason.empty()) {
      batch.places.push_back(place);
      batch.rows++;
    } else {
      batch.bad.push_back({place, std::move(reason)});
    }
  }
  for (CellColumn& column : batch.columns) column.cells.resize(batch.rows);
  return {};
}

}  // namespace

Result<std::unique_ptr<RowReader>> open_json_lines(const std::string& path,
                                                   Compression compression) {
  Result<std::unique_ptr<ByteSource>> bytes = open_bytes(path, compression);
  if (!bytes) return std::unexpected(bytes.error());
  return std::make_unique<JsonReader>(path, std::move(*bytes));
}

Result<std::vector<std::string>> first_json_keys(const std::string& path,
                                                 Compression compression) {
  const auto reader = open_json_lines(path, compression);
  if (!reader) return std::unexpected(reader.error());
  RowBatch batch;
  const Result<bool> more = (*reader)->next(batch);
  if (!more) return std::unexpected(more.error());
  const std::vector<std::string> wanted;
  std::vector<std::string> keys;
  LineParser parser(wanted, batch, &keys);
  for (const CsvRecord& record : batch.records.records) {
    if (record.error != CsvError::kNone) continue;
    (void)parser.parse(std::string_view(batch.bytes)
                           .substr(record.begin, record.end - record.begin),
                       0);
  }
  return keys;
}

}  // namespace kitle
