// kitle ingest: the files of the repository's sources into its store.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/progress.h"
#include "cli/signals.h"

namespace kitle::cli {
namespace {

struct SizeUnit {
  std::string_view name;
  uint64_t bytes;
};
constexpr uint64_t kKilo = 1000;
constexpr uint64_t kKibi = 1024;
constexpr SizeUnit kSizeUnits[] = {
    {"KiB", kKibi}, {"MiB", kKibi* kKibi}, {"GiB", kKibi* kKibi* kKibi},
    {"KB", kKilo},  {"MB", kKilo* kKilo},  {"GB", kKilo* kKilo* kKilo}};
constexpr uint64_t kLeastMemory = kKibi * kKibi;

// "512MiB" in bytes.
uint64_t read_memory(const std::string& written) {
  const auto wrong = [&](const std::string& why) {
    return CLI::ValidationError("--memory", "`" + written + "` " + why);
  };
  const char* const end = written.data() + written.size();
  uint64_t number = 0;
  const auto [behind, error] = std::from_chars(written.data(), end, number);
  if (error != std::errc()) {
    throw wrong("is no whole number with a unit, such as 512MiB or 2GiB");
  }
  const std::string_view unit(behind, end);
  if (unit.empty()) throw wrong("has no unit; write 512MiB or 2GiB");
  const auto* const known =
      std::ranges::find(kSizeUnits, unit, &SizeUnit::name);
  uint64_t bytes = 0;
  if (known == std::end(kSizeUnits)) {
    throw wrong("has no unit that is known: KiB, MiB, GiB, KB, MB or GB");
  }
  if (__builtin_mul_overflow(number, known->bytes, &bytes)) {
    throw wrong("is beyond 64 bits");
  }
  if (bytes < kLeastMemory) throw wrong("is too little; the least is 1MiB");
  return bytes;
}

struct Options {
  std::string folder;
  IngestOptions ingest;
  Format format = Format::kTable;
  bool allow_rejects = false;
  bool quiet = false;
};

SourceReport total_of(const IngestReport& report) {
  SourceReport total;
  total.source = "together";
  for (const SourceReport& source : report.sources) {
    total.seen += source.seen;
    total.accepted += source.accepted;
    total.known += source.known;
    total.left_out += source.left_out;
    total.rejected += source.rejected;
    total.older += source.older;
  }
  return total;
}

void print_row(const SourceReport& row, size_t name) {
  fmt::print("{}  {}  {}  {}  {}  {}\n", left(row.source, name),
             right(grouped(row.seen), 12), right(grouped(row.accepted), 12),
             right(grouped(row.known), 13), right(grouped(row.left_out), 12),
             right(grouped(row.rejected), 12));
}

uint64_t rate(uint64_t rows, double passed) {
  if (passed <= 0) return rows;
  return static_cast<uint64_t>(static_cast<double>(rows) / passed);
}

void print_table(const IngestReport& report, double passed) {
  const SourceReport total = total_of(report);
  size_t name = 8;
  for (const SourceReport& source : report.sources) {
    name = std::max(name, width(source.source));
  }
  fmt::print("{}  {}  {}  {}  {}  {}\n", left("source", name),
             right("rows seen", 12), right("accepted", 12),
             right("already known", 13), right("left out", 12),
             right("rejected", 12));
  for (const SourceReport& source : report.sources) print_row(source, name);
  if (report.sources.size() > 1) print_row(total, name);
  if (total.older > 0) {
    fmt::print("\n{} of the rows already known {} older than what is stored\n",
               grouped(total.older), total.older == 1 ? "was" : "were");
  }
  fmt::print("\nsnapshot {}: {} profiles, {} new events, in {} ({} rows/s)\n",
             report.snapshot, grouped(report.profiles),
             grouped(report.new_events), seconds_text(passed),
             grouped(rate(total.seen, passed)));
}

void print_json(const IngestReport& report, double passed) {
  nlohmann::ordered_json sources = nlohmann::ordered_json::array();
  for (const SourceReport& source : report.sources) {
    sources.push_back({{"source", source.source},
                       {"seen", source.seen},
                       {"accepted", source.accepted},
                       {"known", source.known},
                       {"left_out", source.left_out},
                       {"rejected", source.rejected},
                       {"older", source.older}});
  }
  const nlohmann::ordered_json json = {{"snapshot", report.snapshot},
                                       {"profiles", report.profiles},
                                       {"new_events", report.new_events},
                                       {"reject_file", report.reject_file},
                                       {"seconds", passed},
                                       {"sources", sources}};
  fmt::print("{}\n", json.dump(2));
}

int judge_rejects(const Options& options, const IngestReport& report) {
  const uint64_t rejected = total_of(report).rejected;
  if (rejected == 0) return kFine;
  fmt::print(stderr, "kitle: {} {} rejected; {} says which and why\n",
             grouped(rejected), rejected == 1 ? "row was" : "rows were",
             report.reject_file);
  if (options.allow_rejects) return kFine;
  fmt::print(stderr,
             "kitle: the rest is published; exit code 3 is for the rejects "
             "(--allow-rejects: 0)\n");
  return kTrouble;
}

// Says which of the chosen sources there is not; kUsage.
int check_sources(const Rules& rules, const std::vector<std::string>& chosen) {
  const std::vector<std::string>& all = rules.sources();
  for (const std::string& name : chosen) {
    if (std::ranges::find(all, name) != all.end()) continue;
    const std::string near = nearest_name(name, all);
    return usage("there is no source `" + name + "`" +
                 (near.empty() ? "" : "; did you mean `" + near + "`?"));
  }
  return kFine;
}

int run_ingest(Options& options, Context& context) {
  context.json = options.format == Format::kJson;
  const auto rules = load(options.folder, context);
  if (!rules) return context.exit_code;
  if (check_sources(*rules, options.ingest.sources) != kFine) return kUsage;
  if (rules->sources().empty()) {
    return trouble(
        "the repository has no source; a `source` says which files "
        "there are and what their columns mean");
  }
  const auto start = std::chrono::steady_clock::now();
  const auto report = [&] {
    StatusLine line(!options.quiet && is_terminal(STDERR_FILENO));
    options.ingest.progress = [&](const IngestProgress& progress) {
      show_ingest(line, progress);
    };
    options.ingest.cancel = &watch_signals();
    return ingest(*rules, options.ingest);
  }();
  if (!report) return trouble(report.error());
  const double passed =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
          .count();
  if (options.format == Format::kJson) {
    print_json(*report, passed);
  } else {
    print_table(*report, passed);
  }
  return judge_rejects(options, *report);
}

}  // namespace

void add_ingest(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "ingest", "read the sources' files into the store, and publish");
  command->footer(
      "Rows seen = accepted + already known + left out + rejected. Rejected\n"
      "rows go to a file with place and reason; the rest is published, and "
      "the\n"
      "exit code is 3. Files that were read before add nothing twice.\n\n"
      "Examples:\n"
      "  kitle ingest\n"
      "  kitle ingest --source orders --allow-rejects\n"
      "  kitle ingest --data /data/today --memory 4GiB --format json");
  add_folder(*command, options->folder);
  add_store(*command, options->ingest.store_folder);
  command
      ->add_option("--data", options->ingest.data_folder,
                   "what the sources' files are relative to; else the "
                   "repository")
      ->type_name("FOLDER");
  command
      ->add_option("--source", options->ingest.sources,
                   "only this source; may be repeated")
      ->type_name("NAME");
  command
      ->add_option_function<std::string>(
          "--memory",
          [options](const std::string& written) {
            options->ingest.memory_bytes = read_memory(written);
          },
          "rows that wait to be merged go to disk beyond this: 512MiB, 2GB; "
          "else 1GiB. Rows alone: new ids and texts stay in memory")
      ->type_name("SIZE");
  command
      ->add_option("--threads", options->ingest.threads,
                   "how many; else as many as there are cores")
      ->check(CLI::Range(0, 256).description(""))
      ->type_name("N");
  command->add_flag("--allow-rejects", options->allow_rejects,
                    "rejected rows are no reason for exit code 3");
  command->add_flag("--quiet", options->quiet, "no progress on stderr");
  add_format(*command, options->format, false);
  command->callback([options, &context] {
    context.exit_code = run_ingest(*options, context);
  });
}

}  // namespace kitle::cli
