// Opening a store for writing, writing blocks, committing.
#include "runtime/store/writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <set>

#include "runtime/store/block_encoder.h"
#include "runtime/store/catalog.h"
#include "runtime/store/content_rows.h"
#include "runtime/store/fold_file.h"
#include "runtime/store/verify.h"
#include "runtime/store/writer_state.h"

namespace kitle {
namespace {

class Writer : public StoreWriter {
 public:
  Writer(Files& files, const std::string& folder,
         std::unique_ptr<FileLock> lock,
         std::shared_ptr<const StoredSnapshot> snapshot)
      : lock_(std::move(lock)),
        snapshot_(std::move(snapshot)),
        manifest_(snapshot_ == nullptr ? Manifest() : snapshot_->manifest()),
        files_(files, folder, manifest_.next_file),
        keys_(snapshot_.get()),
        texts_(snapshot_.get(), manifest_),
        events_(snapshot_.get()),
        nfc_(snapshot_ == nullptr ? Nfc() : Nfc(manifest_.unicode_version)) {}

  // Part of opening.
  Status evolve(const Schema& schema, const Settings& settings,
                std::string_view zone_bytes);

  const Schema& schema() const override { return manifest_.schema; }
  const Settings& settings() const override { return manifest_.settings; }
  std::string_view zone_bytes() const override {
    return zone_.empty() ? snapshot_->zone_bytes() : std::string_view(zone_);
  }
  const Nfc& nfc() const override { return nfc_; }
  Result<uint32_t> find_or_add_profile(std::string_view key) override {
    return keys_.find_or_add(key);
  }
  Status find_or_add_profiles(std::span<const std::string_view> keys,
                              std::vector<uint32_t>& ordinals) override {
    return keys_.find_or_add(keys, ordinals);
  }
  uint32_t old_profiles() const override { return keys_.old_profiles(); }
  uint32_t profiles() const override { return keys_.profiles(); }
  Result<std::string> key_of(uint32_t ordinal) const override {
    if (ordinal < old_profiles()) return snapshot_->key_of(ordinal);
    return std::string(keys_.key(ordinal));
  }
  uint32_t domain(std::string_view name) override {
    return texts_.domain(name);
  }
  uint32_t intern(uint32_t domain, std::string_view text) override {
    return texts_.intern(domain, text);
  }
  std::string_view text(uint32_t domain, uint32_t code) const override {
    return texts_.text(domain, code);
  }
  uint32_t source(std::string_view name) override {
    return manifest_.intern_source(name);
  }
  std::string_view source_name(uint32_t number) const override {
    return number == 0 ? std::string_view() : manifest_.sources[number - 1];
  }
  Result<std::optional<uint32_t>> find_event(Hash128 event) override {
    return events_.find(event);
  }
  void put_event(Hash128 event, uint32_t ordinal) override {
    events_.put(event, ordinal, files_, manifest_);
  }
  Result<BlockContent> load(uint32_t block) override;
  Status write(uint32_t block, const BlockContent& content,
               std::span<const uint32_t> touched) override;
  Status write_base(uint32_t block, const BlockContent& content) override;
  void widen(std::optional<uint32_t> event, uint32_t column,
             const ColumnRange& range) override;
  void widen_time(uint32_t event, const ColumnRange& range) override;
  Result<uint64_t> commit() override;
  uint64_t next_snapshot() const override { return manifest_.snapshot + 1; }
  bool published() const override { return files_.published(); }

  const StoredSnapshot* snapshot() const { return snapshot_.get(); }
  const Manifest& manifest() const { return manifest_; }

 private:
  uint32_t old_rows(uint32_t block) const {
    return block < blocks_of(old_profiles())
               ? rows_of_block(old_profiles(), block)
               : 0;
  }
  Status check(uint32_t block, const BlockContent& content);
  bool is_written(uint32_t block);
  uint64_t number_of(uint32_t block);
  Result<FileRef> encode(const BlockToEncode& block);
  struct OverlayRows {
    std::vector<uint32_t> rows;
    std::vector<uint64_t> snapshots;  // that wrote them
  };
  Result<OverlayRows> overlay_rows(uint32_t block,
                                   std::span<const uint32_t> touched) const;
  Status check_complete() const;
  Status save_zone();
  Status save_folds();
  void add_ancestor();

