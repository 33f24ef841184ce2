// Syntax tree -> typed tree: the passes in their order, and what is sound of
// their result. Entry point: check().
#include "compiler/check.h"

#include <algorithm>

#include "compiler/check_expr.h"
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

bool deep(CheckContext& context, const Name& name, uint32_t depth,
          uint32_t most) {
  if (depth <= most) return false;
  context.report(DiagnosticId::kTooDeep, name.span,
                 {name.text, std::to_string(most)});
  return true;
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

// `let a = b`, where b is a list: the same list.
bool is_list_alias(CheckContext& context, const Expr& value, LetInfo& let) {
  if (value.kind != ExprKind::kName) return false;
  const Symbol* symbol = context.find(value.name.text);
  if (symbol == nullptr || symbol->kind != Symbol::Kind::kLet) return false;
  const LetInfo& other = context.lets[symbol->index];
  if (!other.sound || !other.list) return false;
  if (!context.may_copy(other.nodes, value.span)) return true;
  let.list = true;
  let.depth = other.depth;
  let.nodes = other.nodes;
  for (const TypedPtr& item : other.items) let.items.push_back(clone(*item));
  let.sound = true;
  return true;
}

// Segments that each other one needs, directly: without doubles.
std::vector<uint32_t> distinct(std::vector<uint32_t> uses) {
  std::ranges::sort(uses);
  auto doubles = std::ranges::unique(uses);
  uses.erase(doubles.begin(), doubles.end());
  return uses;
}

// The sound segments, in the order of declaration; references renumbered.
class SoundSegments {
 public:
  explicit SoundSegments(CheckContext& context)
      : context_(context), places_(context.segments.size(), kNone) {}

  // `order` has every segment behind those it refers to.
  void find(const std::vector<Declaration>& order) {
    depths_.resize(context_.segments.size());
    for (const Declaration& declaration : order) {
      if (!declaration.is_let) segment(declaration.index);
    }
  }

  std::vector<TypedSegment> take() {
    std::vector<TypedSegment> segments;
    uint32_t next = 0;
    for (size_t i = 0; i < places_.size(); ++i) {
      if (context_.segments[i].sound) places_[i] = next++;
    }
    for (size_t i = 0; i < places_.size(); ++i) {
      if (places_[i] != kNone) segments.push_back(typed(i));
    }
    return segments;
  }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;

  void segment(uint32_t index) {
    SegmentState& info = context_.segments[index];
    uint32_t depth = 0;
    for (uint32_t used : info.uses) {
      info.sound = info.sound && context_.segments[used].sound;
      depth = std::max(depth, depths_[used]);
    }
    depths_[index] = depth + 1;
    const Name& name = context_.syntax.segments[index].name;
    if (info.sound && deep(context_, name, depth + 1, kMaxSegmentDepth)) {
      info.sound = false;
    }
  }

  TypedSegment typed(size_t index) {
    const SegmentDecl& declared = context_.syntax.segments[index];
    TypedSegment segment;
    segment.name = declared.name.text;
    segment.title = declared.title.empty() ? segment.name : declared.title;
    segment.span = declared.span;
    segment.condition = std::move(context_.segments[index].condition);
    renumber(*segment.condition);
    return segment;
  }

  void renumber(Typed& tree) {
    if (tree.kind == TypedKind::kSegment) tree.index = places_[tree.index];
    for (const TypedPtr& arg : tree.args) renumber(*arg);
  }

  CheckContext& context_;
  std::vector<uint32_t> places_;
  std::vector<uint32_t> depths_;
};

}  // namespace

void check_let(CheckContext& context, uint32_t index) {
  const LetDecl& declared = context.syntax.lets[index];
  LetInfo& let = context.lets[index];
  if (!declared.value) return;
  const Expr& value = *declared.value;
  if (value.kind == ExprKind::kList) return check_list(context, value, let);
  if (is_list_alias(context, value, let)) return;
  ExprChecker checker(context);
  let.value = checker.either(declared.value);
  if (!let.value) return;
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
  segment.uses = distinct(checker.uses());
  const Symbol* symbol = context.find(declared.name.text);
  bool first = symbol != nullptr && symbol->kind == Symbol::Kind::kSegment &&
               symbol->index == index;
  uint32_t depth = size_of(*segment.condition).depth;
  segment.sound = first && !deep(context, declared.name, depth, kMaxTypedDepth);
}

Repository check(const SourceSet& sources, const Syntax& syntax,
                 const Settings& settings, std::string store,
                 const SeenValues* seen, Diagnostics& diagnostics) {
  CheckContext context{.sources = sources,
                       .syntax = syntax,
                       .settings = settings,
                       .seen = SeenDomains(seen),
                       .diagnostics = diagnostics,
                       .zone = zone_of(settings, seen)};
  context.lets.resize(syntax.lets.size());
  context.segments.resize(syntax.segments.size());

  check_schema(context);
  check_names(context);
  std::vector<Declaration> order = order_declarations(context);
  for (const Declaration& declaration : order) {
    if (declaration.is_let)
      check_let(context, declaration.index);
    else
      check_segment(context, declaration.index);
  }
  SoundSegments segments(context);
  segments.find(order);

  Repository repository;
  repository.segments = segments.take();
  repository.sources = check_sources(context);
  repository.settings = settings;
  repository.schema = std::move(context.schema);
  repository.store = std::move(store);
  repository.declared = std::move(context.declared);
  return repository;
}

}  // namespace kitle
