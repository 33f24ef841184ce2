// DueSteps: what each step's spans are, and who has a value in them.
#include "runtime/eval/dues.h"

#include <algorithm>
#include <array>
#include <utility>

#include "runtime/eval/bit_words.h"
#include "runtime/eval/kernels_parts.h"
#include "runtime/wide.h"

namespace kitle {
namespace {

constexpr int64_t kYearDays = 365;

using Spans = std::vector<Bounds>;

void add(Spans& to, int64_t low, int64_t high) {
  if (low <= high) to.push_back({low, high});
}

bool is_empty(const Bounds& bounds) { return bounds.low > bounds.high; }

bool differ(const Bounds& a, const Bounds& b) {
  if (is_empty(a) && is_empty(b)) return false;
  return a.low != b.low || a.high != b.high;
}

// What is in a range that moves from one to the other, forwards, for a part of
// the way.
void add_swept(Spans& to, const Bounds& from, const Bounds& end) {
  if (is_empty(from) || is_empty(end)) {
    add(to, from.low, from.high);
    add(to, end.low, end.high);
    return;
  }
  if (from.low < end.low) add(to, from.low, end.low - 1);
  if (from.high < end.high) add(to, from.high + 1, end.high);
}

// The days of each year until `today` on which those have a birthday who were
// born on such days, and one more to each side for 29 February.
void add_anniversaries(Spans& to, const Bounds& days, int64_t today) {
  const CivilDate first = civil_of(days.low - 1);
  const CivilDate last = civil_of(days.high + 1);
  const int64_t end = std::max(first.year, civil_of(today).year) + 1;
  for (int64_t year = 0; year <= end; ++year) {
    const int64_t year_of_last = year + last.year - first.year;
    add(to, days_of({year, first.month, first.day}) - 1,
        days_of({year_of_last, last.month, last.day}) + 1);
  }
}

// By months and the like, from an instant on.
bool moves_by_calendar(const RangeParam& range) {
  const WindowForm form = range.window.form;
  return range.kind == RangeParam::Kind::kInstants &&
         is_calendar(range.window.unit) &&
         (form == WindowForm::kLast || form == WindowForm::kNext ||
          form == WindowForm::kRangeAgo);
}

bool moves_along(const Bounds& from, const Bounds& end, int64_t step) {
  const auto along = [&](int64_t a, int64_t b) {
    return a == b || Int128{b} - a == step;
  };
  return along(from.low, end.low) && along(from.high, end.high);
}

}  // namespace

Bounds bounds_at(const RangeParam& param, const Clock& clock) {
  switch (param.kind) {
    case RangeParam::Kind::kConstant:
      return {param.low, param.high};
    case RangeParam::Kind::kInstants: {
      Bounds bounds = instant_bounds(param.window, clock);
      if (param.until_now) bounds.high = std::min(bounds.high, clock.now);
      return bounds;
    }
    case RangeParam::Kind::kDates:
      return date_bounds(param.window, clock);
  }
  return {1, 0};
}

// ---- one step after the other ----

class DueSteps::Finder {
 public:
  Finder(const Program& program, const TimeUses& uses, const Clock& start)
      : times(program.tables.size()),
        slots(program.slots.size()),
        program_(program),
        uses_(uses) {
    read(start);
  }

  // Everyone is due: false.
  bool step_to(const Clock& end, uint8_t step) {
    std::swap(ranges_, from_);
    from_now_ = now_;
    from_today_ = today_;
    read(end);
    return !everyone(end) && add_step(step);
  }

  // By table and by slot, the spans of all steps.
  std::vector<std::vector<Pieces::Span>> times;
  std::vector<std::vector<Pieces::Span>> slots;

 private:
  void read(const Clock& clock) {
    now_ = clock.now;
    today_ = clock.today();
    ranges_.clear();
    for (const RangeParam& range : program_.ranges) {
      ranges_.push_back(bounds_at(range, clock));
    }
  }

