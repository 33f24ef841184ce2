#include "runtime/ingest/convert.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "runtime/ingest/duration.h"

namespace kitle {

// The row at hand and where its value goes.
struct ValueConverter::Row {
  RowBatch& batch;
  ConvertScratch& scratch;
  TypedColumn& out;
  size_t row = 0;
  std::optional<RowFault> fault;

  void put(int64_t value) {
    out.ints[row] = value;
    out.present[row] = 1;
  }
  void put(std::string_view text) {
    out.texts[row] = text;
    out.same[row] = static_cast<uint32_t>(row);
    out.present[row] = 1;
  }
};

namespace {

// value x 10^places; false beyond 64 bits.
bool times_power(int64_t value, int places, int64_t& out) {
  int64_t power = 1;
  for (int i = 0; i < places; ++i) power *= 10;
  return !__builtin_mul_overflow(value, power, &out);
}

}  // namespace

void TypedColumn::reset(size_t rows, TypeKind type) {
  present.assign(rows, 0);
  if (type == TypeKind::kNumber) {
    numbers.resize(rows);
  } else if (is_text_like(type)) {
    texts.resize(rows);
    same.resize(rows);
  } else if (is_list(type)) {
    lists.resize(rows);
    elements.clear();
  } else {
    ints.resize(rows);
  }
}

bool TypedColumn::complete(std::span<const uint32_t> rows) const {
  if (rows.size() == present.size()) {
    return std::ranges::find(present, uint8_t{0}) == present.end();
  }
  return std::ranges::all_of(
      rows, [this](uint32_t row) { return present[row] != 0; });
}

void TypedColumn::repeat(std::span<const uint32_t> rows, TypeKind type) {
  const auto fill = [&](auto& values) {
    for (const uint32_t row : rows) {
      if (present[row] != 0) values[row] = values[same[row]];
    }
  };
  if (type == TypeKind::kNumber) return fill(numbers);
  if (is_list(type)) return fill(lists);
  fill(ints);
}

void RowFaults::reset(size_t rows) {
  rejected_.assign(rows, 0);
  entries_.clear();
}

void RowFaults::add(size_t row, RowFault fault) {
  if (std::exchange(rejected_[row], uint8_t{1}) != 0) return;
  entries_.push_back({static_cast<uint32_t>(row), std::move(fault)});
}

Result<uint32_t> ZoneSet::index_of(const std::string& name) {
  if (name.empty()) return 0;
  const auto known = by_name_.find(name);
  if (known != by_name_.end()) return known->second;
  const Result<std::string> bytes = read_zone_bytes(name);
  if (!bytes) return std::unexpected(bytes.error());
  auto zone = Zone::from_tzif(*bytes, name);
  if (!zone) return std::unexpected(zone.error());
  zones_.push_back(std::move(*zone));
  const auto index = static_cast<uint32_t>(zones_.size() - 1);
  by_name_.emplace(name, index);
  return index;
}

std::vector<WallClock> ZoneSet::clocks() const {
  return {zones_.begin(), zones_.end()};
}

Result<ValueConverter> ValueConverter::make(const ValueMapping& mapping,
                                            TypeKind type, std::string target,
                                            ConvertContext& context) {
  ValueConverter result;
  result.type_ = type;
  result.kind_ = mapping.kind;
  result.column_ = std::move(target);
  result.or_missing_ = mapping.or_missing;
  result.rounded_ = mapping.rounded;
  result.split_by_ = mapping.split_by;
  result.nfc_ = context.nfc;
  result.currency_digits_ = context.currency_digits;
  if (mapping.unix_seconds) result.unix_places_ = 6;
  if (mapping.unix_milliseconds) result.unix_places_ = 3;
  const bool parts = mapping.kind == ValueMapping::Kind::kDateParts;
  const std::vector<CellExpr> one = {mapping.expr};
  for (const CellExpr& expr : parts ? mapping.parts : one) {
    if (mapping.kind == ValueMapping::Kind::kRowNumber) break;
    context.columns.set_needed(!mapping.or_missing);
    auto program = CellProgram::compile(expr, context.columns, context.nfc);
    context.columns.set_needed(true);
    if (!program) return std::unexpected(program.error());
    result.programs_.push_back(std::move(*program));
  }
  if (mapping.kind == ValueMapping::Kind::kExpr) {
    result.plain_ = result.programs_[0].plain_column();
    if (result.plain_) result.column_ = result.programs_[0].first_column();
  }
  if (!mapping.format.empty()) {
    auto format = TimeFormat::compile(mapping.format);
    if (!format) return std::unexpected(format.error());
    result.format_ = std::move(*format);
    result.format_text_ = mapping.format;
  }
  const Result<uint32_t> zone = context.zones.index_of(mapping.zone);
  if (!zone) return std::unexpected(zone.error());
  result.zone_ = *zone;
  return result;
}

template <class One>
void ValueConverter::one_row(Row& row, const CellValue& from, RowFaults& faults,
                             One one) const {
  if (!row.fault && !from.missing()) one(row, from);
  if (!row.fault) return;
  row.out.present[row.row] = 0;
  if (!or_missing_) faults.add(row.row, std::move(*row.fault));
  row.fault.reset();
}

template <class One>
void ValueConverter::each(RowBatch& batch, std::span<const uint32_t> rows,
                          ConvertScratch& scratch, TypedColumn& out,
                          RowFaults& faults, One one) const {
  Row row{batch, scratch, out, 0, {}};
  if (plain_) {
    const CellColumn& column = batch.columns[*plain_];
    if (column.form == CellColumn::Form::kCoded) {
      return each_code(column, rows, row, faults, one);
    }
    for (const uint32_t index : rows) {
      row.row = index;
      one_row(row, {column.at(index), {}}, faults, one);
    }
    return;
  }
  for (const uint32_t index : rows) {
    row.row = index;
    one_row(row, value(row), faults, one);
  }
}

// A code's cell is converted where it comes first, and where it cannot be.
template <class One>
void ValueConverter::each_code(const CellColumn& column,
                               std::span<const uint32_t> rows, Row& row,
                               RowFaults& faults, One one) const {
  std::vector<uint32_t>& known = row.scratch.rows;
  known.assign(column.cells.size(), kNoRow);
  TypedColumn& out = row.out;
  out.same.resize(out.present.size());
  for (const uint32_t index : rows) {
    if (!column.has(index)) continue;
    uint32_t& first = known[column.integers[index]];
    if (first != kNoRow) {
      out.same[index] = first;
      out.present[index] = 1;
      continue;
    }
    row.row = index;
    one_row(row, {column.cells[column.integers[index]], {}}, faults, one);
    if (out.present[index] == 0) continue;
    if (!is_text_like(type_)) out.same[index] = index;
    first = out.same[index];
  }
  if (!is_text_like(type_)) out.repeat(rows, type_);
}

void ValueConverter::convert(RowBatch& batch, std::span<const uint32_t> rows,
                             ConvertScratch& scratch, TypedColumn& out,
                             RowFaults& faults) const {
  out.reset(batch.rows, type_);
  if (convert_integers(batch, rows, scratch, out)) return;
  auto run = [&](auto one) { each(batch, rows, scratch, out, faults, one); };
  switch (type_) {
    case TypeKind::kFlag:
      return run([this](Row& row, const CellValue& v) { to_flag(row, v); });
    case TypeKind::kInteger:
      return run(
          [this](Row& row, const CellValue& v) { to_integer(row, v, 0); });
    case TypeKind::kMoney:
      return run([this](Row& row, const CellValue& v) {
        to_integer(row, v, currency_digits_);
      });
    case TypeKind::kNumber:
      return run([this](Row& row, const CellValue& v) { to_number(row, v); });
    case TypeKind::kText:
    case TypeKind::kCode:
      scratch.texts.assign(kMemoPlaces, {});
      return run([this](Row& row, const CellValue& v) { to_text(row, v); });
    case TypeKind::kDate:
      return run([this](Row& row, const CellValue& v) { to_date(row, v); });
    case TypeKind::kTime:
      return run([this](Row& row, const CellValue& v) { to_time(row, v); });
    case TypeKind::kDuration:
      return run([this](Row& row, const CellValue& v) { to_duration(row, v); });
    case TypeKind::kTextList:
    case TypeKind::kCodeList:
      return run([this](Row& row, const CellValue& v) { to_list(row, v); });
  }
}

void ValueConverter::fail(Row& row, std::string_view reason) const {
  if (!row.fault) row.fault = RowFault{column_, std::string(reason)};
}

CellValue ValueConverter::value(Row& row) const {
  switch (kind_) {
    case ValueMapping::Kind::kExpr:
      return programs_[0].value(row.batch, row.row, row.fault);
    case ValueMapping::Kind::kRowNumber:
      return {Cell::of(Cell::Kind::kInteger,
                       static_cast<int64_t>(row.batch.row_number(row.row))),
              {}};
    case ValueMapping::Kind::kDateParts:
      return date_parts(row);
  }
  return {};
}

CellValue ValueConverter::date_parts(Row& row) const {
  int64_t numbers[3] = {};
  for (size_t i = 0; i < 3; i++) {
    const CellProgram& program = programs_[i];
    const CellValue part = program.value(row.batch, row.row, row.fault);
    if (row.fault || part.missing()) return {};
    const auto number = part.number
                            ? part.number
                            : number_of(part.cell, program.first_column(),
                                        row.batch.arena, row.fault);
    if (!number) return {};
    if (to_units(*number, 0, false, numbers[i]) != FitError::kNone) {
      fail(row, "no such date");
      return {};
    }
  }
  const auto [year, month, day] = numbers;
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 ||
      day > days_in_month(year, static_cast<int>(month))) {
    fail(row, "no such date");
    return {};
  }
  return {Cell::of(Cell::Kind::kDate, days_of({year, static_cast<int>(month),
                                               static_cast<int>(day)})),
          {}};
}

