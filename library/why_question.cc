// See why_question.h.
#include "library/why_question.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <utility>

namespace kitle {
namespace {

// How a condition asks for a score: "value.score" for `value` and for its code;
// "" for what is neither a score nor a band of one.
std::string score_asked(const Rules& rules, std::string_view name) {
  for (const ScoreDecl& score : rules.impl().loaded.syntax.scores) {
    const std::string& owner = score.name.text;
    const bool whole =
        name == owner || name == owner + ".score" || name == owner + ".code";
    if (whole) return owner + ".score";
    for (const DimensionDecl& each : score.dimensions) {
      if (name == owner + "." + each.name.text) return std::string(name);
    }
  }
  return "";
}

const Typed* find_score(const Typed& tree, const std::string& name) {
  if (tree.kind == TypedKind::kTally && tree.text == name) return &tree;
  for (const TypedPtr& arg : tree.args) {
    if (const Typed* found = find_score(*arg, name)) return found;
  }
  return nullptr;
}

// Where a rule asks for it first.
struct ScorePlace {
  const Typed* tree = nullptr;
  size_t segment = 0;
};
ScorePlace find_score(const Repository& repository, const std::string& name) {
  for (size_t i = 0; i < repository.segments.size(); ++i) {
    const Typed* found = find_score(*repository.segments[i].condition, name);
    if (found != nullptr) return {found, i};
  }
  return {};
}

TypedPtr flag_node(TypedKind kind, const Typed& of) {
  auto made = std::make_unique<Typed>();
  made->kind = kind;
  made->span = of.span;
  made->args.push_back(clone(of));
  return made;
}

Result<Question> score_question(const Rules& rules, const std::string& name,
                                const ChosenFits& chosen) {
  const Repository& written = rules.impl().loaded.repository;
  const ScorePlace place = find_score(written, name);
  if (place.tree == nullptr) {
    return std::unexpected(Status(
        StatusCode::kNotFound, "find the score", "",
        fmt::format("no segment asks for `{}`, so that there is nothing to "
                    "explain: write `{} >= 1` in one",
                    name, name)));
  }
  ScoreQuestion made{.repository = with_cuts(written, chosen)};
  auto& segments = made.repository.segments;
  const std::string& missing = segments[place.segment].undecided;
  if (!missing.empty()) return std::unexpected(lacks_fit(name, missing));
  const Typed* score = find_score(*segments[place.segment].condition, name);
  made.present = static_cast<uint32_t>(segments.size());
  TypedSegment segment;
  segment.name = name;
  segment.title = name;
  segment.span = score->span;
  segment.condition = flag_node(TypedKind::kPresent, *score);
  segments.push_back(std::move(segment));
  return Question{.segment = static_cast<uint32_t>(place.segment),
                  .missing = "",
                  .score = std::move(made)};
}

// `new_mother` of `new_mother.points`, which are shown with who is a member.
std::string owner_of_points(const Repository& repository,
                            const std::string& name) {
  for (const TypedPersona& each : repository.personas) {
    if (name == each.name + ".points") return each.name;
  }
  return name;
}

// Of a segment, or of stages as a whole.
Result<Question> segment_question(const Rules& rules,
                                  const std::string& asked) {
  const Repository& repository = rules.impl().loaded.repository;
  const std::string name = owner_of_points(repository, asked);
  const auto stages =
      std::ranges::find(repository.stages, name, &TypedStages::name);
  if (stages != repository.stages.end()) {
    return Question{
        .segment = stages->first, .count = stages->count, .missing = ""};
  }
  const auto segment =
      std::ranges::find(repository.segments, name, &TypedSegment::name);
  if (segment == repository.segments.end()) {
    return std::unexpected(unknown_segment(rules, name));
  }
  const auto index = segment - repository.segments.begin();
  return Question{.segment = static_cast<uint32_t>(index), .missing = ""};
}

}  // namespace

Status lacks_fit(const std::string& name, const std::string& missing) {
  return {StatusCode::kUnsupported, "explain", "",
          fmt::format("`{}` is undecided: {}", name, missing)};
}

std::vector<uint32_t> Question::segments() const {
  std::vector<uint32_t> all(count);
  std::iota(all.begin(), all.end(), segment);
  return all;
}

uint32_t ScoreQuestion::add_same(const reference::Value& value) {
  auto& segments = repository.segments;
  const Typed& score = *segments[present].condition->args[0];
  TypedSegment segment;
  segment.name = segments[present].name;
  segment.span = score.span;
  segment.condition = flag_node(TypedKind::kCompare, score);
  auto constant = std::make_unique<Typed>();
  constant->type = ValueType::kInteger;
  constant->span = score.span;
  constant->integer = std::get<Int128>(value);
  segment.condition->args.push_back(std::move(constant));
  segments.push_back(std::move(segment));
  return static_cast<uint32_t>(segments.size()) - 1;
}

Result<Question> why_question(const Rules& rules, const std::string& name,
                              const FittedRules& fitted) {
  const std::string score = score_asked(rules, name);
  if (!score.empty()) return score_question(rules, score, fitted.chosen());
  auto asked = segment_question(rules, name);
  if (!asked) return asked;
  const auto& segments = fitted.repository().segments;
  for (uint32_t i = 0; i < asked->count; ++i) {
    const std::string& missing = segments[asked->segment + i].undecided;
    if (missing.empty()) continue;
    asked->missing = missing;
    asked->count = i;
  }
  if (asked->count == 0) {
    return std::unexpected(lacks_fit(name, asked->missing));
  }
  return asked;
}

bool can_explain(const Rules& rules, std::string_view name) {
  return segment_question(rules, std::string(name)) ||
         !score_asked(rules, name).empty();
}

}  // namespace kitle
