// See reducer.h.
#include "tests/support/random/reducer.h"

#include <algorithm>
#include <sstream>

namespace kitle::testing {
namespace {

// All phrases of a rule, each before its parts.
void collect(Phrase& phrase, std::vector<Phrase*>& found) {
  found.push_back(&phrase);
  for (Phrase& part : phrase.parts) collect(part, found);
}

std::vector<Phrase*> phrases_of(Phrase& phrase) {
  std::vector<Phrase*> found;
  collect(phrase, found);
  return found;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string without_line(const std::vector<std::string>& lines, size_t at) {
  std::string text;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (i != at) text += lines[i] + "\n";
  }
  return text;
}

std::vector<Cell> moved(const std::vector<Cell>& cells,
                        const std::vector<Column>& from,
                        const std::vector<Column>& to) {
  std::vector<Cell> result;
  for (const Column& column : to) {
    const auto place = std::ranges::find(from, column.name, &Column::name);
    result.push_back(place == from.end() ? Cell()
                                         : cells[place - from.begin()]);
  }
  return result;
}

// People of one schema as those of a smaller one, by names.
void move_people(const Schema& from, Case& to) {
  for (CasePerson& person : to.people) {
    person.attributes =
        moved(person.attributes, from.attributes, to.schema.attributes);
    std::vector<CaseEvent> kept;
    for (CaseEvent& event : person.events) {
      const EventType& old = from.events[event.type];
      const EventType* now = to.schema.find_event(old.name);
      if (now == nullptr) continue;
      event.properties = moved(event.properties, old.columns, now->columns);
      event.type = static_cast<uint32_t>(now - to.schema.events.data());
      kept.push_back(std::move(event));
    }
    person.events = std::move(kept);
  }
}

class Reducer {
 public:
  Reducer(RuledCase from, const std::function<bool(const Case&)>& wrong)
      : best_(std::move(from)), wrong_(wrong) {}

  RuledCase reduce() {
    bool better = true;
    while (better) {
      better = drop([](RuledCase& of) -> auto& { return of.rules.segments; });
      better |= drop([](RuledCase& of) -> auto& { return of.made.people; });
      better |= shorten_rules();
      better |= shorten_people();
      better |= drop_lines();
    }
    return std::move(best_);
  }

 private:
  bool keep(RuledCase tried) {
    if (!wrong_(with_rules(tried))) return false;
    best_ = std::move(tried);
    return true;
  }

  // Elements of a list of the case: halves, quarters, ... and single ones.
  template <class Of>
  bool drop(Of of) {
    bool any = false;
    size_t size = std::max<size_t>(of(best_).size() / 2, 1);
    for (;; size /= 2) {
      for (size_t at = 0; at < of(best_).size();) {
        RuledCase tried = best_;
        auto& shorter = of(tried);
        const size_t end = std::min(at + size, shorter.size());
        shorter.erase(shorter.begin() + at, shorter.begin() + end);
        const bool kept = keep(std::move(tried));
        any |= kept;
        if (!kept) at += size;
      }
      if (size == 1) return any;
    }
  }

  bool shorten_people() {
    bool any = false;
    for (size_t i = 0; i < best_.made.people.size(); ++i) {
      any |= drop(
          [i](RuledCase& of) -> auto& { return of.made.people[i].events; });
      any |= clear_cells(
          [i](RuledCase& of) -> auto& { return of.made.people[i].attributes; });
      for (size_t j = 0; j < best_.made.people[i].events.size(); ++j) {
        any |= clear_cells([i, j](RuledCase& of) -> auto& {
          return of.made.people[i].events[j].properties;
        });
      }
    }
    return any;
  }

  template <class Of>
  bool clear_cells(Of of) {
    bool any = false;
    for (size_t i = 0; i < of(best_).size(); ++i) {
      if (of(best_)[i].index() == 0) continue;
      RuledCase tried = best_;
      of(tried)[i] = Cell();
      any |= keep(std::move(tried));
    }
    return any;
  }

  bool shorten_rules() {
    bool any = false;
    for (size_t i = 0; i < best_.rules.segments.size(); ++i) {
      while (shorten_rule(i)) any = true;
    }
    return any;
  }

  // One step.
  bool shorten_rule(size_t rule) {
    Phrase& whole = best_.rules.segments[rule].condition;
    const size_t count = phrases_of(whole).size();
    for (size_t at = 0; at < count; ++at) {
      const Phrase phrase = *phrases_of(whole)[at];
      if (phrase.optional && !phrase.parts.empty() &&
          replace(rule, at, Phrase())) {
        return true;
      }
      if (phrase.condition_of == Phrase::kNoCondition) continue;
      if (replace_by_part(rule, at, phrase)) return true;
    }
    return false;
  }

  bool replace_by_part(size_t rule, size_t at, Phrase phrase) {
    const bool simplest = text_of(phrase) == "everyone";
    if (phrase.condition_of == Phrase::kPerson && !simplest) {
      Phrase everyone("everyone");
      everyone.condition_of = Phrase::kPerson;
      if (replace(rule, at, everyone)) return true;
    }
    for (const Phrase* part : phrases_of(phrase)) {
      const bool inner = part != &phrase &&
                         part->condition_of == phrase.condition_of &&
                         text_of(*part).size() < text_of(phrase).size();
      if (inner && replace(rule, at, *part)) return true;
    }
    return false;
  }

  bool replace(size_t rule, size_t at, Phrase by) {
    RuledCase tried = best_;
    *phrases_of(tried.rules.segments[rule].condition)[at] = std::move(by);
    return keep(std::move(tried));
  }

  // Lets, settings, columns and events.
  bool drop_lines() {
    bool any =
        drop_lines_of([](RuledCase& of) -> auto& { return of.rules.lets; });
    any |=
        drop_lines_of([](RuledCase& of) -> auto& { return of.made.settings; });
    any |= drop_lines_of(
        [](RuledCase& of) -> auto& { return of.made.schema_text; });
    return any;
  }

  template <class Of>
  bool drop_lines_of(Of of) {
    bool any = false;
    for (size_t at = 0; at < lines_of(of(best_)).size();) {
      RuledCase tried = best_;
      of(tried) = without_line(lines_of(of(best_)), at);
      const Schema before = tried.made.schema;
      bool kept = read_schema(tried.made).empty();
      if (kept) move_people(before, tried.made);
      kept = kept && keep(std::move(tried));
      any |= kept;
      if (!kept) ++at;
    }
    return any;
  }

  RuledCase best_;
  const std::function<bool(const Case&)>& wrong_;
};

}  // namespace

Case with_rules(const RuledCase& from) {
  Case made = from.made;
  made.moments.resize(1);
  made.moments[0].rules = text_of(from.rules);
  return made;
}

RuledCase reduced(RuledCase from,
                  const std::function<bool(const Case&)>& wrong) {
  return Reducer(std::move(from), wrong).reduce();
}

}  // namespace kitle::testing
