#include "runtime/eval/linked_chain.h"

#include <algorithm>
#include <bit>
#include <span>

#include "runtime/eval/kernels_access.h"

namespace kitle {
namespace {

size_t positive_steps(const SequenceParam& param) {
  return static_cast<size_t>(
      std::ranges::count(param.steps, false, &SequenceStep::negated));
}

// Positive steps, and a negated one at the end or none.
bool is_linked(const SequenceParam& param) {
  return param.keys != 0 && param.comparisons.empty() &&
         std::ranges::none_of(
             param.steps.begin(), param.steps.end() - 1,
             [](const SequenceStep& step) { return step.negated; });
}

uint64_t mixed(uint64_t hash, int64_t key) {
  constexpr uint64_t kOdd = 0x9e3779b97f4a7c15;  // 2^64 by the golden ratio
  return (hash ^ static_cast<uint64_t>(key)) * kOdd;
}

}  // namespace

uint64_t LinkedChain::work_bytes(const SequenceParam& param) {
  if (!is_linked(param)) return 0;
  const uint64_t groups = param.keys == 0 ? 1 : kMostEvents;
  return groups * (sizeof(Group) + positive_steps(param) * sizeof(Link)) +
         kPlaces * sizeof(Place);
}

std::optional<LinkedChain> LinkedChain::make(const KernelContext& context,
                                             const SequenceParam& param,
                                             const uint32_t* list,
                                             std::byte* work) {
  LinkedChain made;
  if (!is_linked(param) || param.steps.size() > kMostSteps ||
      !has_plain_keys(context, param, list) ||
      !made.take_steps(context, param, list)) {
    return std::nullopt;
  }
  const size_t groups = param.keys == 0 ? 1 : kMostEvents;
  made.groups_ = reinterpret_cast<Group*>(work);
  made.links_ = reinterpret_cast<Link*>(made.groups_ + groups);
  made.places_ = reinterpret_cast<Place*>(made.links_ + groups * made.count_);
  std::fill_n(made.places_, kPlaces, Place{});
  return made;
}

// False: deadlines that are no lengths, or both kinds of them.
bool LinkedChain::take_steps(const KernelContext& context,
                             const SequenceParam& param, const uint32_t* list) {
  keys_ = param.keys;
  count_ = static_cast<uint32_t>(positive_steps(param));
  const int64_t all_within = param.steps[0].within;
  all_within_ = all_within != 0 && count_ > 1;
  for (uint32_t step = 0; step < param.steps.size(); ++step) {
    const SequenceStep& each = param.steps[step];
    if (deadline_register(list, step) != kNone) return false;
    if (each.negated) {
      is_closed_ = true;
      closing_within_ = each.within;
    } else if (step > 0) {
      if (all_within_ && each.within != 0) return false;
      within_[step] = each.within;
    }
    add_step(plain_step(context, param, list, step), step, each.negated);
  }
  if (all_within_) within_[count_ - 1] = all_within;
  repeats_ = !all_within_ && streams_[0].count == count_ &&
             std::all_of(within_.begin() + 1, within_.begin() + count_,
                         [&](int64_t each) { return each == within_[1]; });
  return true;
}

// Decreasing steps: an event is not to follow itself.
void LinkedChain::add_step(const PlainStep& events, uint32_t step,
                           bool negated) {
  const auto end = streams_.begin() + static_cast<ptrdiff_t>(stream_count_);
  auto same = std::find_if(streams_.begin(), end, [&](const Stream& stream) {
    return stream.events == events;
  });
  if (same == end) {
    same->events = events;
    ++stream_count_;
  }
  if (negated) {
    same->closes = true;
    return;
  }
  const auto steps = same->steps.begin();
  std::copy_backward(steps, steps + same->count, steps + same->count + 1);
  same->steps[0] = static_cast<uint8_t>(step);
  ++same->count;
}

// False: too many events.
bool LinkedChain::start(size_t row) {
  uint64_t events = 0;
  const std::span streams = std::span(streams_).first(stream_count_);
  for (Stream& stream : streams) {
    stream.at = stream.events.offsets[row];
    stream.end = std::max(stream.events.offsets[row + 1], stream.at);
    events += stream.end - stream.at;
  }
  ++row_;
  group_count_ = 0;
  waiting_ = 0;
  if (events > kMostEvents) return false;
  find_keys();
  for (Stream& stream : streams) go_to(stream, stream.at);
  return true;
}

// Of the positive stream with the fewest events: only these keys have chains.
void LinkedChain::find_keys() {
  if (stream_count_ < 2) return;
  const Stream* fewest = nullptr;
  for (const Stream& stream : std::span(streams_).first(stream_count_)) {
    if (stream.count == 0) continue;
    const uint32_t events = stream.end - stream.at;
    if (fewest == nullptr || events < fewest->end - fewest->at) {
      fewest = &stream;
    }
  }
  hashes_ = {};
  const PlainStep& of = fewest->events;
  for (uint32_t at = of.next(fewest->at, fewest->end); at < fewest->end;
       at = of.next(at + 1, fewest->end)) {
    const uint64_t hash = hash_of(of, at);
    hashes_[hash >> 62] |= uint64_t{1} << (hash >> 56) % 64;
  }
}

// To the first event from `from` on whose key may have a chain.
void LinkedChain::go_to(Stream& stream, uint32_t from) const {
  stream.at = stream.events.next(from, stream.end);
  while (stream_count_ > 1 && stream.at < stream.end) {
    const uint64_t hash = hash_of(stream.events, stream.at);
    if ((hashes_[hash >> 62] >> (hash >> 56) % 64 & 1) != 0) return;
    stream.at = stream.events.next(stream.at + 1, stream.end);
  }
}

uint64_t LinkedChain::hash_of(const PlainStep& events, uint32_t at) const {
  uint64_t hash = 0;
  for (uint32_t key = 0; key < keys_; ++key) {
    hash = mixed(hash, events.keys[key][at]);
  }
  return hash;
}

std::optional<bool> LinkedChain::holds(size_t row) {
  if (!start(row)) return std::nullopt;
  for (Stream* next = earliest(); next != nullptr; next = earliest()) {
    if (take(*next)) return true;
    go_to(*next, next->at + 1);
  }
  return waiting_ != 0;
}

LinkedChain::Stream* LinkedChain::earliest() {
  Stream* found = nullptr;
  int64_t time = 0;
  for (Stream& stream : std::span(streams_).first(stream_count_)) {
    if (stream.at >= stream.end) continue;
    const int64_t own = stream.events.times[stream.at];
    if (found != nullptr && own >= time) continue;
    found = &stream;
    time = own;
  }
  return found;
}

// True: the sequence holds. At one time the order of events makes no
// difference: what has changed at a time is not seen at that time.
bool LinkedChain::take(Stream& stream) {
  Group* group = group_of(stream);
  if (group == nullptr) return false;
  const int64_t time = stream.events.times[stream.at];
  if (stream.closes && ends(*group, time)) return true;
  if (stream.count == 0) return false;
  return reach(*group, links_of(*group), stream, time);
}

bool LinkedChain::reach(Group& group, Link* links, const Stream& stream,
                        int64_t time) {
  if (repeats_) return repeat(group, links[0], time) && complete(group, time);
  for (uint32_t i = 0; i < stream.count; ++i) {
    const uint32_t step = stream.steps[i];
    if (step > group.reached || !extend(group, links, step, time)) continue;
    if (step + 1 == count_ && complete(group, time)) return true;
  }
  return false;
}

// All steps are alike: it is enough to know how long the longest chain is that
// ends with the event before. Whether it has all steps.
bool LinkedChain::repeat(Group& group, Link& last, int64_t time) {
  if (group.reached != 0 && last.at == time) return false;
  const int64_t within = within_[1];
  const bool goes_on = within == 0 || time <= wrap_add(last.at, within);
  last.at = time;
  group.reached = goes_on ? std::min(group.reached + 1, count_) : 1;
  return group.reached == count_;
}

// A chain has all its positive steps. True: the sequence holds.
bool LinkedChain::complete(Group& group, int64_t time) {
  if (!is_closed_) return true;
  if (!group.waits) {
    group.waits = true;
    group.first_waiting = time;
    ++waiting_;
  }
  group.last_waiting = time;
  return false;
}

// Whether a chain ends with this event as its `step`.
bool LinkedChain::extend(Group& group, Link* links, uint32_t step,
                         int64_t time) {
  int64_t worth = time;
  if (step > 0) {
    const Link& from = links[step - 1];
    const int64_t best = from.at == time ? from.before : from.worth;
    if (best == kNever) return false;
    if (within_[step] != 0 && time > wrap_add(best, within_[step])) {
      // Nor is any later event in time: the step before is to be reached anew.
      if (step == group.reached && from.at != time) --group.reached;
      return false;
    }
    if (all_within_) worth = best;
  }
  Link& link = links[step];
  if (step == group.reached) {
    link = {time, worth, kNever};
    ++group.reached;
    return true;
  }
  if (link.at != time) link.before = link.worth;
  link.at = time;
  link.worth = std::max(link.worth, worth);
  return true;
}

// At an event of the negated step. True: a chain has waited until its deadline.
bool LinkedChain::ends(Group& group, int64_t time) {
  if (!group.waits || group.first_waiting >= time) return false;
  if (closing_within_ != 0 &&
      time > wrap_add(group.first_waiting, closing_within_)) {
    return true;
  }
  if (group.last_waiting == time) {
    group.first_waiting = time;
    return false;
  }
  group.waits = false;
  --waiting_;
  return false;
}

// That of the event's key. Null: there is none, and the event begins no chain.
LinkedChain::Group* LinkedChain::group_of(const Stream& stream) {
  constexpr int kShift = 64 - std::countr_zero(kPlaces);
  size_t at = hash_of(stream.events, stream.at) >> kShift;
  for (; places_[at].row == row_; at = (at + 1) % kPlaces) {
    Group& group = groups_[places_[at].group];
    if (has_keys(group, stream)) return &group;
  }
  const bool begins = stream.count != 0 && stream.steps[stream.count - 1] == 0;
  if (!begins) return nullptr;
  places_[at] = {row_, group_count_};
  Group& made = groups_[group_count_++];
  for (uint32_t key = 0; key < keys_; ++key) {
    made.keys[key] = stream.events.keys[key][stream.at];
  }
  made.reached = 0;
  made.waits = false;
  links_of(made)[0] = {};
  return &made;
}

bool LinkedChain::has_keys(const Group& group, const Stream& stream) const {
  for (uint32_t key = 0; key < keys_; ++key) {
    if (group.keys[key] != stream.events.keys[key][stream.at]) return false;
  }
  return true;
}

}  // namespace kitle
