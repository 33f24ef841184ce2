// The command `kitle`: a thin client of include/kitle.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <new>
#include <string_view>
#include <utility>

#include "cli/command.h"
#include "kitle/engine.h"

namespace kitle::cli {
namespace {

constexpr const char* kFooter =
    "Exit codes: 0 fine, 1 the rules have errors, 2 wrong usage, 3 data or\n"
    "system trouble. `kitle help COMMAND` explains a command with examples,\n"
    "`kitle help E0201` a diagnostic.\n\n"
    "Examples:\n"
    "  kitle init my-shop            a repository to begin with\n"
    "  kitle check                   are the rules right?\n"
    "  kitle lint                    and do they say what is meant?\n"
    "  kitle fmt                     the rule files in one style\n"
    "  kitle ingest                  files into the store\n"
    "  kitle fit                     bands by quantile, from the store\n"
    "  kitle run --as-of 2026-03-01  who is in which segment\n"
    "  kitle build -o all.kbundle    compiled, for a service to load\n"
    "  kitle size 'any purchase in last 7 days'\n"
    "  kitle why 4711 lapsed         why is this person in it, or not?\n";

void add_commands(CLI::App& app, Context& context) {
  add_init(app, context);
  add_check(app, context);
  add_lint(app, context);
  add_fmt(app, context);
  add_test(app, context);
  add_ingest(app, context);
  add_fold(app, context);
  add_fit(app, context);
  add_forecast(app, context);
  add_run(app, context);
  add_build(app, context);
  add_size(app, context);
  add_why(app, context);
  add_explain(app, context);
  add_version(app, context);
  add_help(app, context);
  add_completion(app, context);
}

std::vector<std::string> options_of(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      names.push_back("--" + name);
    }
  }
  return names;
}

std::vector<std::string> commands_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) {
    names.push_back(command->get_name());
  }
  return names;
}

// What other tools call the same, where no name is near.
std::string usual_name(const std::string& option,
                       const std::vector<std::string>& known) {
  constexpr std::pair<std::string_view, std::string_view> kNames[] = {
      {"--now", "--as-of"},   {"--at", "--as-of"},
      {"--date", "--as-of"},  {"--jobs", "--threads"},
      {"--json", "--format"}, {"--directory", "--folder"},
      {"--out", "--output"}};
  for (const auto& [other, own] : kNames) {
    const bool is_known = std::ranges::find(known, own) != known.end();
    if (option == other && is_known) return std::string(own);
  }
  return "";
}

// A word that nothing takes, with what it may have meant.
std::string unknown_word(const std::string& word, const CLI::App& app,
                         const CLI::App& command) {
  const bool option = word.starts_with("-");
  const bool topmost = &app == &command;
  if (!option && !topmost) return "`" + word + "` is one word too many";
  const std::string name = word.substr(0, word.find('='));
  const auto known = option ? options_of(command) : commands_of(app);
  const std::string usual = usual_name(name, known);
  const std::string near = usual.empty() ? nearest_name(name, known) : usual;
  return fmt::format("there is no {} `{}`{}", option ? "option" : "command",
                     word,
                     near.empty() ? "" : "; did you mean `" + near + "`?");
}

int wrong_usage(const CLI::App& app, const CLI::ParseError& error) {
  const auto chosen = app.get_subcommands();
  const CLI::App& command = chosen.empty() ? app : *chosen.front();
  const auto words = app.remaining(true);
  const std::string name =
      chosen.empty() ? "kitle" : "kitle " + command.get_name();
  fmt::print(stderr, "{}: {}\n`kitle help{}` tells what there is.\n", name,
             words.empty() ? std::string(error.what())
                           : unknown_word(words.front(), app, command),
             chosen.empty() ? "" : " " + command.get_name());
  return kUsage;
}

int run_command(int count, char** arguments) {
  CLI::App app("Kitle: rules for customer segments, over your own data.",
               "kitle");
  app.footer(kFooter);
  app.require_subcommand(1);
  app.get_formatter()->column_width(34);
  app.set_version_flag("--version", "kitle " + version());
  Context context;
  add_commands(app, context);
  std::string folder;
  add_folder_before(app, folder);
  if (count <= 1) {
    fmt::print(stderr, "{}", app.help());
    return kUsage;
  }
  report_language();
  try {
    app.parse(count, arguments);
  } catch (const CLI::Success& asked_for_help) {
    return app.exit(asked_for_help);
  } catch (const CLI::ParseError& error) {
    return wrong_usage(app, error);
  }
  return context.exit_code;
}

// What was printed may still be in a buffer, and the disk full.
int flush(int code) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  return trouble(std::string("cannot write the output: ") +
                 std::strerror(errno));
}

int guarded(int count, char** arguments) {
  try {
    return flush(run_command(count, arguments));
  } catch (const std::bad_alloc&) {
    std::fputs("kitle: there is not enough memory for this\n", stderr);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "kitle: %s\n", error.what());
  }
  return kTrouble;
}

}  // namespace
}  // namespace kitle::cli

int main(int count, char** arguments) {
  return kitle::cli::guarded(count, arguments);
}
