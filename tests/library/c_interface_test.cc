// The C interface: the whole path, and what is wrong with its arguments.
#include <gmock/gmock.h>

#include <cstring>
#include <memory>
#include <vector>

#include "kitle/bundle.h"
#include "kitle/cost.h"
#include "kitle/forecast.h"
#include "kitle/kitle.h"
#include "tests/library/c_handles.h"
#include "tests/library/shop.h"

namespace kitle {
namespace {

using testing::Handles;
using ::testing::HasSubstr;
using testing::kNow;
using testing::Shop;
using testing::taken;

TEST(CInterface, AnswersAsTheCxxInterfaceDoes) {
  const Shop shop;
  const RunResult expected = shop.run({});
  const Handles handles(shop);
  ASSERT_EQ(kitle_rules_segments(handles.rules), 4);
  EXPECT_STREQ(kitle_rules_segment_name(handles.rules, 0), "buyers");
  EXPECT_STREQ(kitle_rules_segment_title(handles.rules, 0), "Alıcılar");
  EXPECT_EQ(kitle_rules_segment_stages(handles.rules, 0), nullptr);
  EXPECT_EQ(kitle_rules_segment_action(handles.rules, 0), nullptr);
  EXPECT_EQ(kitle_store_profiles(handles.store), 4);
  EXPECT_EQ(kitle_store_snapshot(handles.store), expected.snapshot);
  EXPECT_GT(kitle_store_bytes(handles.store), 0);
  kitle_result* result = nullptr;
  kitle_error* error = nullptr;
  ASSERT_EQ(kitle_run(handles.engine, handles.store, kNow, KITLE_TIER_AUTO, 2,
                      &result, &error),
            KITLE_OK);
  EXPECT_EQ(error, nullptr);
  ASSERT_EQ(kitle_result_segments(result), 4);
  EXPECT_EQ(kitle_result_profiles(result), 4);
  for (size_t i = 0; i < 4; ++i) {
    std::vector<uint32_t> members(kitle_result_size(result, i));
    EXPECT_EQ(kitle_result_members(result, i, members.data(), members.size()),
              members.size());
    EXPECT_EQ(members, expected.segments[i].members.ordinals());
    EXPECT_EQ(kitle_result_undecided(result, i), 0);
  }
  kitle_result_free(result);
}

TEST(CInterface, ABundleIsAskedAsRulesAre) {
  const Shop shop;
  const Handles handles(shop);
  const std::string path = shop.folder / "all.kbundle";
  ASSERT_TRUE(build_bundle(shop.rules, path, {}));
  kitle_rules* bundle = nullptr;
  ASSERT_EQ(kitle_bundle_open(path.c_str(), &bundle, nullptr), KITLE_OK);
  EXPECT_EQ(kitle_rules_segments(bundle), 4);
  EXPECT_STREQ(kitle_rules_segment_name(bundle, 1), "good");
  EXPECT_EQ(kitle_rules_store_folder(bundle), nullptr);
  int64_t now = 0;
  EXPECT_EQ(
      kitle_rules_instant(bundle, handles.store, "2026-03-01", &now, nullptr),
      KITLE_OK);
  EXPECT_EQ(now, kNow);
  kitle_engine* engine = nullptr;
  kitle_result* result = nullptr;
  ASSERT_EQ(kitle_engine_create(bundle, nullptr, &engine, nullptr), KITLE_OK);
  ASSERT_EQ(kitle_run(engine, handles.store, now, KITLE_TIER_AUTO, 1, &result,
                      nullptr),
            KITLE_OK);
  const RunResult expected = shop.run({});
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(kitle_result_size(result, i),
              expected.segments[i].members.size());
  }
  kitle_why* why = nullptr;
  kitle_error* error = nullptr;
  EXPECT_EQ(kitle_why_explain(bundle, handles.store, "C-1", 3, "good", now,
                              &why, &error),
            KITLE_UNSUPPORTED);
  EXPECT_THAT(taken(error), HasSubstr("a bundle cannot say why"));
  kitle_cost* cost = nullptr;
  EXPECT_EQ(kitle_cost_make(bundle, handles.store, now, nullptr, 0, 0, 1, &cost,
                            &error),
            KITLE_UNSUPPORTED);
  EXPECT_THAT(taken(error), HasSubstr("a bundle cannot say what rules cost"));
  kitle_forecast* forecast = nullptr;
  ASSERT_EQ(kitle_forecast_make(engine, handles.store, now, 7, nullptr, 0, 1,
                                &forecast, nullptr),
            KITLE_OK);
  EXPECT_EQ(kitle_forecast_size(forecast, 1), kitle_result_size(result, 1));
  EXPECT_EQ(kitle_forecast_days(forecast, 1), 7);
  kitle_forecast_free(forecast);
  kitle_result_free(result);
  kitle_engine_free(engine);
  kitle_rules_free(bundle);
}

TEST(CInterface, ABundleThatIsNoneIsAnError) {
  const Shop shop;
  kitle_rules* bundle = nullptr;
  kitle_error* error = nullptr;
  EXPECT_EQ(
      kitle_bundle_open((shop.folder / "kitle.toml").c_str(), &bundle, &error),
      KITLE_CORRUPT);
  EXPECT_EQ(bundle, nullptr);
  EXPECT_THAT(taken(error), HasSubstr("kitle.toml: this is no bundle"));
  EXPECT_EQ(kitle_bundle_open(nullptr, &bundle, nullptr), KITLE_INVALID);
  EXPECT_EQ(kitle_bundle_open("a", nullptr, nullptr), KITLE_INVALID);
  EXPECT_EQ(kitle_bundle_open((shop.folder / "none").c_str(), &bundle, nullptr),
            KITLE_NOT_FOUND);
}

TEST(CInterface, ForecastsAsTheCxxInterfaceDoes) {
  const Shop shop;
  const Handles handles(shop);
  const auto expected = forecast(
      shop.engine(), shop.open(),
      {.now = kNow, .days = 40, .segments = {"newcomers", "everybody"}});
  ASSERT_TRUE(expected);
  const char* names[] = {"newcomers", "everybody"};
  kitle_forecast* found = nullptr;
  ASSERT_EQ(kitle_forecast_make(handles.engine, handles.store, kNow, 40, names,
                                2, 1, &found, nullptr),
            KITLE_OK);
  ASSERT_EQ(kitle_forecast_segments(found), 2);
  EXPECT_EQ(kitle_forecast_profiles(found), 4);
  EXPECT_EQ(kitle_forecast_knows_later_events(found), 0);
  EXPECT_EQ(kitle_forecast_warning(found, 0), nullptr);
  uint64_t left = 0;
  for (size_t i = 0; i < 2; ++i) {
    const SegmentForecast& segment = expected->segments[i];
    EXPECT_EQ(kitle_forecast_name(found, i), segment.name);
    EXPECT_EQ(kitle_forecast_size(found, i), segment.size);
    EXPECT_EQ(kitle_forecast_undecided(found, i), 0);
    EXPECT_STREQ(kitle_forecast_undecided_reason(found, i), "");
    ASSERT_EQ(kitle_forecast_days(found, i), 40);
    for (size_t day = 0; day < 40; ++day) {
      EXPECT_EQ(kitle_forecast_day_date(found, i, day), segment.days[day].date);
      EXPECT_EQ(kitle_forecast_day_leave(found, i, day),
                segment.days[day].leave);
      EXPECT_EQ(kitle_forecast_day_enter(found, i, day),
                segment.days[day].enter);
      EXPECT_EQ(kitle_forecast_day_size(found, i, day), segment.days[day].size);
      left += segment.days[day].leave;
    }
  }
  EXPECT_EQ(left, 2);  // newcomers are none behind 30 days
  EXPECT_EQ(kitle_forecast_day_date(found, 0, 40), nullptr);
  EXPECT_EQ(kitle_forecast_name(found, 2), nullptr);
  kitle_forecast_free(found);
  kitle_error* error = nullptr;
  EXPECT_EQ(kitle_forecast_make(handles.engine, handles.store, kNow, 367,
                                nullptr, 0, 1, &found, &error),
            KITLE_INVALID);
  EXPECT_EQ(found, nullptr);
  EXPECT_THAT(taken(error), HasSubstr("1 to 366"));
  names[0] = "newcomer";
  EXPECT_EQ(kitle_forecast_make(handles.engine, handles.store, kNow, 1, names,
                                1, 1, &found, &error),
            KITLE_NOT_FOUND);
  EXPECT_THAT(taken(error), HasSubstr("`newcomers`"));
}

TEST(CInterface, AForecastSaysWhatIsUndecidedAndWhy) {
  const Shop shop("segment first { in top 25 percent by points }\n");
  const Handles handles(shop);
  kitle_forecast* found = nullptr;
  ASSERT_EQ(kitle_forecast_make(handles.engine, handles.store, kNow, 2, nullptr,
                                0, 1, &found, nullptr),
            KITLE_OK);
  EXPECT_EQ(kitle_forecast_undecided(found, 0), 1);
  EXPECT_THAT(kitle_forecast_undecided_reason(found, 0),
              HasSubstr("not fitted"));
  EXPECT_EQ(kitle_forecast_days(found, 0), 0);
  kitle_forecast_free(found);
  kitle_cost* cost = nullptr;
  ASSERT_EQ(kitle_cost_make(handles.rules, handles.store, kNow, nullptr, 0, 0,
                            1, &cost, nullptr),
            KITLE_OK);
  EXPECT_THAT(kitle_cost_segment_undecided_reason(cost, 0),
              HasSubstr("not fitted"));
  kitle_cost_free(cost);
}

TEST(CInterface, CostsAsTheCxxInterfaceDoes) {
  const Shop shop;
  const Handles handles(shop);
  const auto expected = cost(shop.rules, shop.open(), {.now = kNow});
  ASSERT_TRUE(expected);
  kitle_cost* found = nullptr;
  ASSERT_EQ(kitle_cost_make(handles.rules, handles.store, kNow, nullptr, 0, 0,
                            1, &found, nullptr),
            KITLE_OK);
  EXPECT_EQ(kitle_cost_profiles(found), expected->profiles);
  EXPECT_EQ(kitle_cost_events(found), expected->events);
  EXPECT_EQ(kitle_cost_bytes(found), expected->bytes);
  EXPECT_EQ(kitle_cost_form(found), expected->form);
  EXPECT_EQ(kitle_cost_run_seconds(found), 0);
  ASSERT_EQ(kitle_cost_segments(found), 4);
  for (size_t i = 0; i < 4; ++i) {
    const SegmentCost& segment = expected->segments[i];
    EXPECT_EQ(kitle_cost_segment_name(found, i), segment.name);
    EXPECT_EQ(kitle_cost_segment_operations(found, i), segment.operations);
    EXPECT_EQ(kitle_cost_segment_own_operations(found, i), segment.own);
    EXPECT_EQ(kitle_cost_segment_events(found, i), segment.events);
    EXPECT_EQ(kitle_cost_segment_bytes(found, i), segment.bytes);
    EXPECT_EQ(kitle_cost_segment_changes_with_time(found, i),
              segment.moves_with_now ? 1 : 0);
    EXPECT_STREQ(kitle_cost_segment_undecided_reason(found, i), "");
    EXPECT_EQ(kitle_cost_segment_seconds(found, i), 0);
  }
  ASSERT_EQ(kitle_cost_operations(found), expected->operations.size());
  for (size_t i = 0; i < expected->operations.size(); ++i) {
    const OperationCost& operation = expected->operations[i];
    EXPECT_EQ(kitle_cost_operation_text(found, i), operation.text);
    EXPECT_EQ(kitle_cost_operation_segments(found, i), operation.segments);
    EXPECT_EQ(kitle_cost_operation_rows(found, i), operation.rows);
    EXPECT_EQ(kitle_cost_operation_events(found, i), operation.events);
    EXPECT_EQ(kitle_cost_operation_bytes(found, i), operation.bytes);
    EXPECT_EQ(kitle_cost_operation_seconds(found, i), 0);
  }
  EXPECT_EQ(kitle_cost_operation_text(found, expected->operations.size()),
            nullptr);
  kitle_cost_free(found);
}

TEST(CInterface, WhatIsAnalysedHasTimes) {
  const Shop shop;
  const Handles handles(shop);
  const char* name = "good";
  kitle_cost* found = nullptr;
  ASSERT_EQ(kitle_cost_make(handles.rules, handles.store, kNow, &name, 1, 1, 1,
                            &found, nullptr),
            KITLE_OK);
  ASSERT_EQ(kitle_cost_segments(found), 1);
  EXPECT_GT(kitle_cost_segment_seconds(found, 0), 0);
  EXPECT_EQ(kitle_cost_segment_own_seconds(found, 0),
            kitle_cost_segment_seconds(found, 0));
  EXPECT_GT(kitle_cost_interpreter_seconds(found), 0);
  EXPECT_GT(kitle_cost_run_seconds(found), 0);
  EXPECT_NE(kitle_cost_run_tier(found), KITLE_TIER_AUTO);
  EXPECT_EQ(kitle_cost_other_seconds(found), 0);
  double sum = 0;
  for (size_t i = 0; i < kitle_cost_operations(found); ++i) {
    sum += kitle_cost_operation_seconds(found, i);
  }
  EXPECT_GT(sum, 0);
  kitle_cost_free(found);
}

TEST(CInterface, MembersAreCutToTheRoom) {
  const Shop shop;
  const Handles handles(shop);
  kitle_result* result = nullptr;
  ASSERT_EQ(kitle_run(handles.engine, handles.store, kNow,
                      KITLE_TIER_INTERPRETER, 1, &result, nullptr),
            0);
  EXPECT_EQ(kitle_result_tier(result), KITLE_TIER_INTERPRETER);
  EXPECT_GE(kitle_result_seconds(result), 0);
  uint32_t members[3] = {9, 9, 9};
  EXPECT_EQ(kitle_result_members(result, 3, members, 2), 4);
  EXPECT_EQ(members[1], 1);
  EXPECT_EQ(members[2], 9);
  EXPECT_EQ(kitle_result_members(result, 3, nullptr, 0), 4);
  EXPECT_EQ(kitle_result_members(result, 4, members, 2), 0);
  EXPECT_EQ(kitle_result_size(result, 4), 0);
  kitle_result_free(result);
}

TEST(CInterface, EditedRulesTakeOverWhatStayed) {
  const Shop shop;
  const Handles before(shop);
  kitle_result* first = nullptr;
  ASSERT_EQ(kitle_run(before.engine, before.store, kNow, KITLE_TIER_AUTO, 1,
                      &first, nullptr),
            KITLE_OK);
  EXPECT_EQ(kitle_result_taken_over(first), 0);
  std::string text = testing::kSegments;
  text.replace(text.find("500 TRY"), 7, "100 TRY");
  shop.folder.write("segments.kitle", text);
  const Handles edited(shop);
  kitle_result* second = nullptr;
  ASSERT_EQ(kitle_refresh(edited.engine, before.store, kNow, first,
                          KITLE_TIER_AUTO, 1, &second, nullptr),
            KITLE_OK);
  EXPECT_EQ(kitle_result_taken_over(second), 3);
  EXPECT_EQ(kitle_result_evaluated(second), 4);
  EXPECT_EQ(kitle_result_size(first, 1), 1);
  EXPECT_EQ(kitle_result_size(second, 1), 2);
  EXPECT_EQ(kitle_result_size(second, 2), kitle_result_size(first, 2));
  kitle_result_free(first);
  kitle_result_free(second);
  kitle_error* error = nullptr;
  EXPECT_EQ(kitle_refresh(edited.engine, before.store, kNow, nullptr,
                          KITLE_TIER_AUTO, 1, &second, &error),
            KITLE_INVALID);
  EXPECT_EQ(taken(error), "before must not be NULL");
  EXPECT_EQ(second, nullptr);
}

TEST(CInterface, AResultIsBroughtToAnotherInstant) {
  const Shop shop;
  const Handles handles(shop);
  kitle_result* first = nullptr;
  kitle_result* second = nullptr;
  ASSERT_EQ(kitle_run(handles.engine, handles.store, kNow, KITLE_TIER_AUTO, 1,
                      &first, nullptr),
            KITLE_OK);
  EXPECT_EQ(kitle_result_evaluated(first), 4);
  ASSERT_EQ(kitle_refresh(handles.engine, handles.store, kNow + 1, first,
                          KITLE_TIER_AUTO, 1, &second, nullptr),
            KITLE_OK);
  EXPECT_EQ(kitle_result_evaluated(second), 0);
  EXPECT_EQ(kitle_result_size(second, 0), kitle_result_size(first, 0));
  kitle_result_free(first);
  kitle_result_free(second);
}

TEST(CInterface, OneProfileByItsKey) {
  const Shop shop;
  const RunResult expected = shop.run({});
  const Handles handles(shop);
  kitle_query* query = nullptr;
  ASSERT_EQ(
      kitle_query_prepare(handles.engine, handles.store, kNow, &query, nullptr),
      0);
  uint32_t ordinal = 0;
  ASSERT_EQ(kitle_store_ordinal(handles.store, "C-1", 3, &ordinal, nullptr), 0);
  std::vector<uint64_t> bits(kitle_query_words(query));
  ASSERT_EQ(
      kitle_query_evaluate(query, ordinal, bits.data(), bits.size(), nullptr),
      0);
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ((bits[0] >> i) & 1,
              expected.segments[i].members.contains(ordinal));
  }
  kitle_error* error = nullptr;
  EXPECT_EQ(kitle_query_evaluate(query, 99, bits.data(), bits.size(), &error),
            KITLE_INVALID);
  EXPECT_THAT(taken(error), HasSubstr("99"));
  EXPECT_EQ(kitle_query_evaluate(query, 0, bits.data(), 0, nullptr),
            KITLE_INVALID);
  kitle_query_free(query);
}

