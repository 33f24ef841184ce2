#include "library/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "compiler/compile.h"
#include "compiler/lint.h"
#include "compiler/machine.h"
#include "compiler/plan.h"
#include "grammar/diagnostic.h"
#include "grammar/examples.h"
#include "service/instant.h"
#include "service/store.h"

namespace kitle {
namespace {

// What lints prove of conditions, among the diagnostics.
LoadedRepository with_proven(LoadedRepository loaded,
                             const LoadOptions& options) {
  if (!options.proven || loaded.diagnostics.errors() > 0) return loaded;
  const Diagnostics found = lint(loaded, {});
  for (const Diagnostic& each : found.all()) {
    if (is_proven(each.id)) loaded.diagnostics.add(each);
  }
  loaded.diagnostics.sort();
  return loaded;
}

// What is private is no result.
void list_results(Rules::Impl& impl) {
  const Repository& repository = impl.loaded.repository;
  std::vector<size_t> places;
  for (const TypedSegment& segment : repository.segments) {
    places.push_back(impl.segments.size());
    if (segment.is_private) continue;
    impl.segments.push_back({segment.name, segment.title, segment.stages,
                             impl.action_of(segment.name)});
  }
  for (const TypedStages& stages : repository.stages) {
    if (repository.segments[stages.first].is_private) continue;
    impl.stages.push_back({stages.name, stages.title, places[stages.first],
                           stages.count, impl.action_of(stages.name)});
  }
}

Rules make_rules(LoadedRepository loaded, std::string store_folder) {
  auto impl = std::make_shared<Rules::Impl>();
  impl->loaded = std::move(loaded);
  impl->store_folder = std::move(store_folder);
  if (impl->loaded.diagnostics.errors() == 0) {
    list_results(*impl);
    for (const SourceMapping& source : impl->loaded.repository.sources) {
      impl->sources.push_back(source.name);
    }
  }
  return Rules(std::move(impl));
}

std::unique_ptr<SnapshotValues> seen_values(const LoadOptions& options) {
  if (options.seen == nullptr) return nullptr;
  return std::make_unique<SnapshotValues>(options.seen->impl().snapshot);
}

std::string syntax_of(const StagesDecl& declared, std::string_view segment) {
  std::string text;
  for (const StageDecl& stage : declared.stages) {
    const std::string name = declared.name.text + "." + stage.name.text;
    const bool all = segment == declared.name.text;
    if (!all && segment != name) continue;
    if (all || stage.otherwise) {
      text += name + (stage.otherwise ? " otherwise\n" : "\n");
    }
    if (stage.condition != nullptr) text += print(*stage.condition);
  }
  return text;
}

std::string syntax_of(const Syntax& syntax, std::string_view segment) {
  if (segment.empty()) return print(syntax);
  for (const SegmentDecl& declared : syntax.segments) {
    if (declared.name.text == segment && declared.condition != nullptr) {
      return print(*declared.condition);
    }
  }
  for (const PersonaDecl& declared : syntax.personas) {
    if (declared.name.text == segment) return print(declared);
  }
  std::string text;
  for (const StagesDecl& declared : syntax.stages) {
    text += syntax_of(declared, segment);
  }
  return text;
}

std::string typed_of(const Repository& repository, std::string_view segment) {
  std::string text;
  for (const TypedPersona& persona : repository.personas) {
    if (!segment.empty() && persona.name != segment) continue;
    text += print(persona, repository.schema);
  }
  for (const TypedSegment& typed : repository.segments) {
    const bool wanted =
        segment.empty() || typed.name == segment || typed.stages == segment;
    if (!wanted) continue;
    text += typed.is_private ? "private segment " : "segment ";
    text += typed.name + "\n";
    text += print(*typed.condition, repository.schema);
  }
  for (const TypedTest& test : repository.tests) {
    if (segment.empty()) text += print(test, repository.schema);
  }
  for (const TypedGuard& guard : repository.guards) {
    if (segment.empty()) text += print(guard, repository);
  }
  return text;
}

// A message's places for names and values, `{0}`, read as "...".
std::string without_places(std::string_view title) {
  std::string text;
  for (size_t at = 0; at < title.size(); ++at) {
    const bool place =
        title[at] == '{' && title.find('}', at) != std::string_view::npos;
    if (place) at = title.find('}', at);
    text += place ? "..." : std::string(1, title[at]);
  }
  return text;
}

std::string indented(std::string_view lines) {
  std::string text;
  for (size_t at = 0; at < lines.size();) {
    const size_t end = lines.find('\n', at) + 1;
    const std::string_view line = lines.substr(at, end - at);
    text += line == "\n" ? "\n" : "    " + std::string(line);
    at = end;
  }
  return text;
}

DiagnosticFormat format_of(const DiagnosticStyle& style) {
  using Format = DiagnosticStyle::Format;
  switch (style.format) {
    case Format::kText:
      return DiagnosticFormat::kText;
    case Format::kJson:
      return DiagnosticFormat::kJson;
    case Format::kSarif:
      return DiagnosticFormat::kSarif;
    case Format::kGithub:
      return DiagnosticFormat::kGithub;
  }
  return DiagnosticFormat::kText;
}

}  // namespace

MessageLanguage message_language(Language language) {
  return language == Language::kTurkish ? MessageLanguage::kTurkish
                                        : MessageLanguage::kEnglish;
}

RenderStyle render_style(const DiagnosticStyle& style) {
  return {format_of(style), style.colour, style.folder,
          message_language(style.language)};
}

std::optional<Language> language_named(std::string_view name) {
  std::string language(name.substr(0, name.find_first_of("_-.@")));
  for (char& c : language) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  if (language == "tr") return Language::kTurkish;
  if (language == "en") return Language::kEnglish;
  return std::nullopt;
}

std::string in_language(Language language, std::string_view english) {
  return phrase_in(message_language(language), english);
}

std::shared_ptr<const Program> FittedRules::program() const {
  std::call_once(once_, [this] {
    program_ = std::make_shared<const Program>(compile(*repository_, {}));
  });
  return program_;
}

std::shared_ptr<const FittedRules> Rules::Impl::at(int64_t now) const {
  const std::lock_guard lock(mutex_);
  if (loaded.repository.fits.empty()) {
    if (!last_) last_ = std::make_shared<const FittedRules>(loaded);
    return last_;
  }
  ChosenFits chosen = choose_fits(loaded.repository, loaded.fits, now);
  if (!last_ || last_->chosen() != chosen) {
    last_ = std::make_shared<const FittedRules>(loaded, std::move(chosen));
  }
  return last_;
}

std::vector<std::string> Rules::Impl::segments_named(
    std::string_view name) const {
  std::vector<std::string> found;
  if (name.empty()) return found;  // many are no stage
  for (const TypedSegment& segment : loaded.repository.segments) {
    if (segment.name == name || segment.stages == name) {
      found.push_back(segment.name);
    }
  }
  return found;
}

std::string Rules::Impl::action_of(const std::string& name) const {
  const auto found = loaded.actions.find(name);
  return found == loaded.actions.end() ? "" : found->second;
}

Rules::Rules(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

bool Rules::ok() const { return errors() == 0; }
size_t Rules::errors() const { return impl_->loaded.diagnostics.errors(); }
size_t Rules::warnings() const { return impl_->loaded.diagnostics.warnings(); }

std::string Rules::diagnostics(const DiagnosticStyle& style) const {
  return render(diagnostics_of(impl_->loaded, style.segments),
                impl_->loaded.sources, render_style(style));
}

const std::vector<SegmentInfo>& Rules::segments() const {
  return impl_->segments;
}
bool Rules::has_segment(std::string_view name) const {
  return ok() && !impl_->segments_named(name).empty();
}
const std::vector<std::string>& Rules::sources() const {
  return impl_->sources;
}
const std::vector<StagesInfo>& Rules::stages() const { return impl_->stages; }
const std::string& Rules::folder() const { return impl_->loaded.folder; }
const std::string& Rules::store_folder() const { return impl_->store_folder; }
const std::string& Rules::name() const {
  return impl_->loaded.repository.settings.name;
}
const std::string& Rules::time_zone() const {
  return impl_->loaded.repository.settings.time_zone;
}

Result<std::vector<std::string>> segments_asked(
    const Rules& rules, const std::vector<std::string>& asked) {
  std::vector<std::string> names;
  for (const std::string& name : asked) {
    const auto named = rules.impl().segments_named(name);
    if (named.empty()) return std::unexpected(unknown_segment(rules, name));
    names.insert(names.end(), named.begin(), named.end());
  }
  return names;
}

Status unknown_segment(const Rules& rules, std::string_view name) {
  std::vector<std::string> names;
  for (const SegmentInfo& segment : rules.segments()) {
    names.push_back(segment.name);
  }
  for (const StagesInfo& stages : rules.stages()) names.push_back(stages.name);
  const std::string near = nearest(name, names);
  return {StatusCode::kNotFound, "find the segment", "",
          "there is no segment `" + std::string(name) + "`" +
              (near.empty() ? "" : "; did you mean `" + near + "`?")};
}

Result<std::string> Rules::explain(Stage stage,
                                   std::string_view segment) const {
  CompileOptions options;
  if (!segment.empty()) options.segments = impl_->segments_named(segment);
  const bool known = segment.empty() || !options.segments.empty();
  if (!known) return std::unexpected(unknown_segment(*this, segment));
  const auto fitted = impl_->at(INT64_MAX);
  const Repository& repository = fitted->repository();
  if (stage == Stage::kSyntax) return syntax_of(impl_->loaded.syntax, segment);
  if (stage == Stage::kTyped) {
    return typed_of(impl_->loaded.repository, segment);
  }
  if (stage == Stage::kPlan)
    return print(make_plan(repository, options), repository.schema);
  const Program program = compile(repository, options);
  if (stage == Stage::kProgram) return print(program);
  return machine_code_source(program, nullptr);
}

Result<int64_t> Rules::instant(std::string_view written,
                               const Store* store) const {
  return read_instant(written, time_zone(), store);
}

std::string Rules::local_time(int64_t instant, const Store* store) const {
  return local_text(instant, time_zone(), store);
}

Result<Rules> load_rules(const std::string& folder,
                         const LoadOptions& options) {
  const auto seen = seen_values(options);
  auto store = store_folder(folder);
  if (!store) return std::unexpected(store.error());
  auto loaded = load_repository(
      folder, seen.get(), options.more,
      options.refit ? BrokenFits::kWarnings : BrokenFits::kErrors);
  if (!loaded) return std::unexpected(loaded.error());
  return make_rules(with_proven(std::move(*loaded), options),
                    std::move(*store));
}

Rules load_rules(std::vector<RuleText> texts, const LoadOptions& options) {
  const auto seen = seen_values(options);
  LoadedRepository loaded = load_texts(std::move(texts), seen.get());
  std::string store = loaded.repository.store;
  return make_rules(with_proven(std::move(loaded), options), std::move(store));
}

namespace {

// The example of a diagnostic, and its mend.
std::string shown_example(std::string_view code, MessageLanguage language) {
  const DiagnosticExample* example = example_of(code);
  if (example == nullptr) return "";
  if (example->wrong.empty()) {
    return fmt::format("\n{}: {}\n", phrase_in(language, "No example"),
                       phrase_in(language, example->what_it_takes));
  }
  const bool settings = example->place == DiagnosticExample::Place::kSettings;
  std::string text =
      fmt::format("\n{}:\n\n{}",
                  phrase_in(language, settings ? "For example, in kitle.toml"
                                               : "For example"),
                  indented(example->wrong));
  if (example->right.empty()) return text;
  return text + "\n" + phrase_in(language, "Mended") + ":\n\n" +
         indented(example->right);
}

}  // namespace

std::string explain_diagnostic(std::string_view code, Language language) {
  const MessageLanguage in = message_language(language);
  const DiagnosticInfo* row = find_diagnostic(code);
  if (row == nullptr) return "";
  const auto id = static_cast<DiagnosticId>(row - &info(DiagnosticId{}));
  std::string text =
      fmt::format("{}: {}\n\n{}\n", row->code, without_places(title_in(in, id)),
                  help_in(in, id));
  text += shown_example(code, in);
  for (const DiagnosticId lint : all_lints()) {
    if (lint != id) continue;
    text +=
        fmt::format("\n`kitle lint --fix` {}\n", phrase_in(in, fix_note(id)));
  }
  return text;
}

std::vector<std::string> diagnostic_codes() {
  std::vector<std::string> codes;
#define KITLE_DIAGNOSTIC(name, code, severity, title, help) \
  codes.emplace_back(code);
#include "grammar/diagnostics.def"
#undef KITLE_DIAGNOSTIC
  return codes;
}

std::string nearest_name(std::string_view name,
                         const std::vector<std::string>& known) {
  return nearest(name, known);
}

}  // namespace kitle
