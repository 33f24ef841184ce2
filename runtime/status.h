// Statuses inside the project: the public type, and how errno becomes one.
#pragma once

#include "kitle/status.h"

namespace kitle {

// The status of errno after a failed system call on `file`.
Status status_from_errno(std::string operation, std::string file);

}  // namespace kitle
