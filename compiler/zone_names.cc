// Time zones by name.
#include "compiler/zone_names.h"

#include <cstdlib>
#include <fstream>

#include "runtime/time/zone.h"

namespace kitle {

Result<std::string> zone_bytes(const std::string& name,
                               const SeenValues* seen) {
  if (seen != nullptr) {
    const std::string_view pinned = seen->zone_bytes(name);
    if (!pinned.empty()) return std::string(pinned);
  }
  return read_zone_bytes(name);
}

std::vector<std::string> zone_names() {
  std::vector<std::string> names = {"UTC"};
  const char* folder = std::getenv("TZDIR");
  std::string path = folder != nullptr ? folder : "/usr/share/zoneinfo";
  std::ifstream file(path + "/zone.tab");
  std::string line;
  while (std::getline(file, line)) {
    // country TAB place TAB name [TAB comment]
    size_t first = line.find('\t');
    size_t second = line.find('\t', first + 1);
    bool row = !line.starts_with('#') && second != std::string::npos;
    if (!row) continue;
    size_t end = line.find('\t', second + 1);
    names.push_back(line.substr(second + 1, end - second - 1));
  }
  return names;
}

}  // namespace kitle
