// Personas: points and who is a member (Meaning 20). A persona's members are a
// segment of its name; its points are a value, `name.points`.
#include <fmt/format.h>

#include <charconv>

#include "compiler/check_expr.h"
#include "compiler/literal.h"

namespace kitle {

namespace {

// "1.5" as 150; nothing for more than two decimals, or too much.
std::optional<int64_t> hundredths(std::string_view written) {
  const bool negative = written.starts_with('-');
  if (negative) written.remove_prefix(1);
  const size_t point = written.find('.');
  std::string digits(written.substr(0, point));
  std::string decimals(
      point == std::string_view::npos ? "" : written.substr(point + 1));
  while (decimals.size() > 2 && decimals.ends_with('0')) decimals.pop_back();
  if (decimals.size() > 2) return std::nullopt;
  decimals.resize(2, '0');
  digits += decimals;
  int64_t value = 0;
  const char* end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, value);
  if (error != std::errc() || rest != end || value > kMostPoints) {
    return std::nullopt;
  }
  return negative ? -value : value;
}

class PersonaChecker {
 public:
  PersonaChecker(CheckContext& context, uint32_t index)
      : context_(context),
        declared_(context.syntax.personas[index]),
        state_(context.personas[index]),
        segment_(context.segments[context.first_persona + index]),
        checker_(context, index) {}

  void check() {
    check_once();
    const std::optional<WindowSpec> look_back = this->look_back();
    bool sound = look_back.has_value() && !declared_.broken;
    for (const PointsDecl& each : declared_.points) {
      sound = line(each, look_back.value_or(WindowSpec{})) && sound;
    }
    sound = limits() && sound;
    sound = halving() && sound;
    TypedPtr member;
    if (!declared_.member.empty()) {
      member = checker_.condition(declared_.member[0].condition);
      sound = sound && member && resolve_lookups(context_, member);
    }
    const uint32_t depth = member ? size_of(*member).depth : 0;
    const Symbol* symbol = context_.find(declared_.name.text);
    const bool only = symbol != nullptr && symbol->span == declared_.name.span;
    segment_.sound = sound && member && only &&
                     !deep(context_, declared_.name, depth, kMaxTypedDepth);
    segment_.condition = std::move(member);
    segment_.uses = distinct(checker_.uses());
    state_.name = declared_.name.text;
  }

 private:
  void check_once() {
    if (!declared_.broken) {
      lacks(declared_.look_back.empty(), "look back 90 days");
      lacks(declared_.points.empty(), "1 point for EVENT");
      lacks(declared_.member.empty(), "member when points > 10");
    }
    const auto place = [](const auto& each) { return each.span; };
    once(declared_.look_back, "look back", place);
    once(declared_.halving, "halving", place);
    once(declared_.member, "member when", place);
    std::vector<PointsLimit> a_day;
    std::vector<PointsLimit> in_all;
    for (const PointsLimit& each : declared_.limits) {
      (each.a_day ? a_day : in_all).push_back(each);
    }
    once(a_day, "at most ... a day", place);
    once(in_all, "at most ... in all", place);
  }

  void lacks(bool lacking, const char* line) {
    if (!lacking) return;
    context_.report(DiagnosticId::kPersonaLacks, declared_.name.span,
                    {declared_.name.text, line});
  }

  template <class Lines, class Place>
  void once(const Lines& lines, const char* what, Place place) {
    for (size_t i = 1; i < lines.size(); ++i) {
      context_
          .report(DiagnosticId::kPersonaTwice, place(lines[i]),
                  {what, declared_.name.text})
          .with_place(place(lines[0]), "the first one");
    }
  }

  std::optional<WindowSpec> look_back() {
    if (declared_.look_back.empty()) return std::nullopt;
    const Window& written = declared_.look_back[0];
    if (written.kind == WindowKind::kEver) return WindowSpec{};
    return checker_.event_window(written);
  }

  bool line(const PointsDecl& declared, const WindowSpec& look_back) {
    TypedPointsLine made;
    bool sound = points(declared, made);
    using Kind = PointsDecl::Kind;
    made.kind = static_cast<TypedPointsLine::Kind>(declared.kind);
    if (declared.kind == Kind::kPerson) {
      made.condition = checker_.condition(declared.condition);
      sound =
          sound && made.condition && resolve_lookups(context_, made.condition);
    } else {
      made.events = checker_.events_within(declared.clause.get(), look_back);
      sound = property(declared, made) && sound && made.events &&
              resolve_lookups(context_, *made.events);
    }
    if (sound) state_.lines.push_back(std::move(made));
    return sound;
  }

  bool points(const PointsDecl& declared, TypedPointsLine& made) {
    const std::optional<int64_t> value = hundredths(declared.points);
    made.points = value.value_or(0);
    if (made.points != 0) return true;
    bad_points(declared.points, declared.points_span);
    return false;
  }

  void bad_points(const std::string& written, Span span) {
    context_.report(DiagnosticId::kBadPoints, span, {written});
  }

