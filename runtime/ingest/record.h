// A row of a table on its way to its block: one piece of bytes, so that it can
// be moved, sorted and put on disk as it is. Head, presence bits, a slot of 8
// bytes for each column and for what else it has, then what slots point to.
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

struct RecordHead {
  uint32_t bytes = 0;    // of the whole record, a multiple of 8
  uint32_t profile = 0;  // ordinal; before it is known, the portion's own
  uint32_t file = 0;     // number in this ingest
  uint32_t row = 0;      // number of a row that gives several records, else 0
  int64_t time = 0;      // of events; of attributes their stamp
};
static_assert(sizeof(RecordHead) == 24);

// What a slot holds.
enum class FieldKind : uint8_t {
  kValue,     // an int64 or a double
  kCode,      // of a store-wide text
  kText,      // where the text lies in the record
  kCodeList,  // where 4-byte codes of store-wide texts lie in the record
  kTextList,  // where texts lie in the record, each behind its 4-byte length
};
FieldKind slot_kind(const Column& column);

// What records have behind their columns.
enum class RecordExtras : uint8_t {
  kNone,
  kStamp,  // attributes: whether there is one
  kId,     // an event's id as text, and its hash
  kIdAndVersion,
};

// The columns of a table as slots. Immutable; thread-safe.
class RecordLayout {
 public:
  RecordLayout() = default;
  RecordLayout(const std::vector<Column>& columns, RecordExtras extras);

  size_t columns() const { return kinds_.size(); }
  FieldKind kind(size_t column) const { return kinds_[column]; }
  bool any_code() const { return any_code_; }
  RecordExtras extras() const { return extras_; }
  size_t stamp_slot() const { return kinds_.size(); }
  bool has_id(const char* record) const {
    return extras_ >= RecordExtras::kId && present(record, id_slot());
  }
  // Empty for an event without one.
  std::string_view id(const char* record) const {
    return has_id(record) ? bytes(record, id_slot()) : std::string_view();
  }
  // REQUIRES: has_id.
  Hash128 id_hash(const char* record) const {
    return {value<uint64_t>(record, id_slot() + 1),
            value<uint64_t>(record, id_slot() + 2)};
  }
  // Of events with an id; kNoVersion if the record has none.
  int64_t version(const char* record) const {
    return extras_ == RecordExtras::kIdAndVersion &&
                   present(record, version_slot())
               ? value<int64_t>(record, version_slot())
               : kNoVersion;
  }

  // ---- writing; `record` is `fixed_bytes()` zero bytes at first ----
  uint32_t fixed_bytes() const { return fixed_bytes_; }
  void set(char* record, size_t slot, uint64_t value) const {
    const uint64_t bit = uint64_t{1} << slot % 64;
    store(record, sizeof(RecordHead) + slot / 64 * 8,
          load<uint64_t>(record, sizeof(RecordHead) + slot / 64 * 8) | bit);
    store(record, slots_ + slot * 8, value);
  }
  // REQUIRES: the id's text is appended with id_slot().
  void set_id_hash(char* record, const Hash128& hash) const {
    store(record, slots_ + (id_slot() + 1) * 8, hash.low);
    store(record, slots_ + (id_slot() + 2) * 8, hash.high);
  }
  size_t id_slot() const { return kinds_.size(); }
  size_t version_slot() const { return kinds_.size() + 3; }
  void set_code(char* record, size_t slot, uint64_t code) const {
    store(record, slots_ + slot * 8, code);
  }

  // Replaces each code of a kCodeList by that at its place.
  void map_codes(char* record, size_t slot,
                 const std::vector<uint32_t>& codes) const;

  // ---- reading ----
  bool present(const char* record, size_t slot) const {
    const auto word =
        load<uint64_t>(record, sizeof(RecordHead) + slot / 64 * 8);
    return (word >> slot % 64 & 1) != 0;
  }
  template <class T>
  T value(const char* record, size_t slot) const {
    return load<T>(record, slots_ + slot * 8);
  }
  // The bytes that the slot points to.
  std::string_view bytes(const char* record, size_t slot) const {
    const auto at = value<uint64_t>(record, slot);
    return {record + (at >> 32), static_cast<uint32_t>(at)};
  }

 private:
  template <class T>
  static T load(const char* from, size_t at) {
    T value;
    std::memcpy(&value, from + at, sizeof(value));
    return value;
  }
  static void store(char* to, size_t at, uint64_t value) {
    std::memcpy(to + at, &value, sizeof(value));
  }

  std::vector<FieldKind> kinds_;
  uint32_t slots_ = 0;  // where they begin
  uint32_t fixed_bytes_ = 0;
  bool any_code_ = false;
  RecordExtras extras_ = RecordExtras::kNone;
};

inline RecordHead head_of(const char* record) {
  RecordHead head;
  std::memcpy(&head, record, sizeof(head));
  return head;
}
// Field by field: what was just changed in parts is slow to copy whole.
inline void set_head(char* record, const RecordHead& head) {
  const auto set = [record](size_t at, const auto& value) {
    std::memcpy(record + at, &value, sizeof(value));
  };
  set(offsetof(RecordHead, bytes), head.bytes);
  set(offsetof(RecordHead, profile), head.profile);
  set(offsetof(RecordHead, file), head.file);
  set(offsetof(RecordHead, row), head.row);
  set(offsetof(RecordHead, time), head.time);
}

// An event that leaves a profile, as a record: a head and the event's key.
uint32_t leaver_bytes(const EventKey& key);
// `head`: of leaver_bytes(key), as long as `to` is.
void write_leaver(const RecordHead& head, const EventKey& key, char* to);
// Its id lies in the record.
EventKey leaver_key(const char* record);

// Records one behind the other.
class RecordBuffer {
 public:
  // A record of `bytes` zero bytes; its place, valid until the next one.
  char* add(size_t bytes) {
    last_ = bytes_.size();
    bytes_.resize(last_ + bytes);
    return bytes_.data() + last_;
  }
  // Appends to the record added last and makes its slot point there.
  void append(const RecordLayout& layout, size_t slot, std::string_view bytes);
  void drop_last() { bytes_.resize(last_); }
  // Ends the record added last: its size is known now.
  void finish(RecordHead head) {
    const size_t size = (bytes_.size() - last_ + 7) / 8 * 8;
    if (last_ + size != bytes_.size()) bytes_.resize(last_ + size);
    head.bytes = static_cast<uint32_t>(size);
    set_head(last(), head);
  }

  char* last() { return bytes_.data() + last_; }
  std::span<const char> all() const { return bytes_; }
  void clear() { bytes_.clear(); }

 private:
  std::vector<char> bytes_;
  size_t last_ = 0;
};

// Calls f(record) for each record of a piece.
template <class Char, class F>
void for_each_record(std::span<Char> piece, F f) {
  Char* at = piece.data();
  Char* const end = at + piece.size();
  while (at < end) {
    const uint32_t bytes = head_of(at).bytes;
    f(at);
    at += bytes;
  }
}

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

}  // namespace kitle
