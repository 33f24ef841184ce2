// See witness.h.
#include "library/witness.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <random>
#include <set>
#include <utility>

#include "compiler/words.h"
#include "kitle/tests.h"
#include "library/rules.h"

namespace kitle {
namespace {

constexpr size_t kRounds = 5;
constexpr size_t kPeopleARound = 48;
constexpr size_t kShortenings = 12;  // rounds of leaving out lines
constexpr int64_t kMostEvents = 12;  // of one line
constexpr int64_t kHoursOfDay = 24;
constexpr int64_t kDaysOfYear = 365;
constexpr char kNow[] = "2026-06-15 12:00";
constexpr int32_t kToday = 20619;  // the day of kNow
constexpr char kTitle[] = "witness ";

// What conditions compare with, and about when they ask.
struct Palette {
  std::set<int64_t> integers = {0, 1, 2};
  std::set<int64_t> money = {100};
  std::set<double> numbers = {0.5, 1};
  std::set<std::string> texts = {"x"};
  std::set<int64_t> hours = {1, 36, 5 * 24, 12 * 24, 45 * 24, 200 * 24};
  std::set<uint32_t> attributes;
  std::set<uint32_t> events;
};

class Collector {
 public:
  explicit Collector(const Repository& repository) : repository_(repository) {}

  Palette collect(const std::vector<uint32_t>& segments) {
    for (const uint32_t each : segments) segment(each);
    // A number of days or years may be what is asked for.
    for (const int64_t each : palette_.integers) {
      if (each < 1 || each > 40 * kDaysOfYear) continue;
      palette_.hours.insert(each * kHoursOfDay);
      palette_.hours.insert(each * kHoursOfDay + 1);
      if (each <= 100) {
        palette_.hours.insert((each * kDaysOfYear + 100) * kHoursOfDay);
      }
    }
    return palette_;
  }

 private:
  void segment(uint32_t index) {
    if (!seen_.insert(index).second) return;
    tree(*repository_.segments[index].condition);
  }

  bool is_personal(const Typed& tree) const {
    const bool attribute = tree.kind == TypedKind::kAttribute;
    if (attribute) return repository_.schema.attributes[tree.index].personal;
    const bool property =
        tree.kind == TypedKind::kProperty && event_ != UINT32_MAX;
    return property &&
           repository_.schema.event(event_).columns[tree.index].personal;
  }

  void tree(const Typed& tree) {
    // What is written beside a personal column is not shown.
    if (std::ranges::any_of(tree.args, [&](const TypedPtr& arg) {
          return is_personal(*arg);
        })) {
      return;
    }
    values(tree);
    if (tree.kind == TypedKind::kSegment) segment(tree.index);
    if (tree.kind == TypedKind::kAttribute) {
      palette_.attributes.insert(tree.index);
    }
    if (tree.kind == TypedKind::kInWindow) window(tree.window);
    if (tree.kind == TypedKind::kPoints) persona(tree.index);
    if (tree.events) clause(*tree.events);
    if (tree.sequence) {
      for (const TypedStep& each : tree.sequence->steps) clause(each.events);
    }
    for (const TypedPtr& arg : tree.args) this->tree(*arg);
  }

  void persona(uint32_t index) {
    for (const TypedPointsLine& each : repository_.personas[index].lines) {
      if (each.events) clause(*each.events);
      if (each.condition) tree(*each.condition);
    }
  }

  void clause(const TypedEvents& events) {
    member(events.event);
    window(events.window);
    const uint32_t outer = std::exchange(event_, events.event);
    if (events.where) tree(*events.where);
    if (events.measured) tree(*events.measured);
    event_ = outer;
    for (const auto* anchor : {&events.after, &events.before}) {
      if (*anchor && (*anchor)->moment) tree(*(*anchor)->moment);
    }
  }

  // Of a group its members; sessions are made of other events.
  void member(uint32_t event) {
    const DerivedEvents* derived = repository_.schema.derived_event(event);
    if (derived == nullptr) palette_.events.insert(event);
    if (derived == nullptr) return;
    for (const uint32_t each : derived->members) member(each);
  }

