// What lines of tests are called elsewhere.
#pragma once

#include <string>

namespace kitle {

// `assert` means `expect`; also of a word with a slip in it. "" where no line
// is meant. In small letters.
std::string line_meant(const std::string& word);

}  // namespace kitle
