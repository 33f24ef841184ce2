// The reference evaluator's data: what a snapshot holds, as plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "runtime/schema.h"
#include "runtime/status.h"
#include "runtime/store/snapshot.h"

namespace kitle::reference {

// A stored value: missing; flags, integers, money, dates, times and durations;
// numbers; text and codes; lists.
using Stored = std::variant<std::monostate, int64_t, double, std::string,
                            std::vector<std::string>>;

struct Event {
  int64_t time = 0;
  uint32_t type = 0;               // index of Schema::event(); of a group's
                                   // event the member's
  bool starts_order = true;        // false: of the same order as the one before
  std::vector<Stored> properties;  // by the schema's index
};

struct Person {
  uint32_t ordinal = 0;
  std::vector<Stored> attributes;  // by the schema's index
  // By stored event type, in their order.
  std::vector<std::vector<Event>> history;
};

// The live profiles by ordinal, each from its block's overlay if that has it.
// They are shaped after `schema`: what the store lacks is missing. kInvalid:
// the store holds a column as another type.
Result<std::vector<Person>> read_people(const Snapshot& snapshot,
                                        const Schema& schema);

// One of them; nothing where there is no live profile of this ordinal.
Result<std::optional<Person>> read_person(const Snapshot& snapshot,
                                          const Schema& schema,
                                          uint32_t ordinal);

}  // namespace kitle::reference
