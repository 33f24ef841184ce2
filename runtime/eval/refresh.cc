#include "runtime/eval/refresh.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <numeric>
#include <utility>

#include "runtime/eval/bit_words.h"
#include "runtime/eval/evaluated_rows.h"
#include "runtime/eval/gather.h"
#include "runtime/eval/kernels.h"

namespace kitle {
namespace {

// Someone who is evaluated alone takes so many times as long as one of a run of
// everyone: with few operations it is the copying of their events that counts.
// By bench/many/refresh.py, twelve segments and a hundred or more.
constexpr size_t kFewOperations = 256;
constexpr uint64_t kTimesOfFew = 12;
constexpr uint64_t kTimesOfMany = 5;
// One of so many blocks is looked at first.
constexpr uint32_t kSampled = 16;
// So many steps are found at once.
constexpr int64_t kSteps = 32;

// Who of a block is to be evaluated.
struct BlockDues {
  std::vector<uint32_t> base;     // rows
  std::vector<uint32_t> overlay;  // rows of the overlay
};

// What one worker has found so far.
struct Worker {
  explicit Worker(const Program& program)
      : bits(program), undecided(program.segments.size(), UINT32_MAX) {}
  BlockBits bits;
  Scratch scratch;
  GatheredBlock gathered;
  std::vector<uint8_t> steps;
  std::vector<EvaluatedRows> rows;
  std::vector<uint32_t> undecided;  // by segment the smallest ordinal, if any
  uint32_t profiles = 0;
};

class Refresh {
 public:
  Refresh(const Binding& binding, const PreparedProgram& prepared,
          const RunControls& controls, const RefreshFrom& from)
      : binding_(binding),
        prepared_(prepared),
        controls_(controls),
        from_(from),
        uses_(TimeUses::of(binding.program())),
        extents_(binding.program()),
        numbers_(kBlockRows),
        blocks_(binding.snapshot().blocks()) {
    std::iota(numbers_.begin(), numbers_.end(), 0);
  }

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
      const auto bound = binding_.block(i);
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
    Clock then = binding_.clock();
    then.now = from_.now;
    from_then_.emplace(binding_.program(), uses_, extents_, then, due_.ends);
    due_.ends.resize(from_then_->count() - (from_then_->everyone() ? 1 : 0));
    return !due_.ends.empty();
  }

  // The steps in which those who are evaluated will be due again.
  void look_ahead() {
    const int64_t now = binding_.now();
    const auto& ends = due_.ends;
    first_from_now_ = std::ranges::upper_bound(ends, now) - ends.begin();
    from_now_.emplace(
        binding_.program(), uses_, extents_, binding_.clock(),
        std::span(ends).subspan(static_cast<size_t>(first_from_now_)));
    due_.ends.resize(static_cast<size_t>(first_from_now_) + from_now_->count() -
                     (from_now_->everyone() ? 1 : 0));
  }

  // False where too many are to be evaluated; some blocks tell the most cases.
  Result<bool> find() {
    std::vector<uint32_t> first;
    std::vector<uint32_t> others;
    for (uint32_t i = 0; i < blocks_.size(); ++i) {
      (i % kSampled == 0 ? first : others).push_back(i);
    }
    for (const auto& some : {first, others}) {
      const Status status = each_block(
          binding_, controls_, some,
          [this](uint32_t block, unsigned, const BoundVersions& bound) {
            find_in(block, bound);
          });
      if (!status.ok()) return std::unexpected(status);
      if (are_many(found_) && !from_.however_many) return false;
    }
    return true;
  }

  bool are_many(uint64_t people) const {
    const bool few_operations =
        binding_.program().fast.instructions.size() < kFewOperations;
    return people * (few_operations ? kTimesOfFew : kTimesOfMany) > looked_at_;
  }

  void find_in(uint32_t block, const BoundVersions& bound) {
    const uint32_t first = block << kBlockBits;
    const std::span steps =
        std::span(due_.steps).subspan(first, bound.base.profiles);
    if (from_then_) find_steps_in(bound, steps);
    const auto& before = from_.snapshot->blocks;
    const bool all = block >= before.size() ||
                     before[block].base != identity_->blocks[block].base;
    const std::span<const uint32_t> newer = rows_of_overlay(bound);
    BlockDues& dues = blocks_[block];
    uint32_t next = 0;  // of the overlay's rows
    for (uint32_t row = 0; row < steps.size(); ++row) {
      const bool due = all || steps[row] <= last_due_;
      if (next == newer.size() || newer[next] != row) {
        if (due) dues.base.push_back(row);
        continue;
      }
      if (due || is_newer(bound, next)) dues.overlay.push_back(next);
      ++next;
    }
    found_ += dues.base.size() + dues.overlay.size();
    due_now_ += static_cast<uint64_t>(std::ranges::count_if(
        steps, [this](uint8_t step) { return step <= last_due_; }));
    looked_at_ += steps.size();
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
    const std::span<const uint32_t> rows = numbers_;
    from_then_->find(bound.base, rows.first(bound.base.profiles), steps);
    if (bound.overlay_view == nullptr) return;
    std::vector<uint8_t> newer(bound.overlay.profiles, DueSteps::kNever);
    from_then_->find(bound.overlay, rows.first(newer.size()), newer);
    for (uint32_t i = 0; i < newer.size(); ++i) {
      steps[bound.overlay_view->rows[i]] = newer[i];
    }
  }

