// Values: literals, names, arithmetic, measures and moments.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "grammar/build_expr.h"
#include "grammar/parse.h"
#include "grammar/scan.h"

namespace kitle {
namespace {

struct Sign {
  std::string_view sign;
  std::string_view code;
};
constexpr std::array<Sign, 7> kSigns = {{{"₺", "TRY"},
                                         {"TL", "TRY"},
                                         {"tl", "TRY"},
                                         {"€", "EUR"},
                                         {"£", "GBP"},
                                         {"$", "USD"},
                                         {"¥", "JPY"}}};

std::string_view code_of(std::string_view written) {
  for (const Sign& each : kSigns) {
    if (each.sign == written) return each.code;
  }
  return {};
}

ArithmeticOp arithmetic_of(CstKind kind) {
  if (kind == CstKind::kPlus) return ArithmeticOp::kAdd;
  if (kind == CstKind::kMinus) return ArithmeticOp::kSubtract;
  return kind == CstKind::kTimes ? ArithmeticOp::kMultiply
                                 : ArithmeticOp::kDivide;
}

std::string_view sign_of(ArithmeticOp op) {
  constexpr std::array<std::string_view, 4> kTexts = {"+", "-", "*", "/"};
  return kTexts[static_cast<size_t>(op)];
}

std::string without(std::string_view text, char unwanted) {
  std::string result(text);
  std::erase(result, unwanted);
  return result;
}

// The parts of a date in another form: `01.03.2026`, `2026-1-1`.
std::string date_from(std::string_view text) {
  std::array<std::string, 3> parts;
  size_t part = 0;
  for (const char c : text) {
    if (c == '.' || c == '-' || c == '/') {
      if (++part == parts.size()) return {};
    } else if (c >= '0' && c <= '9') {
      parts[part] += c;
    } else {
      return {};
    }
  }
  if (parts[0].size() != 4) std::swap(parts[0], parts[2]);
  for (size_t i = 1; i < parts.size(); ++i) {
    if (parts[i].size() == 1) parts[i].insert(0, "0");
  }
  const bool days = parts[1] >= "01" && parts[1] <= "12" && parts[2] >= "01" &&
                    parts[2] <= "31";
  if (!days || parts[0].size() != 4) return {};
  return fmt::format("{}-{}-{}", parts[0], parts[1], parts[2]);
}

// Digits of an amount in which a sign parts thousands: `1.234,56`. The last
// sign parts the decimals if it is another one or not three digits follow.
std::string plain_amount(std::string_view text) {
  const size_t last = text.find_last_of(".,");
  const bool same =
      text.find_first_of(".,") == last || text.find(text[last]) != last;
  const bool thousands = text.size() - last == 4 && same;
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool sign = text[i] == '.' || text[i] == ',';
    if (!sign) {
      result += text[i];
    } else if (i == last && !thousands) {
      result += '.';
    } else {
      result += '_';
    }
  }
  return result;
}

// The decimal divided by 100.
std::string hundredth(std::string digits) {
  const size_t point = digits.find('.');
  size_t whole = point == std::string::npos ? digits.size() : point;
  if (point != std::string::npos) digits.erase(point, 1);
  constexpr size_t kShift = 2;
  if (whole <= kShift) {
    digits.insert(0, kShift + 1 - whole, '0');
    whole = kShift + 1;
  }
  digits.insert(whole - kShift, ".");
  return digits;
}

}  // namespace

ExprPtr ExprBuilder::make(ExprKind kind, const NodeRef& node) const {
  auto made = std::make_unique<Expr>();
  made->kind = kind;
  made->span = node.span();
  made->op_span = made->span;
  return made;
}

ExprPtr ExprBuilder::literal(const NodeRef& node) {
  const bool columns = columns_;
  columns_ = false;
  ExprPtr made = value(node);
  columns_ = columns;
  return made;
}

