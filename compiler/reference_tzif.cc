// See reference_zone.h: TZif bytes -> rules.
#include <string>

#include "compiler/reference_zone.h"

namespace kitle::reference {
namespace {

// Big-endian integers of a TZif file; beyond its end they are 0 and ok() no
// longer holds.
class TzifReader {
 public:
  explicit TzifReader(std::string_view bytes) : bytes_(bytes) {}

  bool ok() const { return ok_; }
  std::string_view take(size_t size) {
    ok_ = ok_ && size <= bytes_.size();
    const std::string_view taken = ok_ ? bytes_.substr(0, size) : "";
    bytes_.remove_prefix(taken.size());
    return taken;
  }
  int64_t integer(size_t size) {
    uint64_t value = 0;
    const std::string_view bytes = take(size);
    for (const char byte : bytes) {
      value = value << 8 | static_cast<uint8_t>(byte);
    }
    const size_t unused = 64 - size * 8;
    return static_cast<int64_t>(value << unused) >> unused;
  }
  std::string_view rest() const { return bytes_; }

 private:
  std::string_view bytes_;
  bool ok_ = true;
};

struct TzifHeader {
  char version = 0;
  int64_t utc_flags = 0;
  int64_t standard_flags = 0;
  int64_t leaps = 0;
  int64_t times = 0;
  int64_t types = 0;
  int64_t letters = 0;

  int64_t body(int64_t time_size) const {
    return times * (time_size + 1) + types * 6 + letters +
           leaps * (time_size + 4) + standard_flags + utc_flags;
  }
};

std::optional<TzifHeader> read_header(TzifReader& reader) {
  if (reader.take(4) != "TZif") return std::nullopt;
  TzifHeader header;
  header.version = static_cast<char>(reader.integer(1));
  reader.take(15);
  for (int64_t* count :
       {&header.utc_flags, &header.standard_flags, &header.leaps, &header.times,
        &header.types, &header.letters}) {
    *count = reader.integer(4);
    if (*count < 0) return std::nullopt;
  }
  if (!reader.ok()) return std::nullopt;
  return header;
}

// ---- the rule in the last line ----

class RuleReader {
 public:
  explicit RuleReader(std::string_view text) : text_(text) {}

  bool ok() const { return ok_; }
  bool at_end() const { return text_.empty(); }
  bool next(char letter) {
    if (!text_.starts_with(letter)) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool peek(char letter) const { return text_.starts_with(letter); }
  void expect(char letter) { ok_ = next(letter) && ok_; }

  // `EET` or `<+03>`.
  void name() {
    const bool quoted = next('<');
    size_t size = 0;
    while (size < text_.size() &&
           (quoted ? text_[size] != '>' : is_letter(text_[size]))) {
      ++size;
    }
    ok_ = ok_ && size > 0;
    text_.remove_prefix(size);
    if (quoted) expect('>');
  }
  int number() {
    int value = 0;
    size_t size = 0;
    while (size < text_.size() && text_[size] >= '0' && text_[size] <= '9') {
      value = value * 10 + (text_[size++] - '0');
    }
    ok_ = ok_ && size > 0 && size < 5;
    text_.remove_prefix(size);
    return value;
  }
  // `-3`, `5:30`, `2:00:00`.
  int64_t clock() {
    const bool negative = next('-');
    if (!negative) next('+');
    int64_t seconds = int64_t{3600} * number();
    if (next(':')) seconds += int64_t{60} * number();
    if (next(':')) seconds += number();
    return negative ? -seconds : seconds;
  }
  YearlyChange change() {
    YearlyChange change;
    expect(',');
    if (next('M')) {
      change.month = number();
      expect('.');
      change.week = number();
      expect('.');
    } else {
      change.form = next('J') ? YearlyChange::Form::kJulian
                              : YearlyChange::Form::kZeroBased;
    }
    change.day = number();
    if (next('/')) change.seconds = clock();
    return change;
  }

 private:
  static bool is_letter(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  }

  std::string_view text_;
  bool ok_ = true;
};

// The changes of the second body, which has 64-bit times.
bool read_body(const TzifHeader& header, TzifReader& body, ZoneRules& rules) {
  std::vector<int64_t> times;
  for (int64_t i = 0; i < header.times; ++i) times.push_back(body.integer(8));
  const std::string_view types = body.take(static_cast<size_t>(header.times));
  std::vector<int64_t> offsets;
  for (int64_t i = 0; i < header.types; ++i) {
    offsets.push_back(body.integer(4));
    body.take(2);  // whether it is summer, and its letters
  }
  for (size_t i = 0; i < types.size(); ++i) {
    const auto type = static_cast<uint8_t>(types[i]);
    if (type >= offsets.size()) return false;
    rules.changes.push_back({times[i], offsets[type]});
  }
  rules.first_offset = offsets[0];
  return body.ok();
}

// The rule between the two ends of lines behind the body.
bool read_last_line(std::string_view line, ZoneRules& rules) {
  if (line.size() < 2 || line.front() != '\n' || line.back() != '\n') {
    return false;
  }
  line = line.substr(1, line.size() - 2);
  rules.yearly = read_yearly_rule(line);
  return line.empty() || rules.yearly;
}

bool read_rules(std::string_view bytes, ZoneRules& rules) {
  TzifReader reader(bytes);
  const std::optional<TzifHeader> old = read_header(reader);
  if (!old || old->version < '2') return false;
  reader.take(static_cast<size_t>(old->body(4)));
  const std::optional<TzifHeader> header = read_header(reader);
  if (!header || header->types == 0) return false;
  TzifReader body(reader.take(static_cast<size_t>(header->body(8))));
  return reader.ok() && read_body(*header, body, rules) &&
         read_last_line(reader.rest(), rules);
}

}  // namespace

std::optional<YearlyRule> read_yearly_rule(std::string_view text) {
  constexpr int64_t kHour = 3600;
  RuleReader reader(text);
  YearlyRule rule;
  reader.name();
  rule.standard = -reader.clock();
  if (!reader.at_end()) {
    rule.has_summer = true;
    reader.name();
    rule.summer = reader.peek(',') ? rule.standard + kHour : -reader.clock();
    rule.begin = reader.change();
    rule.end = reader.change();
  }
  const bool sound = reader.ok() && reader.at_end();
  return sound ? std::optional(rule) : std::nullopt;
}

Result<ZoneRules> read_tzif(std::string_view bytes) {
  ZoneRules rules;
  if (read_rules(bytes, rules)) return rules;
  return std::unexpected(Status(StatusCode::kInvalid, "read the time zone", "",
                                "its rules cannot be understood"));
}

}  // namespace kitle::reference
