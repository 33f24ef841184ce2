// Kernels from a table's events to profiles that walk the events of one
// profile after the other: sums that must keep the order, smallest and
// largest, distinct values, spans, and values taken at a position.
#include <algorithm>
#include <span>

#include "runtime/eval/kernels_rows.h"
#include "runtime/eval/seen_codes.h"
#include "runtime/eval/value_tallies.h"

namespace kitle {
namespace {

// out[row] = the fold of the row's values: 0 if there is none, else
// join(...join(join(first, second), third)...).
template <class T, class Join>
void fold(const KernelContext& context, const Instruction& what, const T* data,
          Join join) {
  const EventRows rows(context, what);
  T* out = values<T>(context, what.dst);
  for (size_t row = 0; row < rows.rows(); ++row) {
    T result = 0;
    bool any = false;
    rows.each(row, [&](size_t i) {
      result = any ? join(result, data[i]) : data[i];
      any = true;
    });
    out[row] = result;
  }
}

template <class Join>
void fold_integers(const KernelContext& context, const Instruction& what,
                   Join join) {
  fold(context, what,
       integer_operand(context, what, what.table, context.scratch->work), join);
}

template <class Join>
void fold_numbers(const KernelContext& context, const Instruction& what,
                  Join join) {
  fold(context, what,
       number_operand(context, what, what.table, context.scratch->work), join);
}

template <class Join>
void fold_wide(const KernelContext& context, const Instruction& what,
               Join join) {
  fold(context, what, values<const Int128>(context, what.v), join);
}

constexpr auto kSmaller = [](auto a, auto b) { return b < a ? b : a; };
constexpr auto kLarger = [](auto a, auto b) { return a < b ? b : a; };

KITLE_KERNEL(smallest) { fold_integers(context, what, kSmaller); }
KITLE_KERNEL(largest) { fold_integers(context, what, kLarger); }
KITLE_KERNEL(smallest_wide) { fold_wide(context, what, kSmaller); }
KITLE_KERNEL(largest_wide) { fold_wide(context, what, kLarger); }
KITLE_KERNEL(smallest_number) { fold_numbers(context, what, kSmaller); }
KITLE_KERNEL(largest_number) { fold_numbers(context, what, kLarger); }

// ---- sums ----

// From 0, in the order of the events, one addition at a time.
KITLE_KERNEL(sum_number) {
  const double* data =
      number_operand(context, what, what.table, context.scratch->work);
  const EventRows rows(context, what);
  double* out = values<double>(context, what.dst);
  for (size_t row = 0; row < rows.rows(); ++row) {
    double sum = 0;
    rows.each(row, [&](size_t i) { sum += data[i]; });
    out[row] = sum;
  }
}

void sum_of_integers(const KernelContext& context, const Instruction& what) {
  const int64_t* data =
      integer_operand(context, what, what.table, context.scratch->work);
  const EventRows rows(context, what);
  Int128* out = values<Int128>(context, what.dst);
  for (size_t row = 0; row < rows.rows(); ++row) {
    Int128 sum = 0;
    rows.each(row, [&](size_t i) { sum += data[i]; });
    out[row] = sum;
  }
}

// Whether the sum does not fit depends on all values, not on their order: it
// is kept modulo 2^128 with a count of the times it went over either end.
class WideSum {
 public:
  void add(Int128 value) {
    const Int128 before = sum_;
    if (__builtin_add_overflow(before, value, &sum_)) {
      over_ += value < 0 ? -1 : 1;
    }
  }
  bool fits() const { return over_ == 0; }
  Int128 value() const { return fits() ? sum_ : 0; }

