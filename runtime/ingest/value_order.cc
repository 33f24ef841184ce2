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

template <class F>
void for_each_code(std::string_view list, F f) {
  for (size_t at = 0; at < list.size(); at += sizeof(uint32_t)) {
    uint32_t code = 0;
    std::memcpy(&code, list.data() + at, sizeof(code));
    f(code);
  }
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
  return a.record != nullptr ? !table_.layout.present(a.record, column)
                             : old_[column].missing(a.row);
}

int64_t ValueOrder::integer(const RowRef& a, size_t column) const {
  return a.record != nullptr ? table_.layout.value<int64_t>(a.record, column)
                             : old_[column].ints[a.row];
}

double ValueOrder::number(const RowRef& a, size_t column) const {
  return a.record != nullptr ? table_.layout.value<double>(a.record, column)
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
  const bool in_record =
      a.record != nullptr && table_.layout.kind(column) == FieldKind::kText;
  if (in_record) return table_.layout.bytes(a.record, column);
  return text_of_code(column, static_cast<uint64_t>(integer(a, column)));
}

std::vector<std::string_view> ValueOrder::list(const RowRef& a,
                                               size_t column) const {
  std::vector<std::string_view> texts;
  const auto add = [&](uint32_t code) {
    texts.push_back(text_of_code(column, code));
  };
  if (a.record == nullptr) {
    const LogicalColumn& from = old_[column];
    for (uint32_t i = from.offsets[a.row]; i < from.offsets[a.row + 1]; ++i) {
      add(from.codes[i]);
    }
    return texts;
  }
  const std::string_view bytes = table_.layout.bytes(a.record, column);
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
  const bool in_record =
      a.record != nullptr && table_.layout.kind(column) == FieldKind::kText;
  return in_record ? pool(column).intern(text(a, column))
                   : static_cast<uint64_t>(integer(a, column));
}

void ValueOrder::push(const RowRef& from, size_t column, LogicalColumn& to) {
  if (missing(from, column)) return to.push_missing();
  if (from.record == nullptr) return to.push_from(old_[column], from.row);
  push_record(from.record, column, to);
}

void ValueOrder::push_record(const char* record, size_t column,
                             LogicalColumn& to) {
  const RecordLayout& layout = table_.layout;
  switch (layout.kind(column)) {
    case FieldKind::kValue:
      if (to.type == TypeKind::kNumber) {
        return to.push_number(layout.value<double>(record, column));
      }
      return to.push(layout.value<int64_t>(record, column));
    case FieldKind::kCode:
      return to.push(layout.value<int64_t>(record, column));
    case FieldKind::kText:
      return to.push(pool(column).intern(layout.bytes(record, column)));
    case FieldKind::kCodeList:
      codes_.clear();
      for_each_code(layout.bytes(record, column),
                    [this](uint32_t code) { codes_.push_back(code); });
      return to.push_list(codes_);
    case FieldKind::kTextList:
      codes_.clear();
      for_each_text(layout.bytes(record, column), [&](std::string_view text) {
        codes_.push_back(pool(column).intern(text));
      });
      return to.push_list(codes_);
  }
}

}  // namespace kitle
