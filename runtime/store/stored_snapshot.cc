// Opening a store for reading.
#include "runtime/store/stored_snapshot.h"

#define XXH_INLINE_ALL
#include <fmt/format.h>
#include <xxhash.h>

#include <cstddef>
#include <cstring>
#include <span>

#include "runtime/text/nfc.h"

namespace kitle {
namespace {

// A writer may publish and clean up between reading MANIFEST and locking the
// file that it names; then there is a newer one.
constexpr int kMostTries = 100;

Status not_a_store(const std::string& folder, std::string cause) {
  return Status(StatusCode::kNotAStore, "open", folder, std::move(cause));
}

// A newer ICU is kept to the store's Unicode; an older one lacks letters.
Status check_unicode(const std::string& path, const std::string& made_with) {
  if (has_unicode(made_with)) return {};
  return Status(
      StatusCode::kUnsupported, "open", path,
      fmt::format("its texts are compared by Unicode {}, and this machine's "
                  "ICU has Unicode {}: install an ICU that is at least as new, "
                  "or make the store anew on this machine",
                  made_with, unicode_version()));
}

Result<std::string> read_pointer_bytes(Files& files,
                                       const std::string& folder) {
  auto bytes = files.read(folder + "/MANIFEST");
  if (bytes || bytes.error().code() != StatusCode::kNotFound) return bytes;
  auto names = files.list(folder);
  if (!names) return std::unexpected(names.error());
  return std::unexpected(
      not_a_store(folder, "is not a store: it has no file MANIFEST"));
}

}  // namespace

Result<Pointer> read_pointer(Files& files, const std::string& folder) {
  auto bytes = read_pointer_bytes(files, folder);
  if (!bytes) return std::unexpected(bytes.error());
  const std::string path = folder + "/MANIFEST";
  const auto corrupt = [&path](std::string cause) {
    return std::unexpected(
        Status(StatusCode::kCorrupt, "read", path, std::move(cause)));
  };
  Pointer pointer{};
  std::memcpy(&pointer, bytes->data(),
              std::min(bytes->size(), sizeof(pointer)));
  if (std::memcmp(pointer.magic, kPointerMagic, sizeof(pointer.magic)) != 0) {
    return std::unexpected(not_a_store(
        folder, "is not a store: its file MANIFEST is of something else"));
  }
  if (bytes->size() >= 12) {
    Status known = check_version(pointer.version, path);
    if (!known.ok()) return std::unexpected(known);
  }
  if (bytes->size() != sizeof(pointer)) {
    return corrupt(fmt::format("section manifest: has {} bytes, not {}",
                               bytes->size(), sizeof(pointer)));
  }
  if (XXH3_64bits(&pointer, offsetof(Pointer, hash)) != pointer.hash ||
      pointer.version == 0) {
    return corrupt("section manifest: differs from its checksum");
  }
  return pointer;
}

Result<Manifest> read_manifest(Files& files, const std::string& folder,
                               const FileRef& ref, ReadOptions options) {
  const std::string path =
      folder + "/" + file_name(FileKind::kManifest, ref.number);
  auto file = SectionFile::open(files, path, FileKind::kManifest, ref, nullptr,
                                options);
  if (!file) return std::unexpected(file.error());
  const SectionEntry* body = (*file)->find(SectionKind::kManifestBody, 0, 0);
  if (body == nullptr || (*file)->sections().size() != 1) {
    return std::unexpected((*file)->corrupt("section manifest: is missing"));
  }
  Status status = (*file)->check(*body);
  if (!status.ok()) return std::unexpected(status);
  auto manifest = load_manifest(
      {reinterpret_cast<const char*>((*file)->data(*body)), body->length},
      path);
  if (manifest && manifest->snapshot != (*file)->header().subject) {
    return std::unexpected(
        (*file)->corrupt("section header: is of another snapshot"));
  }
  return manifest;
}

Status empty_store(const std::string& folder) {
  return not_a_store(folder, "is empty: its first ingest did not finish");
}

Result<std::shared_ptr<const StoredSnapshot>> open_stored_snapshot(
    Files& files, const std::string& folder, ReadOptions options) {
  Status last;
  for (int i = 0; i < kMostTries; ++i) {
    auto pointer = read_pointer(files, folder);
    if (!pointer) return std::unexpected(pointer.error());
    if (pointer->snapshot == 0) return std::unexpected(empty_store(folder));
    const FileRef ref{pointer->file_number, pointer->file_bytes,
                      pointer->header_hash};
    const std::string path =
        folder + "/" + file_name(FileKind::kManifest, ref.number);
    auto lock = files.lock(path, LockKind::kShared, false);
    if (!lock && lock.error().code() != StatusCode::kNotFound) {
      return std::unexpected(lock.error());
    }
    last = lock ? Status() : lock.error();
    if (!lock || !(*lock)->still_there()) continue;
    auto manifest = read_manifest(files, folder, ref, options);
    if (!manifest) return std::unexpected(manifest.error());
    Status status = check_unicode(path, manifest->unicode_version);
    if (!status.ok()) return std::unexpected(status);
    auto snapshot = std::make_shared<StoredSnapshot>(
        files, folder, std::move(*manifest), ref.header_hash, std::move(*lock),
        options);
    status = snapshot->check_files();
    if (!status.ok()) return std::unexpected(status);
    return snapshot;
  }
  return std::unexpected(Status(StatusCode::kCorrupt, "open", folder,
                                last.ok() ? "its manifest keeps vanishing"
                                          : "MANIFEST names a file that is not "
                                            "there: " +
                                                last.file()));
}

Result<std::shared_ptr<const Snapshot>> open_snapshot(
    const std::string& folder) {
  return open_stored_snapshot(system_files(), folder);
}

namespace {

// What stays of a manifest when its content changes but not the meaning of it.
Hash128 hash_of_meaning(Manifest manifest) {
  manifest.snapshot = 0;
  manifest.ancestors.clear();
  manifest.next_file = 1;
  manifest.next_column.clear();
  manifest.ranges.clear();
  manifest.layouts.clear();
  manifest.domains.clear();
  manifest.local_domains.clear();
  manifest.sources.clear();
  manifest.profiles = 0;
  manifest.blocks.clear();
  manifest.keys.clear();
  manifest.events.clear();
  const std::string bytes = save_manifest(manifest);
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.low64, hash.high64};
}

std::shared_ptr<const SnapshotIdentity> identity_of(const Manifest& manifest,
                                                    uint64_t hash) {
  SnapshotIdentity made;
  made.number = manifest.snapshot;
  made.hash = hash;
  made.meaning = hash_of_meaning(manifest);
  for (const BlockRef& block : manifest.blocks) {
    made.blocks.push_back({block.base, block.overlay});
  }
  return std::make_shared<const SnapshotIdentity>(std::move(made));
}

}  // namespace

