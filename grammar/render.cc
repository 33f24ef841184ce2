// Diagnostics as text with caret lines.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "grammar/diagnostic.h"
#include "grammar/render_machine.h"
#include "grammar/scan.h"
#include "grammar/translate.h"

namespace kitle {
namespace {

struct Colours {
  std::string_view error, warning, place, mend, bold, none;
};
constexpr Colours kPlain = {};
constexpr Colours kAnsi = {"\033[1;31m", "\033[1;33m", "\033[36m",
                           "\033[32m",   "\033[1m",    "\033[0m"};

// How many columns a terminal gives to a code point.
size_t width(char32_t c) {
  const bool combining = (c >= 0x300 && c <= 0x36F) || c == 0x200B ||
                         c == 0x200C || c == 0x200D || c == 0xFEFF;
  if (combining) return 0;
  const bool wide =
      (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) ||
      (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) ||
      (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
      (c >= 0x1F300 && c <= 0x1FAFF);
  return wide ? 2 : 1;
}

// A line as a terminal can show it: tabs are two spaces, what is no text is
// U+FFFD; and the column at which each byte of the line is shown.
struct Shown {
  std::string text;
  std::vector<size_t> columns;
};

Shown show(std::string_view line) {
  Shown shown;
  size_t column = 0;
  for (size_t at = 0; at < line.size();) {
    const CodePoint c = decode(line, at);
    const uint32_t bytes = std::max(1u, c.length);
    shown.columns.insert(shown.columns.end(), bytes, column);
    const bool tab = c.value == '\t';
    const bool unprintable =
        c.length == 0 || (c.value < 32 && !tab) || c.value == 127;
    shown.text += tab ? "  " : unprintable ? "\uFFFD" : line.substr(at, bytes);
    column += tab ? 2 : unprintable ? 1 : width(c.value);
    at += bytes;
  }
  shown.columns.push_back(column);
  return shown;
}

constexpr size_t kHelpColumns = 80;
// Long lines (data pasted into a rule) are shown around the carets only.
constexpr size_t kMostColumns = 160;

class TextRenderer {
 public:
  TextRenderer(const SourceSet& sources, const Colours& colours,
               MessageLanguage language)
      : sources_(sources), colours_(colours), language_(language) {}

  std::string render(const Diagnostic& found) {
    const Diagnostic diagnostic = translated(language_, found);
    out_.clear();
    heading(diagnostic);
    place(diagnostic.span, diagnostic.label, '^');
    for (const Label& label : diagnostic.labels) {
      place(label.span, label.text, '-');
    }
    for (const Mend& mend : diagnostic.mends) {
      if (says(diagnostic.label, mend)) continue;
      line("{}{}:{} {}", colours_.mend, word("mend"), colours_.none,
           shortened(mend.text, kMostColumns));
    }
    if (explained_.insert(diagnostic.id).second) {
      help(help_in(language_, diagnostic.id));
    }
    return std::move(out_);
  }

 private:
  std::string word(std::string_view english) const {
    return phrase_in(language_, english);
  }

  // The label shows the mend already: "did you mean `city`?".
  static bool says(std::string_view label, const Mend& mend) {
    const bool text = mend.replacement.starts_with('"');
    const std::string shown =
        text ? mend.replacement : fmt::format("`{}`", mend.replacement);
    return label.find(shown) != std::string_view::npos;
  }

  template <typename... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(out_), format,
                   std::forward<Args>(args)...);
    out_ += '\n';
  }

  void heading(const Diagnostic& diagnostic) {
    const DiagnosticInfo& row = info(diagnostic.id);
    const bool error = diagnostic.severity == Severity::kError;
    line("{}{} {}{}: {}{}{}", error ? colours_.error : colours_.warning,
         word(severity_word(diagnostic.severity)), row.code, colours_.none,
         colours_.bold,
         title_of(diagnostic, title_in(language_, diagnostic.id)),
         colours_.none);
  }

