// kitle explain: every stage from text to machine code.
#include <fmt/format.h>

#include <array>
#include <memory>
#include <vector>

#include "cli/command.h"

namespace kitle::cli {
namespace {

struct Options {
  std::string folder;
  std::string segment;
  Stage stage = Stage::kTyped;
};

int explain(const Options& options, Context& context) {
  const auto rules = load(options.folder, context);
  if (!rules) return context.exit_code;
  const auto text = rules->explain(options.stage, options.segment);
  if (!text && text.error().code() == StatusCode::kNotFound) {
    return usage(text.error().cause());
  }
  if (!text) return trouble(text.error());
  fmt::print("{}", *text);
  return kFine;
}

// The stages as flags, of which at most one may be given.
void add_stages(CLI::App& command, Options& options) {
  struct Row {
    const char* flag;
    Stage stage;
    const char* what;
  };
  constexpr std::array<Row, 5> kRows{{
      {"--syntax", Stage::kSyntax, "as written"},
      {"--typed", Stage::kTyped, "names and types resolved (the default)"},
      {"--plan", Stage::kPlan, "the shared graph of all rules"},
      {"--program", Stage::kProgram, "array operations"},
      {"--code", Stage::kCode, "what machine code is made from: LLVM IR"},
  }};
  std::vector<CLI::Option*> flags;
  for (const Row& row : kRows) {
    CLI::Option* flag = command.add_flag_callback(
        row.flag, [&options, stage = row.stage] { options.stage = stage; },
        row.what);
    for (CLI::Option* other : flags) flag->excludes(other);
    flags.push_back(flag);
  }
}

}  // namespace

void add_explain(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("explain", "show how the rules are understood");
  add_folder(*command, options->folder);
  command->add_option("segment", options->segment, "only this; else all")
      ->type_name("SEGMENT");
  add_stages(*command, *options);
  command->footer(
      "Values that are compared with personal attributes are not shown, but "
      "in\n"
      "the syntax tree, which is the rule's own text.\n\n"
      "Examples:\n"
      "  kitle explain lapsed\n"
      "  kitle explain --plan\n"
      "  kitle explain lapsed --code");
  command->callback(
      [options, &context] { context.exit_code = explain(*options, context); });
}

}  // namespace kitle::cli
