// Syntax tree -> typed tree: the passes in their order, and what is sound of
// their result. Entry point: check().
#include "compiler/check.h"

#include <algorithm>

#include "compiler/check_expr.h"
#include "compiler/check_lookup.h"
#include "compiler/check_table.h"
#include "compiler/zone_names.h"

namespace kitle {

namespace {

std::shared_ptr<const Zone> zone_of(const Settings& settings,
                                    const SeenValues* seen) {
  Result<std::string> bytes = zone_bytes(settings.time_zone, seen);
  if (!bytes) return nullptr;
  auto zone = Zone::from_tzif(*bytes, settings.time_zone);
  return zone ? std::move(*zone) : nullptr;
}

void check_list(CheckContext& context, const Expr& list, LetInfo& let) {
  ExprChecker checker(context);
  let.list = true;
  let.depth = 1;
  let.sound = checker.list_items(list, let.items);
  for (const TypedPtr& item : let.items) {
    if (item) let.nodes += size_of(*item).nodes;
  }
}

void check_file(CheckContext& context, const Expr& file, LetInfo& let) {
  let.list = true;
  let.file = &file;
  let.depth = 1;
  let.sound = find_values(context, file).has_value();
}

// `let a = b`, where b is a list: the same list.
bool is_list_alias(CheckContext& context, const Expr& value, LetInfo& let) {
  if (value.kind != ExprKind::kName) return false;
  const Symbol* symbol = context.find(value.name.text);
  if (symbol == nullptr || symbol->kind != Symbol::Kind::kLet) return false;
  const LetInfo& other = context.lets[symbol->index];
  if (!other.sound || !other.list) return false;
  let.file = other.file;
  if (!context.may_copy(other.nodes, value.span)) return true;
  let.list = true;
  let.depth = other.depth;
  let.nodes = other.nodes;
  for (const TypedPtr& item : other.items) let.items.push_back(clone(*item));
  let.sound = true;
  return true;
}

// The sound segments, stages and personas, in the order of declaration;
// references renumbered.
class SoundSegments {
 public:
  explicit SoundSegments(CheckContext& context)
      : context_(context), places_(context.segments.size(), kNone) {}

  // Leaves out what asks for a segment that is not sound.
  void take_tests(std::vector<TypedTest> tests, Repository& repository) {
    for (TypedTest& test : tests) {
      for (TypedRun& run : test.runs) {
        std::erase_if(run.expectations, [&](const TypedExpectation& each) {
          return !is_sound(*each.condition);
        });
        for (const TypedExpectation& each : run.expectations) {
          renumber(*each.condition);
        }
      }
    }
    repository.tests = std::move(tests);
  }

  // Those of segments that are not sound are left out.
  void take_guards(std::vector<TypedGuard> guards, Repository& repository) {
    for (TypedGuard& each : guards) {
      each.first = places_[each.first];
      each.second = places_[each.second];
      const bool sound = each.first != kNone && each.second != kNone;
      if (sound) repository.guards.push_back(each);
    }
  }

  // Only of rules without a mistake.
  void take_fits(Repository& repository) {
    if (context_.diagnostics.errors() > 0) return;
    for (TypedFit& fit : context_.fits) {
      resolve_lookups(context_, fit.population);
      renumber(*fit.population);
      for (TypedFit::Dimension& each : fit.dimensions) {
        resolve_value(context_, each.value);
        renumber(*each.value);
      }
    }
    repository.fits = std::move(context_.fits);
  }

  // `order` has every segment behind those it refers to.
  void find(const std::vector<Declaration>& order) {
    depths_.resize(context_.segments.size());
    for (const Declaration& declaration : order) {
      if (declaration.kind == Declaration::Kind::kSegment) {
        segment(declaration.index);
      } else if (declaration.kind == Declaration::Kind::kStages) {
        stages(declaration.index);
      } else if (declaration.kind == Declaration::Kind::kPersona) {
        segment(context_.first_persona + declaration.index);
      }
    }
  }

  void take(Repository& repository) {
    const std::vector<uint32_t> sound = in_order();
    for (uint32_t i = 0; i < sound.size(); ++i) places_[sound[i]] = i;
    take_personas(repository);
    for (uint32_t index : sound) {
      const SegmentState& segment = context_.segments[index];
      if (segment.owner != kNone) add_stage(repository, segment.owner);
      repository.segments.push_back(typed(index));
    }
  }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;

