// See differential.h.
#include "tests/support/random/differential.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <string>

namespace kitle::testing {
namespace {

uint64_t from_environment(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// Segments that the checker refuses, and those that refer to them; whether
// any is left out.
bool leave_sound_once(RuledCase& ruled) {
  const size_t before = ruled.rules.segments.size();
  const Case whole = with_rules(ruled);
  const LoadedRepository loaded =
      load_texts(texts_of(whole, whole.moments[0].rules), nullptr);
  std::set<std::string> refused;  // stages that no one can be in
  for (const Diagnostic& each : loaded.diagnostics.all()) {
    const bool stage = each.id == DiagnosticId::kUnreachableStage;
    if (stage) refused.insert(each.args[1]);
  }
  std::erase_if(ruled.rules.segments, [&](const Rule& rule) {
    const bool sound = std::ranges::any_of(
        loaded.repository.segments, [&](const TypedSegment& segment) {
          return segment.name == rule.name || segment.stages == rule.name;
        });
    return !sound || refused.contains(rule.name);
  });
  return ruled.rules.segments.size() < before;
}

void leave_sound(RuledCase& ruled) {
  while (leave_sound_once(ruled)) continue;
}

}  // namespace

RandomTrial random_trial(uint64_t seed, TrialSize size) {
  Dice dice(seed);
  RandomCase made = random_case(dice, size.people);
  RandomTrial trial;
  trial.ruled.rules = random_rules(made, dice, size.segments);
  made.made.moments.push_back({made.edges.now, ""});
  trial.ruled.made = std::move(made.made);
  trial.form.overlay = dice.chance(30);
  const bool two_blocks = dice.chance(2);
  if (two_blocks) {
    trial.form.fillers =
        kBlockRows - static_cast<uint32_t>(dice.between(0, 20));
  }
  leave_sound(trial.ruled);
  return trial;
}

std::string difference_of(const Case& of, StoreForm form,
                          const TierOptions& options) {
  const auto loaded = load_moment(of, 0);
  if (!loaded) return "";
  const auto store = CaseStore::make(of, form);
  if (!store) return store.error().message();
  const auto answers = ask_every_tier(loaded->repository, (*store)->snapshot(),
                                      of.moments[0].now, options);
  if (!answers) return answers.error().message();
  return first_difference(loaded->repository, *answers);
}

std::string explained(const RandomTrial& trial, const std::string& found) {
  TierOptions options;
  options.each_rewrite_off = found.find("without") != std::string::npos;
  options.machine = found.find("machine") != std::string::npos;
  options.each_code =
      options.machine && (found.find("effort") != std::string::npos ||
                          found.find("older") != std::string::npos);
  const RuledCase shortest = reduced(trial.ruled, [&](const Case& tried) {
    return !difference_of(tried, trial.form, options).empty();
  });
  const Case made = with_rules(shortest);
  return difference_of(made, trial.form, options) + "\n" + print_case(made);
}

uint64_t first_seed() { return from_environment("KITLE_TIERS_SEED", 1); }

uint64_t case_count(uint64_t release, uint64_t debug) {
#ifdef NDEBUG
  (void)debug;
  return from_environment("KITLE_TIERS_CASES", release);
#else
  (void)release;
  return from_environment("KITLE_TIERS_CASES", debug);
#endif
}

}  // namespace kitle::testing
