// Kernels of many questions about the events of one table (answers.h): one pass
// over the events answers all of them, a person at a time; then the bits of 64
// people are turned, so that each question has its mask.
#include "runtime/eval/kernels_target.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "runtime/eval/kernels_answers.cc"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <algorithm>
#include <array>

#include "runtime/eval/answers.h"
#include "runtime/eval/kernels_parts.h"
#include "runtime/eval/kernels_turn-inl.h"
#include "runtime/eval/registers.h"

#ifndef KITLE_KERNELS_ANSWERS_ONCE
#define KITLE_KERNELS_ANSWERS_ONCE
namespace kitle {

// Events whose rows by value are found at a time.
inline constexpr uint32_t kFoundEvents = 2048;
inline constexpr uint32_t kFoundPadding = 16;  // lanes of a vector

// Views of the kernel's work memory.
struct AnswersWork {
  uint64_t* turned;  // by word of the layout: 64 people
  uint64_t* person;  // the words of one
  uint64_t* counters;
  uint32_t* found;  // by event: where its row by value begins

  static uint64_t bytes(const AnswersLayout& layout) {
    const uint64_t words = uint64_t{layout.words()} * 65 +
                           uint64_t{layout.planes} * layout.counted_words();
    return words * 8 + (kFoundEvents + kFoundPadding) * sizeof(uint32_t);
  }
  AnswersWork(const AnswersLayout& layout, std::byte* memory)
      : turned(reinterpret_cast<uint64_t*>(memory)),
        person(turned + size_t{layout.words()} * 64),
        counters(person + layout.words()),
        found(reinterpret_cast<uint32_t*>(
            counters + size_t{layout.planes} * layout.counted_words())) {}
};

}  // namespace kitle
#endif  // once

HWY_BEFORE_NAMESPACE();
namespace kitle::HWY_NAMESPACE {

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
        work_(layout_, context.scratch->work) {}

  void run() {
    const ColumnView& codes = column(context_, what_.slot);
    if (!has_integers(codes)) return all([](uint32_t) { return 0u; });
    with_integer_type(codes.physical, [&](auto* type) {
      using T = std::remove_cvref_t<decltype(*type)>;
      const T* stored_codes =
          stored<T>(codes, places_of(context_, what_.table));
      all([stored_codes](uint32_t place) {
        return static_cast<uint32_t>(stored_codes[place]);
      });
    });
  }

 private:
  template <class Code>
  void all(Code code) {
    const uint32_t rows = context_.view->rows;
    const size_t groups = (size_t{rows} + 63) / 64;
    auto* masks = values<uint64_t>(context_, what_.dst);
    for (uint32_t row = 0; row < rows; row += 64) {
      people(row, std::min(rows, row + 64), code);
      give_answers(layout_, work_.turned, row / 64, groups, masks);
    }
  }

  template <class Code>
  HWY_INLINE void people(uint32_t first, uint32_t end, Code code) {
    uint32_t at = offsets_[first];
    begin_ = end_ = at;
    for (uint32_t row = first; row < end; ++row) {
      const uint32_t stop = offsets_[row + 1];
      std::fill_n(work_.person, layout_.words(), uint64_t{0});
      if (layout_.counted != 0) {
        std::ranges::copy(answers_.counters(), work_.counters);
      }
      while (at < stop) {
        if (at == end_) find(offsets_[end]);
        const uint32_t some = std::min(stop, end_);
        take(at, some, code);
        at = some;
      }
      put_person(layout_, work_.person, row - first, work_.turned);
    }
  }

  // Where the rows by value of the next events begin.
  void find(uint32_t end) {
    begin_ = end_;
    end_ = std::min(end, begin_ + kFoundEvents);
    if (what_.v != kNone) {
      return find_values(values<const int64_t>(context_, what_.v));
    }
    const ColumnView& times = column(context_, what_.slot2);
    if (!has_integers(times)) {
      std::fill_n(work_.found, end_ - begin_, AnswersByValue::kNobody);
      return;
    }
    with_integer_type(times.physical, [&](auto* type) {
      using T = std::remove_cvref_t<decltype(*type)>;
      find_values(stored<T>(times, places_of(context_, what_.table)));
    });
  }

  template <class T>
  void find_values(const T* stored_values) {
    if constexpr (std::is_same_v<T, int32_t>) {
      if (by_value_.narrow != nullptr) return find_narrow(stored_values);
    }
    const AnswersByValue::Lookup by_value = by_value_;
    uint32_t* HWY_RESTRICT found = work_.found;
    for (uint32_t i = begin_; i < end_; ++i) {
      *found++ = by_value.of(stored_values[i]);
    }
  }

