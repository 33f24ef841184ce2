// Scores: bands of dimensions and their sum (Meaning 21). Each use of a score
// gets a copy of its parts, as a `let` does; the plan has them once.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "compiler/check_expr.h"
#include "compiler/literal.h"

namespace kitle {

namespace {

constexpr uint32_t kMostBands = 20;
constexpr uint32_t kMostDigit = 9;
constexpr int64_t kMostRefit = 3650;
constexpr int64_t kMostShareScale = 4;

bool is_banded(ValueType type) {
  return is_numeric(type) || is_monetary(type) || is_span_of_time(type) ||
         type == ValueType::kPoints;
}

// Of two written values of one type.
bool is_less(const Typed& left, const Typed& right) {
  if (left.type == ValueType::kNumber || right.type == ValueType::kNumber) {
    const auto number = [](const Typed& of) {
      return of.type == ValueType::kNumber ? of.number
                                           : static_cast<double>(of.integer);
    };
    return number(left) < number(right);
  }
  return left.integer * right.denominator < right.integer * left.denominator;
}

class ScoreChecker {
 public:
  ScoreChecker(CheckContext& context, uint32_t index)
      : context_(context),
        declared_(context.syntax.scores[index]),
        state_(context.scores[index]),
        checker_(context) {}

  void check() {
    bool sound = !declared_.broken;
    if (declared_.dimensions.empty() && sound) {
      context_.report(DiagnosticId::kScoreEmpty, declared_.name.span,
                      {declared_.name.text});
      sound = false;
    }
    if (declared_.of_some) {
      state_.population = checker_.condition(declared_.population);
      sound = sound && state_.population;
      if (state_.population) count(*state_.population);
    }
    for (const DimensionDecl& each : declared_.dimensions) {
      sound = dimension(each) && sound;
    }
    sound = refit() && sound;
    if (sound) keep_fit();
    state_.uses = distinct(checker_.uses());
    // Where it is used, a tally and a conjunction stand around its parts.
    state_.sound = sound && !deep(context_, declared_.name, state_.depth + 2,
                                  kMaxTypedDepth);
  }

 private:
  bool dimension(const DimensionDecl& declared) {
    const bool fresh = has_own_name(declared.name);
    ScoreInfo::Dimension made{.name = declared.name.text,
                              .bands = bands(declared)};
    TypedPtr value = checker_.value(declared.value);
    if (!value || made.bands == 0) return false;
    if (!is_banded(value->type)) {
      context_.report(
          DiagnosticId::kDimensionValue, declared.value->span,
          {context_.quote(declared.value->span), phrase(value->type)});
      return false;
    }
    made.fitted = declared.quantile;
    if (declared.quantile) {
      quantiles(declared, *value, made);
    } else if (!cuts(declared, made)) {
      return false;
    }
    made.present = std::make_unique<Typed>();
    made.present->kind = TypedKind::kPresent;
    made.present->span = declared.value->span;
    made.present->args.push_back(std::move(value));
    count(*made.present);
    for (const TypedPtr& each : made.better) count(*each);
    state_.dimensions.push_back(std::move(made));
    return fresh;
  }

  bool has_own_name(const Name& name) {
    const bool taken =
        name.text == "score" || name.text == "code" ||
        std::ranges::any_of(state_.dimensions, [&](const auto& other) {
          return other.name == name.text;
        });
    if (taken) {
      context_.report(DiagnosticId::kDimensionTwice, name.span,
                      {declared_.name.text, name.text});
    }
    return !taken;
  }

  // 0 after a mistake.
  uint32_t bands(const DimensionDecl& declared) {
    uint32_t bands = 0;
    const char* end = declared.bands.data() + declared.bands.size();
    const auto [rest, error] =
        std::from_chars(declared.bands.data(), end, bands);
    const bool fits = error == std::errc() && rest == end && bands >= 2 &&
                      bands <= kMostBands;
    if (fits) return bands;
    context_.report(DiagnosticId::kBandsCount, declared.bands_span,
                    {declared.bands});
    return 0;
  }

