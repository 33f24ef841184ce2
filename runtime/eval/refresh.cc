#include "runtime/eval/refresh.h"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <limits>
#include <numeric>
#include <utility>

#include "runtime/eval/bit_words.h"
#include "runtime/eval/evaluated_rows.h"
#include "runtime/eval/gather.h"
#include "runtime/eval/slices.h"

namespace kitle {
namespace {

// What a refresh takes, as a part of a run of everyone.
struct Costs {
  double times;  // of someone who is due, so many times as one of the run
  double ahead;  // of looking ahead ...
  double look;   // ... and of as many looks as there are events
};
// With few operations it is the copying of events that counts. By
// bench/many/refresh.py, twelve segments and a hundred or more.
constexpr size_t kFewOperations = 256;
constexpr Costs kOfFew{5, 0.55, 50};
constexpr Costs kOfMany{2.5, 0.2, 6};
// The most that looks may take, but for the first step.
constexpr double kMostOfLooks = 0.25;
// One of so many blocks is looked at first.
constexpr uint32_t kSampled = 16;
// So many steps are found at once.
constexpr int64_t kSteps = 32;
// So many people are evaluated together: they are bound anew, but should lie in
// the cache.
constexpr size_t kFewTogether = 1024;
constexpr size_t kManyTogether = 8192;

// What one worker has found so far.
struct Worker {
  explicit Worker(const Program& program)
      : bits(program),
        changes(program.segments.size()),
        undecided(program.segments.size(), UINT32_MAX) {}
  BlockBits bits;
  Scratch scratch;
  GatheredView gathered;
  // Of those who are evaluated together: who they are, and their steps.
  std::vector<uint32_t> ordinals;
  std::vector<uint8_t> steps;
  std::vector<EvaluatedRows> rows;
  uint32_t evaluated = 0;
  // By segment, where there are rows of members.
  std::vector<MemberChanges> changes;
  std::vector<uint32_t> undecided;  // by segment the smallest ordinal, if any
};

class Refresh {
 public:
  Refresh(const Binding& binding, const PreparedProgram& prepared,
          const RunControls& controls, const RefreshFrom& from)
      : binding_(binding),
        prepared_(prepared),
        controls_(controls),
        from_(from),
        costs_(binding.program().fast.instructions.size() < kFewOperations
                   ? kOfFew
                   : kOfMany),
        extents_(binding.program()),
        sets_([&binding](uint32_t set, const ColumnView& column) {
          return binding.set_of(set, column);
        }),
        blocks_(binding.snapshot().blocks()) {}

  Result<Refreshed> run() {
    identity_ = binding_.snapshot().identity();
    if (binding_.now() < from_.now) return Refreshed();
    const Status read = find_extents();
    if (!read.ok()) return std::unexpected(read);
    if (!choose_steps()) return Refreshed();
    const auto few = find();
    if (!few) return std::unexpected(few.error());
    if (!*few) return Refreshed{.outcome = {}, .by_time = are_many(due_now_)};
    look_ahead();
    return evaluate();
  }

 private:
  Status find_extents() {
    for (uint32_t i = 0; i < blocks_.size(); ++i) {
      const auto bound = binding_.columns(i);
      if (!bound) return bound.error();
      extents_.add((*bound)->base);
      if ((*bound)->overlay_view != nullptr) extents_.add((*bound)->overlay);
    }
    return {};
  }

  // False: everyone is due.
  bool choose_steps() {
    const int64_t now = binding_.now();
    if (now == from_.now) {
      if (from_.dues != nullptr) due_ = *from_.dues;
    } else if (from_.dues != nullptr && from_.dues->ends.back() >= now) {
      due_ = *from_.dues;
      const auto& ends = due_.ends;
      last_due_ = std::ranges::lower_bound(ends, now) - ends.begin();
    } else {
      if (!find_steps()) return false;
      last_due_ = 0;
    }
    due_.steps.resize(binding_.snapshot().profiles(), DueSteps::kNever);
    return true;
  }

