#include "library/given_bands.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/compares.h"
#include "compiler/words.h"

namespace kitle {

namespace {

constexpr int64_t kHundred = 100;  // points are given in hundredths

void become(Typed& tree, ValueType type, Int128 value) {
  tree.kind = TypedKind::kConstant;
  tree.type = type;
  tree.integer = value;
  tree.args.clear();
  tree.text.clear();
}

// What stands for nothing in the rules' own trees: two that are written.
bool is_written_test(const Typed& tree) {
  const auto is_points = [](const TypedPtr& arg) {
    return arg->type == ValueType::kPoints;
  };
  return tree.kind == TypedKind::kCompare &&
         std::ranges::any_of(tree.args, is_points) &&
         tree.args[0]->kind == TypedKind::kConstant &&
         tree.args[1]->kind == TypedKind::kConstant;
}

bool holds(const Typed& written) {
  const Typed& left = *written.args[0];
  const Typed& right = *written.args[1];
  return compares(written.comparison, left.integer * right.denominator,
                  right.integer * left.denominator);
}

// "30" and "0.5" of hundredths.
std::string written_points(int64_t hundredths) {
  std::string text = points_text(hundredths);
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return text;
}

}  // namespace

std::string words_of_given(const GivenBands& bands,
                           const Repository& repository) {
  std::string text;
  for (const auto& [name, value] : bands) {
    const bool points =
        std::ranges::any_of(repository.personas, [&](const TypedPersona& each) {
          return name == each.name + ".points";
        });
    const bool top =
        std::ranges::find(repository.fits, name, &TypedFit::name) !=
        repository.fits.end();
    const std::string words = points       ? written_points(value)
                              : !top       ? std::to_string(value)
                              : value != 0 ? "yes"
                                           : "no";
    text += fmt::format("{}{} {}", text.empty() ? "given " : ", ", name, words);
  }
  return text;
}

std::string_view top_of(const Typed& tree) {
  const bool pair = tree.kind == TypedKind::kAnd && tree.args.size() == 2;
  if (!pair) return {};
  const Typed& better = *tree.args[1];
  const bool fitted = better.kind == TypedKind::kCompare &&
                      better.span == tree.span &&
                      better.args[1]->kind == TypedKind::kFitted;
  return fitted ? std::string_view(better.args[1]->text) : std::string_view();
}

// The value that stands for the whole of a node, and its type.
std::optional<std::pair<ValueType, int64_t>> BandsInPlace::given(
    const Typed& tree) const {
  std::string name;
  ValueType type = ValueType::kInteger;
  if (tree.kind == TypedKind::kTally) name = tree.text;
  if (tree.kind == TypedKind::kAnd) {
    name = top_of(tree);
    type = ValueType::kFlag;
  }
  if (tree.kind == TypedKind::kPoints) {
    name = repository_.personas[tree.index].name + ".points";
    type = ValueType::kPoints;
  }
  const auto found = bands_.find(name);
  if (found == bands_.end()) return std::nullopt;
  return std::pair(type, found->second);
}

TypedPtr BandsInPlace::put(TypedPtr condition) {
  put_whole(*condition);
  return condition;
}

// Whose cuts are put where no band is given.
void BandsInPlace::put_whole(Typed& tree) {
  put_in(tree);
  put_cuts(tree, cuts_);
}

void BandsInPlace::put_in(Typed& tree) {
  if (const auto value = given(tree)) {
    become(tree, value->first, value->second);
    tree.denominator = value->first == ValueType::kPoints ? kHundred : 1;
    return;
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
  if (is_written_test(tree)) {
    become(tree, ValueType::kFlag, holds(tree) ? 1 : 0);
  }
}

bool BandsInPlace::concerns(const Typed& tree) {
  if (given(tree)) return true;
  const bool cut = tree.kind == TypedKind::kFitted;
  if (cut && cuts_.fits[tree.index] != nullptr) return true;
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
    if (line.condition) put_whole(*line.condition);
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
