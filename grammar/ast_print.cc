// The syntax tree as indented text, one node a line.
#include <fmt/format.h>

#include <array>

#include "grammar/ast.h"
#include "grammar/ast_text.h"

namespace kitle {
namespace {

using printing::amount_text;
using printing::amounts_text;
using printing::arithmetic_text;
using printing::given_text;
using printing::instant_text;
using printing::measure_text;
using printing::parameters_text;
using printing::quantifier_text;
using printing::quoted;

class Printer {
 public:
  std::string take() { return std::move(out_); }

  void expr(const Expr& expr) {
    line(head(expr));
    ++depth_;
    if (expr.low) labelled("number", *expr.low);
    if (expr.high) labelled("to", *expr.high);
    if (expr.window) window(*expr.window);
    if (expr.clause) clause(*expr.clause);
    for (const StepClause& each : expr.steps) step(each);
    for (const ExprPtr& arg : expr.args) this->expr(*arg);
    --depth_;
  }

  void syntax(const Syntax& syntax) {
    for (const ProfileDecl& each : syntax.profiles) {
      line("profile " + each.name.text);
      columns(each.columns);
    }
    for (const EventDecl& each : syntax.events) event(each);
    for (const GroupDecl& each : syntax.groups) line(text_of(each));
    for (const SessionsDecl& each : syntax.sessions) line(text_of(each));
    for (const TableDecl& each : syntax.tables) table(each);
    for (const SourceDecl& each : syntax.sources) source(each);
    for (const LibraryDecl& each : syntax.libraries) {
      line(fmt::format("library {}({})", each.name.text,
                       parameters_text(each.parameters)));
    }
    for (const UseDecl& each : syntax.uses) use(each);
    for (const TemplateDecl& each : syntax.templates) template_of(each);
    for (const LetDecl& each : syntax.lets) {
      line(head("let", each));
      below(each.value);
    }
    for (const SegmentDecl& each : syntax.segments) {
      line(head("segment", each) + titled(each.title) +
           titled("deprecated", each.deprecated));
      below(each.condition);
    }
    for (const StagesDecl& each : syntax.stages) {
      line(head("stages", each) + titled(each.title));
      ++depth_;
      for (const StageDecl& stage : each.stages) this->stage(stage);
      --depth_;
    }
    for (const PersonaDecl& each : syntax.personas) persona(each);
    for (const ScoreDecl& each : syntax.scores) score(each);
    for (const FixtureDecl& each : syntax.fixtures) {
      line("fixture " + each.name.text + titled(each.title));
      test_body(each.lines, each.cases);
    }
    for (const TestDecl& each : syntax.tests) {
      line("test " + quoted(each.title));
      test_body(each.lines, each.cases);
    }
    for (const GuardDecl& each : syntax.guards) line(print(each));
  }

  void score(const ScoreDecl& score) {
    line(head("score", score) + titled(score.title));
    ++depth_;
    if (score.of_some) {
      line("for");
      below(score.population);
    }
    for (const DimensionDecl& each : score.dimensions) dimension(each);
    for (const Amount& each : score.refit) {
      line("refit every " + amount_text(each));
    }
    --depth_;
  }

  void persona(const PersonaDecl& persona) {
    line(head("persona", persona) + titled(persona.title));
    ++depth_;
    for (const Window& each : persona.look_back) {
      line("look back " + (each.kind == WindowKind::kEver
                               ? "ever"
                               : amount_text(each.amount)));
    }
    for (const PointsDecl& each : persona.points) points(each);
    for (const PointsLimit& each : persona.limits) {
      line(fmt::format("at most {} points {}", each.points,
                       each.a_day ? "a day" : "in all"));
    }
    for (const Amount& each : persona.halving) {
      line("halving every " + amount_text(each));
    }
    for (const PersonaDecl::Member& each : persona.member) {
      line("member when");
      below(each.condition);
    }
    --depth_;
  }

 private:
  // "private segment vip"
  template <class Decl>
  static std::string head(const char* kind, const Decl& declared) {
    return fmt::format("{}{} {}", declared.private_word ? "private " : "", kind,
                       declared.name.text);
  }

  void dimension(const DimensionDecl& dimension) {
    line(fmt::format("{}: {} bands by {}, {} is better", dimension.name.text,
                     dimension.bands, dimension.quantile ? "quantile" : "cuts",
                     dimension.less ? "less" : "more"));
    below(dimension.value);
    ++depth_;
    for (const ExprPtr& cut : dimension.cuts) labelled("cut", *cut);
    --depth_;
  }