  bool find_steps() {
    const int64_t now = binding_.now();
    const int64_t step = now - from_.now;
    for (int64_t i = 0; i < kSteps; ++i) {
      const int64_t end = now + i * step;
      if (!check_now(end).ok()) break;
      due_.ends.push_back(end);
    }
    due_.by = steps_from(from_.now, due_.ends, kMostOfLooks / costs_.look);
    due_.ends.resize(due_.by->count() - (due_.by->everyone() ? 1 : 0));
    from_then_ = due_.by;
    return !due_.ends.empty();
  }

  // `most`: looks an event.
  std::shared_ptr<const DueSteps> steps_from(int64_t now,
                                             std::span<const int64_t> ends,
                                             double most) const {
    Clock start = binding_.clock();
    start.now = now;
    return std::make_shared<const DueSteps>(
        binding_.shared_program(), TimeUses::of(binding_.program()), extents_,
        start, ends, most * static_cast<double>(extents_.all_events()));
  }

  // The steps in which those who are evaluated will be due again.
  void look_ahead() {
    const int64_t now = binding_.now();
    auto& ends = due_.ends;
    const auto next =
        static_cast<size_t>(std::ranges::upper_bound(ends, now) - ends.begin());
    ahead_ = next < ends.size();
    if (!ahead_) return;
    ahead_from_.now = now;
    const auto known =
        due_.by == nullptr
            ? std::nullopt
            : due_.by->first_after(now, binding_.program(), extents_);
    if (known) {
      ahead_from_.step = *known;
    } else {
      due_.by = steps_from(now, std::span(ends).subspan(next),
                           std::numeric_limits<double>::infinity());
      due_.first_of_by = next;
      ends.resize(next + due_.by->count() - (due_.by->everyone() ? 1 : 0));
    }
    due_tables_ = due_.by->tables();
  }

  // Looks at few events take nothing beside what any refresh takes.
  double looks_an_event(const DueSteps& steps) const {
    constexpr uint64_t kFewEvents = 1 << 16;
    const uint64_t events = extents_.all_events();
    if (events < kFewEvents) return 0;
    return steps.looks() / static_cast<double>(events);
  }

  // False where too many are to be evaluated; some blocks tell the most cases.
  Result<bool> find() {
    std::vector<uint32_t> first;
    std::vector<uint32_t> others;
    for (uint32_t i = 0; i < blocks_.size(); ++i) {
      (i % kSampled == 0 ? first : others).push_back(i);
    }
    for (const auto& some : {first, others}) {
      const auto task = [&](uint32_t index, unsigned) -> Status {
        const auto bound = binding_.columns(some[index]);
        if (!bound) return bound.error();
        find_in(some[index], **bound);
        return {};
      };
      const Status status =
          each_task(controls_, static_cast<uint32_t>(some.size()), task);
      if (!status.ok()) return std::unexpected(status);
      if (are_many(found_) && !from_.however_many) return false;
    }
    return true;
  }

  bool are_many(uint64_t people) const {
    double left = 1;
    if (from_then_ != nullptr) {
      left -= costs_.ahead + costs_.look * looks_an_event(*from_then_);
    }
    return static_cast<double>(people) * costs_.times >
           static_cast<double>(looked_at_) * left;
  }

  void find_in(uint32_t block, const BoundVersions& bound) {
    const uint32_t first = block << kBlockBits;
    const std::span steps =
        std::span(due_.steps).subspan(first, bound.base.profiles);
    if (from_then_ != nullptr) find_steps_in(bound, steps);
    const auto& before = from_.snapshot->blocks;
    const bool all = block >= before.size() ||
                     before[block].base != identity_->blocks[block].base;
    std::vector<uint32_t> rows = due_rows(steps);
    due_now_ += rows.size();
    if (all) {
      rows.resize(steps.size());
      std::iota(rows.begin(), rows.end(), 0);
    }
    BlockDues& dues = blocks_[block];
    const std::span<const uint32_t> newer = rows_of_overlay(bound);
    std::ranges::set_difference(rows, newer, std::back_inserter(dues.base));
    for (uint32_t i = 0; i < newer.size(); ++i) {
      if (all || is_due(steps[newer[i]]) || is_newer(bound, i)) {
        dues.overlay.push_back(i);
      }
    }
    found_ += dues.size();
    live_ += count_live(bound);
    looked_at_ += steps.size();
  }

