// What Store holds: one snapshot.
#pragma once

#include <memory>
#include <string>

#include "kitle/store.h"
#include "runtime/status.h"
#include "runtime/store/snapshot.h"

namespace kitle {

struct Store::Impl {
  std::string folder;
  std::shared_ptr<const Snapshot> snapshot;
};

// A profile's key. A mapped file that lost bytes reads as zeros, so an answer
// is one only where the snapshot is healthy.
Result<std::string> key_in(const Snapshot& snapshot, uint32_t ordinal);

}  // namespace kitle
