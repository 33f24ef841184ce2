#include "runtime/eval/answers.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <span>
#include <utility>

namespace kitle {
namespace {

void set_bit(uint64_t* words, uint32_t bit) {
  words[bit / 64] |= uint64_t{1} << (bit % 64);
}

// use(code) for each code of the set.
template <class Use>
void for_codes(const BoundSet& set, Use use) {
  if (set.form == BoundSet::Form::kNever) return;
  if (set.form == BoundSet::Form::kRange) {
    for (uint32_t code = set.low; code <= set.high; ++code) use(code);
    return;
  }
  for (size_t word = set.low / 64; word <= set.high / 64; ++word) {
    for (uint64_t rest = set.words[word]; rest != 0; rest &= rest - 1) {
      use(static_cast<uint32_t>(word * 64 + std::countr_zero(rest)));
    }
  }
}

}  // namespace

AnswersLayout AnswersLayout::of(const AnswersParam& param) {
  AnswersLayout layout;
  uint32_t most = 1;
  for (const AnswersQuestion& question : param.questions) {
    ++(question.least == 1 ? layout.any : layout.counted);
    most = std::max(most, question.least);
  }
  if (most > 1u << kFewPlanes) ++layout.planes;
  return layout;
}

// The last number is that of stored codes beyond the last one.
void AnswersByCode::number_rows(uint32_t words, size_t all) {
  const bool few =
      words != 0 && all / words <= kFewRows && row_of.size() < kFewCodes;
  if (!few) return;
  std::vector<uint8_t> numbers;  // by row
  for (size_t row = 0; row < all; row += words) {
    const uint64_t* of = rows.data() + row;
    const bool any = std::any_of(of, of + words, std::identity());
    numbers.push_back(any ? static_cast<uint8_t>(few_rows.size()) : kNoRow);
    if (any) few_rows.push_back(static_cast<uint32_t>(row));
  }
  number_of.assign(kFewCodes, numbers[row_of[0] / words]);
  for (size_t code = 0; code < row_of.size(); ++code) {
    number_of[code] = numbers[row_of[code] / words];
  }
}

std::shared_ptr<const AnswersByCode> AnswersByCode::make(
    const AnswersLayout& layout, const std::vector<AnswersAsked>& asked,
    uint32_t codes, size_t most) {
  std::vector<uint64_t> always(layout.words(), 0);
  std::vector<std::pair<uint32_t, uint32_t>> pairs;  // code, bit
  for (uint32_t i = 0; i < asked.size(); ++i) {
    const uint32_t bit = layout.bit_of(i);
    if (asked[i].set == nullptr) {
      set_bit(always.data(), bit);
      continue;
    }
    if (pairs.size() + asked[i].set->count > most) return nullptr;
    for_codes(*asked[i].set,
              [&](uint32_t code) { pairs.emplace_back(code, bit); });
  }
  std::ranges::sort(pairs);
  auto made = std::make_shared<AnswersByCode>();
  made->row_of.assign(size_t{codes} + 1, kOthers);
  std::vector<uint64_t> rows = always;
  for (size_t i = 0; i < pairs.size();) {
    const uint32_t code = pairs[i].first;
    const auto begin = static_cast<uint32_t>(rows.size());
    rows.insert(rows.end(), always.begin(), always.end());
    if (rows.size() > most) return nullptr;
    for (; i < pairs.size() && pairs[i].first == code; ++i) {
      set_bit(&rows[begin], pairs[i].second);
    }
    if (code <= codes) made->row_of[code] = begin;
  }
  made->rows = AlignedWords(rows);
  made->number_rows(layout.words(), rows.size());
  return made;
}

AnswersByValue::AnswersByValue(const AnswersLayout& layout,
                               const std::vector<AnswersAsked>& asked,
                               BoundRange AnswersAsked::* of, int64_t unit) {
  find_starts(asked, of);
  make_buckets();
  const Lookup known = lookup();
  const uint32_t words = layout.words();
  const size_t rows = starts_.size();
  // Row i behind one without any; another one behind the last.
  std::vector<uint64_t> found((rows + 2) * words, 0);
  const auto flip = [&](size_t row, uint32_t bit) {
    found[(row + 1) * words + bit / 64] ^= uint64_t{1} << (bit % 64);
  };
  for (uint32_t i = 0; i < asked.size(); ++i) {
    const BoundRange& range = asked[i].*of;
    if (range.form == BoundRange::Form::kNever) continue;
    const bool all = range.form == BoundRange::Form::kPresent;
    flip(all ? 0 : known.row_of(range.low), layout.bit_of(i));
    flip((all ? rows - 1 : known.row_of(range.high)) + 1, layout.bit_of(i));
  }
  offsets_.assign(rows, kNobody);
  for (size_t row = 0; row < rows; ++row) {
    const size_t begin = (row + 1) * words;
    uint64_t any = 0;
    uint64_t ended = 0;
    for (size_t i = begin; i < begin + words; ++i) {
      found[i] ^= found[i - words];  // what began before and has not ended
      any |= found[i];
      ended |= found[i - words] & ~found[i];
    }
    if (any != 0) offsets_[row] = static_cast<uint32_t>(begin);
    if (ended != 0) {
      increases_until_ = std::min(increases_until_, starts_[row - 1] - 1);
    }
  }
  found.resize((rows + 1) * words);
  rows_ = AlignedWords(found);
  make_narrow(words, unit);
}

void AnswersByValue::find_starts(const std::vector<AnswersAsked>& asked,
                                 BoundRange AnswersAsked::* of) {
  for (const AnswersAsked& each : asked) {
    const BoundRange& range = each.*of;
    if (range.form != BoundRange::Form::kCompare) continue;
    if (range.low != INT64_MIN) starts_.push_back(range.low);
    if (range.high != INT64_MAX) starts_.push_back(range.high + 1);
  }
  std::ranges::sort(starts_);
  const auto [first, last] = std::ranges::unique(starts_);
  starts_.erase(first, last);
  starts_.push_back(INT64_MAX);
}

// Where starts lie evenly few values of a bucket are of a later row than its
// first one.
void AnswersByValue::make_buckets() {
  constexpr uint64_t kBuckets = 2048;
  if (starts_.size() == 1) return;
  const uint64_t from = static_cast<uint64_t>(starts_.front());
  const uint64_t span =
      static_cast<uint64_t>(starts_[starts_.size() - 2]) - from;
  while (span >> shift_ >= kBuckets) ++shift_;
  uint32_t row = 0;
  for (uint64_t i = 0; i <= span >> shift_; ++i) {
    const auto value = static_cast<int64_t>(from + (i << shift_));
    while (row + 1 < starts_.size() && starts_[row] <= value) ++row;
    buckets_.push_back(row);
  }
}

void AnswersByValue::make_narrow(uint32_t words, int64_t unit) {
  constexpr int64_t kMostBuckets = 4096;
  std::vector<int64_t> starts(starts_.begin(), starts_.end() - 1);
  if (starts.empty()) return;
  // The least multiple that is not before it.
  for (int64_t& start : starts) {
    start = start / unit + (start > 0 && start % unit != 0 ? 1 : 0);
  }
  uint64_t gap = INT32_MAX;
  for (size_t i = 1; i < starts.size(); ++i) {
    gap = std::min(gap, static_cast<uint64_t>(starts[i]) -
                            static_cast<uint64_t>(starts[i - 1]));
  }
  if (gap == 0) return;
  narrow_.shift = static_cast<uint32_t>(std::bit_width(gap)) - 1;
  const int64_t step = int64_t{1} << narrow_.shift;
  const bool narrow =
      starts.front() >= INT32_MIN + step && starts.back() <= INT32_MAX - step;
  if (!narrow) return;
  const int64_t span = starts.back() - starts.front();
  const bool small = span < kMostBuckets * step && span <= INT32_MAX - 2 * step;
  if (!small) return;
  const int64_t least = starts.front() - step;
  narrow_.least = static_cast<int32_t>(least);
  narrow_.stride = words;
  size_t row = 0;
  for (int64_t begin = least; begin <= starts.back(); begin += step) {
    const bool has = row < starts.size() && starts[row] < begin + step;
    const auto before =
        static_cast<int32_t>(has ? starts[row] - 1 : int64_t{INT32_MAX});
    const uint64_t offset = (row + 1) * words;
    narrow_.buckets.push_back(uint64_t{static_cast<uint32_t>(before)} << 32 |
                              offset);
    if (has) ++row;
    narrow_.most = static_cast<int32_t>(begin + step - 1);
  }
}

BoundAnswers::BoundAnswers(const AnswersLayout& layout,
                           std::vector<Asked> asked,
                           std::shared_ptr<const AnswersByCode> by_code,
                           int64_t unit)
    : layout_(layout),
      asked_(std::move(asked)),
      by_code_(std::move(by_code)),
      by_value_(layout, asked_, &Asked::range, unit),
      by_total_(layout, asked_, &Asked::total),
      counters_(size_t{layout.planes} * layout.counted_words(), 0) {
  const uint32_t full = 1u << layout_.planes;
  for (uint32_t i = layout_.any; i < asked_.size(); ++i) {
    const uint32_t start = full - asked_[i].least;
    for (uint32_t plane = 0; plane < layout_.planes; ++plane) {
      if ((start >> plane & 1) == 0) continue;
      set_bit(&counters_[size_t{plane} * layout_.counted_words()],
              i - layout_.any);
    }
  }
}

}  // namespace kitle