  void take_personas(Repository& repository) {
    std::vector<uint32_t>& sound = persona_places_;
    uint32_t next = 0;
    for (uint32_t i = 0; i < context_.personas.size(); ++i) {
      const bool taken = places_[context_.first_persona + i] != kNone;
      sound.push_back(taken ? next++ : kNone);
    }
    for (uint32_t i = 0; i < sound.size(); ++i) {
      if (sound[i] == kNone) continue;
      repository.personas.push_back(std::move(context_.personas[i]));
      for (TypedPointsLine& line : repository.personas.back().lines) {
        if (line.condition) renumber(*line.condition);
      }
    }
  }

  void segment(uint32_t index) {
    SegmentState& info = context_.segments[index];
    uint32_t depth = 0;
    for (uint32_t used : info.uses) {
      info.sound = info.sound && context_.segments[used].sound;
      depth = std::max(depth, depths_[used]);
    }
    depths_[index] = depth + 1;
    if (info.sound && deep(context_, *info.name, depth + 1, kMaxSegmentDepth)) {
      info.sound = false;
    }
  }

  // All of them, or none: without one, who are the others?
  void stages(uint32_t declared) {
    const uint32_t first = context_.first_stage[declared];
    const size_t count = context_.syntax.stages[declared].stages.size();
    bool sound = true;
    for (uint32_t i = first; i < first + count; ++i) {
      segment(i);
      sound = sound && context_.segments[i].sound;
    }
    for (uint32_t i = first; i < first + count; ++i) {
      context_.segments[i].sound = sound;
    }
  }

  std::vector<uint32_t> in_order() const {
    std::vector<uint32_t> sound;
    for (uint32_t i = 0; i < places_.size(); ++i) {
      if (context_.segments[i].sound) sound.push_back(i);
    }
    std::ranges::sort(sound, {}, [&](uint32_t index) {
      const Span& span = context_.segments[index].span;
      return std::pair(span.file, span.begin);
    });
    return sound;
  }

  // Of stages that stand one behind the other.
  void add_stage(Repository& repository, uint32_t owner) {
    const StagesDecl& declared = context_.syntax.stages[owner];
    auto& all = repository.stages;
    if (all.empty() || all.back().name != declared.name.text) {
      const auto first = static_cast<uint32_t>(repository.segments.size());
      const std::string& title =
          declared.title.empty() ? declared.name.text : declared.title;
      all.push_back({declared.name.text, title, first, 0, declared.name.span});
    }
    ++all.back().count;
  }

  TypedSegment typed(uint32_t index) {
    SegmentState& state = context_.segments[index];
    TypedSegment segment;
    segment.name = full_name(context_, state);
    segment.title = state.title.empty() ? segment.name : state.title;
    if (state.owner != kNone) {
      segment.stages = context_.syntax.stages[state.owner].name.text;
    }
    segment.span = state.span;
    segment.is_private = state.is_private;
    segment.condition = std::move(state.condition);
    renumber(*segment.condition);
    return segment;
  }

  void renumber(Typed& tree) {
    if (tree.kind == TypedKind::kSegment) tree.index = places_[tree.index];
    if (tree.kind == TypedKind::kPoints) {
      tree.index = persona_places_[tree.index];
    }
    for (const TypedPtr& arg : tree.args) renumber(*arg);
  }

  bool is_sound(const Typed& tree) const {
    const bool lost =
        tree.kind == TypedKind::kSegment && places_[tree.index] == kNone;
    return !lost && std::ranges::all_of(tree.args, [&](const TypedPtr& arg) {
      return is_sound(*arg);
    });
  }

