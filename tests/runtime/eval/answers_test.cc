// The kernels of many questions, asked over random events and compared with
// each question asked by itself.
#include "runtime/eval/answers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <span>
#include <vector>

#include "runtime/eval/kernels.h"
#include "runtime/eval/kernels_parts.h"
#include "tests/support/every_cpu.h"

namespace kitle {
namespace {

using testing::on_every_cpu;

struct Shape {
  uint32_t rows = 130;
  uint32_t events = 8;  // at most, of a person
  uint32_t codes = 40;
  uint32_t questions = 70;
  uint32_t most = kMostCounted;
  bool some_take_all = true;
  bool narrow = false;  // codes of 8 bits, ranges that are open to the end
  int64_t unit = 1;     // of times
  bool even = true;     // what follows is at a multiple of it, too
};

// A table of random events, and a kernel's view of it.
class Events {
 public:
  Events(const Shape& shape, uint64_t seed) : shape_(shape), random_(seed) {
    offsets_.push_back(0);
    next_offsets_.push_back(0);
    for (uint32_t row = 0; row < shape.rows; ++row) add_person(row);
    offsets_.insert(offsets_.end(), kOffsetPadding, offsets_.back());
    const size_t count = times_.size();
    amounts_.resize(count + 64);
    times_.resize(count + 64);
    codes_.resize(count + 64);
    next_offsets_.insert(next_offsets_.end(), kOffsetPadding,
                         next_offsets_.back());
    next_.resize(next_.size() + 64);
    for (size_t i = 0; i <= next_.size() / 64; ++i) {
      next_mask_.push_back(random_() | random_());
    }
  }

  int64_t pick(int64_t low, int64_t high) {
    return std::uniform_int_distribution<int64_t>(low, high)(random_);
  }
  uint32_t rows() const { return shape_.rows; }
  // use(place) for each event of a person.
  template <class Use>
  void each(uint32_t row, Use use) const {
    for (uint32_t i = offsets_[row]; i < offsets_[row + 1]; ++i) use(i);
  }

  std::shared_ptr<const BoundSet> random_set() {
    std::vector<uint64_t> words(shape_.codes / 64 + 1, 0);
    for (int64_t some = pick(0, 6); some > 0; --some) {
      const auto code = static_cast<uint32_t>(pick(1, shape_.codes));
      words[code / 64] |= uint64_t{1} << (code % 64);
    }
    return BoundSet::make(words);
  }
  BoundRange random_range(int64_t least, int64_t largest, bool to_end) {
    if (pick(0, 9) == 0) return {BoundRange::Form::kPresent};
    if (pick(0, 19) == 0) return {};
    const int64_t low = pick(least, largest);
    const int64_t high = to_end ? largest : pick(low, largest);
    return {BoundRange::Form::kCompare, low, high};
  }

  // The masks of the questions.
  std::vector<uint64_t> answers(const Instruction& what,
                                const BoundAnswers& asked,
                                const AnswersParam& param) {
    const size_t groups = (size_t{shape_.rows} + 63) / 64;
    std::vector<uint64_t> masks(asked.asked().size() * groups + 8);
    const uint64_t work_size = work_bytes_of(what.op, param);
    std::vector<std::byte> work(work_size + kGuard, kUntouched);
    ColumnView slots[2];
    slots[0] = {.physical = Physical::kU16, .data = codes_.data()};
    const std::vector<uint8_t> narrow(codes_.begin(), codes_.end());
    if (shape_.narrow) {
      slots[0] = {.physical = Physical::kU8, .data = narrow.data()};
    }
    slots[1] = {.physical = Physical::kI32,
                .data = times_.data(),
                .base = kBase,
                .unit = shape_.unit,
                .min = -1000,
                .max = 1000};
    ColumnView amounts{.physical = Physical::kI64, .data = amounts_.data()};
    if (what.op == Op::kSumAnswers) slots[0] = amounts;
    const KernelTable tables[] = {
        {.offsets = offsets_.data(),
         .end = offsets_[shape_.rows],
         .time = &slots[1]},
        {.offsets = next_offsets_.data(), .end = next_offsets_[shape_.rows]}};
    const KernelView view{
        .rows = shape_.rows, .slots = slots, .tables = tables};
    const std::vector<Register> registers = {
        {RegisterKind::kAnswers, kProfiles,
         static_cast<uint32_t>(asked.asked().size())},
        {RegisterKind::kBits, 1},
        {RegisterKind::kI64, 1}};
    const KernelParams params{.registers = registers.data()};
    void* memory[] = {masks.data(), next_mask_.data(), next_.data()};
    const KernelScratch scratch{
        .registers = memory, .work = work.data(), .work_bytes = work_size};
    const KernelContext context{
        .view = &view, .params = &params, .scratch = &scratch};
    BoundInstruction bound;
    bound.answers = &asked;
    kernels_by_op()[static_cast<size_t>(what.op)](context, what, bound);
    const auto guard = std::span(work).subspan(work_size);
    EXPECT_TRUE(std::ranges::all_of(
        guard, [](std::byte each) { return each == kUntouched; }));
    return masks;
  }

