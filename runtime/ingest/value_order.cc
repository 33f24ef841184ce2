#include "runtime/ingest/value_order.h"

#include <algorithm>
#include <bit>
#include <compare>

namespace kitle {
namespace {

template <class T>
int sign(const T& a, const T& b) {
  if (a < b) return -1;
  return b < a ? 1 : 0;
}

}  // namespace

StoreTexts::StoreTexts(StoreWriter& writer,
                       const std::vector<std::string>& domains)
    : writer_(writer) {
  for (const std::string& name : domains) {
    handles_.push_back(writer.domain(name));
  }
}

bool ValueOrder::missing(const RowRef& a, size_t column) const {
  return a.added ? !added_.has(table_.layout, column, a.row)
                 : old_[column].missing(a.row);
}

int64_t ValueOrder::integer(const RowRef& a, size_t column) const {
  return a.added ? added_.slots[column].values[a.row]
                 : old_[column].ints[a.row];
}

double ValueOrder::number(const RowRef& a, size_t column) const {
  return a.added ? std::bit_cast<double>(added_.slots[column].values[a.row])
                 : old_[column].numbers[a.row];
}

std::string_view ValueOrder::text_of_code(size_t column, uint64_t code) const {
  const FieldKind kind = table_.layout.kind(column);
  if (kind == FieldKind::kCode || kind == FieldKind::kCodeList) {
    return texts_.text(table_.domains[column], code);
  }
  const auto pool = pools_.find((*table_.columns)[column].name);
  return pool->second.text(static_cast<uint32_t>(code));
}

std::string_view ValueOrder::text(const RowRef& a, size_t column) const {
  const bool as_bytes =
      a.added && table_.layout.kind(column) == FieldKind::kText;
  if (as_bytes) return added_.slots[column].bytes[a.row];
  return text_of_code(column, static_cast<uint64_t>(integer(a, column)));
}

std::vector<std::string_view> ValueOrder::list(const RowRef& a,
                                               size_t column) const {
  std::vector<std::string_view> texts;
  const auto add = [&](uint32_t code) {
    texts.push_back(text_of_code(column, code));
  };
  if (!a.added) {
    const LogicalColumn& from = old_[column];
    for (uint32_t i = from.offsets[a.row]; i < from.offsets[a.row + 1]; ++i) {
      add(from.codes[i]);
    }
    return texts;
  }
  const std::string_view bytes = added_.slots[column].bytes[a.row];
  if (table_.layout.kind(column) == FieldKind::kCodeList) {
    for_each_code(bytes, add);
  } else {
    for_each_text(bytes, [&](std::string_view text) { texts.push_back(text); });
  }
  return texts;
}

int ValueOrder::compare(const RowRef& a, const RowRef& b, size_t column) const {
  const bool here = !missing(a, column);
  const bool there = !missing(b, column);
  if (!here || !there) return sign(here, there);
  switch (table_.layout.kind(column)) {
    case FieldKind::kValue:
      return (*table_.columns)[column].type == TypeKind::kNumber
                 ? sign(number(a, column), number(b, column))
                 : sign(integer(a, column), integer(b, column));
    case FieldKind::kCode:
      if (integer(a, column) == integer(b, column)) return 0;
      return sign(text(a, column), text(b, column));
    case FieldKind::kText:
      return sign(text(a, column), text(b, column));
    case FieldKind::kCodeList:
    case FieldKind::kTextList:
      return sign(list(a, column), list(b, column));
  }
  return 0;
}

int ValueOrder::compare(const RowRef& a, const RowRef& b) const {
  for (size_t i = 0; i < table_.layout.columns(); ++i) {
    const int order = compare(a, b, i);
    if (order != 0) return order;
  }
  return 0;
}

TextPool& ValueOrder::pool(size_t column) {
  return pools_[(*table_.columns)[column].name];
}

uint64_t ValueOrder::key(const RowRef& a, size_t column) {
  if ((*table_.columns)[column].type == TypeKind::kNumber) {
    return std::bit_cast<uint64_t>(number(a, column));
  }
  const bool as_bytes =
      a.added && table_.layout.kind(column) == FieldKind::kText;
  return as_bytes ? pool(column).intern(text(a, column))
                  : static_cast<uint64_t>(integer(a, column));
}

void ValueOrder::push(const RowRef& from, size_t column, LogicalColumn& to) {
  if (missing(from, column)) return to.push_missing();
  if (!from.added) return to.push_from(old_[column], from.row);
  push_added(from.row, column, to);
}

void ValueOrder::push_added(uint32_t row, size_t column, LogicalColumn& to) {
  const RowColumn& from = added_.slots[column];
  switch (table_.layout.kind(column)) {
    case FieldKind::kValue:
      if (to.type == TypeKind::kNumber) {
        return to.push_number(std::bit_cast<double>(from.values[row]));
      }
      return to.push(from.values[row]);
    case FieldKind::kCode:
      return to.push(from.values[row]);
    case FieldKind::kText:
      return to.push(pool(column).intern(from.bytes[row]));
    case FieldKind::kCodeList:
      codes_.clear();
      for_each_code(from.bytes[row],
                    [this](uint32_t code) { codes_.push_back(code); });
      return to.push_list(codes_);
    case FieldKind::kTextList:
      codes_.clear();
      for_each_text(from.bytes[row], [&](std::string_view text) {
        codes_.push_back(pool(column).intern(text));
      });
      return to.push_list(codes_);
  }
}

void ValueOrder::append(uint32_t begin, uint32_t end, size_t column,
                        LogicalColumn& to) {
  const RowColumn& from = added_.slots[column];
  const FieldKind kind = table_.layout.kind(column);
  const bool integers =
      kind == FieldKind::kCode ||
      (kind == FieldKind::kValue && to.type != TypeKind::kNumber);
  if (!integers) {
    for (uint32_t row = begin; row < end; ++row) push({true, row}, column, to);
    return;
  }
  if (!from.present.empty() && to.present.empty()) {
    to.present.assign(to.ints.size(), 1);
  }
  to.ints.insert(to.ints.end(), from.values.begin() + begin,
                 from.values.begin() + end);
  if (!from.present.empty()) {
    to.present.insert(to.present.end(), from.present.begin() + begin,
                      from.present.begin() + end);
  } else if (!to.present.empty()) {
    to.present.resize(to.ints.size(), 1);
  }
}

}  // namespace kitle