  void points(const PointsDecl& points) {
    const bool different = points.kind == PointsDecl::Kind::kDifferent;
    line(fmt::format("{} points{}{}", points.points,
                     different ? " for each different " : "",
                     different ? points.property.text : ""));
    ++depth_;
    if (points.per) labelled("per", *points.per);
    if (points.clause) clause(*points.clause);
    if (points.kind == PointsDecl::Kind::kPerson) below(points.condition);
    --depth_;
  }

  void line(std::string_view text) {
    out_.append(2 * depth_, ' ');
    out_ += text;
    out_ += '\n';
  }

  static std::string titled(const std::string& title) {
    return title.empty() ? "" : " " + quoted(title);
  }

  static std::string titled(const char* word, const std::string& text) {
    return text.empty() ? "" : fmt::format(" {} {}", word, quoted(text));
  }

  void stage(const StageDecl& stage) {
    const char* how = stage.otherwise ? " otherwise" : " when";
    line(stage.name.text + titled(stage.title) + how);
    if (!stage.otherwise) below(stage.condition);
  }

  void below(const ExprPtr& expr) {
    ++depth_;
    expr ? this->expr(*expr) : line("(not understood)");
    --depth_;
  }

  void labelled(std::string_view label, const Expr& expr) {
    line(label);
    ++depth_;
    this->expr(expr);
    --depth_;
  }

  static std::string head(const Expr& expr) {
    std::string kind = kind_name(expr.kind);
    switch (expr.kind) {
      case ExprKind::kNumber:
      case ExprKind::kDate:
      case ExprKind::kDateTime:
      case ExprKind::kPercentOf:
        return fmt::format("{} {}", kind, expr.text);
      case ExprKind::kMoney:
        return fmt::format("{} {} {}", kind, expr.text, expr.currency);
      case ExprKind::kString:
        return fmt::format("{} {}", kind, quoted(expr.text));
      case ExprKind::kTableFile:
        return fmt::format("{} {}{}", kind, quoted(expr.text),
                           titled("column", expr.name.text));
      case ExprKind::kDuration:
        return fmt::format("{} {}", kind, amount_text(expr.amount));
      case ExprKind::kFlag:
        return expr.amount.count != 0 ? "yes" : "no";
      case ExprKind::kName:
        if (!expr.text.empty()) return "column " + quoted(expr.text);
        return fmt::format("{} {}", kind, expr.name.text);
      case ExprKind::kCall:
      case ExprKind::kExpanded:
      case ExprKind::kArgument:
      case ExprKind::kTotal:
      case ExprKind::kMomentOf:
      case ExprKind::kColumnOf:
        return fmt::format("{} {}", kind, expr.name.text);
      case ExprKind::kInSegment:
        return fmt::format("{}{} {}", expr.negated ? "not " : "", kind,
                           expr.name.text);
      case ExprKind::kInTop:
        return fmt::format("{} {} percent", kind, expr.text);
      case ExprKind::kInList:
        return expr.negated ? "not " + kind : kind;
      case ExprKind::kContainsList:
        return kind + (expr.all ? " all of" : " any of");
      case ExprKind::kArithmetic:
        return fmt::format("{} {}", kind, arithmetic_text(expr.arith));
      case ExprKind::kMeasure:
        return std::string(measure_text(expr.measure));
      case ExprKind::kMoment:
        return expr.last ? "last" : "first";
      case ExprKind::kDaysSince:
        return expr.until ? "days until" : kind;
      case ExprKind::kCompare:
        return op_text(expr.op);
      case ExprKind::kQuantified:
        return fmt::format("{}{}{}", quantifier_text(expr.quantifier),
                           expr.counted == Counted::kEvents ? "" : " ",
                           counted_text(expr.counted));
      case ExprKind::kSequence:
        return sequence(expr);
      case ExprKind::kRounded:
        return rounding_text(expr.rounding);
      case ExprKind::kNegate:
      case ExprKind::kAgeOf:
      case ExprKind::kLengthOf:
      case ExprKind::kBirthdayOf:
      case ExprKind::kTimeSince:
      case ExprKind::kList:
      case ExprKind::kAnd:
      case ExprKind::kOr:
      case ExprKind::kNot:
      case ExprKind::kBracket:
      case ExprKind::kBetween:
      case ExprKind::kIsMissing:
      case ExprKind::kIsPresent:
      case ExprKind::kMatchesWindow:
      case ExprKind::kGroup:
      case ExprKind::kEveryone:
        return kind;
    }
    return kind;
  }

  static std::string sequence(const Expr& expr) {
    std::string text =
        fmt::format("{} sequence", quantifier_text(expr.quantifier));
    if (expr.all_within) {
      text += " all within " + amount_text(*expr.all_within);
    }
    for (const Name& each : expr.same) {
      text += (&each == expr.same.data() ? " with same " : ", ") + each.text;
    }
    return text;
  }

