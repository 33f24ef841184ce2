// Reports of tests for other programs: lcov, JUnit.
#include <fmt/format.h>

#include <map>

#include "kitle/tests.h"

namespace kitle {
namespace {

struct Branches {
  size_t held = 0;
  size_t held_not = 0;
};

// Of one line: a condition at a column, of the segment that counts it most.
using LineBranches = std::map<size_t, Branches>;
using FileLines = std::map<size_t, LineBranches>;

std::map<std::string, FileLines> by_place(const TestReport& report) {
  std::map<std::string, FileLines> files;
  for (const SegmentCoverage& segment : report.coverage) {
    for (const CoveredCondition& each : segment.conditions) {
      Branches& branches = files[each.file][each.line][each.column];
      branches.held += each.held;
      branches.held_not += each.held_not;
    }
  }
  return files;
}

// lcov tells what was never asked from what was never so.
std::string taken(size_t count, bool never) {
  return never ? "-" : fmt::to_string(count);
}

std::string of_file(const FileLines& lines) {
  std::string branches;
  std::string counts;
  size_t found = 0;
  size_t hit = 0;
  size_t lines_hit = 0;
  for (const auto& [line, conditions] : lines) {
    size_t block = 0;
    size_t asked = 0;
    for (const auto& [column, seen] : conditions) {
      const bool never = seen.held + seen.held_not == 0;
      branches +=
          fmt::format("BRDA:{0},{1},0,{2}\nBRDA:{0},{1},1,{3}\n", line, block++,
                      taken(seen.held, never), taken(seen.held_not, never));
      found += 2;
      hit += (seen.held > 0 ? 1 : 0) + (seen.held_not > 0 ? 1 : 0);
      asked += seen.held + seen.held_not;
    }
    counts += fmt::format("DA:{},{}\n", line, asked);
    lines_hit += asked > 0 ? 1 : 0;
  }
  return branches + fmt::format("BRF:{}\nBRH:{}\n", found, hit) + counts +
         fmt::format("LF:{}\nLH:{}\n", lines.size(), lines_hit);
}

// What XML 1.0 cannot hold becomes a question mark.
std::string escaped(std::string_view text) {
  std::string made;
  for (const char c : text) {
    const bool control = static_cast<unsigned char>(c) < 0x20;
    switch (c) {
      case '&':
        made += "&amp;";
        break;
      case '<':
        made += "&lt;";
        break;
      case '>':
        made += "&gt;";
        break;
      case '"':
        made += "&quot;";
        break;
      case '\n':
        made += "&#10;";
        break;
      default:
        made += control ? '?' : c;
    }
  }
  return made;
}

std::string failure_text(const TestFailure& failure) {
  std::string text = fmt::format("{}:{}: {}\n{}\n", failure.file, failure.line,
                                 failure.expected, failure.found);
  if (!failure.row.empty()) {
    text += fmt::format("in the case of line {}: {}\n", failure.row_line,
                        failure.row);
  }
  return text + failure.why;
}

std::string test_case(const TestResult& test) {
  std::string made = fmt::format(
      "    <testcase name=\"{}\" classname=\"{}\" file=\"{}\" line=\"{}\" "
      "time=\"{:.6f}\"",
      escaped(test.title), escaped(test.file), escaped(test.file), test.line,
      test.seconds);
  if (test.failures.empty()) return made + "/>\n";
  made += ">\n";
  for (const TestFailure& each : test.failures) {
    made += fmt::format("      <failure message=\"{}\">{}</failure>\n",
                        escaped(each.expected + ": " + each.found),
                        escaped(failure_text(each)));
  }
  return made + "    </testcase>\n";
}

}  // namespace

size_t SegmentCoverage::seen() const {
  size_t count = 0;
  for (const CoveredCondition& each : conditions) {
    count += (each.held > 0 ? 1 : 0) + (each.held_not > 0 ? 1 : 0);
  }
  return count;
}

std::string lcov(const TestReport& report, const std::string& folder) {
  std::string made;
  for (const auto& [file, lines] : by_place(report)) {
    made += fmt::format("TN:\nSF:{}{}\n{}end_of_record\n", folder, file,
                        of_file(lines));
  }
  return made;
}

std::string junit(const TestReport& report, const std::string& name) {
  const std::string counts =
      fmt::format("tests=\"{}\" failures=\"{}\" errors=\"0\" time=\"{:.6f}\"",
                  report.tests.size(), report.failed, report.seconds);
  std::string made = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {0}>\n"
      "  <testsuite name=\"{1}\" {0}>\n",
      counts, escaped(name));
  for (const TestResult& each : report.tests) made += test_case(each);
  return made + "  </testsuite>\n</testsuites>\n";
}

}  // namespace kitle
