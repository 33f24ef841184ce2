// Random sequences. See random_maker.h. Steps are called s0, s1, ...
#include <fmt/format.h>

#include <algorithm>

#include "tests/support/random/random_maker.h"

namespace kitle::testing {

Phrase Maker::sequence(int depth) {
  steps_.clear();
  Phrase made = Phrase("any ") + step(depth);
  for (int64_t i = dice_.between(1, 3); i > 0; --i) {
    made += optional(step(depth));
  }
  const bool open = steps_.back().negated;
  if (!open && dice_.chance(25)) made += optional(Phrase(" all" + within()));
  const std::string same = with_same();
  return same.empty() ? made : std::move(made) + optional(Phrase(same));
}

Phrase Maker::step(int depth) {
  const bool first = steps_.empty();
  Step made{.event = any_event()};
  const EventType& type = schema_.event(made.event);
  made.negated = !first && dice_.chance(30);
  made.rows = schema_.counts_orders(made.event) && dice_.chance(30);
  steps_.push_back(made);
  Phrase text(fmt::format(
      "{}{}{}{} as k{}", first ? "" : " then ", made.negated ? "no " : "",
      made.rows ? "rows of " : "", type.name, steps_.size() - 1));
  text += step_where(depth);
  if (!first && dice_.chance(40)) text += optional(Phrase(within()));
  if (dice_.chance(20)) {
    text += optional(Phrase(" " + writing_.event_window()));
  }
  return text;
}

std::string Maker::within() {
  const std::string unit = writing_.unit(false);
  return " within " + Writing::amount_text(writing_.count(), unit);
}

Phrase Maker::step_where(int depth) {
  const std::string compared =
      dice_.chance(40) ? step_comparison() : std::string();
  const bool own = depth > 0 && dice_.chance(40);
  if (!own && compared.empty()) return Phrase();
  if (!own) return optional(Phrase(" where " + compared));
  const int outer = std::exchange(event_, steps_.back().event);
  Phrase made = Phrase(" where (") + condition(depth - 1);
  event_ = outer;
  if (!compared.empty()) made += optional(Phrase(" and " + compared));
  return optional(std::move(made) + ")");
}

// Of an order that is compared itself there is no value.
bool Maker::may_be_named(const Step& step, const Column& column) const {
  const bool order = schema_.counts_orders(step.event) && !step.rows;
  return !step.negated && !(order && step.compared) && !is_list(column.type);
}

// `s1.p0 < s0.shared1`, or "".
std::string Maker::step_comparison() {
  const size_t own = steps_.size() - 1;
  if (own == 0) return "";
  const auto other = static_cast<size_t>(
      dice_.between(dice_.chance(80) ? static_cast<int64_t>(own) - 1 : 0,
                    static_cast<int64_t>(own) - 1));
  std::vector<std::pair<const Column*, const Column*>> pairs;
  for (const Column& a : schema_.event(steps_[own].event).columns) {
    for (const Column& b : schema_.event(steps_[other].event).columns) {
      if (a.type == b.type && may_be_named(steps_[other], b)) {
        pairs.emplace_back(&a, &b);
      }
    }
  }
  if (pairs.empty()) return "";
  const auto [a, b] = dice_.pick(pairs);
  static const Words kOrders = {"<", "<=", ">", ">=", "is", "is not"};
  const bool text = is_text_like(a->type) || a->type == Kind::kFlag;
  const std::string op =
      text ? (dice_.chance(70) ? "is" : "is not") : dice_.pick(kOrders);
  const bool sum = a->type == Kind::kInteger || a->type == Kind::kMoney ||
                   a->type == Kind::kNumber;
  const char* twice = sum && dice_.chance(30) ? "2 * " : "";
  const bool orders =
      schema_.counts_orders(steps_[own].event) && !steps_[own].rows;
  if (sum && orders && dice_.chance(40)) {
    return fmt::format("total {} {} {}k{}.{}", a->name, op, twice, other,
                       b->name);
  }
  steps_[own].compared = true;
  return dice_.chance(70) ? fmt::format("k{}.{} {} {}k{}.{}", own, a->name, op,
                                        twice, other, b->name)
                          : fmt::format("{}k{}.{} {} {}", twice, other, b->name,
                                        op, a->name);
}

bool Maker::can_be_same(const std::string& name) const {
  const Column* first = nullptr;
  return std::ranges::all_of(steps_, [&](const Step& step) {
    const EventType& type = schema_.event(step.event);
    const auto found = std::ranges::find(type.columns, name, &Column::name);
    if (found == type.columns.end() || is_list(found->type)) return false;
    if (first == nullptr) first = &*found;
    const bool sum = schema_.counts_orders(step.event) && !step.rows &&
                     is_quantity(found->type);
    return found->type == first->type && !sum;
  });
}

std::string Maker::with_same() {
  Words names = {"day", "weekday", "hour"};
  for (const Column& column : schema_.event(steps_[0].event).columns) {
    if (can_be_same(column.name)) {
      names.insert(names.end(), 2, column.name);
    }
  }
  if (!dice_.chance(35)) return "";
  std::string text = " with same " + dice_.pick(names);
  if (dice_.chance(20)) text += ", " + dice_.pick(names);
  return text;
}

}  // namespace kitle::testing
