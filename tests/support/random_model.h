// Random stores: values of every type, from tame to extreme.
#pragma once

#include <algorithm>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/support/store_model.h"

namespace kitle::testing {

// A column of every type, in each scope a text can have.
inline std::vector<Column> columns_of_every_type() {
  return {{.name = "flag", .type = TypeKind::kFlag},
          {.name = "integer", .type = TypeKind::kInteger},
          {.name = "number", .type = TypeKind::kNumber},
          {.name = "money", .type = TypeKind::kMoney},
          {.name = "text", .type = TypeKind::kText},
          {.name = "code", .type = TypeKind::kCode, .any_case = true},
          {.name = "date", .type = TypeKind::kDate},
          {.name = "moment", .type = TypeKind::kTime},
          {.name = "duration", .type = TypeKind::kDuration},
          {.name = "texts", .type = TypeKind::kTextList},
          {.name = "codes", .type = TypeKind::kCodeList},
          {.name = "email", .type = TypeKind::kText, .personal = true},
          {.name = "phone", .type = TypeKind::kCode, .personal = true},
          {.name = "names", .type = TypeKind::kTextList, .personal = true}};
}

inline EventType event_type(std::string name, std::vector<Column> columns,
                            std::optional<uint32_t> counted_by = {}) {
  EventType type;
  type.name = std::move(name);
  type.columns = std::move(columns);
  type.counted_by = counted_by;
  return type;
}

// Events with every column, counted ones, ones without columns, and ones that
// never happen.
inline Schema schema_of_every_type() {
  Schema schema;
  schema.attributes = columns_of_every_type();
  schema.events.push_back(event_type("visit", columns_of_every_type()));
  schema.events.push_back(
      event_type("purchase",
                 {{.name = "order", .type = TypeKind::kCode},
                  {.name = "amount", .type = TypeKind::kMoney}},
                 0));
  schema.events.push_back(event_type("ping", {}));
  schema.events.push_back(event_type("never", columns_of_every_type(), 5));
  return schema;
}

// How wild the values are.
struct Wildness {
  int64_t integers = 1000;          // up to this, of both signs
  int64_t time_base = 1767225600;   // seconds: 2026-01-01
  int64_t time_span = 86400 * 100;  // units
  int64_t time_unit = 1000000;      // microseconds
  double missing = 0.2;
  double extreme = 0;        // least and greatest of the type
  uint32_t texts = 50;       // different ones
  uint32_t most_events = 4;  // of a profile and type
};

class RandomModel {
 public:
  RandomModel(const Schema& schema, Wildness wildness, uint64_t seed)
      : schema_(schema), wild_(wildness), random_(seed) {}

  uint64_t below(uint64_t end) {
    return std::uniform_int_distribution<uint64_t>(0, end - 1)(random_);
  }
  bool chance(double probability) {
    return std::uniform_real_distribution<>()(random_) < probability;
  }
  void set_wildness(const Wildness& wildness) { wild_ = wildness; }

  ModelProfile profile(std::string key) {
    ModelProfile profile;
    profile.key = std::move(key);
    profile.live = chance(0.9);
    for (const Column& column : schema_.attributes) {
      profile.attributes.push_back(value(column));
      Value& stamp = profile.stamps.emplace_back();
      if (chance(0.3)) stamp = time();
    }
    for (const EventType& type : schema_.events) {
      profile.events.push_back(type.name == "never" ? std::vector<ModelEvent>()
                                                    : events(type));
    }
    return profile;
  }

  Model model(size_t profiles) {
    Model model;
    grow(model, profiles);
    return model;
  }
  void grow(Model& model, size_t profiles) {
    while (model.size() < profiles) {
      model.push_back(profile("Müşteri-" + std::to_string(model.size())));
    }
  }
  // Gives some profiles new values; which.
  std::set<uint32_t> change(Model& model, double share) {
    std::set<uint32_t> touched;
    for (uint32_t i = 0; i < model.size(); ++i) {
      if (!chance(share)) continue;
      model[i] = profile(model[i].key);
      touched.insert(i);
    }
    return touched;
  }

  Value value(const Column& column) {
    if (chance(wild_.missing)) return {};
    switch (column.type) {
      case TypeKind::kFlag:
        return static_cast<int64_t>(below(2));
      case TypeKind::kInteger:
      case TypeKind::kMoney:
        return integer(INT64_MIN, INT64_MAX);
      case TypeKind::kDate:
        return integer(INT32_MIN, INT32_MAX);
      case TypeKind::kTime:
        return time();
      case TypeKind::kDuration:
        return integer(INT64_MIN, INT64_MAX);
      case TypeKind::kNumber:
        return decimal();
      case TypeKind::kText:
      case TypeKind::kCode:
        return text();
      case TypeKind::kTextList:
      case TypeKind::kCodeList:
        return texts();
    }
    return {};
  }

  std::string text() {
    static const char* const kStems[] = {"",       "a",    "İstanbul", "ışık",
                                         "Straße", "日本", "x\ny",     "\"'"};
    const uint64_t which = below(wild_.texts);
    const std::string stem = kStems[which % std::size(kStems)];
    return which < std::size(kStems) ? stem : stem + std::to_string(which);
  }

 private:
  int64_t integer(int64_t least, int64_t greatest) {
    if (chance(wild_.extreme)) return chance(0.5) ? least : greatest;
    const auto span = static_cast<uint64_t>(wild_.integers);
    return std::clamp(
        static_cast<int64_t>(below(2 * span + 1)) - wild_.integers, least,
        greatest);
  }

  int64_t time() {
    if (chance(wild_.extreme)) return chance(0.5) ? INT64_MIN : INT64_MAX;
    const auto span = static_cast<uint64_t>(wild_.time_span);
    return wild_.time_base * 1000000 +
           wild_.time_unit * static_cast<int64_t>(below(span));
  }

  Value decimal() {
    static constexpr double kExtremes[] = {-1.7976931348623157e308,
                                           1.7976931348623157e308, 5e-324};
    if (chance(wild_.extreme)) return number(kExtremes[below(3)]);
    return number(static_cast<double>(below(2000)) / 8 - 100);
  }

  Texts texts() {
    Texts list;
    for (uint64_t n = below(4); n > 0; --n) list.push_back(text());
    return list;
  }

  std::vector<ModelEvent> events(const EventType& type) {
    std::vector<int64_t> times(below(wild_.most_events + 1));
    for (int64_t& moment : times) moment = time();
    std::ranges::sort(times);
    std::vector<ModelEvent> events;
    for (const int64_t moment : times) {
      const uint64_t rows = type.counted_by ? 1 + below(3) : 1;
      const ModelEvent first = event(type, moment);
      for (uint64_t i = 0; i < rows; ++i) {
        ModelEvent& row = events.emplace_back(event(type, moment));
        row.begins = i == 0;
        if (type.counted_by) {
          row.values[*type.counted_by] = first.values[*type.counted_by];
        }
      }
    }
    return events;
  }

  ModelEvent event(const EventType& type, int64_t moment) {
    ModelEvent event;
    event.time = moment;
    for (const Column& column : type.columns) {
      event.values.push_back(value(column));
    }
    static const char* const kSources[] = {"", "web", "shop"};
    event.source = kSources[below(std::size(kSources))];
    if (chance(0.3)) event.id = "id-" + std::to_string(random_());
    return event;
  }

  const Schema& schema_;
  Wildness wild_;
  std::mt19937_64 random_;
};

}  // namespace kitle::testing
