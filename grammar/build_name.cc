// Names: backquotes removed, letters that only look Latin reported.
#include <fmt/format.h>
#include <unicode/uchar.h>

#include <array>

#include "grammar/build_expr.h"
#include "grammar/scan.h"

namespace kitle {
namespace {

struct Twin {
  char32_t letter;
  std::string_view latin;
};
// Letters of Turkish and its neighbours, and Cyrillic and Greek ones that look
// like Latin.
constexpr std::array<Twin, 60> kTwins = {
    {{U'ç', "c"}, {U'Ç', "C"}, {U'ğ', "g"}, {U'Ğ', "G"}, {U'ı', "i"},
     {U'İ', "I"}, {U'ö', "o"}, {U'Ö', "O"}, {U'ş', "s"}, {U'Ş', "S"},
     {U'ü', "u"}, {U'Ü', "U"}, {U'ä', "a"}, {U'Ä', "A"}, {U'ß', "ss"},
     {U'é', "e"}, {U'è', "e"}, {U'à', "a"}, {U'â', "a"}, {U'î', "i"},
     {U'û', "u"}, {U'ñ', "n"}, {U'á', "a"}, {U'í', "i"}, {U'ó', "o"},
     {U'ú', "u"}, {U'а', "a"}, {U'е', "e"}, {U'о', "o"}, {U'р', "p"},
     {U'с', "c"}, {U'у', "y"}, {U'х', "x"}, {U'і', "i"}, {U'ѕ', "s"},
     {U'ј', "j"}, {U'А', "A"}, {U'В', "B"}, {U'Е', "E"}, {U'К', "K"},
     {U'М', "M"}, {U'Н', "H"}, {U'О', "O"}, {U'Р', "P"}, {U'С', "C"},
     {U'Т', "T"}, {U'Х', "X"}, {U'ο', "o"}, {U'α', "a"}, {U'ν', "v"},
     {U'Α', "A"}, {U'Β', "B"}, {U'Ε', "E"}, {U'Η', "H"}, {U'Ι', "I"},
     {U'Κ', "K"}, {U'Μ', "M"}, {U'Ν', "N"}, {U'Ο', "O"}, {U'Ρ', "P"}}};

// The Latin letter that was meant; empty if nobody can tell.
std::string_view latin(char32_t letter) {
  for (const Twin& twin : kTwins) {
    if (twin.letter == letter) return twin.latin;
  }
  return {};
}

struct Spelling {
  char32_t foreign = 0;  // the first letter beyond ASCII; 0: none
  std::string mended;    // empty: nobody can tell
};

Spelling spell(std::string_view word) {
  Spelling spelling;
  bool known = true;
  for (size_t at = 0; at < word.size();) {
    const CodePoint c = decode(word, at);
    at += std::max(1u, c.length);
    if (c.value < 0x80) {
      spelling.mended += static_cast<char>(c.value);
      continue;
    }
    if (spelling.foreign == 0) spelling.foreign = c.value;
    known = known && !latin(c.value).empty();
    spelling.mended += latin(c.value);
  }
  if (!known) spelling.mended.clear();
  return spelling;
}

std::string letter_name(char32_t letter, std::string_view text) {
  std::array<char, 128> name{};
  UErrorCode error = U_ZERO_ERROR;
  u_charName(static_cast<UChar32>(letter), U_UNICODE_CHAR_NAME, name.data(),
             static_cast<int32_t>(name.size()), &error);
  const bool named = U_SUCCESS(error) && name[0] != '\0';
  return fmt::format("`{}` (U+{:04X}{}{})", text, static_cast<uint32_t>(letter),
                     named ? " " : "", named ? name.data() : "");
}

std::string_view letter_text(std::string_view word, char32_t letter) {
  for (size_t at = 0; at < word.size();) {
    const CodePoint c = decode(word, at);
    if (c.value == letter) return word.substr(at, c.length);
    at += std::max(1u, c.length);
  }
  return {};
}

}  // namespace

Name ExprBuilder::name(const NodeRef& path) {
  std::string text(path.text());
  std::erase(text, '`');
  const Spelling spelling = spell(text);
  if (spelling.foreign == 0) return {text, path.span()};
  Diagnostic& made = report(
      DiagnosticId::kForeignLetter, path.span(),
      {text,
       letter_name(spelling.foreign, letter_text(text, spelling.foreign))});
  if (!spelling.mended.empty()) {
    made.with_mend(path.span(), spelling.mended,
                   fmt::format("write `{}`", spelling.mended));
  }
  return {text, path.span()};
}

}  // namespace kitle
