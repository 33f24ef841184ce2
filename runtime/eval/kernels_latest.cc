// Kernel of many questions whether there is any event with some texts since
// some time, where a column has few texts: of each row by code (answers.h) only
// a person's last event matters.
#include "runtime/vector_target.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "runtime/eval/kernels_latest.cc"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <algorithm>
#include <bit>

#include "runtime/eval/answers.h"
#include "runtime/eval/bit_words.h"
#include "runtime/eval/kernels_narrow-inl.h"
#include "runtime/eval/kernels_parts.h"
#include "runtime/eval/kernels_turn-inl.h"

HWY_BEFORE_NAMESPACE();
namespace kitle::HWY_NAMESPACE {

class LatestPass {
 public:
  LatestPass(const KernelContext& context, const Instruction& what,
             const BoundAnswers& answers, uint64_t* turned)
      : layout_(answers.layout()),
        by_code_(*answers.by_code()),
        by_time_(answers.by_value().lookup()),
        codes_(stored<uint8_t>(column(context, what.slot),
                               places_of(context, what.table))),
        times_(stored<int32_t>(column(context, what.slot2),
                               places_of(context, what.table))),
        offsets_(context.view->tables[what.table].offsets),
        rows_(context.view->rows),
        turned_(turned),
        masks_(values<uint64_t>(context, what.dst)) {}

  void run() {
    answer_by_groups(layout_, rows_, turned_, masks_,
                     [&](uint32_t first, uint64_t* turned) HWY_ATTR {
                       const uint32_t people = std::min(rows_ - first, 64u);
                       find_last(first, people);
                       find_rows();
                       for (uint32_t i = 0; i < people; ++i) put(i, turned);
                     });
  }

 private:
  // Of 64 people, by the row of codes.
  using OfPeople = uint32_t[AnswersByCode::kFewRows][64];

  void find_last(uint32_t first, uint32_t people) {
    std::fill_n(&last_[0][0], rows_by_code() * 64, 0u);
    for (uint32_t i = 0; i < people; ++i) {
      const uint32_t begin = offsets_[first + i];
      for (uint32_t end = offsets_[first + i + 1]; end > begin;) {
        const uint32_t some = std::min(end - begin, 64u);
        end -= some;
        HWY_ALIGN uint8_t numbers[64];
        number(end, numbers);
        for (size_t k = 0; k < rows_by_code(); ++k) {
          const uint64_t found = kitle::low_bits(some) & equal(numbers, k);
          const auto width = static_cast<uint32_t>(std::bit_width(found));
          const bool is_last = last_[k][i] == 0 && width != 0;
          last_[k][i] = is_last ? end + width : last_[k][i];
        }
      }
    }
  }

  size_t rows_by_code() const { return by_code_.few_rows.size(); }

  // The rows of 64 events from `begin` on.
  HWY_INLINE void number(uint32_t begin, uint8_t* HWY_RESTRICT numbers) const {
    const Full<uint8_t> d;
    const uint8_t* const number_of = by_code_.number_of.data();
    const auto most = hn::Set(d, AnswersByCode::kFewCodes - 1);
    for (size_t i = 0; i < 64; i += hn::Lanes(d)) {
      const auto code = hn::Min(hn::LoadU(d, codes_ + begin + i), most);
#if HWY_TARGET == HWY_SCALAR
      const auto found = hn::Set(d, number_of[hn::GetLane(code)]);
#else
      const auto table = hn::LoadDup128(d, number_of);
      const auto found = hn::TableLookupBytes(table, code);
#endif
      hn::Store(found, d, numbers + i);
    }
  }

  static HWY_INLINE uint64_t equal(const uint8_t* numbers, size_t row) {
    const Full<uint8_t> d;
    const auto wanted = hn::Set(d, static_cast<uint8_t>(row));
    return test_word(d, 0, 64, [&](size_t at) HWY_ATTR {
      return hn::Eq(hn::Load(d, numbers + at), wanted);
    });
  }

  // Where the rows of the last events' times begin.
  void find_rows() {
    const NarrowRows of(*by_time_.narrow);
    const NarrowRows::Values d;
    const auto* from = reinterpret_cast<const int32_t*>(&last_[0][0]);
    auto* to = reinterpret_cast<int32_t*>(&at_[0][0]);
    const auto one = hn::Set(d, 1);
    for (size_t i = 0; i < rows_by_code() * 64; i += hn::Lanes(d)) {
      const auto behind = hn::LoadU(d, from + i);
      const auto place = hn::Sub(hn::Max(behind, one), one);
      const auto row = of.find(hn::GatherIndex(d, times_, place));
      const auto there = hn::Gt(behind, hn::Zero(d));
      hn::StoreU(hn::IfThenElseZero(there, row), d, to + i);
    }
  }

  HWY_INLINE void put(uint32_t i, uint64_t* turned) const {
    const FewWords d;
    const size_t words = layout_.any_words();
    for (size_t word = 0; word < words; word += hn::Lanes(d)) {
      const uint64_t* by_code = by_code_.rows.data() + word;
      auto found = hn::Zero(d);
      for (size_t k = 0; k < rows_by_code(); ++k) {
        const auto by_time = hn::Load(d, by_time_.rows + at_[k][i] + word);
        const auto row = hn::Load(d, by_code + by_code_.few_rows[k]);
        found = hn::Or(found, hn::And(row, by_time));
      }
      put_words(d, found, turned + word * 64 + i);
    }
  }

  const AnswersLayout& layout_;
  const AnswersByCode& by_code_;
  AnswersByValue::Lookup by_time_;
  const uint8_t* codes_;
  const int32_t* times_;
  const uint32_t* offsets_;
  uint32_t rows_;
  uint64_t* turned_;
  uint64_t* masks_;
  OfPeople last_;  // one behind the last event; 0: there is none
  OfPeople at_;
};

void answer_by_latest(const KernelContext& context, const Instruction& what,
                      const BoundAnswers& answers, uint64_t* turned) {
  LatestPass(context, what, answers, turned).run();
}

}  // namespace kitle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kitle {
namespace {

HWY_EXPORT(answer_by_latest);

// The largest value as the column stores it.
int64_t largest_stored(const ColumnView& column) {
  return column.min > column.max ? INT64_MIN
                                 : (column.max - column.base) / column.unit;
}

}  // namespace

bool asks_for_latest(const KernelContext& context, const Instruction& what,
                     const BoundAnswers& answers) {
  const AnswersLayout& layout = answers.layout();
  const KernelTable& table = context.view->tables[what.table];
  const bool by_time =
      table.order_starts == nullptr || table.every_row_is_an_order != 0;
  if (what.op != Op::kAnswers || !by_time || layout.counted != 0 ||
      layout.any_words() > AnswersLayout::kWords ||
      answers.by_code()->number_of.empty() ||
      answers.by_value().lookup().narrow == nullptr) {
    return false;
  }
  const ColumnView& times = column(context, what.slot2);
  return column(context, what.slot).physical == Physical::kU8 &&
         times.physical == Physical::kI32 &&
         largest_stored(times) <= answers.by_value().increases_until();
}

void answer_latest(const KernelContext& context, const Instruction& what,
                   const BoundAnswers& answers) {
  HWY_DYNAMIC_DISPATCH(answer_by_latest)
  (context, what, answers, reinterpret_cast<uint64_t*>(context.scratch->work));
}

}  // namespace kitle
#endif  // HWY_ONCE
