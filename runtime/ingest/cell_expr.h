// Values and conditions over the cells of one row: CellExpr, made ready and
// evaluated. Entry points: CellProgram::compile, value, holds.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/ingest/cell.h"
#include "runtime/ingest/decimal.h"
#include "runtime/ingest/mapping.h"
#include "runtime/ingest/rows.h"
#include "runtime/status.h"
#include "runtime/text/nfc.h"

namespace kitle {

// Why a row cannot be taken.
struct RowFault {
  std::string column;  // of the file, or the target that it was meant for
  std::string reason;
};

// The columns of the files that a source reads, each once.
class WantedColumns {
 public:
  uint32_t index_of(const std::string& name);
  const std::vector<std::string>& names() const { return names_; }
  // Whether those that are asked for from now on have to be there. JSON lines
  // may lack a key altogether where all that ask for it say `or missing`.
  void set_needed(bool needed) { asks_needed_ = needed; }
  bool needed(size_t index) const { return needed_[index]; }

 private:
  std::vector<std::string> names_;
  std::vector<bool> needed_;
  bool asks_needed_ = true;
};

// A value of an expression: a cell, or a number where it was calculated.
struct CellValue {
  Cell cell;
  std::optional<Decimal> number;
  bool missing() const { return !number && cell.missing(); }
};

// The number in a cell that is not missing. A fault names `column`.
std::optional<Decimal> number_of(const Cell& cell, std::string_view column,
                                 Arena& arena, std::optional<RowFault>& fault);

// Immutable, thread-safe; evaluation uses the batch's arena.
class CellProgram {
 public:
  // kInvalid for a written number or pattern that is none.
  static Result<CellProgram> compile(const CellExpr& expr,
                                     WantedColumns& columns, const Nfc& nfc);
  CellProgram(CellProgram&&) noexcept;
  CellProgram& operator=(CellProgram&&) noexcept;
  ~CellProgram();

  // Missing where a fault is given too. Division by zero is missing.
  CellValue value(RowBatch& batch, size_t row,
                  std::optional<RowFault>& fault) const;
  // REQUIRES: a condition. False where a fault is given too. A comparison with
  // a missing cell is false; `and` and `or` look at their right side only
  // where it matters.
  bool holds(RowBatch& batch, size_t row, std::optional<RowFault>& fault) const;

  // The column where the expression is one column and nothing more.
  std::optional<uint32_t> plain_column() const;
  // The text where it is one written text and nothing more.
  const std::string* plain_text() const;
  // The name of the first column that it reads, "" if none.
  const std::string& first_column() const;

  struct Node;

 private:
  CellProgram(std::unique_ptr<Node> root, Nfc nfc);
  std::unique_ptr<Node> root_;
  Nfc nfc_;
};

}  // namespace kitle
