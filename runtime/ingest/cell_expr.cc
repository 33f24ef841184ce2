#include "runtime/ingest/cell_expr.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace kitle {

struct CellProgram::Node {
  CellExpr::Kind kind = CellExpr::Kind::kColumn;
  std::string text;  // a column's name, a written text
  uint32_t column = 0;
  Decimal number;
  std::unique_ptr<re2::RE2> pattern;
  std::vector<Node> args;
};

namespace {

using Kind = CellExpr::Kind;
using Node = CellProgram::Node;
using Fault = std::optional<RowFault>;

Status invalid(const std::string& what, const std::string& text,
               const std::string& cause) {
  return {StatusCode::kInvalid, what + " \"" + text + "\"", "", cause};
}

Status prepare(Node& node, WantedColumns& columns) {
  if (node.kind == Kind::kColumn) node.column = columns.index_of(node.text);
  if (node.kind == Kind::kNumber &&
      read_decimal(node.text, node.number) != DecimalError::kNone) {
    return invalid("number", node.text, "no number of at most 38 digits");
  }
  if (node.kind == Kind::kMatches) {
    re2::RE2::Options options;
    options.set_log_errors(false);
    node.pattern = std::make_unique<re2::RE2>(node.args.at(1).text, options);
    if (!node.pattern->ok()) {
      return invalid("pattern", node.args[1].text, node.pattern->error());
    }
  }
  return {};
}

Result<Node> build(const CellExpr& expr, WantedColumns& columns,
                   const Nfc& nfc) {
  Node node;
  node.kind = expr.kind;
  node.text = expr.kind == Kind::kText ? nfc.of(expr.text) : expr.text;
  for (const CellExpr& arg : expr.args) {
    Result<Node> built = build(arg, columns, nfc);
    if (!built) return built;
    node.args.push_back(std::move(*built));
  }
  const Status status = prepare(node, columns);
  if (!status.ok()) return std::unexpected(status);
  return node;
}

bool is_numeric(const Node& node) {
  switch (node.kind) {
    case Kind::kNumber:
    case Kind::kAdd:
    case Kind::kSubtract:
    case Kind::kMultiply:
    case Kind::kDivide:
    case Kind::kNegate:
      return true;
    case Kind::kColumn:
    case Kind::kText:
    case Kind::kAnd:
    case Kind::kOr:
    case Kind::kNot:
    case Kind::kEqual:
    case Kind::kLess:
    case Kind::kLessEqual:
    case Kind::kGreater:
    case Kind::kGreaterEqual:
    case Kind::kIn:
    case Kind::kContains:
    case Kind::kStartsWith:
    case Kind::kEndsWith:
    case Kind::kMatches:
    case Kind::kPresent:
      return false;
  }
  return false;
}

const std::string* first_column_of(const Node& node) {
  if (node.kind == Kind::kColumn) return &node.text;
  for (const Node& arg : node.args) {
    if (const std::string* name = first_column_of(arg)) return name;
  }
  return nullptr;
}

std::string_view name_of(const Node& node) {
  const std::string* name = first_column_of(node);
  return name == nullptr ? std::string_view() : *name;
}

// One row at hand.
class Evaluation {
 public:
  Evaluation(RowBatch& batch, size_t row, Fault& fault, const Nfc& nfc)
      : batch_(batch), row_(row), fault_(fault), nfc_(nfc) {}

  CellValue value(const Node& node) {
    if (node.kind == Kind::kColumn) {
      return {batch_.columns[node.column].at(row_), {}};
    }
    if (node.kind == Kind::kText) return {Cell::of_text(node.text), {}};
    return {{}, number(node)};
  }

