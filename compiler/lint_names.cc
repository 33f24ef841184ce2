// Lints of names that nothing uses, and of titles, numbers and personal values
// in rules.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <unordered_set>

#include "compiler/lint_context.h"

namespace kitle {

namespace {

using Names = std::unordered_set<std::string>;

// From here on a number that stands several times wants a name, and so does
// every amount of money.
constexpr double kSmallNumber = 100;
constexpr size_t kRepeated = 3;

// Calls `what` for every part of a tree, also inside its clauses.
template <class Visit>
void each_part(const Expr& expr, const Visit& what);

template <class Visit>
void each_part(const Window& window, const Visit& what) {
  if (window.low_value) each_part(*window.low_value, what);
  if (window.high_value) each_part(*window.high_value, what);
}

template <class Visit>
void each_part(const EventClause& clause, const Visit& what) {
  if (clause.measured) each_part(*clause.measured, what);
  if (clause.where) each_part(*clause.where, what);
  for (const Anchor& each : clause.anchors) {
    if (each.moment) each_part(*each.moment, what);
  }
  if (clause.window) each_part(*clause.window, what);
}

template <class Visit>
void each_part(const Expr& expr, const Visit& what) {
  what(expr);
  for (const ExprPtr& arg : expr.args) {
    if (arg) each_part(*arg, what);
  }
  if (expr.low) each_part(*expr.low, what);
  if (expr.high) each_part(*expr.high, what);
  if (expr.window) each_part(*expr.window, what);
  if (expr.clause) each_part(*expr.clause, what);
  for (const StepClause& step : expr.steps) {
    if (step.clause) each_part(*step.clause, what);
  }
}

// The names that one part has beside those of its parts.
class NamesOf {
 public:
  explicit NamesOf(Names& names) : names_(names) {}

  void part(const Expr& part) {
    path(part.name.text);
    path(part.amount.name);
    if (part.window) window(*part.window);
    if (part.clause) clause(*part.clause);
    for (const StepClause& step : part.steps) {
      if (step.clause) clause(*step.clause);
      if (step.within) path(step.within->name);
    }
    if (part.all_within) path(part.all_within->name);
  }

  void clause(const EventClause& clause) {
    path(clause.event.text);
    for (const Anchor& each : clause.anchors) {
      path(each.amount.name);
      path(each.low.name);
    }
    if (clause.window) window(*clause.window);
  }

  void window(const Window& window) {
    path(window.amount.name);
    path(window.low.name);
  }

  void path(const std::string& path) {
    names_.insert(path);
    names_.insert(path.substr(0, path.find('.')));
  }

 private:
  Names& names_;
};

class NameLinter {
 public:
  explicit NameLinter(const LintContext& context)
      : context_(context), syntax_(context.syntax()) {}

  void lint() {
    collect();
    unused(syntax_.lets, DiagnosticId::kUnusedLet);
    unused(syntax_.templates, DiagnosticId::kUnusedTemplate);
    unused_tables();
    unused_fixtures();
    unused_private(syntax_.segments);
    unused_private(syntax_.stages);
    unused_private(syntax_.personas);
    unused_private(syntax_.scores);
    unused(syntax_.segments, DiagnosticId::kUnusedSegment);
    unused_deprecated(syntax_.segments);
    unused_deprecated(syntax_.stages);
    unused_deprecated(syntax_.templates);
    titles();
    numbers();
    for (const ExprPtr* each : rules_) personal(**each);
  }

 private:
  // ---- what is used ----

  void tree(const ExprPtr& tree) {
    if (!tree) return;
    rules_.push_back(&tree);
    names_of(*tree);
  }

  void names_of(const Expr& tree) {
    each_part(tree, [&](const Expr& part) {
      NamesOf(used_).part(part);
      if (part.kind == ExprKind::kColumnOf) columns_.insert(part.name.text);
    });
  }

  void collect() {
    for (const SegmentDecl& each : syntax_.segments) tree(each.condition);
    for (const StagesDecl& each : syntax_.stages) {
      for (const StageDecl& stage : each.stages) tree(stage.condition);
    }
    for (const TemplateDecl& each : syntax_.templates) tree(each.body);
    for (const LetDecl& each : syntax_.lets) tree(each.value);
    for (const SessionsDecl& each : syntax_.sessions) {
      NamesOf(used_).path(each.gap.name);
    }
    for (const PersonaDecl& each : syntax_.personas) persona(each);
    for (const ScoreDecl& each : syntax_.scores) score(each);
    for (const UseDecl& each : syntax_.uses) {
      for (const UseArgument& argument : each.arguments) {
        if (argument.value) names_of(*argument.value);
      }
    }
    for (const TestDecl& each : syntax_.tests) told(each);
    for (const FixtureDecl& each : syntax_.fixtures) told(each);
    for (const GuardDecl& each : syntax_.guards) {
      NamesOf(used_).path(each.first.text);
      NamesOf(used_).path(each.second.text);
    }
  }

