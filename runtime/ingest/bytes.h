// The bytes of a file, decompressed, from its beginning to its end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "runtime/ingest/rows.h"
#include "runtime/status.h"

namespace kitle {

// Not thread-safe.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Up to `size` bytes; 0 at the end.
  virtual Result<size_t> read(char* to, size_t size) = 0;
  // Bytes of the file on disk taken so far.
  virtual uint64_t disk_bytes() const = 0;
};

Result<std::unique_ptr<ByteSource>> open_bytes(const std::string& path,
                                               Compression compression);

// Whole portions of a text file for formats that cut it into records: what a
// portion leaves over comes first in the next one. Skips a UTF-8 BOM.
class TextPortions {
 public:
  TextPortions(std::string path, std::unique_ptr<ByteSource> source)
      : path_(std::move(path)), source_(std::move(source)) {}

  // Fills `bytes` with what was left over and what the file has behind it, up
  // to about a megabyte, or twice what was left over if that is more. The first
  // fails where the file is no text.
  Status fill(std::string& bytes);
  // Gives back what a portion did not use.
  void leave(std::string_view rest) { rest_.assign(rest); }

  bool at_end() const { return at_end_; }      // nothing behind the last fill()
  uint64_t offset() const { return offset_; }  // of the last fill() in the file
  uint64_t disk_bytes() const { return source_->disk_bytes(); }

 private:
  Status read_more(std::string& bytes, size_t wanted);

  Status check_head(std::string_view bytes) const;

  std::string path_;
  std::unique_ptr<ByteSource> source_;
  std::string rest_;
  uint64_t read_ = 0;  // of the uncompressed file
  uint64_t offset_ = 0;
  bool at_end_ = false;
};

}  // namespace kitle
