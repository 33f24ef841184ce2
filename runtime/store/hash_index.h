// From hashes to ordinals: customer keys and ids of events. A file is sorted by
// hash, with buckets by the hash's first bits; an index is a list of files,
// newer over older. Of keys 64 bits are stored, of ids 128.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "runtime/status.h"
#include "runtime/store/hashes.h"
#include "runtime/store/manifest.h"
#include "runtime/store/section_file.h"

namespace kitle {

struct IndexEntry {
  Hash128 hash;
  uint32_t ordinal = 0;
};

// Thread-safe. Each piece is verified when it is first read.
class IndexFile {
 public:
  // An ordinal of at least `profiles` is an error.
  static Result<std::shared_ptr<const IndexFile>> open(
      Files& files, const std::string& path, const IndexRef& ref,
      const Manifest& manifest, uint32_t profiles, ReadOptions options);

  const SectionFile& file() const { return *file_; }

  // Appends the ordinals under a hash.
  Status find(Hash128 hash, std::vector<uint32_t>& ordinals) const;
  // All entries, sorted by hash.
  Result<std::vector<IndexEntry>> entries() const;

 private:
  Status read_sections(const IndexRef& ref);
  Status check_entries(uint64_t begin, uint64_t end) const;

  std::shared_ptr<const SectionFile> file_;
  uint32_t profiles_ = 0;
  uint32_t bucket_bits_ = 0;
  const SectionEntry* bucket_section_ = nullptr;
  const SectionEntry* hash_section_ = nullptr;
  const SectionEntry* ordinal_section_ = nullptr;
  uint64_t hash_bytes() const {
    return narrow_.empty() ? sizeof(Hash128) : sizeof(uint64_t);
  }
  Hash128 hash(uint64_t entry) const {
    return narrow_.empty() ? wide_[entry] : Hash128{0, narrow_[entry]};
  }

  std::span<const uint64_t> buckets_;  // 2^bucket_bits_ + 1
  // One of them holds the hashes.
  std::span<const uint64_t> narrow_;
  std::span<const Hash128> wide_;
  std::span<const uint32_t> ordinals_;
};

enum class HashWidth : uint8_t { k64, k128 };

// The file of entries, sorted by hash. REQUIRES: entries is not empty; k64: all
// low halves are 0.
SectionFileBuilder build_index(uint64_t file_number,
                               std::span<const IndexEntry> entries,
                               HashWidth width);

// Sorts by hash; of equal hashes the last one given stays if `newest_only`,
// else all.
void sort_entries(std::vector<IndexEntry>& entries, bool newest_only);
// Merges sorted lists; the same for equal hashes.
std::vector<IndexEntry> merge_entries(const std::vector<IndexEntry>& older,
                                      const std::vector<IndexEntry>& newer,
                                      bool newest_only);

}  // namespace kitle
