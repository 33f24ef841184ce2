// See case_file.h.
#include "tests/support/tiers/case_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <sstream>

#include "compiler/literal.h"
#include "runtime/text/nfc.h"
#include "runtime/time/zone.h"
#include "runtime/wide.h"

namespace kitle::testing {
namespace {

std::string trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return "";
  const size_t last = text.find_last_not_of(" \t");
  return std::string(text.substr(first, last - first + 1));
}

// Splits at a letter, but not inside of quotes and braces.
std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> parts = {""};
  int depth = 0;
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' && quoted && i + 1 < text.size()) {
      parts.back() += c;
      parts.back() += text[++i];
      continue;
    }
    if (c == '"') quoted = !quoted;
    if (c == '{' && !quoted) ++depth;
    if (c == '}' && !quoted) --depth;
    if (c == at && depth == 0 && !quoted) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  for (std::string& part : parts) part = trimmed(part);
  std::erase(parts, "");
  return parts;
}

// ---- values ----

struct Units {
  const char* name;
  int64_t micros;
};
constexpr Units kUnits[] = {{"week", microseconds(StepUnit::kWeek)},
                            {"day", microseconds(StepUnit::kDay)},
                            {"hour", microseconds(StepUnit::kHour)},
                            {"minute", microseconds(StepUnit::kMinute)},
                            {"second", microseconds(StepUnit::kSecond)},
                            {"microsecond", 1}};

template <class T>
std::optional<T> read_number(std::string_view text) {
  T value{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stop == end ? std::optional(value)
                                             : std::nullopt;
}

std::optional<std::string> unquoted(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') {
    return std::nullopt;
  }
  std::string plain;
  for (size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == '\\') ++i;
    plain += text[i];
  }
  return Nfc().of(plain);
}

std::string quoted(std::string_view text) {
  std::string written = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') written += '\\';
    written += c;
  }
  return written + "\"";
}

class Values {
 public:
  explicit Values(const Settings& settings) : settings_(settings) {
    const auto bytes = read_zone_bytes(settings.time_zone);
    if (!bytes) return;
    auto zone = Zone::from_tzif(*bytes, settings.time_zone);
    if (zone) zone_ = *zone;
  }

  std::optional<int64_t> time(std::string_view text) const {
    return written_time(text, zone_.get());
  }

  std::optional<Cell> cell(std::string_view text, TypeKind type) const {
    switch (type) {
      case TypeKind::kFlag:
        if (text == "yes" || text == "no") return int64_t{text == "yes"};
        return std::nullopt;
      case TypeKind::kInteger:
        return as_cell(read_number<int64_t>(text));
      case TypeKind::kNumber:
        return as_cell(read_number<double>(text));
      case TypeKind::kMoney:
        return as_cell(money(text));
      case TypeKind::kText:
      case TypeKind::kCode:
        return as_cell(unquoted(text));
      case TypeKind::kDate:
        return as_cell(widened(written_date(text)));
      case TypeKind::kTime:
        return as_cell(time(text));
      case TypeKind::kDuration:
        return as_cell(duration(text));
      case TypeKind::kTextList:
      case TypeKind::kCodeList:
        return list(text);
    }
    return std::nullopt;
  }

  std::string print(const Cell& cell, TypeKind type) const {
    if (const auto* number = std::get_if<double>(&cell)) {
      return fmt::format("{}", *number);
    }
    if (const auto* text = std::get_if<std::string>(&cell)) {
      return quoted(*text);
    }
    if (const auto* list = std::get_if<std::vector<std::string>>(&cell)) {
      std::vector<std::string> elements;
      for (const std::string& element : *list) {
        elements.push_back(quoted(element));
      }
      return fmt::format("{{{}}}", fmt::join(elements, ", "));
    }
    return print_integer(std::get<int64_t>(cell), type);
  }

