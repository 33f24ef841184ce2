// kitle fold: overlays into their blocks.
#include <fmt/format.h>
#include <unistd.h>

#include <memory>

#include "cli/command.h"
#include "cli/progress.h"

namespace kitle::cli {
namespace {

struct Options {
  std::string folder;
  std::string store;
};

int fold_store(const Options& options, Context& context) {
  std::string store = options.store;
  if (store.empty()) {
    const auto rules = load(options.folder, context);
    if (!rules) return context.exit_code;
    store = rules->store_folder();
  }
  const auto snapshot = [&] {
    const Waiting waiting("folding", is_terminal(STDERR_FILENO));
    return fold(store);
  }();
  if (!snapshot && snapshot.error().code() == StatusCode::kNotFound) {
    return trouble("open the store " + store +
                   ": there is none yet; `kitle ingest` makes it");
  }
  if (!snapshot) return trouble(snapshot.error());
  fmt::print("folded {}: snapshot {}\n", store, *snapshot);
  return kFine;
}

}  // namespace

void add_fold(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "fold", "rewrite the store's overlays into its blocks");
  add_folder(*command, options->folder);
  add_store(*command, options->store);
  command->footer(
      "Ingests after the first write only what they touch; folding makes it\n"
      "one again. The content stays the same; who reads the store is not\n"
      "disturbed.\n\n"
      "Examples:\n"
      "  kitle fold\n"
      "  kitle fold --store /data/shop-store");
  command->callback([options, &context] {
    context.exit_code = fold_store(*options, context);
  });
}

}  // namespace kitle::cli
