// See compile.h.
#include "compiler/compile.h"

#include <algorithm>
#include <cassert>

namespace kitle {
namespace {

void keep_segments(Plan& plan, const Repository& repository,
                   const std::vector<std::string>& wanted) {
  std::vector<PlanSegment> kept;
  for (const uint32_t i : segments_wanted(repository, wanted)) {
    kept.push_back(std::move(plan.segments[i]));
  }
  plan.segments = std::move(kept);
}

}  // namespace

std::vector<uint32_t> segments_wanted(const Repository& repository,
                                      const std::vector<std::string>& names) {
  std::vector<uint32_t> wanted;
  for (uint32_t i = 0; i < repository.segments.size(); ++i) {
    const TypedSegment& segment = repository.segments[i];
    const bool named = std::ranges::find(names, segment.name) != names.end();
    if (names.empty() ? !segment.is_private : named) wanted.push_back(i);
  }
  return wanted;
}

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
