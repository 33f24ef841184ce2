#include "runtime/eval/member_rows.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "runtime/eval/bit_words.h"
#include "runtime/eval/turned.h"

namespace kitle {
namespace {

constexpr uint32_t kBlockWords = kBlockRows / 64;
constexpr uint32_t kLine = 8;  // words of a line of the cache
// Of a block; not a power of two, which would share the sets of the cache.
constexpr size_t kStride = kBlockWords + kLine;

size_t blocks_of(uint32_t profiles) {
  return (size_t{profiles} + kBlockRows - 1) / kBlockRows;
}

void flip_bit(uint64_t* words, uint32_t bit) {
  words[bit / 64] ^= uint64_t{1} << (bit % 64);
}

// The members of a block.
void read_block(const Membership& members, uint32_t block, uint64_t* words) {
  const uint32_t first = block << kBlockBits;
  const uint32_t low = first & UINT16_MAX;
  const auto* container = members.container(MembersContainer::key_of(first));
  if (container != nullptr && !container->is_array()) {
    std::memcpy(words, container->data + low / 8, kBlockRows / 8);
  } else {
    std::fill_n(words, kBlockWords, uint64_t{0});
  }
  if (container != nullptr && container->is_array()) {
    const auto lows = container->lows();
    for (uint32_t i = container->rank(low); i < lows.size(); ++i) {
      if (lows[i] - low >= kBlockRows) break;
      flip_bit(words, lows[i] - low);
    }
  }
  const auto flips = members.flips();
  for (auto at = std::ranges::lower_bound(flips, first); at != flips.end();
       ++at) {
    if (*at - first >= kBlockRows) break;
    flip_bit(words, *at - first);
  }
}

// Places of the ordinals in the order of these.
std::vector<uint32_t> in_order(std::span<const uint32_t> ordinals) {
  std::vector<uint32_t> order(ordinals.size());
  std::iota(order.begin(), order.end(), 0);
  const auto less = [&](uint32_t a, uint32_t b) {
    return ordinals[a] < ordinals[b];
  };
  const auto key_of = [&](uint32_t place) {
    return MembersContainer::key_of(ordinals[place]);
  };
  for (auto begin = order.begin(); begin != order.end();) {
    const uint32_t key = key_of(*begin);
    const auto end = std::find_if(
        begin, order.end(), [&](uint32_t each) { return key_of(each) != key; });
    const auto newer = std::is_sorted_until(begin, end, less);
    std::inplace_merge(begin, newer, end, less);
    begin = end;
  }
  return order;
}

}  // namespace

bool MemberRows::pay(size_t segments, uint32_t profiles) {
  constexpr size_t kFewest = 256;
  constexpr uint64_t kMostBytes = uint64_t{1} << 27;
  return segments >= kFewest && segments * profiles / 8 <= kMostBytes;
}

MemberRows::MemberRows(std::span<const Membership* const> members,
                       uint32_t profiles, Executor& executor)
    : segments_(static_cast<uint32_t>(members.size())),
      words_((members.size() + 63) / 64) {
  rows_.resize(blocks_of(profiles));
  std::vector<Memory> memory(executor.workers());
  executor.for_each(static_cast<uint32_t>(rows_.size()),
                    [&](uint32_t block, unsigned worker) {
                      fill(block, members, memory[worker]);
                    });
  for (const Membership* each : members) of_.push_back(each->shared());
}

bool MemberRows::are_of(std::span<const Membership* const> members) const {
  return std::ranges::equal(of_, members,
                            [](const Membership& a, const Membership* b) {
                              return a.shares_all(*b);
                            });
}

void MemberRows::grow(uint32_t profiles) {
  while (rows_.size() < blocks_of(profiles)) {
    rows_.push_back(std::make_unique<uint64_t[]>(block_words()));
  }
}

uint64_t* MemberRows::row(uint32_t ordinal) {
  return rows_[ordinal >> kBlockBits].get() + (ordinal % kBlockRows) * words_;
}

// A line of the cache of each segment at a time.
void MemberRows::fill(uint32_t block,
                      std::span<const Membership* const> members,
                      Memory& memory) {
  const size_t turned = words_ * 64;
  rows_[block] = std::make_unique_for_overwrite<uint64_t[]>(block_words());
  memory.words.resize(members.size() * kStride);
  memory.line.resize((turned + kLine) * kLine);
  for (size_t i = 0; i < members.size(); ++i) {
    read_block(*members[i], block, memory.words.data() + i * kStride);
  }
  for (uint32_t word = 0; word < kBlockWords; word += kLine) {
    for (size_t i = 0; i < members.size(); ++i) {
      const uint64_t* const from = memory.words.data() + i * kStride + word;
      for (size_t k = 0; k < kLine; ++k) {
        memory.line[k * (turned + kLine) + i] = from[k];
      }
    }
    for (uint32_t k = 0; k < kLine; ++k) {
      uint64_t* const some = memory.line.data() + k * (turned + kLine);
      std::fill(some + members.size(), some + turned, uint64_t{0});
      fill_people((block << kBlockBits) + (word + k) * 64, some);
    }
  }
}

void MemberRows::fill_people(uint32_t first, uint64_t* words) {
  turn_bits(words, words_ * 64);
  uint64_t* to = row(first);
  for (size_t person = 0; person < 64; ++person) {
    for (size_t i = 0; i < words_; ++i) *to++ = words[i * 64 + person];
  }
}

// Their rows.
std::vector<uint64_t> MemberRows::turned(size_t people,
                                         const BitsOf& members) const {
  const size_t groups = (people + 63) / 64;
  std::vector<uint64_t> rows(groups * 64 * words_);
  std::vector<uint64_t> some(groups * 64);
  for (uint32_t word = 0; word < words_; ++word) {
    std::ranges::fill(some, 0);
    const uint32_t here = std::min(segments_ - word * 64, 64u);
    for (uint32_t i = 0; i < here; ++i) {
      const auto bits = members(word * 64 + i);
      for (size_t group = 0; group < groups; ++group) {
        some[group * 64 + i] = bits[group];
      }
    }
    turn_bits(some.data(), some.size());
    for (size_t i = 0; i < some.size(); ++i) rows[i * words_ + word] = some[i];
  }
  return rows;
}

void MemberRows::put(std::span<const uint32_t> ordinals, const BitsOf& members,
                     std::span<MemberChanges> changes) {
  constexpr size_t kAhead = 16;
  const std::vector<uint64_t> now = turned(ordinals.size(), members);
  const std::vector<uint32_t> order = in_order(ordinals);
  for (size_t i = 0; i < order.size(); ++i) {
    if (i + kAhead < order.size()) {
      const uint64_t* const next = row(ordinals[order[i + kAhead]]);
      for (size_t word = 0; word < words_; word += 8) {
        __builtin_prefetch(next + word);
      }
    }
    put_row(ordinals[order[i]], now.data() + order[i] * words_, changes);
  }
}

void MemberRows::put_row(uint32_t ordinal, const uint64_t* now,
                         std::span<MemberChanges> changes) {
  uint64_t* const then = row(ordinal);
  for (size_t word = 0; word < words_; ++word) {
    const uint64_t changed[] = {then[word] ^ now[word]};
    each_bit(changed, [&](uint32_t bit) {
      MemberChanges& of = changes[word * 64 + bit];
      of.ordinals.push_back(ordinal);
      of.more += (now[word] >> bit & 1) != 0 ? 1 : -1;
    });
    then[word] = now[word];
  }
}

}  // namespace kitle
