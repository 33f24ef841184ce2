// Kernel of how many events there were lately: whether there were at least n is
// told by the n-th from the end. Its time is looked up once for all questions
// with that n.
#include "runtime/vector_target.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "runtime/eval/kernels_nth.cc"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <algorithm>

#include "runtime/eval/answers.h"
#include "runtime/eval/kernels_parts.h"
#include "runtime/eval/kernels_vector-inl.h"

HWY_BEFORE_NAMESPACE();
namespace kitle::HWY_NAMESPACE {

// The time of each row's n-th event from the end, and bits of the rows that
// have one. Of other rows any time is given.
void nth_times(const KernelTable& table, uint32_t rows, uint32_t n,
               const int32_t* HWY_RESTRICT times, int32_t* HWY_RESTRICT out,
               uint64_t* HWY_RESTRICT has) {
  const Full<int32_t> d;
  const auto many = hn::Set(d, static_cast<int32_t>(n));
  const auto first = hn::Set(d, static_cast<int32_t>(table.offsets[0]));
  const auto* offsets = reinterpret_cast<const int32_t*>(table.offsets);
  test_places<kOutside>(d, rows, has, [&](size_t row) HWY_ATTR {
    const auto begin = hn::LoadU(d, offsets + row);
    const auto end = hn::LoadU(d, offsets + row + 1);
    const auto fewer = hn::Gt(many, hn::Sub(end, begin));
    const auto place = hn::IfThenElse(fewer, first, hn::Sub(end, many));
    hn::StoreU(hn::GatherIndex(d, times, place), d, out + row);
    return fewer;
  });
}

template <class T>
HWY_INLINE void rows_within(const T* HWY_RESTRICT times, const uint64_t* has,
                            uint32_t rows, const BoundRange& range,
                            uint64_t* HWY_RESTRICT out) {
  range_bits(times, rows, static_cast<T>(range.low), static_cast<T>(range.high),
             out);
  for (size_t word = 0; word < (size_t{rows} + 63) / 64; ++word) {
    out[word] &= has[word];
  }
}

void rows_within32(const int32_t* times, const uint64_t* has, uint32_t rows,
                   const BoundRange& range, uint64_t* out) {
  rows_within(times, has, rows, range, out);
}
void rows_within64(const int64_t* times, const uint64_t* has, uint32_t rows,
                   const BoundRange& range, uint64_t* out) {
  rows_within(times, has, rows, range, out);
}

}  // namespace kitle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kitle {
namespace {

HWY_EXPORT(nth_times);
HWY_EXPORT(rows_within32);
HWY_EXPORT(rows_within64);

// The times are in work memory: of 32 bits where the column's are, else of 64.
class NthAnswers {
 public:
  NthAnswers(const KernelContext& context, const Instruction& what)
      : table_(context.view->tables[what.table]),
        time_(column(context, what.slot2)),
        places_(places_of(context, what.table)),
        rows_(context.view->rows),
        words_((size_t{rows_} + 63) / 64),
        out_(values<uint64_t>(context, what.dst)),
        has_(reinterpret_cast<uint64_t*>(context.scratch->work)),
        times_(context.scratch->work + (words_ + 15) / 8 * 64) {}

  void run(const std::vector<AnswersAsked>& asked) {
    uint32_t n = 0;
    for (const AnswersAsked& question : asked) {
      if (question.least != n) look_up(n = question.least);
      answer(question.range);
      out_ += words_;
    }
  }

 private:
  bool is_narrow() const { return time_.physical == Physical::kI32; }

  void look_up(uint32_t n) {
    if (is_narrow()) {
      return HWY_DYNAMIC_DISPATCH(nth_times)(
          table_, rows_, n, stored<int32_t>(time_, places_),
          reinterpret_cast<int32_t*>(times_), has_);
    }
    std::fill_n(has_, words_, uint64_t{0});
    if (!has_integers(time_)) return;
    with_integer_type(time_.physical, [&](auto* type) {
      using T = std::remove_cvref_t<decltype(*type)>;
      each_row(n, stored<T>(time_, places_));
    });
  }

  template <class T>
  void each_row(uint32_t n, const T* times) {
    auto* out = reinterpret_cast<int64_t*>(times_);
    for (uint32_t row = 0; row < rows_; ++row) {
      const uint32_t end = table_.offsets[row + 1];
      const bool some = end - table_.offsets[row] >= n;
      out[row] = some ? static_cast<int64_t>(times[end - n]) : 0;
      has_[row / 64] |= uint64_t{some} << (row % 64);
    }
  }

  void answer(const BoundRange& range) {
    if (range.form == BoundRange::Form::kNever) {
      std::fill_n(out_, words_, uint64_t{0});
    } else if (range.form == BoundRange::Form::kPresent) {
      std::copy_n(has_, words_, out_);
    } else if (is_narrow()) {
      HWY_DYNAMIC_DISPATCH(rows_within32)
      (reinterpret_cast<const int32_t*>(times_), has_, rows_, range, out_);
    } else {
      HWY_DYNAMIC_DISPATCH(rows_within64)
      (reinterpret_cast<const int64_t*>(times_), has_, rows_, range, out_);
    }
  }

  const KernelTable& table_;
  const ColumnView& time_;
  Places places_;
  uint32_t rows_;
  size_t words_;
  uint64_t* out_;
  uint64_t* has_;
  std::byte* times_;
};

KITLE_KERNEL(nth_answers) {
  NthAnswers(context, what).run(bound.answers->asked());
}

}  // namespace

void add_nth_kernels(KernelTableByOp& table) {
  table[static_cast<size_t>(Op::kNthAnswers)] = nth_answers;
}

uint64_t nth_work_bytes(const ChunkLimits& limits) {
  return (uint64_t{limits.rows} / 64 + 16) * 8 + (limits.rows + 64) * 8;
}

}  // namespace kitle
#endif  // HWY_ONCE