 private:
  Int128 sum_ = 0;
  int64_t over_ = 0;
};

void sum_of_wide(const KernelContext& context, const Instruction& what) {
  const Int128* data = values<const Int128>(context, what.v);
  const EventRows rows(context, what);
  Int128* out = values<Int128>(context, what.dst);
  uint64_t* errors = bits(context, what.dst2);
  for (size_t row = 0; row < rows.rows(); ++row) {
    WideSum sum;
    rows.each(row, [&](size_t i) { sum.add(data[i]); });
    out[row] = sum.value();
    set_bit(errors, row, !sum.fits());
  }
}

KITLE_KERNEL(sum_wide) {
  const bool wide = what.v != kNone && context.params->registers[what.v].kind ==
                                           RegisterKind::kI128;
  if (wide) return sum_of_wide(context, what);
  sum_of_integers(context, what);
  if (what.dst2 == kNone) return;
  const size_t rows = context.view->rows;
  for (size_t row = 0; row < rows; ++row) {
    set_bit(bits(context, what.dst2), row, false);
  }
}

// ---- distinct values ----

// The number of different values; sorts them.
int64_t count_sorted(std::span<int64_t> found) {
  std::ranges::sort(found);
  return std::unique(found.begin(), found.end()) - found.begin();
}

// Doubles of a column as integers that are equal where they are: there is no
// -0 and no NaN in a column.
const int64_t* distinct_operand(const KernelContext& context,
                                const Instruction& what, std::byte* work) {
  const bool numbers =
      what.v == kNone && column(context, what.slot).physical == Physical::kF64;
  if (!numbers) return integer_operand(context, what, what.table, work);
  return reinterpret_cast<const int64_t*>(
      number_operand(context, what, what.table, work));
}

// count(row): different values of its events, of people with enough of them.
template <class Count>
void count_each(const KernelContext& context, const Instruction& what,
                const EventRows& rows, Count count) {
  const size_t least = std::max<size_t>(2, static_cast<size_t>(what.imm));
  int64_t* out = values<int64_t>(context, what.dst);
  for (size_t row = 0; row < rows.rows(); ++row) {
    const size_t events = rows.count(row);
    out[row] =
        events < least ? static_cast<int64_t>(events) : int64_t{count(row)};
  }
}

template <class T>
void count_distinct_codes(const KernelContext& context, const Instruction& what,
                          const EventRows& rows, const T* data) {
  SeenCodes seen(context.scratch->work);
  count_each(context, what, rows, [&](size_t row) {
    rows.each(row, [&](size_t i) { seen.add(data[i]); });
    return seen.take();
  });
}

// `found`: room for all values of people with very many events.
template <class T>
void count_distinct(const KernelContext& context, const Instruction& what,
                    const EventRows& rows, const T* data, int64_t* found) {
  ValueTallies tallies(context.scratch->work, rows.most_events());
  count_each(context, what, rows, [&](size_t row) -> int64_t {
    if (rows.events(row) <= ValueTallies::kMostEvents) {
      tallies.next_person();
      rows.each(row,
                [&](size_t i) { tallies.of(static_cast<int64_t>(data[i])); });
      return tallies.count();
    }
    size_t count = 0;
    rows.each(
        row, [&](size_t i) { found[count++] = static_cast<int64_t>(data[i]); });
    return count_sorted({found, count});
  });
}

template <class T>
void count_distinct_stored(const KernelContext& context,
                           const Instruction& what, const EventRows& rows,
                           const T* data, int64_t* found) {
  if constexpr (std::is_unsigned_v<T> && sizeof(T) <= sizeof(uint16_t)) {
    if (rows.rows() >= SeenCodes::kFromRows) {
      return count_distinct_codes(context, what, rows, data);
    }
  }
  count_distinct(context, what, rows, data, found);
}

// Stored values are as many as values, unless what is missing, which is stored
// as 0, is another value than 0.
bool is_plain(const ColumnView& from) {
  return has_integers(from) && (from.valid == nullptr || from.base == 0);
}

KITLE_KERNEL(distinct) {
  const EventRows rows(context, what);
  const Places places = places_of(context, what.table);
  std::byte* behind =
      context.scratch->work + ValueTallies::bytes(rows.most_events());
  auto* found = reinterpret_cast<int64_t*>(behind) + places.count;
  if (what.v == kNone && is_plain(column(context, what.slot))) {
    const ColumnView& from = column(context, what.slot);
    return with_integer_type(from.physical, [&](auto* type) {
      using T = std::remove_cvref_t<decltype(*type)>;
      count_distinct_stored(context, what, rows, stored<T>(from, places),
                            found);
    });
  }
  count_distinct(context, what, rows, distinct_operand(context, what, behind),
                 found);
}

// ---- spans of time ----

// The stored time of a place as an instant.
template <class T>
struct Times {
  const T* data;
  int64_t base;
  int64_t unit;
  int64_t operator[](size_t i) const { return base + unit * data[i]; }
};

// The first place of begin..end - 1 that does not come `before`; `end` if
// there is none.
template <class T, class Before>
size_t partition_place(const Times<T>& times, size_t begin, size_t end,
                       Before before) {
  while (begin < end) {
    const size_t middle = begin + (end - begin) / 2;
    if (before(times[middle])) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  return begin;
}

template <class T>
void find_spans(const KernelContext& context, const Instruction& what,
                const Times<T>& times) {
  const uint32_t* offsets = context.view->tables[what.table].offsets;
  const int64_t* lows = values_or_null<int64_t>(context, what.a);
  const int64_t* highs = values_or_null<int64_t>(context, what.b);
  const uint64_t* guard = values_or_null<uint64_t>(context, what.c);
  int64_t* begins = values<int64_t>(context, what.dst);
  int64_t* ends = values<int64_t>(context, what.dst2);
  for (size_t row = 0; row < context.view->rows; ++row) {
    size_t begin = offsets[row];
    size_t end = std::max(offsets[row + 1], offsets[row]);
    if (guard != nullptr && !test_bit(guard, row)) end = begin;
    if (lows != nullptr) {
      begin = partition_place(times, begin, end,
                              [&](int64_t t) { return t < lows[row]; });
    }
    if (highs != nullptr) {
      end = partition_place(times, begin, end,
                            [&](int64_t t) { return t <= highs[row]; });
    }
    begins[row] = static_cast<int64_t>(begin);
    ends[row] = static_cast<int64_t>(end);
  }
}

KITLE_KERNEL(span) {
  const ColumnView& time = *context.view->tables[what.table].time;
  const Places places = places_of(context, what.table);
  if (!has_integers(time)) {  // no events at all
    return find_spans(context, what, Times<int64_t>{nullptr, 0, 1});
  }
  with_integer_type(time.physical, [&](auto* type) {
    using T = std::remove_cvref_t<decltype(*type)>;
    find_spans(context, what,
               Times<T>{stored<T>(time, places), time.base, time.unit});
  });
}

// ---- taking a value ----

template <class T, class Value>
void take(const KernelContext& context, const Instruction& what, Value value) {
  const int64_t* at = values<int64_t>(context, what.a);
  T* out = values<T>(context, what.dst);
  for (size_t row = 0; row < context.view->rows; ++row) {
    out[row] = at[row] < 0 ? T{0} : value(static_cast<size_t>(at[row]));
  }
}

void take_column(const KernelContext& context, const Instruction& what) {
  const ColumnView& from = column(context, what.slot);
  const Places places = places_of(context, what.table);
  if (!has_integers(from)) {
    return take<int64_t>(context, what, [](size_t) { return int64_t{0}; });
  }
  with_integer_type(from.physical, [&](auto* type) {
    using T = std::remove_cvref_t<decltype(*type)>;
    const T* data = stored<T>(from, places);
    take<int64_t>(context, what, [&](size_t i) {
      const bool missing =
          from.valid != nullptr && !test_bit(from.valid + places.first / 64, i);
      return missing
                 ? 0
                 : wrap_add(from.base,
                            wrap_mul(from.unit, static_cast<int64_t>(data[i])));
    });
  });
}

KITLE_KERNEL(take_integer) {
  if (what.v == kNone) return take_column(context, what);
  const int64_t* data = values<int64_t>(context, what.v);
  take<int64_t>(context, what, [data](size_t i) { return data[i]; });
}
KITLE_KERNEL(take_wide) {
  const Int128* data = values<Int128>(context, what.v);
  take<Int128>(context, what, [data](size_t i) { return data[i]; });
}
KITLE_KERNEL(take_number) {
  const double* data =
      number_operand(context, what, what.table, context.scratch->work);
  take<double>(context, what, [data](size_t i) { return data[i]; });
}

KITLE_KERNEL(take_bits) {
  const int64_t* at = values<int64_t>(context, what.a);
  const uint64_t* from = bits(context, what.b);
  uint64_t* out = bits(context, what.dst);
  for (size_t row = 0; row < context.view->rows; ++row) {
    const bool bit =
        at[row] >= 0 && test_bit(from, static_cast<size_t>(at[row]));
    set_bit(out, row, bit);
  }
}

}  // namespace

void add_fold_kernels(KernelTableByOp& table) {
  const auto at = [&](Op op) -> Kernel& {
    return table[static_cast<size_t>(op)];
  };
  at(Op::kSumW) = sum_wide;
  at(Op::kSumF) = sum_number;
  at(Op::kMinI) = smallest;
  at(Op::kMaxI) = largest;
  at(Op::kMinW) = smallest_wide;
  at(Op::kMaxW) = largest_wide;
  at(Op::kMinF) = smallest_number;
  at(Op::kMaxF) = largest_number;
  at(Op::kDistinct) = distinct;
  at(Op::kSpan) = span;
  at(Op::kTakeI) = take_integer;
  at(Op::kTakeW) = take_wide;
  at(Op::kTakeF) = take_number;
  at(Op::kTakeBits) = take_bits;
}

}  // namespace kitle
