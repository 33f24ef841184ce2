// Lints of what follows from conditions (compiler/reason.h): segments that are
// the same, and parts of conditions that decide nothing or never hold.
#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

#include "compiler/check_lookup.h"
#include "compiler/compile.h"
#include "compiler/lint_context.h"
#include "compiler/reason_pairs.h"
#include "compiler/relations.h"

namespace kitle {

namespace {

// For the pairs of segments and for the parts of conditions, half each.
constexpr uint64_t kMostWork = 8'000'000;
constexpr size_t kMostClauses = 20'000;

// `segment a { in b }`: another name on purpose.
bool is_alias(const TypedSegment& segment) {
  return segment.condition->kind == TypedKind::kSegment;
}

// `expect a implies b` says that it is meant.
bool is_promised(const Repository& repository, const ProvenRelation& found) {
  return std::ranges::any_of(repository.guards, [&](const TypedGuard& each) {
    return each.kind == GuardKind::kImplies && each.first == found.first &&
           each.second == found.second;
  });
}

// What is asked of tables, as it is written, by the table's place in
// Syntax::tables. What follows from different ones follows from what the
// tables' files say now.
using OfTables = std::set<std::pair<uint32_t, std::string>>;

class TableReader {
 public:
  explicit TableReader(const LintContext& context) : context_(context) {}

  OfTables of(const Typed& tree) {
    found_.clear();
    read(tree);
    return std::move(found_);
  }

 private:
  void read(const Typed& tree) {
    if (const auto table = table_of(tree)) {
      found_.emplace(*table, context_.quote(tree.span));
    }
    for (const TypedPtr& arg : tree.args) read(*arg);
    if (tree.kind == TypedKind::kSegment) {
      read(*context_.repository().segments[tree.index].condition);
    }
    if (tree.events) read(*tree.events);
    if (!tree.sequence) return;
    for (const TypedStep& step : tree.sequence->steps) read(step.events);
  }

  void read(const TypedEvents& events) {
    if (events.where) read(*events.where);
    if (events.measured) read(*events.measured);
    for (const auto* anchor : {&events.after, &events.before}) {
      if (*anchor && (*anchor)->moment) read(*(*anchor)->moment);
    }
  }

  const LintContext& context_;
  OfTables found_;
};

// Where one of the two asks a table for what the other does not.
void tell_tables(const LintContext& context, const Typed& a, const Typed& b,
                 Diagnostic& made) {
  TableReader reader(context);
  const OfTables of_a = reader.of(a);
  const OfTables of_b = reader.of(b);
  OfTables apart;
  std::ranges::set_symmetric_difference(of_a, of_b,
                                        std::inserter(apart, apart.end()));
  if (apart.empty()) return;
  const TableDecl& table = context.syntax().tables[apart.begin()->first];
  made.with_place(table.file.span, "as long as this file says what it says");
}

void same_segments(const LintContext& context,
                   const std::vector<ProvenRelation>& relations) {
  const auto& segments = context.repository().segments;
  for (const ProvenRelation& each : relations) {
    const TypedSegment& first = segments[each.first];
    const TypedSegment& second = segments[each.second];
    const bool told = !is_alias(first) && !is_alias(second) &&
                      !context.sources().call_of(second.span.file);
    if (!told) continue;
    if (each.kind == RelationKind::kImplies) {
      if (!is_promised(context.repository(), each)) {
        Diagnostic& made = context.add(DiagnosticId::kSubsumedSegment,
                                       first.span, {first.name, second.name});
        made.with_place(second.span, "this one");
        tell_tables(context, *first.condition, *second.condition, made);
      }
      continue;
    }
    Diagnostic& made = context.add(DiagnosticId::kDuplicateSegment, second.span,
                                   {second.name, first.name});
    made.with_place(first.span, "the same people");
    tell_tables(context, *first.condition, *second.condition, made);
  }
}

// A part of an `and` or an `or` of a rule, and those beside it.
struct Junction {
  TypedKind kind = TypedKind::kAnd;
  std::vector<uint32_t> parts;  // of Parts
  Span span;
  uint32_t event = kNone;    // whose conditions they are
  uint32_t segment = kNone;  // in which they stand
};

// Every `and` and `or` of the rules, also in a `where`, each of their parts a
// part of the plan.
class Parts {
 public:
  explicit Parts(const LintContext& context) : context_(context) {
    const Repository& repository = context.repository();
    for (const TypedSegment& each : repository.segments) {
      segment_ = static_cast<uint32_t>(&each - repository.segments.data());
      // A stage is its own condition and those before it: what follows of
      // these is meant.
      if (each.stages.empty()) {
        junctions(*each.condition, kNone);
      } else {
        wheres(*each.condition);
      }
    }
    segment_ = kNone;
    for (const TypedPersona& each : repository.personas) {
      for (const TypedPointsLine& line : each.lines) {
        if (line.condition) junctions(*line.condition, kNone);
      }
    }
  }

