// Rules that would grow without bound are stopped with a message.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/lint.h"
#include "compiler/load.h"

namespace kitle {
namespace {

LoadedRepository load(std::string text) {
  return load_texts({{"a.kitle",
                      "profile customer { id code key, n integer }\n"
                      "event call { reason code }\n"},
                     {"z.kitle", std::move(text)}},
                    nullptr);
}

size_t reported(const LoadedRepository& loaded, std::string_view code) {
  return static_cast<size_t>(std::ranges::count_if(
      loaded.diagnostics.all(),
      [code](const Diagnostic& each) { return info(each.id).code == code; }));
}

// l1 = l0 + l0, l2 = l1 + l1, ...: sixty steps would be 2^60 parts.
TEST(Limits, LetsThatDoubleAreStopped) {
  std::string text = "let l0 = n + 1\n";
  for (int i = 1; i <= 60; ++i) {
    text += fmt::format("let l{0} = l{1} + l{1}\n", i, i - 1);
  }
  const LoadedRepository loaded = load(text + "segment s { l60 > 3 }\n");
  EXPECT_EQ(reported(loaded, "E0217"), 1u);
  EXPECT_TRUE(loaded.repository.segments.empty());
  EXPECT_LE(loaded.diagnostics.errors(), 5u);
}

TEST(Limits, DeepLetsAreStopped) {
  std::string text = "let l0 = any call\n";
  for (int i = 1; i <= 5'000; ++i) {
    text += fmt::format("let l{} = not l{}\n", i, i - 1);
  }
  const LoadedRepository loaded = load(text + "segment s { l5000 }\n");
  EXPECT_GE(reported(loaded, "E0218"), 1u);
  EXPECT_TRUE(loaded.repository.segments.empty());
}

TEST(Limits, DeepSegmentsAreStopped) {
  std::string text = "segment s0 { any call }\n";
  for (int i = 1; i <= 5'000; ++i) {
    text += fmt::format("segment s{} {{ not in s{} }}\n", i, i - 1);
  }
  const LoadedRepository loaded = load(text);
  EXPECT_GE(reported(loaded, "E0218"), 1u);
  EXPECT_LE(loaded.repository.segments.size(), kMaxSegmentDepth);
}

// f1 tells f0 twice, f2 tells f1 twice, ...: 2^60 lines.
TEST(Limits, FixturesThatDoubleAreStopped) {
  std::string text = "fixture f0 { call 1 day ago }\n";
  for (int i = 1; i <= 60; ++i) {
    text += fmt::format("fixture f{0} {{\n given f{1}\n given f{1}\n}}\n", i,
                        i - 1);
  }
  const LoadedRepository loaded = load(
      text + "test \"t\" {\n now 2026-03-01\n given f60\n expect any call\n}");
  EXPECT_EQ(reported(loaded, "E1115"), 1u);
  EXPECT_EQ(loaded.diagnostics.errors(), 1u);
}

TEST(Limits, TestsThatTellTooMuchAreStopped) {
  std::string text = "test \"t\" {\n now 2026-03-01\n";
  for (int i = 0; i <= 200; ++i) text += " 1_000 calls 1 day ago\n";
  EXPECT_EQ(reported(load(text + " expect any call\n}\n"), "E1115"), 1u);
  text = "test \"t\" {\n now 2026-03-01\n 1_000 calls 1 day ago\n";
  for (int i = 0; i <= 200; ++i) text += " expect any call\n";
  EXPECT_EQ(reported(load(text + "}\n"), "E1115"), 1u);
}

TEST(Limits, DeepFixturesAreStopped) {
  std::string text = "fixture f0 { call 1 day ago }\n";
  for (int i = 1; i <= 20'000; ++i) {
    text += fmt::format("fixture f{} {{ given f{} }}\n", i, i - 1);
  }
  const LoadedRepository loaded = load(text);
  EXPECT_GE(reported(loaded, "E0218") + reported(loaded, "E1115"), 1u);
}

TEST(Limits, ALongChainOfSegmentsMayBeDeclaredBackwards) {
  std::string text;
  for (int i = 200; i >= 1; --i) {
    text += fmt::format("segment s{} {{ not in s{} }}\n", i, i - 1);
  }
  const LoadedRepository loaded = load(text + "segment s0 { any call }\n");
  EXPECT_EQ(loaded.diagnostics.errors(), 0u);
  EXPECT_EQ(loaded.repository.segments.size(), 201u);
}

// Each of 2,000 clauses has 1,999 beside it: of the later ones nothing is told.
TEST(Limits, WhatStandsBesideClausesIsLookedAtInPart) {
  std::string text = "segment s { n is not 0";
  for (int i = 1; i < 2'000; ++i) text += fmt::format(" and n is not {}", i);
  const LoadedRepository loaded = load(text + " }\n");
  ASSERT_EQ(loaded.diagnostics.errors(), 0u);
  const Diagnostics found = lint(loaded, {});
  const auto told = std::ranges::count_if(found.all(), [](const auto& each) {
    return info(each.id).code == "is-not-missing";
  });
  EXPECT_GT(told, 400);
  EXPECT_LT(told, 600);
}

// A circle of twenty thousand is one mistake, shown in part.
TEST(Limits, AGreatCircleIsOneMistake) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) {
    text += fmt::format("segment s{} {{ in s{} }}\n", i, (i + 1) % 20'000);
  }
  const LoadedRepository loaded = load(text);
  EXPECT_EQ(loaded.diagnostics.errors(), 1u);
  EXPECT_EQ(reported(loaded, "E0206"), 1u);
  EXPECT_LT(title_of(loaded.diagnostics.all()[0]).size(), 1'000u);
}

// Further reports are counted, not kept.
TEST(Limits, AThousandReportsAreKept) {
  std::string text;
  for (int i = 0; i < 3'000; ++i) {
    text += fmt::format("segment s{} {{ nothing{} }}\n", i, i);
  }
  const LoadedRepository loaded = load(text);
  EXPECT_EQ(loaded.diagnostics.all().size(), Diagnostics::kLimit);
  EXPECT_EQ(loaded.diagnostics.dropped(), 2'000u);
  EXPECT_EQ(loaded.diagnostics.errors(), 3'000u);
}

}  // namespace
}  // namespace kitle
