#include "cli/cost.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "cli/progress.h"
#include "cli/signals.h"
#include "kitle/cost.h"

namespace kitle::cli {
namespace {

// Operations that take less are only in JSON.
constexpr double kLeastShare = 0.01;

// "512 B", "45.2 MB".
std::string bytes_text(uint64_t bytes) {
  constexpr std::array kUnits = {"kB", "MB", "GB", "TB"};
  if (bytes < 1000) return fmt::format("{} B", bytes);
  auto size = static_cast<double>(bytes) / 1000;
  size_t unit = 0;
  for (; size >= 999.95 && unit + 1 < kUnits.size(); ++unit) size /= 1000;
  return fmt::format("{:.1f} {}", size, kUnits[unit]);
}

std::string share_text(double seconds, double whole) {
  return fmt::format("{:.1f} %", whole > 0 ? 100 * seconds / whole : 0);
}

// "12.3 us", and from a millisecond on as elsewhere.
std::string short_text(double seconds) {
  return seconds < 1e-3 ? fmt::format("{:.1f} us", seconds * 1e6)
                        : seconds_text(seconds);
}

double spent(const CostReport& report) {
  double sum = 0;
  for (const OperationCost& each : report.operations) sum += each.seconds;
  return sum;
}

// Columns of text under heads; all but the last of them are numbers.
class Table {
 public:
  explicit Table(std::vector<std::string> heads) { add(std::move(heads)); }
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  // `first_left`: the first column is a name.
  void print(bool first_left) const {
    std::vector<size_t> widths(rows_[0].size());
    for (const auto& row : rows_) {
      for (size_t i = 0; i < row.size(); ++i) {
        widths[i] = std::max(widths[i], width(row[i]));
      }
    }
    for (const auto& row : rows_) {
      std::string line;
      for (size_t i = 0; i < row.size(); ++i) {
        const bool name = i == 0 && first_left;
        const bool last = i + 1 == row.size();
        if (i > 0) line += "  ";
        line += last   ? row[i]
                : name ? left(row[i], widths[i])
                       : right(row[i], widths[i]);
      }
      fmt::print("{}\n", line);
    }
  }

