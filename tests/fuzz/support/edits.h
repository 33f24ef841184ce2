// Edits of files that are right but for them: what a fuzz target reads its
// input as, where random bytes would not pass the door.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace kitle::fuzz {

struct EditedFile {
  std::string path;
  std::string bytes;
  // Of bytes that edits may change.
  std::vector<uint32_t> places;
};

inline void add_places(uint64_t begin, uint64_t length,
                       std::vector<uint32_t>& places) {
  for (uint64_t i = 0; i < length; ++i) {
    places.push_back(static_cast<uint32_t>(begin + i));
  }
}

// What an edit puts at its place.
enum class EditKind : uint8_t {
  kByte,
  kBit,
  kAdd,
  kWord,
  kWide,
  kCopy,
  kCount
};

// Eight bytes of the input.
struct Edit {
  uint8_t file;
  uint8_t kind;
  uint16_t place;
  int32_t value;
};
static_assert(sizeof(Edit) == 8);

inline void apply(const Edit& edit, EditedFile& file) {
  std::string& bytes = file.bytes;
  const size_t at = file.places[edit.place % file.places.size()];
  const auto put = [&](auto value) {
    std::memcpy(bytes.data() + at, &value,
                std::min(sizeof(value), bytes.size() - at));
  };
  const auto kind = edit.kind % static_cast<uint8_t>(EditKind::kCount);
  switch (static_cast<EditKind>(kind)) {
    case EditKind::kByte:
      return put(static_cast<uint8_t>(edit.value));
    case EditKind::kBit:
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << (edit.value & 7)));
      return;
    case EditKind::kAdd:
      bytes[at] = static_cast<char>(bytes[at] + (edit.value & 255));
      return;
    case EditKind::kWord:
      return put(edit.value);
    case EditKind::kWide:
      return put(static_cast<int64_t>(edit.value) << (edit.value & 63));
    case EditKind::kCopy:
      return put(bytes[static_cast<uint32_t>(edit.value) % bytes.size()]);
    case EditKind::kCount:
      return;
  }
}

inline void apply_edits(const uint8_t* data, size_t size,
                        std::vector<EditedFile>& files) {
  for (; size >= sizeof(Edit); size -= sizeof(Edit)) {
    Edit edit;
    std::memcpy(&edit, data, sizeof(edit));
    data += sizeof(edit);
    apply(edit, files[edit.file % files.size()]);
  }
}

}  // namespace kitle::fuzz
