// Mappings that outlive their bytes. Reading a mapped page that the file no
// longer has, or that the disk cannot deliver, raises SIGBUS; the handler here
// puts a page of zeros there and marks the mapping as lost, so that the run
// goes on and then fails with the file's name instead of the process dying.
// A SIGBUS elsewhere goes to the handler that was there before.
#pragma once

#include <cstdint>
#include <memory>

#include "runtime/store/files.h"

namespace kitle {

// Maps an open file of `size` bytes, not 0. Null with errno set if the system
// refuses. The first call installs the handler.
std::shared_ptr<const Mapping> map_file(int descriptor, uint64_t size);

// Whether any mapping of the process has lost a page.
bool any_mapping_lost();

}  // namespace kitle
