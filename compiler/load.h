// A rule repository from files or from texts: finds, parses and checks.
// Entry points: load_repository(), load_texts().
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compiler/catalogue.h"
#include "compiler/check.h"
#include "compiler/fit.h"
#include "compiler/typed.h"
#include "grammar/ast.h"
#include "grammar/diagnostic.h"
#include "grammar/source.h"
#include "kitle/lint.h"
#include "kitle/rules.h"
#include "runtime/status.h"
#include "runtime/store/snapshot.h"

namespace kitle {

// Everything known about a repository. `repository` is complete only if
// `diagnostics.errors() == 0`.
struct LoadedRepository {
  std::string folder;  // where kitle.toml is; "" for texts
  SourceSet sources;   // kitle.toml, then the *.kitle files sorted by path
  Syntax syntax;
  Repository repository;
  Actions actions;        // recommended ones, by segments, stages, "a.stage"
  std::vector<Fit> fits;  // those in the folder `fits`, by path
  std::vector<std::string> broken_fits;  // files there that are none
  Diagnostics diagnostics;               // sorted by place
  LintLevels lint_levels;                // those of kitle.toml
};

// The values that a store has seen.
class SnapshotValues : public SeenValues {
 public:
  explicit SnapshotValues(std::shared_ptr<const Snapshot> snapshot)
      : snapshot_(std::move(snapshot)) {}
  const Dictionary* dictionary(std::string_view domain) const override {
    return snapshot_->dictionary(domain);
  }
  std::string_view zone_bytes(std::string_view name) const override {
    const bool pinned = snapshot_->settings().time_zone == name;
    return pinned ? snapshot_->zone_bytes() : std::string_view();
  }
  const TextForms* forms() const override {
    const auto forms = snapshot_->text_forms();
    return forms ? *forms : nullptr;
  }

 private:
  std::shared_ptr<const Snapshot> snapshot_;
};

// The nearest folder with a kitle.toml: `folder` or one above it.
Result<std::string> find_repository(const std::string& folder);

// The store's folder of the repository at (or above) `folder`: absolute, or
// as relative as `folder` is. Needed before load_repository() can be given
// the values seen. A kitle.toml with mistakes gives the default, "store".
Result<std::string> store_folder(const std::string& folder);

// What files are in the folder `fits` that hold no fit. New ones may be made in
// their place.
enum class BrokenFits : uint8_t { kErrors, kWarnings };

// Reads kitle.toml at or above `folder` and all *.kitle files below it, but
// not those in hidden folders, in folders called `build`, in the store, or in
// a repository inside this one. Files that rules name (`table "toys.csv"`) are
// read, too, and the fits in the folder `fits` and the catalogues of libraries.
// The user's mistakes are in the diagnostics; a Status is a file or folder that
// cannot be read. `more`: texts that are no files, as if they were files behind
// the others.
Result<LoadedRepository> load_repository(
    const std::string& folder, const SeenValues* seen,
    std::vector<RuleText> more = {}, BrokenFits broken = BrokenFits::kErrors);

// The same files, read but neither parsed nor checked: only `folder`,
// `sources` and what is wrong with kitle.toml.
Result<LoadedRepository> read_repository(const std::string& folder);

// The *.kitle files below `folder`, sorted, whatever repositories they are in;
// not those in hidden folders or in folders called `build`.
Result<std::vector<std::string>> rule_files_below(const std::string& folder);

// A file's text; at most one byte more than parse() takes, so that it reports
// the rest.
Result<std::string> read_rule_text(const std::string& path);

// The diagnostics without the warnings of segments that are not asked for: of
// those in a segment or a `let`, what stands in one of `segments` or in what
// they use. No segments, or a mistake somewhere: all.
Diagnostics diagnostics_of(const LoadedRepository& loaded,
                           const std::vector<std::string>& segments);

// The same from memory. The text whose path is `kitle.toml` has the settings;
// without one they are the defaults.
LoadedRepository load_texts(std::vector<RuleText> texts,
                            const SeenValues* seen);

}  // namespace kitle
