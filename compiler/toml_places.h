// toml++, and where it says that something stands as a span of our sources.
#pragma once

// Without exceptions, which the packaged library does not have compiled.
#define TOML_EXCEPTIONS 0
#undef TOML_SHARED_LIB
#undef TOML_HEADER_ONLY
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

#include <algorithm>
#include <string>
#include <vector>

#include "grammar/source.h"

namespace kitle {

// What a value is, for messages: "an integer".
inline const char* type_phrase(toml::node_type type) {
  switch (type) {
    case toml::node_type::none:
      return "nothing";
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "a list";
    case toml::node_type::string:
      return "a text";
    case toml::node_type::integer:
      return "an integer";
    case toml::node_type::floating_point:
      return "a number";
    case toml::node_type::boolean:
      return "a flag";
    case toml::node_type::date:
      return "a date";
    case toml::node_type::time:
      return "a time of day";
    case toml::node_type::date_time:
      return "a time";
  }
  return "";
}

class TomlPlaces {
 public:
  TomlPlaces(const std::string& text, uint32_t file)
      : text_(text), file_(file) {
    lines_.push_back(0);
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') lines_.push_back(i + 1);
    }
  }

  Span span(const toml::source_region& region) const {
    const uint32_t begin = offset(region.begin);
    const uint32_t end = offset(region.end);
    const auto size = static_cast<uint32_t>(text_.size());
    return {file_, begin, end > begin ? end : std::min(begin + 1, size)};
  }

 private:
  // Columns count code points.
  uint32_t offset(const toml::source_position& position) const {
    const size_t line = position.line > 0 ? position.line - 1 : 0;
    size_t at = line < lines_.size() ? lines_[line] : text_.size();
    for (uint32_t column = 1; column < position.column; ++column) {
      if (at < text_.size()) ++at;
      while (at < text_.size() && (text_[at] & 0xC0) == 0x80) ++at;
    }
    return static_cast<uint32_t>(at);
  }

  const std::string& text_;
  uint32_t file_;
  std::vector<size_t> lines_;
};

}  // namespace kitle
