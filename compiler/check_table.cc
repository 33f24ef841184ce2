// Values of CSV files in rules (compiler/check_table.h), and lists of them.
#include "compiler/check_table.h"

#include <fmt/format.h>

#include <charconv>
#include <limits>

#include "compiler/check_expr.h"
#include "compiler/literal.h"

namespace kitle {

namespace {

constexpr size_t kMaxCellReports = 20;  // of one list
constexpr uint64_t kValuesOfNode = 10;  // see kMaxCopiedNodes

std::vector<std::string> column_names(const TableFile& file) {
  std::vector<std::string> names;
  for (const TableCell& column : file.columns) names.push_back(column.text);
  return names;
}

std::optional<FileColumn> only_column(CheckContext& context,
                                      const TableFile& file, Span place) {
  if (file.columns.size() == 1) return FileColumn{&file, 0};
  const Span end{place.file, place.end, place.end};
  const std::string mend =
      fmt::format(" column \"{}\"", file.columns.front().text);
  context
      .report(DiagnosticId::kTableColumns, place,
              {file.path, std::to_string(file.columns.size())})
      .with_place(file.columns.front().span, "they are named here")
      .with_mend(end, mend, fmt::format("write `{}`", mend.substr(1)));
  return std::nullopt;
}

std::optional<int64_t> whole(std::string_view text) {
  int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [behind, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || behind != end) return std::nullopt;
  return value;
}

// A decimal with this many digits behind the point, as a whole number.
std::optional<int64_t> scaled(std::string_view text, int digits) {
  const bool negative = text.starts_with('-');
  const auto decimal = written_decimal(text.substr(negative ? 1 : 0));
  if (!decimal || decimal->scale > digits) return std::nullopt;
  const Int128 value =
      Int128{decimal->mantissa} * power_of_ten(digits - decimal->scale);
  if (value > std::numeric_limits<int64_t>::max()) return std::nullopt;
  return static_cast<int64_t>(negative ? -value : value);
}

std::optional<int64_t> flag(std::string_view text) {
  for (const char* yes : {"yes", "true", "1"}) {
    if (text == yes) return 1;
  }
  for (const char* no : {"no", "false", "0"}) {
    if (text == no) return 0;
  }
  return std::nullopt;
}

// What a list from a file can be compared with.
bool takes_file(ValueType type) {
  return is_textual(type) || is_list(type) || type == ValueType::kInteger ||
         type == ValueType::kMoney || type == ValueType::kDate;
}

}  // namespace

std::optional<FileColumn> named_column(CheckContext& context,
                                       const TableFile& file, const Name& name,
                                       bool of_list) {
  for (uint32_t i = 0; i < file.columns.size(); ++i) {
    if (file.columns[i].text == name.text) return FileColumn{&file, i};
  }
  Diagnostic& made = context.report(DiagnosticId::kTableHeader, name.span,
                                    {file.path, "no column called", name.text});
  const std::string near = nearest(name.text, column_names(file));
  if (near.empty()) return std::nullopt;
  const std::string mend = of_list ? fmt::format("\"{}\"", near) : near;
  made.with_mend(name.span, mend, fmt::format("write `{}`", mend));
  return std::nullopt;
}

std::optional<int64_t> cell_integer(const CheckContext& context,
                                    const std::string& text, ValueType type) {
  if (type == ValueType::kInteger) return whole(text);
  if (type == ValueType::kFlag) return flag(text);
  if (type == ValueType::kDate) return written_date(text);
  if (type == ValueType::kTime) return written_time(text, context.zone.get());
  if (type != ValueType::kMoney) return std::nullopt;
  return scaled(text, context.settings.currency_digits);
}

std::optional<double> cell_number(std::string_view text) {
  const bool negative = text.starts_with('-');
  const std::string_view digits = text.substr(negative ? 1 : 0);
  if (!written_decimal(digits)) return std::nullopt;
  return negative ? -nearest_double(digits) : nearest_double(digits);
}

std::optional<FileColumn> find_values(CheckContext& context, const Expr& file) {
  const TableFile* found = context.files.open(file.text, file.op_span);
  if (found == nullptr) return std::nullopt;
  const auto column = file.name.text.empty()
                          ? only_column(context, *found, file.span)
                          : named_column(context, *found, file.name, true);
  if (!column) return std::nullopt;
  for (size_t row = 0; row < found->rows(); ++row) {
    if (!found->cell(row, column->column).missing()) return column;
  }
  context.report(DiagnosticId::kTableEmpty, file.op_span, {file.text});
  return std::nullopt;
}

TypedPtr cell_value(const CheckContext& context, const TableCell& cell,
                    ValueType type) {
  if (cell.missing()) return nullptr;
  auto typed = std::make_unique<Typed>();
  typed->type = type;
  typed->span = cell.span;
  if (is_textual(type)) {
    typed->type = ValueType::kText;
    typed->text = cell.text;
    return typed;
  }
  const auto value = cell_integer(context, cell.text, type);
  if (!value) return nullptr;
  typed->integer = *value;
  return typed;
}

// The values of a file as those of `left`, in whose list they stand; `place`
// names them.
ExprChecker::Items ExprChecker::file_items(const Expr& file, Span place,
                                           const Typed* left) {
  Items items;
  items.file = true;
  const auto found = find_values(context_, file);
  if (!found || left == nullptr) return items;
  if (!takes_file(left->type)) {
    report(DiagnosticId::kTableType, place,
           {quote(left->span), phrase(left->type)});
    return items;
  }
  const size_t rows = found->file->rows();
  if (!context_.may_copy(rows / kValuesOfNode, place)) return items;
  const ValueType type = is_list(left->type) ? ValueType::kText : left->type;
  items.sound = true;
  size_t reports = 0;
  for (size_t row = 0; row < rows; ++row) {
    const TableCell& cell = found->file->cell(row, found->column);
    if (cell.missing()) continue;
    items.owned.push_back(cell_value(context_, cell, type));
    if (items.owned.back()) continue;
    items.owned.pop_back();
    items.sound = false;
    if (++reports > kMaxCellReports) break;
    report(DiagnosticId::kTableCell, cell.span, {cell.text, phrase(type)})
        .with_place(place, "used here");
  }
  for (const TypedPtr& item : items.owned) items.all.push_back(item.get());
  return items;
}

}  // namespace kitle
