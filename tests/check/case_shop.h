// The shop that cases of meaning and the examples of messages are about: its
// settings, its schema, the CSV files of tests/cases/check, what it has seen.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/load.h"
#include "grammar/examples.h"
#include "tests/check/fake_store.h"
#include "tests/support/cases.h"

namespace kitle::testing {

inline constexpr char kCaseSettings[] =
    "time_zone = \"Europe/Istanbul\"\nlocale = \"tr\"\ncurrency = \"TRY\"\n";

inline std::string case_schema() {
  return read_file(KITLE_SOURCE_DIR "/tests/cases/check/base.kitle");
}

inline void add_tables(std::vector<RuleText>& texts) {
  for (const auto& file : case_files("check", ".csv")) {
    texts.push_back({file.filename().string(), read_file(file)});
  }
}

inline LoadedRepository load_case_texts(std::vector<RuleText> texts) {
  static const FakeStore store({{"brand", {"Sneakers", "Işıl"}}});
  add_tables(texts);
  return load_texts(std::move(texts), &store);
}

// The example's wrong text, or its mended one, where it belongs.
inline LoadedRepository load_example(const DiagnosticExample& example,
                                     std::string_view text) {
  std::vector<RuleText> texts;
  if (example.place == DiagnosticExample::Place::kShop) {
    texts = {{"kitle.toml", kCaseSettings}, {"a.kitle", case_schema()}};
  }
  if (example.place == DiagnosticExample::Place::kSettings) {
    texts = {{"kitle.toml", std::string(text)},
             {"z.kitle", "profile customer { id code key }"}};
  } else {
    texts.push_back({"z.kitle", std::string(text)});
  }
  return load_case_texts(std::move(texts));
}

}  // namespace kitle::testing
