#include "runtime/eval/membership.h"

#include <roaring/roaring.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "runtime/eval/kernels.h"

namespace kitle {

Membership::Membership() : bitmap_(roaring_bitmap_create()) {}

Membership::~Membership() {
  if (bitmap_ != nullptr) roaring_bitmap_free(bitmap_);
}

Membership::Membership(Membership&& other) noexcept
    : bitmap_(std::exchange(other.bitmap_, nullptr)) {}

Membership& Membership::operator=(Membership&& other) noexcept {
  std::swap(bitmap_, other.bitmap_);
  return *this;
}

uint64_t Membership::size() const {
  return roaring_bitmap_get_cardinality(bitmap_);
}

uint64_t Membership::common(const Membership& other) const {
  return roaring_bitmap_and_cardinality(bitmap_, other.bitmap_);
}

bool Membership::contains(uint32_t ordinal) const {
  return roaring_bitmap_contains(bitmap_, ordinal);
}

Membership Membership::without(const Membership& other) const {
  Membership made;
  roaring_bitmap_free(std::exchange(
      made.bitmap_, roaring_bitmap_andnot(bitmap_, other.bitmap_)));
  return made;
}

uint64_t Membership::end() const {
  return size() == 0 ? 0 : uint64_t{roaring_bitmap_maximum(bitmap_)} + 1;
}

std::vector<uint32_t> Membership::ordinals() const {
  std::vector<uint32_t> all(size());
  roaring_bitmap_to_uint32_array(bitmap_, all.data());
  return all;
}

std::string Membership::portable() const {
  std::string bytes(roaring_bitmap_portable_size_in_bytes(bitmap_), '\0');
  roaring_bitmap_portable_serialize(bitmap_, bytes.data());
  return bytes;
}

namespace {

std::unexpected<Status> no_bitmap() {
  return std::unexpected(Status(StatusCode::kCorrupt, "read a bitmap", "",
                                "it is no Roaring bitmap"));
}

}  // namespace

Result<Membership> Membership::from_portable(std::string_view bytes) {
  roaring_bitmap_t* read =
      roaring_bitmap_portable_deserialize_safe(bytes.data(), bytes.size());
  if (read == nullptr) return no_bitmap();
  Membership made;
  roaring_bitmap_free(std::exchange(made.bitmap_, read));
  return made;
}

bool operator==(const Membership& a, const Membership& b) {
  return roaring_bitmap_equals(a.bitmap_, b.bitmap_);
}

void Membership::append(std::span<const uint32_t> ordinals) {
  roaring_bitmap_add_many(bitmap_, ordinals.size(), ordinals.data());
}

// ---- Roaring's portable form without runs ----
//
// A cookie and the number of containers; of each its key and size; of each its
// place; then 16-bit arrays of at most kLargestArray members, or bits.

namespace {

constexpr uint32_t kNoRuns = 12346;  // the cookie
constexpr uint32_t kBlocksAContainer = 4;
constexpr uint32_t kContainerBytes = 8192;
constexpr uint32_t kLargestArray = 4096;
constexpr size_t kMostContainers = 65536;

template <class T>
T value_at(std::string_view bytes, size_t place) {
  T value;
  std::memcpy(&value, bytes.data() + place, sizeof value);
  return value;
}

bool is_array(std::string_view container) {
  int64_t last = -1;
  for (size_t at = 0; at < container.size(); at += sizeof(uint16_t)) {
    const auto member = value_at<uint16_t>(container, at);
    if (member <= last) return false;
    last = member;
  }
  return true;
}

bool has_bits(std::string_view container, uint32_t members) {
  uint32_t count = 0;
  for (size_t at = 0; at < container.size(); at += sizeof(uint64_t)) {
    count +=
        static_cast<uint32_t>(std::popcount(value_at<uint64_t>(container, at)));
  }
  return count == members;
}

bool is_without_runs(std::string_view bytes) {
  constexpr size_t kHead = 8;
  if (bytes.size() < kHead || value_at<uint32_t>(bytes, 0) != kNoRuns) {
    return false;
  }
  const size_t count = value_at<uint32_t>(bytes, 4);
  size_t at = kHead + count * 8;  // of the next container
  if (count > kMostContainers || bytes.size() < at) return false;
  int64_t last_key = -1;
  for (size_t i = 0; i < count; ++i) {
    const auto key = value_at<uint16_t>(bytes, kHead + i * 4);
    const uint32_t members =
        value_at<uint16_t>(bytes, kHead + i * 4 + 2) + uint32_t{1};
    const auto start = value_at<uint32_t>(bytes, kHead + count * 4 + i * 4);
    const bool dense = members > kLargestArray;
    const size_t size = dense ? kContainerBytes : members * sizeof(uint16_t);
    if (key <= last_key || start != at || size > bytes.size() - at) {
      return false;
    }
    const std::string_view container = bytes.substr(at, size);
    if (!(dense ? has_bits(container, members) : is_array(container))) {
      return false;
    }
    last_key = key;
    at += size;
  }
  return at == bytes.size();
}

}  // namespace

Result<Membership> Membership::from_file(std::string_view bytes) {
  if (!is_without_runs(bytes)) return no_bitmap();
  return from_portable(bytes);
}

// ---- from blocks ----

namespace {

// Calls use(row) for each bit, in order.
template <class Use>
void each_row(const uint64_t* words, uint32_t count, Use&& use) {
  for (uint32_t i = 0; i < count; ++i) {
    for (uint64_t word = words[i]; word != 0; word &= word - 1) {
      use(i * 64 + static_cast<uint32_t>(std::countr_zero(word)));
    }
  }
}

class PortableWriter {
 public:
  void begin_container(uint32_t key, uint32_t members) {
    keys_.push_back(
        {static_cast<uint16_t>(key), static_cast<uint16_t>(members - 1)});
    starts_.push_back(static_cast<uint32_t>(body_.size()));
    dense_ = members > kLargestArray;
    if (dense_) body_.resize(body_.size() + kContainerBytes);
  }
  // Of the container begun last, in order; so many bits are 1.
  void add_bits(const uint64_t* words, uint32_t members, uint32_t block) {
    if (dense_) {
      std::memcpy(place(block), words, kBlockRows / 8);
      return;
    }
    char* to = room_for(members);
    each_row(words, kBlockRows / 64, [&](uint32_t row) {
      write(to, first_of(block) + row);
      to += sizeof(uint16_t);
    });
  }
  void add_rows(std::span<const uint16_t> rows, uint32_t block) {
    if (dense_) {
      char* bits = place(block);
      for (const uint16_t row : rows) {
        bits[row / 8] |= static_cast<char>(1 << (row % 8));
      }
      return;
    }
    char* to = room_for(rows.size());
    for (size_t i = 0; i < rows.size(); ++i) {
      write(to + i * sizeof(uint16_t), first_of(block) + rows[i]);
    }
  }

