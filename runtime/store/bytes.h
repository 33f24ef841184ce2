// Plain values to bytes and back: the body of a manifest. The reader never
// reads past the end; after one failed read everything it gives is empty.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace kitle {

class ByteWriter {
 public:
  template <class T>
    requires std::is_arithmetic_v<T> || std::is_enum_v<T>
  void put(T value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof(value));
  }
  void put(std::string_view text) {
    put(static_cast<uint32_t>(text.size()));
    bytes_ += text;
  }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  template <class T>
    requires std::is_arithmetic_v<T> || std::is_enum_v<T>
  T get() {
    T value{};
    const std::string_view from = take(sizeof(value));
    if (!from.empty()) std::memcpy(&value, from.data(), sizeof(value));
    return value;
  }
  std::string get_text() { return std::string(take(get<uint32_t>())); }
  // A number of things to come, each at least `size` bytes long.
  uint32_t get_count(size_t size) {
    const auto count = get<uint32_t>();
    if (count <= bytes_.size() / size) return count;
    fail();
    return 0;
  }

  void fail() {
    ok_ = false;
    bytes_ = {};
  }
  bool ok() const { return ok_; }
  bool at_end() const { return ok_ && bytes_.empty(); }

 private:
  std::string_view take(size_t length) {
    if (length > bytes_.size()) {
      fail();
      return {};
    }
    const std::string_view taken = bytes_.substr(0, length);
    bytes_.remove_prefix(length);
    return taken;
  }

  std::string_view bytes_;
  bool ok_ = true;
};

}  // namespace kitle
