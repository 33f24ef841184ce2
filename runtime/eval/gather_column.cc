#include "runtime/eval/gather_column.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>
#include <string_view>
#include <utility>

#include "runtime/eval/bit_words.h"
#include "runtime/store/layout.h"
#include "runtime/wide.h"
#include "runtime/window.h"

namespace kitle {
namespace {

constexpr size_t kAlign = 64;
constexpr size_t kReadBehind = 128;
constexpr size_t kSlab = size_t{1} << 20;
constexpr uint32_t kNoElements[1] = {};

bool is_empty(const ColumnView& column) {
  return column.physical == Physical::kAbsent || column.min > column.max;
}

bool lie_alike(const ColumnView& a, const ColumnView& b) {
  return a.physical == b.physical && a.base == b.base && a.unit == b.unit;
}

Bounds stored_bounds(Physical physical) {
  switch (physical) {
    case Physical::kI16:
      return {std::numeric_limits<int16_t>::min(),
              std::numeric_limits<int16_t>::max()};
    case Physical::kI32:
      return {std::numeric_limits<int32_t>::min(),
              std::numeric_limits<int32_t>::max()};
    default:
      return {std::numeric_limits<int64_t>::min(),
              std::numeric_limits<int64_t>::max()};
  }
}

// Whether the values of a column can lie as those of the other.
bool holds(const ColumnView& lies, const ColumnView& column) {
  if (lie_alike(lies, column)) return true;
  const Int128 distance = Int128{column.base} - lies.base;
  if (distance % lies.unit != 0 || column.unit % lies.unit != 0) return false;
  const Bounds bounds = stored_bounds(lies.physical);
  return (Int128{column.min} - lies.base) / lies.unit >= bounds.low &&
         (Int128{column.max} - lies.base) / lies.unit <= bounds.high;
}

// Those of integers: missing values lie as any others.
ColumnView integral_layout(std::span<const ColumnView> columns) {
  for (const ColumnView& lies : columns) {
    if (is_empty(lies)) continue;
    const bool fits = std::ranges::all_of(columns, [&](const auto& column) {
      return is_empty(column) || holds(lies, column);
    });
    if (fits) return lies;
  }
  const auto present = std::ranges::find_if(columns, [](const auto& column) {
    return column.physical != Physical::kAbsent;
  });
  ColumnView made = present == columns.end() ? columns.front() : *present;
  const bool any = !std::ranges::all_of(columns, is_empty);
  if (!any) return made;
  made.physical = Physical::kI64;
  made.base = 0;
  made.unit = 1;
  return made;
}

// Codes and the like: the widest.
ColumnView coded_layout(std::span<const ColumnView> columns) {
  ColumnView made = columns.front();
  for (const ColumnView& column : columns) {
    if (column.physical == Physical::kAbsent) continue;
    const bool first = made.physical == Physical::kAbsent;
    if (first || width_of(column.physical) > width_of(made.physical)) {
      made = column;
    }
  }
  const auto is_of_block = [](const ColumnView& column) {
    return column.dictionary != nullptr && !column.store_wide;
  };
  const bool of_blocks = std::ranges::any_of(columns, is_of_block);
  if (of_blocks && !is_list(made.type)) made.physical = Physical::kU32;
  made.store_wide = made.store_wide && !of_blocks;
  return made;
}

// ---- values ----

// 64 bytes at once, also such as are behind a run: most runs are shorter.
template <class T>
T* copy_runs(const T* from, std::span<const RowRun> runs, T* to) {
  constexpr size_t kAtOnce = 64 / sizeof(T);
  constexpr size_t kAhead = 16;
  for (const RowRun& run : runs) {
    if (&run + kAhead < runs.data() + runs.size()) {
      __builtin_prefetch(from + (&run)[kAhead].begin);
    }
    for (size_t i = 0; i < run.count; i += kAtOnce) {
      std::memcpy(to + i, from + run.begin + i, 64);
    }
    to += run.count;
  }
  return to;
}

// Calls use(T()) for how the column's values lie.
template <class Use>
void with_stored(Physical physical, Use&& use) {
  switch (physical) {
    case Physical::kU8:
      return use(uint8_t{});
    case Physical::kU16:
      return use(uint16_t{});
    case Physical::kU32:
    case Physical::kList:
      return use(uint32_t{});
    case Physical::kI16:
      return use(int16_t{});
    case Physical::kI32:
      return use(int32_t{});
    case Physical::kI64:
    case Physical::kF64:
      return use(int64_t{});
    case Physical::kAbsent:
      return;
  }
}

// Each value by itself: change(stored, row).
template <class From, class To, class Change>
void change_runs(const void* data, std::span<const RowRun> runs,
                 Change&& change, To* to) {
  const From* const from = static_cast<const From*>(data);
  for (const RowRun& run : runs) {
    for (uint32_t row = run.begin; row < run.begin + run.count; ++row) {
      *to++ = static_cast<To>(change(from[row], row));
    }
  }
}

bool is_valid(const ColumnView& column, uint32_t row) {
  return column.valid == nullptr ||
         (column.valid[row / 64] >> (row % 64) & 1) != 0;
}

// Integers that lie otherwise; a missing one is stored as 0.
template <class To>
void move_integers(const ColumnPart& part, const ColumnView& lies, To* to) {
  const ColumnView& column = part.column;
  with_stored(column.physical, [&](auto stored) {
    using From = decltype(stored);
    const auto moved = [&](From value, uint32_t row) -> int64_t {
      if (!is_valid(column, row)) return 0;
      const Int128 logical =
          column.base + Int128{column.unit} * static_cast<int64_t>(value);
      return static_cast<int64_t>((logical - lies.base) / lies.unit);
    };
    change_runs<From>(column.data, part.runs, moved, to);
  });
}

// By code of a block's dictionary the code here, as they are met.
class CodesOf {
 public:
  CodesOf(const Dictionary& from, GatheredTexts& to)
      : from_(from), to_(to), codes_(size_t{from.size()} + 1) {}
  uint32_t operator()(uint32_t code) {
    if (code == 0 || code >= codes_.size()) return 0;
    if (codes_[code] == 0) codes_[code] = to_.add(from_.text(code));
    return codes_[code];
  }

