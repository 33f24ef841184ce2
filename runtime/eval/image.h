// Images: machine code of one Code that runs at any address and calls nothing
// but the helpers in its arguments. Loaded without LLVM, never writable and
// executable at once.
//
// File, little-endian: magic "KTLIMG03", key (32 hexadecimal digits), u64
// bytes of text, u64 bytes of data, u64 entry (in text), u64 functions, u64
// frames (in data), u64 bytes of frames, u64 XXH3 of all that follows, text,
// data, each function as four u32. In memory: text from a page on, data from
// the page behind it on, which the text knows by distance.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/eval/abi.h"
#include "runtime/status.h"

namespace kitle {

// Where a function is, and the instructions of the code that it computes; none
// where it calls those that do, or is called by them.
struct ImageFunction {
  uint32_t offset = 0;  // in text
  uint32_t bytes = 0;
  uint32_t first = 0;  // instruction
  uint32_t count = 0;
};

struct ImageParts {
  std::string text;
  std::string data;    // read-only; begins at the page behind the text
  uint64_t entry = 0;  // of the function, in text
  std::vector<ImageFunction> functions = {};  // by offset; for profilers
  // Where in data `.eh_frame` is, by which debuggers find callers.
  uint64_t frames = 0;
  uint64_t frame_bytes = 0;
};
inline constexpr uint64_t kImagePage = 4096;

std::string pack_image(std::string_view key, const ImageParts& parts);

// Mapped machine code; unmapped with the last owner. Immutable, thread-safe.
class Image {
 public:
  // kCorrupt: not an image of this key, or damaged. kLimit: no memory.
  static Result<std::shared_ptr<const Image>> load(std::string_view bytes,
                                                   std::string_view key);
  ~Image();
  Image(const Image&) = delete;
  Image& operator=(const Image&) = delete;

  ChunkFunction function() const { return function_; }
  // In memory.
  std::span<const std::byte> text() const { return text_; }
  std::span<const std::byte> frames() const { return frames_; }
  const std::vector<ImageFunction>& functions() const { return functions_; }

 private:
  Image(void* memory, uint64_t size) : memory_(memory), size_(size) {}

  void* memory_;
  uint64_t size_;
  ChunkFunction function_ = nullptr;
  std::span<const std::byte> text_;
  std::span<const std::byte> frames_;
  std::vector<ImageFunction> functions_;
};

}  // namespace kitle