TEST(CInterface, KeysFitOrSayHowLongTheyAre) {
  const Shop shop;
  const Handles handles(shop);
  char key[4] = {'#', '#', '#', '#'};
  size_t bytes = sizeof key;
  ASSERT_EQ(kitle_store_key(handles.store, 0, key, &bytes, nullptr), 0);
  EXPECT_STREQ(key, "C-1");
  EXPECT_EQ(bytes, 3);
  bytes = 3;
  EXPECT_EQ(kitle_store_key(handles.store, 0, key, &bytes, nullptr),
            KITLE_LIMIT);
  EXPECT_EQ(bytes, 3);
  bytes = 0;
  EXPECT_EQ(kitle_store_key(handles.store, 0, nullptr, &bytes, nullptr),
            KITLE_LIMIT);
  EXPECT_EQ(kitle_store_key(handles.store, 4, key, &bytes, nullptr),
            KITLE_INVALID);
  uint32_t ordinal = 7;
  kitle_error* error = nullptr;
  EXPECT_EQ(kitle_store_ordinal(handles.store, "C-9", 3, &ordinal, &error),
            KITLE_NOT_FOUND);
  EXPECT_EQ(error, nullptr);
  EXPECT_EQ(ordinal, 7);
}

TEST(CInterface, RulesFromMemory) {
  const char* paths[] = {"schema.kitle", "s.kitle"};
  const char* texts[] = {"profile customer { id code key, points integer }",
                         "segment some { points > 3 }"};
  kitle_rules* rules = nullptr;
  ASSERT_EQ(kitle_rules_parse(paths, texts, 2, &rules, nullptr), 0);
  EXPECT_STREQ(kitle_rules_segment_name(rules, 0), "some");
  int64_t now = 0;
  EXPECT_EQ(kitle_rules_instant(rules, nullptr, "1970-01-01T00:00:01Z", &now,
                                nullptr),
            0);
  EXPECT_EQ(now, 1'000'000);
  kitle_error* error = nullptr;
  EXPECT_EQ(kitle_rules_instant(rules, nullptr, "soon", &now, &error),
            KITLE_INVALID);
  EXPECT_THAT(taken(error), HasSubstr("soon"));
  kitle_rules_free(rules);
}

