// A source that names a column which its file has not, or has twice.
#pragma once

#include <string>
#include <vector>

#include "runtime/status.h"

namespace kitle {

// kInvalid with the names that are missing and those that the file has, or with
// a wanted name that several columns have: none of them is guessed.
// `columns` is null where a file has no list of columns.
Status check_columns(const std::string& path,
                     const std::vector<std::string>* columns,
                     const std::vector<std::string>& wanted);

}  // namespace kitle
