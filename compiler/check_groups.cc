// Groups of events: who their members are, and what these have in common; and
// sessions: of what they are, and how long the gap is.
// Entry point: check_groups().
#include <fmt/format.h>

#include <algorithm>

#include "compiler/check_expr.h"

namespace kitle {

namespace {

// A name has one type in all members only with the same modifiers: these
// change how values are compared and kept.
bool same_column(const Column& left, const Column& right) {
  return left.name == right.name && left.type == right.type &&
         left.any_case == right.any_case && left.personal == right.personal;
}

bool has_column(const EventType& event, const Column& wanted) {
  return std::ranges::any_of(event.columns, [&](const Column& each) {
    return same_column(each, wanted);
  });
}

void unknown_event(CheckContext& context, const Name& name) {
  std::vector<std::string> known;
  add_names(context.syntax.events, known);
  add_names(context.syntax.groups, known);
  suggest_name(
      context.report(DiagnosticId::kUnknownEvent, name.span, {name.text}),
      name.span, name.text, known);
}

// Offers what sessions are made of in their place.
void mend_sessions(const CheckContext& context, const Symbol& symbol, Span span,
                   Diagnostic& diagnostic) {
  if (symbol.kind != Symbol::Kind::kSessions) return;
  const std::string& of = context.syntax.sessions[symbol.index].of.text;
  diagnostic.with_mend(span, of, fmt::format("write `{}`", of));
}

class GroupChecker {
 public:
  explicit GroupChecker(CheckContext& context)
      : context_(context), marks_(context.syntax.groups.size()) {}

  void run() {
    Schema& schema = context_.schema;
    for (const GroupDecl& group : context_.syntax.groups) {
      DerivedEvents& made = schema.derived.emplace_back();
      made.type.name = group.name.text;
      made.type.plural = plural_of(group);
    }
    for (uint32_t i = 0; i < marks_.size(); ++i) group(i);
  }

 private:
  enum class Mark : uint8_t { kNew, kOpen, kDone };
  // A member with the place where it was written.
  struct Member {
    uint32_t event;
    Span span;
  };

  const GroupDecl& declared(uint32_t index) const {
    return context_.syntax.groups[index];
  }

  // The members of a group in it are its members, too.
  void group(uint32_t index) {
    if (marks_[index] != Mark::kNew) return;
    marks_[index] = Mark::kOpen;
    open_.push_back(index);
    std::vector<Member> members;
    bool sound = true;
    for (const Name& each : declared(index).members) {
      sound = member(index, each, members) && sound;
    }
    open_.pop_back();
    marks_[index] = Mark::kDone;
    const std::string& name = declared(index).name.text;
    if (!sound) context_.broken_columns.insert(name + ".");
    take(index, members);
  }

  bool member(uint32_t group, const Name& name, std::vector<Member>& members) {
    const Symbol* symbol = context_.find(name.text);
    if (symbol == nullptr) return unknown(name);
    if (symbol->kind == Symbol::Kind::kGroup) {
      return members_of(group, symbol->index, name, members);
    }
    if (symbol->kind == Symbol::Kind::kEvent) {
      return add(group, {symbol->index, name.span}, members);
    }
    Diagnostic& made = context_.report(DiagnosticId::kNoMember, name.span,
                                       {name.text, symbol_kind(symbol->kind)});
    made.with_place(symbol->span, "declared here");
    mend_sessions(context_, *symbol, name.span, made);
    return false;
  }

  bool unknown(const Name& name) {
    if (!context_.reported(name.text)) unknown_event(context_, name);
    return false;
  }

  bool members_of(uint32_t group, uint32_t inner, const Name& name,
                  std::vector<Member>& members) {
    if (marks_[inner] == Mark::kOpen) return cycle(inner, name);
    if (open_.size() >= kMostInside) {
      return !deep(context_, declared(group).name, kMostInside + 1,
                   kMostInside);
    }
    this->group(inner);
    bool sound = !context_.broken(declared(inner).name.text, "");
    for (const uint32_t each : context_.schema.derived[inner].members) {
      sound = add(group, {each, name.span}, members) && sound;
    }
    return sound;
  }

