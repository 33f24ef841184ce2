// The kernel of a persona's points (Meaning 20). It walks the events that count
// of one person, by time over all lines, only where a mask has a bit.
#include <algorithm>
#include <bit>
#include <new>
#include <span>
#include <type_traits>

#include "runtime/eval/cells.h"
#include "runtime/eval/kernels_days.h"
#include "runtime/eval/kernels_parts.h"
#include "runtime/eval/registers.h"
#include "runtime/time/local_clock.h"

namespace kitle {
namespace {

const ColumnView kNoColumn;

// The first event of each value, among those of one person.
struct Seen {
  uint64_t bits;
  uint32_t place;
};

// One line of events, at one person: the event that is next.
class Line {
 public:
  Line(const KernelContext& context, const PointsLine& line,
       const uint32_t* registers, Seen* work)
      : line_(line),
        table_(context.view->tables[line.table]),
        mask_(values_or_null<uint64_t>(context, registers[0])),
        begins_(values_or_null<int64_t>(context, registers[1])),
        ends_(values_or_null<int64_t>(context, registers[2])),
        times_(*table_.time, places_of(context, line.table)),
        cells_(line.slot == kNone ? kNoColumn : column(context, line.slot),
               places_of(context, line.table)),
        work_(work) {}

  void start(size_t row) {
    at_ = table_.offsets[row];
    end_ = std::max(table_.offsets[row + 1], table_.offsets[row]);
    if (begins_ != nullptr) at_ = std::max(at_, place(begins_[row]));
    if (ends_ != nullptr) end_ = std::min(end_, place(ends_[row]));
    if (line_.kind == PointsLine::Kind::kDifferent) find_first_ones();
    settle();
  }
  bool done() const { return at_ >= end_; }
  int64_t time() const { return time_; }

  // The points of the next event or order, which is passed.
  Int128 take() {
    if (line_.kind != PointsLine::Kind::kMultiples) {
      const Int128 points = line_.points;
      ++at_;
      settle();
      return points;
    }
    const size_t stop = line_.by_order ? order_end(at_) : at_ + 1;
    Int128 value = 0;
    for (; at_ < std::min<size_t>(stop, end_); ++at_) {
      const bool counts = is_in_mask(at_) && cells_.present(at_);
      if (counts) value += cells_.value(at_);
    }
    settle();
    return value / line_.per * line_.points;
  }

 private:
  static uint32_t place(int64_t position) {
    return static_cast<uint32_t>(std::max<int64_t>(position, 0));
  }

  bool is_in_mask(size_t i) const {
    return mask_ == nullptr || test_bit(mask_, i);
  }

  size_t order_end(size_t i) const {
    const uint64_t* starts = table_.order_starts;
    if (table_.every_row_is_an_order != 0 || starts == nullptr) return i + 1;
    do {
      ++i;
    } while (i < end_ && !test_bit(starts, i));
    return i;
  }

  // On to the next event that counts.
  void settle() {
    if (line_.kind == PointsLine::Kind::kDifferent) {
      while (next_ < firsts_.size() && firsts_[next_].place < at_) ++next_;
      at_ = next_ < firsts_.size() ? firsts_[next_].place : end_;
    } else if (mask_ != nullptr) {
      at_ = next_in_mask(at_);
    }
    if (!done()) time_ = times_.value(at_);
  }

  uint32_t next_in_mask(uint32_t from) const {
    if (from >= end_) return end_;
    size_t k = from / 64;
    uint64_t word = mask_[k] & ~uint64_t{0} << (from % 64);
    const size_t last = (end_ - 1) / 64;
    while (word == 0 && k < last) word = mask_[++k];
    if (word == 0) return end_;
    const auto found = static_cast<uint32_t>(
        k * 64 + static_cast<size_t>(std::countr_zero(word)));
    return std::min(found, end_);
  }

  void find_first_ones() {
    size_t count = 0;
    for (uint32_t i = at_; i < end_; ++i) {
      if (is_in_mask(i) && cells_.present(i)) {
        work_[count++] = {cells_.bits_of(i), i};
      }
    }
    const std::span<Seen> all{work_, count};
    std::ranges::sort(all, [](const Seen& a, const Seen& b) {
      return a.bits != b.bits ? a.bits < b.bits : a.place < b.place;
    });
    const auto same = [](const Seen& a, const Seen& b) {
      return a.bits == b.bits;
    };
    const auto behind = std::unique(all.begin(), all.end(), same);
    firsts_ = {all.begin(), behind};
    std::ranges::sort(firsts_, {}, &Seen::place);
    next_ = 0;
  }

