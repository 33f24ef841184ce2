// See why_sentence.h.
#include "library/why_sentence.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace kitle {
namespace {

using Kind = WhyNode::Kind;

constexpr size_t kMostReasons = 3;

// The tests that decide.
void collect(const WhyNode& node, std::vector<const WhyNode*>& found) {
  if (!node.decides) return;
  const bool rest =
      node.kind == Kind::kStage && node.parts.empty() && !node.again;
  if (node.parts.empty() && !rest) found.push_back(&node);
  for (const WhyNode& part : node.parts) collect(part, found);
}

std::string reason(const WhyNode& test) {
  const std::string found = found_of(test);
  const char* verb = test.undecided ? "cannot be computed"
                     : test.holds   ? "holds"
                                    : "does not hold";
  return fmt::format("`{}` {}{}", test.words, verb,
                     found.empty() || test.undecided ? "" : " (" + found + ")");
}

// "a, b and c".
std::string joined(const std::vector<std::string>& all) {
  std::string text;
  for (size_t i = 0; i < all.size(); ++i) {
    text += i == 0 ? "" : i + 1 == all.size() ? " and " : ", ";
    text += all[i];
  }
  return text;
}

std::string reasons(const WhyNode& node) {
  std::vector<const WhyNode*> tests;
  collect(node, tests);
  std::vector<std::string> texts;
  for (const WhyNode* test : tests) {
    if (texts.size() == kMostReasons) break;
    texts.push_back(reason(*test));
  }
  if (tests.size() > texts.size()) {
    texts.push_back(fmt::format("{} more", tests.size() - texts.size()));
  }
  return joined(texts);
}

// Of the stages those that decide: its own, or one before it.
std::string stage_reasons(const Why& why) {
  const WhyNode& node = why.condition;
  const WhyNode& own = node.parts.back();
  const bool first = node.parts.size() == 1;
  if (!why.member) {
    for (const WhyNode& part : node.parts) {
      if (!part.decides || &part == &own) continue;
      return fmt::format("the stage `{}` before it fits: {}", part.name,
                         reasons(part));
    }
    return reasons(own);
  }
  if (own.parts.empty()) return "no stage before it fits";
  return reasons(own) + (first ? "" : ", and no stage before it fits");
}

std::string place_of(const Why& why, const Repository& repository) {
  for (const TypedStages& stages : repository.stages) {
    if (stages.name != why.stages) continue;
    return fmt::format(", stage {} of {}", why.condition.parts.size(),
                       stages.count);
  }
  return "";
}

}  // namespace

bool one_value(const WhyNode& test) {
  for (size_t i = 1; i < test.values.size(); ++i) {
    if (test.values[i].written) continue;
    if (test.values[0].of.find(test.values[i].of) == std::string::npos) {
      return false;
    }
  }
  return true;
}

std::string found_of(const WhyNode& test) {
  std::string text;
  if (!test.values.empty() && one_value(test)) {
    if (!test.values[0].written) text = test.values[0].value;
  } else {
    for (const WhyValue& value : test.values) {
      if (value.written) continue;
      text += (text.empty() ? "`" : ", `") + value.of + "` is " + value.value;
    }
  }
  if (test.missing.empty()) return text;
  return text + (text.empty() ? "" : ", ") + test.missing;
}

// Of an `and` that does not hold one part is reason enough, but others may
// have to change, too.
std::string others_of(const WhyNode& node) {
  if (node.kind != Kind::kAll || node.holds) return "";
  const auto others = std::ranges::count_if(node.parts, [](const auto& part) {
    return !part.holds && !part.decides;
  });
  if (others == 0) return "";
  return fmt::format("; {} other {} not hold either", others,
                     others == 1 ? "condition does" : "conditions do");
}

std::string sentence_of(const Why& why, const Repository& repository) {
  const bool stage = why.condition.kind == Kind::kStages;
  if (why.undecided) {
    return fmt::format("Whether {} is in {} cannot be decided, because {}.",
                       why.key, why.segment, reasons(why.condition));
  }
  const std::string because =
      stage ? stage_reasons(why) : reasons(why.condition);
  return fmt::format("{} is {}in {}{}, because {}{}.", why.key,
                     why.member ? "" : "not ", why.segment,
                     stage ? place_of(why, repository) : "", because,
                     others_of(why.condition));
}

}  // namespace kitle
