// `source` declarations -> mappings for ingest. Entry point: check_sources().
#include <fmt/format.h>

#include "compiler/check_cell.h"
#include "compiler/check_context.h"
#include "compiler/literal.h"
#include "compiler/zone_names.h"
#include "runtime/ingest/file_ending.h"

namespace kitle {

namespace {

constexpr std::string_view kDirectives = "YymdbBHIpMSfzFT%";

// Why a format of dates is none; empty if it is one.
std::string format_fault(std::string_view format) {
  bool year = false;
  bool month = false;
  bool day = false;
  for (size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') continue;
    char directive = i + 1 < format.size() ? format[++i] : ' ';
    if (kDirectives.find(directive) == std::string_view::npos) {
      return fmt::format("there is no `%{}`", directive);
    }
    bool date = directive == 'F';
    year = year || date || directive == 'Y' || directive == 'y';
    month = month || date || directive == 'm' || directive == 'b' ||
            directive == 'B';
    day = day || date || directive == 'd';
  }
  if (!year) return "it lacks the year, %Y";
  if (!month) return "it lacks the month, %m";
  return day ? "" : "it lacks the day, %d";
}

// What a line fills.
struct Target {
  enum class Kind : uint8_t { kColumn, kId, kTime, kVersion };
  Kind kind = Kind::kColumn;
  uint32_t column = 0;
  TypeKind type = TypeKind::kCode;
};

bool is_calculated(const CellExpr& cell) {
  return cell.kind >= CellExpr::Kind::kNumber &&
         cell.kind <= CellExpr::Kind::kNegate;
}

bool takes_numbers(TypeKind type) {
  return type == TypeKind::kInteger || type == TypeKind::kNumber ||
         type == TypeKind::kMoney || type == TypeKind::kDuration;
}

bool takes_dates(TypeKind type) {
  return type == TypeKind::kDate || type == TypeKind::kTime;
}

// A version is a time where the line says how to read one, else an integer.
TypeKind version_type(const SourceValue& value) {
  const bool time = value.format || value.zone || value.unix_seconds ||
                    value.unix_milliseconds ||
                    value.kind == SourceValue::Kind::kDateParts;
  return time ? TypeKind::kTime : TypeKind::kInteger;
}

class SourceChecker {
 public:
  explicit SourceChecker(CheckContext& context)
      : context_(context), cells_(context) {}

  SourceMapping check(const SourceDecl& source) {
    SourceMapping mapping;
    mapping.name = source.name.text;
    files(source, mapping);
    if (source.csv) csv(source, mapping);
    customer(source, mapping);
    for (const ExprPtr& rows : source.only_rows_when) {
      if (auto cell = cells_.condition(rows)) {
        mapping.only_rows_when.push_back(std::move(*cell));
      }
    }
    if (source.intos.empty() && !source.lost.has("into")) {
      context_.report(DiagnosticId::kNoInto, source.name.span,
                      {source.name.text});
    }
    used_.assign(source.lines.size(), false);
    for (const IntoDecl& into : source.intos) this->into(source, into, mapping);
    unused_lines(source);
    return mapping;
  }

 private:
  // ---- files ----

  void files(const SourceDecl& source, SourceMapping& mapping) {
    if (source.files.empty() && !source.lost.has("files")) {
      context_.report(DiagnosticId::kNoFiles, source.name.span,
                      {source.name.text});
    }
    for (const Name& file : source.files) {
      mapping.files.push_back(file.text);
      if (file_ending(file.text)) continue;
      context_.report(DiagnosticId::kFileEnding, file.span, {file.text});
    }
  }

  void csv(const SourceDecl& source, SourceMapping& mapping) {
    const CsvDecl& csv = *source.csv;
    csv_faults(source);
    mapping.csv.delimiter = csv.delimiter.empty() ? ',' : csv.delimiter[0];
    mapping.csv.quote = csv.quote.empty() ? '\0' : csv.quote[0];
    mapping.csv.header = csv.header;
    mapping.csv.empty_is_missing = csv.empty_is_missing;
    mapping.csv.encoding = csv.encoding;
    mapping.csv.columns = csv.columns;
  }

