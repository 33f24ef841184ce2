// See compile.h.
#include "compiler/compile.h"

#include <algorithm>
#include <cassert>

namespace kitle {
namespace {

void keep_segments(Plan& plan, const std::vector<std::string>& wanted) {
  if (wanted.empty()) return;
  std::erase_if(plan.segments, [&](const PlanSegment& segment) {
    return std::ranges::find(wanted, segment.name) == wanted.end();
  });
}

}  // namespace

Plan make_plan(const Repository& repository, const CompileOptions& options) {
  Plan written = build_plan(repository);
  keep_segments(written, options.segments);
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
