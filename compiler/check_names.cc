// Top-level names and who refers to whom. Entry points: check_names(),
// order_declarations().
#include <fmt/format.h>

#include <algorithm>

#include "compiler/check_context.h"
#include "compiler/visible.h"

namespace kitle {

namespace {

constexpr size_t kNamesInCycle = 20;  // shown in the message

struct Declared {
  std::string name;
  Symbol symbol;
};

template <class Decls>
void declare(const Decls& decls, Symbol::Kind kind,
             std::vector<Declared>& all) {
  for (uint32_t i = 0; i < decls.size(); ++i) {
    const Name& name = decls[i].name;
    all.push_back({name.text, {kind, i, name.span}});
    if constexpr (requires { decls[i].private_word; }) {
      all.back().symbol.private_word = decls[i].private_word;
    }
  }
}

std::vector<Declared> declared_names(const CheckContext& context) {
  std::vector<Declared> all;
  const Syntax& syntax = context.syntax;
  if (!syntax.profiles.empty()) {
    const Name& name = syntax.profiles[0].name;
    all.push_back({name.text, {Symbol::Kind::kProfile, 0, name.span}});
  }
  declare(syntax.events, Symbol::Kind::kEvent, all);
  declare(syntax.groups, Symbol::Kind::kGroup, all);
  declare(syntax.sessions, Symbol::Kind::kSessions, all);
  declare(syntax.segments, Symbol::Kind::kSegment, all);
  declare(syntax.stages, Symbol::Kind::kStages, all);
  declare(syntax.personas, Symbol::Kind::kPersona, all);
  declare(syntax.scores, Symbol::Kind::kScore, all);
  declare(syntax.lets, Symbol::Kind::kLet, all);
  declare(syntax.tables, Symbol::Kind::kTable, all);
  declare(syntax.templates, Symbol::Kind::kTemplate, all);
  declare(syntax.sources, Symbol::Kind::kSource, all);
  declare(syntax.fixtures, Symbol::Kind::kFixture, all);
  auto place = [](const Declared& declared) {
    return std::pair(declared.symbol.span.file, declared.symbol.span.begin);
  };
  std::ranges::stable_sort(all, {}, place);
  return all;
}

void report_duplicate(CheckContext& context, const std::string& name, Span span,
                      const Symbol& first) {
  context.report(DiagnosticId::kDuplicateName, span, {name})
      .with_place(first.span,
                  fmt::format("{} of this name", symbol_kind(first.kind)));
}

// Plurals come after every written name, so that these are found first.
template <class Decls>
void declare_plurals(CheckContext& context, const Decls& decls,
                     Symbol::Kind kind) {
  for (uint32_t i = 0; i < decls.size(); ++i) {
    const auto& event = decls[i];
    const std::string plural = plural_of(event);
    if (plural == event.name.text) continue;
    Span span = event.plural ? event.plural->span : event.name.span;
    auto [found, fresh] =
        context.symbols.emplace(plural, Symbol{kind, i, span});
    bool same = found->second.kind == kind &&
                decls[found->second.index].name.text == event.name.text;
    if (fresh || same) continue;
    context.report(DiagnosticId::kDuplicateName, found->second.span, {plural})
        .with_place(
            span, fmt::format("`{}` is also the plural of this event", plural));
  }
}

// Neither a `let` nor stages may hide an attribute, nor the other way round.
template <class Decls>
void check_against_attributes(CheckContext& context, const Decls& decls) {
  if (context.syntax.profiles.empty()) return;
  std::unordered_map<std::string_view, Span> places;
  for (const ColumnDecl& column : context.syntax.profiles[0].columns) {
    places.emplace(column.name.text, column.name.span);
  }
  for (const auto& each : decls) {
    auto found = places.find(each.name.text);
    if (found == places.end()) continue;
    context
        .report(DiagnosticId::kDuplicateName, each.name.span, {each.name.text})
        .with_place(found->second, "an attribute of this name");
  }
}

// The lets, segments, stages, personas and scores that an expression names.
// Inside a `where` the event's own properties come first, elsewhere the
// attributes.
class Collector {
 public:
  Collector(CheckContext& context, std::vector<Declaration>& found)
      : context_(context), found_(found) {}

