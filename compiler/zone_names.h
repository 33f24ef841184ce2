// Time zones by name: their rules, and names for suggestions.
#pragma once

#include <string>
#include <vector>

#include "compiler/check.h"
#include "runtime/status.h"

namespace kitle {

// The TZif bytes of a zone: those that the store pinned, so that no file of
// the machine is needed, else the machine's. `seen` null: no store.
Result<std::string> zone_bytes(const std::string& name, const SeenValues* seen);

// The IANA names that the machine's list of zones by country has, and UTC.
std::vector<std::string> zone_names();

}  // namespace kitle
