// See translate.h.
#include "grammar/translate.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace kitle {
namespace {

constexpr std::pair<DiagnosticId, DiagnosticInfo> kTurkish[] = {
#define KITLE_TURKISH(name, title, help) \
  {DiagnosticId::name, {#name, "", Severity::kError, title, help}},
#include "grammar/diagnostics_tr.def"
#undef KITLE_TURKISH
};

// English with places, `{0}`, for what varies, and the same in Turkish.
struct Phrase {
  std::string_view from;
  std::string_view to;
};

constexpr Phrase kTurkishPhrases[] = {
#define KITLE_PHRASE(english, turkish) {english, turkish},
#include "grammar/phrases_tr.def"
#undef KITLE_PHRASE
};

constexpr size_t kPlace = 3;  // "{0}"
constexpr int kDeepest = 4;   // phrases in phrases

bool is_place(std::string_view text, size_t at) {
  return text.size() - at >= kPlace && text[at] == '{' && text[at + 1] >= '0' &&
         text[at + 1] <= '9' && text[at + 2] == '}';
}

// Whether a place stands in backquotes or quotes: there is code or a name.
bool is_code(std::string_view pattern, size_t at) {
  if (at == std::string_view::npos) return true;
  const std::string_view before = pattern.substr(0, at);
  return std::ranges::count(before, '`') % 2 == 1 ||
         std::ranges::count(before, '"') % 2 == 1;
}

// What stands in the places, each as short as it can be.
bool matches(std::string_view pattern, std::string_view text,
             std::vector<std::string_view>& found) {
  size_t at = 0;
  while (at < pattern.size() && !is_place(pattern, at)) ++at;
  if (text.substr(0, at) != pattern.substr(0, at)) return false;
  if (at == pattern.size()) return text.size() == at;
  const size_t before = found.size();
  for (size_t end = at; end <= text.size(); ++end) {
    found.resize(before);
    found.push_back(text.substr(at, end - at));
    if (matches(pattern.substr(at + kPlace), text.substr(end), found)) {
      return true;
    }
  }
  return false;
}

// Where a place of this number is first; npos if it is not there.
size_t place_of(std::string_view pattern, size_t number) {
  const char digit = static_cast<char>('0' + number);
  return pattern.find(std::string{'{', digit, '}'});
}

std::string filled(std::string_view pattern,
                   const std::vector<std::string>& places) {
  std::string text;
  for (size_t at = 0; at < pattern.size(); ++at) {
    if (!is_place(pattern, at)) {
      text += pattern[at];
      continue;
    }
    const auto place = static_cast<size_t>(pattern[at + 1] - '0');
    if (place < places.size()) text += places[place];
    at += kPlace - 1;
  }
  return text;
}

std::optional<std::string> turkish(std::string_view phrase, int depth) {
  if (depth == 0) return std::nullopt;
  for (const Phrase& row : kTurkishPhrases) {
    std::vector<std::string_view> found;
    if (!matches(row.from, phrase, found)) continue;
    std::vector<std::string> places;
    for (const std::string_view each : found) {
      const size_t at = place_of(row.from, places.size());
      const auto words =
          is_code(row.from, at) ? std::nullopt : turkish(each, depth - 1);
      places.push_back(words.value_or(std::string(each)));
    }
    return filled(row.to, places);
  }
  return std::nullopt;
}

// Code alone: a word, a number, something in one pair of backquotes or quotes.
bool needs_no_words(std::string_view phrase) {
  if (phrase.find(' ') == std::string_view::npos) return true;
  const char quote = phrase.front();
  const bool quoted = (quote == '`' || quote == '"') && phrase.back() == quote;
  return quoted && phrase.find(quote, 1) == phrase.size() - 1;
}

}  // namespace

const DiagnosticInfo* translation_of(MessageLanguage language,
                                     DiagnosticId id) {
  if (language == MessageLanguage::kEnglish) return &info(id);
  const auto row = std::ranges::find_if(
      kTurkish, [&](const auto& each) { return each.first == id; });
  return row == std::end(kTurkish) ? nullptr : &row->second;
}

std::string_view title_in(MessageLanguage language, DiagnosticId id) {
  const DiagnosticInfo* row = translation_of(language, id);
  return row == nullptr ? info(id).title : row->title;
}

std::string_view help_in(MessageLanguage language, DiagnosticId id) {
  const DiagnosticInfo* row = translation_of(language, id);
  return row == nullptr ? info(id).help : row->help;
}

std::string phrase_in(MessageLanguage language, std::string_view phrase) {
  if (language == MessageLanguage::kEnglish) return std::string(phrase);
  return turkish(phrase, kDeepest).value_or(std::string(phrase));
}

bool has_phrase(MessageLanguage language, std::string_view phrase) {
  return language == MessageLanguage::kEnglish || needs_no_words(phrase) ||
         turkish(phrase, kDeepest).has_value();
}

Diagnostic translated(MessageLanguage language, const Diagnostic& diagnostic) {
  Diagnostic made = diagnostic;
  if (language == MessageLanguage::kEnglish) return made;
  const std::string_view title = info(made.id).title;
  for (size_t i = 0; i < made.args.size(); ++i) {
    const size_t at = place_of(title, i);
    if (!is_code(title, at)) made.args[i] = phrase_in(language, made.args[i]);
  }
  made.label = phrase_in(language, made.label);
  for (Label& each : made.labels) each.text = phrase_in(language, each.text);
  for (Mend& each : made.mends) each.text = phrase_in(language, each.text);
  return made;
}

std::string title_of(const Diagnostic& diagnostic, MessageLanguage language) {
  const Diagnostic made = translated(language, diagnostic);
  return title_of(made, title_in(language, made.id));
}

}  // namespace kitle
