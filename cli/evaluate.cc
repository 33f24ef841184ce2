#include "cli/evaluate.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <expected>
#include <span>
#include <utility>

#include "cli/progress.h"
#include "cli/signals.h"
#include "kitle/bundle.h"

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

// `asked`: the rules, or their bundle.
template <class Asked>
Instants instants_of(const Asked& asked, const Store& store) {
  return {.read =
              [&](const std::string& written) {
                return asked.instant(written, &store);
              },
          .text =
              [&](int64_t instant) {
                return asked.local_time(instant, &store) + " " +
                       asked.time_zone();
              }};
}

template <class Asked>
Result<Answers> run_engine(const EvaluateOptions& options, const Engine& engine,
                           const Asked& asked, const Opened& opened,
                           std::span<const KeptRun> kept) {
  RunOptions run = options.run;
  run.kept = kept;
  run.now = opened.now;
  run.cancel = &watch_signals();
  const Waiting waiting("evaluating", is_terminal(STDERR_FILENO));
  auto result = engine.run(opened.store, run);
  if (!result) return std::unexpected(result.error());
  return Answers{.store = opened.store,
                 .result = std::move(*result),
                 .stages = asked.stages(),
                 .now_text = instants_of(asked, opened.store).text(opened.now),
                 .engine = engine};
}

Result<Store> open_folder(const std::string& folder) {
  auto store = Store::open(folder);
  if (!store) return std::unexpected(open_status(store.error(), folder));
  return store;
}

template <class Asked>
std::string no_segment(const Asked& asked, const std::string& name) {
  std::vector<std::string> names;
  for (const SegmentInfo& each : asked.segments()) names.push_back(each.name);
  for (const StagesInfo& each : asked.stages()) names.push_back(each.name);
  const std::string near = nearest_name(name, names);
  return "there is no segment `" + name + "`" +
         (near.empty() ? "" : "; did you mean `" + near + "`?");
}

// Nothing after the trouble was printed and the exit code is set.
template <class Asked>
std::optional<Opened> open_at(const EvaluateOptions& options,
                              const std::string& store_folder,
                              const Asked& asked, Context& context) {
  for (const std::string& name : options.run.segments) {
    if (asked.has_segment(name)) continue;
    context.exit_code = usage(no_segment(asked, name));
    return std::nullopt;
  }
  auto store = open_folder(store_folder);
  if (!store) {
    context.exit_code = trouble(store.error());
    return std::nullopt;
  }
  if (options.as_of.empty()) return Opened{*std::move(store), wall_clock()};
  const auto now = asked.instant(options.as_of, &*store);
  if (now) return Opened{*std::move(store), *now};
  context.exit_code = usage("--as-of: " + now.error().cause());
  return std::nullopt;
}

// Nothing after the trouble was printed and the exit code is set.
template <class Asked>
std::optional<Answers> answer(const EvaluateOptions& options,
                              const Engine& engine, const Asked& asked,
                              const Opened& opened, Context& context) {
  std::optional<Since> since;
  if (!options.since.empty()) {
    since = find_since(options.since, opened.store, opened.now,
                       instants_of(asked, opened.store), context);
    if (!since) return std::nullopt;
  }
  std::span<const KeptRun> kept;
  if (since) kept = since->until_now;
  auto answers = run_engine(options, engine, asked, opened, kept);
  if (!answers) {
    context.exit_code = trouble(answers.error());
    return std::nullopt;
  }
  answers->since = std::move(since);
  return std::move(*answers);
}

// The store that the repository names, or why none is known.
std::expected<std::string, std::string> store_named(
    const std::string& repository) {
  const auto rules = load_rules(repository);
  if (!rules) {
    return std::unexpected("no repository says where the store is (" +
                           rules.error().message() + "): --store FOLDER does");
  }
  if (!rules->ok()) {
    return std::unexpected(
        "the repository that is to say where the store is has mistakes (`kitle "
        "check` tells them): --store FOLDER does");
  }
  return rules->store_folder();
}

}  // namespace

Result<int64_t> instant_of(const Rules& rules, const Store& store,
                           const std::string& as_of) {
  if (as_of.empty()) return wall_clock();
  return rules.instant(as_of, &store);
}

std::string unknown_segment(const Rules& rules, const std::string& name) {
  return no_segment(rules, name);
}

Result<Store> open_store(const EvaluateOptions& options, const Rules& rules) {
  return open_folder(options.store.empty() ? rules.store_folder()
                                           : options.store);
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
  return open_at(options,
                 options.store.empty() ? rules.store_folder() : options.store,
                 rules, context);
}

std::optional<Answers> evaluate(const EvaluateOptions& options,
                                const Rules& rules, Context& context) {
  const auto opened = open_named(options, rules, context);
  if (!opened) return std::nullopt;
  const auto engine = Engine::create(rules, {"", !options.no_cache});
  if (!engine) {
    context.exit_code = trouble(engine.error());
    return std::nullopt;
  }
  return answer(options, *engine, rules, *opened, context);
}

std::optional<Answers> evaluate_bundle(const EvaluateOptions& options,
                                       const std::string& file,
                                       Context& context) {
  const auto bundle = Bundle::open(file);
  if (!bundle) {
    context.exit_code = trouble(bundle.error());
    return std::nullopt;
  }
  std::string folder = options.store;
  if (folder.empty()) {
    const auto named = store_named(options.folder);
    if (!named) {
      context.exit_code = usage(named.error());
      return std::nullopt;
    }
    folder = *named;
  }
  const auto opened = open_at(options, folder, *bundle, context);
  if (!opened) return std::nullopt;
  const std::string& interpreted = bundle->no_machine_code();
  if (!interpreted.empty() && options.run.tier == Tier::kAuto) {
    fmt::print(stderr, "kitle: note: the interpreter answers: {}\n",
               interpreted);
  }
  return answer(options, Engine::create(*bundle), *bundle, *opened, context);
}

}  // namespace kitle::cli