ExprPtr ExprBuilder::value(const NodeRef& node) {
  switch (node.kind()) {
    case CstKind::kSum:
    case CstKind::kProduct:
      return folded(node);
    case CstKind::kBracket:
      return bracket(node);
    case CstKind::kNegate:
      return operand_of(node, ExprKind::kNegate);
    case CstKind::kAgeOf:
      return operand_of(node, ExprKind::kAgeOf);
    case CstKind::kLengthOf:
      return operand_of(node, ExprKind::kLengthOf);
    case CstKind::kBirthdayOf:
      return operand_of(node, ExprKind::kBirthdayOf);
    case CstKind::kDaysSince:
    case CstKind::kDaysUntil:
      return operand_of(node, ExprKind::kDaysSince);
    case CstKind::kTimeSince:
      return operand_of(node, ExprKind::kTimeSince);
    case CstKind::kQuantity:
    case CstKind::kNumber:
      return quantity(node);
    case CstKind::kPercent:
      return percent(node);
    case CstKind::kPercentOf:
      return percent_of(node);
    case CstKind::kSignMoney:
      return sign_money(node);
    case CstKind::kThousands:
      return thousands(node);
    case CstKind::kDate:
    case CstKind::kDateTime: {
      const bool date = node.is(CstKind::kDate);
      ExprPtr made = make(date ? ExprKind::kDate : ExprKind::kDateTime, node);
      made->text = node.text();
      return made;
    }
    case CstKind::kDateSlip:
      return date_slip(node);
    case CstKind::kString:
    case CstKind::kStringSlip:
      return string(node);
    case CstKind::kList:
      return list(node);
    case CstKind::kTableFile:
      return table_file(node);
    case CstKind::kMeasure:
      return measure(node);
    case CstKind::kMoment:
      return moment(node);
    case CstKind::kMomentOf:
      return moment_of(node);
    case CstKind::kColumnOf:
      return column_of(node);
    case CstKind::kCall:
      return call(node);
    case CstKind::kFlag: {
      ExprPtr made = make(ExprKind::kFlag, node);
      made->amount.count = fold_keyword(node.text()) == "yes" ? 1 : 0;
      return made;
    }
    case CstKind::kPath:
    case CstKind::kTotal:
      return named(node);
    case CstKind::kChain:
      return chain(node);
    default:
      return nullptr;
  }
}

// `a - b - c` leans to the left, so a long one is deep.
ExprPtr ExprBuilder::folded(const NodeRef& node) {
  const std::vector<NodeRef> parts = node.children();
  const uint32_t operators = static_cast<uint32_t>(parts.size() / 2);
  if (operators_ + operators > kMaxOperators) {
    report(DiagnosticId::kLongCalculation, node.span(),
           {fmt::to_string(kMaxOperators)});
    return nullptr;
  }
  operators_ += operators;
  bool whole = true;
  ExprPtr left = value(parts.front());
  for (size_t i = 1; i + 1 < parts.size(); i += 2) {
    const ArithmeticOp op = arithmetic_of(parts[i].kind());
    if (parts[i].text() != sign_of(op)) {
      report(DiagnosticId::kMinusSign, parts[i].span(),
             {std::string(parts[i].text()), std::string(sign_of(op))})
          .with_mend(parts[i].span(), std::string(sign_of(op)),
                     fmt::format("write `{}`", sign_of(op)));
    }
    ExprPtr right = value(parts[i + 1]);
    whole = whole && left && right;
    if (!whole) continue;
    ExprPtr made = make(ExprKind::kArithmetic, node);
    made->arith = op;
    made->span.end = parts[i + 1].end();
    made->op_span = parts[i].span();
    made->args.push_back(std::move(left));
    made->args.push_back(std::move(right));
    left = std::move(made);
  }
  operators_ -= operators;
  if (!whole) return nullptr;
  const NodeRef& last = parts.back();
  return last.is(CstKind::kRounding) ? rounded(node, last, std::move(left))
                                     : std::move(left);
}

