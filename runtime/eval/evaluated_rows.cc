#include "runtime/eval/evaluated_rows.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "runtime/eval/bit_words.h"

namespace kitle {

EvaluatedRows::EvaluatedRows(uint32_t block, std::vector<uint32_t> rows,
                             uint32_t segments)
    : block_(block),
      rows_(std::move(rows)),
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

void EvaluatedRows::add_changes(uint32_t segment, const Membership& before,
                                std::vector<uint32_t>& changed) const {
  Words then;
  const MembersContainer* const container = before.around(block_);
  if (container == nullptr || container->is_array()) {
    std::fill_n(then.begin(), words_, uint64_t{0});
    if (container != nullptr) find_in_array(*container, then);
  } else {
    find_in_bits(*container, then);
  }
  const uint64_t* const now = members_.data() + segment * words_;
  for (uint32_t i = 0; i < words_; ++i) {
    for (uint64_t word = then[i] ^ now[i]; word != 0; word &= word - 1) {
      const auto bit = static_cast<uint32_t>(std::countr_zero(word));
      changed.push_back((block_ << kBlockBits) + rows_[i * 64 + bit]);
    }
  }
}

void EvaluatedRows::find_in_bits(const MembersContainer& container,
                                 Words& then) const {
  const char* const words = container.data + first_low() / 8;
  for (uint32_t i = 0; i < words_; ++i) {
    const auto count = std::min<size_t>(rows_.size() - i * 64, 64);
    uint64_t bits = 0;
    for (uint32_t j = 0; j < count; ++j) {
      const uint32_t row = rows_[i * 64 + j];
      uint64_t word;
      std::memcpy(&word, words + row / 64 * sizeof word, sizeof word);
      bits |= (word >> (row % 64) & 1) << j;
    }
    then[i] = bits;
  }
}

void EvaluatedRows::find_in_array(const MembersContainer& container,
                                  Words& then) const {
  const uint32_t first = first_low();
  const uint32_t end = container.rank(first + kBlockRows);
  for (uint32_t i = container.rank(first); i < end; ++i) {
    const uint32_t row = container.low(i) - first;
    const uint64_t bit = uint64_t{1} << (row % 64);
    const uint64_t among = among_[row / 64];
    if ((among & bit) == 0) continue;
    const uint32_t at = before_[row / 64] +
                        static_cast<uint32_t>(std::popcount(among & (bit - 1)));
    then[at / 64] |= uint64_t{1} << (at % 64);
  }
}

}  // namespace kitle
