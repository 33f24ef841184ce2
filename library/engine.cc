#include "kitle/engine.h"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <numeric>
#include <optional>
#include <system_error>
#include <thread>
#include <tuple>
#include <utility>

#include "compiler/compile.h"
#include "compiler/machine.h"
#include "compiler/reference.h"
#include "library/members.h"
#include "library/rules.h"
#include "library/stale.h"
#include "library/store.h"
#include "runtime/eval/bind.h"
#include "runtime/eval/executor.h"
#include "runtime/eval/point.h"
#include "runtime/eval/run.h"

namespace kitle {

namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  const std::chrono::duration<double> passed =
      std::chrono::steady_clock::now() - start;
  return passed.count();
}

// Programs of more operations take seconds to compile, and most of them are
// calls of the interpreter's kernels, shared by many rules.
constexpr size_t kMostCompiled = 1024;
// What compiling takes an operation: 104 of them took 77 to 191 ms.
constexpr double kCompileSeconds = 0.001;

// One program, ready for every tier.
struct Compiled {
  std::shared_ptr<const FittedRules> of;
  std::shared_ptr<const Program> program;
  std::shared_ptr<const PreparedProgram> prepared;
  std::vector<uint32_t> segments;  // indexes in the repository
};

bool has_functions(const MachineCode& code, const Binding& bound) {
  const auto lacks = [&](const BoundBlock& block) {
    return code.function_for(block) == nullptr;
  };
  for (uint32_t i = 0; i < bound.snapshot().blocks(); ++i) {
    const auto versions = bound.block(i);
    if (!versions) continue;  // the run says so
    if (lacks((*versions)->base)) return false;
    const bool newer = (*versions)->overlay_view != nullptr;
    if (newer && lacks((*versions)->overlay)) return false;
  }
  return true;
}

// What was made for one program over one snapshot. Which of the program's two
// codes a block needs depends on `now` too, so there may be several.
struct MachineCodes {
  // Held, so that no other program can have its address.
  std::shared_ptr<const Binding> of;
  std::vector<std::shared_ptr<const MachineCode>> made;
  bool not_in_cache = false;  // asked once in vain
  bool not_possible = false;
  double interpreted = 0;  // seconds of runs that had none

  bool are_of(const Binding& bound) const {
    return of != nullptr && &of->program() == &bound.program() &&
           &of->snapshot() == &bound.snapshot();
  }
  // One that has a function for each block, or null.
  std::shared_ptr<const MachineCode> for_all_of(const Binding& bound) const {
    const auto found = std::ranges::find_if(
        made, [&](const auto& code) { return has_functions(*code, bound); });
    return found == made.end() ? nullptr : *found;
  }
};

}  // namespace

struct Engine::Impl {
  Impl(Rules of, const EngineOptions& options)
      : rules(std::move(of)),
        machine_options({options.cache_folder, options.use_cache}),
        compile_after(options.compile_after) {}

  Rules rules;
  MachineOptions machine_options;
  double compile_after;
  std::mutex mutex;
  // The whole repository's program, and the last one of chosen segments.
  std::optional<Compiled> whole;
  std::optional<std::pair<std::vector<std::string>, Compiled>> chosen;
  // The machine code of the last program over the last snapshot.
  MachineCodes machines;
  // The last binding: a snapshot and an instant are often asked again.
  std::shared_ptr<const Binding> binding;

  const Repository& repository() const {
    return rules.impl().loaded.repository;
  }
  Result<Compiled> compiled(const std::vector<std::string>& asked, int64_t now);
  Result<std::shared_ptr<const MachineCode>> machine_code(
      const std::shared_ptr<const Binding>& bound, bool compile);
  Result<std::shared_ptr<const Binding>> bind(const Compiled& what,
                                              const Store& store, int64_t now);
  // Null where the interpreter is to answer.
  Result<std::shared_ptr<const MachineCode>> code_for(
      const std::shared_ptr<const Binding>& bound, const RunOptions& options);
  // The interpreter took so long for want of machine code, which is made beside
  // the next runs as soon as it would have taken no longer.
  void interpreted(const std::shared_ptr<const Binding>& bound, double seconds);
  Result<RunResult> run_reference(const Store& store,
                                  const RunOptions& options);
  Result<RunResult> run_program(const Store& store, const RunOptions& options);