  void step(const StepClause& step) {
    std::string text = step.negated ? "no step" : "step";
    if (step.name) text += " " + step.name->text;
    if (step.within) text += " within " + amount_text(*step.within);
    line(text);
    ++depth_;
    clause(*step.clause);
    --depth_;
  }

  void window(const Window& window) {
    line("window " + window_text(window));
    ++depth_;
    if (window.low_value) expr(*window.low_value);
    if (window.high_value) expr(*window.high_value);
    --depth_;
  }

  static std::string window_text(const Window& window) {
    switch (window.kind) {
      case WindowKind::kEver:
        return "ever";
      case WindowKind::kLast:
        return "in last " + amount_text(window.amount);
      case WindowKind::kNext:
        return "in next " + amount_text(window.amount);
      case WindowKind::kEach:
        return "in each of last " + amount_text(window.amount);
      case WindowKind::kAgo:
        return amount_text(window.amount) + " ago";
      case WindowKind::kRangeAgo:
        return fmt::format("{} to {} ago", low_text(window.low),
                           amount_text(window.amount));
      case WindowKind::kToday:
        return "today";
      case WindowKind::kYesterday:
        return "yesterday";
      case WindowKind::kThis:
        return fmt::format("in this {}", unit_name(window.unit));
      case WindowKind::kPrevious:
        return fmt::format("in last {}", unit_name(window.unit));
      case WindowKind::kYear:
        return fmt::format("in {}", window.year);
      case WindowKind::kMonth:
        return fmt::format("in {:04}-{:02}", window.year, window.month);
      case WindowKind::kBetween:
        return "between";
      case WindowKind::kSince:
        return "since";
      case WindowKind::kUntil:
        return "until";
      case WindowKind::kAfter:
        return "after";
      case WindowKind::kBefore:
        return "before";
    }
    return {};
  }

  // The unit stands behind the other end.
  static std::string low_text(const Amount& low) {
    return low.name.empty() ? std::to_string(low.count) : low.name;
  }

  void clause(const EventClause& clause) {
    std::string event = clause.rows ? "rows of " : "";
    event += clause.event.text;
    if (clause.property) event += "." + clause.property->text;
    line("event " + event);
    ++depth_;
    if (clause.measured) labelled("measured", *clause.measured);
    if (clause.where) labelled("where", *clause.where);
    for (const Anchor& each : clause.anchors) anchor(each);
    if (clause.window) window(*clause.window);
    --depth_;
  }

  void anchor(const Anchor& anchor) {
    const std::string side = anchor.after ? "after" : "before";
    switch (anchor.form) {
      case AnchorForm::kPlain:
        line(side);
        break;
      case AnchorForm::kWithin:
        line(fmt::format("within {} {}", amount_text(anchor.amount), side));
        break;
      case AnchorForm::kMoreThan:
        line(fmt::format("more than {} {}", amount_text(anchor.amount), side));
        break;
      case AnchorForm::kRange:
        line(fmt::format("{} to {} {}", low_text(anchor.low),
                         amount_text(anchor.amount), side));
        break;
    }
    below(anchor.moment);
  }

  void columns(const std::vector<ColumnDecl>& columns) {
    ++depth_;
    for (const ColumnDecl& each : columns) {
      line(fmt::format(
          "{} {}{}{}{}{}", each.name.text, each.type.list ? "list of " : "",
          each.type.name.text, each.type.personal ? " personal" : "",
          each.type.key ? " key" : "", each.type.any_case ? " any case" : ""));
    }
    --depth_;
  }

  void event(const EventDecl& event) {
    std::string text = "event " + event.name.text;
    if (event.plural) text += " plural " + event.plural->text;
    if (event.counted_by) text += " counted by " + event.counted_by->text;
    line(text);
    columns(event.columns);
  }

  void template_of(const TemplateDecl& declared) {
    line(fmt::format("{}({})", head("template", declared),
                     parameters_text(declared.parameters)));
    below(declared.body);
  }

  void use(const UseDecl& use) {
    line(fmt::format("use {}{}", use.library.text,
                     use.as ? " as " + use.as->text : ""));
    ++depth_;
    for (const UseArgument& each : use.arguments) {
      if (each.name) line("for " + each.name->text);
      if (each.value) expr(*each.value);
    }
    --depth_;
  }

  void table(const TableDecl& table) {
    line(fmt::format("table {}{} from {} key {}", table.name.text,
                     titled(table.title), quoted(table.file.text),
                     table.key.text));
    columns(table.columns);
  }

