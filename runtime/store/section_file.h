// The container of every file of a store but MANIFEST: sections under piece
// checksums (format.h). SectionFileBuilder makes one in memory, SectionFile
// reads one that is mapped.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/status.h"
#include "runtime/store/files.h"
#include "runtime/store/format.h"

namespace kitle {

struct Manifest;

// Not thread-safe.
class SectionFileBuilder {
 public:
  SectionFileBuilder(FileKind kind, uint64_t number, uint64_t subject)
      : kind_(kind), number_(number), subject_(subject) {}

  void add_table(const TableEntry& table) { tables_.push_back(table); }
  // Appends a section; the entry's base, min and max may be set until the
  // next call.
  SectionEntry& add(SectionKind kind, uint32_t table, uint32_t column,
                    std::string_view bytes);
  template <class T>
  SectionEntry& add(SectionKind kind, uint32_t table, uint32_t column,
                    const std::vector<T>& values) {
    return add(kind, table, column,
               std::string_view(reinterpret_cast<const char*>(values.data()),
                                values.size() * sizeof(T)));
  }
  void reserve(uint64_t bytes) { body_.reserve(bytes); }

  // Writes the file at `path` durably; what a manifest has to say of it.
  Result<FileRef> write(Files& files, const std::string& path) const;

 private:
  std::string header() const;

  FileKind kind_;
  uint64_t number_;
  uint64_t subject_;
  std::vector<TableEntry> tables_;
  std::vector<SectionEntry> sections_;  // offsets from the body's beginning
  std::vector<uint64_t> pieces_;
  std::string body_;
};

struct ReadOptions {
  // For fuzzers of the structure: checksums are taken as right.
  bool trust_checksums = false;
};

// kNewer or kUnsupported for a version that is not this one's; ok for 0, which
// no file has.
Status check_version(uint32_t version, const std::string& path);

// Thread-safe. The header was verified; bytes of a section are to be used only
// after check().
class SectionFile {
 public:
  // `manifest` (may be null) names tables and columns in errors; it outlives
  // the file.
  static Result<std::shared_ptr<const SectionFile>> open(
      Files& files, const std::string& path, FileKind kind, const FileRef& ref,
      const Manifest* manifest, ReadOptions options);

  const FileHeader& header() const { return header_; }
  const std::string& path() const { return path_; }
  std::span<const TableEntry> tables() const { return tables_; }
  std::span<const SectionEntry> sections() const { return sections_; }
  const SectionEntry* find(SectionKind kind, uint32_t table,
                           uint32_t column) const;

  // Verifies the checksums of the section, or of the pieces that hold its
  // bytes [begin, end), each once. REQUIRES: end <= length.
  Status check(const SectionEntry& section) const;
  Status check(const SectionEntry& section, uint64_t begin, uint64_t end) const;

  // REQUIRES: checked.
  const std::byte* data(const SectionEntry& section) const {
    return mapping_->data() + section.offset;
  }
  template <class T>
  std::span<const T> values(const SectionEntry& section) const {
    return {reinterpret_cast<const T*>(data(section)),
            section.length / sizeof(T)};
  }

  // kIo if a part of the file could not be read since it was opened: what was
  // made of it is to be thrown away.
  Status health() const;

  // "values of purchase.amount"
  std::string name(const SectionEntry& section) const;
  // kCorrupt of this file; what health() says if that is the reason.
  Status corrupt(std::string cause) const;
  Status corrupt(const SectionEntry& section, std::string_view cause) const;

 private:
  SectionFile() = default;
  Status read_header(FileKind kind, const FileRef& ref);
  Status read_entries();
  Status check_tiling() const;
  std::string rows_in(const SectionEntry& section, uint64_t first,
                      uint64_t last) const;
  bool check_piece(const SectionEntry& section, uint64_t piece) const;

  std::string path_;
  std::shared_ptr<const Mapping> mapping_;
  const Manifest* manifest_ = nullptr;
  ReadOptions options_;
  FileHeader header_{};
  std::vector<TableEntry> tables_;
  std::vector<SectionEntry> sections_;
  std::vector<uint32_t> by_name_;      // sections by (kind, table, column)
  const std::byte* pieces_ = nullptr;  // uint64_t each, in the mapping
  std::unique_ptr<std::atomic<bool>[]> checked_;
};

}  // namespace kitle
