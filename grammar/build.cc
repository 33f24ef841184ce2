// Declarations: from the matched text to the syntax tree; see build.h.
#include "grammar/build.h"

#include <algorithm>

#include "grammar/build_expr.h"
#include "grammar/build_source.h"
#include "grammar/build_test.h"
#include "grammar/scan.h"

namespace kitle {
namespace {

class Builder {
 public:
  Builder(const BuildInput& input, Syntax& syntax)
      : input_(input), expr_(input, false), syntax_(syntax) {}

  void declaration(const NodeRef& node) {
    switch (node.kind()) {
      case CstKind::kProfile:
        return profile(node);
      case CstKind::kEvent:
        return event(node);
      case CstKind::kTable:
        return table(node);
      case CstKind::kSource:
        syntax_.sources.push_back(build_source(input_, node));
        return;
      case CstKind::kSegment:
        return segment(node);
      case CstKind::kStages:
        return stages(node);
      case CstKind::kLet:
        return let(node);
      case CstKind::kTest:
        syntax_.tests.push_back(build_test(input_, node));
        return;
      case CstKind::kFixture:
        syntax_.fixtures.push_back(build_fixture(input_, node));
        return;
      case CstKind::kLater:
        return later(node);
      default:
        return;  // what was skipped is reported elsewhere
    }
  }

 private:
  void profile(const NodeRef& node) {
    ProfileDecl made;
    made.name = expr_.name(*node.first(CstKind::kPath));
    made.columns = columns(node);
    made.span = node.span();
    syntax_.profiles.push_back(std::move(made));
  }

  void event(const NodeRef& node) {
    EventDecl made;
    made.name = expr_.name(*node.first(CstKind::kPath));
    if (const auto plural = node.first(CstKind::kPlural)) {
      made.plural = expr_.name(*plural->first());
    }
    if (const auto counted = node.first(CstKind::kCountedBy)) {
      made.counted_by = expr_.name(*counted->first());
    }
    made.columns = columns(node);
    made.span = node.span();
    syntax_.events.push_back(std::move(made));
  }

  void table(const NodeRef& node) {
    const NodeRef file = *node.first(CstKind::kString);
    TableDecl made;
    made.name = expr_.name(*node.first(CstKind::kPath));
    made.title = title(node);
    made.file = {expr_.text(file), file.span()};
    made.key = expr_.name(*file.following(node));
    made.columns = columns(node);
    made.span = node.span();
    syntax_.tables.push_back(std::move(made));
  }

  std::vector<ColumnDecl> columns(const NodeRef& node) {
    std::vector<ColumnDecl> all;
    for (const NodeRef& child : node.children()) {
      if (child.is(CstKind::kColumn)) all.push_back(column(child));
    }
    return all;
  }

  ColumnDecl column(const NodeRef& node) {
    const NodeRef type = *node.first(CstKind::kType);
    ColumnDecl made;
    made.name = expr_.name(*node.first());
    made.type.name = expr_.name(*type.first(CstKind::kPath));
    made.type.list = type.first(CstKind::kListOf).has_value();
    made.type.personal = node.first(CstKind::kPersonal).has_value();
    made.type.key = node.first(CstKind::kKey).has_value();
    made.type.any_case = node.first(CstKind::kAnyCase).has_value();
    made.type.span = {input_.file, type.begin(), node.end()};
    return made;
  }

  void segment(const NodeRef& node) {
    SegmentDecl made;
    made.name = expr_.name(*node.first(CstKind::kPath));
    made.title = title(node);
    if (const auto condition = node.first(CstKind::kChain)) {
      made.condition = expr_.chain(*condition);
    }
    made.span = node.span();
    syntax_.segments.push_back(std::move(made));
  }

  std::string title(const NodeRef& node) {
    const auto written = node.first(CstKind::kTitle);
    return written ? expr_.text(*written->first()) : "";
  }

  void stages(const NodeRef& node) {
    StagesDecl made;
    made.name = expr_.name(*node.first(CstKind::kPath));
    made.title = title(node);
    for (const NodeRef& child : node.children()) {
      if (child.is(CstKind::kStage)) made.stages.push_back(stage(child));
      if (child.is(CstKind::kHole)) made.broken = true;
    }
    made.span = node.span();
    syntax_.stages.push_back(std::move(made));
  }

  StageDecl stage(const NodeRef& node) {
    StageDecl made;
    made.name = expr_.name(*node.first(CstKind::kPath));
    made.title = title(node);
    made.otherwise = node.first(CstKind::kOtherwise).has_value();
    if (const auto when = node.first(CstKind::kWhen)) {
      made.condition = expr_.chain(*when->first());
    }
    made.span = node.span();
    return made;
  }

  void let(const NodeRef& node) {
    LetDecl made;
    made.name = expr_.name(*node.first(CstKind::kPath));
    if (const auto value = node.first(CstKind::kChain)) {
      made.value = expr_.chain(*value);
    }
    made.span = node.span();
    syntax_.lets.push_back(std::move(made));
  }

  // `persona vip { ... }`, `use std.rfm with ... as rfm`.
  void later(const NodeRef& node) {
    const std::string_view line =
        node.text().substr(0, std::min(node.text().find('\n'), size_t{1000}));
    const size_t as = line.rfind(" as ");
    const bool use = line.starts_with("use ");
    if (use && as == std::string_view::npos) return;
    const size_t before = use ? as + 1 : 0;
    const size_t at = skip_spaces(line, before + word_length(line, before));
    const std::string_view word = word_at(line, at);
    if (word.empty()) return;
    const uint32_t begin = node.begin() + static_cast<uint32_t>(at);
    const uint32_t end = begin + static_cast<uint32_t>(word.size());
    syntax_.later.push_back({{std::string(word), {input_.file, begin, end}}});
  }

  const BuildInput& input_;
  ExprBuilder expr_;
  Syntax& syntax_;
};

}  // namespace

void build(const BuildInput& input, Syntax& syntax) {
  report_slips(input);
  Builder builder(input, syntax);
  const uint32_t count = static_cast<uint32_t>(input.cst.nodes.size());
  for (uint32_t at = 0; at < count; at = input.cst.nodes[at].next) {
    builder.declaration(NodeRef(input, at));
  }
}

}  // namespace kitle
