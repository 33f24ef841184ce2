#include "runtime/eval/evaluated_rows.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "runtime/eval/bit_words.h"
#include "runtime/eval/marked.h"

namespace kitle {
namespace {

// Of the block's rows in its container.
uint32_t first_low(uint32_t block) { return block << kBlockBits & UINT16_MAX; }

}  // namespace

const EarlierMembers& EarlierBlocks::of(uint32_t block) {
  if (block == block_) return found_;
  block_ = block;
  const MembersContainer* const container = members_.around(block);
  const uint32_t known = container == found_.container ? found_.end : 0;
  found_.container = container;
  const auto is_before = [](uint32_t end) {
    return [end](uint32_t each) { return each >> kBlockBits < end; };
  };
  const auto begin =
      std::find_if_not(next_flip_, flips_.end(), is_before(block));
  next_flip_ = std::find_if_not(begin, flips_.end(), is_before(block + 1));
  found_.flips = {begin, next_flip_};
  if (container == nullptr || !container->is_array()) return found_;
  found_.begin = container->rank(first_low(block), known);
  found_.end = container->rank(first_low(block) + kBlockRows, found_.begin);
  return found_;
}

EvaluatedRows::EvaluatedRows(uint32_t block, std::span<const uint32_t> rows,
                             uint32_t segments)
    : block_(block),
      rows_(rows.begin(), rows.end()),
      words_((rows_.size() + 63) / 64),
      members_(words_ * segments) {
  for (const uint32_t row : rows_) {
    among_[row / 64] |= uint64_t{1} << (row % 64);
  }
  uint32_t before = 0;
  for (uint32_t i = 0; i < kWords; ++i) {
    before_[i] = static_cast<uint16_t>(before);
    before += static_cast<uint32_t>(std::popcount(among_[i]));
  }
}

void EvaluatedRows::put(uint32_t segment, std::span<const uint64_t> members,
                        uint32_t first) {
  uint64_t* to = members_.data() + segment * words_;
  const auto rows = static_cast<uint32_t>(rows_.size());
  for (uint32_t row = 0; row < rows; row += 64) {
    const uint32_t some = std::min(rows - row, 64u);
    *to++ = get_bits(members.data(), first + row, some) & low_bits(some);
  }
}

void EvaluatedRows::add_changes(uint32_t segment, const EarlierMembers& before,
                                std::vector<uint32_t>& changed) const {
  Words then;
  const MembersContainer* const container = before.container;
  if (container == nullptr || container->is_array()) {
    std::fill_n(then.begin(), words_, uint64_t{0});
    if (container != nullptr) find_in_array(before, then);
  } else {
    const char* const bits = container->data + first_low(block_) / 8;
    find_marked(rows_, 0, bits, then.data());
  }
  const uint32_t first = block_ << kBlockBits;
  for (const uint32_t each : before.flips) flip(each - first, then);
  const uint64_t* const now = members_.data() + segment * words_;
  for (uint32_t i = 0; i < words_; ++i) {
    for (uint64_t word = then[i] ^ now[i]; word != 0; word &= word - 1) {
      const auto bit = static_cast<uint32_t>(std::countr_zero(word));
      changed.push_back(first + rows_[i * 64 + bit]);
    }
  }
}

void EvaluatedRows::find_in_array(const EarlierMembers& before,
                                  Words& then) const {
  constexpr size_t kMost = MembersContainer::kLargestArray;
  std::array<uint16_t, kMost> lows;
  std::array<uint64_t, kMost / 64> among;
  const size_t count = before.end - before.begin;
  std::memcpy(lows.data(), before.container->data + before.begin * size_t{2},
              count * 2);
  const uint32_t first = first_low(block_);
  find_marked(std::span(lows).first(count), first, among_.data(), among.data());
  each_bit(std::span(among).first((count + 63) / 64),
           [&](uint32_t at) { flip(lows[at] - first, then); });
}

void EvaluatedRows::flip(uint32_t row, Words& then) const {
  const uint64_t bit = uint64_t{1} << (row % 64);
  const uint64_t among = among_[row / 64];
  if ((among & bit) == 0) return;
  const uint32_t at = before_[row / 64] +
                      static_cast<uint32_t>(std::popcount(among & (bit - 1)));
  then[at / 64] ^= uint64_t{1} << (at % 64);
}

}  // namespace kitle
