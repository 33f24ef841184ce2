// Values of a block in memory: pools of texts, columns, ranges.
#include "runtime/store/content.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <numeric>

#include "runtime/store/divisor.h"
#include "runtime/store/verify.h"

namespace kitle {
namespace {

uint32_t tag_of(std::string_view text) {
  return static_cast<uint32_t>(XXH3_64bits(text.data(), text.size()));
}

constexpr size_t kAtOnce = 32;  // texts

uint64_t distance(int64_t low, int64_t high) {
  return static_cast<uint64_t>(high) - static_cast<uint64_t>(low);
}

// The first value, from `i` on, that is no whole number of steps from `base`.
size_t first_between(std::span<const int64_t> values, size_t i, int64_t base,
                     const Divisor& step) {
  while (i < values.size() && step.divides(distance(base, values[i]))) ++i;
  return i;
}

}  // namespace

std::string_view TextPool::text(uint32_t code) const {
  if (code == 0) return {};
  const uint64_t begin = code == 1 ? 0 : ends_[code - 2];
  return std::string_view(bytes_).substr(begin, ends_[code - 1] - begin);
}

// The slot that holds `text`, or the free one where it belongs.
size_t TextPool::probe(std::string_view wanted, uint32_t tag) const {
  const size_t mask = slots_.size() - 1;
  size_t at = tag & mask;
  while (slots_[at].code != 0 &&
         (slots_[at].tag != tag || text(slots_[at].code) != wanted)) {
    at = (at + 1) & mask;
  }
  return at;
}

void TextPool::grow() {
  std::vector<Slot> old(std::max<size_t>(16, slots_.size() * 2));
  old.swap(slots_);
  const size_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.code == 0) continue;
    size_t at = slot.tag & mask;
    while (slots_[at].code != 0) at = (at + 1) & mask;
    slots_[at] = slot;
  }
}

uint32_t TextPool::find(std::string_view wanted) const {
  return slots_.empty() ? 0 : slots_[probe(wanted, tag_of(wanted))].code;
}

uint32_t TextPool::intern(std::string_view added) {
  return intern(added, tag_of(added));
}

uint32_t TextPool::intern(std::string_view added, uint32_t tag) {
  if ((ends_.size() + 1) * 4 > slots_.size() * 3) grow();
  Slot& slot = slots_[probe(added, tag)];
  if (slot.code != 0) return slot.code;
  bytes_ += added;
  ends_.push_back(bytes_.size());
  slot = {size(), tag};
  return slot.code;
}

void TextPool::intern(std::span<const std::string_view> added,
                      std::vector<uint32_t>& codes) {
  if (slots_.empty()) grow();
  while (!added.empty()) {
    const auto few = added.first(std::min(added.size(), kAtOnce));
    added = added.subspan(few.size());
    intern_few(few, codes);
  }
}

// The first slot that may hold a text of this tag, or the free one.
size_t TextPool::place_of(uint32_t tag) const {
  const size_t mask = slots_.size() - 1;
  size_t at = tag & mask;
  while (slots_[at].code != 0 && slots_[at].tag != tag) at = (at + 1) & mask;
  return at;
}

// Asks for the memory of all before it looks at that of any.
void TextPool::intern_few(std::span<const std::string_view> added,
                          std::vector<uint32_t>& codes) {
  std::array<uint32_t, kAtOnce> tags{};
  std::array<uint32_t, kAtOnce> likely{};
  const size_t count = added.size();
  for (size_t i = 0; i < count; ++i) {
    tags[i] = tag_of(added[i]);
    __builtin_prefetch(&slots_[tags[i] & (slots_.size() - 1)]);
  }
  for (size_t i = 0; i < count; ++i) {
    likely[i] = slots_[place_of(tags[i])].code;
    if (likely[i] > 1) __builtin_prefetch(&ends_[likely[i] - 2]);
  }
  for (size_t i = 0; i < count; ++i) {
    if (likely[i] > 0) __builtin_prefetch(text(likely[i]).data());
  }
  for (size_t i = 0; i < count; ++i) {
    codes.push_back(intern(added[i], tags[i]));
  }
}

