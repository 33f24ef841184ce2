// The store in tests/store/golden: written out by hand, so that what it holds
// can be compared value by value. It has every kind of file and of section, and
// takes two commits: a base, and an overlay over it.
#pragma once

#include <limits>

#include "tests/support/store_model.h"

namespace kitle::testing {

inline Schema golden_schema() {
  Schema schema;
  schema.profile_name = "customer";
  schema.key_name = "number";
  schema.attributes = {
      {.name = "consent", .type = TypeKind::kFlag},
      {.name = "children", .type = TypeKind::kInteger},
      {.name = "rating", .type = TypeKind::kNumber},
      {.name = "balance", .type = TypeKind::kMoney},
      {.name = "city", .type = TypeKind::kText},
      {.name = "country", .type = TypeKind::kCode, .any_case = true},
      {.name = "born", .type = TypeKind::kDate},
      {.name = "joined", .type = TypeKind::kTime},
      {.name = "patience", .type = TypeKind::kDuration},
      {.name = "interests", .type = TypeKind::kTextList},
      {.name = "tags", .type = TypeKind::kCodeList},
      {.name = "email", .type = TypeKind::kText, .personal = true},
      {.name = "friends", .type = TypeKind::kTextList, .personal = true},
      {.name = "unused", .type = TypeKind::kInteger}};
  EventType purchase;
  purchase.name = "purchase";
  purchase.plural = "purchases";
  purchase.columns = {
      {.name = "order", .type = TypeKind::kCode},
      {.name = "city", .type = TypeKind::kText},
      {.name = "amount", .type = TypeKind::kMoney},
      {.name = "email", .type = TypeKind::kText, .personal = true}};
  purchase.counted_by = 0;
  EventType visit;
  visit.name = "visit";
  visit.plural = "visits";
  EventType call;  // never happened
  call.name = "call";
  call.columns = {{.name = "reason", .type = TypeKind::kCode}};
  schema.events = {purchase, visit, call};
  return schema;
}

inline ModelEvent golden_purchase(int64_t time, std::vector<Value> values,
                                  bool begins, std::string id) {
  ModelEvent event;
  event.time = time;
  event.values = std::move(values);
  event.begins = begins;
  event.source = "orders";
  event.id = std::move(id);
  return event;
}

inline ModelEvent golden_visit(int64_t time) {
  ModelEvent event;
  event.time = time;
  event.source = "visits";
  return event;
}

// As of the first commit. 2026-01-01T00:00Z is 1767225600 seconds.
inline Model golden_model() {
  constexpr int64_t kSecond = 1000000;
  constexpr int64_t kNewYear = 1767225600 * kSecond;
  constexpr int64_t kHour = 3600 * kSecond;
  Model model(5);
  model[0].key = "C-1";
  model[0].attributes = {int64_t{1},
                         int64_t{2},
                         number(4.5),
                         int64_t{123456},
                         "İstanbul",
                         "TR",
                         int64_t{7305},
                         kNewYear + kHour,
                         int64_t{90} * 60 * kSecond,
                         Texts{"Koşu", "Fitness"},
                         Texts{"vip", "b2b", "vip"},
                         "ada@example.com",
                         Texts{"Ali", "Ömer"},
                         Value()};
  model[0].stamps = {kNewYear, Value(), Value(), kNewYear + 1};
  model[0].events = {
      {golden_purchase(kNewYear, {"A1", "İzmir", int64_t{1999}, "x@y.z"}, true,
                       "line-1"),
       golden_purchase(kNewYear, {"A1", Value(), int64_t{-500}, Value()}, false,
                       "line-2"),
       golden_purchase(kNewYear + 5 * kHour,
                       {"A2", "İstanbul", int64_t{100000}, Value()}, true, "")},
      {golden_visit(kNewYear - kHour), golden_visit(kNewYear)}};

  model[0].events[0][1].own_time = kNewYear + 7 * kSecond;
  model[0].events[0][1].version = 3;
  model[0].events[1][1].source = "app";

  model[1].key = "C-2";  // everything is missing

  model[2].key = "Ç-3";  // dead; the least values
  model[2].live = false;
  model[2].attributes = {int64_t{0},
                         std::numeric_limits<int64_t>::min(),
                         number(-1.7976931348623157e308),
                         int64_t{-1},
                         "",
                         "tr",
                         int64_t{-2147483648},
                         int64_t{0},
                         int64_t{0},
                         Texts{},
                         Texts{""},
                         "",
                         Texts{}};
  model[2].events = {{}, {golden_visit(kNewYear + 1 * kSecond)}};

  model[3].key = "4";  // the greatest
  model[3].attributes = {Value(),
                         std::numeric_limits<int64_t>::max(),
                         number(5e-324),
                         int64_t{100000000000},
                         "Ağrı",
                         Value(),
                         int64_t{2147483647},
                         kNewYear + kHour / 2};
  model[3].events = {{golden_purchase(
      kNewYear - 400 * 24 * kHour,
      {Value(), "Ağrı", Value(), "ada@example.com"}, true, "line-7")}};

  model[4].key = "C-5";
  model[4].attributes = {int64_t{1}, int64_t{0}, number(0)};
  return model;
}

// Changes the model as the second commit does; the touched profiles.
inline std::set<uint32_t> change_golden_model(Model& model) {
  constexpr int64_t kLater = 1767225600000000 + 86400000000;
  model[1].attributes = {int64_t{0}, Value(), Value(), Value(), "Van"};
  model[1].events = {
      {golden_purchase(kLater, {"B1", "Van", int64_t{250}, Value()}, true,
                       "line-8"),
       golden_purchase(kLater, {"B1", "Van", int64_t{251}, Value()}, false,
                       "line-9")},
      {golden_visit(kLater)}};
  model[4].live = false;
  model[4].attributes = {int64_t{0}, int64_t{3}};
  model[4].stamps = {kLater};
  return {1, 4};
}

// Missing values at the end are written out, as reading gives them.
inline Model filled(Model model, const Schema& schema) {
  for (ModelProfile& profile : model) {
    profile.attributes.resize(schema.attributes.size());
    profile.stamps.resize(schema.attributes.size());
    profile.events.resize(schema.events.size());
  }
  return model;
}

// Makes the store; what it holds.
inline Model save_golden_store(const std::string& folder, Files& files) {
  const Schema schema = golden_schema();
  Model model = golden_model();
  auto saved = save_model(folder, schema, model, {}, files);
  EXPECT_TRUE(saved) << saved.error().message();
  const std::set<uint32_t> touched = change_golden_model(model);
  saved = save_model(folder, schema, model, touched, files);
  EXPECT_TRUE(saved) << saved.error().message();
  return filled(std::move(model), schema);
}

}  // namespace kitle::testing
