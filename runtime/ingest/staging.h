// Pieces of rows in partitions until they are merged: in memory, and beyond a
// bound in files of the store's folder. Partitions are blocks, so that rows
// need no sorting before their block is at hand. Entry point: Staging.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "runtime/status.h"
#include "runtime/store/files.h"

namespace kitle {

// Not thread-safe.
class Staging {
 public:
  // `folder` exists; `name` begins the names of its files.
  Staging(Files& files, std::string folder, std::string name, size_t tables);
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;
  ~Staging();  // removes its files

  // Room for a piece of a table, aligned to 8 as `bytes` is a multiple of it;
  // valid until the next spill() or release().
  char* add(uint32_t partition, size_t table, size_t bytes);

  uint32_t partitions() const {
    return static_cast<uint32_t>(partitions_.size());
  }
  bool empty(uint32_t partition) const;
  // Whole pieces of a table; valid until spill() or release().
  std::vector<std::span<const char>> pieces(uint32_t partition,
                                            size_t table) const;
  // Forgets a partition.
  void release(uint32_t partition);

  uint64_t memory_bytes() const { return memory_bytes_; }
  // Moves everything that is in memory to one new file.
  Status spill();

 private:
  struct Chunk {
    std::unique_ptr<char[]> bytes;
    size_t size = 0;
    size_t used = 0;
  };
  using Chunks = std::vector<Chunk>;
  struct Spilled {
    size_t table = 0;
    size_t file = 0;
    uint64_t offset = 0;
    uint64_t bytes = 0;
  };
  struct Partition {
    std::vector<Chunks> tables;
    std::vector<Spilled> spilled;
  };

  void grow(Chunks& chunks, size_t bytes);
  Status write(OutputFile& file, uint64_t& offset);
  std::string path_of(size_t file) const;

  Files& files_;
  std::string folder_;
  std::string name_;
  size_t tables_;
  std::vector<Partition> partitions_;
  uint64_t memory_bytes_ = 0;
  size_t created_ = 0;  // files
  std::vector<std::shared_ptr<const Mapping>> mapped_;
};

// Removes what an ingest that was killed left in the folder. REQUIRES: the
// writer lock is held.
void remove_spilled(Files& files, const std::string& folder);

}  // namespace kitle
