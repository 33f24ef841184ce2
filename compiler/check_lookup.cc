// Tables of rules: what their files hold (compiler/check_lookup.h).
#include "compiler/check_lookup.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "compiler/check_expr.h"
#include "compiler/check_table.h"
#include "compiler/literal.h"
#include "runtime/eval/match.h"

namespace kitle {

namespace {

constexpr size_t kMaxReports = 20;  // of one table

bool is_key_type(TypeKind type) {
  return type == TypeKind::kText || type == TypeKind::kCode ||
         type == TypeKind::kInteger;
}

bool is_column_type(TypeKind type) {
  return type != TypeKind::kDuration && type != TypeKind::kTextList &&
         type != TypeKind::kCodeList;
}

// Of one declaration.
class TableChecker {
 public:
  TableChecker(CheckContext& context, const TableDecl& declared, Lookup& table)
      : context_(context), declared_(declared), table_(table) {}

  void run() {
    table_.name = declared_.name.text;
    if (!choose_key() || !types_fit()) return;
    const TableFile* file =
        context_.files.open(declared_.file.text, declared_.file.span);
    if (file == nullptr || !find_columns(*file)) return;
    table_.file = file;
    for (LookupColumn& column : table_.columns) read(column);
    read(*table_.key);
    check_keys();
    if (reports_ > 0) table_.file = nullptr;
  }

 private:
  // Takes the key's column out of the others.
  bool choose_key() {
    const Name& name = declared_.key;
    for (size_t i = 0; i < table_.columns.size(); ++i) {
      if (table_.columns[i].column.name != name.text) continue;
      table_.key = std::move(table_.columns[i]);
      table_.columns.erase(table_.columns.begin() + static_cast<ptrdiff_t>(i));
      return true;
    }
    if (context_.broken(table_.name, name.text)) return false;
    std::vector<std::string> known;
    for (const LookupColumn& each : table_.columns) {
      known.push_back(each.column.name);
    }
    suggest_name(context_.report(DiagnosticId::kTableKey, name.span,
                                 {name.text, table_.name}),
                 name.span, name.text, known);
    return false;
  }

  bool types_fit() {
    bool fit = is_key_type(table_.key->column.type);
    if (!fit) report_type(table_.key->column, "key");
    for (const LookupColumn& each : table_.columns) {
      if (is_column_type(each.column.type)) continue;
      report_type(each.column, "column");
      fit = false;
    }
    return fit;
  }

  void report_type(const Column& column, const char* what) {
    for (const ColumnDecl& each : declared_.columns) {
      if (each.name.text != column.name) continue;
      context_.report(DiagnosticId::kTableColumnType, each.type.span,
                      {column.name, phrase(value_type(column.type)), what});
      return;
    }
  }

  bool find_columns(const TableFile& file) {
    bool found = find_column(file, *table_.key);
    for (LookupColumn& each : table_.columns) {
      found = find_column(file, each) && found;
    }
    return found;
  }

  bool find_column(const TableFile& file, LookupColumn& column) {
    for (const ColumnDecl& each : declared_.columns) {
      if (each.name.text != column.column.name) continue;
      const auto found = named_column(context_, file, each.name, false);
      if (found) column.place = found->column;
      return found.has_value();
    }
    return false;
  }

  void read(LookupColumn& column) {
    const ValueType type = value_type(column.column.type);
    if (is_textual(type)) return;
    const bool number = type == ValueType::kNumber;
    const size_t rows = table_.file->rows();
    column.integers.resize(number ? 0 : rows);
    column.numbers.resize(number ? rows : 0);
    for (size_t row = 0; row < rows; ++row) {
      if (table_.missing(row, column)) continue;
      const std::string& text = table_.file->cell(row, column.place).text;
      const auto value =
          number ? std::nullopt : cell_integer(context_, text, type);
      const auto real = number ? cell_number(text) : std::nullopt;
      if (value) column.integers[row] = *value;
      if (real) column.numbers[row] = *real;
      if (!value && !real) bad_cell(row, column, type);
    }
  }

  void bad_cell(size_t row, const LookupColumn& column, ValueType type) {
    if (++reports_ > kMaxReports) return;
    const TableCell& cell = table_.file->cell(row, column.place);
    context_
        .report(DiagnosticId::kTableCell, cell.span, {cell.text, phrase(type)})
        .with_place(declared_.name.span,
                    fmt::format("`{}` of this table", column.column.name));
  }

