// See lint.h.
#include "compiler/lint.h"

#include <algorithm>
#include <array>

#include "compiler/lint_context.h"
#include "grammar/allowances.h"
#include "grammar/scan.h"

namespace kitle {

namespace {

constexpr size_t kMostQuoted = 60;
constexpr std::array kFixed = {DiagnosticId::kMixedWindows,
                               DiagnosticId::kNotAnySequence};

// Unless a level says otherwise.
constexpr std::array kOff = {DiagnosticId::kUnusedSegment,
                             DiagnosticId::kSubsumedSegment};
constexpr std::array kProven = {
    DiagnosticId::kDuplicateSegment, DiagnosticId::kSubsumedSegment,
    DiagnosticId::kRedundantClause, DiagnosticId::kImpossibleClause};

std::optional<Severity> severity_of(LintLevel level) {
  switch (level) {
    case LintLevel::kOff:
      return std::nullopt;
    case LintLevel::kNote:
      return Severity::kNote;
    case LintLevel::kWarning:
      return Severity::kWarning;
    case LintLevel::kError:
      return Severity::kError;
  }
  return std::nullopt;
}

// Leaves out what comments allow, and says which of these are for nothing.
class Allowing {
 public:
  Allowing(const LintContext& context, std::vector<Allowance> all)
      : context_(context), all_(std::move(all)) {
    for (const Allowance& each : all_) used_.emplace_back(each.lints.size());
  }

  bool allows(const Diagnostic& finding) {
    const std::string_view name = info(finding.id).code;
    bool allowed = false;
    for (size_t i = 0; i < all_.size(); ++i) {
      if (!is_about(all_[i], finding.span)) continue;
      for (size_t j = 0; j < all_[i].lints.size(); ++j) {
        if (all_[i].lints[j].text != name) continue;
        used_[i][j] = true;
        allowed = allowed || all_[i].reason;
      }
    }
    return allowed;
  }

  void report() const {
    for (size_t i = 0; i < all_.size(); ++i) {
      const Allowance& each = all_[i];
      if (!each.reason || each.lints.empty()) {
        context_.add(DiagnosticId::kBadAllowance, each.span);
        continue;
      }
      for (size_t j = 0; j < each.lints.size(); ++j) {
        if (!used_[i][j]) unused(each.lints[j]);
      }
    }
  }

 private:
  static bool is_about(const Allowance& allowance, const Span& place) {
    return allowance.line.file == place.file &&
           allowance.line.begin <= place.begin &&
           place.begin < allowance.line.end;
  }

  void unused(const Name& lint) const {
    if (is_lint(lint.text)) {
      context_.add(DiagnosticId::kUnusedAllowance, lint.span, {lint.text});
      return;
    }
    std::vector<std::string> names;
    for (const DiagnosticId id : all_lints()) names.emplace_back(info(id).code);
    const std::string near = nearest(lint.text, names);
    Diagnostic& made =
        context_.add(DiagnosticId::kUnknownLint, lint.span, {lint.text});
    if (near.empty()) return;
    made.with_label("did you mean `" + near + "`?");
    made.with_mend(lint.span, near, "write `" + near + "`");
  }

  const LintContext& context_;
  std::vector<Allowance> all_;
  std::vector<std::vector<bool>> used_;
};

class Leveller {
 public:
  Leveller(const LoadedRepository& loaded, const LintLevels& levels)
      : loaded_(loaded), levels_(levels) {}

  // Nothing where the lint is off.
  std::optional<Severity> of(DiagnosticId id) const {
    const std::string_view name = info(id).code;
    for (const LintLevels* each : {&levels_, &loaded_.lint_levels}) {
      const auto found = each->find(name);
      if (found != each->end()) return severity_of(found->second);
    }
    if (is_off(id)) return std::nullopt;
    return info(id).severity;
  }

 private:
  const LoadedRepository& loaded_;
  const LintLevels& levels_;
};

}  // namespace

std::string LintContext::quote(Span span) const {
  std::string line;
  for (const char c : sources().text(span)) {
    const bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!blank) line += c;
    if (blank && !line.empty() && line.back() != ' ') line += ' ';
  }
  return shortened(line, kMostQuoted);
}

