// Cases of meaning, as plain text that a user could have written:
//
//   # A window in months goes back by the calendar.
//   --- kitle.toml
//   time_zone = "Europe/Istanbul"
//   --- schema.kitle
//   profile customer { id code key, city text }
//   event purchase { amount money }
//   --- toys.csv
//   name
//   puzzle
//   --- people
//   customer ayse { city "İzmir" }
//     purchase 2026-02-28 12:00 { amount 5.00 }
//   --- at 2026-03-31 12:00
//   segment recent { any purchase in last 1 month }  # in: ayse
//
// There may be several moments. Behind or below each segment, and each stage
// (one a line, and its `}` alone on one), stands who is in it: `# in: ayse,
// fatma`, `# in: nobody`, `# in: everyone`; and, where it cannot be computed,
// `# undecided: ayse`. A value that is not given is missing. Times are local,
// or end with Z. An `erased` person is in nothing.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <variant>
#include <vector>

#include "compiler/load.h"
#include "runtime/schema.h"

namespace kitle::testing {

// Missing; flags, integers, money (minor units), dates, times and durations;
// numbers; text and codes; lists.
using Cell = std::variant<std::monostate, int64_t, double, std::string,
                          std::vector<std::string>>;

struct CaseEvent {
  uint32_t type = 0;  // index in schema.events
  int64_t time = 0;
  std::vector<Cell> properties{};  // by the schema's index
};

struct CasePerson {
  std::string key;
  bool erased = false;
  std::vector<Cell> attributes{};  // by the schema's index
  std::vector<CaseEvent> events{};
};

// Keys of people, sorted.
struct Expectation {
  std::string segment;
  std::vector<std::string> members{};
  std::vector<std::string> undecided{};
  bool everyone = false;
};

struct CaseMoment {
  int64_t now = 0;
  std::string rules;  // segments and lets
};

struct Case {
  std::string about;  // comment lines, with their `#`
  std::string settings;
  std::string schema_text;
  std::vector<RuleText> files{};  // that rules name
  std::vector<CasePerson> people;
  std::vector<CaseMoment> moments;

  // Made from the texts.
  Settings parsed_settings;
  Schema schema;
};

// What the rules of a moment say that is in their segments.
std::vector<Expectation> expectations(const std::string& rules);

// The mistake, in one line, where the text is no case.
std::expected<Case, std::string> read_case_file(const std::string& text);
std::string print_case(const Case& written);

// All texts of its repository with these rules.
std::vector<RuleText> texts_of(const Case& from, const std::string& rules);

// The rules of one moment, checked; its diagnostics rendered where they are
// errors.
std::expected<LoadedRepository, std::string> load_moment(const Case& from,
                                                         size_t moment);

// Settings and schema from the texts of `to`; the mistake, or "".
std::string read_schema(Case& to);

}  // namespace kitle::testing
