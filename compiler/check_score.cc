// Scores: bands of dimensions and their sum (Meaning 21). Each use of a score
// gets a copy of its parts, as a `let` does; the plan has them once.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "compiler/check_expr.h"

namespace kitle {

namespace {

constexpr uint32_t kMostBands = 20;
constexpr uint32_t kMostDigit = 9;

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
    for (const Amount& each : declared_.refit) {
      context_.report(DiagnosticId::kQuantileLater, each.span);
      sound = false;
    }
    for (const DimensionDecl& each : declared_.dimensions) {
      sound = dimension(each) && sound;
    }
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
    if (declared.quantile) {
      context_.report(DiagnosticId::kQuantileLater, declared.bands_span);
      return false;
    }
    if (!cuts(declared, made)) return false;
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
  for (size_t i = 0; i < info.dimensions.size(); ++i) {
    if (dimension && *dimension != i) continue;
    const ScoreInfo::Dimension& of = info.dimensions[i];
    present->args.push_back(clone(*of.present));
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
  TypedPtr typed = node(TypedKind::kAnd, ValueType::kFlag, written->span);
  for (size_t i = 0; i < code.size(); ++i) {
    TypedPtr same = node(TypedKind::kCompare, ValueType::kFlag, written->span);
    TypedPtr band = tally(score, i, name, written->span);
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
