// See random_case.h.
#include "tests/support/random/random_case.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <stdexcept>

#include "runtime/text/nfc.h"
#include "runtime/time/zone.h"
#include "tests/support/tiers/case_store.h"

namespace kitle::testing {
namespace {

constexpr int64_t kSecond = 1'000'000;

const std::vector<std::string> kZones = {
    "UTC",
    "Europe/Istanbul",
    "Europe/Berlin",
    "Europe/Dublin",  // winter is the exception
    "America/New_York",
    "America/Sao_Paulo",  // gaps at midnight
    "America/St_Johns",   // changes at 00:01
    "Asia/Kathmandu",     // +05:45
    "Asia/Kolkata",
    "Australia/Lord_Howe",  // half an hour
    "Africa/Casablanca",
    "Pacific/Apia",        // without 2011-12-30
    "Pacific/Kiritimati",  // +14
    "Antarctica/Troll",    // two hours
};

// Around changes of clocks, ends of months and of years, in UTC.
const std::vector<const char*> kInstants = {
    "2026-03-29 01:00:00", "2026-10-25 01:00:00", "2026-03-08 07:00:00",
    "2026-11-01 06:00:00", "2018-11-04 03:00:00", "2019-02-17 02:00:00",
    "2016-09-07 00:00:00", "2011-12-30 10:00:00", "2011-12-31 12:00:00",
    "2026-04-04 15:00:00", "2026-10-03 15:30:00", "2006-04-02 03:31:00",
    "2024-02-29 12:00:00", "2025-02-28 23:59:59", "2023-03-01 00:00:00",
    "2026-03-31 12:00:00", "2026-01-01 00:00:00", "2025-12-31 23:59:59",
    "2026-05-31 09:30:00", "2000-02-29 00:00:00", "1970-01-01 00:00:00",
    "1969-12-31 23:59:59", "1900-03-01 00:00:00", "2100-02-28 12:00:00",
    "2450-07-01 12:00:00", "2026-02-21 02:00:00", "2026-03-22 02:00:00",
};

int64_t instant_of(std::string_view text) {
  const auto number = [&](size_t at, size_t size) {
    return std::stoi(std::string(text.substr(at, size)));
  };
  const int64_t day = days_of({number(0, 4), number(5, 2), number(8, 2)});
  return day * kMicrosPerDay +
         (number(11, 2) * 3600 + number(14, 2) * 60 + number(17, 2)) * kSecond;
}

class Maker {
 public:
  explicit Maker(Dice& dice) : dice_(dice) {}

  RandomCase make(int64_t wanted) {
    settings();
    schema();
    const std::string mistake = read_schema(case_.made);
    if (!mistake.empty()) throw std::runtime_error(mistake);
    edges();
    table();
    int64_t people = dice_.between(1, 40);
    if (wanted > 0) people = wanted;
    for (int64_t i = 0; i < people; ++i) person(i);
    return std::move(case_);
  }

 private:
  void settings() {
    static const std::vector<std::string> kDays = {
        "monday", "tuesday",  "wednesday", "thursday",
        "friday", "saturday", "sunday"};
    case_.made.settings = fmt::format(
        "time_zone = \"{}\"\nlocale = \"{}\"\ncurrency = \"{}\"\n"
        "first_day_of_week = \"{}\"\n",
        dice_.pick(kZones),
        dice_.pick(std::vector<std::string>{"tr", "en", "az", "de-DE"}),
        dice_.pick(std::vector<std::string>{"TRY", "TRY", "JPY", "KWD"}),
        dice_.pick(kDays));
  }

  // ---- schema ----

  std::string column_type() {
    static const std::vector<std::string> kTypes = {
        "flag",          "integer",      "integer",       "number",
        "number",        "money",        "money",         "text",
        "text",          "code",         "code any case", "date",
        "time",          "duration",     "list of text",  "list of code",
        "text personal", "code personal"};
    return dice_.pick(kTypes);
  }

  // Mostly the one that a column of this name has already, so that events have
  // properties in common.
  std::string type_of(const std::string& name) {
    std::string& known = types_[name];
    if (known.empty() || dice_.chance(30)) known = column_type();
    return known;
  }

  // Columns of one name share a dictionary, across tables.
  std::string columns(const char* word, int64_t most) {
    std::string text;
    const int64_t count = dice_.between(1, most);
    for (int64_t i = 0; i < count; ++i) {
      const std::string name =
          fmt::format("{}{}", dice_.chance(30) ? "shared" : word, i);
      text += fmt::format("  {} {}\n", name, type_of(name));
    }
    return text;
  }

  void schema() {
    std::string& text = case_.made.schema_text;
    text = "profile customer {\n  id code key\n" + columns("a", 9) + "}\n";
    const int64_t events = dice_.between(1, 3);
    for (int64_t i = 0; i < events; ++i) {
      if (dice_.chance(50)) {
        text +=
            fmt::format("event e{} counted by order {{\n  order {}\n{}}}\n", i,
                        dice_.chance(70) ? "code" : "integer", columns("p", 7));
      } else {
        text += fmt::format("event e{} {{\n{}}}\n", i, columns("p", 7));
      }
    }
    const bool grouped = dice_.chance(50);
    if (grouped) group(events);
    if (dice_.chance(50)) sessions(events, grouped);
  }

