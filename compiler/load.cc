// A rule repository from files or from texts.
#include "compiler/load.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "compiler/config.h"
#include "compiler/expand.h"
#include "compiler/fit_file.h"
#include "compiler/libraries.h"
#include "compiler/reason.h"
#include "grammar/parse.h"
#include "runtime/store/files.h"

namespace kitle {

namespace fs = std::filesystem;

namespace {

constexpr size_t kMaxFiles = 10'000;

std::unexpected<Status> failed(std::string operation, const fs::path& path,
                               const std::error_code& error) {
  return std::unexpected(Status(StatusCode::kIo, std::move(operation),
                                path.string(), error.message()));
}

// Finds the rule files of one repository, or, if it is not `one`, all.
class Finder {
 public:
  Finder(fs::path root, const std::string& store)
      : root_(std::move(root)),
        store_((root_ / store).lexically_normal()),
        one_(true) {}
  explicit Finder(fs::path root) : root_(std::move(root)) {}

  Result<std::vector<fs::path>> find() {
    std::error_code error;
    fs::recursive_directory_iterator entry(root_, error);
    for (; !error && entry != fs::end(entry); entry.increment(error)) {
      bool folder = entry->is_directory(error);
      if (error) error.clear();  // a dangling link is no rule file
      if (folder && skips(entry->path())) entry.disable_recursion_pending();
      if (!folder) file(*entry);
      if (found_.size() > kMaxFiles) return too_many();
    }
    if (error) return failed("read the folder", root_, error);
    auto name = [](const fs::path& path) { return path.generic_string(); };
    std::ranges::sort(found_, {}, name);
    return std::move(found_);
  }

 private:
  bool skips(const fs::path& folder) const {
    std::string name = folder.filename().string();
    if (name.starts_with('.') || name == "build") return true;
    std::error_code error;
    return one_ && (folder.lexically_normal() == store_ ||
                    fs::exists(folder / kConfigFile, error));
  }

  void file(const fs::directory_entry& entry) {
    std::error_code error;
    bool rules = entry.path().extension() == ".kitle" &&
                 !entry.path().filename().string().starts_with('.') &&
                 entry.is_regular_file(error);
    if (rules) found_.push_back(entry.path().lexically_relative(root_));
  }

  Result<std::vector<fs::path>> too_many() const {
    return std::unexpected(Status(StatusCode::kLimit, "read the folder",
                                  root_.string(),
                                  "it has more than 10,000 rule files"));
  }