 private:
  template <class T>
  static std::optional<Cell> as_cell(const std::optional<T>& value) {
    return value ? std::optional(Cell(*value)) : std::nullopt;
  }
  static std::optional<int64_t> widened(std::optional<int32_t> value) {
    return value ? std::optional<int64_t>(*value) : std::nullopt;
  }

  // "-12.50": minor units.
  std::optional<int64_t> money(std::string_view text) const {
    const size_t dot = text.find('.');
    std::string digits(text.substr(0, dot));
    std::string rest(dot == std::string_view::npos ? "" : text.substr(dot + 1));
    const auto scale = static_cast<size_t>(settings_.currency_digits);
    if (rest.size() > scale) return std::nullopt;
    rest.resize(scale, '0');
    return read_number<int64_t>(digits + rest);
  }

  static std::optional<int64_t> duration(std::string_view text) {
    const size_t space = text.find(' ');
    const auto count = read_number<int64_t>(text.substr(0, space));
    if (!count || space == std::string_view::npos) return std::nullopt;
    std::string_view unit = text.substr(space + 1);
    if (unit.ends_with('s')) unit.remove_suffix(1);
    for (const Units& known : kUnits) {
      if (unit == known.name) return *count * known.micros;
    }
    return std::nullopt;
  }

  static std::optional<Cell> list(std::string_view text) {
    if (!text.starts_with('{') || !text.ends_with('}')) return std::nullopt;
    std::vector<std::string> elements;
    for (const std::string& part :
         split(text.substr(1, text.size() - 2), ',')) {
      const auto element = unquoted(part);
      if (!element) return std::nullopt;
      elements.push_back(*element);
    }
    return elements;
  }

  std::string print_integer(int64_t value, TypeKind type) const {
    if (type == TypeKind::kFlag) return value != 0 ? "yes" : "no";
    if (type == TypeKind::kMoney) return print_money(value);
    if (type == TypeKind::kDate) return print_date(value);
    if (type == TypeKind::kTime) return print_time(value);
    if (type == TypeKind::kDuration) return print_duration(value);
    return std::to_string(value);
  }

  std::string print_money(Int128 value) const {
    const Int128 unit = power_of_ten(settings_.currency_digits);
    const Int128 magnitude = value < 0 ? -value : value;
    std::string text = fmt::format("{}{}", value < 0 ? "-" : "",
                                   static_cast<uint64_t>(magnitude / unit));
    if (unit == 1) return text;
    return text + fmt::format(".{:0{}}",
                              static_cast<uint64_t>(magnitude % unit),
                              settings_.currency_digits);
  }

  static std::string print_date(int64_t days) {
    const CivilDate date = civil_of(days);
    return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
  }

  static std::string print_duration(int64_t micros) {
    for (const Units& unit : kUnits) {
      if (micros % unit.micros != 0) continue;
      return fmt::format("{} {}s", micros / unit.micros, unit.name);
    }
    return "";
  }

 public:
  static std::string print_time(int64_t micros) {
    int64_t day = micros / kMicrosPerDay;
    int64_t rest = micros % kMicrosPerDay;
    if (rest < 0) {
      rest += kMicrosPerDay;
      --day;
    }
    constexpr int64_t kSecond = 1'000'000;
    const int64_t seconds = rest / kSecond;
    std::string text =
        fmt::format("{} {:02}:{:02}:{:02}", print_date(day), seconds / 3600,
                    seconds / 60 % 60, seconds % 60);
    if (rest % kSecond != 0) text += fmt::format(".{:06}", rest % kSecond);
    return text + "Z";
  }

 private:
  const Settings& settings_;
  std::shared_ptr<const Zone> zone_;
};

// ---- sections ----

struct Section {
  std::string title;
  std::string text;
};

std::vector<Section> sections_of(const std::string& text) {
  std::vector<Section> sections(1);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("--- ")) {
      sections.push_back({trimmed(line.substr(4)), ""});
    } else {
      sections.back().text += line + "\n";
    }
  }
  return sections;
}

// ---- people ----