  CheckContext& context_;
  std::vector<uint32_t> places_;
  std::vector<uint32_t> persona_places_;  // by Syntax::personas
  std::vector<uint32_t> depths_;
};

}  // namespace

bool deep(CheckContext& context, const Name& name, uint32_t depth,
          uint32_t most) {
  if (depth <= most) return false;
  context.report(DiagnosticId::kTooDeep, name.span,
                 {name.text, std::to_string(most)});
  return true;
}

std::vector<uint32_t> distinct(std::vector<uint32_t> uses) {
  std::ranges::sort(uses);
  auto doubles = std::ranges::unique(uses);
  uses.erase(doubles.begin(), doubles.end());
  return uses;
}

namespace {

const std::string& owner_of(const Syntax& syntax, const Declaration& declared) {
  switch (declared.kind) {
    case Declaration::Kind::kLet:
      return syntax.lets[declared.index].name.text;
    case Declaration::Kind::kSegment:
      return syntax.segments[declared.index].name.text;
    case Declaration::Kind::kStages:
      return syntax.stages[declared.index].name.text;
    case Declaration::Kind::kPersona:
      return syntax.personas[declared.index].name.text;
    case Declaration::Kind::kScore:
      break;
  }
  return syntax.scores[declared.index].name.text;
}

}  // namespace

void check_let(CheckContext& context, uint32_t index) {
  const LetDecl& declared = context.syntax.lets[index];
  LetInfo& let = context.lets[index];
  if (!declared.value) return;
  const Expr& value = *declared.value;
  if (value.kind == ExprKind::kList) return check_list(context, value, let);
  if (value.kind == ExprKind::kTableFile)
    return check_file(context, value, let);
  if (is_list_alias(context, value, let)) return;
  if (value.kind == ExprKind::kDuration) {
    let.length = &value.amount;
    // A length in months is one of windows only.
    let.sound = is_calendar(step_unit(value.amount.unit));
    if (let.sound) return;
  }
  ExprChecker checker(context);
  let.value = checker.either(declared.value);
  if (!let.value || !resolve_lookups(context, let.value)) return;
  TreeSize size = size_of(*let.value);
  let.nodes = size.nodes;
  let.depth = size.depth;
  let.of_person = !is_constant(*let.value);
  let.open_clause = checker.open_clause();
  let.uses = distinct(checker.uses());
  let.sound = !deep(context, declared.name, size.depth, kMaxTypedDepth);
}

void check_segment(CheckContext& context, uint32_t index) {
  const SegmentDecl& declared = context.syntax.segments[index];
  SegmentState& segment = context.segments[index];
  ExprChecker checker(context);
  segment.condition = checker.condition(declared.condition);
  if (!segment.condition) return;
  if (!resolve_lookups(context, segment.condition)) return;
  segment.uses = distinct(checker.uses());
  const Symbol* symbol = context.find(declared.name.text);
  bool first = symbol != nullptr && symbol->kind == Symbol::Kind::kSegment &&
               symbol->index == index;
  uint32_t depth = size_of(*segment.condition).depth;
  segment.sound = first && !deep(context, declared.name, depth, kMaxTypedDepth);
}

Repository check(SourceSet& sources, const Syntax& syntax,
                 const Settings& settings, std::string store,
                 const SeenValues* seen, const ReadFile& read,
                 Diagnostics& diagnostics) {
  TableFiles files(sources, read, diagnostics);
  CheckContext context{.sources = sources,
                       .syntax = syntax,
                       .settings = settings,
                       .seen = SeenDomains(seen),
                       .diagnostics = diagnostics,
                       .files = files,
                       .zone = zone_of(settings, seen)};
  context.lets.resize(syntax.lets.size());
  context.scores.resize(syntax.scores.size());

  check_schema(context);
  check_names(context);
  check_groups(context);
  check_tables(context);
  declare_segments(context);
  std::vector<Declaration> order = order_declarations(context);
  check_private(context);
  for (const Declaration& declaration : order) {
    context.declaring = owner_of(syntax, declaration);
    context.tops = 0;
    switch (declaration.kind) {
      case Declaration::Kind::kLet:
        check_let(context, declaration.index);
        break;
      case Declaration::Kind::kSegment:
        check_segment(context, declaration.index);
        break;
      case Declaration::Kind::kStages:
        check_stages(context, declaration.index);
        break;
      case Declaration::Kind::kPersona:
        check_persona(context, declaration.index);
        break;
      case Declaration::Kind::kScore:
        check_score(context, declaration.index);
        break;
    }
  }
  context.declaring.clear();
  std::vector<TypedTest> tests = check_tests(context);
  std::vector<TypedGuard> guards = check_guards(context);
  SoundSegments segments(context);
  segments.find(order);

  Repository repository;
  segments.take(repository);
  segments.take_tests(std::move(tests), repository);
  segments.take_guards(std::move(guards), repository);
  segments.take_fits(repository);
  repository.sources = check_sources(context);
  repository.settings = settings;
  repository.schema = std::move(context.schema);
  repository.store = std::move(store);
  repository.declared = std::move(context.declared);
  return repository;
}

}  // namespace kitle