  fs::path root_;
  fs::path store_;
  bool one_ = false;
  std::vector<fs::path> found_;
};

std::optional<Fit> read_one(LoadedRepository& loaded, uint32_t file,
                            Diagnostics& diagnostics) {
  auto fit = read_fit(loaded.sources, file, loaded.repository, diagnostics);
  const bool again =
      fit && std::ranges::any_of(loaded.fits, [&](const Fit& other) {
        return other.name == fit->name && other.now == fit->now;
      });
  if (!again) return fit;
  diagnostics.add(
      DiagnosticId::kBadFit, {file, 0, 0},
      {fmt::format("there is another fit of `{}` of this instant", fit->name)});
  return std::nullopt;
}

void read_fits(LoadedRepository& loaded, std::vector<RuleText> texts,
               BrokenFits broken) {
  for (TypedFit& each : loaded.repository.fits) {
    each.definition = definition_of(each, loaded.repository);
  }
  std::ranges::sort(texts, {}, &RuleText::path);
  for (RuleText& text : texts) {
    const uint32_t file =
        loaded.sources.add(std::move(text.path), std::move(text.text));
    Diagnostics found;
    auto fit = read_one(loaded, file, found);
    if (fit) {
      loaded.fits.push_back(std::move(*fit));
    } else {
      loaded.broken_fits.push_back(loaded.sources.file(file).path);
    }
    for (Diagnostic each : found.all()) {
      if (broken == BrokenFits::kWarnings) each.severity = Severity::kWarning;
      loaded.diagnostics.add(each);
    }
  }
}

// What is read where rules name it, or beside a library.
struct NamedFiles {
  ReadFile read;
  ListCatalogues catalogues;
};

// Parses and checks what is in `loaded.sources`; the first file is kitle.toml
// if `configured`.
void finish(LoadedRepository& loaded, const Config& config, bool configured,
            const SeenValues* seen, const NamedFiles& named,
            std::vector<RuleText> fits, BrokenFits broken) {
  loaded.lint_levels = config.lint;
  Libraries libraries;
  for (uint32_t i = configured ? 1 : 0; i < loaded.sources.size(); ++i) {
    Syntax file;
    parse(loaded.sources, i, file, loaded.diagnostics);
    take_file(std::move(file), loaded.sources.file(i).path, loaded.syntax,
              libraries, loaded.diagnostics);
  }
  loaded.actions =
      use_libraries(loaded.sources, libraries,
                    {config.settings.locale, named.read, named.catalogues},
                    loaded.syntax, loaded.diagnostics);
  expand_templates(loaded.sources, loaded.syntax, loaded.diagnostics);
  loaded.repository = check(loaded.sources, loaded.syntax, config.settings,
                            config.store, seen, named.read, loaded.diagnostics);
  if (loaded.diagnostics.errors() == 0) {
    reason(loaded.repository, loaded.syntax, loaded.sources,
           loaded.diagnostics);
    read_fits(loaded, std::move(fits), broken);
  }
  loaded.diagnostics.place_in_files(loaded.sources);
  loaded.diagnostics.sort();
}

// Which of the declarations these segments need, themselves among them.
std::vector<bool> asked_for(const Repository& repository,
                            const std::vector<std::string>& segments) {
  const std::vector<DeclaredUses>& declared = repository.declared;
  std::vector<bool> asked(declared.size());
  std::vector<uint32_t> open;
  for (uint32_t i = 0; i < declared.size(); ++i) {
    if (declared[i].segment.empty()) continue;
    const bool named = std::ranges::any_of(segments, [&](const auto& name) {
      return name.substr(0, name.find('.')) == declared[i].segment;
    });
    if (named) open.push_back(i);
  }
  while (!open.empty()) {
    const uint32_t here = open.back();
    open.pop_back();
    if (asked[here]) continue;
    asked[here] = true;
    open.insert(open.end(), declared[here].uses.begin(),
                declared[here].uses.end());
  }
  return asked;
}

// In a declaration that is not asked for.
bool stands_elsewhere(const Repository& repository,
                      const std::vector<bool>& asked, Span place) {
  const std::vector<DeclaredUses>& declared = repository.declared;
  for (size_t i = 0; i < declared.size(); ++i) {
    const Span& span = declared[i].span;
    const bool inside = span.file == place.file && span.begin <= place.begin &&
                        place.begin < span.end;
    if (inside) return !asked[i];
  }
  return false;
}

Result<Config> load_config(LoadedRepository& loaded, const SeenValues* seen) {
  Result<std::string> text =
      read_rule_text((fs::path(loaded.folder) / kConfigFile).string());
  if (!text) return std::unexpected(text.error());
  loaded.sources.add(kConfigFile, std::move(*text));
  return read_config(loaded.sources, 0, seen, loaded.diagnostics);
}

// All texts of the repository at or above `folder`, unparsed.
Result<Config> read_sources(const std::string& folder, const SeenValues* seen,
                            LoadedRepository& loaded) {
  Result<std::string> found = find_repository(folder);
  if (!found) return std::unexpected(found.error());
  loaded.folder = *found;
  Result<Config> config = load_config(loaded, seen);
  if (!config) return config;
  auto paths = Finder(loaded.folder, config->store).find();
  if (!paths) return std::unexpected(paths.error());
  for (const fs::path& path : *paths) {
    auto text = read_rule_text((fs::path(loaded.folder) / path).string());
    if (!text) return std::unexpected(text.error());
    loaded.sources.add(path.generic_string(), std::move(*text));
  }
  return config;
}

// What is read where rules name it, or beside a library.
bool is_named_file(const RuleText& text) {
  const bool catalogue = text.path.ends_with(".toml") &&
                         text.path != kConfigFile && !is_fit_file(text.path);
  return catalogue || text.path.ends_with(".csv");
}
bool is_fit(const RuleText& text) { return is_fit_file(text.path); }

// Those of the texts that are of a kind.
std::vector<RuleText> take(std::vector<RuleText>& texts,
                           bool (*is_one)(const RuleText&)) {
  const auto found = std::ranges::stable_partition(
      texts, [&](const RuleText& text) { return !is_one(text); });
  std::vector<RuleText> taken(std::move_iterator(found.begin()),
                              std::move_iterator(found.end()));
  texts.erase(found.begin(), found.end());
  return taken;
}

// The files in the folder of a library, relative to the repository.
void add_beside(const std::string& folder, const std::string& library,
                std::vector<std::string>& paths) {
  const fs::path beside = fs::path(library).parent_path();
  std::error_code none;
  fs::directory_iterator entry(fs::path(folder) / beside, none);
  for (; !none && entry != fs::end(entry); entry.increment(none)) {
    const fs::path path = beside / entry->path().filename();
    paths.push_back(path.generic_string());
  }
}

// Those of `texts` and of the folder that are catalogues of a library.
ListCatalogues catalogues_of(const std::vector<RuleText>& texts,
                             const std::string& folder) {
  std::vector<std::string> paths;
  for (const RuleText& each : texts) paths.push_back(each.path);
  return [paths, folder](const std::string& library) {
    std::vector<std::string> all = paths;
    if (!folder.empty()) add_beside(folder, library, all);
    std::set<std::string> found;
    for (const std::string& each : all) {
      if (is_catalogue(each, library)) found.insert(each);
    }
    return std::vector<std::string>(found.begin(), found.end());
  };
}

// One of `texts`, else a file of the folder; "" has none.
ReadFile read_first(std::vector<RuleText> texts, const std::string& folder) {
  return [texts = std::move(texts),
          folder](const std::string& path) -> Result<std::string> {
    const auto found = std::ranges::find(texts, path, &RuleText::path);
    if (found != texts.end()) return found->text;
    if (!folder.empty()) {
      return system_files().read((fs::path(folder) / path).string());
    }
    return std::unexpected(
        Status(StatusCode::kNotFound, "open", path, "there is no such text"));
  };
}

NamedFiles named_files(std::vector<RuleText> texts, const std::string& folder) {
  ListCatalogues catalogues = catalogues_of(texts, folder);
  return {read_first(std::move(texts), folder), std::move(catalogues)};
}

// The fits of the repository in this folder.
Result<std::vector<RuleText>> fits_below(const std::string& folder) {
  std::vector<RuleText> found;
  std::error_code error;
  fs::directory_iterator entry(fs::path(folder) / kFitsFolder, error);
  if (error == std::errc::no_such_file_or_directory) return found;
  for (; !error && entry != fs::end(entry); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    std::string path = fmt::format("{}/{}", kFitsFolder, name);
    std::error_code unread;  // a dangling link is no fit
    const bool fits = !name.starts_with('.') && is_fit_file(path) &&
                      entry->is_regular_file(unread);
    if (!fits) continue;
    auto text = read_rule_text(entry->path().string());
    if (!text) return std::unexpected(text.error());
    found.push_back({std::move(path), std::move(*text)});
  }
  if (error) return failed("read the folder", folder, error);
  return found;
}

}  // namespace

Result<std::string> find_repository(const std::string& folder) {
  std::error_code error;
  fs::path start = fs::absolute(folder, error).lexically_normal();
  if (error) return failed("open", folder, error);
  for (fs::path at = start;; at = at.parent_path()) {
    if (fs::exists(at / kConfigFile, error)) {
      bool here = at == start;
      return here ? folder : at.string();
    }
    if (at == at.root_path()) break;
  }
  return std::unexpected(
      Status(StatusCode::kNotFound, "open", folder,
             "no kitle.toml in this folder or in one above it"));
}

Result<std::string> store_folder(const std::string& folder) {
  Result<std::string> found = find_repository(folder);
  if (!found) return found;
  LoadedRepository loaded;
  loaded.folder = *found;
  Result<Config> config = load_config(loaded, nullptr);
  if (!config) return std::unexpected(config.error());
  return (fs::path(loaded.folder) / config->store).string();
}

Result<LoadedRepository> load_repository(const std::string& folder,
                                         const SeenValues* seen,
                                         std::vector<RuleText> more,
                                         BrokenFits broken) {
  LoadedRepository loaded;
  Result<Config> config = read_sources(folder, seen, loaded);
  if (!config) return std::unexpected(config.error());
  const NamedFiles named =
      named_files(take(more, is_named_file), loaded.folder);
  auto fits = fits_below(loaded.folder);
  if (!fits) return std::unexpected(fits.error());
  for (RuleText& each : take(more, is_fit)) fits->push_back(std::move(each));
  for (RuleText& text : more) {
    loaded.sources.add(std::move(text.path), std::move(text.text));
  }
  finish(loaded, *config, true, seen, named, std::move(*fits), broken);
  return loaded;
}

Result<LoadedRepository> read_repository(const std::string& folder) {
  LoadedRepository loaded;
  Result<Config> config = read_sources(folder, nullptr, loaded);
  if (!config) return std::unexpected(config.error());
  return loaded;
}

Result<std::vector<std::string>> rule_files_below(const std::string& folder) {
  auto found = Finder(folder).find();
  if (!found) return std::unexpected(found.error());
  std::vector<std::string> paths;
  for (const fs::path& path : *found) {
    paths.push_back((fs::path(folder) / path).lexically_normal().string());
  }
  return paths;
}

Result<std::string> read_rule_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::unexpected(status_from_errno("open", path));
  constexpr size_t kStep = 1 << 14;  // most files are shorter
  std::string text;
  while (file && text.size() <= kMaxFileBytes) {
    const size_t length = text.size();
    const size_t room = std::min(kStep, kMaxFileBytes + 1 - length);
    text.resize(length + room);
    file.read(text.data() + length, static_cast<std::streamsize>(room));
    text.resize(length + static_cast<size_t>(file.gcount()));
  }
  if (file.bad()) return std::unexpected(status_from_errno("read", path));
  return text;
}