  const PointsLine& line_;
  const KernelTable& table_;
  const uint64_t* mask_;
  const int64_t* begins_;
  const int64_t* ends_;
  Cells times_;
  Cells cells_;
  Seen* work_;
  std::span<Seen> firsts_;  // kDifferent
  size_t next_ = 0;
  uint32_t at_ = 0;
  uint32_t end_ = 0;
  int64_t time_ = 0;
};

// Sums by local day. Events come by time, and where a clock is put back over
// midnight a day comes again: two days are open at once.
class Days {
 public:
  Days(const BoundPoints& points, int64_t today)
      : most_(points.param->most_a_day),
        worth_(points.worth.get()),
        today_(today) {}

  void start() {
    open_ = false;
    sums_[0] = sums_[1] = 0;
    total_ = 0;
    too_big_ = false;
  }

  void add(int64_t day, Int128 points) {
    if (!open_ || day > first_ + 1) open(day);
    sums_[day <= first_ ? 0 : 1] += points;
  }

  // `points` without a day, which everything but the limit leaves alone.
  Int128 finish(Int128 points, int64_t most) {
    close(2);
    const Int128 scale = worth_ == nullptr ? 1 : Int128{1} << 32;
    add_to_total(points * scale);
    return most == kNoLimit ? total_ : std::min(total_, most * scale);
  }
  bool too_big() const { return too_big_; }

 private:
  // `day` becomes the later of the two.
  void open(int64_t day) {
    const int64_t ahead = open_ ? day - (first_ + 1) : 2;
    close(ahead > 1 ? 2 : 1);
    first_ = day - 1;
    open_ = true;
  }

  // The first one, or both.
  void close(int count) {
    for (int i = 0; i < count; ++i) {
      const Int128 of_day = std::min(sums_[0], Int128{most_});
      add_worth(of_day, first_ + i);
      sums_[0] = sums_[1];
      sums_[1] = 0;
    }
  }

  void add_worth(Int128 points, int64_t day) {
    if (points == 0) return;
    if (worth_ == nullptr) return add_to_total(points);
    const auto age = static_cast<uint64_t>(today_ - day);
    if (age >= worth_->size()) return;
    Int128 worth = 0;
    too_big_ |= __builtin_mul_overflow(points, Int128{(*worth_)[age]}, &worth);
    add_to_total(worth);
  }

  void add_to_total(Int128 points) {
    too_big_ |= __builtin_add_overflow(total_, points, &total_) ||
                total_ > kMostPointsSum || total_ < -kMostPointsSum;
  }

  int64_t most_;
  const std::vector<uint64_t>* worth_;
  int64_t today_;
  bool open_ = false;
  int64_t first_ = 0;  // sums_[0] is of this day, sums_[1] of the next one
  Int128 sums_[2] = {0, 0};
  Int128 total_ = 0;
  bool too_big_ = false;
};

// What people get without an event.
class PeoplePoints {
 public:
  PeoplePoints(const KernelContext& context, const Instruction& what)
      : context_(context),
        param_(*context.params->points[what.param].param),
        registers_(context.params->lists[what.list].data()) {}

  Int128 of(size_t row) const {
    Int128 points = 0;
    for (size_t i = 0; i < param_.lines.size(); ++i) {
      if (param_.lines[i].table != kNone) continue;
      const uint64_t* mask =
          values_or_null<uint64_t>(context_, registers_[i * 3]);
      if (mask == nullptr || test_bit(mask, row)) {
        points += param_.lines[i].points;
      }
    }
    return points;
  }
  int64_t most() const { return param_.most; }

 private:
  const KernelContext& context_;
  const PointsParam& param_;
  const uint32_t* registers_;
};

// A persona over the people of a chunk. Its lines stand in the kernel's work
// memory: an array of them, then what each line of kDifferent has seen.
class Points {
 public:
  Points(const KernelContext& context, const Instruction& what)
      : people_(context, what),
        lines_(reinterpret_cast<Line*>(context.scratch->work)),
        days_(context.params->points[what.param], context.params->today),
        clock_(*context.params->zone) {
    const std::vector<PointsLine>& all =
        context.params->points[what.param].param->lines;
    const uint32_t* registers = context.params->lists[what.list].data();
    std::byte* behind = context.scratch->work + all.size() * sizeof(Line);
    for (size_t i = 0; i < all.size(); ++i) {
      const PointsLine& line = all[i];
      if (line.table == kNone) continue;
      auto* work = reinterpret_cast<Seen*>(behind);
      new (lines_ + count_++) Line(context, line, registers + i * 3, work);
      if (line.kind != PointsLine::Kind::kDifferent) continue;
      behind += places_of(context, line.table).count * sizeof(Seen);
    }
  }

