// What Op::kAnswers looks up for each event of a table: which questions take
// its code, and which its time (of kFollowedAnswers, the wait for what
// follows). A question takes an event that both take, so that a pass over the
// events answers all of them with a few operations on words of one bit a
// question. kSumAnswers looks up times and sums alike; kNthAnswers compares.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "runtime/eval/bound.h"

namespace kitle {

// Where each question has its bit: those that one event answers, and behind
// them those that count, each in whole vectors: of kWords words, or of half as
// many where these are enough. No vector of a row crosses a line of the cache.
// A counter is a bit in each of `planes` words; it starts so that the last
// event that it needs overflows it.
struct AnswersLayout {
  static constexpr uint32_t kWords = 8;
  static constexpr uint32_t kFewWords = 4;
  static constexpr uint32_t kFewPlanes = 3;
  uint32_t any = 0;
  uint32_t counted = 0;
  uint32_t planes = kFewPlanes;  // or one more

  static AnswersLayout of(const AnswersParam& param);
  static uint32_t words_for(uint32_t questions) {
    const uint32_t words = (questions + 63) / 64;
    if (words <= kFewWords) return words == 0 ? 0 : kFewWords;
    return (words + kWords - 1) / kWords * kWords;
  }
  uint32_t any_words() const {
    const bool few = words_for(counted) <= kFewWords;
    return few || any == 0 ? words_for(any) : std::max(words_for(any), kWords);
  }
  uint32_t counted_words() const { return words_for(counted); }
  // Of a row.
  uint32_t words() const {
    return words_for((any_words() + counted_words()) * 64);
  }
  // Groups of 64 people whose bits are turned together: their words of a mask
  // fill a line of the cache.
  static constexpr uint32_t kTurned = 8;
  // In words: the rows of these people.
  size_t turned_words() const { return size_t{words()} * 64 * kTurned; }
  uint32_t bit_of(uint32_t question) const {
    return question < any ? question : any_words() * 64 + question - any;
  }
};

// Words that begin with a line of the cache.
class AlignedWords {
 public:
  AlignedWords() = default;
  explicit AlignedWords(std::span<const uint64_t> words)
      : lines_((words.size() + kWords - 1) / kWords) {
    std::ranges::copy(words, data());
  }
  uint64_t* data() { return reinterpret_cast<uint64_t*>(lines_.data()); }
  const uint64_t* data() const {
    return reinterpret_cast<const uint64_t*>(lines_.data());
  }

 private:
  static constexpr size_t kWords = 8;
  struct alignas(64) Line {
    uint64_t words[kWords];
  };
  std::vector<Line> lines_;
};

// What a question asks, bound.
struct AnswersAsked {
  const BoundSet* set = nullptr;  // null: whatever the code
  BoundRange range = {};
  BoundRange total = {};
  uint32_t least = 1;
};

// By code of one dictionary: the questions that take it.
struct AnswersByCode {
  // The row of codes that no set has.
  static constexpr uint32_t kOthers = 0;
  // By code: where its row begins in `rows`. A stored code beyond the last one
  // counts as missing.
  std::vector<uint32_t> row_of;
  AlignedWords rows;
  // Where there are few rows and codes: where the rows that have a bit begin,
  // and the number of each code's row among these, else kNoRow; of codes behind
  // the last one that of code 0. Otherwise both are empty.
  static constexpr size_t kFewRows = 8;
  static constexpr uint8_t kFewCodes = 16;
  static constexpr uint8_t kNoRow = 255;
  std::vector<uint32_t> few_rows;
  std::vector<uint8_t> number_of;

  // `codes`: the dictionary's largest. Null where the rows would take more than
  // `most` words, or all sets together have more codes.
  static std::shared_ptr<const AnswersByCode> make(
      const AnswersLayout& layout, const std::vector<AnswersAsked>& asked,
      uint32_t codes, size_t most);

 private:
  void number_rows(uint32_t words, size_t all);
};

// By value: the questions whose range it is in.
class AnswersByValue {
 public:
  // `of`: the range of each question, over values as they are looked up.
  // `unit`: what vectors look up are multiples of it, divided by it.
  AnswersByValue(const AnswersLayout& layout,
                 const std::vector<AnswersAsked>& asked,
                 BoundRange AnswersAsked::* of, int64_t unit = 1);

