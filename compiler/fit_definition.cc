// What a fit depends on in the rules, as a short text (compiler/fit.h).
#include <fmt/format.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <set>

#include "compiler/fit.h"

namespace kitle {

namespace {

// The settings that values depend on, and the population and the values as the
// checker understood them, with each segment, persona and fit that they lead
// to.
class Definition {
 public:
  explicit Definition(const Repository& repository) : repository_(repository) {}

  std::string of(const TypedFit& fit) {
    const Settings& settings = repository_.settings;
    text_ = fmt::format("{}, week from {}, {} with {} digits, {}\n",
                        settings.time_zone, settings.first_day_of_week,
                        settings.currency, settings.currency_digits,
                        settings.locale);
    add(fit);
    return std::move(text_);
  }

 private:
  void add(const TypedFit& fit) {
    add(*fit.population);
    for (const TypedFit::Dimension& each : fit.dimensions) {
      text_ += fmt::format("{}, {} is better", each.name,
                           each.less ? "less" : "more");
      for (const Share& share : each.shares) {
        text_ += fmt::format(", {}/{}", share.top, share.bottom);
      }
      text_ += '\n';
      add(*each.value);
    }
  }

  void add(const Typed& tree) {
    text_ += print_whole(tree, repository_);
    refer(tree);
  }

  void refer(const Typed& tree) {
    if (tree.kind == TypedKind::kSegment) segment(tree.index);
    if (tree.kind == TypedKind::kPoints) persona(tree.index);
    if (tree.kind == TypedKind::kFitted && fits_.insert(tree.index).second) {
      text_ += "fit of\n";
      add(repository_.fits[tree.index]);
    }
    for (const TypedPtr& arg : tree.args) refer(*arg);
  }

  void segment(uint32_t index) {
    if (!segments_.insert(index).second) return;
    text_ += "segment " + repository_.segments[index].name + "\n";
    add(*repository_.segments[index].condition);
  }

  void persona(uint32_t index) {
    if (!personas_.insert(index).second) return;
    const TypedPersona& persona = repository_.personas[index];
    text_ += print_whole(persona, repository_);
    for (const TypedPointsLine& line : persona.lines) {
      if (line.condition) refer(*line.condition);
    }
  }

  const Repository& repository_;
  std::set<uint32_t> segments_;
  std::set<uint32_t> personas_;
  std::set<uint32_t> fits_;
  std::string text_;
};

}  // namespace

std::string definition_of(const TypedFit& fit, const Repository& repository) {
  const std::string text = Definition(repository).of(fit);
  return fmt::format("{:016x}", XXH3_64bits(text.data(), text.size()));
}

}  // namespace kitle
