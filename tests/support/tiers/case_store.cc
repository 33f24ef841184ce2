// See case_store.h.
#include "tests/support/tiers/case_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "runtime/store/writer.h"
#include "runtime/time/zone.h"

namespace kitle::testing {
namespace {

const Cell* order_key(const EventType& type, const CaseEvent& event) {
  if (!type.counted_by) return nullptr;
  const Cell& key = event.properties[*type.counted_by];
  return key.index() == 0 ? nullptr : &key;
}

bool same_order(const EventType& type, const CaseEvent& a, const CaseEvent& b) {
  const Cell* left = order_key(type, a);
  const Cell* right = order_key(type, b);
  return left != nullptr && right != nullptr && *left == *right;
}

// Rows of one order together, where its first row stands.
void join_orders(const EventType& type, std::vector<CaseEvent>& events) {
  for (auto first = events.begin(); first != events.end();) {
    first = std::stable_partition(std::next(first), events.end(),
                                  [&](const CaseEvent& event) {
                                    return same_order(type, *first, event);
                                  });
  }
}

// ---- contents ----

class Filler {
 public:
  Filler(const Case& from, StoreWriter& writer)
      : from_(from), writer_(writer), content_(empty_content(from.schema)) {}

  // `empty`: exists, but nothing is known yet.
  void add(const CasePerson& person, bool empty) {
    content_.keys.push_back(person.key);
    content_.live.push_back(person.erased != empty ? 0 : 1);
    const Schema& schema = from_.schema;
    for (size_t i = 0; i < schema.attributes.size(); ++i) {
      const bool given = !empty && i < person.attributes.size();
      push(schema.attributes[i], given ? person.attributes[i] : Cell(),
           content_.attributes[i]);
    }
    for (uint32_t type = 0; type < schema.events.size(); ++type) {
      if (!empty) add_events(person, type);
      TableContent& table = content_.tables[type];
      table.offsets.push_back(table.events());
    }
  }

  const BlockContent& content() const { return content_; }

 private:
  void add_events(const CasePerson& person, uint32_t type) {
    const EventType& schema = from_.schema.events[type];
    const CaseEvent* before = nullptr;
    for (const CaseEvent& event : person.events) {
      if (event.type != type) continue;
      const bool starts =
          before == nullptr || !same_order(schema, *before, event);
      add_event(schema, event, starts, content_.tables[type]);
      before = &event;
    }
  }

  void add_event(const EventType& type, const CaseEvent& event, bool starts,
                 TableContent& table) {
    table.times.push_back(event.time);
    table.sources.push_back(0);
    if (type.counted_by) table.order_starts.push_back(starts ? 1 : 0);
    for (size_t i = 0; i < type.columns.size(); ++i) {
      push(type.columns[i], event.properties[i], table.columns[i]);
    }
  }

  uint32_t code(const Column& column, const std::string& text) {
    if (is_block_wide(column)) return content_.pools[column.name].intern(text);
    return writer_.intern(writer_.domain(column.name), text);
  }

  void push(const Column& column, const Cell& cell, LogicalColumn& to) {
    if (cell.index() == 0) return to.push_missing();
    if (const auto* number = std::get_if<double>(&cell)) {
      return to.push_number(*number);
    }
    if (const auto* integer = std::get_if<int64_t>(&cell)) {
      return to.push(*integer);
    }
    if (const auto* text = std::get_if<std::string>(&cell)) {
      return to.push(code(column, *text));
    }
    std::vector<uint32_t> codes;
    for (const auto& text : std::get<std::vector<std::string>>(cell)) {
      codes.push_back(code(column, text));
    }
    to.push_list(codes);
  }

  const Case& from_;
  StoreWriter& writer_;
  BlockContent content_;
};

bool is_touched(size_t row) { return row % 3 == 0; }

// One commit: everyone, or everyone but what the overlay will say.
class Commit {
 public:
  Commit(const Case& from, const std::vector<CasePerson>& people,
         const std::string& folder)
      : from_(from), people_(people), folder_(folder) {}

