// kitle fmt: rule files in one style.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>

#include "cli/command.h"
#include "kitle/format.h"

namespace kitle::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kStandardInput = "<stdin>";

struct Options {
  std::string folder;
  std::vector<std::string> paths;
  bool check = false;
  bool diff = false;
  bool standard_input = false;
};

class Command {
 public:
  explicit Command(const Options& options) : options_(options) {}

  int run() {
    const bool minus = std::ranges::count(options_.paths, "-") > 0;
    if (!minus && !options_.standard_input) {
      if (options_.paths.empty()) repository();
      for (const std::string& path : options_.paths) argument(path);
      return code_;
    }
    if (options_.paths.size() > (minus ? 1 : 0)) {
      return usage("standard input is formatted alone, without files");
    }
    standard_input();
    return code_;
  }

 private:
  // ---- which files ----

  void repository() {
    const auto files = read_rule_files(options_.folder);
    if (!files) return fail(no_rules(files.error()));
    const Formatter formatter(files->texts);
    for (const RuleText& text : files->texts) {
      const fs::path path = fs::path(files->folder) / text.path;
      file(formatter, {path.lexically_normal().string(), text.text});
    }
  }

  void argument(const std::string& path) {
    std::error_code error;
    if (!fs::is_directory(path, error)) return file(path);
    const auto below = find_rule_files(path);
    if (!below) return fail(trouble(below.error()));
    for (const std::string& each : *below) file(each);
  }

  void file(const std::string& path) {
    const auto text = read_rule_file(path);
    if (!text) return fail(trouble(text.error()));
    const fs::path folder = fs::path(path).parent_path();
    file(formatter_of(folder.empty() ? "." : folder.string()), {path, *text});
  }

  // That of the repository which a folder is in, if it is in one.
  const Formatter& formatter_of(const std::string& folder) {
    const auto known = formatters_.find(folder);
    if (known != formatters_.end()) return known->second;
    const auto files = read_rule_files(folder);
    if (!files) return formatters_[folder] = without_repository(files.error());
    const std::string root = fs::absolute(files->folder).lexically_normal();
    const auto made = roots_.find(root);
    if (made == roots_.end()) roots_[root] = Formatter(files->texts);
    return formatters_[folder] = roots_[root];
  }

  Formatter without_repository(const Status& status) {
    if (status.code() != StatusCode::kNotFound) fail(trouble(status));
    return Formatter();
  }

  // ---- one file ----

  FormattedText formatted(const Formatter& formatter, const RuleText& text) {
    FormattedText made =
        formatter.format(text, {.colour = colour_on(STDERR_FILENO),
                                .language = environment_language()});
    if (!made.ok) {
      fmt::print(stderr, "{}", made.diagnostics);
      fail(kRules);
    }
    return made;
  }

  void file(const Formatter& formatter, const RuleText& text) {
    const FormattedText made = formatted(formatter, text);
    if (!made.ok || made.text == text.text) return;
    if (options_.check || options_.diff) return show(text, made.text);
    const Status written = write_rule_file(text.path, made.text);
    if (!written.ok()) return fail(trouble(written));
    fmt::print("{}\n", text.path);
  }

  void show(const RuleText& text, const std::string& made) {
    fail(kRules);
    if (options_.check) return fmt::print("{}\n", text.path);
    fmt::print("{}", unified_diff(text.path, text.text, made));
  }

  void standard_input() {
    const std::string text(std::istreambuf_iterator<char>(std::cin), {});
    const RuleText read{kStandardInput, text};
    const FormattedText made = formatted(formatter_of(options_.folder), read);
    if (!made.ok) return;
    if (!options_.check && !options_.diff) fmt::print("{}", made.text);
    if ((options_.check || options_.diff) && made.text != text) {
      show(read, made.text);
    }
  }

  // The worst of all files is the command's.
  void fail(int code) { code_ = std::max(code_, code); }

  const Options& options_;
  int code_ = kFine;
  std::map<std::string, Formatter> formatters_;  // by folder
  std::map<std::string, Formatter> roots_;       // by repository
};

}  // namespace

void add_fmt(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("fmt", "write the rule files in one style");
  command->footer(
      "Without a file, those of the repository. Prints the files that it\n"
      "changes; what a rule says and its comments are never changed. A file\n"
      "with mistakes of syntax is left as it is.\n\n"
      "Exit code 1 if a file has mistakes of syntax or, with --check or "
      "--diff,\n"
      "is not formatted.\n\n"
      "Examples:\n"
      "  kitle fmt\n"
      "  kitle fmt --check\n"
      "  kitle fmt --diff segments/contact.kitle\n"
      "  kitle fmt - < draft.kitle");
  command
      ->add_option("files", options->paths,
                   "files, or folders with *.kitle files; - is standard input")
      ->type_name("FILE|FOLDER");
  add_folder(*command, options->folder);
  CLI::Option* check = command->add_flag(
      "--check", options->check, "write nothing, name what is not formatted");
  command
      ->add_flag("--diff", options->diff,
                 "write nothing, show what would change")
      ->excludes(check);
  command->add_flag("--stdin", options->standard_input,
                    "standard input to standard output, as -");
  command->callback(
      [options, &context] { context.exit_code = Command(*options).run(); });
}

}  // namespace kitle::cli