TEST(CInterface, ALocalInstantIsInTheStoresZoneOrWithoutOneInTheRules) {
  const Shop shop;  // in Istanbul
  const Handles handles(shop);
  const char* path = "schema.kitle";
  const char* text = "profile customer { id code key }";
  kitle_rules* rules = nullptr;  // in UTC
  ASSERT_EQ(kitle_rules_parse(&path, &text, 1, &rules, nullptr), 0);
  int64_t now = 0;
  ASSERT_EQ(
      kitle_rules_instant(rules, handles.store, "2026-03-01", &now, nullptr),
      0);
  EXPECT_EQ(now, kNow);
  ASSERT_EQ(kitle_rules_instant(rules, nullptr, "2026-03-01", &now, nullptr),
            0);
  EXPECT_EQ(now, kNow + int64_t{3} * 3600 * 1'000'000);
  kitle_rules_free(rules);
}

TEST(CInterface, MistakesInRulesAreTheErrorsMessage) {
  const char* path = "s.kitle";
  const char* text = "segment some { pionts > 3 }";
  auto* rules = reinterpret_cast<kitle_rules*>(1);
  kitle_error* error = nullptr;
  EXPECT_EQ(kitle_rules_parse(&path, &text, 1, &rules, &error),
            KITLE_RULES_HAVE_ERRORS);
  EXPECT_EQ(rules, nullptr);
  EXPECT_EQ(kitle_error_code(error), KITLE_RULES_HAVE_ERRORS);
  EXPECT_THAT(taken(error), HasSubstr("s.kitle:1:"));
}

