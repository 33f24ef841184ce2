#include "cli/command.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace kitle::cli {
namespace {

constexpr const char* kFolder = "--folder";

}  // namespace

bool is_terminal(int file_descriptor) { return isatty(file_descriptor) == 1; }

bool colour_on(int file_descriptor) {
  const char* no_colour = std::getenv("NO_COLOR");
  return (no_colour == nullptr || *no_colour == '\0') &&
         is_terminal(file_descriptor);
}

int trouble(const std::string& message) {
  fmt::print(stderr, "kitle: {}\n", message);
  return kTrouble;
}

int trouble(const Status& status) { return trouble(status.message()); }

int usage(const std::string& message) {
  fmt::print(stderr, "kitle: {}\n", message);
  return kUsage;
}

void add_format(CLI::App& command, Format& format, bool with_csv) {
  std::vector<std::pair<std::string, Format>> choices{{"table", Format::kTable},
                                                      {"json", Format::kJson}};
  if (with_csv) choices.emplace_back("csv", Format::kCsv);
  add_choice(command, "--format", format, choices,
             "how to print; table is for people");
}

namespace {

CLI::Option* folder_option(CLI::App& command, std::string& folder) {
  return command
      .add_option("-C,--folder", folder,
                  "the repository: the nearest kitle.toml here or above; "
                  "else where you are")
      ->type_name("FOLDER");
}

}  // namespace

Language environment_language() {
  for (const char* name : {"KITLE_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    return language_named(value).value_or(Language::kEnglish);
  }
  return Language::kEnglish;
}

void report_language() {
  const char* asked = std::getenv("KITLE_LANGUAGE");
  if (asked == nullptr || *asked == '\0' || language_named(asked)) return;
  fmt::print(
      stderr,
      "kitle: there are no messages in KITLE_LANGUAGE={}, only in en and "
      "tr; these are English\n",
      asked);
}

std::string counted(uint64_t number, const char* what, Language language) {
  return in_language(language, fmt::format("{} {}{}", grouped(number), what,
                                           number == 1 ? "" : "s"));
}

void add_language(CLI::App& command, Language& language) {
  add_choice(command, "--language", language,
             {{"en", Language::kEnglish}, {"tr", Language::kTurkish}},
             "of diagnostics; else that of the environment");
}

void add_diagnostic_format(CLI::App& command, DiagnosticStyle::Format& format,
                           Language& language) {
  add_language(command, language);
  using Choice = DiagnosticStyle::Format;
  add_choice(command, "--format", format,
             {{"text", Choice::kText},
              {"json", Choice::kJson},
              {"sarif", Choice::kSarif},
              {"github", Choice::kGithub}},
             "how to print; text is for people");
}

void add_folder(CLI::App& command, std::string& folder) {
  folder = ".";
  folder_option(command, folder);
  command.preparse_callback([&command, &folder](size_t) {
    const auto* before = command.get_parent()->get_option(kFolder);
    if (before->count() > 0) folder = before->results().back();
  });
}

void add_folder_before(CLI::App& app, std::string& folder) {
  const CLI::Option* option = folder_option(app, folder);
  for (CLI::App* command : app.get_subcommands({})) {
    if (command->get_option_no_throw(kFolder) != nullptr) continue;
    command->preparse_callback([command, option](size_t) {
      if (option->count() == 0) return;
      throw CLI::ValidationError(
          "-C", "`kitle " + command->get_name() + "` works on no repository");
    });
  }
}

void add_store(CLI::App& command, std::string& folder) {
  command
      .add_option("--store", folder,
                  "the store; else the one that kitle.toml names")
      ->type_name("FOLDER");
}

Result<Rules> read_rules(const std::string& folder, LoadOptions options) {
  auto rules = load_rules(folder, options);
  if (!rules) return rules;
  const auto store = Store::open(rules->store_folder());
  if (!store) return rules;
  options.seen = &*store;
  return load_rules(folder, options);
}

int no_rules(const Status& status) {
  if (status.code() != StatusCode::kNotFound) return trouble(status);
  return trouble(status.message() +
                 " (-C FOLDER is another place, `kitle init` makes one)");
}

std::optional<Rules> load(const std::string& folder, Context& context,
                          const std::vector<std::string>& segments,
                          LoadOptions options) {
  const auto rules = read_rules(folder, std::move(options));
  if (!rules) {
    context.exit_code = no_rules(rules.error());
    return std::nullopt;
  }
  const Language language = environment_language();
  if (rules->ok() || !context.json) {
    const bool colour = colour_on(STDERR_FILENO);
    fmt::print(
        stderr, "{}",
        rules->diagnostics(
            {.colour = colour, .segments = segments, .language = language}));
  } else {
    fmt::print("{}",
               rules->diagnostics({.format = DiagnosticStyle::Format::kJson,
                                   .segments = segments,
                                   .language = language}));
  }
  if (rules->ok()) return *rules;
  context.exit_code = kRules;
  return std::nullopt;
}

std::string folder_from_here(const Rules& rules) {
  std::error_code error;
  const std::filesystem::path folder =
      std::filesystem::proximate(rules.folder(), error);
  if (error || folder.empty() || folder == ".") return "";
  return (folder / "").generic_string();
}

std::vector<std::string> segment_names(const Rules& rules) {
  std::vector<std::string> names;
  for (const SegmentInfo& segment : rules.segments()) {
    names.push_back(segment.name);
  }
  for (const StagesInfo& stages : rules.stages()) names.push_back(stages.name);
  return names;
}

std::string grouped(uint64_t number) {
  std::string digits = std::to_string(number);
  for (size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

std::string percent(uint64_t part, uint64_t whole) {
  if (whole == 0) return "-";
  return fmt::format("{:.2f} %", 100.0 * static_cast<double>(part) /
                                     static_cast<double>(whole));
}

std::string seconds_text(double seconds) {
  return seconds < 1 ? fmt::format("{:.1f} ms", seconds * 1000)
                     : fmt::format("{:.2f} s", seconds);
}

std::string utc_text(int64_t instant) {
  constexpr int64_t kMicros = 1'000'000;
  const int64_t seconds = instant / kMicros - (instant % kMicros < 0 ? 1 : 0);
  const int64_t micros = instant - seconds * kMicros;
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}{}Z",
                     fmt::gmtime(static_cast<std::time_t>(seconds)),
                     micros == 0 ? "" : fmt::format(".{:06}", micros));
}

std::string quoted_names(const std::vector<std::string>& names) {
  constexpr size_t kShown = 3;
  std::string text;
  for (size_t i = 0; i < std::min(names.size(), kShown); ++i) {
    text += fmt::format("{}`{}`", i == 0 ? "" : ", ", names[i]);
  }
  if (names.size() > kShown) {
    text += fmt::format(" and {} more", names.size() - kShown);
  }
  return text;
}

size_t width(std::string_view text) {
  return static_cast<size_t>(std::count_if(
      text.begin(), text.end(),
      [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string left(std::string_view text, size_t columns) {
  const size_t used = width(text);
  return std::string(text) +
         std::string(columns > used ? columns - used : 0, ' ');
}

std::string right(std::string_view text, size_t columns) {
  const size_t used = width(text);
  return std::string(columns > used ? columns - used : 0, ' ') +
         std::string(text);
}

std::string csv_cell(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos)
    return std::string(text);
  std::string cell = "\"";
  for (const char c : text) cell.append(c == '"' ? 2 : 1, c);
  return cell + "\"";
}

}  // namespace kitle::cli