  void csv_faults(const SourceDecl& source) {
    const CsvDecl& csv = *source.csv;
    bool any = source.files.empty();
    for (const Name& file : source.files) {
      const auto ending = file_ending(file.text);
      any = any || (ending && ending->format == FileFormat::kCsv);
    }
    if (!any) csv_fault(source, csv.span, "none of its files is a csv file");
    if (csv.delimiter.size() != 1) {
      csv_fault(source, csv.delimiter_span,
                "a delimiter is one ASCII character");
    }
    if (csv.quote.size() > 1) {
      csv_fault(source, csv.quote_span, "a quote is one character");
    }
    if (csv.delimiter == csv.quote) {
      const bool both = csv.delimiter_span.end != 0;
      csv_fault(source, both ? csv.delimiter_span : csv.quote_span,
                "delimiter and quote are the same");
    }
    if (!csv.header && csv.columns.empty()) {
      csv_fault(source, csv.header_span,
                "without a header it names the columns: `columns {\"id\", "
                "\"amount\"}`");
    }
    if (csv.header && !csv.columns.empty()) {
      csv_fault(source, csv.columns_span,
                "the header names the columns; or write `header no`");
    }
    encoding_fault(source);
  }

  void encoding_fault(const SourceDecl& source) {
    const std::vector<std::string> known = {"utf-8", "latin-1", "iso-8859-1",
                                            "windows-1254"};
    const std::string& encoding = source.csv->encoding;
    for (const std::string& each : known) {
      if (encoding == each) return;
    }
    std::string near = nearest(encoding, known);
    Diagnostic& made = csv_fault(
        source, source.csv->encoding_span,
        fmt::format(
            "no encoding is called \"{}\"{}", encoding,
            near.empty() ? ": utf-8, latin-1 and windows-1254 are known" : ""));
    suggest_text(made, source.csv->encoding_span, near);
  }

  Diagnostic& csv_fault(const SourceDecl& source, Span place,
                        std::string fault) {
    return context_.report(DiagnosticId::kCsvOption, place,
                           {source.name.text, std::move(fault)});
  }

  static void suggest_text(Diagnostic& diagnostic, Span place,
                           const std::string& near) {
    if (near.empty()) return;
    diagnostic.with_label(fmt::format("did you mean \"{}\"?", near));
    diagnostic.with_mend(place, fmt::format("\"{}\"", near),
                         fmt::format("write \"{}\"", near));
  }

  // ---- customer ----

  void customer(const SourceDecl& source, SourceMapping& mapping) {
    if (!source.customer) {
      if (source.lost.has("customer")) return;
      context_.report(DiagnosticId::kNoCustomer, source.name.span,
                      {source.name.text});
      return;
    }
    if (source.customer->kind == SourceValue::Kind::kRowNumber) {
      mapping.customer.kind = ValueMapping::Kind::kRowNumber;
      return;
    }
    Name name{"customer", source.customer->span};
    mapping.customer = value(*source.customer, name, TypeKind::kCode);
  }

  // ---- into ----

  void into(const SourceDecl& source, const IntoDecl& into,
            SourceMapping& mapping) {
    IntoMapping made;
    const Symbol* symbol = context_.find(into.target.text);
    bool event = symbol != nullptr && symbol->kind == Symbol::Kind::kEvent;
    bool profile = symbol != nullptr && symbol->kind == Symbol::Kind::kProfile;
    if (!event && !profile) {
      unknown_into(into);
      used_.assign(used_.size(), true);
      return;
    }
    if (event) made.event = symbol->index;
    if (into.when) made.when = cells_.condition(into.when);
    lines(source, into, made);
    const bool lost = source.lost.has("time") || into.lost.has("time");
    if (event && !made.time && !lost) {
      context_.report(DiagnosticId::kNoEventTime, into.target.span,
                      {into.target.text});
    }
    mapping.intos.push_back(std::move(made));
  }

