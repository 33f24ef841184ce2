// kitle test: do the tests of the rules hold?
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <thread>

#include "cli/command.h"
#include "cli/test_print.h"
#include "kitle/format.h"
#include "kitle/tests.h"

namespace kitle::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string folder;
  TestOptions tests;
  TestFormat format = TestFormat::kText;
  bool verbose = false;
  bool coverage = false;
  std::optional<unsigned> coverage_min;
  std::string junit_file;
  std::string lcov_file;
  bool mutate = false;
  MutationOptions mutation;
  bool watch = false;
};

int write_file(const std::string& path, const std::string& text) {
  if (path.empty()) return kFine;
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  return file ? kFine : trouble("write " + path + ": it cannot be written");
}

// Without a filter, none are no mistake.
bool meant_none(const Options& options, size_t found) {
  return found == 0 && !options.tests.filter.empty();
}

int no_such_test(const Options& options) {
  return usage("no test has `" + options.tests.filter +
               "` in its title, and none asks for a segment of this name");
}

int below_minimum(const TestReport& report, unsigned minimum) {
  const Share share = coverage_of(report);
  if (share.seen * 100 >= share.wanted * minimum) return kFine;
  fmt::print(stderr, "kitle: the coverage is below {} %\n", minimum);
  return kRules;
}

int run(const Rules& rules, const Options& options) {
  TestOptions asked = options.tests;
  asked.coverage = options.coverage || options.coverage_min.has_value() ||
                   !options.lcov_file.empty();
  const auto report = run_tests(rules, asked);
  if (!report) return trouble(report.error());
  if (meant_none(options, report->tests.size())) {
    return no_such_test(options);
  }
  print_tests(*report, rules.name(), options.format, options.verbose);
  if (options.coverage && options.format == TestFormat::kText) {
    print_coverage(*report);
  }
  const std::string folder = folder_from_here(rules);
  int code = write_file(options.junit_file, junit(*report, rules.name()));
  if (code == kFine)
    code = write_file(options.lcov_file, lcov(*report, folder));
  if (code != kFine) return code;
  if (report->failed > 0) return kRules;
  return options.coverage_min ? below_minimum(*report, *options.coverage_min)
                              : kFine;
}

int mutate(const Rules& rules, const Options& options) {
  // What fails is shown as ever.
  const auto tests = run_tests(rules, options.tests);
  if (!tests) return trouble(tests.error());
  if (meant_none(options, tests->tests.size())) {
    return no_such_test(options);
  }
  if (tests->failed > 0) {
    print_tests(*tests, rules.name(), options.format, options.verbose);
    return kRules;
  }
  MutationOptions asked = options.mutation;
  asked.filter = options.tests.filter;
  asked.threads = options.tests.threads;
  const auto report = mutate_tests(rules, asked);
  if (!report) return trouble(report.error());
  print_mutants(*report, options.format, options.verbose);
  return kFine;
}

int once(const Options& options) {
  Context context;
  context.json = options.format == TestFormat::kJson;
  const auto rules = load(options.folder, context);
  if (!rules) return context.exit_code;
  return options.mutate ? mutate(*rules, options) : run(*rules, options);
}

// ---- again whenever a file of the rules changes ----

// Everything that the answer depends on.
std::string all_texts(const std::string& folder) {
  const auto files = read_rule_files(folder);
  if (!files) return files.error().message();
  std::string all;
  const auto settings =
      read_rule_file((fs::path(files->folder) / "kitle.toml").string());
  if (settings) all += *settings;
  for (const RuleText& each : files->texts) {
    all += '\0' + each.path + '\0' + each.text;
  }
  return all;
}

constexpr auto kPause = std::chrono::milliseconds(150);

// The texts once they stay as they are: a file may be half written when it is
// read.
std::string settled_texts(const std::string& folder) {
  std::string texts = all_texts(folder);
  while (true) {
    std::this_thread::sleep_for(kPause);
    std::string again = all_texts(folder);
    if (again == texts) return texts;
    texts = std::move(again);
  }
}

int watch(const Options& options) {
  std::string before = all_texts(options.folder);
  while (true) {
    once(options);
    fmt::print("waiting for a change; stop with Ctrl-C\n");
    std::fflush(stdout);
    std::string texts = before;
    while (texts == before) texts = settled_texts(options.folder);
    before = std::move(texts);
  }
}

int test(const Options& options) {
  const bool files = !options.junit_file.empty() || !options.lcov_file.empty();
  if (options.mutate && (options.coverage || options.coverage_min || files)) {
    return usage("--mutate is asked alone, without coverage and files");
  }
  if (options.mutate && options.format == TestFormat::kJunit) {
    return usage("mutants are printed as text or json");
  }
  return options.watch ? watch(options) : once(options);
}

// ---- options ----

void add_report_options(CLI::App& command, Options& options) {
  add_choice(command, "--format", options.format,
             {{"text", TestFormat::kText},
              {"json", TestFormat::kJson},
              {"junit", TestFormat::kJunit}},
             "how to print; text is for people");
  command.add_flag("--verbose", options.verbose,
                   "name the tests that hold, too");
  command
      .add_option("--junit", options.junit_file,
                  "write JUnit's XML to this file, too")
      ->type_name("FILE");
  command.add_flag("--coverage", options.coverage,
                   "which conditions of the segments were never seen to hold, "
                   "or not to hold");
  command
      .add_option("--coverage-min", options.coverage_min,
                  "exit code 1 below this many percent")
      ->check(CLI::Range(0, 100).description(""))
      ->type_name("PERCENT");
  command
      .add_option("--lcov", options.lcov_file,
                  "write the coverage to this file, as lcov's tracefile")
      ->type_name("FILE");
}

void add_mutation_options(CLI::App& command, Options& options) {
  command.add_flag("--mutate", options.mutate,
                   "change the rules, one small mistake at a time: do the "
                   "tests notice?");
  command
      .add_option("--mutants", options.mutation.limit,
                  "try at most so many; else 200")
      ->type_name("N");
  command
      .add_option("--seed", options.mutation.seed,
                  "decides which, where there are more; else 1")
      ->type_name("N");
}

}  // namespace

void add_test(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("test", "do the tests of the rules hold?");
  command->footer(
      "Runs every `test \"...\" { ... }` of the repository. Nothing is read "
      "from the store.\n"
      "FILTER is a part of a title, or the name of a segment that tests ask "
      "for.\n"
      "Exit code 0 if all hold, 1 if one does not or the rules have errors, 2 "
      "if no test is meant.\n\n"
      "Examples:\n"
      "  kitle test\n"
      "  kitle test lapsed --verbose\n"
      "  kitle test --coverage --coverage-min 80\n"
      "  kitle test --mutate\n"
      "  kitle test --junit tests.xml --lcov coverage.info");
  add_folder(*command, options->folder);
  command->add_option("filter", options->tests.filter, "which tests; else all")
      ->type_name("SEGMENT|FILTER");
  add_report_options(*command, *options);
  add_mutation_options(*command, *options);
  command->add_flag("--watch", options->watch,
                    "again whenever a file of the rules changes");
  command
      ->add_option("--threads", options->tests.threads,
                   "how many; else as many as there are cores")
      ->check(CLI::Range(0, 256).description(""))
      ->type_name("N");
  command->callback(
      [options, &context] { context.exit_code = test(*options); });
}

}  // namespace kitle::cli