  // What the events must have.
  bool property(const PointsDecl& declared, TypedPointsLine& made) {
    if (!declared.clause) return false;
    const EventClause& clause = *declared.clause;
    if (declared.kind == PointsDecl::Kind::kMultiples) {
      return multiples(declared, made);
    }
    if (!checker_.no_property(clause, "points for")) return false;
    if (declared.kind != PointsDecl::Kind::kDifferent) return true;
    const auto event = context_.find_event(clause.event.text);
    if (!event) return false;
    const auto index = checker_.property_of(*event, declared.property);
    if (!index) return false;
    const ValueType type = checker_.property_type(*event, *index);
    made.index = *index;
    if (*index != kTimeIndex && !is_list(type)) return true;
    context_.report(DiagnosticId::kNotSummable, declared.property.span,
                    {"each different", declared.property.text, phrase(type)});
    return false;
  }

  bool multiples(const PointsDecl& declared, TypedPointsLine& made) {
    const EventClause& clause = *declared.clause;
    const TypedPtr per = checker_.value(declared.per);
    const auto event = context_.find_event(clause.event.text);
    if (!event) return false;
    if (!clause.property) {
      return checker_.needs_property(clause, Measure::kSum, *event);
    }
    const auto index = checker_.property_of(*event, *clause.property);
    if (!per || !index) return false;
    const ValueType type = checker_.property_type(*event, *index);
    const bool countable = type == ValueType::kMoney ||
                           type == ValueType::kInteger ||
                           type == ValueType::kDuration;
    const bool fits = countable && is_constant(*per) && per->type == type &&
                      per->integer > 0 && per->integer <= INT64_MAX;
    made.index = *index;
    made.per = fits ? static_cast<int64_t>(per->integer) : 1;
    if (fits) return true;
    context_.report(DiagnosticId::kPointsPer, declared.per->span,
                    {context_.quote(declared.per->span), clause.property->text,
                     phrase(type)});
    return false;
  }

  bool limits() {
    bool sound = true;
    for (const PointsLimit& each : declared_.limits) {
      const std::optional<int64_t> value = hundredths(each.points);
      (each.a_day ? state_.most_a_day : state_.most) = value.value_or(0);
      if (value && *value > 0) continue;
      bad_points(each.points, each.span);
      sound = false;
    }
    return sound;
  }

  bool halving() {
    if (declared_.halving.empty()) return true;
    const auto length = checker_.length_of(declared_.halving[0]);
    if (!length) return false;
    const Amount& written = *length;
    const int64_t days = written.unit == TimeUnit::kWeek  ? 7
                         : written.unit == TimeUnit::kDay ? 1
                                                          : 0;
    const bool fits =
        days > 0 && written.count > 0 && written.count <= kMostHalving / days;
    if (fits) state_.halving = static_cast<uint32_t>(written.count * days);
    if (fits) return true;
    const Span place = declared_.halving[0].span;
    context_.report(DiagnosticId::kHalvingDays, place, {context_.quote(place)});
    return false;
  }

  CheckContext& context_;
  const PersonaDecl& declared_;
  TypedPersona& state_;
  SegmentState& segment_;
  ExprChecker checker_;
};

}  // namespace

void check_persona(CheckContext& context, uint32_t index) {
  PersonaChecker(context, index).check();
}

// ---- in expressions ----

std::unique_ptr<TypedEvents> ExprChecker::events_within(
    const EventClause* clause, const WindowSpec& look_back) {
  if (clause == nullptr) return nullptr;
  auto events = this->clause(*clause, false);
  if (!events || look_back.form == WindowForm::kEver) return events;
  if (!clause->window) {
    events->window = look_back;
    return events;
  }
  TypedPtr within = node(TypedKind::kInWindow, ValueType::kFlag, clause->span);
  within->args.push_back(
      node(TypedKind::kEventTime, ValueType::kTime, clause->span));
  within->window = look_back;
  TypedPtr own = std::exchange(events->where, nullptr);
  if (!own) {
    events->where = std::move(within);
    return events;
  }
  events->where = node(TypedKind::kAnd, ValueType::kFlag, clause->span);
  events->where->args.push_back(std::move(own));
  events->where->args.push_back(std::move(within));
  return events;
}

TypedPtr ExprChecker::points_of(uint32_t persona, Span span) {
  if (event_) {
    report(DiagnosticId::kPersonInWhere, span,
           {fmt::format("`{}`", quote(span))});
    return nullptr;
  }
  if (persona != persona_) uses_.push_back(context_.first_persona + persona);
  TypedPtr typed = node(TypedKind::kPoints, ValueType::kPoints, span);
  typed->index = persona;
  typed->text = context_.syntax.personas[persona].name.text;
  return typed;
}

// `new_mother.points`
TypedPtr ExprChecker::persona_member(const Expr& expr, uint32_t persona,
                                     std::string_view member) {
  if (member == "points") return points_of(persona, expr.span);
  report(DiagnosticId::kPointsOfPersona, expr.span, {std::string(member)});
  return nullptr;
}

}  // namespace kitle
