// How many threads work, of those a caller asks for.
#pragma once

#include <algorithm>
#include <thread>

namespace kitle {

// More would cost memory and gain nothing: a thread has a scratch of its own.
inline constexpr unsigned kMaxThreads = 256;

// 0: one a core.
inline unsigned threads_of(unsigned wanted) {
  const unsigned all =
      wanted == 0 ? std::thread::hardware_concurrency() : wanted;
  return std::clamp(all, 1U, kMaxThreads);
}

}  // namespace kitle
