// kitle check: are the rules right?
#include <fmt/format.h>
#include <unistd.h>

#include <memory>

#include "cli/command.h"
#include "cli/guards.h"

namespace kitle::cli {
namespace {

using Style = DiagnosticStyle;

struct Options {
  std::string folder;
  Style::Format format = Style::Format::kText;
  bool relations = false;
  Language language = environment_language();
};

// A program reads all of the output.
int print_for_program(const Rules& rules, const Options& options) {
  fmt::print("{}", rules.diagnostics({.format = options.format,
                                      .folder = folder_from_here(rules),
                                      .language = options.language}));
  return rules.ok() ? kFine : kRules;
}

std::string counted_segments(const Rules& rules, Language language) {
  size_t stages = 0;
  for (const StagesInfo& each : rules.stages()) stages += each.count;
  const std::string segments =
      counted(rules.segments().size() - stages, "segment", language);
  return stages == 0 ? segments
                     : segments + ", " + counted(stages, "stage", language);
}

int check_relations(const Options& options, Context& context) {
  context.json = options.format == Style::Format::kJson;
  const auto rules = load(options.folder, context);
  if (!rules) return context.exit_code;
  const RelationReport report = relations_of(*rules);
  if (options.format == Style::Format::kJson) {
    print_relations_json(report);
  } else {
    print_relations(report);
  }
  return kFine;
}

int check(const Options& options, Context& context) {
  const bool listing = options.format == Style::Format::kText ||
                       options.format == Style::Format::kJson;
  if (options.relations && !listing) {
    return usage("--relations prints text or json");
  }
  if (options.relations) return check_relations(options, context);
  const auto rules = read_rules(options.folder, {.proven = true});
  if (!rules) return no_rules(rules.error());
  if (options.format != Style::Format::kText) {
    return print_for_program(*rules, options);
  }
  fmt::print("{}", rules->diagnostics({.colour = colour_on(STDOUT_FILENO),
                                       .language = options.language}));
  const Language language = options.language;
  const std::string warnings = counted(rules->warnings(), "warning", language);
  if (!rules->ok()) {
    fmt::print("{}, {}\n", counted(rules->errors(), "error", language),
               warnings);
    return kRules;
  }
  fmt::print("{}, {}, {}\n", counted_segments(*rules, language),
             in_language(language, "no errors"), warnings);
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
      "  kitle check --format sarif > kitle.sarif\n"
      "  kitle check --relations     which segments imply or exclude others");
  add_folder(*command, options->folder);
  add_diagnostic_format(*command, options->format, options->language);
  command->add_flag("--relations", options->relations,
                    "print which segments imply, exclude or equal one another, "
                    "whatever is stored, and which guards follow from that");
  command->callback(
      [options, &context] { context.exit_code = check(*options, context); });
}

}  // namespace kitle::cli
