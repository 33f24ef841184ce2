// A store as plain values: what tests write through StoreWriter and read back
// from views and from contents. Reads views as view.h says, sharing no code
// with the store's own reader.
#pragma once

#include <gtest/gtest.h>

#include <bit>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "runtime/store/content.h"
#include "runtime/store/snapshot.h"
#include "runtime/store/view.h"
#include "runtime/store/writer.h"

namespace kitle::testing {

// By its bits, so that -0 is not 0.
struct Number {
  uint64_t bits = 0;
  friend bool operator==(const Number&, const Number&) = default;
};
inline Number number(double value) { return {std::bit_cast<uint64_t>(value)}; }

using Texts = std::vector<std::string>;
// Missing; flags, integers, money, dates, times, durations; numbers; text and
// code; lists.
using Value = std::variant<std::monostate, int64_t, Number, std::string, Texts>;

struct ModelEvent {
  int64_t time = 0;
  std::vector<Value> values;
  bool begins = true;  // an order; always true where nothing is counted
  std::string source;  // "": none
  std::string id;      // "": none
  // Counted types: where it is not `time`.
  std::optional<int64_t> own_time = std::nullopt;
  int64_t version = kNoVersion;
  friend bool operator==(const ModelEvent&, const ModelEvent&) = default;
};

struct ModelProfile {
  std::string key;
  bool live = true;
  std::vector<Value> attributes;
  std::vector<Value> stamps;
  std::vector<std::vector<ModelEvent>> events;  // by the schema's index
  friend bool operator==(const ModelProfile&, const ModelProfile&) = default;
};
using Model = std::vector<ModelProfile>;  // by ordinal

// What views show of a model: no stamps, sources, ids.
inline Model evaluated(Model model) {
  for (ModelProfile& profile : model) {
    for (Value& stamp : profile.stamps) stamp = {};
    for (auto& events : profile.events) {
      for (ModelEvent& event : events) {
        event.source.clear();
        event.id.clear();
        event.own_time.reset();
        event.version = kNoVersion;
      }
    }
  }
  return model;
}

// ---- writing ----

class ContentMaker {
 public:
  explicit ContentMaker(StoreWriter& writer)
      : writer_(writer), content_(empty_content(writer.schema())) {}

  // Adds a row. Columns that the profile lacks are missing.
  void add(const ModelProfile& profile) {
    const Schema& schema = writer_.schema();
    content_.keys.push_back(profile.key);
    content_.live.push_back(profile.live ? 1 : 0);
    for (size_t i = 0; i < schema.attributes.size(); ++i) {
      push(schema.attributes[i], content_.attributes[i],
           at(profile.attributes, i));
      push(Column{.name = "", .type = TypeKind::kTime}, content_.stamps[i],
           at(profile.stamps, i));
    }
    for (size_t i = 0; i < schema.events.size(); ++i) {
      if (i < profile.events.size()) add_events(i, profile.events[i]);
      content_.tables[i].offsets.push_back(content_.tables[i].events());
    }
  }
  const BlockContent& content() const { return content_; }

 private:
  static Value at(const std::vector<Value>& values, size_t i) {
    return i < values.size() ? values[i] : Value();
  }

  void add_events(size_t index, const std::vector<ModelEvent>& events) {
    const EventType& type = writer_.schema().events[index];
    TableContent& table = content_.tables[index];
    for (const ModelEvent& event : events) {
      table.times.push_back(event.time);
      table.sources.push_back(writer_.source(event.source));
      table.ids.push_back(event.id.empty() ? 0
                                           : table.id_texts.intern(event.id));
      table.versions.push_back(event.version);
      if (type.counted_by) {
        table.order_starts.push_back(event.begins ? 1 : 0);
        table.own_times.push_back(event.own_time.value_or(event.time));
      }
      for (size_t i = 0; i < type.columns.size(); ++i) {
        push(type.columns[i], table.columns[i], at(event.values, i));
      }
    }
  }

  uint32_t code(const Column& column, const std::string& text) {
    if (is_block_wide(column)) {
      return content_.pools[column.name].intern(text);
    }
    return writer_.intern(writer_.domain(column.name), text);
  }

  void push(const Column& column, LogicalColumn& to, const Value& value) {
    if (const auto* integer = std::get_if<int64_t>(&value)) {
      to.push(*integer);
    } else if (const auto* number = std::get_if<Number>(&value)) {
      to.push_number(std::bit_cast<double>(number->bits));
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      to.push(code(column, *text));
    } else if (const auto* texts = std::get_if<Texts>(&value)) {
      std::vector<uint32_t> codes;
      for (const std::string& one : *texts) codes.push_back(code(column, one));
      to.push_list(codes);
    } else {
      to.push_missing();
    }
  }

