// The snapshot that open_snapshot gives, with what only the writer and tests
// need of it.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "runtime/store/block_file.h"
#include "runtime/store/dictionary.h"
#include "runtime/store/fold_file.h"
#include "runtime/store/hash_index.h"
#include "runtime/store/manifest.h"
#include "runtime/store/snapshot.h"

namespace kitle {

// Thread-safe.
class StoredSnapshot : public Snapshot {
 public:
  // `manifest_hash`: the header hash of its file.
  StoredSnapshot(Files& files, std::string folder, Manifest manifest,
                 uint64_t manifest_hash, std::unique_ptr<FileLock> lock,
                 ReadOptions options);

  const Schema& schema() const override { return manifest_.schema; }
  const Settings& settings() const override { return manifest_.settings; }
  uint64_t number() const override { return manifest_.snapshot; }
  uint32_t profiles() const override { return manifest_.profiles; }
  uint32_t blocks() const override {
    return static_cast<uint32_t>(manifest_.blocks.size());
  }
  Result<const BlockView*> base(uint32_t block) const override;
  Result<const BlockView*> overlay(uint32_t block) const override;
  const Dictionary* dictionary(std::string_view domain) const override;
  Result<std::optional<uint32_t>> ordinal_of(
      std::string_view key) const override;
  Result<std::string> key_of(uint32_t ordinal) const override;
  std::string_view zone_bytes() const override { return zone_; }
  Result<const TextForms*> text_forms() const override;
  std::shared_ptr<const SnapshotIdentity> identity() const override {
    return identity_;
  }
  bool continues(const SnapshotIdentity& earlier) const override;
  uint64_t bytes() const override;
  Status health() const override;

  const Manifest& manifest() const { return manifest_; }
  uint64_t manifest_hash() const { return manifest_hash_; }
  // The file of a block; `overlay` only where it has one.
  Result<const BlockFile*> block_file(BlockPlace place) const;
  // A dictionary of the manifest, verified.
  Result<const Dictionary*> verified_dictionary(std::string_view domain) const;
  // The newest ordinal under the hash of an event's id.
  Result<std::optional<uint32_t>> ordinal_of_event(Hash128 event) const;
  // Files of the manifest's lists.
  Result<const IndexFile*> key_index(size_t i) const {
    return index_file(i, manifest_.keys[i]);
  }
  Result<const IndexFile*> event_index(size_t i) const {
    return index_file(manifest_.keys.size() + i, manifest_.events[i]);
  }

  // Checks lengths of all files and reads the zone; part of opening.
  Status check_files();

 private:
  template <class T>
  struct Lazy {
    std::once_flag once;
    Status status;
    T value{};
    std::atomic<const SectionFile*> file{nullptr};  // once it is open
  };
  using LazyBlock = Lazy<std::unique_ptr<BlockFile>>;
  using LazyIndex = Lazy<std::shared_ptr<const IndexFile>>;
  using LazyFolds = Lazy<std::unique_ptr<const FoldFile>>;

  std::string path_of(FileKind kind, uint64_t number) const;
  Result<const IndexFile*> index_file(size_t at, const IndexRef& ref) const;
  Result<bool> has_key(uint32_t ordinal, std::string_view key) const;

  Files& files_;
  std::string folder_;
  Manifest manifest_;
  uint64_t manifest_hash_;
  std::unique_ptr<FileLock> lock_;
  ReadOptions options_;
  std::shared_ptr<const SectionFile> zone_file_;
  std::string_view zone_;
  mutable LazyFolds folds_;
  std::vector<std::unique_ptr<StoreDictionary>> dictionaries_;
  // Base and overlay of each block, in turn.
  mutable std::vector<LazyBlock> block_files_;
  // Keys, then events.
  mutable std::vector<LazyIndex> index_files_;
  std::shared_ptr<const SnapshotIdentity> identity_;
};

// MANIFEST and the manifest file that it names.
Result<Pointer> read_pointer(Files& files, const std::string& folder);
Result<Manifest> read_manifest(Files& files, const std::string& folder,
                               const FileRef& ref, ReadOptions options);

// What there is to say of a store that was made and never committed.
Status empty_store(const std::string& folder);

// kUnsupported: made with a later Unicode than this machine's.
Result<std::shared_ptr<const StoredSnapshot>> open_stored_snapshot(
    Files& files, const std::string& folder, ReadOptions options = {});

}  // namespace kitle