// Of all that stands before it.
ExprPtr ExprBuilder::rounded(const NodeRef& node, const NodeRef& word,
                             ExprPtr inner) const {
  if (!inner) return nullptr;
  ExprPtr made = make(ExprKind::kRounded, node);
  made->rounding = static_cast<Rounding>(word.detail());
  made->op_span = word.span();
  made->args.push_back(std::move(inner));
  return made;
}

ExprPtr ExprBuilder::operand_of(const NodeRef& node, ExprKind kind) {
  const NodeRef operand = *node.first();
  ExprPtr inner =
      kind == ExprKind::kDaysSince || kind == ExprKind::kTimeSince
          ? moment_value(operand,
                         node.is(CstKind::kDaysUntil) ? "days until" : "since")
          : value(operand);
  if (!inner) return nullptr;
  ExprPtr made = make(kind, node);
  made->op_span = span(node.begin(), operand.begin());
  while (made->op_span.end > node.begin() + 1 &&
         input_.text[made->op_span.end - 1] == ' ') {
    --made->op_span.end;
  }
  made->until = node.is(CstKind::kDaysUntil);
  made->args.push_back(std::move(inner));
  return made;
}

ExprPtr ExprBuilder::quantity(const NodeRef& node) {
  const bool bare = node.is(CstKind::kNumber);
  const NodeRef number = bare ? node : *node.first();
  const auto suffix = bare ? std::nullopt : number.following(node);
  if (suffix && suffix->is(CstKind::kUnit)) {
    ExprPtr made = make(ExprKind::kDuration, node);
    made->amount = amount(number, *suffix);
    made->text = without(number.text(), '_');
    return made;
  }
  ExprPtr made = make(suffix ? ExprKind::kMoney : ExprKind::kNumber, node);
  made->text = without(number.text(), '_');
  if (suffix) made->currency = currency(*suffix);
  return made;
}

std::string ExprBuilder::currency(const NodeRef& node) {
  const std::string_view code = code_of(node.text());
  if (code.empty()) return std::string(node.text());
  const bool glued =
      node.begin() > 0 && is_ascii_name_letter(input_.text[node.begin() - 1]);
  const std::string text = fmt::format("{}{}", glued ? " " : "", code);
  report(DiagnosticId::kCurrencySign, node.span(), {std::string(code)})
      .with_mend(node.span(), text, fmt::format("write `{}`", code));
  return std::string(code);
}

void ExprBuilder::check_percent(const NodeRef& number, const NodeRef& sign) {
  if (sign.text() != "%") return;
  const bool glued = sign.begin() == number.end();
  report(DiagnosticId::kPercentSign, sign.span())
      .with_mend(sign.span(), glued ? " percent" : "percent",
                 "write `percent`");
}

// `50 percent` alone is the number 0.5.
ExprPtr ExprBuilder::percent(const NodeRef& node) {
  const NodeRef number = *node.first();
  check_percent(number, *number.following(node));
  ExprPtr made = make(ExprKind::kNumber, node);
  made->text = hundredth(without(number.text(), '_'));
  return made;
}

ExprPtr ExprBuilder::percent_of(const NodeRef& node) {
  const NodeRef number = *node.first();
  const NodeRef sign = *number.following(node);
  check_percent(number, sign);
  ExprPtr inner = value(*sign.following(node));
  if (!inner) return nullptr;
  ExprPtr made = make(ExprKind::kPercentOf, node);
  made->text = without(number.text(), '_');
  made->op_span = sign.span();
  made->args.push_back(std::move(inner));
  return made;
}