  void source(const SourceDecl& source) {
    line("source " + source.name.text);
    ++depth_;
    for (const Name& file : source.files) line("files " + quoted(file.text));
    if (source.csv) csv(*source.csv);
    for (const ExprPtr& rows : source.only_rows_when) {
      labelled("only rows when", *rows);
    }
    if (source.customer) {
      line("customer");
      source_value(*source.customer);
    }
    for (const SourceLine& each : source.lines) source_line(each);
    for (const IntoDecl& each : source.intos) into(each);
    --depth_;
  }

  void csv(const CsvDecl& csv) {
    line(fmt::format("csv delimiter {} quote {} header {} encoding {} empty {}",
                     quoted(csv.delimiter), quoted(csv.quote),
                     csv.header ? "yes" : "no", quoted(csv.encoding),
                     csv.empty_is_missing ? "missing" : "text"));
    ++depth_;
    for (const std::string& each : csv.columns) line("column " + quoted(each));
    --depth_;
  }

  void into(const IntoDecl& into) {
    line("into " + into.target.text);
    ++depth_;
    if (into.when) labelled("when", *into.when);
    for (const SourceLine& each : into.lines) source_line(each);
    --depth_;
  }

  void source_line(const SourceLine& source_line) {
    line(source_line.target.text);
    source_value(source_line.value);
  }

  void source_value(const SourceValue& value) {
    ++depth_;
    line(options(value));
    ++depth_;
    if (value.value) expr(*value.value);
    for (const ExprPtr& each : value.parts) expr(*each);
    depth_ -= 2;
  }

  static std::string options(const SourceValue& value) {
    std::string text =
        value.kind == SourceValue::Kind::kIs          ? "is"
        : value.kind == SourceValue::Kind::kRowNumber ? "from row number"
        : value.kind == SourceValue::Kind::kDateParts ? "from date"
                                                      : "from";
    if (value.split_by) text += " split by " + quoted(*value.split_by);
    if (value.format) text += " as " + quoted(*value.format);
    if (value.unix_seconds) text += " as unix seconds";
    if (value.unix_milliseconds) text += " as unix milliseconds";
    if (value.zone) text += " in zone " + quoted(*value.zone);
    if (value.rounded) text += " rounded";
    if (value.or_missing) text += " or missing";
    return text;
  }

  // ---- tests ----

  void test_body(const std::vector<TestLine>& lines,
                 const std::vector<CasesDecl>& all) {
    ++depth_;
    for (const TestLine& each : lines) test_line(each);
    for (const CasesDecl& each : all) cases(each);
    --depth_;
  }

  void test_line(const TestLine& written) {
    switch (written.kind) {
      case TestLine::Kind::kNow:
        return line("now " + instant_text(*written.instant));
      case TestLine::Kind::kLater:
        return line("later " + amounts_text(written.amounts));
      case TestLine::Kind::kGiven:
        return line(given_text(written));
      case TestLine::Kind::kExpect:
        return expectation(written.expect);
      case TestLine::Kind::kFact:
        return fact(written);
    }
  }

  void fact(const TestLine& fact) {
    const std::string count = fact.count.empty() ? "" : fact.count + " ";
    const std::string when =
        fact.instant ? ", " + instant_text(*fact.instant) : "";
    line("told " + count + fact.name.text + when);
    ++depth_;
    for (const GivenDecl& each : fact.values) given(each);
    --depth_;
  }

  void given(const GivenDecl& given) {
    const std::string name = given.column.text;
    if (given.instant) {
      return line((name.empty() ? "" : name + ": ") +
                  instant_text(*given.instant));
    }
    if (name.empty()) {
      if (given.value) expr(*given.value);
      return;
    }
    line(name);
    below(given.value);
  }

  void expectation(const ExpectDecl& expected) {
    if (expected.undecided) {
      return line("expect undecided " + expected.undecided->text);
    }
    line("expect");
    below(expected.condition);
  }

  void cases(const CasesDecl& cases) {
    std::string names;
    for (const Name& each : cases.columns) names += " " + each.text;
    line("cases" + names);
    ++depth_;
    for (const CaseDecl& each : cases.rows) {
      line("case");
      ++depth_;
      for (const GivenDecl& value : each.values) given(value);
      if (each.expect) expectation(*each.expect);
      --depth_;
    }
    --depth_;
  }

  std::string out_;
  size_t depth_ = 0;
};

}  // namespace

std::string print(const Syntax& syntax) {
  Printer printer;
  printer.syntax(syntax);
  return printer.take();
}

std::string print(const PersonaDecl& persona) {
  Printer printer;
  printer.persona(persona);
  return printer.take();
}

std::string print(const ScoreDecl& score) {
  Printer printer;
  printer.score(score);
  return printer.take();
}

std::string print(const Expr& expr) {
  Printer printer;
  printer.expr(expr);
  return printer.take();
}

}  // namespace kitle
