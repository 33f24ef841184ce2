#include "runtime/ingest/cell.h"

#include <fmt/format.h>

#include <charconv>
#include <string>

#include "runtime/time/zone.h"

namespace kitle {
namespace {

constexpr size_t kLongest = 48;  // of a number, a time or a date

char* write_date(char* to, int64_t days) {
  const CivilDate date = civil_of(days);
  return fmt::format_to(to, "{:04}-{:02}-{:02}", date.year, date.month,
                        date.day);
}

char* write_time(char* to, int64_t micros, bool zoned) {
  int64_t days = micros / kMicrosPerDay;
  int64_t rest = micros % kMicrosPerDay;
  if (rest < 0) {
    days--;
    rest += kMicrosPerDay;
  }
  to = write_date(to, days);
  const int64_t seconds = rest / 1'000'000;
  to = fmt::format_to(to, "T{:02}:{:02}:{:02}", seconds / 3600,
                      seconds / 60 % 60, seconds % 60);
  if (rest % 1'000'000 != 0)
    to = fmt::format_to(to, ".{:06}", rest % 1'000'000);
  if (zoned) *to++ = 'Z';
  return to;
}

std::string_view list_text(const Cell& cell, Arena& arena) {
  std::string text = "[";
  for (uint32_t i = 0; i < cell.size; i++) {
    if (i > 0) text += ',';
    text += cell_text(cell.items[i], arena);
  }
  return arena.copy(text + "]");
}

char* write(const Cell& cell, char* to) {
  switch (cell.kind) {
    case Cell::Kind::kMissing:
    case Cell::Kind::kBroken:
    case Cell::Kind::kText:
    case Cell::Kind::kList:
      return to;
    case Cell::Kind::kInteger:
      return std::to_chars(to, to + kLongest, cell.integer).ptr;
    case Cell::Kind::kNumber:
      return std::to_chars(to, to + kLongest, cell.number).ptr;
    case Cell::Kind::kTime:
      return write_time(to, cell.integer, true);
    case Cell::Kind::kLocal:
      return write_time(to, cell.integer, false);
    case Cell::Kind::kDate:
      return write_date(to, cell.integer);
    case Cell::Kind::kFlag:
      return fmt::format_to(to, "{}", cell.integer != 0);
  }
  return to;
}

}  // namespace

std::string_view cell_text(const Cell& cell, Arena& arena) {
  if (cell.kind == Cell::Kind::kText) return cell.view();
  if (cell.kind == Cell::Kind::kList) return list_text(cell, arena);
  char* const begin = arena.allocate(kLongest);
  char* const end = write(cell, begin);
  arena.shrink_last(kLongest - static_cast<size_t>(end - begin));
  return {begin, static_cast<size_t>(end - begin)};
}

}  // namespace kitle
