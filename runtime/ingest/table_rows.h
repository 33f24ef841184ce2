// Rows of a table on their way to their block, column by column. A portion
// gives some, a block gets its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "runtime/schema.h"
#include "runtime/store/content.h"
#include "runtime/store/hashes.h"

namespace kitle {

// What a slot holds.
enum class FieldKind : uint8_t {
  kValue,     // an integer, or the bits of a number
  kCode,      // of a store-wide text; 0: missing
  kText,      // its bytes
  kCodeList,  // 4-byte codes of store-wide texts
  kTextList,  // texts, each behind its 4-byte length
};
FieldKind slot_kind(const Column& column);

// What rows have beside their columns.
enum class RowExtras : uint8_t {
  kNone,
  kStamp,  // attributes: their stamp, if there is one
  kId,     // an event's id as text, and its hash
  kIdAndVersion,
};

// The columns of a table, and what its rows have beside them, as slots.
// Immutable; thread-safe.
class RowLayout {
 public:
  RowLayout() = default;
  RowLayout(const std::vector<Column>& columns, RowExtras extras);

  size_t columns() const { return columns_; }
  size_t slots() const { return kinds_.size(); }
  FieldKind kind(size_t slot) const { return kinds_[slot]; }
  RowExtras extras() const { return extras_; }
  bool has_ids() const { return extras_ >= RowExtras::kId; }
  bool has_versions() const { return extras_ == RowExtras::kIdAndVersion; }

  size_t stamp_slot() const { return columns_; }
  size_t id_slot() const { return columns_; }
  size_t hash_slot() const { return columns_ + 1; }  // low half; then the high
  size_t version_slot() const { return columns_ + 3; }

 private:
  std::vector<FieldKind> kinds_;
  size_t columns_ = 0;
  RowExtras extras_ = RowExtras::kNone;
};

// The values of one slot, one a row.
struct RowColumn {
  std::vector<int64_t> values;          // kValue, kCode; missing: 0
  std::vector<std::string_view> bytes;  // the other kinds
  std::vector<uint8_t> present;         // 1 a row; empty: all. Not of kCode.
  std::vector<uint32_t> codes;  // where `bytes` of a portion's kCodeList lie

  bool has(size_t row) const { return present.empty() || present[row] != 0; }
};

// Plain values; not thread-safe to change.
struct TableRows {
  std::vector<uint32_t> profiles;  // ordinals; of a portion: its own keys
  std::vector<int64_t> times;      // of events
  std::vector<uint32_t> files;     // numbers in this ingest; empty: all `file`
  uint32_t file = 0;
  // Numbers of rows that give several records, else 0; empty: all 0.
  std::vector<uint32_t> joined;
  std::vector<RowColumn> slots;  // by the layout's slots

  uint32_t size() const { return static_cast<uint32_t>(profiles.size()); }
  uint32_t file_of(size_t row) const {
    return files.empty() ? file : files[row];
  }
  uint32_t joined_of(size_t row) const {
    return joined.empty() ? 0 : joined[row];
  }
  // Whether the slot has a value. REQUIRES: the layout is that of the rows, as
  // everywhere below.
  bool has(const RowLayout& layout, size_t slot, size_t row) const {
    const RowColumn& column = slots[slot];
    return layout.kind(slot) == FieldKind::kCode ? column.values[row] != 0
                                                 : column.has(row);
  }
  bool has_id(const RowLayout& layout, size_t row) const {
    return layout.has_ids() && slots[layout.id_slot()].has(row);
  }
  // Empty for an event without one.
  std::string_view id(const RowLayout& layout, size_t row) const {
    return has_id(layout, row) ? slots[layout.id_slot()].bytes[row]
                               : std::string_view();
  }
  // REQUIRES: has_id.
  Hash128 id_hash(const RowLayout& layout, size_t row) const {
    const size_t slot = layout.hash_slot();
    return {static_cast<uint64_t>(slots[slot].values[row]),
            static_cast<uint64_t>(slots[slot + 1].values[row])};
  }
  // kNoVersion if there is none.
  int64_t version(const RowLayout& layout, size_t row) const {
    if (!layout.has_versions()) return kNoVersion;
    const RowColumn& versions = slots[layout.version_slot()];
    return versions.has(row) ? versions.values[row] : kNoVersion;
  }
};

// Calls f(text) for each text of a kTextList.
template <class F>
void for_each_text(std::string_view list, F f) {
  while (!list.empty()) {
    uint32_t length = 0;
    std::memcpy(&length, list.data(), sizeof(length));
    f(list.substr(sizeof(length), length));
    list.remove_prefix(sizeof(length) + length);
  }
}

// Calls f(code) for each code of a kCodeList.
template <class F>
void for_each_code(std::string_view list, F f) {
  for (size_t at = 0; at < list.size(); at += sizeof(uint32_t)) {
    uint32_t code = 0;
    std::memcpy(&code, list.data() + at, sizeof(code));
    f(code);
  }
}

}  // namespace kitle
