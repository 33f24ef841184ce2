// Templates put in where they are called (compiler/expand.h).
#include "compiler/expand.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "compiler/arguments.h"
#include "compiler/copy_tree.h"
#include "compiler/visible.h"
#include "compiler/walk_tree.h"

namespace kitle {

namespace {

class Expander {
 public:
  Expander(SourceSet& sources, Syntax& syntax, Diagnostics& diagnostics)
      : sources_(sources),
        syntax_(syntax),
        diagnostics_(diagnostics),
        matcher_(syntax, diagnostics) {
    for (const TemplateDecl& each : syntax.templates) {
      templates_.emplace(each.name.text, &each);
    }
  }

  void run() {
    for (TemplateDecl& each : syntax_.templates) declared(each);
    for (LetDecl& each : syntax_.lets) tree(each.value);
    for (SegmentDecl& each : syntax_.segments) tree(each.condition);
    for (StagesDecl& each : syntax_.stages) {
      for (StageDecl& stage : each.stages) tree(stage.condition);
    }
    for (PersonaDecl& each : syntax_.personas) persona(each);
    for (ScoreDecl& each : syntax_.scores) score(each);
    for (FixtureDecl& each : syntax_.fixtures) told(each);
    for (TestDecl& each : syntax_.tests) told(each);
  }

 private:
  // What is wrong with a template by itself.
  void declared(TemplateDecl& declared) {
    matcher_.check_parameters(declared.parameters);
    std::unordered_set<std::string> used;
    if (!declared.body) return;
    collect_names(declared.body, used);
    matcher_.warn_unused(declared.parameters, declared.name.text, used);
  }

  void persona(PersonaDecl& declared) {
    for (PointsDecl& each : declared.points) {
      tree(each.condition);
      if (each.clause) clause(*each.clause);
    }
    for (PersonaDecl::Member& each : declared.member) tree(each.condition);
  }

  void clause(EventClause& clause) {
    tree(clause.measured);
    tree(clause.where);
    for (Anchor& each : clause.anchors) tree(each.moment);
  }

  void score(ScoreDecl& declared) {
    tree(declared.population);
    for (DimensionDecl& each : declared.dimensions) {
      tree(each.value);
      for (ExprPtr& better : each.better) tree(better);
    }
  }

  // What a test or a fixture expects.
  template <class Decl>
  void told(Decl& declared) {
    for (TestLine& each : declared.lines) tree(each.expect.condition);
    for (CasesDecl& cases : declared.cases) {
      for (CaseDecl& each : cases.rows) {
        if (each.expect) tree(each.expect->condition);
      }
    }
  }

  void tree(ExprPtr& expr) {
    each_part(expr, [this](ExprPtr& part) {
      if (part->kind == ExprKind::kCall) call(part);
    });
  }

  // Replaces a call, whose arguments hold no calls any more.
  void call(ExprPtr& expr) {
    ExprPtr made = std::make_unique<Expr>();
    made->kind = ExprKind::kExpanded;
    made->name = expr->name;
    made->span = expr->span;
    made->op_span = expr->name.span;
    // What was too much is not made more.
    if (told_) {
      expr = std::move(made);
      return;
    }
    const TemplateDecl* called = find(*expr);
    if (called != nullptr) {
      check_visible(sources_, called->name, called->private_word,
                    expr->name.span, diagnostics_);
    }
    if (called != nullptr && !called->deprecated.empty()) {
      report(DiagnosticId::kDeprecated, expr->name.span,
             {called->name.text, called->deprecated})
          .with_place(called->name.span, "declared here");
    }
    const auto arguments =
        called == nullptr ? std::nullopt : match(*called, *expr);
    if (arguments && called->body && !circular(*called, *expr)) {
      made->args.push_back(body(*called, *arguments, *expr));
    }
    expr = std::move(made);
  }

  std::optional<Arguments> match(const TemplateDecl& called, const Expr& call) {
    std::vector<const Expr*> given;
    for (const ExprPtr& each : call.args) given.push_back(each.get());
    return matcher_.match(called.name.text, called.parameters, given,
                          call.span);
  }

  const TemplateDecl* find(const Expr& call) {
    const auto found = templates_.find(call.name.text);
    if (found != templates_.end()) return found->second;
    std::vector<std::string> known;
    for (const TemplateDecl& each : syntax_.templates) {
      known.push_back(each.name.text);
    }
    Diagnostic& made = report(DiagnosticId::kUnknownTemplate, call.name.span,
                              {call.name.text});
    const std::string near = nearest(call.name.text, known);
    if (!near.empty()) {
      made.with_mend(call.name.span, near, fmt::format("write `{}`", near));
    }
    return nullptr;
  }

  // A copy of the body, with what it calls itself put in.
  ExprPtr body(const TemplateDecl& called, const Arguments& arguments,
               const Expr& call) {
    const std::string profile =
        syntax_.profiles.empty() ? "" : syntax_.profiles.front().name.text;
    const uint32_t from = called.name.span.file;
    const uint32_t to = sources_.add_copy(from, call.span);
    const uint64_t left =
        kMaxExpandedNodes - std::min(nodes_, kMaxExpandedNodes);
    TreeCopier copier(arguments, from, to, profile, left);
    ExprPtr copy = copier.copy(called.body);
    nodes_ += copier.nodes();
    if (copier.too_big()) return too_much(call);
    for (const Expr* each : copier.no_lengths()) {
      report(DiagnosticId::kNotALength, each->span,
             {std::string(sources_.text(each->span))});
    }
    open_.push_back(&called);
    tree(copy);
    open_.pop_back();
    return copy;
  }

  ExprPtr too_much(const Expr& call) {
    if (!told_) {
      report(DiagnosticId::kTemplateTooBig, call.span,
             {std::to_string(kMaxExpandedNodes)});
    }
    told_ = true;
    auto nothing = std::make_unique<Expr>();
    nothing->kind = ExprKind::kExpanded;
    nothing->span = call.span;
    return nothing;
  }

  // Whether the template is being put in around this call, or too many are.
  bool circular(const TemplateDecl& called, const Expr& call) {
    const auto first = std::ranges::find(open_, &called);
    if (first == open_.end() && open_.size() < kMaxCallDepth) return false;
    if (nodes_ > kMaxExpandedNodes) return true;
    std::string path;
    for (auto each = first; each != open_.end(); ++each) {
      path += (*each)->name.text + " → ";
    }
    if (first == open_.end()) path = "... → ";
    Diagnostic& made = report(DiagnosticId::kCycle, called.name.span,
                              {called.name.text, path + called.name.text});
    made.with_place(sources_.original(call.span), "called again here");
    return true;
  }

  Diagnostic& report(DiagnosticId id, Span span,
                     std::vector<std::string> args) {
    return diagnostics_.add(id, span, std::move(args));
  }

  SourceSet& sources_;
  Syntax& syntax_;
  Diagnostics& diagnostics_;
  ArgumentMatcher matcher_;
  std::unordered_map<std::string, const TemplateDecl*> templates_;
  std::vector<const TemplateDecl*> open_;
  uint64_t nodes_ = 0;
  bool told_ = false;
};

}  // namespace

void expand_templates(SourceSet& sources, Syntax& syntax,
                      Diagnostics& diagnostics) {
  Expander(sources, syntax, diagnostics).run();
}

}  // namespace kitle
