#include "runtime/ingest/time_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace kitle {
namespace {

constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kFirstDay = -719'162;  // 0001-01-01
constexpr int64_t kLastDay = 2'932'896;  // 9999-12-31

constexpr std::array<std::string_view, 12> kMonths = {
    "january", "february", "march",     "april",   "may",      "june",
    "july",    "august",   "september", "october", "november", "december"};

// The numbers that a text gives.
struct Fields {
  int64_t year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int micros = 0;
  int afternoon = -1;  // 12-hour clock: 0 am, 1 pm
  bool twelve = false;
  bool finer = false;
  bool zoned = false;
  int offset_minutes = 0;
};

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool done() const { return at_ == text_.size(); }
  char peek() const { return done() ? '\0' : text_[at_]; }
  bool take(char c) {
    const bool there = !done() && text_[at_] == c;
    at_ += there;
    return there;
  }
  // A number of `least` to `most` digits; false if there is none.
  template <class Number>
  bool number(int least, int most, Number& out) {
    int digits = 0;
    Number value = 0;
    while (digits < most && peek() >= '0' && peek() <= '9') {
      value = static_cast<Number>(value * 10 + (text_[at_++] - '0'));
      digits++;
    }
    out = value;
    return digits >= least;
  }

  // Digits of a fraction of a second.
  bool fraction(Fields& fields) {
    const size_t from = at_;
    int unit = 100'000;
    fields.micros = 0;
    for (; peek() >= '0' && peek() <= '9'; at_++, unit /= 10) {
      const int digit = text_[at_] - '0';
      fields.micros += digit * unit;
      fields.finer |= unit == 0 && digit != 0;
    }
    return at_ > from && at_ - from <= 9;
  }

  // Z, +03, +0300, +03:00.
  bool offset(Fields& fields) {
    fields.zoned = true;
    if (take('Z')) return true;
    const bool west = take('-');
    if (!west && !take('+')) return false;
    int hours = 0;
    int minutes = 0;
    if (!number(2, 2, hours)) return false;
    const bool colon = take(':');
    const bool more = peek() >= '0' && peek() <= '9';
    if ((more || colon) && !number(2, 2, minutes)) return false;
    if (hours > 18 || minutes > 59) return false;
    fields.offset_minutes = (west ? -1 : 1) * (hours * 60 + minutes);
    return true;
  }

  bool month_name(bool whole, Fields& fields) {
    for (size_t i = 0; i < kMonths.size(); i++) {
      const std::string_view name =
          whole ? kMonths[i] : kMonths[i].substr(0, 3);
      if (!word(name)) continue;
      fields.month = static_cast<int>(i) + 1;
      return true;
    }
    return false;
  }

  bool half_of_day(Fields& fields) {
    fields.afternoon = word("am") ? 0 : word("pm") ? 1 : -1;
    return fields.afternoon >= 0;
  }

 private:
  // Takes the word if it is next, in any case.
  bool word(std::string_view lower) {
    if (text_.size() - at_ < lower.size()) return false;
    for (size_t i = 0; i < lower.size(); i++) {
      const char c = text_[at_ + i];
      const bool upper = c >= 'A' && c <= 'Z';
      if ((upper ? c - 'A' + 'a' : c) != lower[i]) return false;
    }
    at_ += lower.size();
    return true;
  }

  std::string_view text_;
  size_t at_ = 0;
};

bool hour_of(const Fields& fields, int& hour) {
  hour = fields.hour;
  if (!fields.twelve) return hour <= 23;
  if (hour < 1 || hour > 12 || fields.afternoon < 0) return false;
  hour = hour % 12 + 12 * fields.afternoon;
  return true;
}

TimeError finish(const Fields& fields, WrittenTime& out) {
  int hour = 0;
  const bool date = fields.year >= 1 && fields.month >= 1 &&
                    fields.month <= 12 && fields.day >= 1 &&
                    fields.day <= days_in_month(fields.year, fields.month);
  if (!date || !hour_of(fields, hour) || fields.minute > 59 ||
      fields.second > 59) {
    return TimeError::kImpossible;
  }
  if (fields.finer) return TimeError::kFiner;
  out.local.day = days_of({fields.year, fields.month, fields.day});
  out.local.micros =
      (hour * 3600 + fields.minute * 60 + fields.second) * kSecond +
      fields.micros;
  out.zoned = fields.zoned;
  out.offset = fields.offset_minutes * 60 * kSecond;
  return TimeError::kNone;
}

bool read_date(Scanner& scanner, Fields& fields) {
  return scanner.number(4, 4, fields.year) && scanner.take('-') &&
         scanner.number(2, 2, fields.month) && scanner.take('-') &&
         scanner.number(2, 2, fields.day);
}

bool read_clock(Scanner& scanner, Fields& fields) {
  if (!scanner.number(2, 2, fields.hour) || !scanner.take(':') ||
      !scanner.number(2, 2, fields.minute)) {
    return false;
  }
  if (!scanner.take(':')) return true;
  if (!scanner.number(2, 2, fields.second)) return false;
  return !scanner.take('.') || scanner.fraction(fields);
}

