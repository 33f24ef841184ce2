// See test_print.h.
#include "cli/test_print.h"

#include <fmt/format.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "cli/command.h"

namespace kitle::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string number_of(size_t number, const char* what) {
  return counted(number, what, environment_language());
}

std::string said(const std::string& english) {
  return in_language(environment_language(), english);
}

std::string in_red(const char* text) {
  return colour_on(STDOUT_FILENO) ? fmt::format("\033[1;31m{}\033[0m", text)
                                  : text;
}

void print_json(const Json& json) {
  fmt::print("{}\n", json.dump(2, ' ', false, Json::error_handler_t::replace));
}

// ---- tests ----

void print_lines(const std::string& text) {
  for (size_t at = 0; at < text.size();) {
    const size_t end = text.find('\n', at);
    fmt::print("    {}\n", text.substr(at, end - at));
    at = end == std::string::npos ? text.size() : end + 1;
  }
}

void print_failure(const TestFailure& failure) {
  fmt::print("  {}:{}: {}\n    {}\n", failure.file, failure.line,
             failure.expected, failure.found);
  if (!failure.row.empty()) {
    fmt::print("    in the case of line {}: {}\n", failure.row_line,
               failure.row);
  }
  print_lines(failure.why);
}

void print_test(const TestResult& test, bool verbose) {
  if (test.failures.empty()) {
    if (verbose) fmt::print("ok   {}\n", test.title);
    return;
  }
  fmt::print("{} {}  {}:{}\n", in_red("FAIL"), test.title, test.file,
             test.line);
  for (const TestFailure& each : test.failures) print_failure(each);
}

void print_text(const TestReport& report, bool verbose) {
  for (const TestResult& each : report.tests) print_test(each, verbose);
  if (report.tests.empty()) {
    fmt::print("{}\n", said("no tests; one begins with `test \"...\" {`"));
    return;
  }
  const std::string told =
      fmt::format("{}, {}", number_of(report.tests.size(), "test"),
                  number_of(report.expectations, "expectation"));
  const std::string answer =
      report.failed == 0
          ? said("all hold")
          : said(fmt::format("{} failed", counted(report.failed, "test",
                                                  Language::kEnglish)));
  fmt::print("{}: {} ({})\n", told, answer, seconds_text(report.seconds));
}

Json json_of(const TestFailure& failure) {
  Json made = {{"file", failure.file},
               {"line", failure.line},
               {"expected", failure.expected},
               {"found", failure.found},
               {"why", failure.why}};
  if (!failure.row.empty()) {
    made["case"] = failure.row;
    made["case_line"] = failure.row_line;
  }
  return made;
}

Json json_of(const TestResult& test) {
  Json failures = Json::array();
  for (const TestFailure& each : test.failures) {
    failures.push_back(json_of(each));
  }
  return {{"title", test.title},
          {"file", test.file},
          {"line", test.line},
          {"expectations", test.expectations},
          {"failures", std::move(failures)},
          {"seconds", test.seconds}};
}

Json json_of(const SegmentCoverage& segment) {
  Json conditions = Json::array();
  for (const CoveredCondition& each : segment.conditions) {
    conditions.push_back({{"file", each.file},
                          {"line", each.line},
                          {"column", each.column},
                          {"text", each.text},
                          {"held", each.held},
                          {"held_not", each.held_not}});
  }
  return {{"segment", segment.name},
          {"seen", segment.seen()},
          {"wanted", segment.wanted()},
          {"conditions", std::move(conditions)}};
}

void print_json(const TestReport& report) {
  Json tests = Json::array();
  for (const TestResult& each : report.tests) tests.push_back(json_of(each));
  Json json = {{"tests", std::move(tests)},
               {"expectations", report.expectations},
               {"failed", report.failed},
               {"seconds", report.seconds}};
  if (!report.coverage.empty()) {
    Json coverage = Json::array();
    for (const SegmentCoverage& each : report.coverage) {
      coverage.push_back(json_of(each));
    }
    json["coverage"] = std::move(coverage);
  }
  print_json(json);
}

