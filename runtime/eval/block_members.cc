#include "runtime/eval/block_members.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "runtime/eval/bit_rows.h"
#include "runtime/eval/bit_words.h"
#include "runtime/eval/kernels.h"

namespace kitle {
namespace {

constexpr uint32_t kBlocksAContainer = 4;
constexpr size_t kBlockBytes = kBlockRows / 8;

// Of a block's rows in its container.
uint32_t first_of(uint32_t block) {
  return block % kBlocksAContainer << kBlockBits;
}

}  // namespace

void ordinals_of_block(uint32_t block, std::span<const uint64_t> words,
                       std::vector<uint32_t>& ordinals) {
  const uint32_t first = block << kBlockBits;
  each_bit(words, [&](uint32_t row) { ordinals.push_back(first + row); });
}

uint16_t* MembersMemory::take(size_t values) {
  if (values > free_) {
    free_ = std::max(kSlab, values);
    slabs_.push_back(std::make_unique_for_overwrite<uint16_t[]>(free_));
  }
  free_ -= values;
  return slabs_.back().get() + free_;
}

void BlockMembers::add(uint32_t block, std::span<const uint64_t> words,
                       MembersMemory& memory) {
  const uint32_t count = count_bits(words);
  if (count == 0) return;
  uint16_t* to = memory.take(std::min(count, kFull));
  parts_.push_back({block, count, to});
  if (count >= kFull) {
    std::memcpy(to, words.data(), kBlockBytes);
    return;
  }
  std::array<uint16_t, kFull + kRowsPadding> rows;
  rows_of_bits(words, rows.data());
  std::copy_n(rows.data(), count, to);
}

void BlockMembers::write_array(const Part& part, char* to) {
  const uint32_t first = first_of(part.block);
  const auto put = [](char* at, uint32_t value) {
    const auto low = static_cast<uint16_t>(value);
    std::memcpy(at, &low, sizeof low);
  };
  if (part.count < kFull) {
    for (uint32_t i = 0; i < part.count; ++i) {
      put(to + i * sizeof(uint16_t), first + part.data[i]);
    }
    return;
  }
  std::array<uint64_t, kBlockRows / 64> words;
  std::memcpy(words.data(), part.data, kBlockBytes);
  each_bit(words, [&](uint32_t row) {
    put(to, first + row);
    to += sizeof(uint16_t);
  });
}

// Into words that are 0.
void BlockMembers::write_bits(const Part& part, char* to) {
  to += first_of(part.block) / 8;
  if (part.count >= kFull) {
    std::memcpy(to, part.data, kBlockBytes);
    return;
  }
  for (uint32_t i = 0; i < part.count; ++i) {
    const uint16_t row = part.data[i];
    to[row / 8] |= static_cast<char>(1 << (row % 8));
  }
}

Membership membership_of(std::span<const BlockMembers* const> found) {
  using Part = BlockMembers::Part;
  std::vector<Part> parts;
  for (const BlockMembers* members : found) {
    parts.insert(parts.end(), members->parts_.begin(), members->parts_.end());
  }
  std::ranges::sort(parts, {}, &Part::block);
  std::vector<MembershipBuilder::Size> sizes;
  for (const Part& part : parts) {
    const auto key = static_cast<uint16_t>(part.block / kBlocksAContainer);
    if (sizes.empty() || sizes.back().key != key) sizes.push_back({key, 0});
    sizes.back().members += part.count;
  }
  MembershipBuilder builder(sizes);
  auto part = parts.begin();
  for (size_t i = 0; i < sizes.size(); ++i) {
    const MembersContainer& container = builder.container(i);
    char* to = builder.data(i);
    if (!container.is_array()) {
      std::memset(to, 0, MembersContainer::kWords * sizeof(uint64_t));
    }
    for (; part != parts.end() &&
           part->block / kBlocksAContainer == container.key;
         ++part) {
      if (container.is_array()) {
        BlockMembers::write_array(*part, to);
        to += part->count * sizeof(uint16_t);
      } else {
        BlockMembers::write_bits(*part, to);
      }
    }
  }
  return builder.take();
}

}  // namespace kitle