  // The row of values that no question takes: without a bit.
  static constexpr uint32_t kNobody = 0;

  // Of multiples of the unit, divided by it, of 32 bits, whose starts lie
  // apart: what vectors look up. Values are brought between `least` and `most`;
  // bucket i begins at least + (i << shift) and has at most one start.
  struct Narrow {
    int32_t least = 0;
    int32_t most = 0;
    uint32_t shift = 0;
    uint32_t stride = 0;  // from a row to the one behind it
    // By bucket: above, the last value before its start (int32_t); below, where
    // the row before it begins.
    std::vector<uint64_t> buckets;
  };
  // Views of what is looked up, to be copied before a loop.
  struct Lookup {
    // Increasing, and one more: row i + 1 begins at [i].
    const int64_t* starts = nullptr;
    uint32_t count = 0;  // of starts
    uint32_t shift = 0;
    const uint32_t* buckets = nullptr;  // the row of the first value of each
    uint64_t bucket_count = 0;
    const uint32_t* offsets = nullptr;  // by row
    const uint64_t* rows = nullptr;
    const Narrow* narrow = nullptr;  // null: it cannot be had

    // The largest value that a question takes may be less; none is more.
    int64_t largest() const {
      const bool ends = count != 0 && offsets[count] == kNobody;
      return ends ? starts[count - 1] - 1 : INT64_MAX;
    }
    // Where the row of a value begins in `rows`.
    uint32_t of(int64_t value) const { return offsets[row_of(value)]; }
    uint32_t row_of(int64_t value) const {
      if (count == 0 || value < starts[0]) return 0;
      const uint64_t bucket =
          (static_cast<uint64_t>(value) - static_cast<uint64_t>(starts[0])) >>
          shift;
      if (bucket >= bucket_count) return count;
      uint32_t row = buckets[bucket];  // or, mostly, the next
      row += ((row < count) & (starts[row] <= value)) ? 1 : 0;
      if (row == count || value < starts[row]) return row;
      const int64_t* const end = starts + count;
      return static_cast<uint32_t>(std::upper_bound(starts + row, end, value) -
                                   starts);
    }
  };
  // Of values up to this one a question that takes one takes all that are more.
  int64_t increases_until() const { return increases_until_; }
  Lookup lookup() const {
    return {starts_.data(),  static_cast<uint32_t>(starts_.size() - 1),
            shift_,          buckets_.data(),
            buckets_.size(), offsets_.data(),
            rows_.data(),    narrow_.buckets.empty() ? nullptr : &narrow_};
  }

 private:
  void find_starts(const std::vector<AnswersAsked>& asked,
                   BoundRange AnswersAsked::* of);
  void make_buckets();
  void make_narrow(uint32_t words, int64_t unit);

  std::vector<int64_t> starts_;
  std::vector<uint32_t> offsets_;
  AlignedWords rows_;
  int64_t increases_until_ = INT64_MAX;
  std::vector<uint32_t> buckets_;
  uint32_t shift_ = 0;
  Narrow narrow_;
};

class BoundAnswers {
 public:
  using Asked = AnswersAsked;
  // `by_code`: of kAnswers; null where each question is to be asked by itself.
  // `unit`: of waits, what those that vectors look up are divided by.
  BoundAnswers(const AnswersLayout& layout, std::vector<Asked> asked,
               std::shared_ptr<const AnswersByCode> by_code, int64_t unit = 1);

  const AnswersLayout& layout() const { return layout_; }
  const std::vector<Asked>& asked() const { return asked_; }
  const AnswersByCode* by_code() const { return by_code_.get(); }
  // By `range` of the questions, and by `total`.
  const AnswersByValue& by_value() const { return by_value_; }
  const AnswersByValue& by_total() const { return by_total_; }
  // The counters of a person without events: planes x counted_words().
  const std::vector<uint64_t>& counters() const { return counters_; }

 private:
  AnswersLayout layout_;
  std::vector<Asked> asked_;
  std::shared_ptr<const AnswersByCode> by_code_;
  AnswersByValue by_value_;
  AnswersByValue by_total_;
  std::vector<uint64_t> counters_;
};

}  // namespace kitle