  bool cycle(uint32_t first, const Name& name) {
    std::string path;
    const auto begin = std::ranges::find(open_, first);
    for (auto each = begin; each != open_.end(); ++each) {
      path += declared(*each).name.text + " → ";
    }
    const std::string& own = declared(first).name.text;
    context_.report(DiagnosticId::kGroupCycle, name.span, {own, path + own});
    return false;
  }

  bool add(uint32_t group, Member member, std::vector<Member>& members) {
    const auto before =
        std::ranges::find(members, member.event, &Member::event);
    if (before == members.end()) {
      members.push_back(member);
      return true;
    }
    const std::string& event = context_.schema.events[member.event].name;
    context_
        .report(DiagnosticId::kMemberTwice, member.span,
                {event, declared(group).name.text})
        .with_place(before->span, "here it is already");
    return false;
  }

  void take(uint32_t index, const std::vector<Member>& members) {
    const std::vector<EventType>& events = context_.schema.events;
    DerivedEvents& made = context_.schema.derived[index];
    for (const Member& each : members) made.members.push_back(each.event);
    std::ranges::sort(made.members);
    if (made.members.empty()) return;
    for (const Column& column : events[made.members.front()].columns) {
      const bool common = std::ranges::all_of(
          made.members,
          [&](uint32_t member) { return has_column(events[member], column); });
      if (common) made.type.columns.push_back(column);
    }
  }

  // Groups of groups of ...
  static constexpr uint32_t kMostInside = 50;

  CheckContext& context_;
  std::vector<Mark> marks_;
  std::vector<uint32_t> open_;
};

// Behind 10,000 years from any instant there is none.
constexpr int64_t kMostGap = 10'000 * 366 * microseconds(StepUnit::kDay);

class SessionsChecker {
 public:
  SessionsChecker(CheckContext& context, const SessionsDecl& declared)
      : context_(context), declared_(declared) {}

  void run() {
    DerivedEvents made;
    made.type.name = declared_.name.text;
    made.type.plural = plural_of(declared_);
    made.type.columns = {{.name = "length", .type = TypeKind::kDuration},
                         {.name = "count", .type = TypeKind::kInteger}};
    made.gap = gap();
    if (const auto of = event()) made.members = {*of};
    context_.schema.derived.push_back(std::move(made));
  }

 private:
  // 1 where the written one is none.
  int64_t gap() {
    const std::optional<Amount> length =
        written_length(context_, declared_.gap);
    if (!length) return 1;
    const StepUnit unit = step_unit(length->unit);
    const bool fixed = !is_calendar(unit);
    const int64_t most = fixed ? kMostGap / microseconds(unit) : 0;
    if (length->count > 0 && length->count <= most) {
      return length->count * microseconds(unit);
    }
    const Span span = declared_.gap.span;
    Diagnostic& made =
        context_.report(DiagnosticId::kGapLength, span, {context_.quote(span)});
    if (!fixed && length->count > 0) mend_calendar(unit, *length, made);
    return 1;
  }

  // About as long, in days.
  void mend_calendar(StepUnit unit, const Amount& written,
                     Diagnostic& diagnostic) {
    const int64_t days = unit == StepUnit::kMonth     ? 30
                         : unit == StepUnit::kQuarter ? 91
                                                      : 365;
    if (written.count > kMostGap / microseconds(StepUnit::kDay) / days) return;
    const std::string mend = fmt::format("{} days", written.count * days);
    diagnostic.with_mend(declared_.gap.span, mend,
                         fmt::format("write `{}`", mend));
  }

