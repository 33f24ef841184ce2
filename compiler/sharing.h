// What so many rules of a plan ask for that it is made once for all of them,
// where each by itself would be better off alone.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "compiler/plan.h"

namespace kitle {

struct LowerOptions {
  // From so many questions whether there are at least n events of one table
  // with some texts in one column on, one pass over the events answers all of
  // them (runtime/eval/answers.h). Measured: a pass costs as much as twenty
  // masks.
  uint32_t asked_from = 24;
  // From so many sequences `a then b within D` of one table and the same b on,
  // the time of the next b is found once for each event of that table; and from
  // so many, within D or not, that ask for some texts in one column of a on,
  // one pass answers them.
  uint32_t followed_from = 4;
  uint32_t followed_asked_from = 24;
  // From so many questions whether there were at least n events of one table up
  // to now on, they look at the n-th from the end, and none counts.
  uint32_t told_from = 8;
  // From so many questions about sums of one column over windows up to now on,
  // one pass over the events answers all of them.
  uint32_t summed_from = 32;
};

// Questions about the events of one table that are answered together.
struct AskedAlike {
  enum class Kind : uint8_t {
    kTexts,     // at least n events of a window with some texts in `column`
    kFollowed,  // `a then b`, a with some texts in `column`
    kLast,      // at least n events of a window up to now
    kSums,      // a range of the sum of `column` over a window up to now
  };
  // What is asked: kEvents with n; kSequence; kEvents with n; kRange.
  struct Question {
    const Node* node = nullptr;
    uint32_t least = 1;
  };
  // What those that are answered together have in common.
  struct Key {
    Kind kind = Kind::kTexts;
    uint32_t table = kNone;
    uint32_t column = kNone;
    NodeId then = kNone;  // kFollowed: b
    auto operator<=>(const Key&) const = default;
  };

  Key key;
  std::vector<Question> questions;
};

// What a range of a count asks: at least `from` events, and fewer than `to`; 0
// where it does not ask that. None where these are more than kMostCounted, and
// for ranges that no count is in.
struct AskedRange {
  uint32_t from = 0;
  uint32_t to = 0;
};
std::optional<AskedRange> asked_range(const Node& range);

// Of clock time, in microseconds; 0 of calendar steps, and of what is so long
// that T + D must stop at the ends of time.
int64_t clock_length(const StepSpan& span);

class Sharing {
 public:
  Sharing(const Plan& plan, const LowerOptions& options);

  // The questions that an any, a range of a count or sum, or a sequence `a then
  // b` is answered together with; nullptr where it asks alone. All but kTexts:
  // in the fast code alone.
  const AskedAlike* alike(const Node& node) const;
  // Of an any, in the fast code: whether it is that the last event is in its
  // window, which is of today, this month and the like.
  bool is_told_by_last(const Node& any) const;
  // The test of one column's texts that is all that these events pass beside
  // their window; nullptr if there is more or none.
  const Node* plain_test(const Node& events) const;
  // Whether it is `a then b` or `a then no b`, and nothing else, however long
  // after: the time of one end of each tells it.
  bool is_told_by_ends(const Node& sequence) const;
  // Whether it is one of these within some time, for which the next b is found.
  bool is_followed(const Node& sequence) const;
  // Whether no other node has it as an argument.
  bool is_asked_once(NodeId id) const { return asked_[id] == 1; }

 private:
  using Following = std::pair<uint32_t, NodeId>;  // table of a, events b
  using Key = AskedAlike::Key;

  void count(const Node& node);
  void ask(const Node& node);
  uint32_t least_for(AskedAlike::Kind kind) const;
  std::optional<Key> key_of(const Node& node) const;
  std::optional<Key> key_of_range(const Node& range) const;
  std::optional<Key> key_of_sequence(const Node& sequence) const;
  std::optional<Key> key_of_texts(const Node& events) const;
  bool is_plain_pair(const Node& sequence) const;
  Following following(const Node& sequence) const;

  const Plan& plan_;
  LowerOptions options_;
  std::map<Key, AskedAlike> alike_;
  std::map<Following, uint32_t> followed_;
  std::vector<uint32_t> asked_;  // by node
};

}  // namespace kitle