  bool holds(const Node& node) {
    switch (node.kind) {
      case Kind::kAnd:
        return !any_arg(node, false);
      case Kind::kOr:
        return any_arg(node, true);
      case Kind::kNot:
        return !holds(node.args[0]) && !fault_;
      case Kind::kEqual:
        return equal(node.args[0], node.args[1]);
      case Kind::kIn:
        return in(node);
      case Kind::kPresent:
        return !value(node.args[0]).missing();
      case Kind::kLess:
      case Kind::kLessEqual:
      case Kind::kGreater:
      case Kind::kGreaterEqual:
        return ordered(node);
      case Kind::kContains:
      case Kind::kStartsWith:
      case Kind::kEndsWith:
      case Kind::kMatches:
        return text_test(node);
      case Kind::kColumn:
      case Kind::kText:
      case Kind::kNumber:
      case Kind::kAdd:
      case Kind::kSubtract:
      case Kind::kMultiply:
      case Kind::kDivide:
      case Kind::kNegate:
        return false;
    }
    return false;
  }

 private:
  // Whether an argument says `wanted`; later ones are not looked at.
  bool any_arg(const Node& node, bool wanted) {
    for (const Node& arg : node.args) {
      if (fault_) return false;
      if (holds(arg) == wanted) return true;
    }
    return false;
  }

  // Missing where a cell is, or after a fault.
  std::optional<Decimal> number(const Node& node) {
    switch (node.kind) {
      case Kind::kNumber:
        return node.number;
      case Kind::kNegate: {
        const auto a = number(node.args[0]);
        return a ? std::optional(negate(*a)) : std::nullopt;
      }
      case Kind::kAdd:
      case Kind::kSubtract:
      case Kind::kMultiply:
      case Kind::kDivide:
        return arithmetic(node);
      default:
        break;
    }
    const Cell cell = value(node).cell;
    if (cell.missing()) return std::nullopt;
    return number_of(cell, name_of(node), batch_.arena, fault_);
  }

  std::optional<Decimal> arithmetic(const Node& node) {
    const auto a = number(node.args[0]);
    const auto b = number(node.args[1]);
    if (!a || !b || fault_) return std::nullopt;
    if (node.kind == Kind::kDivide && b->digits == 0) return std::nullopt;
    const std::optional<Decimal> result = calculate(node.kind, *a, *b);
    if (!result) {
      fault_ = RowFault{std::string(name_of(node)),
                        "the calculation needs more than 38 digits"};
    }
    return result;
  }

  static std::optional<Decimal> calculate(Kind kind, const Decimal& a,
                                          const Decimal& b) {
    if (kind == Kind::kAdd) return add(a, b);
    if (kind == Kind::kSubtract) return add(a, negate(b));
    return kind == Kind::kMultiply ? multiply(a, b) : divide(a, b);
  }

  // NFC; a null view for a missing cell, or after a fault.
  std::string_view text(const Node& node) {
    if (node.kind == Kind::kText) return node.text;
    const Cell cell = value(node).cell;
    if (cell.missing()) return {};
    if (cell.kind == Cell::Kind::kBroken) {
      fault_ = RowFault{std::string(name_of(node)), "bytes that are not UTF-8"};
      return {};
    }
    const std::string_view raw = cell_text(cell, batch_.arena);
    if (!nfc_.holds(raw)) return batch_.arena.copy(nfc_.of(raw));
    return raw.data() == nullptr ? std::string_view("") : raw;
  }

  bool equal(const Node& a, const Node& b) {
    if (is_numeric(a) || is_numeric(b)) {
      const auto left = number(a);
      const auto right = number(b);
      return left && right && !fault_ && compare(*left, *right) == 0;
    }
    const std::string_view left = text(a);
    const std::string_view right = text(b);
    const bool present = left.data() != nullptr && right.data() != nullptr;
    return present && left == right;
  }

  bool in(const Node& node) {
    return std::any_of(
        node.args.begin() + 1, node.args.end(),
        [&](const Node& item) { return !fault_ && equal(node.args[0], item); });
  }

