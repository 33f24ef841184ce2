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

// Bit i of word j becomes bit j of word i.
inline void turn(uint64_t* HWY_RESTRICT words) {
  const Words d;
  const size_t lanes = hn::Lanes(d);
  uint64_t low = 0xffffffff;
  size_t step = 32;
  for (; step >= lanes; step /= 2, low ^= low << step) {
    const auto mask = hn::Set(d, low);
    const int shift = static_cast<int>(step);
    for (size_t at = 0; at < 64; at += lanes) {
      if ((at & step) != 0) continue;
      const auto here = hn::LoadU(d, words + at);
      const auto there = hn::LoadU(d, words + at + step);
      const auto change =
          hn::And(hn::Xor(hn::ShiftRightSame(here, shift), there), mask);
      hn::StoreU(hn::Xor(here, hn::ShiftLeftSame(change, shift)), d,
                 words + at);
      hn::StoreU(hn::Xor(there, change), d, words + at + step);
    }
  }
  for (; step != 0; step /= 2, low ^= low << step) {
    for (size_t at = 0; at < 64; at = (at + step + 1) & ~step) {
      const uint64_t change = (words[at] >> step ^ words[at + step]) & low;
      words[at] ^= change << step;
      words[at + step] ^= change;
    }
  }
}

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

// From `turned`, by word of the layout those of 64 people, the words of group
// `group` of each question's mask.
inline void give_answers(const AnswersLayout& layout, uint64_t* turned,
                         uint32_t group, size_t groups, uint64_t* masks) {
  uint64_t* out = masks + group;
  const auto questions = [&](uint32_t first_word, uint32_t count) {
    for (uint32_t i = 0; i < count; i += 64) {
      uint64_t* words = turned + (first_word + i / 64) * size_t{64};
      turn(words);
      const uint32_t some = std::min(count - i, 64u);
      for (uint32_t k = 0; k < some; ++k, out += groups) *out = words[k];
    }
  };
  questions(0, layout.any);
  questions(layout.any_words(), layout.counted);
}

}  // namespace kitle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // toggled for each target
