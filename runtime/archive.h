// Plain values, texts, lists and structs as bytes, integers little-endian,
// lists and texts behind their length. A class Fields says what a struct
// consists of, once for writing and reading:
//
//   struct ShopFields {
//     static void describe(auto& archive, Is<Shop> auto& shop) {
//       all(archive, shop.name, shop.rows);
//     }
//   };
//   ArchiveWriter<ShopFields> writer;
//   writer.field(shop);
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "runtime/wide.h"

namespace kitle {

static_assert(std::endian::native == std::endian::little);

template <class T>
concept Plain =
    std::is_arithmetic_v<T> || std::is_enum_v<T> || std::is_same_v<T, Int128>;

template <class T, class Wanted>
concept Is = std::is_same_v<std::remove_const_t<T>, Wanted>;

template <class Archive, class... Fields>
void all(Archive& archive, Fields&... fields) {
  (archive.field(fields), ...);
}

template <class Fields>
class ArchiveWriter {
 public:
  template <Plain T>
  void field(const T& value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void field(std::string_view text) {
    field(static_cast<uint64_t>(text.size()));
    bytes_ += text;
  }
  void field(const std::string& text) { field(std::string_view(text)); }
  template <class T>
  void field(const std::vector<T>& list) {
    field(static_cast<uint64_t>(list.size()));
    for (const T& item : list) field(item);
  }
  template <class T>
  void field(const T& value) {
    Fields::describe(*this, value);
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// Never reads past the end; after one failed read everything it gives is empty.
// Of enumerators it takes any number.
template <class Fields>
class ArchiveReader {
 public:
  explicit ArchiveReader(std::string_view bytes) : rest_(bytes) {}

  template <Plain T>
  void field(T& value) {
    if (rest_.size() < sizeof value) return fail();
    std::memcpy(&value, rest_.data(), sizeof value);
    rest_.remove_prefix(sizeof value);
  }
  // Any other byte in a bool is no value at all.
  void field(bool& value) {
    uint8_t byte = 0;
    field(byte);
    if (byte > 1) return fail();
    value = byte == 1;
  }
  void field(std::string& text) {
    std::string_view read;
    field(read);
    text.assign(read);
  }
  // Within the bytes that are read from.
  void field(std::string_view& text) {
    const uint64_t size = length();
    text = rest_.substr(0, size);
    rest_.remove_prefix(size);
  }
  template <class T>
  void field(std::vector<T>& list) {
    const uint64_t size = length();
    list.clear();
    // One by one: a length is no reason to take memory for what is not there.
    list.reserve(std::min(size, kFew));
    while (ok_ && list.size() < size) field(list.emplace_back());
  }
  template <class T>
  void field(T& value) {
    Fields::describe(*this, value);
  }
  bool whole() const { return ok_ && rest_.empty(); }

 private:
  static constexpr uint64_t kFew = 16;

  // Every item takes at least a byte, so no length is more than what is left.
  uint64_t length() {
    uint64_t size = 0;
    field(size);
    if (size > rest_.size()) fail();
    return ok_ ? size : 0;
  }
  void fail() {
    ok_ = false;
    rest_ = {};
  }

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace kitle