  // Each row has one, and no other row the same, as `is` compares them.
  void check_keys() {
    const LookupColumn& key = *table_.key;
    const Folding folding = folding_of(key.column.type, key.column.any_case);
    std::unordered_map<std::string, size_t> known;
    for (size_t row = 0; row < table_.file->rows(); ++row) {
      const TableCell& cell = table_.file->cell(row, key.place);
      if (cell.missing()) {
        no_key(row);
        continue;
      }
      const std::string form = key.integers.empty()
                                   ? context_.forms().form(cell.text, folding)
                                   : std::to_string(key.integers[row]);
      const auto [first, fresh] = known.emplace(form, row);
      if (!fresh) second_key(cell, first->second);
    }
  }

  void no_key(size_t row) {
    if (++reports_ > kMaxReports) return;
    Span line = table_.file->cell(row, 0).span;
    line.end = table_.file->cell(row, table_.file->columns.size() - 1).span.end;
    context_.report(DiagnosticId::kTableRow, line,
                    {table_.file->path,
                     fmt::format("it has no `{}`", table_.key->column.name)});
  }

  void second_key(const TableCell& cell, size_t first) {
    if (++reports_ > kMaxReports) return;
    const TableCell& before = table_.file->cell(first, table_.key->place);
    context_
        .report(DiagnosticId::kTableDuplicate, cell.span,
                {table_.key->column.name, cell.text})
        .with_place(before.span, "the first one");
  }

