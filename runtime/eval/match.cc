#include "runtime/eval/match.h"

#include <re2/re2.h>

#include <algorithm>
#include <unordered_map>

namespace kitle {

struct TextMatcher::Patterns {
  std::vector<std::unique_ptr<re2::RE2>> all;
};

Folding folding_of(TypeKind type, bool any_case) {
  const bool text = type == TypeKind::kText || type == TypeKind::kTextList;
  if (text) return Folding::kLocale;
  return any_case ? Folding::kAscii : Folding::kExact;
}

TextMatcher::TextMatcher(const SetParam& param, const TextForms& forms)
    : param_(param),
      forms_(forms),
      folding_(folding_of(param.type, param.any_case)),
      patterns_(std::make_unique<Patterns>()) {
  if (param.match == TextMatch::kExactly) folding_ = Folding::kExact;
  if (param.match == TextMatch::kMatches) {
    re2::RE2::Options options(re2::RE2::Quiet);
    for (const std::string& text : param.texts) {
      patterns_->all.push_back(
          std::make_unique<re2::RE2>(forms.nfc().of(text), options));
    }
    return;
  }
  for (const std::string& text : param.texts) {
    texts_.push_back(forms.form(text, folding_));
  }
  std::sort(texts_.begin(), texts_.end());
}

TextMatcher::~TextMatcher() = default;

bool TextMatcher::any(std::string_view text) const {
  const auto test = [&](const auto& holds) {
    return std::any_of(texts_.begin(), texts_.end(), holds);
  };
  switch (param_.match) {
    case TextMatch::kIs:
    case TextMatch::kExactly:
      return std::binary_search(texts_.begin(), texts_.end(), text);
    case TextMatch::kContains:
      return test([&](const std::string& part) {
        return text.find(part) != std::string_view::npos;
      });
    case TextMatch::kStartsWith:
      return test(
          [&](const std::string& part) { return text.starts_with(part); });
    case TextMatch::kEndsWith:
      return test(
          [&](const std::string& part) { return text.ends_with(part); });
    case TextMatch::kMatches:
      return std::any_of(patterns_->all.begin(), patterns_->all.end(),
                         [&](const auto& pattern) {
                           return pattern->ok() &&
                                  re2::RE2::FullMatch(text, *pattern);
                         });
  }
  return false;
}

bool TextMatcher::matches(std::string_view nfc) const {
  const bool as_is =
      param_.match == TextMatch::kMatches || folding_ == Folding::kExact;
  return as_is ? any(nfc) : any(forms_.form(nfc, folding_));
}

CodeSet TextMatcher::codes(const Dictionary& dictionary) const {
  CodeSet set(dictionary.size());
  const bool exact =
      folding_ == Folding::kExact &&
      (param_.match == TextMatch::kIs || param_.match == TextMatch::kExactly);
  if (exact) {
    for (const std::string& text : texts_) {
      const uint32_t code = dictionary.find(text);
      if (code != 0) set.add(code);
    }
    return set;
  }
  for (uint32_t code = 1; code <= dictionary.size(); ++code) {
    if (matches(dictionary.text(code))) set.add(code);
  }
  return set;
}

namespace {

BoundCodes of_size(const Dictionary& dictionary) {
  const size_t codes = size_t{dictionary.size()} + 1;
  return {std::vector<int64_t>(codes), std::vector<uint64_t>(codes / 64 + 1)};
}

bool begins_code_point(char byte) {
  return (static_cast<unsigned char>(byte) & 0xc0) != 0x80;
}

}  // namespace

BoundCodes codes_of(const LookupParam& param, const TextForms& forms,
                    const Dictionary& dictionary) {
  const Folding folding = folding_of(param.type, param.any_case);
  std::unordered_map<std::string, int64_t> values;
  for (size_t i = 0; i < param.texts.size(); ++i) {
    values.emplace(forms.form(param.texts[i], folding), param.values[i]);
  }
  BoundCodes made = of_size(dictionary);
  for (uint32_t code = 1; code <= dictionary.size(); ++code) {
    const auto found = values.find(forms.form(dictionary.text(code), folding));
    if (found == values.end()) continue;
    made.values[code] = found->second;
    made.known[code / 64] |= uint64_t{1} << (code % 64);
  }
  return made;
}

BoundCodes lengths_of(const Dictionary& dictionary) {
  BoundCodes made = of_size(dictionary);
  for (uint32_t code = 1; code <= dictionary.size(); ++code) {
    made.values[code] =
        std::ranges::count_if(dictionary.text(code), begins_code_point);
  }
  return made;
}

}  // namespace kitle
