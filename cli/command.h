// What the subcommands share. Each subcommand is one file with one function
// `add_NAME(app, context)`, which declares its options and what runs.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kitle/rules.h"
#include "kitle/status.h"
#include "kitle/store.h"

namespace kitle::cli {

// 0 fine, 1 rules have errors, 2 wrong usage, 3 data or system trouble.
enum ExitCode : int { kFine = 0, kRules = 1, kUsage = 2, kTrouble = 3 };

struct Context {
  int exit_code = kFine;
  // A program reads the output, mistakes in the rules too: as `check --format
  // json` prints them.
  bool json = false;
};

// Colour on this stream: a terminal, and NO_COLOR is not set.
bool colour_on(int file_descriptor);
bool is_terminal(int file_descriptor);

// Print "kitle: MESSAGE" to stderr; kTrouble and kUsage.
int trouble(const Status& status);
int trouble(const std::string& message);
int usage(const std::string& message);

// ---- options ----

// An option with a few named values. Its type reads "table|json|csv", which
// help shows and completion offers.
template <class Value>
void add_choice(CLI::App& command, const std::string& name, Value& value,
                const std::vector<std::pair<std::string, Value>>& choices,
                const std::string& help) {
  std::string words;
  for (const auto& [word, meaning] : choices) {
    words += (words.empty() ? "" : "|") + word;
  }
  const auto set = [&value, choices, name, words](const std::string& written) {
    for (const auto& [word, meaning] : choices) {
      if (word != written) continue;
      value = meaning;
      return;
    }
    throw CLI::ValidationError(name,
                               "`" + written + "` is not one of " + words);
  };
  command.add_option_function<std::string>(name, set, help)->type_name(words);
}

enum class Format : uint8_t { kTable, kJson, kCsv };
void add_format(CLI::App& command, Format& format, bool with_csv);
// The same of diagnostics, for people and for programs; and `--language`.
void add_diagnostic_format(CLI::App& command, DiagnosticStyle::Format& format,
                           Language& language);
void add_language(CLI::App& command, Language& language);
// KITLE_LANGUAGE, else that of the locale: LC_ALL, LC_MESSAGES, LANG.
Language environment_language();
// Says it where KITLE_LANGUAGE names a language without messages.
void report_language();
// "1 error", "1,200 segments", in the language.
std::string counted(uint64_t number, const char* what, Language language);
// Most subcommands work on the repository at or above a folder. It may stand
// before the subcommand, too; the one behind it counts then.
void add_folder(CLI::App& command, std::string& folder);
// That option of the command itself, after all subcommands were added; those
// that work on no repository refuse it.
void add_folder_before(CLI::App& app, std::string& folder);
void add_store(CLI::App& command, std::string& folder);

// ---- rules ----

// The rules. Values that the store has seen serve suggestions if the store
// can be opened.
Result<Rules> read_rules(const std::string& folder, LoadOptions options = {});
// Says why they cannot be read; kTrouble.
int no_rules(const Status& status);
// read_rules(), or nothing after the trouble or the diagnostics were printed
// and the exit code is set (Context::json: to the output). Warnings are printed
// and go on: those of `segments` and of what they use, or all.
std::optional<Rules> load(const std::string& folder, Context& context,
                          const std::vector<std::string>& segments = {},
                          LoadOptions options = {});
// The repository's folder from here, "rules/", as readers of SARIF, of
// annotations and of coverage want paths; "" for this one.
std::string folder_from_here(const Rules& rules);
// Of segments, stages and declarations of stages that a run answers.
std::vector<std::string> segment_names(const Rules& rules);

// ---- text ----

// "1,234,567" and "0.35 %".
std::string grouped(uint64_t number);
std::string percent(uint64_t part, uint64_t whole);
// "0.4 ms", "2.31 s".
std::string seconds_text(double seconds);
// RFC 3339 in UTC.
std::string utc_text(int64_t instant);
// How many columns a text takes on a terminal: its code points.
size_t width(std::string_view text);
// `text` with spaces behind it (or before it) up to `columns`.
std::string left(std::string_view text, size_t columns);
std::string right(std::string_view text, size_t columns);
// "`a`, `b`, `c` and 4 more".
std::string quoted_names(const std::vector<std::string>& names);
// RFC 4180.
std::string csv_cell(std::string_view text);

// ---- subcommands ----

void add_init(CLI::App& app, Context& context);
void add_check(CLI::App& app, Context& context);
void add_lint(CLI::App& app, Context& context);
void add_fmt(CLI::App& app, Context& context);
void add_test(CLI::App& app, Context& context);
void add_ingest(CLI::App& app, Context& context);
void add_fold(CLI::App& app, Context& context);
void add_fit(CLI::App& app, Context& context);
void add_forecast(CLI::App& app, Context& context);
void add_run(CLI::App& app, Context& context);
void add_build(CLI::App& app, Context& context);
void add_size(CLI::App& app, Context& context);
void add_why(CLI::App& app, Context& context);
void add_explain(CLI::App& app, Context& context);
void add_version(CLI::App& app, Context& context);
void add_help(CLI::App& app, Context& context);
void add_completion(CLI::App& app, Context& context);

}  // namespace kitle::cli