  void expr(const ExprPtr& expr) {
    if (expr) this->expr(*expr);
  }
  void score(const ScoreDecl& score) {
    expr(score.population);
    for (const DimensionDecl& each : score.dimensions) {
      expr(each.value);
      for (const ExprPtr& cut : each.cuts) expr(cut);
    }
    for (const Amount& each : score.refit) length(each);
  }
  void persona(const PersonaDecl& persona) {
    for (const PointsDecl& each : persona.points) {
      expr(each.per);
      expr(each.condition);
      if (each.clause) clause(*each.clause);
    }
    for (const auto& each : persona.member) expr(each.condition);
    for (const Window& each : persona.look_back) length(each.amount);
    for (const Amount& each : persona.halving) length(each);
  }
  void length(const Amount& amount) {
    const Symbol* symbol = context_.find(amount.name);
    if (symbol == nullptr || symbol->kind != Symbol::Kind::kLet) return;
    found_.push_back({Declaration::Kind::kLet, symbol->index});
    // Where a parameter stands, its user has named it.
    const bool written = context_.sources.text(amount.span) == amount.name;
    if (written) visible(*symbol, {amount.name, amount.span});
  }
  // What `given`, `expect undecided` and guards name.
  void segment(const Name& name) { this->name(name, true); }

 private:
  void expr(const Expr& expr) {
    if (expr.kind == ExprKind::kName || expr.kind == ExprKind::kInSegment) {
      name(expr.name, expr.kind == ExprKind::kInSegment);
    }
    if (expr.kind == ExprKind::kArgument) return argument(expr);
    if (expr.kind == ExprKind::kExpanded) scopes_.push_back(columns_);
    const bool by_stage = names_stages(expr);
    if (by_stage) this->expr(expr.args[0]);
    for (const ExprPtr& arg : expr.args) {
      if (!by_stage) this->expr(arg);
    }
    this->expr(expr.low);
    this->expr(expr.high);
    if (expr.window) window(*expr.window);
    if (expr.clause) clause(*expr.clause);
    for (const StepClause& step : expr.steps) {
      clause(*step.clause);
      if (step.within) length(*step.within);
    }
    if (expr.all_within) length(*expr.all_within);
    if (expr.kind == ExprKind::kExpanded) scopes_.pop_back();
  }

  // What stands in a call means what it does there.
  void argument(const Expr& argument) {
    const std::vector<Column>* inside = columns_;
    const bool called = !scopes_.empty();  // else it is of a library
    const std::vector<Column>* around = called ? scopes_.back() : nullptr;
    columns_ = around;
    if (called) scopes_.pop_back();
    expr(argument.args[0]);
    if (called) scopes_.push_back(around);
    columns_ = inside;
  }

  void window(const Window& window) {
    length(window.amount);
    length(window.low);
    expr(window.low_value);
    expr(window.high_value);
  }

  void clause(const EventClause& clause) {
    const std::vector<Column>* outer = columns_;
    std::optional<uint32_t> event = context_.find_event(clause.event.text);
    if (event) columns_ = &context_.schema.event(*event).columns;
    expr(clause.measured);
    expr(clause.where);
    columns_ = outer;
    for (const Anchor& anchor : clause.anchors) {
      length(anchor.amount);
      length(anchor.low);
      expr(anchor.moment);
    }
    if (clause.window) window(*clause.window);
  }

  bool is_column(const std::string& name) const {
    const auto& columns =
        columns_ != nullptr ? *columns_ : context_.schema.attributes;
    return find_column(columns, name).has_value();
  }

  // `lifecycle is lost`, `lifecycle in {lost}`: `lost` is a name of its own.
  bool names_stages(const Expr& expr) const {
    const bool compares =
        expr.kind == ExprKind::kCompare || expr.kind == ExprKind::kInList;
    if (!compares || !expr.args[0]) return false;
    const Expr& left = *expr.args[0];
    return left.kind == ExprKind::kName && !is_column(left.name.text) &&
           context_.find_stages(left.name.text);
  }

  void name(const Name& written, bool segment) {
    const std::string& name = written.text;
    if (!segment && is_column(name)) return;
    // `in lifecycle.lost`, `new_mother.points`
    const std::string owner = name.substr(0, name.find('.'));
    const Symbol* symbol = context_.find(owner);
    if (symbol == nullptr) return;
    const bool dotted = owner.size() != name.size();
    const bool has_members = symbol->kind == Symbol::Kind::kPersona ||
                             symbol->kind == Symbol::Kind::kScore;
    if (dotted && !segment && !has_members) return;
    visible(*symbol, {owner, written.span});
    using Kind = Declaration::Kind;
    if (symbol->kind == Symbol::Kind::kLet) {
      found_.push_back({Kind::kLet, symbol->index});
    } else if (symbol->kind == Symbol::Kind::kSegment) {
      found_.push_back({Kind::kSegment, symbol->index});
    } else if (symbol->kind == Symbol::Kind::kStages) {
      found_.push_back({Kind::kStages, symbol->index});
    } else if (symbol->kind == Symbol::Kind::kPersona) {
      found_.push_back({Kind::kPersona, symbol->index});
    } else if (symbol->kind == Symbol::Kind::kScore) {
      found_.push_back({Kind::kScore, symbol->index});
    }
  }