void ValueConverter::to_flag(Row& row, const CellValue& value) const {
  if (value.cell.kind == Cell::Kind::kFlag) return row.put(value.cell.integer);
  static constexpr std::string_view kYes[] = {"yes", "true", "1"};
  static constexpr std::string_view kNo[] = {"no", "false", "0"};
  const std::string_view text = text_of(row, value);
  auto is = [&](std::string_view word) {
    return std::ranges::equal(text, word, [](char a, char b) {
      return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b;
    });
  };
  if (std::ranges::any_of(kYes, is)) return row.put(1);
  if (std::ranges::any_of(kNo, is)) return row.put(0);
  fail(row, "neither yes, true, 1 nor no, false, 0");
}

void ValueConverter::to_integer(Row& row, const CellValue& value,
                                int places) const {
  if (!value.number && value.cell.kind == Cell::Kind::kInteger) {
    int64_t units = 0;
    return times_power(value.cell.integer, places, units)
               ? row.put(units)
               : fail(row, "beyond 64 bits");
  }
  const auto number =
      value.number ? value.number
                   : number_of(value.cell, column_, row.batch.arena, row.fault);
  if (!number) return;
  int64_t units = 0;
  switch (to_units(*number, places, rounded_, units)) {
    case FitError::kNone:
      return row.put(units);
    case FitError::kFiner:
      return fail(row, type_ == TypeKind::kMoney
                           ? "finer than the currency; `rounded` rounds it"
                           : "not a whole number; `rounded` rounds it");
    case FitError::kTooLarge:
      return fail(row, "beyond 64 bits");
  }
}

