// Which events satisfy a sequence, or how far they come: the search of
// reference_sequences.cc once more, which remembers for each choice the events
// that led to it. Of choices that go on alike the earliest is kept, as all that
// follows for one follows for the other.
#include <algorithm>
#include <map>
#include <utility>

#include "compiler/reference_search.h"

namespace kitle::reference {
namespace {

// Of very long histories the ways from the earliest choices are enough.
constexpr size_t kMostWays = 1'000'000;

}  // namespace

class Walk::ChainFinder {
 public:
  ChainFinder(Walk& walk, const TypedSequence& sequence,
              const std::vector<Candidates>& all)
      : now_(walk.calendar_.now()),
        sequence_(sequence),
        all_(all),
        search_(walk, sequence, all) {}

  Chain find() {
    Paths paths = {{Choice(), Path()}};
    for (uint32_t next = 0; next < size(); ++next) {
      if (sequence_.steps[next].negated) continue;
      Paths longer = extended(paths, next);
      if (longer.empty()) return stopped(paths, next);
      paths = std::move(longer);
      step_ = next + 1;
    }
    return closed(paths);
  }

 private:
  // The candidates of the positive steps so far.
  using Path = std::vector<uint32_t>;
  using Paths = std::map<Choice, Path>;

  // A way on, and what is wrong with it; the smallest is the nearest.
  struct Way {
    std::vector<Fault> faults;
    const Path* path = nullptr;
    uint32_t candidate = 0;

    // What was spoiled cannot be mended, so that it counts twice.
    std::pair<size_t, Int128> distance() const {
      size_t count = faults.size();
      Int128 late = 0;
      for (const Fault& each : faults) {
        count += each.kind == Fault::Kind::kSpoiled ? 1 : 0;
        late = std::max({late, each.late, each.until});
      }
      return {count, late};
    }
    bool nearer_than(const Way& other) const {
      const auto own = std::pair(distance(), candidate);
      const auto others = std::pair(other.distance(), other.candidate);
      if (own.first != others.first) return own.first < others.first;
      if (*path != *other.path) return *path < *other.path;
      return own.second < others.second;
    }
  };

  uint32_t size() const { return static_cast<uint32_t>(all_.size()); }

  Paths extended(const Paths& paths, uint32_t next) const {
    Paths found;
    for (const auto& [choice, path] : paths) {
      const auto [first, end] = search_.in_time(choice, step_, next);
      for (uint32_t i = first; i < end; ++i) {
        Path longer = path;
        longer.push_back(i);
        const Choice made = search_.longer(choice, next, i);
        const auto known = found.find(made);
        if (known != found.end() && known->second < longer) continue;
        if (!search_.follows(choice, step_, next, all_[next][i])) continue;
        found.insert_or_assign(made, std::move(longer));
      }
    }
    return found;
  }

  Chain closed(const Paths& paths) const {
    const Path* best = nullptr;
    Way nearest;
    for (const auto& [choice, path] : paths) {
      if (search_.closes(choice, step_)) {
        if (best == nullptr || path < *best) best = &path;
        continue;
      }
      keep_nearer(nearest, {closing_faults(choice), &path, 0});
    }
    Chain made = chain_of(best != nullptr ? *best : *nearest.path, size());
    made.holds = best != nullptr;
    if (!made.holds) made.faults = std::move(nearest.faults);
    return made;
  }

  // No event can stand for the step.
  Chain stopped(const Paths& paths, uint32_t next) const {
    Way nearest;
    const Path* earliest = nullptr;
    size_t ways = 0;
    for (const auto& [choice, path] : paths) {
      if (earliest == nullptr || path < *earliest) earliest = &path;
      for (uint32_t i = 0; i < all_[next].size(); ++i) {
        if (!is_later(choice, next, all_[next][i])) continue;
        if (++ways > kMostWays) break;
        keep_nearer(nearest, {faults(choice, next, all_[next][i]), &path, i});
      }
    }
    const bool any = nearest.path != nullptr;
    Chain made = chain_of(any ? *nearest.path : *earliest, next);
    if (!any) return made;
    made.nearest = all_[next][nearest.candidate].row;
    made.faults = std::move(nearest.faults);
    return made;
  }

  static void keep_nearer(Way& nearest, Way way) {
    const bool nearer = nearest.path == nullptr || way.nearer_than(nearest);
    if (nearer) nearest = std::move(way);
  }

