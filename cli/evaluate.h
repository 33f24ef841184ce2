// Evaluating segments over a store, and printing the answers: what `run` and
// `size` share.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/since.h"
#include "kitle/engine.h"
#include "kitle/guards.h"

namespace kitle::cli {

struct EvaluateOptions {
  std::string folder;
  std::string store;
  std::string as_of;
  std::string since = {};  // which kept run to compare with; "": none
  bool no_cache = false;
  Format format = Format::kTable;
  RunOptions run;
};

void add_evaluate_options(CLI::App& command, EvaluateOptions& options);
void add_as_of(CLI::App& command, std::string& as_of);

// `--as-of`; without it the wall clock, cut to the second.
Result<int64_t> instant_of(const Rules& rules, const Store& store,
                           const std::string& as_of);
Result<Store> open_store(const EvaluateOptions& options, const Rules& rules);
// "there is no segment ..., did you mean ...?"
std::string unknown_segment(const Rules& rules, const std::string& name);

// What the options name, beside the rules.
struct Opened {
  Store store;
  int64_t now = 0;
};
// Nothing after the trouble was printed (a segment that is not there, too) and
// the exit code is set.
std::optional<Opened> open_named(const EvaluateOptions& options,
                                 const Rules& rules, Context& context);

// A store and the answers over it.
struct Answers {
  Store store;
  RunResult result;
  std::vector<StagesInfo> stages = {};
  std::string now_text = {};  // "2026-03-01 00:00:00 Europe/Istanbul"
  std::vector<GuardVerdict> guards = {};  // where they were judged
  std::optional<Since> since = {};
  // Machine code that it still makes is waited for behind the answers.
  std::optional<Engine> engine = {};
};

// Nothing after the trouble was printed and the exit code is set.
std::optional<Answers> evaluate(const EvaluateOptions& options,
                                const Rules& rules, Context& context);
// The same of a bundle's file, over `--store` or the repository's store.
std::optional<Answers> evaluate_bundle(const EvaluateOptions& options,
                                       const std::string& file,
                                       Context& context);

// `actions`: with what to do about each segment, which JSON always has.
void print_result(const Answers& answers, Format format, bool actions = false);
// Names the undecided segments on stderr; kTrouble if there is one.
int judge_undecided(const RunResult& result);

}  // namespace kitle::cli