bool read_short_year(Scanner& scanner, Fields& fields) {
  if (!scanner.number(2, 2, fields.year)) return false;
  fields.year += fields.year >= 69 ? 1900 : 2000;
  return true;
}

bool read_directive(char directive, Scanner& scanner, Fields& fields) {
  switch (directive) {
    case 'Y':
      return scanner.number(4, 4, fields.year);
    case 'y':
      return read_short_year(scanner, fields);
    case 'm':
      return scanner.number(1, 2, fields.month);
    case 'd':
      return scanner.number(1, 2, fields.day);
    case 'b':
      return scanner.month_name(false, fields);
    case 'B':
      return scanner.month_name(true, fields);
    case 'I':
      fields.twelve = true;
      [[fallthrough]];
    case 'H':
      return scanner.number(1, 2, fields.hour);
    case 'M':
      return scanner.number(1, 2, fields.minute);
    case 'S':
      return scanner.number(1, 2, fields.second);
    case 'p':
      return scanner.half_of_day(fields);
    case 'f':
      return scanner.fraction(fields);
    case 'z':
      return scanner.offset(fields);
    default:
      return false;
  }
}

Status bad_format(std::string_view format, const std::string& why) {
  return {StatusCode::kInvalid, fmt::format("time format \"{}\"", format), "",
          why};
}

// %F and %T written out.
std::string expanded(std::string_view format) {
  std::string result;
  for (size_t i = 0; i < format.size(); i++) {
    const std::string_view two = format.substr(i, 2);
    const bool pair = format[i] == '%' && two.size() == 2;
    if (two == "%F")
      result += "%Y-%m-%d";
    else if (two == "%T")
      result += "%H:%M:%S";
    else
      result += pair ? two : format.substr(i, 1);
    i += pair;
  }
  return result;
}

}  // namespace

TimeError read_iso_time(std::string_view text, WrittenTime& out) {
  Scanner scanner(text);
  Fields fields;
  if (!read_date(scanner, fields)) return TimeError::kFormat;
  out.has_clock = !scanner.done();
  if (out.has_clock) {
    if (!scanner.take('T') && !scanner.take(' ')) return TimeError::kFormat;
    if (!read_clock(scanner, fields)) return TimeError::kFormat;
    if (!scanner.done() && !scanner.offset(fields)) return TimeError::kFormat;
    if (!scanner.done()) return TimeError::kFormat;
  }
  return finish(fields, out);
}

Result<TimeFormat> TimeFormat::compile(std::string_view format) {
  TimeFormat result;
  std::string used;
  const std::string whole = expanded(format);
  for (size_t i = 0; i < whole.size(); i++) {
    if (whole[i] != '%') {
      result.steps_.push_back({0, whole[i]});
      continue;
    }
    const char directive = ++i < whole.size() ? whole[i] : '\0';
    if (directive == '%') {
      result.steps_.push_back({0, '%'});
      continue;
    }
    if (directive == '\0' ||
        std::string_view("YymdbBHIpMSfz").find(directive) ==
            std::string_view::npos) {
      return std::unexpected(bad_format(
          format, fmt::format("%{} is unknown; there are %Y %y %m %d %b %B %H "
                              "%I %p %M %S %f %z %F %T %%",
                              directive == '\0' ? ' ' : directive)));
    }
    result.steps_.push_back({directive, 0});
    used += directive;
  }
  auto has = [&](std::string_view any) {
    return used.find_first_of(any) != std::string::npos;
  };
  if (!has("Yy") || !has("mbB") || !has("d")) {
    return std::unexpected(
        bad_format(format, "a year, a month and a day are needed"));
  }
  if (has("I") != has("p")) {
    return std::unexpected(bad_format(format, "%I and %p belong together"));
  }
  result.has_clock_ = has("HI");
  return result;
}

TimeError TimeFormat::read(std::string_view text, WrittenTime& out) const {
  Scanner scanner(text);
  Fields fields;
  for (const Step& step : steps_) {
    const bool fits = step.directive == 0
                          ? scanner.take(step.literal)
                          : read_directive(step.directive, scanner, fields);
    if (!fits) return TimeError::kFormat;
  }
  if (!scanner.done()) return TimeError::kFormat;
  out.has_clock = has_clock_;
  return finish(fields, out);
}

WallClock::Day WallClock::look_at(const Zone& zone, int64_t day) {
  Day result{day, zone.day_start(day), false};
  const LocalTime noon{day, kMicrosPerDay / 2};
  result.plain = zone.instant(noon) - result.start == kMicrosPerDay / 2 &&
                 zone.day_start(day + 1) - result.start == kMicrosPerDay &&
                 zone.local(result.start).micros == 0;
  return result;
}

int64_t WallClock::instant(const LocalTime& local) {
  Day& known = days_[static_cast<uint64_t>(local.day) % days_.size()];
  if (known.day != local.day) known = look_at(*zone_, local.day);
  return known.plain ? known.start + local.micros : zone_->instant(local);
}

bool in_range_day(int64_t day) { return day >= kFirstDay && day <= kLastDay; }

bool in_range_instant(int64_t micros) {
  return micros >= kFirstDay * kMicrosPerDay &&
         micros < (kLastDay + 1) * kMicrosPerDay;
}

}  // namespace kitle
