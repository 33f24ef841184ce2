#include "runtime/eval/image.h"

#include <sys/mman.h>
#include <xxhash.h>

#include <bit>
#include <cstring>

namespace kitle {
namespace {

constexpr std::string_view kMagic = "KTLIMG03";
constexpr size_t kKeyBytes = 32;
// A code has fewer instructions.
constexpr uint64_t kMostFunctions = uint64_t{1} << 32;
static_assert(sizeof(ImageFunction) == 4 * sizeof(uint32_t));
constexpr size_t kHeaderBytes = 8 + kKeyBytes + 7 * 8;

void append_u64(std::string& bytes, uint64_t value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

uint64_t read_u64(std::string_view bytes, size_t at) {
  uint64_t value = 0;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

uint64_t whole_pages(uint64_t bytes) {
  return (bytes + kImagePage - 1) / kImagePage * kImagePage;
}

Status damaged(const char* cause) {
  return {StatusCode::kCorrupt, "load machine code", "", cause};
}

struct Header {
  uint64_t text = 0;
  uint64_t data = 0;
  uint64_t entry = 0;
  uint64_t functions = 0;
  uint64_t frames = 0;
  uint64_t frame_bytes = 0;
};

Result<Header> read_header(std::string_view bytes, std::string_view key) {
  if (bytes.size() < kHeaderBytes || !bytes.starts_with(kMagic)) {
    return std::unexpected(damaged("it is no image"));
  }
  if (bytes.substr(kMagic.size(), kKeyBytes) != key) {
    return std::unexpected(damaged("it was made for something else"));
  }
  const size_t at = kMagic.size() + kKeyBytes;
  const Header header{read_u64(bytes, at),      read_u64(bytes, at + 8),
                      read_u64(bytes, at + 16), read_u64(bytes, at + 24),
                      read_u64(bytes, at + 32), read_u64(bytes, at + 40)};
  const std::string_view body = bytes.substr(kHeaderBytes);
  const bool fits =
      header.text <= body.size() && header.data <= body.size() - header.text &&
      header.functions <= kMostFunctions &&
      header.functions * sizeof(ImageFunction) ==
          body.size() - header.text - header.data &&
      header.entry < header.text && header.frames <= header.data &&
      header.frame_bytes <= header.data - header.frames;
  if (!fits ||
      XXH3_64bits(body.data(), body.size()) != read_u64(bytes, at + 48)) {
    return std::unexpected(damaged("its bytes are not what was written"));
  }
  return header;
}

// Those that are within the text.
std::vector<ImageFunction> read_functions(std::string_view bytes,
                                          const Header& header) {
  std::vector<ImageFunction> functions(header.functions);
  std::memcpy(functions.data(),
              bytes.data() + kHeaderBytes + header.text + header.data,
              functions.size() * sizeof(ImageFunction));
  std::erase_if(functions, [&](const ImageFunction& each) {
    return uint64_t{each.offset} + each.bytes > header.text;
  });
  return functions;
}

}  // namespace

std::string pack_image(std::string_view key, const ImageParts& parts) {
  static_assert(std::endian::native == std::endian::little);
  std::string body = parts.text + parts.data;
  body.append(reinterpret_cast<const char*>(parts.functions.data()),
              parts.functions.size() * sizeof(ImageFunction));
  std::string bytes(kMagic);
  bytes.append(key);
  append_u64(bytes, parts.text.size());
  append_u64(bytes, parts.data.size());
  append_u64(bytes, parts.entry);
  append_u64(bytes, parts.functions.size());
  append_u64(bytes, parts.frames);
  append_u64(bytes, parts.frame_bytes);
  append_u64(bytes, XXH3_64bits(body.data(), body.size()));
  return bytes + body;
}

Result<std::shared_ptr<const Image>> Image::load(std::string_view bytes,
                                                 std::string_view key) {
  const auto header = read_header(bytes, key);
  if (!header) return std::unexpected(header.error());
  const uint64_t text = whole_pages(header->text);
  const uint64_t size = text + whole_pages(header->data);
  void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  if (memory == MAP_FAILED) {
    return std::unexpected(Status(StatusCode::kLimit, "load machine code", "",
                                  "there is no memory for it"));
  }
  auto* to = static_cast<char*>(memory);
  std::memcpy(to, bytes.data() + kHeaderBytes, header->text);
  std::memcpy(to + text, bytes.data() + kHeaderBytes + header->text,
              header->data);
  const bool sealed =
      ::mprotect(to, text, PROT_READ | PROT_EXEC) == 0 &&
      (size == text || ::mprotect(to + text, size - text, PROT_READ) == 0);
  std::shared_ptr<Image> image(new Image(memory, size));
  const auto* mapped = static_cast<const std::byte*>(memory);
  image->function_ = reinterpret_cast<ChunkFunction>(to + header->entry);
  image->text_ = {mapped, header->text};
  image->frames_ = {mapped + text + header->frames, header->frame_bytes};
  image->functions_ = read_functions(bytes, *header);
  if (sealed) return image;
  return std::unexpected(Status(StatusCode::kUnsupported, "load machine code",
                                "", "this system forbids executable memory"));
}

Image::~Image() { ::munmap(memory_, size_); }

}  // namespace kitle