void TextPool::clear() {
  bytes_.clear();
  ends_.clear();
  std::ranges::fill(slots_, Slot());
}

size_t LogicalColumn::rows() const {
  if (is_list(type)) return offsets.empty() ? 0 : offsets.size() - 1;
  return type == TypeKind::kNumber ? numbers.size() : ints.size();
}

bool LogicalColumn::missing(size_t row) const {
  if (is_text_like(type)) return ints[row] == 0;
  return !present.empty() && present[row] == 0;
}

void LogicalColumn::push_missing() {
  if (is_text_like(type)) return ints.push_back(0);
  if (present.empty()) present.assign(rows(), 1);
  present.push_back(0);
  if (is_list(type)) {
    if (offsets.empty()) offsets.push_back(0);
    offsets.push_back(offsets.back());
  } else if (type == TypeKind::kNumber) {
    numbers.push_back(0);
  } else {
    ints.push_back(0);
  }
}

void LogicalColumn::push(int64_t value) {
  assert(!is_list(type) && type != TypeKind::kNumber);
  ints.push_back(value);
  if (!present.empty()) present.push_back(1);
}

void LogicalColumn::push_number(double value) {
  assert(type == TypeKind::kNumber);
  numbers.push_back(value);
  if (!present.empty()) present.push_back(1);
}

void LogicalColumn::push_list(std::span<const uint32_t> elements) {
  assert(is_list(type));
  if (offsets.empty()) offsets.push_back(0);
  codes.insert(codes.end(), elements.begin(), elements.end());
  offsets.push_back(static_cast<uint32_t>(codes.size()));
  if (!present.empty()) present.push_back(1);
}

void LogicalColumn::push_from(const LogicalColumn& from, size_t row) {
  assert(type == from.type);
  if (from.missing(row)) return push_missing();
  if (type == TypeKind::kNumber) return push_number(from.numbers[row]);
  if (!is_list(type)) return push(from.ints[row]);
  push_list(std::span(from.codes)
                .subspan(from.offsets[row],
                         from.offsets[row + 1] - from.offsets[row]));
}

BlockContent empty_content(const Schema& schema) {
  BlockContent content;
  for (const Column& column : schema.attributes) {
    content.attributes.emplace_back().type = column.type;
    content.stamps.emplace_back().type = TypeKind::kTime;
  }
  for (const EventType& event : schema.events) {
    TableContent& table = content.tables.emplace_back();
    table.offsets.push_back(0);
    for (const Column& column : event.columns) {
      table.columns.emplace_back().type = column.type;
    }
  }
  return content;
}

void ColumnRange::add(int64_t value) {
  if (empty()) {
    min = max = value;
    return;
  }
  if (value < min) {
    step = std::gcd(step, distance(value, min));
    min = value;
    return;
  }
  const uint64_t gap = distance(min, value);
  if (step == 0 || gap % step != 0) step = std::gcd(step, gap);
  max = std::max(max, value);
}

void ColumnRange::add(std::span<const int64_t> values) {
  if (values.empty()) return;
  const Extremes<int64_t> ends = extremes(values, nullptr);
  add(ends.low);
  add(ends.high);
  for (size_t i = 0; i < values.size() && step > 1;) {
    i = first_between(values, i, min, Divisor(step));
    if (i < values.size()) step = std::gcd(step, distance(min, values[i]));
  }
}

void ColumnRange::add(std::span<const int64_t> values,
                      std::span<const uint8_t> present) {
  if (present.empty()) return add(values);
  for (size_t i = 0; i < values.size(); ++i) {
    if (present[i] != 0) add(values[i]);
  }
}

void ColumnRange::add(const ColumnRange& other) {
  if (other.empty()) return;
  add(other.min);
  add(other.max);
  step = std::gcd(step, other.step);
}

}  // namespace kitle
