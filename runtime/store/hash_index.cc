// Reading, building and merging index files.
#include "runtime/store/hash_index.h"

#include <algorithm>
#include <bit>

namespace kitle {
namespace {

static_assert(sizeof(Hash128) == 16, "hashes are mapped as they are");

// Hashes of a bucket are few, so that a search reads one or two lines.
constexpr uint64_t kPerBucket = 8;
constexpr uint32_t kMostBucketBits = 32;

bool before(const Hash128& a, const Hash128& b) {
  return a.high != b.high ? a.high < b.high : a.low < b.low;
}
bool entry_before(const IndexEntry& a, const IndexEntry& b) {
  return before(a.hash, b.hash);
}

uint32_t bucket_bits_for(uint64_t entries) {
  return static_cast<uint32_t>(std::bit_width(entries / kPerBucket));
}

uint64_t bucket_of(const Hash128& hash, uint32_t bits) {
  return bits == 0 ? 0 : hash.high >> (64 - bits);
}

}  // namespace

Result<std::shared_ptr<const IndexFile>> IndexFile::open(
    Files& files, const std::string& path, const IndexRef& ref,
    const Manifest& manifest, uint32_t profiles, ReadOptions options) {
  auto index = std::make_shared<IndexFile>();
  auto file = SectionFile::open(files, path, FileKind::kIndex, ref.file,
                                &manifest, options);
  if (!file) return std::unexpected(file.error());
  index->file_ = std::move(*file);
  index->profiles_ = profiles;
  Status status = index->read_sections(ref);
  if (!status.ok()) return std::unexpected(status);
  return index;
}

Status IndexFile::read_sections(const IndexRef& ref) {
  bucket_section_ = file_->find(SectionKind::kBuckets, 0, 0);
  hash_section_ = file_->find(SectionKind::kHashes, 0, 0);
  ordinal_section_ = file_->find(SectionKind::kOrdinals, 0, 0);
  if (bucket_section_ == nullptr || hash_section_ == nullptr ||
      ordinal_section_ == nullptr || file_->sections().size() != 3) {
    return file_->corrupt("section header: has not the sections of an index");
  }
  bucket_bits_ = bucket_bits_for(ref.entries);
  buckets_ = file_->values<uint64_t>(*bucket_section_);
  if (hash_section_->length == ref.entries * sizeof(uint64_t)) {
    narrow_ = file_->values<uint64_t>(*hash_section_);
  } else {
    wide_ = file_->values<Hash128>(*hash_section_);
  }
  ordinals_ = file_->values<uint32_t>(*ordinal_section_);
  if (bucket_bits_ > kMostBucketBits ||
      buckets_.size() != (uint64_t{1} << bucket_bits_) + 1 ||
      hash_section_->length != ref.entries * hash_bytes() ||
      ordinals_.size() != ref.entries) {
    return file_->corrupt(
        "section header: holds other entries than the manifest says");
  }
  return {};
}

Status IndexFile::check_entries(uint64_t begin, uint64_t end) const {
  Status status =
      file_->check(*hash_section_, begin * hash_bytes(), end * hash_bytes());
  if (!status.ok()) return status;
  return file_->check(*ordinal_section_, begin * sizeof(uint32_t),
                      end * sizeof(uint32_t));
}

Status IndexFile::find(Hash128 hash, std::vector<uint32_t>& ordinals) const {
  const uint64_t bucket = bucket_of(hash, bucket_bits_);
  Status status = file_->check(*bucket_section_, bucket * sizeof(uint64_t),
                               (bucket + 2) * sizeof(uint64_t));
  if (!status.ok()) return status;
  const uint64_t begin = buckets_[bucket];
  const uint64_t end = buckets_[bucket + 1];
  if (begin > end || end > ordinals_.size()) {
    return file_->corrupt(*bucket_section_, "do not rise");
  }
  status = check_entries(begin, end);
  if (!status.ok()) return status;
  for (uint64_t i = begin; i < end; ++i) {
    if (this->hash(i) != hash) continue;
    if (ordinals_[i] >= profiles_) {
      return file_->corrupt(*ordinal_section_, "names an unknown profile");
    }
    ordinals.push_back(ordinals_[i]);
  }
  return {};
}

Result<std::vector<IndexEntry>> IndexFile::entries() const {
  Status status = check_entries(0, ordinals_.size());
  if (!status.ok()) return std::unexpected(status);
  std::vector<IndexEntry> entries(ordinals_.size());
  for (size_t i = 0; i < entries.size(); ++i) {
    entries[i] = {hash(i), ordinals_[i]};
    if (i > 0 && entry_before(entries[i], entries[i - 1])) {
      return std::unexpected(file_->corrupt(*hash_section_, "do not rise"));
    }
  }
  return entries;
}

SectionFileBuilder build_index(uint64_t file_number,
                               std::span<const IndexEntry> entries,
                               HashWidth width) {
  const uint32_t bits = bucket_bits_for(entries.size());
  std::vector<uint64_t> buckets((uint64_t{1} << bits) + 1);
  std::vector<uint64_t> hashes;
  std::vector<uint32_t> ordinals;
  hashes.reserve(entries.size() * 2);
  ordinals.reserve(entries.size());
  for (const IndexEntry& entry : entries) {
    ++buckets[bucket_of(entry.hash, bits) + 1];
    if (width == HashWidth::k128) hashes.push_back(entry.hash.low);
    hashes.push_back(entry.hash.high);
    ordinals.push_back(entry.ordinal);
  }
  for (size_t i = 1; i < buckets.size(); ++i) buckets[i] += buckets[i - 1];
  SectionFileBuilder file(FileKind::kIndex, file_number, 0);
  file.add(SectionKind::kBuckets, 0, 0, buckets);
  file.add(SectionKind::kHashes, 0, 0, hashes);
  file.add(SectionKind::kOrdinals, 0, 0, ordinals);
  return file;
}

void sort_entries(std::vector<IndexEntry>& entries, bool newest_only) {
  std::ranges::stable_sort(entries, entry_before);
  if (newest_only) entries = merge_entries({}, entries, true);
}

std::vector<IndexEntry> merge_entries(const std::vector<IndexEntry>& older,
                                      const std::vector<IndexEntry>& newer,
                                      bool newest_only) {
  std::vector<IndexEntry> all(older.size() + newer.size());
  std::ranges::merge(older, newer, all.begin(), entry_before);
  if (!newest_only) return all;
  // Of equal ones the newer stand last.
  std::vector<IndexEntry> kept;
  for (size_t i = 0; i < all.size(); ++i) {
    const bool last = i + 1 == all.size() || all[i + 1].hash != all[i].hash;
    if (last) kept.push_back(all[i]);
  }
  return kept;
}

}  // namespace kitle