TEST(CInterface, WhatIsNotThereIsNotFound) {
  const testing::TempFolder folder;
  kitle_rules* rules = nullptr;
  kitle_store* store = nullptr;
  kitle_error* error = nullptr;
  const std::string nowhere = folder / "nowhere";
  EXPECT_EQ(kitle_rules_load(nowhere.c_str(), &rules, &error), KITLE_NOT_FOUND);
  EXPECT_THAT(taken(error), HasSubstr("kitle.toml"));
  EXPECT_EQ(kitle_store_open(nowhere.c_str(), &store, &error), KITLE_NOT_FOUND);
  EXPECT_THAT(taken(error), HasSubstr("nowhere"));
  EXPECT_EQ(kitle_store_open(folder.path().c_str(), &store, nullptr),
            KITLE_NOT_A_STORE);
}

TEST(CInterface, NullArgumentsAreErrorsAndNotCrashes) {
  const Shop shop;
  const Handles handles(shop);
  const char* text = "";
  kitle_rules* rules = nullptr;
  kitle_store* store = nullptr;
  kitle_engine* engine = nullptr;
  kitle_result* result = nullptr;
  kitle_query* query = nullptr;
  uint32_t ordinal = 0;
  uint64_t bits = 0;
  size_t bytes = 0;
  int64_t now = 0;
  const char* null_text = nullptr;
  const std::vector<int> codes = {
      kitle_rules_load(nullptr, &rules, nullptr),
      kitle_rules_load("x", nullptr, nullptr),
      kitle_rules_parse(nullptr, &text, 1, &rules, nullptr),
      kitle_rules_parse(&text, nullptr, 1, &rules, nullptr),
      kitle_rules_parse(&null_text, &text, 1, &rules, nullptr),
      kitle_rules_parse(&text, &null_text, 1, &rules, nullptr),
      kitle_rules_parse(&text, &text, 1, nullptr, nullptr),
      kitle_rules_instant(nullptr, handles.store, "x", &now, nullptr),
      kitle_rules_instant(handles.rules, nullptr, nullptr, &now, nullptr),
      kitle_rules_instant(handles.rules, nullptr, "x", nullptr, nullptr),
      kitle_store_open(nullptr, &store, nullptr),
      kitle_store_open("x", nullptr, nullptr),
      kitle_store_ordinal(nullptr, "x", 1, &ordinal, nullptr),
      kitle_store_ordinal(handles.store, nullptr, 0, &ordinal, nullptr),
      kitle_store_ordinal(handles.store, "x", 1, nullptr, nullptr),
      kitle_store_key(nullptr, 0, nullptr, &bytes, nullptr),
      kitle_store_key(handles.store, 0, nullptr, nullptr, nullptr),
      kitle_engine_create(nullptr, nullptr, &engine, nullptr),
      kitle_engine_create(handles.rules, nullptr, nullptr, nullptr),
      kitle_run(nullptr, handles.store, 0, KITLE_TIER_AUTO, 1, &result,
                nullptr),
      kitle_run(handles.engine, nullptr, 0, KITLE_TIER_AUTO, 1, &result,
                nullptr),
      kitle_run(handles.engine, handles.store, 0, KITLE_TIER_AUTO, 1, nullptr,
                nullptr),
      kitle_query_prepare(nullptr, handles.store, 0, &query, nullptr),
      kitle_query_prepare(handles.engine, nullptr, 0, &query, nullptr),
      kitle_query_prepare(handles.engine, handles.store, 0, nullptr, nullptr),
      kitle_query_evaluate(nullptr, 0, &bits, 1, nullptr),
  };
  EXPECT_THAT(codes, ::testing::Each(int{KITLE_INVALID}));
}

