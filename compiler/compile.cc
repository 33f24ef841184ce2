// See compile.h.
#include "compiler/compile.h"

#include <algorithm>
#include <cassert>

namespace kitle {
namespace {

void keep_segments(Plan& plan, const Repository& repository,
                   const std::vector<std::string>& wanted) {
  std::vector<PlanSegment> kept;
  for (size_t i = 0; i < plan.segments.size(); ++i) {
    const bool named =
        std::ranges::find(wanted, plan.segments[i].name) != wanted.end();
    const bool is_private = repository.segments[i].is_private;
    if (wanted.empty() ? is_private : !named) continue;
    kept.push_back(std::move(plan.segments[i]));
  }
  plan.segments = std::move(kept);
}

}  // namespace

Plan make_plan(const Repository& repository, const CompileOptions& options) {
  Plan written = build_plan(repository);
  keep_segments(written, repository, options.segments);
  assert(verify(written, repository.schema).empty());
  Plan plan = simplify(written, repository.schema, options.rewrites);
  assert(verify(plan, repository.schema).empty());
  return plan;
}

Plan make_plan_of(const Repository& repository,
                  std::span<const PlanPart> parts) {
  return simplify(build_plan(repository, parts), repository.schema, {});
}

Program compile(const Repository& repository, const CompileOptions& options) {
  return lower(make_plan(repository, options), repository.schema,
               options.lower);
}

}  // namespace kitle