  bool cuts(const DimensionDecl& declared, ScoreInfo::Dimension& made) {
    if (declared.cuts.size() + 1 != made.bands) {
      context_.report(DiagnosticId::kCutsCount, declared.bands_span,
                      {declared.bands, std::to_string(made.bands - 1),
                       std::to_string(declared.cuts.size())});
      return false;
    }
    for (const ExprPtr& each : declared.better) {
      TypedPtr better = checker_.condition(each);
      if (!better) return false;
      made.better.push_back(std::move(better));
    }
    const bool written = std::ranges::all_of(
        made.better,
        [](const TypedPtr& each) { return is_constant(*each->args[1]); });
    if (written && rises(made.better)) return true;
    context_.report(DiagnosticId::kCutsOrder, declared.span,
                    {declared.name.text});
    return false;
  }

  // Compared with cuts that a fit will give.
  void quantiles(const DimensionDecl& declared, const Typed& value,
                 ScoreInfo::Dimension& made) {
    TypedFit::Dimension fitted{.name = declared.name.text,
                               .value = clone(value),
                               .less = declared.less};
    const ExprChecker::Fitted place{
        .fit = static_cast<uint32_t>(context_.fits.size()),
        .dimension = static_cast<int64_t>(fit_.dimensions.size()),
        .name = fmt::format("{}.{}", declared_.name.text, declared.name.text)};
    for (uint32_t cut = 1; cut < made.bands; ++cut) {
      fitted.shares.push_back({cut, made.bands});
      made.better.push_back(checker_.better_than_fitted(
          value, place, cut - 1, declared.less, declared.bands_span));
    }
    fit_.dimensions.push_back(std::move(fitted));
  }

  // How long a fit is good for: once, in days or longer.
  bool refit() {
    if (declared_.refit.empty()) return true;
    const auto length = checker_.length_of(declared_.refit.front());
    if (!length) return false;
    const Amount& first = *length;
    const Span written = declared_.refit.front().span;
    std::string wrong;
    if (fit_.dimensions.empty()) {
      wrong = fmt::format("nothing in `{}` is fitted: its bands have cuts",
                          declared_.name.text);
    } else if (declared_.refit.size() > 1) {
      wrong = fmt::format("`{}` says twice when it is fitted again",
                          declared_.name.text);
    } else if (first.count < 1 || first.count > kMostRefit ||
               first.unit < TimeUnit::kDay) {
      wrong = fmt::format("a score is not fitted again every {}",
                          context_.quote(written));
    }
    fit_.refit = StepSpan{first.count, step_unit(first.unit)};
    if (wrong.empty()) return true;
    context_.report(DiagnosticId::kBadRefit, declared_.refit.back().span,
                    {wrong});
    return false;
  }

  void keep_fit() {
    if (fit_.dimensions.empty()) return;
    fit_.name = declared_.name.text;
    fit_.span = declared_.name.span;
    fit_.population = std::make_unique<Typed>();
    fit_.population->kind = TypedKind::kAnd;
    fit_.population->span = declared_.name.span;
    auto& all = fit_.population->args;
    if (state_.population) all.push_back(clone(*state_.population));
    for (const ScoreInfo::Dimension& each : state_.dimensions) {
      if (!declared_.of_some) all.push_back(clone(*each.present));
    }
    context_.fits.push_back(std::move(fit_));
  }

  static bool rises(const std::vector<TypedPtr>& better) {
    for (size_t i = 1; i < better.size(); ++i) {
      if (!is_less(*better[i - 1]->args[1], *better[i]->args[1])) return false;
    }
    return true;
  }

  void count(const Typed& part) {
    const TreeSize size = size_of(part);
    state_.nodes += size.nodes;
    state_.depth = std::max(state_.depth, size.depth);
  }