Diagnostics diagnostics_of(const LoadedRepository& loaded,
                           const std::vector<std::string>& segments) {
  const Diagnostics& all = loaded.diagnostics;
  if (segments.empty() || all.errors() > 0) return all;
  const std::vector<bool> asked = asked_for(loaded.repository, segments);
  Diagnostics kept;
  for (const Diagnostic& each : all.all()) {
    if (!stands_elsewhere(loaded.repository, asked, each.span)) kept.add(each);
  }
  return kept;
}

LoadedRepository load_texts(std::vector<RuleText> texts,
                            const SeenValues* seen) {
  LoadedRepository loaded;
  const NamedFiles named = named_files(take(texts, is_named_file), "");
  std::vector<RuleText> fits = take(texts, is_fit);
  auto is_config = [](const RuleText& text) {
    return text.path == kConfigFile;
  };
  auto rules = std::ranges::stable_partition(texts, is_config);
  bool configured = rules.begin() != texts.begin();
  std::ranges::stable_sort(rules, {}, &RuleText::path);
  for (RuleText& text : texts) {
    loaded.sources.add(std::move(text.path), std::move(text.text));
  }
  Config config;
  if (configured)
    config = read_config(loaded.sources, 0, seen, loaded.diagnostics);
  finish(loaded, config, configured, seen, named, std::move(fits),
         BrokenFits::kErrors);
  return loaded;
}

}  // namespace kitle
