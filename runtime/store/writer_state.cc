// What a writer adds to a store: keys, texts, ids of events, files.
#include "runtime/store/writer_state.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/text/nfc.h"

namespace kitle {
namespace {

// Ids in memory, and entries of a merged index file: bounds on memory.
constexpr size_t kMostPending = size_t{1} << 21;
constexpr uint64_t kMostMerged = uint64_t{1} << 23;

// A part is merged with a new one that is at least half as large, so that the
// parts of a store are few and each text or hash is rewritten rarely.
bool worth_merging(uint64_t old, uint64_t added) { return old <= 2 * added; }

Status save_index(NewFiles& to, std::span<const IndexEntry> entries,
                  HashWidth width, std::vector<IndexRef>& index) {
  const uint64_t number = to.next_number();
  auto ref =
      to.write(build_index(number, entries, width), FileKind::kIndex, number);
  if (!ref) return ref.error();
  index.push_back({*ref, entries.size()});
  return {};
}

}  // namespace

Result<FileRef> NewFiles::write(const SectionFileBuilder& file, FileKind kind,
                                uint64_t number) {
  const WrittenFile written{kind, number};
  {
    const std::scoped_lock lock(mutex_);
    written_.push_back(written);
  }
  return file.write(files_, temporary_path(folder_, written));
}

void NewFiles::drop(FileKind kind, uint64_t number) {
  const auto found = std::ranges::find(written_, number, &WrittenFile::number);
  if (found == written_.end() || found->kind != kind) return;
  discard(files_, folder_, {*found});
  written_.erase(found);
}

Status NewFiles::publish_with(const Manifest& manifest,
                              uint64_t manifest_number) {
  const std::vector<WrittenFile> named = written_;
  written_.push_back({FileKind::kManifest, manifest_number});
  Status status =
      publish(files_, folder_, manifest, manifest_number, named, published_);
  if (published_) written_.clear();
  return status;
}

namespace {

// Of those that a file in the order of the keys may leave out.
constexpr uint32_t kKeysAhead = 4;
constexpr size_t kKeysAtOnce = 256;

// Whether most are a little greater than the one before.
bool rises(std::span<const uint32_t> ordinals) {
  size_t rising = 0;
  for (size_t i = 1; i < ordinals.size(); ++i) {
    if (ordinals[i] - ordinals[i - 1] - 1 < kKeysAhead) ++rising;
  }
  return rising > ordinals.size() / 2;
}

}  // namespace

Result<uint32_t> NewKeys::find_or_add(std::string_view key) {
  if (key.empty()) {
    return std::unexpected(Status(StatusCode::kInvalid, "add profile", "",
                                  "the customer's key is empty"));
  }
  if (old_ > 0) {
    auto ordinal = snapshot_->ordinal_of(key);
    if (!ordinal) return std::unexpected(ordinal.error());
    if (*ordinal) return **ordinal;
  }
  last_ = find_behind_last(key);
  if (last_ == 0) last_ = pool_.intern(key);
  const uint32_t ordinal = old_ + last_ - 1;
  if (ordinal < UINT32_MAX - kBlockRows) return ordinal;
  return std::unexpected(Status(StatusCode::kLimit, "add profile", "",
                                "a store holds at most 2^32 profiles"));
}

uint32_t NewKeys::find_behind_last(std::string_view key) const {
  const uint32_t end = std::min(last_ + kKeysAhead, pool_.size());
  for (uint32_t code = last_ + 1; code <= end; ++code) {
    if (pool_.text(code) == key) return code;
  }
  return 0;
}

Status NewKeys::find_or_add(std::span<const std::string_view> keys,
                            std::vector<uint32_t>& ordinals) {
  while (!keys.empty()) {
    const auto some = keys.first(std::min(keys.size(), kKeysAtOnce));
    keys = keys.subspan(some.size());
    const size_t before = ordinals.size();
    Status status = in_order_ || old_ > 0 ? find_or_add_each(some, ordinals)
                                          : find_or_add_all(some, ordinals);
    if (!status.ok()) return status;
    in_order_ = rises(std::span(ordinals).subspan(before));
  }
  return {};
}

Status NewKeys::find_or_add_each(std::span<const std::string_view> keys,
                                 std::vector<uint32_t>& ordinals) {
  for (const std::string_view key : keys) {
    const auto ordinal = find_or_add(key);
    if (!ordinal) return ordinal.error();
    ordinals.push_back(*ordinal);
  }
  return {};
}

// REQUIRES: all profiles are new ones.
Status NewKeys::find_or_add_all(std::span<const std::string_view> keys,
                                std::vector<uint32_t>& ordinals) {
  const bool simple = pool_.size() < UINT32_MAX - kBlockRows - keys.size() &&
                      std::ranges::none_of(keys, &std::string_view::empty);
  if (!simple) return find_or_add_each(keys, ordinals);
  const size_t before = ordinals.size();
  pool_.intern(keys, ordinals);
  for (size_t i = before; i < ordinals.size(); ++i) --ordinals[i];  // of a code
  last_ = ordinals.back() + 1;
  return {};
}

Status NewKeys::save(NewFiles& to, std::vector<IndexRef>& index) const {
  if (pool_.size() == 0) return {};
  std::vector<IndexEntry> entries;
  entries.reserve(pool_.size());
  for (uint32_t ordinal = old_; ordinal < profiles(); ++ordinal) {
    entries.push_back({hash_of_key(key(ordinal)), ordinal});
  }
  sort_entries(entries, false);
  while (!index.empty() &&
         worth_merging(index.back().entries, entries.size()) &&
         index.back().entries + entries.size() <= kMostMerged) {
    auto file = snapshot_->key_index(index.size() - 1);
    if (!file) return file.error();
    auto older = (*file)->entries();
    if (!older) return older.error();
    entries = merge_entries(*older, entries, false);
    index.pop_back();
  }
  return save_index(to, entries, HashWidth::k64, index);
}

uint32_t NewTexts::domain(std::string_view name) {
  const kitle::Domain* known = manifest_.find_domain(name);
  if (known == nullptr) {
    manifest_.domains.push_back({std::string(name), 0, {}});
    known = &manifest_.domains.back();
  }
  const auto at = static_cast<uint32_t>(known - manifest_.domains.data());
  while (domains_.size() < manifest_.domains.size()) {
    Domain& domain = domains_.emplace_back();
    if (snapshot_ == nullptr) continue;
    auto old = snapshot_->verified_dictionary(
        manifest_.domains[domains_.size() - 1].name);
    if (!old) status_ = old.error();
    domain.old = old ? *old : nullptr;
    domain.old_size = domain.old == nullptr ? 0 : domain.old->size();
  }
  return at;
}

uint32_t NewTexts::intern(uint32_t domain, std::string_view text) {
  Domain& known = domains_[domain];
  if (known.old_size > 0) {
    const uint32_t code = known.old->find(text);
    if (code != 0) return code;
  }
  return known.old_size + known.added.intern(text);
}

std::string_view NewTexts::text(uint32_t domain, uint32_t code) const {
  const Domain& known = domains_[domain];
  return code <= known.old_size && known.old != nullptr
             ? known.old->text(code)
             : known.added.text(code - known.old_size);
}

uint32_t NewTexts::size(std::string_view name) const {
  const kitle::Domain* known = manifest_.find_domain(name);
  if (known == nullptr) return 0;
  const auto at = static_cast<size_t>(known - manifest_.domains.data());
  return at < domains_.size()
             ? domains_[at].old_size + domains_[at].added.size()
             : known->size;
}

Status NewTexts::save(NewFiles& to) {
  for (uint32_t i = 0; status_.ok() && i < domains_.size(); ++i) {
    if (domains_[i].added.size() > 0) status_ = save_domain(i, to);
  }
  return status_;
}

Status NewTexts::save_domain(uint32_t domain, NewFiles& to) {
  Domain& known = domains_[domain];
  kitle::Domain& listed = manifest_.domains[domain];
  uint64_t bytes = known.added.bytes();
  uint32_t first = known.old_size + 1;
  const uint32_t end = known.old_size + known.added.size() + 1;
  while (!listed.parts.empty() &&
         worth_merging(listed.parts.back().count, end - first) &&
         bytes + listed.parts.back().file.bytes <= kMostTextBytes) {
    first = listed.parts.back().first;
    bytes += listed.parts.back().file.bytes;
    listed.parts.pop_back();
  }
  listed.size = end - 1;

  std::vector<std::string_view> texts;
  uint64_t here = 0;
  for (uint32_t code = first; code < end; ++code) {
    const std::string_view next = text(domain, code);
    if (!is_utf8(next) || next.size() > kMostTextBytes) {
      return Status(StatusCode::kInvalid, "write texts", listed.name,
                    "a text is not UTF-8, or too long");
    }
    if (here + next.size() > kMostTextBytes) {
      Status status = save_part(domain, texts, first, to);
      if (!status.ok()) return status;
      first = code;
      here = 0;
      texts.clear();
    }
    texts.push_back(next);
    here += next.size();
  }
  return save_part(domain, texts, first, to);
}

Status NewTexts::save_part(uint32_t domain,
                           std::span<const std::string_view> texts,
                           uint32_t first, NewFiles& to) {
  const uint64_t number = to.next_number();
  SectionFileBuilder file(FileKind::kText, number, first);
  add_texts(file, 0, domain, texts, true);
  auto ref = to.write(file, FileKind::kText, number);
  if (!ref) return ref.error();
  manifest_.domains[domain].parts.push_back(
      {*ref, first, static_cast<uint32_t>(texts.size())});
  return {};
}

Result<std::optional<uint32_t>> NewEvents::find(Hash128 event) const {
  if (!status_.ok()) return std::unexpected(status_);
  const auto pending = pending_.find(event);
  if (pending != pending_.end()) return pending->second;
  std::vector<uint32_t> found;
  for (size_t i = flushed_.size(); i > 0 && found.empty(); --i) {
    Status status = flushed_[i - 1].file->find(event, found);
    if (!status.ok()) return std::unexpected(status);
  }
  if (!found.empty()) return found.back();
  if (snapshot_ == nullptr) return std::nullopt;
  return snapshot_->ordinal_of_event(event);
}

void NewEvents::put(Hash128 event, uint32_t ordinal, NewFiles& to,
                    const Manifest& manifest) {
  pending_.insert_or_assign(event, ordinal);
  if (pending_.size() >= kMostPending && status_.ok()) {
    status_ = flush(to, manifest);
  }
}

Status NewEvents::flush(NewFiles& to, const Manifest& manifest) {
  std::vector<IndexEntry> entries;
  entries.reserve(pending_.size());
  for (const auto& [event, ordinal] : pending_) {
    entries.push_back({event, ordinal});
  }
  sort_entries(entries, true);
  std::vector<IndexRef> index;
  Status status = save_index(to, entries, HashWidth::k128, index);
  if (!status.ok()) return status;
  const WrittenFile written{FileKind::kIndex, index[0].file.number};
  auto file = IndexFile::open(to.files(), temporary_path(to.folder(), written),
                              index[0], manifest, UINT32_MAX, {});
  if (!file) return file.error();
  flushed_.push_back({index[0], std::move(*file)});
  pending_.clear();
  return {};
}

Status NewEvents::save(NewFiles& to, const Manifest& manifest,
                       std::vector<IndexRef>& index) {
  if (status_.ok() && !pending_.empty()) status_ = flush(to, manifest);
  if (!status_.ok() || flushed_.empty()) return status_;
  std::vector<const IndexFile*> files;
  for (size_t i = 0; i < index.size(); ++i) {
    auto file = snapshot_->event_index(i);
    if (!file) return file.error();
    files.push_back(*file);
  }
  for (const Flushed& flushed : flushed_) {
    index.push_back(flushed.ref);
    files.push_back(flushed.file.get());
  }
  return merge_last(to, files, index);
}

Status NewEvents::merge_last(NewFiles& to, std::vector<const IndexFile*>& files,
                             std::vector<IndexRef>& index) {
  auto last = files.back()->entries();
  if (!last) return last.error();
  std::vector<IndexEntry> entries = std::move(*last);
  const size_t before = index.size();
  while (index.size() > 1) {
    const uint64_t older_entries = index[index.size() - 2].entries;
    if (!worth_merging(older_entries, entries.size()) ||
        older_entries + entries.size() > kMostMerged) {
      break;
    }
    auto older = files[index.size() - 2]->entries();
    if (!older) return older.error();
    entries = merge_entries(*older, entries, true);
    to.drop(FileKind::kIndex, index.back().file.number);
    index.pop_back();
  }
  if (index.size() == before) return {};
  to.drop(FileKind::kIndex, index.back().file.number);
  index.pop_back();
  return save_index(to, entries, HashWidth::k128, index);
}

}  // namespace kitle
