// kitle build: compiled rules in one file.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "cli/evaluate.h"
#include "cli/progress.h"
#include "cli/signals.h"
#include "kitle/bundle.h"

namespace kitle::cli {
namespace {

struct Options {
  EvaluateOptions evaluate;  // folder, store, as_of, no_cache
  std::string file;
  std::vector<std::string> cpus;  // empty: what can be had
  bool check = false;

  bool takes_any() const { return cpus.empty(); }
  bool wants_none() const { return cpus == std::vector<std::string>{"none"}; }
};

void note(const std::string& text) {
  fmt::print(stderr, "kitle: note: no machine code: {}\n", text);
}

Result<BundleReport> build_with(const Options& options, const Rules& rules,
                                const Store* store) {
  BundleOptions wanted;
  wanted.store = options.wants_none() ? nullptr : store;
  wanted.use_cache = !options.evaluate.no_cache;
  if (!options.takes_any()) wanted.cpus = options.cpus;
  if (options.wants_none()) wanted.cpus.clear();
  const Waiting waiting("building", is_terminal(STDERR_FILENO));
  auto built = build_bundle(rules, options.file, wanted);
  const bool lacks = !built &&
                     built.error().code() == StatusCode::kUnsupported &&
                     options.takes_any();
  if (!lacks) return built;
  note(built.error().cause());
  wanted.cpus.clear();
  return build_bundle(rules, options.file, wanted);
}

// The first segment that the bundle answers otherwise; "" if none.
std::string first_difference(const RunResult& rules, const RunResult& bundle) {
  for (size_t i = 0; i < rules.segments.size(); ++i) {
    const SegmentResult& ours = rules.segments[i];
    const bool same = i < bundle.segments.size() &&
                      ours.name == bundle.segments[i].name &&
                      ours.undecided == bundle.segments[i].undecided &&
                      ours.members == bundle.segments[i].members;
    if (!same) return ours.name;
  }
  return "";
}

// The bundle on every tier that it has here, against the rules.
Result<std::string> difference(const Options& options, const Rules& rules,
                               const Store& store, int64_t now) {
  const Waiting waiting("checking", is_terminal(STDERR_FILENO));
  const auto engine = Engine::create(rules, {"", !options.evaluate.no_cache});
  if (!engine) return std::unexpected(engine.error());
  const auto bundle = Bundle::open(options.file);
  if (!bundle) return std::unexpected(bundle.error());
  const Engine bundled = Engine::create(*bundle);
  RunOptions run{.now = now, .cancel = &watch_signals()};
  const auto expected = engine->run(store, run);
  if (!expected) return std::unexpected(expected.error());
  for (const Tier tier : {Tier::kInterpreter, Tier::kAuto}) {
    run.tier = tier;
    const auto found = bundled.run(store, run);
    if (!found) return std::unexpected(found.error());
    std::string name = first_difference(*expected, *found);
    if (!name.empty()) return name;
  }
  return "";
}

int check_members(const Options& options, const Rules& rules,
                  const Store& store) {
  const auto now = instant_of(rules, store, options.evaluate.as_of);
  if (!now) return usage("--as-of: " + now.error().cause());
  const auto name = difference(options, rules, store, *now);
  if (!name) return trouble(name.error());
  if (!name->empty()) {
    return trouble("the bundle has other members of `" + *name +
                   "` than the rules");
  }
  fmt::print("the same members as the rules, as of {} {}\n",
             rules.local_time(*now, &store), rules.time_zone());
  return kFine;
}

void print_report(const Options& options, const BundleReport& report) {
  const auto many = [](size_t number, const char* what) {
    return counted(number, what, Language::kEnglish);
  };
  fmt::print("{}: {}, {}{}, {} of machine code, {} KB\n", options.file,
             many(report.segments, "segment"), many(report.programs, "program"),
             report.periods == 1
                 ? ""
                 : " for " + many(report.periods, "period") + " of fits",
             many(report.images, "image"),
             grouped((report.bytes + 999) / 1000));
}

int build(const Options& options, Context& context) {
  const bool none =
      std::ranges::find(options.cpus, "none") != options.cpus.end();
  if (none && !options.wants_none()) {
    return usage("--for none is for itself: with a CPU there is machine code");
  }
  const auto rules = load(options.evaluate.folder, context);
  if (!rules) return context.exit_code;
  const auto store = open_store(options.evaluate, *rules);
  if (!store) {
    const bool needed =
        options.check || (!options.takes_any() && !options.wants_none());
    if (needed) return trouble(store.error());
    if (options.takes_any()) note(store.error().message());
  }
  const auto report = build_with(options, *rules, store ? &*store : nullptr);
  if (!report) return trouble(report.error());
  print_report(options, *report);
  return options.check ? check_members(options, *rules, *store) : kFine;
}

// A folder may stand behind the command, as well as after -C.
void add_repository(CLI::App& command, std::string& folder) {
  command
      .add_option_function<std::string>(
          "repository", [&folder](const std::string& given) { folder = given; },
          "the repository, as -C names it")
      ->type_name("FOLDER");
}

}  // namespace

void add_build(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "build", "compile the rules into one file, for a service to load");
  command->footer(
      "A service opens the file with libkitle_service alone: no compiler, no\n"
      "LLVM. It answers as the rules do. Machine code is made for the columns\n"
      "of the store at hand; where it does not fit, the interpreter answers.\n"
      "What is in the file runs with the rights of the service: write it "
      "where\n"
      "others cannot.\n\n"
      "Examples:\n"
      "  kitle build -o audiences.kbundle\n"
      "  kitle build -o audiences.kbundle --for x86-64-v3 --check\n"
      "  kitle build my-shop -o audiences.kbundle --for none\n"
      "  kitle run --bundle audiences.kbundle");
  add_repository(*command, options->evaluate.folder);
  command->add_option("-o,--output", options->file, "the file to write")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("--for", options->cpus,
                   "CPUs to make machine code for, with commas between them: "
                   "x86-64-v3, x86-64-v4, or none; else both")
      ->delimiter(',')
      ->check(CLI::IsMember({"x86-64-v3", "x86-64-v4", "none"}).description(""))
      ->type_name("x86-64-v3|x86-64-v4|none");
  add_folder(*command, options->evaluate.folder);
  add_store(*command, options->evaluate.store);
  command->add_flag("--check", options->check,
                    "evaluate both over the store, and compare the members");
  add_as_of(*command, options->evaluate.as_of);
  command->get_option("--as-of")->needs(command->get_option("--check"));
  command->add_flag("--no-cache", options->evaluate.no_cache,
                    "neither read nor keep compiled code");
  command->callback(
      [options, &context] { context.exit_code = build(*options, context); });
}

}  // namespace kitle::cli