  void persona(const PersonaDecl& persona) {
    for (const PointsDecl& each : persona.points) {
      tree(each.per);
      tree(each.condition);
      if (!each.clause) continue;
      NamesOf(used_).clause(*each.clause);
      each_part(*each.clause, [&](const Expr& part) { names_of(part); });
    }
    for (const Window& each : persona.look_back) NamesOf(used_).window(each);
    for (const Amount& each : persona.halving) NamesOf(used_).path(each.name);
    for (const auto& each : persona.member) tree(each.condition);
  }

  void score(const ScoreDecl& score) {
    tree(score.population);
    for (const DimensionDecl& each : score.dimensions) {
      tree(each.value);
      for (const ExprPtr& cut : each.cuts) {
        if (cut) names_of(*cut);
      }
    }
    for (const Amount& each : score.refit) NamesOf(used_).path(each.name);
  }

  template <class Decl>
  void told(const Decl& declared) {
    for (const TestLine& each : declared.lines) {
      if (each.kind == TestLine::Kind::kGiven) given_.insert(each.name.text);
      for (const FittedFixture& fixture : each.fitted) {
        given_.insert(fixture.name.text);
      }
      for (const Amount& amount : each.amounts)
        NamesOf(used_).path(amount.name);
      if (each.instant) instant(*each.instant);
      for (const GivenDecl& value : each.values) given(value);
      if (each.expect.condition) names_of(*each.expect.condition);
    }
    for (const CasesDecl& cases : declared.cases) {
      for (const CaseDecl& each : cases.rows) row(each);
    }
  }

  void given(const GivenDecl& given) {
    if (given.value) names_of(*given.value);
    if (given.instant) instant(*given.instant);
  }

  void instant(const Instant& instant) {
    for (const Amount& each : instant.amounts) NamesOf(used_).path(each.name);
  }

  void row(const CaseDecl& row) {
    for (const GivenDecl& value : row.values) given(value);
    const bool expects = row.expect && row.expect->condition;
    if (expects) names_of(*row.expect->condition);
  }

  // ---- what is not ----

  // Libraries are used as far as their users want.
  bool is_own(const Span& span) const {
    return !context_.sources().call_of(span.file) &&
           !context_.is_standard(span);
  }

  template <class Decls>
  void unused(const Decls& decls, DiagnosticId id) {
    for (const auto& each : decls) {
      bool told = !used_.contains(each.name.text) && is_own(each.span);
      if (id == DiagnosticId::kUnusedSegment && each.private_word) told = false;
      if (told) context_.add(id, each.name.span, {each.name.text});
    }
  }

  // Of lets and templates all are told that are not used.
  template <class Decls>
  void unused_private(const Decls& decls) {
    for (const auto& each : decls) {
      const bool told = each.private_word && is_own(each.span) &&
                        !used_.contains(each.name.text);
      if (!told) continue;
      context_.add(DiagnosticId::kUnusedPrivate, each.name.span,
                   {each.name.text});
    }
  }

  void unused_tables() {
    for (const TableDecl& each : syntax_.tables) {
      const bool asked =
          std::ranges::any_of(each.columns, [&](const ColumnDecl& column) {
            return columns_.contains(column.name.text);
          });
      if (asked) continue;
      context_.add(DiagnosticId::kUnusedTable, each.name.span,
                   {each.name.text});
    }
  }

  void unused_fixtures() {
    for (const FixtureDecl& each : syntax_.fixtures) {
      if (given_.contains(each.name.text)) continue;
      context_.add(DiagnosticId::kUnusedFixture, each.name.span,
                   {each.name.text});
    }
  }

  template <class Decls>
  void unused_deprecated(const Decls& decls) {
    for (const auto& each : decls) {
      const bool told = !each.deprecated.empty() && is_own(each.span) &&
                        !used_.contains(each.name.text);
      if (!told) continue;
      context_.add(DiagnosticId::kUnusedDeprecated, each.name.span,
                   {each.name.text});
    }
  }

  // ---- what stands several times ----

