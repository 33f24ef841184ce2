// The nearest of the known names: what a misspelt one probably meant.
#include <algorithm>
#include <array>

#include "grammar/diagnostic.h"
#include "grammar/scan.h"

namespace kitle {
namespace {

std::u32string code_points(std::string_view text) {
  std::u32string points;
  for (size_t at = 0; at < text.size();) {
    const CodePoint c = decode(text, at);
    points += c.length == 0 ? U'\uFFFD' : c.value;
    at += std::max(1u, c.length);
  }
  return points;
}

// Small letters of Latin scripts; I, ı, İ and i are one, and a dot above that
// follows them is none.
char32_t small(char32_t c) {
  if (c == U'İ' || c == U'ı' || c == U'I') return U'i';
  if (c >= U'A' && c <= U'Z') return c + 32;
  if (c >= 0xC0 && c <= 0xDE && c != 0xD7) return c + 32;
  const bool paired = (c >= 0x100 && c <= 0x137) || (c >= 0x14A && c <= 0x177);
  if (paired && c % 2 == 0) return c + 1;
  return c;
}

// How many of them folded() gives, without making them.
size_t folded_size(std::string_view text) {
  size_t size = 0;
  for (size_t at = 0; at < text.size();) {
    const CodePoint c = decode(text, at);
    size += c.length != 0 && c.value == 0x307 ? 0 : 1;
    at += std::max(1u, c.length);
  }
  return size;
}

std::u32string folded(std::string_view text) {
  std::u32string points;
  for (const char32_t c : code_points(text)) {
    if (c != 0x307) points += small(c);
  }
  return points;
}

// Insertions, deletions, replacements and swaps of neighbours; stops early
// with a number above `limit`.
size_t distance(const std::u32string& a, const std::u32string& b,
                size_t limit) {
  const size_t gap =
      std::max(a.size(), b.size()) - std::min(a.size(), b.size());
  if (gap > limit) return gap;
  std::vector<size_t> before(b.size() + 1);
  std::vector<size_t> last(b.size() + 1);
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + change});
      const bool swapped =
          i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace

std::string nearest(std::string_view name,
                    const std::vector<std::string>& known) {
  constexpr size_t kLongest = 64;  // longer names are not misspelt ones
  if (name.size() > kLongest) return {};
  const std::u32string wanted = folded(name);
  const size_t limit = wanted.size() < 3 ? 0 : wanted.size() / 3;
  size_t best = limit + 1;
  std::string_view found;
  for (const std::string& each : known) {
    if (each.size() > kLongest || each == name) continue;
    const size_t size = folded_size(each);
    const bool far =
        std::max(size, wanted.size()) > std::min(size, wanted.size()) + limit;
    if (far) continue;
    const size_t away = distance(wanted, folded(each), best);
    const bool nearer = away < best || (away == best && each < found);
    if (away > limit || !nearer) continue;
    best = away;
    found = each;
  }
  return std::string(found);
}

}  // namespace kitle
