// The manifest of the snapshot to come, while several threads encode blocks for
// it.
#pragma once

#include <mutex>
#include <string_view>

#include "runtime/store/manifest.h"

namespace kitle {

// Thread-safe; what it changes is read by nobody else meanwhile. The schema
// stays as it is.
class NextManifest {
 public:
  explicit NextManifest(Manifest& manifest) : manifest_(manifest) {}

  const Schema& schema() const { return manifest_.schema; }
  // The range of all values of a column, with those of `range`.
  ColumnRange widen(const ColumnName& column, const ColumnRange& range) {
    const std::scoped_lock lock(mutex_);
    ColumnRange& known = manifest_.ranges[column];
    known.add(range);
    return known;
  }
  uint32_t layout(const Layout& layout) {
    const std::scoped_lock lock(mutex_);
    return manifest_.intern_layout(layout);
  }
  uint32_t local_domain(std::string_view name) {
    const std::scoped_lock lock(mutex_);
    return manifest_.intern_local_domain(name);
  }
  void set_base(uint32_t block, const FileRef& file, uint32_t profiles) {
    const std::scoped_lock lock(mutex_);
    if (block >= manifest_.blocks.size()) manifest_.blocks.resize(block + 1);
    manifest_.blocks[block] = {profiles, file, {}, 0};
  }
  // REQUIRES: the block has a base.
  void set_overlay(uint32_t block, const FileRef& file, uint32_t profiles) {
    const std::scoped_lock lock(mutex_);
    manifest_.blocks[block].overlay = file;
    manifest_.blocks[block].overlay_profiles = profiles;
  }

 private:
  Manifest& manifest_;
  std::mutex mutex_;
};

}  // namespace kitle