  void visible(const Symbol& symbol, const Name& use) {
    check_visible(context_.sources, use, symbol.private_word, use.span,
                  context_.diagnostics);
  }

  CheckContext& context_;
  std::vector<Declaration>& found_;
  const std::vector<Column>* columns_ = nullptr;
  std::vector<const std::vector<Column>*> scopes_;  // of the calls around
};

// What only uses, so that it has no place in the order.
class Users {
 public:
  explicit Users(CheckContext& context)
      : syntax_(context.syntax), names_(context, unused_) {}

  void check() {
    for (const SessionsDecl& each : syntax_.sessions) names_.length(each.gap);
    for (const UseDecl& each : syntax_.uses) {
      for (const UseArgument& given : each.arguments) names_.expr(given.value);
    }
    for (const GuardDecl& each : syntax_.guards) {
      names_.segment(each.first);
      names_.segment(each.second);
    }
    for (const FixtureDecl& each : syntax_.fixtures) told(each);
    for (const TestDecl& each : syntax_.tests) told(each);
  }

 private:
  template <class Decl>
  void told(const Decl& declared) {
    for (const TestLine& each : declared.lines) line(each);
    for (const CasesDecl& cases : declared.cases) {
      for (const CaseDecl& each : cases.rows) {
        for (const GivenDecl& value : each.values) given(value);
        if (each.expect) expect(*each.expect);
      }
    }
  }

  void line(const TestLine& line) {
    for (const Amount& each : line.amounts) names_.length(each);
    if (line.instant) instant(*line.instant);
    if (line.kind == TestLine::Kind::kGiven) names_.segment(line.name);
    for (const GivenDecl& each : line.values) given(each);
    expect(line.expect);
  }

  void given(const GivenDecl& given) {
    names_.expr(given.value);
    if (given.instant) instant(*given.instant);
  }

  void instant(const Instant& instant) {
    for (const Amount& each : instant.amounts) names_.length(each);
  }

  void expect(const ExpectDecl& expected) {
    names_.expr(expected.condition);
    if (expected.undecided) names_.segment(*expected.undecided);
  }

  const Syntax& syntax_;
  std::vector<Declaration> unused_;
  Collector names_;
};

// Depth-first over declarations with a stack of its own: a file may chain
// tens of thousands of them.
class Order {
 public:
  explicit Order(CheckContext& context)
      : context_(context),
        segments_(static_cast<uint32_t>(context.syntax.lets.size())),
        stages_(segments_ +
                static_cast<uint32_t>(context.syntax.segments.size())),
        personas_(stages_ +
                  static_cast<uint32_t>(context.syntax.stages.size())),
        scores_(personas_ +
                static_cast<uint32_t>(context.syntax.personas.size())),
        marks_(scores_ + context.syntax.scores.size()) {
    for (const LetDecl& let : context.syntax.lets) {
      context.declared.push_back({"", let.span, {}});
    }
    for (const SegmentDecl& segment : context.syntax.segments) {
      context.declared.push_back({segment.name.text, segment.span, {}});
    }
    for (const StagesDecl& stages : context.syntax.stages) {
      context.declared.push_back({stages.name.text, stages.span, {}});
    }
    for (const PersonaDecl& persona : context.syntax.personas) {
      context.declared.push_back({persona.name.text, persona.span, {}});
    }
    for (const ScoreDecl& score : context.syntax.scores) {
      context.declared.push_back({"", score.span, {}});
    }
  }

  std::vector<Declaration> run() {
    for (uint32_t node = 0; node < marks_.size(); ++node) {
      if (marks_[node] == Mark::kNew) visit(node);
    }
    return std::move(order_);
  }

 private:
  enum class Mark : uint8_t { kNew, kOpen, kDone, kInCycle };
  struct Frame {
    uint32_t node;
    std::vector<Declaration> uses;
    size_t next = 0;
  };

  using Kind = Declaration::Kind;

  // Lets, then segments, then stages, then personas, then scores.
  Declaration declaration(uint32_t node) const {
    if (node < segments_) return {Kind::kLet, node};
    if (node < stages_) return {Kind::kSegment, node - segments_};
    if (node < personas_) return {Kind::kStages, node - stages_};
    if (node < scores_) return {Kind::kPersona, node - personas_};
    return {Kind::kScore, node - scores_};
  }
  uint32_t node(const Declaration& declaration) const {
    const uint32_t firsts[] = {0, segments_, stages_, personas_, scores_};
    return declaration.index + firsts[static_cast<size_t>(declaration.kind)];
  }
  const Name& name(uint32_t node) const {
    const Syntax& syntax = context_.syntax;
    Declaration place = declaration(node);
    if (place.kind == Kind::kLet) return syntax.lets[place.index].name;
    if (place.kind == Kind::kStages) return syntax.stages[place.index].name;
    if (place.kind == Kind::kPersona) return syntax.personas[place.index].name;
    if (place.kind == Kind::kScore) return syntax.scores[place.index].name;
    return syntax.segments[place.index].name;
  }

