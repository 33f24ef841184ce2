// Values of new rows and of contents side by side: one order (Meaning 13:
// missing first, text and codes by code points), one way to copy.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/ingest/source_plan.h"
#include "runtime/ingest/table_rows.h"
#include "runtime/store/content.h"
#include "runtime/store/writer.h"

namespace kitle {

// The texts of store-wide codes. Thread-safe while nobody adds texts.
class StoreTexts {
 public:
  // By TargetTables::domains.
  StoreTexts(StoreWriter& writer, const std::vector<std::string>& domains);
  std::string_view text(uint32_t domain, uint64_t code) const {
    return writer_.text(handles_[domain], static_cast<uint32_t>(code));
  }
  uint32_t intern(uint32_t domain, std::string_view text) {
    return writer_.intern(handles_[domain], text);
  }

 private:
  StoreWriter& writer_;
  std::vector<uint32_t> handles_;
};

using TextPools = std::map<std::string, TextPool, std::less<>>;

// A new row, or a row of a content's columns.
struct RowRef {
  bool added = false;
  uint32_t row = 0;
};

// The columns of one table in one block. Not thread-safe.
class ValueOrder {
 public:
  // `old`: the content's columns; may be empty where no row is of a content.
  // All outlive this.
  ValueOrder(const TargetTable& table, const TableRows& added,
             const std::vector<LogicalColumn>& old, TextPools& pools,
             const StoreTexts& texts)
      : table_(table), added_(added), old_(old), pools_(pools), texts_(texts) {}

  bool missing(const RowRef& a, size_t column) const;
  // -1, 0, 1.
  int compare(const RowRef& a, const RowRef& b, size_t column) const;
  // All columns, in schema order.
  int compare(const RowRef& a, const RowRef& b) const;
  // Equal values have equal keys, unequal ones different. REQUIRES: no list,
  // not missing.
  uint64_t key(const RowRef& a, size_t column);
  // Appends a value. `to` is of the column's type.
  void push(const RowRef& from, size_t column, LogicalColumn& to);
  // Appends those of the new rows [begin, end).
  void append(uint32_t begin, uint32_t end, size_t column, LogicalColumn& to);

 private:
  int64_t integer(const RowRef& a, size_t column) const;
  double number(const RowRef& a, size_t column) const;
  std::string_view text(const RowRef& a, size_t column) const;
  std::vector<std::string_view> list(const RowRef& a, size_t column) const;
  std::string_view text_of_code(size_t column, uint64_t code) const;
  TextPool& pool(size_t column);
  void push_added(uint32_t row, size_t column, LogicalColumn& to);

  const TargetTable& table_;
  const TableRows& added_;
  const std::vector<LogicalColumn>& old_;
  TextPools& pools_;
  const StoreTexts& texts_;
  std::vector<uint32_t> codes_;
};

}  // namespace kitle