  const Shape& shape() const { return shape_; }
  const std::vector<uint16_t>& codes() const { return codes_; }
  const std::vector<int32_t>& times() const { return times_; }
  // How long after an event the person's next of the mask, or of all, is.
  int64_t wait(uint32_t row, uint32_t place, bool masked) const {
    for (uint32_t i = next_offsets_[row]; i < next_offsets_[row + 1]; ++i) {
      const bool counts = !masked || (next_mask_[i / 64] >> (i % 64) & 1) != 0;
      const int64_t time = kBase + times_[place] * shape_.unit;
      if (counts && next_[i] > time) return next_[i] - time;
    }
    return INT64_MAX;
  }
  const std::vector<int64_t>& amounts() const { return amounts_; }

 private:
  static constexpr size_t kGuard = 4096;
  static constexpr std::byte kUntouched{0x5a};
  static constexpr int64_t kBase = 123;  // of times

  // As much work memory as a chunk of these events has, and no more.
  uint64_t work_bytes_of(Op op, const AnswersParam& param) const {
    const ChunkLimits limits{
        .rows = shape_.rows,
        .places = {offsets_[shape_.rows], next_offsets_[shape_.rows]}};
    const uint32_t next = op == Op::kFollowedAnswers ? 1 : kNone;
    uint64_t bytes = answers_work_bytes(param, 0, next, limits);
    if (op == Op::kNthAnswers) bytes = nth_work_bytes(limits);
    if (op == Op::kSumAnswers) bytes = sum_answers_work_bytes(param, 0, limits);
    return (bytes + 63) / 64 * 64;
  }
  void add_person(uint32_t row) {
    const int64_t most =
        row == 70 ? shape_.events * int64_t{400} : int64_t{shape_.events};
    const auto first = static_cast<ptrdiff_t>(times_.size());
    for (int64_t some = pick(0, most); some > 0; --some) {
      times_.push_back(static_cast<int32_t>(pick(-1000, 1000)));
      // One more than the dictionary has: a damaged code counts as missing.
      codes_.push_back(static_cast<uint16_t>(pick(0, shape_.codes + 1)));
      amounts_.push_back(pick(-50, 100));
    }
    std::sort(times_.begin() + first, times_.end());
    offsets_.push_back(static_cast<uint32_t>(times_.size()));
    const auto first_next = static_cast<ptrdiff_t>(next_.size());
    for (int64_t some = pick(0, 4); some > 0; --some) {
      const int64_t behind = shape_.even ? 0 : pick(0, shape_.unit - 1);
      next_.push_back(kBase + pick(-1100, 1100) * shape_.unit + behind);
    }
    std::sort(next_.begin() + first_next, next_.end());
    next_offsets_.push_back(static_cast<uint32_t>(next_.size()));
  }

  Shape shape_;
  std::mt19937_64 random_;
  std::vector<uint32_t> offsets_;
  std::vector<int32_t> times_;
  std::vector<uint16_t> codes_;
  std::vector<int64_t> amounts_;
  std::vector<uint32_t> next_offsets_;
  std::vector<int64_t> next_;
  std::vector<uint64_t> next_mask_;
};

bool takes(const BoundRange& range, int64_t value) {
  if (range.form != BoundRange::Form::kCompare) {
    return range.form == BoundRange::Form::kPresent;
  }
  return range.low <= value && value <= range.high;
}

bool takes(const BoundSet* set, uint32_t code) {
  if (set == nullptr) return true;
  if (code < set->low || code > set->high) return false;
  return set->form == BoundSet::Form::kRange ||
         (set->form == BoundSet::Form::kBits &&
          (set->words[code / 64] >> (code % 64) & 1) != 0);
}

// Questions in the order of `least`.
struct Asked {
  AnswersParam param;
  std::vector<AnswersAsked> asked;
  std::vector<std::shared_ptr<const BoundSet>> sets;

