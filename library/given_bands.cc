#include "library/given_bands.h"

#include <fmt/format.h>

#include <algorithm>

namespace kitle {

namespace {

void become(Typed& tree, ValueType type, Int128 value) {
  tree.kind = TypedKind::kConstant;
  tree.type = type;
  tree.integer = value;
  tree.args.clear();
  tree.text.clear();
}

}  // namespace

TypedPtr BandsInPlace::put(TypedPtr condition) {
  put_in(*condition);
  return condition;
}

void BandsInPlace::put_in(Typed& tree) {
  if (tree.kind == TypedKind::kTally) {
    const auto given = bands_.find(tree.text);
    if (given == bands_.end()) return;
    return become(tree, ValueType::kInteger, given->second);
  }
  if (tree.kind == TypedKind::kSegment && concerns_segment(tree.index)) {
    tree.index = copy_of(tree.index);
  }
  if (tree.kind == TypedKind::kPoints && concerns_persona(tree.index)) {
    tree.index = copy_of_persona(tree.index);
  }
  for (const TypedPtr& arg : tree.args) put_in(*arg);
  const bool there = tree.kind == TypedKind::kPresent &&
                     tree.args[0]->kind == TypedKind::kConstant;
  if (there) become(tree, ValueType::kFlag, 1);
}

bool BandsInPlace::concerns(const Typed& tree) {
  if (tree.kind == TypedKind::kTally && bands_.contains(tree.text)) return true;
  if (tree.kind == TypedKind::kSegment && concerns_segment(tree.index)) {
    return true;
  }
  if (tree.kind == TypedKind::kPoints && concerns_persona(tree.index)) {
    return true;
  }
  return std::ranges::any_of(
      tree.args, [this](const TypedPtr& arg) { return concerns(*arg); });
}

bool BandsInPlace::concerns_persona(uint32_t persona) {
  const auto& lines = repository_.personas[persona].lines;
  return std::ranges::any_of(lines, [this](const TypedPointsLine& line) {
    return line.condition != nullptr && concerns(*line.condition);
  });
}

uint32_t BandsInPlace::copy_of_persona(uint32_t persona) {
  const auto known = personas_.find(persona);
  if (known != personas_.end()) return known->second;
  TypedPersona made = clone(repository_.personas[persona]);
  for (TypedPointsLine& line : made.lines) {
    if (line.condition) put_in(*line.condition);
  }
  const auto place = static_cast<uint32_t>(repository_.personas.size());
  repository_.personas.push_back(std::move(made));
  personas_[persona] = place;
  return place;
}

bool BandsInPlace::concerns_segment(uint32_t segment) {
  const auto known = concerned_.find(segment);
  if (known != concerned_.end()) return known->second;
  const bool found = concerns(*repository_.segments[segment].condition);
  concerned_[segment] = found;
  return found;
}

uint32_t BandsInPlace::copy_of(uint32_t segment) {
  const auto known = copies_.find(segment);
  if (known != copies_.end()) return known->second;
  TypedPtr condition = put(clone(*repository_.segments[segment].condition));
  const TypedSegment& of = repository_.segments[segment];
  const auto place = static_cast<uint32_t>(repository_.segments.size());
  TypedSegment made;
  // No segment can be called so.
  made.name = fmt::format("{} as given {}", of.name, place);
  made.title = of.title;
  made.stages = of.stages;
  made.condition = std::move(condition);
  made.span = of.span;
  repository_.segments.push_back(std::move(made));
  copies_[segment] = place;
  origins_[place] = segment;
  return place;
}

}  // namespace kitle
