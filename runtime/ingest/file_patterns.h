// The files of a source: patterns such as "orders/*.csv" become paths.
#pragma once

#include <string>
#include <vector>

#include "runtime/status.h"

namespace kitle {

// The files that match, each once, sorted by path; patterns may have `*`, `?`
// and `[...]`, and are relative to `folder`. kNotFound for a pattern that
// matches nothing, with the pattern.
Result<std::vector<std::string>> expand_patterns(
    const std::string& folder, const std::vector<std::string>& patterns);

}  // namespace kitle
