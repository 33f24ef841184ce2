// Who is in a segment: a Roaring bitmap of ordinals in the portable form that
// every Roaring library reads (github.com/RoaringBitmap/RoaringFormatSpec),
// without run containers: in one piece, so that it is written at once, kept in
// files as it is, and read block by block.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/status.h"
#include "runtime/store/view.h"

namespace kitle {

// 65,536 ordinals of one key, their high half: up to kLargestArray members as
// an array of low halves, more as bits. Its data is aligned as the former are.
struct MembersContainer {
  static constexpr uint32_t kLargestArray = 4096;
  static constexpr uint32_t kWords = 1024;

  // Of an ordinal, and the first ordinal of a key.
  static constexpr uint32_t key_of(uint32_t ordinal) { return ordinal >> 16; }
  static constexpr uint32_t first_of(uint32_t key) { return key << 16; }

  uint16_t key = 0;
  uint32_t members = 0;  // not 0
  const char* data = nullptr;

  bool is_array() const { return members <= kLargestArray; }
  // Of an array.
  std::span<const uint16_t> lows() const {
    return {reinterpret_cast<const uint16_t*>(data), members};
  }
  uint16_t low(uint32_t i) const { return lows()[i]; }
  uint64_t word(uint32_t i) const {
    uint64_t value;
    std::memcpy(&value, data + i * sizeof value, sizeof value);
    return value;
  }
  // Of an array: how many are less.
  uint32_t rank(uint32_t value) const;
  bool contains(uint32_t value) const;
};

// Immutable; thread-safe to read. One that was flipped shares what it was made
// of, until its bytes are needed.
class Membership {
 public:
  Membership();  // nobody
  Membership(Membership&&) noexcept = default;
  Membership& operator=(Membership&&) noexcept = default;
  static Membership of(std::vector<uint32_t> ordinals);  // in any order

  // The same one, which shares all that this is made of.
  Membership shared() const;
  bool shares_all(const Membership& other) const {
    return whole_ == other.whole_ && flips_ == other.flips_;
  }

  uint64_t size() const { return size_; }
  bool contains(uint32_t ordinal) const;
  uint64_t common(const Membership& other) const;     // how many are in both
  Membership without(const Membership& other) const;  // who is not in it
  // The same but for those of the ordinals, which increase: who was in is not,
  // and who was not is.
  Membership flipped(std::span<const uint32_t> ordinals) const;
  // The same where that makes `more` members more, or less.
  Membership flipped(std::span<const uint32_t> ordinals, int64_t more) const;
  uint64_t end() const;  // behind the greatest ordinal; 0 where nobody is in
  std::vector<uint32_t> ordinals() const;
  // The container of a key of what it was made of, or null; those of flips()
  // are otherwise in it.
  const MembersContainer* container(uint32_t key) const;
  std::span<const uint32_t> flips() const;  // increasing

  // The portable form; as long as this lives.
  std::string_view bytes() const;
  // Of bytes that may be damaged: kCorrupt where they are not as bytes() has
  // them, down to the single members.
  static Result<Membership> from_bytes(std::string_view bytes);
  friend bool operator==(const Membership& a, const Membership& b) {
    return a.bytes() == b.bytes();
  }

 private:
  friend class MembershipBuilder;
  // In one piece.
  struct Whole {
    const MembersContainer* find(uint32_t key) const;
    bool contains(uint32_t ordinal) const;
    std::shared_ptr<const Whole> flipped(std::span<const uint32_t>) const;

    std::unique_ptr<char[]> bytes;
    size_t size = 0;
    std::vector<MembersContainer> containers;  // by key
  };
  struct Flips {
    std::vector<uint32_t> ordinals;
    std::mutex mutex;
    std::shared_ptr<const Whole> made;  // with them, once it was asked for
  };
  explicit Membership(std::shared_ptr<const Whole> whole);
  const Whole& whole() const;
  bool is_made() const;

  std::shared_ptr<const Whole> whole_;  // but for the flips
  std::shared_ptr<Flips> flips_;        // null: none
  uint64_t size_ = 0;
};

// Makes one of containers whose sizes are known beforehand.
class MembershipBuilder {
 public:
  struct Size {
    uint16_t key = 0;
    uint32_t members = 0;  // not 0
  };
  // Of increasing keys.
  explicit MembershipBuilder(std::span<const Size> sizes);

  // The data of a container, to be filled; not aligned.
  char* data(size_t container) { return data_[container]; }
  const MembersContainer& container(size_t i) const {
    return made_->containers[i];
  }
  // REQUIRES: all are filled.
  Membership take() { return Membership(std::move(made_)); }

 private:
  friend class Membership;
  std::shared_ptr<Membership::Whole> made_;
  std::vector<char*> data_;
};

}  // namespace kitle
