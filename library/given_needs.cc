// See given_needs.h.
#include "library/given_needs.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "library/given_bands.h"

namespace kitle {
namespace {

bool is_fitted(const Typed& tree) {
  return tree.kind == TypedKind::kFitted ||
         std::ranges::any_of(
             tree.args, [](const TypedPtr& arg) { return is_fitted(*arg); });
}

class Needs {
 public:
  explicit Needs(const Repository& repository) : repository_(repository) {}

  void look(const Typed& tree) {
    if (tree.kind == TypedKind::kTally) return band(tree);
    const std::string top(top_of(tree));
    if (!top.empty()) return need(top, "yes", "", top);
    if (tree.kind == TypedKind::kSegment && segments_.insert(tree.index).second)
      look(*repository_.segments[tree.index].condition);
    if (tree.kind == TypedKind::kPoints && personas_.insert(tree.index).second)
      persona(repository_.personas[tree.index]);
    for (const TypedPtr& arg : tree.args) look(*arg);
  }

  std::vector<std::string> take() { return std::move(needs_); }

 private:
  // The best of them is as good an example as any.
  void band(const Typed& tally) {
    if (!is_fitted(tally)) return;
    const auto best = static_cast<int64_t>(tally.integer) +
                      static_cast<int64_t>(tally.args.size()) - 1;
    const bool sum = tally.text.ends_with(".score");
    need(tally.text, fmt::to_string(best), sum ? ", or each of its bands" : "",
         tally.text.substr(0, tally.text.rfind('.')));
  }

  void persona(const TypedPersona& persona) {
    for (const TypedPointsLine& line : persona.lines) {
      if (line.condition) look(*line.condition);
    }
  }

  void need(const std::string& name, const std::string& value,
            const char* otherwise, const std::string& fit) {
    if (!names_.insert(name).second) return;
    needs_.push_back(fmt::format(
        "`{0}` is not known: write `given {0} {1}`{2}, or fit it on fixtures, "
        "`given {3} fitted on ...`",
        name, value, otherwise, fit));
  }

  const Repository& repository_;
  std::set<uint32_t> segments_;
  std::set<uint32_t> personas_;
  std::set<std::string> names_;
  std::vector<std::string> needs_;
};

}  // namespace

std::vector<std::string> needs_of(const Repository& repository,
                                  const Typed& condition) {
  if (repository.fits.empty()) return {};
  Needs needs(repository);
  needs.look(condition);
  return needs.take();
}

}  // namespace kitle
