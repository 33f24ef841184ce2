// What expectations ask for, also through others. Internal to
// library/tests*.cc.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/typed.h"

namespace kitle {

struct Reached {
  std::vector<bool> segments;                   // by Repository::segments
  std::set<std::string, std::less<>> personas;  // their members or points
  std::set<std::string, std::less<>> scores;    // that are computed
};

// REQUIRES: no cuts were put, which leave nothing of what is undecided.
Reached reached_from(const Repository& repository, const Typed& condition);

// "value" of a tally called "value.recency".
std::string_view score_of(const Typed& tally);

}  // namespace kitle
