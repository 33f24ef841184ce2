// Kernels of many questions about the events of one table (answers.h): one pass
// over the events answers all of them, a person at a time; then the bits of 64
// people are turned, so that each question has its mask.
#include "runtime/vector_target.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "runtime/eval/kernels_answers.cc"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <algorithm>
#include <bit>

#include "runtime/eval/answers.h"
#include "runtime/eval/kernels_alone.h"
#include "runtime/eval/kernels_followed-inl.h"
#include "runtime/eval/kernels_narrow-inl.h"
#include "runtime/eval/kernels_parts.h"
#include "runtime/eval/kernels_turn-inl.h"
#include "runtime/eval/kernels_vector-inl.h"
#include "runtime/eval/registers.h"

#ifndef KITLE_KERNELS_ANSWERS_ONCE
#define KITLE_KERNELS_ANSWERS_ONCE
namespace kitle {

// Views of the kernel's work memory. Of the events of 64 people, in order (of
// kFollowedAnswers, those that a question may take): where their rows by code
// and by value begin. `next`: how many events of the chunk may follow others.
struct AnswersWork {
  static constexpr uint32_t kPadding = 16;  // lanes of a vector

  uint64_t* turned;
  uint32_t* by_code;
  uint32_t* by_value;
  uint32_t* ends;    // by person: behind the last of these events
  int32_t* on_grid;  // of FollowedEvents

  static uint64_t bytes(const AnswersLayout& layout, uint64_t places,
                        uint64_t next) {
    return layout.turned_words() * sizeof(uint64_t) +
           (2 * (places + kPadding) + 64 + next + kPadding) * sizeof(uint32_t);
  }
  AnswersWork(const AnswersLayout& layout, uint64_t places, std::byte* memory)
      : turned(reinterpret_cast<uint64_t*>(memory)),
        by_code(reinterpret_cast<uint32_t*>(turned + layout.turned_words())),
        by_value(by_code + places + kPadding),
        ends(by_value + places + kPadding),
        on_grid(reinterpret_cast<int32_t*>(ends + 64)) {}
};

}  // namespace kitle
#endif  // once

HWY_BEFORE_NAMESPACE();
namespace kitle::HWY_NAMESPACE {

// A vector of words of the layout while the events of a person are passed.
class NoPanel {
 public:
  HWY_INLINE void begin() {}
  HWY_INLINE void take(uint32_t, uint32_t) {}
  HWY_INLINE void end(uint32_t) {}
};

// What all panels read and write, from their first word on.
struct PanelMemory {
  const uint64_t* by_code;
  const uint64_t* by_value;
  uint64_t* turned;

  template <class D>
  HWY_INLINE hn::Vec<D> takers(D d, uint32_t code_row,
                               uint32_t value_row) const {
    return hn::And(hn::Load(d, by_code + code_row),
                   hn::Load(d, by_value + value_row));
  }
  template <class D>
  HWY_INLINE void put(D d, hn::Vec<D> words, uint32_t person) const {
    put_words(d, words, turned + person);
  }
};

template <class D>
class AnyPanel {
 public:
  explicit AnyPanel(const PanelMemory& memory) : memory_(memory) {}
  HWY_INLINE void begin() { found_ = hn::Zero(D()); }
  HWY_INLINE void take(uint32_t code_row, uint32_t value_row) {
    found_ = hn::Or(found_, memory_.takers(D(), code_row, value_row));
  }
  HWY_INLINE void end(uint32_t person) { memory_.put(D(), found_, person); }

 private:
  PanelMemory memory_;
  hn::Vec<D> found_ = hn::Zero(D());
};

template <class D, size_t planes>
class CountPanel {
 public:
  // `counters`: of a person without events, planes that are `stride` apart.
  CountPanel(const PanelMemory& memory, const uint64_t* counters, size_t stride)
      : memory_(memory) {
    for (size_t p = 0; p < planes; ++p) {
      start_[p] = hn::LoadU(D(), counters + p * stride);
    }
  }
  HWY_INLINE void begin() {
    found_ = hn::Zero(D());
    for (size_t p = 0; p < planes; ++p) plane_[p] = start_[p];
  }
  HWY_INLINE void take(uint32_t code_row, uint32_t value_row) {
    auto carry = memory_.takers(D(), code_row, value_row);
    for (size_t p = 0; p < planes; ++p) {
      const auto next = hn::And(plane_[p], carry);
      plane_[p] = hn::Xor(plane_[p], carry);
      carry = next;
    }
    found_ = hn::Or(found_, carry);
  }
  HWY_INLINE void end(uint32_t person) { memory_.put(D(), found_, person); }