  // The same with vectors.
  void find_narrow(const int32_t* HWY_RESTRICT stored_values) {
    const AnswersByValue::Narrow& narrow = *by_value_.narrow;
    const Full<int32_t> d;
    const auto least = hn::Set(d, narrow.least);
    const auto most = hn::Set(d, narrow.most);
    const auto shift = static_cast<int>(narrow.shift);
    auto* found = reinterpret_cast<int32_t*>(work_.found);
    for (uint32_t i = begin_; i < end_; i += kFoundStep) {
      const auto value = hn::LoadU(d, stored_values + i);
      const auto near = hn::Min(hn::Max(value, least), most);
      const auto bucket = hn::ShiftRightSame(hn::Sub(near, least), shift);
      const auto before = hn::GatherIndex(d, narrow.before.data(), bucket);
      // -1 behind the bucket's start.
      const auto behind = hn::VecFromMask(d, hn::Gt(value, before));
      const auto half = hn::Sub(hn::Add(bucket, bucket), behind);
      hn::StoreU(hn::GatherIndex(d, narrow.offsets.data(), half), d,
                 found + (i - begin_));
    }
  }
  static constexpr uint32_t kFoundStep = hn::MaxLanes(Full<int32_t>());
  static_assert(kFoundStep <= kFoundPadding);

  // The events at..stop-1 of one person, for each vector of words.
  template <class Code>
  HWY_INLINE void take(uint32_t at, uint32_t stop, Code code) {
    const uint32_t any_words = layout_.any_words();
    if (any_words == AnswersLayout::kFewWords) {
      any(FewWords(), at, stop, code);
    } else if (any_words != 0) {
      any(Words(), at, stop, code);
    }
    const uint32_t counted_words = layout_.counted_words();
    if (counted_words == AnswersLayout::kFewWords) {
      counted(FewWords(), at, stop, code);
    } else if (counted_words != 0) {
      counted(Words(), at, stop, code);
    }
  }

  // Who takes an event, of the vector of words at one place in the rows.
  struct Takers {
    const uint32_t* row_of;
    uint32_t codes;
    const uint32_t* found;
    const uint64_t* code_rows;
    const uint64_t* value_rows;

    template <class D>
    HWY_INLINE hn::Vec<D> of(D d, uint32_t event, uint32_t code) const {
      const uint32_t by_code = row_of[code < codes ? code : 0];
      return hn::And(hn::LoadU(d, code_rows + by_code),
                     hn::LoadU(d, value_rows + found[event]));
    }
  };
  HWY_INLINE Takers takers(uint32_t at, size_t word) const {
    return {by_code_.row_of.data(),
            static_cast<uint32_t>(by_code_.row_of.size()),
            work_.found + (at - begin_), by_code_.rows.data() + word,
            by_value_.rows + word};
  }

  template <class D, class Code>
  HWY_INLINE void any(D d, uint32_t at, uint32_t stop, Code code) {
    for (size_t word = 0; word < layout_.any_words(); word += hn::Lanes(d)) {
      const Takers who = takers(at, word);
      auto found = hn::LoadU(d, work_.person + word);
      for (uint32_t i = at; i < stop; ++i) {
        found = hn::Or(found, who.of(d, i - at, code(i)));
      }
      hn::StoreU(found, d, work_.person + word);
    }
  }

  template <class D, class Code>
  HWY_INLINE void counted(D d, uint32_t at, uint32_t stop, Code code) {
    const size_t any_words = layout_.any_words();
    for (size_t word = 0; word < layout_.counted_words();
         word += hn::Lanes(d)) {
      const Takers who = takers(at, any_words + word);
      switch (layout_.planes) {
        case 1:
          count_up<1>(d, who, at, stop, code, word);
          break;
        case 2:
          count_up<2>(d, who, at, stop, code, word);
          break;
        case 3:
          count_up<3>(d, who, at, stop, code, word);
          break;
        default:
          count_up<4>(d, who, at, stop, code, word);
      }
    }
  }

