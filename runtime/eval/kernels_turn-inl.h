// Bits of 64 people turned into masks of questions, for the kernels of many
// questions. Included once for each target.
#if defined(KITLE_KERNELS_TURN_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef KITLE_KERNELS_TURN_INL_H
#undef KITLE_KERNELS_TURN_INL_H
#else
#define KITLE_KERNELS_TURN_INL_H
#endif

#include <algorithm>

#include "runtime/eval/answers.h"
#include "runtime/eval/kernels_vector-inl.h"

HWY_BEFORE_NAMESPACE();
namespace kitle::HWY_NAMESPACE {

using Words = hn::CappedTag<uint64_t, AnswersLayout::kWords>;
using FewWords = hn::CappedTag<uint64_t, AnswersLayout::kFewWords>;

// The low bits of each other run of `step` bits.
constexpr uint64_t low_bits(size_t step) {
  return ~uint64_t{0} / ((uint64_t{1} << step) + 1);
}

#if HWY_TARGET != HWY_SCALAR
// Words `step` apart, step < lanes, in each other's places.
template <size_t step, class D>
HWY_INLINE hn::Vec<D> swapped(D d, hn::Vec<D> words) {
  if constexpr (step == 1) {
    return hn::Reverse2(d, words);
  } else if constexpr (step == 2) {
    return hn::SwapAdjacentBlocks(words);
  } else {
    static_assert(step == 4);
    return hn::ConcatLowerUpper(d, words, words);
  }
}

// The steps of `turn` from `step` down, within one vector.
template <size_t step, class D>
HWY_INLINE hn::Vec<D> turn_within(D d, hn::Vec<D> words) {
  if constexpr (step == 0) {
    return words;
  } else {
    constexpr int kShift = static_cast<int>(step);
    const auto number = hn::Iota(d, 0);
    const auto is_upper = hn::TestBit(number, hn::Set(d, uint64_t{step}));
    const auto own = hn::IfThenElse(is_upper, hn::Set(d, ~low_bits(step)),
                                    hn::Set(d, low_bits(step)));
    const auto other = swapped<step>(d, words);
    const auto moved = hn::IfThenElse(is_upper, hn::ShiftRight<kShift>(other),
                                      hn::ShiftLeft<kShift>(other));
    words = hn::Or(hn::And(words, own), hn::AndNot(own, moved));
    return turn_within<step / 2>(d, words);
  }
}
#endif  // vectors of several words

// Steps of `turn` from `step` down to a vector's words, between vectors.
template <size_t step, size_t count, class V>
HWY_INLINE void turn_between(V (&vectors)[count]) {
  const Words d;
  constexpr size_t kLanes = 64 / count;
  if constexpr (step >= kLanes) {
    constexpr size_t kApart = step / kLanes;
    constexpr int kShift = static_cast<int>(step);
    const auto mask = hn::Set(d, low_bits(step));
    for (size_t i = 0; i < count; ++i) {
      if ((i & kApart) != 0) continue;
      V& here = vectors[i];
      V& there = vectors[i + kApart];
      const auto change =
          hn::And(hn::Xor(hn::ShiftRight<kShift>(here), there), mask);
      here = hn::Xor(here, hn::ShiftLeft<kShift>(change));
      there = hn::Xor(there, change);
    }
    turn_between<step / 2>(vectors);
  }
}

// Bit i of word j becomes bit j of word i.
inline void turn(uint64_t* words) {
  const Words d;
  constexpr size_t kLanes = hn::MaxLanes(Words());
  hn::Vec<Words> vectors[64 / kLanes];
  for (size_t i = 0; i < 64 / kLanes; ++i) {
    vectors[i] = hn::LoadU(d, words + i * kLanes);
  }
  turn_between<32>(vectors);
  for (size_t i = 0; i < 64 / kLanes; ++i) {
#if HWY_TARGET != HWY_SCALAR
    vectors[i] = turn_within<kLanes / 2>(d, vectors[i]);
#endif
    hn::StoreU(vectors[i], d, words + i * kLanes);
  }
}

// Some words of a person, 64 words apart.
template <class D>
HWY_INLINE void put_words(D d, hn::Vec<D> words, uint64_t* turned) {
  HWY_ALIGN uint64_t each[AnswersLayout::kWords];
  hn::Store(words, d, each);
  for (size_t i = 0; i < hn::Lanes(d); ++i) turned[i * 64] = each[i];
}

// Up to 64 people, those with as many events beside each other where most have
// few: a loop over a person's events then mostly ends as the one before it did.
class PeopleInTurn {
 public:
  // begin_of(i): where the events of the i-th begin; of `people`, where they
  // end.
  template <class BeginOf>
  PeopleInTurn(uint32_t people, BeginOf begin_of) {
    if (begin_of(people) - begin_of(0) <= people * kMost / 2) {
      sort(people, begin_of);
    } else {
      for (uint32_t i = 0; i < 64; ++i) numbers_[i] = static_cast<uint8_t>(i);
    }
  }
  uint32_t operator[](uint32_t i) const { return numbers_[i]; }

 private:
  static constexpr uint32_t kMost = 15;

  template <class BeginOf>
  void sort(uint32_t people, BeginOf begin_of) {
    uint32_t ends[kMost + 1] = {};
    uint8_t counts[64];
    for (uint32_t i = 0; i < people; ++i) {
      const uint32_t count = std::min(begin_of(i + 1) - begin_of(i), kMost);
      counts[i] = static_cast<uint8_t>(count);
      ++ends[count];
    }
    for (uint32_t i = 1; i <= kMost; ++i) ends[i] += ends[i - 1];
    for (uint32_t i = people; i-- > 0;) {
      numbers_[--ends[counts[i]]] = static_cast<uint8_t>(i);
    }
  }

  uint8_t numbers_[64];
};

// From `turned`, by group and by word of the layout those of 64 people, the
// words of groups first..first+some-1 of each question's mask.
inline void give_answers(const AnswersLayout& layout, uint64_t* turned,
                         size_t first, size_t some, size_t groups,
                         uint64_t* masks) {
  const size_t stride = size_t{layout.words()} * 64;
  uint64_t* out = masks + first;
  const auto questions = [&](uint32_t first_word, uint32_t count) {
    for (uint32_t i = 0; i < count; i += 64) {
      uint64_t* words = turned + (first_word + i / 64) * size_t{64};
      for (size_t g = 0; g < some; ++g) turn(words + g * stride);
      const uint32_t here = std::min(count - i, 64u);
      for (uint32_t k = 0; k < here; ++k, out += groups) {
        for (size_t g = 0; g < some; ++g) out[g] = words[g * stride + k];
      }
    }
  };
  questions(0, layout.any);
  questions(layout.any_words(), layout.counted);
}

// group(row, turned): fills the words of the 64 people from a row on.
template <class Group>
HWY_INLINE void answer_by_groups(const AnswersLayout& layout, uint32_t rows,
                                 uint64_t* turned, uint64_t* masks,
                                 Group group) {
  const size_t groups = (size_t{rows} + 63) / 64;
  for (size_t first = 0; first < groups; first += AnswersLayout::kTurned) {
    const size_t some =
        std::min(groups - first, size_t{AnswersLayout::kTurned});
    for (size_t g = 0; g < some; ++g) {
      group(static_cast<uint32_t>((first + g) * 64),
            turned + g * layout.words() * 64);
    }
    give_answers(layout, turned, first, some, groups, masks);
  }
}

}  // namespace kitle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // toggled for each target
