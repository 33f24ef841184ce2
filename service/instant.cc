#include "service/instant.h"

#include <fmt/format.h>

#include <charconv>

#include "service/store.h"

namespace kitle {
namespace {

constexpr int64_t kSecond = 1'000'000;

// Reads a written instant from the left; after the first mismatch every read
// fails.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool ok() const { return ok_; }
  bool at_end() const { return text_.empty(); }

  // Exactly `digits` digits, from `low` to `high`.
  int number(int digits, int low, int high) {
    int value = 0;
    const size_t count = static_cast<size_t>(digits);
    if (!ok_ || text_.size() < count) return fail();
    const char* end = text_.data() + count;
    const auto [stop, error] = std::from_chars(text_.data(), end, value);
    if (error != std::errc() || stop != end || text_.front() == '-') {
      return fail();
    }
    text_.remove_prefix(count);
    return value < low || value > high ? fail() : value;
  }

  // One of the characters; which, or 0.
  char any_of(std::string_view characters) {
    const bool found = ok_ && !text_.empty() &&
                       characters.find(text_.front()) != std::string_view::npos;
    if (!found) return 0;
    const char character = text_.front();
    text_.remove_prefix(1);
    return character;
  }
  void expect(std::string_view characters) {
    if (any_of(characters) == 0) fail();
  }

  // Behind a point: digits of a second as microseconds, cut.
  int64_t fraction() {
    int64_t micros = 0;
    int64_t unit = kSecond;
    while (!text_.empty() && text_.front() >= '0' && text_.front() <= '9') {
      unit /= 10;
      micros += (text_.front() - '0') * unit;
      text_.remove_prefix(1);
    }
    if (unit == kSecond) fail();
    return micros;
  }

 private:
  int fail() {
    ok_ = false;
    return 0;
  }
  std::string_view text_;
  bool ok_ = true;
};

LocalTime read_clock(Reader& reader, int64_t day) {
  int64_t micros = int64_t{reader.number(2, 0, 23)} * 3600 * kSecond;
  reader.expect(":");
  micros += int64_t{reader.number(2, 0, 59)} * 60 * kSecond;
  if (reader.any_of(":") != 0) {
    micros += int64_t{reader.number(2, 0, 59)} * kSecond;
    if (reader.any_of(".") != 0) micros += reader.fraction();
  }
  return {day, micros};
}

int64_t read_offset(Reader& reader, char sign) {
  const int64_t hours = reader.number(2, 0, 23);
  reader.expect(":");
  const int64_t minutes = reader.number(2, 0, 59);
  return (hours * 60 + minutes) * 60 * kSecond * (sign == '-' ? -1 : 1);
}

int64_t read_day(Reader& reader) {
  const int year = reader.number(4, 1, 9999);
  reader.expect("-");
  const int month = reader.number(2, 1, 12);
  reader.expect("-");
  const int last = reader.ok() ? days_in_month(year, month) : 31;
  return days_of({year, month, reader.number(2, 1, last)});
}

}  // namespace

std::optional<int64_t> parse_instant(std::string_view written,
                                     const Zone& zone) {
  Reader reader(written);
  LocalTime local{read_day(reader), 0};
  std::optional<int64_t> offset;
  if (reader.any_of(" Tt") != 0) {
    local = read_clock(reader, local.day);
    const char sign = reader.any_of("Zz+-");
    if (sign == 'Z' || sign == 'z') offset = 0;
    if (sign == '+' || sign == '-') offset = read_offset(reader, sign);
  }
  if (!reader.ok() || !reader.at_end()) return std::nullopt;
  if (!offset) return zone.instant(local);
  return local.day * kMicrosPerDay + local.micros - *offset;
}

namespace {

Result<std::shared_ptr<const Zone>> zone_of(const std::string& name,
                                            const Store* store) {
  if (store != nullptr) {
    const Snapshot& snapshot = *store->impl().snapshot;
    return Zone::from_tzif(snapshot.zone_bytes(),
                           snapshot.settings().time_zone);
  }
  const auto bytes = read_zone_bytes(name);
  if (!bytes) return std::unexpected(bytes.error());
  return Zone::from_tzif(*bytes, name);
}

}  // namespace

Result<int64_t> read_instant(std::string_view written, const std::string& zone,
                             const Store* store) {
  const auto rules = zone_of(zone, store);
  if (!rules) return std::unexpected(rules.error());
  const std::optional<int64_t> instant = parse_instant(written, **rules);
  if (instant) return *instant;
  return std::unexpected(
      Status(StatusCode::kInvalid, "read the instant", "",
             "`" + std::string(written) +
                 "` is not a date (2026-03-01), a local time "
                 "(2026-03-01 12:00) or RFC 3339 (2026-03-01T12:00:00Z)"));
}

std::string local_text(int64_t instant, const std::string& zone,
                       const Store* store) {
  const auto rules = zone_of(zone, store);
  if (!rules) return fmt::format("{} us", instant);
  const LocalTime local = (*rules)->local(instant);
  const CivilDate date = civil_of(local.day);
  const int64_t seconds = local.micros / 1'000'000;
  const int64_t micros = local.micros % 1'000'000;
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}{}", date.year,
                     date.month, date.day, seconds / 3600, seconds / 60 % 60,
                     seconds % 60,
                     micros == 0 ? "" : fmt::format(".{:06}", micros));
}

}  // namespace kitle