 private:
  PanelMemory memory_;
  hn::Vec<D> found_ = hn::Zero(D());
  hn::Vec<D> start_[planes];
  hn::Vec<D> plane_[planes];
};

class AnswersPass {
 public:
  AnswersPass(const KernelContext& context, const Instruction& what,
              const BoundAnswers& answers)
      : context_(context),
        what_(what),
        answers_(answers),
        layout_(answers.layout()),
        by_code_(*answers.by_code()),
        by_value_(answers.by_value().lookup()),
        offsets_(context.view->tables[what.table].offsets),
        work_(layout_, places_of(context, what.table).count,
              context.scratch->work) {}

  void run() {
    const uint32_t rows = context_.view->rows;
    answer_by_groups(layout_, rows, work_.turned,
                     values<uint64_t>(context_, what_.dst),
                     [&](uint32_t row, uint64_t* turned) HWY_ATTR {
                       people_ = std::min(rows - row, 64u);
                       turned_ = turned;
                       find(row);
                       pass();
                     });
  }

 private:
  // Where the rows of the events of 64 people are.
  void find(uint32_t row) {
    begin_ = offsets_[row];
    if (what_.op == Op::kFollowedAnswers) return find_followed(row);
    for (uint32_t i = 0; i < people_; ++i) {
      work_.ends[i] = offsets_[row + i + 1] - begin_;
    }
    end_ = offsets_[row + people_];
    find_rows_by_time();
    find_rows_by_code();
  }

  // use(code): of the events from begin_ on, as they are stored; of so many
  // rows. Without a column all are others.
  template <class Use>
  void with_codes(uint32_t count, Use use) {
    const ColumnView& codes = column(context_, what_.slot);
    if (!has_integers(codes)) {
      std::fill_n(work_.by_code, count, AnswersByCode::kOthers);
      return;
    }
    with_integer_type(codes.physical, [&](auto* type) {
      using T = std::remove_cvref_t<decltype(*type)>;
      use(stored<T>(codes, places_of(context_, what_.table)) + begin_);
    });
  }

  uint32_t row_of(int64_t code) const {
    const auto each = static_cast<uint32_t>(code);
    return by_code_.row_of[each < by_code_.row_of.size() ? each : 0];
  }

  // Of all events.
  void find_rows_by_code() {
    const uint32_t count = end_ - begin_;
    with_codes(count, [&](const auto* code) {
      using T = std::remove_cvref_t<decltype(*code)>;
      if constexpr (std::is_unsigned_v<T> && sizeof(T) < sizeof(uint32_t)) {
        return find_narrow_codes(code, count);
      }
      for (uint32_t i = 0; i < count; ++i) work_.by_code[i] = row_of(code[i]);
    });
  }

  template <class T>
  void find_narrow_codes(const T* HWY_RESTRICT code, uint32_t count) {
    const Full<int32_t> d;
    const hn::Rebind<T, Full<int32_t>> narrow;
    static_assert(hn::MaxLanes(Full<int32_t>()) <= AnswersWork::kPadding);
    const auto* rows = reinterpret_cast<const int32_t*>(by_code_.row_of.data());
    auto* found = reinterpret_cast<int32_t*>(work_.by_code);
    const auto known = hn::Set(d, static_cast<int32_t>(by_code_.row_of.size()));
    for (size_t i = 0; i < count; i += hn::Lanes(d)) {
      const auto each = hn::PromoteTo(d, hn::LoadU(narrow, code + i));
      const auto in = hn::IfThenElseZero(hn::Lt(each, known), each);
      hn::StoreU(hn::GatherIndex(d, rows, in), d, found + i);
    }
  }

  void find_rows_by_time() {
    const ColumnView& times = column(context_, what_.slot2);
    if (!has_integers(times)) {
      std::fill_n(work_.by_value, end_ - begin_, AnswersByValue::kNobody);
      return;
    }
    with_integer_type(times.physical, [&](auto* type) {
      using T = std::remove_cvref_t<decltype(*type)>;
      const T* each = stored<T>(times, places_of(context_, what_.table));
      find_rows(by_value_, each + begin_, end_ - begin_, work_.by_value);
    });
  }

  // Only the events that something follows soon enough for any question.
  void find_followed(uint32_t row) {
    FollowedEvents followed(context_, what_, answers_, work_.on_grid);
    followed.find(row, people_, work_.by_code, work_.by_value, work_.ends);
    const uint32_t count = work_.ends[people_ - 1];
    with_codes(count, [&](const auto* code) {
      for (uint32_t i = 0; i < count; ++i) {
        work_.by_code[i] = row_of(code[work_.by_code[i]]);
      }
    });
  }

