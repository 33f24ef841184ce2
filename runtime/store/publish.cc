// Publishing and cleaning up.
#include "runtime/store/publish.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <optional>
#include <set>

#include "runtime/store/stored_snapshot.h"

namespace kitle {
namespace {

constexpr std::string_view kTemporary = ".tmp";

constexpr FileKind kKinds[] = {
    FileKind::kManifest, FileKind::kBase, FileKind::kOverlay, FileKind::kText,
    FileKind::kIndex,    FileKind::kZone, FileKind::kFold};

Status write_pointer(Files& files, const std::string& folder, uint64_t snapshot,
                     const FileRef& ref) {
  Pointer pointer{};
  std::memcpy(pointer.magic, kPointerMagic, sizeof(pointer.magic));
  pointer.version = kFormatVersion;
  pointer.snapshot = snapshot;
  pointer.file_number = ref.number;
  pointer.file_bytes = ref.bytes;
  pointer.header_hash = ref.header_hash;
  pointer.hash = XXH3_64bits(&pointer, offsetof(Pointer, hash));
  auto file = files.create(folder + "/MANIFEST.tmp");
  if (!file) return file.error();
  Status status = (*file)->append(
      {reinterpret_cast<const char*>(&pointer), sizeof(pointer)});
  return status.ok() ? (*file)->sync() : status;
}

// Makes MANIFEST name a snapshot. A store that is being made names number 0:
// from then on a lost MANIFEST can be told from a new store.
Status point_to(Files& files, const std::string& folder, uint64_t snapshot,
                const FileRef& ref) {
  Status status = write_pointer(files, folder, snapshot, ref);
  if (status.ok()) {
    status = files.rename(folder + "/MANIFEST.tmp", folder + "/MANIFEST");
  }
  return status.ok() ? files.sync_folder(folder) : status;
}

// After a failure: whether MANIFEST may name this file nevertheless.
bool points_to(Files& files, const std::string& folder, uint64_t number) {
  auto pointer = read_pointer(files, folder);
  return pointer ? pointer->file_number == number
                 : pointer.error().code() != StatusCode::kNotAStore;
}

Result<FileRef> write_manifest(Files& files, const std::string& folder,
                               const Manifest& manifest, uint64_t number) {
  SectionFileBuilder file(FileKind::kManifest, number, manifest.snapshot);
  file.add(SectionKind::kManifestBody, 0, 0, save_manifest(manifest));
  return file.write(files,
                    temporary_path(folder, {FileKind::kManifest, number}));
}

Status give_name(Files& files, const std::string& folder,
                 const WrittenFile& file) {
  return files.rename(temporary_path(folder, file), final_path(folder, file));
}

// "base-17" and "base-17.tmp"; nothing for a name that the store never gives.
struct StoreFile {
  FileKind kind = FileKind::kBase;
  uint64_t number = 0;
  bool temporary = false;
};
std::optional<StoreFile> parse_name(std::string_view name) {
  StoreFile file;
  if (name.ends_with(kTemporary)) {
    file.temporary = true;
    name.remove_suffix(kTemporary.size());
  }
  for (const FileKind kind : kKinds) {
    const std::string prefix = std::string(file_kind_name(kind)) + "-";
    if (!name.starts_with(prefix)) continue;
    const std::string_view digits = name.substr(prefix.size());
    const char* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, file.number);
    file.kind = kind;
    const bool ours = error == std::errc() && stop == end &&
                      name == file_name(kind, file.number);
    if (ours) return file;
  }
  return std::nullopt;
}

// A file of rejected rows whose snapshot was never published: "rejects-18.csv"
// where 17 is the current one.
bool is_orphan(std::string_view name, uint64_t current) {
  constexpr std::string_view kBegin = "rejects-";
  constexpr std::string_view kEnd = ".csv";
  if (name == "rejects.tmp") return true;
  if (!name.starts_with(kBegin) || !name.ends_with(kEnd)) return false;
  name.remove_prefix(kBegin.size());
  name.remove_suffix(std::min(kEnd.size(), name.size()));
  uint64_t number = 0;
  const char* const end = name.data() + name.size();
  const auto [stop, error] = std::from_chars(name.data(), end, number);
  return error == std::errc() && stop == end && number > current;
}

bool is_manifest(std::string_view name) {
  const auto file = parse_name(name);
  return file && file->kind == FileKind::kManifest && !file->temporary;
}

using Names = std::set<std::string>;

void keep_files_of(const Manifest& manifest, Names& keep) {
  for (const auto& [kind, ref] : manifest.files()) {
    keep.insert(file_name(kind, ref.number));
  }
}

// A manifest that is not the current one: removed, or its files are kept. False
// if it cannot be read.
bool release_or_keep(Files& files, const std::string& folder, uint64_t number,
                     Names& keep) {
  const std::string name = file_name(FileKind::kManifest, number);
  auto lock = files.lock(folder + "/" + name, LockKind::kTryExclusive, false);
  if (lock) return files.remove(folder + "/" + name).ok();
  auto size = files.size(folder + "/" + name);
  if (!size) return false;
  auto manifest = read_manifest(files, folder, {number, *size, 0},
                                {.trust_checksums = true});
  if (!manifest) return false;
  keep.insert(name);
  keep_files_of(*manifest, keep);
  return true;
}

}  // namespace

