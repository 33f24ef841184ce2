// A store: profiles and their events, memory-mapped, immutable for a reader.
//
//   auto report = kitle::ingest(rules, {});        // files -> store
//   auto store = kitle::Store::open(rules.store_folder());
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kitle/status.h"

namespace kitle {

class Rules;

// One snapshot of a store, held open: later ingests do not disturb it.
// Thread-safe; cheap to copy (shared); the files it names stay until the last
// copy is gone.
class Store {
 public:
  struct Impl;
  explicit Store(std::shared_ptr<const Impl> impl);

  // Reads the manifest only: O(files); everything else is checked at first
  // touch. Errors: kNotFound (no such folder), kNotAStore, kNewer, kCorrupt
  // with the file's name, kIo.
  static Result<Store> open(const std::string& folder);

  uint64_t snapshot() const;  // grows with each publish
  uint32_t profiles() const;  // known profiles; ordinals are below this
  uint64_t bytes() const;     // of all files of the snapshot
  const std::string& folder() const;

  // A profile's ordinal by its key; nothing if unknown. Errors: kCorrupt, kIo.
  Result<std::optional<uint32_t>> ordinal_of(std::string_view key) const;
  // The key of an ordinal. REQUIRES: ordinal < profiles(). Errors: kCorrupt,
  // kIo.
  Result<std::string> key_of(uint32_t ordinal) const;

  const Impl& impl() const { return *impl_; }

 private:
  std::shared_ptr<const Impl> impl_;
};

// ---- writing ----

struct IngestProgress {
  std::string source;        // the one being read
  uint64_t rows = 0;         // seen so far, of all sources
  uint64_t bytes = 0;        // of files read so far
  uint64_t total_bytes = 0;  // of all files; 0: not known
};

struct IngestOptions {
  // Folder that the `files` patterns are relative to; "": the repository's.
  std::string data_folder = {};
  std::string store_folder = {};  // "": the repository's
  // Sources to read; empty: all.
  std::vector<std::string> sources = {};
  // Of rows that were read and wait to be merged; what is beyond it waits in
  // files of the store's folder. It bounds nothing else, and this is in memory
  // beside it: the portions at hand (some megabytes a thread); where blocks are
  // merged, one of 16,384 profiles a thread; what is new to the store: keys,
  // texts, ids of events; a byte for each row that gives several things.
  uint64_t memory_bytes = uint64_t{1} << 30;
  unsigned threads = 0;  // 0: all cores; at most 256 are used
  // Called from the calling thread now and then; may be empty.
  std::function<void(const IngestProgress&)> progress = {};
  // Set from anywhere to stop; the store stays as it was (kCancelled).
  const std::atomic<bool>* cancel = nullptr;
};

struct SourceReport {
  std::string source;
  // Rows: seen = accepted + known + left_out + rejected.
  uint64_t seen = 0;
  uint64_t accepted = 0;
  uint64_t known = 0;     // the row had nothing new for the store
  uint64_t left_out = 0;  // `only rows when`, or no `into` took it
  uint64_t rejected = 0;  // each in the reject file, with its reason
  // Of `known`: the row's version or time is older than what the store has now.
  uint64_t older = 0;
};

struct IngestReport {
  std::vector<SourceReport> sources;
  std::string reject_file;  // "" if nothing was rejected
  uint64_t snapshot = 0;
  uint32_t profiles = 0;
  uint64_t new_events = 0;
};

// Reads the files of the repository's sources into its store and publishes a
// snapshot; creates the store if there is none. All or nothing: after an
// error the store is as it was. Rows that are rejected are no error.
// One writer at a time (kLocked); readers are not disturbed. Errors: kNotFound
// (a file, an unknown source), kInvalid (a column that a file lacks or has
// twice; types or settings that differ from the store's), kIo, kCorrupt,
// kLocked, kCancelled. REQUIRES: rules.ok().
Result<IngestReport> ingest(const Rules& rules, const IngestOptions& options);

// Rewrites overlays into their blocks and publishes a snapshot with the same
// content; its number, or the present one's where there is nothing to do.
// Errors: those of Store::open, kLocked, kIo.
Result<uint64_t> fold(const std::string& store_folder);

}  // namespace kitle
