#include "runtime/eval/due_spans.h"

#include <algorithm>
#include <utility>

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

int64_t clamped(Int128 value) {
  return static_cast<int64_t>(std::clamp<Int128>(value, INT64_MIN, INT64_MAX));
}

// Of the value's column.
Bounds stored(const TimedValue& value, const Bounds& span) {
  const Int128 unit = value.as_day ? kMicrosPerDay : 1;
  const Int128 low = span.low * unit;
  const Int128 high =
      value.as_day ? (span.high + Int128{1}) * unit - 1 : Int128{span.high};
  return {clamped(low - value.offset - value.slack),
          clamped(high - value.offset + value.slack)};
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

DueSpans::DueSpans(const Program& program, const TimeUses& uses,
                   const Extents& extents, const Clock& start)
    : program_(program),
      uses_(uses),
      extents_(extents),
      until_now_(program.ranges.size(), true) {
  found_.times.resize(program.tables.size());
  found_.slots.resize(program.slots.size());
  group_uses();
  read(start);
}

// Uses are in order.
void DueSpans::group_uses() {
  for (const TimeUses::Ranged& each : uses_.ranged) {
    const bool known = !grouped_.empty() &&
                       grouped_.back().value == each.value &&
                       grouped_.back().range == each.range;
    if (!known) grouped_.push_back({each.value, each.range, {}});
    grouped_.back().of.push_back(&each.events);
  }
}

bool DueSpans::step_to(const Clock& end, uint8_t step) {
  std::swap(ranges_, from_);
  from_now_ = now_;
  from_today_ = today_;
  read(end);
  return !is_everyone(end) && add_step(step);
}

void DueSpans::read(const Clock& clock) {
  now_ = clock.now;
  today_ = clock.today();
  ranges_.clear();
  for (const RangeParam& range : program_.ranges) {
    const Bounds bounds = bounds_at(range, clock);
    const bool until_now = bounds.low <= now_ && bounds.high == now_;
    if (!until_now) until_now_[ranges_.size()] = false;
    ranges_.push_back(bounds);
  }
}

// Clocks are turned about twice a year. By months a range may go back in the
// night: 30 and 31 March both are one month behind 28 February.
bool DueSpans::is_everyone(const Clock& end) const {
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

bool DueSpans::add_step(uint8_t step) {
  const Bounds days{from_today_, today_};
  const Bounds instants{from_now_, now_};
  for (uint32_t i = 0; i < grouped_.size(); ++i) {
    Spans spans;
    add_swept(spans, range_of(grouped_[i], from_, from_now_, from_today_),
              range_of(grouped_[i], ranges_, now_, today_));
    add_spans(grouped_[i].value, spans, step, i);
  }
  for (const TimedValue& each : uses_.compared) {
    add_spans(each, {is_day(each) ? days : instants}, step, kAny);
  }
  // An event that was to come may start a session, or be in one.
  for (auto& table : found_.times) table.push_back({instants, step, kAny});
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

bool DueSpans::add_birthdays(const TimedValue& value, const Bounds& days,
                             uint8_t step) {
  if (Int128{days.high} - days.low >= kYearDays) return false;
  Spans spans;
  add_anniversaries(spans, days, std::max(from_today_, today_));
  add_spans(value, spans, step, kAny);
  return true;
}

bool DueSpans::is_day(const TimedValue& value) const {
  return value.as_day || program_.slots[value.slot].type == TypeKind::kDate;
}

// What the value itself is, where what is meant of it is in the range.
Bounds DueSpans::range_of(const Use& use, const std::vector<Bounds>& ranges,
                          int64_t now, int64_t today) const {
  const Bounds& range = ranges[use.range];
  const TimedValue& value = use.value;
  if (value.since == TimedValue::Since::kItself || is_empty(range)) {
    return range;
  }
  const Int128 is = is_day(value) ? today : now;
  const Int128 per = value.per;
  const Int128 nearest = Int128{range.low} * per;
  const Int128 farthest = (Int128{range.high} + 1) * per - 1;
  if (value.since == TimedValue::Since::kAgo) {
    return {clamped(is - farthest), clamped(is - nearest)};
  }
  return {clamped(is + nearest), clamped(is + farthest)};
}

void DueSpans::add_spans(const TimedValue& value, const Spans& spans,
                         uint8_t step, uint32_t use) {
  const Slot& of = program_.slots[value.slot];
  const bool own =
      of.kind == SlotKind::kAttribute || of.kind == SlotKind::kProperty;
  auto& to = own ? found_.slots[value.slot] : found_.times[of.table];
  for (const Bounds& each : spans) {
    to.push_back({stored(value, each), step, use});
    if (own) continue;
    const size_t asked = use == kAny ? 0 : grouped_[use].of.size();
    looks_ += events_in(of.table, to.back().values) *
              (1 + static_cast<double>(asked) / 2);
  }
}

double DueSpans::events_in(uint32_t table, const Bounds& span) const {
  const Bounds& all = extents_.times[table];
  const double low = static_cast<double>(std::max(span.low, all.low));
  const double high = static_cast<double>(std::min(span.high, all.high));
  if (low > high) return 0;
  const double length =
      static_cast<double>(all.high) - static_cast<double>(all.low);
  return static_cast<double>(extents_.events[table]) * (high - low + 1) /
         (length + 1);
}

DueSpans::Found DueSpans::take(size_t steps) {
  TestNumbers numbers;
  for (const Use& use : grouped_) {
    found_.events.by_use.push_back(events_of(use, numbers));
  }
  found_.events.tests.resize(numbers.size());
  for (const auto& [test, number] : numbers) {
    found_.events.tests[number] = test;
  }
  const auto behind = [&](const DueSpan& span) { return span.step >= steps; };
  for (auto& slot : found_.slots) std::erase_if(slot, behind);
  for (auto& table : found_.times) {
    std::erase_if(table, behind);
    for (DueSpan& span : table) {
      const bool any =
          span.use == kAny || found_.events.by_use[span.use].empty();
      if (any) span.use = kAny;
    }
  }
  give_to_members();
  return std::move(found_);
}

std::vector<DueEvent> DueSpans::events_of(const Use& use,
                                          TestNumbers& numbers) {
  std::vector<DueEvent> found;
  for (const EventsOfUse* each : use.of) {
    const bool counted = each->nth != 0 && until_now_[each->window];
    if (each->tests.empty() && !counted) return {};
    DueEvent& made = found.emplace_back();
    made.number = found_.events.count++;
    for (const EventTest& test : each->tests) {
      const auto next = static_cast<uint32_t>(numbers.size());
      made.tests.push_back(numbers.try_emplace(test, next).first->second);
    }
    made.nth = counted ? each->nth : 0;
  }
  return found;
}

// A derived table's spans, to those that may be derived ones themselves.
void DueSpans::give_to_members() {
  for (size_t i = program_.derived.size(); i > 0; --i) {
    const DerivedTable& derived = program_.derived[i - 1];
    const auto from = std::exchange(found_.times[derived.table], {});
    for (const uint32_t member : derived.members) {
      auto& to = found_.times[member];
      to.insert(to.end(), from.begin(), from.end());
    }
  }
}

}  // namespace kitle