  void values(const Typed& tree) {
    palette_.texts.insert(tree.texts.begin(), tree.texts.end());
    if (!tree.text.empty() && (tree.kind == TypedKind::kTextTest ||
                               tree.kind == TypedKind::kListHas)) {
      palette_.texts.insert(tree.text);
    }
    for (const int64_t each : tree.integers) around(palette_.integers, each);
    if (tree.kind != TypedKind::kConstant) return;
    const auto value = static_cast<int64_t>(tree.integer);
    if (tree.type == ValueType::kNumber) {
      for (const double beside : {-1.0, 0.0, 1.0}) {
        palette_.numbers.insert(tree.number + beside);
      }
    } else if (tree.type == ValueType::kMoney) {
      around(palette_.money, value);
    } else if (tree.type == ValueType::kInteger) {
      around(palette_.integers, value);
    } else if (tree.type == ValueType::kDate) {
      day(value);
    } else if (tree.type == ValueType::kDuration) {
      around(palette_.hours, value / microseconds(StepUnit::kHour));
    }
  }

  static void around(std::set<int64_t>& values, int64_t value) {
    if (value <= INT64_MIN / 2 || value >= INT64_MAX / 2) return;
    for (int64_t each = value - 1; each <= value + 1; ++each) {
      values.insert(each);
    }
  }

  void day(int64_t day) {
    const int64_t ago = kToday - day;
    if (ago > 0 && ago < 200 * kDaysOfYear) {
      around(palette_.hours, ago * kHoursOfDay);
    }
  }

  // About when what is in it happened.
  void window(const WindowSpec& window) {
    if (window.form == WindowForm::kDates) {
      day(window.first_day);
      day(window.last_day);
      return;
    }
    const bool calendar = is_calendar(window.unit);
    const int64_t step =
        calendar ? months(window.unit) * 30 * kHoursOfDay
                 : microseconds(window.unit) / microseconds(StepUnit::kHour);
    for (const int64_t each : {window.n, window.m}) {
      if (each <= 0 || step <= 0 || each > 4000) continue;
      const int64_t edge = each * step;
      for (const int64_t beside : {-72, -12, 12, 72}) {
        if (edge + beside > 0) palette_.hours.insert(edge + beside);
      }
    }
  }

  const Repository& repository_;
  uint32_t event_ = UINT32_MAX;  // whose `where` is walked
  std::set<uint32_t> seen_;
  Palette palette_;
};

using Lines = std::vector<std::string>;

class PersonMaker {
 public:
  PersonMaker(const Repository& repository, const Palette& palette)
      : repository_(repository), palette_(palette) {}

  Lines make() {
    Lines lines;
    for (const uint32_t each : palette_.attributes) {
      const Column& column = repository_.schema.attributes[each];
      const std::string value = chance(75) ? this->value(column) : "";
      if (value.empty()) continue;
      lines.push_back(fmt::format("{} {{ {} {} }}",
                                  repository_.schema.profile_name, column.name,
                                  value));
    }
    for (const uint32_t each : palette_.events) {
      for (int64_t i = below(4); i > 0; --i) lines.push_back(event(each));
    }
    return lines;
  }

 private:
  int64_t below(int64_t sides) {
    return static_cast<int64_t>(engine_() % static_cast<uint64_t>(sides));
  }
  bool chance(int64_t percent) { return below(100) < percent; }
  template <class T>
  T pick(const std::set<T>& from) {
    auto at = from.begin();
    std::advance(at, below(static_cast<int64_t>(from.size())));
    return *at;
  }

  std::string event(uint32_t index) {
    const EventType& type = repository_.schema.event(index);
    std::string properties;
    for (const Column& each : type.columns) {
      const bool order =
          type.counted_by && &type.columns[*type.counted_by] == &each;
      const std::string value = order || !chance(80) ? "" : this->value(each);
      if (value.empty()) continue;
      if (!properties.empty()) properties += ", ";
      properties += each.name + " " + value;
    }
    std::string line;
    if (chance(30)) {
      const int64_t most =
          std::clamp<int64_t>(pick(palette_.integers), 1, kMostEvents);
      line = fmt::format("{} ", most);
    }
    line += type.name + " " + ago();
    return properties.empty() ? line : line + " { " + properties + " }";
  }

  std::string ago() {
    const int64_t hours = pick(palette_.hours);
    if (hours % kHoursOfDay == 0 && hours > 0) {
      return counted(hours / kHoursOfDay, "day") + " ago";
    }
    return counted(std::max<int64_t>(hours, 1), "hour") + " ago";
  }

  static std::string counted(int64_t count, const char* unit) {
    return fmt::format("{} {}{}", count, unit, count == 1 ? "" : "s");
  }