  bool is_due(uint8_t step) const { return step <= last_due_; }

  // Hardly one in many is.
  std::vector<uint32_t> due_rows(std::span<const uint8_t> steps) const {
    constexpr size_t kTogether = 64;
    std::vector<uint32_t> rows;
    for (size_t row = 0; row < steps.size(); row += kTogether) {
      const auto some =
          steps.subspan(row, std::min(kTogether, steps.size() - row));
      uint8_t first = DueSteps::kNever;
      for (const uint8_t step : some) first = std::min(first, step);
      if (!is_due(first)) continue;
      for (size_t i = 0; i < some.size(); ++i) {
        if (is_due(some[i])) rows.push_back(static_cast<uint32_t>(row + i));
      }
    }
    return rows;
  }

  bool is_newer(const BoundVersions& bound, uint32_t row) const {
    return bound.overlay_view->row_snapshots[row] > from_.snapshot->number;
  }

  static std::span<const uint32_t> rows_of_overlay(const BoundVersions& bound) {
    if (bound.overlay_view == nullptr) return {};
    return bound.overlay_view->rows;
  }

  void find_steps_in(const BoundVersions& bound,
                     std::span<uint8_t> steps) const {
    from_then_->find(bound.base, sets_, {from_.now, 0}, steps);
    if (bound.overlay_view == nullptr) return;
    std::vector<uint8_t> newer(bound.overlay.profiles, DueSteps::kNever);
    from_then_->find(bound.overlay, sets_, {from_.now, 0}, newer);
    for (uint32_t i = 0; i < newer.size(); ++i) {
      steps[bound.overlay_view->rows[i]] = newer[i];
    }
  }

  Result<Refreshed> evaluate() {
    for (unsigned i = 0; i < controls_.executor->workers(); ++i) {
      workers_.emplace_back(binding_.program());
    }
    take_rows();
    const auto slices = find_slices();
    if (!slices) return std::unexpected(slices.error());
    const auto task = [&](uint32_t index, unsigned worker) {
      return evaluate_slice((*slices)[index], workers_[worker]);
    };
    const Status status =
        each_task(controls_, static_cast<uint32_t>(slices->size()), task);
    if (!status.ok()) return std::unexpected(status);
    const Status read = binding_.snapshot().health();
    if (!read.ok()) return std::unexpected(read);
    return Refreshed{.outcome = join()};
  }

  // They take longer to make than they save once, so the second refresh of a
  // chain makes them; two chains do not make them in turn.
  void take_rows() {
    if (from_.rows == nullptr) return;
    auto& kept = *from_.rows;
    const uint32_t people = binding_.snapshot().profiles();
    const bool pays =
        from_.however_many || MemberRows::pay(from_.members.size(), people);
    if (kept != nullptr && kept->are_of(from_.members)) {
      rows_ = std::move(kept);
      rows_->grow(people);
    } else if (from_then_ != nullptr) {
      kept = nullptr;
    } else if (kept == nullptr && pays) {
      rows_ = std::make_unique<MemberRows>(from_.members, people,
                                           *controls_.executor);
    }
  }

  Result<std::vector<Slice>> find_slices() const {
    const size_t share = found_ / controls_.executor->workers();
    Slices slices(std::clamp(share, kFewTogether, kManyTogether));
    const auto blocks = static_cast<uint32_t>(blocks_.size());
    for (uint32_t i = 0; i < blocks; ++i) {
      const auto bound = binding_.columns(i);
      if (!bound) return std::unexpected(bound.error());
      slices.add(i, **bound, blocks_[i]);
    }
    return slices.take(blocks);
  }