  void title(const std::string& title, const Name& name) {
    if (title.empty() || !is_own(name.span)) return;
    const auto [first, fresh] = titles_.emplace(title, name.span);
    if (fresh) return;
    context_.add(DiagnosticId::kSameTitle, name.span, {name.text, title})
        .with_place(first->second, "the first one");
  }

  void titles() {
    for (const SegmentDecl& each : syntax_.segments) {
      title(each.title, each.name);
    }
    for (const StagesDecl& each : syntax_.stages) {
      title(each.title, each.name);
      for (const StageDecl& stage : each.stages) title(stage.title, stage.name);
    }
    for (const PersonaDecl& each : syntax_.personas) {
      title(each.title, each.name);
    }
  }

  // Numbers that are compared; in a `let` they have a name already.
  void numbers() {
    std::map<std::string, std::vector<Span>> places;
    const auto rule = [&](const ExprPtr& tree) {
      if (!tree) return;
      each_part(*tree, [&](const Expr& part) {
        if (part.kind != ExprKind::kCompare) return;
        for (const ExprPtr& arg : part.args) {
          if (arg && is_magic(*arg)) places[key_of(*arg)].push_back(arg->span);
        }
      });
    };
    for (const SegmentDecl& each : syntax_.segments) rule(each.condition);
    for (const StagesDecl& each : syntax_.stages) {
      for (const StageDecl& stage : each.stages) rule(stage.condition);
    }
    for (auto& [number, all] : places) repeated(number, all);
  }

  bool is_magic(const Expr& expr) const {
    if (!is_own(expr.span)) return false;
    if (expr.kind == ExprKind::kMoney) return true;
    return expr.kind == ExprKind::kNumber &&
           std::strtod(expr.text.c_str(), nullptr) >= kSmallNumber;
  }

  static std::string key_of(const Expr& expr) {
    return expr.currency.empty() ? expr.text : expr.text + " " + expr.currency;
  }

  void repeated(const std::string& number, const std::vector<Span>& places) {
    if (places.size() < kRepeated) return;
    Diagnostic& made = context_.add(DiagnosticId::kMagicNumber, places.front(),
                                    {number, std::to_string(places.size())});
    for (size_t i = 1; i < kRepeated; ++i) made.with_place(places[i], "again");
  }

  // ---- personal values ----

  void personal(const Expr& tree) {
    each_part(tree, [&](const Expr& part) {
      const bool is =
          part.kind == ExprKind::kCompare &&
          (part.op == CompareOp::kIs || part.op == CompareOp::kIsNot ||
           part.op == CompareOp::kIsExactly);
      if (!is && part.kind != ExprKind::kInList) return;
      const bool both = part.args.size() == 2 && part.args[0] && part.args[1];
      if (!both || part.args[0]->kind != ExprKind::kName) return;
      const std::string& name = part.args[0]->name.text;
      if (!is_personal(name) || !is_own(part.span)) return;
      const Expr* value = written_value(*part.args[1]);
      if (value == nullptr) return;
      context_.add(DiagnosticId::kPersonalValue, value->span, {name});
    });
  }

  // What stands there, or what the `let` that is named there is; null: neither.
  const Expr* written_value(const Expr& expr) const {
    const Expr* at = &expr;
    if (at->kind == ExprKind::kName) {
      const auto let = std::ranges::find_if(
          syntax_.lets,
          [&](const LetDecl& each) { return each.name.text == at->name.text; });
      if (let == syntax_.lets.end() || !let->value) return nullptr;
      at = let->value.get();
    }
    const bool written =
        at->kind == ExprKind::kString || at->kind == ExprKind::kNumber ||
        at->kind == ExprKind::kDate || at->kind == ExprKind::kList;
    return written ? at : nullptr;
  }

  bool is_personal(std::string_view name) const {
    const Schema& schema = context_.repository().schema;
    const std::string person = schema.profile_name + ".";
    if (name.starts_with(person)) name.remove_prefix(person.size());
    const auto among = [&](const std::vector<Column>& columns) {
      return std::ranges::any_of(columns, [&](const Column& each) {
        return each.name == name && each.personal;
      });
    };
    return among(schema.attributes) ||
           std::ranges::any_of(schema.events, [&](const EventType& each) {
             return among(each.columns);
           });
  }

  const LintContext& context_;
  const Syntax& syntax_;
  std::vector<const ExprPtr*> rules_;
  Names used_;
  Names given_;    // fixtures
  Names columns_;  // of tables
  std::map<std::string, Span> titles_;
};

}  // namespace

void lint_names(const LintContext& context) { NameLinter(context).lint(); }

}  // namespace kitle
