// Rule texts and places in them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kitle {

// A half-open range of bytes in one file of a SourceSet.
struct Span {
  uint32_t file = 0;
  uint32_t begin = 0;
  uint32_t end = 0;
  friend bool operator==(const Span&, const Span&) = default;
};

// Line and column, both from 1; the column counts code points.
struct Position {
  uint32_t line = 1;
  uint32_t column = 1;
};

struct SourceFile {
  std::string path;  // as the user knows it, relative to the repository
  std::string text;  // the bytes as read, a BOM included
};

// All texts of one repository. Files are only added; spans stay valid.
class SourceSet {
 public:
  uint32_t add(std::string path, std::string text);
  // A file again, whose places are those of a copy that was made for `call`: a
  // template's. It counts for no file, and its text is that of the file.
  uint32_t add_copy(uint32_t file, Span call);
  // What a copy was made for; nothing for a file.
  std::optional<Span> call_of(uint32_t file) const;
  // The same place in the file.
  Span original(Span span) const;

  const SourceFile& file(uint32_t id) const { return files_[of(id)]; }
  uint32_t size() const { return static_cast<uint32_t>(files_.size()); }
  std::string_view text(const Span& span) const;
  Position position(uint32_t file, uint32_t offset) const;
  // The whole line (without its end) that holds `offset`.
  std::string_view line_at(uint32_t file, uint32_t offset) const;

 private:
  static constexpr uint32_t kFirstCopy = 1u << 24;
  struct Copy {
    uint32_t file;
    Span call;
  };

  uint32_t of(uint32_t id) const {
    return id < kFirstCopy ? id : copies_[id - kFirstCopy].file;
  }

  std::vector<SourceFile> files_;
  std::vector<Copy> copies_;
};

}  // namespace kitle