 private:
  static Compiled make(std::shared_ptr<const FittedRules> of,
                       const CompileOptions& options);
  // Needs the lock.
  bool pays(const Binding& bound) const;
  void compile_beside(const std::shared_ptr<const Binding>& bound);

  bool compiling_ = false;
  std::jthread beside_;  // the last member: it uses the others
};

Compiled Engine::Impl::make(std::shared_ptr<const FittedRules> of,
                            const CompileOptions& options) {
  Compiled made;
  const Repository& repository = of->repository();
  made.program =
      options.segments.empty()
          ? of->program()
          : std::make_shared<const Program>(compile(repository, options));
  made.prepared = std::make_shared<const PreparedProgram>(*made.program);
  for (const std::string& name : made.program->segments) {
    const auto& all = repository.segments;
    const auto found =
        std::find_if(all.begin(), all.end(),
                     [&](const TypedSegment& s) { return s.name == name; });
    made.segments.push_back(static_cast<uint32_t>(found - all.begin()));
  }
  made.of = std::move(of);
  return made;
}

Result<Compiled> Engine::Impl::compiled(const std::vector<std::string>& asked,
                                        int64_t now) {
  const auto names = segments_asked(rules, asked);
  if (!names) return std::unexpected(names.error());
  auto fitted = rules.impl().at(now);
  const std::lock_guard lock(mutex);
  if (names->empty()) {
    if (!whole || whole->of != fitted) whole = make(std::move(fitted), {});
    return *whole;
  }
  if (!chosen || chosen->first != *names || chosen->second.of != fitted) {
    CompileOptions options;
    options.segments = *names;
    chosen.emplace(*names, make(std::move(fitted), options));
  }
  return chosen->second;
}

Result<std::shared_ptr<const MachineCode>> Engine::Impl::machine_code(
    const std::shared_ptr<const Binding>& bound, bool compile) {
  const std::lock_guard lock(mutex);
  if (!machines.are_of(*bound)) machines = {bound, {}, false};
  auto held = machines.for_all_of(*bound);
  if (held != nullptr || (machines.not_in_cache && !compile)) return held;
  MachineOptions wanted = machine_options;
  wanted.compile = compile;
  auto made = make_machine_code(*bound, wanted);
  if (made) machines.made.push_back(*made);
  if (made || compile) return made;
  machines.not_in_cache = true;
  return held;
}

Result<std::shared_ptr<const Binding>> Engine::Impl::bind(const Compiled& what,
                                                          const Store& store,
                                                          int64_t now) {
  const auto& snapshot = store.impl().snapshot;
  const Status same =
      check_settings(repository().settings, snapshot->settings());
  if (!same.ok()) return std::unexpected(same);
  const std::lock_guard lock(mutex);
  const bool again = binding != nullptr && binding->now() == now &&
                     &binding->snapshot() == snapshot.get() &&
                     &binding->program() == what.program.get();
  if (again) return binding;
  auto made = Binding::make(what.program, snapshot, now);
  if (made) binding = *made;
  return made;
}

namespace {

RunResult empty_result(const Store& store, const RunOptions& options) {
  RunResult result;
  result.now = options.now;
  result.snapshot = store.snapshot();
  return result;
}

Result<SegmentResult> segment_result(const Rules& rules,
                                     const TypedSegment& segment,
                                     SegmentMembers members,
                                     const Snapshot& snapshot) {
  SegmentResult made{.name = segment.name,
                     .title = segment.title,
                     .undecided = members.undecided,
                     .undecided_key = "",
                     .members = {},
                     .stages = segment.stages,
                     .undecided_reason = segment.undecided,
                     .action = rules.impl().action_of(segment.name)};
  if (!segment.undecided.empty()) {
    made.undecided = true;
    return made;
  }
  if (members.undecided) {
    auto key = key_in(snapshot, members.undecided_ordinal);
    if (!key) return std::unexpected(key.error());
    made.undecided_key = std::move(*key);
  }
  made.members = make_members(std::move(members.members));
  return made;
}

// Binds every block, which checks it at first touch, on all threads; what
// cannot be read the run says.
void touch_all(const Binding& bound, Executor& executor) {
  executor.for_each(bound.snapshot().blocks(), [&](uint32_t block, unsigned) {
    std::ignore = bound.block(block);
  });
}

}  // namespace

