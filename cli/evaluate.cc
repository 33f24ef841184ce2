#include "cli/evaluate.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <utility>

#include "cli/progress.h"
#include "cli/signals.h"

namespace kitle::cli {
namespace {

// The wall clock, once, cut to the second.
int64_t wall_clock() {
  const auto now = std::chrono::floor<std::chrono::seconds>(
      std::chrono::system_clock::now());
  return std::chrono::duration_cast<std::chrono::microseconds>(
             now.time_since_epoch())
      .count();
}

Status open_status(const Status& status, const std::string& folder) {
  if (status.code() != StatusCode::kNotFound) return status;
  return {StatusCode::kNotFound, "open the store", folder,
          "there is none yet; `kitle ingest` makes it"};
}

Result<Answers> run_engine(const EvaluateOptions& options, const Rules& rules,
                           const Store& store, int64_t now) {
  const auto engine = Engine::create(rules, {"", !options.no_cache});
  if (!engine) return std::unexpected(engine.error());
  RunOptions run = options.run;
  run.now = now;
  run.cancel = &watch_signals();
  const Waiting waiting("evaluating", is_terminal(STDERR_FILENO));
  auto result = engine->run(store, run);
  if (!result) return std::unexpected(result.error());
  return Answers{.rules = rules,
                 .store = store,
                 .result = std::move(*result),
                 .engine = *engine};
}

}  // namespace

Result<int64_t> instant_of(const Rules& rules, const Store& store,
                           const std::string& as_of) {
  if (as_of.empty()) return wall_clock();
  return rules.instant(as_of, &store);
}

std::string unknown_segment(const Rules& rules, const std::string& name) {
  const std::string near = nearest_name(name, segment_names(rules));
  return "there is no segment `" + name + "`" +
         (near.empty() ? "" : "; did you mean `" + near + "`?");
}

Result<Store> open_store(const EvaluateOptions& options, const Rules& rules) {
  const std::string& folder =
      options.store.empty() ? rules.store_folder() : options.store;
  auto store = Store::open(folder);
  if (!store) return std::unexpected(open_status(store.error(), folder));
  return store;
}

void add_as_of(CLI::App& command, std::string& as_of) {
  command
      .add_option("--as-of", as_of,
                  "now: a date (its midnight), a local time or RFC 3339; else "
                  "the clock, cut to the second")
      ->check(CLI::Validator(
          [](const std::string& text) {
            return std::string(text.empty() ? "an instant is empty" : "");
          },
          ""))
      ->type_name("INSTANT");
}

void add_evaluate_options(CLI::App& command, EvaluateOptions& options) {
  add_folder(command, options.folder);
  add_store(command, options.store);
  add_as_of(command, options.as_of);
  add_choice<Tier>(command, "--tier", options.run.tier,
                   {{"auto", Tier::kAuto},
                    {"reference", Tier::kReference},
                    {"interpreter", Tier::kInterpreter},
                    {"compiled", Tier::kCompiled}},
                   "how to evaluate; the answers are the same");
  command
      .add_option("--threads", options.run.threads,
                  "how many; else as many as there are cores")
      ->check(CLI::Range(0, 256).description(""))
      ->type_name("N");
  command.add_flag("--no-cache", options.no_cache,
                   "neither read nor keep compiled code");
  add_format(command, options.format, true);
}

std::optional<Opened> open_named(const EvaluateOptions& options,
                                 const Rules& rules, Context& context) {
  for (const std::string& name : options.run.segments) {
    if (rules.has_segment(name)) continue;
    context.exit_code = usage(unknown_segment(rules, name));
    return std::nullopt;
  }
  auto store = open_store(options, rules);
  if (!store) {
    context.exit_code = trouble(store.error());
    return std::nullopt;
  }
  const auto now = instant_of(rules, *store, options.as_of);
  if (!now) {
    context.exit_code = usage("--as-of: " + now.error().cause());
    return std::nullopt;
  }
  return Opened{*std::move(store), *now};
}

std::optional<Answers> evaluate(const EvaluateOptions& options,
                                const Rules& rules, Context& context) {
  const auto opened = open_named(options, rules, context);
  if (!opened) return std::nullopt;
  auto answers = run_engine(options, rules, opened->store, opened->now);
  if (answers) return std::move(*answers);
  context.exit_code = trouble(answers.error());
  return std::nullopt;
}

}  // namespace kitle::cli