  StoreWriter& writer_;
  BlockContent content_;
};

inline BlockContent content_of(StoreWriter& writer,
                               std::span<const ModelProfile> rows) {
  ContentMaker maker(writer);
  for (const ModelProfile& profile : rows) maker.add(profile);
  return maker.content();
}

inline std::span<const ModelProfile> rows_of(const Model& model,
                                             uint32_t block) {
  const size_t first = size_t{block} << kBlockBits;
  return std::span(model).subspan(
      first, std::min<size_t>(kBlockRows, model.size() - first));
}

// Writes every block of the model that has touched or new profiles.
inline Status write_blocks(StoreWriter& writer, const Model& model,
                           const std::set<uint32_t>& touched) {
  for (uint32_t block = 0; (block << kBlockBits) < model.size(); ++block) {
    const uint32_t first = block << kBlockBits;
    const auto rows = rows_of(model, block);
    std::vector<uint32_t> changed;
    for (uint32_t row = 0; row < rows.size(); ++row) {
      if (touched.contains(first + row)) changed.push_back(row);
    }
    const bool grown = first + rows.size() > writer.old_profiles();
    if (changed.empty() && !grown) continue;
    Status status = writer.write(block, content_of(writer, rows), changed);
    if (!status.ok()) return status;
  }
  return {};
}

// Adds the model's new profiles, puts events with ids, writes.
inline Status write_model(StoreWriter& writer, const Model& model,
                          const std::set<uint32_t>& touched) {
  for (uint32_t i = 0; i < model.size(); ++i) {
    auto ordinal = writer.find_or_add_profile(model[i].key);
    if (!ordinal) return ordinal.error();
    EXPECT_EQ(*ordinal, i) << model[i].key;
    if (i < writer.old_profiles() && !touched.contains(i)) continue;
    for (const auto& events : model[i].events) {
      for (const ModelEvent& event : events) {
        if (event.id.empty()) continue;
        writer.put_event(hash_of_event(event.source, event.id), i);
      }
    }
  }
  return write_blocks(writer, model, touched);
}

inline constexpr std::string_view kTestZone = "TZif of the tests";
inline Settings test_settings() {
  Settings settings;
  settings.name = "shop";
  settings.time_zone = "Test";
  settings.currency = "TRY";
  return settings;
}

// One commit: the model is what the store shall hold, of which profiles that
// are new or `touched` differ from what it holds.
inline Result<uint64_t> save_model(const std::string& folder,
                                   const Schema& schema, const Model& model,
                                   const std::set<uint32_t>& touched = {},
                                   Files& files = system_files()) {
  auto writer = open_writer(folder, schema, test_settings(), kTestZone, files);
  if (!writer) return std::unexpected(writer.error());
  Status status = write_model(**writer, model, touched);
  if (!status.ok()) return std::unexpected(status);
  return (*writer)->commit();
}

// ---- reading views ----

inline bool is_set(const uint64_t* words, uint64_t index) {
  return ((words[index / 64] >> (index % 64)) & 1) != 0;
}

inline int64_t stored_of(const ColumnView& view, uint64_t row) {
  switch (view.physical) {
    case Physical::kU8:
      return static_cast<const uint8_t*>(view.data)[row];
    case Physical::kU16:
      return static_cast<const uint16_t*>(view.data)[row];
    case Physical::kU32:
      return static_cast<const uint32_t*>(view.data)[row];
    case Physical::kI16:
      return static_cast<const int16_t*>(view.data)[row];
    case Physical::kI32:
      return static_cast<const int32_t*>(view.data)[row];
    case Physical::kI64:
      return static_cast<const int64_t*>(view.data)[row];
    case Physical::kAbsent:
    case Physical::kF64:
    case Physical::kList:
      break;
  }
  ADD_FAILURE() << "no scalar column";
  return 0;
}

inline Value value_of(const ColumnView& view, uint64_t row) {
  if (view.physical == Physical::kAbsent) return {};
  if (view.valid != nullptr && !is_set(view.valid, row)) return {};
  if (view.physical == Physical::kF64) {
    return number(static_cast<const double*>(view.data)[row]);
  }
  if (view.physical == Physical::kList) {
    Texts texts;
    for (uint32_t i = view.offsets[row]; i < view.offsets[row + 1]; ++i) {
      texts.emplace_back(
          view.dictionary->text(static_cast<const uint32_t*>(view.data)[i]));
    }
    return texts;
  }
  const int64_t stored = stored_of(view, row);
  if (!is_text_like(view.type)) return view.base + view.unit * stored;
  if (stored == 0) return {};
  return std::string(view.dictionary->text(static_cast<uint32_t>(stored)));
}

inline std::vector<ModelEvent> events_of(const EventType& type,
                                         const TableView& table, uint32_t row) {
  std::vector<ModelEvent> events;
  for (uint32_t i = table.offsets[row]; i < table.offsets[row + 1]; ++i) {
    ModelEvent& event = events.emplace_back();
    event.time = std::get<int64_t>(value_of(table.time, i));
    for (const ColumnView& column : table.columns) {
      event.values.push_back(value_of(column, i));
    }
    if (type.counted_by) event.begins = is_set(table.order_starts, i);
  }
  Value first;
  Value last;
  if (!events.empty()) {
    first = events.front().time;
    last = events.back().time;
  }
  EXPECT_EQ(value_of(table.first_time, row), first);
  EXPECT_EQ(value_of(table.last_time, row), last);
  EXPECT_LE(events.size(), table.max_per_profile);
  return events;
}

inline ModelProfile profile_of(const Schema& schema, const BlockView& view,
                               uint32_t row) {
  ModelProfile profile;
  profile.key = std::get<std::string>(value_of(view.key, row));
  profile.live = is_set(view.live, row);
  for (const ColumnView& column : view.attributes) {
    profile.attributes.push_back(value_of(column, row));
  }
  profile.stamps.resize(view.attributes.size());
  for (size_t i = 0; i < schema.events.size(); ++i) {
    profile.events.push_back(events_of(schema.events[i], view.tables[i], row));
  }
  return profile;
}

// Everything that evaluation can see, of base and overlay.
inline Result<Model> read_views(const Snapshot& snapshot) {
  Model model;
  for (uint32_t block = 0; block < snapshot.blocks(); ++block) {
    auto base = snapshot.base(block);
    if (!base) return std::unexpected(base.error());
    auto overlay = snapshot.overlay(block);
    if (!overlay) return std::unexpected(overlay.error());
    const size_t first = model.size();
    for (uint32_t row = 0; row < (*base)->profiles; ++row) {
      model.push_back(profile_of(snapshot.schema(), **base, row));
    }
    if (*overlay == nullptr) continue;
    for (uint32_t i = 0; i < (*overlay)->profiles; ++i) {
      model[first + (*overlay)->rows[i]] =
          profile_of(snapshot.schema(), **overlay, i);
    }
  }
  return model;
}

// ---- reading contents ----

class ContentUser {
 public:
  ContentUser(StoreWriter& writer, const BlockContent& content)
      : writer_(writer), content_(content) {}

