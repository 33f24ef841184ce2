// kitle check: are the rules right?
#include <fmt/format.h>
#include <unistd.h>

#include <memory>

#include "cli/command.h"

namespace kitle::cli {
namespace {

struct Options {
  std::string folder;
  Format format = Format::kTable;
};

std::string counted(size_t number, const char* what) {
  return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
}

int check(const Options& options) {
  const auto rules = read_rules(options.folder);
  if (!rules) return no_rules(rules.error());
  const bool json = options.format == Format::kJson;
  const bool colour = !json && colour_on(STDOUT_FILENO);
  fmt::print("{}", rules->diagnostics({json, colour}));
  if (json) return rules->ok() ? kFine : kRules;
  if (!rules->ok()) {
    fmt::print("{}, {}\n", counted(rules->errors(), "error"),
               counted(rules->warnings(), "warning"));
    return kRules;
  }
  fmt::print("{}, no errors, {}\n",
             counted(rules->segments().size(), "segment"),
             counted(rules->warnings(), "warning"));
  return kFine;
}

}  // namespace

void add_check(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("check", "are the rules right?");
  command->footer(
      "Exit code 0 without errors, 1 with errors; warnings do not count.\n\n"
      "Examples:\n"
      "  kitle check\n"
      "  kitle check -C my-shop --format json");
  add_folder(*command, options->folder);
  add_format(*command, options->format, false);
  command->callback(
      [options, &context] { context.exit_code = check(*options); });
}

}  // namespace kitle::cli
