#include "runtime/ingest/staging.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace kitle {
namespace {

constexpr std::string_view kEnding = ".spill";
constexpr size_t kFirstChunk = 4 << 10;
constexpr size_t kLargestChunk = 256 << 10;

}  // namespace

Staging::Staging(Files& files, std::string folder, std::string name,
                 size_t tables)
    : files_(files),
      folder_(std::move(folder)),
      name_(std::move(name)),
      tables_(tables) {}

Staging::~Staging() {
  for (size_t i = 0; i < created_; ++i) {
    if (files_.size(path_of(i))) (void)files_.remove(path_of(i));
  }
}

std::string Staging::path_of(size_t file) const {
  return fmt::format("{}/{}-{}{}", folder_, name_, file, kEnding);
}

char* Staging::add(uint32_t partition, size_t table, size_t bytes) {
  if (partition >= partitions_.size()) partitions_.resize(partition + 1);
  auto& tables = partitions_[partition].tables;
  if (tables.empty()) tables.resize(tables_);
  Chunks& chunks = tables[table];
  if (chunks.empty() || chunks.back().size - chunks.back().used < bytes) {
    grow(chunks, bytes);
  }
  Chunk& chunk = chunks.back();
  char* const place = chunk.bytes.get() + chunk.used;
  chunk.used += bytes;
  return place;
}

void Staging::grow(Chunks& chunks, size_t bytes) {
  const size_t wanted = chunks.empty()
                            ? kFirstChunk
                            : std::min(chunks.back().size * 2, kLargestChunk);
  const size_t size = std::max(wanted, bytes);
  chunks.push_back({std::make_unique_for_overwrite<char[]>(size), size, 0});
  memory_bytes_ += size;
}

bool Staging::empty(uint32_t partition) const {
  if (partition >= partitions_.size()) return true;
  const Partition& here = partitions_[partition];
  return here.tables.empty() && here.spilled.empty();
}

std::vector<std::span<const char>> Staging::pieces(uint32_t partition,
                                                   size_t table) const {
  std::vector<std::span<const char>> pieces;
  if (partition >= partitions_.size()) return pieces;
  const Partition& here = partitions_[partition];
  for (const Spilled& spilled : here.spilled) {
    if (spilled.table != table) continue;
    const auto* bytes =
        reinterpret_cast<const char*>(mapped_[spilled.file]->data());
    pieces.emplace_back(bytes + spilled.offset, spilled.bytes);
  }
  if (here.tables.empty()) return pieces;
  for (const Chunk& chunk : here.tables[table]) {
    pieces.emplace_back(chunk.bytes.get(), chunk.used);
  }
  return pieces;
}

void Staging::release(uint32_t partition) {
  if (partition >= partitions_.size()) return;
  for (const Chunks& chunks : partitions_[partition].tables) {
    for (const Chunk& chunk : chunks) memory_bytes_ -= chunk.size;
  }
  partitions_[partition] = {};
}

Status Staging::spill() {
  if (memory_bytes_ == 0) return {};
  const std::string path = path_of(created_);
  auto file = files_.create(path);
  if (!file) return file.error();
  ++created_;
  uint64_t offset = 0;
  Status status = write(**file, offset);
  if (!status.ok()) return status;
  file->reset();
  auto mapping = files_.map(path);
  if (!mapping) return mapping.error();
  if ((*mapping)->size() != offset) {
    return Status(StatusCode::kIo, "read", path, "it is shorter than written");
  }
  mapped_.push_back(std::move(*mapping));
  return files_.remove(path);  // the mapping holds it
}

// Everything in memory, partition by partition.
Status Staging::write(OutputFile& file, uint64_t& offset) {
  for (Partition& partition : partitions_) {
    for (size_t table = 0; table < partition.tables.size(); ++table) {
      const uint64_t begin = offset;
      for (const Chunk& chunk : partition.tables[table]) {
        Status status = file.append({chunk.bytes.get(), chunk.used});
        if (!status.ok()) return status;
        offset += chunk.used;
        memory_bytes_ -= chunk.size;
      }
      if (offset == begin) continue;
      partition.spilled.push_back({table, created_ - 1, begin, offset - begin});
    }
    partition.tables.clear();
  }
  return {};
}

void remove_spilled(Files& files, const std::string& folder) {
  auto names = files.list(folder);
  if (!names) return;
  for (const std::string& name : *names) {
    if (name.ends_with(kEnding)) (void)files.remove(folder + "/" + name);
  }
}

}  // namespace kitle
