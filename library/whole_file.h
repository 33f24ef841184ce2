// A file that is there whole or not at all.
#pragma once

#include <string>
#include <string_view>

#include "runtime/status.h"

namespace kitle {

// Temporary file beside it, fsync, rename, fsync of the folder. A failure
// leaves what was there before.
Status write_whole_file(const std::string& path, std::string_view bytes);

}  // namespace kitle
