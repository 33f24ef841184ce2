// Changes a store: takes the writer lock, gives ordinals and dictionary codes,
// writes block versions one at a time, and publishes them all at once with
// commit(). Without commit() the store stays as it was.
//
//   auto writer = open_writer(folder, schema, settings, zone_bytes);
//   uint32_t ordinal = *(*writer)->find_or_add_profile("C-17");
//   ... for each touched block: load, change, write ...
//   (*writer)->commit();
//
// Readers are never disturbed: files are only added, and removed when no
// reader's lock holds a snapshot that names them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/schema.h"
#include "runtime/status.h"
#include "runtime/store/content.h"
#include "runtime/store/files.h"
#include "runtime/store/hashes.h"
#include "runtime/store/view.h"
#include "runtime/text/nfc.h"

namespace kitle {

// Not thread-safe: one thread at a time, but that blocks may be written by
// several, while one more loads others.
class StoreWriter {
 public:
  virtual ~StoreWriter() = default;  // uncommitted: removes what it wrote

  // The schema given to open_writer, with permanent ids; attributes, events
  // and properties that the store has and the given schema lacks follow behind,
  // so their data stays. Indexes of contents are indexes of this one.
  virtual const Schema& schema() const = 0;
  virtual const Settings& settings() const = 0;
  // The pinned zone: of an existing store, the one it was made with.
  virtual std::string_view zone_bytes() const = 0;
  // NFC as the store's texts are in: of the Unicode that it was made with.
  virtual const Nfc& nfc() const = 0;

  // ---- profiles ----
  // The ordinal of a customer key (not empty); a new one for a new key.
  virtual Result<uint32_t> find_or_add_profile(std::string_view key) = 0;
  // Appends those of many keys, in their order; quicker than one by one.
  virtual Status find_or_add_profiles(std::span<const std::string_view> keys,
                                      std::vector<uint32_t>& ordinals) = 0;
  // Ordinals of the store as it was opened: smaller ones are old profiles.
  virtual uint32_t old_profiles() const = 0;
  virtual uint32_t profiles() const = 0;  // with the new ones
  // A profile's key. REQUIRES: ordinal < profiles().
  virtual Result<std::string> key_of(uint32_t ordinal) const = 0;

  // ---- store-wide texts ----
  // A handle for intern(); the domain of a column is its name.
  virtual uint32_t domain(std::string_view name) = 0;
  // The code of an NFC text; a new one if the store has not seen it. Never
  // renumbered.
  virtual uint32_t intern(uint32_t domain, std::string_view text) = 0;
  virtual std::string_view text(uint32_t domain, uint32_t code) const = 0;

  // ---- sources of events ----
  // The number of a source, from 1; 0 for "". A new one for a new name.
  virtual uint32_t source(std::string_view name) = 0;
  // REQUIRES: a number that source() gave, or that a loaded content has.
  virtual std::string_view source_name(uint32_t number) const = 0;

  // ---- events of sources with ids: (source, id) -> profile ----
  // By hash_of_event(). The profile whose history holds the event.
  virtual Result<std::optional<uint32_t>> find_event(Hash128 event) = 0;
  // Sets it, also over an older one (a version may change the customer).
  virtual void put_event(Hash128 event, uint32_t ordinal) = 0;

  // ---- blocks: ordinal >> kBlockBits ----
  // The block's content, base and overlay merged; of a block that does not
  // exist yet, an empty one. Numbers the file that the block will be written
  // to: those of blocks that are loaded first have their numbers in the order
  // of loading, whatever thread writes them.
  virtual Result<BlockContent> load(uint32_t block) = 0;
  // Writes the block's complete content (as loaded, then changed; rows are
  // never removed). `touched`: the changed rows, increasing. Becomes an
  // overlay of those rows and of those of the former overlay; a block that is
  // new or has new rows becomes a base.
  virtual Status write(uint32_t block, const BlockContent& content,
                       std::span<const uint32_t> touched) = 0;
  virtual Status write_base(uint32_t block, const BlockContent& content) = 0;

  // Widths come from store-wide ranges. Tell those of all values to come
  // (texts, flags and numbers need none) before the first write, so that all
  // blocks get one layout, the same whatever thread writes which block; a block
  // with values outside is right, but has a layout of its own. `event`: index
  // in the schema, none for an attribute.
  virtual void widen(std::optional<uint32_t> event, uint32_t column,
                     const ColumnRange& range) = 0;
  virtual void widen_time(uint32_t event, const ColumnRange& range) = 0;

  // Publishes everything durably; returns the snapshot's number. The writer
  // takes no further call. After an error the store is as it was; or, where
  // only the last sync failed, readers see the new snapshot, and a loss of
  // power may bring back the one before, whole.
  virtual Result<uint64_t> commit() = 0;
  // The number that commit() will give. REQUIRES: before commit().
  virtual uint64_t next_snapshot() const = 0;
  // Whether readers may see the new snapshot; after an error of commit(), too.
  virtual bool published() const = 0;
};

// Opens the store in `folder` for writing, or makes one (and the folder).
// Columns and events are known by name: new ones get ids, absent ones stay
// behind; a changed type, `personal` or `counted by` is kInvalid and named.
// `zone_bytes`: TZif of settings.time_zone; pinned when the store is made or
// the zone's name changes. So is the fold table of settings.locale. kLocked if
// another writer is at work.
Result<std::unique_ptr<StoreWriter>> open_writer(const std::string& folder,
                                                 const Schema& schema,
                                                 const Settings& settings,
                                                 std::string_view zone_bytes,
                                                 Files& files = system_files());

struct FoldReport {
  uint64_t snapshot = 0;  // published, or the current one if nothing to do
  uint32_t folded = 0;    // blocks whose overlay went into a new base
  uint64_t bytes = 0;     // written
};
// Rewrites every block that has an overlay as a base, and publishes.
Result<FoldReport> fold_store(const std::string& folder,
                              Files& files = system_files());

}  // namespace kitle
