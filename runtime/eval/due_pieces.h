// Values that make who has them due: which, in which step of time, and by what.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/eval/extents.h"
#include "runtime/eval/kernels_access.h"
#include "runtime/eval/marked.h"
#include "runtime/time/bounds.h"

namespace kitle {

struct DueSpan {
  Bounds values;
  uint8_t step = 0;
  uint32_t use = 0;  // what the caller knows it by
};

// Immutable, thread-safe.
class DuePieces {
 public:
  struct Entry {
    uint8_t step = 0;
    uint32_t use = 0;
    friend auto operator<=>(const Entry&, const Entry&) = default;
  };

  // `extent`: between which values those of all blocks lie. `scale`: of columns
  // whose values are found without making them.
  DuePieces(std::vector<DueSpan> spans, const Bounds& extent,
            const Scale& scale);
  DuePieces(DuePieces&&) noexcept = default;

  bool empty() const { return marks_.empty(); }
  // Whether a value from `low` to `high` may be due.
  bool meets(int64_t low, int64_t high) const {
    return low <= high && low <= high_ && high >= low_;
  }
  // A bit for each of the values of some places that may be due; so many at
  // once.
  static constexpr uint32_t kMostPlaces = 1024;
  void find(const ColumnView& column, const Places& places,
            uint64_t* out) const;
  // By what, in the order of steps, from one on.
  std::span<const Entry> at(int64_t value, uint8_t step) const;

 private:
  // As pieces are made of it.
  int64_t scaled(int64_t value) const;
  // Calls use(piece) for all of each.
  template <class Use>
  void for_pieces(std::span<const DueSpan> spans, Use use) const;
  void choose_pieces(std::span<const DueSpan> spans);
  void mark(std::span<const DueSpan> spans);
  void cut(std::span<const DueSpan> spans);

  Scale scale_;
  MarkedPieces marked_;  // of scaled values
  bool narrow_ = false;  // these are of 32 bits
  int64_t low_ = 0;      // the smallest and the largest value
  int64_t high_ = 0;
  std::vector<uint64_t> marks_;   // by piece: whether someone may be due
  std::vector<uint32_t> starts_;  // by word of marks, if there is any
  // By pieces of these words: the part in which the piece begins.
  std::vector<uint32_t> parts_;
  // Parts of the range, and where their entries end.
  std::vector<int64_t> cuts_;
  std::vector<uint32_t> ends_;
  std::vector<Entry> entries_;
};

}  // namespace kitle
