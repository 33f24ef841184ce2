#include "runtime/time/zone.h"

#include <cctz/civil_time.h>
#include <cctz/time_zone.h>
#include <cctz/zone_info_source.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <mutex>

#include "runtime/wide.h"

namespace kitle {
namespace {

constexpr int64_t kMicros = 1'000'000;

int64_t clamp128(Int128 value) {
  return static_cast<int64_t>(std::clamp<Int128>(value, INT64_MIN, INT64_MAX));
}

int64_t floor_div(int64_t a, int64_t b) {
  const int64_t quotient = a / b;
  return quotient - ((a % b != 0 && (a < 0) != (b < 0)) ? 1 : 0);
}

// cctz loads a zone by name, once; ours carry a prefix and the hash of their
// bytes, so that two stores with different rules of one zone never mix.
constexpr std::string_view kPinnedPrefix = "kitle-pinned:";

class Registry {
 public:
  static Registry& get() {
    static Registry registry;
    return registry;
  }
  std::string add(std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    std::string name(kPinnedPrefix);
    name += std::to_string(std::hash<std::string_view>{}(bytes)) + ":" +
            std::to_string(bytes.size());
    by_name_.emplace(name, bytes);
    return name;
  }
  const std::string* find(const std::string& name) {
    const std::lock_guard lock(mutex_);
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : &found->second;
  }

 private:
  Registry();
  std::mutex mutex_;
  std::map<std::string, std::string> by_name_;
};

class BytesSource : public cctz::ZoneInfoSource {
 public:
  explicit BytesSource(const std::string& bytes) : bytes_(bytes) {}
  std::size_t Read(void* to, std::size_t size) override {
    size = std::min(size, bytes_.size() - at_);
    std::memcpy(to, bytes_.data() + at_, size);
    at_ += size;
    return size;
  }
  int Skip(std::size_t offset) override {
    at_ = std::min(at_ + offset, bytes_.size());
    return 0;
  }
  std::string Version() const override { return ""; }

 private:
  const std::string& bytes_;
  std::size_t at_ = 0;
};

using Fallback =
    std::function<std::unique_ptr<cctz::ZoneInfoSource>(const std::string&)>;

std::unique_ptr<cctz::ZoneInfoSource> pinned_source(const std::string& name,
                                                    const Fallback& fallback) {
  if (!name.starts_with(kPinnedPrefix)) return fallback(name);
  const std::string* bytes = Registry::get().find(name);
  return bytes == nullptr ? nullptr : std::make_unique<BytesSource>(*bytes);
}

Registry::Registry() {
  cctz_extension::zone_info_source_factory = pinned_source;
}

using Instant = cctz::time_point<cctz::seconds>;

Instant to_point(int64_t seconds) {
  return std::chrono::time_point_cast<cctz::seconds>(
             std::chrono::system_clock::from_time_t(0)) +
         cctz::seconds(seconds);
}

int64_t to_seconds(Instant point) { return point.time_since_epoch().count(); }

// The day so many days after 1970-01-01. The standard calendar answers at once,
// but knows 16 bits of years; cctz walks year by year.
cctz::civil_day civil_day_of(int64_t days) {
  constexpr int64_t kStandard = 10'000'000;
  if (days < -kStandard || days > kStandard) return cctz::civil_day() + days;
  const std::chrono::year_month_day date{
      std::chrono::sys_days(std::chrono::days(days))};
  return cctz::civil_day(static_cast<int>(date.year()),
                         static_cast<unsigned>(date.month()),
                         static_cast<unsigned>(date.day()));
}

class CctzZone : public Zone {
 public:
  explicit CctzZone(cctz::time_zone zone) : zone_(zone) {}

  LocalTime local(int64_t instant) const override {
    const int64_t seconds = floor_div(instant, kMicros);
    const cctz::civil_second civil = cctz::convert(to_point(seconds), zone_);
    const cctz::civil_day day(civil);
    const int64_t of_day = civil - cctz::civil_second(day);
    const int64_t rest = (instant % kMicros + kMicros) % kMicros;
    return {day - cctz::civil_day(), of_day * kMicros + rest};
  }