  std::unique_ptr<FileLock> lock_;
  std::shared_ptr<const StoredSnapshot> snapshot_;  // null: a new store
  Manifest manifest_;                               // of the next snapshot
  NewFiles files_;
  NewKeys keys_;
  NewTexts texts_;
  NewEvents events_;
  Nfc nfc_;
  std::string zone_;         // to be pinned; empty: the snapshot's stays
  bool new_locale_ = false;  // its fold table is to be pinned

  // Of writing blocks.
  NextManifest blocks_{manifest_};
  std::mutex mutex_;
  std::map<uint32_t, uint64_t> numbers_;  // by block, of its file
  std::set<uint32_t> written_;
};

Status Writer::evolve(const Schema& schema, const Settings& settings,
                      std::string_view zone_bytes) {
  const bool same_zone = snapshot_ != nullptr &&
                         manifest_.settings.time_zone == settings.time_zone;
  new_locale_ =
      snapshot_ == nullptr || manifest_.settings.locale != settings.locale;
  if (snapshot_ == nullptr) manifest_.unicode_version = unicode_version();
  const std::string& folder = files_.folder();
  Status status = evolve_settings(manifest_, settings, folder);
  if (status.ok()) status = evolve_schema(manifest_, schema, folder);
  if (!status.ok() || same_zone) return status;
  if (zone_bytes.empty()) {
    return Status(StatusCode::kInvalid, "open for writing", folder,
                  "the time zone has no rules");
  }
  zone_ = zone_bytes;
  return {};
}

bool Writer::is_written(uint32_t block) {
  const std::scoped_lock lock(mutex_);
  return written_.contains(block);
}

uint64_t Writer::number_of(uint32_t block) {
  const std::scoped_lock lock(mutex_);
  const auto [number, is_new] = numbers_.try_emplace(block, 0);
  if (is_new) number->second = files_.next_number();
  return number->second;
}

Result<BlockContent> Writer::load(uint32_t block) {
  (void)number_of(block);
  if (old_rows(block) == 0) return empty_content(schema());
  auto base = snapshot_->block_file({block, false});
  if (!base) return std::unexpected(base.error());
  const BlockFile* overlay = nullptr;
  if (snapshot_->manifest().blocks[block].overlay.number != 0) {
    auto file = snapshot_->block_file({block, true});
    if (!file) return std::unexpected(file.error());
    overlay = *file;
  }
  return read_content(schema(), snapshot_->schema(), **base, overlay);
}

Status Writer::check(uint32_t block, const BlockContent& content) {
  const auto invalid = [&](std::string_view cause) {
    return Status(StatusCode::kInvalid, fmt::format("write block {}", block),
                  files_.folder(), std::string(cause));
  };
  if (!texts_.status().ok()) return texts_.status();
  if (block >= blocks_of(profiles())) return invalid("has no profiles");
  if (is_written(block)) return invalid("is written already");
  if (content.profiles() < old_rows(block) ||
      content.profiles() > rows_of_block(profiles(), block)) {
    return invalid("has rows that are not those of its profiles");
  }
  for (uint32_t row = old_rows(block); row < content.profiles(); ++row) {
    if (content.keys[row] != keys_.key((block << kBlockBits) + row)) {
      return invalid("has a row whose key is not its profile's");
    }
  }
  for (const TableContent& table : content.tables) {
    if (largest(std::span(table.sources)) > manifest_.sources.size()) {
      return invalid("has an event of an unknown source");
    }
  }
  return check_content(content, schema(), [this](std::string_view domain) {
    return texts_.size(domain);
  });
}

Result<FileRef> Writer::encode(const BlockToEncode& block) {
  const bool overlay = !block.overlay_rows.empty();
  const uint64_t number = number_of(block.block);
  const SectionFileBuilder file = encode_block(
      block, blocks_,
      [this](std::string_view domain) { return texts_.size(domain); }, number);
  {
    const std::scoped_lock lock(mutex_);
    written_.insert(block.block);
  }
  return files_.write(file, overlay ? FileKind::kOverlay : FileKind::kBase,
                      number);
}

Status Writer::write_base(uint32_t block, const BlockContent& content) {
  Status status = check(block, content);
  if (!status.ok()) return status;
  auto file = encode({content, content, block, {}, {}});
  if (!file) return file.error();
  blocks_.set_base(block, *file, content.profiles());
  return {};
}

// With those of the overlay that there is.
Result<Writer::OverlayRows> Writer::overlay_rows(
    uint32_t block, std::span<const uint32_t> touched) const {
  auto old = snapshot_->overlay(block);
  if (!old) return std::unexpected(old.error());
  const bool none = *old == nullptr;
  const auto before = none ? std::span<const uint32_t>() : (*old)->rows;
  const auto written =
      none ? std::span<const uint64_t>() : (*old)->row_snapshots;
  OverlayRows made;
  std::ranges::set_union(before, touched, std::back_inserter(made.rows));
  made.snapshots.assign(made.rows.size(), manifest_.snapshot + 1);
  for (size_t i = 0, next = 0; i < made.rows.size(); ++i) {
    if (next == before.size() || before[next] != made.rows[i]) continue;
    const bool anew = std::ranges::binary_search(touched, made.rows[i]);
    if (!anew) made.snapshots[i] = written[next];
    ++next;
  }
  return made;
}

Status Writer::write(uint32_t block, const BlockContent& content,
                     std::span<const uint32_t> touched) {
  const uint32_t before = old_rows(block);
  if (before == 0 || content.profiles() > before) {
    return write_base(block, content);
  }
  if (touched.empty()) return {};
  Status status = check(block, content);
  if (!status.ok()) return status;
  if (!std::ranges::is_sorted(touched, std::ranges::less_equal()) ||
      touched.back() >= before) {
    return Status(StatusCode::kInvalid, fmt::format("write block {}", block),
                  files_.folder(),
                  "the touched rows do not rise below its rows");
  }
  auto rows = overlay_rows(block, touched);
  if (!rows) return rows.error();
  std::vector<RowSource> sources;
  for (const uint32_t row : rows->rows) sources.push_back({&content, row});
  const BlockContent chosen = gather_rows(schema(), sources);
  auto file = encode({chosen, content, block, rows->rows, rows->snapshots});
  if (!file) return file.error();
  blocks_.set_overlay(block, *file, chosen.profiles());
  return {};
}

void Writer::widen(std::optional<uint32_t> event, uint32_t column,
                   const ColumnRange& range) {
  const uint32_t table = event ? schema().events[*event].id : kProfileTable;
  const Column& known = event ? schema().events[*event].columns[column]
                              : schema().attributes[column];
  manifest_.ranges[{table, known.id}].add(range);
}

void Writer::widen_time(uint32_t event, const ColumnRange& range) {
  manifest_.ranges[{schema().events[event].id, kTimeColumn}].add(range);
}

Status Writer::check_complete() const {
  const bool blocks_fit = manifest_.blocks.size() == blocks_of(profiles());
  for (uint32_t i = 0; i < manifest_.blocks.size(); ++i) {
    if (blocks_fit &&
        manifest_.blocks[i].profiles == rows_of_block(profiles(), i)) {
      continue;
    }
    return Status(StatusCode::kInvalid, "commit", files_.folder(),
                  fmt::format("block {} lacks profiles", i));
  }
  return blocks_fit ? Status()
                    : Status(StatusCode::kInvalid, "commit", files_.folder(),
                             "there are profiles without a block");
}

Status Writer::save_zone() {
  if (zone_.empty()) return {};
  const uint64_t number = files_.next_number();
  SectionFileBuilder file(FileKind::kZone, number, 0);
  file.add(SectionKind::kZoneBytes, 0, 0, zone_);
  auto ref = files_.write(file, FileKind::kZone, number);
  if (!ref) return ref.error();
  manifest_.zone = *ref;
  return {};
}

// In another locale, but of the same Unicode: texts of the store are normalised
// by it.
Status Writer::save_folds() {
  if (!new_locale_) return {};
  const uint64_t number = files_.next_number();
  const FoldData folds =
      make_folds(manifest_.settings.locale, manifest_.unicode_version);
  auto ref = files_.write(build_folds(number, folds), FileKind::kFold, number);
  if (!ref) return ref.error();
  manifest_.folds = *ref;
  return {};
}

void Writer::add_ancestor() {
  if (snapshot_ == nullptr) return;
  auto& ancestors = manifest_.ancestors;
  ancestors.insert(ancestors.begin(), snapshot_->manifest_hash());
  if (ancestors.size() > kMostAncestors) ancestors.resize(kMostAncestors);
}

Result<uint64_t> Writer::commit() {
  Status status = check_complete();
  if (status.ok()) status = save_zone();
  if (status.ok()) status = save_folds();
  if (status.ok()) status = texts_.save(files_);
  if (status.ok()) status = keys_.save(files_, manifest_.keys);
  if (status.ok()) status = events_.save(files_, manifest_, manifest_.events);
  if (status.ok() && snapshot_ != nullptr) status = snapshot_->health();
  if (!status.ok()) return std::unexpected(status);
  manifest_.profiles = profiles();
  add_ancestor();
  ++manifest_.snapshot;
  const uint64_t number = files_.next_number();
  manifest_.next_file = files_.after_last();
  status = files_.publish_with(manifest_, number);
  if (!status.ok()) return std::unexpected(status);
  snapshot_.reset();
  clean(files_.files(), files_.folder(), &manifest_, number);
  return manifest_.snapshot;
}

std::string parent_of(std::string folder) {
  while (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
  const size_t slash = folder.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : folder.substr(0, slash);
}

// Without MANIFEST there is no manifest file either, unless MANIFEST was lost:
// then nothing may be cleaned up.
Status check_new(Files& files, const std::string& folder) {
  auto names = files.list(folder);
  if (!names) return names.error();
  const std::string prefix = std::string(file_kind_name(FileKind::kManifest));
  for (const std::string& name : *names) {
    if (!name.starts_with(prefix + "-") || name.ends_with(".tmp")) continue;
    return Status(StatusCode::kCorrupt, "open for writing", folder,
                  "there is a " + name + " but no MANIFEST that names it");
  }
  return {};
}

// Null if there is none yet.
Result<std::shared_ptr<const StoredSnapshot>> current_snapshot(
    Files& files, const std::string& folder) {
  auto size = files.size(folder + "/MANIFEST");
  if (!size && size.error().code() == StatusCode::kNotFound) {
    Status status = check_new(files, folder);
    if (!status.ok()) return std::unexpected(status);
    return nullptr;
  }
  auto pointer = read_pointer(files, folder);
  if (!pointer) return std::unexpected(pointer.error());
  if (pointer->snapshot == 0) return nullptr;
  return open_stored_snapshot(files, folder);
}

Result<std::unique_ptr<Writer>> begin(const std::string& folder, Files& files) {
  auto lock = files.lock(folder + "/LOCK", LockKind::kTryExclusive, true);
  if (!lock && lock.error().code() == StatusCode::kLocked) {
    return std::unexpected(Status(StatusCode::kLocked, "open for writing",
                                  folder, "another writer is at work"));
  }
  if (!lock) return std::unexpected(lock.error());
  auto snapshot = current_snapshot(files, folder);
  if (!snapshot) return std::unexpected(snapshot.error());
  if (*snapshot == nullptr) {
    clean(files, folder, nullptr, 0);
  } else {
    auto pointer = read_pointer(files, folder);
    if (!pointer) return std::unexpected(pointer.error());
    Status status = settle(files, folder);
    if (!status.ok()) return std::unexpected(status);
    clean(files, folder, &(*snapshot)->manifest(), pointer->file_number);
  }
  return std::make_unique<Writer>(files, folder, std::move(*lock),
                                  std::move(*snapshot));
}

}  // namespace

Result<std::unique_ptr<StoreWriter>> open_writer(const std::string& folder,
                                                 const Schema& schema,
                                                 const Settings& settings,
                                                 std::string_view zone_bytes,
                                                 Files& files) {
  Status status = files.make_folder(folder);
  if (status.ok()) status = files.sync_folder(parent_of(folder));
  if (!status.ok()) return std::unexpected(status);
  auto writer = begin(folder, files);
  if (!writer) return std::unexpected(writer.error());
  status = (*writer)->evolve(schema, settings, zone_bytes);
  if (!status.ok()) return std::unexpected(status);
  return std::move(*writer);
}

Result<FoldReport> fold_store(const std::string& folder, Files& files) {
  auto pointer = read_pointer(files, folder);
  if (!pointer) return std::unexpected(pointer.error());
  auto begun = begin(folder, files);
  if (!begun) return std::unexpected(begun.error());
  Writer& writer = **begun;
  if (writer.snapshot() == nullptr) return std::unexpected(empty_store(folder));
  const Manifest before = writer.snapshot()->manifest();
  FoldReport report{.snapshot = before.snapshot};
  for (uint32_t block = 0; block < before.blocks.size(); ++block) {
    if (before.blocks[block].overlay.number == 0) continue;
    auto content = writer.load(block);
    if (!content) return std::unexpected(content.error());
    Status status = writer.write_base(block, *content);
    if (!status.ok()) return std::unexpected(status);
    report.bytes += writer.manifest().blocks[block].base.bytes;
    ++report.folded;
  }
  if (report.folded == 0) return report;
  auto snapshot = writer.commit();
  if (!snapshot) return std::unexpected(snapshot.error());
  report.snapshot = *snapshot;
  return report;
}

}  // namespace kitle
