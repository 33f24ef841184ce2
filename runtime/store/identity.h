// What a snapshot is told by once it is gone: enough to know whose content is
// another in a later one of the same store.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/store/format.h"
#include "runtime/store/hashes.h"

namespace kitle {

// Files with one reference have one content.
struct BlockIdentity {
  FileRef base;
  FileRef overlay;  // number 0: none
  friend bool operator==(const BlockIdentity&, const BlockIdentity&) = default;
};

struct SnapshotIdentity {
  uint64_t number = 0;
  uint64_t hash = 0;  // of its manifest, and so of all it has
  // Of all that decides what stored values mean: settings, columns, time zone,
  // how texts fold.
  Hash128 meaning;
  std::vector<BlockIdentity> blocks;
};

}  // namespace kitle