  void sessions(int64_t events, bool grouped) {
    static const std::vector<std::string> kGaps = {
        "1 second", "30 minutes", "1 hour", "1 day", "7 days", "100 weeks"};
    const std::string of = grouped && dice_.chance(50)
                               ? "g"
                               : fmt::format("e{}", dice_.below(events));
    case_.made.schema_text +=
        fmt::format("sessions v of {} gap {}\n", of, dice_.pick(kGaps));
  }

  // Of some of the events, in any order.
  void group(int64_t events) {
    const int64_t first = dice_.below(events);
    const int64_t count = dice_.between(1, events);
    std::string members;
    for (int64_t i = 0; i < count; ++i) {
      members += fmt::format("{}e{}", i == 0 ? "" : ", ", (first + i) % events);
    }
    case_.made.schema_text += fmt::format("events g = {}\n", members);
  }

  // ---- time ----

  int64_t near(int64_t instant) {
    static const std::vector<int64_t> kOff = {0,  0,       0,       1,
                                              -1, kSecond, -kSecond};
    return instant + dice_.pick(kOff);
  }

  void edges() {
    Edges& edges = case_.edges;
    const int64_t base = instant_of(dice_.pick(kInstants));
    edges.now =
        base + dice_.pick(std::vector<int64_t>{
                   0, 0, 1, -1, 1800 * kSecond, -3600 * kSecond, kMicrosPerDay,
                   -kMicrosPerDay, 30 * kMicrosPerDay, 7 * kMicrosPerDay + 1});
    if (dice_.chance(20)) {
      edges.now += dice_.between(-400 * kMicrosPerDay, 400 * kMicrosPerDay);
    }
    const auto bytes = read_zone_bytes(case_.made.parsed_settings.time_zone);
    const auto zone = *Zone::from_tzif(*bytes, "");
    const int64_t today = zone->local_day(edges.now);
    edges.instants = {edges.now, base};
    for (const int64_t days : {0, 1, 2, 3, 7, 30, 60}) {
      edges.instants.push_back(edges.now - days * kMicrosPerDay);
      edges.instants.push_back(zone->day_start(today - days));
      edges.days.push_back(today - days);
      edges.days.push_back(today + days);
    }
    for (const int64_t months : {1, 2, 3, 12, 24}) {
      edges.instants.push_back(
          zone->shift(edges.now, -months, StepUnit::kMonth));
      edges.days.push_back(add_months(today, -months));
      const CivilDate date = civil_of(add_months(today, 1 - months));
      edges.days.push_back(days_of({date.year, date.month, 1}));
      edges.instants.push_back(zone->day_start(edges.days.back()));
    }
    edges.days.push_back(days_of({2000, 2, 29}));
    edges.days.push_back(days_of({1996, 2, 29}));
  }

  // Of each column of a table one cell.
  std::string row() {
    static const std::vector<std::string> kLabels = {
        "", "a", "Web", "IŞIK", "ışık", "İzmir", "izmir", "café", "日本"};
    static const std::vector<std::string> kFlags = {"", "yes", "no"};
    const auto number = [&] {
      return dice_.chance(20) ? "" : std::to_string(dice_.between(-3, 12));
    };
    // Too large to be added in 64 bits.
    const auto whole = [&] {
      return dice_.chance(extremes_) ? std::to_string(integer()) : number();
    };
    const CivilDate date = civil_of(dice_.pick(case_.edges.days));
    std::string cells = "," + dice_.pick(kLabels);
    cells += "," + dice_.pick(kLabels);
    cells += "," + number();
    cells += "," + whole();
    cells += fmt::format(",{:04}-{:02}-{:02}", date.year, date.month, date.day);
    return cells + "," + dice_.pick(kFlags);
  }

  // Of two tables that rules look into, by text and by integer.
  void table() {
    static const std::vector<std::string> kKeys = {
        "a", "web", "mobile", "日本", "straße", "a b", "%"};
    std::string csv = "word,size";
    for (const char* table : {"w", "s"}) {
      csv += fmt::format(
          ",{0}_label,{0}_tag,{0}_worth,{0}_rank,{0}_since,{0}_ok", table);
    }
    csv += "\n";
    for (size_t i = 0; i < kKeys.size(); ++i) {
      csv += fmt::format("{},{}", kKeys[i], static_cast<int64_t>(i) - 1);
      csv += row() + row() + "\n";
    }
    case_.made.files.push_back({"rows.csv", csv});
  }

  int64_t time() {
    const int64_t kind = dice_.below(10);
    if (kind < 6) return near(dice_.pick(case_.edges.instants));
    const int64_t days = kind < 8 ? 40 : 900;
    return case_.edges.now +
           dice_.between(-days * kMicrosPerDay, 5 * kMicrosPerDay);
  }

