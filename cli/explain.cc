// kitle explain: every stage from text to machine code, and what it costs.
#include <fmt/format.h>

#include <array>
#include <memory>
#include <vector>

#include "cli/cost.h"

namespace kitle::cli {
namespace {

struct Options {
  EvaluateOptions evaluate;
  std::vector<std::string> segments;
  Stage stage = Stage::kTyped;
  bool cost = false;
  bool analyze = false;
};

// Options that say nothing of how rules are understood.
bool asks_of_store(const EvaluateOptions& options) {
  return !options.store.empty() || !options.as_of.empty() ||
         options.run.threads != 0 || options.format != Format::kTable;
}

int explain(const Options& options, Context& context) {
  if (options.cost || options.analyze) {
    EvaluateOptions asked = options.evaluate;
    asked.run.segments = options.segments;
    return explain_cost(asked, options.analyze, context);
  }
  if (asks_of_store(options.evaluate)) {
    return usage(
        "--store, --as-of, --threads and --format stand with --cost or "
        "--analyze");
  }
  if (options.segments.size() > 1) {
    return usage("several segments stand with --cost or --analyze");
  }
  const auto rules = load(options.evaluate.folder, context);
  if (!rules) return context.exit_code;
  const auto text = rules->explain(
      options.stage, options.segments.empty() ? "" : options.segments[0]);
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
  CLI::Option* cost = command.add_flag(
      "--cost", options.cost,
      "what each segment looks at in the store, and what it shares");
  CLI::Option* analyze =
      command.add_flag("--analyze", options.analyze,
                       "run, and say what each segment and operation takes");
  cost->excludes(analyze);
  for (CLI::Option* other : flags) {
    cost->excludes(other);
    analyze->excludes(other);
  }
}

void add_store_options(CLI::App& command, EvaluateOptions& options) {
  add_store(command, options.store);
  add_as_of(command, options.as_of);
  command
      .add_option("--threads", options.run.threads,
                  "of --analyze; else as many as there are cores")
      ->check(CLI::Range(0, 256).description(""))
      ->type_name("N");
  add_format(command, options.format, false);
}

}  // namespace

void add_explain(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("explain", "show how the rules are understood");
  add_folder(*command, options->evaluate.folder);
  command->add_option("segments", options->segments, "only these; else all")
      ->type_name("SEGMENT");
  add_stages(*command, *options);
  add_store_options(*command, options->evaluate);
  command->footer(
      "Values that are compared with personal attributes are not shown, but "
      "in\n"
      "the syntax tree, which is the rule's own text.\n\n"
      "Examples:\n"
      "  kitle explain lapsed\n"
      "  kitle explain --plan\n"
      "  kitle explain --cost\n"
      "  kitle explain --analyze --as-of 2026-03-01\n"
      "  kitle explain lapsed --code");
  command->callback(
      [options, &context] { context.exit_code = explain(*options, context); });
}

}  // namespace kitle::cli
