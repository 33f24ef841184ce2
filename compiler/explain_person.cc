// The tree of an explanation (explain_person.h): what the checker made of one
// piece of sugar (`between`, `is not`) is one test again, a segment is nested
// where it is first met, and what decides is marked.
#include "compiler/explain_person.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "compiler/explain_leaf.h"
#include "compiler/words.h"

namespace kitle {
namespace {

using Kind = WhyNode::Kind;

const WindowSpec* window_of_measure(const Typed& tree) {
  if (tree.events) return &tree.events->window;
  return tree.args.empty() ? nullptr : window_of_measure(*tree.args[0]);
}

// Whether all parts come from one piece of text.
bool is_sugar(const Typed& tree) {
  if (tree.args.size() == 1) return tree.args.front()->span == tree.span;
  const Span& first = tree.args.front()->span;
  return std::ranges::all_of(
      tree.args, [&](const TypedPtr& arg) { return arg->span == first; });
}

// `in each of last 6 months`: the same of each period.
bool is_each_of(const Typed& tree) {
  const bool sugar =
      tree.kind == TypedKind::kAnd && !tree.args.empty() && is_sugar(tree);
  if (!sugar) return false;
  const WindowSpec* first = window_of_measure(*tree.args.front());
  const WindowSpec* last = window_of_measure(*tree.args.back());
  if (first == nullptr || last == nullptr) return false;
  return first->form == WindowForm::kPeriod &&
         (tree.args.size() == 1 || first->n != last->n);
}

// What was written as one test.
bool is_one_test(const Typed& tree) {
  switch (shape_of(tree.kind)) {
    case TypedShape::kJunction:
      return tree.args.empty() || (is_sugar(tree) && !is_each_of(tree));
    case TypedShape::kNegation:
      return tree.args[0]->span == tree.span && is_one_test(*tree.args[0]);
    case TypedShape::kSegment:
      return false;
    case TypedShape::kTest:
    case TypedShape::kWritten:
    case TypedShape::kValue:
    case TypedShape::kOfValue:
    case TypedShape::kCombined:
      return true;
  }
  return true;
}

// "February 2026", of the calendar's period that begins on a day.
std::string period_words(int64_t day, StepUnit unit) {
  constexpr std::array kMonths = {
      "January", "February", "March",     "April",   "May",      "June",
      "July",    "August",   "September", "October", "November", "December"};
  std::string date = date_text(day);  // 2026-02-01
  const size_t dash = date.find('-', 1);
  std::string year = date.substr(0, dash);
  const auto month = static_cast<size_t>(std::stoi(date.substr(dash + 1, 2)));
  switch (unit) {
    case StepUnit::kYear:
      return year;
    case StepUnit::kQuarter:
      return fmt::format("quarter {} of {}", (month + 2) / 3, year);
    case StepUnit::kMonth:
      return fmt::format("{} {}", kMonths[month - 1], year);
    case StepUnit::kWeek:
      return "the week of " + date;
    case StepUnit::kMicrosecond:
    case StepUnit::kSecond:
    case StepUnit::kMinute:
    case StepUnit::kHour:
    case StepUnit::kDay:
      return date;
  }
  return date;
}

// Without what a test adds to a segment of which it gives something: names have
// no blanks.
std::string own_name(const TypedSegment& segment) {
  return segment.name.substr(0, segment.name.find(' '));
}

class TreeMaker {
 public:
  TreeMaker(const PersonView& view, size_t events)
      : view_(view),
        words_(view.repository, view.sources),
        values_(view.repository.settings, view.calendar),
        walk_(view.walk()),
        leaves_(view, words_, values_, walk_, events),
        shown_(view.repository.segments.size()),
        shown_whens_(view.repository.segments.size()) {}

  WhyNode condition(const Typed& tree, bool wanted) {
    if (is_one_test(tree)) return leaf(tree, wanted);
    if (tree.kind == TypedKind::kSegment) return in_segment(tree, wanted);
    WhyNode node = node_of(tree);
    const bool all = tree.kind == TypedKind::kAnd;
    const bool negation = tree.kind == TypedKind::kNot;
    node.kind = negation ? Kind::kNot : all ? Kind::kAll : Kind::kAny;
    for (const TypedPtr& arg : tree.args) {
      node.parts.push_back(condition(*arg, wanted != negation));
    }
    if (negation) node.parts[0].words = positive(node.parts[0], tree);
    if (is_each_of(tree)) name_periods(node, tree);
    conclude(node);
    return node;
  }