  // Clocks are turned about twice a year. By months a range may go back in the
  // night: 30 and 31 March both are one month behind 28 February.
  bool everyone(const Clock& end) const {
    const bool another_day = from_today_ != today_;
    if (uses_.always || (uses_.by_day && another_day)) return true;
    const OffsetSpan span = end.zone->offset_span(end.now);
    if (from_now_ < span.first) return true;
    for (const uint32_t range : uses_.unknown) {
      if (differ(from_[range], ranges_[range])) return true;
    }
    for (size_t i = 0; i < ranges_.size(); ++i) {
      const bool even =
          !moves_by_calendar(program_.ranges[i]) ||
          (!another_day && moves_along(from_[i], ranges_[i], now_ - from_now_));
      if (!even) return true;
    }
    return false;
  }

  bool add_step(uint8_t step) {
    const Bounds days{from_today_, today_};
    const Bounds instants{from_now_, now_};
    for (const TimeUses::Ranged& each : uses_.ranged) {
      Spans spans;
      add_swept(spans, range_of(each, from_, from_now_, from_today_),
                range_of(each, ranges_, now_, today_));
      add_spans(each.value, spans, step);
    }
    for (const TimedValue& each : uses_.compared) {
      add_spans(each, {is_day(each) ? days : instants}, step);
    }
    // An event that was to come may start a session, or be in one.
    for (auto& table : times) table.push_back({instants, step});
    if (days.low == days.high) return true;
    bool known = true;
    for (const TimedValue& each : uses_.ages) {
      known &= add_birthdays(each, days, step);
    }
    for (const TimeUses::Ranged& each : uses_.birthdays) {
      Spans spans;
      add_swept(spans, from_[each.range], ranges_[each.range]);
      for (const Bounds& span : spans) {
        known &= add_birthdays(each.value, span, step);
      }
    }
    return known;
  }

  bool add_birthdays(const TimedValue& value, const Bounds& days,
                     uint8_t step) {
    if (Int128{days.high} - days.low >= kYearDays) return false;
    Spans spans;
    add_anniversaries(spans, days, std::max(from_today_, today_));
    add_spans(value, spans, step);
    return true;
  }

  bool is_day(const TimedValue& value) const {
    return value.as_day || program_.slots[value.slot].type == TypeKind::kDate;
  }

  // What the value itself is, where what is meant of it is in the range.
  Bounds range_of(const TimeUses::Ranged& each,
                  const std::vector<Bounds>& ranges, int64_t now,
                  int64_t today) const {
    const Bounds& range = ranges[each.range];
    if (each.value.since == TimedValue::Since::kItself || is_empty(range)) {
      return range;
    }
    const Int128 is = is_day(each.value) ? today : now;
    const Int128 per = each.value.per;
    const Int128 nearest = Int128{range.low} * per;
    const Int128 farthest = (Int128{range.high} + 1) * per - 1;
    if (each.value.since == TimedValue::Since::kAgo) {
      return {clamped(is - farthest), clamped(is - nearest)};
    }
    return {clamped(is + nearest), clamped(is + farthest)};
  }

  static int64_t clamped(Int128 value) {
    return static_cast<int64_t>(
        std::clamp<Int128>(value, INT64_MIN, INT64_MAX));
  }

  // Of the value's column.
  static Bounds stored(const TimedValue& value, const Bounds& span) {
    const Int128 unit = value.as_day ? kMicrosPerDay : 1;
    const Int128 low = span.low * unit;
    const Int128 high =
        value.as_day ? (span.high + Int128{1}) * unit - 1 : Int128{span.high};
    return {clamped(low - value.offset - value.slack),
            clamped(high - value.offset + value.slack)};
  }

  void add_spans(const TimedValue& value, const Spans& spans, uint8_t step) {
    const Slot& of = program_.slots[value.slot];
    const bool own =
        of.kind == SlotKind::kAttribute || of.kind == SlotKind::kProperty;
    auto& to = own ? slots[value.slot] : times[of.table];
    for (const Bounds& each : spans) to.push_back({stored(value, each), step});
  }

