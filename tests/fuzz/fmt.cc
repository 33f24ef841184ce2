// Any bytes to the formatter: a text without mistakes of syntax is formatted,
// says the same, and a second time stays as it is. Comments are kept.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "grammar/format.h"
#include "grammar/parse.h"
#include "tests/fuzz/support/places.h"

namespace {

using kitle::fuzz::require;

struct Parsed {
  kitle::SourceSet sources;
  kitle::Syntax syntax;
  kitle::Diagnostics diagnostics;

  explicit Parsed(std::string text) {
    sources.add("rules.kitle", std::move(text));
    parse(sources, 0, syntax, diagnostics);
  }

  std::vector<std::string> comments() const {
    std::vector<std::string> all;
    for (const auto& comment : syntax.comments) {
      std::string text(sources.text(comment.span));
      text.resize(text.find_last_not_of(" \t\r") + 1);
      all.push_back(std::move(text));
    }
    return all;
  }
};

std::string formatted(const Parsed& parsed, const kitle::EventForms& forms) {
  kitle::Diagnostics diagnostics;
  auto text = format(parsed.sources, 0, forms, diagnostics);
  require(text.has_value());
  return std::move(*text);
}

void check(const Parsed& before, const kitle::EventForms& forms) {
  const Parsed after(formatted(before, forms));
  require(formatted(after, forms) == after.sources.file(0).text);
  require(before.comments() == after.comments());
  const kitle::EventForms none;
  const Parsed alone(formatted(before, none));
  require(print(alone.syntax) == print(before.syntax));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Parsed before(std::string(reinterpret_cast<const char*>(data), size));
  if (before.diagnostics.errors() != 0) return 0;
  check(before, kitle::EventForms(before.syntax));
  return 0;
}
