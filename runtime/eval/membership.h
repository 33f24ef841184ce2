// Who is in a segment: a Roaring bitmap of ordinals, made block by block.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "runtime/status.h"
#include "runtime/store/view.h"

struct roaring_bitmap_s;

namespace kitle {

// Immutable once made; thread-safe to read.
class Membership {
 public:
  Membership();
  ~Membership();
  Membership(Membership&& other) noexcept;
  Membership& operator=(Membership&& other) noexcept;

  uint64_t size() const;
  bool contains(uint32_t ordinal) const;
  uint64_t common(const Membership& other) const;     // how many are in both
  Membership without(const Membership& other) const;  // who is not in it
  uint64_t end() const;  // behind the greatest ordinal; 0 where nobody is in
  std::vector<uint32_t> ordinals() const;
  std::string portable() const;  // Roaring's portable serialised form
  static Result<Membership> from_portable(std::string_view bytes);
  // The same of bytes that may be damaged: kCorrupt where they are not as
  // portable() writes them, down to the single members, which Roaring itself
  // would believe.
  static Result<Membership> from_file(std::string_view bytes);
  friend bool operator==(const Membership& a, const Membership& b);

  // Adds ordinals, all larger than those already in.
  void append(std::span<const uint32_t> ordinals);

 private:
  roaring_bitmap_s* bitmap_;
};

// The bits of one block as ordinals, added to `ordinals`.
void ordinals_of_block(uint32_t block, std::span<const uint64_t> words,
                       std::vector<uint32_t>& ordinals);

// Memory for what many BlockMembers hold, which is freed with it. Not
// thread-safe: one a worker.
class MembersMemory {
 public:
  // Of so many values, not initialised.
  uint16_t* take(size_t values);

 private:
  static constexpr size_t kSlab = size_t{1} << 18;  // values
  std::vector<std::unique_ptr<uint16_t[]>> slabs_;
  size_t free_ = 0;  // of the last
};

// Members of blocks as they are found: at most 2 bytes a member, and at most
// a bit a row. Not thread-safe: one a worker.
class BlockMembers {
 public:
  // `words`: kBlockRows bits. Blocks come in any order, each once. `memory`
  // outlives this.
  void add(uint32_t block, std::span<const uint64_t> words,
           MembersMemory& memory);

 private:
  friend Membership membership_of(std::span<const BlockMembers* const> found);
  struct Part {
    uint32_t block = 0;
    uint32_t count = 0;
    const uint16_t* data = nullptr;  // rows, or all bits of a full part
  };
  static constexpr uint32_t kFull = kBlockRows / 16;  // members of a full part
  std::vector<Part> parts_;
};
// What all workers found.
Membership membership_of(std::span<const BlockMembers* const> found);

}  // namespace kitle