Result<std::shared_ptr<const MachineCode>> Engine::Impl::code_for(
    const std::shared_ptr<const Binding>& bound, const RunOptions& options) {
  std::shared_ptr<const MachineCode> none;
  if (options.tier == Tier::kInterpreter) return none;
  auto made = machine_code(bound, options.tier == Tier::kCompiled);
  if (!made && options.tier != Tier::kCompiled) return none;
  return made;
}

bool Engine::Impl::pays(const Binding& bound) const {
  const size_t operations = bound.program().fast.instructions.size();
  const double least = compile_after < 0
                           ? static_cast<double>(operations) * kCompileSeconds
                           : compile_after;
  return operations <= kMostCompiled && !machines.not_possible &&
         machines.interpreted >= least;
}

void Engine::Impl::interpreted(const std::shared_ptr<const Binding>& bound,
                               double seconds) {
  const std::lock_guard lock(mutex);
  if (!machines.are_of(*bound)) return;
  machines.interpreted += seconds;
  const bool here = machines.for_all_of(*bound) != nullptr;
  if (here || compiling_ || !pays(*bound)) return;
  try {
    // The thread before it, if any, is at its end.
    beside_ = std::jthread([this, bound] { compile_beside(bound); });
    compiling_ = true;
  } catch (const std::system_error&) {  // no thread to be had
    machines.not_possible = true;
  }
}

void Engine::Impl::compile_beside(const std::shared_ptr<const Binding>& bound) {
  auto made = make_machine_code(*bound, machine_options);
  const std::lock_guard lock(mutex);
  compiling_ = false;
  if (!machines.are_of(*bound)) return;
  if (made) {
    machines.made.push_back(std::move(*made));
  } else {
    machines.not_possible = true;
  }
}

Result<RunResult> Engine::Impl::run_program(const Store& store,
                                            const RunOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  const auto what =
      compiled(options.segments, options.fits_of.value_or(options.now));
  if (!what) return std::unexpected(what.error());
  const auto bound = bind(*what, store, options.now);
  if (!bound) return std::unexpected(bound.error());
  const auto executor = parallel_executor(options.threads);
  touch_all(**bound, *executor);
  const auto code = code_for(*bound, options);
  if (!code) return std::unexpected(code.error());
  RunResult result = empty_result(store, options);
  result.compile_seconds = seconds_since(start);
  const auto run_start = std::chrono::steady_clock::now();
  auto outcome = kitle::run(**bound, *what->prepared,
                            {executor.get(), code->get(), options.cancel});
  if (!outcome) return std::unexpected(outcome.error());
  result.seconds = seconds_since(run_start);
  if (options.tier == Tier::kAuto && *code == nullptr) {
    interpreted(*bound, result.seconds);
  }
  auto stale = stale_fits(repository(), what->of->chosen(), what->segments,
                          options.now, *store.impl().snapshot);
  if (!stale) return std::unexpected(stale.error());
  result.warnings = std::move(*stale);
  result.tier = *code == nullptr ? Tier::kInterpreter : Tier::kCompiled;
  result.profiles = outcome->profiles;
  for (size_t i = 0; i < what->segments.size(); ++i) {
    auto made = segment_result(
        rules, what->of->repository().segments[what->segments[i]],
        std::move(outcome->segments[i]), *store.impl().snapshot);
    if (!made) return std::unexpected(made.error());
    result.segments.push_back(std::move(*made));
  }
  return result;
}