  template <size_t planes, class D, class Code>
  HWY_INLINE void count_up(D d, const Takers who, uint32_t at, uint32_t stop,
                           Code code, size_t word) {
    const size_t words = layout_.counted_words();
    uint64_t* HWY_RESTRICT reached = work_.person + layout_.any_words() + word;
    uint64_t* HWY_RESTRICT counters = work_.counters + word;
    auto found = hn::LoadU(d, reached);
    hn::Vec<D> plane[planes];
    for (size_t p = 0; p < planes; ++p) {
      plane[p] = hn::LoadU(d, counters + p * words);
    }
    for (uint32_t i = at; i < stop; ++i) {
      auto carry = who.of(d, i - at, code(i));
      for (size_t p = 0; p < planes; ++p) {
        const auto next = hn::And(plane[p], carry);
        plane[p] = hn::Xor(plane[p], carry);
        carry = next;
      }
      found = hn::Or(found, carry);
    }
    hn::StoreU(found, d, reached);
    for (size_t p = 0; p < planes; ++p) {
      hn::StoreU(plane[p], d, counters + p * words);
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
  uint32_t begin_ = 0;  // the events whose rows by value are found
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

uint64_t mask_bytes(uint64_t places) { return (places / 64 + 9) / 8 * 64; }

// Asks one question after the other, with masks of the events: where there are
// too many rows by code.
class OneByOne {
 public:
  OneByOne(const KernelContext& context, const Instruction& what,
           const BoundAnswers& answers)
      : context_(context),
        what_(what),
        answers_(answers),
        rows_(context.view->rows),
        params_(*context.params),
        scratch_(*context.scratch) {
    const uint64_t bytes = mask_bytes(places_of(context, what.table).count);
    std::byte* free = scratch_.work + scratch_.work_bytes;
    for (const uint32_t mask : {kCodes, kValues, kBoth}) {
      registers_[mask] = {RegisterKind::kBits, what.table, 0};
      memory_[mask] = free -= bytes;
    }
    registers_[kValue] = {RegisterKind::kI64, what.table, 0};
    if (what.v != kNone) memory_[kValue] = scratch_.registers[what.v];
    registers_[kCounts] = {RegisterKind::kI64, kProfiles, 0};
    memory_[kCounts] = free -= count_bytes(rows_);
    registers_[kResult] = {RegisterKind::kBits, kProfiles, 0};
    params_.registers = registers_.data();
    scratch_.registers = memory_.data();
    scratch_.work_bytes = static_cast<uint64_t>(free - scratch_.work);
    inner_ = context;
    inner_.params = &params_;
    inner_.scratch = &scratch_;
  }

  static uint64_t count_bytes(uint64_t rows) {
    return (rows + 63) / 64 * 512 + 64;
  }

  void run() {
    const size_t groups = (size_t{rows_} + 63) / 64;
    auto* out = values<uint64_t>(context_, what_.dst);
    for (const BoundAnswers::Asked& asked : answers_.asked()) {
      memory_[kResult] = out;
      ask(asked);
      out += groups;
    }
  }

 private:
  enum : uint32_t { kCodes, kValues, kBoth, kValue, kCounts, kResult, kCount };

  void ask(const BoundAnswers::Asked& asked) {
    const uint32_t mask = mask_of(asked);
    if (asked.least == 1) {
      return call(
          {.op = Op::kAny, .dst = kResult, .a = mask, .table = what_.table});
    }
    call({.op = Op::kCount, .dst = kCounts, .a = mask, .table = what_.table});
    const auto* counts = values<const int64_t>(inner_, kCounts);
    uint64_t* out = bits(inner_, kResult);
    for (uint32_t row = 0; row < rows_; ++row) {
      set_bit(out, row, counts[row] >= int64_t{asked.least});
    }
  }

  uint32_t mask_of(const BoundAnswers::Asked& asked) {
    uint32_t mask = kNone;
    BoundInstruction bound;
    bound.set = asked.set;
    bound.range = asked.range;
    if (asked.set != nullptr) {
      call({.op = Op::kInSet, .dst = kCodes, .slot = what_.slot}, bound);
      mask = kCodes;
    }
    if (asked.range.form == BoundRange::Form::kPresent) return mask;
    values_within(bound);
    if (mask == kNone) return kValues;
    call({.op = Op::kAnd, .dst = kBoth, .a = kCodes, .b = kValues});
    return kBoth;
  }

  void values_within(const BoundInstruction& bound) {
    if (what_.v == kNone) {
      return call({.op = Op::kInRange, .dst = kValues, .slot = what_.slot2},
                  bound);
    }
    const bool never = bound.range.form == BoundRange::Form::kNever;
    const Bounds range =
        never ? Bounds{1, 0} : Bounds{bound.range.low, bound.range.high};
    params_.ranges = &range;
    call({.op = Op::kRangeI, .dst = kValues, .a = kValue, .param = 0}, bound);
  }

  void call(const Instruction& what, const BoundInstruction& bound = {}) const {
    static const KernelTableByOp kernels = kernels_by_op();
    kernels[static_cast<size_t>(what.op)](inner_, what, bound);
  }

  const KernelContext& context_;
  const Instruction& what_;
  const BoundAnswers& answers_;
  uint32_t rows_;
  std::array<Register, kCount> registers_;
  std::array<void*, kCount> memory_ = {};
  KernelParams params_;
  KernelScratch scratch_;
  KernelContext inner_;
};

KITLE_KERNEL(answers) {
  const BoundAnswers& asked = *bound.answers;
  if (asked.by_code() == nullptr) return OneByOne(context, what, asked).run();
  HWY_DYNAMIC_DISPATCH(answer_all)(context, what, asked);
}

KITLE_KERNEL(answer) {
  const size_t groups = (size_t{context.view->rows} + 63) / 64;
  const auto* from = values<const uint64_t>(context, what.a);
  std::copy_n(from + static_cast<size_t>(what.imm) * groups, groups,
              bits(context, what.dst));
}

}  // namespace

void add_answers_kernels(KernelTableByOp& table) {
  table[static_cast<size_t>(Op::kAnswers)] = answers;
  table[static_cast<size_t>(Op::kAnswer)] = answer;
}

uint64_t answers_work_bytes(const AnswersParam& param, uint32_t table,
                            const ChunkLimits& limits) {
  const uint64_t places = places_in(table, limits);
  const uint64_t folds = (places / 64 + limits.rows + 40) * 8;
  const uint64_t one_by_one =
      folds + 3 * mask_bytes(places) + OneByOne::count_bytes(limits.rows);
  return std::max(AnswersWork::bytes(AnswersLayout::of(param)), one_by_one);
}

}  // namespace kitle
#endif  // HWY_ONCE
