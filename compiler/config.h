// kitle.toml: the settings of a repository.
//
//   name = "shop"
//   time_zone = "Europe/Istanbul"
//   locale = "tr"
//   currency = "TRY"
//   first_day_of_week = "monday"
//   store = "store"
//
//   [lint]
//   last-period = "off"
#pragma once

#include <cstdint>
#include <string>

#include "compiler/check.h"
#include "grammar/diagnostic.h"
#include "grammar/source.h"
#include "kitle/lint.h"
#include "runtime/schema.h"

namespace kitle {

inline constexpr char kConfigFile[] = "kitle.toml";

struct Config {
  Settings settings;
  std::string store = "store";  // relative to the repository
  LintLevels lint{};
};

// Reads the file `file` of `sources`. A setting with a mistake keeps its
// default. `seen`: a store whose zone needs no file of the machine, or null.
Config read_config(const SourceSet& sources, uint32_t file,
                   const SeenValues* seen, Diagnostics& diagnostics);

}  // namespace kitle