  // What a segment or a stage asks for.
  WhyNode segment(uint32_t index, bool wanted) {
    shown_[index] = true;
    const TypedStages* owner = owner_of(index);
    if (owner == nullptr) {
      return condition(*view_.repository.segments[index].condition, wanted);
    }
    return stage(*owner, index - owner->first, wanted);
  }

 private:
  WhyNode node_of(const Typed& tree) const {
    WhyNode node = placed(tree.span);
    node.words = words_.of(tree.span);
    node.given = words_.given(tree.span);
    node.meaning = words_.meaning(node.words);
    if (!node.meaning.empty()) node.name = node.words;
    return node;
  }

  WhyNode placed(const Span& span) const {
    const SourceSet& sources = words_.sources();
    return {.path = sources.file(span.file).path,
            .line = sources.position(span.file, span.begin).line};
  }

  // `not in lost` has one span with what it negates.
  std::string positive(const WhyNode& part, const Typed& tree) const {
    const bool segment = part.kind == Kind::kSegment;
    if (!segment || tree.args[0]->span != tree.span) return part.words;
    return "in " + part.name;
  }

  // The periods have the same words.
  void name_periods(WhyNode& node, const Typed& tree) const {
    for (size_t i = 0; i < tree.args.size(); ++i) {
      const WindowSpec* window = window_of_measure(*tree.args[i]);
      const auto first = static_cast<int64_t>(view_.calendar.days(*window).low);
      node.parts[i].name = date_text(first);
      node.parts[i].period = period_words(first, window->unit);
    }
  }

  WhyNode leaf(const Typed& tree, bool wanted) {
    WhyNode node = node_of(tree);
    walk_.take_undecided();
    node.holds = walk_.holds(tree);
    node.undecided = walk_.take_undecided();
    leaves_.fill(node, tree, wanted);
    return node;
  }

  WhyNode in_segment(const Typed& tree, bool wanted) {
    const TypedSegment& of = view_.repository.segments[tree.index];
    WhyNode node = node_of(tree);
    node.kind = Kind::kSegment;
    node.name = own_name(of);
    node.again = shown_[tree.index];
    if (!node.again) {
      node.parts.push_back(segment(tree.index, wanted));
      conclude(node);
      if (!node.holds && !node.undecided) {
        node.instead = other_stage(tree.index);
      }
      return node;
    }
    const reference::Answer answer = walk_.answer(tree.index);
    node.holds = answer.member;
    node.undecided = answer.undecided;
    if (!node.holds && !node.undecided) node.instead = other_stage(tree.index);
    return node;
  }

  // The stage that the person is in, of those of which this is one.
  std::string other_stage(uint32_t index) {
    const TypedStages* owner = owner_of(index);
    if (owner == nullptr) return "";
    for (uint32_t i = owner->first; i < owner->first + owner->count; ++i) {
      const reference::Answer answer = walk_.answer(i);
      if (answer.undecided) return "";
      if (answer.member) return own_name(view_.repository.segments[i]);
    }
    return "";
  }

  const TypedStages* owner_of(uint32_t index) const {
    const auto& stages = view_.repository.stages;
    const auto owner = std::ranges::find_if(stages, [&](const auto& each) {
      return each.first <= index && index < each.first + each.count;
    });
    return owner == stages.end() ? nullptr : &*owner;
  }

  // Its own `when` behind those of the stages before it.
  WhyNode stage(const TypedStages& stages, uint32_t stage, bool wanted) {
    const TypedSegment& of = view_.repository.segments[stages.first + stage];
    WhyNode node = placed(of.span);
    node.kind = Kind::kStages;
    node.name = stages.name;
    node.words = of.name;
    for (uint32_t i = 0; i <= stage; ++i) {
      node.parts.push_back(when(stages, i, wanted == (i == stage)));
    }
    conclude(node);
    return node;
  }

  WhyNode when(const TypedStages& stages, uint32_t stage, bool wanted) {
    const TypedSegment& of = view_.repository.segments[stages.first + stage];
    WhyNode node = placed(of.span);
    node.kind = Kind::kStage;
    node.name = of.name.substr(stages.name.size() + 1);
    const Typed* own = when_of(view_.repository, stages, stage);
    node.words = own == nullptr ? "otherwise" : words_.of(own->span);
    if (own != nullptr) node.given = words_.given(own->span);
    node.again = own != nullptr && shown_whens_[stages.first + stage];
    shown_whens_[stages.first + stage] = true;
    if (node.again) {
      walk_.take_undecided();
      node.holds = walk_.holds(*own);
      node.undecided = walk_.take_undecided();
      return node;
    }
    if (own != nullptr) node.parts.push_back(condition(*own, wanted));
    conclude(node);
    return node;
  }