bool LintContext::is_standard(Span span) const {
  return sources().file(span.file).path.starts_with("std.");
}

bool is_lint(std::string_view code) {
  const DiagnosticInfo* row = find_diagnostic(code);
  return row != nullptr && code[0] >= 'a' && code[0] <= 'z';
}

std::vector<DiagnosticId> all_lints() {
  std::vector<DiagnosticId> lints;
#define KITLE_DIAGNOSTIC(name, code, severity, title, help) \
  if (is_lint(code)) lints.push_back(DiagnosticId::name);
#include "grammar/diagnostics.def"
#undef KITLE_DIAGNOSTIC
  return lints;
}

std::optional<LintLevel> level_named(std::string_view name) {
  if (name == "off") return LintLevel::kOff;
  if (name == "note") return LintLevel::kNote;
  if (name == "warning") return LintLevel::kWarning;
  if (name == "error") return LintLevel::kError;
  return std::nullopt;
}

bool is_fixed(DiagnosticId lint) {
  return std::ranges::find(kFixed, lint) != kFixed.end();
}

const char* fix_note(DiagnosticId lint) {
  switch (lint) {
    case DiagnosticId::kMixedWindows:
      return "writes `ever`, which is what the clause means already.";
    case DiagnosticId::kNotAnySequence:
      return "writes `not (any ...)`, which is the same.";
    case DiagnosticId::kIsNotMissing:
      return "leaves it: either mend says something else, and only you know "
             "which is meant.";
    case DiagnosticId::kLastPeriod:
      return "leaves it: both are right, of different days.";
    case DiagnosticId::kMissingAnchor:
    case DiagnosticId::kOpenSpan:
      return "leaves it: the mend takes people out of the segment.";
    case DiagnosticId::kOrderTotal:
      return "leaves it: the order's total is another amount, so others would "
             "be in.";
    case DiagnosticId::kDuplicateSegment:
    case DiagnosticId::kSubsumedSegment:
    case DiagnosticId::kRedundantClause:
    case DiagnosticId::kImpossibleClause:
      return "leaves it: it may come from a slip, so that another mend is the "
             "right one.";
    case DiagnosticId::kUnknownLint:
    case DiagnosticId::kUnusedAllowance:
    case DiagnosticId::kBadAllowance:
      return "leaves it: comments are yours.";
    case DiagnosticId::kPersonalValue:
      return "leaves it: who is meant has to be said in another way.";
    case DiagnosticId::kMagicNumber:
    case DiagnosticId::kSameTitle:
      return "leaves it: it wants a name that people understand.";
    default:
      return "leaves it: what is not used may be about to be, and what is "
             "removed is yours to decide.";
  }
}

bool is_off(DiagnosticId lint) {
  return std::ranges::find(kOff, lint) != kOff.end();
}

bool is_proven(DiagnosticId lint) {
  return std::ranges::find(kProven, lint) != kProven.end();
}

Diagnostics lint(const LoadedRepository& loaded, const LintLevels& levels) {
  Diagnostics found;
  const LintContext context{loaded, found};
  lint_clauses(context);
  lint_names(context);
  lint_relations(context);
  found.place_in_files(loaded.sources);
  found.sort();
  Diagnostics allowances;
  const LintContext about_comments{loaded, allowances};
  Allowing allowing(about_comments,
                    read_allowances(loaded.sources, loaded.syntax));
  const Leveller leveller(loaded, levels);
  Diagnostics kept;
  const auto keep = [&](const Diagnostic& each) {
    const auto severity = leveller.of(each.id);
    if (!severity) return;
    Diagnostic levelled = each;
    levelled.severity = *severity;
    kept.add(levelled);
  };
  for (const Diagnostic& each : found.all()) {
    if (!allowing.allows(each)) keep(each);
  }
  allowing.report();
  for (const Diagnostic& each : allowances.all()) keep(each);
  kept.sort();
  return kept;
}

}  // namespace kitle
