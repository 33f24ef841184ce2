// What Store holds: one snapshot.
#pragma once

#include <memory>
#include <string>

#include "kitle/store.h"
#include "runtime/store/snapshot.h"

namespace kitle {

struct Store::Impl {
  std::string folder;
  std::shared_ptr<const Snapshot> snapshot;
};

}  // namespace kitle