  const std::vector<Junction>& all() const { return junctions_; }
  const std::vector<PlanPart>& parts() const { return parts_; }
  Span span(uint32_t part) const { return parts_[part].condition->span; }
  const Typed& condition(uint32_t part) const {
    return *parts_[part].condition;
  }
  // `is missing` and `is present` say aloud what another part says silently.
  bool asks_presence(uint32_t part) const {
    const Typed* typed = parts_[part].condition;
    if (typed->kind == TypedKind::kNot) typed = typed->args[0].get();
    return typed->kind == TypedKind::kPresent;
  }

 private:
  // `event`: whose conditions they are, kNone for those of people.
  void junctions(const Typed& tree, uint32_t event) {
    // Its parts are the checker's, whatever places they have.
    if (tree.kind == TypedKind::kTally) return wheres(tree);
    for (const TypedPtr& arg : tree.args) junctions(*arg, event);
    of_events(tree);
    const bool joins =
        tree.kind == TypedKind::kAnd || tree.kind == TypedKind::kOr;
    if (joins && parts_.size() <= kMostClauses) junction(tree, event);
  }

  // Those in a `where` alone.
  void wheres(const Typed& tree) {
    for (const TypedPtr& arg : tree.args) wheres(*arg);
    of_events(tree);
  }

  void of_events(const Typed& tree) {
    if (tree.events) where(*tree.events);
    if (!tree.sequence) return;
    for (const TypedStep& step : tree.sequence->steps) where(step.events);
  }

  void where(const TypedEvents& events) {
    if (events.where) junctions(*events.where, events.event);
  }

  // Only parts that were written as such: what the checker made of one
  // (`between`, `in each of`) shares its place. What a `let` or a score has is
  // copied to where it is used, and looked at once.
  void junction(const Typed& tree, uint32_t event) {
    for (const TypedPtr& arg : tree.args) {
      if (arg->span == tree.span || is_elsewhere(arg->span)) return;
    }
    const Span first = tree.args.front()->span;
    if (!seen_.insert({first.file, first.begin, tree.span.end}).second) return;
    Junction made{tree.kind, {}, tree.span, event, segment_};
    for (const TypedPtr& arg : tree.args) {
      made.parts.push_back(static_cast<uint32_t>(parts_.size()));
      parts_.push_back({arg.get(), event});
    }
    junctions_.push_back(std::move(made));
  }

  // Of a template or a library: it may decide something in another use.
  bool is_elsewhere(const Span& span) const {
    return context_.sources().call_of(span.file).has_value();
  }

  const LintContext& context_;
  uint32_t segment_ = kNone;
  std::vector<PlanPart> parts_;
  std::vector<Junction> junctions_;
  std::set<std::array<uint32_t, 3>> seen_;
};

class PartLinter {
 public:
  explicit PartLinter(const LintContext& context)
      : context_(context),
        parts_(context),
        plan_(make_plan_of(context.repository(), parts_.parts())),
        budget_(kMostWork),
        prover_(plan_, context.repository(), budget_),
        empty_(context.repository().segments.size()) {}

  std::vector<ProvenRelation> relations() {
    const auto half = budget_.share(1);
    return find_implications(context_.repository(), plan_, prover_, budget_)
        .all;
  }

  void lint() {
    const std::vector<Junction>& all = parts_.all();
    for (size_t i = 0; i < all.size(); ++i) {
      const auto bound = budget_.share(all.size() - i - 1);
      junction(all[i]);
    }
  }

