// See reference_text.h.
#include "compiler/reference_text.h"

#include <re2/re2.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

namespace kitle::reference {
namespace {

icu::UnicodeString unicode(std::string_view text) {
  return icu::UnicodeString::fromUTF8(
      {text.data(), static_cast<int32_t>(text.size())});
}

std::string utf8(const icu::UnicodeString& text) {
  std::string bytes;
  text.toUTF8String(bytes);
  return bytes;
}

icu::UnicodeString composed(const icu::UnicodeString& text) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(error);
  return nfc->normalize(text, error);
}

icu::UnicodeString ascii_folded(const icu::UnicodeString& text) {
  icu::UnicodeString folded;
  for (int32_t i = 0; i < text.length(); ++i) {
    const char16_t unit = text[i];
    const bool capital = unit >= u'A' && unit <= u'Z';
    folded.append(static_cast<char16_t>(capital ? unit + (u'a' - u'A') : unit));
  }
  return folded;
}

bool has_folding(TypeKind type) {
  return type == TypeKind::kText || type == TypeKind::kTextList;
}

}  // namespace

Texts::Texts(std::string_view locale) {
  const std::string_view language =
      locale.substr(0, locale.find_first_of("-_"));
  turkic_ = language == "tr" || language == "az";
}

std::string Texts::form(std::string_view text, const Column& column) const {
  icu::UnicodeString form = composed(unicode(text));
  if (has_folding(column.type)) {
    form = composed(form.foldCase(turkic_ ? U_FOLD_CASE_EXCLUDE_SPECIAL_I
                                          : U_FOLD_CASE_DEFAULT));
  } else if (column.any_case) {
    form = ascii_folded(form);
  }
  return utf8(form);
}

size_t Texts::code_points(std::string_view text) {
  return static_cast<size_t>(composed(unicode(text)).countChar32());
}

bool Texts::passes(std::string_view text, const Column& column, TextTest test,
                   std::string_view written) const {
  switch (test) {
    case TextTest::kIs:
      return form(text, column) == form(written, column);
    case TextTest::kExactly:
      return composed(unicode(text)) == composed(unicode(written));
    case TextTest::kContains:
      return form(text, column).find(form(written, column)) !=
             std::string::npos;
    case TextTest::kStartsWith:
      return form(text, column).starts_with(form(written, column));
    case TextTest::kEndsWith:
      return form(text, column).ends_with(form(written, column));
    case TextTest::kMatches:
      return RE2::FullMatch(std::string(text),
                            utf8(composed(unicode(written))));
  }
  return false;
}

}  // namespace kitle::reference
