// Random rules that have much to do with each other, so that some exclude
// others, some follow from others, and some nobody can meet.
#pragma once

#include <string>
#include <vector>

#include "runtime/schema.h"
#include "tests/support/random/dice.h"
#include "tests/support/tiers/case_file.h"

namespace kitle::testing {

class RelatedRules {
 public:
  // `made` outlives it.
  RelatedRules(const Case& made, Dice& dice)
      : schema_(made.schema),
        currency_(made.parsed_settings.currency),
        dice_(dice) {}

  // Segments r0 ... and what they ask for.
  std::string text();

 private:
  using Words = std::vector<std::string>;

  std::string declarations();
  std::string condition(int depth);
  std::string junction(int depth);
  std::string atom();
  std::string linked();
  std::string of_events();
  std::string of_moments();
  std::string of_measures();
  std::string of_table_column();
  std::string of_score();
  std::string of_attribute();
  std::string of_date(const std::string& name, bool date);
  std::string sequence();
  std::string filter(const EventType& event);
  std::string property(const EventType& event);
  std::string of_column(const Column& column, const std::string& name);
  std::string of_text(const std::string& name);
  std::string of_number(const std::string& name, const Words& values);
  std::string events();
  std::string window();
  std::string moment_window();
  const EventType& event();
  // "" where there is none.
  std::string quantity(const EventType& event, TypeKind type);
  Words amounts(TypeKind type) const;

  const Schema& schema_;
  const std::string& currency_;
  Dice& dice_;
  const Words texts_ = {"a",     "A",     "ışık", "IŞIK",
                        "izmir", "İZMİR", "web",  "we"};
  const Words signs_ = {"<", "<=", ">", ">=", "is"};
};

}  // namespace kitle::testing