  const Program& program_;
  const TimeUses& uses_;
  int64_t from_now_ = 0;
  int64_t from_today_ = 0;
  std::vector<Bounds> from_;
  int64_t now_ = 0;
  int64_t today_ = 0;
  std::vector<Bounds> ranges_;
};

DueSteps::DueSteps(const Program& program, const TimeUses& uses,
                   const Extents& extents, Clock start,
                   std::span<const int64_t> ends) {
  Finder finder(program, uses, start);
  while (count_ < ends.size() && !everyone_) {
    start.now = ends[count_];
    everyone_ = !finder.step_to(start, static_cast<uint8_t>(count_));
    ++count_;
  }
  // A derived table's go to its members, which may be derived ones themselves.
  for (size_t i = program.derived.size(); i > 0; --i) {
    const DerivedTable& derived = program.derived[i - 1];
    const auto from = std::exchange(finder.times[derived.table], {});
    for (const uint32_t member : derived.members) {
      auto& to = finder.times[member];
      to.insert(to.end(), from.begin(), from.end());
    }
  }
  for (size_t i = 0; i < finder.times.size(); ++i) {
    times_.emplace_back(finder.times[i], extents.times[i]);
  }
  for (size_t i = 0; i < finder.slots.size(); ++i) {
    slots_.emplace_back(finder.slots[i], extents.slots[i]);
  }
}

// ---- pieces ----

DueSteps::Pieces::Pieces(std::vector<Span> spans, const Bounds& extent) {
  constexpr uint64_t kMostPieces = 1 << 20;  // whose marks the L2 cache holds
  constexpr int64_t kPiecesASpan = 64;       // that is exact enough
  std::erase_if(spans, [&](const Span& each) {
    return each.values.low > extent.high || each.values.high < extent.low;
  });
  if (spans.empty()) return;
  int64_t low = INT64_MAX;
  high_ = INT64_MIN;
  for (Span& each : spans) {
    each.values.low = std::max(each.values.low, extent.low);
    each.values.high = std::min(each.values.high, extent.high);
    low = std::min(low, each.values.low);
    high_ = std::max(high_, each.values.high);
  }
  marked_.low = low;
  const uint64_t range =
      static_cast<uint64_t>(high_) - static_cast<uint64_t>(low);
  Int128 length = 0;  // of the spans together
  for (const Span& each : spans) {
    length += Int128{each.values.high} - each.values.low;
  }
  const Int128 most = Int128{kPiecesASpan} * static_cast<int64_t>(spans.size());
  while (range >> marked_.shift >= kMostPieces ||
         length >> marked_.shift > most) {
    ++marked_.shift;
  }
  marked_.pieces = (range >> marked_.shift) + 1;
  marks_.assign(marked_.pieces / 64 + 1, 0);
  for_pieces(spans, [&](uint64_t piece, uint8_t) {
    marks_[piece / 64] |= uint64_t{1} << (piece % 64);
  });
  uint32_t some = 0;  // words
  for (const uint64_t word : marks_) {
    starts_.push_back(some * 64);
    some += word != 0 ? 1 : 0;
  }
  steps_.assign(size_t{some} * 64, kNever);
  for_pieces(spans, [&](uint64_t piece, uint8_t step) {
    uint8_t& first = steps_[starts_[piece / 64] + piece % 64];
    first = std::min(first, step);
  });
}

template <class Use>
void DueSteps::Pieces::for_pieces(std::span<const Span> spans, Use use) const {
  for (const Span& each : spans) {
    const uint64_t last = marked_.piece_of(each.values.high);
    for (uint64_t i = marked_.piece_of(each.values.low); i <= last; ++i) {
      use(i, each.step);
    }
  }
}

void DueSteps::Pieces::find(std::span<const int64_t> values,
                            uint64_t* out) const {
  MarkedPieces marked = marked_;
  marked.marks = marks_.data();  // wherever these are by now
  find_marked(values, marked, out);
}

// ---- people ----

Extents::Extents(const Program& program)
    : times(program.tables.size(), Bounds{INT64_MAX, INT64_MIN}),
      slots(program.slots.size(), Bounds{INT64_MAX, INT64_MIN}) {}

void Extents::add(const BoundBlock& bound) {
  const auto widen = [](Bounds& bounds, const ColumnView& column) {
    bounds.low = std::min(bounds.low, column.min);
    bounds.high = std::max(bounds.high, column.max);
  };
  for (size_t i = 0; i < bound.tables.size(); ++i) {
    widen(times[i], bound.tables[i].time);
  }
  for (size_t i = 0; i < bound.slots.size(); ++i) {
    widen(slots[i], bound.slots[i]);
  }
}

// Which values of a column are whose.
struct DueSteps::Owners {
  const uint32_t* offsets = nullptr;  // null: each is of the row of its number
  uint32_t values = 0;
  uint32_t rows = 0;