  Result<Refreshed> evaluate() {
    for (unsigned i = 0; i < controls_.executor->workers(); ++i) {
      workers_.emplace_back(binding_.program());
    }
    const Status status = each_block(
        binding_, controls_, all_blocks(binding_),
        [this](uint32_t block, unsigned worker, const BoundVersions& bound) {
          evaluate_block(block, bound, workers_[worker]);
        });
    if (!status.ok()) return std::unexpected(status);
    return Refreshed{.outcome = join()};
  }

  void evaluate_block(uint32_t block, const BoundVersions& bound,
                      Worker& worker) {
    worker.profiles += count_live(bound);
    const BlockDues& dues = blocks_[block];
    evaluate_some(block, bound.base, dues.base, dues.base, worker);
    std::vector<uint32_t> replaced;
    const auto newer = rows_of_overlay(bound);
    for (const uint32_t row : dues.overlay) replaced.push_back(newer[row]);
    evaluate_some(block, bound.overlay, dues.overlay, replaced, worker);
  }

  // `of`: which rows of the block these rows are.
  void evaluate_some(uint32_t block, const BoundBlock& bound,
                     const std::vector<uint32_t>& rows,
                     const std::vector<uint32_t>& of, Worker& worker) {
    if (rows.empty()) return;
    const BoundBlock& some =
        rows.size() == bound.profiles
            ? bound
            : worker.gathered.make(prepared_.of(bound), bound, rows);
    worker.bits.evaluate_some(some, prepared_, controls_.machine,
                              worker.scratch);
    const uint32_t first = block << kBlockBits;
    const auto segments = static_cast<uint32_t>(worker.undecided.size());
    EvaluatedRows& found = worker.rows.emplace_back(block, of, segments);
    for (uint32_t i = 0; i < segments; ++i) {
      found.put(i, worker.bits.members(i));
      each_bit(worker.bits.errors(i), [&](uint32_t row) {
        worker.undecided[i] = std::min(worker.undecided[i], first + of[row]);
      });
    }
    worker.steps.assign(rows.size(), DueSteps::kNever);
    from_now_->find(bound, rows, worker.steps);
    for (uint32_t i = 0; i < rows.size(); ++i) {
      const uint8_t step = worker.steps[i];
      due_.steps[first + of[i]] =
          step == DueSteps::kNever
              ? step
              : static_cast<uint8_t>(step + first_from_now_);
    }
  }

  RefreshOutcome join() {
    RefreshOutcome outcome;
    outcome.segments.resize(from_.members.size());
    std::vector<const EvaluatedRows*> rows;
    for (const Worker& worker : workers_) {
      outcome.profiles += worker.profiles;
      for (const EvaluatedRows& each : worker.rows) {
        outcome.evaluated += static_cast<uint32_t>(each.size());
        rows.push_back(&each);
      }
    }
    // As memberships have them.
    std::ranges::sort(rows, {}, &EvaluatedRows::block);
    controls_.executor->for_each(static_cast<uint32_t>(from_.members.size()),
                                 [&](uint32_t segment, unsigned) {
                                   outcome.segments[segment] =
                                       join_segment(segment, rows);
                                 });
    if (!due_.ends.empty()) {
      outcome.dues = std::make_shared<const DueTimes>(std::move(due_));
    }
    return outcome;
  }

  RefreshedSegment join_segment(
      uint32_t segment, std::span<const EvaluatedRows* const> rows) const {
    RefreshedSegment joined;
    joined.undecided_ordinal = UINT32_MAX;
    for (const Worker& worker : workers_) {
      joined.undecided_ordinal =
          std::min(joined.undecided_ordinal, worker.undecided[segment]);
    }
    joined.undecided = joined.undecided_ordinal != UINT32_MAX;
    if (joined.undecided) return joined;
    std::vector<uint32_t> changed;
    for (const EvaluatedRows* each : rows) {
      each->add_changes(segment, *from_.members[segment], changed);
    }
    if (changed.empty()) return joined;
    std::ranges::sort(changed);
    joined.members = from_.members[segment]->flipped(changed);
    return joined;
  }

  const Binding& binding_;
  const PreparedProgram& prepared_;
  const RunControls& controls_;
  const RefreshFrom& from_;
  const TimeUses uses_;
  Extents extents_;
  std::shared_ptr<const SnapshotIdentity> identity_;
  // Everyone's steps, and the last one that has begun; below 0: none has.
  DueTimes due_;
  std::ptrdiff_t last_due_ = -1;
  std::optional<DueSteps> from_then_;  // where they are not known yet
  // From now on, from this one of the steps.
  std::optional<DueSteps> from_now_;
  std::ptrdiff_t first_from_now_ = 0;
  std::vector<uint32_t> numbers_;  // 0, 1, ...: all rows of a block
  std::vector<BlockDues> blocks_;
  std::atomic<uint64_t> found_ = 0;
  std::atomic<uint64_t> due_now_ = 0;  // of these, by time alone
  std::atomic<uint64_t> looked_at_ = 0;
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
