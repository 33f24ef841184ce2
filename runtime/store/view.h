// What evaluation sees of a block: typed pointers into the mapping. Every
// view was verified (checksum, invariants) by its only producer,
// Snapshot::base / Snapshot::overlay. Views are read-only, live as long as
// their Snapshot, and may be read from any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "runtime/schema.h"

namespace kitle {

inline constexpr uint32_t kBlockBits = 14;
inline constexpr uint32_t kBlockRows = 1u << kBlockBits;

// How a column's values lie in memory. The numbers are in store files.
enum class Physical : uint8_t {
  kAbsent = 0,  // the block has no such column: every value is missing
  kU8 = 1,      // codes, flags
  kU16 = 2,     // codes
  kU32 = 3,     // codes
  kI16 = 4,     // base + unit * stored: times, dates, integers, money
  kI32 = 5,
  kI64 = 6,
  kF64 = 7,   // numbers
  kList = 8,  // u32 offsets[rows + 1] and u32 codes
};

// Texts by code; code 0 means missing and has no text. Codes are dense from 1
// to size(). Thread-safe to read.
class Dictionary {
 public:
  virtual ~Dictionary() = default;
  virtual uint32_t size() const = 0;  // the largest code
  // The NFC text of a code; empty for 0 and for an erased value.
  virtual std::string_view text(uint32_t code) const = 0;
  // The code of exactly this NFC text; 0 if there is none.
  virtual uint32_t find(std::string_view text) const = 0;
};

// One column of one table (or of the profiles) in one block. Missing values
// are stored as 0 (stored, not logical) with a 0 bit in `valid`; codes have
// no `valid`: code 0 is missing. At least 128 readable bytes follow the data
// and the validity words.
struct ColumnView {
  Physical physical = Physical::kAbsent;
  TypeKind type = TypeKind::kInteger;
  uint32_t elements = 0;              // kList: how many codes
  const void* data = nullptr;         // kList: the codes
  const uint32_t* offsets = nullptr;  // kList only
  int64_t base = 0;                   // logical = base + unit * stored
  int64_t unit = 1;
  const uint64_t* valid = nullptr;         // null: nothing is missing
  const Dictionary* dictionary = nullptr;  // text and codes
  bool store_wide = false;  // the dictionary is shared by the whole store
  // Of the present values, logical; min > max if there is none. For numbers
  // and codes unused.
  int64_t min = 0;
  int64_t max = -1;
};

// The events of one type in one block: rows of one profile stand together,
// in the order of Meaning 13 (for a counted type: order by order, an order
// standing at its first row's place).
struct TableView {
  uint32_t events = 0;
  const uint32_t* offsets = nullptr;  // profiles + 1, from 0 to events
  uint32_t max_per_profile = 0;
  ColumnView time;                  // never missing
  std::vector<ColumnView> columns;  // by the schema's index of the property
  // Profile columns: time of the first and last event; missing if none.
  ColumnView first_time;
  ColumnView last_time;
  // Counted types: a bit at the first row of each order (others: null).
  const uint64_t* order_starts = nullptr;
  bool every_row_is_an_order = true;
};

struct BlockView {
  uint32_t number = 0;    // first ordinal = number << kBlockBits
  uint32_t profiles = 0;  // rows of this view (an overlay: touched profiles)
  const uint64_t* live = nullptr;      // one bit a row
  std::vector<ColumnView> attributes;  // by the schema's index
  std::vector<TableView> tables;       // by the schema's index of the event
  // Overlay: for each of its rows the row of the block it replaces,
  // increasing. Empty for a base.
  std::span<const uint32_t> rows;
  std::span<const uint64_t> row_snapshots;  // by which each was written
  ColumnView key;      // the customer's key: text, block-wide dictionary
  uint64_t bytes = 0;  // of all sections, for bandwidth figures
};

}  // namespace kitle