  CheckContext& context_;
  const ScoreDecl& declared_;
  ScoreInfo& state_;
  TypedFit fit_;
  ExprChecker checker_;
};

}  // namespace

void check_score(CheckContext& context, uint32_t index) {
  ScoreChecker(context, index).check();
}

// ---- in expressions ----

TypedPtr ExprChecker::score_member(const Expr& expr, uint32_t score,
                                   std::string_view member) {
  const ScoreDecl& declared = context_.syntax.scores[score];
  if (event_) {
    report(DiagnosticId::kPersonInWhere, expr.span,
           {fmt::format("`{}`", expr.name.text)});
    return nullptr;
  }
  const ScoreInfo& info = context_.scores[score];
  if (member == "code") {
    report(DiagnosticId::kScoreCode, expr.span,
           {fmt::format("`{}` alone", expr.name.text), declared.name.text});
    return nullptr;
  }
  if (member == "score") {
    return info.sound ? tally(score, std::nullopt, expr.name.text, expr.span)
                      : nullptr;
  }
  const auto found =
      std::ranges::find(declared.dimensions, member,
                        [](const DimensionDecl& each) -> std::string_view {
                          return each.name.text;
                        });
  if (found == declared.dimensions.end()) {
    std::vector<std::string> known = {declared.name.text + ".score",
                                      declared.name.text + ".code"};
    for (const DimensionDecl& each : declared.dimensions) {
      known.push_back(declared.name.text + "." + each.name.text);
    }
    suggest_name(report(DiagnosticId::kScoreMember, expr.span,
                        {declared.name.text, std::string(member)}),
                 expr.span, expr.name.text, known);
    return nullptr;
  }
  if (!info.sound) return nullptr;
  return tally(score, static_cast<size_t>(found - declared.dimensions.begin()),
               expr.name.text, expr.span);
}

TypedPtr ExprChecker::better_than_fitted(const Typed& value,
                                         const Fitted& place, Int128 cut,
                                         bool less, Span span) const {
  TypedPtr fitted = node(TypedKind::kFitted, value.type, span);
  fitted->index = place.fit;
  fitted->denominator = place.dimension;
  fitted->integer = cut;
  fitted->text = place.name;
  TypedPtr better = node(TypedKind::kCompare, ValueType::kFlag, span);
  better->comparison = less ? Comparison::kLess : Comparison::kGreater;
  better->args.push_back(clone(value));
  better->args.push_back(std::move(fitted));
  return better;
}

// A rank of its own: no more than the value's and the population's nodes.
TypedPtr ExprChecker::in_top(const Expr& expr) {
  TypedFit made;
  TypedPtr value = this->value(expr.args[0]);
  const auto share = top_share(expr);
  if (expr.args.size() > 1) {
    made.population = condition(expr.args[1]);
    if (!made.population) return nullptr;
  }
  if (!value || !share) return nullptr;
  if (!is_banded(value->type)) {
    report(DiagnosticId::kTopValue, expr.args[0]->span,
           {quote(*expr.args[0]), phrase(value->type)});
    return nullptr;
  }
  if (context_.declaring.empty()) {
    report(DiagnosticId::kTopPlace, expr.span);
    return nullptr;
  }
  made.name = context_.declaring + ".top";
  if (++context_.tops > 1) made.name += std::to_string(context_.tops);
  made.span = expr.span;
  const Fitted place{.fit = static_cast<uint32_t>(context_.fits.size()),
                     .dimension = 0,
                     .name = made.name};
  TypedPtr better = better_than_fitted(*value, place, 0, false, expr.span);
  TypedPtr typed = node(TypedKind::kAnd, ValueType::kFlag, expr.span);
  if (!made.population) {
    made.population = node(TypedKind::kPresent, ValueType::kFlag, expr.span);
    made.population->args.push_back(clone(*value));
  }
  typed->args.push_back(clone(*made.population));
  typed->args.push_back(std::move(better));
  made.dimensions.push_back(
      {.name = "value", .value = std::move(value), .shares = {*share}});
  context_.fits.push_back(std::move(made));
  return typed;
}

// Of those who are not in the top.
std::optional<Share> ExprChecker::top_share(const Expr& expr) {
  const auto percent = written_decimal(expr.text);
  const bool short_enough =
      percent && without_zeros(*percent).scale <= kMostShareScale;
  if (short_enough) {
    const auto written = without_zeros(*percent);
    const int64_t whole = 100 * power_of_ten(written.scale);
    if (written.mantissa > 0 && written.mantissa < whole) {
      return Share{whole - static_cast<int64_t>(written.mantissa), whole};
    }
  }
  report(DiagnosticId::kTopPercent, expr.span, {expr.text});
  return std::nullopt;
}

// The bands of one dimension, or of all.
TypedPtr ExprChecker::tally(uint32_t score, std::optional<size_t> dimension,
                            const std::string& name, Span span) {
  const ScoreInfo& info = context_.scores[score];
  if (!context_.may_copy(info.nodes, span)) return nullptr;
  uses_.insert(uses_.end(), info.uses.begin(), info.uses.end());
  TypedPtr made = node(TypedKind::kTally, ValueType::kInteger, span);
  TypedPtr present = node(TypedKind::kAnd, ValueType::kFlag, span);
  made->text = name;
  if (info.population) present->args.push_back(clone(*info.population));
  std::vector<TypedPtr> better;
  // Without `for` those are ranked who have all values.
  const bool all =
      !info.population &&
      std::ranges::any_of(info.dimensions, &ScoreInfo::Dimension::fitted);
  for (size_t i = 0; i < info.dimensions.size(); ++i) {
    const bool asked = !dimension || *dimension == i;
    const ScoreInfo::Dimension& of = info.dimensions[i];
    if (asked || all) present->args.push_back(clone(*of.present));
    if (!asked) continue;
    for (const TypedPtr& each : of.better) better.push_back(clone(*each));
    made->integer += 1;
  }
  made->args.push_back(std::move(present));
  for (TypedPtr& each : better) made->args.push_back(std::move(each));
  return made;
}

std::optional<uint32_t> ExprChecker::code_named(const ExprPtr& expr) const {
  constexpr std::string_view kCode = ".code";
  if (!expr || expr->kind != ExprKind::kName) return std::nullopt;
  std::string_view path = expr->name.text;
  if (!path.ends_with(kCode)) return std::nullopt;
  path.remove_suffix(kCode.size());
  const Symbol* symbol = context_.find(path);
  const bool score = symbol != nullptr && symbol->kind == Symbol::Kind::kScore;
  return score ? std::optional(symbol->index) : std::nullopt;
}

TypedPtr ExprChecker::code_comparison(const Expr& expr, uint32_t score) {
  const bool equal = expr.op == CompareOp::kIs ||
                     expr.op == CompareOp::kIsNot ||
                     expr.op == CompareOp::kIsExactly;
  if (event_ || !equal) return score_member(*expr.args[0], score, "code");
  TypedPtr typed = has_code(expr.args[1], expr.args[0]->name.text, score);
  if (!typed) return nullptr;
  typed->span = expr.span;
  for (const TypedPtr& band : typed->args) band->span = expr.span;
  return expr.op == CompareOp::kIsNot ? negated(std::move(typed))
                                      : std::move(typed);
}

TypedPtr ExprChecker::code_in_list(const Expr& expr, uint32_t score) {
  const bool listed =
      !event_ && expr.args[1] && expr.args[1]->kind == ExprKind::kList;
  if (!listed) return score_member(*expr.args[0], score, "code");
  const Expr& list = *expr.args[1];
  if (list.args.empty()) {
    report(DiagnosticId::kEmptyList, list.span);
    return nullptr;
  }
  TypedPtr typed = node(TypedKind::kOr, ValueType::kFlag, expr.span);
  for (const ExprPtr& arg : list.args) {
    TypedPtr one = has_code(arg, expr.args[0]->name.text, score);
    if (one) typed->args.push_back(std::move(one));
  }
  if (typed->args.size() != list.args.size()) return nullptr;
  return expr.negated ? negated(std::move(typed)) : std::move(typed);
}

// A band for each digit.
TypedPtr ExprChecker::has_code(const ExprPtr& written, const std::string& name,
                               uint32_t score) {
  const ScoreInfo& info = context_.scores[score];
  if (!written || !info.sound) return nullptr;
  const std::string& code = written->text;
  bool fits = written->kind == ExprKind::kString &&
              code.size() == info.dimensions.size();
  for (size_t i = 0; fits && i < code.size(); ++i) {
    const uint32_t most = info.dimensions[i].bands;
    fits = most <= kMostDigit && code[i] >= '1' &&
           code[i] <= static_cast<char>('0' + most);
  }
  if (!fits) {
    report(DiagnosticId::kScoreCode, written->span,
           {fmt::format("`{}`", quote(*written)),
            context_.syntax.scores[score].name.text});
    return nullptr;
  }
  const std::string owner = name.substr(0, name.find('.'));
  TypedPtr typed = node(TypedKind::kAnd, ValueType::kFlag, written->span);
  for (size_t i = 0; i < code.size(); ++i) {
    TypedPtr same = node(TypedKind::kCompare, ValueType::kFlag, written->span);
    // As if the band were asked for by its name.
    const Span& named = context_.syntax.scores[score].dimensions[i].name.span;
    TypedPtr band =
        tally(score, i, owner + "." + info.dimensions[i].name, named);
    if (!band) return nullptr;
    same->comparison = Comparison::kEqual;
    same->args.push_back(std::move(band));
    same->args.push_back(
        constant(ValueType::kInteger, code[i] - '0', written->span));
    typed->args.push_back(std::move(same));
  }
  return typed;
}

}  // namespace kitle
