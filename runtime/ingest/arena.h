// Bytes that live until the batch ends: what a conversion has to form (an
// unescaped text, a number's digits) goes here, so that no row allocates.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace kitle {

// Not thread-safe. Pointers stay valid until reset().
class Arena {
 public:
  // Aligned to 16 bytes where `aligned`.
  char* allocate(size_t size, bool aligned = false) {
    if (aligned) used_ = (used_ + 15) & ~size_t{15};
    if (used_ + size > capacity_) grow(size);
    char* result = current_ + used_;
    used_ += size;
    return result;
  }
  std::string_view copy(std::string_view text) {
    if (text.empty()) return {};
    char* to = allocate(text.size());
    std::memcpy(to, text.data(), text.size());
    return {to, text.size()};
  }
  // Gives back the unused tail of the latest allocation.
  void shrink_last(size_t by) { used_ -= by; }
  template <class T>
  T* array(size_t count) {
    return reinterpret_cast<T*>(allocate(count * sizeof(T), true));
  }
  // Forgets everything; keeps the largest page.
  void reset() {
    if (pages_.size() > 1) pages_.erase(pages_.begin(), pages_.end() - 1);
    used_ = 0;
  }

 private:
  void grow(size_t size) {
    capacity_ = std::max(size + 16, capacity_ == 0 ? kFirst : capacity_ * 2);
    pages_.push_back(std::make_unique_for_overwrite<char[]>(capacity_));
    current_ = pages_.back().get();
    used_ = 0;
  }

  static constexpr size_t kFirst = 16 << 10;
  std::vector<std::unique_ptr<char[]>> pages_;
  char* current_ = nullptr;
  size_t used_ = 0;
  size_t capacity_ = 0;
};

}  // namespace kitle
