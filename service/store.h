// What Store holds: one snapshot.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "kitle/store.h"
#include "runtime/schema.h"
#include "runtime/status.h"
#include "runtime/store/snapshot.h"

namespace kitle {

struct Store::Impl {
  std::string folder;
  std::shared_ptr<const Snapshot> snapshot;
};

// An error where the path is that of a file.
Status check_store_folder(const std::string& folder);

// A profile's key. A mapped file that lost bytes reads as zeros, so an answer
// is one only where the snapshot is healthy.
Result<std::string> key_in(const Snapshot& snapshot, uint32_t ordinal);

// One that the two have otherwise.
struct SettingDifference {
  std::string what;
  std::string rules;
  std::string store;
};
std::optional<SettingDifference> setting_that_differs(const Settings& rules,
                                                      const Settings& store);
// Rules mean what they say only over a store that was made with the same
// settings. An ingest takes on those of the rules where it can.
Status check_settings(const Settings& rules, const Settings& store);

}  // namespace kitle
