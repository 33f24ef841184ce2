// kitle.toml -> Config.
#include "compiler/config.h"

#include <fmt/format.h>

#include "compiler/currency.h"
#include "compiler/lint.h"
#include "compiler/toml_places.h"
#include "compiler/zone_names.h"

namespace kitle {

namespace {

constexpr const char* kDays[] = {"monday", "tuesday",  "wednesday", "thursday",
                                 "friday", "saturday", "sunday"};
constexpr int64_t kMaxCurrencyDigits = 6;

// "tr", "en-GB", "en_GB" -> the language; empty if it is no locale.
std::string language_of(std::string_view locale) {
  size_t end = locale.find_first_of("-_");
  std::string_view language = locale.substr(0, end);
  if (language.size() < 2 || language.size() > 3) return "";
  for (char letter : language) {
    if (letter < 'a' || letter > 'z') return "";
  }
  if (end == std::string_view::npos) return std::string(language);
  std::string_view country = locale.substr(end + 1);
  if (country.size() < 2 || country.size() > 3) return "";
  for (char letter : country) {
    bool fits =
        (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9');
    if (!fits) return "";
  }
  return std::string(language);
}

class ConfigReader {
 public:
  ConfigReader(const SourceSet& sources, uint32_t file, const SeenValues* seen,
               Diagnostics& diagnostics)
      : sources_(sources),
        file_(file),
        seen_(seen),
        diagnostics_(diagnostics),
        places_(sources.file(file).text, file) {}

  Config read() {
    toml::parse_result parsed = toml::parse(sources_.file(file_).text);
    if (!parsed) {
      const toml::parse_error& error = parsed.error();
      add(DiagnosticId::kTomlSyntax, span(error.source()),
          {std::string(error.description())});
      return {};
    }
    for (auto&& [key, value] : parsed.table()) setting(key, value);
    finish_currency();
    return std::move(config_);
  }

 private:
  using Setting = void (ConfigReader::*)(const toml::node&);
  struct Row {
    const char* name;
    Setting read;
  };
  static constexpr size_t kSettings = 8;
  static const Row kRows[kSettings];

  void setting(const toml::key& key, const toml::node& value) {
    for (const Row& row : kRows) {
      if (key.str() != row.name) continue;
      key_ = row.name;
      (this->*row.read)(value);
      return;
    }
    std::vector<std::string> known;
    for (const Row& row : kRows) known.emplace_back(row.name);
    unknown(DiagnosticId::kUnknownSetting, key, known);
  }

  void unknown(DiagnosticId id, const toml::key& key,
               const std::vector<std::string>& known) {
    Span place = span(key.source());
    std::string name(key.str());
    Diagnostic& diagnostic = add(id, place, {name});
    std::string near = nearest(name, known);
    if (near.empty()) return;
    diagnostic.with_label(fmt::format("did you mean `{}`?", near));
    diagnostic.with_mend(place, near, fmt::format("write `{}`", near));
  }

  void name(const toml::node& value) {
    if (auto text = this->text(value)) config_.settings.name = *text;
  }

  void store(const toml::node& value) {
    auto text = this->text(value);
    if (!text) return;
    if (text->empty()) return out_of_range(value, "empty", "a folder");
    config_.store = *text;
  }

  void time_zone(const toml::node& value) {
    auto text = this->text(value);
    if (!text) return;
    if (zone_bytes(*text, seen_)) {
      config_.settings.time_zone = *text;
      return;
    }
    Diagnostic& diagnostic =
        add(DiagnosticId::kSettingZone, span(value.source()), {*text});
    std::string near = nearest(*text, zone_names());
    if (near.empty()) return;
    diagnostic.with_label(fmt::format("did you mean \"{}\"?", near));
    diagnostic.with_mend(span(value.source()), fmt::format("\"{}\"", near),
                         fmt::format("write \"{}\"", near));
  }

  void locale(const toml::node& value) {
    auto text = this->text(value);
    if (!text) return;
    std::string language = language_of(*text);
    if (!language.empty()) {
      config_.settings.locale = language;
      return;
    }
    add(DiagnosticId::kSettingLocale, span(value.source()), {*text});
  }

  void currency(const toml::node& value) {
    auto text = this->text(value);
    if (!text) return;
    if (is_currency_code(*text)) {
      config_.settings.currency = *text;
      return;
    }
    add(DiagnosticId::kSettingCurrency, span(value.source()), {*text});
  }

  void currency_digits(const toml::node& value) {
    std::optional<int64_t> digits = value.value_exact<int64_t>();
    if (!digits) return wrong_type(value, "an integer");
    if (*digits < 0 || *digits > kMaxCurrencyDigits) {
      return out_of_range(value, std::to_string(*digits), "0 to 6");
    }
    digits_ = static_cast<int>(*digits);
  }

  void first_day_of_week(const toml::node& value) {
    auto text = this->text(value);
    if (!text) return;
    for (int day = 0; day < 7; ++day) {
      if (*text != kDays[day]) continue;
      config_.settings.first_day_of_week = day + 1;
      return;
    }
    std::string near = nearest(*text, {std::begin(kDays), std::end(kDays)});
    Diagnostic& diagnostic =
        add(DiagnosticId::kSettingDay, span(value.source()), {*text});
    if (!near.empty()) {
      diagnostic.with_label(fmt::format("did you mean \"{}\"?", near));
    }
  }

  void lint(const toml::node& value) {
    const toml::table* levels = value.as_table();
    if (levels == nullptr) return wrong_type(value, "a table");
    for (auto&& [key, level] : *levels) {
      const std::string name(key.str());
      if (is_lint(name)) {
        lint_level(name, level);
        continue;
      }
      std::vector<std::string> known;
      for (const DiagnosticId id : all_lints()) {
        known.emplace_back(info(id).code);
      }
      unknown(DiagnosticId::kUnknownLintLevel, key, known);
    }
  }

  void lint_level(const std::string& name, const toml::node& value) {
    key_ = name;
    const auto text = this->text(value);
    if (!text) return;
    const auto level = level_named(*text);
    if (level) {
      config_.lint[name] = *level;
    } else {
      out_of_range(value, *text, "off, note, warning, error");
    }
  }

  void finish_currency() {
    const std::string& code = config_.settings.currency;
    config_.settings.currency_digits =
        digits_.value_or(kitle::currency_digits(code));
  }

  std::optional<std::string> text(const toml::node& value) {
    std::optional<std::string> text = value.value_exact<std::string>();
    if (!text) wrong_type(value, "a text");
    return text;
  }

  void wrong_type(const toml::node& value, const char* wanted) {
    add(DiagnosticId::kSettingType, span(value.source()),
        {key_, type_phrase(value.type()), wanted});
  }

  void out_of_range(const toml::node& value, std::string found,
                    const char* allowed) {
    add(DiagnosticId::kSettingRange, span(value.source()),
        {key_, std::move(found), allowed});
  }

  Diagnostic& add(DiagnosticId id, Span place, std::vector<std::string> args) {
    return diagnostics_.add(id, place, std::move(args));
  }

  Span span(const toml::source_region& region) const {
    return places_.span(region);
  }

  const SourceSet& sources_;
  uint32_t file_;
  const SeenValues* seen_;
  Diagnostics& diagnostics_;
  TomlPlaces places_;
  Config config_;
  std::string key_;
  std::optional<int> digits_;
};

const ConfigReader::Row ConfigReader::kRows[kSettings] = {
    {"name", &ConfigReader::name},
    {"time_zone", &ConfigReader::time_zone},
    {"locale", &ConfigReader::locale},
    {"currency", &ConfigReader::currency},
    {"currency_digits", &ConfigReader::currency_digits},
    {"first_day_of_week", &ConfigReader::first_day_of_week},
    {"store", &ConfigReader::store},
    {"lint", &ConfigReader::lint},
};

}  // namespace

Config read_config(const SourceSet& sources, uint32_t file,
                   const SeenValues* seen, Diagnostics& diagnostics) {
  return ConfigReader(sources, file, seen, diagnostics).read();
}

}  // namespace kitle
