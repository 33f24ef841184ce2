// See code_names.h.
#include "runtime/eval/code_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "runtime/eval/needs.h"

namespace kitle {
namespace {

constexpr size_t kMostNames = 3;

// "a, b, c and 4 more".
std::string some_of(const std::vector<std::string>& names) {
  const size_t told = std::min(names.size(), kMostNames);
  std::string text = fmt::format(
      "{}", fmt::join(names.begin(),
                      names.begin() + static_cast<ptrdiff_t>(told), ", "));
  if (told == names.size()) return text;
  return fmt::format("{} and {} more", text, names.size() - told);
}

class Names {
 public:
  Names(const Program& program, const Code& code)
      : program_(program), code_(code) {
    const Needs needs(code_);
    for (uint32_t i = 0; i < program_.segments.size(); ++i) {
      needed_.push_back(needs.of(i));
    }
  }

  std::string of(const ImageFunction& function, bool is_entry) const {
    if (is_entry) {
      return fmt::format("kitle: chunk of {}", some_of(program_.segments));
    }
    const bool computes =
        function.count > 0 &&
        uint64_t{function.first} + function.count <= code_.instructions.size();
    if (!computes) return "kitle: running totals";
    return fmt::format("kitle: {} of {} for {}", some_of(operations(function)),
                       domain(function), some_of(segments(function)));
  }

 private:
  // Each once, in the code's order.
  std::vector<std::string> operations(const ImageFunction& function) const {
    std::vector<std::string> names;
    for (uint32_t i = 0; i < function.count; ++i) {
      const char* name = op_name(code_.instructions[function.first + i].op);
      if (std::ranges::find(names, name) == names.end())
        names.emplace_back(name);
    }
    return names;
  }

  std::string domain(const ImageFunction& function) const {
    const uint32_t found =
        code_.registers[code_.instructions[function.first].dst].domain;
    return found == kProfiles ? "profiles" : program_.tables[found];
  }

  std::vector<std::string> segments(const ImageFunction& function) const {
    std::vector<std::string> names;
    for (size_t i = 0; i < needed_.size(); ++i) {
      const auto at = std::ranges::lower_bound(needed_[i], function.first);
      const bool needs =
          at != needed_[i].end() && *at < function.first + function.count;
      if (needs) names.push_back(program_.segments[i]);
    }
    return names;
  }

  const Program& program_;
  const Code& code_;
  std::vector<std::vector<uint32_t>> needed_;  // by segment
};

}  // namespace

std::vector<CodeName> names_of(const Image& image, const Program& program,
                               const Code& code) {
  const Names names(program, code);
  const auto* entry = reinterpret_cast<const std::byte*>(image.function());
  std::vector<CodeName> all;
  for (const ImageFunction& each : image.functions()) {
    const std::byte* begin = image.text().data() + each.offset;
    all.push_back({begin, each.bytes, names.of(each, begin == entry)});
  }
  return all;
}

bool is_asked_for(const char* variable) {
  const char* value = std::getenv(variable);
  const std::string_view text = value == nullptr ? "" : value;
  return !text.empty() && text != "0";
}

}  // namespace kitle