  // All vectors of words; where each kind has but one, both in one loop.
  void pass() {
    const uint32_t any = layout_.any_words();
    const uint32_t counted = layout_.counted_words();
    if (any != 0 && any == lanes(any) && counted != 0 &&
        counted == lanes(counted)) {
      return with_any(0, [&](auto some) { pass_counted(some, any); });
    }
    for (uint32_t word = 0; word < any; word += lanes(any)) {
      with_any(word, [&](auto some) { people(some, NoPanel()); });
    }
    for (uint32_t word = 0; word < counted; word += lanes(counted)) {
      pass_counted(NoPanel(), any + word);
    }
  }
  // Of the vectors that so many words are passed by.
  static constexpr uint32_t lanes(uint32_t words) {
    return words == AnswersLayout::kFewWords ? hn::MaxLanes(FewWords())
                                             : hn::MaxLanes(Words());
  }

  PanelMemory memory(size_t word) const {
    return {by_code_.rows.data() + word, by_value_.rows + word,
            turned_ + word * 64};
  }
  template <class Use>
  HWY_INLINE void with_any(uint32_t word, Use use) {
    if (layout_.any_words() == AnswersLayout::kFewWords) {
      return use(AnyPanel<FewWords>(memory(word)));
    }
    use(AnyPanel<Words>(memory(word)));
  }
  template <class AnyOrNone>
  HWY_INLINE void pass_counted(AnyOrNone any, uint32_t word) {
    if (layout_.planes == AnswersLayout::kFewPlanes) {
      return with_planes<AnswersLayout::kFewPlanes>(any, word);
    }
    with_planes<AnswersLayout::kFewPlanes + 1>(any, word);
  }
  template <size_t planes, class AnyOrNone>
  HWY_INLINE void with_planes(AnyOrNone any, uint32_t word) {
    const size_t stride = layout_.counted_words();
    const uint64_t* counters =
        answers_.counters().data() + (word - layout_.any_words());
    if (stride == AnswersLayout::kFewWords) {
      using Panel = CountPanel<FewWords, planes>;
      return people(any, Panel(memory(word), counters, stride));
    }
    people(any, CountPanel<Words, planes>(memory(word), counters, stride));
  }

  template <class AnyOrNone, class Counted>
  HWY_NOINLINE void people(AnyOrNone any, Counted counted) {
    const auto begin_of = [&](uint32_t person) {
      return person == 0 ? 0 : work_.ends[person - 1];
    };
    const PeopleInTurn in_turn(people_, begin_of);
    for (uint32_t n = 0; n < people_; ++n) {
      const uint32_t person = in_turn[n];
      any.begin();
      counted.begin();
      const uint32_t end = work_.ends[person];
      for (uint32_t i = begin_of(person); i < end; ++i) {
        const uint32_t code_row = work_.by_code[i];
        const uint32_t value_row = work_.by_value[i];
        any.take(code_row, value_row);
        counted.take(code_row, value_row);
      }
      any.end(person);
      counted.end(person);
    }
  }

  const KernelContext& context_;
  const Instruction& what_;
  const BoundAnswers& answers_;
  const AnswersLayout& layout_;
  const AnswersByCode& by_code_;
  AnswersByValue::Lookup by_value_;
  const uint32_t* offsets_;
  AnswersWork work_;
  uint64_t* turned_ = nullptr;  // of the group
  uint32_t people_ = 0;
  uint32_t begin_ = 0;  // its events
  uint32_t end_ = 0;
};

void answer_all(const KernelContext& context, const Instruction& what,
                const BoundAnswers& answers) {
  AnswersPass(context, what, answers).run();
}

}  // namespace kitle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kitle {
namespace {

HWY_EXPORT(answer_all);

KITLE_KERNEL(answers) {
  const BoundAnswers& asked = *bound.answers;
  if (asked.by_code() == nullptr) return answer_alone(context, what, asked);
  if (asks_for_latest(context, what, asked)) {
    return answer_latest(context, what, asked);
  }
  HWY_DYNAMIC_DISPATCH(answer_all)(context, what, asked);
}

// Its register is the mask itself.
KITLE_KERNEL(answer) {}

}  // namespace

void add_answers_kernels(KernelTableByOp& table) {
  table[static_cast<size_t>(Op::kAnswers)] = answers;
  table[static_cast<size_t>(Op::kFollowedAnswers)] = answers;
  table[static_cast<size_t>(Op::kAnswer)] = answer;
}

uint64_t answers_work_bytes(const AnswersParam& param, uint32_t table,
                            uint32_t next, const ChunkLimits& limits) {
  const uint64_t following = next == kNone ? 0 : places_in(next, limits);
  return std::max(AnswersWork::bytes(AnswersLayout::of(param),
                                     places_in(table, limits), following),
                  alone_work_bytes(table, limits));
}

}  // namespace kitle
#endif  // HWY_ONCE