  Int128 of(size_t row) {
    for (Line& line : lines()) line.start(row);
    days_.start();
    for (Line* next = earliest(); next != nullptr; next = earliest()) {
      const int64_t day = clock_.day(next->time());
      days_.add(day, next->take());
    }
    return days_.finish(people_.of(row), people_.most());
  }
  bool too_big() const { return days_.too_big(); }

 private:
  std::span<Line> lines() const { return {lines_, count_}; }

  Line* earliest() const {
    Line* found = nullptr;
    for (Line& line : lines()) {
      if (line.done()) continue;
      if (found == nullptr || line.time() < found->time()) found = &line;
    }
    return found;
  }

  PeoplePoints people_;
  Line* lines_;
  size_t count_ = 0;
  Days days_;
  LocalClock clock_;
};

static_assert(std::is_trivially_destructible_v<Line>);
static_assert(alignof(Line) <= 64 && alignof(Seen) <= alignof(Line));

// The one line of events whose points are the same for each, or null.
const PointsLine* plain_line(const PointsParam& param) {
  const PointsLine* found = nullptr;
  for (const PointsLine& line : param.lines) {
    if (line.table == kNone) continue;
    if (found != nullptr || line.kind != PointsLine::Kind::kEach) {
      return nullptr;
    }
    found = &line;
  }
  return found;
}

// A persona of one such line: the days of its events are at hand, and most
// people have some of a day one behind the other.
class PlainPoints {
 public:
  PlainPoints(const KernelContext& context, const Instruction& what,
              const PointsLine& line)
      : points_(line.points),
        people_(context, what),
        days_(context.params->points[what.param], context.params->today) {
    const BoundPoints& bound = context.params->points[what.param];
    const uint32_t* registers = context.params->lists[what.list].data() +
                                (&line - bound.param->lines.data()) * 3;
    found_ = load_row_days(
        context,
        {line.table, values_or_null<uint64_t>(context, registers[0]),
         values_or_null<int64_t>(context, registers[1]),
         values_or_null<int64_t>(context, registers[2])},
        context.scratch->work);
  }

  Int128 of(size_t row) {
    days_.start();
    const uint32_t end = found_.ends[row];
    for (uint32_t at = found_.begins[row]; at < end;) {
      const uint32_t first = at;
      while (++at < end && found_.days[at] == found_.days[first]) {
      }
      days_.add(found_.first_day + found_.days[first],
                Int128{points_} * (at - first));
    }
    return days_.finish(people_.of(row), people_.most());
  }
  bool too_big() const { return days_.too_big(); }

 private:
  int64_t points_;
  PeoplePoints people_;
  RowDays found_;
  Days days_;
};

template <class All>
void each_row(const KernelContext& context, const Instruction& what, All all) {
  Int128* out = values<Int128>(context, what.dst);
  uint64_t* errors = bits(context, what.dst2);
  for (size_t row = 0; row < context.view->rows; ++row) {
    out[row] = all.of(row);
    set_bit(errors, row, all.too_big());
  }
}

KITLE_KERNEL(points) {
  const PointsParam& param = *context.params->points[what.param].param;
  const PointsLine* plain = plain_line(param);
  if (plain != nullptr) {
    return each_row(context, what, PlainPoints(context, what, *plain));
  }
  each_row(context, what, Points(context, what));
}

}  // namespace

uint64_t points_work_bytes(const PointsParam& param,
                           const ChunkLimits& limits) {
  const PointsLine* plain = plain_line(param);
  if (plain != nullptr) {
    return row_days_bytes(places_in(plain->table, limits), limits.rows);
  }
  uint64_t bytes = param.lines.size() * sizeof(Line);
  for (const PointsLine& line : param.lines) {
    if (line.kind != PointsLine::Kind::kDifferent) continue;
    bytes += places_in(line.table, limits) * sizeof(Seen);
  }
  return bytes;
}

void add_points_kernels(KernelTableByOp& table) {
  table[static_cast<size_t>(Op::kPoints)] = points;
}

}  // namespace kitle
