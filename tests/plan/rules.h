// Rules as text, and plans in a form that is easy to compare.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "compiler/compile.h"
#include "compiler/load.h"
#include "compiler/plan.h"
#include "grammar/diagnostic.h"

namespace kitle::test {

inline constexpr const char* kSchemaText = R"(
profile customer {
  id code key
  country code
  gender code
  email text personal
  income money personal
  age integer
  birth_date date
  signed_up time
}
event view { category text, price money }
event purchase counted by order { order code, amount money, quantity integer }
event call { reason code }
events deal = purchase, view
sessions dealing of deal gap 30 minutes
)";

inline Repository repository_of(const std::string& rules) {
  LoadedRepository loaded =
      load_texts({{"kitle.toml", "name = \"test\"\ncurrency = \"TRY\"\n"},
                  {"schema.kitle", kSchemaText},
                  {"rules.kitle", rules}},
                 nullptr);
  EXPECT_EQ(loaded.diagnostics.errors(), 0u) << render(
      loaded.diagnostics, loaded.sources, DiagnosticFormat::kText, false);
  return std::move(loaded.repository);
}

inline std::string one_space(const std::string& line) {
  std::string text;
  for (const char c : line) {
    if (c != ' ' || (!text.empty() && text.back() != ' ')) text += c;
  }
  while (text.ends_with(' ')) text.pop_back();
  return text;
}

// print() line by line, without who uses the nodes.
inline std::vector<std::string> lines_of(const Plan& plan,
                                         const Schema& schema) {
  const std::string text = print(plan, schema);
  std::vector<std::string> lines;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = text.find('\n', begin);
    std::string line = text.substr(begin, end - begin);
    const size_t use = line.find(" use");
    if (use != std::string::npos) line.resize(line.rfind("  ", use));
    lines.push_back(one_space(line));
    begin = end + 1;
  }
  return lines;
}

}  // namespace kitle::test
