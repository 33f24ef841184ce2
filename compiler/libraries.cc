// Library files (compiler/libraries.h).
#include "compiler/libraries.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "compiler/arguments.h"
#include "compiler/copy_tree.h"
#include "compiler/expand.h"
#include "compiler/standard_library.h"
#include "compiler/walk_tree.h"
#include "grammar/parse.h"

namespace kitle {

namespace {

template <class T>
void append(std::vector<T>& to, std::vector<T>& from) {
  to.insert(to.end(), std::move_iterator(from.begin()),
            std::move_iterator(from.end()));
}

void append(Syntax& to, Syntax from) {
  append(to.profiles, from.profiles);
  append(to.events, from.events);
  append(to.groups, from.groups);
  append(to.sessions, from.sessions);
  append(to.tables, from.tables);
  append(to.segments, from.segments);
  append(to.stages, from.stages);
  append(to.personas, from.personas);
  append(to.scores, from.scores);
  append(to.templates, from.templates);
  append(to.libraries, from.libraries);
  append(to.uses, from.uses);
  append(to.lets, from.lets);
  append(to.sources, from.sources);
  append(to.fixtures, from.fixtures);
  append(to.tests, from.tests);
  append(to.guards, from.guards);
  append(to.later, from.later);
  append(to.comments, from.comments);
}

// The first declaration of a library that cannot be in one; null if all can.
const Name* strange(const Syntax& library) {
  if (!library.profiles.empty()) return &library.profiles[0].name;
  if (!library.events.empty()) return &library.events[0].name;
  if (!library.groups.empty()) return &library.groups[0].name;
  if (!library.sessions.empty()) return &library.sessions[0].name;
  if (!library.tables.empty()) return &library.tables[0].name;
  if (!library.sources.empty()) return &library.sources[0].name;
  if (!library.fixtures.empty()) return &library.fixtures[0].name;
  if (!library.guards.empty()) return &library.guards[0].first;
  if (!library.uses.empty()) return &library.uses[0].library;
  if (library.libraries.size() > 1) return &library.libraries[1].name;
  return nullptr;
}

template <class Decls>
void add_names(const Decls& decls, std::vector<std::string>& names) {
  for (const auto& each : decls) names.push_back(each.name.text);
}

// One `use`: the copies of what a library declares.
class Instance {
 public:
  Instance(SourceSet& sources, Syntax& library, const UseDecl& use,
           const Arguments& arguments, Syntax& to, uint64_t most)
      : library_(library),
        to_(to),
        profile_(to.profiles.empty() ? "" : to.profiles.front().name.text),
        name_(use.as ? *use.as : library.libraries.front().name),
        from_(library.libraries.front().name.span.file),
        file_(sources.add_copy(from_, use.span)),
        copier_(arguments, from_, file_, profile_, most) {
    if (!use.as) name_.span = use.library.span;
  }

  void make() {
    std::vector<std::string> names;
    add_names(library_.lets, names);
    add_names(library_.segments, names);
    add_names(library_.stages, names);
    add_names(library_.templates, names);
    add_names(library_.personas, names);
    add_names(library_.scores, names);
    for (const std::string& each : names) renames_[each] = renamed(each);
    copier_.rename(renames_);
    for (const LetDecl& each : library_.lets) let(each);
    for (const SegmentDecl& each : library_.segments) segment(each);
    for (const StagesDecl& each : library_.stages) stages(each);
    for (const TemplateDecl& each : library_.templates) template_of(each);
    for (const PersonaDecl& each : library_.personas) persona(each);
    for (const ScoreDecl& each : library_.scores) score(each);
  }

  const TreeCopier& copier() const { return copier_; }

  void take_actions(const Actions& declared, Actions& actions) const {
    for (const auto& [name, action] : declared) {
      const size_t dot = std::min(name.find('.'), name.size());
      actions[renamed(name.substr(0, dot)) + name.substr(dot)] = action;
    }
  }

 private:
  // What is called as the library is called as its user says.
  std::string renamed(const std::string& name) const {
    const bool own = name == library_.libraries.front().name.text;
    return own ? name_.text : name_.text + "_" + name;
  }

  Name name(const Name& declared) const {
    return {renamed(declared.text), name_.span};
  }

  // In the library's file, where alone it is used.
  template <class Decl>
  std::optional<Span> private_word(const Decl& declared) {
    if (!declared.private_word) return std::nullopt;
    return copier_.copy(*declared.private_word);
  }

  void let(const LetDecl& declared) {
    to_.lets.push_back({name(declared.name), copier_.copy(declared.value),
                        copier_.copy(declared.span), private_word(declared)});
  }

