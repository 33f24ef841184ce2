// Which texts of a dictionary satisfy a written test: a set of codes, so that
// a text predicate is evaluated once per distinct value.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/eval/bound.h"
#include "runtime/eval/program.h"
#include "runtime/store/view.h"
#include "runtime/text/fold.h"

namespace kitle {

// A bit for each code; code 0 (missing) is never in.
class CodeSet {
 public:
  explicit CodeSet(uint32_t largest) : words_(largest / 64 + 1) {}
  void add(uint32_t code) { words_[code / 64] |= uint64_t{1} << (code % 64); }
  bool has(uint32_t code) const {
    return code / 64 < words_.size() &&
           ((words_[code / 64] >> (code % 64)) & 1) != 0;
  }
  const std::vector<uint64_t>& words() const { return words_; }

 private:
  std::vector<uint64_t> words_;
};

// One written test, ready for many texts. Immutable, thread-safe.
class TextMatcher {
 public:
  // By the store's `forms`, which outlive this.
  TextMatcher(const SetParam& param, const TextForms& forms);
  ~TextMatcher();
  bool matches(std::string_view nfc) const;
  // All codes of `dictionary` that match.
  CodeSet codes(const Dictionary& dictionary) const;

 private:
  struct Patterns;
  bool any(std::string_view text) const;
  SetParam param_;
  const TextForms& forms_;
  Folding folding_;
  std::vector<std::string> texts_;  // folded, sorted
  std::unique_ptr<Patterns> patterns_;
};

// What a lookup says of each code of `dictionary`.
BoundCodes codes_of(const LookupParam& param, const TextForms& forms,
                    const Dictionary& dictionary);
// How many code points the text of each code has; its texts are NFC.
BoundCodes lengths_of(const Dictionary& dictionary);

// How a column of this type compares.
Folding folding_of(TypeKind type, bool any_case);

}  // namespace kitle