Result<RunResult> Engine::Impl::run_reference(const Store& store,
                                              const RunOptions& options) {
  const auto what =
      compiled(options.segments, options.fits_of.value_or(options.now));
  if (!what) return std::unexpected(what.error());
  const Snapshot& snapshot = *store.impl().snapshot;
  const Status same =
      check_settings(repository().settings, snapshot.settings());
  if (!same.ok()) return std::unexpected(same);
  const auto start = std::chrono::steady_clock::now();
  const Repository& fitted = what->of->repository();
  auto answers =
      evaluate_reference(fitted, what->segments, snapshot, options.now);
  if (!answers) return std::unexpected(answers.error());
  RunResult result = empty_result(store, options);
  result.seconds = seconds_since(start);
  auto stale = stale_fits(repository(), what->of->chosen(), what->segments,
                          options.now, snapshot);
  if (!stale) return std::unexpected(stale.error());
  result.warnings = std::move(*stale);
  result.tier = Tier::kReference;
  result.profiles = answers->profiles;
  for (size_t i = 0; i < what->segments.size(); ++i) {
    const ReferenceSegment& answer = answers->segments[i];
    SegmentMembers members;
    members.members.append(answer.members);
    members.undecided = !answer.undecided.empty();
    if (members.undecided) {
      members.undecided_ordinal = answer.undecided.front();
      members.members = Membership();
    }
    auto made = segment_result(rules, fitted.segments[what->segments[i]],
                               std::move(members), snapshot);
    if (!made) return std::unexpected(made.error());
    result.segments.push_back(std::move(*made));
  }
  return result;
}

Engine::Engine(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<Engine> Engine::create(const Rules& rules,
                              const EngineOptions& options) {
  if (!rules.ok()) {
    return std::unexpected(Status(StatusCode::kInvalid, "compile the rules",
                                  rules.folder(),
                                  "they have mistakes; run `kitle check`"));
  }
  return Engine(std::make_shared<Impl>(rules, options));
}

Result<RunResult> Engine::run(const Store& store,
                              const RunOptions& options) const {
  if (options.tier == Tier::kReference) {
    return impl_->run_reference(store, options);
  }
  return impl_->run_program(store, options);
}

// ---- one profile ----

struct ProfileQuery::Impl {
  PointQuery query;
  std::vector<uint64_t> undecided;
  std::shared_ptr<const Binding> binding;
};

ProfileQuery::ProfileQuery(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}
ProfileQuery::ProfileQuery(ProfileQuery&&) noexcept = default;
ProfileQuery& ProfileQuery::operator=(ProfileQuery&&) noexcept = default;
ProfileQuery::~ProfileQuery() = default;

size_t ProfileQuery::words() const { return impl_->query.words(); }

Status ProfileQuery::evaluate(uint32_t ordinal, std::span<uint64_t> bits) {
  Status status = impl_->query.evaluate(ordinal, bits, impl_->undecided);
  if (!status.ok()) return status;
  for (size_t i = 0; i < impl_->query.segments(); ++i) {
    if (((impl_->undecided[i / 64] >> (i % 64)) & 1) == 0) continue;
    return {StatusCode::kUnsupported, "evaluate a profile", "",
            "segment `" + impl_->binding->program().segments[i] +
                "` cannot be decided for this profile"};
  }
  return {};
}

Result<ProfileQuery> Engine::prepare(const Store& store, int64_t now) const {
  const auto what = impl_->compiled({}, now);
  if (!what) return std::unexpected(what.error());
  for (const TypedSegment& each : what->of->repository().segments) {
    if (each.undecided.empty()) continue;
    return std::unexpected(
        Status(StatusCode::kUnsupported, "prepare the rules", "",
               "segment `" + each.name + "` is undecided: " + each.undecided));
  }
  const auto binding = impl_->bind(*what, store, now);
  if (!binding) return std::unexpected(binding.error());
  // Asked many times over, so always worth compiling.
  const auto code = impl_->machine_code(*binding, true);
  PointQuery query(*binding, what->prepared, code ? *code : nullptr);
  std::vector<uint64_t> undecided(query.words());
  return ProfileQuery(std::make_unique<ProfileQuery::Impl>(
      std::move(query), std::move(undecided), *binding));
}

}  // namespace kitle
