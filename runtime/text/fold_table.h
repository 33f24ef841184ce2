// Case folding as a table: which code points fold to other ones, in one locale
// and one version of Unicode. A store keeps the table that it was made with;
// this is its form in memory and in a file.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kitle {

// Points that fold to something else rise in `points`; the i-th folds to the
// UTF-8 bytes [offsets[i], offsets[i + 1]) of `bytes`.
struct FoldView {
  std::span<const uint32_t> points;
  std::span<const uint32_t> offsets;  // one more than points
  std::string_view bytes;

  // What the i-th folds to. Never outside of `bytes`, whatever lies in the
  // arrays. REQUIRES: i < points.size().
  std::string_view folded(uint32_t i) const;
};

struct FoldData {
  std::vector<uint32_t> points;
  std::vector<uint32_t> offsets;
  std::string bytes;
  FoldView view() const { return {points, offsets, bytes}; }
};

inline constexpr uint32_t kMostFolded = 3;  // code points that one folds to

// Unicode's full case folding as this machine's ICU has it, of the code points
// of Unicode `version`. In Turkish and Azerbaijani ("tr", "az-AZ") I folds to
// ı and İ to i. REQUIRES: has_unicode(version) (nfc.h).
FoldData make_folds(std::string_view locale, const std::string& version);

// Whether it is a table: points rise and are Unicode's, and each folds to one
// to kMostFolded code points that are not itself. REQUIRES: offsets rise from 0
// to the number of bytes, and there is one more than points.
bool are_folds(const FoldView& folds);

// Ready to fold. Immutable, thread-safe; what the view shows outlives it.
class FoldTable {
 public:
  explicit FoldTable(const FoldView& folds);
  // The text with each code point folded; not normalised. Bytes that are not
  // UTF-8 stay.
  std::string fold(std::string_view text) const;

 private:
  static constexpr uint8_t kAscii = 0x80;
  static constexpr uint32_t kDirect = 0x600;  // Latin, Greek, Cyrillic
  static constexpr uint32_t kPageBits = 8;
  static constexpr uint32_t kPages = 0x110000 >> kPageBits;

  uint32_t place_of(uint32_t point) const;
  void fold_on(std::string_view text, std::string& to) const;

  FoldView folds_;
  std::array<uint8_t, kAscii> ascii_{};  // what folds to one byte
  // 1 + place among the points; 0 folds to itself.
  std::array<uint32_t, kDirect> direct_{};
  // Where each page's points begin, and the end of the last.
  std::vector<uint32_t> pages_;
};

}  // namespace kitle
