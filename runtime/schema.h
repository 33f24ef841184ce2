// The logical schema: attributes of the profile, event types and their
// properties. Made from schema.kitle by the compiler, stored with the data,
// asked by ingest and by evaluation. Plain values; thread-safe to read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kitle {

// Logical types of stored values. The numbers are in store files.
enum class TypeKind : uint8_t {
  kFlag = 1,       // 0 or 1
  kInteger = 2,    // int64
  kNumber = 3,     // double, finite
  kMoney = 4,      // int64 minor units of the repository's currency
  kText = 5,       // NFC, compared after folding in the repository's locale
  kCode = 6,       // NFC, compared exactly
  kDate = 7,       // int32 days since 1970-01-01
  kTime = 8,       // int64 microseconds since 1970-01-01T00:00Z
  kDuration = 9,   // int64 microseconds
  kTextList = 10,  // list of text
  kCodeList = 11,  // list of code
};

// What stands for a value in memory: everything but number is an int64
// (text and codes: the dictionary code, 0 = missing).
constexpr bool is_text_like(TypeKind kind) {
  return kind == TypeKind::kText || kind == TypeKind::kCode;
}
constexpr bool is_list(TypeKind kind) {
  return kind == TypeKind::kTextList || kind == TypeKind::kCodeList;
}

// A column: an attribute of the profile or a property of an event.
struct Column {
  std::string name;
  TypeKind type = TypeKind::kText;
  bool personal = false;  // never in logs, errors, suggestions, plans
  bool any_case = false;  // `code any case`: ASCII folding in comparisons
  uint32_t id = 0;        // permanent in its table; given by the store
};

struct EventType {
  std::string name;
  std::string plural;
  std::vector<Column> columns;
  // Index of the `counted by` property in `columns`.
  std::optional<uint32_t> counted_by;
  uint32_t id = 0;  // permanent; given by the store
};

// Events that are made of stored ones when rules are evaluated. A group: the
// events of its members together, with what all of them have.
// Sessions: an event later than the gap behind the one before begins a new one.
struct DerivedEvents {
  EventType type;  // as rules see them
  // Of a group, in `events` of the schema, increasing; of sessions the one,
  // which may be a group.
  std::vector<uint32_t> members;
  int64_t gap = 0;  // of sessions, microseconds

  bool is_group() const { return gap == 0; }
};
// The properties of a session, in its columns.
inline constexpr uint32_t kSessionLength = 0;
inline constexpr uint32_t kSessionCount = 1;

struct Schema {
  std::string profile_name = "customer";
  std::vector<Column> attributes;  // without the key
  std::string key_name;            // the attribute marked `key`, "" if none
  std::vector<EventType> events;   // schema order: Meaning 13 orders by it
  // Declared by rules, and in no store. Where an event type is meant by its
  // index these stand behind `events`.
  std::vector<DerivedEvents> derived;

  // Stored or derived.
  const EventType& event(uint32_t index) const;
  uint32_t event_count() const;
  // Null for a stored one.
  const DerivedEvents* derived_event(uint32_t index) const;
  // Whether orders are what is counted: of any member, for a group.
  bool counts_orders(uint32_t index) const;
  const EventType* find_event(std::string_view name) const;  // stored
  const Column* find_attribute(std::string_view name) const;
};

// The repository's settings that change meaning (kitle.toml). The zone's
// rules and the fold table are pinned in the store.
struct Settings {
  std::string name;
  std::string time_zone = "UTC";  // IANA name
  std::string locale = "en";      // for folding: "tr", "az" are special
  std::string currency = "";      // ISO 4217, "" if none is declared
  int currency_digits = 2;
  int first_day_of_week = 1;  // ISO: 1 Monday ... 7 Sunday
};

}  // namespace kitle
