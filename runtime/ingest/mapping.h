// A `source` declaration after checking: how the text cells of a file become
// attributes and events. Made by the compiler, executed by ingest. Plain
// values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/schema.h"

namespace kitle {

// A value or condition over the cells of one row. A cell is text, compared
// exactly; against a number, or in arithmetic, it is read as an exact decimal
// (an exponent is fine), and a cell that is none rejects the row.
struct CellExpr {
  enum class Kind : uint8_t {
    kColumn,  // text: column name
    kText,    // text: a written value
    kNumber,  // text: a written decimal
    kAdd,
    kSubtract,
    kMultiply,
    kDivide,  // args[0], args[1]
    kNegate,
    kAnd,
    kOr,
    kNot,
    kEqual,  // args: text with text exactly, or decimals if either
             // side is a number or arithmetic
    kLess,
    kLessEqual,
    kGreater,
    kGreaterEqual,  // decimals
    kIn,            // args[0] in args[1..]
    kContains,
    kStartsWith,
    kEndsWith,
    kMatches,  // args[0], args[1] kText
    kPresent,  // args[0] is not missing
  };
  Kind kind = Kind::kColumn;
  std::string text;
  std::vector<CellExpr> args;
};

// Where a target's value comes from; converted once, to the target's type.
struct ValueMapping {
  enum class Kind : uint8_t { kExpr, kRowNumber, kDateParts };
  Kind kind = Kind::kExpr;
  CellExpr expr;                // kExpr; kText for `is "web"`
  std::vector<CellExpr> parts;  // kDateParts: year, month, day
  bool or_missing = false;      // what cannot be read is missing, not a reject
  bool rounded = false;         // half to even to the target's digits
  bool unix_seconds = false;
  bool unix_milliseconds = false;
  std::string format;    // strptime-like, for dates and times; "" = ISO 8601
  std::string zone;      // of a local time; "" = the repository's zone
  std::string split_by;  // lists
};

struct TargetMapping {
  // Index of the attribute or property in the schema; see also `into`.
  uint32_t column = 0;
  ValueMapping value;
};

// `into purchase when ... { ... }` or `into customer { ... }`.
struct IntoMapping {
  std::optional<uint32_t> event;  // index in schema.events; none: the profile
  std::optional<CellExpr> when;
  std::optional<ValueMapping> id;    // events: the event's own identity
  std::optional<ValueMapping> time;  // events: required
  std::optional<ValueMapping> version;
  TypeKind version_type = TypeKind::kInteger;  // or kTime
  std::vector<TargetMapping> columns;
};

struct CsvDialect {
  char delimiter = ',';
  char quote = '"';
  bool header = true;
  bool empty_is_missing = true;
  std::string encoding = "utf-8";    // utf-8, latin-1, windows-1254
  std::vector<std::string> columns;  // names where there is no header
};

struct SourceMapping {
  std::string name;
  std::vector<std::string> files;  // patterns, relative to the data folder
  CsvDialect csv;
  ValueMapping customer;
  std::vector<CellExpr> only_rows_when;
  std::vector<IntoMapping> intos;
};

}  // namespace kitle