class PeopleReader {
 public:
  explicit PeopleReader(Case& to) : to_(to), values_(to.parsed_settings) {}

  std::string read(const std::string& text) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      const std::string item = trimmed(line);
      if (item.empty() || item.starts_with('#')) continue;
      if (!read_line(item)) return "cannot be read: " + item;
    }
    return "";
  }

 private:
  bool read_line(std::string_view line) {
    const size_t brace = std::min(line.find('{'), line.size());
    std::string head = trimmed(line.substr(0, brace));
    std::string_view body = line.substr(brace);
    if (!body.empty() && !body.ends_with('}')) return false;
    if (!body.empty()) body = body.substr(1, body.size() - 2);
    const bool erased = head.starts_with("erased ");
    if (erased) head = head.substr(7);
    const size_t space = std::min(head.find(' '), head.size());
    const std::string word = head.substr(0, space);
    const std::string rest = trimmed(std::string_view(head).substr(space));
    return word == to_.schema.profile_name ? person(rest, erased, body)
                                           : event(word, rest, body);
  }

  bool person(const std::string& key, bool erased, std::string_view body) {
    CasePerson person{.key = key, .erased = erased};
    const bool read = cells(body, to_.schema.attributes, person.attributes);
    to_.people.push_back(std::move(person));
    return read && !key.empty();
  }

  bool event(const std::string& word, const std::string& when,
             std::string_view body) {
    const EventType* type = to_.schema.find_event(word);
    const auto time = values_.time(when);
    if (type == nullptr || !time || to_.people.empty()) return false;
    CaseEvent event{.time = *time};
    event.type = static_cast<uint32_t>(type - to_.schema.events.data());
    const bool read = cells(body, type->columns, event.properties);
    to_.people.back().events.push_back(std::move(event));
    return read;
  }

  bool cells(std::string_view body, const std::vector<Column>& columns,
             std::vector<Cell>& to) const {
    to.assign(columns.size(), Cell());
    for (const std::string& item : split(body, ',')) {
      const size_t space = std::min(item.find(' '), item.size());
      const auto column =
          std::ranges::find(columns, item.substr(0, space), &Column::name);
      if (column == columns.end()) return false;
      const auto value =
          values_.cell(trimmed(item.substr(space)), column->type);
      if (!value) return false;
      to[static_cast<size_t>(column - columns.begin())] = *value;
    }
    return true;
  }

  Case& to_;
  Values values_;
};

std::vector<std::string> names_in(std::string_view list) {
  std::vector<std::string> names = split(list, ',');
  std::ranges::sort(names);
  return names;
}

std::string print_cells(const std::vector<Cell>& cells,
                        const std::vector<Column>& columns,
                        const Values& values) {
  std::vector<std::string> items;
  for (size_t i = 0; i < cells.size(); ++i) {
    if (cells[i].index() == 0) continue;
    items.push_back(columns[i].name + " " +
                    values.print(cells[i], columns[i].type));
  }
  return items.empty() ? "" : fmt::format(" {{ {} }}", fmt::join(items, ", "));
}

std::string print_person(const CasePerson& person, const Case& of,
                         const Values& values) {
  std::string text = person.erased ? "erased " : "";
  text += of.schema.profile_name + " " + person.key +
          print_cells(person.attributes, of.schema.attributes, values) + "\n";
  for (const CaseEvent& event : person.events) {
    const EventType& type = of.schema.events[event.type];
    text += "  " + type.name + " " + Values::print_time(event.time) +
            print_cells(event.properties, type.columns, values) + "\n";
  }
  return text;
}

std::string errors_of(const LoadedRepository& loaded) {
  if (loaded.diagnostics.errors() == 0) return "";
  return render(loaded.diagnostics, loaded.sources, DiagnosticFormat::kText,
                false);
}

}  // namespace

