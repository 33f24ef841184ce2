#include "runtime/eval/evaluated_rows.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "runtime/eval/bit_words.h"
#include "runtime/eval/marked.h"

namespace kitle {

const EarlierMembers& EarlierContainers::of(uint32_t key) {
  if (key == key_) return found_;
  key_ = key;
  found_.container = members_.container(key);
  const auto place_of = [&](uint32_t wanted) {
    return std::ranges::partition_point(left_, [wanted](uint32_t each) {
      return MembersContainer::key_of(each) < wanted;
    });
  };
  left_ = {place_of(key), left_.end()};
  const auto end = place_of(key + 1);
  found_.flips = {left_.begin(), end};
  left_ = {end, left_.end()};
  return found_;
}

EvaluatedRows::EvaluatedRows(std::span<const uint32_t> ordinals,
                             uint32_t segments)
    : least_(std::ranges::min(ordinals)),
      words_((ordinals.size() + 63) / 64),
      members_(std::make_unique_for_overwrite<uint64_t[]>(words_ * segments)),
      places_(std::make_unique_for_overwrite<uint16_t[]>(kPlaces)) {
  for (const uint32_t each : ordinals) {
    const auto low = static_cast<uint16_t>(each);
    places_[low] = static_cast<uint16_t>(lows_.size());
    among_[low / 64] |= uint64_t{1} << (low % 64);
    lows_.push_back(low);
  }
}

void EvaluatedRows::put(uint32_t segment, std::span<const uint64_t> members,
                        uint32_t first) {
  uint64_t* to = members_.get() + segment * words_;
  const auto rows = static_cast<uint32_t>(lows_.size());
  for (uint32_t row = 0; row < rows; row += 64) {
    const uint32_t some = std::min(rows - row, 64u);
    *to++ = get_bits(members.data(), first + row, some) & low_bits(some);
  }
}

void EvaluatedRows::add_changes(uint32_t segment, const EarlierMembers& before,
                                MemberChanges& changes) const {
  Words then;
  find(before, then);
  const uint64_t* const now = members_.get() + segment * words_;
  const uint32_t first = MembersContainer::first_of(key());
  std::vector<uint32_t>& changed = changes.ordinals;
  const auto begin = static_cast<std::ptrdiff_t>(changed.size());
  for (uint32_t i = 0; i < words_; ++i) {
    for (uint64_t word = then[i] ^ now[i]; word != 0; word &= word - 1) {
      const auto bit = static_cast<uint32_t>(std::countr_zero(word));
      changed.push_back(first + lows_[i * 64 + bit]);
      changes.more += (now[i] >> bit & 1) != 0 ? 1 : -1;
    }
  }
  const auto added =
      std::ranges::subrange(changed.begin() + begin, changed.end());
  const auto newer = std::ranges::is_sorted_until(added);
  if (newer != added.end()) std::ranges::inplace_merge(added, newer);
}

void EvaluatedRows::find(const EarlierMembers& before, Words& then) const {
  const MembersContainer* const container = before.container;
  if (container != nullptr && !container->is_array()) {
    find_marked(lows_, container->data, then.data());
  } else {
    std::fill_n(then.begin(), words_, uint64_t{0});
    if (container != nullptr) find_in_array(*container, then);
  }
  for (const uint32_t each : before.flips) {
    flip(static_cast<uint16_t>(each), then);
  }
}

void EvaluatedRows::find_in_array(const MembersContainer& before,
                                  Words& then) const {
  constexpr size_t kMost = MembersContainer::kLargestArray;
  std::array<uint64_t, kMost / 64> among;
  const std::span lows = before.lows();
  find_marked(lows, among_.data(), among.data());
  each_bit(std::span(among).first((lows.size() + 63) / 64),
           [&](uint32_t at) { flip(lows[at], then); });
}

void EvaluatedRows::flip(uint32_t low, Words& then) const {
  if ((among_[low / 64] >> (low % 64) & 1) == 0) return;
  const uint32_t at = places_[low];
  then[at / 64] ^= uint64_t{1} << (at % 64);
}

}  // namespace kitle
