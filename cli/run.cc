// kitle run: who is in which segment.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "cli/evaluate.h"

namespace kitle::cli {
namespace {

struct Options {
  EvaluateOptions evaluate;
  std::string bundle;
  std::string members;
  MemberFormat members_format = MemberFormat::kCsv;
  bool no_keep = false;
  bool actions = false;
};

const char* ending(MemberFormat format) {
  switch (format) {
    case MemberFormat::kCsv:
      return "csv";
    case MemberFormat::kRoaring:
      return "roaring";
    case MemberFormat::kParquet:
      return "parquet";
  }
  return "";
}

// A file of members; null: none, because it is not known who they are.
struct MembersFile {
  std::string name;
  const Members* members = nullptr;
};

std::vector<MembersFile> files_of(const RunResult& result) {
  std::vector<MembersFile> files;
  for (const SegmentResult& each : result.segments) {
    files.push_back({each.name, each.undecided ? nullptr : &each.members});
  }
  return files;
}

std::vector<MembersFile> files_of(const Since& since) {
  std::vector<MembersFile> files;
  for (const SegmentChanges& each : since.changes) {
    files.push_back(
        {each.name + ".entered", each.known ? &each.entered : nullptr});
    files.push_back({each.name + ".left", each.known ? &each.left : nullptr});
  }
  return files;
}

Status write_all(const Options& options, const Answers& answers) {
  std::error_code error;
  std::filesystem::create_directories(options.members, error);
  if (error) {
    return {StatusCode::kIo, "make the folder", options.members,
            error.message()};
  }
  const std::vector<MembersFile> files =
      answers.since ? files_of(*answers.since) : files_of(answers.result);
  for (const MembersFile& file : files) {
    const std::string path = fmt::format("{}/{}.{}", options.members, file.name,
                                         ending(options.members_format));
    if (file.members == nullptr) {  // the file of an earlier run is no answer
      std::filesystem::remove(path, error);
      continue;
    }
    const Status status = write_members(answers.store, *file.members,
                                        options.members_format, path);
    if (!status.ok()) return status;
  }
  return {};
}

int judge_broken(const std::vector<GuardVerdict>& guards) {
  const bool broken = std::ranges::any_of(
      guards, [](const GuardVerdict& each) { return each.broken(); });
  return broken ? kRules : kFine;
}

int keep(const Answers& answers) {
  const auto kept = keep_members(answers.store, answers.result);
  if (kept) return kFine;
  return trouble(kept.error().message() +
                 " (--no-keep runs without keeping members in the store)");
}

// The first that is no result of a run, so that nothing is kept of it; or "".
std::string private_among(const Rules& rules,
                          const std::vector<std::string>& names) {
  const std::vector<std::string> results = segment_names(rules);
  for (const std::string& name : names) {
    const bool result = std::ranges::find(results, name) != results.end();
    if (!result && rules.has_segment(name)) return name;
  }
  return "";
}

// Writes, prints and keeps what a run answered; the exit code. Keeping may
// remove the earlier run, so it comes behind what can be tried again.
int hand_out(const Options& options, Answers& answers) {
  const bool compared = !answers.since || compare(answers.store, answers.result,
                                                  *answers.since) == kFine;
  if (!compared) return kTrouble;
  if (!options.members.empty()) {
    const Status written = write_all(options, answers);
    if (!written.ok()) return trouble(written);
  }
  print_result(answers, options.evaluate.format, options.actions);
  const int undecided = judge_undecided(answers.result);
  const int code =
      undecided == kFine ? judge_broken(answers.guards) : undecided;
  const bool printed = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
  if (!printed || options.no_keep) return code;  // main() says why not
  return keep(answers) == kFine ? code : kTrouble;
}

int run_bundle(const Options& options, Context& context) {
  auto answers = evaluate_bundle(options.evaluate, options.bundle, context);
  return answers ? hand_out(options, *answers) : context.exit_code;
}

int run(const Options& options, Context& context) {
  if (!options.bundle.empty()) return run_bundle(options, context);
  context.json = options.evaluate.format == Format::kJson;
  const auto& asked = options.evaluate.run.segments;
  const auto rules = load(options.evaluate.folder, context, asked);
  if (!rules) return context.exit_code;
  const std::string hidden = private_among(*rules, asked);
  if (!hidden.empty()) {
    return usage(
        fmt::format("`{0}` is private, and no result of a run: `kitle "
                    "size {0}` counts who is in it",
                    hidden));
  }
  auto answers = evaluate(options.evaluate, *rules, context);
  if (!answers) return context.exit_code;
  auto guards = judge_guards(*rules, answers->store, answers->result);
  if (!guards) return trouble(guards.error());
  answers->guards = *std::move(guards);
  return hand_out(options, *answers);
}

}  // namespace

void add_run(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "run", "who is in which segment: evaluate the rules over the store");
  command->footer(
      "Prints a table of the segments, and keeps their members in the store's\n"
      "folder members/. Nothing depends on the clock but `now`, which is\n"
      "printed. Guards of the rules (`expect vip excludes lapsed`) are "
      "judged;\n"
      "one that is broken stands behind the table, and the exit code is 1.\n\n"
      "--since compares with a run that was kept, and says how many entered\n"
      "each segment since then and how many left it: `last` is the newest run\n"
      "that is not after now, a number the newest of that snapshot, an\n"
      "instant the newest that is not after it. With --members the files are\n"
      "SEGMENT.entered.csv and SEGMENT.left.csv. Where rules and fits are "
      "those\n"
      "of a kept run, only those people are evaluated whose answers can have\n"
      "changed since; the answers are the same.\n\n"
      "Examples:\n"
      "  kitle run\n"
      "  kitle run --as-of 2026-03-01\n"
      "  kitle run lapsed --as-of \"2026-03-01 12:00\" --format json\n"
      "  kitle run rfm_groups --actions\n"
      "  kitle run --members out --members-format parquet\n"
      "  kitle run --since last --members changes\n"
      "  kitle run --bundle audiences.kbundle");
  command
      ->add_option("segments", options->evaluate.run.segments,
                   "only these; else all")
      ->type_name("SEGMENT");
  add_evaluate_options(*command, options->evaluate);
  command
      ->add_option("--bundle", options->bundle,
                   "what `kitle build` wrote, in place of the rules; guards "
                   "are not judged")
      ->type_name("FILE");
  command
      ->add_option("--since", options->evaluate.since,
                   "how many entered and left since an earlier run: last, a "
                   "snapshot's number, or an instant")
      ->check(CLI::Validator(
          [](const std::string& text) {
            return std::string(text.empty() ? "there is nothing in it" : "");
          },
          ""))
      ->type_name("WHEN");
  command
      ->add_option("--members", options->members,
                   "write each segment's members to a file in this folder; "
                   "with --since, instead who entered and who left it")
      ->type_name("FOLDER");
  add_choice<MemberFormat>(*command, "--members-format",
                           options->members_format,
                           {{"csv", MemberFormat::kCsv},
                            {"roaring", MemberFormat::kRoaring},
                            {"parquet", MemberFormat::kParquet}},
                           "ids as CSV (the default), ids as Parquet, or "
                           "ordinals as a portable Roaring bitmap");
  command->get_option("--members-format")
      ->needs(command->get_option("--members"));
  command->add_flag("--actions", options->actions,
                    "what to do about each segment, where its library says "
                    "so: behind the table, or as a column of the CSV");
  command->add_flag("--no-keep", options->no_keep,
                    "do not keep the members in the store");
  command->callback(
      [options, &context] { context.exit_code = run(*options, context); });
}

}  // namespace kitle::cli
