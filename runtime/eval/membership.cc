#include "runtime/eval/membership.h"

#include <roaring/roaring.h>

#include <bit>
#include <utility>

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

bool Membership::contains(uint32_t ordinal) const {
  return roaring_bitmap_contains(bitmap_, ordinal);
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

Result<Membership> Membership::from_portable(std::string_view bytes) {
  roaring_bitmap_t* read =
      roaring_bitmap_portable_deserialize_safe(bytes.data(), bytes.size());
  if (read == nullptr) {
    return std::unexpected(Status(StatusCode::kCorrupt, "read a bitmap", "",
                                  "it is no Roaring bitmap"));
  }
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

void Membership::merge(const Membership& other) {
  roaring_bitmap_or_inplace(bitmap_, other.bitmap_);
}

void ordinals_of_block(uint32_t block, std::span<const uint64_t> words,
                       std::vector<uint32_t>& ordinals) {
  const uint32_t first = block << kBlockBits;
  for (uint32_t i = 0; i < words.size(); ++i) {
    for (uint64_t word = words[i]; word != 0; word &= word - 1) {
      ordinals.push_back(first + i * 64 +
                         static_cast<uint32_t>(std::countr_zero(word)));
    }
  }
}

}  // namespace kitle
