// Every rule text of this repository, for tests of the formatter: the cases,
// the examples, the language's documentation and what fuzzing kept. Texts with
// mistakes are taken in their parts, too: many of those have none.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/format.h"
#include "tests/support/cases.h"
#include "tests/support/syntax.h"

namespace kitle::testing {

// Formatted without a repository; nothing if the text has mistakes.
inline std::optional<std::string> formatted_alone(const std::string& text) {
  SourceSet sources;
  sources.add("rules.kitle", text);
  Diagnostics diagnostics;
  return format(sources, 0, {}, diagnostics);
}

// Without blanks at their ends.
inline std::vector<std::string> comments_in(const Parsed& parsed) {
  std::vector<std::string> all;
  for (const Syntax::Comment& comment : parsed.syntax.comments) {
    std::string text(parsed.sources.text(comment.span));
    text.resize(text.find_last_not_of(" \t\r") + 1);
    all.push_back(std::move(text));
  }
  return all;
}

// By where they come from.
using NamedTexts = std::map<std::string, std::string>;

// The text, and each of its parts between blank lines.
inline void add_parts(NamedTexts& texts, const std::string& name,
                      const std::string& text) {
  texts[name] = text;
  size_t begin = 0;
  while (begin < text.size()) {
    const size_t end = std::min(text.find("\n\n", begin), text.size());
    texts[name + ":" + std::to_string(begin)] =
        text.substr(begin, end - begin) + "\n";
    begin = end + 2;
  }
}

// What stands between "```kitle" and "```", or behind "--- schema.kitle" and
// "--- at ..." of a case of meaning.
inline std::string rules_within(const std::string& text) {
  std::istringstream lines(text);
  std::string rules;
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    const bool mark = line.starts_with("```") || line.starts_with("--- ");
    if (mark) {
      inside = line == "```kitle" || line == "--- schema.kitle" ||
               line.starts_with("--- at ");
      rules += "\n";
    } else if (inside) {
      rules += line + "\n";
    }
  }
  return rules;
}

inline NamedTexts rule_texts() {
  NamedTexts texts;
  const std::filesystem::path root(KITLE_SOURCE_DIR);
  for (const char* folder :
       {"tests/cases", "examples", "docs", "tests/fuzz/corpus/rules"}) {
    const auto inside =
        std::filesystem::recursive_directory_iterator(root / folder);
    for (const auto& entry : inside) {
      if (!entry.is_regular_file()) continue;
      const std::string name = entry.path().lexically_relative(root).string();
      const std::string text = read_file(entry.path());
      const std::string ending = entry.path().extension().string();
      if (ending == ".md" || ending == ".kcase") {
        add_parts(texts, name, rules_within(text));
      } else if (ending == ".kitle" || ending.empty()) {
        add_parts(texts, name, text);
      }
    }
  }
  return texts;
}

}  // namespace kitle::testing
