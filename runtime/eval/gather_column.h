// One column made of rows of several blocks' columns: in their layout where
// they have one, else in one that holds the values of all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/store/view.h"

namespace kitle {

// Memory that is taken piece by piece, and freed at once.
class GatherMemory {
 public:
  // Aligned to 64 bytes, not initialised; 128 bytes behind it may be written.
  std::byte* take(size_t bytes);
  template <class T>
  T* take_of(size_t count) {
    return reinterpret_cast<T*>(take(count * sizeof(T)));
  }
  // What was taken may be taken again.
  void clear();

 private:
  struct Free {
    void operator()(std::byte* memory) const;
  };
  struct Slab {
    std::unique_ptr<std::byte, Free> memory;
    size_t bytes = 0;
  };
  std::vector<Slab> slabs_;
  size_t slab_ = 0;  // where the next piece may be
  size_t used_ = 0;  // of it
};

// Texts of blocks' dictionaries, each once; they must live as long.
class GatheredTexts : public Dictionary {
 public:
  uint32_t add(std::string_view text);  // its code
  void clear();
  uint32_t size() const override;
  std::string_view text(uint32_t code) const override;
  uint32_t find(std::string_view text) const override;

 private:
  std::vector<std::string_view> texts_;
  std::unordered_map<std::string_view, uint32_t> codes_;
};

// Rows that stand together. Runs increase.
struct RowRun {
  uint32_t begin = 0;
  uint32_t count = 0;
};

// Rows of one block's column.
struct ColumnPart {
  ColumnView column;
  std::span<const RowRun> runs = {};
  uint32_t count = 0;  // in the runs
};

// How the values of all of these lie as one column, which has no data yet; its
// least and greatest value are those of the columns. REQUIRES: columns of one
// type, at least one; dictionaries that are store-wide are one.
ColumnView gathered_layout(std::span<const ColumnView> columns);

// Its data: the rows of the parts, one part after the other. `to` lies as
// gathered_layout() says, or wider. What it points to is in `memory`; codes of
// blocks' dictionaries become ones of `texts`, which all columns share that may
// be compared.
void gather_column(std::span<const ColumnPart> parts, GatherMemory& memory,
                   GatheredTexts& texts, ColumnView& to);

// Bits of the rows of the runs, put behind `at` bits of `to`, which are
// cleared from there on. Null: all are set.
void gather_bits(const uint64_t* from, std::span<const RowRun> runs,
                 uint64_t* to, uint64_t at);
// So many zero bits, and some more.
uint64_t* take_bits(GatherMemory& memory, size_t count);

}  // namespace kitle
