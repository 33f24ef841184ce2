// The first look at a text, byte by byte; see door.h.
#include "grammar/door.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "grammar/parse.h"
#include "grammar/scan.h"

namespace kitle {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

struct OddSpace {
  char32_t value;
  std::string_view name;
};
constexpr std::array<OddSpace, 9> kOddSpaces = {
    {{0xA0, "a non-breaking space"},
     {0x2007, "a figure space"},
     {0x2028, "a line separator"},
     {0x2029, "a paragraph separator"},
     {0x202F, "a narrow non-breaking space"},
     {0x2060, "an invisible word joiner"},
     {0x205F, "a mathematical space"},
     {0x3000, "an ideographic space"},
     {0xFEFF, "an invisible byte order mark"}}};

// What an odd space is called; empty if `c` is none.
std::string_view odd_space(char32_t c) {
  for (const OddSpace& each : kOddSpaces) {
    if (each.value == c) return each.name;
  }
  if (c >= 0x2000 && c <= 0x200A) return "a typographic space";
  if (c >= 0x200B && c <= 0x200F) return "an invisible character";
  if (c >= 0x202A && c <= 0x202E) return "an invisible direction sign";
  if (c >= 0x2066 && c <= 0x2069) return "an invisible direction sign";
  return {};
}

bool is_invisible(char32_t c) {
  return c >= 0x200B && c != 0x202F && c != 0x205F && c != 0x3000;
}

class Gate {
 public:
  Gate(const SourceSet& sources, uint32_t file, Diagnostics& diagnostics)
      : whole_(sources.file(file).text),
        file_(file),
        diagnostics_(diagnostics) {}

  Door open() {
    if (whole_.size() > kMaxFileBytes) {
      diagnostics_.add(
          DiagnosticId::kFileTooLarge, {file_, 0, 0},
          {std::to_string(whole_.size()), std::to_string(kMaxFileBytes)});
      return {};
    }
    door_.text = std::string(whole_);
    if (whole_.starts_with(kByteOrderMark)) {
      blank(0, kByteOrderMark.size());
      at_ = kByteOrderMark.size();
    }
    while (at_ < whole_.size() && readable_) step();
    if (!readable_) door_.text.reset();
    return std::move(door_);
  }

 private:
  void step() {
    const char c = whole_[at_];
    if (c == '#' && !in_text_) return comment();
    if (c == '"') in_text_ = !in_text_;
    if (c == '\n') in_text_ = false;
    if (c == '\\' && in_text_ && at_ + 1 < whole_.size() &&
        whole_[at_ + 1] == '"')
      ++at_;
    character(!in_text_);
  }

  void comment() {
    const uint32_t begin = static_cast<uint32_t>(at_);
    while (at_ < whole_.size() && whole_[at_] != '\n' && readable_) {
      character(false);
    }
    uint32_t end = static_cast<uint32_t>(at_);
    if (whole_[end - 1] == '\r') --end;
    door_.comments.push_back({file_, begin, end});
  }

  // Takes one code point; odd spaces are looked for only `among_rules`.
  void character(bool among_rules) {
    const CodePoint c = decode(whole_, at_);
    if (c.length == 0) return invalid();
    const bool control =
        c.value < 32 && c.value != '\t' && c.value != '\n' && c.value != '\r';
    if (control || c.value == 127) return control_character(c.value);
    const std::string_view odd = among_rules ? odd_space(c.value) : "";
    if (!odd.empty()) {
      const Span span = here(c.length);
      const bool gone = is_invisible(c.value);
      diagnostics_.add(DiagnosticId::kOddSpace, span, {std::string(odd)})
          .with_mend(span, gone ? "" : " ",
                     gone ? "remove it" : "write a plain space");
      blank(at_, c.length);
    }
    at_ += c.length;
  }

  void invalid() {
    const uint8_t byte = static_cast<uint8_t>(whole_[at_]);
    diagnostics_.add(DiagnosticId::kInvalidUtf8, here(1),
                     {fmt::format("0x{:02X}", byte)});
    readable_ = false;
  }

  void control_character(char32_t value) {
    diagnostics_.add(DiagnosticId::kControlCharacter, here(1),
                     {fmt::format("U+{:04X}", static_cast<uint32_t>(value))});
    readable_ = false;
  }

  Span here(size_t length) const {
    return {file_, static_cast<uint32_t>(at_),
            static_cast<uint32_t>(at_ + length)};
  }

  void blank(size_t from, size_t length) {
    door_.text->replace(from, length, length, ' ');
  }

  std::string_view whole_;
  uint32_t file_;
  Diagnostics& diagnostics_;
  Door door_;
  size_t at_ = 0;
  bool in_text_ = false;
  bool readable_ = true;
};

}  // namespace

Door open_door(const SourceSet& sources, uint32_t file,
               Diagnostics& diagnostics) {
  return Gate(sources, file, diagnostics).open();
}

}  // namespace kitle