  Status evaluate_slice(const Slice& slice, Worker& worker) {
    std::vector<PeoplePart> parts;
    worker.ordinals.clear();
    for (uint32_t begin = slice.begin; begin < slice.end;) {
      const uint32_t key = key_of_block(begin);
      uint32_t end = begin;
      while (end < slice.end && key_of_block(end) == key) ++end;
      const Status read = add_people(begin, end, parts, worker.ordinals);
      if (!read.ok()) return read;
      begin = end;
    }
    const bool fast = binding_.fits_fast(worker.gathered.outline(parts));
    const Prepared& code = fast ? prepared_.fast() : prepared_.general();
    const ViewReads reads = binding_.reads(code, due_tables_);
    const BoundBlock bound =
        binding_.bind(worker.gathered.fill(reads), code.code());
    worker.bits.evaluate_some(bound, prepared_, controls_.machine,
                              worker.scratch);
    worker.steps.assign(bound.profiles, DueSteps::kNever);
    if (ahead_) find_next_steps(bound, worker.steps);
    keep(worker);
    return {};
  }

  void find_next_steps(const BoundBlock& bound,
                       std::span<uint8_t> steps) const {
    due_.by->find(bound, sets_, ahead_from_, steps);
    for (uint8_t& step : steps) {
      if (step != DueSteps::kNever) {
        step = static_cast<uint8_t>(step + due_.first_of_by);
      }
    }
  }

  static uint32_t key_of_block(uint32_t block) {
    return MembersContainer::key_of(block << kBlockBits);
  }

  // Of blocks of one container those who are evaluated: of the bases, and then
  // of the overlays, so that both increase.
  Status add_people(uint32_t begin, uint32_t end,
                    std::vector<PeoplePart>& parts,
                    std::vector<uint32_t>& ordinals) const {
    for (const bool newer : {false, true}) {
      for (uint32_t block = begin; block < end; ++block) {
        const auto bound = binding_.columns(block);
        if (!bound) return bound.error();
        const BlockDues& dues = blocks_[block];
        const auto& rows = newer ? dues.overlay : dues.base;
        if (rows.empty()) continue;
        const BoundVersions& of = **bound;
        parts.push_back({newer ? of.overlay_view : of.base_view, rows});
        for (const uint32_t row : rows) {
          ordinals.push_back((block << kBlockBits) +
                             (newer ? of.overlay_view->rows[row] : row));
        }
      }
    }
    return {};
  }

  // What was found of them.
  void keep(Worker& worker) {
    const std::vector<uint32_t>& ordinals = worker.ordinals;
    for (size_t i = 0; i < ordinals.size(); ++i) {
      due_.steps[ordinals[i]] = worker.steps[i];
    }
    const auto segments = static_cast<uint32_t>(worker.undecided.size());
    for (uint32_t i = 0; i < segments; ++i) {
      each_bit(worker.bits.errors(i), [&](uint32_t row) {
        if (row >= ordinals.size()) return;
        worker.undecided[i] = std::min(worker.undecided[i], ordinals[row]);
      });
    }
    worker.evaluated += static_cast<uint32_t>(ordinals.size());
    if (rows_ != nullptr) {
      const auto members = [&](uint32_t i) { return worker.bits.members(i); };
      rows_->put(ordinals, members, worker.changes);
    } else {
      keep_rows(worker);
    }
  }

  static void keep_rows(Worker& worker) {
    const std::vector<uint32_t>& ordinals = worker.ordinals;
    const auto segments = static_cast<uint32_t>(worker.undecided.size());
    for (size_t begin = 0; begin < ordinals.size();) {
      const size_t end = end_of_run(ordinals, begin);
      EvaluatedRows& kept = worker.rows.emplace_back(
          std::span(ordinals).subspan(begin, end - begin), segments);
      for (uint32_t i = 0; i < segments; ++i) {
        kept.put(i, worker.bits.members(i), static_cast<uint32_t>(begin));
      }
      begin = end;
    }
  }

  // Of one container.
  static size_t end_of_run(std::span<const uint32_t> ordinals, size_t begin) {
    const uint32_t key = MembersContainer::key_of(ordinals[begin]);
    size_t end = begin + 1;
    while (end < ordinals.size() &&
           MembersContainer::key_of(ordinals[end]) == key) {
      ++end;
    }
    return end;
  }

