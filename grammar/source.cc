// Rule texts and places in them; see source.h.
#include "grammar/source.h"

#include <algorithm>
#include <utility>

namespace kitle {
namespace {

bool begins_code_point(char c) {
  return (static_cast<uint8_t>(c) & 0xC0) != 0x80;
}

}  // namespace

uint32_t SourceSet::add(std::string path, std::string text) {
  files_.push_back({std::move(path), std::move(text)});
  return size() - 1;
}

uint32_t SourceSet::add_copy(uint32_t file, Span call) {
  copies_.push_back({of(file), call});
  return kFirstCopy + static_cast<uint32_t>(copies_.size()) - 1;
}

std::optional<Span> SourceSet::call_of(uint32_t file) const {
  if (file < kFirstCopy) return std::nullopt;
  return copies_[file - kFirstCopy].call;
}

Span SourceSet::original(Span span) const {
  span.file = of(span.file);
  return span;
}

std::string_view SourceSet::text(const Span& span) const {
  const std::string_view whole = this->file(span.file).text;
  const size_t begin = std::min<size_t>(span.begin, whole.size());
  const size_t end = std::clamp<size_t>(span.end, begin, whole.size());
  return whole.substr(begin, end - begin);
}

Position SourceSet::position(uint32_t file, uint32_t offset) const {
  const std::string_view before = text({file, 0, offset});
  const size_t line_break = before.rfind('\n');
  const size_t begin =
      line_break == std::string_view::npos ? 0 : line_break + 1;
  std::string_view line = before.substr(begin);
  if (begin == 0 && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
  const auto breaks = std::count(before.begin(), before.end(), '\n');
  const auto columns =
      std::count_if(line.begin(), line.end(), begins_code_point);
  return {static_cast<uint32_t>(breaks) + 1,
          static_cast<uint32_t>(columns) + 1};
}

std::string_view SourceSet::line_at(uint32_t file, uint32_t offset) const {
  const std::string_view whole = this->file(file).text;
  const size_t at = std::min<size_t>(offset, whole.size());
  const size_t before = whole.substr(0, at).rfind('\n');
  const size_t begin = before == std::string_view::npos ? 0 : before + 1;
  const size_t end = std::min(whole.find('\n', at), whole.size());
  std::string_view line = whole.substr(begin, end - begin);
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (begin == 0 && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
  return line;
}

}  // namespace kitle
