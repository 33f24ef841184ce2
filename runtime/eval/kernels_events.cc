// Kernels from a table's events to profiles that work on the chunk's flat
// arrays, profile boundaries aside: counts are differences of ranks (bits of
// the mask below a place), sums are differences of running sums.
#include "runtime/vector_target.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "runtime/eval/kernels_events.cc"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <algorithm>
#include <bit>
#include <cstring>

#include "runtime/eval/kernels_parts.h"
#include "runtime/eval/kernels_vector-inl.h"

HWY_BEFORE_NAMESPACE();
namespace kitle::HWY_NAMESPACE {

// Where each profile's events begin and end: offsets, or the positions b and
// c of the instruction.
class Spans {
 public:
  Spans(const KernelContext& context, const Instruction& what)
      : offsets_(context.view->tables[what.table].offsets),
        begins_(values_or_null<int64_t>(context, what.b)),
        ends_(values_or_null<int64_t>(context, what.c)) {}

  bool whole() const { return begins_ == nullptr && ends_ == nullptr; }
  const uint32_t* offsets() const { return offsets_; }
  HWY_INLINE uint32_t begin(size_t row) const {
    return begins_ == nullptr ? offsets_[row]
                              : static_cast<uint32_t>(begins_[row]);
  }
  HWY_INLINE uint32_t end(size_t row) const {
    return ends_ == nullptr ? offsets_[row + 1]
                            : static_cast<uint32_t>(ends_[row]);
  }

 private:
  const uint32_t* offsets_;
  const int64_t* begins_;
  const int64_t* ends_;
};

// out[row] = total[end] - total[begin]; `total` is a running total by place.
void differences(const Spans& spans, size_t rows,
                 const uint64_t* HWY_RESTRICT total,
                 uint64_t* HWY_RESTRICT out) {
  if (!spans.whole()) {
    for (size_t row = 0; row < rows; ++row) {
      out[row] = total[spans.end(row)] - total[spans.begin(row)];
    }
    return;
  }
  const uint32_t* HWY_RESTRICT offsets = spans.offsets();
  uint64_t before = total[offsets[0]];
  for (size_t row = 0; row < rows; ++row) {
    const uint64_t here = total[offsets[row + 1]];
    out[row] = here - before;
    before = here;
  }
}

// ---- counts ----

using Counts = Full<uint64_t>;

// The numbers of mask bits below places, a vector of them at a time.
class Ranks {
 public:
  // Running popcounts by word into `before`, and one behind.
  Ranks(const uint64_t* HWY_RESTRICT words, size_t count,
        uint64_t* HWY_RESTRICT before)
      : words_(words), before_(before) {
    uint64_t sum = 0;
    for (size_t k = 0; k < count; ++k) {
      before[k] = sum;
      sum += static_cast<uint64_t>(std::popcount(words[k]));
    }
    before[count] = sum;
  }

  bool all(size_t count) const { return before_[count] == count * 64; }

  template <class V>
  HWY_INLINE V operator()(V places) const {
    const Counts d;
    const hn::Rebind<int64_t, Counts> index;
    const V one = hn::Set(d, uint64_t{1});
    const auto at = hn::BitCast(index, hn::ShiftRight<6>(places));
    const V word = hn::GatherIndex(d, words_, at);
    const V bit = hn::And(places, hn::Set(d, uint64_t{63}));
    const V below = hn::Sub(hn::Shl(one, bit), one);
    return hn::Add(hn::GatherIndex(d, before_, at),
                   hn::PopulationCount(hn::And(word, below)));
  }

