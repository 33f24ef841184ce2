// What tests say of rules with one mistake each.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <set>
#include <utility>

#include "kitle/tests.h"
#include "library/rules.h"
#include "library/test_bench.h"
#include "library/test_mutants.h"
#include "library/test_words.h"
#include "runtime/eval/executor.h"

namespace kitle {
namespace {

enum class Fate : uint8_t { kKilled, kSurvived, kNoRule };

class Mutation {
 public:
  Mutation(const TestBench& bench, const MutationOptions& options)
      : bench_(bench), options_(options) {}

  Result<MutationReport> run() {
    choose_tests();
    if (!hold()) {
      return std::unexpected(Status(StatusCode::kInvalid, "mutate the rules",
                                    "", "a test fails without a mutant"));
    }
    choose_mutants();
    std::vector<Status> statuses(mutants_.size());
    fates_.resize(mutants_.size());
    parallel_executor(options_.threads)
        ->for_each(
            static_cast<uint32_t>(mutants_.size()),
            [&](uint32_t index, unsigned) { statuses[index] = ask(index); });
    for (const Status& status : statuses) {
      if (!status.ok()) return std::unexpected(status);
    }
    return report();
  }

 private:
  const LoadedRepository& loaded() const { return bench_.loaded(); }
  const SourceSet& sources() const { return loaded().sources; }

  void choose_tests() {
    for (size_t i = 0; i < bench_.asked().size(); ++i) {
      if (bench_.is_meant(i, options_.filter)) tests_.push_back(i);
    }
  }

  bool hold() const {
    return std::ranges::all_of(
        tests_, [&](size_t test) { return holds(bench_, test); });
  }
  static bool holds(const TestBench& bench, size_t test) {
    return std::ranges::all_of(bench.asked()[test], [&](const Asked& asked) {
      return as_expected(asked, bench.ask_reference(asked));
    });
  }

  // ---- which mutants ----

  void choose_mutants() {
    const std::vector<bool> asked_for = declarations_asked_for();
    for (MutantsOf& of : mutants_of(loaded())) {
      const DeclaredUses* declared = declared_at(of.span);
      if (declared == nullptr) continue;
      const size_t at =
          static_cast<size_t>(declared - repository().declared.data());
      if (!asked_for[at]) {
        const bool named = !declared->segment.empty();
        if (named && options_.filter.empty()) {
          untested_.push_back(declared->segment);
        }
        continue;
      }
      std::ranges::move(of.mutants, std::back_inserter(mutants_));
    }
    possible_ = mutants_.size();
    if (possible_ <= options_.limit) return;
    std::vector<size_t> order(possible_);
    std::iota(order.begin(), order.end(), size_t{0});
    shuffle(order);
    order.resize(options_.limit);
    std::ranges::sort(order);
    std::vector<Mutant> chosen;
    for (const size_t i : order) chosen.push_back(std::move(mutants_[i]));
    mutants_ = std::move(chosen);
  }

  // Alike with every standard library.
  void shuffle(std::vector<size_t>& order) const {
    std::mt19937_64 random(options_.seed);
    for (size_t left = order.size(); left > 1; --left) {
      std::swap(order[left - 1], order[random() % left]);
    }
  }

  const Repository& repository() const { return bench_.repository(); }

  const DeclaredUses* declared_at(const Span& span) const {
    const auto& all = repository().declared;
    const auto found = std::ranges::find_if(all, [&](const auto& each) {
      return each.span.file == span.file && each.span.begin == span.begin;
    });
    return found == all.end() ? nullptr : &*found;
  }

  // What the tests ask for, with all that it needs.
  std::vector<bool> declarations_asked_for() const {
    const auto& declared = repository().declared;
    const std::set<std::string> names = names_asked_for();
    std::vector<bool> asked(declared.size());
    std::vector<uint32_t> open;
    for (uint32_t i = 0; i < declared.size(); ++i) {
      if (names.contains(name_of(declared[i]))) open.push_back(i);
    }
    while (!open.empty()) {
      const uint32_t here = open.back();
      open.pop_back();
      if (asked[here]) continue;
      asked[here] = true;
      const auto& uses = declared[here].uses;
      open.insert(open.end(), uses.begin(), uses.end());
    }
    return asked;
  }

  // Of a segment, of stages, or of a score; "" of anything else.
  std::string name_of(const DeclaredUses& declared) const {
    const auto& scores = loaded().syntax.scores;
    const auto score =
        std::ranges::find(scores, declared.span, &ScoreDecl::span);
    return score == scores.end() ? declared.segment : score->name.text;
  }

  std::set<std::string> names_asked_for() const {
    std::set<std::string> names;
    for (const size_t test : tests_) {
      for (const Asked& asked : bench_.asked()[test]) {
        names.insert(asked.reached.scores.begin(), asked.reached.scores.end());
        add_segments(asked.reached, names);
      }
    }
    return names;
  }
  void add_segments(const Reached& reached,
                    std::set<std::string>& names) const {
    for (size_t i = 0; i < reached.segments.size(); ++i) {
      if (!reached.segments[i]) continue;
      const TypedSegment& segment = repository().segments[i];
      names.insert(segment.stages.empty() ? segment.name : segment.stages);
    }
  }

  // ---- one mutant ----

  Status ask(size_t index) {
    const Mutant& mutant = mutants_[index];
    LoadedRepository other =
        load_with(loaded(), mutant.file, mutated(sources(), mutant));
    if (other.diagnostics.errors() > 0) {
      fates_[index] = Fate::kNoRule;
      return {};
    }
    const auto bench = TestBench::make(std::move(other), bench_.people());
    if (!bench) return bench.error();
    const bool all = std::ranges::all_of(
        tests_, [&](size_t test) { return holds(**bench, test); });
    fates_[index] = all ? Fate::kSurvived : Fate::kKilled;
    return {};
  }

  MutationReport report() const {
    MutationReport made;
    made.possible = possible_;
    made.untested = untested_;
    for (size_t i = 0; i < mutants_.size(); ++i) {
      if (fates_[i] == Fate::kNoRule) {
        ++made.no_rules;
        continue;
      }
      const Mutant& mutant = mutants_[i];
      const Position place = sources().position(mutant.file, mutant.begin);
      const bool killed = fates_[i] == Fate::kKilled;
      made.killed += killed ? 1 : 0;
      made.mutants.push_back({.file = sources().file(mutant.file).path,
                              .line = place.line,
                              .column = place.column,
                              .before = words_of(sources(), mutant.whole),
                              .after = mutated_words(sources(), mutant),
                              .killed = killed});
    }
    return made;
  }

  const TestBench& bench_;
  const MutationOptions& options_;
  std::vector<size_t> tests_;
  std::vector<Mutant> mutants_;
  std::vector<Fate> fates_;
  std::vector<std::string> untested_;
  size_t possible_ = 0;
};

}  // namespace

Result<MutationReport> mutate_tests(const Rules& rules,
                                    const MutationOptions& options) {
  const auto bench = TestBench::make(load_again(rules.impl().loaded), nullptr);
  if (!bench) return std::unexpected(bench.error());
  return Mutation(**bench, options).run();
}

}  // namespace kitle