// `₺500`, `$ 20`.
ExprPtr ExprBuilder::sign_money(const NodeRef& node) {
  const NodeRef sign = *node.first();
  const NodeRef number = *sign.following(node);
  const std::string code(code_of(sign.text()));
  const std::string digits = number.is(CstKind::kThousands)
                                 ? plain_amount(number.text())
                                 : std::string(number.text());
  const std::string text = fmt::format("{} {}", digits, code);
  report(DiagnosticId::kCurrencySign, node.span(), {code})
      .with_mend(node.span(), text, fmt::format("write `{}`", text));
  ExprPtr made = make(ExprKind::kMoney, node);
  made->text = without(digits, '_');
  made->currency = code;
  return made;
}

// `1.000 TRY`, `1.234,56 TRY`, `1.000.000`.
ExprPtr ExprBuilder::thousands(const NodeRef& node) {
  const auto sign = node.first(CstKind::kCurrency);
  std::string_view digits = node.text();
  if (sign) digits = digits.substr(0, sign->begin() - node.begin());
  while (digits.ends_with(' ')) digits.remove_suffix(1);
  const std::string plain = plain_amount(digits);
  const Span whole =
      span(node.begin(), node.begin() + static_cast<uint32_t>(digits.size()));
  report(DiagnosticId::kThousandsSign, whole, {std::string(digits)})
      .with_mend(whole, plain, fmt::format("write `{}`", plain));
  ExprPtr made = make(sign ? ExprKind::kMoney : ExprKind::kNumber, node);
  made->text = without(plain, '_');
  if (sign) made->currency = currency(*sign);
  return made;
}

ExprPtr ExprBuilder::date_slip(const NodeRef& node) {
  const std::string right = date_from(node.text());
  Diagnostic& made = report(DiagnosticId::kDateForm, node.span());
  if (right.empty()) return nullptr;
  made.with_mend(node.span(), right, fmt::format("write `{}`", right));
  ExprPtr date = make(ExprKind::kDate, node);
  date->text = right;
  return date;
}

// The text of a string, quotes removed and escapes resolved.
std::string ExprBuilder::digits(const NodeRef& number) {
  std::string digits(number.text());
  std::erase(digits, '_');
  return digits;
}

std::string ExprBuilder::text(const NodeRef& node) {
  const bool closed = node.is(CstKind::kString);
  if (closed) check_escapes(node);
  std::string_view inner = node.text();
  inner.remove_prefix(decode(inner, 0).length);
  if (closed) inner.remove_suffix(1);
  std::string result;
  for (size_t i = 0; i < inner.size(); ++i) {
    const bool escape = inner[i] == '\\' && i + 1 < inner.size();
    const char c = escape ? inner[++i] : inner[i];
    result += !escape ? c : c == 'n' ? '\n' : c == 't' ? '\t' : c;
  }
  return result;
}

void ExprBuilder::check_escapes(const NodeRef& node) {
  const std::string_view whole = node.text();
  for (size_t i = 1; i + 1 < whole.size(); ++i) {
    if (whole[i] != '\\') continue;
    const uint32_t begin = node.begin() + static_cast<uint32_t>(i);
    const uint32_t length = std::max(1u, decode(whole, ++i).length);
    if (std::string_view("\"\\nt").find(whole[i]) != std::string_view::npos) {
      continue;
    }
    const Span place = span(begin, begin + 1 + length);
    report(DiagnosticId::kUnknownEscape, place,
           {std::string(input_.sources.text(place))})
        .with_mend(span(begin, begin + 1), "\\\\", "write `\\\\`");
  }
}

ExprPtr ExprBuilder::string(const NodeRef& node) {
  ExprPtr made = make(columns_ ? ExprKind::kName : ExprKind::kString, node);
  made->text = text(node);
  if (columns_) made->name = {made->text, node.span()};
  return made;
}

ExprPtr ExprBuilder::list(const NodeRef& node) {
  ExprPtr made = make(ExprKind::kList, node);
  for (const NodeRef& child : node.children()) {
    ExprPtr item = literal(child);
    if (item) made->args.push_back(std::move(item));
  }
  return made;
}

