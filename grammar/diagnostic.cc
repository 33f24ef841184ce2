// Collecting the user's mistakes; see diagnostic.h. Rendering is in
// render.cc, names that are near in nearest.cc.
#include "grammar/diagnostic.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "grammar/scan.h"
#include "grammar/translate.h"

namespace kitle {
namespace {

constexpr DiagnosticInfo kRows[] = {
#define KITLE_DIAGNOSTIC(name, code, severity, title, help) \
  {#name, code, Severity::severity, title, help},
#include "grammar/diagnostics.def"
#undef KITLE_DIAGNOSTIC
};

constexpr size_t kLongestArgument = 200;  // bytes; a title is one line

auto place(const Diagnostic& d) {
  return std::tuple(d.span.file, d.span.begin, d.span.end, d.id);
}

bool same(const Diagnostic& a, const Diagnostic& b) {
  return place(a) == place(b) && a.args == b.args;
}

}  // namespace

const char* severity_word(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return "error";
    case Severity::kWarning:
      return "warning";
    case Severity::kNote:
      return "note";
  }
  return "";
}

const DiagnosticInfo& info(DiagnosticId id) {
  return kRows[static_cast<size_t>(id)];
}

const DiagnosticInfo* find_diagnostic(std::string_view code) {
  const auto row = std::find_if(
      std::begin(kRows), std::end(kRows),
      [code](const DiagnosticInfo& each) { return each.code == code; });
  return row == std::end(kRows) ? nullptr : &*row;
}

Diagnostic& Diagnostic::with_label(std::string text) {
  label = std::move(text);
  return *this;
}

Diagnostic& Diagnostic::with_place(Span place, std::string text) {
  labels.push_back({place, std::move(text)});
  return *this;
}

Diagnostic& Diagnostic::with_mend(Span place, std::string replacement,
                                  std::string text) {
  mends.push_back({place, std::move(replacement), std::move(text)});
  return *this;
}

size_t& Diagnostics::count_of(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return errors_;
    case Severity::kWarning:
      return warnings_;
    case Severity::kNote:
      break;
  }
  return notes_;
}

Diagnostic& Diagnostics::add(DiagnosticId id, Span span,
                             std::vector<std::string> args) {
  const Severity severity = info(id).severity;
  count_of(severity) += 1;
  Diagnostic made{id, span, std::move(args), {}, {}, {}, severity};
  if (all_.size() >= kLimit) {
    ++dropped_;
    overflow_ = std::move(made);
    return overflow_;
  }
  return all_.emplace_back(std::move(made));
}

void Diagnostics::add(const Diagnostic& made) {
  Diagnostic& added = add(made.id, made.span);
  count_of(added.severity) -= 1;
  count_of(made.severity) += 1;
  added = made;
}

void Diagnostics::place_in_files(const SourceSet& sources) {
  for (Diagnostic& each : all_) {
    for (auto call = sources.call_of(each.span.file); call;
         call = sources.call_of(call->file)) {
      each.with_place(*call, "called here");
    }
    each.span = sources.original(each.span);
    for (Label& label : each.labels) label.span = sources.original(label.span);
    for (Mend& mend : each.mends) mend.span = sources.original(mend.span);
  }
}

void Diagnostics::sort() {
  std::stable_sort(all_.begin(), all_.end(),
                   [](const Diagnostic& a, const Diagnostic& b) {
                     return place(a) < place(b);
                   });
  // What std::unique leaves behind the end is anything.
  for (size_t i = 1; i < all_.size(); ++i) {
    if (same(all_[i - 1], all_[i])) count_of(all_[i].severity) -= 1;
  }
  all_.erase(std::unique(all_.begin(), all_.end(), same), all_.end());
}

std::string title_of(const Diagnostic& diagnostic) {
  return title_of(diagnostic, info(diagnostic.id).title);
}

std::string title_of(const Diagnostic& diagnostic, std::string_view pattern) {
  std::string title;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const bool hole = pattern[i] == '{' && i + 2 < pattern.size() &&
                      pattern[i + 2] == '}' && pattern[i + 1] >= '0' &&
                      pattern[i + 1] <= '9';
    if (!hole) {
      title += pattern[i];
      continue;
    }
    const size_t arg = static_cast<size_t>(pattern[i + 1] - '0');
    if (arg < diagnostic.args.size()) {
      title += shortened(diagnostic.args[arg], kLongestArgument);
    }
    i += 2;
  }
  return title;
}

}  // namespace kitle