  void segment(const SegmentDecl& declared) {
    SegmentDecl made;
    made.name = name(declared.name);
    made.private_word = private_word(declared);
    made.title = declared.title;
    made.deprecated = declared.deprecated;
    made.condition = copier_.copy(declared.condition);
    made.span = copier_.copy(declared.span);
    to_.segments.push_back(std::move(made));
  }

  void stages(const StagesDecl& declared) {
    StagesDecl made;
    made.name = name(declared.name);
    made.private_word = private_word(declared);
    made.title = declared.title;
    made.deprecated = declared.deprecated;
    made.broken = declared.broken;
    made.span = copier_.copy(declared.span);
    for (const StageDecl& each : declared.stages) {
      StageDecl stage;
      stage.name = copier_.copy(each.name);
      stage.title = each.title;
      stage.otherwise = each.otherwise;
      stage.condition = copier_.copy(each.condition);
      stage.span = copier_.copy(each.span);
      made.stages.push_back(std::move(stage));
    }
    to_.stages.push_back(std::move(made));
  }

  void persona(const PersonaDecl& declared) {
    PersonaDecl made;
    made.name = name(declared.name);
    made.private_word = private_word(declared);
    made.title = declared.title;
    made.limits = declared.limits;
    made.broken = declared.broken;
    made.span = copier_.copy(declared.span);
    for (PointsLimit& each : made.limits) each.span = copier_.copy(each.span);
    for (const Window& each : declared.look_back) {
      made.look_back.push_back(copier_.copy(each));
    }
    for (const PointsDecl& each : declared.points) {
      made.points.push_back(points(each));
    }
    for (const Amount& each : declared.halving) {
      made.halving.push_back(copier_.copy(each));
    }
    for (const PersonaDecl::Member& each : declared.member) {
      made.member.push_back(
          {copier_.copy(each.condition), copier_.copy(each.span)});
    }
    to_.personas.push_back(std::move(made));
  }

  PointsDecl points(const PointsDecl& declared) {
    PointsDecl made;
    made.kind = declared.kind;
    made.points = declared.points;
    made.points_span = copier_.copy(declared.points_span);
    made.per = copier_.copy(declared.per);
    made.property = copier_.column(copier_.copy(declared.property));
    if (declared.clause) made.clause = copier_.copy(*declared.clause);
    made.condition = copier_.copy(declared.condition);
    made.span = copier_.copy(declared.span);
    return made;
  }

  void score(const ScoreDecl& declared) {
    ScoreDecl made;
    made.name = name(declared.name);
    made.private_word = private_word(declared);
    made.title = declared.title;
    made.of_some = declared.of_some;
    made.population = copier_.copy(declared.population);
    made.broken = declared.broken;
    made.span = copier_.copy(declared.span);
    for (const DimensionDecl& each : declared.dimensions) {
      made.dimensions.push_back(dimension(each));
    }
    for (const Amount& each : declared.refit) {
      made.refit.push_back(copier_.copy(each));
    }
    to_.scores.push_back(std::move(made));
  }

  DimensionDecl dimension(const DimensionDecl& declared) {
    DimensionDecl made;
    made.name = copier_.copy(declared.name);
    made.value = copier_.copy(declared.value);
    made.bands = declared.bands;
    made.bands_span = copier_.copy(declared.bands_span);
    made.quantile = declared.quantile;
    made.less = declared.less;
    made.span = copier_.copy(declared.span);
    for (const ExprPtr& each : declared.cuts) {
      made.cuts.push_back(copier_.copy(each));
    }
    for (const ExprPtr& each : declared.better) {
      made.better.push_back(copier_.copy(each));
    }
    return made;
  }

  void template_of(const TemplateDecl& declared) {
    TemplateDecl made;
    made.name = name(declared.name);
    made.private_word = private_word(declared);
    made.name.span = copier_.copy(declared.name.span);
    for (const ParameterDecl& each : declared.parameters) {
      ParameterDecl parameter;
      parameter.name = copier_.copy(each.name);
      parameter.kind = each.kind;
      parameter.of = copier_.event_of(each.of);
      parameter.type = each.type;
      parameter.value = copier_.copy(each.value);
      made.parameters.push_back(std::move(parameter));
    }
    made.body = copier_.copy(declared.body);
    made.span = copier_.copy(declared.span);
    to_.templates.push_back(std::move(made));
  }