  CheckContext& context_;
  const TableDecl& declared_;
  Lookup& table_;
  size_t reports_ = 0;
};

}  // namespace

void check_tables(CheckContext& context) {
  for (size_t i = 0; i < context.syntax.tables.size(); ++i) {
    TableChecker(context, context.syntax.tables[i], context.tables[i]).run();
  }
}

// ---- `brand of product` ----

namespace {

std::vector<std::string> table_columns(const CheckContext& context) {
  std::vector<std::string> known;
  for (const Lookup& table : context.tables) {
    for (const LookupColumn& each : table.columns) {
      known.push_back(each.column.name);
    }
  }
  return known;
}

}  // namespace

// The tables that have such a column, and those of them whose key is called as
// the value behind `of` is.
std::vector<ExprChecker::TableColumn> ExprChecker::columns_called(
    const Expr& expr) const {
  std::vector<TableColumn> found;
  std::vector<TableColumn> exact;
  const std::string& path = expr.args[0]->name.text;
  const std::string last = path.substr(path.rfind('.') + 1);
  for (uint32_t i = 0; i < context_.tables.size(); ++i) {
    const Lookup& table = context_.tables[i];
    for (uint32_t j = 0; j < table.columns.size(); ++j) {
      if (table.columns[j].column.name != expr.name.text) continue;
      found.push_back({i, j});
      const bool same = table.key && table.key->column.name == last;
      if (same) exact.push_back({i, j});
    }
  }
  return exact.empty() ? found : exact;
}

TypedPtr ExprChecker::column_of_table(const Expr& expr) {
  const std::vector<TableColumn> found = columns_called(expr);
  if (found.empty()) return no_column(expr);
  TypedPtr key = value(expr.args[0]);
  if (!key) return nullptr;
  const Lookup& table = context_.tables[found.front().table];
  if (found.size() > 1) {
    const Lookup& other = context_.tables[found[1].table];
    report(DiagnosticId::kTwoTables, expr.name.span,
           {expr.name.text, table.name, other.name});
    return nullptr;
  }
  if (!table.file || !table.key || !is_key_of(expr, table, *key)) {
    return nullptr;
  }
  const LookupColumn& column = table.columns[found.front().column];
  TypedPtr typed =
      node(TypedKind::kLookup, value_type(column.column.type), expr.span);
  typed->index = found.front().table;
  typed->integer = found.front().column;
  typed->args.push_back(std::move(key));
  return typed;
}

// Compared in one way on both sides.
bool ExprChecker::is_key_of(const Expr& expr, const Lookup& table,
                            const Typed& key) {
  const Column& own = table.key->column;
  const Column* column = column_of(key);
  const bool any_case = column != nullptr && column->any_case;
  const bool fits = key.type == value_type(own.type) && !is_constant(key);
  if (fits && any_case == own.any_case) return true;
  const std::string type =
      fits && any_case ? "a code of any case" : phrase(key.type);
  report(DiagnosticId::kNotTheKey, expr.args[0]->span,
         {quote(*expr.args[0]), type, own.name, table.name,
          own.any_case ? "a code of any case" : phrase(value_type(own.type))})
      .with_place(context_.find(table.name)->span, "this table");
  return false;
}

TypedPtr ExprChecker::no_column(const Expr& expr) {
  const std::string& name = expr.name.text;
  const Name& of = expr.args[0]->name;
  const auto event = context_.find_event(of.text);
  const bool property =
      event && find_column(schema_event(*event).columns, name).has_value();
  if (property) {
    const std::string mend =
        fmt::format("{} of last {}", name, schema_event(*event).name);
    report(DiagnosticId::kUnknownColumn, expr.span, {name})
        .with_label(fmt::format("`{}` has it: of which one?", of.text))
        .with_mend(expr.span, mend, fmt::format("write `{}`", mend));
    return nullptr;
  }
  std::vector<std::string> known = table_columns(context_);
  for (const char* word : {"sum", "count", "average", "age", "share"}) {
    known.emplace_back(word);
  }
  suggest_name(report(DiagnosticId::kUnknownColumn, expr.name.span, {name}),
               expr.name.span, name, known);
  return nullptr;
}

// ---- `sum of margin of product of purchase` ----

namespace {

bool has_column(const Lookup& table, const std::string& name) {
  return std::ranges::any_of(table.columns, [&](const LookupColumn& each) {
    return each.column.name == name;
  });
}

}  // namespace

bool ExprChecker::measured_column(const EventClause& clause, Typed& measure,
                                  const char* words) {
  const auto event = context_.find_event(clause.event.text);
  const auto outer = std::exchange(event_, event);
  TypedPtr lookup = column_of_table(*clause.measured);
  event_ = outer;
  if (!lookup || !is_of_event(*lookup, *event) || !measure.events) return false;
  const ValueType type = lookup->type;
  if (type == ValueType::kNumber) {
    report(DiagnosticId::kNumberMeasured, lookup->span, {quote(lookup->span)});
    return false;
  }
  if (!measures(measure.measure, type)) {
    report(DiagnosticId::kNotSummable, lookup->span,
           {words, quote(lookup->span), phrase(type)});
    return false;
  }
  measure.index = kTimeIndex;
  measure.type = measure_type(measure.measure, type);
  measure.events->measured = std::move(lookup);
  return true;
}

// What is given to a template may be of the person.
bool ExprChecker::is_of_event(const Typed& lookup, uint32_t event) {
  const Typed* key = &lookup;
  while (key->kind == TypedKind::kLookup) key = key->args[0].get();
  const bool time =
      !key->args.empty() && key->args[0]->kind == TypedKind::kEventTime;
  if (key->kind == TypedKind::kProperty || time) return true;
  report(DiagnosticId::kUnknownProperty, key->span,
         {quote(key->span), schema_event(event).name});
  return false;
}

// The most frequent text is looked up by its place among all of the column.
TypedPtr ExprChecker::text_at(TypedPtr place) const {
  const Typed& column = *place->events->measured;
  TypedPtr typed = node(TypedKind::kLookup, column.type, place->span);
  typed->index = column.index;
  typed->integer = column.integer;
  place->type = ValueType::kInteger;
  typed->args.push_back(std::move(place));
  return typed;
}

bool ExprChecker::lacks_event(const EventClause& clause) const {
  if (clause.measured) return true;
  return names_before(clause) &&
         std::ranges::any_of(context_.tables, [&](const Lookup& table) {
           return has_column(table, clause.property->text);
         });
}

bool ExprChecker::column_as_property(const EventClause& clause,
                                     uint32_t event) {
  const Name& name = *clause.property;
  const std::vector<Column>& own = schema_event(event).columns;
  const bool whole = !clause.rows || names_before(clause);
  const bool known = part_of_time(name.text) || find_column(own, name.text);
  if (!whole || known) return false;
  Diagnostic* made = nullptr;
  for (const Lookup& table : context_.tables) {
    const bool fits = has_column(table, name.text) && table.key &&
                      find_column(own, table.key->column.name);
    if (!fits) continue;
    if (made == nullptr) {
      made = &report(DiagnosticId::kUnknownProperty, name.span,
                     {name.text, schema_event(event).name});
    }
    Span both = name.span;
    both.begin = std::min(both.begin, clause.event.span.begin);
    both.end = std::max(both.end, clause.event.span.end);
    const std::string mend =
        fmt::format("{} of {} of {}{}", name.text, table.key->column.name,
                    clause.rows ? "rows of " : "", clause.event.text);
    made->with_mend(both, mend, fmt::format("write `{}`", mend));
  }
  return made != nullptr;
}

}  // namespace kitle