TEST(CInterface, ALibraryOfTheStandardSaysWhatToDo) {
  const char* const paths[] = {"kitle.toml", "a.kitle"};
  const char* const texts[] = {
      "locale = \"tr\"\n",
      "profile customer { id code key }\nevent view { }\n"
      "event purchase { }\nuse std.carts with view, purchase as carts\n"};
  kitle_rules* rules = nullptr;
  ASSERT_EQ(kitle_rules_parse(paths, texts, 2, &rules, nullptr), 0);
  EXPECT_STREQ(kitle_rules_segment_title(rules, 0), "Sepetinde ürün bıraktı");
  EXPECT_THAT(kitle_rules_segment_action(rules, 0),
              ::testing::StartsWith("Sepetindekileri hatırlatın"));
  kitle_rules_free(rules);
}

TEST(CInterface, QuestionsAboutNullHaveEmptyAnswers) {
  EXPECT_EQ(kitle_rules_segments(nullptr), 0);
  EXPECT_EQ(kitle_rules_segment_name(nullptr, 0), nullptr);
  EXPECT_EQ(kitle_rules_segment_title(nullptr, 0), nullptr);
  EXPECT_EQ(kitle_rules_segment_stages(nullptr, 0), nullptr);
  EXPECT_EQ(kitle_rules_segment_action(nullptr, 0), nullptr);
  EXPECT_EQ(kitle_rules_store_folder(nullptr), nullptr);
  EXPECT_EQ(kitle_store_snapshot(nullptr), 0);
  EXPECT_EQ(kitle_store_profiles(nullptr), 0);
  EXPECT_EQ(kitle_store_bytes(nullptr), 0);
  EXPECT_EQ(kitle_result_segments(nullptr), 0);
  EXPECT_EQ(kitle_result_profiles(nullptr), 0);
  EXPECT_EQ(kitle_result_seconds(nullptr), 0);
  EXPECT_EQ(kitle_result_tier(nullptr), KITLE_TIER_AUTO);
  EXPECT_EQ(kitle_result_undecided(nullptr, 0), 0);
  EXPECT_EQ(kitle_result_size(nullptr, 0), 0);
  EXPECT_EQ(kitle_result_members(nullptr, 0, nullptr, 0), 0);
  EXPECT_EQ(kitle_query_words(nullptr), 0);
  EXPECT_EQ(kitle_forecast_segments(nullptr), 0);
  EXPECT_EQ(kitle_forecast_profiles(nullptr), 0);
  EXPECT_EQ(kitle_forecast_knows_later_events(nullptr), 0);
  EXPECT_EQ(kitle_forecast_warning(nullptr, 0), nullptr);
  EXPECT_EQ(kitle_forecast_name(nullptr, 0), nullptr);
  EXPECT_EQ(kitle_forecast_days(nullptr, 0), 0);
  EXPECT_EQ(kitle_forecast_day_date(nullptr, 0, 0), nullptr);
  EXPECT_EQ(kitle_forecast_day_leave(nullptr, 0, 0), 0);
  EXPECT_EQ(kitle_cost_profiles(nullptr), 0);
  EXPECT_EQ(kitle_cost_form(nullptr), nullptr);
  EXPECT_EQ(kitle_cost_run_tier(nullptr), KITLE_TIER_AUTO);
  EXPECT_EQ(kitle_cost_segments(nullptr), 0);
  EXPECT_EQ(kitle_cost_segment_name(nullptr, 0), nullptr);
  EXPECT_EQ(kitle_cost_operations(nullptr), 0);
  EXPECT_EQ(kitle_cost_operation_text(nullptr, 0), nullptr);
  EXPECT_EQ(kitle_error_code(nullptr), KITLE_OK);
  EXPECT_STREQ(kitle_error_message(nullptr), "");
  kitle_error_free(nullptr);
  kitle_rules_free(nullptr);
  kitle_store_free(nullptr);
  kitle_engine_free(nullptr);
  kitle_result_free(nullptr);
  kitle_query_free(nullptr);
  kitle_forecast_free(nullptr);
  kitle_cost_free(nullptr);
}

