// Parsing one text, for tests: the tree on one line, and what was reported.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "grammar/parse.h"

namespace kitle::testing {

struct Parsed {
  SourceSet sources;
  Syntax syntax;
  Diagnostics diagnostics;

  // Everything reported, as a user sees it.
  std::string text() const {
    return render(diagnostics, sources, DiagnosticFormat::kText, false);
  }
  // "E0130 E0119", in the order of the places.
  std::string codes() const {
    std::string all;
    for (const Diagnostic& each : diagnostics.all()) {
      if (!all.empty()) all += ' ';
      all += info(each.id).code;
    }
    return all;
  }
};

inline Parsed parse_text(std::string text) {
  Parsed parsed;
  const uint32_t file = parsed.sources.add("rules.kitle", std::move(text));
  parse(parsed.sources, file, parsed.syntax, parsed.diagnostics);
  parsed.diagnostics.sort();
  return parsed;
}

// A printed tree (one node a line, two blanks a level) on one line:
// `any(event purchase(window in last 7 days))`.
inline std::string on_one_line(std::string_view printed) {
  std::string line;
  size_t depth = 0;
  while (!printed.empty()) {
    const size_t end = printed.find('\n');
    const size_t blanks = printed.find_first_not_of(' ');
    const size_t level = blanks / 2;
    if (level > depth) line += '(';
    if (level <= depth && !line.empty()) {
      line += std::string(depth - level, ')') + ", ";
    }
    line += printed.substr(blanks, end - blanks);
    depth = level;
    printed.remove_prefix(end + 1);
  }
  return line + std::string(depth, ')');
}

// The condition of `segment s { TEXT }` on one line; what was reported where
// there is none.
inline std::string condition_tree(const std::string& text) {
  const Parsed parsed = parse_text("segment s { " + text + " }\n");
  const bool clean = parsed.diagnostics.all().empty();
  if (!clean || parsed.syntax.segments.size() != 1) return parsed.text();
  return on_one_line(print(*parsed.syntax.segments[0].condition));
}

}  // namespace kitle::testing