void ValueConverter::to_number(Row& row, const CellValue& value) const {
  double number = 0;
  if (value.number) {
    number = to_double(*value.number);
  } else if (value.cell.kind == Cell::Kind::kNumber) {
    number = value.cell.number;
  } else if (value.cell.kind == Cell::Kind::kInteger) {
    number = static_cast<double>(value.cell.integer);
  } else if (value.cell.kind == Cell::Kind::kText) {
    std::string_view text = value.cell.view();
    const bool plus = text.size() > 1 && text[0] == '+' && text[1] != '-';
    if (plus) text.remove_prefix(1);
    const char* const end = text.data() + text.size();
    const auto [behind, error] = std::from_chars(text.data(), end, number);
    if (error == std::errc::result_out_of_range) {
      return fail(row, "beyond what a number holds");
    }
    if (error != std::errc() || behind != end) {
      return fail(row, text.find(',') == std::string_view::npos
                           ? "not a number"
                           : "not a number: decimals are written with a "
                             "point, and thousands are not separated");
    }
  } else {
    return fail(row, "not a number");
  }
  if (!std::isfinite(number)) return fail(row, "not a finite number");
  row.out.numbers[row.row] = number == 0 ? 0.0 : number;
  row.out.present[row.row] = 1;
}

std::string_view ValueConverter::text_of(Row& row,
                                         const CellValue& value) const {
  if (value.number) {
    if (!value.number->cut)
      return row.batch.arena.copy(kitle::to_text(*value.number));
    fail(row, "a quotient that does not end");
    return {};
  }
  if (value.cell.kind == Cell::Kind::kBroken) {
    fail(row, "bytes that are not UTF-8");
  } else if (value.cell.kind == Cell::Kind::kList) {
    fail(row, "a list where one value is wanted");
  } else {
    return cell_text(value.cell, row.batch.arena);
  }
  return {};
}

