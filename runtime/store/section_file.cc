// Writing and reading the container of sections.
#include "runtime/store/section_file.h"

#include <fmt/format.h>
#include <xxh_x86dispatch.h>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <tuple>

#include "runtime/store/manifest.h"

namespace kitle {
namespace {

auto name_of(const SectionEntry& section) {
  return std::tuple(section.kind, section.table, section.column);
}

uint64_t header_bytes_of(uint64_t tables, uint64_t sections, uint64_t pieces) {
  return align_up(sizeof(FileHeader) + tables * sizeof(TableEntry) +
                  sections * sizeof(SectionEntry) + pieces * sizeof(uint64_t));
}

template <class T>
void append_values(std::string& to, const std::vector<T>& values) {
  to.append(reinterpret_cast<const char*>(values.data()),
            values.size() * sizeof(T));
}

template <class T>
void copy_values(std::vector<T>& to, uint32_t count, const std::byte*& from) {
  to.resize(count);
  if (count > 0) std::memcpy(to.data(), from, count * sizeof(T));
  from += count * sizeof(T);
}

}  // namespace

SectionEntry& SectionFileBuilder::add(SectionKind kind, uint32_t table,
                                      uint32_t column, std::string_view bytes) {
  SectionEntry entry{};
  entry.offset = body_.size();
  entry.length = bytes.size();
  entry.kind = static_cast<uint32_t>(kind);
  entry.table = table;
  entry.column = column;
  entry.first_piece = static_cast<uint32_t>(pieces_.size());
  body_ += bytes;
  body_.resize(entry.offset + extent_of(entry.length));
  for (uint64_t at = entry.offset; at < body_.size(); at += kPiece) {
    const uint64_t length = std::min<uint64_t>(kPiece, body_.size() - at);
    pieces_.push_back(XXH3_64bits(body_.data() + at, length));
  }
  return sections_.emplace_back(entry);
}

std::string SectionFileBuilder::header() const {
  FileHeader header{};
  std::memcpy(header.magic, kFileMagic, sizeof(header.magic));
  header.version = kFormatVersion;
  header.kind = static_cast<uint32_t>(kind_);
  header.number = number_;
  header.subject = subject_;
  header.tables = static_cast<uint32_t>(tables_.size());
  header.sections = static_cast<uint32_t>(sections_.size());
  header.pieces = static_cast<uint32_t>(pieces_.size());
  header.header_bytes =
      header_bytes_of(header.tables, header.sections, header.pieces);
  header.file_bytes = header.header_bytes + body_.size();

  std::vector<SectionEntry> sections = sections_;
  for (SectionEntry& section : sections) section.offset += header.header_bytes;
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof(header));
  append_values(bytes, tables_);
  append_values(bytes, sections);
  append_values(bytes, pieces_);
  bytes.resize(header.header_bytes);
  return bytes;
}

Result<FileRef> SectionFileBuilder::write(Files& files,
                                          const std::string& path) const {
  const std::string head = header();
  auto file = files.create(path);
  if (!file) return std::unexpected(file.error());
  Status status = (*file)->append(head);
  if (status.ok()) status = (*file)->append(body_);
  if (status.ok()) status = (*file)->sync();
  if (!status.ok()) return std::unexpected(status);
  return FileRef{number_, head.size() + body_.size(),
                 XXH3_64bits(head.data(), head.size())};
}

Status check_version(uint32_t version, const std::string& path) {
  if (version > kFormatVersion) {
    return Status(StatusCode::kNewer, "open", path,
                  fmt::format("format version {}; this Kitle reads version {}",
                              version, kFormatVersion));
  }
  if (version == kFormatVersion || version == 0) return {};
  return Status(
      StatusCode::kUnsupported, "open", path,
      fmt::format("format version {}; this Kitle reads version {}: ingest the "
                  "files anew, into an empty folder",
                  version, kFormatVersion));
}

Result<std::shared_ptr<const SectionFile>> SectionFile::open(
    Files& files, const std::string& path, FileKind kind, const FileRef& ref,
    const Manifest* manifest, ReadOptions options) {
  auto mapping = files.map(path);
  if (!mapping) return std::unexpected(mapping.error());
  std::shared_ptr<SectionFile> file(new SectionFile);
  file->path_ = path;
  file->mapping_ = std::move(*mapping);
  file->manifest_ = manifest;
  file->options_ = options;
  Status status = file->read_header(kind, ref);
  if (status.ok()) status = file->read_entries();
  if (status.ok()) status = file->check_tiling();
  if (!status.ok()) return std::unexpected(status);
  return file;
}

Status SectionFile::read_header(FileKind kind, const FileRef& ref) {
  if (mapping_->size() != ref.bytes || ref.bytes < sizeof(FileHeader)) {
    return corrupt(
        fmt::format("section header: has {} bytes where the "
                    "manifest says {}",
                    mapping_->size(), ref.bytes));
  }
  std::memcpy(&header_, mapping_->data(), sizeof(header_));
  if (std::memcmp(header_.magic, kFileMagic, sizeof(header_.magic)) != 0) {
    return corrupt("section header: does not begin like a file of a store");
  }
  Status known = check_version(header_.version, path_);
  if (!known.ok()) return known;
  const uint64_t needed =
      header_bytes_of(header_.tables, header_.sections, header_.pieces);
  if (header_.header_bytes != needed || needed > ref.bytes ||
      header_.file_bytes != ref.bytes) {
    return corrupt("section header: lengths do not agree");
  }
  if (!options_.trust_checksums &&
      XXH3_64bits(mapping_->data(), needed) != ref.header_hash) {
    return corrupt("section header: differs from the manifest's checksum");
  }
  if (header_.kind != static_cast<uint32_t>(kind) ||
      header_.number != ref.number || header_.version == 0) {
    return corrupt("section header: is of another file");
  }
  return {};
}