  bool ordered(const Node& node) {
    const auto a = number(node.args[0]);
    const auto b = number(node.args[1]);
    if (!a || !b || fault_) return false;
    const int order = compare(*a, *b);
    if (node.kind == Kind::kLess) return order < 0;
    if (node.kind == Kind::kLessEqual) return order <= 0;
    return node.kind == Kind::kGreater ? order > 0 : order >= 0;
  }

  bool text_test(const Node& node) {
    const std::string_view whole = text(node.args[0]);
    if (whole.data() == nullptr) return false;
    const std::string& part = node.args[1].text;
    if (node.kind == Kind::kContains) {
      return whole.find(part) != std::string_view::npos;
    }
    if (node.kind == Kind::kStartsWith) return whole.starts_with(part);
    if (node.kind == Kind::kEndsWith) return whole.ends_with(part);
    return re2::RE2::FullMatch({whole.data(), whole.size()}, *node.pattern);
  }

  RowBatch& batch_;
  size_t row_;
  Fault& fault_;
  const Nfc& nfc_;
};

std::string_view why_no_number(DecimalError error) {
  switch (error) {
    case DecimalError::kNone:
      return "";
    case DecimalError::kNotANumber:
      return "not a number";
    case DecimalError::kComma:
      return "not a number: decimals are written with a point, and thousands "
             "are not separated";
    case DecimalError::kTooLarge:
      return "a number of more than 38 digits";
  }
  return "";
}

}  // namespace

std::optional<Decimal> number_of(const Cell& cell, std::string_view column,
                                 Arena& arena, std::optional<RowFault>& fault) {
  if (cell.kind == Cell::Kind::kInteger) return decimal_of(cell.integer);
  const bool numeric =
      cell.kind == Cell::Kind::kText || cell.kind == Cell::Kind::kNumber;
  Decimal result;
  const DecimalError error = numeric
                                 ? read_decimal(cell_text(cell, arena), result)
                                 : DecimalError::kNotANumber;
  if (error == DecimalError::kNone) return result;
  fault = RowFault{std::string(column), std::string(why_no_number(error))};
  return std::nullopt;
}

uint32_t WantedColumns::index_of(const std::string& name) {
  const auto found = std::ranges::find(names_, name);
  const auto index = static_cast<size_t>(found - names_.begin());
  if (found == names_.end()) {
    names_.push_back(name);
    needed_.push_back(false);
  }
  if (asks_needed_) needed_[index] = true;
  return static_cast<uint32_t>(index);
}

CellProgram::CellProgram(std::unique_ptr<Node> root, Nfc nfc)
    : root_(std::move(root)), nfc_(std::move(nfc)) {}
CellProgram::CellProgram(CellProgram&&) noexcept = default;
CellProgram& CellProgram::operator=(CellProgram&&) noexcept = default;
CellProgram::~CellProgram() = default;

Result<CellProgram> CellProgram::compile(const CellExpr& expr,
                                         WantedColumns& columns,
                                         const Nfc& nfc) {
  Result<Node> root = build(expr, columns, nfc);
  if (!root) return std::unexpected(root.error());
  return CellProgram(std::make_unique<Node>(std::move(*root)), nfc);
}

CellValue CellProgram::value(RowBatch& batch, size_t row,
                             std::optional<RowFault>& fault) const {
  return Evaluation(batch, row, fault, nfc_).value(*root_);
}

bool CellProgram::holds(RowBatch& batch, size_t row,
                        std::optional<RowFault>& fault) const {
  return Evaluation(batch, row, fault, nfc_).holds(*root_) && !fault;
}

std::optional<uint32_t> CellProgram::plain_column() const {
  if (root_->kind != Kind::kColumn) return std::nullopt;
  return root_->column;
}

const std::string* CellProgram::plain_text() const {
  return root_->kind == Kind::kText ? &root_->text : nullptr;
}

const std::string& CellProgram::first_column() const {
  static const std::string kNone;
  const std::string* name = first_column_of(*root_);
  return name == nullptr ? kNone : *name;
}

}  // namespace kitle
