// See test_reach.h.
#include "library/test_reach.h"

#include <utility>

namespace kitle {
namespace {

class Reach {
 public:
  explicit Reach(const Repository& repository) : repository_(repository) {
    reached_.segments.resize(repository.segments.size());
  }

  void look(const Typed& tree) {
    if (tree.kind == TypedKind::kSegment) segment(tree.index);
    if (tree.kind == TypedKind::kPoints) persona(tree);
    if (tree.kind == TypedKind::kTally) {
      reached_.scores.emplace(score_of(tree));
    }
    for (const TypedPtr& arg : tree.args) look(*arg);
  }

  Reached take() { return std::move(reached_); }

 private:
  void segment(uint32_t index) {
    if (reached_.segments[index]) return;
    reached_.segments[index] = true;
    look(*repository_.segments[index].condition);
  }

  void persona(const Typed& points) {
    if (!personas_.insert(points.index).second) return;
    reached_.personas.insert(points.text);
    for (const auto& line : repository_.personas[points.index].lines) {
      if (line.condition) look(*line.condition);
    }
  }

  const Repository& repository_;
  Reached reached_;
  std::set<uint32_t> personas_;
};

}  // namespace

Reached reached_from(const Repository& repository, const Typed& condition) {
  Reach reach(repository);
  reach.look(condition);
  return reach.take();
}

std::string_view score_of(const Typed& tally) {
  const std::string_view name = tally.text;
  return name.substr(0, name.find('.'));
}

}  // namespace kitle