  bool is_later(const Choice& choice, uint32_t next,
                const Candidate& candidate) const {
    if (next == 0) return true;
    const uint32_t before = search_.last_positive(step_);
    return search_.event(next, candidate).time > search_.time(choice, before);
  }

  Chain chain_of(const Path& path, uint32_t next) const {
    Chain made;
    made.rows.resize(size());
    made.reached = static_cast<uint32_t>(path.size());
    made.next = next;
    for (uint32_t step = 0, i = 0; i < path.size(); ++step) {
      if (sequence_.steps[step].negated) continue;
      made.rows[step] = all_[step][path[i++]].row;
    }
    return made;
  }

  // Why a later event cannot stand for `next`.
  std::vector<Fault> faults(const Choice& choice, uint32_t next,
                            const Candidate& candidate) const {
    std::vector<Fault> found;
    add_unfit(choice, next, candidate, found);
    if (next == 0) return found;
    const uint32_t before = search_.last_positive(step_);
    const Int128 to = search_.event(next, candidate).time;
    const auto late = [&](Fault::Kind kind, Int128 end) {
      if (to > end) {
        found.push_back({.kind = kind, .step = next, .late = to - end});
      }
    };
    late(Fault::Kind::kTooLate, search_.from_within(before, choice, next));
    if (search_.is_last(next)) {
      late(Fault::Kind::kAllTooLate, search_.all_within(choice));
    }
    for (uint32_t step = step_; step < next; ++step) {
      const bool within = sequence_.steps[step].within.has_value();
      add_spoiler(choice, step, search_.time(choice, before),
                  within ? search_.from_within(before, choice, step) : to - 1,
                  found);
    }
    return found;
  }

  void add_unfit(const Choice& choice, uint32_t next,
                 const Candidate& candidate, std::vector<Fault>& found) const {
    const TypedStep& step = sequence_.steps[next];
    for (uint32_t key = 0; key < step.same.size(); ++key) {
      if (search_.has_same(choice, next, candidate, key)) continue;
      Fault made{.kind = Fault::Kind::kSame, .step = next, .index = key};
      made.own = as_value(search_.same(next, candidate, key));
      if (next != 0) {
        made.other = as_value(search_.same(0, search_.chosen(choice, 0), key));
      }
      found.push_back(std::move(made));
    }
    for (uint32_t i = 0; i < step.comparisons.size(); ++i) {
      const StepComparison& each = step.comparisons[i];
      const Candidate& other = search_.chosen(choice, each.step);
      if (search_.compares(each, next, candidate, other) != each.negated) {
        continue;
      }
      Fault made{.kind = Fault::Kind::kComparison, .step = next, .index = i};
      made.own = search_.own_value(each, next, candidate);
      made.other = search_.other_value(each, other);
      found.push_back(std::move(made));
    }
  }

  void add_spoiler(const Choice& choice, uint32_t step, Int128 from, Int128 end,
                   std::vector<Fault>& found) const {
    const uint32_t spoiler = search_.spoiler(choice, step, from, end);
    if (spoiler == Search::kForgotten) return;
    found.push_back({.kind = Fault::Kind::kSpoiled,
                     .step = step,
                     .row = all_[step][spoiler].row});
  }

  std::vector<Fault> closing_faults(const Choice& choice) const {
    std::vector<Fault> found;
    const uint32_t before = search_.last_positive(step_);
    for (uint32_t step = step_; step < size(); ++step) {
      const bool within = sequence_.steps[step].within.has_value();
      const Int128 end =
          within ? search_.from_within(before, choice, step) : now_;
      const size_t known = found.size();
      add_spoiler(choice, step, search_.time(choice, before),
                  std::min(end, now_), found);
      if (end <= now_ || found.size() > known) continue;
      found.push_back(
          {.kind = Fault::Kind::kNotOverYet, .step = step, .until = end});
    }
    return found;
  }

  Int128 now_;
  const TypedSequence& sequence_;
  const std::vector<Candidates>& all_;
  Search search_;
  uint32_t step_ = 0;  // behind the last positive step so far
};

Walk::Chain Walk::chain(const TypedSequence& sequence) {
  std::vector<Candidates> all;
  for (const TypedStep& step : sequence.steps) {
    all.push_back(candidates(step.events));
  }
  const bool outside = undecided_;
  Chain found = ChainFinder(*this, sequence, all).find();
  undecided_ = outside;
  return found;
}

}  // namespace kitle::reference
