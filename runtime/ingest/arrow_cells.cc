#include "runtime/ingest/arrow_cells.h"

#include <arrow/array/array_decimal.h>
#include <arrow/array/array_dict.h>
#include <arrow/array/array_nested.h>
#include <arrow/array/validate.h>
#include <arrow/util/float16.h>
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <charconv>

namespace kitle {
namespace {

constexpr int64_t kPortionRows = 1 << 15;

// Fills the cells of present elements by `cell(i)`.
template <class Make>
Status each(const arrow::Array& array, Cell* cells, Make make) {
  const int64_t length = array.length();
  if (array.null_count() == 0) {
    for (int64_t i = 0; i < length; i++) cells[i] = make(i);
    return {};
  }
  for (int64_t i = 0; i < length; i++) {
    cells[i] = array.IsNull(i) ? Cell() : make(i);
  }
  return {};
}

// Cells of the elements, whatever their type.
Status each_cell(const arrow::Array& array, Cell* cells, Arena& arena);

Cell formatted(Arena& arena, const std::string& text) {
  return Cell::of_text(arena.copy(text));
}

Status large_integers(const arrow::Array& array, Cell* cells, Arena& arena) {
  const auto* values =
      static_cast<const arrow::UInt64Array&>(array).raw_values();
  return each(array, cells, [&](int64_t i) {
    return values[i] <= uint64_t{INT64_MAX}
               ? Cell::of(Cell::Kind::kInteger, static_cast<int64_t>(values[i]))
               : formatted(arena, std::to_string(values[i]));
  });
}

// As the shortest decimal, so that 9.99 in 32 bits is 9.99.
Cell float_cell(float value, Arena& arena) {
  char text[32];
  const char* end = std::to_chars(text, text + sizeof(text), value).ptr;
  return Cell::of_text(arena.copy({text, static_cast<size_t>(end - text)}));
}

Status half_floats(const arrow::Array& array, Cell* cells, Arena& arena) {
  const auto& halves = static_cast<const arrow::HalfFloatArray&>(array);
  return each(array, cells, [&](int64_t i) {
    const auto half = arrow::util::Float16::FromBits(halves.Value(i));
    return float_cell(half.ToFloat(), arena);
  });
}

// Whether each string of valid bytes begins with a whole character.
template <class Array>
bool begins_whole(const Array& strings) {
  for (int64_t i = 0; i < strings.length(); i++) {
    const auto text = strings.GetView(i);
    if (!text.empty() && (static_cast<uint8_t>(text[0]) & 0xc0) == 0x80) {
      return false;
    }
  }
  return true;
}

template <class Array>
Status strings(const arrow::Array& array, Cell* cells) {
  const auto& texts = static_cast<const Array&>(array);
  if (texts.length() == 0) return {};
  const auto first = texts.value_offset(0);
  const auto size = texts.value_offset(texts.length()) - first;
  const char* bytes = reinterpret_cast<const char*>(texts.raw_data()) + first;
  const bool valid =
      size == 0 || (simdjson::validate_utf8(bytes, static_cast<size_t>(size)) &&
                    begins_whole(texts));
  return each(array, cells, [&](int64_t i) {
    const std::string_view text = texts.GetView(i);
    return valid || simdjson::validate_utf8(text.data(), text.size())
               ? Cell::of_text(text)
               : Cell::of(Cell::Kind::kBroken, 0);
  });
}

Status fixed_strings(const arrow::Array& array, Cell* cells) {
  const auto& texts = static_cast<const arrow::FixedSizeBinaryArray&>(array);
  return each(array, cells, [&](int64_t i) {
    const std::string_view text = texts.GetView(i);
    return simdjson::validate_utf8(text.data(), text.size())
               ? Cell::of_text(text)
               : Cell::of(Cell::Kind::kBroken, 0);
  });
}

struct Unit {
  int64_t multiply = 1;
  int64_t divide = 1;
};

Unit micros(arrow::TimeUnit::type unit) {
  switch (unit) {
    case arrow::TimeUnit::SECOND:
      return {1'000'000, 1};
    case arrow::TimeUnit::MILLI:
      return {1'000, 1};
    case arrow::TimeUnit::MICRO:
      return {1, 1};
    case arrow::TimeUnit::NANO:
      return {1, 1'000};
  }
  return {};
}

Cell::Kind kind_of(const arrow::TimestampType& type) {
  return type.timezone().empty() ? Cell::Kind::kLocal : Cell::Kind::kTime;
}

int64_t floor_divide(int64_t value, int64_t by) {
  return value / by - (value % by < 0);
}

// An instant finer than a microsecond, as text.
Cell fine_time(int64_t nanos, Cell::Kind kind, Arena& arena) {
  constexpr int64_t kNanos = 1'000'000'000;
  const int64_t seconds = floor_divide(nanos, kNanos);
  const int64_t rest = (nanos % kNanos + kNanos) % kNanos;
  std::string text(cell_text(Cell::of(kind, seconds * 1'000'000), arena));
  const bool zoned = text.ends_with('Z');
  if (zoned) text.pop_back();
  text += fmt::format(".{:09}", rest);
  return formatted(arena, zoned ? text + "Z" : text);
}

Status timestamps(const arrow::Array& array, Cell* cells, Arena& arena) {
  const auto& type = static_cast<const arrow::TimestampType&>(*array.type());
  const Unit unit = micros(type.unit());
  const Cell::Kind kind = kind_of(type);
  const int64_t* values =
      static_cast<const arrow::TimestampArray&>(array).raw_values();
  return each(array, cells, [&](int64_t i) {
    const int64_t value = values[i];
    if (value % unit.divide != 0) return fine_time(value, kind, arena);
    int64_t result = 0;
    if (__builtin_mul_overflow(value / unit.divide, unit.multiply, &result)) {
      return formatted(arena, "a time beyond the year 9999");
    }
    return Cell::of(kind, result);
  });
}

Status durations(const arrow::Array& array, Cell* cells, Arena& arena) {
  const auto& type = static_cast<const arrow::DurationType&>(*array.type());
  static constexpr const char* kNames[] = {"seconds", "milliseconds",
                                           "microseconds", "nanoseconds"};
  const int64_t* values =
      static_cast<const arrow::DurationArray&>(array).raw_values();
  return each(array, cells, [&](int64_t i) {
    return formatted(arena,
                     fmt::format("{} {}", values[i], kNames[type.unit()]));
  });
}

template <class Array>
Status decimals(const arrow::Array& array, Cell* cells, Arena& arena) {
  const auto& values = static_cast<const Array&>(array);
  return each(array, cells, [&](int64_t i) {
    return formatted(arena, values.FormatValue(i));
  });
}

Status dictionary(const arrow::Array& array, Cell* cells, Arena& arena) {
  const auto& coded = static_cast<const arrow::DictionaryArray&>(array);
  const arrow::Array& values = *coded.dictionary();
  Cell* known = arena.array<Cell>(static_cast<size_t>(values.length()));
  Status status = each_cell(values, known, arena);
  if (!status.ok()) return status;
  return each(array, cells,
              [&](int64_t i) { return known[coded.GetValueIndex(i)]; });
}

template <class Array>
Status lists(const arrow::Array& array, Cell* cells, Arena& arena) {
  const auto& values = static_cast<const Array&>(array);
  const arrow::Array& items = *values.values();
  Cell* all = arena.array<Cell>(static_cast<size_t>(items.length()));
  Status status = each_cell(items, all, arena);
  if (!status.ok()) return status;
  return each(array, cells, [&](int64_t i) {
    return Cell::of_list(all + values.value_offset(i),
                         static_cast<uint32_t>(values.value_length(i)));
  });
}

Status unsupported(const arrow::Array& array) {
  return {StatusCode::kUnsupported, "read", "",
          "cells of type " + array.type()->ToString() + " cannot be read"};
}

Status nested(const arrow::Array& array, Cell* cells, Arena& arena) {
  switch (array.type_id()) {
    case arrow::Type::DICTIONARY:
      return dictionary(array, cells, arena);
    case arrow::Type::LIST:
      return lists<arrow::ListArray>(array, cells, arena);
    case arrow::Type::LARGE_LIST:
      return lists<arrow::LargeListArray>(array, cells, arena);
    case arrow::Type::FIXED_SIZE_LIST:
      return lists<arrow::FixedSizeListArray>(array, cells, arena);
    default:
      return unsupported(array);
  }
}

Status text_like(const arrow::Array& array, Cell* cells, Arena& arena) {
  switch (array.type_id()) {
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
      return strings<arrow::BinaryArray>(array, cells);
    case arrow::Type::LARGE_STRING:
    case arrow::Type::LARGE_BINARY:
      return strings<arrow::LargeBinaryArray>(array, cells);
    case arrow::Type::FIXED_SIZE_BINARY:
      return fixed_strings(array, cells);
    case arrow::Type::DECIMAL128:
      return decimals<arrow::Decimal128Array>(array, cells, arena);
    case arrow::Type::DECIMAL256:
      return decimals<arrow::Decimal256Array>(array, cells, arena);
    default:
      return nested(array, cells, arena);
  }
}

Status numeric(const arrow::Array& array, Cell* cells, Arena& arena) {
  switch (array.type_id()) {
    case arrow::Type::UINT64:
      return large_integers(array, cells, arena);
    case arrow::Type::TIMESTAMP:
      return timestamps(array, cells, arena);
    case arrow::Type::DURATION:
      return durations(array, cells, arena);
    case arrow::Type::HALF_FLOAT:
      return half_floats(array, cells, arena);
    case arrow::Type::FLOAT: {
      const auto& values = static_cast<const arrow::FloatArray&>(array);
      return each(array, cells, [&](int64_t i) {
        return float_cell(values.Value(i), arena);
      });
    }
    case arrow::Type::DOUBLE: {
      const auto& values = static_cast<const arrow::DoubleArray&>(array);
      return each(array, cells,
                  [&](int64_t i) { return Cell::of_number(values.Value(i)); });
    }
    default:
      return text_like(array, cells, arena);
  }
}

// All elements as integers, also where there is none.
template <class Array>
void widen(const arrow::Array& array, std::vector<int64_t>& to) {
  const auto* values = static_cast<const Array&>(array).raw_values();
  to.assign(values, values + array.length());
}

void flags(const arrow::Array& array, std::vector<int64_t>& to) {
  const auto& values = static_cast<const arrow::BooleanArray&>(array);
  to.resize(static_cast<size_t>(array.length()));
  for (int64_t i = 0; i < array.length(); i++) to[i] = values.Value(i) ? 1 : 0;
}

void days(const arrow::Array& array, std::vector<int64_t>& to) {
  widen<arrow::Date64Array>(array, to);
  for (int64_t& value : to) value = floor_divide(value, 86'400'000);
}

// False where one is finer than a microsecond or too far away.
bool instants(const arrow::Array& array, std::vector<int64_t>& to) {
  const Unit unit =
      micros(static_cast<const arrow::TimestampType&>(*array.type()).unit());
  widen<arrow::TimestampArray>(array, to);
  bool exact = true;
  for (int64_t& value : to) {
    exact = exact && value % unit.divide == 0 &&
            !__builtin_mul_overflow(value / unit.divide, unit.multiply, &value);
  }
  return exact;
}

bool large(const arrow::Array& array, std::vector<int64_t>& to) {
  widen<arrow::UInt64Array>(array, to);
  return std::ranges::all_of(to, [](int64_t value) { return value >= 0; });
}

// Whether the elements are integers of one kind. One switch.
bool integers_of(const arrow::Array& array, std::vector<int64_t>& to,
                 Cell::Kind& kind) {
  kind = Cell::Kind::kInteger;
  switch (array.type_id()) {
    case arrow::Type::INT8:
      return widen<arrow::Int8Array>(array, to), true;
    case arrow::Type::INT16:
      return widen<arrow::Int16Array>(array, to), true;
    case arrow::Type::INT32:
      return widen<arrow::Int32Array>(array, to), true;
    case arrow::Type::INT64:
      return widen<arrow::Int64Array>(array, to), true;
    case arrow::Type::UINT8:
      return widen<arrow::UInt8Array>(array, to), true;
    case arrow::Type::UINT16:
      return widen<arrow::UInt16Array>(array, to), true;
    case arrow::Type::UINT32:
      return widen<arrow::UInt32Array>(array, to), true;
    case arrow::Type::UINT64:
      return large(array, to);
    case arrow::Type::BOOL:
      kind = Cell::Kind::kFlag;
      return flags(array, to), true;
    case arrow::Type::DATE32:
      kind = Cell::Kind::kDate;
      return widen<arrow::Date32Array>(array, to), true;
    case arrow::Type::DATE64:
      kind = Cell::Kind::kDate;
      return days(array, to), true;
    case arrow::Type::TIMESTAMP:
      kind = kind_of(static_cast<const arrow::TimestampType&>(*array.type()));
      return instants(array, to);
    default:
      return false;
  }
}

Status each_cell(const arrow::Array& array, Cell* cells, Arena& arena) {
  if (array.type_id() == arrow::Type::NA) {
    std::fill(cells, cells + array.length(), Cell());
    return {};
  }
  std::vector<int64_t> integers;
  Cell::Kind kind = Cell::Kind::kInteger;
  if (!integers_of(array, integers, kind)) return numeric(array, cells, arena);
  return each(array, cells,
              [&](int64_t i) { return Cell::of(kind, integers[i]); });
}

void present_of(const arrow::Array& array, std::vector<uint8_t>& to) {
  to.clear();
  if (array.null_count() == 0) return;
  to.resize(static_cast<size_t>(array.length()));
  for (int64_t i = 0; i < array.length(); i++) to[i] = array.IsValid(i) ? 1 : 0;
}

// The field names of a schema, depth first.
void add_names(const arrow::FieldVector& fields, const std::string& before,
               std::vector<std::string>& names) {
  for (const auto& field : fields) {
    const std::string name = before + field->name();
    if (field->type()->id() == arrow::Type::STRUCT) {
      add_names(field->type()->fields(), name + ".", names);
    } else {
      names.push_back(name);
    }
  }
}

arrow::Result<std::shared_ptr<arrow::Array>> find_in(
    const std::shared_ptr<arrow::Array>& array, std::string_view path) {
  if (path.empty()) return array;
  const auto& fields = array->type()->fields();
  for (int i = 0; i < array->type()->num_fields(); i++) {
    const std::string& name = fields[i]->name();
    const bool whole = path == name;
    if (!whole && !path.starts_with(name + ".")) continue;
    ARROW_ASSIGN_OR_RAISE(
        auto child,
        static_cast<const arrow::StructArray&>(*array).GetFlattenedField(i));
    return find_in(child, path.substr(whole ? path.size() : name.size() + 1));
  }
  return arrow::Status::KeyError("no field ", std::string(path));
}

// The same data with texts as bytes and days in milliseconds as integers.
std::shared_ptr<arrow::ArrayData> untyped(const arrow::ArrayData& data) {
  auto copy = data.Copy();
  switch (data.type->id()) {
    case arrow::Type::STRING:
      copy->type = arrow::binary();
      break;
    case arrow::Type::LARGE_STRING:
      copy->type = arrow::large_binary();
      break;
    case arrow::Type::DATE64:
      copy->type = arrow::int64();
      break;
    case arrow::Type::LIST:
    case arrow::Type::LARGE_LIST:
    case arrow::Type::FIXED_SIZE_LIST:
      copy->child_data[0] = untyped(*copy->child_data[0]);
      break;
    case arrow::Type::DICTIONARY:
      copy->dictionary = untyped(*copy->dictionary);
      break;
    default:
      break;
  }
  return copy;
}

// Whether offsets and indexes stay inside. Not whether a text is UTF-8, which
// costs its row and not the file, nor whether a day has no hours.
arrow::Status check_inside(const arrow::Array& array) {
  return arrow::internal::ValidateArrayFull(*untyped(*array.data()));
}

}  // namespace

Status cells_of(const arrow::Array& array, CellColumn& to, Arena& arena) {
  if (integers_of(array, to.integers, to.kind)) {
    to.form = CellColumn::Form::kIntegers;
    present_of(array, to.present);
    return {};
  }
  if (array.type_id() == arrow::Type::DICTIONARY) {
    const auto& coded = static_cast<const arrow::DictionaryArray&>(array);
    if (integers_of(*coded.indices(), to.integers, to.kind)) {
      to.form = CellColumn::Form::kCoded;
      present_of(array, to.present);
      to.cells.resize(static_cast<size_t>(coded.dictionary()->length()));
      return each_cell(*coded.dictionary(), to.cells.data(), arena);
    }
  }
  to.form = CellColumn::Form::kCells;
  to.cells.resize(static_cast<size_t>(array.length()));
  return each_cell(array, to.cells.data(), arena);
}

std::vector<std::string> column_names(const arrow::Schema& schema) {
  std::vector<std::string> names;
  add_names(schema.fields(), "", names);
  return names;
}

Status ArrowRows::failed(const std::string& cause) const {
  return {StatusCode::kIo, "read", path_, cause};
}

Result<bool> ArrowRows::next(RowBatch& batch) {
  batch.clear(wanted_.size());
  while (current_ == nullptr || used_ == current_->num_rows()) {
    auto next = read();
    if (!next.ok()) return std::unexpected(failed(next.status().message()));
    current_ = *next;
    used_ = 0;
    if (current_ == nullptr) return false;
    // The buffers are as long as they must be; what is in those of wanted
    // columns is checked by parse(), on any thread.
    const arrow::Status valid = current_->Validate();
    if (!valid.ok()) return std::unexpected(failed(valid.message()));
  }
  const auto part = current_->Slice(used_, kPortionRows);
  used_ += part->num_rows();
  batch.keep = part;
  batch.first_row = rows_;
  batch.rows = static_cast<size_t>(part->num_rows());
  rows_ += batch.rows;
  return true;
}

Status ArrowRows::parse(RowBatch& batch) const {
  const auto& part = *static_cast<const arrow::RecordBatch*>(batch.keep.get());
  const auto whole = part.ToStructArray();
  if (!whole.ok()) return failed(whole.status().message());
  for (size_t i = 0; i < wanted_.size(); i++) {
    if (std::ranges::find(columns_, wanted_[i]) == columns_.end()) {
      batch.columns[i].cells.resize(batch.rows);
      continue;
    }
    const auto array = find_in(*whole, wanted_[i]);
    if (!array.ok()) return failed(array.status().message());
    const arrow::Status valid = check_inside(**array);
    if (!valid.ok()) return failed(wanted_[i] + ": " + valid.message());
    const Status status = cells_of(**array, batch.columns[i], batch.arena);
    if (!status.ok()) return failed(wanted_[i] + ": " + status.cause());
  }
  return {};
}

uint64_t ArrowRows::bytes_read() const {
  return static_cast<uint64_t>(progress() * static_cast<double>(file_bytes_));
}

}  // namespace kitle
