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

#include "runtime/eval/bind.h"
#include "runtime/eval/code_images.h"
#include "runtime/eval/executor.h"
#include "runtime/eval/point.h"
#include "runtime/eval/refresh.h"
#include "runtime/eval/run.h"
#include "runtime/time/bounds.h"
#include "runtime/unfinished_work.h"
#include "service/earlier.h"
#include "service/members.h"
#include "service/rule_set.h"
#include "service/stale.h"
#include "service/store.h"

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
        made, [&](const auto& code) { return answers_all(*code, bound); });
    return found == made.end() ? nullptr : *found;
  }
};

}  // namespace

struct Engine::Impl {
  Impl(std::shared_ptr<const RuleSet> of, double least_seconds)
      : rules(std::move(of)), compile_after(least_seconds) {}

  std::shared_ptr<const RuleSet> rules;
  double compile_after;
  std::mutex mutex;
  // The machine code of the last program over the last snapshot.
  MachineCodes machines;
  // The last binding: a snapshot and an instant are often asked again.
  std::shared_ptr<const Binding> binding;
  // Of the members that were refreshed last; null where there are none, or a
  // refresh has them.
  std::unique_ptr<MemberRows> member_rows;

  Result<std::shared_ptr<const MachineCode>> machine_code(
      const ReadyRules& what, const std::shared_ptr<const Binding>& bound,
      bool make);
  Result<std::shared_ptr<const Binding>> bind(const ReadyRules& what,
                                              const Store& store, int64_t now);
  // Null where the interpreter is to answer.
  Result<std::shared_ptr<const MachineCode>> code_for(
      const ReadyRules& what, const std::shared_ptr<const Binding>& bound,
      const RunOptions& options);
  // The interpreter took so long for want of machine code, which is made beside
  // the next runs as soon as it would have taken no longer.
  void interpreted(const std::shared_ptr<const ReadyRules>& what,
                   const std::shared_ptr<const Binding>& bound, double seconds);
  Result<RunResult> run_reference(const Store& store,
                                  const RunOptions& options);
  Result<RunResult> run_program(const Store& store, const RunOptions& options);
  Result<RunResult> run_ready(const std::shared_ptr<const ReadyRules>& what,
                              std::chrono::steady_clock::time_point start,
                              const Store& store, const RunOptions& options);
  Result<RunResult> run(const Store& store, const RunOptions& options) {
    return options.tier == Tier::kReference ? run_reference(store, options)
                                            : run_program(store, options);
  }
  // With `options.before`, and with `options.kept`; not by the reference.
  Result<RunResult> run_after(const Store& store, const RunOptions& options);
  Result<RunResult> run_kept(const Store& store, const RunOptions& options);

 private:
  // Some segments as they were then, the others evaluated.
  Result<RunResult> run_edited(const std::shared_ptr<const ReadyRules>& what,
                               const Earlier& earlier, const Store& store,
                               const RunOptions& options);
  // Nothing where a run of everyone takes no longer.
  Result<std::optional<RunResult>> run_refreshed(
      const std::shared_ptr<const ReadyRules>& what, const Earlier& earlier,
      const Store& store, const RunOptions& options, bool& by_time);
  std::unique_ptr<MemberRows> take_rows() {
    const std::lock_guard lock(mutex);
    return std::move(member_rows);
  }
  void give_rows(std::unique_ptr<MemberRows> kept) {
    const std::lock_guard lock(mutex);
    if (kept != nullptr) std::swap(member_rows, kept);
  }
  // Needs the lock.
  bool pays(const Binding& bound) const;
  void compile_beside(const ReadyRules& what,
                      const std::shared_ptr<const Binding>& bound);

  bool compiling_ = false;
  std::jthread beside_;  // the last member: it uses the others
};

