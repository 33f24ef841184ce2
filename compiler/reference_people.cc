// See reference_people.h.
#include "compiler/reference_people.h"

#include <algorithm>
#include <optional>

namespace kitle::reference {
namespace {

bool bit(const uint64_t* words, size_t at) {
  return (words[at / 64] >> (at % 64) & 1) != 0;
}

template <class T>
int64_t stored_at(const ColumnView& column, size_t row) {
  return static_cast<int64_t>(static_cast<const T*>(column.data)[row]);
}

// As it lies in memory, before base and unit.
int64_t raw(const ColumnView& column, size_t row) {
  switch (column.physical) {
    case Physical::kU8:
      return stored_at<uint8_t>(column, row);
    case Physical::kU16:
      return stored_at<uint16_t>(column, row);
    case Physical::kU32:
      return stored_at<uint32_t>(column, row);
    case Physical::kI16:
      return stored_at<int16_t>(column, row);
    case Physical::kI32:
      return stored_at<int32_t>(column, row);
    case Physical::kI64:
      return stored_at<int64_t>(column, row);
    case Physical::kAbsent:
    case Physical::kF64:
    case Physical::kList:
      return 0;
  }
  return 0;
}

int64_t whole(const ColumnView& column, size_t row) {
  const auto steps = static_cast<uint64_t>(raw(column, row));
  const auto unit = static_cast<uint64_t>(column.unit);
  return static_cast<int64_t>(static_cast<uint64_t>(column.base) +
                              steps * unit);
}

Stored text(const ColumnView& column, size_t row) {
  const auto code = static_cast<uint32_t>(raw(column, row));
  if (code == 0 || column.dictionary == nullptr) return {};
  return std::string(column.dictionary->text(code));
}

Stored list(const ColumnView& column, size_t row) {
  const auto* codes = static_cast<const uint32_t*>(column.data);
  std::vector<std::string> elements;
  for (uint32_t i = column.offsets[row]; i < column.offsets[row + 1]; ++i) {
    elements.emplace_back(column.dictionary->text(codes[i]));
  }
  return elements;
}

Stored value_at(const ColumnView& column, size_t row) {
  if (column.physical == Physical::kAbsent) return {};
  if (is_text_like(column.type)) return text(column, row);
  if (column.valid != nullptr && !bit(column.valid, row)) return {};
  if (column.physical == Physical::kList) return list(column, row);
  if (column.physical == Physical::kF64) {
    return static_cast<const double*>(column.data)[row];
  }
  return whole(column, row);
}

// Where the columns of a schema stand in the store's.
using Places = std::vector<std::optional<size_t>>;

class Reader {
 public:
  Reader(const Snapshot& snapshot, const Schema& schema)
      : snapshot_(snapshot), schema_(schema) {}

  Result<std::vector<Person>> read() {
    Status status = find_places();
    for (uint32_t block = 0; status.ok() && block < snapshot_.blocks();
         ++block) {
      status = read_block(block);
    }
    if (!status.ok()) return std::unexpected(status);
    return std::move(people_);
  }

  Result<std::optional<Person>> read_one(uint32_t ordinal) {
    Status status = find_places();
    const uint32_t block = ordinal >> kBlockBits;
    const uint32_t row = ordinal & (kBlockRows - 1);
    if (status.ok() && block < snapshot_.blocks()) {
      status = read_block(block, row);
    }
    if (!status.ok()) return std::unexpected(status);
    if (people_.empty()) return std::nullopt;
    return std::move(people_.front());
  }

 private:
  Status find_places() {
    const Schema& stored = snapshot_.schema();
    Status status = find_columns(schema_.attributes, stored.attributes,
                                 schema_.profile_name, attributes_);
    for (const EventType& event : schema_.events) {
      const auto there =
          std::ranges::find(stored.events, event.name, &EventType::name);
      const bool known = there != stored.events.end();
      tables_.push_back(
          known ? std::optional<size_t>(there - stored.events.begin())
                : std::nullopt);
      properties_.emplace_back(event.columns.size());
      if (!known || !status.ok()) continue;
      status = find_columns(event.columns, there->columns, event.name,
                            properties_.back());
    }
    return status;
  }

  static Status find_columns(const std::vector<Column>& wanted,
                             const std::vector<Column>& stored,
                             const std::string& owner, Places& places) {
    places.assign(wanted.size(), std::nullopt);
    for (size_t i = 0; i < wanted.size(); ++i) {
      const auto there =
          std::ranges::find(stored, wanted[i].name, &Column::name);
      if (there == stored.end()) continue;
      if (there->type != wanted[i].type) {
        return {StatusCode::kInvalid, "evaluate", "",
                "the store holds `" + owner + "." + wanted[i].name +
                    "` as another type"};
      }
      places[i] = there - stored.begin();
    }
    return {};
  }

  // All rows, or one.
  Status read_block(uint32_t number,
                    std::optional<uint32_t> only = std::nullopt) {
    const auto base = snapshot_.base(number);
    if (!base) return base.error();
    const auto overlay = snapshot_.overlay(number);
    if (!overlay) return overlay.error();
    const std::span<const uint32_t> newer =
        *overlay == nullptr ? std::span<const uint32_t>() : (*overlay)->rows;
    for (uint32_t row = 0; row < (*base)->profiles; ++row) {
      if (only && *only != row) continue;
      const uint32_t ordinal = (number << kBlockBits) + row;
      const auto there = std::ranges::find(newer, row);
      if (there == newer.end()) {
        add_person(**base, row, ordinal);
      } else {
        add_person(**overlay, there - newer.begin(), ordinal);
      }
    }
    return {};
  }

  void add_person(const BlockView& view, size_t row, uint32_t ordinal) {
    if (!bit(view.live, row)) return;
    Person person{.ordinal = ordinal};
    for (const std::optional<size_t>& place : attributes_) {
      person.attributes.push_back(place ? value_at(view.attributes[*place], row)
                                        : Stored());
    }
    for (size_t i = 0; i < tables_.size(); ++i) {
      person.history.push_back(tables_[i]
                                   ? events(view.tables[*tables_[i]], row, i)
                                   : std::vector<Event>());
    }
    people_.push_back(std::move(person));
  }

  std::vector<Event> events(const TableView& table, size_t row,
                            size_t type) const {
    std::vector<Event> events;
    for (uint32_t i = table.offsets[row]; i < table.offsets[row + 1]; ++i) {
      Event event{.time = whole(table.time, i),
                  .type = static_cast<uint32_t>(type),
                  .properties = {}};
      event.starts_order =
          table.order_starts == nullptr || bit(table.order_starts, i);
      for (const std::optional<size_t>& place : properties_[type]) {
        event.properties.push_back(place ? value_at(table.columns[*place], i)
                                         : Stored());
      }
      events.push_back(std::move(event));
    }
    return events;
  }

  const Snapshot& snapshot_;
  const Schema& schema_;
  Places attributes_;
  Places tables_;
  std::vector<Places> properties_;
  std::vector<Person> people_;
};

}  // namespace

Result<std::vector<Person>> read_people(const Snapshot& snapshot,
                                        const Schema& schema) {
  return Reader(snapshot, schema).read();
}

Result<std::optional<Person>> read_person(const Snapshot& snapshot,
                                          const Schema& schema,
                                          uint32_t ordinal) {
  return Reader(snapshot, schema).read_one(ordinal);
}

}  // namespace kitle::reference
