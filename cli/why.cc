// kitle why: why one person is in a segment, or is not.
#include "kitle/why.h"

#include <fmt/format.h>
#include <unistd.h>

#include <memory>

#include "cli/evaluate.h"

namespace kitle::cli {
namespace {

enum class WhyFormat : uint8_t { kText, kJson };

struct Options {
  EvaluateOptions evaluate;  // folder, store, as_of
  WhyOptions why;
  WhyFormat format = WhyFormat::kText;
};

int print(const Options& options, const Rules& rules, const Store& store) {
  const auto why = explain_person(rules, store, options.why);
  if (!why && why.error().code() == StatusCode::kNotFound) {
    return usage(why.error().cause());
  }
  if (!why) return trouble(why.error());
  for (const std::string& warning : why->warnings) {
    fmt::print(stderr, "kitle: warning: {}\n", warning);
  }
  fmt::print("{}", options.format == WhyFormat::kJson
                       ? why_json(*why)
                       : why_text(*why, colour_on(STDOUT_FILENO)));
  return kFine;
}

int why(Options& options, Context& context) {
  context.json = options.format == WhyFormat::kJson;
  const auto rules =
      load(options.evaluate.folder, context, {options.why.segment});
  if (!rules) return context.exit_code;
  if (!can_explain(*rules, options.why.segment)) {
    return usage(unknown_segment(*rules, options.why.segment));
  }
  const auto store = open_store(options.evaluate, *rules);
  if (!store) return trouble(store.error());
  const auto now = instant_of(*rules, *store, options.evaluate.as_of);
  if (!now) return usage("--as-of: " + now.error().cause());
  options.why.now = *now;
  return print(options, *rules, *store);
}

}  // namespace

void add_why(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("why", "why one person is in a segment, or is not");
  command->footer(
      "Prints a sentence, the condition with what each part of it found (`>`\n"
      "marks the parts that decide), and when the answer will change if\n"
      "nothing new happens. Values of personal attributes are not shown.\n\n"
      "Examples:\n"
      "  kitle why 4711 lapsed\n"
      "  kitle why 4711 lifecycle --as-of 2026-03-01\n"
      "  kitle why 4711 lifecycle.lost --format json");
  command->add_option("customer", options->why.key, "the person's key")
      ->required()
      ->type_name("KEY");
  command
      ->add_option(
          "segment", options->why.segment,
          "a segment, a persona, a stage; or stages, or a score: which "
          "one, and why")
      ->required()
      ->type_name("SEGMENT");
  add_folder(*command, options->evaluate.folder);
  add_store(*command, options->evaluate.store);
  add_as_of(*command, options->evaluate.as_of);
  command
      ->add_option("--events", options->why.events,
                   "how many events to show for a clause; else 3")
      ->check(CLI::Range(0, 1'000'000).description(""))
      ->type_name("N");
  command
      ->add_option("--days", options->why.days,
                   "how far ahead to look for a change; else 400")
      ->check(CLI::Range(1, 4000).description(""))
      ->type_name("N");
  add_choice<WhyFormat>(
      *command, "--format", options->format,
      {{"text", WhyFormat::kText}, {"json", WhyFormat::kJson}},
      "how to print; text is for people");
  command->callback(
      [options, &context] { context.exit_code = why(*options, context); });
}

}  // namespace kitle::cli
