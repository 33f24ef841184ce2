// Kernels from a table's events to profiles that work on the chunk's flat
// arrays, profile boundaries aside: counts are differences of ranks (bits of
// the mask below a place), sums are differences of running sums.
#include "runtime/eval/kernels_target.h"
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

// out(row, at(end) - at(begin)); `at` is a running total by place.
template <class At, class Out>
HWY_INLINE void differences(const Spans& spans, size_t rows, At at, Out out) {
  if (!spans.whole()) {
    for (size_t row = 0; row < rows; ++row) {
      out(row, at(spans.end(row)) - at(spans.begin(row)));
    }
    return;
  }
  const uint32_t* HWY_RESTRICT offsets = spans.offsets();
  auto before = at(offsets[0]);
  for (size_t row = 0; row < rows; ++row) {
    const auto here = at(offsets[row + 1]);
    out(row, here - before);
    before = here;
  }
}

// The number of mask bits below a place.
struct Rank {
  const uint64_t* HWY_RESTRICT words;
  const uint32_t* HWY_RESTRICT before;  // by word
  HWY_INLINE uint32_t operator()(uint32_t place) const {
    const uint64_t below = (uint64_t{1} << (place % 64)) - 1;
    return before[place / 64] +
           static_cast<uint32_t>(std::popcount(words[place / 64] & below));
  }
};

// Running popcounts into `work`: one number a word, and one behind.
Rank rank_of(const uint64_t* HWY_RESTRICT words, size_t count,
             std::byte* work) {
  auto* HWY_RESTRICT before = reinterpret_cast<uint32_t*>(work);
  uint32_t sum = 0;
  for (size_t k = 0; k < count; ++k) {
    before[k] = sum;
    sum += static_cast<uint32_t>(std::popcount(words[k]));
  }
  before[count] = sum;
  return {words, before};
}

// out(row, how many events of the mask each profile has).
template <class Out>
HWY_INLINE void count_rows(const KernelContext& context,
                           const Instruction& what, Out out) {
  const Spans spans(context, what);
  const size_t rows = context.view->rows;
  if (what.a == kNone) {
    differences(spans, rows, [](uint32_t place) { return place; }, out);
    return;
  }
  const Places places = places_of(context, what.table);
  differences(
      spans, rows,
      rank_of(bits(context, what.a), places.words(), context.scratch->work),
      out);
}

KITLE_KERNEL(count) {
  int64_t* HWY_RESTRICT out = values<int64_t>(context, what.dst);
  count_rows(context, what,
             [out](size_t row, uint32_t n) { out[row] = int64_t{n}; });
}

KITLE_KERNEL(any) {
  uint64_t* HWY_RESTRICT out = bits(context, what.dst);
  std::memset(out, 0, places_of(context, kProfiles).words() * 8);
  count_rows(context, what, [out](size_t row, uint32_t n) {
    out[row / 64] |= uint64_t{n != 0} << (row % 64);
  });
}

// ---- sums ----

// running[i] = the sum of the values below place i that are in the mask.
void running_sums(const int64_t* data, const uint64_t* mask, size_t count,
                  uint64_t* running) {
  uint64_t sum = 0;
  for (size_t i = 0; i < count; ++i) {
    const uint64_t keep = mask == nullptr || test_bit(mask, i) ? ~0ull : 0;
    const uint64_t value = static_cast<uint64_t>(data[i]) & keep;
    running[i] = sum;
    sum += value;
  }
  running[count] = sum;
}

KITLE_KERNEL(sum) {
  std::byte* work = context.scratch->work;
  const int64_t* data = integer_operand(context, what, what.table, work);
  auto* running = reinterpret_cast<uint64_t*>(work);
  running_sums(data, values_or_null<uint64_t>(context, what.a),
               places_of(context, what.table).count, running);
  int64_t* HWY_RESTRICT out = values<int64_t>(context, what.dst);
  differences(
      Spans(context, what), context.view->rows,
      [running](uint32_t place) { return running[place]; },
      [out](size_t row, uint64_t n) { out[row] = static_cast<int64_t>(n); });
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

void add_vector_event_kernels(KernelTableByOp& table) {
  HWY_DYNAMIC_DISPATCH(add_event_kernels)(table);
}

}  // namespace kitle
#endif
