// See catalogue.h.
#include "compiler/catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "compiler/toml_places.h"

namespace kitle {

namespace {

constexpr std::string_view kRules = ".kitle";
constexpr std::string_view kEnding = ".toml";
constexpr std::string_view kTitle = "title";
constexpr std::string_view kAction = "action";

// What a table of the catalogue is for.
struct Entry {
  std::string name;              // "groups", "groups.lost"
  std::string* title = nullptr;  // of the declaration
  bool acted_on = true;          // stages and scores have no members
  StagesDecl* stages = nullptr;  // whose tables may stand in it
};

class CatalogueReader {
 public:
  CatalogueReader(const SourceSet& sources, uint32_t file, bool taken,
                  Syntax& library, Diagnostics& diagnostics)
      : text_(sources.file(file).text),
        taken_(taken),
        library_(library),
        diagnostics_(diagnostics),
        places_(text_, file) {}

  Actions read() {
    const toml::parse_result parsed = toml::parse(text_);
    if (!parsed) {
      const toml::parse_error& error = parsed.error();
      diagnostics_.add(DiagnosticId::kCatalogueSyntax,
                       places_.span(error.source()),
                       {std::string(error.description())});
      return {};
    }
    for (auto&& [key, value] : parsed.table()) {
      if (const auto entry = declared(key)) table(key, value, *entry);
    }
    return std::move(actions_);
  }

 private:
  template <class Decls>
  static auto* named(Decls& decls, const std::string& name) {
    const auto found = std::ranges::find_if(
        decls, [&](const auto& each) { return each.name.text == name; });
    return found == decls.end() ? nullptr : &*found;
  }

  std::optional<Entry> declared(const toml::key& key) {
    const std::string name(key.str());
    if (auto* found = named(library_.segments, name)) {
      return Entry{name, &found->title};
    }
    if (auto* found = named(library_.stages, name)) {
      return Entry{name, &found->title, false, found};
    }
    if (auto* found = named(library_.personas, name)) {
      return Entry{name, &found->title};
    }
    if (auto* found = named(library_.scores, name)) {
      return Entry{name, &found->title, false};
    }
    std::vector<std::string> known;
    add_names(library_.segments, known);
    add_names(library_.stages, known);
    add_names(library_.personas, known);
    add_names(library_.scores, known);
    unknown(DiagnosticId::kCatalogueName, key, {name}, known);
    return std::nullopt;
  }

  template <class Decls>
  static void add_names(const Decls& decls, std::vector<std::string>& names) {
    for (const auto& each : decls) names.push_back(each.name.text);
  }

  void table(const toml::key& of, const toml::node& node, const Entry& entry) {
    const toml::table* table = node.as_table();
    if (table == nullptr) return wrong_type(of, node, "a table");
    for (auto&& [key, value] : *table) {
      if (entry.stages != nullptr && value.is_table()) {
        stage(key, value, *entry.stages);
      } else if (key.str() == kTitle) {
        text(key, value, *entry.title);
      } else if (key.str() == kAction && entry.acted_on) {
        text(key, value, actions_[entry.name]);
      } else {
        unknown(DiagnosticId::kCatalogueKey, key, {std::string(key.str())},
                settings_of(entry))
            .with_label(what_stands(entry));
      }
    }
  }

  static const char* what_stands(const Entry& entry) {
    if (entry.acted_on) return "here stand `title` and `action`";
    return entry.stages != nullptr
               ? "stages have a `title`, and each of them an `action`"
               : "a score has a `title` alone";
  }

  static std::vector<std::string> settings_of(const Entry& entry) {
    std::vector<std::string> known{std::string(kTitle)};
    if (entry.acted_on) known.emplace_back(kAction);
    return known;
  }

  void stage(const toml::key& key, const toml::node& node, StagesDecl& of) {
    const std::string name(key.str());
    if (auto* found = named(of.stages, name)) {
      return table(key, node, {of.name.text + "." + name, &found->title});
    }
    std::vector<std::string> known;
    add_names(of.stages, known);
    unknown(DiagnosticId::kUnknownStage, key, {of.name.text, name}, known);
  }

  void text(const toml::key& key, const toml::node& value, std::string& to) {
    const auto text = value.value_exact<std::string>();
    if (!text) return wrong_type(key, value, "a text");
    const bool lines = text->find_first_of("\r\n") != std::string::npos;
    if (text->empty() || lines) {
      diagnostics_.add(
          DiagnosticId::kCatalogueValue, places_.span(value.source()),
          {std::string(key.str()), text->empty() ? "empty" : "of several lines",
           "one line of text"});
      return;
    }
    if (taken_) to = *text;
  }

  void wrong_type(const toml::key& key, const toml::node& value,
                  const char* wanted) {
    diagnostics_.add(
        DiagnosticId::kCatalogueValue, places_.span(value.source()),
        {std::string(key.str()), type_phrase(value.type()), wanted});
  }

  Diagnostic& unknown(DiagnosticId id, const toml::key& key,
                      std::vector<std::string> args,
                      const std::vector<std::string>& known) {
    const Span place = places_.span(key.source());
    Diagnostic& made = diagnostics_.add(id, place, std::move(args));
    const std::string near = nearest(std::string(key.str()), known);
    if (near.empty()) return made;
    return made.with_mend(place, near, fmt::format("write `{}`", near));
  }

  const std::string& text_;
  bool taken_;  // else it is only checked
  Syntax& library_;
  Diagnostics& diagnostics_;
  TomlPlaces places_;
  Actions actions_;
};

}  // namespace

bool is_catalogue(std::string_view path, std::string_view library) {
  library = library.substr(0, library.size() - kRules.size());
  if (!path.starts_with(library) || !path.ends_with(kEnding)) return false;
  path.remove_prefix(library.size());
  path.remove_suffix(kEnding.size());
  const bool fits = path.size() == 3 || path.size() == 4;  // ".tr", ".fil"
  return fits && path[0] == '.' &&
         std::ranges::all_of(path.substr(1), [](char letter) {
           return letter >= 'a' && letter <= 'z';
         });
}

std::string catalogue_path(std::string_view library,
                           std::string_view language) {
  if (library.ends_with(kRules)) library.remove_suffix(kRules.size());
  return fmt::format("{}.{}.toml", library, language);
}

Actions read_catalogue(const SourceSet& sources, uint32_t file, Syntax& library,
                       Diagnostics& diagnostics) {
  return CatalogueReader(sources, file, true, library, diagnostics).read();
}

void check_catalogue(const SourceSet& sources, uint32_t file, Syntax& library,
                     Diagnostics& diagnostics) {
  CatalogueReader(sources, file, false, library, diagnostics).read();
}

}  // namespace kitle