  void unknown_into(const IntoDecl& into) {
    if (const auto event = context_.find_event(into.target.text)) {
      Diagnostic& made = context_.report(
          no_event(*context_.schema.derived_event(*event)), into.target.span,
          {into.target.text, "what a source fills"});
      return add_member_mends(context_, made, into.target.span, *event);
    }
    std::vector<std::string> known = {context_.schema.profile_name};
    add_names(context_.syntax.events, known);
    suggest_name(context_.report(DiagnosticId::kUnknownInto, into.target.span,
                                 {into.target.text}),
                 into.target.span, into.target.text, known);
  }

  // The into's own lines, then the shared ones that it has not replaced.
  void lines(const SourceDecl& source, const IntoDecl& into,
             IntoMapping& made) {
    std::unordered_map<std::string, Span> filled;
    for (const SourceLine& line : into.lines) {
      auto [place, fresh] = filled.emplace(line.target.text, line.target.span);
      if (!fresh) duplicate(line, place->second);
      std::optional<Target> target = this->target(line, made, into);
      if (target && fresh) fill(line, *target, made);
    }
    std::unordered_map<std::string, Span> shared;
    for (size_t i = 0; i < source.lines.size(); ++i) {
      const SourceLine& line = source.lines[i];
      auto [place, fresh] = shared.emplace(line.target.text, line.target.span);
      if (!fresh) duplicate(line, place->second);
      std::optional<Target> target = shared_target(line, made);
      used_[i] = used_[i] || target;
      bool own = filled.contains(line.target.text);
      if (target && fresh && !own) fill(line, *target, made);
    }
  }

  void duplicate(const SourceLine& line, Span first) {
    context_
        .report(DiagnosticId::kDuplicateLine, line.target.span,
                {line.target.text})
        .with_place(first, "the first one");
  }

  // What a shared line fills here; nothing if this `into` has no such thing.
  std::optional<Target> shared_target(const SourceLine& line,
                                      const IntoMapping& made) const {
    const Name& name = line.target;
    if (name.text == "time")
      return Target{Target::Kind::kTime, 0, TypeKind::kTime};
    bool id = name.text == "id" && made.event;
    if (id) return Target{Target::Kind::kId, 0, TypeKind::kCode};
    const auto& columns = columns_of(made);
    std::optional<uint32_t> index = find_column(columns, name.text);
    if (!index && name.text == "version") {
      return Target{Target::Kind::kVersion, 0, version_type(line.value)};
    }
    if (!index) return std::nullopt;
    return Target{Target::Kind::kColumn, *index, columns[*index].type};
  }

  const std::vector<Column>& columns_of(const IntoMapping& made) const {
    return made.event ? context_.schema.events[*made.event].columns
                      : context_.schema.attributes;
  }

  std::optional<Target> target(const SourceLine& line, const IntoMapping& made,
                               const IntoDecl& into) {
    if (auto target = shared_target(line, made)) return target;
    const Name& name = line.target;
    const std::string& owner = made.event
                                   ? context_.schema.events[*made.event].name
                                   : context_.schema.profile_name;
    if (context_.broken(owner, name.text)) return std::nullopt;
    bool key = !made.event && !context_.schema.key_name.empty() &&
               name.text == context_.schema.key_name;
    if (key) {
      context_.report(DiagnosticId::kKeyTarget, name.span, {name.text});
      return std::nullopt;
    }
    std::vector<std::string> known = names_of(columns_of(made));
    known.insert(known.end(), {"time", "version"});
    if (made.event) known.emplace_back("id");
    suggest_name(context_.report(DiagnosticId::kUnknownTarget, name.span,
                                 {name.text, into.target.text}),
                 name.span, name.text, known);
    return std::nullopt;
  }

