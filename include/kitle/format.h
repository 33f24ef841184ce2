// Rule texts in one style, as `kitle fmt` writes them.
//
//   auto files = kitle::read_rule_files("path/to/repository");
//   kitle::Formatter formatter(files->texts);
//   auto made = formatter.format(files->texts[0]);
//   if (made.ok) use(made.text);
//
// Formatting changes blanks, ends of lines and the number of an event's name
// (`1 purchase`, `2 purchases`); what a text says, and its comments, stay.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kitle/rules.h"
#include "kitle/status.h"

namespace kitle {

struct FormattedText {
  bool ok = false;          // false: the text has mistakes of syntax
  std::string text;         // in the one style; empty unless ok
  std::string diagnostics;  // the mistakes; empty if ok
};

// Immutable and thread-safe; cheap to copy (shared).
class Formatter {
 public:
  // Knows no events: their names are left in the number that they have.
  Formatter();
  // Knows the events that the texts of one repository declare. Texts with
  // mistakes serve as far as they are understood.
  explicit Formatter(const std::vector<RuleText>& texts);

  FormattedText format(const RuleText& text,
                       const DiagnosticStyle& style = {}) const;

 private:
  struct Impl;
  std::shared_ptr<const Impl> impl_;
};

// The rule files of one repository.
struct RuleFiles {
  std::string folder;           // where kitle.toml is
  std::vector<RuleText> texts;  // paths relative to it, sorted
};

// Reads the files of the repository at or above `folder`, the same that
// load_rules() reads. Errors: kNotFound (no kitle.toml), kIo.
Result<RuleFiles> read_rule_files(const std::string& folder);

// Every *.kitle file below `folder`, sorted, those of several repositories
// too; not those in hidden folders or in folders called `build`.
Result<std::vector<std::string>> find_rule_files(const std::string& folder);

// One file's text. Of a file too large for rules its beginning, for which
// format() reports that.
Result<std::string> read_rule_file(const std::string& path);

// Replaces the text of a file that exists, at once or not at all; its
// permissions stay, and a link goes on to lead to it. A file that its
// permissions do not let anybody write is an error (kIo).
Status write_rule_file(const std::string& path, std::string_view text);

// What differs, as `diff -u` shows it, under the names `a/PATH` and `b/PATH`;
// "" where nothing does.
std::string unified_diff(std::string_view path, std::string_view before,
                         std::string_view after);

}  // namespace kitle
