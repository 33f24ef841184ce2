// The syntax tree: what was written, with spans. Nothing here knows types:
// `gift in last 7 days` is kMatchesWindow over a name whatever `gift` is.
// Tagged structs; children are owned. Made by parse() (grammar/parse.h).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "grammar/ast_expr.h"
#include "grammar/source.h"

namespace kitle {

// ---- declarations ----

// A type with its modifiers, as written in schema.kitle.
struct TypeName {
  Name name;  // "text", "list of text" is name "text", list true
  bool list = false;
  bool personal = false;
  bool key = false;
  bool any_case = false;
  Span span;
};

struct ColumnDecl {
  Name name;
  TypeName type;
};

std::string type_text(const TypeName& type);  // "list of text"

struct ProfileDecl {
  Name name;
  std::vector<ColumnDecl> columns;
  Span span;
};

struct EventDecl {
  Name name;
  std::optional<Name> plural;
  std::optional<Name> counted_by;
  std::vector<ColumnDecl> columns;
  Span span;
};

// `events visit = page_view, product_view`: events of several types together.
struct GroupDecl {
  Name name;
  std::optional<Name> plural;
  std::vector<Name> members;
  Span span;
};

// Of an event or a group: as declared, or its name and an s.
template <class Decl>
std::string plural_of(const Decl& declared) {
  return declared.plural ? declared.plural->text : declared.name.text + "s";
}

std::string text_of(const GroupDecl& group);  // "events visit = page_view"

// `sessions browsing of visit gap 30 minutes`
struct SessionsDecl {
  Name name;
  std::optional<Name> plural;
  Name of;  // an event or a group
  Amount gap;
  Span span;
};
std::string text_of(const SessionsDecl& sessions);

// A table of the rules, kept in a CSV file.
struct TableDecl {
  Name name;
  std::string title;
  Name file;  // its path
  Name key;   // one of the columns
  std::vector<ColumnDecl> columns;
  Span span;
};

struct SegmentDecl {
  Name name;
  std::string title;
  std::string deprecated{};  // what to use instead; "": it is to be used
  ExprPtr condition;         // null after an error
  Span span;
  std::optional<Span> private_word{};  // of what its own file alone uses
};

// A line of `stages`: NAME when CONDITION, or NAME otherwise.
struct StageDecl {
  Name name;
  std::string title;
  bool otherwise = false;
  ExprPtr condition;  // null after an error, and of `otherwise`
  Span span;
};

struct StagesDecl {
  Name name;
  std::string title;
  std::string deprecated{};
  std::vector<StageDecl> stages;
  bool broken = false;  // a line was not understood
  Span span;
  std::optional<Span> private_word{};  // of what its own file alone uses
};

enum class ParameterKind : uint8_t {
  kValue,      // period duration
  kEvent,      // purchase event
  kProperty,   // amount property of purchase money
  kAttribute,  // joined attribute time
};

struct ParameterDecl {
  Name name;
  ParameterKind kind = ParameterKind::kValue;
  Name of;        // kProperty: an event, or a parameter that is one
  TypeName type;  // but of kEvent
  ExprPtr value;  // where none is given; null: one must be
};
std::string parameter_text(const ParameterDecl& parameter);  // "event"

struct TemplateDecl {
  Name name;
  std::string deprecated{};
  std::vector<ParameterDecl> parameters;
  ExprPtr body;  // null after an error
  Span span;
  std::optional<Span> private_word{};  // of what its own file alone uses
};

// A file that begins with it is a library: its declarations are put in where
// it is used.
struct LibraryDecl {
  Name name;
  std::vector<ParameterDecl> parameters;
  bool first = false;  // of its file
  Span span;
};

struct UseArgument {
  std::optional<Name> name;
  ExprPtr value;  // null after an error
};

struct UseDecl {
  Name library;       // "std.life_cycle", or a path
  bool path = false;  // in quotes
  std::vector<UseArgument> arguments;
  std::optional<Name> as;
  Span span;
};

// What gives points: `5 points for E`, `1 point per 100 TRY of E.p`, `1 point
// for each different p of E`, `10 points when C`.
struct PointsDecl {
  enum class Kind : uint8_t { kEach, kMultiples, kDifferent, kPerson };
  Kind kind = Kind::kEach;
  std::string points;  // decimal, maybe with a sign
  Span points_span;
  ExprPtr per;                          // kMultiples
  Name property;                        // kDifferent
  std::unique_ptr<EventClause> clause;  // all but kPerson; null after an error
  ExprPtr condition;                    // kPerson; null after an error
  Span span;
};

// `at most N points a day`, `at most N points in all`.
struct PointsLimit {
  std::string points;
  bool a_day = false;
  Span span;
};

// Of lines that may stand once, all that were written.
struct PersonaDecl {
  Name name;
  std::string title;
  std::vector<Window> look_back;  // kEver or kLast
  std::vector<PointsDecl> points;
  std::vector<PointsLimit> limits;
  std::vector<Amount> halving;
  struct Member {
    ExprPtr condition;  // null after an error
    Span span;
  };
  std::vector<Member> member;
  bool broken = false;  // a line was not understood
  Span span;
  std::optional<Span> private_word{};  // of what its own file alone uses
};

// `recency: days since last purchase, 5 bands by quantile, less is better`
struct DimensionDecl {
  Name name;
  ExprPtr value;
  std::string bands;  // as written
  Span bands_span;
  bool quantile = false;
  std::vector<ExprPtr> cuts;    // written ones
  std::vector<ExprPtr> better;  // of each: the value is better than it
  bool less = false;            // less is better
  Span span;
};

struct ScoreDecl {
  Name name;
  std::string title;
  bool of_some = false;  // `for ...`
  ExprPtr population;
  std::vector<DimensionDecl> dimensions;
  std::vector<Amount> refit;  // all that were written
  bool broken = false;        // a line was not understood
  Span span;
  std::optional<Span> private_word{};  // of what its own file alone uses
};

struct LetDecl {
  Name name;
  ExprPtr value;  // a list, a literal, a value or a condition
  Span span;
  std::optional<Span> private_word{};  // of what its own file alone uses
};

// ---- sources ----

// A value of a source line. A quoted string in column place is kName with
// text quoted; `is` values are kString.
struct SourceValue {
  enum class Kind : uint8_t {
    kFrom,       // from EXPR ...
    kIs,         // is LITERAL
    kRowNumber,  // from row number
    kDateParts,  // from date("y", "m", "d")
  };
  Kind kind = Kind::kFrom;
  ExprPtr value;               // kFrom, kIs: columns are kName exprs
  std::vector<ExprPtr> parts;  // kDateParts
  bool or_missing = false;     // `or missing`: unreadable is missing
  bool rounded = false;        // `rounded`
  bool unix_seconds = false;   // `from "t" as unix seconds`
  bool unix_milliseconds = false;
  std::optional<std::string> format;    // `as "%d.%m.%Y"`
  std::optional<std::string> zone;      // `in zone "Europe/Istanbul"`
  std::optional<std::string> split_by;  // `from split "x" by ";"`
  Span format_span;                     // `as ...`, its text or `unix ...`
  Span zone_span;                       // of the zone's name
  Span split_span;
  Span rounded_span;
  Span span;
};

struct SourceLine {
  Name target;  // attribute, property, `id`, `time`
  SourceValue value;
  Span span;
};

// What was not understood of the lines in braces and is reported: that it is
// missing is no further mistake.
struct LostLines {
  bool rest = false;               // the closing brace was not found
  std::vector<std::string> words;  // the lines' first ones
  bool has(std::string_view word) const {
    return rest || std::find(words.begin(), words.end(), word) != words.end();
  }
};

struct IntoDecl {
  Name target;   // the event's or the profile's name
  ExprPtr when;  // null: always
  std::vector<SourceLine> lines;
  LostLines lost;
  Span span;
};

struct CsvDecl {
  std::string delimiter = ",";
  std::string quote = "\"";
  bool header = true;
  std::string encoding = "utf-8";
  bool empty_is_missing = true;
  std::vector<std::string> columns;  // names where there is no header
  Span span;
  // Of the settings that were written; empty for the others.
  Span delimiter_span;
  Span quote_span;
  Span header_span;
  Span encoding_span;
  Span columns_span;
};

struct SourceDecl {
  Name name;
  std::vector<Name> files;  // patterns, relative to the repository
  std::optional<CsvDecl> csv;
  std::optional<SourceValue> customer;
  std::vector<ExprPtr> only_rows_when;
  std::vector<SourceLine> lines;  // shared by the intos that stand below them
  std::vector<IntoDecl> intos;
  LostLines lost;
  Span span;
};

// ---- tests ----

// When something happens, as a test says it.
enum class InstantForm : uint8_t {
  kAgo,        // 3 days 2 hours ago; with a clock: that local day
  kAhead,      // in 10 days
  kToday,      // today, today 09:00
  kYesterday,  // yesterday, yesterday 18:30
  kWritten,    // 2026-03-01, at 2026-03-01 12:00
  kNamed,      // a column of the cases
};

struct Instant {
  InstantForm form = InstantForm::kWritten;
  std::vector<Amount> amounts;
  std::string clock;  // "09:00"; "" if none
  Span clock_span;
  ExprPtr written;  // kDate or kDateTime
  Name name;        // kNamed
  Span span;
};

// `amount 120 TRY`, `signed_up 7 days ago`; the same without a name in a case.
struct GivenDecl {
  Name column;
  ExprPtr value;                   // null: an instant, or a mistake
  std::optional<Instant> instant;  // what a value alone cannot say
  Span span;
};

// What is expected of the person as told above it.
struct ExpectDecl {
  ExprPtr condition;              // null after an error, and of `undecided`
  std::optional<Name> undecided;  // a segment or a stage
  Span span;
};

// `3 loyal_buyer`: of whom a fit is made.
struct FittedFixture {
  std::string count;  // as written; "" is one
  Span count_span;
  Name name;
};

struct TestLine {
  enum class Kind : uint8_t {
    kNow,     // now INSTANT
    kLater,   // later AMOUNTS
    kGiven,   // given NAME; of a band with its one value, of a fit with whom
              // it is fitted on
    kFact,    // [N] NAME [INSTANT] { ... }: the person, or events
    kExpect,  // expect CONDITION
  };
  Kind kind = Kind::kFact;
  Name name;
  std::optional<Instant> instant;
  std::vector<Amount> amounts;
  std::string count;  // as written; "" is one
  Span count_span;
  std::vector<GivenDecl> values;
  std::vector<FittedFixture> fitted;
  ExpectDecl expect;
  Span span;
};

// A row of `cases`: a value for each column, and maybe what is expected.
struct CaseDecl {
  std::vector<GivenDecl> values;
  std::optional<ExpectDecl> expect;
  Span span;
};

struct CasesDecl {
  std::vector<Name> columns;
  std::vector<CaseDecl> rows;
  Span span;
};

struct TestDecl {
  std::string title;
  Span title_span;
  std::vector<TestLine> lines;
  std::vector<CasesDecl> cases;  // more than one is an error
  bool broken = false;           // a line was not understood
  Span span;
};

// Lines that several tests share.
struct FixtureDecl {
  Name name;
  std::string title;
  std::vector<TestLine> lines;
  std::vector<CasesDecl> cases;  // any is an error
  Span span;
};

// What the rules promise of their segments: `expect a excludes b`, `expect a
// implies b`, `expect a equals b`, `expect size of a between 1 and 5 percent`.
enum class GuardKind : uint8_t { kExcludes, kImplies, kEquals, kSize };
const char* guard_word(GuardKind kind);  // "excludes"

struct GuardDecl {
  GuardKind kind = GuardKind::kExcludes;
  Name first;
  Name second;      // but of kSize
  std::string low;  // decimals as written; "": no bound
  std::string high;
  bool percent = false;  // of everyone; else people
  Span bounds_span;
  Span span;
};

// A declaration that this version does not know, so that its name is no
// further mistake where it is used.
struct LaterDecl {
  Name name;
};

// Everything of one repository, in file order, then order in the file.
struct Syntax {
  std::vector<ProfileDecl> profiles;  // more than one is an error
  std::vector<EventDecl> events;
  std::vector<GroupDecl> groups;
  std::vector<SessionsDecl> sessions;
  std::vector<TableDecl> tables;
  std::vector<SegmentDecl> segments;
  std::vector<StagesDecl> stages;
  std::vector<TemplateDecl> templates;
  std::vector<LibraryDecl> libraries;
  std::vector<UseDecl> uses;
  std::vector<PersonaDecl> personas;
  std::vector<ScoreDecl> scores;
  std::vector<LetDecl> lets;
  std::vector<SourceDecl> sources;
  std::vector<FixtureDecl> fixtures;
  std::vector<TestDecl> tests;
  std::vector<GuardDecl> guards;
  std::vector<LaterDecl> later;
  struct Comment {
    Span span;
  };
  std::vector<Comment> comments;
};

// The tree as indented text, one node a line (`kitle explain --syntax`).
std::string print(const Syntax& syntax);
std::string print(const PersonaDecl& persona);
std::string print(const ScoreDecl& score);
std::string print(const Expr& expr);
std::string print(const GuardDecl& guard);  // in one line

}  // namespace kitle