 private:
  const Dictionary& from_;
  GatheredTexts& to_;
  std::vector<uint32_t> codes_;
};

template <class To>
void move_codes(const ColumnPart& part, GatheredTexts* texts, To* to) {
  const ColumnView& column = part.column;
  with_stored(column.physical, [&](auto stored) {
    using From = decltype(stored);
    if (texts == nullptr || column.dictionary == nullptr) {
      const auto same = [](From code, uint32_t) { return code; };
      return change_runs<From>(column.data, part.runs, same, to);
    }
    CodesOf codes(*column.dictionary, *texts);
    const auto moved = [&](From code, uint32_t) {
      return codes(static_cast<uint32_t>(code));
    };
    change_runs<From>(column.data, part.runs, moved, to);
  });
}

class ColumnGatherer {
 public:
  ColumnGatherer(std::span<const ColumnPart> parts, GatherMemory& memory,
                 GatheredTexts& texts, ColumnView& to)
      : parts_(parts), memory_(memory), to_(to) {
    for (const ColumnPart& part : parts) rows_ += part.count;
    if (has_own_texts()) texts_ = &texts;
  }

  void run() {
    to_.data = nullptr;
    to_.offsets = nullptr;
    to_.valid = nullptr;
    if (to_.physical == Physical::kAbsent) return;
    gather_valid();
    if (to_.physical == Physical::kList) {
      gather_lists();
    } else {
      to_.data = values(parts_, rows_);
    }
    if (texts_ != nullptr) to_.dictionary = texts_;
  }

 private:
  bool has_own_texts() const {
    return !to_.store_wide &&
           std::ranges::any_of(parts_, [](const ColumnPart& part) {
             return part.column.dictionary != nullptr;
           });
  }

  // A code of 0 is missing, a list that is empty need not be.
  void gather_valid() {
    if (is_text_like(to_.type)) return;
    const auto all = [](const ColumnPart& part) {
      return part.column.physical != Physical::kAbsent &&
             part.column.valid == nullptr;
    };
    if (std::ranges::all_of(parts_, all)) return;
    uint64_t* const bits = take_bits(memory_, rows_);
    uint64_t at = 0;
    for (const ColumnPart& part : parts_) {
      if (part.column.physical != Physical::kAbsent) {
        gather_bits(part.column.valid, part.runs, bits, at);
      }
      at += part.count;
    }
    to_.valid = bits;
  }

  const void* values(std::span<const ColumnPart> parts, size_t rows) {
    const void* made = nullptr;
    with_stored(to_.physical, [&](auto stored) {
      using To = decltype(stored);
      To* const data = memory_.take_of<To>(rows);
      To* next = data;
      for (const ColumnPart& part : parts) {
        copy_part(part, next);
        next += part.count;
      }
      made = data;
    });
    return made;
  }

  template <class To>
  void copy_part(const ColumnPart& part, To* to) {
    const ColumnView& column = part.column;
    if (column.physical == Physical::kAbsent) {
      std::fill_n(to, part.count, To{0});
    } else if (texts_ == nullptr && lie_alike(column, to_)) {
      copy_runs(static_cast<const To*>(column.data), part.runs, to);
    } else if (is_integral(to_.type)) {
      move_integers(part, to_, to);
    } else {
      move_codes(part, texts_, to);
    }
  }

