// The repository that `kitle init` makes.
#pragma once

#include <span>

namespace kitle::cli {

struct StarterFile {
  const char* path;
  const char* text;
  bool executable = false;
};

std::span<const StarterFile> starter_files();

}  // namespace kitle::cli