  // Over several lines, at blanks.
  void help(std::string_view text) {
    const std::string heading = word("help");
    const size_t margin = show(heading).columns.back() + 2;
    out_ += fmt::format("{}{}:{} ", colours_.bold, heading, colours_.none);
    size_t column = margin;
    for (size_t at = 0; at < text.size();) {
      const size_t end = std::min(text.find(' ', at), text.size());
      const std::string_view word = text.substr(at, end - at);
      const size_t columns = show(word).columns.back();
      if (column + columns > kHelpColumns && column > margin) {
        out_.back() = '\n';
        out_.append(margin, ' ');
        column = margin;
      }
      out_ += word;
      out_ += ' ';
      column += columns + 1;
      at = end + 1;
    }
    out_.back() = '\n';
  }

  // `  --> path:line:column`, the line, and carets below.
  void place(const Span& span, std::string_view label, char caret) {
    if (span.file >= sources_.size()) return;
    const Position at = sources_.position(span.file, span.begin);
    line("  {}-->{} {}:{}:{}", colours_.place, colours_.none,
         sources_.file(span.file).path, at.line, at.column);
    const std::string_view whole = sources_.line_at(span.file, span.begin);
    const size_t line_begin = static_cast<size_t>(
        whole.data() - sources_.file(span.file).text.data());
    const size_t from = std::min(
        whole.size(), span.begin - std::min<size_t>(span.begin, line_begin));
    const size_t to = std::clamp(
        span.end - std::min<size_t>(span.end, line_begin), from, whole.size());
    excerpt(whole, from, to, at.line, label, caret);
  }

  void excerpt(std::string_view whole, size_t from, size_t to, uint32_t number,
               std::string_view label, char caret) {
    size_t cut = 0;
    if (whole.size() > kMostColumns && from > kMostColumns / 2) {
      cut = from - kMostColumns / 2;
      while (cut < from && (whole[cut] & '\xC0') == '\x80') ++cut;
    }
    size_t end = std::min(whole.size(), cut + kMostColumns);
    while (end < whole.size() && (whole[end] & '\xC0') == '\x80') ++end;
    const Shown shown = show(whole.substr(cut, end - cut));
    const size_t first = shown.columns[std::min(from, end) - cut];
    const size_t last = shown.columns[std::min(to, end) - cut];
    const std::string margin(fmt::formatted_size("{}", number), ' ');
    line(" {} |", margin);
    line(" {} | {}", number, shown.text);
    const std::string_view gap = label.empty() ? "" : " ";
    line(" {} | {:{}}{}{}{}{}{}", margin, "", first,
         caret == '^' ? colours_.error : colours_.place,
         std::string(std::max<size_t>(1, last - first), caret), gap, label,
         colours_.none);
  }

  const SourceSet& sources_;
  const Colours& colours_;
  MessageLanguage language_;
  std::string out_;
  std::set<DiagnosticId> explained_;  // the help of a message is shown once
};

std::string render_text(const Diagnostics& diagnostics,
                        const SourceSet& sources, const RenderStyle& style) {
  TextRenderer renderer(sources, style.colour ? kAnsi : kPlain, style.language);
  std::string out;
  for (const Diagnostic& each : diagnostics.all()) {
    out += renderer.render(each);
    out += '\n';
  }
  if (diagnostics.dropped() != 0) {
    out += phrase_in(style.language,
                     fmt::format("and {} more", diagnostics.dropped())) +
           "\n";
  }
  return out;
}

}  // namespace

std::string render(const Diagnostics& diagnostics, const SourceSet& sources,
                   DiagnosticFormat format, bool colour,
                   std::string_view folder) {
  return render(
      diagnostics, sources,
      RenderStyle{.format = format, .colour = colour, .folder = folder});
}

std::string render(const Diagnostics& diagnostics, const SourceSet& sources,
                   const RenderStyle& style) {
  switch (style.format) {
    case DiagnosticFormat::kText:
      return render_text(diagnostics, sources, style);
    case DiagnosticFormat::kJson:
      return render_json(diagnostics, sources, style.language);
    case DiagnosticFormat::kSarif:
      return render_sarif(diagnostics, sources, style.folder, style.language);
    case DiagnosticFormat::kGithub:
      return render_github(diagnostics, sources, style.folder, style.language);
  }
  return {};
}

}  // namespace kitle