  RefreshOutcome join() {
    RefreshOutcome outcome;
    outcome.segments.resize(from_.members.size());
    std::vector<const EvaluatedRows*> rows;
    outcome.profiles = live_;
    for (const Worker& worker : workers_) {
      outcome.evaluated += worker.evaluated;
      for (const EvaluatedRows& each : worker.rows) rows.push_back(&each);
    }
    // As memberships have them.
    std::ranges::sort(rows, {}, &EvaluatedRows::least);
    controls_.executor->for_each(static_cast<uint32_t>(from_.members.size()),
                                 [&](uint32_t segment, unsigned) {
                                   outcome.segments[segment] =
                                       join_segment(segment, rows);
                                 });
    if (rows_ != nullptr) give_rows(outcome);
    if (!due_.ends.empty()) {
      outcome.dues = std::make_shared<const DueTimes>(std::move(due_));
    }
    return outcome;
  }

  void give_rows(const RefreshOutcome& outcome) {
    std::vector<Membership> members;
    for (size_t i = 0; i < outcome.segments.size(); ++i) {
      const RefreshedSegment& each = outcome.segments[i];
      if (each.undecided) return;
      members.push_back(each.members ? each.members->shared()
                                     : from_.members[i]->shared());
    }
    rows_->be_of(std::move(members));
    *from_.rows = std::move(rows_);
  }

  // Of all workers together, increasing.
  MemberChanges changes_of(uint32_t segment) {
    MemberChanges all = std::move(workers_[0].changes[segment]);
    for (const Worker& worker : std::span(workers_).subspan(1)) {
      const MemberChanges& some = worker.changes[segment];
      all.ordinals.insert(all.ordinals.end(), some.ordinals.begin(),
                          some.ordinals.end());
      all.more += some.more;
    }
    if (!std::ranges::is_sorted(all.ordinals)) std::ranges::sort(all.ordinals);
    return all;
  }

  RefreshedSegment join_segment(uint32_t segment,
                                std::span<const EvaluatedRows* const> rows) {
    RefreshedSegment joined;
    joined.undecided_ordinal = UINT32_MAX;
    for (const Worker& worker : workers_) {
      joined.undecided_ordinal =
          std::min(joined.undecided_ordinal, worker.undecided[segment]);
    }
    joined.undecided = joined.undecided_ordinal != UINT32_MAX;
    if (joined.undecided) return joined;
    MemberChanges changes = changes_of(segment);
    EarlierContainers before(*from_.members[segment]);
    for (const EvaluatedRows* each : rows) {
      each->add_changes(segment, before.of(each->key()), changes);
    }
    if (changes.ordinals.empty()) return joined;
    joined.members =
        from_.members[segment]->flipped(changes.ordinals, changes.more);
    return joined;
  }

  const Binding& binding_;
  const PreparedProgram& prepared_;
  const RunControls& controls_;
  const RefreshFrom& from_;
  const Costs costs_;
  Extents extents_;
  const SetsOfColumns sets_;
  std::shared_ptr<const SnapshotIdentity> identity_;
  // Everyone's steps, and the last one that has begun; below 0: none has.
  DueTimes due_;
  std::ptrdiff_t last_due_ = -1;
  // Where they are not known yet.
  std::shared_ptr<const DueSteps> from_then_;
  // By due_.by, for those who are evaluated: from where on, if there are steps,
  // and of which tables' events.
  bool ahead_ = false;
  DueSteps::From ahead_from_;
  std::vector<uint32_t> due_tables_;
  std::vector<BlockDues> blocks_;
  std::unique_ptr<MemberRows> rows_;  // null: not kept
  std::atomic<uint64_t> found_ = 0;
  std::atomic<uint64_t> due_now_ = 0;  // of these, by time alone
  std::atomic<uint64_t> looked_at_ = 0;
  std::atomic<uint32_t> live_ = 0;  // people
  std::vector<Worker> workers_;
};

}  // namespace

Result<Refreshed> refresh(const Binding& binding,
                          const PreparedProgram& prepared,
                          const RunControls& controls,
                          const RefreshFrom& from) {
  return Refresh(binding, prepared, controls, from).run();
}

}  // namespace kitle
