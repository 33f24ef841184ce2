// kitle lint: what rules say and often do not mean.
#include "kitle/lint.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "cli/command.h"
#include "kitle/format.h"

namespace kitle::cli {
namespace {

using Style = DiagnosticStyle;

struct Options {
  std::string folder;
  Style::Format format = Style::Format::kText;
  LintOptions lint;
  bool list = false;
  bool fix = false;
  Language language = environment_language();
};

int list(Language language) {
  size_t columns = 0;
  for (const LintRule& each : lint_rules(language)) {
    columns = std::max(columns, width(each.name));
  }
  for (const LintRule& each : lint_rules(language)) {
    const char* where = each.proven ? "check" : "";
    fmt::print("{}  {}  {}  {}\n", left(each.name, columns),
               left(lint_level_name(each.level), width("warning")),
               left(each.fixes ? "fix" : where, width("check")), each.summary);
  }
  return kFine;
}

bool is_known(const std::string& name) {
  const auto all = lint_rules();
  return std::ranges::count(all, name, &LintRule::name) > 0;
}

std::string unknown(const std::string& name) {
  std::vector<std::string> names;
  for (const LintRule& each : lint_rules()) names.push_back(each.name);
  const std::string near = nearest_name(name, names);
  return fmt::format("there is no lint `{}`{}; `kitle lint --list` has them",
                     name,
                     near.empty() ? "" : ", did you mean `" + near + "`?");
}

// Writes what was mended; the rules as they are now.
Result<Rules> fixed(const Options& options, const Rules& rules) {
  const LintFixes fixes = fix_lints(rules, options.lint);
  for (const RuleText& each : fixes.files) {
    const auto path = std::filesystem::path(rules.folder()) / each.path;
    const Status written =
        write_rule_file(path.lexically_normal().string(), each.text);
    if (!written.ok()) return std::unexpected(written);
    fmt::print(stderr, "{}\n", path.lexically_normal().string());
  }
  const std::string findings =
      counted(fixes.fixed, "finding", Language::kEnglish);
  fmt::print(stderr, "{}\n",
             in_language(options.language, findings + " mended"));
  return read_rules(options.folder);
}

int report(const Options& options, const Rules& rules) {
  const bool text = options.format == Style::Format::kText;
  Style style{.format = options.format, .folder = folder_from_here(rules)};
  if (text) style = {.colour = colour_on(STDOUT_FILENO)};
  style.language = options.language;
  const LintReport report = lint(rules, options.lint, style);
  fmt::print("{}", report.text);
  if (text) {
    fmt::print("{}, {}, {}\n",
               counted(report.errors, "error", options.language),
               counted(report.warnings, "warning", options.language),
               counted(report.notes, "note", options.language));
  }
  if (text && report.fixable > 0) {
    const std::string mends =
        fmt::format("`kitle lint --fix` mends {} of them", report.fixable);
    fmt::print("{}\n", in_language(options.language, mends));
  }
  return report.errors + report.warnings == 0 ? kFine : kRules;
}

int lint_rules_of(const Options& options) {
  if (options.list) return list(options.language);
  for (const std::string& name : options.lint.only) {
    if (!is_known(name)) return usage(unknown(name));
  }
  auto rules = read_rules(options.folder);
  if (!rules) return no_rules(rules.error());
  if (!rules->ok()) {
    fmt::print("{}", rules->diagnostics({.format = options.format,
                                         .folder = folder_from_here(*rules),
                                         .language = options.language}));
    return kRules;
  }
  if (options.fix) rules = fixed(options, *rules);
  if (!rules) return trouble(rules.error());
  return report(options, *rules);
}

// "last-period=off".
std::string take_level(const std::string& written, LintLevels& levels) {
  const size_t sign = written.find('=');
  const std::string name = written.substr(0, sign);
  if (!is_known(name)) return unknown(name);
  const auto level =
      sign == std::string::npos
          ? std::nullopt
          : lint_level_named(std::string_view(written).substr(sign + 1));
  if (!level) {
    return fmt::format("`{}` is not NAME=off|note|warning|error", written);
  }
  levels[name] = *level;
  return "";
}

}  // namespace

void add_lint(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "lint", "what do the rules say that is often not meant?");
  command->footer(
      "Exit code 0 without findings, or with notes alone; else 1.\n"
      "`kitle help NAME` explains a lint with an example. What is proven of\n"
      "segments and clauses (\"check\" in the list) is told by `kitle check`, "
      "and\n"
      "here with --only alone. A comment on the\n"
      "line before allows one, with a reason:\n"
      "  # lint: allow is-not-missing because nobody without a city is meant\n"
      "kitle.toml sets levels: a table [lint] with lines NAME = \"off\".\n\n"
      "Examples:\n"
      "  kitle lint\n"
      "  kitle lint --list\n"
      "  kitle lint --fix\n"
      "  kitle lint --level magic-number=off --format sarif > lint.sarif");
  add_folder(*command, options->folder);
  add_diagnostic_format(*command, options->format, options->language);
  command->add_flag("--list", options->list,
                    "print the lints, with their levels");
  command->add_flag("--fix", options->fix,
                    "mend what can be mended without changing who is in");
  command->add_option("--only", options->lint.only, "these lints alone")
      ->type_name("NAME");
  command
      ->add_option_function<std::vector<std::string>>(
          "--level",
          [options](const std::vector<std::string>& all) {
            for (const std::string& each : all) {
              const std::string wrong = take_level(each, options->lint.levels);
              if (!wrong.empty()) throw CLI::ValidationError("--level", wrong);
            }
          },
          "a lint's level: off, note, warning or error")
      ->type_name("NAME=LEVEL");
  command->callback(
      [options, &context] { context.exit_code = lint_rules_of(*options); });
}

}  // namespace kitle::cli