TEST(CInterface, TheVersionIsTheLibrarys) {
  EXPECT_EQ(kitle_version(), version());
}

TEST(CInterface, AHandleIsNullWhateverWasWrong) {
  auto* rules = reinterpret_cast<kitle_rules*>(1);
  EXPECT_EQ(kitle_rules_load(nullptr, &rules, nullptr), KITLE_INVALID);
  EXPECT_EQ(rules, nullptr);
  auto* store = reinterpret_cast<kitle_store*>(1);
  EXPECT_EQ(kitle_store_open(nullptr, &store, nullptr), KITLE_INVALID);
  EXPECT_EQ(store, nullptr);
  auto* engine = reinterpret_cast<kitle_engine*>(1);
  EXPECT_EQ(kitle_engine_create(nullptr, nullptr, &engine, nullptr),
            KITLE_INVALID);
  EXPECT_EQ(engine, nullptr);
  auto* result = reinterpret_cast<kitle_result*>(1);
  EXPECT_EQ(
      kitle_run(nullptr, nullptr, 0, KITLE_TIER_AUTO, 0, &result, nullptr),
      KITLE_INVALID);
  EXPECT_EQ(result, nullptr);
  auto* query = reinterpret_cast<kitle_query*>(1);
  EXPECT_EQ(kitle_query_prepare(nullptr, nullptr, 0, &query, nullptr),
            KITLE_INVALID);
  EXPECT_EQ(query, nullptr);
  const char* none = nullptr;
  auto* forecast = reinterpret_cast<kitle_forecast*>(1);
  EXPECT_EQ(kitle_forecast_make(nullptr, nullptr, 0, 1, nullptr, 0, 0,
                                &forecast, nullptr),
            KITLE_INVALID);
  EXPECT_EQ(forecast, nullptr);
  auto* cost = reinterpret_cast<kitle_cost*>(1);
  EXPECT_EQ(
      kitle_cost_make(nullptr, nullptr, 0, nullptr, 0, 0, 0, &cost, nullptr),
      KITLE_INVALID);
  EXPECT_EQ(cost, nullptr);
  const Shop shop;
  const Handles handles(shop);
  EXPECT_EQ(kitle_forecast_make(handles.engine, handles.store, 0, 1, &none, 1,
                                0, &forecast, nullptr),
            KITLE_INVALID);
  EXPECT_EQ(kitle_cost_make(handles.rules, handles.store, 0, nullptr, 1, 0, 0,
                            &cost, nullptr),
            KITLE_INVALID);
}

}  // namespace
}  // namespace kitle