  // Shared lines that no `into` can use.
  void unused_lines(const SourceDecl& source) {
    for (size_t i = 0; i < used_.size(); ++i) {
      const Name& name = source.lines[i].target;
      if (used_[i] || source.intos.empty() || broken_anywhere(name.text)) {
        continue;
      }
      context_.report(DiagnosticId::kUnknownTarget, name.span,
                      {name.text, source.name.text});
    }
  }

  bool broken_anywhere(const std::string& name) const {
    for (const EventType& event : context_.schema.events) {
      if (context_.broken(event.name, name)) return true;
    }
    return context_.broken(context_.schema.profile_name, name);
  }

  void fill(const SourceLine& line, const Target& target, IntoMapping& made) {
    ValueMapping mapping = value(line.value, line.target, target.type);
    switch (target.kind) {
      case Target::Kind::kId:
        made.id = std::move(mapping);
        return;
      case Target::Kind::kTime:
        made.time = std::move(mapping);
        return;
      case Target::Kind::kVersion:
        made.version = std::move(mapping);
        made.version_type = target.type;
        return;
      case Target::Kind::kColumn:
        made.columns.push_back({target.column, std::move(mapping)});
    }
  }

  // ---- values ----

  ValueMapping value(const SourceValue& source, const Name& target,
                     TypeKind type) {
    ValueMapping mapping;
    mapping.or_missing = source.or_missing;
    mapping.rounded = source.rounded;
    mapping.unix_seconds = source.unix_seconds;
    mapping.unix_milliseconds = source.unix_milliseconds;
    mapping.format = source.format.value_or("");
    mapping.zone = source.zone.value_or("");
    mapping.split_by = source.split_by.value_or("");
    options(source, target, type);
    switch (source.kind) {
      case SourceValue::Kind::kFrom:
        from(source, target, type, mapping);
        break;
      case SourceValue::Kind::kIs:
        mapping.expr = {
            CellExpr::Kind::kText, written(source, target, type), {}};
        break;
      case SourceValue::Kind::kRowNumber:
        unfit("row number", source.span, target, type);
        break;
      case SourceValue::Kind::kDateParts:
        date_parts(source, target, type, mapping);
        break;
    }
    return mapping;
  }

  void from(const SourceValue& source, const Name& target, TypeKind type,
            ValueMapping& mapping) {
    auto cell = cells_.value(source.value);
    if (!cell) return;
    bool unix_time = source.unix_seconds || source.unix_milliseconds;
    bool fits = takes_numbers(type) || (takes_dates(type) && unix_time);
    if (is_calculated(*cell) && !fits) {
      unfit("arithmetic", source.value->span, target, type);
    }
    mapping.expr = std::move(*cell);
  }

  void date_parts(const SourceValue& source, const Name& target, TypeKind type,
                  ValueMapping& mapping) {
    mapping.kind = ValueMapping::Kind::kDateParts;
    if (!takes_dates(type)) unfit("date(...)", source.span, target, type);
    for (const ExprPtr& part : source.parts) {
      if (auto cell = cells_.value(part)) {
        mapping.parts.push_back(std::move(*cell));
      }
    }
  }

  void options(const SourceValue& source, const Name& target, TypeKind type) {
    bool unix_time = source.unix_seconds || source.unix_milliseconds;
    if (unix_time && !takes_dates(type)) {
      unfit("unix seconds", source.format_span, target, type);
    }
    if (source.format) format(source, target, type);
    if (source.zone) zone(source, target, type);
    if (source.split_by && !is_list(type)) {
      unfit("split", source.split_span, target, type);
    }
    bool roundable = type == TypeKind::kMoney || type == TypeKind::kInteger;
    if (source.rounded && !roundable) {
      unfit("rounded", source.rounded_span, target, type);
    }
  }

  void format(const SourceValue& source, const Name& target, TypeKind type) {
    if (!takes_dates(type)) {
      return unfit("as", source.format_span, target, type);
    }
    std::string fault = format_fault(*source.format);
    if (fault.empty()) return;
    context_.report(DiagnosticId::kBadFormat, source.format_span,
                    {*source.format, std::move(fault)});
  }

