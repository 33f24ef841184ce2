// One block in memory, as values: what ingest fills and StoreWriter writes.
// Plain values; not thread-safe to change.
//
//   BlockContent block = *writer.load(7);   // empty for a new block
//   ... add profiles, add events in the order of Meaning 13 ...
//   writer.write(7, block, touched_rows);
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/schema.h"

namespace kitle {

// Texts by code, from 1; code 0 has no text. Find-or-add in expected O(1),
// about 16 bytes a text beside its bytes.
class TextPool {
 public:
  // The code of a text, which is added if new.
  uint32_t intern(std::string_view added);
  // The code of a text, or 0.
  uint32_t find(std::string_view wanted) const;
  // Appends the codes of many texts, in their order, as intern() gives them; it
  // does not wait for the memory of one after the other.
  void intern(std::span<const std::string_view> added,
              std::vector<uint32_t>& codes);
  // Empty for 0. Valid until the next intern().
  std::string_view text(uint32_t code) const;
  uint32_t size() const { return static_cast<uint32_t>(ends_.size()); }
  uint64_t bytes() const { return bytes_.size(); }
  void clear();  // keeps its memory

 private:
  struct Slot {
    uint32_t code = 0;
    uint32_t tag = 0;  // low half of the hash
  };
  size_t probe(std::string_view wanted, uint32_t tag) const;
  size_t place_of(uint32_t tag) const;
  uint32_t intern(std::string_view added, uint32_t tag);
  void intern_few(std::span<const std::string_view> added,
                  std::vector<uint32_t>& codes);
  void grow();

  std::string bytes_;
  std::vector<uint64_t> ends_;  // of text code - 1
  std::vector<Slot> slots_;     // a power of two of them, at most 3/4 full
};

// The values of one column, one a row. Texts are codes: of the writer's
// store-wide dictionary, or of BlockContent::pools where is_block_wide().
// A column without any row stands for "everything is missing"; load() never
// returns one.
struct LogicalColumn {
  TypeKind type = TypeKind::kInteger;
  std::vector<int64_t> ints;      // all types but numbers and lists; missing: 0
  std::vector<double> numbers;    // kNumber; missing: 0
  std::vector<uint32_t> offsets;  // lists: rows + 1, from 0; else empty
  std::vector<uint32_t> codes;    // lists: the elements, no 0 among them
  // One byte a row, 1 = present; empty: nothing is missing. Never used by
  // text and code, where code 0 is missing.
  std::vector<uint8_t> present;

  size_t rows() const;
  bool missing(size_t row) const;
  void push_missing();
  void push(int64_t value);  // all types but numbers and lists
  void push_number(double value);
  void push_list(std::span<const uint32_t> elements);
  // Appends one row of a column of the same type.
  void push_from(const LogicalColumn& from, size_t row);
};

inline constexpr int64_t kNoVersion = INT64_MIN;

// What an event with an id is known by, in all sources and types: of a source
// no id comes twice. Events without one are known by their source and content,
// and equal ones of a file are so many events.
struct EventKey {
  std::string_view id;
  uint32_t source = 0;
  friend auto operator<=>(const EventKey&, const EventKey&) = default;
};

// The events of one type. Rows of one profile stand together, in the order of
// Meaning 13; rows of one order (counted types) stand together where its first
// row would stand, all with the order's earliest time.
struct TableContent {
  std::vector<uint32_t> offsets;       // profiles + 1, from 0 to events
  std::vector<int64_t> times;          // microseconds
  std::vector<LogicalColumn> columns;  // by the schema's index
  std::vector<uint32_t> sources;       // StoreWriter::source of each event
  std::vector<uint8_t> order_starts;   // counted types: 1 at an order's first
                                       // row, else 0; other types: empty
  std::vector<uint32_t> ids;           // codes of id_texts, 0 = none; may be
                                       // empty if no event has an id
  TextPool id_texts;
  // Counted types: the time that each row came with; may be empty if it is
  // that of its order for all.
  std::vector<int64_t> own_times;
  // Of events with ids; may be empty if none has one.
  std::vector<int64_t> versions;

  uint32_t events() const { return static_cast<uint32_t>(times.size()); }
  // Its id is empty for an event without one. Valid until id_texts grows.
  EventKey key_of(uint32_t event) const {
    return {ids.empty() ? std::string_view() : id_texts.text(ids[event]),
            sources[event]};
  }
};

struct BlockContent {
  std::vector<std::string> keys;  // by row: the customer's key, never empty
  std::vector<uint8_t> live;      // 1 a row: exists
  std::vector<LogicalColumn> attributes;  // by the schema's index
  // By attribute: the `time` line that the value came with, microseconds,
  // missing where it came without one. Never read by evaluation. Each may be
  // without rows: all are missing.
  std::vector<LogicalColumn> stamps;
  std::vector<TableContent> tables;  // by the schema's index
  // Texts of block-wide columns, by the column's name (its domain).
  std::map<std::string, TextPool, std::less<>> pools;

  uint32_t profiles() const { return static_cast<uint32_t>(keys.size()); }
};

// Whether a text column's codes are of BlockContent::pools, not of the writer's
// dictionary: personal text is.
inline bool is_block_wide(const Column& column) { return column.personal; }

// A content without profiles, shaped after the schema.
BlockContent empty_content(const Schema& schema);

// What is known of all values of a column, store-wide. Mergeable.
struct ColumnRange {
  int64_t min = INT64_MAX;
  int64_t max = INT64_MIN;
  // Divides the difference of any two values; 0: at most one value was seen.
  uint64_t step = 0;

  bool empty() const { return min > max; }
  void add(int64_t value);
  void add(std::span<const int64_t> values);
  // Of those that are there: 1 each in `present`; empty: all.
  void add(std::span<const int64_t> values, std::span<const uint8_t> present);
  void add(const ColumnRange& other);
  friend bool operator==(const ColumnRange&, const ColumnRange&) = default;
};

}  // namespace kitle
