// What a snapshot is told by once it is gone: enough to know which blocks of a
// later one of the same store have other content.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/store/format.h"
#include "runtime/store/hashes.h"
#include "runtime/store/view.h"

namespace kitle {

// Texts 1 to `size` of a dictionary.
struct TextsIdentity {
  std::string domain;
  uint32_t size = 0;
  Hash128 hash;
};

// Files with one reference have one content.
struct BlockIdentity {
  FileRef base;
  FileRef overlay;  // number 0: none
  friend bool operator==(const BlockIdentity&, const BlockIdentity&) = default;
};

struct SnapshotIdentity {
  // Of all that decides what stored values mean: settings, columns, time zone,
  // how texts fold.
  Hash128 meaning;
  uint32_t profiles = 0;
  std::vector<TextsIdentity> texts;  // store-wide
  std::vector<BlockIdentity> blocks;
};

// XXH3-128 of the first `size` texts and their lengths.
// REQUIRES: size <= texts.size().
Hash128 hash_of_texts(const Dictionary& texts, uint32_t size);

}  // namespace kitle