  ModelProfile profile(uint32_t row) {
    const Schema& schema = writer_.schema();
    ModelProfile profile;
    profile.key = content_.keys[row];
    profile.live = content_.live[row] != 0;
    for (size_t i = 0; i < schema.attributes.size(); ++i) {
      profile.attributes.push_back(
          value(schema.attributes[i], content_.attributes[i], row));
      profile.stamps.push_back(
          value(Column{.name = "", .type = TypeKind::kTime}, content_.stamps[i],
                row));
    }
    for (size_t i = 0; i < schema.events.size(); ++i) {
      profile.events.push_back(
          events(schema.events[i], content_.tables[i], row));
    }
    return profile;
  }

 private:
  std::vector<ModelEvent> events(const EventType& type,
                                 const TableContent& table, uint32_t row) {
    std::vector<ModelEvent> events;
    for (uint32_t i = table.offsets[row]; i < table.offsets[row + 1]; ++i) {
      ModelEvent& event = events.emplace_back();
      event.time = table.times[i];
      for (size_t k = 0; k < type.columns.size(); ++k) {
        event.values.push_back(value(type.columns[k], table.columns[k], i));
      }
      if (type.counted_by) event.begins = table.order_starts[i] != 0;
      event.source = writer_.source_name(table.sources[i]);
      if (!table.ids.empty()) event.id = table.id_texts.text(table.ids[i]);
      if (!table.versions.empty()) event.version = table.versions[i];
      if (!table.own_times.empty() && table.own_times[i] != event.time) {
        event.own_time = table.own_times[i];
      }
    }
    return events;
  }

  std::string text(const Column& column, uint32_t code) {
    if (!is_block_wide(column)) {
      return std::string(writer_.text(writer_.domain(column.name), code));
    }
    return std::string(content_.pools.find(column.name)->second.text(code));
  }

  Value value(const Column& column, const LogicalColumn& from, size_t row) {
    if (from.missing(row)) return {};
    if (column.type == TypeKind::kNumber) return number(from.numbers[row]);
    if (is_text_like(column.type)) {
      return text(column, static_cast<uint32_t>(from.ints[row]));
    }
    if (!is_list(column.type)) return from.ints[row];
    Texts texts;
    for (uint32_t i = from.offsets[row]; i < from.offsets[row + 1]; ++i) {
      texts.push_back(text(column, from.codes[i]));
    }
    return texts;
  }

  StoreWriter& writer_;
  const BlockContent& content_;
};

// Everything that the store holds, as a writer loads it.
inline Result<Model> read_contents(StoreWriter& writer) {
  Model model;
  const uint32_t profiles = writer.old_profiles();
  for (uint32_t block = 0; (block << kBlockBits) < profiles; ++block) {
    auto content = writer.load(block);
    if (!content) return std::unexpected(content.error());
    ContentUser user(writer, *content);
    for (uint32_t row = 0; row < content->profiles(); ++row) {
      model.push_back(user.profile(row));
    }
  }
  return model;
}

}  // namespace kitle::testing
