// Names of time zones, for suggestions.
#pragma once

#include <string>
#include <vector>

namespace kitle {

// The IANA names that the machine's list of zones by country has, and UTC.
std::vector<std::string> zone_names();

}  // namespace kitle
