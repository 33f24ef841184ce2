#include "library/compiled_rules.h"

#include <algorithm>
#include <mutex>

#include "compiler/compile.h"
#include "compiler/reference.h"
#include "compiler/unchanged.h"
#include "library/fits_in_use.h"
#include "service/store.h"

namespace kitle {

struct CompiledRules::Ready : ReadyRules {
  Result<std::shared_ptr<const MachineCode>> machine_code(
      const Binding& binding, bool make) const override {
    MachineOptions wanted = options;
    wanted.compile = make;
    return make_machine_code(binding, wanted);
  }
  Result<RunOutcome> reference(const Snapshot& snapshot,
                               int64_t now) const override;
  std::vector<std::optional<uint32_t>> unchanged_since(
      const ReadyRules& before) const override;
  const RunnableProgram& runnable() const override {
    std::call_once(once, [this] { compiled = compile_asked(); });
    return compiled;
  }
  RunnableProgram compile_asked() const;

  explicit Ready(Rules from) : rules(std::move(from)) {}

  Rules rules;  // which `of` is made of
  std::shared_ptr<const FittedRules> of;
  std::vector<std::string> asked;
  std::vector<uint32_t> indexes;  // in the repository
  MachineOptions options;
  mutable std::once_flag once;
  mutable RunnableProgram compiled;
};

RunnableProgram CompiledRules::Ready::compile_asked() const {
  CompileOptions wanted;
  wanted.segments = asked;
  RunnableProgram made;
  made.program =
      asked.empty()
          ? of->program()
          : std::make_shared<const Program>(compile(of->repository(), wanted));
  made.prepared = std::make_shared<const PreparedProgram>(*made.program);
  return made;
}

Result<RunOutcome> CompiledRules::Ready::reference(const Snapshot& snapshot,
                                                   int64_t now) const {
  auto answers = evaluate_reference(of->repository(), indexes, snapshot, now);
  if (!answers) return std::unexpected(answers.error());
  RunOutcome outcome{.segments = {}, .profiles = answers->profiles};
  for (const ReferenceSegment& answer : answers->segments) {
    SegmentMembers& made = outcome.segments.emplace_back();
    made.undecided = !answer.undecided.empty();
    if (made.undecided) {
      made.undecided_ordinal = answer.undecided.front();
    } else {
      made.members = Membership::of(answer.members);
    }
  }
  return outcome;
}

std::vector<std::optional<uint32_t>> CompiledRules::Ready::unchanged_since(
    const ReadyRules& before) const {
  std::vector<std::optional<uint32_t>> places(segments.size());
  const auto* other = dynamic_cast<const Ready*>(&before);
  if (other == nullptr) return places;
  const bool edited = other->of != of;
  std::vector<std::optional<uint32_t>> same;
  if (edited) {
    same = unchanged_segments(other->of->repository(), of->repository());
  }
  for (size_t i = 0; i < places.size(); ++i) {
    const auto index = edited ? same[indexes[i]] : indexes[i];
    if (!index) continue;
    const auto found = std::ranges::find(other->indexes, *index);
    if (found == other->indexes.end()) continue;
    places[i] = static_cast<uint32_t>(found - other->indexes.begin());
  }
  return places;
}

std::shared_ptr<const CompiledRules::Ready> CompiledRules::make(
    std::vector<std::string> names,
    std::shared_ptr<const FittedRules> of) const {
  auto made = std::make_shared<Ready>(rules_);
  const Repository& repository = of->repository();
  made->indexes = segments_wanted(repository, names);
  for (const uint32_t index : made->indexes) {
    const TypedSegment& segment = repository.segments[index];
    made->segments.push_back({{segment.name, segment.title, segment.stages,
                               rules_.impl().action_of(segment.name)},
                              segment.undecided});
  }
  made->fits =
      fits_in_use(rules_.impl().loaded.repository, of->chosen(), made->indexes);
  made->asked = std::move(names);
  made->of = std::move(of);
  made->options = options_;
  return made;
}

Result<std::shared_ptr<const ReadyRules>> CompiledRules::ready(
    const std::vector<std::string>& asked, int64_t fits_of) const {
  auto names = segments_asked(rules_, asked);
  if (!names) return std::unexpected(names.error());
  auto fitted = rules_.impl().at(fits_of);
  const std::lock_guard lock(mutex_);
  auto& kept = names->empty() ? whole_ : chosen_;
  const bool again =
      kept != nullptr && kept->asked == *names && kept->of == fitted;
  if (!again) kept = make(*std::move(names), std::move(fitted));
  return kept;
}

Status CompiledRules::check_store(const Snapshot& snapshot) const {
  return check_settings(rules_.impl().loaded.repository.settings,
                        snapshot.settings());
}

Result<Engine> Engine::create(const Rules& rules,
                              const EngineOptions& options) {
  if (!rules.ok()) {
    return std::unexpected(Status(StatusCode::kInvalid, "compile the rules",
                                  rules.folder(),
                                  "they have mistakes; run `kitle check`"));
  }
  return make_engine(
      std::make_shared<CompiledRules>(
          rules, MachineOptions{options.cache_folder, options.use_cache}),
      options.compile_after);
}

}  // namespace kitle