StoredSnapshot::StoredSnapshot(Files& files, std::string folder,
                               Manifest manifest, uint64_t manifest_hash,
                               std::unique_ptr<FileLock> lock,
                               ReadOptions options)
    : files_(files),
      folder_(std::move(folder)),
      manifest_(std::move(manifest)),
      manifest_hash_(manifest_hash),
      lock_(std::move(lock)),
      options_(options),
      block_files_(manifest_.blocks.size() * 2),
      index_files_(manifest_.keys.size() + manifest_.events.size()),
      identity_(identity_of(manifest_, manifest_hash_)) {
  for (const Domain& domain : manifest_.domains) {
    dictionaries_.push_back(std::make_unique<StoreDictionary>(
        files_, folder_, manifest_, domain, options_));
  }
}

std::string StoredSnapshot::path_of(FileKind kind, uint64_t number) const {
  return folder_ + "/" + file_name(kind, number);
}

Status StoredSnapshot::check_files() {
  for (const auto& [kind, ref] : manifest_.files()) {
    const std::string path = path_of(kind, ref.number);
    auto size = files_.size(path);
    if (!size && size.error().code() == StatusCode::kNotFound) {
      return Status(StatusCode::kCorrupt, "open", path,
                    "the manifest names it, and it is not there");
    }
    if (!size) return size.error();
    if (*size != ref.bytes) {
      return Status(StatusCode::kCorrupt, "open", path,
                    fmt::format("section header: has {} bytes where the "
                                "manifest says {}",
                                *size, ref.bytes));
    }
  }
  auto file =
      SectionFile::open(files_, path_of(FileKind::kZone, manifest_.zone.number),
                        FileKind::kZone, manifest_.zone, &manifest_, options_);
  if (!file) return file.error();
  zone_file_ = std::move(*file);
  const SectionEntry* section = zone_file_->find(SectionKind::kZoneBytes, 0, 0);
  if (section == nullptr)
    return zone_file_->corrupt("section zone: is missing");
  zone_ = {reinterpret_cast<const char*>(zone_file_->data(*section)),
           section->length};
  return zone_file_->check(*section);
}

Result<const TextForms*> StoredSnapshot::text_forms() const {
  std::call_once(folds_.once, [this] {
    auto file =
        FoldFile::open(files_, path_of(FileKind::kFold, manifest_.folds.number),
                       manifest_, options_);
    if (file) {
      folds_.value = std::move(*file);
      folds_.file.store(&folds_.value->file());
    } else {
      folds_.status = file.error();
    }
  });
  if (!folds_.status.ok()) return std::unexpected(folds_.status);
  return &folds_.value->forms();
}

Result<const BlockFile*> StoredSnapshot::block_file(BlockPlace place) const {
  LazyBlock& lazy = block_files_[place.block * 2 + (place.overlay ? 1 : 0)];
  std::call_once(lazy.once, [&] {
    auto file = BlockFile::open(
        files_, folder_, manifest_, place,
        [this](std::string_view name) { return verified_dictionary(name); },
        options_);
    if (file) {
      lazy.value = std::move(*file);
      lazy.file.store(&lazy.value->file());
    } else {
      lazy.status = file.error();
    }
  });
  if (!lazy.status.ok()) return std::unexpected(lazy.status);
  return lazy.value.get();
}

