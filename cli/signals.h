// Ctrl-C and SIGTERM while something can be stopped in order.
#pragma once

#include <atomic>

namespace kitle::cli {

// From now on the first of these signals sets the flag that is returned; the
// second ends the process at once, and what was published stays whole. Called
// by what asks the flag; everything else ends at the first signal.
const std::atomic<bool>& watch_signals();

}  // namespace kitle::cli
