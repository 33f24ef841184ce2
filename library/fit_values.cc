// See fit_values.h.
#include "library/fit_values.h"

#include "compiler/compile.h"
#include "runtime/eval/bind.h"

namespace kitle {

Result<std::vector<SegmentValues>> ranked_values(
    const Repository& repository, const ChosenFits& chosen, uint32_t fit,
    const std::shared_ptr<const Snapshot>& snapshot, int64_t now,
    const RunControls& controls) {
  Repository ranked = with_cuts(repository, chosen);
  CompileOptions wanted;
  wanted.segments = add_ranked(ranked, fit);
  const auto program = std::make_shared<const Program>(compile(ranked, wanted));
  const PreparedProgram prepared(*program);
  const auto binding = Binding::make(program, snapshot, now);
  if (!binding) return std::unexpected(binding.error());
  return run_values(**binding, prepared, controls);
}

}  // namespace kitle
