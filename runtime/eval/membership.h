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
  std::vector<uint32_t> ordinals() const;
  std::string portable() const;  // Roaring's portable serialised form
  static Result<Membership> from_portable(std::string_view bytes);
  friend bool operator==(const Membership& a, const Membership& b);

  // Adds ordinals, all larger than those already in.
  void append(std::span<const uint32_t> ordinals);
  // Adds all of `other`.
  void merge(const Membership& other);

 private:
  roaring_bitmap_s* bitmap_;
};

// The bits of one block as ordinals.
void ordinals_of_block(uint32_t block, std::span<const uint64_t> words,
                       std::vector<uint32_t>& ordinals);

}  // namespace kitle
