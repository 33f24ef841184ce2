// kitle help [COMMAND | CODE]
#include <fmt/format.h>

#include <cctype>
#include <memory>
#include <string>
#include <vector>

#include "cli/command.h"

namespace kitle::cli {
namespace {

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(c & 0x7f));
  return text;
}

// E and digits, or W: what a code looks like, with a slip.
bool like_code(const std::string& topic) {
  return topic.size() >= 3 && topic.size() <= 7 &&
         (topic[0] == 'E' || topic[0] == 'W') &&
         std::isdigit(static_cast<unsigned char>(topic[1])) != 0;
}

std::string nearest_topic(const std::string& topic,
                          const std::vector<std::string>& commands) {
  const std::string code = upper(topic);
  const std::vector<std::string> codes = diagnostic_codes();
  if (like_code(code)) return nearest_name(code, codes);
  const std::string near = nearest_name(topic, commands);
  return near.empty() ? nearest_name(topic, codes) : near;
}

int help(const CLI::App& app, const std::string& topic, Language language) {
  if (topic.empty()) {
    fmt::print("{}", app.help());
    return kFine;
  }
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) {
    names.push_back(command->get_name());
    if (command->get_name() != topic) continue;
    fmt::print("{}", command->help(app.get_name()));
    return kFine;
  }
  std::string text = explain_diagnostic(topic, language);
  if (text.empty()) {
    text = explain_diagnostic(upper(topic), language);
  }
  if (!text.empty()) {
    fmt::print("{}", text);
    return kFine;
  }
  const std::string near = nearest_topic(topic, names);
  return usage(fmt::format(
      "there is no command and no diagnostic `{}`{}; `kitle help` lists the "
      "commands",
      topic, near.empty() ? "" : ", did you mean `" + near + "`?"));
}

}  // namespace

void add_help(CLI::App& app, Context& context) {
  auto topic = std::make_shared<std::string>();
  auto language = std::make_shared<Language>(environment_language());
  CLI::App* command =
      app.add_subcommand("help", "explain a command or a diagnostic");
  command->add_option("topic", *topic, "a command, or a code such as E0201")
      ->type_name("COMMAND|CODE");
  add_language(*command, *language);
  command->footer(
      "Examples:\n"
      "  kitle help run\n"
      "  kitle help E0201\n"
      "  kitle help E0201 --language tr");
  command->callback([topic, language, &app, &context] {
    context.exit_code = help(app, *topic, *language);
  });
}

}  // namespace kitle::cli
