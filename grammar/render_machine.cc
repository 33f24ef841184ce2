// Diagnostics as JSON, as SARIF and as GitHub annotations.
#include "grammar/render_machine.h"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <utility>

namespace kitle {
namespace {

using Json = nlohmann::ordered_json;

// Bytes of a rule that are no UTF-8 read as U+FFFD.
std::string dumped(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

const char* severity_word(const Diagnostic& diagnostic) {
  return kitle::severity_word(diagnostic.severity);
}

// GitHub's own word.
const char* annotation_word(const Diagnostic& diagnostic) {
  const bool note = diagnostic.severity == Severity::kNote;
  return note ? "notice" : severity_word(diagnostic);
}

// The title and what stands beside the caret.
std::string message_of(const Diagnostic& diagnostic, MessageLanguage language) {
  std::string message = title_of(diagnostic, title_in(language, diagnostic.id));
  if (!diagnostic.label.empty()) message += ": " + diagnostic.label;
  return message;
}

Json json_place(const Span& span, const SourceSet& sources) {
  Json place;
  if (span.file >= sources.size()) return place;
  const Position begin = sources.position(span.file, span.begin);
  const Position end = sources.position(span.file, span.end);
  place["path"] = sources.file(span.file).path;
  place["begin"] = {
      {"line", begin.line}, {"column", begin.column}, {"byte", span.begin}};
  place["end"] = {
      {"line", end.line}, {"column", end.column}, {"byte", span.end}};
  return place;
}

Json json_of(const Diagnostic& found, const SourceSet& sources,
             MessageLanguage language) {
  const Diagnostic diagnostic = translated(language, found);
  const DiagnosticInfo& row = info(diagnostic.id);
  Json object;
  object["code"] = row.code;
  object["severity"] = severity_word(diagnostic);
  object["title"] = title_of(diagnostic, title_in(language, diagnostic.id));
  object["place"] = json_place(diagnostic.span, sources);
  object["label"] = diagnostic.label;
  object["labels"] = Json::array();
  for (const Label& label : diagnostic.labels) {
    object["labels"].push_back(
        {{"place", json_place(label.span, sources)}, {"text", label.text}});
  }
  object["mends"] = Json::array();
  for (const Mend& mend : diagnostic.mends) {
    object["mends"].push_back({{"place", json_place(mend.span, sources)},
                               {"replacement", mend.replacement},
                               {"text", mend.text}});
  }
  object["help"] = help_in(language, diagnostic.id);
  return object;
}

// ---- SARIF 2.1.0 ----

// RFC 3986: what may stand in a path as it is.
bool is_plain_in_uri(char c) {
  constexpr std::string_view kOthers = "-._~/!$&'()*+,;=@";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || kOthers.find(c) != std::string_view::npos;
}

std::string uri_of(std::string_view path) {
  std::string uri;
  for (const char c : path) {
    if (is_plain_in_uri(c)) {
      uri += c;
    } else {
      uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return uri;
}

class SarifRenderer {
 public:
  SarifRenderer(const SourceSet& sources, std::string_view folder,
                MessageLanguage language)
      : sources_(sources), folder_(folder), language_(language) {}

  Json log(const Diagnostics& diagnostics) {
    Json results = Json::array();
    for (const Diagnostic& each : diagnostics.all()) {
      results.push_back(result(translated(language_, each)));
    }
    Json run;
    run["tool"]["driver"] = {{"name", "kitle"},
                             {"semanticVersion", KITLE_VERSION},
                             {"rules", rules_}};
    run["columnKind"] = "unicodeCodePoints";
    run["results"] = std::move(results);
    return {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
            {"version", "2.1.0"},
            {"runs", Json::array({std::move(run)})}};
  }

 private:
  Json result(const Diagnostic& diagnostic) {
    Json made = {{"ruleId", info(diagnostic.id).code},
                 {"ruleIndex", rule(diagnostic)},
                 {"level", severity_word(diagnostic)},
                 {"message", {{"text", message_of(diagnostic, language_)}}}};
    if (has_place(diagnostic.span)) {
      made["locations"] = Json::array({location(diagnostic.span)});
    }
    for (const Label& label : diagnostic.labels) {
      if (!has_place(label.span)) continue;
      Json related = location(label.span);
      related["message"] = {{"text", label.text}};
      made["relatedLocations"].push_back(std::move(related));
    }
    for (const Mend& mend : diagnostic.mends) {
      if (has_place(mend.span)) made["fixes"].push_back(fix(mend));
    }
    return made;
  }

  // The row's place among the rules of this log.
  size_t rule(const Diagnostic& diagnostic) {
    const auto [known, added] =
        rule_places_.try_emplace(diagnostic.id, rules_.size());
    if (added) {
      const DiagnosticInfo& row = info(diagnostic.id);
      rules_.push_back(
          {{"id", row.code},
           {"name", row.name.substr(1)},  // without the k
           {"help", {{"text", help_in(language_, diagnostic.id)}}},
           {"defaultConfiguration", {{"level", severity_word(diagnostic)}}}});
    }
    return known->second;
  }

  bool has_place(const Span& span) const { return span.file < sources_.size(); }

  Json artifact(const Span& span) const {
    const std::string path =
        std::string(folder_) + sources_.file(span.file).path;
    return {{"uri", uri_of(path)}, {"uriBaseId", "%SRCROOT%"}};
  }

  Json region(const Span& span) const {
    const Position begin = sources_.position(span.file, span.begin);
    const Position end = sources_.position(span.file, span.end);
    return {{"startLine", begin.line},  {"startColumn", begin.column},
            {"endLine", end.line},      {"endColumn", end.column},
            {"byteOffset", span.begin}, {"byteLength", span.end - span.begin}};
  }

  Json location(const Span& span) const {
    Json physical = {{"artifactLocation", artifact(span)},
                     {"region", region(span)}};
    return {{"physicalLocation", std::move(physical)}};
  }

  Json fix(const Mend& mend) const {
    Json replacement = {{"deletedRegion", region(mend.span)},
                        {"insertedContent", {{"text", mend.replacement}}}};
    Json change = {{"artifactLocation", artifact(mend.span)},
                   {"replacements", Json::array({std::move(replacement)})}};
    return {{"description", {{"text", mend.text}}},
            {"artifactChanges", Json::array({std::move(change)})}};
  }

  const SourceSet& sources_;
  std::string_view folder_;
  MessageLanguage language_;
  Json rules_ = Json::array();
  std::map<DiagnosticId, size_t> rule_places_;
};

// ---- GitHub ----

// What would end a workflow command, or one of its properties.
std::string escaped(std::string_view text, bool property) {
  std::string result;
  for (const char c : text) {
    const bool special = c == '%' || c == '\r' || c == '\n' ||
                         (property && (c == ':' || c == ','));
    if (special) {
      result += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      result += c;
    }
  }
  return result;
}

// Columns are for annotations within one line.
std::string github_place(const Span& span, const SourceSet& sources,
                         std::string_view folder) {
  if (span.file >= sources.size()) return "";
  const Position begin = sources.position(span.file, span.begin);
  const Position end = sources.position(span.file, span.end);
  std::string place = fmt::format(
      "file={}{},line={},endLine={},", escaped(folder, true),
      escaped(sources.file(span.file).path, true), begin.line, end.line);
  if (begin.line == end.line) {
    place += fmt::format("col={},endColumn={},", begin.column, end.column);
  }
  return place;
}

std::string github_message(const Diagnostic& found, MessageLanguage language) {
  const Diagnostic diagnostic = translated(language, found);
  std::string message = message_of(diagnostic, language);
  const std::string heading = "\n" + phrase_in(language, "mend") + ": ";
  for (const Mend& mend : diagnostic.mends) message += heading + mend.text;
  return message;
}

}  // namespace

std::string render_json(const Diagnostics& diagnostics,
                        const SourceSet& sources, MessageLanguage language) {
  Json all = Json::array();
  for (const Diagnostic& each : diagnostics.all()) {
    all.push_back(json_of(each, sources, language));
  }
  return dumped(all);
}

std::string render_sarif(const Diagnostics& diagnostics,
                         const SourceSet& sources, std::string_view folder,
                         MessageLanguage language) {
  return dumped(SarifRenderer(sources, folder, language).log(diagnostics));
}

std::string render_github(const Diagnostics& diagnostics,
                          const SourceSet& sources, std::string_view folder,
                          MessageLanguage language) {
  std::string out;
  for (const Diagnostic& each : diagnostics.all()) {
    out += fmt::format("::{} {}title={}::{}\n", annotation_word(each),
                       github_place(each.span, sources, folder),
                       info(each.id).code,
                       escaped(github_message(each, language), false));
  }
  return out;
}

}  // namespace kitle
