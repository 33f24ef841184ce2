// Cells -> values of a column's type, each converted once. Entry point:
// ValueConverter. Works through a batch column by column; no row allocates.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/ingest/cell_expr.h"
#include "runtime/ingest/mapping.h"
#include "runtime/ingest/rows.h"
#include "runtime/ingest/time_format.h"
#include "runtime/schema.h"
#include "runtime/status.h"

namespace kitle {

// The values of one target, one slot a row of the batch; only slots of
// converted rows mean anything.
struct TypedColumn {
  struct Range {
    uint32_t begin = 0;
    uint32_t count = 0;
  };
  std::vector<uint8_t> present;
  std::vector<int64_t> ints;    // all but numbers, texts and lists
  std::vector<double> numbers;  // kNumber
  // Text and code, NFC: where `same` says that a row has them first.
  std::vector<std::string_view> texts;
  std::vector<uint32_t> same;  // a row with the same text, itself if it is new
  std::vector<Range> lists;    // lists: of elements
  std::vector<std::string_view> elements;  // NFC

  std::string_view text(size_t row) const { return texts[same[row]]; }
  // Whether each of the rows, which increase, has a value.
  bool complete(std::span<const uint32_t> rows) const;
  void reset(size_t rows, TypeKind type);
  // Gives `rows` the values of those that `same` tells. REQUIRES: no texts.
  void repeat(std::span<const uint32_t> rows, TypeKind type);
};
inline constexpr uint32_t kNoRow = UINT32_MAX;

// Why rows of a batch are rejected: the first fault of each.
class RowFaults {
 public:
  struct Entry {
    uint32_t row = 0;
    RowFault fault;
  };
  void reset(size_t rows);
  void add(size_t row, RowFault fault);
  bool has(size_t row) const { return rejected_[row] != 0; }
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  std::vector<uint8_t> rejected_;
  std::vector<Entry> entries_;
};

// The zones of a source's local times.
class ZoneSet {
 public:
  // `zone`: the repository's, from its pinned bytes.
  explicit ZoneSet(std::shared_ptr<const Zone> zone)
      : zones_{std::move(zone)} {}
  // "" is the repository's. kNotFound for an unknown name.
  Result<uint32_t> index_of(const std::string& name);
  std::vector<WallClock> clocks() const;

 private:
  std::vector<std::shared_ptr<const Zone>> zones_;
  std::map<std::string, uint32_t> by_name_;
};

// A place among 2^10 for what is made of some of many values, so that it is not
// made again: keys of one customer stand together, texts of a file's dictionary
// come again and again.
inline constexpr size_t kMemoPlaces = 1024;
inline size_t memo_place(uint64_t value) {
  return value * 0x9E3779B97F4A7C15 >> 54;
}

// A cell whose text a row of the batch has; missing: none yet.
struct KnownText {
  Cell cell;
  uint32_t row = 0;
};

// What converting one batch after another needs; one a thread.
struct ConvertScratch {
  std::vector<WallClock> clocks;  // ZoneSet::clocks()
  std::vector<KnownText> texts;   // kMemoPlaces, of the column at hand
  std::vector<uint32_t> rows;     // that have a value first, by place or code
};

// What a mapping is made ready with.
struct ConvertContext {
  WantedColumns& columns;
  ZoneSet& zones;
  Nfc nfc;  // the store's
  int currency_digits = 2;
};

// Immutable, thread-safe.
class ValueConverter {
 public:
  // `target`: its name, for faults. kInvalid for what cannot be.
  static Result<ValueConverter> make(const ValueMapping& mapping, TypeKind type,
                                     std::string target,
                                     ConvertContext& context);

  // Fills the slots of `rows`; a row that cannot be converted gets a fault.
  void convert(RowBatch& batch, std::span<const uint32_t> rows,
               ConvertScratch& scratch, TypedColumn& out,
               RowFaults& faults) const;

  TypeKind type() const { return type_; }

 private:
  struct Row;
  ValueConverter() = default;

  CellValue value(Row& row) const;
  CellValue date_parts(Row& row) const;
  template <class One>
  void each(RowBatch& batch, std::span<const uint32_t> rows,
            ConvertScratch& scratch, TypedColumn& out, RowFaults& faults,
            One one) const;
  template <class One>
  void one_row(Row& row, const CellValue& from, RowFaults& faults,
               One one) const;
  template <class One>
  void each_code(const CellColumn& column, std::span<const uint32_t> rows,
                 Row& row, RowFaults& faults, One one) const;

  // Whole columns of integers; false where it is to be done cell by cell.
  bool convert_integers(RowBatch& batch, std::span<const uint32_t> rows,
                        ConvertScratch& scratch, TypedColumn& out) const;
  bool scale_integers(const CellColumn& column, TypedColumn& out) const;
  void write_integers(const CellColumn& column, std::span<const uint32_t> rows,
                      Arena& arena, ConvertScratch& scratch,
                      TypedColumn& out) const;

  void to_flag(Row& row, const CellValue& value) const;
  void to_integer(Row& row, const CellValue& value, int places) const;
  void to_number(Row& row, const CellValue& value) const;
  void to_text(Row& row, const CellValue& value) const;
  std::string_view new_text(Row& row, const CellValue& value) const;
  void to_date(Row& row, const CellValue& value) const;
  void to_time(Row& row, const CellValue& value) const;
  void to_duration(Row& row, const CellValue& value) const;
  void to_list(Row& row, const CellValue& value) const;

  std::string_view text_of(Row& row, const CellValue& value) const;
  bool written_time(Row& row, const CellValue& value, WrittenTime& out) const;
  bool unix_time(Row& row, const CellValue& value, int64_t& micros) const;
  void split(Row& row, std::string_view text) const;
  void fail(Row& row, std::string_view reason) const;

  TypeKind type_ = TypeKind::kText;
  ValueMapping::Kind kind_ = ValueMapping::Kind::kExpr;
  std::string column_;  // for faults: the source's, or the target
  std::vector<CellProgram> programs_;  // one; three for date parts
  std::optional<uint32_t> plain_;      // the column where it is only that
  bool or_missing_ = false;
  bool rounded_ = false;
  int unix_places_ = -1;  // 6: seconds, 3: milliseconds
  std::optional<TimeFormat> format_;
  std::string format_text_;
  uint32_t zone_ = 0;
  std::string split_by_;
  Nfc nfc_;
  int currency_digits_ = 2;
};

}  // namespace kitle