  // From its parts.
  static void conclude(WhyNode& node) {
    const auto holds = [](const WhyNode& part) { return part.holds; };
    const auto& parts = node.parts;
    node.undecided = std::ranges::any_of(parts, &WhyNode::undecided);
    switch (node.kind) {
      case Kind::kAll:
        node.holds = std::ranges::all_of(parts, holds);
        return;
      case Kind::kAny:
        node.holds = std::ranges::any_of(parts, holds);
        return;
      case Kind::kNot:
        node.holds = !parts[0].holds;
        return;
      case Kind::kSegment:
        node.holds = parts[0].holds;
        return;
      case Kind::kStages:
        node.holds = parts.back().holds &&
                     std::none_of(parts.begin(), parts.end() - 1, holds);
        return;
      case Kind::kStage:
        node.holds = parts.empty() || parts[0].holds;
        return;
      case Kind::kTest:
        return;
    }
  }

  const PersonView& view_;
  RuleWords words_;
  ValueWords values_;
  reference::Walk walk_;
  LeafMaker leaves_;
  std::vector<bool> shown_;
  std::vector<bool> shown_whens_;  // of stages
};

// ---- what decides ----

// How many tests say why a part holds or not.
size_t reason_size(const WhyNode& node);

// A part from which alone it follows that an `or` holds, or an `and` does not.
template <class Parts>
auto* cheapest(Parts& parts, bool holds) {
  auto* best = &parts.front();
  size_t least = SIZE_MAX;
  for (auto& part : parts) {
    if (part.holds != holds) continue;
    const size_t size = reason_size(part);
    if (size < least) best = &part;
    least = std::min(least, size);
  }
  return best;
}

// The parts that decide; pointers into `node`.
template <class Node>
std::vector<Node*> deciding(Node& node) {
  std::vector<Node*> found;
  const bool one = (node.kind == Kind::kAll && !node.holds) ||
                   (node.kind == Kind::kAny && node.holds);
  const bool stages = node.kind == Kind::kStages && !node.holds;
  if (stages) {
    const auto before = std::ranges::find(node.parts, true, &WhyNode::holds);
    auto& last = node.parts.back();
    found.push_back(before == node.parts.end() ? &last : &*before);
  } else if (one) {
    found.push_back(cheapest(node.parts, node.holds));
  } else {
    for (auto& part : node.parts) found.push_back(&part);
  }
  return found;
}

size_t reason_size(const WhyNode& node) {
  const bool otherwise = node.kind == Kind::kStage && !node.again;
  if (node.parts.empty()) return otherwise ? 0 : 1;  // which tests nothing
  size_t size = 0;
  for (const WhyNode* part : deciding(node)) size += reason_size(*part);
  return size;
}

// Of what cannot be computed, where it happens.
void mark(WhyNode& node) {
  node.decides = true;
  if (node.undecided) {
    const auto part = std::ranges::find(node.parts, true, &WhyNode::undecided);
    if (part != node.parts.end()) mark(*part);
    return;
  }
  for (WhyNode* part : deciding(node)) mark(*part);
}

}  // namespace

const Typed* when_of(const Repository& repository, const TypedStages& stages,
                     uint32_t stage) {
  const Typed& whole = *repository.segments[stages.first + stage].condition;
  const bool last = stage + 1 == stages.count;
  const bool alone = whole.kind == TypedKind::kConstant;
  if (stage == 0) return alone && last ? nullptr : &whole;
  const bool own =
      whole.kind == TypedKind::kAnd && whole.args.size() == size_t{stage} + 1;
  return own ? whole.args.back().get() : nullptr;
}

WhyNode explain_segment(const PersonView& view, uint32_t segment,
                        size_t events) {
  WhyNode node = TreeMaker(view, events).segment(segment, true);
  mark(node);
  return node;
}

WhyNode explain_condition(const PersonView& view, const Typed& condition,
                          size_t events) {
  WhyNode node = TreeMaker(view, events).condition(condition, true);
  mark(node);
  return node;
}

}  // namespace kitle