  Status write(bool overlay, bool first_of_two) {
    const auto zone = read_zone_bytes(from_.parsed_settings.time_zone);
    if (!zone) return zone.error();
    auto opened =
        open_writer(folder_, from_.schema, from_.parsed_settings, *zone);
    if (!opened) return opened.error();
    StoreWriter& writer = **opened;
    for (const CasePerson& person : people_) {
      const auto ordinal = writer.find_or_add_profile(person.key);
      if (!ordinal) return ordinal.error();
    }
    for (size_t first = 0; first < people_.size(); first += kBlockRows) {
      const Status status = block(writer, first, overlay, first_of_two);
      if (!status.ok()) return status;
    }
    const auto number = writer.commit();
    return number ? Status() : number.error();
  }

 private:
  Status block(StoreWriter& writer, size_t first, bool overlay,
               bool first_of_two) {
    const size_t end = std::min(people_.size(), first + kBlockRows);
    Filler filler(from_, writer);
    std::vector<uint32_t> touched;
    for (size_t i = first; i < end; ++i) {
      filler.add(people_[i], first_of_two && is_touched(i - first));
      if (is_touched(i - first)) {
        touched.push_back(static_cast<uint32_t>(i - first));
      }
    }
    const auto number = static_cast<uint32_t>(first / kBlockRows);
    if (overlay) return writer.write(number, filler.content(), touched);
    return writer.write_base(number, filler.content());
  }

  const Case& from_;
  const std::vector<CasePerson>& people_;
  const std::string& folder_;
};

std::vector<CasePerson> with_fillers(const Case& from, uint32_t fillers) {
  std::vector<CasePerson> people;
  for (uint32_t i = 0; i < fillers; ++i) {
    people.push_back({.key = fmt::format("filler {}", i), .erased = true});
  }
  for (CasePerson person : from.people) {
    put_in_order(from.schema, person);
    people.push_back(std::move(person));
  }
  return people;
}

// In memory, where the system has such a folder: a store is synced to disk.
std::filesystem::path parent_folder() {
  const std::filesystem::path memory = "/dev/shm";
  std::error_code ignored;
  return std::filesystem::is_directory(memory, ignored)
             ? memory
             : std::filesystem::temp_directory_path();
}

}  // namespace

void put_in_order(const Schema& schema, CasePerson& person) {
  std::vector<CaseEvent> ordered;
  for (uint32_t i = 0; i < schema.events.size(); ++i) {
    const EventType& type = schema.events[i];
    std::vector<CaseEvent> events;
    std::ranges::copy_if(
        person.events, std::back_inserter(events),
        [&](const CaseEvent& event) { return event.type == i; });
    std::map<Cell, int64_t> earliest;
    for (const CaseEvent& event : events) {
      const Cell* key = order_key(type, event);
      if (key == nullptr) continue;
      const auto place = earliest.emplace(*key, event.time).first;
      place->second = std::min(place->second, event.time);
    }
    for (CaseEvent& event : events) {
      const Cell* key = order_key(type, event);
      if (key != nullptr) event.time = earliest[*key];
    }
    // Variants compare as Meaning 13 wants: missing first, texts by bytes.
    std::ranges::stable_sort(events, [](const auto& a, const auto& b) {
      return std::tie(a.time, a.properties) < std::tie(b.time, b.properties);
    });
    join_orders(type, events);
    std::ranges::move(events, std::back_inserter(ordered));
  }
  person.events = std::move(ordered);
}

CaseStore::CaseStore(const Case& from, StoreForm form)
    : folder_(parent_folder()), fillers_(form.fillers) {
  for (const CasePerson& person : from.people) keys_.push_back(person.key);
}

const std::string& CaseStore::key(uint32_t ordinal) const {
  static const std::string none;
  return ordinal < fillers_ ? none : keys_[ordinal - fillers_];
}

Result<std::shared_ptr<const CaseStore>> CaseStore::make(const Case& from,
                                                         StoreForm form) {
  std::shared_ptr<CaseStore> store(new CaseStore(from, form));
  const std::vector<CasePerson> people = with_fillers(from, form.fillers);
  const std::string folder = store->folder_.path();
  Commit commit(from, people, folder);
  Status status = commit.write(false, form.overlay);
  if (status.ok() && form.overlay) status = commit.write(true, false);
  if (!status.ok()) return std::unexpected(status);
  auto snapshot = open_snapshot(folder);
  if (!snapshot) return std::unexpected(snapshot.error());
  store->snapshot_ = *snapshot;
  return store;
}

}  // namespace kitle::testing
