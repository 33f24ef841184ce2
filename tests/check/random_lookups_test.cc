// Random tables and random tests of their columns: the keys that the checker
// finds are those whose row passes, by a plain reading of the row.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <optional>
#include <random>

#include "compiler/load.h"

namespace kitle {
namespace {

constexpr size_t kTables = 60;
constexpr size_t kTestsEach = 20;

// A row as it was drawn; hundredths of money and of numbers.
struct Row {
  std::string key;
  std::optional<int> count;
  std::optional<int> cents;
  std::optional<int> day;  // of January 2026
  std::optional<bool> open;
  std::string label;  // "" is missing
};

class Draw {
 public:
  explicit Draw(uint32_t seed) : random_(seed) {}
  int below(int end) {
    return static_cast<int>(random_() % static_cast<uint32_t>(end));
  }
  bool sometimes() { return below(4) == 0; }

  Row drawn(size_t i) {
    Row made;
    made.key = fmt::format("k{}", i);
    if (!sometimes()) made.count = below(9) - 4;
    if (!sometimes()) made.cents = below(600) - 100;
    if (!sometimes()) made.day = 1 + below(28);
    if (!sometimes()) made.open = below(2) == 1;
    if (!sometimes()) made.label = std::string(1, letter()) + "x";
    return made;
  }

  char letter() { return "abcABC"[below(6)]; }

 private:
  std::mt19937 random_;
};

std::string hundredths(int cents) {
  return fmt::format("{}{}.{:02}", cents < 0 ? "-" : "", std::abs(cents) / 100,
                     std::abs(cents) % 100);
}

std::string csv_of(const std::vector<Row>& rows) {
  std::string csv = "label,k,size,price,weight,begin,open\n";
  for (const Row& row : rows) {
    const std::string amount = row.cents ? hundredths(*row.cents) : "";
    csv +=
        fmt::format("{},{},{},{},{},{},{}\n", row.label, row.key,
                    row.count ? std::to_string(*row.count) : "", amount, amount,
                    row.day ? fmt::format("2026-01-{:02}", *row.day) : "",
                    row.open ? (*row.open ? "yes" : "no") : "");
  }
  return csv;
}

struct Question {
  std::string text;
  std::function<bool(const Row&)> passes;
};

bool compares(int op, int left, int right) {
  if (op == 0) return left == right;
  if (op == 1) return left < right;
  if (op == 2) return left <= right;
  return op == 3 ? left > right : left >= right;
}

constexpr const char* kOps[] = {"is", "<", "<=", ">", ">="};

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return text;
}

Question question_of(Draw& draw) {
  const int op = draw.below(5);
  const int cents = draw.below(500);
  const int day = 1 + draw.below(28);
  switch (draw.below(9)) {
    case 0: {
      const int n = draw.below(5);
      return {fmt::format("size of k {} {}", kOps[op], n), [=](const Row& row) {
                return row.count && compares(op, *row.count, n);
              }};
    }
    case 1:  // an integer against a decimal
      return {fmt::format("{} {} size of k", hundredths(cents), kOps[op]),
              [=](const Row& row) {
                return row.count && compares(op, cents, *row.count * 100);
              }};
    case 2:
      return {fmt::format("price of k {} {} TRY", kOps[op], hundredths(cents)),
              [=](const Row& row) {
                return row.cents && compares(op, *row.cents, cents);
              }};
    case 3:
      return {fmt::format("weight of k {} {}", kOps[op], hundredths(cents)),
              [=](const Row& row) {
                return row.cents && compares(op, *row.cents, cents);
              }};
    case 4:
      return {fmt::format("begin of k since 2026-01-{:02}", day),
              [=](const Row& row) { return row.day && *row.day >= day; }};
    case 5:
      return {"open of k", [](const Row& row) { return row.open == true; }};
    case 6: {
      const std::string text(1, draw.letter());
      return {fmt::format("label of k starts with \"{}\"", text),
              [=](const Row& row) {
                return !row.label.empty() &&
                       lower(row.label).starts_with(lower(text));
              }};
    }
    case 7:
      return {"label of k in {\"AX\", \"cx\"}", [](const Row& row) {
                return lower(row.label) == "ax" || lower(row.label) == "cx";
              }};
    default:
      return {"price of k is present",
              [](const Row& row) { return row.cents.has_value(); }};
  }
}

std::vector<std::string> keys_in(const Typed& tree) {
  const bool none = tree.kind == TypedKind::kAnd;  // holds for no key
  std::vector<std::string> keys =
      none ? std::vector<std::string>{} : tree.texts;
  std::ranges::sort(keys);
  return keys;
}

TEST(RandomLookups, FindTheKeysOfTheRowsThatPass) {
  for (uint32_t seed = 0; seed < kTables; ++seed) {
    Draw draw(seed);
    std::vector<Row> rows;
    for (int i = 1 + draw.below(12); i > 0; --i)
      rows.push_back(draw.drawn(rows.size()));
    std::vector<Question> questions;
    std::string rules;
    for (size_t i = 0; i < kTestsEach; ++i) {
      questions.push_back(question_of(draw));
      rules += fmt::format("segment s{} {{ {} }}\n", i, questions.back().text);
    }
    const LoadedRepository loaded = load_texts(
        {{"kitle.toml", "currency = \"TRY\"\n"},
         {"a.kitle",
          "profile customer { id code key, k code }\n"
          "table things from \"t.csv\" key k { k code, size integer, price "
          "money, weight number, begin date, open flag, label text }\n"},
         {"b.kitle", rules},
         {"t.csv", csv_of(rows)}},
        nullptr);
    ASSERT_EQ(loaded.diagnostics.errors(), 0u) << render(
        loaded.diagnostics, loaded.sources, DiagnosticFormat::kText, false);
    for (size_t i = 0; i < kTestsEach; ++i) {
      std::vector<std::string> expected;
      for (const Row& row : rows) {
        if (questions[i].passes(row)) expected.push_back(row.key);
      }
      std::ranges::sort(expected);
      EXPECT_EQ(keys_in(*loaded.repository.segments[i].condition), expected)
          << questions[i].text << "\n"
          << csv_of(rows);
    }
  }
}

}  // namespace
}  // namespace kitle
