// See why_sentence.h.
#include "library/why_sentence.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace kitle {
namespace {

using Kind = WhyNode::Kind;

constexpr size_t kMostReasons = 3;

// All periods of `in each of`, which have the same words.
bool is_each_of(const WhyNode& node) {
  return !node.parts.empty() && !node.parts[0].period.empty();
}

// The tests that decide, and the segments: what these ask for is another
// sentence. Of what cannot be computed the tests in them.
void collect(const WhyNode& node, std::vector<const WhyNode*>& found) {
  if (!node.decides) return;
  const bool rest =
      node.kind == Kind::kStage && node.parts.empty() && !node.again;
  const bool named = node.kind == Kind::kSegment && !node.undecided;
  const bool periods = is_each_of(node) && node.holds && !node.undecided;
  if (named || periods || (node.parts.empty() && !rest)) {
    found.push_back(&node);
    return;
  }
  for (const WhyNode& part : node.parts) collect(part, found);
}

std::string quoted(const std::string& words, const std::string& given) {
  return "`" + words + (given.empty() ? "`" : "` (" + given + ")");
}

// Without what was given.
std::string words_of(const WhyValue& value) {
  if (value.given.empty()) return value.of;
  return value.of.substr(0, value.of.size() - value.given.size() - 3);
}

// "`any purchase in each of last 2 months` holds (2 in January 2026, ...)"
std::string each_of_words(const WhyNode& node) {
  std::string found;
  for (const WhyNode& part : node.parts) {
    const std::string value = found_of(part);
    found += fmt::format("{}{}{}{}", found.empty() ? "" : ", ", value,
                         value.empty() ? "" : " in ", part.period);
  }
  return fmt::format("{} holds ({})", quoted(node.words, node.given), found);
}

std::string reason(const WhyNode& test) {
  if (is_each_of(test)) return each_of_words(test);
  const std::string found = found_of(test);
  const std::string period = test.period.empty() ? "" : " in " + test.period;
  const char* verb = test.undecided ? "cannot be computed"
                     : test.holds   ? "holds"
                                    : "does not hold";
  return fmt::format("{} {}{}{}", quoted(test.words, test.given), verb, period,
                     found.empty() || test.undecided ? "" : " (" + found + ")");
}

// "a, b and c".
std::string joined(const std::vector<std::string>& all,
                   const char* last = " and ") {
  std::string text;
  for (size_t i = 0; i < all.size(); ++i) {
    text += i == 0 ? "" : i + 1 == all.size() ? last : ", ";
    text += all[i];
  }
  return text;
}

// Segments and stages that the person is in, and is not in.
struct Segments {
  std::vector<std::string> in;
  std::vector<std::string> out;

  static void add(std::vector<std::string>& names, const std::string& name) {
    const bool known = std::ranges::find(names, name) != names.end();
    if (!known) names.push_back(name);
  }
};

// Of a stage without its owner, where one of the same owner is named before.
std::string short_name(const std::string& name, const Segments& all) {
  const size_t dot = name.find('.');
  if (dot == std::string::npos) return name;
  const std::string owner = name.substr(0, dot + 1);
  const bool known = std::ranges::any_of(
      all.in, [&](const auto& each) { return each.starts_with(owner); });
  return known ? name.substr(dot + 1) : name;
}

Segments segments_in(const std::vector<const WhyNode*>& reasons) {
  Segments all;
  for (const WhyNode* each : reasons) {
    if (each->kind != Kind::kSegment || each->undecided) continue;
    if (!each->instead.empty()) Segments::add(all.in, each->instead);
    Segments::add(each->holds ? all.in : all.out, each->name);
  }
  return all;
}

// "they are in potential_loyalists, neither in at_risk nor in cannot_lose".
std::string segment_words(const Segments& all) {
  std::string text = all.in.empty() ? "" : "in " + joined(all.in, " and in ");
  for (size_t i = 0; i < all.out.size(); ++i) {
    const char* before = i != 0                ? " nor in "
                         : all.out.size() == 1 ? "not in "
                                               : "neither in ";
    if (i == 0 && !text.empty()) text += ", ";
    text += before + short_name(all.out[i], all);
  }
  return "they are " + text;
}

std::string reasons(const WhyNode& node) {
  std::vector<const WhyNode*> tests;
  collect(node, tests);
  std::vector<std::string> texts;
  const Segments segments = segments_in(tests);
  if (!segments.in.empty() || !segments.out.empty()) {
    texts.push_back(segment_words(segments));
  }
  std::erase_if(tests, [](const WhyNode* each) {
    return each->kind == Kind::kSegment && !each->undecided;
  });
  const size_t told = texts.size();
  for (const WhyNode* test : tests) {
    if (texts.size() - told == kMostReasons) break;
    texts.push_back(reason(*test));
  }
  const size_t more = tests.size() - (texts.size() - told);
  if (more > 0) texts.push_back(fmt::format("{} more", more));
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

// "the product_view of ..., then the purchase of ..."; where a step is missing
// which one, and why.
std::string steps_of(const WhyNode& test) {
  const auto stop = std::ranges::find(test.steps, false, &WhyStep::holds);
  if (stop != test.steps.end()) {
    return fmt::format("step {} of {}, `{}`, is missing: {}",
                       stop - test.steps.begin() + 1, test.steps.size(),
                       stop->of, stop->missing);
  }
  std::string text;
  for (const WhyStep& step : test.steps) {
    if (step.events.empty()) continue;
    const WhyEvent& event = step.events.front();
    text += fmt::format("{}the {} of {}", text.empty() ? "" : ", then ",
                        event.event, event.local);
  }
  return text;
}

// Of a score " = recency 3 + frequency 2", or why there is none.
std::string bands_of(const WhyNode& test, const std::string& of) {
  std::string text;
  for (const WhyScore& score : test.scores) {
    if (!of.starts_with(score.name)) continue;
    if (!score.missing.empty()) return ", " + score.missing;
    if (score.bands.size() < 2) return "";
    for (const WhyBand& band : score.bands) {
      text += fmt::format("{}{} {}", text.empty() ? " = " : " + ", band.name,
                          band.band);
    }
  }
  return text;
}

}  // namespace

bool one_value(const WhyNode& test) {
  for (size_t i = 1; i < test.values.size(); ++i) {
    if (test.values[i].written || test.values[i].inner) continue;
    const std::string first = words_of(test.values[0]);
    if (first.find(words_of(test.values[i])) == std::string::npos) return false;
  }
  return true;
}

std::string found_of(const WhyNode& test) {
  std::string text = steps_of(test);
  if (!test.values.empty() && one_value(test)) {
    const WhyValue& value = test.values[0];
    if (!value.written) text = value.value + bands_of(test, value.of);
  } else {
    for (const WhyValue& value : test.values) {
      if (value.written || value.inner) continue;
      text += (text.empty() ? "" : ", ") +
              quoted(words_of(value), value.given) + " is " + value.value;
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
  if (why.score) {
    const std::string found = found_of(why.condition);
    return fmt::format("`{}` of {} is {}.", why.segment, why.key, found);
  }
  const std::string because =
      stage ? stage_reasons(why) : reasons(why.condition);
  return fmt::format("{} is {}in {}{}, because {}{}.", why.key,
                     why.member ? "" : "not ", why.segment,
                     stage ? place_of(why, repository) : "", because,
                     others_of(why.condition));
}

}  // namespace kitle