  void gather_lists() {
    auto* const offsets = memory_.take_of<uint32_t>(rows_ + size_t{1});
    std::vector<std::vector<RowRun>> runs(parts_.size());
    std::vector<ColumnPart> elements;
    uint32_t* next = offsets;
    uint32_t total = 0;
    for (size_t i = 0; i < parts_.size(); ++i) {
      const uint32_t before = total;
      next = add_lists(parts_[i], next, total, runs[i]);
      elements.push_back({.column = parts_[i].column,
                          .runs = runs[i],
                          .count = total - before});
    }
    *next = total;
    to_.elements = total;
    to_.offsets = offsets;
    to_.data = values(elements, total);
  }

  // Offsets in a mapping may change under us, so they are clamped, each to the
  // one before as well: together there are no more than the column has.
  static uint32_t* add_lists(const ColumnPart& part, uint32_t* offsets,
                             uint32_t& total, std::vector<RowRun>& elements) {
    const ColumnView& column = part.column;
    if (column.physical == Physical::kAbsent) {
      return std::fill_n(offsets, part.count, total);
    }
    const uint32_t all = column.elements;
    uint32_t end = 0;
    for (const RowRun& run : part.runs) {
      for (uint32_t row = run.begin; row < run.begin + run.count; ++row) {
        const uint32_t begin = std::clamp(column.offsets[row], end, all);
        end = std::clamp(column.offsets[row + 1], begin, all);
        *offsets++ = total;
        total += end - begin;
        if (begin < end) elements.push_back({begin, end - begin});
      }
    }
    return offsets;
  }

  std::span<const ColumnPart> parts_;
  GatherMemory& memory_;
  ColumnView& to_;
  size_t rows_ = 0;
  GatheredTexts* texts_ = nullptr;  // where codes are of blocks
};

}  // namespace

// ---- memory ----

void GatherMemory::Free::operator()(std::byte* memory) const {
  ::operator delete(memory, std::align_val_t(kAlign));
}

std::byte* GatherMemory::take(size_t bytes) {
  const size_t needed = (bytes + kReadBehind + kAlign - 1) / kAlign * kAlign;
  while (slab_ < slabs_.size() && used_ + needed > slabs_[slab_].bytes) {
    ++slab_;
    used_ = 0;
  }
  if (slab_ == slabs_.size()) {
    const size_t size = std::max(kSlab, needed);
    void* made = ::operator new(size, std::align_val_t(kAlign));
    slabs_.push_back(
        {std::unique_ptr<std::byte, Free>(static_cast<std::byte*>(made)),
         size});
    used_ = 0;
  }
  std::byte* const piece = slabs_[slab_].memory.get() + used_;
  used_ += needed;
  return piece;
}

void GatherMemory::clear() {
  slab_ = 0;
  used_ = 0;
}

// ---- texts ----

uint32_t GatheredTexts::add(std::string_view text) {
  const auto [place, added] = codes_.try_emplace(text, size() + 1);
  if (added) texts_.push_back(text);
  return place->second;
}

uint32_t GatheredTexts::size() const {
  return static_cast<uint32_t>(texts_.size());
}

std::string_view GatheredTexts::text(uint32_t code) const {
  const bool has = code != 0 && code <= texts_.size();
  return has ? texts_[code - 1] : std::string_view();
}

uint32_t GatheredTexts::find(std::string_view text) const {
  const auto found = codes_.find(text);
  return found == codes_.end() ? 0 : found->second;
}

void GatheredTexts::clear() {
  texts_.clear();
  codes_.clear();
}

// ---- columns ----

ColumnView gathered_layout(std::span<const ColumnView> columns) {
  ColumnView made = is_integral(columns.front().type) ? integral_layout(columns)
                                                      : coded_layout(columns);
  made.min = std::numeric_limits<int64_t>::max();
  made.max = std::numeric_limits<int64_t>::min();
  for (const ColumnView& column : columns) {
    if (column.min > column.max) continue;
    made.min = std::min(made.min, column.min);
    made.max = std::max(made.max, column.max);
  }
  if (made.min > made.max) {
    made.min = 0;
    made.max = -1;
  }
  made.data = nullptr;
  made.valid = nullptr;
  made.offsets = kNoElements;
  made.elements = 0;
  return made;
}

void gather_column(std::span<const ColumnPart> parts, GatherMemory& memory,
                   GatheredTexts& texts, ColumnView& to) {
  ColumnGatherer(parts, memory, texts, to).run();
}

uint64_t* take_bits(GatherMemory& memory, size_t count) {
  const size_t words = count / 64 + 2;
  auto* const bits = memory.take_of<uint64_t>(words);
  std::fill_n(bits, words, uint64_t{0});
  return bits;
}

void gather_bits(const uint64_t* from, std::span<const RowRun> runs,
                 uint64_t* to, uint64_t at) {
  for (const RowRun& run : runs) {
    for (uint32_t i = 0; i < run.count; i += 64) {
      const uint32_t some = std::min(64u, run.count - i);
      const uint64_t bits = from == nullptr
                                ? ~uint64_t{0}
                                : get_bits(from, uint64_t{run.begin} + i, some);
      put_bits(to, at, some, bits);
      at += some;
    }
  }
}

}  // namespace kitle
