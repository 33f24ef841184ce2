// Lints: what rules may say and often do not mean, such as `is not` of a value
// that may be missing. Nothing of it changes who is in a segment.
//
//   for (const auto& each : kitle::lint(rules, {}).findings) show(each);
//
// A comment on the line before allows one, with a reason:
//   # lint: allow is-not-missing because nobody without a city is written to
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kitle/rules.h"

namespace kitle {

enum class LintLevel : uint8_t {
  kOff,
  kNote,  // worth a look; fails nothing
  kWarning,
  kError,
};
const char* lint_level_name(LintLevel level);  // "warning"
std::optional<LintLevel> lint_level_named(std::string_view name);

// By a lint's name.
using LintLevels = std::map<std::string, LintLevel, std::less<>>;

// A lint; explain_diagnostic() of its name tells more, with an example.
struct LintRule {
  std::string name;                       // "is-not-missing"
  LintLevel level = LintLevel::kWarning;  // where nothing else says so
  bool fixes = false;                     // fix_lints() can mend it
  // It follows from the conditions, so `kitle check` tells it
  // (LoadOptions::proven), and lint() only where it is asked for by name.
  bool proven = false;
  std::string summary;        // in one line
  std::string fix_note = {};  // what `--fix` does of it, and why
};
// In the order of the documentation.
std::vector<LintRule> lint_rules(Language language = Language::kEnglish);

struct LintOptions {
  // These come before the levels of kitle.toml ([lint]).
  LintLevels levels = {};
  // Only these lints; empty: all.
  std::vector<std::string> only = {};
};

struct LintFinding {
  std::string lint;
  LintLevel level = LintLevel::kWarning;
  std::string file;  // as in diagnostics: "segments/vip.kitle"
  size_t line = 0;
  size_t column = 0;
  std::string message = {};  // in one line, in the style's language
};

struct LintReport {
  std::vector<LintFinding> findings;  // by file and place
  size_t errors = 0;
  size_t warnings = 0;
  size_t notes = 0;
  size_t fixable = 0;  // fix_lints() may mend so many
  std::string text;    // all of them, in the style asked for
};

// What is found. Files of the standard library are not looked at.
// REQUIRES: rules.ok().
LintReport lint(const Rules& rules, const LintOptions& options,
                const DiagnosticStyle& style = {});

struct LintFixes {
  std::vector<RuleText> files;  // the changed ones, paths as in diagnostics
  size_t fixed = 0;             // findings
};

// Mends what can be mended without changing who is in: every fix was checked to
// leave the meaning of all rules as it was, comments stay, and the files are
// formatted. Writes nothing. REQUIRES: rules.ok().
LintFixes fix_lints(const Rules& rules, const LintOptions& options);

}  // namespace kitle