ExprPtr ExprBuilder::table_file(const NodeRef& node) {
  const NodeRef file = *node.first();
  ExprPtr made = make(ExprKind::kTableFile, node);
  made->text = text(file);
  made->op_span = file.span();
  if (const auto column = file.following(node)) {
    made->name = {text(*column), column->span()};
  }
  return made;
}

ExprPtr ExprBuilder::bracket(const NodeRef& node) {
  const auto inner = node.first();
  ExprPtr content = inner ? chain(*inner) : nullptr;
  if (!content) return nullptr;
  ExprPtr made = make(ExprKind::kBracket, node);
  made->args.push_back(std::move(content));
  return made;
}

ExprPtr ExprBuilder::measure(const NodeRef& node) {
  ExprPtr made = make(ExprKind::kMeasure, node);
  const NodeRef word = *node.first();
  made->measure = static_cast<MeasureKind>(word.detail());
  made->op_span = word.span();
  made->clause = clause(node, true);
  return made->clause ? std::move(made) : nullptr;
}

ExprPtr ExprBuilder::moment(const NodeRef& node) {
  const NodeRef word = *node.first();
  ExprPtr made = make(ExprKind::kMoment, node);
  made->last = word.is(CstKind::kFinal);
  made->op_span = word.span();
  made->clause = clause(node, false);
  if (!made->clause) return nullptr;
  const bool bracket = input_.text[node.end() - 1] == ')';
  const auto where = node.first(CstKind::kWhere);
  const std::string first_or_last = made->last ? "last" : "first";
  const auto event = node.first(CstKind::kEventName);
  // `last call where ...` without the bracket.
  if (where && input_.text[skip_blanks(input_.text, word.end())] != '(') {
    const Span inside = span(event->begin(), node.end());
    const std::string text = fmt::format("({})", input_.sources.text(inside));
    report(DiagnosticId::kMomentFilter, where->span(),
           {fmt::format("{} {}", first_or_last, event->text())})
        .with_mend(inside, text,
                   fmt::format("write `{} {}`", first_or_last, text));
  }
  if (made->clause->property && !bracket) {
    const std::string text =
        fmt::format("{} of {} {}", made->clause->property->text, first_or_last,
                    made->clause->event.text);
    report(
        DiagnosticId::kMomentProperty, event->span(),
        {first_or_last, made->clause->property->text, made->clause->event.text})
        .with_mend(node.span(), text, fmt::format("write `{}`", text));
    return nullptr;
  }
  return made;
}

ExprPtr ExprBuilder::moment_of(const NodeRef& node) {
  const NodeRef property = *node.first();
  ExprPtr made = make(ExprKind::kMomentOf, node);
  made->name = name(property);
  made->op_span = property.span();
  ExprPtr which = moment(*property.following(node));
  if (!which) return nullptr;
  made->args.push_back(std::move(which));
  return made;
}

ExprPtr ExprBuilder::column_of(const NodeRef& node) {
  const NodeRef column = *node.first();
  ExprPtr key = value(*column.following(node));
  if (!key) return nullptr;
  ExprPtr made = make(ExprKind::kColumnOf, node);
  made->name = name(column);
  made->op_span = column.span();
  made->args.push_back(std::move(key));
  return made;
}

ExprPtr ExprBuilder::call(const NodeRef& node) {
  const NodeRef called = *node.first();
  ExprPtr made = make(ExprKind::kCall, node);
  made->name = name(called);
  made->op_span = called.span();
  for (auto each = called.following(node); each; each = each->following(node)) {
    ExprPtr argument = unit(*each);
    if (!argument) return nullptr;
    made->args.push_back(std::move(argument));
  }
  return made;
}

ExprPtr ExprBuilder::named(const NodeRef& node) {
  const bool total = node.is(CstKind::kTotal);
  ExprPtr made = make(total ? ExprKind::kTotal : ExprKind::kName, node);
  made->name = name(total ? *node.first() : node);
  return made;
}

}  // namespace kitle
