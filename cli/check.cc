// kitle check: are the rules right?
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <memory>

#include "cli/command.h"

namespace kitle::cli {
namespace {

using Style = DiagnosticStyle;

struct Options {
  std::string folder;
  Style::Format format = Style::Format::kText;
};

// The repository's folder from here, "rules/", as the readers of SARIF and of
// annotations want paths; "" for this one.
std::string folder_from_here(const Rules& rules) {
  std::error_code error;
  const std::filesystem::path folder =
      std::filesystem::proximate(rules.folder(), error);
  if (error || folder.empty() || folder == ".") return "";
  return (folder / "").generic_string();
}

// A program reads all of the output.
int print_for_program(const Rules& rules, Style::Format format) {
  fmt::print("{}", rules.diagnostics(
                       {.format = format, .folder = folder_from_here(rules)}));
  return rules.ok() ? kFine : kRules;
}

std::string counted(size_t number, const char* what) {
  return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
}

std::string counted_segments(const Rules& rules) {
  size_t stages = 0;
  for (const StagesInfo& each : rules.stages()) stages += each.count;
  const std::string segments =
      counted(rules.segments().size() - stages, "segment");
  return stages == 0 ? segments : segments + ", " + counted(stages, "stage");
}

int check(const Options& options) {
  const auto rules = read_rules(options.folder);
  if (!rules) return no_rules(rules.error());
  if (options.format != Style::Format::kText) {
    return print_for_program(*rules, options.format);
  }
  fmt::print("{}", rules->diagnostics({.colour = colour_on(STDOUT_FILENO)}));
  if (!rules->ok()) {
    fmt::print("{}, {}\n", counted(rules->errors(), "error"),
               counted(rules->warnings(), "warning"));
    return kRules;
  }
  fmt::print("{}, no errors, {}\n", counted_segments(*rules),
             counted(rules->warnings(), "warning"));
  return kFine;
}

}  // namespace

void add_check(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("check", "are the rules right?");
  command->footer(
      "Exit code 0 without errors, 1 with errors; warnings do not count.\n"
      "sarif is SARIF 2.1.0 for code scanning, github annotates the files of "
      "a pull request.\n\n"
      "Examples:\n"
      "  kitle check\n"
      "  kitle check -C my-shop --format json\n"
      "  kitle check --format sarif > kitle.sarif");
  add_folder(*command, options->folder);
  add_choice(*command, "--format", options->format,
             {{"text", Style::Format::kText},
              {"json", Style::Format::kJson},
              {"sarif", Style::Format::kSarif},
              {"github", Style::Format::kGithub}},
             "how to print; text is for people");
  command->callback(
      [options, &context] { context.exit_code = check(*options); });
}

}  // namespace kitle::cli
