// Case files: rule texts a user could have written, with what they should
// report beside the place where it is reported:
//
//   segment vip { totl > 3 }  # error: E0201
//
// Several codes stand one after the other; a place of its own line can be
// said from elsewhere with a line number: `# error: 12 E0201`. Warnings:
// `# warning: W0101`.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/diagnostic.h"
#include "grammar/source.h"
#include "tests/support/files.h"

namespace kitle::testing {

// The files of a folder below tests/cases with this ending, sorted.
inline std::vector<std::filesystem::path> case_files(const std::string& folder,
                                                     const char* ending) {
  std::vector<std::filesystem::path> files;
  std::filesystem::path root(KITLE_SOURCE_DIR "/tests/cases");
  for (const auto& entry : std::filesystem::directory_iterator(root / folder)) {
    if (entry.path().extension() == ending) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

// Whether the parser reports it: its cases are in tests/cases/grammar.
inline bool of_parser(std::string_view code) {
  return code < "E0200" || (code > "E0900" && code < "E0910") ||
         (code > "E0920" && code < "E0924") ||
         (code > "E1200" && code < "E1206") || code == "E0934" ||
         code == "E1310" || code == "E1401";
}

// What a text says that it should report: "7 E0201", sorted.
inline std::vector<std::string> expected_codes(const std::string& text) {
  std::vector<std::string> expected;
  std::istringstream lines(text);
  std::string line;
  for (uint32_t number = 1; std::getline(lines, line); ++number) {
    for (const char* mark : {"# error:", "# warning:"}) {
      size_t at = line.find(mark);
      if (at == std::string::npos) continue;
      std::istringstream words(line.substr(line.find(':', at) + 1));
      std::string place = std::to_string(number);
      std::string word;
      while (words >> word && word != "#") {
        bool code = word[0] == 'E' || word[0] == 'W';
        if (code)
          expected.push_back(place + " " + word);
        else
          place = word;
      }
    }
  }
  std::ranges::sort(expected);
  return expected;
}

// What was reported about one file, in the same form.
inline std::vector<std::string> reported_codes(const Diagnostics& diagnostics,
                                               const SourceSet& sources,
                                               uint32_t file) {
  std::vector<std::string> reported;
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    if (diagnostic.span.file != file) continue;
    Position place = sources.position(file, diagnostic.span.begin);
    reported.push_back(
        fmt::format("{} {}", place.line, info(diagnostic.id).code));
  }
  std::ranges::sort(reported);
  return reported;
}

// One line for each code that only one side has; empty if both are equal.
inline std::string difference(const std::vector<std::string>& expected,
                              const std::vector<std::string>& reported) {
  std::vector<std::string> missing;
  std::vector<std::string> surplus;
  std::ranges::set_difference(expected, reported, std::back_inserter(missing));
  std::ranges::set_difference(reported, expected, std::back_inserter(surplus));
  std::string text;
  for (const auto& code : missing) text += "not reported: line " + code + "\n";
  for (const auto& code : surplus) text += "not expected: line " + code + "\n";
  return text;
}

}  // namespace kitle::testing
