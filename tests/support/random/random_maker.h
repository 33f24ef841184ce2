// The maker of random rules. Internal to tests/tiers/random_*.cc:
//   random_rules.cc       what there is, events, lets
//   random_values.cc      values
//   random_conditions.cc  conditions
//   random_personas.cc    personas
//   random_sequences.cc   sequences
//   random_scores.cc      scores
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/support/random/random_rules.h"
#include "tests/support/random/random_writing.h"

namespace kitle::testing {

using Kind = TypeKind;
using Of = Writing::Of;
using Words = std::vector<std::string>;

inline bool is_quantity(Kind kind) {
  return kind == Kind::kInteger || kind == Kind::kNumber ||
         kind == Kind::kMoney || kind == Kind::kDuration;
}

inline Phrase bracketed(Phrase phrase) {
  return Phrase("(") + std::move(phrase) + Phrase(")");
}

class Maker {
 public:
  Maker(const RandomCase& from, Dice& dice)
      : case_(from.made),
        schema_(from.made.schema),
        dice_(dice),
        writing_(from, dice) {}
  Rules make(int64_t wanted);

 private:
  // ---- what there is ----
  bool in_event() const { return event_ >= 0; }
  const std::vector<Column>& columns() const;
  std::vector<const Column*> columns_of(
      const std::function<bool(const Column&)>& wanted) const;
  std::vector<const Column*> columns_of(Kind kind) const;
  // A property of any event, with the event.
  struct Property {
    int event = 0;
    const Column* column = nullptr;
  };
  std::vector<Property> properties_of(
      const std::function<bool(const Column&)>& wanted) const;
  Phrase conditional(Phrase phrase) const;

  // ---- events ----
  // `e1 where (...) after ... in last 7 days`; `plain`: may need no bracket.
  Phrase clause(int event, const std::string& property, int depth);
  int any_event();
  Phrase anchor(const std::string& word, int depth);
  // The first or last of an event.
  Phrase end_of_events(int event, int depth);
  // A time or a date: of the person, of an event, or written.
  Phrase moment(int depth, bool for_anchor);

  // ---- values ----
  // Something of this type that is not written alone.
  Phrase value(Kind kind, int depth);
  Phrase simple_value(Kind kind, int depth);
  // A number or duration of which only now decides.
  Phrase since_written(Kind kind);
  Phrase event_value(Kind kind, const std::vector<const Column*>& own);
  // What needs no property of the type.
  Phrase counted_value(Kind kind, const std::vector<const Column*>& own,
                       int depth);
  Phrase integer_value(int depth);
  Phrase length(int depth);
  // A number or a fraction as the whole value beside it.
  Phrase rounded(Kind kind, int depth);
  Phrase share(int depth);
  Phrase attribute(Kind kind);
  // A column of a table by a key, and what is measured of one: with these
  // words, as such a value, or as words that count the different ones.
  Phrase looked_up(Kind kind, int depth);
  Phrase measured_column(const std::string& words, Kind kind, int depth);
  Phrase measure_of_column(Kind kind, int depth);
  Phrase different_in_column(const std::string& words, int depth);
  Phrase measure(Kind kind, const Property& property, int depth);
  Phrase calculated(Kind kind, int depth);
  // Written, or any value; never empty.
  Phrase operand(Kind kind, int depth);
  // A money or duration as a fraction.
  Phrase fraction(Kind kind, int depth);
  std::string decimal_of_percent();

  // ---- conditions ----
  Phrase condition(int depth);
  Phrase logic(int depth);
  Phrase test(int depth);
  Phrase weekday_test(int depth);
  Phrase text_test();
  Phrase moment_text_test(int depth);
  Phrase frequent_text_test(int depth);
  Phrase attribute_test();
  Phrase each_period(Phrase clause);
  Phrase tested_text(Phrase tested, Kind kind);
  Phrase equal_columns();
  Phrase comparison(int depth);
  Phrase between(Phrase left, Kind kind);
  Phrase among(Phrase left, Kind kind);
  Phrase flag_test(int depth);
  Phrase window_test(int depth);
  Phrase birthday_test(int depth);
  Phrase presence(int depth);
  Phrase list_test(int depth);
  Phrase element_test();
  Phrase quantified(int depth);
  Phrase group(int depth);
  Phrase segment_test();

  // ---- personas ----
  void persona();
  std::string look_back();
  std::string order();
  std::string some_points();
  std::string points();
  std::string multiples(const std::string& given, int event,
                        const std::vector<const Column*>& amounts);
  Phrase persona_test(int depth);

  // ---- sequences ----
  struct Step {
    int event = 0;
    bool negated = false;
    bool rows = false;      // one by one
    bool compared = false;  // with a step before
  };
  Phrase sequence(int depth);
  Phrase step(int depth);
  Phrase step_where(int depth);
  std::string step_comparison();
  std::string within();
  std::string with_same();
  bool may_be_named(const Step& step, const Column& column) const;
  bool can_be_same(const std::string& name) const;
  // ---- scores ----
  void score();
  std::string dimension();
  Phrase score_test(int depth);
  Phrase top_test();
  Kind ranked_kind();

  // ---- lets ----
  void lets();
  Phrase let_test();
  const Case& case_;
  const Schema& schema_;
  Dice& dice_;
  Writing writing_;
  Rules rules_;
  int event_ = -1;       // inside of its `where`
  bool in_key_ = false;  // of a table
  int64_t personas_ = 0;
  std::vector<Step> steps_;     // of the sequence that is made
  std::vector<size_t> scores_;  // how many dimensions each has
};

}  // namespace kitle::testing
