// See told_people.h.
#include "library/told_people.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "library/memory_files.h"
#include "runtime/store/stored_snapshot.h"
#include "runtime/store/writer.h"
#include "runtime/time/zone.h"

namespace kitle {
namespace {

constexpr const char* kFolder = "told";

// ---- events in the order of Meaning 13 ----

const GivenValue* order_key(const EventType& type, const GivenEvent& event) {
  if (!type.counted_by) return nullptr;
  const GivenValue& key = event.properties[*type.counted_by];
  return key.index() == 0 ? nullptr : &key;
}

bool same_order(const EventType& type, const GivenEvent& a,
                const GivenEvent& b) {
  const GivenValue* left = order_key(type, a);
  const GivenValue* right = order_key(type, b);
  return left != nullptr && right != nullptr && *left == *right;
}

// All rows of an order at the time of its earliest row.
void share_times(const EventType& type, std::vector<GivenEvent>& events) {
  std::map<GivenValue, int64_t> earliest;
  for (const GivenEvent& event : events) {
    const GivenValue* key = order_key(type, event);
    if (key == nullptr) continue;
    const auto place = earliest.emplace(*key, event.time).first;
    place->second = std::min(place->second, event.time);
  }
  for (GivenEvent& event : events) {
    const GivenValue* key = order_key(type, event);
    if (key != nullptr) event.time = earliest[*key];
  }
}

// Rows of one order together, where its first row stands.
void join_orders(const EventType& type, std::vector<GivenEvent>& events) {
  for (auto first = events.begin(); first != events.end();) {
    if (order_key(type, *first) == nullptr) {
      ++first;
      continue;
    }
    const GivenEvent order = *first;
    first = std::stable_partition(first, events.end(),
                                  [&](const GivenEvent& event) {
                                    return same_order(type, order, event);
                                  });
  }
}

// As a store has it.
GivenValue composed(GivenValue value, const Nfc& nfc) {
  if (auto* text = std::get_if<std::string>(&value)) *text = nfc.of(*text);
  if (auto* list = std::get_if<std::vector<std::string>>(&value)) {
    for (std::string& each : *list) each = nfc.of(each);
  }
  return value;
}

std::vector<GivenEvent> of_type(const Schema& schema, const ToldPerson& person,
                                uint32_t index, const Nfc& nfc) {
  std::vector<GivenEvent> events;
  std::ranges::copy_if(
      person.events, std::back_inserter(events),
      [&](const GivenEvent& event) { return event.event == index; });
  for (GivenEvent& event : events) {
    for (GivenValue& each : event.properties) {
      each = composed(std::move(each), nfc);
    }
  }
  const EventType& type = schema.events[index];
  share_times(type, events);
  // Variants compare as Meaning 13 wants: missing first, texts by bytes.
  std::ranges::stable_sort(events, [](const auto& a, const auto& b) {
    return std::tie(a.time, a.properties) < std::tie(b.time, b.properties);
  });
  join_orders(type, events);
  return events;
}

// ---- contents ----

class Filler {
 public:
  Filler(const Schema& schema, StoreWriter& writer)
      : schema_(schema), writer_(writer), content_(empty_content(schema)) {}

  void add(const std::string& key, const ToldPerson& person) {
    content_.keys.push_back(key);
    content_.live.push_back(1);
    for (size_t i = 0; i < schema_.attributes.size(); ++i) {
      push(schema_.attributes[i], composed(person.attributes[i], writer_.nfc()),
           content_.attributes[i]);
    }
    for (uint32_t i = 0; i < schema_.events.size(); ++i) {
      add_events(schema_.events[i], of_type(schema_, person, i, writer_.nfc()),
                 content_.tables[i]);
    }
  }

  const BlockContent& content() const { return content_; }

 private:
  void add_events(const EventType& type, const std::vector<GivenEvent>& events,
                  TableContent& table) {
    for (size_t i = 0; i < events.size(); ++i) {
      const bool starts = i == 0 || !same_order(type, events[i - 1], events[i]);
      table.times.push_back(events[i].time);
      table.sources.push_back(0);
      if (type.counted_by) table.order_starts.push_back(starts ? 1 : 0);
      for (size_t column = 0; column < type.columns.size(); ++column) {
        push(type.columns[column], events[i].properties[column],
             table.columns[column]);
      }
    }
    table.offsets.push_back(table.events());
  }

  uint32_t code(const Column& column, const std::string& text) {
    if (is_block_wide(column)) return content_.pools[column.name].intern(text);
    return writer_.intern(writer_.domain(column.name), text);
  }

  void push(const Column& column, const GivenValue& value, LogicalColumn& to) {
    if (value.index() == 0) return to.push_missing();
    if (const auto* number = std::get_if<double>(&value)) {
      return to.push_number(*number);
    }
    if (const auto* integer = std::get_if<int64_t>(&value)) {
      return to.push(*integer);
    }
    if (const auto* text = std::get_if<std::string>(&value)) {
      return to.push(code(column, *text));
    }
    std::vector<uint32_t> codes;
    for (const auto& text : std::get<std::vector<std::string>>(value)) {
      codes.push_back(code(column, text));
    }
    to.push_list(codes);
  }

  const Schema& schema_;
  StoreWriter& writer_;
  BlockContent content_;
};

std::string key_of(size_t ordinal) { return fmt::format("told {}", ordinal); }

Status fill(const Schema& schema, const std::vector<ToldPerson>& people,
            StoreWriter& writer) {
  for (size_t i = 0; i < people.size(); ++i) {
    const auto ordinal = writer.find_or_add_profile(key_of(i));
    if (!ordinal) return ordinal.error();
  }
  for (size_t first = 0; first < people.size(); first += kBlockRows) {
    const size_t end = std::min(people.size(), first + kBlockRows);
    Filler filler(schema, writer);
    for (size_t i = first; i < end; ++i) filler.add(key_of(i), people[i]);
    const auto block = static_cast<uint32_t>(first >> kBlockBits);
    const Status status = writer.write_base(block, filler.content());
    if (!status.ok()) return status;
  }
  const auto number = writer.commit();
  return number ? Status() : number.error();
}

}  // namespace

Result<std::shared_ptr<const ToldPeople>> ToldPeople::make(
    const Repository& repository, const std::vector<ToldPerson>& people) {
  const auto zone = read_zone_bytes(repository.settings.time_zone);
  if (!zone) return std::unexpected(zone.error());
  auto files = std::make_unique<MemoryFiles>();
  {
    auto writer = open_writer(kFolder, repository.schema, repository.settings,
                              *zone, *files);
    if (!writer) return std::unexpected(writer.error());
    const Status status = fill(repository.schema, people, **writer);
    if (!status.ok()) return std::unexpected(status);
  }
  auto snapshot = open_stored_snapshot(*files, kFolder);
  if (!snapshot) return std::unexpected(snapshot.error());
  return std::make_shared<const ToldPeople>(std::move(files),
                                            *std::move(snapshot));
}

}  // namespace kitle
