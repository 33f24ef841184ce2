#include "runtime/eval/refresh.h"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <numeric>
#include <utility>

#include "runtime/eval/bit_words.h"
#include "runtime/eval/evaluated_rows.h"
#include "runtime/eval/gather.h"
#include "runtime/eval/slices.h"

namespace kitle {
namespace {

// Someone who is due takes so many times as long as one of a run of everyone:
// with few operations it is the copying of their events that counts. By
// bench/many/refresh.py, twelve segments and a hundred or more.
constexpr size_t kFewOperations = 256;
constexpr double kTimesOfFew = 5;
constexpr double kTimesOfMany = 2.5;
// Looking ahead takes this part of a run of everyone.
constexpr double kAheadOfFew = 0.5;
constexpr double kAheadOfMany = 0.1;
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
      : bits(program), undecided(program.segments.size(), UINT32_MAX) {}
  BlockBits bits;
  Scratch scratch;
  GatheredView gathered;
  std::vector<uint8_t> steps;
  std::vector<EvaluatedRows> rows;
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
        uses_(TimeUses::of(binding.program())),
        extents_(binding.program()),
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
    due_tables_ = from_now_->tables(binding_.program());
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
    const bool few_operations =
        binding_.program().fast.instructions.size() < kFewOperations;
    const double times = few_operations ? kTimesOfFew : kTimesOfMany;
    const double ahead = few_operations ? kAheadOfFew : kAheadOfMany;
    const double left = from_then_ ? 1 - ahead : 1;
    return static_cast<double>(people) * times >
           static_cast<double>(looked_at_) * left;
  }

  void find_in(uint32_t block, const BoundVersions& bound) {
    const uint32_t first = block << kBlockBits;
    const std::span steps =
        std::span(due_.steps).subspan(first, bound.base.profiles);
    if (from_then_) find_steps_in(bound, steps);
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
    from_then_->find(bound.base, steps);
    if (bound.overlay_view == nullptr) return;
    std::vector<uint8_t> newer(bound.overlay.profiles, DueSteps::kNever);
    from_then_->find(bound.overlay, newer);
    for (uint32_t i = 0; i < newer.size(); ++i) {
      steps[bound.overlay_view->rows[i]] = newer[i];
    }
  }

  Result<Refreshed> evaluate() {
    for (unsigned i = 0; i < controls_.executor->workers(); ++i) {
      workers_.emplace_back(binding_.program());
    }
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
    std::vector<Found> found;
    for (uint32_t i = slice.begin; i < slice.end; ++i) {
      const auto bound = binding_.columns(i);
      if (!bound) return bound.error();
      add_found(i, **bound, found);
    }
    std::vector<PeoplePart> parts;
    for (const Found& each : found) parts.push_back({each.view, each.rows});
    const bool fast = binding_.fits_fast(worker.gathered.outline(parts));
    const Prepared& code = fast ? prepared_.fast : prepared_.general;
    const ViewReads reads = binding_.reads(code, due_tables_);
    const BoundBlock bound =
        binding_.bind(worker.gathered.fill(reads), code.code());
    worker.bits.evaluate_some(bound, prepared_, controls_.machine,
                              worker.scratch);
    worker.steps.assign(bound.profiles, DueSteps::kNever);
    from_now_->find(bound, worker.steps);
    uint32_t first = 0;
    for (Found& each : found) {
      const auto rows = static_cast<uint32_t>(each.rows.size());
      keep(each, first, worker);
      first += rows;
    }
    return {};
  }

  // Of one view those who are evaluated.
  struct Found {
    uint32_t block = 0;
    const BlockView* view = nullptr;
    std::span<const uint32_t> rows;
    std::vector<uint32_t> of_block;  // which rows of the block these are
  };

  void add_found(uint32_t block, const BoundVersions& bound,
                 std::vector<Found>& found) const {
    const BlockDues& dues = blocks_[block];
    if (!dues.base.empty()) {
      found.push_back({block, bound.base_view, dues.base, dues.base});
    }
    if (dues.overlay.empty()) return;
    found.push_back({block, bound.overlay_view, dues.overlay, {}});
    for (const uint32_t row : dues.overlay) {
      found.back().of_block.push_back(bound.overlay_view->rows[row]);
    }
  }

  // What was found of them, who are evaluated from `first` on.
  void keep(Found& of, uint32_t first, Worker& worker) {
    const uint32_t start = of.block << kBlockBits;
    for (uint32_t i = 0; i < of.of_block.size(); ++i) {
      const uint8_t step = worker.steps[first + i];
      due_.steps[start + of.of_block[i]] =
          step == DueSteps::kNever
              ? step
              : static_cast<uint8_t>(step + first_from_now_);
    }
    const auto segments = static_cast<uint32_t>(worker.undecided.size());
    for (uint32_t i = 0; i < segments; ++i) {
      each_bit(worker.bits.errors(i), [&](uint32_t row) {
        if (row < first || row - first >= of.of_block.size()) return;
        worker.undecided[i] =
            std::min(worker.undecided[i], start + of.of_block[row - first]);
      });
    }
    EvaluatedRows& kept =
        worker.rows.emplace_back(of.block, of.of_block, segments);
    for (uint32_t i = 0; i < segments; ++i) {
      kept.put(i, worker.bits.members(i), first);
    }
  }

  RefreshOutcome join() {
    RefreshOutcome outcome;
    outcome.segments.resize(from_.members.size());
    std::vector<const EvaluatedRows*> rows;
    outcome.profiles = live_;
    for (const Worker& worker : workers_) {
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
    EarlierBlocks before(*from_.members[segment]);
    for (const EvaluatedRows* each : rows) {
      each->add_changes(segment, before.of(each->block()), changed);
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
  std::vector<uint32_t> due_tables_;  // which their steps are told by
  std::vector<BlockDues> blocks_;
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