  std::string take() const {
    const auto count = static_cast<uint32_t>(keys_.size());
    const auto head = static_cast<uint32_t>(8 + keys_.size() * 8);
    std::string bytes;
    bytes.reserve(head + body_.size());
    put(bytes, kNoRuns);
    put(bytes, count);
    for (const Key& key : keys_) put(bytes, key);
    for (const uint32_t start : starts_) put(bytes, head + start);
    return bytes + body_;
  }

 private:
  struct Key {
    uint16_t high = 0;
    uint16_t last = 0;  // members - 1
  };
  template <class T>
  static void put(std::string& bytes, const T& value) {
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  // Of the block's rows in its container.
  static uint32_t first_of(uint32_t block) {
    return block % kBlocksAContainer << kBlockBits;
  }
  static void write(char* to, uint32_t value) {
    const auto member = static_cast<uint16_t>(value);
    std::memcpy(to, &member, sizeof member);
  }
  char* room_for(size_t members) {
    const size_t at = body_.size();
    body_.resize(at + members * sizeof(uint16_t));
    return body_.data() + at;
  }
  char* place(uint32_t block) {
    return body_.data() + starts_.back() +
           block % kBlocksAContainer * (kBlockRows / 8);
  }

  std::vector<Key> keys_;
  std::vector<uint32_t> starts_;
  std::string body_;
  bool dense_ = false;
};

}  // namespace

void ordinals_of_block(uint32_t block, std::span<const uint64_t> words,
                       std::vector<uint32_t>& ordinals) {
  const uint32_t first = block << kBlockBits;
  each_row(words.data(), static_cast<uint32_t>(words.size()),
           [&](uint32_t row) { ordinals.push_back(first + row); });
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
    std::memcpy(to, words.data(), kBlockRows / 8);
    return;
  }
  each_row(words.data(), kBlockRows / 64,
           [&](uint32_t row) { *to++ = static_cast<uint16_t>(row); });
}

Membership membership_of(std::span<const BlockMembers* const> found) {
  using Part = BlockMembers::Part;
  std::vector<Part> parts;
  for (const BlockMembers* members : found) {
    parts.insert(parts.end(), members->parts_.begin(), members->parts_.end());
  }
  std::ranges::sort(parts, {}, &Part::block);
  const auto container = [](const Part& at) {
    return at.block / kBlocksAContainer;
  };
  PortableWriter writer;
  std::vector<uint64_t> words(kBlockRows / 64);
  for (auto first = parts.begin(); first != parts.end();) {
    auto last = first;
    uint32_t count = 0;
    for (; last != parts.end() && container(*last) == container(*first);
         ++last) {
      count += last->count;
    }
    writer.begin_container(container(*first), count);
    for (; first != last; ++first) {
      if (first->count < BlockMembers::kFull) {
        writer.add_rows({first->data, first->count}, first->block);
      } else {
        std::memcpy(words.data(), first->data, kBlockRows / 8);
        writer.add_bits(words.data(), first->count, first->block);
      }
    }
  }
  return std::move(*Membership::from_portable(writer.take()));
}

}  // namespace kitle