 private:
  std::vector<std::vector<std::string>> rows_;
};

void print_segments(const CostReport& report) {
  std::vector<std::string> heads = {"segment", "operations", "own", "events",
                                    "columns"};
  if (report.analyzed) heads.insert(heads.end(), {"time", "share", "own time"});
  heads.emplace_back("changes with time");
  std::vector<const SegmentCost*> sorted;
  for (const SegmentCost& each : report.segments) sorted.push_back(&each);
  std::ranges::stable_sort(sorted, std::greater{}, &SegmentCost::seconds);
  const double whole = spent(report);
  Table table(std::move(heads));
  for (const SegmentCost* each : sorted) {
    std::vector<std::string> row = {each->name, grouped(each->operations),
                                    grouped(each->own), grouped(each->events),
                                    bytes_text(each->bytes)};
    if (report.analyzed) {
      row.push_back(short_text(each->seconds));
      row.push_back(share_text(each->seconds, whole));
      row.push_back(short_text(each->own_seconds));
    }
    row.emplace_back(each->moves_with_now ? "yes" : "no");
    table.add(std::move(row));
  }
  table.print(true);
}

void print_operations(const CostReport& report) {
  const double whole = spent(report);
  std::vector<const OperationCost*> slow;
  for (const OperationCost& each : report.operations) {
    if (each.seconds >= whole * kLeastShare) slow.push_back(&each);
  }
  std::ranges::stable_sort(slow, std::greater{}, &OperationCost::seconds);
  Table table(
      {"time", "share", "segments", "rows", "events", "columns", "operation"});
  for (const OperationCost* each : slow) {
    table.add({short_text(each->seconds), share_text(each->seconds, whole),
               grouped(each->segments), grouped(each->rows),
               grouped(each->events), bytes_text(each->bytes), each->text});
  }
  fmt::print("\nOf {} operations those that take 1 % or more:\n",
             grouped(report.operations.size()));
  table.print(false);
}

void print_runs(const CostReport& report) {
  fmt::print(
      "The operations take {} of all threads' time, each in the quickest of "
      "up to five\nruns.",
      short_text(spent(report)));
  if (report.other_seconds > 0) {
    fmt::print(" Blocks that {} take {} more, which is not in\nthe table.",
               report.form == "fast" ? "have events after now or large sums"
                                     : "have no event after now",
               short_text(report.other_seconds));
  }
  fmt::print(" A run of them takes {} by the interpreter",
             short_text(report.interpreter_seconds));
  if (report.run_tier == Tier::kCompiled) {
    fmt::print(", and {}\nby machine code, which is there",
               short_text(report.run_seconds));
  }
  fmt::print(".\n");
}

void print_table(const CostReport& report, const std::string& now) {
  print_segments(report);
  if (report.analyzed) print_operations(report);
  fmt::print("\n{} of {} profiles and {} events, as of {}\n",
             bytes_text(report.bytes), grouped(report.profiles),
             grouped(report.events), now);
  if (report.analyzed) print_runs(report);
}

nlohmann::ordered_json json_of(const SegmentCost& cost, bool analyzed) {
  nlohmann::ordered_json json = {
      {"name", cost.name},          {"operations", cost.operations},
      {"own_operations", cost.own}, {"events", cost.events},
      {"bytes", cost.bytes},        {"changes_with_time", cost.moves_with_now}};
  if (!cost.undecided_reason.empty()) {
    json["undecided"] = cost.undecided_reason;
  }
  if (!analyzed) return json;
  json["seconds"] = cost.seconds;
  json["own_seconds"] = cost.own_seconds;
  return json;
}

nlohmann::ordered_json json_of(const OperationCost& cost, bool analyzed) {
  nlohmann::ordered_json json = {
      {"operation", cost.text}, {"segments", cost.segments},
      {"rows", cost.rows},      {"events", cost.events},
      {"bytes", cost.bytes},
  };
  if (analyzed) json["seconds"] = cost.seconds;
  return json;
}

void print_json(const CostReport& report, int64_t now) {
  nlohmann::ordered_json json = {{"now", utc_text(now)},
                                 {"profiles", report.profiles},
                                 {"events", report.events},
                                 {"bytes", report.bytes},
                                 {"form", report.form}};
  if (report.analyzed) {
    json["interpreter_seconds"] = report.interpreter_seconds;
    json["run_seconds"] = report.run_seconds;
    json["run_tier"] =
        report.run_tier == Tier::kCompiled ? "compiled" : "interpreter";
    json["other_form_seconds"] = report.other_seconds;
  }
  for (const SegmentCost& each : report.segments) {
    json["segments"].push_back(json_of(each, report.analyzed));
  }
  for (const OperationCost& each : report.operations) {
    json["operations"].push_back(json_of(each, report.analyzed));
  }
  fmt::print("{}\n", json.dump(2));
}

Result<CostReport> ask(const EvaluateOptions& options, bool analyze,
                       const Rules& rules, const Store& store, int64_t now) {
  const Waiting waiting("evaluating", is_terminal(STDERR_FILENO));
  return cost(rules, store,
              {.now = now,
               .segments = options.run.segments,
               .analyze = analyze,
               .threads = options.run.threads,
               .cancel = &watch_signals()});
}

// Says which segments cost nothing because they lack a fit.
int judge(const CostReport& report) {
  int code = kFine;
  for (const SegmentCost& each : report.segments) {
    if (each.undecided_reason.empty()) continue;
    code = trouble("segment `" + each.name +
                   "` is undecided: " + each.undecided_reason);
  }
  return code;
}

}  // namespace

int explain_cost(const EvaluateOptions& options, bool analyze,
                 Context& context) {
  context.json = options.format == Format::kJson;
  const auto rules = load(options.folder, context, options.run.segments);
  if (!rules) return context.exit_code;
  const auto opened = open_named(options, *rules, context);
  if (!opened) return context.exit_code;
  const auto& [store, now] = *opened;
  const auto report = ask(options, analyze, *rules, store, now);
  if (!report) return trouble(report.error());
  if (options.format == Format::kJson) {
    print_json(*report, now);
  } else {
    print_table(*report,
                rules->local_time(now, &store) + " " + rules->time_zone());
  }
  return judge(*report);
}

}  // namespace kitle::cli
