// What the parts of the checker share. Internal to compiler/check*.cc: the
// entry point is check() in compiler/check.h.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "compiler/check.h"
#include "compiler/check_lookup.h"
#include "compiler/check_seen.h"
#include "compiler/table_file.h"
#include "runtime/time/zone.h"

namespace kitle {

// A name declared at top level; events also by their plural.
struct Symbol {
  enum class Kind : uint8_t {
    kProfile,
    kEvent,
    kGroup,
    kSessions,
    kSegment,
    kStages,
    kPersona,
    kScore,
    kLet,
    kTable,
    kTemplate,
    kSource,
    kFixture
  };
  Kind kind = Kind::kLet;
  uint32_t index = 0;  // in the vector of its kind, of Syntax or Schema
  Span span;           // of the name
  std::optional<Span> private_word{};  // where its own file alone may use it
};
const char* symbol_kind(Symbol::Kind kind);  // "a segment"

// What is known of a `let` once it is checked.
struct LetInfo {
  bool sound = false;  // else nothing below is set
  bool list = false;
  const Amount* length = nullptr;  // of a written duration
  const Expr* file = nullptr;      // of a list that is in a file: where it is
  TypedPtr value;                  // of no list
  std::vector<TypedPtr> items;     // of a list: constants
  uint64_t nodes = 0;
  uint32_t depth = 0;
  bool of_person = false;      // more than written values
  bool open_clause = false;    // a clause that a group window would reach
  std::vector<uint32_t> uses;  // segments
};

// A segment, or one stage: who is in it.
struct SegmentState {
  const Name* name = nullptr;
  std::string_view title{};
  std::string_view deprecated{};  // what to use instead
  Span span{};
  bool is_private = false;
  uint32_t owner = UINT32_MAX;  // of Syntax::stages; a segment has none
  bool sound = false;
  TypedPtr condition{};
  std::vector<uint32_t> uses{};  // segments
};

// What is known of a score once it is checked; its parts are copied to where
// they are used.
struct ScoreInfo {
  struct Dimension {
    std::string name{};
    uint32_t bands = 0;
    bool fitted = false;
    TypedPtr present{};
    std::vector<TypedPtr> better{};  // than each cut
  };
  bool sound = false;  // else nothing below is to be used
  TypedPtr population{};
  std::vector<Dimension> dimensions{};
  uint64_t nodes = 0;
  uint32_t depth = 0;
  std::vector<uint32_t> uses{};  // segments
};

// A place among the declarations that may refer to each other.
struct Declaration {
  enum class Kind : uint8_t { kLet, kSegment, kStages, kPersona, kScore };
  Kind kind = Kind::kLet;
  uint32_t index = 0;  // in the vector of its kind, of Syntax
};

// By this machine's Unicode.
struct OwnForms {
  explicit OwnForms(std::string_view locale)
      : folds(make_folds(locale, unicode_version())),
        forms(Nfc(), folds.view()) {}
  FoldData folds;
  TextForms forms;
};

struct CheckContext {
  const SourceSet& sources;
  const Syntax& syntax;
  const Settings& settings;
  SeenDomains seen;
  Diagnostics& diagnostics;
  TableFiles& files;

  std::shared_ptr<const Zone> zone;  // null: UTC
  Schema schema{};
  Span key_span{};
  std::unordered_map<std::string, Symbol> symbols{};
  // Columns whose declaration has a mistake, as "owner.name", or "owner." where
  // that is not known: using them is no further mistake.
  std::unordered_set<std::string> broken_columns{};
  std::unordered_set<std::string> later_names{};
  std::vector<LetInfo> lets{};   // by Syntax::lets
  std::vector<Lookup> tables{};  // by Syntax::tables
  // Those of Syntax::segments, then all stages, one declaration's after the
  // other's: `first_stage` by Syntax::stages. By name: "lifecycle.lost".
  std::vector<SegmentState> segments{};
  std::vector<uint32_t> first_stage{};
  // Behind them, who is a member of each persona: one by Syntax::personas.
  uint32_t first_persona = 0;
  std::vector<TypedPersona> personas{};  // by Syntax::personas
  std::vector<ScoreInfo> scores{};       // by Syntax::scores
  std::vector<TypedFit> fits{};          // see Repository
  // What is being checked, and how many `in top` it has had; "" for a test.
  std::string declaring = {};
  uint32_t tops = 0;
  std::unordered_map<std::string, uint32_t> stages_by_name{};
  std::vector<DeclaredUses> declared{};   // see Repository
  uint64_t copied = 0;                    // nodes, see kMaxCopiedNodes
  std::shared_ptr<OwnForms> own_forms{};  // see forms()