Status SectionFile::read_entries() {
  const std::byte* at = mapping_->data() + sizeof(FileHeader);
  copy_values(tables_, header_.tables, at);
  copy_values(sections_, header_.sections, at);
  pieces_ = at;
  checked_ = std::make_unique<std::atomic<bool>[]>(header_.pieces);
  by_name_.resize(sections_.size());
  for (uint32_t i = 0; i < by_name_.size(); ++i) by_name_[i] = i;
  std::ranges::sort(by_name_, {},
                    [this](uint32_t i) { return name_of(sections_[i]); });
  for (size_t i = 1; i < by_name_.size(); ++i) {
    if (name_of(sections_[by_name_[i]]) ==
        name_of(sections_[by_name_[i - 1]])) {
      return corrupt("section header: names a section twice");
    }
  }
  return {};
}

// Sections follow each other without a gap, so that no byte of the file is
// without a checksum.
Status SectionFile::check_tiling() const {
  uint64_t offset = header_.header_bytes;
  uint64_t piece = 0;
  for (const SectionEntry& section : sections_) {
    const bool fits = section.length <= header_.file_bytes &&
                      extent_of(section.length) <= header_.file_bytes - offset;
    if (section.offset != offset || section.first_piece != piece || !fits) {
      return corrupt(section, "lies outside of its place");
    }
    offset += extent_of(section.length);
    piece += pieces_of(section.length);
  }
  if (offset != header_.file_bytes || piece != header_.pieces) {
    return corrupt("section header: sections do not fill the file");
  }
  return {};
}

const SectionEntry* SectionFile::find(SectionKind kind, uint32_t table,
                                      uint32_t column) const {
  const std::tuple wanted(static_cast<uint32_t>(kind), table, column);
  const auto found = std::ranges::lower_bound(
      by_name_, wanted, {},
      [this](uint32_t i) { return name_of(sections_[i]); });
  if (found == by_name_.end() || name_of(sections_[*found]) != wanted) {
    return nullptr;
  }
  return &sections_[*found];
}

bool SectionFile::check_piece(const SectionEntry& section,
                              uint64_t piece) const {
  std::atomic<bool>& checked = checked_[section.first_piece + piece];
  if (checked.load(std::memory_order_acquire)) return true;
  const uint64_t begin = piece * kPiece;
  const uint64_t length = std::min(kPiece, extent_of(section.length) - begin);
  uint64_t expected = 0;
  std::memcpy(&expected,
              pieces_ + (section.first_piece + piece) * sizeof(expected),
              sizeof(expected));
  if (!options_.trust_checksums &&
      XXH3_64bits(data(section) + begin, length) != expected) {
    return false;
  }
  checked.store(true, std::memory_order_release);
  return true;
}

// " (rows 0 to 8191)" where a section has equally long values by row.
std::string SectionFile::rows_in(const SectionEntry& section, uint64_t first,
                                 uint64_t last) const {
  const auto table =
      std::ranges::find(tables_, section.table, &TableEntry::table);
  const auto kind = static_cast<SectionKind>(section.kind);
  const bool by_profile =
      kind == SectionKind::kFirstTimes || kind == SectionKind::kLastTimes;
  const bool by_row = by_profile || kind == SectionKind::kValues ||
                      kind == SectionKind::kStamps ||
                      kind == SectionKind::kSources ||
                      kind == SectionKind::kEventIds;
  if (!by_row || table == tables_.end()) return "";
  const uint64_t rows = by_profile ? tables_.front().rows : table->rows;
  const uint64_t width = rows == 0 ? 0 : section.length / rows;
  if (width == 0 || first / width >= rows) return "";
  return fmt::format(" (rows {} to {})", first / width,
                     std::min(last / width, rows - 1));
}

Status SectionFile::check(const SectionEntry& section) const {
  Status status = check(section, 0, extent_of(section.length));
  if (!status.ok()) return status;
  const std::byte* padding = data(section) + section.length;
  const std::byte* end = data(section) + extent_of(section.length);
  const bool zero = std::all_of(
      padding, end, [](std::byte byte) { return byte == std::byte{0}; });
  return zero ? status : corrupt(section, "is not followed by zeros");
}

Status SectionFile::check(const SectionEntry& section, uint64_t begin,
                          uint64_t end) const {
  for (uint64_t piece = begin / kPiece; piece * kPiece < end; ++piece) {
    if (check_piece(section, piece)) continue;
    const uint64_t first = piece * kPiece;
    const uint64_t last =
        std::min(first + kPiece, extent_of(section.length)) - 1;
    return corrupt(section,
                   fmt::format("bytes {} to {}{} differ from their checksum",
                               first, last, rows_in(section, first, last)));
  }
  return {};
}

std::string SectionFile::name(const SectionEntry& section) const {
  return section_name(manifest_, header_, section);
}

Status SectionFile::health() const {
  if (!mapping_->lost()) return {};
  return Status(StatusCode::kIo, "read", path_,
                "a part of it can no longer be read: the file was cut, or its "
                "disk fails");
}

Status SectionFile::corrupt(std::string cause) const {
  if (mapping_->lost()) return health();
  return Status(StatusCode::kCorrupt, "read", path_, std::move(cause));
}

Status SectionFile::corrupt(const SectionEntry& section,
                            std::string_view cause) const {
  return corrupt(fmt::format("section {}: {}", name(section), cause));
}

}  // namespace kitle
