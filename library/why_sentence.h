// An explanation's first sentence, in plain words.
#pragma once

#include <string>

#include "compiler/typed.h"
#include "kitle/why.h"

namespace kitle {

std::string sentence_of(const Why& why, const Repository& repository);

// "2, 1 purchase short": what a test found, "" where it looked at nothing.
std::string found_of(const WhyNode& test);

// The tree alone, as why_text() shows it without colours.
std::string tree_text(const WhyNode& condition);

// Whether the other values of a test only say where its first came from, so
// that the first stands for all.
bool one_value(const WhyNode& test);

}  // namespace kitle