namespace {

constexpr const char* kFlagNotText = "true or false where a text is wanted";

// Whether two cells are the same integer, or the same text in memory.
bool is_same(const Cell& a, const Cell& b) {
  if (a.kind != b.kind) return false;
  return a.kind == Cell::Kind::kInteger
             ? a.integer == b.integer
             : a.kind == Cell::Kind::kText && a.data == b.data &&
                   a.size == b.size;
}

std::string_view as_nfc(const Nfc& nfc, std::string_view text, Arena& arena) {
  return nfc.holds(text) ? text : arena.copy(nfc.of(text));
}

}  // namespace

void ValueConverter::to_text(Row& row, const CellValue& value) const {
  const Cell& cell = value.cell;
  const bool is_integer = cell.kind == Cell::Kind::kInteger;
  if (value.number || (!is_integer && cell.kind != Cell::Kind::kText)) {
    return row.put(new_text(row, value));
  }
  KnownText& known = row.scratch.texts[memo_place(
      is_integer ? static_cast<uint64_t>(cell.integer)
                 : reinterpret_cast<uintptr_t>(cell.data))];
  if (is_same(known.cell, cell)) {
    row.out.same[row.row] = known.row;
    row.out.present[row.row] = 1;
    return;
  }
  const std::string_view text = new_text(row, value);
  if (row.fault) return;
  known = {cell, static_cast<uint32_t>(row.row)};
  row.put(text);
}

std::string_view ValueConverter::new_text(Row& row,
                                          const CellValue& value) const {
  const std::string_view text = text_of(row, value);
  if (row.fault) return {};
  if (value.cell.kind == Cell::Kind::kFlag) {
    fail(row, kFlagNotText);
  } else if (text.find('\0') != std::string_view::npos) {
    fail(row, "a NUL character");
  }
  return as_nfc(nfc_, text, row.batch.arena);
}

// A text or a number read by the format, or as ISO 8601.
bool ValueConverter::written_time(Row& row, const CellValue& value,
                                  WrittenTime& out) const {
  const std::string_view text = text_of(row, value);
  if (row.fault) return false;
  const TimeError error =
      format_ ? format_->read(text, out) : read_iso_time(text, out);
  switch (error) {
    case TimeError::kNone:
      return true;
    case TimeError::kFormat:
      fail(row, format_ ? "not written as \"" + format_text_ + "\""
                        : "not written as 2026-03-01 or 2026-03-01T12:00:00");
      return false;
    case TimeError::kImpossible:
      fail(row, "no such date or time");
      return false;
    case TimeError::kFiner:
      fail(row, "finer than a microsecond");
      return false;
  }
  return false;
}

bool ValueConverter::unix_time(Row& row, const CellValue& value,
                               int64_t& micros) const {
  if (!value.number && value.cell.kind == Cell::Kind::kInteger) {
    if (!times_power(value.cell.integer, unix_places_, micros)) {
      fail(row, "beyond the year 9999");
    }
    return !row.fault;
  }
  const auto number =
      value.number ? value.number
                   : number_of(value.cell, column_, row.batch.arena, row.fault);
  if (!number) return false;
  const FitError error = to_units(*number, unix_places_, rounded_, micros);
  if (error == FitError::kFiner) fail(row, "finer than a microsecond");
  if (error == FitError::kTooLarge) fail(row, "beyond the year 9999");
  return error == FitError::kNone;
}