  void zone(const SourceValue& source, const Name& target, TypeKind type) {
    if (type != TypeKind::kTime) {
      return unfit("zone", source.zone_span, target, type);
    }
    const bool own =
        context_.zone != nullptr && *source.zone == context_.settings.time_zone;
    if (own || read_zone_bytes(*source.zone)) return;
    suggest_text(context_.report(DiagnosticId::kUnknownZone, source.zone_span,
                                 {*source.zone}),
                 source.zone_span, nearest(*source.zone, zone_names()));
  }

  void unfit(const char* word, Span span, const Name& target, TypeKind type) {
    context_.report(DiagnosticId::kFormatOfOther, span,
                    {word, target.text, phrase(value_type(type))});
  }

  // The text that a written value is for ingest, of the target's type.
  std::string written(const SourceValue& source, const Name& target,
                      TypeKind type) {
    const Expr* expr = source.value.get();
    if (expr == nullptr) return "";
    bool minus = expr->kind == ExprKind::kNegate && expr->args[0];
    if (minus) expr = expr->args[0].get();
    if (fits(*expr, type, minus)) return text_of(*expr, minus);
    context_.report(DiagnosticId::kBadConstant, source.value->span,
                    {context_.quote(source.value->span), written_phrase(*expr),
                     target.text, phrase(value_type(type))});
    return "";
  }

  static std::string text_of(const Expr& expr, bool minus) {
    if (expr.kind == ExprKind::kFlag)
      return expr.amount.count != 0 ? "yes" : "no";
    if (expr.kind == ExprKind::kDuration) {
      return fmt::format("{}{} {}s", minus ? "-" : "", expr.amount.count,
                         unit_name(expr.amount.unit));
    }
    return minus ? "-" + expr.text : expr.text;
  }

  bool fits(const Expr& expr, TypeKind type, bool minus) const {
    if (minus && !takes_numbers(type)) return false;
    switch (type) {
      case TypeKind::kText:
      case TypeKind::kCode:
        return expr.kind == ExprKind::kString;
      case TypeKind::kFlag:
        return expr.kind == ExprKind::kFlag;
      case TypeKind::kInteger:
        return expr.kind == ExprKind::kNumber &&
               expr.text.find('.') == std::string::npos;
      case TypeKind::kNumber:
        return expr.kind == ExprKind::kNumber;
      case TypeKind::kMoney:
        return expr.kind == ExprKind::kMoney &&
               expr.currency == context_.settings.currency;
      case TypeKind::kDate:
        return expr.kind == ExprKind::kDate && written_date(expr.text);
      case TypeKind::kTime:
        return (expr.kind == ExprKind::kDate && written_date(expr.text)) ||
               (expr.kind == ExprKind::kDateTime &&
                written_time(expr.text, nullptr));
      case TypeKind::kDuration:
        return expr.kind == ExprKind::kDuration &&
               expr.amount.unit <= TimeUnit::kWeek;
      case TypeKind::kTextList:
      case TypeKind::kCodeList:
        return false;
    }
    return false;
  }

  static const char* written_phrase(const Expr& expr) {
    if (expr.kind == ExprKind::kString) return "a text";
    if (expr.kind == ExprKind::kNumber) return "a number";
    if (expr.kind == ExprKind::kMoney) return "an amount of money";
    if (expr.kind == ExprKind::kDate) return "a date";
    if (expr.kind == ExprKind::kDateTime) return "a time";
    if (expr.kind == ExprKind::kDuration) return "a duration";
    return expr.kind == ExprKind::kFlag ? "a flag" : "a list";
  }

  CheckContext& context_;
  CellChecker cells_;
  std::vector<bool> used_;  // shared lines that some `into` takes
};

}  // namespace

std::vector<SourceMapping> check_sources(CheckContext& context) {
  std::vector<SourceMapping> mappings;
  SourceChecker checker(context);
  for (const SourceDecl& source : context.syntax.sources) {
    mappings.push_back(checker.check(source));
  }
  return mappings;
}

}  // namespace kitle
