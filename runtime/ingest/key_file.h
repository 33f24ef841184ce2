// Keys as a Parquet file with one text column, `id`.
#pragma once

#include <string>
#include <vector>

#include "runtime/status.h"

namespace kitle {

// The file's bytes.
Result<std::string> key_parquet(const std::vector<std::string>& keys);

}  // namespace kitle