void ValueConverter::to_time(Row& row, const CellValue& value) const {
  WallClock& clock = row.scratch.clocks[zone_];
  int64_t micros = 0;
  WrittenTime written;
  if (unix_places_ >= 0) {
    if (!unix_time(row, value, micros)) return;
  } else if (value.cell.kind == Cell::Kind::kTime) {
    micros = value.cell.integer;
  } else if (value.cell.kind == Cell::Kind::kDate ||
             value.cell.kind == Cell::Kind::kLocal) {
    const bool date = value.cell.kind == Cell::Kind::kDate;
    const int64_t unit = date ? 1 : kMicrosPerDay;
    int64_t day = value.cell.integer / unit;
    int64_t rest = value.cell.integer % unit;
    if (rest < 0) {
      rest += unit;
      day--;
    }
    if (!in_range_day(day)) return fail(row, "outside the years 1 to 9999");
    micros = clock.instant({day, rest});
  } else {
    if (!written_time(row, value, written)) return;
    micros = written.zoned ? written.local.day * kMicrosPerDay +
                                 written.local.micros - written.offset
                           : clock.instant(written.local);
  }
  if (!in_range_instant(micros)) {
    return fail(row, "outside the years 1 to 9999");
  }
  row.put(micros);
}

void ValueConverter::to_date(Row& row, const CellValue& value) const {
  const Zone& zone = row.scratch.clocks[zone_].zone();
  int64_t day = 0;
  if (unix_places_ >= 0) {
    int64_t micros = 0;
    if (!unix_time(row, value, micros)) return;
    if (!in_range_instant(micros)) {
      return fail(row, "outside the years 1 to 9999");
    }
    day = zone.local_day(micros);
  } else if (value.cell.kind == Cell::Kind::kDate) {
    day = value.cell.integer;
  } else if (value.cell.kind == Cell::Kind::kTime) {
    day = zone.local_day(value.cell.integer);
  } else if (value.cell.kind == Cell::Kind::kLocal) {
    if (value.cell.integer % kMicrosPerDay != 0) {
      return fail(row, "a time of day where a date is wanted");
    }
    day = value.cell.integer / kMicrosPerDay;
  } else {
    WrittenTime written;
    if (!written_time(row, value, written)) return;
    if (!format_ && written.has_clock) {
      return fail(row, "a time of day where a date is wanted");
    }
    day = written.zoned ? zone.local_day(written.local.day * kMicrosPerDay +
                                         written.local.micros - written.offset)
                        : written.local.day;
  }
  if (!in_range_day(day)) return fail(row, "outside the years 1 to 9999");
  row.put(day);
}

void ValueConverter::to_duration(Row& row, const CellValue& value) const {
  const std::string_view text = text_of(row, value);
  if (row.fault) return;
  int64_t micros = 0;
  switch (read_duration(text, micros)) {
    case DurationError::kNone:
      return row.put(micros);
    case DurationError::kFormat:
      return fail(row, "not a duration such as \"90 seconds\" or 1:30:00");
    case DurationError::kFiner:
      return fail(row, "finer than a microsecond");
    case DurationError::kTooLarge:
      return fail(row, "beyond 64 bits");
  }
}

void ValueConverter::to_list(Row& row, const CellValue& value) const {
  TypedColumn& out = row.out;
  const auto begin = static_cast<uint32_t>(out.elements.size());
  if (value.cell.kind == Cell::Kind::kFlag) return fail(row, kFlagNotText);
  if (value.cell.kind == Cell::Kind::kList) {
    for (uint32_t i = 0; i < value.cell.size; i++) {
      const Cell& item = value.cell.items[i];
      if (item.kind == Cell::Kind::kFlag) fail(row, kFlagNotText);
      if (!item.missing()) split(row, text_of(row, {item, {}}));
    }
  } else {
    split(row, text_of(row, value));
  }
  if (row.fault) return out.elements.resize(begin);
  out.lists[row.row] = {begin,
                        static_cast<uint32_t>(out.elements.size()) - begin};
  out.present[row.row] = 1;
}

// Adds the parts of a text; empty parts are none.
void ValueConverter::split(Row& row, std::string_view text) const {
  if (text.find('\0') != std::string_view::npos) {
    return fail(row, "a NUL character");
  }
  while (!text.empty()) {
    const size_t at =
        split_by_.empty() ? std::string_view::npos : text.find(split_by_);
    const std::string_view part = text.substr(0, at);
    if (!part.empty()) {
      row.out.elements.push_back(as_nfc(nfc_, part, row.batch.arena));
    }
    if (at == std::string_view::npos) break;
    text.remove_prefix(at + split_by_.size());
  }
}

}  // namespace kitle
