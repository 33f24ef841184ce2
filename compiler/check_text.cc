// Expressions: texts and lists of written values (compiler/check_expr.h).
#include <fmt/format.h>
#include <re2/re2.h>

#include <unordered_set>

#include "compiler/check_cell.h"
#include "compiler/check_expr.h"
#include "runtime/text/nfc.h"

namespace kitle {

namespace {

TextTest test_of(CompareOp op) {
  switch (op) {
    case CompareOp::kContains:
      return TextTest::kContains;
    case CompareOp::kStartsWith:
      return TextTest::kStartsWith;
    case CompareOp::kEndsWith:
      return TextTest::kEndsWith;
    case CompareOp::kMatches:
      return TextTest::kMatches;
    case CompareOp::kIsExactly:
      return TextTest::kExactly;
    case CompareOp::kIs:
    case CompareOp::kIsNot:
    case CompareOp::kLess:
    case CompareOp::kLessEqual:
    case CompareOp::kGreater:
    case CompareOp::kGreaterEqual:
      return TextTest::kIs;
  }
  return TextTest::kIs;
}

// A text as it is written in rules.
std::string written_text(std::string_view text) {
  std::string written = "\"";
  for (char byte : text) {
    if (byte == '"' || byte == '\\') written.push_back('\\');
    written.push_back(byte);
  }
  return written + "\"";
}

// Types whose lists are sets of integers in the typed tree.
bool in_integers(ValueType left, const Typed& item) {
  bool listed = left == ValueType::kInteger || left == ValueType::kMoney ||
                left == ValueType::kDate || left == ValueType::kWeekday;
  return listed && item.type == left;
}

bool item_fits(ValueType left, const Typed& item) {
  if (is_textual(left) || is_list(left)) return item.type == ValueType::kText;
  if (is_numeric(left)) return is_numeric(item.type);
  if (left == ValueType::kPoints) return is_numeric(item.type);
  if (is_monetary(left)) return item.type == ValueType::kMoney;
  if (is_span_of_time(left)) return item.type == ValueType::kDuration;
  return item.type == left;
}

// `city` or `customer.city`.
bool is_attribute(const Schema& schema, std::string_view name) {
  const std::string person = schema.profile_name + ".";
  if (name.starts_with(person)) name.remove_prefix(person.size());
  return std::ranges::any_of(schema.attributes, [name](const Column& column) {
    return column.name == name;
  });
}

}  // namespace

// Patterns are normalised when they meet a store. RE2 bounds the memory of a
// pattern; its own messages are not logged.
std::string pattern_error(const std::string& pattern) {
  RE2::Options options;
  options.set_log_errors(false);
  RE2 compiled(Nfc().of(pattern), options);
  return compiled.ok() ? "" : compiled.error();
}

// ---- names that should be texts ----

bool ExprChecker::resolves(const Name& name) const {
  if (name.text.find('.') != std::string::npos) return true;
  const auto& columns =
      event_ ? schema_event(*event_).columns : context_.schema.attributes;
  std::string_view owner =
      event_ ? schema_event(*event_).name : context_.schema.profile_name;
  return find_column(columns, name.text) || context_.find(name.text) ||
         context_.broken(owner, name.text) ||
         (event_ && (name.text == "time" || part_of_time(name.text)));
}

// The right side; `country is TR` lacks quotes.
TypedPtr ExprChecker::right_value(const Expr& expr, const Typed* left) {
  const ExprPtr& right = expr.args[1];
  bool word = right && right->kind == ExprKind::kName && !resolves(right->name);
  if (left == nullptr && word) return nullptr;  // the left is reported
  if (!word || !is_textual(left->type)) return value(right);
  const std::string& name = right->name.text;
  Diagnostic& made = report(DiagnosticId::kUnquotedText, right->span, {name});
  if (name == "null" || name == "none" || name == "empty") {
    Span both{expr.op_span.file, expr.op_span.begin, right->span.end};
    bool not_so = expr.op == CompareOp::kIsNot;
    std::string mend = not_so ? "is present" : "is missing";
    made.with_mend(both, mend, fmt::format("write `{}`", mend));
    return nullptr;
  }
  std::string written = written_text(name);
  made.with_mend(right->span, written, fmt::format("write `{}`", written));
  return nullptr;
}

// ---- texts ----

TypedPtr ExprChecker::text_equality(const Expr& expr, Side left, Side right) {
  bool exactly = expr.op == CompareOp::kIsExactly;
  bool swap = is_constant(*left.typed) && !is_constant(*right.typed);
  if (swap && !exactly) std::swap(left, right);
  if (is_constant(*left.typed)) {
    report(DiagnosticId::kBothWritten, expr.span, {quote(expr)});
    return nullptr;
  }
  if (is_constant(*right.typed)) {
    TextTest test = exactly ? TextTest::kExactly : TextTest::kIs;
    return text_test(expr, test, std::move(left.typed), *right.typed);
  }
  if (exactly) {
    report(DiagnosticId::kWrittenTextNeeded, right.expr->span, {"is exactly"});
    return nullptr;
  }
  if (!comparable(expr, left, right)) return nullptr;
  return compared(Comparison::kEqual, expr.span, std::move(left.typed),
                  std::move(right.typed));
}

TypedPtr ExprChecker::text_operator(const Expr& expr) {
  TypedPtr left = value(expr.args[0]);
  TypedPtr right = right_value(expr, left.get());
  if (!left || !right) return nullptr;
  bool list = is_list(left->type) && expr.op == CompareOp::kContains;
  if (!is_textual(left->type) && !list) {
    report(DiagnosticId::kTextTestOnOther, expr.span,
           {op_text(expr.op), quote(*expr.args[0]), phrase(left->type)});
    return nullptr;
  }
  if (!is_constant(*right) || right->type != ValueType::kText) {
    Diagnostic& made = report(DiagnosticId::kWrittenTextNeeded,
                              expr.args[1]->span, {op_text(expr.op)});
    made.with_label(phrase(right->type));
    if (!list || !is_textual(right->type)) return nullptr;
    const std::string mend =
        fmt::format("{} in {}", quote(*expr.args[1]), quote(*expr.args[0]));
    made.with_mend(expr.span, mend, fmt::format("write `{}`", mend));
    return nullptr;
  }
  if (is_constant(*left)) {
    report(DiagnosticId::kBothWritten, expr.span, {quote(expr)});
    return nullptr;
  }
  if (!list) return text_test(expr, test_of(expr.op), std::move(left), *right);
  warn_unseen(*left, TextTest::kIs, right->text, right->span);
  TypedPtr typed = node(TypedKind::kListHas, ValueType::kFlag, expr.span);
  typed->text = right->text;
  typed->args.push_back(std::move(left));
  return typed;
}

// `contains any of {...}`, `contains all of {...}`: each item is a test.
TypedPtr ExprChecker::contains_list(const Expr& expr) {
  TypedPtr left = value(expr.args[0]);
  Items items = items_of(*expr.args[1], left.get());
  if (!left || !items.sound) return nullptr;
  if (!is_textual(left->type) && !is_list(left->type)) {
    report(DiagnosticId::kTextTestOnOther, expr.span,
           {"contains", quote(*expr.args[0]), phrase(left->type)});
    return nullptr;
  }
  if (is_constant(*left)) {
    report(DiagnosticId::kBothWritten, expr.span, {quote(expr)});
    return nullptr;
  }
  if (!items_fit(expr, *left, items)) return nullptr;
  uint64_t copies = size_of(*left).nodes * items.all.size();
  if (!context_.may_copy(copies, expr.span)) return nullptr;
  TypedPtr typed = node(expr.all ? TypedKind::kAnd : TypedKind::kOr,
                        ValueType::kFlag, expr.span);
  for (const Typed* item : items.all) {
    typed->args.push_back(contains_one(expr, *left, *item));
  }
  return typed;
}

TypedPtr ExprChecker::contains_one(const Expr& expr, const Typed& left,
                                   const Typed& item) {
  if (!is_list(left.type)) {
    return text_test(expr, TextTest::kContains, clone(left), item);
  }
  warn_unseen(left, TextTest::kIs, item.text, item.span);
  TypedPtr typed = node(TypedKind::kListHas, ValueType::kFlag, expr.span);
  typed->text = item.text;
  typed->args.push_back(clone(left));
  return typed;
}

TypedPtr ExprChecker::text_test(const Expr& expr, TextTest test, TypedPtr left,
                                const Typed& written) {
  if (test == TextTest::kMatches) {
    std::string error = pattern_error(written.text);
    if (!error.empty()) {
      report(DiagnosticId::kBadPattern, written.span, {error});
      return nullptr;
    }
  }
  if (test == TextTest::kIs || test == TextTest::kExactly) {
    warn_unseen(*left, test, written.text, written.span);
  }
  TypedPtr typed = node(TypedKind::kTextTest, ValueType::kFlag, expr.span);
  typed->test = test;
  typed->text = written.text;
  typed->args.push_back(std::move(left));
  return typed;
}

void ExprChecker::warn_unseen(const Typed& tested, TextTest test,
                              const std::string& written, Span span) {
  const Column* column = column_of(tested);
  if (column == nullptr) return;
  if (!context_.seen.unseen(*column, test, written)) return;
  Diagnostic& diagnostic =
      report(DiagnosticId::kUnseenValue, span, {column->name, written});
  std::string near = context_.seen.near(*column, written);
  if (near.empty()) return;
  diagnostic.with_label(fmt::format("did you mean \"{}\"?", near));
  std::string mend = written_text(near);
  bool literal = context_.sources.text(span).starts_with('"');
  if (!literal) return;
  diagnostic.with_mend(span, mend, fmt::format("write `{}`", mend));
}

// ---- lists of written values ----

// `category is newborn`, where newborn is a list.
bool ExprChecker::right_is_list(const Expr& expr) {
  const ExprPtr& right = expr.args[1];
  if (!right) return false;
  bool list =
      right->kind == ExprKind::kList || right->kind == ExprKind::kTableFile;
  if (right->kind == ExprKind::kName) {
    const Symbol* symbol = context_.find(right->name.text);
    bool let = symbol != nullptr && symbol->kind == Symbol::Kind::kLet;
    bool property =
        event_ && find_column(schema_event(*event_).columns, right->name.text);
    list = let && !property && context_.lets[symbol->index].list;
  }
  if (!list) return false;
  const char* word = expr.op == CompareOp::kIsNot ? "not in" : "in";
  report(DiagnosticId::kListAlone, right->span, {quote(*right)})
      .with_mend(expr.op_span, word, fmt::format("write `{}`", word));
  return true;
}

bool ExprChecker::list_items(const Expr& list, std::vector<TypedPtr>& items) {
  bool sound = true;
  for (const ExprPtr& arg : list.args) {
    TypedPtr item = value(arg);
    sound = sound && item;
    if (item && !is_constant(*item)) {
      report(DiagnosticId::kListItemNotWritten, arg->span, {quote(*arg)});
      sound = false;
    }
    items.push_back(std::move(item));
  }
  if (list.args.empty()) {
    report(DiagnosticId::kEmptyList, list.span);
    sound = false;
  }
  return sound;
}

ExprChecker::Items ExprChecker::items_of(const Expr& list, const Typed* left) {
  Items items;
  if (list.kind == ExprKind::kTableFile) {
    return file_items(list, list.span, left);
  }
  if (list.kind == ExprKind::kArgument) return items_of(*list.args[0], left);
  if (list.kind == ExprKind::kList) {
    items.sound = list_items(list, items.owned);
    for (const TypedPtr& item : items.owned) items.all.push_back(item.get());
    return items;
  }
  const std::string& name = list.name.text;
  const Symbol* symbol = context_.find(name);
  if (symbol == nullptr && context_.reported(name)) return items;
  if (symbol == nullptr && is_attribute(context_.schema, name)) {
    report(DiagnosticId::kNotAList, list.span, {name, "an attribute"});
    return items;
  }
  if (symbol == nullptr) {
    std::vector<std::string> known;
    add_names(context_.syntax.lets, known);
    suggest_name(report(DiagnosticId::kUnknownName, list.span, {name}),
                 list.span, name, known);
    return items;
  }
  bool is_let = symbol->kind == Symbol::Kind::kLet;
  const LetInfo* let = is_let ? &context_.lets[symbol->index] : nullptr;
  if (let != nullptr && !let->sound) return items;
  if (let == nullptr || !let->list) {
    report(DiagnosticId::kNotAList, list.span,
           {name, let != nullptr ? phrase(let->value->type)
                                 : symbol_kind(symbol->kind)})
        .with_place(symbol->span, "declared here");
    return items;
  }
  if (let->file != nullptr) return file_items(*let->file, list.span, left);
  items.sound = context_.may_copy(let->nodes, list.span);
  for (const TypedPtr& item : let->items) items.all.push_back(item.get());
  return items;
}

// The list in a column: `interests`, `labels` or `customer.interests` in a
// `where`. A `let` of that name is meant first.
bool ExprChecker::is_column(const Expr& list) const {
  if (list.kind != ExprKind::kName) return false;
  const std::string& name = list.name.text;
  const Schema& schema = context_.schema;
  const size_t dot = name.find('.');
  if (dot != std::string::npos) {
    const std::string owner = name.substr(0, dot);
    return owner == schema.profile_name || step_named(owner).has_value();
  }
  const Symbol* symbol = context_.find(name);
  const bool let = symbol != nullptr && symbol->kind == Symbol::Kind::kLet;
  if (let && context_.lets[symbol->index].list) return false;
  return is_attribute(schema, name) ||
         (event_ && find_column(schema_event(*event_).columns, name));
}

// `category in customer.interests`
TypedPtr ExprChecker::in_column(const Expr& expr, const Expr& column) {
  Side left{expr.args[0].get(), value(expr.args[0])};
  Side right{&column, name(column)};
  if (!left.typed || !right.typed) return nullptr;
  if (!is_list(right.typed->type)) {
    report_no_list(expr, right);
    return nullptr;
  }
  if (is_list(left.typed->type)) {
    report_list_in_list(expr, *left.typed);
    return nullptr;
  }
  if (is_constant(*left.typed) && is_textual(left.typed->type)) {
    report_element_first(expr, right);
    return nullptr;
  }
  const ValueType element = right.typed->type == ValueType::kTextList
                                ? ValueType::kText
                                : ValueType::kCode;
  if (left.typed->type != element) {
    report(DiagnosticId::kCannotCompare, left.expr->span,
           {quote(*left.expr), phrase(left.typed->type), quote(*right.expr),
            phrase(right.typed->type)})
        .with_place(right.expr->span, phrase(right.typed->type));
    return nullptr;
  }
  TypedPtr typed = node(TypedKind::kElementOf, ValueType::kFlag, expr.span);
  typed->args.push_back(std::move(left.typed));
  typed->args.push_back(std::move(right.typed));
  return expr.negated ? negated(std::move(typed)) : std::move(typed);
}

// `city in customer.city`
void ExprChecker::report_no_list(const Expr& expr, const Side& right) {
  Diagnostic& made = report(DiagnosticId::kNotAList, right.expr->span,
                            {quote(*right.expr), phrase(right.typed->type)});
  const char* word = expr.negated ? "is not" : "is";
  made.with_mend(expr.op_span, word, fmt::format("write `{}`", word));
}

// `"Koşu" in interests` is `interests contains "Koşu"`.
void ExprChecker::report_element_first(const Expr& expr, const Side& right) {
  const std::string list = quote(*right.expr);
  std::string mend = fmt::format("{} contains {}", list, quote(*expr.args[0]));
  if (expr.negated) mend = fmt::format("not ({})", mend);
  report(DiagnosticId::kListCompare, expr.span,
         {list, phrase(right.typed->type)})
      .with_mend(expr.span, mend, fmt::format("write `{}`", mend));
}

TypedPtr ExprChecker::in_list(const Expr& expr) {
  if (const auto stages = stages_named(expr.args[0])) {
    return stage_in_list(expr, *stages);
  }
  if (const auto score = code_named(expr.args[0])) {
    return code_in_list(expr, *score);
  }
  if (!expr.args[1]) return nullptr;
  const Expr& list = *expr.args[1];
  if (is_column(list)) return in_column(expr, list);
  TypedPtr left = value(expr.args[0]);
  Items items = items_of(list, left.get());
  if (!left || !items.sound) return nullptr;
  if (is_list(left->type)) {
    report_list_in_list(expr, *left);
    return nullptr;
  }
  if (is_constant(*left)) {
    report(DiagnosticId::kBothWritten, expr.span, {quote(expr)});
    return nullptr;
  }
  if (!items_fit(expr, *left, items)) return nullptr;
  bool texts = is_textual(left->type);
  TypedPtr in = texts ? in_texts(expr, std::move(left), items)
                      : in_values(expr, std::move(left), items);
  if (!in || !expr.negated) return in;
  TypedPtr typed = node(TypedKind::kNot, ValueType::kFlag, expr.span);
  typed->args.push_back(std::move(in));
  return typed;
}

// `interests in {"Koşu", "Yoga"}`: each is asked for by itself.
void ExprChecker::report_list_in_list(const Expr& expr, const Typed& left) {
  const std::string name = quote(*expr.args[0]);
  Diagnostic& made =
      report(DiagnosticId::kListCompare, expr.span, {name, phrase(left.type)});
  const Expr& list = *expr.args[1];
  if (list.kind != ExprKind::kList || list.args.empty()) return;
  std::string mend;
  for (const ExprPtr& item : list.args) {
    mend += fmt::format("{}{} contains {}", mend.empty() ? "" : " or ", name,
                        quote(*item));
  }
  if (list.args.size() > 1) mend = "(" + mend + ")";
  if (expr.negated) mend = "not " + mend;
  made.with_mend(expr.span, mend, fmt::format("write `{}`", mend));
}

// Mistakes in the list's own items are shown there; those in a `let`, which
// may be right elsewhere, where it is used.
bool ExprChecker::items_fit(const Expr& expr, const Typed& left,
                            const Items& items) {
  bool own = !items.owned.empty();
  bool fit = true;
  for (const Typed* item : items.all) {
    if (item_fits(left.type, *item)) continue;
    Span place = own ? item->span : expr.args[1]->span;
    Diagnostic& diagnostic = report(DiagnosticId::kListItem, place,
                                    {quote(item->span), phrase(item->type),
                                     quote(*expr.args[0]), phrase(left.type)});
    fit = false;
    if (own) continue;
    diagnostic.with_place(item->span, "this item");
    return false;
  }
  return fit;
}

TypedPtr ExprChecker::in_texts(const Expr& expr, TypedPtr left,
                               const Items& items) {
  TypedPtr typed = node(TypedKind::kInTexts, ValueType::kFlag, expr.span);
  std::unordered_set<std::string_view> known;
  for (const Typed* item : items.all) {
    if (!known.insert(item->text).second) continue;
    typed->texts.push_back(item->text);
    if (items.file) continue;
    warn_unseen(*left, TextTest::kIs, item->text, item->span);
  }
  typed->args.push_back(std::move(left));
  return typed;
}

TypedPtr ExprChecker::in_values(const Expr& expr, TypedPtr left,
                                const Items& items) {
  bool integers = true;
  for (const Typed* item : items.all) {
    integers = integers && in_integers(left->type, *item);
  }
  if (integers) {
    TypedPtr typed = node(TypedKind::kInIntegers, ValueType::kFlag, expr.span);
    std::unordered_set<int64_t> known;
    for (const Typed* item : items.all) {
      int64_t value = static_cast<int64_t>(item->integer);
      if (known.insert(value).second) typed->integers.push_back(value);
    }
    typed->args.push_back(std::move(left));
    return typed;
  }
  uint64_t copies = size_of(*left).nodes * items.all.size();
  if (!context_.may_copy(copies, expr.span)) return nullptr;
  TypedPtr typed = node(TypedKind::kOr, ValueType::kFlag, expr.span);
  for (const Typed* item : items.all) {
    typed->args.push_back(
        compared(Comparison::kEqual, expr.span, clone(*left), clone(*item)));
  }
  return typed;
}

}  // namespace kitle