 private:
  const uint64_t* words_;
  const uint64_t* before_;
};

// Without a mask the number of events below a place is the place.
struct AllEvents {
  template <class V>
  HWY_INLINE V operator()(V places) const {
    return places;
  }
};

HWY_INLINE auto load_offsets(const uint32_t* offsets) {
  const Counts d;
  const hn::Rebind<uint32_t, Counts> narrow;
  return hn::PromoteTo(d, hn::LoadU(narrow, offsets));
}

// use(row, counts) for each vector of rows; `ranks` is room for one a row, and
// a vector more.
template <class Rank, class Use>
HWY_INLINE void count_whole(const KernelContext& context, uint32_t table,
                            const Rank& rank, uint64_t* HWY_RESTRICT ranks,
                            Use use) {
  const Counts d;
  const size_t rows = context.view->rows;
  const uint32_t* HWY_RESTRICT offsets = context.view->tables[table].offsets;
  for (size_t row = 0; row <= rows; row += hn::Lanes(d)) {
    hn::StoreU(rank(load_offsets(offsets + row)), d, ranks + row);
  }
  for (size_t row = 0; row < rows; row += hn::Lanes(d)) {
    use(row, hn::Sub(hn::LoadU(d, ranks + row + 1), hn::LoadU(d, ranks + row)));
  }
}

// Positions behind the last row are anything, so they are cut.
template <class Rank, class Use>
HWY_INLINE void count_spans(const KernelContext& context,
                            const Instruction& what, const Rank& rank,
                            Use use) {
  const Counts d;
  const KernelTable& table = context.view->tables[what.table];
  const auto* begins = values_or_null<uint64_t>(context, what.b);
  const auto* ends = values_or_null<uint64_t>(context, what.c);
  const auto most = hn::Set(d, uint64_t{table.end});
  for (size_t row = 0; row < context.view->rows; row += hn::Lanes(d)) {
    const auto begin = begins == nullptr
                           ? load_offsets(table.offsets + row)
                           : hn::Min(hn::LoadU(d, begins + row), most);
    const auto end = ends == nullptr ? load_offsets(table.offsets + row + 1)
                                     : hn::Min(hn::LoadU(d, ends + row), most);
    use(row, hn::Sub(rank(end), rank(begin)));
  }
}

// use(row, how many events of the mask each profile has).
template <class Use>
HWY_INLINE void count_rows(const KernelContext& context,
                           const Instruction& what, Use use) {
  const auto count = [&](const auto& rank, uint64_t* room) {
    const bool whole = what.b == kNone && what.c == kNone;
    if (!whole) return count_spans(context, what, rank, use);
    count_whole(context, what.table, rank, room, use);
  };
  auto* room = reinterpret_cast<uint64_t*>(context.scratch->work);
  if (what.a == kNone) return count(AllEvents(), room);
  const size_t words = places_of(context, what.table).words();
  const Ranks ranks(bits(context, what.a), words, room);
  // Often a property is never missing.
  if (ranks.all(words)) return count(AllEvents(), room);
  count(ranks, room + words + 1);
}

KITLE_KERNEL(count) {
  const Counts d;
  auto* HWY_RESTRICT out = values<uint64_t>(context, what.dst);
  count_rows(context, what, [&](size_t row, auto counts) {
    hn::StoreU(counts, d, out + row);
  });
}

KITLE_KERNEL(any) {
  const Counts d;
  uint64_t* HWY_RESTRICT out = bits(context, what.dst);
  uint64_t word = 0;
  size_t last = 0;
  count_rows(context, what, [&](size_t row, auto counts) {
    if (row / 64 != last) {
      out[last] = word;
      word = 0;
      last = row / 64;
    }
    word |= lane_bits(d, hn::Ne(counts, hn::Zero(d))) << (row % 64);
  });
  out[last] = word;
}

// ---- sums ----

// running[i] = the sum of the values below place i that are in the mask.
template <class Value>
HWY_INLINE void running_sums(Value value, const uint64_t* HWY_RESTRICT mask,
                             size_t count, uint64_t* HWY_RESTRICT running) {
  uint64_t sum = 0;
  for (size_t i = 0; mask == nullptr && i < count; ++i) {
    running[i] = sum;
    sum += value(i);
  }
  for (size_t i = 0; mask != nullptr && i < count; ++i) {
    running[i] = sum;
    sum += value(i) & (0 - (mask[i / 64] >> (i % 64) & 1));
  }
  running[count] = sum;
}

// A column that needs no look at what is missing: that is stored as 0.
bool is_plain(const ColumnView& from) {
  return has_integers(from) && (from.valid == nullptr || from.base == 0);
}

void sum_column(const ColumnView& from, const uint64_t* mask,
                const Places& places, uint64_t* running) {
  const auto base = static_cast<uint64_t>(from.base);
  const auto unit = static_cast<uint64_t>(from.unit);
  with_integer_type(from.physical, [&](auto* type) {
    using T = std::remove_cvref_t<decltype(*type)>;
    const T* HWY_RESTRICT data = stored<T>(from, places);
    const auto logical = [=](size_t i) {
      return base + unit * static_cast<uint64_t>(int64_t{data[i]});
    };
    running_sums(logical, mask, places.count, running);
  });
}

// Running sums of "slot|v".
void sum_operand(const KernelContext& context, const Instruction& what,
                 uint64_t* running) {
  const Places places = places_of(context, what.table);
  const auto* mask = values_or_null<uint64_t>(context, what.a);
  if (what.v == kNone && is_plain(column(context, what.slot))) {
    return sum_column(column(context, what.slot), mask, places, running);
  }
  auto* behind = reinterpret_cast<std::byte*>(running + places.count + 1);
  const int64_t* data = integer_operand(context, what, what.table, behind);
  running_sums([data](size_t i) { return static_cast<uint64_t>(data[i]); },
               mask, places.count, running);
}

KITLE_KERNEL(sum) {
  auto* running = reinterpret_cast<uint64_t*>(context.scratch->work);
  sum_operand(context, what, running);
  differences(Spans(context, what), context.view->rows, running,
              values<uint64_t>(context, what.dst));
}

// ---- offsets ----

void copy_offsets(const uint32_t* HWY_RESTRICT from, const KernelTable& table,
                  uint32_t rows, uint32_t* HWY_RESTRICT to) {
  const uint32_t low = table.base + table.begin;
  const uint32_t high = table.base + table.end;
  for (uint32_t i = 0; i <= rows; ++i) {
    const uint32_t least = from[i] < low ? low : from[i];
    to[i] = (least < high ? least : high) - table.base;
  }
  // A chunk has fewer than 2^31 events: what falls sets the highest bit.
  uint32_t changes = 0;
  for (uint32_t i = 0; i < rows; ++i) changes |= to[i + 1] - to[i];
  for (uint32_t i = 0; changes >> 31 != 0 && i < rows; ++i) {
    to[i + 1] = std::max(to[i], to[i + 1]);
  }
  std::fill_n(to + rows + 1, kOffsetPadding, to[rows]);
}

uint32_t count_bits(const uint64_t* words, size_t count) {
  uint64_t sum = 0;
  for (size_t k = 0; k < count; ++k) {
    sum += static_cast<uint64_t>(std::popcount(words[k]));
  }
  return static_cast<uint32_t>(sum);
}

// ---- first and last ----

// The place of the first bit of begin..end - 1, or -1.
HWY_INLINE int64_t first_place(const uint64_t* words, uint32_t begin,
                               uint32_t end) {
  if (begin >= end) return -1;
  size_t k = begin / 64;
  uint64_t word = words[k] & ~uint64_t{0} << (begin % 64);
  while (word == 0) {
    if (++k * 64 >= end) return -1;
    word = words[k];
  }
  const auto place = static_cast<int64_t>(k * 64) + std::countr_zero(word);
  return place < int64_t{end} ? place : -1;
}

HWY_INLINE int64_t last_place(const uint64_t* words, uint32_t begin,
                              uint32_t end) {
  if (begin >= end) return -1;
  size_t k = (end - 1) / 64;
  uint64_t word = words[k] & ~uint64_t{0} >> (63 - (end - 1) % 64);
  while (word == 0) {
    if (k * 64 <= begin) return -1;
    word = words[--k];
  }
  const auto place = static_cast<int64_t>(k * 64) + 63 - std::countl_zero(word);
  return place >= int64_t{begin} ? place : -1;
}

KITLE_KERNEL(first) {
  const Spans spans(context, what);
  const uint64_t* mask = values_or_null<uint64_t>(context, what.a);
  int64_t* HWY_RESTRICT out = values<int64_t>(context, what.dst);
  for (size_t row = 0; row < context.view->rows; ++row) {
    const uint32_t begin = spans.begin(row);
    const uint32_t end = spans.end(row);
    out[row] = mask != nullptr ? first_place(mask, begin, end)
               : begin < end   ? int64_t{begin}
                               : -1;
  }
}

KITLE_KERNEL(last) {
  const Spans spans(context, what);
  const uint64_t* mask = values_or_null<uint64_t>(context, what.a);
  int64_t* HWY_RESTRICT out = values<int64_t>(context, what.dst);
  for (size_t row = 0; row < context.view->rows; ++row) {
    const uint32_t begin = spans.begin(row);
    const uint32_t end = spans.end(row);
    out[row] = mask != nullptr ? last_place(mask, begin, end)
               : begin < end   ? int64_t{end} - 1
                               : -1;
  }
}

void add_event_kernels(KernelTableByOp& table) {
  const auto at = [&](Op op) -> Kernel& {
    return table[static_cast<size_t>(op)];
  };
  at(Op::kAny) = any;
  at(Op::kCount) = count;
  at(Op::kSumI) = sum;
  at(Op::kFirst) = first;
  at(Op::kLast) = last;
}

}  // namespace kitle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kitle {

HWY_EXPORT(add_event_kernels);
HWY_EXPORT(copy_offsets);
HWY_EXPORT(count_bits);

void add_vector_event_kernels(KernelTableByOp& table) {
  HWY_DYNAMIC_DISPATCH(add_event_kernels)(table);
}

void copy_offsets(const uint32_t* from, const KernelTable& table, uint32_t rows,
                  uint32_t* to) {
  HWY_DYNAMIC_DISPATCH(copy_offsets)(from, table, rows, to);
}

uint32_t count_bits(std::span<const uint64_t> words) {
  return HWY_DYNAMIC_DISPATCH(count_bits)(words.data(), words.size());
}

}  // namespace kitle
#endif
