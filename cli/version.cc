// kitle version
#include <fmt/format.h>

#include "cli/command.h"
#include "kitle/engine.h"

namespace kitle::cli {

void add_version(CLI::App& app, Context&) {
  CLI::App* command =
      app.add_subcommand("version", "version, and what this build can do");
  command->callback(
      [] { fmt::print("kitle {}\n{}\n", version(), build_info()); });
}

}  // namespace kitle::cli
