// Kernel of many questions about sums of one column over windows that reach up
// to now. A person's events are passed from the last on: a window's sum is that
// of the events so far where it takes the last one of them and not the next.
#include "runtime/vector_target.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "runtime/eval/kernels_sum_answers.cc"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <algorithm>

#include "runtime/eval/answers.h"
#include "runtime/eval/kernels_parts.h"
#include "runtime/eval/kernels_turn-inl.h"
#include "runtime/eval/registers.h"

HWY_BEFORE_NAMESPACE();
namespace kitle::HWY_NAMESPACE {

// Puts a person's words beside those of the other 63, word by word.
inline void put_person(const AnswersLayout& layout, const uint64_t* person,
                       uint32_t number, uint64_t* turned) {
  const auto put = [&](uint32_t first, uint32_t questions) {
    for (uint32_t word = first; word < first + (questions + 63) / 64; ++word) {
      turned[word * 64 + number] = person[word];
    }
  };
  put(0, layout.any);
  put(layout.any_words(), layout.counted);
}

class SumsPass {
 public:
  SumsPass(const KernelContext& context, const Instruction& what,
           const BoundAnswers& answers, const int64_t* summed, uint64_t* memory)
      : context_(context),
        what_(what),
        layout_(answers.layout()),
        by_time_(answers.by_value().lookup()),
        by_sum_(answers.by_total().lookup()),
        offsets_(context.view->tables[what.table].offsets),
        summed_(summed),
        words_(layout_.words()),
        turned_(memory),
        person_(turned_ + layout_.turned_words()),
        all_(person_ + words_),
        none_(all_ + words_) {
    std::fill_n(all_, words_, ~uint64_t{0});
    std::fill_n(none_, words_, uint64_t{0});
  }

  void run() {
    const ColumnView& times = column(context_, what_.slot2);
    if (!has_integers(times)) {
      return all([](uint32_t) { return int64_t{0}; });
    }
    with_integer_type(times.physical, [&](auto* type) {
      using T = std::remove_cvref_t<decltype(*type)>;
      const T* stored_times =
          stored<T>(times, places_of(context_, what_.table));
      all([stored_times](uint32_t place) {
        return static_cast<int64_t>(stored_times[place]);
      });
    });
  }

 private:
  template <class Time>
  void all(Time time) {
    const uint32_t rows = context_.view->rows;
    answer_by_groups(layout_, rows, turned_,
                     values<uint64_t>(context_, what_.dst),
                     [&](uint32_t first, uint64_t* turned) HWY_ATTR {
                       const uint32_t end = std::min(rows, first + 64);
                       for (uint32_t row = first; row < end; ++row) {
                         person(row, time);
                         put_person(layout_, person_, row - first, turned);
                       }
                     });
  }

  template <class Time>
  HWY_INLINE void person(uint32_t row, Time time) {
    std::fill_n(person_, words_, uint64_t{0});
    const uint64_t* taken = all_;
    int64_t sum = 0;
    for (uint32_t i = offsets_[row + 1]; i-- > offsets_[row];) {
      const uint32_t at = by_time_.of(time(i));
      if (at == AnswersByValue::kNobody) break;
      const uint64_t* next = by_time_.rows + at;
      if (next != taken) add(taken, next, sum);
      taken = next;
      sum = wrap_add(sum, summed_[i]);
    }
    add(taken, none_, sum);
  }

  // The questions whose window ends between the two and whose total the sum is.
  HWY_INLINE void add(const uint64_t* taken, const uint64_t* next,
                      int64_t sum) {
    const uint32_t at = by_sum_.of(sum);
    if (at == AnswersByValue::kNobody) return;
    const uint64_t* fit = by_sum_.rows + at;
    const FewWords d;
    for (size_t word = 0; word < words_; word += hn::Lanes(d)) {
      const auto ended =
          hn::AndNot(hn::LoadU(d, next + word), hn::LoadU(d, taken + word));
      const auto more = hn::And(ended, hn::LoadU(d, fit + word));
      const auto found = hn::Or(hn::LoadU(d, person_ + word), more);
      hn::StoreU(found, d, person_ + word);
    }
  }

  const KernelContext& context_;
  const Instruction& what_;
  const AnswersLayout& layout_;
  AnswersByValue::Lookup by_time_;
  AnswersByValue::Lookup by_sum_;
  const uint32_t* offsets_;
  const int64_t* summed_;
  size_t words_;
  uint64_t* turned_;
  uint64_t* person_;
  uint64_t* all_;
  uint64_t* none_;
};

void answer_sums(const KernelContext& context, const Instruction& what,
                 const BoundAnswers& answers, const int64_t* summed,
                 uint64_t* memory) {
  SumsPass(context, what, answers, summed, memory).run();
}

}  // namespace kitle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kitle {
namespace {

HWY_EXPORT(answer_sums);

// `memory` of a SumsPass.
uint64_t sums_bytes(const AnswersLayout& layout) {
  return (layout.turned_words() + uint64_t{layout.words()} * 3) * 8;
}

KITLE_KERNEL(sum_answers) {
  const Places places = places_of(context, what.table);
  const BoundAnswers& asked = *bound.answers;
  std::byte* work = context.scratch->work;
  auto* summed = reinterpret_cast<int64_t*>(work + sums_bytes(asked.layout()));
  load_column(column(context, what.slot), places, summed);
  HWY_DYNAMIC_DISPATCH(answer_sums)
  (context, what, asked, summed, reinterpret_cast<uint64_t*>(work));
}

}  // namespace

void add_sum_answers_kernels(KernelTableByOp& table) {
  table[static_cast<size_t>(Op::kSumAnswers)] = sum_answers;
}

uint64_t sum_answers_work_bytes(const AnswersParam& param, uint32_t table,
                                const ChunkLimits& limits) {
  return sums_bytes(AnswersLayout::of(param)) +
         (uint64_t{places_in(table, limits)} + 64) * 8;
}

}  // namespace kitle
#endif  // HWY_ONCE
