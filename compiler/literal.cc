// Written numbers, dates and times -> exact values.
#include "compiler/literal.h"

#include <fmt/format.h>

#include <charconv>

namespace kitle {

namespace {

constexpr int64_t kMicrosPerSecond = 1'000'000;

constexpr const char* kMonths[] = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

// Takes characters from the front of a text.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }
  bool take(char wanted) {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }
  // Exactly `count` digits.
  std::optional<int64_t> digits(size_t count) {
    if (rest_.size() < count) return std::nullopt;
    int64_t value = 0;
    for (char byte : rest_.substr(0, count)) {
      if (!is_digit(byte)) return std::nullopt;
      value = value * 10 + (byte - '0');
    }
    rest_.remove_prefix(count);
    return value;
  }
  // One to six digits as millionths.
  std::optional<int64_t> millionths() {
    size_t count = 0;
    while (count < rest_.size() && is_digit(rest_[count])) ++count;
    if (count == 0 || count > 6) return std::nullopt;
    int64_t value = *digits(count);
    return value * power_of_ten(6 - static_cast<int>(count));
  }

 private:
  std::string_view rest_;
};

std::optional<CivilDate> read_date(Reader& reader) {
  std::optional<int64_t> year = reader.digits(4);
  if (!year || !reader.take('-')) return std::nullopt;
  std::optional<int64_t> month = reader.digits(2);
  if (!month || !reader.take('-')) return std::nullopt;
  std::optional<int64_t> day = reader.digits(2);
  if (!day) return std::nullopt;
  return CivilDate{*year, static_cast<int>(*month), static_cast<int>(*day)};
}

bool exists(const CivilDate& date) {
  if (date.year < 1 || date.month < 1 || date.month > 12) return false;
  return date.day >= 1 && date.day <= days_in_month(date.year, date.month);
}

// "12:00[:30[.123456]]" as microseconds of the day.
std::optional<int64_t> read_clock(Reader& reader) {
  std::optional<int64_t> hour = reader.digits(2);
  if (!hour || *hour > 23 || !reader.take(':')) return std::nullopt;
  std::optional<int64_t> minute = reader.digits(2);
  if (!minute || *minute > 59) return std::nullopt;
  int64_t micros = (*hour * 60 + *minute) * 60 * kMicrosPerSecond;
  if (!reader.take(':')) return micros;
  std::optional<int64_t> second = reader.digits(2);
  if (!second || *second > 59) return std::nullopt;
  micros += *second * kMicrosPerSecond;
  if (!reader.take('.')) return micros;
  std::optional<int64_t> fraction = reader.millionths();
  if (!fraction) return std::nullopt;
  return micros + *fraction;
}

// "Z" or "+03:00" as microseconds east of UTC; empty if it is neither.
std::optional<int64_t> read_offset(Reader& reader) {
  if (reader.take('Z') || reader.take('z')) return 0;
  bool east = reader.take('+');
  if (!east && !reader.take('-')) return std::nullopt;
  std::optional<int64_t> hours = reader.digits(2);
  if (!hours || *hours > 23 || !reader.take(':')) return std::nullopt;
  std::optional<int64_t> minutes = reader.digits(2);
  if (!minutes || *minutes > 59) return std::nullopt;
  int64_t micros = (*hours * 60 + *minutes) * 60 * kMicrosPerSecond;
  return east ? micros : -micros;
}

}  // namespace

std::optional<WrittenDecimal> written_decimal(std::string_view text) {
  WrittenDecimal decimal;
  int digits = 0;
  bool point = false;
  if (text.empty() || text == ".") return std::nullopt;
  for (char byte : text) {
    if (byte == '.' && !point) {
      point = true;
      continue;
    }
    if (!is_digit(byte)) return std::nullopt;
    if (digits > 0 || byte != '0') ++digits;
    decimal.scale += point ? 1 : 0;
    bool fits =
        digits <= kMaxDecimalDigits && decimal.scale <= kMaxDecimalDigits;
    if (!fits) return std::nullopt;
    decimal.mantissa = decimal.mantissa * 10 + (byte - '0');
  }
  return decimal;
}

int64_t power_of_ten(int scale) {
  int64_t power = 1;
  for (int i = 0; i < scale; ++i) power *= 10;
  return power;
}

WrittenDecimal without_zeros(WrittenDecimal decimal) {
  while (decimal.scale > 0 && decimal.mantissa % 10 == 0) {
    decimal.mantissa /= 10;
    --decimal.scale;
  }
  return decimal;
}

double nearest_double(std::string_view decimal) {
  double value = 0;
  std::from_chars(decimal.data(), decimal.data() + decimal.size(), value);
  return value;
}

std::optional<int32_t> written_date(std::string_view text) {
  Reader reader(text);
  std::optional<CivilDate> date = read_date(reader);
  if (!date || !reader.done() || !exists(*date)) return std::nullopt;
  return static_cast<int32_t>(days_of(*date));
}

std::optional<int64_t> written_time(std::string_view text, const Zone* zone) {
  Reader reader(text);
  std::optional<CivilDate> date = read_date(reader);
  if (!date || !exists(*date)) return std::nullopt;
  bool spaced = reader.take(' ');
  while (reader.take(' ')) continue;
  if (!spaced && !reader.take('T') && !reader.take('t')) return std::nullopt;
  std::optional<int64_t> clock = read_clock(reader);
  if (!clock) return std::nullopt;
  int64_t day = days_of(*date);
  if (reader.done() && zone != nullptr) return zone->instant({day, *clock});
  int64_t utc = day * kMicrosPerDay + *clock;
  if (reader.done()) return utc;
  std::optional<int64_t> offset = read_offset(reader);
  if (!offset || !reader.done()) return std::nullopt;
  return utc - *offset;
}

std::string why_no_date(std::string_view text) {
  Reader reader(text);
  std::optional<CivilDate> date = read_date(reader);
  if (!date || date->year < 1) return "";
  if (date->month < 1 || date->month > 12) return "months go from 01 to 12";
  return fmt::format("{} {} has {} days", kMonths[date->month - 1], date->year,
                     days_in_month(date->year, date->month));
}

}  // namespace kitle
