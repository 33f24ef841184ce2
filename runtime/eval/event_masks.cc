#include "runtime/eval/event_masks.h"

#include <algorithm>
#include <utility>

namespace kitle {
namespace {

using Uses = std::vector<TimeUses::Ranged>;

// Each once, in order.
template <class T>
void add_all(const std::vector<T>& some, std::vector<T>& to) {
  to.insert(to.end(), some.begin(), some.end());
  std::ranges::sort(to);
  const auto [first, last] = std::ranges::unique(to);
  to.erase(first, last);
}

}  // namespace

const EventMasks::Mask* EventMasks::find(const Masks& masks, uint32_t reg) {
  const auto found = masks.find(reg);
  return found == masks.end() ? nullptr : &found->second;
}

bool EventMasks::is_stored(uint32_t table) const {
  return table < program_.tables.size() - program_.derived.size();
}

bool EventMasks::follow(const Instruction& what, Uses& to) {
  switch (what.op) {
    case Op::kInRange:
    case Op::kInSet:
      return of_column(what);
    case Op::kAnd:
      both(what);
      break;
    case Op::kOr:
    case Op::kAndNot:
    case Op::kNot:
      mixed(what);
      break;
    case Op::kAny:
    case Op::kCount:
    case Op::kFirst:
    case Op::kLast:
      fold(what, to);
      break;
    case Op::kRangeI:
      compare(what, to);
      break;
    default:
      end(what, to);
      break;
  }
  return false;
}

// Of derived tables nothing is known until a block is evaluated, and of
// personal texts each block has others, which cost more than they tell.
bool EventMasks::of_column(const Instruction& what) {
  const Slot& slot = program_.slots[what.slot];
  if (slot.domain() == kProfiles || !is_stored(slot.table) || slot.personal) {
    return false;
  }
  if (what.op == Op::kInSet) {
    masks_[what.dst].tests = {{.slot = what.slot, .set = what.param}};
    return false;
  }
  if (program_.ranges[what.param].kind == RangeParam::Kind::kConstant) {
    masks_[what.dst].tests = {{.slot = what.slot, .range = what.param}};
    return false;
  }
  if (slot.kind != SlotKind::kEventTime) return false;
  masks_[what.dst].windows = {
      {{.slot = what.slot}, what.param, {.window = what.param}}};
  return true;
}

// A window's events matter where they pass the tests beside it.
void EventMasks::both(const Instruction& what) {
  const Mask* a = find(masks_, what.a);
  const Mask* b = find(masks_, what.b);
  if (a == nullptr && b == nullptr) return;
  Mask made;
  made.exact = a != nullptr && b != nullptr && a->exact && b->exact;
  for (const auto& [own, other] : {std::pair{a, b}, std::pair{b, a}}) {
    if (own == nullptr) continue;
    add_all(own->tests, made.tests);
    Uses windows = own->windows;
    for (TimeUses::Ranged& each : windows) {
      if (other != nullptr) add_all(other->tests, each.events.tests);
    }
    add_all(windows, made.windows);
  }
  masks_[what.dst] = std::move(made);
}

void EventMasks::mixed(const Instruction& what) {
  Mask made;
  made.exact = false;
  for (const uint32_t reg : {what.a, what.b}) {
    const Mask* of = find(masks_, reg);
    if (of == nullptr) continue;
    add_all(of->windows, made.windows);
  }
  if (!made.windows.empty()) masks_[what.dst] = std::move(made);
}

// Where there is one, or which is the last, changes with the last one; which is
// the first, with each.
void EventMasks::fold(const Instruction& what, Uses& to) {
  const Mask* of = find(masks_, what.a);
  if (of == nullptr) return;
  const bool whole = what.b == kNone && what.c == kNone;
  if (what.op == Op::kCount && whole) {
    counts_[what.dst] = *of;
    return;
  }
  const bool first = what.op == Op::kFirst;
  use(*of, whole && !first ? 1 : 0, to);
  const TimeUses::Ranged* window = of->window();
  if (window == nullptr || !whole || what.op == Op::kAny) return;
  const WindowForm form = program_.ranges[window->range].window.form;
  if (first && form != WindowForm::kEver) return;
  EventsOfUse events = window->events;
  events.nth = first ? EventsOfUse::kFirst : 1;
  positions_[what.dst] = std::move(events);
}

// From low to high: by the event that makes so many, and by that which makes
// more.
void EventMasks::compare(const Instruction& what, Uses& to) {
  const Mask* of = find(counts_, what.a);
  if (of == nullptr) return end(what, to);
  const RangeParam& range = program_.ranges[what.param];
  if (range.kind != RangeParam::Kind::kConstant) return use(*of, 0, to);
  if (range.low > 0) use(*of, range.low, to);
  if (range.high >= 0 && range.high < INT64_MAX) use(*of, range.high + 1, to);
}

void EventMasks::end(const Instruction& what, Uses& to) const {
  for_operands(program_.general, what, [&](uint32_t reg) {
    for (const Masks* masks : {&masks_, &counts_}) {
      const Mask* of = find(*masks, reg);
      if (of != nullptr) use(*of, 0, to);
    }
  });
}

void EventMasks::use(const Mask& mask, int64_t nth, Uses& to) {
  const bool known = mask.window() != nullptr;
  for (TimeUses::Ranged each : mask.windows) {
    each.events.nth = known ? nth : 0;
    if (each.events.nth == 0) each.events.window = kNone;
    to.push_back(std::move(each));
  }
}

EventsOfUse EventMasks::at(uint32_t position) const {
  const auto found = positions_.find(position);
  return found == positions_.end() ? EventsOfUse() : found->second;
}

}  // namespace kitle