  Syntax& library_;
  Syntax& to_;
  std::string profile_;
  Name name_;
  uint32_t from_;
  uint32_t file_;
  std::unordered_map<std::string, std::string> renames_;
  TreeCopier copier_;
};

class LibraryUser {
 public:
  LibraryUser(SourceSet& sources, Libraries& libraries, const Wording& wording,
              Syntax& syntax, Diagnostics& diagnostics)
      : sources_(sources),
        libraries_(libraries),
        wording_(wording),
        syntax_(syntax),
        diagnostics_(diagnostics),
        matcher_(syntax, diagnostics) {}

  Actions run() {
    for (auto& [path, library] : libraries_) {
      declared(library.syntax);
      catalogues_of_file(path, library);
    }
    for (const UseDecl& each : syntax_.uses) use(each);
    return std::move(actions_);
  }

 private:
  // What is wrong with a library by itself.
  void declared(Syntax& library) {
    LibraryDecl& head = library.libraries.front();
    matcher_.check_parameters(head.parameters);
    if (const Name* other = strange(library)) {
      report(DiagnosticId::kNotInLibrary, other->span, {other->text});
    }
    std::unordered_set<std::string> used;
    for (LetDecl& each : library.lets) collect_names(each.value, used);
    for (SegmentDecl& each : library.segments) {
      collect_names(each.condition, used);
    }
    for (TemplateDecl& each : library.templates) collect_names(each.body, used);
    for (StagesDecl& each : library.stages) {
      for (StageDecl& stage : each.stages) {
        collect_names(stage.condition, used);
      }
    }
    for (PersonaDecl& each : library.personas) names_of(each, used);
    for (ScoreDecl& each : library.scores) names_of(each, used);
    matcher_.warn_unused(head.parameters, head.name.text, used);
  }

  static void names_of(PersonaDecl& persona,
                       std::unordered_set<std::string>& used) {
    for (const Window& each : persona.look_back) used.insert(each.amount.name);
    for (const Amount& each : persona.halving) used.insert(each.name);
    for (PointsDecl& each : persona.points) {
      used.insert(each.property.text);
      collect_names(each.per, used);
      if (each.clause) collect_names(*each.clause, used);
      collect_names(each.condition, used);
    }
    for (PersonaDecl::Member& each : persona.member) {
      collect_names(each.condition, used);
    }
  }

  static void names_of(ScoreDecl& score,
                       std::unordered_set<std::string>& used) {
    collect_names(score.population, used);
    for (DimensionDecl& each : score.dimensions) {
      collect_names(each.value, used);
    }
    for (const Amount& each : score.refit) used.insert(each.name);
  }

  void use(const UseDecl& use) {
    Library* found = find(use);
    if (found == nullptr) return;
    Syntax* library = &found->syntax;
    const LibraryDecl& head = library->libraries.front();
    const auto arguments = match(head, use);
    if (!arguments || strange(*library) != nullptr) return;
    const Name& as = use.as ? *use.as : head.name;
    const auto [first, fresh] =
        used_.emplace(std::pair(use.library.text, as.text), use.span);
    if (!fresh) {
      report(DiagnosticId::kDuplicateName, use.span, {as.text})
          .with_place(first->second, "the same library under this name");
      return;
    }
    if (nodes_ > kMaxExpandedNodes) return;  // that is reported
    Instance instance(sources_, *library, use, *arguments, syntax_,
                      kMaxExpandedNodes - nodes_);
    instance.make();
    instance.take_actions(found->actions, actions_);
    nodes_ += instance.copier().nodes();
    if (instance.copier().too_big()) {
      report(DiagnosticId::kTemplateTooBig, use.span,
             {std::to_string(kMaxExpandedNodes)});
      return;
    }
    for (const Expr* each : instance.copier().no_lengths()) {
      report(DiagnosticId::kNotALength, each->span,
             {std::string(sources_.text(each->span))});
    }
  }

  Library* find(const UseDecl& use) {
    const std::string& name = use.library.text;
    const auto found = libraries_.find(name);
    if (found != libraries_.end()) return &found->second;
    if (!use.path) return standard(use);
    std::vector<std::string> known;
    for (const auto& [path, library] : libraries_) known.push_back(path);
    unknown(use, known);
    return nullptr;
  }

  Library* standard(const UseDecl& use) {
    const std::string& name = use.library.text;
    const auto text = standard_library(name);
    if (!text) {
      unknown(use, standard_libraries());
      return nullptr;
    }
    const uint32_t file = sources_.add(name, std::string(*text));
    Syntax library;
    parse(sources_, file, library, diagnostics_);
    if (library.libraries.empty()) return nullptr;
    Library& kept = libraries_[name];
    kept.syntax = std::move(library);
    declared(kept.syntax);
    for (const std::string& language : languages()) {
      const auto words = standard_catalogue(name, language);
      if (!words) continue;
      catalogue(catalogue_path(name, language), std::string(*words), kept);
      break;
    }
    return &kept;
  }

