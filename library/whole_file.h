// A file that is there whole or not at all.
#pragma once

#include <string>
#include <string_view>

#include "runtime/status.h"

namespace kitle {

// Temporary file beside it, fsync, rename, fsync of the folder. A failure
// leaves what was there before.
Status write_whole_file(const std::string& path, std::string_view bytes);

// The same without the folder's fsync, for many files of one folder: a power
// cut may take back the file as a whole until Files::sync_folder().
Status replace_file(const std::string& path, std::string_view bytes);

}  // namespace kitle
