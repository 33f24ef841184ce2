// The parts of a StoreWriter: what is new since the snapshot it began with, and
// the files that hold it.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "runtime/store/publish.h"
#include "runtime/store/stored_snapshot.h"

namespace kitle {

// The files of an uncommitted snapshot, under temporary names.
class NewFiles {
 public:
  NewFiles(Files& files, std::string folder, uint64_t next_file)
      : files_(files), folder_(std::move(folder)), next_(next_file) {}
  NewFiles(const NewFiles&) = delete;
  NewFiles& operator=(const NewFiles&) = delete;
  ~NewFiles() { discard(files_, folder_, written_); }

  uint64_t next_number() { return next_++; }
  uint64_t after_last() const { return next_; }
  // Thread-safe with itself.
  Result<FileRef> write(const SectionFileBuilder& file, FileKind kind,
                        uint64_t number);
  // Removes a file of this writer that no longer counts.
  void drop(FileKind kind, uint64_t number);
  // Names them all and the manifest; from then on they are kept.
  Status publish_with(const Manifest& manifest, uint64_t manifest_number);
  // Whether readers may see that manifest, whatever came of publish_with().
  bool published() const { return published_; }

  Files& files() const { return files_; }
  const std::string& folder() const { return folder_; }

 private:
  Files& files_;
  std::string folder_;
  uint64_t next_;
  std::mutex mutex_;  // of written_, in write()
  std::vector<WrittenFile> written_;
  bool published_ = false;
};

// Customer keys: those of the snapshot and new ones.
class NewKeys {
 public:
  explicit NewKeys(const StoredSnapshot* snapshot)
      : snapshot_(snapshot),
        old_(snapshot == nullptr ? 0 : snapshot->profiles()) {}

  Result<uint32_t> find_or_add(std::string_view key);
  Status find_or_add(std::span<const std::string_view> keys,
                     std::vector<uint32_t>& ordinals);
  uint32_t old_profiles() const { return old_; }
  uint32_t profiles() const { return old_ + pool_.size(); }
  // REQUIRES: old_profiles() <= ordinal < profiles().
  std::string_view key(uint32_t ordinal) const {
    return pool_.text(ordinal - old_ + 1);
  }
  // Writes the index of the new ones, merged with what is not much larger.
  Status save(NewFiles& to, std::vector<IndexRef>& index) const;

 private:
  Status find_or_add_each(std::span<const std::string_view> keys,
                          std::vector<uint32_t>& ordinals);
  Status find_or_add_all(std::span<const std::string_view> keys,
                         std::vector<uint32_t>& ordinals);
  // The code, or 0 where it is none of the next few.
  uint32_t find_behind_last(std::string_view key) const;

  const StoredSnapshot* snapshot_;
  uint32_t old_;
  TextPool pool_;
  // Code of the key asked for last: files often have customers in one order.
  uint32_t last_ = 0;
  bool in_order_ = true;  // those asked for last were
};

// Store-wide dictionaries: those of the snapshot and new texts.
class NewTexts {
 public:
  NewTexts(const StoredSnapshot* snapshot, Manifest& manifest)
      : snapshot_(snapshot), manifest_(manifest) {}

  uint32_t domain(std::string_view name);
  uint32_t intern(uint32_t domain, std::string_view text);
  std::string_view text(uint32_t domain, uint32_t code) const;
  uint32_t size(std::string_view name) const;
  const Status& status() const { return status_; }  // of reading the old ones
  // Writes new parts, merged with what is not much larger.
  Status save(NewFiles& to);

 private:
  struct Domain {
    const Dictionary* old = nullptr;
    uint32_t old_size = 0;
    TextPool added;
  };
  Status save_domain(uint32_t domain, NewFiles& to);
  Status save_part(uint32_t domain, std::span<const std::string_view> texts,
                   uint32_t first, NewFiles& to);

  const StoredSnapshot* snapshot_;
  Manifest& manifest_;
  std::deque<Domain> domains_;  // by the manifest's number
  Status status_;
};

// Ids of events, as hashes.
class NewEvents {
 public:
  explicit NewEvents(const StoredSnapshot* snapshot) : snapshot_(snapshot) {}

  Result<std::optional<uint32_t>> find(Hash128 event) const;
  // Writes a file when many are in memory; errors show in save().
  void put(Hash128 event, uint32_t ordinal, NewFiles& to,
           const Manifest& manifest);
  Status save(NewFiles& to, const Manifest& manifest,
              std::vector<IndexRef>& index);

 private:
  struct Hash {
    size_t operator()(const Hash128& event) const { return event.low; }
  };
  struct Flushed {
    IndexRef ref;
    std::shared_ptr<const IndexFile> file;
  };
  Status flush(NewFiles& to, const Manifest& manifest);
  // Merges the last file of the index with those before it, while that pays.
  static Status merge_last(NewFiles& to, std::vector<const IndexFile*>& files,
                           std::vector<IndexRef>& index);

  const StoredSnapshot* snapshot_;
  std::unordered_map<Hash128, uint32_t, Hash> pending_;
  std::vector<Flushed> flushed_;
  Status status_;
};

}  // namespace kitle
