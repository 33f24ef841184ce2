// The user's mistakes: every message is one row of diagnostics.def. A
// Diagnostics collects them; rendering is a separate step.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/source.h"

namespace kitle {

enum class Severity : uint8_t { kError, kWarning, kNote };
const char* severity_word(Severity severity);  // "warning"

// One enumerator a row of diagnostics.def:
//   KITLE_DIAGNOSTIC(name, "E0123", severity, "title with {0} {1}",
//                    "long help: reason, an example, its mend")
// E01xx characters and syntax, E02xx names, E03xx types and units,
// E04xx time and windows, E05xx schema, E06xx sources, E07xx kitle.toml,
// E08xx files of lists and tables, E09xx personas and scores, E11xx tests,
// E12xx sequences, E13xx groups and sessions, E132x values, E14xx guards, W0xxx
// warnings; lints have names ("is-not-missing").
enum class DiagnosticId : uint16_t {
#define KITLE_DIAGNOSTIC(name, code, severity, title, help) name,
#include "grammar/diagnostics.def"
#undef KITLE_DIAGNOSTIC
};

struct DiagnosticInfo {
  std::string_view name;
  std::string_view code;
  Severity severity;
  std::string_view title;
  std::string_view help;
};

const DiagnosticInfo& info(DiagnosticId id);
// Null if no row has this code ("E0123").
const DiagnosticInfo* find_diagnostic(std::string_view code);

// A second place that matters.
struct Label {
  Span span;
  std::string text;
};

// A replacement that mends the text.
struct Mend {
  Span span;
  std::string replacement;
  std::string text;  // what it does: "write `in last 7 days`"
};

struct Diagnostic {
  DiagnosticId id;
  Span span;
  std::vector<std::string> args;  // for {0}, {1} of the title
  std::string label;              // beside the caret line; may be empty
  std::vector<Label> labels;
  std::vector<Mend> mends;
  Severity severity =
      Severity::kError;  // that of its row, or of a lint's level

  Diagnostic& with_label(std::string text);
  Diagnostic& with_place(Span place, std::string text);
  Diagnostic& with_mend(Span place, std::string replacement, std::string text);
};

// Collects up to a limit (further ones are counted), in the order found.
class Diagnostics {
 public:
  static constexpr size_t kLimit = 1000;
  Diagnostic& add(DiagnosticId id, Span span,
                  std::vector<std::string> args = {});
  void add(const Diagnostic& made);
  const std::vector<Diagnostic>& all() const { return all_; }
  size_t errors() const { return errors_; }
  size_t warnings() const { return warnings_; }
  size_t notes() const { return notes_; }
  size_t dropped() const { return dropped_; }
  // Places in copies become those of the files; the calls are second places.
  void place_in_files(const SourceSet& sources);
  // By file and place; equal ones once.
  void sort();

 private:
  size_t& count_of(Severity severity);

  std::vector<Diagnostic> all_;
  size_t errors_ = 0;
  size_t warnings_ = 0;
  size_t notes_ = 0;
  size_t dropped_ = 0;
  Diagnostic overflow_{};
};

// The title with its arguments filled in.
std::string title_of(const Diagnostic& diagnostic);

enum class DiagnosticFormat : uint8_t {
  kText,    // code, title, path:line:column, the line, carets, labels, mends,
            // and for the first of a code the help
  kJson,    // one array
  kSarif,   // SARIF 2.1.0 (OASIS): one run, mends as fixes
  kGithub,  // a workflow command of GitHub Actions a line: an annotation
};

// Colours only in text and only if asked. `folder` stands before each path for
// SARIF and GitHub, whose readers know another root than the repository's:
// "rules/" or "".
std::string render(const Diagnostics& diagnostics, const SourceSet& sources,
                   DiagnosticFormat format, bool colour,
                   std::string_view folder = "");

// The nearest of `known` to `name` by edit distance, also when only
// I/ı/İ/i or letter case differ; empty if none is near.
std::string nearest(std::string_view name,
                    const std::vector<std::string>& known);

}  // namespace kitle