  int64_t day() {
    if (dice_.chance(70)) return dice_.pick(case_.edges.days);
    return case_.edges.days.front() + dice_.between(-20'000, 400);
  }

  // ---- values ----

  int64_t integer() {
    static const std::vector<int64_t> kSpecial = {INT64_MAX,
                                                  INT64_MIN,
                                                  INT64_MAX - 1,
                                                  0,
                                                  1,
                                                  -1,
                                                  int64_t{1} << 53,
                                                  (int64_t{1} << 53) + 1,
                                                  1'000'000'007};
    if (dice_.chance(extremes_)) return dice_.pick(kSpecial);
    return dice_.between(-3, 12);
  }

  double number() {
    static const std::vector<double> kSpecial = {1e308,
                                                 -1e308,
                                                 1e200,
                                                 5e-324,
                                                 0x1p53,
                                                 0x1p53 + 2,
                                                 0x1p63,
                                                 0x1p64,
                                                 0.1,
                                                 1e-300,
                                                 9223372036854775807.0};
    if (dice_.chance(extremes_)) return dice_.pick(kSpecial);
    return static_cast<double>(dice_.between(-30, 120)) /
           static_cast<double>(
               dice_.pick(std::vector<int64_t>{1, 2, 4, 10, 3}));
  }

  int64_t duration() {
    if (dice_.chance(extremes_)) return integer();
    return dice_.between(-2, 80) *
           dice_.pick(std::vector<int64_t>{1, kSecond, 60 * kSecond,
                                           3600 * kSecond, kMicrosPerDay});
  }

  Cell list() {
    std::vector<std::string> elements;
    for (int64_t i = dice_.below(4); i > 0; --i) {
      elements.push_back(Nfc().of(dice_.pick(known_texts())));
    }
    return elements;
  }

  Cell cell(TypeKind type) {
    if (dice_.chance(missing_)) return {};
    switch (type) {
      case TypeKind::kFlag:
        return dice_.below(2);
      case TypeKind::kInteger:
      case TypeKind::kMoney:
        return integer();
      case TypeKind::kNumber:
        return number();
      case TypeKind::kText:
      case TypeKind::kCode:
        return Nfc().of(dice_.pick(known_texts()));
      case TypeKind::kDate:
        return day();
      case TypeKind::kTime:
        return time();
      case TypeKind::kDuration:
        return duration();
      case TypeKind::kTextList:
      case TypeKind::kCodeList:
        return list();
    }
    return {};
  }

  // ---- people ----

  void person(int64_t number) {
    CasePerson person;
    person.key = fmt::format("c{}", number);
    person.erased = dice_.chance(5);
    missing_ = dice_.pick(std::vector<int>{0, 10, 50});
    extremes_ = dice_.pick(std::vector<int>{0, 5, 30, 70});
    const Schema& schema = case_.made.schema;
    for (const Column& column : schema.attributes) {
      person.attributes.push_back(cell(column.type));
    }
    for (uint32_t type = 0; type < schema.events.size(); ++type) {
      const int64_t most = dice_.pick(std::vector<int64_t>{0, 2, 5, 80});
      for (int64_t i = dice_.between(0, most); i > 0; --i) event(person, type);
    }
    put_in_order(case_.made.schema, person);
    case_.made.people.push_back(std::move(person));
  }

  void event(CasePerson& person, uint32_t type) {
    const EventType& of = case_.made.schema.events[type];
    CaseEvent event{.type = type, .time = time()};
    for (const Column& column : of.columns) {
      event.properties.push_back(cell(column.type));
    }
    if (of.counted_by && event.properties[*of.counted_by].index() != 0) {
      const bool code = of.columns[*of.counted_by].type == TypeKind::kCode;
      const int64_t order = dice_.below(6);
      event.properties[*of.counted_by] =
          code ? Cell(fmt::format("o{}", order)) : Cell(order);
    }
    // Equal times, whole rows, and lines of one order.
    const bool has =
        !person.events.empty() && person.events.back().type == type;
    if (has && dice_.chance(15)) event.time = person.events.back().time;
    if (has && dice_.chance(5)) event = person.events.back();
    person.events.push_back(std::move(event));
  }

  Dice& dice_;
  RandomCase case_;
  int missing_ = 10;                          // percent
  int extremes_ = 10;                         // percent
  std::map<std::string, std::string> types_;  // of columns, by name
};

}  // namespace

const std::vector<std::string>& known_texts() {
  static const std::vector<std::string> kTexts = {
      "",      "a",           "A",      "web",     "Web",  "mobile",  "ışık",
      "IŞIK",  "işik",        "İŞİK",   "Işık",    "ISIK", "izmir",   "İzmir",
      "IZMIR", "ızmır",       "straße", "STRASSE", "ẞ",    "Σίσυφος", "ΣΊΣΥΦΟΣ",
      "café",  "cafe\u0301",  "\u212b", "å",       "ﬁne",  "FINE",    "i\u0307",
      "\"q\"", "back\\slash", "a b",    "ǅ",       "ŉ",    "%",       "日本"};
  return kTexts;
}

RandomCase random_case(Dice& dice, int64_t people) {
  return Maker(dice).make(people);
}

}  // namespace kitle::testing
