// A phrase of a rule: text that knows which of its parts may be left out, or
// stand for the whole, so that a reducer can shorten it.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace kitle::testing {

struct Phrase {
  // A condition may be replaced by any condition inside of it that speaks of
  // the same thing: the person, or the event of its number.
  static constexpr int kNoCondition = -2;
  static constexpr int kPerson = -1;

  std::string text;  // where there are no parts
  std::vector<Phrase> parts;
  int condition_of = kNoCondition;
  bool optional = false;

  Phrase() = default;
  Phrase(std::string words) : text(std::move(words)) {}  // NOLINT
  Phrase(const char* words) : text(words) {}             // NOLINT

  Phrase& operator+=(Phrase part) {
    parts.push_back(std::move(part));
    return *this;
  }
};

inline Phrase operator+(Phrase left, Phrase right) {
  Phrase both;
  both.parts.push_back(std::move(left));
  both.parts.push_back(std::move(right));
  return both;
}

inline Phrase optional(Phrase phrase) {
  Phrase made;
  made.parts.push_back(std::move(phrase));
  made.optional = true;
  return made;
}

inline std::string text_of(const Phrase& phrase) {
  std::string text = phrase.text;
  for (const Phrase& part : phrase.parts) text += text_of(part);
  return text;
}

}  // namespace kitle::testing
