// The reference evaluator: events, measures and moments (Meaning 7, 13, 17).
#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "compiler/reference_walk.h"

namespace kitle::reference {
namespace {

bool is_quantity(TypeKind type) {
  return type == TypeKind::kInteger || type == TypeKind::kNumber ||
         type == TypeKind::kMoney || type == TypeKind::kDuration;
}

bool is_less(const Value& a, const Value& b) {
  if (const auto* number = std::get_if<double>(&a)) {
    return *number < std::get<double>(b);
  }
  return std::get<Int128>(a) < std::get<Int128>(b);
}

bool is_quantity(ValueType type) {
  return type == ValueType::kInteger || type == ValueType::kMoney;
}

// Of one type. Texts by their bytes: by code points.
struct Exactly {
  bool operator()(const Value& a, const Value& b) const {
    const auto* text = std::get_if<std::string>(&a);
    return text != nullptr ? *text < std::get<std::string>(b) : is_less(a, b);
  }
};

// Of a text of the column that is measured.
Value place_of(const Value& text, const Typed& tree) {
  const Typed& measured = *tree.events->measured;
  const auto found =
      std::ranges::find(measured.cells, std::get<std::string>(text));
  return Int128{
      measured.values[static_cast<size_t>(found - measured.cells.begin())]};
}

std::vector<Value> present(std::vector<Value> values) {
  std::erase_if(values, is_missing);
  return values;
}

}  // namespace

// ---- which events ----

std::vector<Walk::Rows> Walk::counted(const TypedEvents& events) {
  const std::vector<Event>& history = history_of(events.event);
  const std::optional<Span> span = span_of(events);
  std::vector<Rows> items;
  bool same_order = false;  // as the last item
  for (size_t row = 0; row < history.size(); ++row) {
    const Event& event = history[row];
    if (event.time > calendar_.now()) continue;
    same_order = same_order && !event.starts_order;
    const bool passes = passes_where(events, row);
    if (!passes || !span || !span->contains(event.time)) continue;
    if (!same_order || !events.by_order) items.emplace_back();
    items.back().push_back(&event);
    same_order = true;
  }
  return items;
}

bool Walk::passes_where(const TypedEvents& events, size_t row) {
  if (!events.where) return true;
  stand_at(events.event, row);
  return holds(*events.where);
}

void Walk::stand_at(uint32_t event, size_t row) {
  event_type_ = event;
  row_ = row;
}

std::optional<Span> Walk::span_of(const TypedEvents& events) {
  const std::optional<Span> anchored = anchors_of(events);
  if (!anchored) return std::nullopt;
  return *anchored & calendar_.instants(events.window);
}

std::optional<Span> Walk::anchors_of(const TypedEvents& events) {
  Span span = always();
  bool missing = false;
  for (const bool after : {true, false}) {
    const std::optional<TypedAnchor>& anchor =
        after ? events.after : events.before;
    if (!anchor) continue;
    const std::optional<Span> side = anchored(*anchor, after);
    missing = missing || !side;
    if (side) span = span & *side;
  }
  return missing ? std::nullopt : std::optional(span);
}

std::optional<Span> Walk::anchored(const TypedAnchor& anchor, bool after) {
  const Value moment = value(*anchor.moment);
  if (is_missing(moment)) return std::nullopt;
  const bool date = anchor.moment->type == ValueType::kDate;
  const Int128 at = std::get<Int128>(moment);
  return after ? calendar_.after(anchor, at, date)
               : calendar_.before(anchor, at, date);
}

// ---- what they say ----

Value Walk::measure(const Typed& tree) {
  const std::vector<Rows> items = counted(*tree.events);
  switch (tree.measure) {
    case Measure::kCount:
      return static_cast<Int128>(items.size());
    case Measure::kSum:
      return sum_of_rows(items, tree);
    case Measure::kAverage:
      return average(items, tree);
    case Measure::kSmallest:
    case Measure::kLargest:
      return extreme(items, tree);
    case Measure::kDistinctCount:
      return distinct_count(items, tree);
    case Measure::kMedianGap:
      return median_gap(items);
    case Measure::kMostFrequent:
      return most_frequent(items, tree);
  }
  return {};
}

Value Walk::added(const std::vector<Value>& values, bool numbers) {
  double number = 0;
  Int128 integer = 0;
  for (const Value& value : values) {
    if (numbers) {
      number += std::get<double>(value);
      continue;
    }
    const std::optional<Int128> more = sum(integer, std::get<Int128>(value));
    if (!more) return fail();
    integer = *more;
  }
  return numbers ? checked(number) : Value(integer);
}

Value Walk::measured(const Typed& measure, const Event& row) {
  const TypedEvents& events = *measure.events;
  if (!events.measured) return as_value(property(row, measure.index));
  stand_at(events.event,
           static_cast<size_t>(&row - history_of(events.event).data()));
  return value(*events.measured);
}

std::vector<Value> Walk::measured_rows(const std::vector<Rows>& items,
                                       const Typed& tree) {
  std::vector<Value> values;
  for (const Rows& rows : items) {
    for (const Event* row : rows) values.push_back(measured(tree, *row));
  }
  return present(std::move(values));
}

std::vector<Value> Walk::measured(const std::vector<Rows>& items,
                                  const Typed& tree) {
  const EventType& type = repository_.schema.event(tree.events->event);
  const Typed* own = measured_by(tree);
  std::vector<Value> values;
  for (const Rows& rows : items) {
    if (own == nullptr) {
      values.push_back(of_rows(rows, type, tree.index));
    } else if (is_quantity(own->type)) {
      const std::vector<Value> each = measured_rows({rows}, tree);
      values.push_back(each.empty() ? Value() : added(each, false));
    } else {
      values.push_back(measured(tree, *rows.front()));
    }
  }
  return present(std::move(values));
}

Value Walk::sum_of_rows(const std::vector<Rows>& items, const Typed& tree) {
  return added(measured_rows(items, tree), tree.type == ValueType::kNumber);
}

Value Walk::average(const std::vector<Rows>& items, const Typed& tree) {
  const std::vector<Value> values = measured(items, tree);
  if (values.empty()) return {};
  const bool numbers = std::holds_alternative<double>(values.front());
  const Value total = added(values, numbers);
  if (is_missing(total)) return {};
  if (numbers) {
    return std::get<double>(total) / static_cast<double>(values.size());
  }
  const Int128 top = std::get<Int128>(total);
  const auto bottom = static_cast<Int128>(values.size());
  if (tree.type == ValueType::kNumber) return quotient(top, bottom);
  return Fraction{top, bottom};
}

Value Walk::extreme(const std::vector<Rows>& items, const Typed& tree) {
  const std::vector<Value> values = measured(items, tree);
  if (values.empty()) return {};
  return tree.measure == Measure::kSmallest
             ? *std::ranges::min_element(values, is_less)
             : *std::ranges::max_element(values, is_less);
}

Value Walk::distinct_count(const std::vector<Rows>& items, const Typed& tree) {
  std::set<Value, Exactly> seen;
  for (Value& value : measured_rows(items, tree)) seen.insert(std::move(value));
  return static_cast<Int128>(seen.size());
}

Stored Walk::property(const Event& row, uint32_t index) const {
  if (!is_of_time(index)) return row.properties[index];
  if (index == kHourIndex) return calendar_.local_hour(row.time);
  const int64_t day = calendar_.local_day(row.time);
  if (index == kDayIndex) return day;
  return int64_t{weekday_of(day)};
}

Value Walk::most_frequent(const std::vector<Rows>& items, const Typed& tree) {
  struct Seen {
    int64_t times = 0;
    int64_t latest = 0;
  };
  std::map<Value, Seen, Exactly> seen;
  for (const Rows& rows : items) {
    for (const Event* row : rows) {
      const Value found = measured(tree, *row);
      if (is_missing(found)) continue;
      Seen& value = seen[found];
      ++value.times;
      value.latest = row->time;
    }
  }
  const auto best = std::ranges::max_element(
      seen,
      [](const Seen& a, const Seen& b) {
        return std::tie(a.times, a.latest) < std::tie(b.times, b.latest);
      },
      [](const auto& entry) { return entry.second; });
  if (best == seen.end()) return {};
  return is_place_of_text(tree) ? place_of(best->first, tree) : best->first;
}

Value Walk::median_gap(const std::vector<Rows>& items) {
  std::set<int64_t> times;
  for (const Rows& rows : items) times.insert(rows.front()->time);
  if (times.size() < 2) return {};
  std::vector<Int128> gaps;
  for (auto time = std::next(times.begin()); time != times.end(); ++time) {
    gaps.push_back(Int128{*time} - *std::prev(time));
  }
  std::ranges::sort(gaps);
  const size_t middle = gaps.size() / 2;
  const bool even = gaps.size() % 2 == 0;
  return Fraction{gaps[middle] + gaps[even ? middle - 1 : middle], 2};
}

Value Walk::moment(const Typed& tree) {
  const std::vector<Rows> items = counted(*tree.events);
  if (items.empty()) return {};
  const Rows& rows = tree.last ? items.back() : items.front();
  if (tree.index == kTimeIndex) return Int128{rows.front()->time};
  const EventType& type = repository_.schema.event(tree.events->event);
  return of_rows(rows, type, tree.index);
}

Value Walk::of_rows(const Rows& rows, const EventType& type, uint32_t index) {
  if (is_of_time(index)) return as_value(property(*rows.front(), index));
  if (rows.size() == 1 || !is_quantity(type.columns[index].type)) {
    return as_value(rows.front()->properties[index]);
  }
  std::vector<Value> values;
  for (const Event* row : rows) {
    values.push_back(as_value(row->properties[index]));
  }
  values = present(values);
  if (values.empty()) return {};
  return added(values, type.columns[index].type == TypeKind::kNumber);
}

// Over all rows of the order that the event belongs to.
Value Walk::order_total(const Typed& tree) {
  const std::vector<Event>& history = history_of(event_type_);
  size_t first = row_;
  while (!history[first].starts_order) --first;
  Rows rows = {&history[first]};
  for (size_t i = first + 1; i < history.size() && !history[i].starts_order;
       ++i) {
    rows.push_back(&history[i]);
  }
  return of_rows(rows, repository_.schema.event(event_type_), tree.index);
}

}  // namespace kitle::reference
