#include "compiler/unchanged.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "compiler/build_plan.h"
#include "compiler/plan.h"

namespace kitle {
namespace {

// What a plan says of a column is its place.
auto facts_of(const Column& column) {
  return std::tie(column.name, column.type, column.any_case);
}

bool same_columns(const std::vector<Column>& a, const std::vector<Column>& b) {
  return std::ranges::equal(a, b, {}, facts_of, facts_of);
}

bool same_event(const EventType& a, const EventType& b) {
  return a.name == b.name && a.counted_by == b.counted_by &&
         same_columns(a.columns, b.columns);
}

bool same_derived(const DerivedEvents& a, const DerivedEvents& b) {
  return a.members == b.members && a.gap == b.gap && same_event(a.type, b.type);
}

bool same_schema(const Schema& a, const Schema& b) {
  return same_columns(a.attributes, b.attributes) &&
         std::ranges::equal(a.events, b.events, same_event) &&
         std::ranges::equal(a.derived, b.derived, same_derived);
}

auto facts_of(const Settings& settings) {
  return std::tie(settings.time_zone, settings.locale, settings.currency,
                  settings.currency_digits, settings.first_day_of_week);
}

// Adds what the plan has; the condition of each of its segments there. Equal
// conditions are one node, whichever plan they come from.
std::vector<NodeId> put_into(Plan& all, const Plan& plan) {
  std::vector<NodeId> moved;
  for (NodeId id = 0; id < plan.size(); ++id) {
    Node node = plan[id];
    for (NodeId& arg : node.args) arg = moved[arg];
    moved.push_back(all.add(std::move(node)));
  }
  std::vector<NodeId> conditions;
  for (const PlanSegment& segment : plan.segments) {
    conditions.push_back(moved[segment.condition]);
  }
  return conditions;
}

}  // namespace

std::vector<std::optional<uint32_t>> unchanged_segments(
    const Repository& before, const Repository& after) {
  std::vector<std::optional<uint32_t>> same(after.segments.size());
  if (!same_schema(before.schema, after.schema) ||
      facts_of(before.settings) != facts_of(after.settings)) {
    return same;
  }
  Plan all;
  const auto old = put_into(all, build_plan(before));
  // A segment that lacks a fit is false in the plan, and says so beside it.
  std::map<std::pair<NodeId, std::string>, uint32_t> known;
  for (uint32_t i = 0; i < old.size(); ++i) {
    known.emplace(std::pair(old[i], before.segments[i].undecided), i);
  }
  const auto edited = put_into(all, build_plan(after));
  for (uint32_t i = 0; i < edited.size(); ++i) {
    const auto found =
        known.find(std::pair(edited[i], after.segments[i].undecided));
    if (found != known.end()) same[i] = found->second;
  }
  return same;
}

}  // namespace kitle