  void add(const AnswersAsked& each) { asked.push_back(each); }
  void finish() {
    std::ranges::stable_sort(asked, {}, &AnswersAsked::least);
    for (const AnswersAsked& each : asked) {
      param.questions.push_back({.least = each.least});
    }
  }
  AnswersLayout layout() const { return AnswersLayout::of(param); }
};

// holds(row, question)
template <class Holds>
void expect_masks(const std::vector<uint64_t>& masks, const Events& events,
                  const Asked& asked, Holds holds) {
  const size_t groups = (size_t{events.rows()} + 63) / 64;
  size_t wrong = 0;
  for (size_t i = 0; i < asked.asked.size(); ++i) {
    for (uint32_t row = 0; row < events.rows(); ++row) {
      const bool found = (masks[i * groups + row / 64] >> (row % 64) & 1) != 0;
      if (found != holds(row, asked.asked[i]) && ++wrong < 4) {
        ADD_FAILURE() << "question " << i << " of row " << row;
      }
    }
  }
  EXPECT_EQ(wrong, 0u);
}

const std::vector<Shape> kShapes = {
    {},
    {.rows = 1, .events = 3, .questions = 1},
    {.rows = 64, .codes = 3, .questions = 64, .most = 1},
    {.rows = 200, .events = 30, .questions = 700},
    {.rows = 65, .events = 12, .codes = 500, .questions = 1500, .most = 3},
    {.rows = 1100, .events = 5, .questions = 90},
    {.rows = 77, .events = 20, .questions = 33, .some_take_all = false},
    {.rows = 130, .events = 9, .codes = 4, .most = 1, .narrow = true},
    {.rows = 150, .codes = 5, .questions = 500, .most = 1, .narrow = true},
    {.rows = 71, .codes = 5, .questions = 80, .most = 3, .narrow = true},
    {.rows = 170, .events = 40, .questions = 60, .most = 1, .unit = 1000},
    {.rows = 300,
     .events = 20,
     .codes = 3,
     .questions = 5,
     .most = 1,
     .unit = 200,
     .even = false},
};

// `bounded`: every question has a range.
Asked ask_by_codes(Events& events, int64_t least, int64_t largest,
                   bool bounded) {
  Asked asked;
  const Shape& shape = events.shape();
  for (uint32_t i = 0; i < shape.questions; ++i) {
    AnswersAsked each;
    if (!shape.some_take_all || events.pick(0, 5) != 0) {
      asked.sets.push_back(events.random_set());
      each.set = asked.sets.back().get();
    }
    do {
      each.range = events.random_range(least, largest, shape.narrow);
    } while (bounded && each.range.form == BoundRange::Form::kPresent);
    each.least = events.pick(0, 2) == 0
                     ? static_cast<uint32_t>(events.pick(1, shape.most))
                     : 1;
    asked.add(each);
  }
  asked.finish();
  return asked;
}

// Each question by itself, where rows would take too much, and all at once.
template <class Holds>
void expect_both_ways(const Instruction& what, Events& events,
                      const Asked& asked, Holds holds) {
  const auto by_code = [&](size_t most) {
    return AnswersByCode::make(asked.layout(), asked.asked,
                               events.shape().codes, most);
  };
  EXPECT_NE(by_code(1 << 20), nullptr);
  for (const auto& rows : {by_code(1 << 20), by_code(0)}) {
    const int64_t unit =
        what.op == Op::kFollowedAnswers ? events.shape().unit : 1;
    const BoundAnswers bound(asked.layout(), asked.asked, rows, unit);
    expect_masks(events.answers(what, bound, asked.param), events, asked,
                 holds);
  }
}

// value(row, place): of the event, what is looked up.
template <class OfEvent>
auto holds_for(const Events& events, OfEvent value) {
  return [&events, value](uint32_t row, const AnswersAsked& each) {
    uint32_t count = 0;
    events.each(row, [&](uint32_t i) {
      const uint32_t code = events.codes()[i];
      const bool known = code <= events.shape().codes;
      count +=
          takes(each.set, known ? code : 0) && takes(each.range, value(row, i));
    });
    return count >= each.least;
  };
}

void expect_answers_by_time(const Shape& shape, uint64_t seed) {
  Events events(shape, seed);
  const Asked asked = ask_by_codes(events, -1000, 1000, false);
  expect_both_ways(
      {.op = Op::kAnswers, .dst = 0, .slot = 0, .slot2 = 1, .table = 0}, events,
      asked, holds_for(events, [&](uint32_t, uint32_t i) {
        return int64_t{events.times()[i]};
      }));
}

void expect_answers_by_wait(const Shape& shape, uint64_t seed, bool masked) {
  Events events(shape, seed);
  const Asked asked =
      ask_by_codes(events, 0, masked ? 900 * shape.unit : INT64_MAX - 1, true);
  expect_both_ways({.op = Op::kFollowedAnswers,
                    .dst = 0,
                    .a = masked ? 1 : kNone,
                    .b = 2,
                    .slot = 0,
                    .slot2 = 1,
                    .table = 0,
                    .imm = 1},
                   events, asked,
                   holds_for(events, [&](uint32_t row, uint32_t i) {
                     return events.wait(row, i, masked);
                   }));
}

// Of an operation that looks no texts up.
template <class Holds>
void expect_on_every_cpu(const Instruction& what, Events& events,
                         const Asked& asked, Holds holds) {
  const BoundAnswers bound(asked.layout(), asked.asked, nullptr);
  on_every_cpu([&] {
    expect_masks(events.answers(what, bound, asked.param), events, asked,
                 holds);
  });
}

TEST(Answers, AreThoseOfEachQuestionAlone) {
  uint64_t seed = 1;
  for (const Shape& shape : kShapes) {
    SCOPED_TRACE(seed);
    on_every_cpu([&] {
      expect_answers_by_time(shape, seed);
      expect_answers_by_wait(shape, seed, false);
      expect_answers_by_wait(shape, seed, true);
    });
    ++seed;
  }
}

TEST(Answers, OfTheNthFromTheEnd) {
  uint64_t seed = 100;
  for (const Shape& shape : kShapes) {
    SCOPED_TRACE(seed);
    Events events(shape, seed++);
    Asked asked;
    for (uint32_t i = 0; i < shape.questions; ++i) {
      AnswersAsked each{.range = events.random_range(-1000, 1000, false)};
      each.least = static_cast<uint32_t>(events.pick(1, kMostLeast));
      asked.add(each);
    }
    asked.finish();
    const auto holds = [&](uint32_t row, const AnswersAsked& each) {
      std::vector<int64_t> times;
      events.each(row, [&](uint32_t i) { times.push_back(events.times()[i]); });
      return times.size() >= each.least &&
             takes(each.range, times[times.size() - each.least]);
    };
    expect_on_every_cpu(
        {.op = Op::kNthAnswers, .dst = 0, .slot2 = 1, .table = 0}, events,
        asked, holds);
  }
}

TEST(Answers, OfSums) {
  uint64_t seed = 200;
  for (const Shape& shape : kShapes) {
    SCOPED_TRACE(seed);
    Events events(shape, seed++);
    Asked asked;
    for (uint32_t i = 0; i < shape.questions; ++i) {
      asked.add({.range = events.random_range(-1000, 1000, true),
                 .total = events.random_range(-200, 400, false)});
    }
    asked.finish();
    const auto holds = [&](uint32_t row, const AnswersAsked& each) {
      int64_t sum = 0;
      events.each(row, [&](uint32_t i) {
        if (takes(each.range, events.times()[i])) {
          sum += events.amounts()[i];
        }
      });
      return takes(each.total, sum);
    };
    expect_on_every_cpu(
        {.op = Op::kSumAnswers, .dst = 0, .slot = 0, .slot2 = 1, .table = 0},
        events, asked, holds);
  }
}

// First and last values of 64 bits, too.
TEST(Answers, ValuesAreFoundAtTheEndsOfTheirRanges) {
  AnswersParam param;
  std::vector<AnswersAsked> asked;
  const int64_t values[] = {INT64_MIN, INT64_MIN + 1, -1,       0, 1,
                            5,         INT64_MAX - 1, INT64_MAX};
  for (const int64_t low : values) {
    for (const int64_t high : values) {
      if (low > high) continue;
      asked.push_back({.range = {BoundRange::Form::kCompare, low, high}});
      param.questions.emplace_back();
    }
  }
  const AnswersLayout layout = AnswersLayout::of(param);
  const AnswersByValue made(layout, asked, &AnswersAsked::range);
  const AnswersByValue::Lookup lookup = made.lookup();
  for (const int64_t value : values) {
    const uint32_t at = lookup.of(value);
    for (uint32_t i = 0; i < asked.size(); ++i) {
      const bool found = at != AnswersByValue::kNobody &&
                         (lookup.rows[at + i / 64] >> (i % 64) & 1) != 0;
      EXPECT_EQ(found, takes(asked[i].range, value)) << value << " in " << i;
    }
  }
}

}  // namespace
}  // namespace kitle