// ---- coverage ----

std::string whole_percent(size_t seen, size_t wanted) {
  // Rounded down, so that only everything is 100 %.
  return wanted == 0 ? "-" : fmt::format("{} %", 100 * seen / wanted);
}

void print_unseen(const CoveredCondition& condition) {
  const bool never = condition.held == 0 && condition.held_not == 0;
  const bool lacks = condition.held == 0 || condition.held_not == 0;
  if (!lacks) return;
  const char* what = never                 ? "never asked"
                     : condition.held == 0 ? "never true"
                                           : "never false";
  fmt::print("    {}:{}:{}: {}: {}\n", condition.file, condition.line,
             condition.column, what, condition.text);
}

// ---- mutants ----

void print_mutant(const MutantResult& mutant) {
  fmt::print("{}  {}:{}:{}\n  - {}\n  + {}\n",
             mutant.killed ? "killed  " : "survived", mutant.file, mutant.line,
             mutant.column, mutant.before,
             mutant.after.empty() ? "(left out)" : mutant.after);
}

void print_text(const MutationReport& report, bool verbose) {
  for (const MutantResult& each : report.mutants) {
    if (verbose || !each.killed) print_mutant(each);
  }
  if (!report.untested.empty()) {
    fmt::print("no test asks for: {}\n", fmt::join(report.untested, ", "));
  }
  const size_t tried = report.mutants.size();
  const size_t chosen = tried + report.no_rules;
  const std::string of = chosen < report.possible
                             ? fmt::format(" (of {} possible)", report.possible)
                             : "";
  fmt::print("{}{}: {}, {} ({})\n", number_of(tried, "mutant"), said(of),
             said(fmt::format("{} killed", report.killed)),
             said(fmt::format("{} survived", tried - report.killed)),
             whole_percent(report.killed, tried));
}

void print_json(const MutationReport& report) {
  Json mutants = Json::array();
  for (const MutantResult& each : report.mutants) {
    mutants.push_back({{"file", each.file},
                       {"line", each.line},
                       {"column", each.column},
                       {"before", each.before},
                       {"after", each.after},
                       {"killed", each.killed}});
  }
  print_json(Json{{"mutants", std::move(mutants)},
                  {"killed", report.killed},
                  {"possible", report.possible},
                  {"untested", report.untested}});
}

}  // namespace

Share coverage_of(const TestReport& report) {
  Share share;
  for (const SegmentCoverage& each : report.coverage) {
    share.seen += each.seen();
    share.wanted += each.wanted();
  }
  return share;
}

void print_tests(const TestReport& report, const std::string& name,
                 TestFormat format, bool verbose) {
  switch (format) {
    case TestFormat::kText:
      return print_text(report, verbose);
    case TestFormat::kJson:
      return print_json(report);
    case TestFormat::kJunit:
      fmt::print("{}", junit(report, name));
  }
}

void print_coverage(const TestReport& report) {
  size_t longest = 0;
  for (const SegmentCoverage& each : report.coverage) {
    longest = std::max(longest, width(each.name));
  }
  for (const SegmentCoverage& each : report.coverage) {
    fmt::print("  {}  {}\n", left(each.name, longest),
               right(whole_percent(each.seen(), each.wanted()), 5));
    for (const CoveredCondition& condition : each.conditions) {
      print_unseen(condition);
    }
  }
  const Share all = coverage_of(report);
  const std::string share = fmt::format("coverage: {} ({} of {})",
                                        whole_percent(all.seen, all.wanted),
                                        grouped(all.seen), grouped(all.wanted));
  fmt::print("{}\n", said(share));
}

void print_mutants(const MutationReport& report, TestFormat format,
                   bool verbose) {
  if (format == TestFormat::kJson) return print_json(report);
  print_text(report, verbose);
}

}  // namespace kitle::cli
