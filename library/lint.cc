// See kitle/lint.h.
#include "kitle/lint.h"

#include <algorithm>
#include <utility>

#include "compiler/lint.h"
#include "kitle/format.h"
#include "library/rules.h"
#include "library/test_bench.h"

namespace kitle {
namespace {

constexpr size_t kMostRounds = 8;
// Tried one by one, where all of a round together change what rules mean.
constexpr size_t kMostSingle = 200;

LintLevel level_of(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return LintLevel::kError;
    case Severity::kWarning:
      return LintLevel::kWarning;
    case Severity::kNote:
      return LintLevel::kNote;
  }
  return LintLevel::kNote;
}

Diagnostics found_in(const LoadedRepository& loaded,
                     const LintOptions& options) {
  Diagnostics all = lint(loaded, options.levels);
  Diagnostics kept;
  for (const Diagnostic& each : all.all()) {
    const bool wanted =
        options.only.empty()
            ? !is_proven(each.id)
            : std::ranges::count(options.only, info(each.id).code) > 0;
    if (wanted) kept.add(each);
  }
  return kept;
}

bool has_fix(const Diagnostic& finding) {
  return is_fixed(finding.id) && !finding.mends.empty();
}

std::string message_of(const Diagnostic& finding, MessageLanguage language) {
  std::string title = title_of(finding, language);
  if (finding.label.empty()) return title;
  return title + ": " + phrase_in(language, finding.label);
}

// ---- fixes ----

// Who is in which segment, as far as rules say it.
std::string meaning_of(const LoadedRepository& loaded) {
  const Repository& repository = loaded.repository;
  std::string text;
  for (const TypedSegment& each : repository.segments) {
    text += each.name + "\n" + print(*each.condition, repository.schema);
  }
  for (const TypedPersona& each : repository.personas) {
    text += print(each, repository.schema);
  }
  for (const TypedTest& each : repository.tests) {
    text += print(each, repository.schema);
  }
  return text;
}

class Fixer {
 public:
  Fixer(const Rules& rules, const LintOptions& options)
      : options_(options),
        loaded_(load_again(rules.impl().loaded)),
        meaning_(meaning_of(loaded_)) {
    for (uint32_t i = 0; i < loaded_.sources.size(); ++i) {
      const SourceFile& file = loaded_.sources.file(i);
      texts_.push_back({file.path, file.text});
    }
    before_ = texts_;
  }

  LintFixes fix() {
    for (size_t i = 0; i < kMostRounds && round(); ++i) {
    }
    LintFixes made;
    made.fixed = fixed_;
    const Formatter formatter(rule_texts());
    for (size_t i = 0; i < texts_.size(); ++i) {
      if (texts_[i].text == before_[i].text) continue;
      FormattedText formatted = formatter.format(texts_[i]);
      if (formatted.ok) texts_[i].text = std::move(formatted.text);
      made.files.push_back(texts_[i]);
    }
    return made;
  }

 private:
  // False: nothing is left to mend.
  bool round() {
    std::vector<Mend> mends = open_mends();
    if (mends.empty()) return false;
    std::vector<RuleText> all = texts_;
    for (const Mend& each : mends) apply(each, all);
    if (take(all)) {
      fixed_ += mends.size();
      return true;
    }
    return one_by_one(mends);
  }

  // From the last place to the first, so that places stay true; of two that
  // overlap the later one.
  std::vector<Mend> open_mends() const {
    std::vector<Mend> mends;
    const Diagnostics found = found_in(loaded_, options_);
    for (const Diagnostic& each : found.all()) {
      if (has_fix(each)) mends.push_back(each.mends.front());
    }
    std::ranges::sort(mends, [](const Mend& a, const Mend& b) {
      return std::pair(a.span.file, a.span.begin) >
             std::pair(b.span.file, b.span.begin);
    });
    std::vector<Mend> apart;
    for (Mend& each : mends) {
      const bool free = apart.empty() ||
                        apart.back().span.file != each.span.file ||
                        each.span.end <= apart.back().span.begin;
      if (free) apart.push_back(std::move(each));
    }
    return apart;
  }

  static void apply(const Mend& mend, std::vector<RuleText>& texts) {
    texts[mend.span.file].text.replace(
        mend.span.begin, mend.span.end - mend.span.begin, mend.replacement);
  }

  bool one_by_one(const std::vector<Mend>& mends) {
    size_t tried = 0;
    for (const Mend& each : mends) {
      if (++tried > kMostSingle) break;
      std::vector<RuleText> all = texts_;
      apply(each, all);
      if (take(all)) ++fixed_;
    }
    return false;
  }

  // The texts become the rules, if these say what they said.
  bool take(const std::vector<RuleText>& texts) {
    LoadedRepository changed = load_texts(texts, nullptr);
    const bool same =
        changed.diagnostics.errors() == 0 && meaning_of(changed) == meaning_;
    if (!same) return false;
    loaded_ = std::move(changed);
    texts_ = texts;
    return true;
  }

  std::vector<RuleText> rule_texts() const {
    std::vector<RuleText> rules;
    for (const RuleText& each : texts_) {
      if (each.path.ends_with(".kitle")) rules.push_back(each);
    }
    return rules;
  }

  const LintOptions& options_;
  LoadedRepository loaded_;
  std::string meaning_;
  std::vector<RuleText> texts_;  // by file of loaded_.sources
  std::vector<RuleText> before_;
  size_t fixed_ = 0;
};

}  // namespace

const char* lint_level_name(LintLevel level) {
  switch (level) {
    case LintLevel::kOff:
      return "off";
    case LintLevel::kNote:
      return "note";
    case LintLevel::kWarning:
      return "warning";
    case LintLevel::kError:
      return "error";
  }
  return "";
}

std::optional<LintLevel> lint_level_named(std::string_view name) {
  return level_named(name);
}

std::vector<LintRule> lint_rules(Language language) {
  std::vector<LintRule> rules;
  for (const DiagnosticId id : all_lints()) {
    const DiagnosticInfo& row = info(id);
    const std::string text = explain_diagnostic(row.code, language);
    const size_t begin = text.find(": ") + 2;
    const LintLevel level =
        is_off(id) ? LintLevel::kOff : level_of(row.severity);
    rules.push_back({std::string(row.code), level, is_fixed(id), is_proven(id),
                     text.substr(begin, text.find('\n') - begin),
                     fix_note(id)});
  }
  return rules;
}

LintReport lint(const Rules& rules, const LintOptions& options,
                const DiagnosticStyle& style) {
  const LoadedRepository& loaded = rules.impl().loaded;
  const Diagnostics found = found_in(loaded, options);
  LintReport report;
  report.errors = found.errors();
  report.warnings = found.warnings();
  report.notes = found.notes();
  for (const Diagnostic& each : found.all()) {
    const Position at =
        loaded.sources.position(each.span.file, each.span.begin);
    report.findings.push_back(
        {std::string(info(each.id).code), level_of(each.severity),
         loaded.sources.file(each.span.file).path, at.line, at.column,
         message_of(each, message_language(style.language))});
    report.fixable += has_fix(each) ? 1 : 0;
  }
  report.text = render(found, loaded.sources, render_style(style));
  return report;
}

LintFixes fix_lints(const Rules& rules, const LintOptions& options) {
  return Fixer(rules, options).fix();
}

}  // namespace kitle
