// Making a fold table from ICU, and folding by one.
#include "runtime/text/fold_table.h"

#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uset.h>
#include <unicode/utf.h>
#include <unicode/utf8.h>
#include <unicode/uversion.h>

#include <algorithm>

namespace kitle {
namespace {

constexpr uint32_t kPoints = 0x110000;
constexpr uint8_t kNotOneByte = 0xFF;  // of an ASCII letter's folding

bool is_turkic(std::string_view locale) {
  const std::string_view language =
      locale.substr(0, locale.find_first_of("-_"));
  return language == "tr" || language == "az";
}

// Whether the code point was in Unicode by that version.
bool is_of(UChar32 point, const UVersionInfo& version) {
  UVersionInfo age;
  u_charAge(point, age);
  return age[0] != 0 && std::lexicographical_compare_three_way(
                            std::begin(age), std::end(age), std::begin(version),
                            std::end(version)) <= 0;
}

void add_fold(FoldData& to, UChar32 point, uint32_t options) {
  const icu::UnicodeString own(point);
  icu::UnicodeString folded(own);
  folded.foldCase(options);
  if (folded == own) return;
  to.points.push_back(static_cast<uint32_t>(point));
  folded.toUTF8String(to.bytes);
  to.offsets.push_back(static_cast<uint32_t>(to.bytes.size()));
}

uint8_t one_byte(std::string_view folded) {
  const bool one = folded.size() == 1;
  return one ? static_cast<uint8_t>(folded.front()) : kNotOneByte;
}

// Of UTF-8, which a damaged table need not be.
bool folds_elsewhere(std::string_view folded, uint32_t from) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(folded.data());
  const auto size = static_cast<int32_t>(folded.size());
  uint32_t count = 0;
  bool itself = true;
  for (int32_t at = 0; at < size; ++count) {
    UChar32 point;
    U8_NEXT(bytes, at, size, point);
    if (point < 0) return false;
    itself = itself && static_cast<uint32_t>(point) == from;
  }
  return count >= 1 && count <= kMostFolded && !(itself && count == 1);
}

}  // namespace

std::string_view FoldView::folded(uint32_t i) const {
  // Read once and clamped: bytes of a mapping may change under us.
  const size_t begin = std::min<size_t>(offsets[i], bytes.size());
  const size_t end = std::min<size_t>(offsets[i + 1], bytes.size());
  return begin < end ? bytes.substr(begin, end - begin) : std::string_view();
}

FoldData make_folds(std::string_view locale, const std::string& version) {
  const uint32_t options =
      is_turkic(locale) ? U_FOLD_CASE_EXCLUDE_SPECIAL_I : U_FOLD_CASE_DEFAULT;
  UVersionInfo last;
  u_versionFromString(last, version.c_str());
  FoldData made;
  made.offsets.push_back(0);
  // Whatever has a case mapping: a superset, of three thousand.
  UErrorCode error = U_ZERO_ERROR;
  const USet* cased = u_getBinaryPropertySet(UCHAR_CASE_SENSITIVE, &error);
  for (int32_t i = 0; i < uset_getRangeCount(cased); ++i) {
    UChar32 begin;
    UChar32 end;
    uset_getItem(cased, i, &begin, &end, nullptr, 0, &error);
    for (UChar32 point = begin; point <= end; ++point) {
      if (is_of(point, last)) add_fold(made, point, options);
    }
  }
  return made;
}

bool are_folds(const FoldView& folds) {
  for (uint32_t i = 0; i < folds.points.size(); ++i) {
    const uint32_t point = folds.points[i];
    const bool rises = i == 0 || folds.points[i - 1] < point;
    if (!rises || !U_IS_UNICODE_CHAR(point) ||
        !folds_elsewhere(folds.folded(i), point)) {
      return false;
    }
  }
  return true;
}

FoldTable::FoldTable(const FoldView& folds)
    : folds_(folds), pages_(kPages + 1) {
  for (uint8_t byte = 0; byte < kAscii; ++byte) ascii_[byte] = byte;
  for (uint32_t i = 0; i < folds.points.size(); ++i) {
    const uint32_t point = std::min(folds.points[i], kPoints - 1);
    if (point < kAscii) ascii_[point] = one_byte(folds.folded(i));
    if (point < kDirect) direct_[point] = i + 1;
    pages_[(point >> kPageBits) + 1] = i + 1;
  }
  for (uint32_t i = 1; i <= kPages; ++i) {
    pages_[i] = std::max(pages_[i], pages_[i - 1]);
  }
}

uint32_t FoldTable::place_of(uint32_t point) const {
  if (point < kDirect) return direct_[point];
  const uint32_t page = point >> kPageBits;
  const auto points =
      folds_.points.subspan(pages_[page], pages_[page + 1] - pages_[page]);
  const auto found = std::ranges::lower_bound(points, point);
  if (found == points.end() || *found != point) return 0;
  return pages_[page] + static_cast<uint32_t>(found - points.begin()) + 1;
}

std::string FoldTable::fold(std::string_view text) const {
  std::string folded(text);
  size_t at = 0;
  while (at < text.size()) {
    const auto byte = static_cast<uint8_t>(text[at]);
    const uint8_t made = byte < kAscii ? ascii_[byte] : kNotOneByte;
    if (made == kNotOneByte) break;
    folded[at++] = static_cast<char>(made);
  }
  if (at == text.size()) return folded;
  folded.resize(at);
  fold_on(text.substr(at), folded);
  return folded;
}

void FoldTable::fold_on(std::string_view text, std::string& to) const {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  const auto size = static_cast<int32_t>(text.size());
  int32_t done = 0;
  for (int32_t at = 0; at < size;) {
    const int32_t begin = at;
    UChar32 point;
    U8_NEXT(bytes, at, size, point);
    const uint32_t place =
        point < 0 ? 0 : place_of(static_cast<uint32_t>(point));
    if (place == 0) continue;
    to += text.substr(done, begin - done);
    to += folds_.folded(place - 1);
    done = at;
  }
  to += text.substr(done);
}

}  // namespace kitle
