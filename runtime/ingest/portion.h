// A portion of a file on its way: rows of cells, then rows of tables with codes
// of its own small dictionaries, so that any thread can make them and only
// distinct keys and texts need the store. Entry point: convert_portion.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/ingest/convert.h"
#include "runtime/ingest/rows.h"
#include "runtime/ingest/source_plan.h"
#include "runtime/ingest/table_rows.h"
#include "runtime/status.h"
#include "runtime/store/content.h"

namespace kitle {

// A row that was not taken, and why.
struct RejectedRow {
  uint64_t row = 0;
  uint64_t line = 0;
  uint64_t byte = 0;
  std::string column;  // "" if the fault is the whole row's
  std::string reason;
  std::string text;  // as it came; of formats without text, as JSON
};

// A row that knows its person and says nothing about them.
struct BareRow {
  uint32_t key = 0;     // the portion's own
  uint32_t joined = 0;  // its number, as TableRows::joined
};

// What an `into` gives.
struct IntoRows {
  TableRows
      rows;  // keys and codes are the portion's own; texts lie in its batch
  std::vector<ColumnRange> ranges;  // by column, behind them of the time
};

// Reused from portion to portion. Not thread-safe.
struct Portion {
  // Where it comes from.
  const SourcePlan* plan = nullptr;
  uint32_t source = 0;
  uint32_t file = 0;  // number in this ingest
  std::shared_ptr<const RowReader> reader;
  RowBatch batch;

  // What it gives.
  uint64_t rows = 0;
  uint64_t left_out = 0;
  std::vector<RejectedRow> rejected;  // in file order
  TextPool keys;                      // of customers, in order of first sight
  std::vector<TextPool> texts;        // by TargetTables::domains
  std::vector<IntoRows> intos;        // by SourcePlan::intos
  std::vector<BareRow> bare;          // rows that gave no row to a table
  uint32_t joined_rows = 0;           // rows that several `into` took, from 1

  // What making it needs.
  const SourcePlan* ready_for = nullptr;
  ConvertScratch convert;
  RowFaults faults;
  std::vector<std::vector<uint32_t>> takes;  // rows by `into`
  std::vector<uint8_t> intos_of_row;
  std::vector<uint8_t> is_given;  // to a table
  std::vector<uint32_t> joined_of_row;
  std::vector<uint32_t> key_of_row;
  std::vector<TypedColumn> columns;  // in the order of conversion
  std::vector<uint32_t> rows_left;
  std::vector<uint32_t> given;  // by the `into` at hand
};

// Makes rows of tables of the portion that its reader's next() put there.
Status convert_portion(const TargetTables& tables, Portion& portion);

}  // namespace kitle
