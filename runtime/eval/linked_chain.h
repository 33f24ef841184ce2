// Sequences in one pass over a person's events, by time: of each key (`with
// same`) it is known which steps chains have reached, and when.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "runtime/eval/abi.h"
#include "runtime/eval/plain_step.h"

namespace kitle {

// A sequence of positive steps, and perhaps a negated one behind them, that are
// not compared, with keys that are integers or codes of one dictionary;
// `within` are lengths of clock time, of each step or of them all together. Of
// the chains that have reached a step, one then is as good as any: the latest,
// or the one that began latest.
class LinkedChain {
 public:
  // Nothing where it is another one. `work`: work_bytes of it.
  static std::optional<LinkedChain> make(const KernelContext& context,
                                         const SequenceParam& param,
                                         const uint32_t* list, std::byte* work);
  static uint64_t work_bytes(const SequenceParam& param);

  // Nothing where the person has so many events that others are to answer.
  std::optional<bool> holds(size_t row);

 private:
  static constexpr size_t kMostSteps = 16;
  static constexpr uint32_t kMostEvents = 1024;
  static constexpr uint32_t kPlaces = 2 * kMostEvents;  // of the hash table
  static constexpr int64_t kNever = INT64_MIN;

  // The best chain that ends at a step: `worth` is its last time, or its
  // first. `before`: of those that end before the time `at` of the last
  // change, which alone can be followed at that time.
  struct Link {
    int64_t at = kNever;
    int64_t worth = kNever;
    int64_t before = kNever;
  };
  // Of one key. Links behind those that are reached say nothing.
  struct Group {
    std::array<int64_t, PlainStep::kMostKeys> keys;
    int64_t first_waiting;  // of whole chains that no negated step has ended
    int64_t last_waiting;
    uint32_t reached;  // steps
    bool waits;
  };
  // Where a key's group is; of another person than `row`: nowhere.
  struct Place {
    uint32_t row;
    uint32_t group;
  };
  // Events that are the same for some steps, and where one person's stand.
  struct Stream {
    PlainStep events;
    std::array<uint8_t, kMostSteps> steps = {};  // positive, decreasing
    uint32_t count = 0;
    bool closes = false;  // the negated step's
    uint32_t at = 0;
    uint32_t end = 0;
  };

  LinkedChain() = default;
  bool take_steps(const KernelContext& context, const SequenceParam& param,
                  const uint32_t* list);
  void add_step(const PlainStep& events, uint32_t step, bool negated);
  bool start(size_t row);
  void find_keys();
  void go_to(Stream& stream, uint32_t from) const;
  uint64_t hash_of(const PlainStep& events, uint32_t at) const;
  Stream* earliest();
  bool take(Stream& stream);
  bool reach(Group& group, Link* links, const Stream& stream, int64_t time);
  bool repeat(Group& group, Link& last, int64_t time);
  bool complete(Group& group, int64_t time);
  bool extend(Group& group, Link* links, uint32_t step, int64_t time);
  bool ends(Group& group, int64_t time);
  Group* group_of(const Stream& stream);
  bool has_keys(const Group& group, const Stream& stream) const;
  Link* links_of(const Group& group) const {
    return links_ + static_cast<size_t>(&group - groups_) * count_;
  }

  std::array<Stream, kMostSteps> streams_ = {};
  size_t stream_count_ = 0;
  std::array<int64_t, kMostSteps> within_ = {};  // 0: open
  int64_t closing_within_ = 0;
  uint32_t count_ = 0;  // positive steps
  uint32_t keys_ = 0;
  bool is_closed_ = false;
  bool all_within_ = false;
  bool repeats_ = false;  // all positive steps are alike
  uint32_t row_ = 0;      // counted from 1
  uint32_t group_count_ = 0;
  uint32_t waiting_ = 0;
  // Of two streams or more: a bit for some hashes; keys without it have no
  // chain.
  std::array<uint64_t, 4> hashes_ = {};
  Place* places_ = nullptr;
  Group* groups_ = nullptr;
  Link* links_ = nullptr;
};

}  // namespace kitle