  // The first one that a library has is taken.
  std::vector<std::string> languages() const {
    return {wording_.language, "en"};
  }

  // One gives the titles; those of other languages are checked.
  void catalogues_of_file(const std::string& of, Library& library) {
    const std::vector<std::string> all = wording_.all(of);
    std::string taken;
    for (const std::string& language : languages()) {
      const std::string path = catalogue_path(of, language);
      const bool there = std::ranges::find(all, path) != all.end();
      if (taken.empty() && there) taken = path;
    }
    for (const std::string& path : all) {
      catalogue_of_file(path, path == taken, library);
    }
  }

  void catalogue_of_file(const std::string& path, bool taken,
                         Library& library) {
    auto text = wording_.read(path);
    if (!text) {
      report(DiagnosticId::kTableUnreadable,
             library.syntax.libraries.front().name.span,
             {path, text.error().cause()});
    } else if (taken) {
      catalogue(path, *std::move(text), library);
    } else {
      const uint32_t file = sources_.add(path, *std::move(text));
      check_catalogue(sources_, file, library.syntax, diagnostics_);
    }
  }

  void catalogue(std::string path, std::string text, Library& library) {
    const uint32_t file = sources_.add(std::move(path), std::move(text));
    library.actions =
        read_catalogue(sources_, file, library.syntax, diagnostics_);
  }

  void unknown(const UseDecl& use, const std::vector<std::string>& known) {
    const std::string near = nearest(use.library.text, known);
    Diagnostic& made = report(DiagnosticId::kUnknownLibrary, use.library.span,
                              {use.library.text});
    if (near.empty()) return;
    const std::string mend = use.path ? fmt::format("\"{}\"", near) : near;
    made.with_mend(use.library.span, mend, fmt::format("write `{}`", mend));
  }

  // Those without a name by their places, the others by their names.
  std::optional<Arguments> match(const LibraryDecl& head, const UseDecl& use) {
    const std::vector<ParameterDecl>& parameters = head.parameters;
    std::vector<const Expr*> given(parameters.size(), nullptr);
    size_t next = 0;
    bool sound = true;
    for (const UseArgument& each : use.arguments) {
      if (!each.value) return std::nullopt;
      const size_t place =
          each.name ? place_of(parameters, *each.name) : next++;
      if (place < given.size() && given[place] == nullptr) {
        given[place] = each.value.get();
        continue;
      }
      sound = false;
      if (each.name) {
        report(DiagnosticId::kUnknownParameter, each.name->span,
               {each.name->text, head.name.text});
      }
    }
    if (next > given.size()) {
      matcher_.report_count(head.name.text, parameters, use.span, next);
    }
    return sound ? matcher_.match(head.name.text, parameters, given, use.span)
                 : std::nullopt;
  }

  static size_t place_of(const std::vector<ParameterDecl>& parameters,
                         const Name& name) {
    const auto found = std::ranges::find_if(
        parameters,
        [&](const ParameterDecl& each) { return each.name.text == name.text; });
    return static_cast<size_t>(found - parameters.begin());
  }

  Diagnostic& report(DiagnosticId id, Span span,
                     std::vector<std::string> args) {
    return diagnostics_.add(id, span, std::move(args));
  }

  SourceSet& sources_;
  Libraries& libraries_;
  const Wording& wording_;
  Syntax& syntax_;
  Diagnostics& diagnostics_;
  ArgumentMatcher matcher_;
  Actions actions_;
  uint64_t nodes_ = 0;                                        // of all copies
  std::map<std::pair<std::string, std::string>, Span> used_;  // library, name
};

}  // namespace

void take_file(Syntax file, const std::string& path, Syntax& syntax,
               Libraries& libraries, Diagnostics& diagnostics) {
  if (file.libraries.empty()) return append(syntax, std::move(file));
  const LibraryDecl& head = file.libraries.front();
  if (head.first) {
    append(syntax.comments, file.comments);
    libraries.emplace(path, Library{std::move(file)});
    return;
  }
  diagnostics.add(DiagnosticId::kLibraryFirst, head.name.span,
                  {head.name.text});
}

Actions use_libraries(SourceSet& sources, Libraries& libraries,
                      const Wording& wording, Syntax& syntax,
                      Diagnostics& diagnostics) {
  return LibraryUser(sources, libraries, wording, syntax, diagnostics).run();
}

}  // namespace kitle
