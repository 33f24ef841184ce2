// Kernel of many questions about sums of one column over windows that reach up
// to now. A window's sum is that of a person's events from one on to the last
// where the window takes this one and not the one before it.
#include "runtime/vector_target.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "runtime/eval/kernels_sum_answers.cc"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <algorithm>

#include "runtime/eval/answers.h"
#include "runtime/eval/kernels_narrow-inl.h"
#include "runtime/eval/kernels_parts.h"
#include "runtime/eval/kernels_turn-inl.h"
#include "runtime/eval/registers.h"

#ifndef KITLE_KERNELS_SUM_ANSWERS_ONCE
#define KITLE_KERNELS_SUM_ANSWERS_ONCE
namespace kitle {

// Views of the kernel's work memory. Of each event of 64 people: the sum of it
// and the person's later ones, and where the rows of its time and of this sum
// begin.
struct SumsWork {
  static constexpr uint64_t kPadding = 64;

  uint64_t* turned;
  int64_t* summed;  // the column, of the chunk
  int64_t* sums;
  uint32_t* by_time;
  uint32_t* by_sum;

  static uint64_t bytes(const AnswersLayout& layout, uint64_t places) {
    return layout.turned_words() * sizeof(uint64_t) +
           (places + kPadding) * 2 * (sizeof(int64_t) + sizeof(uint32_t));
  }
  SumsWork(const AnswersLayout& layout, uint64_t places, std::byte* memory)
      : turned(reinterpret_cast<uint64_t*>(memory)),
        summed(reinterpret_cast<int64_t*>(turned + layout.turned_words())),
        sums(summed + places + kPadding),
        by_time(reinterpret_cast<uint32_t*>(sums + places + kPadding)),
        by_sum(by_time + places + kPadding) {}
};

}  // namespace kitle
#endif  // once

HWY_BEFORE_NAMESPACE();
namespace kitle::HWY_NAMESPACE {

class SumsPass {
 public:
  SumsPass(const KernelContext& context, const Instruction& what,
           const BoundAnswers& answers, const SumsWork& work)
      : layout_(answers.layout()),
        by_time_(answers.by_value().lookup()),
        by_sum_(answers.by_total().lookup()),
        times_(column(context, what.slot2)),
        places_(places_of(context, what.table)),
        offsets_(context.view->tables[what.table].offsets),
        rows_(context.view->rows),
        masks_(values<uint64_t>(context, what.dst)),
        work_(work) {}

  void run() {
    answer_by_groups(layout_, rows_, work_.turned, masks_,
                     [&](uint32_t first, uint64_t* turned) HWY_ATTR {
                       const uint32_t people = std::min(rows_ - first, 64u);
                       find_rows_of({offsets_ + first, people + 1});
                       answer({offsets_ + first, people + 1}, turned);
                     });
  }

 private:
  // Where each person's events begin, and the last one's end.
  using Offsets = std::span<const uint32_t>;

  void find_rows_of(Offsets people) {
    const uint32_t begin = people.front();
    const uint32_t count = people.back() - begin;
    add_up(people);
    find_rows(by_sum_, work_.sums, count, work_.by_sum);
    if (!has_integers(times_)) {
      std::fill_n(work_.by_time, count, AnswersByValue::kNobody);
      return;
    }
    with_integer_type(times_.physical, [&](auto* type) {
      using T = std::remove_cvref_t<decltype(*type)>;
      find_rows(by_time_, stored<T>(times_, places_) + begin, count,
                work_.by_time);
    });
  }

  // Without a branch for whose they are: 0 stands where a person begins.
  void add_up(Offsets people) {
    const uint32_t begin = people.front();
    const uint32_t count = people.back() - begin;
    const int64_t* HWY_RESTRICT summed = work_.summed + begin;
    int64_t* HWY_RESTRICT sums = work_.sums;
    std::fill_n(sums, count, int64_t{-1});
    for (const uint32_t offset : people) sums[offset - begin] = 0;
    int64_t sum = 0;
    int64_t kept = 0;
    for (uint32_t i = count; i-- > 0;) {
      sum = wrap_add(sum & kept, summed[i]);
      kept = sums[i];
      sums[i] = sum;
    }
  }

  void answer(Offsets people, uint64_t* turned) const {
    const auto count = static_cast<uint32_t>(people.size() - 1);
    const PeopleInTurn in_turn(count, [&](uint32_t i) { return people[i]; });
    const FewWords d;
    for (size_t word = 0; word < layout_.words(); word += hn::Lanes(d)) {
      const uint64_t* by_sum = by_sum_.rows + word;
      const auto nothing = hn::Load(d, by_sum + by_sum_.of(0));
      for (uint32_t n = 0; n < count; ++n) {
        const uint32_t person = in_turn[n];
        const uint32_t begin = people[person] - people[0];
        const uint32_t end = people[person + 1] - people[0];
        put_words(d, found(begin, end, word, nothing),
                  turned + word * 64 + person);
      }
    }
  }

  // Some words of the person who has these events. `nothing`: of the questions
  // whose total the sum of no event is.
  HWY_INLINE hn::Vec<FewWords> found(uint32_t begin, uint32_t end, size_t word,
                                     hn::Vec<FewWords> nothing) const {
    const FewWords d;
    auto found = hn::Zero(d);
    auto taken = hn::Zero(d);
    for (uint32_t i = begin; i < end; ++i) {
      const auto next = hn::Load(d, by_time_.rows + word + work_.by_time[i]);
      const auto fit = hn::Load(d, by_sum_.rows + word + work_.by_sum[i]);
      found = hn::Or(found, hn::And(hn::AndNot(taken, next), fit));
      taken = next;
    }
    return hn::Or(found, hn::AndNot(taken, nothing));
  }

  const AnswersLayout& layout_;
  AnswersByValue::Lookup by_time_;
  AnswersByValue::Lookup by_sum_;
  const ColumnView& times_;
  Places places_;
  const uint32_t* offsets_;
  uint32_t rows_;
  uint64_t* masks_;
  const SumsWork& work_;
};

void answer_sums(const KernelContext& context, const Instruction& what,
                 const BoundAnswers& answers, const SumsWork& work) {
  SumsPass(context, what, answers, work).run();
}

}  // namespace kitle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kitle {
namespace {

HWY_EXPORT(answer_sums);

KITLE_KERNEL(sum_answers) {
  const Places places = places_of(context, what.table);
  const BoundAnswers& asked = *bound.answers;
  const SumsWork work(asked.layout(), places.count, context.scratch->work);
  load_column(column(context, what.slot), places, work.summed);
  HWY_DYNAMIC_DISPATCH(answer_sums)(context, what, asked, work);
}

}  // namespace

void add_sum_answers_kernels(KernelTableByOp& table) {
  table[static_cast<size_t>(Op::kSumAnswers)] = sum_answers;
}

uint64_t sum_answers_work_bytes(const AnswersParam& param, uint32_t table,
                                const ChunkLimits& limits) {
  return SumsWork::bytes(AnswersLayout::of(param), places_in(table, limits));
}

}  // namespace kitle
#endif  // HWY_ONCE