  void push(uint32_t node) {
    marks_[node] = Mark::kOpen;
    stack_.push_back({node, {}});
    const Syntax& syntax = context_.syntax;
    Declaration place = declaration(node);
    Collector collector(context_, stack_.back().uses);
    if (place.kind == Kind::kLet) {
      collector.expr(syntax.lets[place.index].value);
    } else if (place.kind == Kind::kSegment) {
      collector.expr(syntax.segments[place.index].condition);
    } else if (place.kind == Kind::kPersona) {
      collector.persona(syntax.personas[place.index]);
    } else if (place.kind == Kind::kScore) {
      collector.score(syntax.scores[place.index]);
    } else {
      for (const StageDecl& stage : syntax.stages[place.index].stages) {
        collector.expr(stage.condition);
      }
    }
    for (const Declaration& used : stack_.back().uses) {
      context_.declared[node].uses.push_back(this->node(used));
    }
  }

  void visit(uint32_t root) {
    push(root);
    while (!stack_.empty()) {
      Frame& frame = stack_.back();
      if (frame.next == frame.uses.size()) {
        close();
        continue;
      }
      uint32_t used = node(frame.uses[frame.next++]);
      if (marks_[used] == Mark::kNew)
        push(used);
      else if (marks_[used] == Mark::kOpen)
        cycle(used);
    }
  }

  void close() {
    uint32_t node = stack_.back().node;
    stack_.pop_back();
    if (marks_[node] == Mark::kInCycle) return;
    marks_[node] = Mark::kDone;
    order_.push_back(declaration(node));
  }

  // The stack from `first` on is a circle. Its members are marked, so that
  // each is reported in one circle at most.
  void cycle(uint32_t first) {
    size_t begin = stack_.size();
    while (stack_[begin - 1].node != first) --begin;
    std::vector<uint32_t> circle;
    for (size_t i = begin - 1; i < stack_.size(); ++i) {
      circle.push_back(stack_[i].node);
      marks_[stack_[i].node] = Mark::kInCycle;
    }
    auto place = [this](uint32_t node) {
      return std::pair(name(node).span.file, name(node).span.begin);
    };
    std::ranges::rotate(circle, std::ranges::min_element(circle, {}, place));
    report_cycle(circle);
  }

  void report_cycle(const std::vector<uint32_t>& circle) {
    size_t shown = std::min(circle.size(), kNamesInCycle);
    std::string path;
    for (size_t i = 0; i < shown; ++i) path += name(circle[i]).text + " → ";
    if (shown < circle.size()) {
      path += fmt::format("({} more) → ", circle.size() - shown);
    }
    const Name& first = name(circle[0]);
    Diagnostic& diagnostic = context_.report(DiagnosticId::kCycle, first.span,
                                             {first.text, path + first.text});
    for (size_t i = 1; i < shown; ++i) {
      diagnostic.with_place(
          name(circle[i]).span,
          fmt::format("needed by `{}`", name(circle[i - 1]).text));
    }
  }

  CheckContext& context_;
  uint32_t segments_;  // the first of its nodes
  uint32_t stages_;
  uint32_t personas_;
  uint32_t scores_;
  std::vector<Mark> marks_;
  std::vector<Frame> stack_;
  std::vector<Declaration> order_;
};

}  // namespace

void check_private(CheckContext& context) { Users(context).check(); }

void check_names(CheckContext& context) {
  for (const Declared& declared : declared_names(context)) {
    auto [found, fresh] =
        context.symbols.emplace(declared.name, declared.symbol);
    if (!fresh) {
      report_duplicate(context, declared.name, declared.symbol.span,
                       found->second);
    }
  }
  for (const LaterDecl& each : context.syntax.later) {
    context.later_names.insert(each.name.text);
  }
  declare_plurals(context, context.syntax.events, Symbol::Kind::kEvent);
  declare_plurals(context, context.syntax.groups, Symbol::Kind::kGroup);
  declare_plurals(context, context.syntax.sessions, Symbol::Kind::kSessions);
  check_against_attributes(context, context.syntax.lets);
  check_against_attributes(context, context.syntax.stages);
}

std::vector<Declaration> order_declarations(CheckContext& context) {
  return Order(context).run();
}

}  // namespace kitle
