// See random_stages.h.
#include "tests/support/random/random_stages.h"

#include <fmt/format.h>

namespace kitle::testing {

Rule random_stages(int64_t number, Dice& dice,
                   const std::function<Phrase(int)>& condition) {
  Rule rule{.name = fmt::format("life{}", number), .condition = {}};
  for (int64_t i = dice.between(0, 4); i > 0; --i) {
    const std::string name = fmt::format("st{}", i);
    const int depth = static_cast<int>(dice.between(0, 2));
    rule.condition +=
        optional(Phrase("\n  " + name + " when ") + condition(depth));
    rule.stages.push_back(name);
  }
  rule.condition += Phrase("\n  rest otherwise\n");
  rule.stages.emplace_back("rest");
  return rule;
}

Phrase stage_test(const Rule& rule, Dice& dice) {
  const std::string& stage = dice.pick(rule.stages);
  switch (dice.below(4)) {
    case 0:
      return Phrase(rule.name + " is " + stage);
    case 1:
      return Phrase(rule.name + " is not " + stage);
    case 2:
      return Phrase(fmt::format("{} in {{{}, {}}}", rule.name, stage,
                                dice.pick(rule.stages)));
    default:
      return Phrase((dice.chance(50) ? "in " : "not in ") + rule.name + "." +
                    stage);
  }
}

}  // namespace kitle::testing
