#include "runtime/ingest/gather.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace kitle {
namespace {

std::span<const std::string_view> elements_of(const TypedColumn& column,
                                              size_t row) {
  const auto [begin, count] = column.lists[row];
  return std::span(column.elements).subspan(begin, count);
}

}  // namespace

void SlotGatherer::fill(FieldKind kind, TypeKind type, TypedColumn& from,
                        TextPool* texts, RowColumn& to) {
  to.present.clear();
  if (kind != FieldKind::kCode) fill_present(from, to);
  switch (kind) {
    case FieldKind::kValue:
      return fill_values(type, from, to);
    case FieldKind::kCode:
      return fill_codes(from, *texts, to);
    case FieldKind::kText:
      return fill_texts(from, to);
    case FieldKind::kCodeList:
      return fill_code_lists(from, *texts, to);
    case FieldKind::kTextList:
      return fill_text_lists(from, to);
  }
}

void SlotGatherer::fill_missing(FieldKind kind, RowColumn& to) const {
  const bool fixed = kind == FieldKind::kValue || kind == FieldKind::kCode;
  to.values.assign(fixed ? rows_.size() : 0, 0);
  to.bytes.assign(fixed ? 0 : rows_.size(), {});
  to.codes.clear();
  to.present.assign(kind == FieldKind::kCode ? 0 : rows_.size(), 0);
}

void SlotGatherer::fill_present(const TypedColumn& from, RowColumn& to) const {
  if (from.complete(rows_)) return;
  to.present.resize(rows_.size());
  for (size_t i = 0; i < rows_.size(); ++i) {
    to.present[i] = from.present[rows_[i]];
  }
}

void SlotGatherer::fill_values(TypeKind type, TypedColumn& from,
                               RowColumn& to) const {
  if (type == TypeKind::kNumber) {
    to.values.resize(rows_.size());
    for (size_t i = 0; i < rows_.size(); ++i) {
      to.values[i] = std::bit_cast<int64_t>(from.numbers[rows_[i]]);
    }
  } else {
    take(from.ints, rows_, to.values);
  }
  for (size_t i = 0; i < to.present.size(); ++i) {
    if (to.present[i] == 0) to.values[i] = 0;
  }
}

// Equal texts are asked for once, where they are known to be equal.
void SlotGatherer::fill_codes(const TypedColumn& from, TextPool& texts,
                              RowColumn& to) {
  codes_.assign(from.present.size(), 0);
  to.values.resize(rows_.size());
  for (size_t i = 0; i < rows_.size(); ++i) {
    const uint32_t row = rows_[i];
    if (from.present[row] == 0) {
      to.values[i] = 0;
      continue;
    }
    const uint32_t first = from.same[row];
    if (codes_[first] == 0) codes_[first] = texts.intern(from.texts[first]);
    to.values[i] = codes_[first];
  }
}

void SlotGatherer::fill_texts(const TypedColumn& from, RowColumn& to) const {
  to.bytes.resize(rows_.size());
  for (size_t i = 0; i < rows_.size(); ++i) {
    to.bytes[i] = to.has(i) ? from.text(rows_[i]) : std::string_view();
  }
}

void SlotGatherer::fill_code_lists(const TypedColumn& from, TextPool& texts,
                                   RowColumn& to) const {
  to.codes.clear();
  to.bytes.assign(rows_.size(), {});
  for (size_t i = 0; i < rows_.size(); ++i) {
    if (!to.has(i)) continue;
    for (const std::string_view text : elements_of(from, rows_[i])) {
      to.codes.push_back(texts.intern(text));
    }
  }
  const auto* at = reinterpret_cast<const char*>(to.codes.data());
  for (size_t i = 0; i < rows_.size(); ++i) {
    if (!to.has(i)) continue;
    const size_t bytes = from.lists[rows_[i]].count * sizeof(uint32_t);
    to.bytes[i] = {at, bytes};
    at += bytes;
  }
}

void SlotGatherer::fill_text_lists(const TypedColumn& from, RowColumn& to) {
  to.bytes.assign(rows_.size(), {});
  for (size_t i = 0; i < rows_.size(); ++i) {
    if (!to.has(i)) continue;
    const auto texts = elements_of(from, rows_[i]);
    size_t bytes = 0;
    for (const std::string_view text : texts) {
      bytes += sizeof(uint32_t) + text.size();
    }
    char* at = arena_.allocate(bytes);
    to.bytes[i] = {at, bytes};
    for (const std::string_view text : texts) {
      const auto length = static_cast<uint32_t>(text.size());
      std::memcpy(at, &length, sizeof(length));
      std::ranges::copy(text, at + sizeof(length));
      at += sizeof(length) + length;
    }
  }
}

}  // namespace kitle
