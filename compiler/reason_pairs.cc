// See reason_pairs.h.
#include "compiler/reason_pairs.h"

#include <algorithm>
#include <bit>

namespace kitle {

namespace {

// From here on people are met before anything is asked: of whom each condition
// holds or not by chance, so that one tells a quarter of all pairs apart.
constexpr size_t kFew = 8;
constexpr size_t kMeetings = 3;  // for each doubling of the conditions
// Of one person.
constexpr size_t kMostWishes = 32;
// In steps, of one that nothing is asked of.
constexpr uint64_t kWorth = 300;

// The same at every run.
uint64_t mixed(uint64_t seed) {
  seed += 0x9E37'79B9'7F4A'7C15;
  seed = (seed ^ (seed >> 30)) * 0xBF58'476D'1CE4'E5B9;
  seed = (seed ^ (seed >> 27)) * 0x94D0'49BB'1331'11EB;
  return seed ^ (seed >> 31);
}

}  // namespace

ReasonPairs::ReasonPairs(Prover& prover, ReasonBudget& budget,
                         std::vector<NodeId> conditions)
    : prover_(prover),
      budget_(budget),
      conditions_(std::move(conditions)),
      held_(conditions_.size()),
      failed_(conditions_.size()) {
  prover_.suppose_nothing();
  if (conditions_.size() >= kFew) meet_some();
}

void ReasonPairs::meet_some() {
  const auto bound = budget_.share(3);
  const size_t count = conditions_.size();
  const size_t people = kMeetings * std::bit_width(count);
  const size_t most = std::min(count, size_t{2'000});
  for (size_t person = 0; person < people && !budget_.spent(); ++person) {
    std::vector<Side> wishes;
    const size_t first = mixed(person) % count;
    for (size_t i = 0; i < most; ++i) {
      const bool hold = mixed(person * count + i) % 2 == 0;
      wishes.push_back({static_cast<uint32_t>((first + i) % count), hold});
    }
    meet({}, wishes);
  }
}

bool ReasonPairs::all_exclude_each_other() {
  std::vector<Literal> goals;
  for (const NodeId each : conditions_) goals.push_back({each, true});
  prover_.suppose_nothing();
  supposed_.reset();
  return prover_.impossible(goals);
}

bool ReasonPairs::impossible(const Side& a, const Side& b) {
  budget_.take(1);
  if (is_met(a, b)) return false;
  const bool impossible = !budget_.spent() && ask(a, b);
  if (!impossible && budget_.spent()) ++unanswered_;
  return impossible;
}

bool ReasonPairs::is_met(const Side& a, const Side& b) const {
  const People& of_a = people(a);
  const People& of_b = people(b);
  for (size_t i = 0; i * 64 < met_; ++i) {
    if ((of_a[i] & of_b[i]) != 0) return true;
  }
  return false;
}

bool ReasonPairs::ask(const Side& a, const Side& b) {
  if (!suppose(a)) return true;
  const std::array<Side, 1> goals{b};
  return !meet(goals, wishes(a, b));
}

bool ReasonPairs::suppose(const Side& side) {
  if (supposed_ != side) {
    supposed_ = side;
    possible_ = prover_.suppose({conditions_[side.condition], side.holds});
  }
  return possible_;
}

// The next ones are asked about in the same way, so that one person may answer
// for many.
std::vector<ReasonPairs::Side> ReasonPairs::wishes(const Side& a,
                                                   const Side& b) const {
  std::vector<Side> all;
  if (a == b || met_ == kMostPeople) return all;
  const auto count = static_cast<uint32_t>(conditions_.size());
  const uint32_t end =
      std::min<uint32_t>(count, b.condition + 1 + 2 * kMostWishes);
  for (uint32_t i = b.condition + 1; i < end && all.size() < kMostWishes; ++i) {
    const Side next{i, b.holds};
    if (i != a.condition && !is_met(a, next)) all.push_back(next);
  }
  return all;
}

// False: there is nobody, beside what is supposed, of whom `goals` hold.
bool ReasonPairs::meet(std::span<const Side> goals,
                       std::span<const Side> wishes) {
  if (met_ == kMostPeople) return !prover_.impossible(literals(goals));
  const std::vector<uint32_t> places = looked_at(goals, wishes);
  std::vector<NodeId> conditions;
  for (const uint32_t each : places) conditions.push_back(conditions_[each]);
  const std::vector<Literal> wished = literals(wishes);
  Prover::Sketch met{.conditions = conditions,
                     .wishes = wished,
                     .either = goals.empty(),
                     .worth = goals.empty() ? kWorth : 0,
                     .truths = {}};
  if (prover_.impossible(literals(goals), &met)) return false;
  if (!met.truths.empty()) keep(places, met.truths);
  return true;
}

std::vector<uint32_t> ReasonPairs::looked_at(
    std::span<const Side> goals, std::span<const Side> wishes) const {
  std::vector<uint32_t> places;
  if (supposed_) places.push_back(supposed_->condition);
  for (const Side& each : goals) places.push_back(each.condition);
  for (const Side& each : wishes) places.push_back(each.condition);
  return places;
}

std::vector<Literal> ReasonPairs::literals(std::span<const Side> sides) const {
  std::vector<Literal> all;
  for (const Side& each : sides) {
    all.push_back({conditions_[each.condition], each.holds});
  }
  return all;
}

void ReasonPairs::keep(const std::vector<uint32_t>& places,
                       const std::vector<Prover::Truth>& truths) {
  const uint64_t bit = uint64_t{1} << (met_ % 64);
  for (size_t i = 0; i < places.size(); ++i) {
    if (truths[i] == Prover::Truth::kYes) held_[places[i]][met_ / 64] |= bit;
    if (truths[i] == Prover::Truth::kNo) failed_[places[i]][met_ / 64] |= bit;
  }
  ++met_;
}

}  // namespace kitle
