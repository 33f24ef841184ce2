// What is said of a whole repository: its zone, its warnings, its places.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>

#include "compiler/load.h"
#include "grammar/parse.h"
#include "runtime/time/zone.h"
#include "tests/check/fake_store.h"
#include "tests/support/temp_folder.h"

namespace kitle {
namespace {

using ::testing::ElementsAre;

constexpr char kSchema[] =
    "profile customer { id code key, city text, born time }\n"
    "event call { reason code }\n";

// The text that each diagnostic points at.
std::vector<std::string> places(const LoadedRepository& loaded,
                                const Diagnostics& diagnostics) {
  std::vector<std::string> texts;
  for (const Diagnostic& each : diagnostics.all()) {
    texts.emplace_back(loaded.sources.text(each.span));
  }
  return texts;
}

// Two machines with other zone files, or none of this name, read alike.
TEST(Repository, APinnedZoneNeedsNoFileOfTheMachine) {
  const std::vector<RuleText> texts = {
      {"kitle.toml", "time_zone = \"Mars/Olympus\"\n"},
      {"a.kitle", kSchema},
      {"z.kitle",
       "segment s { born >= 2026-03-01 00:00 }\n"
       "source centre {\n"
       "  files    \"calls.csv\"\n"
       "  customer from \"id\"\n"
       "  into call { time from \"t\" in zone \"Mars/Olympus\" }\n"
       "}\n"}};
  const LoadedRepository unknown = load_texts(texts, nullptr);
  EXPECT_THAT(places(unknown, unknown.diagnostics),
              ElementsAre("\"Mars/Olympus\"", "\"Mars/Olympus\""));
  FakeStore store(std::map<std::string, std::vector<std::string>>{});
  store.pin("Mars/Olympus", *read_zone_bytes("Europe/Istanbul"));
  const LoadedRepository loaded = load_texts(texts, &store);
  EXPECT_EQ(loaded.diagnostics.errors(), 0u);
  ASSERT_EQ(loaded.repository.segments.size(), 1u);
  const Typed& condition = *loaded.repository.segments[0].condition;
  const Int128 midnight = Int128{1'772'312'400} * 1'000'000;  // UTC+3
  EXPECT_TRUE(condition.args[1]->integer == midnight);
}

// Only those of the segments asked for, and of what they use.
TEST(Repository, WarningsOfOtherSegmentsCanBeLeftOut) {
  const std::map<std::string, std::vector<std::string>> seen = {
      {"city", {"Ankara"}}};
  const FakeStore store(seen);
  const LoadedRepository loaded =
      load_texts({{"a.kitle", kSchema},
                  {"z.kitle",
                   "let far = city is \"A\"\n"
                   "let near = city is \"B\"\n"
                   "segment one { near or in two }\n"
                   "segment two { city is \"C\" }\n"
                   "segment three { far or city is \"D\" }\n"}},
                 &store);
  const auto warned = [&](const std::vector<std::string>& segments) {
    return places(loaded, diagnostics_of(loaded, segments));
  };
  EXPECT_THAT(warned({}), ElementsAre("\"A\"", "\"B\"", "\"C\"", "\"D\""));
  EXPECT_THAT(warned({"one"}), ElementsAre("\"B\"", "\"C\""));
  EXPECT_THAT(warned({"two"}), ElementsAre("\"C\""));
  EXPECT_THAT(warned({"three", "two"}), ElementsAre("\"A\"", "\"C\"", "\"D\""));
  EXPECT_EQ(diagnostics_of(loaded, {"two"}).warnings(), 1u);
}

TEST(Repository, NoMistakeIsLeftOut) {
  const LoadedRepository loaded = load_texts(
      {{"a.kitle", kSchema},
       {"z.kitle", "segment one { city is \"A\" }\nsegment two { cty }\n"}},
      nullptr);
  EXPECT_THAT(places(loaded, diagnostics_of(loaded, {"one"})),
              ElementsAre("cty"));
}

// The caret is under the setting, not under its line.
TEST(Repository, PlacesInSourcesAreSmall) {
  const LoadedRepository loaded =
      load_texts({{"a.kitle", kSchema},
                  {"z.kitle",
                   "source centre {\n"
                   "  files    \"calls.csv\"\n"
                   "  csv      { delimiter \";;\", quote \"''\", encoding "
                   "\"utf-9\", columns {\"id\"} }\n"
                   "  customer from \"id\"\n"
                   "  born     from \"b\" as \"%d.%m\" in zone "
                   "\"Europe/Istambul\"\n"
                   "  city     from split \"c\" by \";\"\n"
                   "  reason   from \"r\" as unix seconds in zone \"UTC\"\n"
                   "  into call { time from \"t\" rounded }\n"
                   "  into customer { }\n"
                   "}\n"}},
                 nullptr);
  EXPECT_THAT(
      places(loaded, loaded.diagnostics),
      ElementsAre("\";;\"", "\"''\"", "\"utf-9\"", "{\"id\"}", "\"%d.%m\"",
                  "\"Europe/Istambul\"", "split \"c\" by \";\"", "seconds",
                  "\"UTC\"", "rounded"));
}

// A repository has many files, each of a few lines.
TEST(Repository, ATextTakesNoMoreRoomThanItNeeds) {
  const testing::TempFolder folder;
  const std::string path = folder / "a.kitle";
  constexpr size_t kMost = kMaxFileBytes + 1;  // of which the last one is told
  for (const size_t size : {size_t{0}, size_t{100}, size_t{1} << 14,
                            (size_t{1} << 14) + 1, kMost, kMost + 99}) {
    std::ofstream(path, std::ios::binary) << std::string(size, '#');
    const auto text = read_rule_text(path);
    ASSERT_TRUE(text) << text.error().message();
    EXPECT_EQ(*text, std::string(std::min(size, kMost), '#'));
    EXPECT_LE(text->capacity(), 2 * size + (size_t{1} << 14));
  }
}

}  // namespace
}  // namespace kitle
