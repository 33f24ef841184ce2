// Forms of sets and ranges: the cheapest test that is right for a column.
#include "runtime/eval/bound.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "runtime/eval/kernels.h"
#include "runtime/wide.h"

namespace kitle {
namespace {

constexpr size_t kSetWords = 8;  // a 512-bit register holds a small set

uint32_t first_bit(const std::vector<uint64_t>& words) {
  size_t i = 0;
  while (words[i] == 0) ++i;
  return static_cast<uint32_t>(i * 64 + std::countr_zero(words[i]));
}

uint32_t last_bit(const std::vector<uint64_t>& words) {
  size_t i = words.size() - 1;
  while (words[i] == 0) --i;
  return static_cast<uint32_t>(i * 64 + 63 - std::countl_zero(words[i]));
}

std::array<uint32_t, BoundSet::kFew> few_bits(
    const std::vector<uint64_t>& words) {
  std::array<uint32_t, BoundSet::kFew> found = {};
  size_t count = 0;
  for (size_t i = 0; i < words.size(); ++i) {
    for (uint64_t word = words[i]; word != 0; word &= word - 1) {
      found[count++] = static_cast<uint32_t>(i * 64 + std::countr_zero(word));
    }
  }
  return found;
}

Int128 floor_div(Int128 a, Int128 b) {
  return a / b - (a % b != 0 && a < 0 ? 1 : 0);
}

Bounds stored_limits(const ColumnView& column) {
  // Code 0 is a missing text.
  const int64_t least = is_text_like(column.type) ? 1 : 0;
  switch (column.physical) {
    case Physical::kU8:
      return {least, UINT8_MAX};
    case Physical::kU16:
      return {least, UINT16_MAX};
    case Physical::kU32:
      return {least, UINT32_MAX};
    case Physical::kI16:
      return {INT16_MIN, INT16_MAX};
    case Physical::kI32:
      return {INT32_MIN, INT32_MAX};
    case Physical::kI64:
      return {INT64_MIN, INT64_MAX};
    case Physical::kAbsent:
    case Physical::kF64:
    case Physical::kList:
      break;
  }
  return {1, 0};
}

}  // namespace

std::shared_ptr<const BoundSet> BoundSet::make(std::vector<uint64_t> codes) {
  auto set = std::make_shared<BoundSet>();
  if (!codes.empty()) codes[0] &= ~uint64_t{1};
  set->count = count_bits(codes);
  if (set->count > 0) {
    set->low = first_bit(codes);
    set->high = last_bit(codes);
    const bool gapless = set->high - set->low + 1 == set->count;
    set->form = gapless ? Form::kRange : Form::kBits;
    if (set->count <= kFew) set->few = few_bits(codes);
  }
  const size_t needed = size_t{set->high} / 64 + 1;
  codes.resize(needed);
  // One bit more than `high`, so that the last one is 0.
  codes.resize((size_t{set->high} + 1 + kSetWords * 64) / (kSetWords * 64) *
               kSetWords);
  set->storage = std::move(codes);
  set->words = set->storage.data();
  set->bits = static_cast<uint32_t>(set->storage.size() * 64);
  return set;
}

// ---- integers that a value may be among ----

// Bits cost less than the table until there are this many for each integer.
constexpr uint64_t kBitsOfWhole = 128;
constexpr uint64_t kFewBits = 1 << 16;

std::shared_ptr<const BoundWholes> BoundWholes::make(const WholesParam& param) {
  auto made = std::make_shared<BoundWholes>();
  const std::vector<int64_t>& wholes = param.wholes;
  if (wholes.empty()) return made;
  made->low_ = static_cast<uint64_t>(wholes.front());
  made->span_ = static_cast<uint64_t>(wholes.back()) - made->low_;
  if (made->span_ < std::max(kFewBits, wholes.size() * kBitsOfWhole)) {
    made->fill_bits(wholes);
  } else {
    made->fill_table(wholes);
  }
  return made;
}

void BoundWholes::fill_bits(const std::vector<int64_t>& wholes) {
  bits_.assign(span_ / 64 + 1, 0);
  for (const int64_t each : wholes) {
    const uint64_t off = static_cast<uint64_t>(each) - low_;
    bits_[off / 64] |= uint64_t{1} << (off % 64);
  }
}

void BoundWholes::fill_table(const std::vector<int64_t>& wholes) {
  while (std::ranges::binary_search(wholes, free_)) ++free_;
  table_.assign(std::bit_ceil(wholes.size() * 2), free_);
  for (const int64_t each : wholes) {
    size_t at = place_of(each);
    while (table_[at] != free_) at = (at + 1) & (table_.size() - 1);
    table_[at] = each;
  }
}

// By the golden ratio, as Knuth has it: neighbours lie far apart.
size_t BoundWholes::place_of(int64_t value) const {
  constexpr uint64_t kRatio = 0x9e3779b97f4a7c15;
  return (static_cast<uint64_t>(value) * kRatio >> 32) & (table_.size() - 1);
}

BoundRange BoundRange::of_codes(const BoundSet& set, const ColumnView& column) {
  const Bounds limits = stored_limits(column);
  BoundRange range;
  range.low = std::max<int64_t>(set.low, limits.low);
  range.high = std::min<int64_t>(set.high, limits.high);
  if (range.low > range.high) return {};
  range.form = Form::kCompare;
  return range;
}

BoundRange BoundRange::make(const Bounds& logical, const ColumnView& column) {
  const Bounds limits = stored_limits(column);
  if (limits.low > limits.high || logical.low > logical.high) return {};
  const bool has_statistics = !is_text_like(column.type);
  if (has_statistics && (column.min > column.max || logical.low > column.max ||
                         logical.high < column.min)) {
    return {};
  }
  if (has_statistics && logical.low <= column.min &&
      logical.high >= column.max) {
    return {Form::kPresent, 0, 0};
  }
  const Int128 base = column.base;
  const Int128 low = -floor_div(base - logical.low, column.unit);
  const Int128 high = floor_div(logical.high - base, column.unit);
  BoundRange range;
  range.low = static_cast<int64_t>(std::max<Int128>(low, limits.low));
  range.high = static_cast<int64_t>(std::min<Int128>(high, limits.high));
  if (range.low > range.high || low > limits.high || high < limits.low) {
    return {};
  }
  range.form = Form::kCompare;
  return range;
}

}  // namespace kitle
