// `source` declarations: files, csv settings, lines and `into` blocks.
#include "grammar/build_source.h"

#include "grammar/build_expr.h"
#include "grammar/scan.h"

namespace kitle {
namespace {

class SourceBuilder {
 public:
  explicit SourceBuilder(const BuildInput& input)
      : input_(input), expr_(input, true) {}

  SourceDecl build(const NodeRef& node) {
    made_.name = expr_.name(*node.first(CstKind::kPath));
    made_.span = node.span();
    for (const NodeRef& child : node.children()) item(child);
    made_.lost = lost(node);
    return std::move(made_);
  }

 private:
  void item(const NodeRef& node) {
    switch (node.kind()) {
      case CstKind::kFiles:
        for (const NodeRef& file : node.children()) {
          made_.files.push_back({expr_.text(file), file.span()});
        }
        return;
      case CstKind::kCsv:
        return csv(node);
      case CstKind::kOnlyRows:
        if (ExprPtr rows = expr_.chain(*node.first())) {
          made_.only_rows_when.push_back(std::move(rows));
        }
        return;
      case CstKind::kInto:
        made_.intos.push_back(into(node));
        return;
      case CstKind::kSourceLine:
        return shared_line(node);
      default:
        return;
    }
  }

  void shared_line(const NodeRef& node) {
    SourceLine line = source_line(node);
    if (!made_.intos.empty()) {
      report(DiagnosticId::kLineBelowInto, node.span(), {line.target.text})
          .with_place(made_.intos.front().span, "the first `into`");
    }
    if (line.target.text != "customer") {
      made_.lines.push_back(std::move(line));
      return;
    }
    if (made_.customer) second("customer", node, made_.customer->span);
    made_.customer = std::move(line.value);
    made_.customer->span = line.span;
  }

  IntoDecl into(const NodeRef& node) {
    IntoDecl made;
    made.target = expr_.name(*node.first(CstKind::kPath));
    if (const auto when = node.first(CstKind::kWhen)) {
      made.when = expr_.chain(*when->first());
    }
    for (const NodeRef& child : node.children()) {
      if (child.is(CstKind::kSourceLine)) {
        made.lines.push_back(source_line(child));
      }
    }
    made.lost = lost(node);
    made.span = node.span();
    return made;
  }

  LostLines lost(const NodeRef& node) const {
    LostLines made;
    for (const NodeRef& child : node.children()) {
      if (!child.is(CstKind::kHole)) continue;
      const uint32_t at = child.begin();
      const bool ended =
          at >= input_.text.size() || begins_declaration(input_.text, at);
      made.rest = made.rest || ended;
      if (!ended) made.words.emplace_back(word_at(input_.text, at));
    }
    return made;
  }

  SourceLine source_line(const NodeRef& node) {
    SourceLine made;
    made.target = expr_.name(*node.first());
    made.span = node.span();
    made.value.span = {input_.file, node.first()->following(node)->begin(),
                       node.end()};
    for (const NodeRef& child : node.children()) part(child, made.value);
    return made;
  }

  void part(const NodeRef& node, SourceValue& value) {
    switch (node.kind()) {
      case CstKind::kFrom:
        return from(*node.first(), value);
      case CstKind::kIsValue:
        value.kind = SourceValue::Kind::kIs;
        value.value = expr_.literal(*node.first());
        return;
      case CstKind::kFormat:
        value.format = expr_.text(*node.first());
        value.format_span = node.first()->span();
        return;
      case CstKind::kZone:
        value.zone = expr_.text(*node.first());
        value.zone_span = node.first()->span();
        return;
      case CstKind::kUnixSeconds:
        value.unix_seconds = true;
        value.format_span = node.span();
        return;
      case CstKind::kUnixMilliseconds:
        value.unix_milliseconds = true;
        value.format_span = node.span();
        return;
      case CstKind::kOrMissing:
        value.or_missing = true;
        return;
      case CstKind::kRounded:
        value.rounded = true;
        value.rounded_span = node.span();
        return;
      default:
        return;
    }
  }

  void from(const NodeRef& node, SourceValue& value) {
    switch (node.kind()) {
      case CstKind::kRowNumber:
        value.kind = SourceValue::Kind::kRowNumber;
        return;
      case CstKind::kDateParts:
        value.kind = SourceValue::Kind::kDateParts;
        for (const NodeRef& part : node.children()) {
          if (ExprPtr made = expr_.value(part)) {
            value.parts.push_back(std::move(made));
          }
        }
        return;
      case CstKind::kSplit: {
        const NodeRef column = *node.first();
        value.value = expr_.value(column);
        value.split_by = expr_.text(*column.following(node));
        value.split_span = node.span();
        return;
      }
      default:
        value.value = expr_.value(node);
    }
  }

  void csv(const NodeRef& node) {
    CsvDecl made;
    made.span = node.span();
    for (const NodeRef& child : node.children()) {
      if (child.is(CstKind::kCsvItem)) csv_item(child, made);
    }
    if (made_.csv) second("csv", node, made_.csv->span);
    made_.csv = std::move(made);
  }

  void csv_item(const NodeRef& node, CsvDecl& csv) {
    const NodeRef key = *node.first();
    const NodeRef value = *key.following(node);
    if (!csv_setting(fold_keyword(key.text()), value, csv)) {
      report(DiagnosticId::kCsvSetting, node.span(),
             {std::string(node.text())});
    }
  }

  // False if there is no such setting, or it does not take such a value.
  bool csv_setting(const std::string& key, const NodeRef& value, CsvDecl& csv) {
    const bool quoted =
        value.is(CstKind::kString) || value.is(CstKind::kStringSlip);
    const std::string word = fold_keyword(value.text());
    if (key == "header" && value.is(CstKind::kFlag)) {
      csv.header_span = value.span();
      csv.header = word == "yes";
      return true;
    }
    if (key == "empty" && (word == "missing" || word == "text")) {
      csv.empty_is_missing = word == "missing";
      return true;
    }
    if (key == "columns" && value.is(CstKind::kList)) {
      csv.columns_span = value.span();
      return csv_columns(value, csv);
    }
    if (key == "quote") csv.quote_span = value.span();
    if (key == "quote" && word == "none") {
      csv.quote.clear();
      return true;
    }
    if (!quoted) return false;
    if (key == "delimiter") csv.delimiter_span = value.span();
    if (key == "encoding") csv.encoding_span = value.span();
    if (key == "delimiter") csv.delimiter = expr_.text(value);
    if (key == "quote") csv.quote = expr_.text(value);
    if (key == "encoding") csv.encoding = expr_.text(value);
    return key == "delimiter" || key == "quote" || key == "encoding";
  }

  bool csv_columns(const NodeRef& list, CsvDecl& csv) {
    const ExprPtr columns = expr_.literal(list);
    for (const ExprPtr& each : columns->args) {
      if (each->kind != ExprKind::kString) return false;
      csv.columns.push_back(each->text);
    }
    return true;
  }

  void second(const char* what, const NodeRef& node, const Span& first) {
    report(DiagnosticId::kSecondSourceLine, node.span(), {what})
        .with_place(first, "the first one");
  }

  Diagnostic& report(DiagnosticId id, Span span,
                     std::vector<std::string> args) {
    return input_.diagnostics.add(id, span, std::move(args));
  }

  const BuildInput& input_;
  ExprBuilder expr_;
  SourceDecl made_;
};

}  // namespace

SourceDecl build_source(const BuildInput& input, const NodeRef& node) {
  return SourceBuilder(input).build(node);
}

}  // namespace kitle