  // "" where none is tried.
  std::string value(const Column& column) {
    if (column.personal) return "";
    switch (column.type) {
      case TypeKind::kFlag:
        return chance(50) ? "yes" : "no";
      case TypeKind::kInteger:
        return std::to_string(pick(palette_.integers));
      case TypeKind::kNumber:
        return fmt::format("{:.6f}", pick(palette_.numbers));
      case TypeKind::kMoney:
        return money(pick(palette_.money));
      case TypeKind::kText:
      case TypeKind::kCode:
        return quoted(pick(palette_.texts));
      case TypeKind::kDate:
        return date_text(kToday - pick(palette_.hours) / kHoursOfDay);
      case TypeKind::kTime:
        return ago();
      case TypeKind::kDuration:
        return counted(std::max<int64_t>(pick(palette_.hours), 1), "hour");
      case TypeKind::kTextList:
      case TypeKind::kCodeList:
        return "{" + quoted(pick(palette_.texts)) + "}";
    }
    return "";
  }

  std::string money(int64_t minor) const {
    const Settings& settings = repository_.settings;
    if (settings.currency.empty()) return "";
    int64_t unit = 1;
    for (int i = 0; i < settings.currency_digits; ++i) unit *= 10;
    const bool negative = minor < 0;
    const int64_t all = negative ? -minor : minor;
    std::string text = fmt::format("{}{}", negative ? "-" : "", all / unit);
    if (settings.currency_digits > 0) {
      text += fmt::format(".{:0{}}", all % unit, settings.currency_digits);
    }
    return text + " " + settings.currency;
  }

  static std::string quoted(const std::string& text) {
    std::string made = "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\') made += '\\';
      made += c;
    }
    return made + "\"";
  }

  const Repository& repository_;
  const Palette& palette_;
  std::mt19937_64 engine_{1};
};

std::string body(const Lines& lines, const std::string& condition) {
  std::string text = fmt::format("  now {}\n", kNow);
  for (const std::string& each : lines) text += "  " + each + "\n";
  return text + "  expect " + condition + "\n";
}

class Finder {
 public:
  Finder(const Rules& rules, const std::string& condition)
      : loaded_(rules.impl().loaded), condition_(condition) {}

  std::string find(const Palette& palette) {
    PersonMaker maker(loaded_.repository, palette);
    for (size_t round = 0; round < kRounds; ++round) {
      std::vector<Lines> people;
      while (people.size() < kPeopleARound) people.push_back(maker.make());
      std::ranges::sort(people, {},
                        [](const Lines& lines) { return lines.size(); });
      const auto found = first_of(people);
      if (found) return body(shortened(people[*found]), condition_);
    }
    return "";
  }

 private:
  // The first of whom it holds, by both evaluators.
  std::optional<size_t> first_of(const std::vector<Lines>& people) {
    std::string text;
    for (size_t i = 0; i < people.size(); ++i) {
      text += fmt::format("test \"{}{}\" {{\n{}}}\n", kTitle, i,
                          body(people[i], condition_));
    }
    std::vector<RuleText> texts;
    for (uint32_t i = 0; i < loaded_.sources.size(); ++i) {
      const SourceFile& file = loaded_.sources.file(i);
      texts.push_back({file.path, file.text});
    }
    texts.push_back({"witness.kitle", text});
    const Rules rules = load_rules(std::move(texts));
    if (!rules.ok()) return std::nullopt;
    const auto report = run_tests(rules, {.filter = kTitle});
    if (!report) return std::nullopt;
    for (const TestResult& each : report->tests) {
      if (each.file == "witness.kitle" && each.failures.empty()) {
        return std::stoul(each.title.substr(std::string(kTitle).size()));
      }
    }
    return std::nullopt;
  }

  // Without the lines that it does not need.
  Lines shortened(Lines lines) {
    for (size_t round = 0; round < kShortenings && !lines.empty(); ++round) {
      std::vector<Lines> fewer;
      for (size_t i = 0; i < lines.size(); ++i) {
        fewer.push_back(lines);
        fewer.back().erase(fewer.back().begin() + static_cast<ptrdiff_t>(i));
      }
      const auto found = first_of(fewer);
      if (!found) break;
      lines = fewer[*found];
    }
    return lines;
  }

  const LoadedRepository& loaded_;
  const std::string& condition_;
};

}  // namespace

std::string find_witness(const Rules& rules,
                         const std::vector<uint32_t>& segments,
                         const std::string& condition) {
  const Repository& repository = rules.impl().loaded.repository;
  const Palette palette = Collector(repository).collect(segments);
  return Finder(rules, condition).find(palette);
}

}  // namespace kitle
