// Reports of slips that the grammar went on after: keywords in capitals,
// numbers without a space, `the`. Failures are explained in explain.cc.
#include <fmt/format.h>

#include "grammar/build_expr.h"
#include "grammar/scan.h"

namespace kitle {
namespace {

class SlipReporter {
 public:
  explicit SlipReporter(const BuildInput& input) : input_(input) {}

  void report(uint32_t index) {
    const CstNode& node = input_.cst.nodes[index];
    switch (node.kind) {
      case CstKind::kBroken:
        return explain(input_, node);
      case CstKind::kLater:
        return report_later(input_, node);
      case CstKind::kSlipCase:
        return keyword_case(node);
      case CstKind::kSlipGlued:
        return glued(node);
      case CstKind::kSlipThe:
        return mend(node, DiagnosticId::kWindowWords, window_behind(node), "",
                    "remove `the`");
      case CstKind::kSlipComma:
        return line_comma(node);
      case CstKind::kSlipText:
        return slip_of_text(node);
      default:
        return;
    }
  }

 private:
  void keyword_case(const CstNode& node) {
    const std::string right = fold_keyword(text(node.begin, node.end));
    input_.diagnostics
        .add(DiagnosticId::kKeywordCase, span(node),
             {std::string(text(node.begin, node.end)), right})
        .with_mend(span(node), right, fmt::format("write `{}`", right));
  }

  // `500TL`, `7days`; the node is the empty place between them or the number.
  void glued(const CstNode& node) {
    uint32_t begin = node.end;
    while (begin > 0 && is_ascii_name_letter(input_.text[begin - 1])) --begin;
    const uint32_t length =
        static_cast<uint32_t>(word_length(input_.text, node.end));
    const uint32_t end = node.end + length;
    const Span whole{input_.file, begin, end};
    input_.diagnostics
        .add(DiagnosticId::kGluedUnit, whole,
             {std::string(text(begin, node.end)),
              std::string(text(node.end, end))})
        .with_mend({input_.file, node.end, node.end}, " ",
                   "write a space between them");
  }

  // `order from "InvoiceNo", amount from "X"`.
  void line_comma(const CstNode& node) {
    const size_t before = input_.text.rfind('\n', node.begin);
    const size_t line = before == std::string_view::npos ? 0 : before + 1;
    std::string indent(skip_spaces(input_.text, line) - line, ' ');
    if (text(static_cast<uint32_t>(line), node.begin).find('{') !=
        std::string_view::npos) {
      indent += "  ";
    }
    const uint32_t end =
        static_cast<uint32_t>(skip_spaces(input_.text, node.end));
    const char behind = end < input_.text.size() ? input_.text[end] : '\n';
    const bool last = behind == '\n' || behind == '#' || behind == '}';
    input_.diagnostics
        .add(DiagnosticId::kExpectedSourceLine, span(node), {"`,`"})
        .with_mend({input_.file, node.begin, last ? node.end : end},
                   last ? "" : "\n" + indent,
                   last ? "remove it" : "write one line for each property");
  }

  void slip_of_text(const CstNode& node) {
    std::string_view inner = text(node.begin, node.end);
    const CodePoint quote = decode(inner, 0);
    if (quote.value == '"') {
      input_.diagnostics.add(DiagnosticId::kUnclosedText, span(node))
          .with_mend({input_.file, node.end, node.end}, "\"",
                     "close it where the text ends");
      return;
    }
    inner.remove_prefix(quote.length);
    for (const std::string_view closing :
         {"“", "”", "’", "»", "«", "'", "\""}) {
      if (!inner.ends_with(closing)) continue;
      inner.remove_suffix(closing.size());
      break;
    }
    const std::string right = fmt::format("\"{}\"", inner);
    input_.diagnostics.add(DiagnosticId::kOtherQuotes, span(node))
        .with_mend(span(node), right, fmt::format("write `{}`", right));
  }

  // `in last week` of `in the last week`.
  std::string window_behind(const CstNode& node) const {
    std::string right = "in";
    size_t at = skip_spaces(input_.text, node.end);
    for (int words = 0; words < 3; ++words) {
      const std::string_view word = word_at(input_.text, at);
      if (word.empty()) break;
      right += " " + std::string(word);
      if (is_unit_word(word)) break;
      at = skip_spaces(input_.text, at + word.size());
    }
    return right;
  }

  void mend(const CstNode& node, DiagnosticId id, std::string arg,
            std::string replacement, std::string what) {
    uint32_t end = node.end;
    if (replacement.empty()) {
      end = static_cast<uint32_t>(skip_spaces(input_.text, end));
    }
    input_.diagnostics.add(id, span(node), {std::move(arg)})
        .with_mend({input_.file, node.begin, end}, std::move(replacement),
                   std::move(what));
  }

  Span span(const CstNode& node) const {
    return {input_.file, node.begin, node.end};
  }
  std::string_view text(uint32_t begin, uint32_t end) const {
    return input_.text.substr(begin, end - begin);
  }

  const BuildInput& input_;
};

}  // namespace

void report_slips(const BuildInput& input) {
  SlipReporter reporter(input);
  const uint32_t count = static_cast<uint32_t>(input.cst.nodes.size());
  for (uint32_t i = 0; i < count; ++i) reporter.report(i);
}

}  // namespace kitle
