// A rule repository: kitle.toml and *.kitle files, parsed and checked.
//
//   auto rules = kitle::load_rules("path/to/repository");
//   if (!rules) return fail(rules.error().message());   // cannot be read
//   if (!rules->ok()) std::cerr << rules->diagnostics({});  // has mistakes
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kitle/status.h"

namespace kitle {

class Store;

// One rule file that is not on disk.
struct RuleText {
  std::string path;  // as it shall stand in messages; "kitle.toml" is special
  std::string text;
};

// A segment, or a stage: that is a segment called "lifecycle.lost".
struct SegmentInfo {
  std::string name;
  std::string title;        // the name where none was written
  std::string stages = {};  // whose stage it is: "lifecycle"; "" for no stage
  // What to do about these people, as a library's catalogue says; else "".
  std::string action = {};
};

// Segments that part everyone: each person is in exactly one of them.
struct StagesInfo {
  std::string name;
  std::string title;  // the name where none was written
  size_t first = 0;   // of segments()
  size_t count = 0;
  std::string action = {};  // as SegmentInfo::action
};

// In which language diagnostics speak. The library never asks the environment.
enum class Language : uint8_t { kEnglish, kTurkish };
// Of "tr", "en" or a locale of the environment, "tr_TR.UTF-8", in small letters
// or capitals; nothing for others.
std::optional<Language> language_named(std::string_view name);
// "3 errors" in a language, as it stands behind diagnostics; what is in no
// catalogue of messages stays English.
std::string in_language(Language language, std::string_view english);

// What diagnostics look like; text is for people, the others for programs.
struct DiagnosticStyle {
  enum class Format : uint8_t {
    kText,
    kJson,    // one array
    kSarif,   // SARIF 2.1.0, for code scanning
    kGithub,  // workflow commands of GitHub Actions, which annotate the files
  };
  Format format = Format::kText;
  bool colour = false;  // text only
  // SARIF and GitHub: stands before each path, which is else relative to the
  // repository's folder: "rules/".
  std::string folder = {};
  // Without the warnings of other segments than these and what they use; none:
  // everything.
  std::vector<std::string> segments = {};
  Language language = Language::kEnglish;  // codes are the same in all
};

// The stages that can be shown (`kitle explain`).
enum class Stage : uint8_t {
  kSyntax,   // the tree as written
  kTyped,    // names and types resolved
  kPlan,     // the shared graph of all rules
  kProgram,  // array operations
  kCode,     // the machine code's source: LLVM IR
};

// Immutable and thread-safe; cheap to copy (shared). Knows the text of every
// file and every mistake found in it.
class Rules {
 public:
  struct Impl;
  explicit Rules(std::shared_ptr<const Impl> impl);

  // No errors: the rules can run. Warnings do not count.
  bool ok() const;
  size_t errors() const;
  size_t warnings() const;
  // All diagnostics, by file and place.
  std::string diagnostics(const DiagnosticStyle& style) const;

  // What a run answers, in the order of declaration (files by path); without
  // what is private. Empty if not ok().
  const std::vector<SegmentInfo>& segments() const;
  const std::vector<StagesInfo>& stages() const;
  // Whether a segment, a stage or stages are called so, also private ones:
  // these can be asked for by their names. False if not ok().
  bool has_segment(std::string_view name) const;
  // The names of the sources, in the same order. Empty if not ok().
  const std::vector<std::string>& sources() const;

  // The repository's folder, or "" for rules from memory.
  const std::string& folder() const;
  // The store's folder: kitle.toml's `store` relative to the repository.
  const std::string& store_folder() const;
  const std::string& name() const;
  const std::string& time_zone() const;

  // A stage as text; `segment` "" is everything, a declaration of stages all of
  // them. REQUIRES: ok(). An unknown segment is kNotFound with the nearest
  // name. Values compared with personal attributes are not shown, but in the
  // syntax tree: the rule's own text. What is fitted has the cuts of the newest
  // fits; a segment without one is nobody.
  Result<std::string> explain(Stage stage, std::string_view segment) const;

  // A written instant for `--as-of`: a date (its local midnight), a local time
  // `2026-03-01 12:00`, or RFC 3339. Microseconds since 1970-01-01T00:00Z.
  // Local is in the zone that `store` pinned, the one its runs reckon in; null:
  // in the repository's zone as this machine's zone files have it.
  Result<int64_t> instant(std::string_view written,
                          const Store* store = nullptr) const;

  // An instant in that zone: "2026-03-01 12:00:00", and the fraction of a
  // second where there is one: "2026-03-01 12:00:00.250000".
  std::string local_time(int64_t instant, const Store* store = nullptr) const;

  const Impl& impl() const { return *impl_; }

 private:
  std::shared_ptr<const Impl> impl_;
};

struct LoadOptions {
  // Values the store has seen serve suggestions; null: none.
  const Store* seen = nullptr;
  // Further texts, as if they were files of the repository.
  std::vector<RuleText> more = {};
  // Also tell what is proven of segments and clauses: which are the same, and
  // which change nothing (LintRule::proven).
  bool proven = false;
  // Files in the folder `fits` with a mistake are left out with a warning; else
  // they are errors. For what makes new ones.
  bool refit = false;
};

// Reads the repository that holds `folder` (the nearest kitle.toml upwards).
// Errors: kNotFound (no kitle.toml), kIo.
Result<Rules> load_rules(const std::string& folder,
                         const LoadOptions& options = {});
// The same from memory.
Rules load_rules(std::vector<RuleText> texts, const LoadOptions& options = {});

// The long explanation of a diagnostic's code ("E0301"), with an example and
// its mend, or with what such a mistake takes; "" if unknown.
std::string explain_diagnostic(std::string_view code,
                               Language language = Language::kEnglish);
// The codes of all diagnostics, in the order of the documentation.
std::vector<std::string> diagnostic_codes();

// The one of `known` that is most like `name`, for a `did you mean`; "" if
// none is near.
std::string nearest_name(std::string_view name,
                         const std::vector<std::string>& known);

}  // namespace kitle