Result<std::shared_ptr<const MachineCode>> Engine::Impl::machine_code(
    const ReadyRules& what, const std::shared_ptr<const Binding>& bound,
    bool make) {
  if (!rules->makes_machine_code()) return what.machine_code(*bound, make);
  const std::lock_guard lock(mutex);
  if (!machines.are_of(*bound)) machines = {bound, {}, false};
  auto held = machines.for_all_of(*bound);
  if (held != nullptr || (machines.not_in_cache && !make)) return held;
  auto made = what.machine_code(*bound, make);
  if (made) machines.made.push_back(*made);
  if (made || make) return made;
  machines.not_in_cache = true;
  return held;
}

Result<std::shared_ptr<const Binding>> Engine::Impl::bind(
    const ReadyRules& what, const Store& store, int64_t now) {
  const auto& snapshot = store.impl().snapshot;
  const Status same = rules->check_store(*snapshot);
  if (!same.ok()) return std::unexpected(same);
  const std::lock_guard lock(mutex);
  const bool again = binding != nullptr && binding->now() == now &&
                     &binding->snapshot() == snapshot.get() &&
                     &binding->program() == what.runnable().program.get();
  if (again) return binding;
  auto made =
      Binding::make(what.runnable().program, snapshot, now, binding.get());
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

Result<SegmentResult> segment_result(const AnsweredSegment& segment,
                                     SegmentMembers members,
                                     const Snapshot& snapshot) {
  SegmentResult made{.name = segment.info.name,
                     .title = segment.info.title,
                     .undecided = members.undecided,
                     .undecided_key = "",
                     .members = {},
                     .stages = segment.info.stages,
                     .undecided_reason = segment.undecided,
                     .action = segment.info.action};
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

// What is said beside the answers.
Status add_origin(const std::shared_ptr<const ReadyRules>& what,
                  const Store& store, RunResult& result,
                  std::shared_ptr<const DueTimes> dues = nullptr) {
  const auto& snapshot = store.impl().snapshot;
  auto stale = stale_fits(what->fits, result.now, *snapshot);
  if (!stale) return stale.error();
  result.warnings = std::move(*stale);
  result.origin = std::make_shared<const RunOrigin>(what, snapshot->identity(),
                                                    std::move(dues));
  return {};
}

Status add_answers(const std::shared_ptr<const ReadyRules>& what,
                   RunOutcome outcome, const Store& store, RunResult& result) {
  result.profiles = outcome.profiles;
  result.evaluated = outcome.profiles;
  for (size_t i = 0; i < what->segments.size(); ++i) {
    auto made =
        segment_result(what->segments[i], std::move(outcome.segments[i]),
                       *store.impl().snapshot);
    if (!made) return made.error();
    result.segments.push_back(std::move(*made));
  }
  return add_origin(what, store, result);
}

Status add_refreshed(const std::shared_ptr<const ReadyRules>& what,
                     const Earlier& earlier, RefreshOutcome outcome,
                     const Store& store, const RunOptions& options,
                     RunResult& result) {
  result.profiles = outcome.profiles;
  result.evaluated = outcome.evaluated;
  for (size_t i = 0; i < what->segments.size(); ++i) {
    RefreshedSegment& each = outcome.segments[i];
    if (!each.undecided && !each.members) {
      result.segments.push_back(
          taken(options.before->segments[*earlier.places[i]],
                what->segments[i].info));
      continue;
    }
    SegmentMembers members;
    members.undecided = each.undecided;
    members.undecided_ordinal = each.undecided_ordinal;
    if (each.members) members.members = *std::move(each.members);
    auto made = segment_result(what->segments[i], std::move(members),
                               *store.impl().snapshot);
    if (!made) return made.error();
    result.segments.push_back(std::move(*made));
  }
  return add_origin(what, store, result, std::move(outcome.dues));
}

// Binds every block, which checks it at first touch, on all threads; what
// cannot be read the run says. `whole`: with its instructions.
void touch_all(const Binding& bound, Executor& executor, bool whole) {
  executor.for_each(bound.snapshot().blocks(), [&](uint32_t block, unsigned) {
    std::ignore = whole ? bound.block(block) : bound.columns(block);
  });
}

// Blocks are what is spread over threads: for one there is no need to start
// any, which takes longer than to evaluate few people.
std::unique_ptr<Executor> executor_for(const Binding& bound, unsigned threads) {
  return bound.snapshot().blocks() > 1 ? parallel_executor(threads)
                                       : serial_executor();
}

}  // namespace

Result<std::shared_ptr<const MachineCode>> Engine::Impl::code_for(
    const ReadyRules& what, const std::shared_ptr<const Binding>& bound,
    const RunOptions& options) {
  std::shared_ptr<const MachineCode> none;
  if (options.tier == Tier::kInterpreter) return none;
  auto made = machine_code(what, bound, options.tier == Tier::kCompiled);
  if (!made && options.tier != Tier::kCompiled) return none;
  return made;
}

bool Engine::Impl::pays(const Binding& bound) const {
  const size_t operations = bound.program().fast.instructions.size();
  const double least = compile_after < 0
                           ? static_cast<double>(operations) * kCompileSeconds
                           : compile_after;
  return operations <= kMostCompiled && rules->makes_machine_code() &&
         !machines.not_possible && machines.interpreted >= least;
}

void Engine::Impl::interpreted(const std::shared_ptr<const ReadyRules>& what,
                               const std::shared_ptr<const Binding>& bound,
                               double seconds) {
  const std::lock_guard lock(mutex);
  if (!machines.are_of(*bound)) return;
  machines.interpreted += seconds;
  const bool here = machines.for_all_of(*bound) != nullptr;
  if (here || compiling_ || !pays(*bound)) return;
  try {
    // The thread before it, if any, is at its end.
    beside_ =
        std::jthread([this, what, bound] { compile_beside(*what, bound); });
    compiling_ = true;
  } catch (const std::system_error&) {  // no thread to be had
    machines.not_possible = true;
  }
}

void Engine::Impl::compile_beside(const ReadyRules& what,
                                  const std::shared_ptr<const Binding>& bound) {
  auto made = what.machine_code(*bound, true);
  const std::lock_guard lock(mutex);
  compiling_ = false;
  if (!machines.are_of(*bound)) return;
  if (made) {
    machines.made.push_back(std::move(*made));
  } else {
    machines.not_possible = true;
  }
}

namespace {

// Of some segments, where what runs is machine code of all of them.
bool runs_whole(const ReadyRules& what, Tier tier) {
  return what.whole != nullptr &&
         (tier == Tier::kCompiled || (tier == Tier::kAuto && what.are_most));
}

std::vector<SegmentResult> chosen(std::vector<SegmentResult> all,
                                  const std::vector<uint32_t>& places) {
  std::vector<SegmentResult> some;
  for (const uint32_t place : places) some.push_back(std::move(all[place]));
  return some;
}

}  // namespace

Result<RunResult> Engine::Impl::run_program(const Store& store,
                                            const RunOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  const auto what =
      rules->ready(options.segments, options.fits_of.value_or(options.now));
  if (!what) return std::unexpected(what.error());
  if (!runs_whole(**what, options.tier)) {
    return run_ready(*what, start, store, options);
  }
  auto result = run_ready((*what)->whole, start, store, options);
  if (!result) return result;
  result->segments = chosen(std::move(result->segments), (*what)->in_whole);
  const Status added = add_origin(*what, store, *result);
  if (!added.ok()) return std::unexpected(added);
  return result;
}

Result<RunResult> Engine::Impl::run_ready(
    const std::shared_ptr<const ReadyRules>& what,
    std::chrono::steady_clock::time_point start, const Store& store,
    const RunOptions& options) {
  const auto bound = bind(*what, store, options.now);
  if (!bound) return std::unexpected(bound.error());
  const auto executor = executor_for(**bound, options.threads);
  touch_all(**bound, *executor, true);
  const auto code = code_for(*what, *bound, options);
  if (!code) return std::unexpected(code.error());
  RunResult result = empty_result(store, options);
  result.tier = *code == nullptr ? Tier::kInterpreter : Tier::kCompiled;
  result.compile_seconds = seconds_since(start);
  const auto run_start = std::chrono::steady_clock::now();
  auto outcome = kitle::run(**bound, *what->runnable().prepared,
                            {executor.get(), code->get(), options.cancel});
  if (!outcome) return std::unexpected(outcome.error());
  result.seconds = seconds_since(run_start);
  if (options.tier == Tier::kAuto && *code == nullptr) {
    interpreted(what, *bound, result.seconds);
  }
  const Status added = add_answers(what, std::move(*outcome), store, result);
  if (!added.ok()) return std::unexpected(added);
  return result;
}

Result<RunResult> Engine::Impl::run_reference(const Store& store,
                                              const RunOptions& options) {
  const auto what =
      rules->ready(options.segments, options.fits_of.value_or(options.now));
  if (!what) return std::unexpected(what.error());
  const Snapshot& snapshot = *store.impl().snapshot;
  const Status same = rules->check_store(snapshot);
  if (!same.ok()) return std::unexpected(same);
  const Status known = check_now(options.now);
  if (!known.ok()) return std::unexpected(known);
  const auto start = std::chrono::steady_clock::now();
  auto outcome = (*what)->reference(snapshot, options.now);
  if (!outcome) return std::unexpected(outcome.error());
  RunResult result = empty_result(store, options);
  result.seconds = seconds_since(start);
  result.tier = Tier::kReference;
  const Status added = add_answers(*what, std::move(*outcome), store, result);
  if (!added.ok()) return std::unexpected(added);
  return result;
}

Result<RunResult> Engine::Impl::run_after(const Store& store,
                                          const RunOptions& options) {
  const auto what =
      rules->ready(options.segments, options.fits_of.value_or(options.now));
  if (!what) return std::unexpected(what.error());
  const auto earlier = earlier_of(**what, *store.impl().snapshot, options);
  if (earlier.same_moment) return run_edited(*what, earlier, store, options);
  const RunResult& before = *options.before;
  const bool alike = before.origin != nullptr && before.origin->rules == *what;
  RunOrigin next = alike ? *before.origin : RunOrigin();
  const int64_t passed = options.now - before.now;
  if (next.waits > 0 && passed >= next.too_long) {
    --next.waits;
  } else {
    bool by_time = false;
    auto refreshed = run_refreshed(*what, earlier, store, options, by_time);
    if (!refreshed) return std::unexpected(refreshed.error());
    if (*refreshed) return *std::move(*refreshed);
    if (by_time) {
      constexpr uint32_t kMostFailures = 4;
      next.failures = std::min(next.failures + 1, kMostFailures);
      next.waits = (1u << next.failures) - 1;
      next.too_long = passed;
    }
  }
  auto result = run(store, options);
  if (!result) return result;
  auto origin = std::make_shared<RunOrigin>(*result->origin);
  origin->too_long = next.too_long;
  origin->failures = next.failures;
  origin->waits = next.waits;
  result->origin = std::move(origin);
  return result;
}

Result<RunResult> Engine::Impl::run_kept(const Store& store,
                                         const RunOptions& options) {
  const auto what =
      rules->ready(options.segments, options.fits_of.value_or(options.now));
  if (!what) return std::unexpected(what.error());
  const auto executor = parallel_executor(options.threads);
  const auto before = kept_result(*what, store, options.kept, *executor);
  RunOptions with = options;
  with.before = before ? &*before : nullptr;
  return before ? run_after(store, with) : run(store, options);
}

Result<std::optional<RunResult>> Engine::Impl::run_refreshed(
    const std::shared_ptr<const ReadyRules>& what, const Earlier& earlier,
    const Store& store, const RunOptions& options, bool& by_time) {
  const RunResult& before = *options.before;
  const auto members = members_of(earlier, before);
  if (!members) return std::nullopt;
  const auto start = std::chrono::steady_clock::now();
  const auto bound = bind(*what, store, options.now);
  if (!bound) return std::unexpected(bound.error());
  const auto executor = parallel_executor(options.threads);
  touch_all(**bound, *executor, false);
  std::shared_ptr<const MachineCode> code;
  if (what->whole == nullptr) {
    auto found = code_for(*what, *bound, options);
    if (!found) return std::unexpected(found.error());
    code = *std::move(found);
  }
  RunResult result = empty_result(store, options);
  result.tier = code == nullptr ? Tier::kInterpreter : Tier::kCompiled;
  result.compile_seconds = seconds_since(start);
  const auto run_start = std::chrono::steady_clock::now();
  auto rows = take_rows();
  auto outcome = kitle::refresh(
      **bound, *what->runnable().prepared,
      {executor.get(), code.get(), options.cancel},
      {before.now, before.origin->snapshot.get(), *members,
       before.origin->rules == what ? before.origin->dues.get() : nullptr,
       // Of a kept run there is one refresh.
       options.kept.empty() ? &rows : nullptr});
  give_rows(std::move(rows));
  if (!outcome) return std::unexpected(outcome.error());
  by_time = outcome->by_time;
  if (!outcome->outcome) return std::nullopt;
  result.seconds = seconds_since(run_start);
  const Status added = add_refreshed(
      what, earlier, *std::move(outcome->outcome), store, options, result);
  if (!added.ok()) return std::unexpected(added);
  return result;
}

Result<RunResult> Engine::Impl::run_edited(
    const std::shared_ptr<const ReadyRules>& what, const Earlier& earlier,
    const Store& store, const RunOptions& options) {
  const auto& from = earlier.places;
  RunOptions rest = options;
  rest.segments.clear();
  for (size_t i = 0; i < from.size(); ++i) {
    if (!from[i]) rest.segments.push_back(what->segments[i].info.name);
  }
  if (rest.segments.size() == from.size()) return run(store, options);
  RunResult result = empty_result(store, options);
  result.tier = options.before->tier;
  result.profiles = options.before->profiles;
  if (!rest.segments.empty()) {
    auto made = run(store, rest);
    if (!made) return made;
    result = std::move(*made);
  }
  std::vector<SegmentResult> evaluated = std::exchange(result.segments, {});
  auto next = evaluated.begin();
  for (size_t i = 0; i < from.size(); ++i) {
    result.segments.push_back(
        from[i]
            ? taken(options.before->segments[*from[i]], what->segments[i].info)
            : std::move(*next++));
  }
  result.taken_over = static_cast<uint32_t>(from.size() - evaluated.size());
  const Status added = add_origin(what, store, result);
  if (!added.ok()) return std::unexpected(added);
  return result;
}

Engine::Engine(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

Engine make_engine(std::shared_ptr<const RuleSet> rules, double compile_after) {
  wait_for_unfinished_work_at_the_end();
  return Engine(
      std::make_shared<Engine::Impl>(std::move(rules), compile_after));
}

Result<RunResult> Engine::run(const Store& store,
                              const RunOptions& options) const {
  wait_for_unfinished_work_at_the_end();
  const bool reference = options.tier == Tier::kReference;
  if (reference || (options.before == nullptr && options.kept.empty())) {
    return impl_->run(store, options);
  }
  return options.before != nullptr ? impl_->run_after(store, options)
                                   : impl_->run_kept(store, options);
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
  const auto what = impl_->rules->ready({}, now);
  if (!what) return std::unexpected(what.error());
  for (const AnsweredSegment& each : (*what)->segments) {
    if (each.undecided.empty()) continue;
    return std::unexpected(Status(
        StatusCode::kUnsupported, "prepare the rules", "",
        "segment `" + each.info.name + "` is undecided: " + each.undecided));
  }
  const auto binding = impl_->bind(**what, store, now);
  if (!binding) return std::unexpected(binding.error());
  auto code = (*what)->code;
  if (code == nullptr) {
    // Asked many times over, so always worth compiling.
    code = impl_->machine_code(**what, *binding, true).value_or(nullptr);
  }
  PointQuery query(*binding, (*what)->runnable().prepared, std::move(code));
  std::vector<uint64_t> undecided(query.words());
  return ProfileQuery(std::make_unique<ProfileQuery::Impl>(
      std::move(query), std::move(undecided), *binding));
}

}  // namespace kitle
