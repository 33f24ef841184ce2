// A store as one reader sees it: an immutable set of block versions named by
// one manifest. Opening reads the manifest only.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/schema.h"
#include "runtime/status.h"
#include "runtime/store/identity.h"
#include "runtime/store/view.h"
#include "runtime/text/fold.h"

namespace kitle {

// Thread-safe. Holds a shared lock on its manifest while it lives, so the
// files it names stay.
class Snapshot {
 public:
  virtual ~Snapshot() = default;

  virtual const Schema& schema() const = 0;      // with column ids
  virtual const Settings& settings() const = 0;  // as the store was made
  virtual uint64_t number() const = 0;           // grows with each commit
  virtual uint32_t profiles() const = 0;         // ordinals given so far
  virtual uint32_t blocks() const = 0;

  // The base version of a block; verified at first touch, then cached.
  virtual Result<const BlockView*> base(uint32_t block) const = 0;
  // Its overlay, or null if it has none.
  virtual Result<const BlockView*> overlay(uint32_t block) const = 0;

  // The store-wide dictionary of a domain (a property name), or null.
  virtual const Dictionary* dictionary(std::string_view domain) const = 0;

  // The id index.
  virtual Result<std::optional<uint32_t>> ordinal_of(
      std::string_view key) const = 0;
  virtual Result<std::string> key_of(uint32_t ordinal) const = 0;

  // The pinned rules of the repository's time zone: TZif bytes.
  virtual std::string_view zone_bytes() const = 0;

  // How its texts are compared: by the pinned fold table and the NFC of the
  // Unicode that the store was made with, whatever newer one this machine has.
  // Verified at first touch, then kept; lives as long as the snapshot.
  virtual Result<const TextForms*> text_forms() const = 0;

  // Whether everything that was read so far was really there. To be asked
  // after a run and before its result is used: a mapped file may lose bytes
  // while it is read, and zeros stand in for them then (kIo, with its name).
  virtual Status health() const { return {}; }

  virtual std::shared_ptr<const SnapshotIdentity> identity() const = 0;
  // Whether this one was made of that one, itself or by at most so many commits
  // as a manifest knows, and what was stored then means the same here. Then a
  // block with one identity has one content, and so has a row of a base with
  // one reference that is not of a later snapshot (BlockView::row_snapshots).
  virtual bool continues(const SnapshotIdentity& earlier) const = 0;

  // Bytes of all files named by the manifest.
  virtual uint64_t bytes() const = 0;
};

// Opens the newest snapshot of the store in `folder`.
Result<std::shared_ptr<const Snapshot>> open_snapshot(
    const std::string& folder);

}  // namespace kitle