Result<const BlockView*> StoredSnapshot::base(uint32_t block) const {
  auto file = block_file({block, false});
  if (!file) return std::unexpected(file.error());
  return (*file)->view();
}

Result<const BlockView*> StoredSnapshot::overlay(uint32_t block) const {
  if (manifest_.blocks[block].overlay.number == 0) return nullptr;
  auto file = block_file({block, true});
  if (!file) return std::unexpected(file.error());
  return (*file)->view();
}

Result<const Dictionary*> StoredSnapshot::verified_dictionary(
    std::string_view domain) const {
  for (size_t i = 0; i < dictionaries_.size(); ++i) {
    if (manifest_.domains[i].name != domain) continue;
    const Status& status = dictionaries_[i]->verify();
    if (!status.ok()) return std::unexpected(status);
    return dictionaries_[i].get();
  }
  return nullptr;
}

const Dictionary* StoredSnapshot::dictionary(std::string_view domain) const {
  auto found = verified_dictionary(domain);
  return found ? *found : nullptr;
}

Result<const IndexFile*> StoredSnapshot::index_file(size_t at,
                                                    const IndexRef& ref) const {
  LazyIndex& lazy = index_files_[at];
  std::call_once(lazy.once, [&] {
    auto file =
        IndexFile::open(files_, path_of(FileKind::kIndex, ref.file.number), ref,
                        manifest_, manifest_.profiles, options_);
    if (file) {
      lazy.value = std::move(*file);
      lazy.file.store(&lazy.value->file());
    } else {
      lazy.status = file.error();
    }
  });
  if (!lazy.status.ok()) return std::unexpected(lazy.status);
  return lazy.value.get();
}

Result<bool> StoredSnapshot::has_key(uint32_t ordinal,
                                     std::string_view key) const {
  auto file = block_file({ordinal >> kBlockBits, false});
  if (!file) return std::unexpected(file.error());
  auto found = (*file)->key(ordinal % kBlockRows);
  if (!found) return std::unexpected(found.error());
  return *found == key;
}

Result<std::optional<uint32_t>> StoredSnapshot::ordinal_of(
    std::string_view key) const {
  const Hash128 hash = hash_of_key(key);
  std::vector<uint32_t> candidates;
  for (size_t i = 0; i < manifest_.keys.size(); ++i) {
    auto file = key_index(i);
    if (!file) return std::unexpected(file.error());
    Status status = (*file)->find(hash, candidates);
    if (!status.ok()) return std::unexpected(status);
  }
  for (const uint32_t ordinal : candidates) {
    auto same = has_key(ordinal, key);
    if (!same) return std::unexpected(same.error());
    if (*same) return ordinal;
  }
  return std::nullopt;
}

Result<std::string> StoredSnapshot::key_of(uint32_t ordinal) const {
  if (ordinal >= manifest_.profiles) {
    return std::unexpected(Status(StatusCode::kNotFound, "read", folder_,
                                  fmt::format("no profile {}", ordinal)));
  }
  auto file = block_file({ordinal >> kBlockBits, false});
  if (!file) return std::unexpected(file.error());
  auto key = (*file)->key(ordinal % kBlockRows);
  if (!key) return std::unexpected(key.error());
  return std::string(*key);
}

Result<std::optional<uint32_t>> StoredSnapshot::ordinal_of_event(
    Hash128 event) const {
  for (size_t i = manifest_.events.size(); i > 0; --i) {
    auto file = event_index(i - 1);
    if (!file) return std::unexpected(file.error());
    std::vector<uint32_t> found;
    Status status = (*file)->find(event, found);
    if (!status.ok()) return std::unexpected(status);
    if (!found.empty()) return found.back();
  }
  return std::nullopt;
}

Status StoredSnapshot::health() const {
  if (!files_.any_lost()) return {};
  Status status = zone_file_->health();
  const auto look_at = [&status](const auto& lazies) {
    for (const auto& lazy : lazies) {
      const SectionFile* file = lazy.file.load();
      if (status.ok() && file != nullptr) status = file->health();
    }
  };
  look_at(std::span(&folds_, 1));
  look_at(block_files_);
  look_at(index_files_);
  for (const auto& dictionary : dictionaries_) {
    if (status.ok()) status = dictionary->health();
  }
  return status;
}

bool StoredSnapshot::continues(const SnapshotIdentity& earlier) const {
  const SnapshotIdentity& mine = *identity_;
  if (mine.meaning != earlier.meaning || mine.number < earlier.number) {
    return false;
  }
  if (mine.number == earlier.number) return mine.hash == earlier.hash;
  const uint64_t before = mine.number - earlier.number - 1;
  return before < manifest_.ancestors.size() &&
         manifest_.ancestors[before] == earlier.hash;
}

uint64_t StoredSnapshot::bytes() const {
  uint64_t total = 0;
  for (const auto& [kind, ref] : manifest_.files()) total += ref.bytes;
  return total;
}

}  // namespace kitle