std::vector<RuleText> texts_of(const Case& from, const std::string& rules) {
  std::vector<RuleText> texts{{"kitle.toml", from.settings},
                              {"schema.kitle", from.schema_text},
                              {"segments.kitle", rules}};
  texts.insert(texts.end(), from.files.begin(), from.files.end());
  return texts;
}

namespace {

std::string first_word(const std::string& text) {
  std::string word;
  std::istringstream(text) >> word;
  return word;
}

}  // namespace

std::vector<Expectation> expectations(const std::string& rules) {
  std::vector<Expectation> found;
  std::string stages;  // those that the line is of
  std::istringstream lines(rules);
  for (std::string line; std::getline(lines, line);) {
    if (line == "}") stages.clear();
    const std::string stage = stages.empty() ? "" : first_word(line);
    if (line.starts_with("stages ")) stages = first_word(line.substr(7));
    if (line.starts_with("segment ") || line.starts_with("persona ")) {
      found.push_back({.segment = first_word(line.substr(8))});
    } else if (!stage.empty() && stage[0] != '#') {
      found.push_back({.segment = stages + "." + stage});
    }
    const size_t in = line.find("# in:");
    const size_t undecided = line.find("# undecided:");
    if (found.empty()) continue;
    if (in != std::string::npos) {
      const std::string list = trimmed(line.substr(in + 5));
      found.back().everyone = list == "everyone";
      if (list != "everyone" && list != "nobody") {
        found.back().members = names_in(list);
      }
    }
    if (undecided != std::string::npos) {
      found.back().undecided = names_in(line.substr(undecided + 12));
    }
  }
  return found;
}

std::string read_schema(Case& to) {
  LoadedRepository loaded = load_texts(texts_of(to, ""), nullptr);
  to.parsed_settings = loaded.repository.settings;
  to.schema = loaded.repository.schema;
  return errors_of(loaded);
}

std::expected<Case, std::string> read_case_file(const std::string& text) {
  Case read;
  std::string people;
  std::vector<std::pair<std::string, std::string>> moments;
  for (const Section& section : sections_of(text)) {
    if (section.title.empty()) {
      read.about = section.text;
    } else if (section.title == "kitle.toml") {
      read.settings = section.text;
    } else if (section.title == "schema.kitle") {
      read.schema_text = section.text;
    } else if (section.title.ends_with(".csv")) {
      read.files.push_back({section.title, section.text});
    } else if (section.title == "people") {
      people = section.text;
    } else if (section.title.starts_with("at ")) {
      moments.emplace_back(trimmed(section.title.substr(3)), section.text);
    } else {
      return std::unexpected("no section is called so: " + section.title);
    }
  }
  std::string mistake = read_schema(read);
  if (mistake.empty()) mistake = PeopleReader(read).read(people);
  const Values values(read.parsed_settings);
  for (const auto& [when, rules] : moments) {
    const auto now = values.time(when);
    if (!now) mistake = "no time: " + when;
    read.moments.push_back({now.value_or(0), rules});
  }
  if (!mistake.empty()) return std::unexpected(mistake);
  return read;
}

std::string print_case(const Case& written) {
  const Values values(written.parsed_settings);
  std::string text = written.about + "--- kitle.toml\n" + written.settings +
                     "--- schema.kitle\n" + written.schema_text;
  for (const RuleText& file : written.files) {
    text += "--- " + file.path + "\n" + file.text;
  }
  text += "--- people\n";
  for (const CasePerson& person : written.people) {
    text += print_person(person, written, values);
  }
  for (const CaseMoment& moment : written.moments) {
    text += "--- at " + Values::print_time(moment.now) + "\n" + moment.rules;
  }
  return text;
}

std::expected<LoadedRepository, std::string> load_moment(const Case& from,
                                                         size_t moment) {
  LoadedRepository loaded =
      load_texts(texts_of(from, from.moments[moment].rules), nullptr);
  std::string errors = errors_of(loaded);
  if (!errors.empty()) return std::unexpected(std::move(errors));
  return loaded;
}

}  // namespace kitle::testing
