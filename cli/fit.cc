// kitle fit: bands by quantile and `in top`, from the people of the store.
#include "kitle/fit.h"

#include <fmt/format.h>
#include <unistd.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "cli/evaluate.h"
#include "cli/progress.h"
#include "cli/signals.h"

namespace kitle::cli {
namespace {

struct Options {
  EvaluateOptions evaluate;  // folder, store, as_of, format
  FitOptions fit;
  bool dry_run = false;
};

uint64_t everyone(const FittedBands& bands) {
  uint64_t sum = 0;
  for (const uint64_t people : bands.people) sum += people;
  return sum;
}

// Each band with its people and the best value of it or a worse one.
void print_bands(const FitResult& fit, const FittedBands& bands) {
  const uint64_t all = everyone(bands);
  fmt::print("\n{}.{}, {} people\n", fit.name, bands.name, grouped(all));
  for (size_t i = 0; i < bands.people.size(); ++i) {
    const bool last = i == bands.cuts.size();
    const bool none = !last && bands.cuts[i] == "none";
    std::string up_to = last ? "better" : fmt::format("to {}", bands.cuts[i]);
    if (none) up_to = "nobody";
    fmt::print("  {}  {}  {}  {}\n", right(std::to_string(i + 1), 2),
               right(grouped(bands.people[i]), 13),
               right(percent(bands.people[i], all), 9), up_to);
  }
}

void print_table(const std::vector<FitResult>& fits) {
  for (const FitResult& fit : fits) {
    for (const FittedBands& bands : fit.dimensions) print_bands(fit, bands);
  }
}

void print_json(const std::vector<FitResult>& fits) {
  auto json = nlohmann::ordered_json::array();
  for (const FitResult& fit : fits) {
    auto dimensions = nlohmann::ordered_json::array();
    for (const FittedBands& bands : fit.dimensions) {
      dimensions.push_back({{"name", bands.name},
                            {"cuts", bands.cuts},
                            {"people", bands.people}});
    }
    json.push_back({{"name", fit.name},
                    {"now", utc_text(fit.now)},
                    {"file", fit.path},
                    {"dimensions", dimensions}});
  }
  fmt::print("{}\n", json.dump(2));
}

Result<std::vector<FitResult>> fit_all(const Options& options,
                                       const Rules& rules, const Store& store) {
  FitOptions wanted = options.fit;
  wanted.cancel = &watch_signals();
  const Waiting waiting("fitting", is_terminal(STDERR_FILENO));
  return fit(rules, store, wanted);
}

int say_nothing(const Options& options) {
  fmt::print(stderr, "kitle: {}\n",
             options.fit.due
                 ? "every fit is there and as new as its rule says"
                 : "nothing is fitted here: no score has bands by quantile, "
                   "and no rule asks for `in top`");
  return kFine;
}

int write(const Rules& rules, const std::vector<FitResult>& fits) {
  const Status kept = keep_fits(rules, fits);
  if (!kept.ok()) return trouble(kept);
  for (const FitResult& each : fits) {
    fmt::print(stderr, "wrote {}\n", each.path);
    for (const std::string& old : each.replaced) {
      fmt::print(stderr, "removed {}, which was no fit\n", old);
    }
  }
  return kFine;
}

int run(Options& options, Context& context) {
  context.json = options.evaluate.format == Format::kJson;
  const auto rules =
      load(options.evaluate.folder, context, {}, {.refit = true});
  if (!rules) return context.exit_code;
  const auto store = open_store(options.evaluate, *rules);
  if (!store) return trouble(store.error());
  const auto now = instant_of(*rules, *store, options.evaluate.as_of);
  if (!now) return usage("--as-of: " + now.error().cause());
  options.fit.now = *now;
  const auto fits = fit_all(options, *rules, *store);
  if (!fits && fits.error().code() == StatusCode::kNotFound) {
    return usage(fits.error().cause());
  }
  if (!fits) return trouble(fits.error());
  if (options.evaluate.format == Format::kJson) {
    print_json(*fits);
  } else {
    print_table(*fits);
  }
  if (fits->empty()) return say_nothing(options);
  return options.dry_run ? kFine : write(*rules, *fits);
}

}  // namespace

void add_fit(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "fit", "find the cuts of bands by quantile and of `in top`");
  command->footer(
      "Ranks the people of the store and writes the cuts to files in the\n"
      "folder fits/ of the repository, one for each score and instant: to be\n"
      "reviewed and kept with the rules. A run never fits; it uses the newest\n"
      "fit that is not after its now. Prints each band, worst first: how many\n"
      "people it has, and the best value of it or of a worse one. A file "
      "there\n"
      "that cannot be read is warned of, and removed once there is a new fit\n"
      "of its name.\n\n"
      "Examples:\n"
      "  kitle fit\n"
      "  kitle fit value --as-of 2026-03-01\n"
      "  kitle fit --due          only what is missing or too old\n"
      "  kitle fit --dry-run --format json");
  command
      ->add_option("names", options->fit.names,
                   "only these scores, or `vip.top` of a segment vip; else all")
      ->type_name("NAME");
  add_folder(*command, options->evaluate.folder);
  add_store(*command, options->evaluate.store);
  add_as_of(*command, options->evaluate.as_of);
  command->add_flag("--due", options->fit.due,
                    "only what has no fit, or one older than its `refit` says");
  command->add_flag("--dry-run", options->dry_run, "write no file");
  command
      ->add_option("--threads", options->fit.threads,
                   "how many; else as many as there are cores")
      ->check(CLI::Range(0, 256).description(""))
      ->type_name("N");
  add_format(*command, options->evaluate.format, false);
  command->callback(
      [options, &context] { context.exit_code = run(*options, context); });
}

}  // namespace kitle::cli