 private:
  void junction(const Junction& junction) {
    const bool filter = junction.event != kNone &&
                        junction.kind == TypedKind::kAnd &&
                        !is_empty(junction.segment);
    std::vector<NodeId> conditions;
    for (const uint32_t each : junction.parts) {
      conditions.push_back(condition(each));
    }
    ReasonPairs pairs(prover_, budget_, std::move(conditions));
    if (dead_part(junction, pairs)) return;
    if (filter && dead_filter(junction, pairs)) return;
    for (uint32_t i = 0; i < pairs.size(); ++i) redundant(junction, pairs, i);
  }

  NodeId condition(uint32_t part) const {
    const size_t before = context_.repository().segments.size();
    return plan_.segments[before + part].condition;
  }

  // In an `or` a part that cannot hold, in an `and` one that everyone meets.
  bool dead_part(const Junction& junction, ReasonPairs& pairs) {
    bool found = false;
    for (uint32_t i = 0; i < pairs.size(); ++i) {
      const bool dead = pairs.never(i);
      const bool idle = pairs.always(i);
      found = found || dead || idle;
      const Span span = parts_.span(junction.parts[i]);
      if (dead && junction.kind == TypedKind::kOr && !is_told(span)) {
        context_.add(DiagnosticId::kImpossibleClause, span,
                     {context_.quote(span)});
      } else if (idle && junction.kind == TypedKind::kAnd) {
        context_
            .add(DiagnosticId::kRedundantClause, span, {context_.quote(span)})
            .with_label("this always holds");
      }
    }
    return found;
  }

  // An `and` in a `where` that no event passes; of a segment that is empty
  // `check` tells that.
  bool dead_filter(const Junction& junction, ReasonPairs& pairs) {
    if (!pairs.all_exclude_each_other()) return false;
    context_
        .add(DiagnosticId::kImpossibleClause, junction.span,
             {context_.quote(junction.span)})
        .with_label("no event passes this");
    told_.push_back(junction.span);
    return true;
  }

  // A `where` inside it says it already.
  bool is_told(const Span& clause) const {
    return std::ranges::any_of(told_, [&](const Span& each) {
      return each.file == clause.file && clause.begin <= each.begin &&
             each.end <= clause.end;
    });
  }

  bool is_empty(uint32_t segment) {
    if (segment == kNone) return false;
    std::optional<bool>& known = empty_[segment];
    if (!known) {
      prover_.suppose_nothing();
      known = prover_.never(plan_.segments[segment].condition);
    }
    return *known;
  }

  // Of two that follow from each other the later one is too much.
  void redundant(const Junction& junction, ReasonPairs& pairs, uint32_t index) {
    const uint32_t part = junction.parts[index];
    if (parts_.asks_presence(part)) return;
    for (uint32_t i = 0; i < pairs.size() && !budget_.spent(); ++i) {
      if (i == index || !follows(junction.kind, pairs, index, i)) continue;
      const bool twice = follows(junction.kind, pairs, i, index);
      if (twice && i > index) continue;
      Diagnostic& made =
          context_.add(DiagnosticId::kRedundantClause, parts_.span(part),
                       {context_.quote(parts_.span(part))});
      made.with_place(parts_.span(junction.parts[i]), "this decides alone");
      tell_tables(context_, parts_.condition(part),
                  parts_.condition(junction.parts[i]), made);
      return;
    }
  }

  // In an `and` what follows from another part; in an `or` what is in it.
  static bool follows(TypedKind kind, ReasonPairs& pairs, uint32_t part,
                      uint32_t other) {
    return kind == TypedKind::kAnd ? pairs.follows(part, other)
                                   : pairs.implies(part, other);
  }

  const LintContext& context_;
  std::vector<Span> told_;  // filters that no event passes
  Parts parts_;
  Plan plan_;
  ReasonBudget budget_;
  Prover prover_;
  std::vector<std::optional<bool>> empty_;  // by segment
};

}  // namespace

void lint_relations(const LintContext& context) {
  if (context.repository().segments.empty()) return;
  PartLinter linter(context);
  same_segments(context, linter.relations());
  linter.lint();
}

}  // namespace kitle