std::string final_path(const std::string& folder, const WrittenFile& file) {
  return folder + "/" + file_name(file.kind, file.number);
}

std::string temporary_path(const std::string& folder, const WrittenFile& file) {
  return final_path(folder, file) + std::string(kTemporary);
}

Status publish(Files& files, const std::string& folder,
               const Manifest& manifest, uint64_t number,
               const std::vector<WrittenFile>& written, bool& published) {
  published = false;
  auto ref = write_manifest(files, folder, manifest, number);
  if (!ref) return ref.error();
  Status status;
  if (manifest.snapshot == 1) status = point_to(files, folder, 0, {});
  for (size_t i = 0; status.ok() && i < written.size(); ++i) {
    status = give_name(files, folder, written[i]);
  }
  if (status.ok()) {
    status = give_name(files, folder, {FileKind::kManifest, number});
  }
  if (status.ok()) status = files.sync_folder(folder);
  if (!status.ok()) return status;
  status = point_to(files, folder, manifest.snapshot, *ref);
  published = status.ok() || points_to(files, folder, number);
  return status;
}

Status settle(Files& files, const std::string& folder) {
  auto names = files.list(folder);
  if (!names) return names.error();
  if (std::ranges::count_if(*names, is_manifest) < 2) return {};
  auto pointer = read_pointer(files, folder);
  if (!pointer) return pointer.error();
  // Written anew: a sync that failed is not tried again.
  return point_to(
      files, folder, pointer->snapshot,
      {pointer->file_number, pointer->file_bytes, pointer->header_hash});
}

Result<std::vector<uint64_t>> snapshots_in(const std::string& folder,
                                           Files& files) {
  auto names = files.list(folder);
  if (!names) return std::unexpected(names.error());
  std::vector<uint64_t> snapshots;
  for (const std::string& name : *names) {
    if (!is_manifest(name)) continue;
    auto size = files.size(folder + "/" + name);
    if (!size) return std::unexpected(size.error());
    auto manifest =
        read_manifest(files, folder, {parse_name(name)->number, *size, 0},
                      {.trust_checksums = true});
    if (!manifest) return std::unexpected(manifest.error());
    snapshots.push_back(manifest->snapshot);
  }
  return snapshots;
}

void discard(Files& files, const std::string& folder,
             const std::vector<WrittenFile>& written) {
  for (const WrittenFile& file : written) {
    if (files.size(temporary_path(folder, file))) {
      (void)files.remove(temporary_path(folder, file));
    }
    if (files.size(final_path(folder, file))) {
      (void)files.remove(final_path(folder, file));
    }
  }
  if (files.size(folder + "/MANIFEST.tmp")) {
    (void)files.remove(folder + "/MANIFEST.tmp");
  }
}

void clean(Files& files, const std::string& folder, const Manifest* current,
           uint64_t manifest_number) {
  auto names = files.list(folder);
  if (!names) return;
  Names keep;
  if (current != nullptr) {
    keep_files_of(*current, keep);
    keep.insert(file_name(FileKind::kManifest, manifest_number));
  }
  for (const std::string& name : *names) {
    if (!is_manifest(name) || keep.contains(name)) continue;
    if (!release_or_keep(files, folder, parse_name(name)->number, keep)) return;
  }
  for (const std::string& name : *names) {
    const auto file = parse_name(name);
    const bool ours =
        file && (file->temporary || file->kind != FileKind::kManifest);
    const uint64_t snapshot = current == nullptr ? 0 : current->snapshot;
    if ((ours && !keep.contains(name)) || name == "MANIFEST.tmp" ||
        is_orphan(name, snapshot)) {
      (void)files.remove(folder + "/" + name);
    }
  }
}

}  // namespace kitle