  Diagnostic& report(DiagnosticId id, Span span,
                     std::vector<std::string> args = {}) {
    return diagnostics.add(id, span, std::move(args));
  }
  // How texts compare: as the store has it, without one as this machine does.
  const TextForms& forms();
  // The text of a span as messages show it: on one line, not too long.
  std::string quote(Span span) const;
  // Counts `nodes` more that are copied; false, and reported once, if these
  // are too many.
  bool may_copy(uint64_t nodes, Span span);
  const Symbol* find(std::string_view name) const;
  bool broken(std::string_view owner, std::string_view name) const;
  // Declared in a way that this version does not know, or with letters that
  // names have not: the parser has reported it.
  bool reported(std::string_view name) const;
  // The place in Syntax::stages of what is called so.
  std::optional<uint32_t> find_stages(std::string_view name) const;
  // The place in `segments` of a stage.
  std::optional<uint32_t> find_stage(uint32_t stages,
                                     std::string_view name) const;
  // The event called so, in the singular or the plural; also a group
  // or sessions.
  std::optional<uint32_t> find_event(std::string_view name) const;
};

// The place of a column in `columns`.
std::optional<uint32_t> find_column(const std::vector<Column>& columns,
                                    std::string_view name);
std::vector<std::string> names_of(const std::vector<Column>& columns);

// Of a repository with more names, some are not suggested: looking for the
// nearest one is work for each mistake.
inline constexpr size_t kMaxKnownNames = 2000;

template <class Decls>
void add_names(const Decls& decls, std::vector<std::string>& known) {
  for (const auto& each : decls) {
    if (known.size() >= kMaxKnownNames) return;
    known.push_back(each.name.text);
  }
}

// "a text", "money": how messages speak of a type.
const char* phrase(ValueType type);
ValueType value_type(TypeKind kind);

// The passes, in this order. Each needs the ones before it.
void check_schema(CheckContext& context);      // schema
void check_names(CheckContext& context);       // symbols
void check_groups(CheckContext& context);      // schema: groups, sessions
void declare_segments(CheckContext& context);  // segments, stages
// What tests, guards, uses and sessions name, is theirs to name.
void check_private(CheckContext& context);
// Lets, segments and stages, each behind those it refers to; cycles are
// reported and what is in one is left out.
std::vector<Declaration> order_declarations(CheckContext& context);
void check_let(CheckContext& context, uint32_t index);
void check_segment(CheckContext& context, uint32_t index);
void check_stages(CheckContext& context, uint32_t index);
void check_persona(CheckContext& context, uint32_t index);
void check_score(CheckContext& context, uint32_t index);
std::vector<SourceMapping> check_sources(CheckContext& context);
std::vector<TypedTest> check_tests(CheckContext& context);
std::vector<TypedGuard> check_guards(CheckContext& context);

// What is said where derived events are taken for stored ones.
DiagnosticId no_event(const DerivedEvents& derived);
// Offers each of a group's members in its place.
void add_member_mends(const CheckContext& context, Diagnostic& diagnostic,
                      Span span, uint32_t group);

// A segment's or stage's name as rules write it: "lifecycle.lost".
std::string full_name(const CheckContext& context, const SegmentState& segment);

// Whether it is nested deeper than `most`, which is reported.
bool deep(CheckContext& context, const Name& name, uint32_t depth,
          uint32_t most);
// Each once, in order.
std::vector<uint32_t> distinct(std::vector<uint32_t> uses);

// A written length, or that of a `let`, also before lets are checked; a mistake
// is reported.
std::optional<Amount> written_length(CheckContext& context,
                                     const Amount& amount);

// Adds the mend that writes the nearest of `known` instead of `name`, or the
// word of the language for a foreign one (`true`).
void suggest_name(Diagnostic& diagnostic, Span span, std::string_view name,
                  const std::vector<std::string>& known);

}  // namespace kitle