  // Offsets in a mapping may change under us.
  uint32_t begin(uint32_t row) const {
    return offsets == nullptr ? row : std::min(offsets[row], values);
  }
  uint32_t end(uint32_t row) const { return begin(row + 1); }
};

// Hardly a value is in a piece in which someone is due, so that whose it is is
// only looked for then. A missing value is 0 there: at most it is due in vain.
void DueSteps::find_in(const Pieces& pieces, const ColumnView& column,
                       const Owners& owners, std::span<uint8_t> steps) {
  if (pieces.empty() || !pieces.meets(column.min, column.max)) return;
  constexpr uint32_t kAtOnce = 1024;
  std::array<int64_t, kAtOnce> values;
  std::array<uint64_t, kAtOnce / 64> due;
  const uint32_t end = owners.begin(owners.rows);
  uint32_t row = 0;
  for (uint32_t begin = 0; begin < end; begin += kAtOnce) {
    const uint32_t count = std::min(kAtOnce, end - begin);
    load_column(column, {count, begin}, values.data());
    pieces.find(std::span(values).first(count), due.data());
    each_bit(std::span(due).first((count + 63) / 64), [&](uint32_t at) {
      while (row + 1 < owners.rows && owners.end(row) <= begin + at) ++row;
      steps[row] = std::min(steps[row], pieces.step_of(values[at]));
    });
  }
}

std::vector<uint32_t> DueSteps::tables(const Program& program) const {
  std::vector<uint32_t> found;
  for (uint32_t i = 0; i < times_.size(); ++i) {
    if (!times_[i].empty()) found.push_back(i);
  }
  for (size_t i = 0; i < slots_.size(); ++i) {
    const Slot& slot = program.slots[i];
    const bool own = slot.kind == SlotKind::kProperty && !slots_[i].empty();
    if (own) found.push_back(slot.table);
  }
  return found;
}

void DueSteps::find(const BoundBlock& bound, std::span<uint8_t> steps) const {
  const auto owners_of = [&](const BoundTable& table) {
    return Owners{table.offsets, table.events,
                  table.offsets == nullptr ? 0 : bound.profiles};
  };
  for (size_t i = 0; i < bound.tables.size(); ++i) {
    const BoundTable& table = bound.tables[i];
    if (table.offsets == nullptr) continue;
    find_in(times_[i], table.time, owners_of(table), steps);
  }
  for (size_t i = 0; i < bound.slots.size(); ++i) {
    const Slot& slot = bound.program->slots[i];
    Owners owners{nullptr, bound.profiles, bound.profiles};
    if (slot.kind == SlotKind::kProperty) {
      const BoundTable& table = bound.tables[slot.table];
      if (table.offsets == nullptr) continue;
      owners = owners_of(table);
    }
    find_in(slots_[i], bound.slots[i], owners, steps);
  }
}

}  // namespace kitle
