// See explain_leaf.h.
#include "compiler/explain_leaf.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/check_context.h"
#include "compiler/words.h"

namespace kitle {
namespace {

using Instants = reference::Span;
using reference::Value;

constexpr const char* kPersonal = "personal, not shown";

const Column* column_of(const Typed& tree, const Schema& schema,
                        uint32_t event) {
  if (tree.kind == TypedKind::kAttribute) return &schema.attributes[tree.index];
  const bool of_row = tree.kind == TypedKind::kProperty ||
                      tree.kind == TypedKind::kOrderTotal ||
                      tree.kind == TypedKind::kOrderValue;
  if (of_row) return &schema.event(event).columns[tree.index];
  const bool counts =
      tree.kind == TypedKind::kMeasure &&
      (tree.measure == Measure::kCount || tree.measure == Measure::kMedianGap);
  const bool has_column = tree.events && !counts && !is_of_time(tree.index);
  if (!has_column) return nullptr;
  return &schema.event(tree.events->event).columns[tree.index];
}

bool personal(const TypedSequence& sequence, const Schema& schema);

// With `deep` also what only chooses events.
bool personal(const Typed& tree, const Schema& schema, uint32_t event,
              bool deep) {
  const auto inside = [&](const Typed& part, uint32_t of) {
    return personal(part, schema, of, deep);
  };
  const Column* column = column_of(tree, schema, event);
  if (column != nullptr && column->personal) return true;
  const Typed* measured = measured_by(tree);
  if (measured != nullptr && inside(*measured, tree.events->event)) return true;
  const bool in_args = std::ranges::any_of(
      tree.args, [&](const TypedPtr& arg) { return inside(*arg, event); });
  if (deep && tree.sequence) return personal(*tree.sequence, schema);
  if (in_args || !deep || !tree.events) return in_args;
  const TypedEvents& events = *tree.events;
  if (events.where && inside(*events.where, events.event)) return true;
  for (const auto* anchor : {&events.after, &events.before}) {
    if (*anchor && inside(*(*anchor)->moment, event)) return true;
  }
  return false;
}

// The text whose place was found to be the most frequent.
Value text_at(const Typed& tree, const Value& place) {
  const Typed& measured = *tree.events->measured;
  const auto found =
      std::ranges::find(measured.values, std::get<Int128>(place));
  return measured.cells[static_cast<size_t>(found - measured.values.begin())];
}

bool personal(const TypedSequence& sequence, const Schema& schema) {
  return std::ranges::any_of(sequence.steps, [&](const TypedStep& step) {
    const uint32_t event = step.events.event;
    const auto& columns = schema.event(event).columns;
    const auto& where = step.events.where;
    if (where && personal(*where, schema, event, true)) return true;
    const bool same = std::ranges::any_of(step.same, [&](uint32_t index) {
      return !is_of_time(index) && columns[index].personal;
    });
    return same || std::ranges::any_of(
                       step.comparisons, [&](const StepComparison& each) {
                         const uint32_t other =
                             sequence.steps[each.step].events.event;
                         return personal(*each.own, schema, event, true) ||
                                personal(*each.other, schema, other, true);
                       });
  });
}

}  // namespace

bool looks_at_personal(const Typed& tree, const Schema& schema) {
  return personal(tree, schema, 0, true);
}

TypedShape shape_of(TypedKind kind) {
  switch (kind) {
    case TypedKind::kAnd:
    case TypedKind::kOr:
      return TypedShape::kJunction;
    case TypedKind::kNot:
      return TypedShape::kNegation;
    case TypedKind::kSegment:
      return TypedShape::kSegment;
    case TypedKind::kCompare:
    case TypedKind::kTextTest:
    case TypedKind::kInTexts:
    case TypedKind::kInIntegers:
    case TypedKind::kListHas:
    case TypedKind::kElementOf:
    case TypedKind::kPresent:
    case TypedKind::kInWindow:
    case TypedKind::kBirthday:
    case TypedKind::kSequence:
      return TypedShape::kTest;
    case TypedKind::kConstant:
    case TypedKind::kFitted:
      return TypedShape::kWritten;
    case TypedKind::kAttribute:
    case TypedKind::kProperty:
    case TypedKind::kEventTime:
    case TypedKind::kOrderTotal:
    case TypedKind::kOrderValue:
    case TypedKind::kMeasure:
    case TypedKind::kMomentOf:
    case TypedKind::kPoints:
      return TypedShape::kValue;
    case TypedKind::kAge:
    case TypedKind::kDaysSince:
    case TypedKind::kTimeSince:
    case TypedKind::kLookup:
    case TypedKind::kLookedUp:
    case TypedKind::kLength:
    case TypedKind::kLocalDay:
    case TypedKind::kLocalHour:
    case TypedKind::kWeekday:
      return TypedShape::kOfValue;
    case TypedKind::kAdd:
    case TypedKind::kSubtract:
    case TypedKind::kMultiply:
    case TypedKind::kDivide:
    case TypedKind::kNegate:
    case TypedKind::kPercentOf:
    case TypedKind::kRounded:
    case TypedKind::kTally:
      return TypedShape::kCombined;
  }
  return TypedShape::kValue;
}

void LeafMaker::fill(WhyNode& node, const Typed& tree, bool wanted) {
  node.personal = looks_at_personal(tree, view_.repository.schema);
  add_test(node, tree);
  if (node.undecided || node.holds == wanted) return;
  node.missing = missing(tree, wanted);
  if (wanted) add_nearest(node, tree);
}

bool LeafMaker::is_personal(const Typed& tree, uint32_t event) const {
  return personal(tree, view_.repository.schema, event, true);
}

// ---- values ----

void LeafMaker::add_test(WhyNode& node, const Typed& tree) {
  switch (shape_of(tree.kind)) {
    case TypedShape::kJunction:
    case TypedShape::kNegation:
    case TypedShape::kTest:
      if (tree.sequence) add_steps(node, *tree.sequence);
      for (const TypedPtr& arg : tree.args) add_test(node, *arg);
      return;
    case TypedShape::kSegment:
      return;
    case TypedShape::kWritten:
      return add_written(node, tree);
    case TypedShape::kValue:
    case TypedShape::kOfValue:
    case TypedShape::kCombined:
      return add_value(node, tree);
  }
}

std::string LeafMaker::shown(const Typed& tree) {
  if (personal(tree, view_.repository.schema, 0, false)) return kPersonal;
  walk_.take_undecided();
  const Value value = walk_.value(tree);
  const bool failed = walk_.take_undecided();
  if (failed) return "too large to compute";
  if (is_place_of_text(tree) && !reference::is_missing(value)) {
    return values_.of(text_at(tree, value), tree.events->measured->type);
  }
  return values_.of(value, tree.type);
}

// Two parts of one sugared test (`between`, a share) have the same words.
void LeafMaker::add_value(WhyNode& node, const Typed& tree) {
  // Beside a column of a table, the text is looked up by itself.
  const bool itself =
      tree.kind == TypedKind::kLookedUp && tree.args[0]->span == tree.span;
  if (!itself) add_known(node, tree);
  if (tree.kind == TypedKind::kPoints) add_points(node, tree);
  if (tree.kind == TypedKind::kTally) add_score(node, tree);
  const bool outer = in_score_;
  in_score_ = in_score_ || tree.kind == TypedKind::kTally;
  if (tree.events) add_events(node, tree);
  for (const TypedPtr& arg : tree.args) add_test(node, *arg);
  in_score_ = outer;
}

void LeafMaker::add_known(WhyNode& node, const Typed& tree) {
  const std::string words = words_.full(tree.span);
  const bool known =
      std::ranges::find(node.values, words, &WhyValue::of) != node.values.end();
  if (known) return;
  node.values.push_back({.of = words,
                         .value = shown(tree),
                         .meaning = words_.meaning(words_.of(tree.span)),
                         .given = words_.given(tree.span),
                         .inner = in_score_});
}

// What is written says itself, but for the name of a `let`.
void LeafMaker::add_written(WhyNode& node, const Typed& tree) {
  const std::string words = words_.of(tree.span);
  const std::string meaning = words_.meaning(words);
  if (meaning.empty() || node.words == words || in_score_) return;
  node.values.push_back(
      {.of = words, .value = shown(tree), .meaning = meaning, .written = true});
}

void LeafMaker::add_events(WhyNode& node, const Typed& tree) {
  const bool moment = tree.kind == TypedKind::kMomentOf;
  WhyClause made = clause(*tree.events, tree.span, moment ? &tree : nullptr);
  const bool known =
      std::ranges::any_of(node.clauses, [&](const WhyClause& other) {
        return other.of == made.of && other.found == made.found &&
               other.from == made.from && other.until == made.until;
      });
  if (known) return;
  node.clauses.push_back(std::move(made));
  add_anchor(node, tree.events->after);
  add_anchor(node, tree.events->before);
}

void LeafMaker::add_anchor(WhyNode& node,
                           const std::optional<TypedAnchor>& anchor) {
  if (!anchor) return;
  const Typed& moment = *anchor->moment;
  const bool constant = shape_of(moment.kind) == TypedShape::kWritten;
  if (!constant) add_known(node, moment);
}

// ---- events ----

std::vector<LeafMaker::Item> LeafMaker::items(const TypedEvents& events) {
  const auto& history = walk_.history_of(events.event);
  std::vector<Item> found;
  for (size_t row = 0; row < history.size(); ++row) {
    const reference::Event& event = history[row];
    if (event.time > view_.calendar.now()) continue;
    const bool begins = event.starts_order || !events.by_order || found.empty();
    if (begins) found.emplace_back();
    Item& item = found.back();
    const bool passes = walk_.passes_where(events, row);
    if (passes && !item.passes) item.rows.clear();
    if (passes || !item.passes) item.rows.push_back(&event);
    item.passes = item.passes || passes;
  }
  walk_.take_undecided();
  return found;
}

// The ends as people say them: a rolling window begins right after its first
// instant, a period of the calendar ends right before its last.
void LeafMaker::show_window(WhyClause& clause, const WindowSpec& window) {
  if (window.form == WindowForm::kEver) return;
  const Instants span = view_.calendar.instants(window);
  const bool rolling = window.form == WindowForm::kLast ||
                       window.form == WindowForm::kNext ||
                       window.form == WindowForm::kRangeAgo;
  const auto text = [&](Int128 instant) {
    const bool open = instant < INT64_MIN || instant > INT64_MAX;
    return open ? "" : values_.time(static_cast<int64_t>(instant));
  };
  clause.from = text(rolling ? span.low - 1 : span.low);
  clause.until = text(rolling ? span.high : span.high + 1);
}

namespace {

// How far an instant is before (negative) or behind a window.
Int128 outside(const Instants& window, Int128 time) {
  if (time < window.low) return time - window.low;
  return time > window.high ? time - window.high : 0;
}

Int128 size_of(Int128 distance) { return distance < 0 ? -distance : distance; }

}  // namespace

WhyClause LeafMaker::clause(const TypedEvents& events, Span span,
                            const Typed* moment) {
  WhyClause made{.of = words_.full(span),
                 .event = view_.repository.schema.event(events.event).name};
  show_window(made, events.window);
  const std::vector<Item> all = items(events);
  const std::optional<Instants> anchors = walk_.anchors_of(events);
  walk_.take_undecided();
  const Instants window = view_.calendar.instants(events.window);
  std::vector<const Item*> found;
  std::vector<int64_t> missed;
  for (const Item& item : all) {
    const int64_t time = item.rows.front()->time;
    if (!item.passes) {
      ++made.other_where;
    } else if (!anchors || !anchors->contains(time)) {
      ++made.other_anchor;
    } else if (!window.contains(time)) {
      missed.push_back(time);
    } else {
      found.push_back(&item);
    }
  }
  if (moment != nullptr && !found.empty()) {
    found = {moment->last ? found.back() : found.front()};
  }
  show_where(made, events, all);
  made.found = found.size();
  show_events(made, events, found);
  show_nearest(made, missed, window);
  return made;
}

void LeafMaker::show_where(WhyClause& clause, const TypedEvents& events,
                           const std::vector<Item>& all) {
  const bool several = events.where && events.where->kind == TypedKind::kAnd &&
                       events.where->args.size() > 1 &&
                       events.where->args[0]->span != events.where->span;
  if (!several || clause.other_where == 0) return;
  const auto& parts = events.where->args;
  const auto& history = walk_.history_of(events.event);
  const auto fails = [&](const reference::Event* row, const Typed& part) {
    walk_.stand_at(events.event, static_cast<size_t>(row - history.data()));
    return !walk_.holds(part);
  };
  std::vector<uint64_t> counts(parts.size(), 0);
  for (const Item& item : all) {
    if (item.passes) continue;
    const auto* nearest = *std::ranges::min_element(
        item.rows, {}, [&](const reference::Event* row) {
          return std::ranges::count_if(
              parts, [&](const TypedPtr& part) { return fails(row, *part); });
        });
    for (size_t i = 0; i < parts.size(); ++i) {
      counts[i] += fails(nearest, *parts[i]) ? 1 : 0;
    }
  }
  walk_.take_undecided();
  for (size_t i = 0; i < parts.size(); ++i) {
    if (counts[i] == 0 || is_personal(*parts[i], events.event)) continue;
    clause.where.push_back({where_words(*parts[i], events), counts[i]});
  }
}

// Of a line of a persona its look-back is such a part, too.
std::string LeafMaker::where_words(const Typed& part,
                                   const TypedEvents& events) const {
  const bool look_back =
      part.kind == TypedKind::kInWindow && part.span == events.where->span;
  return look_back ? "look back" : words_.full(part.span);
}

void LeafMaker::show_nearest(WhyClause& clause,
                             const std::vector<int64_t>& missed,
                             const Instants& window) {
  clause.other_window = missed.size();
  if (missed.empty()) return;
  const int64_t nearest = *std::ranges::min_element(
      missed, {}, [&](int64_t time) { return size_of(outside(window, time)); });
  const Int128 late = outside(window, nearest);
  clause.nearest =
      fmt::format("that of {} is {} too {}", values_.time(nearest),
                  duration_words(size_of(late)), late < 0 ? "old" : "new");
}

void LeafMaker::show_events(WhyClause& clause, const TypedEvents& events,
                            const std::vector<const Item*>& found) {
  const size_t shown = std::min(found.size(), events_);
  for (size_t i = 0; i < shown; ++i) {
    clause.events.push_back(event(events, found[found.size() - 1 - i]->rows));
  }
}

WhyEvent LeafMaker::event(const TypedEvents& events, const Rows& rows) {
  const EventType& type = view_.repository.schema.event(events.event);
  const int64_t time = rows.front()->time;
  const uint32_t own = rows.front()->type;  // of a group: the member's
  WhyEvent made{.event = view_.repository.schema.event(own).name,
                .time = time,
                .local = values_.time(time),
                .rows = static_cast<uint32_t>(rows.size())};
  for (uint32_t i = 0; i < type.columns.size(); ++i) {
    const Column& column = type.columns[i];
    if (column.personal) continue;
    const Value value = walk_.of_rows(rows, type, i);
    if (reference::is_missing(value)) continue;
    made.properties.push_back(
        {column.name, values_.of(value, value_type(column.type))});
  }
  walk_.take_undecided();
  return made;
}

}  // namespace kitle