  std::optional<uint32_t> event() {
    const Name& of = declared_.of;
    const Symbol* symbol = context_.find(of.text);
    const auto event = context_.find_event(of.text);
    if (event && symbol->kind != Symbol::Kind::kSessions) return event;
    if (symbol != nullptr) {
      Diagnostic& made = context_.report(DiagnosticId::kSessionsOf, of.span,
                                         {of.text, symbol_kind(symbol->kind)});
      const bool itself = of.text == declared_.name.text;
      if (itself) {
        made.with_label("these sessions themselves; name their event");
        return std::nullopt;
      }
      made.with_place(symbol->span, "declared here");
      mend_sessions(context_, *symbol, of.span, made);
      return std::nullopt;
    }
    if (!context_.reported(of.text)) unknown_event(context_, of);
    return std::nullopt;
  }

  CheckContext& context_;
  const SessionsDecl& declared_;
};

// "`url` is text in `page_view`, `product_view` has none".
std::string where_it_is(const Schema& schema,
                        const std::vector<uint32_t>& members,
                        const std::string& name) {
  std::string text;
  for (const uint32_t member : members) {
    const EventType& event = schema.events[member];
    const auto index = find_column(event.columns, name);
    text += text.empty() ? "" : ", ";
    if (!index) {
      text += fmt::format("`{}` has none", event.name);
      continue;
    }
    const Column& column = event.columns[*index];
    text += fmt::format("{}{}{} in `{}`", phrase(value_type(column.type)),
                        column.any_case ? " of any case" : "",
                        column.personal ? ", personal," : "", event.name);
  }
  return text;
}

}  // namespace

void check_groups(CheckContext& context) {
  GroupChecker(context).run();
  for (const SessionsDecl& each : context.syntax.sessions) {
    SessionsChecker(context, each).run();
  }
}

DiagnosticId no_event(const DerivedEvents& derived) {
  return derived.is_group() ? DiagnosticId::kGroupIsNoEvent
                            : DiagnosticId::kSessionIsNoEvent;
}

void add_member_mends(const CheckContext& context, Diagnostic& diagnostic,
                      Span span, uint32_t group) {
  const Schema& schema = context.schema;
  for (const uint32_t each : schema.derived_event(group)->members) {
    if (schema.derived_event(each) != nullptr) {
      add_member_mends(context, diagnostic, span, each);
      continue;
    }
    const std::string& mend = schema.events[each].name;
    diagnostic.with_mend(span, mend, fmt::format("write `{}`", mend));
  }
}

bool ExprChecker::not_common(uint32_t event, const std::string& name,
                             Span span) {
  const Schema& schema = context_.schema;
  const DerivedEvents* group = schema.derived_event(event);
  if (group == nullptr) return false;
  if (!group->is_group()) {
    not_of_session(*group, name, span);
    return true;
  }
  const bool known = std::ranges::any_of(group->members, [&](uint32_t member) {
    return find_column(schema.events[member].columns, name).has_value();
  });
  if (!known) return false;
  report(DiagnosticId::kNotCommon, span, {name, group->type.name})
      .with_label(where_it_is(schema, group->members, name));
  return true;
}

void ExprChecker::not_of_session(const DerivedEvents& sessions,
                                 const std::string& name, Span span) {
  if (sessions.members.empty()) return;  // that is reported
  const uint32_t of = sessions.members.front();
  const std::string& event = context_.schema.event(of).name;
  const std::vector<std::string> known{"length", "count",   "time",
                                       "day",    "weekday", "hour"};
  Diagnostic& made = report(DiagnosticId::kSessionProperty, span, {name, event})
                         .with_label("a session has `.length` and `.count`");
  // What another event has is no slip of the pen.
  const bool others =
      std::ranges::any_of(context_.schema.events, [&](const EventType& each) {
        return find_column(each.columns, name).has_value();
      });
  const std::string near = others ? "" : nearest(name, known);
  if (near.empty()) return;
  made.with_mend(span, near, fmt::format("write `{}`", near));
}

}  // namespace kitle