  int64_t instant(const LocalTime& local) const override {
    const int64_t seconds = local.micros / kMicros;
    const int64_t rest = local.micros % kMicros;
    const cctz::civil_second civil =
        cctz::civil_second(civil_day_of(local.day)) + seconds;
    const auto lookup = zone_.lookup(civil);
    if (lookup.kind == cctz::time_zone::civil_lookup::SKIPPED) {
      return clamp128(static_cast<Int128>(to_seconds(lookup.trans)) * kMicros);
    }
    return clamp128(static_cast<Int128>(to_seconds(lookup.pre)) * kMicros +
                    rest);
  }

  OffsetSpan offset_span(int64_t instant) const override {
    const Instant at = to_point(floor_div(instant, kMicros));
    const int64_t offset = zone_.lookup(at).offset;
    if (instant >= kListedUntil) return {instant, instant, offset};
    OffsetSpan span{INT64_MIN, kListedUntil - 1, offset};
    cctz::time_zone::civil_transition change;
    if (zone_.prev_transition(at + cctz::seconds(1), &change)) {
      span.first = instant_of(change);
    }
    if (zone_.next_transition(at, &change)) {
      span.last = std::min(span.last, instant_of(change) - 1);
    }
    return span;
  }

 private:
  // 2300-01-01: cctz lists the changes of a yearly rule for 400 years.
  static constexpr int64_t kListedUntil = int64_t{10'413'792'000} * kMicros;

  int64_t instant_of(const cctz::time_zone::civil_transition& change) const {
    const int64_t seconds = to_seconds(zone_.lookup(change.to).trans);
    return clamp128(static_cast<Int128>(seconds) * kMicros);
  }

  cctz::time_zone zone_;
};

}  // namespace

CivilDate civil_of(int64_t days) {
  const cctz::civil_day day = civil_day_of(days);
  return {day.year(), day.month(), day.day()};
}

int64_t days_of(const CivilDate& date) {
  return cctz::civil_day(date.year, date.month, date.day) - cctz::civil_day();
}

int days_in_month(int64_t year, int month) {
  constexpr std::array kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  const bool february = month == 2;
  return kDays[static_cast<size_t>(month) - 1] + (february && leap ? 1 : 0);
}

int weekday_of(int64_t days) {
  return static_cast<int>(cctz::get_weekday(civil_day_of(days))) + 1;
}

int64_t add_months(int64_t days, int64_t n) {
  const cctz::civil_day day = civil_day_of(days);
  const cctz::civil_month month = cctz::civil_month(day) + n;
  const int last = days_in_month(month.year(), month.month());
  return days_of({month.year(), month.month(), std::min(day.day(), last)});
}

Result<std::shared_ptr<const Zone>> Zone::from_tzif(std::string_view bytes,
                                                    std::string name) {
  cctz::time_zone zone;
  if (!cctz::load_time_zone(Registry::get().add(bytes), &zone)) {
    return std::unexpected(Status(StatusCode::kInvalid, "read the time zone",
                                  std::move(name),
                                  "its rules cannot be understood"));
  }
  return std::make_shared<CctzZone>(zone);
}

int64_t Zone::shift(int64_t from, int64_t n, StepUnit unit) const {
  if (!is_calendar(unit)) {
    return clamp128(from + static_cast<Int128>(n) * microseconds(unit));
  }
  // Within a million years of 1970, so that the calendar itself never wraps.
  constexpr int64_t kMostMonths = 12'000'000;
  const int64_t steps =
      std::clamp(clamp128(static_cast<Int128>(n) * months(unit)), -kMostMonths,
                 kMostMonths);
  LocalTime at = local(from);
  at.day = add_months(at.day, steps);
  return instant(at);
}

Result<std::string> read_zone_bytes(const std::string& name) {
  const bool plain = !name.empty() && name.front() != '/' &&
                     name.find("..") == std::string::npos;
  const char* folder = std::getenv("TZDIR");
  const std::string path =
      std::string(folder != nullptr ? folder : "/usr/share/zoneinfo") + "/" +
      name;
  std::error_code ignored;
  std::string bytes;
  // A folder, as `Europe` is one, opens as well.
  if (plain && std::filesystem::is_regular_file(path, ignored)) {
    std::ifstream file(path, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(file), {});
  }
  if (!bytes.starts_with("TZif")) {
    return std::unexpected(Status(StatusCode::kNotFound, "read the time zone",
                                  name, "no zone of this name is installed"));
  }
  return bytes;
}

}  // namespace kitle
