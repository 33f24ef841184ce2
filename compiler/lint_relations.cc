// Lints of what follows from conditions (compiler/reason.h): segments that are
// the same, and parts of conditions that decide nothing or never hold.
#include <array>

#include "compiler/compile.h"
#include "compiler/lint_context.h"
#include "compiler/reason.h"
#include "compiler/relations.h"

namespace kitle {

namespace {

constexpr uint64_t kMostSteps = 4'000'000;
constexpr size_t kMostClauses = 20'000;

// `segment a { in b }`: another name on purpose.
bool is_alias(const TypedSegment& segment) {
  return segment.condition->kind == TypedKind::kSegment;
}

void same_segments(const LintContext& context) {
  const auto& segments = context.repository().segments;
  for (const ProvenRelation& each : find_relations(context.repository()).all) {
    const TypedSegment& first = segments[each.first];
    const TypedSegment& second = segments[each.second];
    const bool told = each.kind == RelationKind::kEquals && !is_alias(first) &&
                      !is_alias(second) &&
                      !context.sources().call_of(second.span.file);
    if (!told) continue;
    context
        .add(DiagnosticId::kDuplicateSegment, second.span,
             {second.name, first.name})
        .with_place(first.span, "the same people");
  }
}

// A part of an `and` or an `or` of a rule, and those beside it.
struct Junction {
  TypedKind kind = TypedKind::kAnd;
  std::vector<uint32_t> parts;  // of the segments in the plan
};

// Every `and` and `or` of the rules, whose parts become segments behind those
// of the repository, so that a plan has all their conditions.
class Parts {
 public:
  explicit Parts(const LintContext& context) : context_(context) {
    copy(context.repository());
    const size_t own = all_.segments.size();
    for (size_t i = 0; i < own; ++i) {
      // A stage is its own condition and those before it: what follows of
      // these is meant.
      if (all_.segments[i].stages.empty()) {
        junctions(*context.repository().segments[i].condition);
      }
    }
  }

  const Repository& repository() const { return all_; }
  const std::vector<Junction>& all() const { return junctions_; }
  Span span(uint32_t part) const { return all_.segments[part].span; }
  // `is missing` and `is present` say aloud what another part says silently.
  bool asks_presence(uint32_t part) const {
    const Typed* typed = all_.segments[part].condition.get();
    if (typed->kind == TypedKind::kNot) typed = typed->args[0].get();
    return typed->kind == TypedKind::kPresent;
  }

 private:
  void copy(const Repository& from) {
    all_.settings = from.settings;
    all_.schema = from.schema;
    for (const TypedSegment& each : from.segments) {
      add(each.name, *each.condition, each.span);
      all_.segments.back().stages = each.stages;
    }
    for (const TypedPersona& each : from.personas) {
      all_.personas.push_back(clone(each));
    }
  }

  uint32_t add(std::string name, const Typed& condition, Span span) {
    TypedSegment made;
    made.name = std::move(name);
    made.condition = clone(condition);
    made.span = span;
    all_.segments.push_back(std::move(made));
    return static_cast<uint32_t>(all_.segments.size()) - 1;
  }

  // Only parts that were written as such: what the checker made of one
  // (`between`, `in each of`) shares its place.
  void junctions(const Typed& tree) {
    for (const TypedPtr& arg : tree.args) junctions(*arg);
    const bool joins =
        tree.kind == TypedKind::kAnd || tree.kind == TypedKind::kOr;
    if (!joins || all_.segments.size() > kMostClauses) return;
    for (const TypedPtr& arg : tree.args) {
      if (arg->span == tree.span || is_elsewhere(arg->span)) return;
    }
    Junction made{tree.kind, {}};
    for (const TypedPtr& arg : tree.args) {
      made.parts.push_back(
          add("part " + std::to_string(all_.segments.size()), *arg, arg->span));
    }
    junctions_.push_back(std::move(made));
  }

  // Of a template or a library: it may decide something in another use.
  bool is_elsewhere(const Span& span) const {
    return context_.sources().call_of(span.file).has_value();
  }

  const LintContext& context_;
  Repository all_;
  std::vector<Junction> junctions_;
};

class PartLinter {
 public:
  explicit PartLinter(const LintContext& context)
      : context_(context),
        parts_(context),
        plan_(make_plan(parts_.repository(), {})),
        prover_(plan_) {}

  void lint() {
    for (const Junction& each : parts_.all()) {
      if (prover_.steps_taken() > kMostSteps) return;
      if (dead_part(each)) continue;
      for (size_t i = 0; i < each.parts.size(); ++i) redundant(each, i);
    }
  }

 private:
  NodeId condition(uint32_t part) const {
    return plan_.segments[part].condition;
  }

  // In an `or` a part that cannot hold.
  bool dead_part(const Junction& junction) {
    bool found = false;
    for (const uint32_t part : junction.parts) {
      const bool dead = prover_.never(condition(part));
      found = found || dead || prover_.always(condition(part));
      if (!dead || junction.kind == TypedKind::kAnd) continue;
      context_.add(DiagnosticId::kImpossibleClause, parts_.span(part),
                   {context_.quote(parts_.span(part))});
    }
    return found;
  }

  // Of two that follow from each other the later one is too much.
  void redundant(const Junction& junction, size_t index) {
    const uint32_t part = junction.parts[index];
    if (parts_.asks_presence(part)) return;
    for (size_t i = 0; i < junction.parts.size(); ++i) {
      if (i == index) continue;
      const uint32_t other = junction.parts[i];
      if (!follows(junction.kind, part, other)) continue;
      const bool twice = follows(junction.kind, other, part);
      if (twice && i > index) continue;
      context_
          .add(DiagnosticId::kRedundantClause, parts_.span(part),
               {context_.quote(parts_.span(part))})
          .with_place(parts_.span(other), "this decides alone");
      return;
    }
  }

  // In an `and` what follows from another part; in an `or` what is in it.
  bool follows(TypedKind kind, uint32_t part, uint32_t other) {
    const NodeId a = condition(part);
    const NodeId b = condition(other);
    return kind == TypedKind::kAnd ? prover_.implies(b, a)
                                   : prover_.implies(a, b);
  }

  const LintContext& context_;
  Parts parts_;
  Plan plan_;
  Prover prover_;
};

}  // namespace

void lint_relations(const LintContext& context) {
  if (context.repository().segments.empty()) return;
  same_segments(context);
  PartLinter(context).lint();
}

}  // namespace kitle
