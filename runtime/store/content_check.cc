// Checks on a content before it is written; a store that was written by
// mistake would not open.
#include "runtime/store/content_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "runtime/store/dictionary.h"
#include "runtime/store/verify.h"
#include "runtime/store/view.h"
#include "runtime/text/nfc.h"

namespace kitle {
namespace {

Status invalid(const std::string& where, std::string_view cause) {
  return Status(StatusCode::kInvalid, "write block", where, std::string(cause));
}

class Checker {
 public:
  Checker(const BlockContent& content, const Schema& schema,
          const SizeOfDomain& sizes)
      : content_(content), schema_(schema), sizes_(sizes) {}

  Status check() const {
    Status status = profiles();
    for (const auto& [domain, texts] : content_.pools) {
      if (status.ok()) status = pool(texts, domain);
    }
    for (size_t i = 0; status.ok() && i < schema_.events.size(); ++i) {
      status = table(schema_.events[i], content_.tables[i]);
    }
    return status;
  }

 private:
  Status profiles() const;
  static Status pool(const TextPool& texts, const std::string& name);
  Status table(const EventType& event, const TableContent& table) const;
  Status order(const EventType& event, const TableContent& table) const;
  Status starts(const EventType& event, const TableContent& table) const;
  Status column(const Column& column, const LogicalColumn& values, size_t rows,
                const std::string& name) const;
  bool values_fit(const Column& column, const LogicalColumn& values) const;
  bool lists_fit(const LogicalColumn& values, uint32_t texts) const;
  uint32_t texts_of(const Column& column) const;

  const BlockContent& content_;
  const Schema& schema_;
  const SizeOfDomain& sizes_;
};

bool between(const std::vector<int64_t>& values, int64_t low, int64_t high) {
  const auto ends = extremes(std::span<const int64_t>(values), nullptr);
  return ends.low >= low && ends.high <= high;
}

Status Checker::profiles() const {
  const size_t rows = content_.profiles();
  const auto key_fits = [](const std::string& key) {
    return !key.empty() && is_utf8(key);
  };
  const std::string& name = schema_.profile_name;
  if (rows == 0 || rows > kBlockRows || content_.live.size() != rows ||
      content_.attributes.size() != schema_.attributes.size() ||
      content_.stamps.size() != schema_.attributes.size() ||
      content_.tables.size() != schema_.events.size()) {
    return invalid(name, "has not the rows or columns of the block");
  }
  if (!std::ranges::all_of(content_.keys, key_fits)) {
    return invalid(name, "has a key that is empty or not UTF-8");
  }
  const Column stamp{.name = "", .type = TypeKind::kTime};
  Status status;
  for (size_t i = 0; status.ok() && i < schema_.attributes.size(); ++i) {
    const Column& attribute = schema_.attributes[i];
    status = column(attribute, content_.attributes[i], rows, attribute.name);
    if (status.ok()) {
      status = column(stamp, content_.stamps[i], rows,
                      "stamps of " + attribute.name);
    }
  }
  return status;
}

Status Checker::pool(const TextPool& texts, const std::string& name) {
  bool fits = texts.bytes() <= kMostTextBytes;
  for (uint32_t code = 1; code <= texts.size(); ++code) {
    fits = fits && is_utf8(texts.text(code));
  }
  return fits ? Status()
              : invalid(name, "has texts that are not UTF-8, or too long");
}

Status Checker::table(const EventType& event, const TableContent& table) const {
  const size_t events = table.events();
  if (table.offsets.size() != content_.profiles() + size_t{1} ||
      !offsets_rise(table.offsets, table.events()) ||
      table.times.size() > UINT32_MAX ||
      table.columns.size() != event.columns.size() ||
      table.sources.size() != events ||
      (!table.ids.empty() && table.ids.size() != events) ||
      (!table.own_times.empty() && table.own_times.size() != events) ||
      (!table.versions.empty() && table.versions.size() != events) ||
      table.order_starts.size() != (event.counted_by ? events : 0)) {
    return invalid(event.name, "has not the rows or columns of the block");
  }
  if (largest(std::span(table.ids)) > table.id_texts.size()) {
    return invalid(event.name, "has event ids beyond their pool");
  }
  Status status = pool(table.id_texts, event.name);
  for (size_t i = 0; status.ok() && i < event.columns.size(); ++i) {
    status = column(event.columns[i], table.columns[i], events,
                    event.name + "." + event.columns[i].name);
  }
  if (status.ok()) status = order(event, table);
  return status.ok() && event.counted_by ? starts(event, table) : status;
}

Status Checker::order(const EventType& event, const TableContent& table) const {
  const std::span<const int64_t> times(table.times);
  if (sorted_within(times, std::span(table.offsets))) return {};
  return invalid(event.name, "is not in order of time within a profile");
}

Status Checker::starts(const EventType& event,
                       const TableContent& table) const {
  const LogicalColumn& key = table.columns[*event.counted_by];
  const bool simple = !key.ints.empty();
  bool fits = true;
  for (uint32_t row = 0; row < table.events(); ++row) {
    if (table.order_starts[row] != 0) continue;
    fits = fits && row > 0 && table.times[row] == table.times[row - 1] &&
           (!simple || key.ints[row] == key.ints[row - 1]);
  }
  for (size_t i = 0; i + 1 < table.offsets.size(); ++i) {
    const uint32_t first = table.offsets[i];
    const bool has = first < table.offsets[i + 1];
    fits = fits && (!has || table.order_starts[first] != 0);
  }
  return fits ? Status()
              : invalid(event.name, "has orders that do not fit their rows");
}

Status Checker::column(const Column& column, const LogicalColumn& values,
                       size_t rows, const std::string& name) const {
  const size_t here = values.rows();
  if (values.type != column.type || (here != rows && here != 0) ||
      (!values.present.empty() && values.present.size() != here)) {
    return invalid(name, fmt::format("has {} values for {} rows", here, rows));
  }
  if (here > 0 && !values_fit(column, values)) {
    return invalid(name, "has a value that its type cannot hold");
  }
  return {};
}

uint32_t Checker::texts_of(const Column& column) const {
  if (!is_block_wide(column)) return sizes_(column.name);
  const auto pool = content_.pools.find(column.name);
  return pool == content_.pools.end() ? 0 : pool->second.size();
}

bool Checker::lists_fit(const LogicalColumn& values, uint32_t texts) const {
  const std::span<const uint32_t> codes(values.codes);
  return codes.size() <= UINT32_MAX &&
         offsets_rise(values.offsets, static_cast<uint32_t>(codes.size())) &&
         !has_zero(codes) && largest(codes) <= texts;
}

bool Checker::values_fit(const Column& column,
                         const LogicalColumn& values) const {
  switch (column.type) {
    case TypeKind::kFlag:
      return between(values.ints, 0, 1);
    case TypeKind::kDate:
      return between(values.ints, INT32_MIN, INT32_MAX);
    case TypeKind::kText:
    case TypeKind::kCode:
      return between(values.ints, 0, texts_of(column));
    case TypeKind::kNumber:
      return std::ranges::all_of(values.numbers,
                                 [](double v) { return std::isfinite(v); });
    case TypeKind::kTextList:
    case TypeKind::kCodeList:
      return lists_fit(values, texts_of(column));
    case TypeKind::kInteger:
    case TypeKind::kMoney:
    case TypeKind::kTime:
    case TypeKind::kDuration:
      return true;
  }
  return false;
}

}  // namespace

Status check_content(const BlockContent& content, const Schema& schema,
                     const SizeOfDomain& sizes) {
  return Checker(content, schema, sizes).check();
}

}  // namespace kitle
