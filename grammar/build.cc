// Declarations: from the matched text to the syntax tree; see build.h.
#include "grammar/build.h"

#include <fmt/format.h>

#include <algorithm>

#include "grammar/build_expr.h"
#include "grammar/build_guard.h"
#include "grammar/build_persona.h"
#include "grammar/build_score.h"
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
    ++declarations_;
    switch (node.kind()) {
      case CstKind::kProfile:
        return profile(node);
      case CstKind::kEvent:
        return event(node);
      case CstKind::kGroupOfEvents:
        return group(node);
      case CstKind::kSessions:
        return sessions(node);
      case CstKind::kTable:
        return table(node);
      case CstKind::kSource:
        syntax_.sources.push_back(build_source(input_, node));
        return;
      case CstKind::kSegment:
        return segment(node);
      case CstKind::kStages:
        return stages(node);
      case CstKind::kTemplate:
        return template_of(node);
      case CstKind::kLibrary:
        return library(node);
      case CstKind::kUse:
        return use(node);
      case CstKind::kPersona:
        syntax_.personas.push_back(build_persona(input_, node));
        return;
      case CstKind::kScore:
        syntax_.scores.push_back(build_score(input_, node));
        return;
      case CstKind::kLet:
        return let(node);
      case CstKind::kTest:
        syntax_.tests.push_back(build_test(input_, node));
        return;
      case CstKind::kFixture:
        syntax_.fixtures.push_back(build_fixture(input_, node));
        return;
      case CstKind::kGuard:
        if (!node.first(CstKind::kHole)) {
          syntax_.guards.push_back(build_guard(input_, node));
        }
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

  void group(const NodeRef& node) {
    GroupDecl made;
    made.name = expr_.name(*node.first(CstKind::kPath));
    if (const auto plural = node.first(CstKind::kPlural)) {
      made.plural = expr_.name(*plural->first());
    }
    for (const NodeRef& child : node.children()) {
      if (!child.is(CstKind::kEventName)) continue;
      made.members.push_back(expr_.name(*child.first()));
    }
    made.span = node.span();
    syntax_.groups.push_back(std::move(made));
  }

  void sessions(const NodeRef& node) {
    SessionsDecl made;
    made.name = expr_.name(*node.first(CstKind::kPath));
    if (const auto plural = node.first(CstKind::kPlural)) {
      made.plural = expr_.name(*plural->first());
    }
    made.of = expr_.name(*node.first(CstKind::kEventName)->first());
    made.gap = expr_.length(*node.first(CstKind::kGap));
    made.span = node.span();
    syntax_.sessions.push_back(std::move(made));
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
    made.type = type_name(type);
    made.type.personal = node.first(CstKind::kPersonal).has_value();
    made.type.key = node.first(CstKind::kKey).has_value();
    made.type.any_case = node.first(CstKind::kAnyCase).has_value();
    made.type.span = {input_.file, type.begin(), node.end()};
    return made;
  }

  TypeName type_name(const NodeRef& node) {
    TypeName made;
    made.name = expr_.name(*node.first(CstKind::kPath));
    made.list = node.first(CstKind::kListOf).has_value();
    made.span = node.span();
    return made;
  }

  void template_of(const NodeRef& node) {
    TemplateDecl made;
    made.name = expr_.name(*node.first(CstKind::kPath));
    made.parameters = parameters(node);
    made.deprecated = deprecated(node);
    if (const auto body = node.first(CstKind::kChain)) {
      made.body = expr_.chain(*body);
    }
    made.private_word = expr_.private_word(node);
    made.span = node.span();
    syntax_.templates.push_back(std::move(made));
  }

  void library(const NodeRef& node) {
    LibraryDecl made;
    made.name = expr_.name(*node.first(CstKind::kPath));
    made.parameters = parameters(node);
    made.first = declarations_ == 1;
    made.span = node.span();
    syntax_.libraries.push_back(std::move(made));
  }

  void use(const NodeRef& node) {
    const NodeRef what = *node.first();
    UseDecl made;
    made.path = !what.is(CstKind::kPath);
    made.library =
        made.path ? Name{expr_.text(what), what.span()} : expr_.name(what);
    for (const NodeRef& child : node.children()) {
      if (child.is(CstKind::kUseAs)) made.as = expr_.name(*child.first());
      if (!child.is(CstKind::kUseArgument)) continue;
      UseArgument& argument = made.arguments.emplace_back();
      const auto name = child.first(CstKind::kArgumentName);
      if (name) argument.name = expr_.name(*name->first());
      const auto value = name ? name->following(child) : child.first();
      argument.value = expr_.value(*value);
    }
    made.span = node.span();
    syntax_.uses.push_back(std::move(made));
  }

  std::vector<ParameterDecl> parameters(const NodeRef& node) {
    std::vector<ParameterDecl> all;
    for (const NodeRef& child : node.first(CstKind::kParameters)->children()) {
      if (child.is(CstKind::kParam)) all.push_back(parameter(child));
    }
    return all;
  }

  ParameterDecl parameter(const NodeRef& node) {
    const NodeRef name = *node.first();
    const NodeRef what = *name.following(node);
    ParameterDecl made;
    made.name = expr_.name(name);
    made.kind = what.is(CstKind::kEventParam)       ? ParameterKind::kEvent
                : what.is(CstKind::kPropertyParam)  ? ParameterKind::kProperty
                : what.is(CstKind::kAttributeParam) ? ParameterKind::kAttribute
                                                    : ParameterKind::kValue;
    if (const auto of = what.first(CstKind::kPath);
        of && made.kind == ParameterKind::kProperty) {
      made.of = expr_.name(*of);
    }
    const auto type = what.is(CstKind::kType) ? std::optional(what)
                                              : what.first(CstKind::kType);
    if (type) made.type = type_name(*type);
    if (const auto value = what.following(node)) {
      made.value = expr_.value(*value);
    }
    if (made.type.name.text == "duration") no_unit(made.name);
    return made;
  }

  // `in last month` is the calendar month, whatever else is called so.
  void no_unit(const Name& name) {
    if (!is_unit_word(name.text)) return;
    const std::string other = name.text + "_length";
    input_.diagnostics.add(DiagnosticId::kUnitName, name.span, {name.text})
        .with_mend(name.span, other, fmt::format("call it `{}`", other));
  }

  void segment(const NodeRef& node) {
    SegmentDecl made;
    made.name = expr_.name(*node.first(CstKind::kPath));
    made.title = title(node);
    made.deprecated = deprecated(node);
    if (const auto condition = node.first(CstKind::kChain)) {
      made.condition = expr_.chain(*condition);
    }
    made.private_word = expr_.private_word(node);
    made.span = node.span();
    syntax_.segments.push_back(std::move(made));
  }

  std::string deprecated(const NodeRef& node) {
    const auto written = node.first(CstKind::kDeprecated);
    return written ? expr_.text(*written->first()) : "";
  }

  std::string title(const NodeRef& node) {
    const auto written = node.first(CstKind::kTitle);
    return written ? expr_.text(*written->first()) : "";
  }

  void stages(const NodeRef& node) {
    StagesDecl made;
    made.name = expr_.name(*node.first(CstKind::kPath));
    made.title = title(node);
    made.deprecated = deprecated(node);
    for (const NodeRef& child : node.children()) {
      if (child.is(CstKind::kStage)) made.stages.push_back(stage(child));
      if (child.is(CstKind::kHole)) made.broken = true;
    }
    made.private_word = expr_.private_word(node);
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
    const bool length = made.value && made.value->kind == ExprKind::kDuration;
    if (length) no_unit(made.name);
    made.private_word = expr_.private_word(node);
    made.span = node.span();
    syntax_.lets.push_back(std::move(made));
  }

  // `persona vip { ... }`.
  void later(const NodeRef& node) {
    const std::string_view line =
        node.text().substr(0, std::min(node.text().find('\n'), size_t{1000}));
    const size_t at = skip_spaces(line, word_length(line, 0));
    const std::string_view word = word_at(line, at);
    if (word.empty()) return;
    const uint32_t begin = node.begin() + static_cast<uint32_t>(at);
    const uint32_t end = begin + static_cast<uint32_t>(word.size());
    syntax_.later.push_back({{std::string(word), {input_.file, begin, end}}});
  }

  const BuildInput& input_;
  ExprBuilder expr_;
  Syntax& syntax_;
  size_t declarations_ = 0;  // so far
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
