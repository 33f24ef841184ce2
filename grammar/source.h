// Rule texts and places in them.
#pragma once

#include <cstdint>
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
  const SourceFile& file(uint32_t id) const { return files_[id]; }
  uint32_t size() const { return static_cast<uint32_t>(files_.size()); }
  std::string_view text(const Span& span) const;
  Position position(uint32_t file, uint32_t offset) const;
  // The whole line (without its end) that holds `offset`.
  std::string_view line_at(uint32_t file, uint32_t offset) const;

 private:
  std::vector<SourceFile> files_;
};

}  // namespace kitle
