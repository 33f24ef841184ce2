// kitle completion: what a shell offers behind `kitle`, made from the
// commands' own declarations.
#include <fmt/format.h>

#include <memory>
#include <vector>

#include "cli/command.h"

namespace kitle::cli {
namespace {

std::string long_name(const CLI::Option& option) {
  const auto& names = option.get_lnames();
  return names.empty() ? "" : "--" + names.front();
}

// "table json csv" for a type that reads "table|json|csv"; names of types are
// in capitals.
std::string choices(std::string type) {
  if (type.find('|') == std::string::npos ||
      (type[0] >= 'A' && type[0] <= 'Z')) {
    return "";
  }
  for (char& c : type) c = c == '|' ? ' ' : c;
  return type;
}

std::string commands_of(const CLI::App& app) {
  std::string names;
  for (const CLI::App* command : app.get_subcommands({})) {
    names += (names.empty() ? "" : " ") + command->get_name();
  }
  return names;
}

// The options of a command and of its groups.
std::vector<const CLI::Option*> options_of(const CLI::App& command) {
  std::vector<const CLI::Option*> options;
  for (const CLI::Option* option : command.get_options()) {
    if (!long_name(*option).empty()) options.push_back(option);
  }
  return options;
}

// What the shell asks for the segments of the repository at hand.
constexpr const char* kSegments = "$(kitle completion segments)";
// And for the codes of the diagnostics and names of lints, which are many.
constexpr const char* kCodes = "$(kitle completion codes)";

// What may stand behind the command's options, for a shell; "" where that is
// not known, or files.
std::string arguments_of(const CLI::App& command) {
  for (const CLI::Option* option : command.get_options()) {
    const std::string type = option->get_type_name();
    if (!option->get_positional()) continue;
    if (type.starts_with("SEGMENT")) return kSegments;
    if (type.starts_with("COMMAND")) {
      return commands_of(*command.get_parent()) + " " + kCodes;
    }
    return choices(type);
  }
  return "";
}

// ---- bash, and zsh through bash's own functions ----

std::string bash_values(const CLI::App& command) {
  std::string cases;
  for (const CLI::Option* option : options_of(command)) {
    const std::string words = choices(option->get_type_name());
    if (words.empty()) continue;
    cases +=
        fmt::format("        {}) words=\"{}\" ;;\n", long_name(*option), words);
  }
  return cases;
}

std::string bash_case(const CLI::App& command) {
  std::string words;
  for (const CLI::Option* option : options_of(command)) {
    words += (words.empty() ? "" : " ") + long_name(*option);
  }
  const std::string arguments = arguments_of(command);
  if (!arguments.empty()) words += " " + arguments;
  const std::string values = bash_values(command);
  return fmt::format(
      "    {})\n      words=\"{}\"\n{}      ;;\n", command.get_name(), words,
      values.empty() ? ""
                     : "      case \"$before\" in\n" + values + "      esac\n");
}

void print_bash(const CLI::App& app) {
  std::string cases;
  for (const CLI::App* command : app.get_subcommands({})) {
    cases += bash_case(*command);
  }
  fmt::print(
      "_kitle() {{\n"
      "  local words=\"{0}\" before=\"\" here=\"${{COMP_WORDS[COMP_CWORD]}}\"\n"
      "  local at=1\n"
      "  case \"${{COMP_WORDS[1]}}\" in -C|--folder) at=3 ;; esac\n"
      "  if [ \"$COMP_CWORD\" -ne \"$at\" ] && [ \"$COMP_CWORD\" -gt 1 ]; "
      "then\n"
      "    before=\"${{COMP_WORDS[COMP_CWORD-1]}}\"\n"
      "    words=\"\"\n"
      "    case \"${{COMP_WORDS[at]}}\" in\n"
      "{1}"
      "    esac\n"
      "  fi\n"
      "  COMPREPLY=($(compgen -W \"$words\" -- \"$here\"))\n"
      "}}\n"
      "complete -o default -F _kitle kitle\n",
      commands_of(app), cases);
}

void print_zsh(const CLI::App& app) {
  fmt::print("#compdef kitle\nautoload -U +X bashcompinit && bashcompinit\n");
  print_bash(app);
}

// ---- fish ----

void print_fish_option(const CLI::App& command, const CLI::Option& option) {
  std::string line =
      fmt::format("complete -c kitle -n '__fish_seen_subcommand_from {}' -l {}",
                  command.get_name(), long_name(option).substr(2));
  const std::string words = choices(option.get_type_name());
  if (!words.empty()) line += fmt::format(" -x -a '{}'", words);
  if (option.get_type_name() == "FOLDER") line += " -r";
  fmt::print("{}\n", line);
}

void print_fish(const CLI::App& app) {
  for (const CLI::App* command : app.get_subcommands({})) {
    fmt::print(
        "complete -c kitle -n __fish_use_subcommand -f -a {} -d \"{}\"\n",
        command->get_name(), command->get_description());
    for (const CLI::Option* option : options_of(*command)) {
      print_fish_option(*command, *option);
    }
    std::string arguments = arguments_of(*command);
    const size_t asked = arguments.find("$(");
    if (asked != std::string::npos) arguments.erase(asked, 1);  // no `$` there
    if (arguments.empty()) continue;
    fmt::print(
        "complete -c kitle -n '__fish_seen_subcommand_from {}' -f -a '{}'\n",
        command->get_name(), arguments);
  }
}

// The names for the scripts; nothing where there is no repository.
void print_segments() {
  const auto rules = load_rules(".");
  if (!rules) return;
  for (const std::string& name : segment_names(*rules)) {
    fmt::print("{}\n", name);
  }
}

void print_codes() {
  for (const std::string& code : diagnostic_codes()) fmt::print("{}\n", code);
}

}  // namespace

void add_completion(CLI::App& app, Context&) {
  auto shell = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand(
      "completion", "a script that completes `kitle` in a shell");
  command->add_option("shell", *shell)
      ->required()
      ->type_name("bash|zsh|fish")
      ->check([](const std::string& name) {
        for (const char* known : {"bash", "zsh", "fish", "segments", "codes"}) {
          if (name == known) return std::string();
        }
        return "`" + name + "` is not one of bash, zsh, fish";
      });
  command->footer(
      "Completes commands, options, their values, the segments of the\n"
      "repository at hand, and the codes that `kitle help` explains.\n\n"
      "Examples:\n"
      "  source <(kitle completion bash)\n"
      "  kitle completion zsh > ~/.zfunc/_kitle\n"
      "  kitle completion fish > ~/.config/fish/completions/kitle.fish");
  command->callback([shell, &app] {
    if (*shell == "bash") print_bash(app);
    if (*shell == "zsh") print_zsh(app);
    if (*shell == "fish") print_fish(app);
    if (*shell == "segments") print_segments();
    if (*shell == "codes") print_codes();
  });
}

}  // namespace kitle::cli
