// Lowering: questions about events that are answered together.
#include <algorithm>

#include "compiler/lowering.h"

namespace kitle {

using Kind = AskedAlike::Kind;

// All but kTexts take it that no event is later than now.
const AskedAlike* Lowering::asked_alike(const Node& node,
                                        const Place& place) const {
  if (place.domain() != kProfiles) return nullptr;
  const AskedAlike* alike = sharing_.alike(node);
  if (alike == nullptr || assumptions_.fast) return alike;
  return alike->key.kind == Kind::kTexts ? alike : nullptr;
}

// Any event of today, this month and the like.
uint32_t Lowering::last_within(const Node& events, const Place& place) {
  return place.emit(
      {.op = Op::kInRange,
       .slot = column_slot(SlotKind::kLastTime, events.table, kNone),
       .param = place.parameters().range(time_range(events))});
}

uint32_t Lowering::answer(const AskedAlike& alike, const Node& node,
                          uint32_t least, const Place& place) {
  const auto [found, added] = answers_.try_emplace(&alike);
  if (added) found->second = answers(alike);
  const Answer& answer = found->second.at({&node, least});
  return place.emit({.op = Op::kAnswer,
                     .a = answer.reg,
                     .imm = static_cast<int32_t>(answer.question)});
}

uint32_t Lowering::answer_range(const AskedAlike& alike, const Node& range,
                                const Place& place) {
  if (alike.key.kind == Kind::kSums) return answer(alike, range, 1, place);
  const Node& events = plan_[plan_[range.args[0]].args[0]];
  if (alike.key.kind == Kind::kLast) {
    return answer(alike, events, static_cast<uint32_t>(range.low), place);
  }
  const auto [from, to] = *asked_range(range);
  const uint32_t enough =
      from == 0 ? kNone : answer(alike, events, from, place);
  if (to == 0) return enough;
  return place.without(enough, answer(alike, events, to, place));
}

Lowering::AnswersByNode Lowering::answers(const AskedAlike& alike) {
  std::vector<AskedAlike::Question> asked = alike.questions;
  const auto order = [](const AskedAlike::Question& each) {
    return std::pair(each.least, each.node);
  };
  std::ranges::sort(asked, {}, order);
  const auto [first, last] = std::ranges::unique(asked, {}, order);
  asked.erase(first, last);
  const Instruction what = answers_operation(alike);
  AnswersByNode made;
  for (size_t begin = 0; begin < asked.size(); begin += kMostQuestions) {
    const size_t end = std::min(asked.size(), begin + kMostQuestions);
    AnswersParam param;
    for (size_t i = begin; i < end; ++i) {
      param.questions.push_back(question(asked[i], alike.key.kind, what.slot));
    }
    const uint32_t reg = emitter_.answers(what, param);
    for (size_t i = begin; i < end; ++i) {
      made[{asked[i].node, asked[i].least}] = {
          reg, static_cast<uint32_t>(i - begin)};
    }
  }
  return made;
}

Instruction Lowering::answers_operation(const AskedAlike& alike) {
  const AskedAlike::Key& key = alike.key;
  Instruction what{.op = Op::kAnswers, .table = key.table};
  if (key.kind == Kind::kLast) what.op = Op::kNthAnswers;
  if (key.kind == Kind::kSums) what.op = Op::kSumAnswers;
  if (key.kind != Kind::kLast) {
    what.slot = column_slot(SlotKind::kProperty, key.table, key.column);
  }
  if (key.kind == Kind::kFollowed) {
    what.op = Op::kFollowedAnswers;
    follow(*alike.questions.front().node, what);
  }
  what.slot2 = column_slot(SlotKind::kEventTime, key.table, kNone);
  return what;
}

AnswersQuestion Lowering::question(const AskedAlike::Question& asked, Kind kind,
                                   uint32_t slot) {
  Parameters& parameters = emitter_.parameters();
  AnswersQuestion made{.least = asked.least};
  const Node* events = asked.node;
  if (kind == Kind::kFollowed) {
    events = &plan_[asked.node->args[0]];
    const auto& within = asked.node->steps[1].within;
    const int64_t longest = within ? clock_length(*within) : INT64_MAX - 1;
    made.range = parameters.range(constant_range(INT64_MIN, longest));
  } else if (kind == Kind::kSums) {
    events = &plan_[plan_[asked.node->args[0]].args[0]];
    made.total =
        parameters.range(constant_range(asked.node->low, asked.node->high));
  }
  if (kind == Kind::kTexts || kind == Kind::kFollowed) {
    made.set = parameters.set(
        set_of(*sharing_.plain_test(*events), parameters.slot_at(slot)));
  }
  if (kind != Kind::kFollowed && !sees_all(*events)) {
    made.range = parameters.range(time_range(*events));
  }
  return made;
}

}  // namespace kitle
