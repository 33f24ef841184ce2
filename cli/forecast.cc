// kitle forecast: how segments change by time alone.
#include "kitle/forecast.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/evaluate.h"
#include "cli/progress.h"
#include "cli/signals.h"

namespace kitle::cli {
namespace {

struct Options {
  EvaluateOptions evaluate;
  unsigned days = 30;
};

constexpr size_t kNumber = 13;

void print_days(const SegmentForecast& segment) {
  fmt::print("{}: {}\n{}  {}  {}  {}\n", segment.name, segment.title,
             left("date", 10), right("leave", kNumber), right("enter", kNumber),
             right("size", kNumber));
  fmt::print("{}  {}  {}  {}\n", left("now", 10), right("", kNumber),
             right("", kNumber), right(grouped(segment.size), kNumber));
  for (const ForecastDay& day : segment.days) {
    fmt::print("{}  {}  {}  {}\n", day.date, right(grouped(day.leave), kNumber),
               right(grouped(day.enter), kNumber),
               right(grouped(day.size), kNumber));
  }
}

struct Sum {
  uint64_t leave = 0;
  uint64_t enter = 0;
};

Sum sum_of(const SegmentForecast& segment) {
  Sum sum;
  for (const ForecastDay& day : segment.days) {
    sum.leave += day.leave;
    sum.enter += day.enter;
  }
  return sum;
}

void print_segments(const Forecast& forecast) {
  size_t name = width("segment");
  for (const SegmentForecast& each : forecast.segments) {
    name = std::max(name, width(each.name));
  }
  fmt::print("{}  {}  {}  {}  {}\n", left("segment", name),
             right("now", kNumber), right("leave", kNumber),
             right("enter", kNumber), right("then", kNumber));
  for (const SegmentForecast& each : forecast.segments) {
    if (each.undecided) {
      fmt::print("{}  {}\n", left(each.name, name),
                 right("undecided", kNumber));
      continue;
    }
    const Sum sum = sum_of(each);
    fmt::print("{}  {}  {}  {}  {}\n", left(each.name, name),
               right(grouped(each.size), kNumber),
               right(grouped(sum.leave), kNumber),
               right(grouped(sum.enter), kNumber),
               right(grouped(each.days.back().size), kNumber));
  }
}

void print_table(const Forecast& forecast, const std::string& now,
                 unsigned days) {
  const bool one = forecast.segments.size() == 1;
  if (one && !forecast.segments[0].undecided) {
    print_days(forecast.segments[0]);
  } else {
    print_segments(forecast);
  }
  fmt::print("\n{} {} with {}, as of {}\n", grouped(days),
             days == 1 ? "day" : "days",
             forecast.knows_later_events ? "the events that the store has"
                                         : "no new event",
             now);
}

void print_json(const Forecast& forecast) {
  nlohmann::ordered_json json = {{"now", utc_text(forecast.now)},
                                 {"profiles", forecast.profiles},
                                 {"later_events", forecast.knows_later_events},
                                 {"segments", nlohmann::json::array()}};
  for (const SegmentForecast& each : forecast.segments) {
    nlohmann::ordered_json segment = {{"name", each.name},
                                      {"title", each.title}};
    if (each.undecided) {
      segment["undecided"] = each.undecided_reason;
    } else {
      segment["size"] = each.size;
    }
    segment["days"] = nlohmann::json::array();
    for (const ForecastDay& day : each.days) {
      segment["days"].push_back({{"date", day.date},
                                 {"leave", day.leave},
                                 {"enter", day.enter},
                                 {"size", day.size}});
    }
    json["segments"].push_back(std::move(segment));
  }
  fmt::print("{}\n", json.dump(2));
}

void print_csv(const Forecast& forecast) {
  fmt::print("segment,date,leave,enter,size\n");
  for (const SegmentForecast& each : forecast.segments) {
    if (each.undecided) fmt::print("{},,,,\n", each.name);
    for (const ForecastDay& day : each.days) {
      fmt::print("{},{},{},{},{}\n", each.name, day.date, day.leave, day.enter,
                 day.size);
    }
  }
}

int judge(const Forecast& forecast) {
  for (const std::string& warning : forecast.warnings) {
    fmt::print(stderr, "kitle: {}\n", warning);
  }
  if (forecast.knows_later_events) {
    fmt::print(stderr,
               "kitle: the store has events that are later than now; they "
               "count from their time on, so this is no forecast but what "
               "happened\n");
  }
  int code = kFine;
  for (const SegmentForecast& each : forecast.segments) {
    if (!each.undecided) continue;
    code = trouble("segment `" + each.name +
                   "` is undecided: " + each.undecided_reason);
  }
  return code;
}

Result<Forecast> ask(const Options& options, const Rules& rules,
                     const Store& store, int64_t now) {
  const auto engine = Engine::create(rules, {"", !options.evaluate.no_cache});
  if (!engine) return std::unexpected(engine.error());
  const Waiting waiting("evaluating", is_terminal(STDERR_FILENO));
  return forecast(*engine, store,
                  {.now = now,
                   .days = options.days,
                   .segments = options.evaluate.run.segments,
                   .threads = options.evaluate.run.threads,
                   .cancel = &watch_signals()});
}

int run(const Options& options, Context& context) {
  const EvaluateOptions& evaluated = options.evaluate;
  context.json = evaluated.format == Format::kJson;
  const auto rules = load(evaluated.folder, context, evaluated.run.segments);
  if (!rules) return context.exit_code;
  const auto opened = open_named(evaluated, *rules, context);
  if (!opened) return context.exit_code;
  const auto& [store, now] = *opened;
  const auto forecast = ask(options, *rules, store, now);
  if (!forecast) return trouble(forecast.error());
  if (evaluated.format == Format::kJson) {
    print_json(*forecast);
  } else if (evaluated.format == Format::kCsv) {
    print_csv(*forecast);
  } else {
    print_table(*forecast,
                rules->local_time(now, &store) + " " + rules->time_zone(),
                options.days);
  }
  return judge(*forecast);
}

}  // namespace

void add_forecast(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "forecast", "who leaves and enters by time alone, day by day");
  command->footer(
      "Evaluates the rules at now and at the end of each day, with no new\n"
      "event and the fits of now: windows close, people turn a year older, a\n"
      "new month begins. Exact, not estimated. One segment is shown day by\n"
      "day; of several, the sums of the days.\n\n"
      "Examples:\n"
      "  kitle forecast gone_quiet\n"
      "  kitle forecast --days 7 --as-of 2026-03-01\n"
      "  kitle forecast lifecycle --days 90 --format csv");
  command
      ->add_option("segments", options->evaluate.run.segments,
                   "only these; else all")
      ->type_name("SEGMENT");
  command->add_option("--days", options->days, "how many; else 30")
      ->check(CLI::Range(1U, kMostForecastDays).description(""))
      ->type_name("N");
  add_folder(*command, options->evaluate.folder);
  add_store(*command, options->evaluate.store);
  add_as_of(*command, options->evaluate.as_of);
  command
      ->add_option("--threads", options->evaluate.run.threads,
                   "how many; else as many as there are cores")
      ->check(CLI::Range(0, 256).description(""))
      ->type_name("N");
  command->add_flag("--no-cache", options->evaluate.no_cache,
                    "neither read nor keep compiled code");
  add_format(*command, options->evaluate.format, true);
  command->callback(
      [options, &context] { context.exit_code = run(*options, context); });
}

}  // namespace kitle::cli
