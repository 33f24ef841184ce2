// Kernels of the local calendar: days, hours and weekdays of instants, on how
// many days each person has events, and birthdays. Instants become doubles on
// the scale of their stretch (runtime/time/local_scale.h), where a day is a
// multiplication; stretches that have no scale are asked of the zone one by
// one.
#include "runtime/vector_target.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "runtime/eval/kernels_local.cc"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <algorithm>
#include <bit>
#include <optional>
#include <type_traits>

#include "runtime/eval/kernels_days.h"
#include "runtime/eval/kernels_parts.h"
#include "runtime/eval/kernels_vector-inl.h"
#include "runtime/time/local_clock.h"
#include "runtime/time/local_scale.h"

HWY_BEFORE_NAMESPACE();
namespace kitle::HWY_NAMESPACE {

using Reals = Full<double>;
using Wholes = hn::Rebind<int64_t, Reals>;
using Halves = hn::Rebind<int32_t, Reals>;
using Real = hn::Vec<Reals>;

// ---- scales ----

HWY_INLINE Real load_reals(const int64_t* from) {
  return hn::ConvertTo(Reals(), hn::LoadU(Wholes(), from));
}
HWY_INLINE Real load_reals(const int32_t* from) {
  return hn::PromoteTo(Reals(), hn::LoadU(Halves(), from));
}
HWY_INLINE Real load_reals(const int16_t* from) {
  const hn::Rebind<int16_t, Reals> quarters;
  return hn::PromoteTo(Reals(),
                       hn::PromoteTo(Halves(), hn::LoadU(quarters, from)));
}

// A scale of instants that are stored as distances from `base`, all of which
// doubles hold exactly.
std::optional<LocalScale> scale_of(const Zone& zone, int64_t first,
                                   int64_t last, int64_t base) {
  constexpr int64_t kExact = int64_t{1} << 52;
  const auto scale = LocalScale::make(zone, first, last);
  if (!scale) return scale;
  const auto is_near = [&](int64_t instant) {
    const auto distance = Int128{instant} - base;
    return -kExact < distance && distance < kExact;
  };
  const bool exact = is_near(first) && is_near(last) && is_near(scale->origin);
  return exact ? scale : std::nullopt;
}

// Stored instants as what the scale's clock shows.
template <class T>
class Shown {
 public:
  Shown(const LocalScale& scale, const T* data, int64_t base, int64_t unit)
      : scale_(scale),
        data_(data),
        from_(static_cast<double>(base - scale.origin)),
        unit_(static_cast<double>(unit)) {}

  HWY_INLINE Real operator()(size_t i) const {
    const Reals d;
    const Real stored = load_reals(data_ + i);
    const Real behind =
        hn::MulAdd(stored, hn::Set(d, unit_), hn::Set(d, from_));
    Real shown = behind;
    for (size_t k = 0; k < scale_.steps; ++k) {
      const auto past = hn::Ge(behind, hn::Set(d, scale_.at[k]));
      shown =
          hn::Add(shown, hn::IfThenElseZero(past, hn::Set(d, scale_.by[k])));
    }
    return shown;
  }

 private:
  const LocalScale& scale_;
  const T* data_;
  double from_;
  double unit_;
};

// Days from the scale's first one on; they are none below 0.
HWY_INLINE hn::Vec<Halves> days_of(Real shown) {
  const Reals d;
  const Real days =
      hn::Mul(hn::Add(shown, hn::Set(d, 0.5)), hn::Set(d, kPerDay));
  return hn::DemoteTo(Halves(), days);
}

HWY_INLINE hn::Vec<Halves> hours_of(Real shown) {
  const Reals d;
  const Real half = hn::Set(d, 0.5);
  const Real days =
      hn::Floor(hn::Mul(hn::Add(shown, half), hn::Set(d, kPerDay)));
  const Real rest = hn::NegMulAdd(
      days, hn::Set(d, static_cast<double>(kMicrosPerDay)), shown);
  return hn::DemoteTo(Halves(),
                      hn::Mul(hn::Add(rest, half), hn::Set(d, kPerHour)));
}

// The smallest and the largest value; INT64_MAX and INT64_MIN if there is none.
Bounds extent(const int64_t* HWY_RESTRICT data, size_t count) {
  Bounds bounds{INT64_MAX, INT64_MIN};
  for (size_t i = 0; i < count; ++i) {
    bounds.low = data[i] < bounds.low ? data[i] : bounds.low;
    bounds.high = data[i] > bounds.high ? data[i] : bounds.high;
  }
  return bounds;
}

// ---- registers ----

template <class Vector, class Scalar>
HWY_INLINE void map_instants(const KernelContext& context,
                             const Instruction& what, Vector vector,
                             Scalar scalar) {
  const size_t count = places_of_result(context, what).count;
  const int64_t* HWY_RESTRICT a = values<int64_t>(context, what.a);
  int64_t* HWY_RESTRICT out = values<int64_t>(context, what.dst);
  if (count == 0) return;
  const Bounds bounds = extent(a, count);
  const auto scale =
      scale_of(*context.params->zone, bounds.low, bounds.high, 0);
  if (!scale) {
    LocalClock clock(*context.params->zone);
    for (size_t i = 0; i < count; ++i) out[i] = scalar(clock, a[i]);
    return;
  }
  const Shown<int64_t> shown(*scale, a, 0, 1);
  for (size_t i = 0; i < count; i += hn::Lanes(Reals())) {
    hn::StoreU(vector(*scale, shown(i)), Wholes(), out + i);
  }
}

KITLE_KERNEL(local_day) {
  map_instants(
      context, what,
      [](const LocalScale& scale, Real shown) HWY_ATTR {
        return hn::Add(hn::PromoteTo(Wholes(), days_of(shown)),
                       hn::Set(Wholes(), scale.first_day));
      },
      [](LocalClock& clock, int64_t a) { return clock.day(a); });
}

KITLE_KERNEL(local_hour) {
  map_instants(
      context, what,
      [](const LocalScale&, Real shown)
          HWY_ATTR { return hn::PromoteTo(Wholes(), hours_of(shown)); },
      [](LocalClock& clock, int64_t a) { return clock.hour(a); });
}

// 1970-01-01 was a Thursday: 3 days behind a Monday. A seventh of days below
// 2^31, and a half, rounds to no other whole number.
KITLE_KERNEL(weekday) {
  const size_t count = places_of_result(context, what).count;
  const int64_t* HWY_RESTRICT a = values<int64_t>(context, what.a);
  int64_t* HWY_RESTRICT out = values<int64_t>(context, what.dst);
  if (count == 0) return;
  const Bounds bounds = extent(a, count);
  if (bounds.low < INT32_MIN || bounds.high > INT32_MAX) {
    std::transform(a, a + count, out, weekday_number);
    return;
  }
  const Reals d;
  for (size_t i = 0; i < count; i += hn::Lanes(d)) {
    const Real days = hn::Add(load_reals(a + i), hn::Set(d, 3));
    const Real weeks =
        hn::Floor(hn::Mul(hn::Add(days, hn::Set(d, 0.5)), hn::Set(d, 1.0 / 7)));
    const Real number =
        hn::Add(hn::NegMulAdd(weeks, hn::Set(d, 7), days), hn::Set(d, 1));
    hn::StoreU(hn::ConvertTo(Wholes(), number), Wholes(), out + i);
  }
}

// ---- days of a table's events ----

// The days of the events in a mask, one behind the other.
template <class T>
size_t put_masked_days(const Shown<T>& shown, size_t count,
                       const uint64_t* HWY_RESTRICT mask,
                       int32_t* HWY_RESTRICT out) {
  const Halves d;
  const size_t lanes = hn::Lanes(d);
  int32_t* end = out;
  for (size_t word = 0; word * 64 < count; ++word) {
    uint64_t rest = mask[word];
    if (count - word * 64 < 64) rest &= ~(~uint64_t{0} << (count % 64));
    for (size_t i = word * 64; rest != 0; i += lanes) {
      // Eight bytes may be read.
      const auto* bits = reinterpret_cast<const uint8_t*>(&rest);
      end += hn::CompressStore(days_of(shown(i)), hn::LoadMaskBits(d, bits), d,
                               end);
      rest >>= lanes;
    }
  }
  return static_cast<size_t>(end - out);
}

template <class T>
size_t put_days(const Shown<T>& shown, size_t count, const uint64_t* mask,
                int32_t* HWY_RESTRICT out) {
  if (mask != nullptr) return put_masked_days(shown, count, mask, out);
  const Halves d;
  for (size_t i = 0; i < count; i += hn::Lanes(d)) {
    hn::StoreU(days_of(shown(i)), d, out + i);
  }
  return count;
}

template <class T>
int32_t day_one_by_one(LocalClock& clock, const ColumnView& from, const T* data,
                       size_t i) {
  const auto stored = static_cast<int64_t>(data[i]);
  return static_cast<int32_t>(
      clock.day(wrap_add(from.base, wrap_mul(from.unit, stored))));
}

template <class T>
size_t put_days_one_by_one(const Zone& zone, const ColumnView& from,
                           const T* data, size_t count, const uint64_t* mask,
                           int32_t* out) {
  LocalClock clock(zone);
  size_t found = 0;
  for (size_t i = 0; i < count; ++i) {
    if (mask != nullptr && !test_bit(mask, i)) continue;
    out[found++] = day_one_by_one(clock, from, data, i);
  }
  return found;
}

// The days, and whether of one person they are in order.
void put_event_days(const KernelContext& context, const RowEvents& of,
                    RowDays& made) {
  const ColumnView& time = *context.view->tables[of.table].time;
  const Places places = places_of(context, of.table);
  if (!has_integers(time)) return;  // no events at all
  const auto scale =
      scale_of(*context.params->zone, time.min, time.max, time.base);
  with_integer_type(time.physical, [&](auto* type) HWY_ATTR {
    using T = std::remove_cvref_t<decltype(*type)>;
    const T* data = stored<T>(time, places);
    if constexpr (std::is_signed_v<T>) {
      if (scale) {
        made.first_day = scale->first_day;
        made.in_order = !scale->day_returns;
        made.count = put_days(Shown<T>(*scale, data, time.base, time.unit),
                              places.count, of.mask, made.days);
        return;
      }
    }
    made.in_order = false;
    made.count = put_days_one_by_one(*context.params->zone, time, data,
                                     places.count, of.mask, made.days);
  });
}

// How many bits of some words are below a place.
class BitRanks {
 public:
  // `before`: room for a number a word, and one more.
  BitRanks(const uint64_t* words, size_t count, uint32_t* before)
      : words_(words), before_(before) {
    uint32_t sum = 0;
    for (size_t k = 0; k < count; ++k) {
      before[k] = sum;
      sum += static_cast<uint32_t>(std::popcount(words[k]));
    }
    before[count] = sum;
  }
  HWY_INLINE uint32_t operator()(size_t place) const {
    const uint64_t below = (uint64_t{1} << (place % 64)) - 1;
    if (below == 0) return before_[place / 64];
    const uint64_t word = words_[place / 64] & below;
    return before_[place / 64] + static_cast<uint32_t>(std::popcount(word));
  }

 private:
  const uint64_t* words_;
  const uint32_t* before_;
};

template <class Rank>
HWY_INLINE void put_ends(const KernelContext& context, const RowEvents& of,
                         const Rank& rank, uint32_t* HWY_RESTRICT begins,
                         uint32_t* HWY_RESTRICT ends) {
  const uint32_t* HWY_RESTRICT offsets = context.view->tables[of.table].offsets;
  for (size_t row = 0; row < context.view->rows; ++row) {
    begins[row] =
        rank(of.begins == nullptr ? offsets[row]
                                  : static_cast<size_t>(of.begins[row]));
    ends[row] = rank(of.ends == nullptr ? offsets[row + 1]
                                        : static_cast<size_t>(of.ends[row]));
  }
}

RowDays put_row_days(const KernelContext& context, const RowEvents& of,
                     std::byte* work) {
  const size_t words = places_of(context, of.table).words();
  auto* begins = reinterpret_cast<uint32_t*>(work);
  uint32_t* ends = begins + context.view->rows;
  uint32_t* before = ends + context.view->rows;
  RowDays made{.begins = begins, .ends = ends};
  made.days = reinterpret_cast<int32_t*>(before + words + 1) + 1;
  made.days[-1] = 0;
  put_event_days(context, of, made);
  if (of.mask == nullptr) {
    const auto place = [](size_t at) { return static_cast<uint32_t>(at); };
    put_ends(context, of, place, begins, ends);
  } else {
    put_ends(context, of, BitRanks(of.mask, words, before), begins, ends);
  }
  return made;
}

// The first of a person's days counts, and each that is another than the one
// before.
KITLE_KERNEL(days) {
  const size_t rows = context.view->rows;
  const size_t words = places_of(context, what.table).words();
  auto* changed = reinterpret_cast<uint64_t*>(context.scratch->work);
  auto* before = reinterpret_cast<uint32_t*>(changed + words);
  const RowEvents of{what.table, values_or_null<uint64_t>(context, what.a),
                     values_or_null<int64_t>(context, what.b),
                     values_or_null<int64_t>(context, what.c)};
  const RowDays found = put_row_days(
      context, of, reinterpret_cast<std::byte*>(before + words + 1));
  for (size_t row = 0; !found.in_order && row < rows; ++row) {
    std::sort(found.days + found.begins[row], found.days + found.ends[row]);
  }
  const Full<int32_t> d;
  test_places<kInside>(d, found.count, changed, [&](size_t i) HWY_ATTR {
    const int32_t* at = found.days + i;
    return hn::Ne(hn::LoadU(d, at), hn::LoadU(d, at - 1));
  });
  const BitRanks changes(changed, (found.count + 63) / 64, before);
  int64_t* HWY_RESTRICT out = values<int64_t>(context, what.dst);
  for (size_t row = 0; row < rows; ++row) {
    const uint32_t first = found.begins[row];
    const uint32_t behind = found.ends[row];
    out[row] = first == behind
                   ? int64_t{0}
                   : int64_t{1} + changes(behind) - changes(first + 1);
  }
}

// ---- birthdays ----

// A day of the year as a number in the calendar's order.
constexpr int32_t year_day(int month, int day) { return month * 32 + day; }
constexpr int32_t kLeapDay = year_day(2, 29);

// By integers alone, after Neri and Schneider, "Euclidean affine functions and
// their application to calendar algorithms": years begin in March.
HWY_INLINE int32_t year_day_of(int32_t date) {
  constexpr uint32_t kCycle = 146097;  // days of 400 years
  constexpr uint32_t kFrom = 719468 + 82 * kCycle;
  const uint32_t of_cycle = (static_cast<uint32_t>(date) + kFrom) * 4 + 3;
  const uint32_t of_century = of_cycle % kCycle / 4 * 4 + 3;
  const uint32_t of_year = of_century % 1461 / 4;
  const uint32_t months = of_year * 2141 + 197913;
  const uint32_t month = (months >> 16) - (of_year >= 306 ? 12 : 0);
  const uint32_t day = (months & 0xffff) / 2141 + 1;
  return static_cast<int32_t>(month * 32 + day);
}

// Up to 64 of them. `far`: some are where the arithmetic above does not hold.
void put_year_days(const int64_t* HWY_RESTRICT dates, size_t count, bool far,
                   int32_t* HWY_RESTRICT out) {
  for (size_t i = 0; !far && i < count; ++i) {
    out[i] = year_day_of(static_cast<int32_t>(dates[i]));
  }
  for (size_t i = 0; far && i < count; ++i) {
    const CivilDate date = civil_of(dates[i]);
    out[i] = year_day(date.month, date.day);
  }
}

// One end of a window: its day, and the day on which those of 29 February have
// their birthday in its year.
struct WindowEnd {
  explicit WindowEnd(int64_t date) {
    const CivilDate civil = civil_of(date);
    year = civil.year;
    day = year_day(civil.month, civil.day);
    leap_day = year_day(2, days_in_month(civil.year, 2));
  }
  int64_t year = 0;
  int32_t day = 0;
  int32_t leap_day = 0;
};

// Within less than a year each day of the calendar comes once at most.
uint64_t birthdays(const int32_t* days, size_t count, const WindowEnd& first,
                   const WindowEnd& last) {
  const Full<int32_t> d;
  const auto in_year = [&](size_t i, const WindowEnd& of) HWY_ATTR {
    const auto day = hn::LoadU(d, days + i);
    const auto leap = hn::Eq(day, hn::Set(d, kLeapDay));
    return hn::IfThenElse(leap, hn::Set(d, of.leap_day), day);
  };
  uint64_t word = 0;
  test_places<kOutside>(d, count, &word, [&](size_t i) HWY_ATTR {
    const auto early = hn::Gt(hn::Set(d, first.day), in_year(i, first));
    const auto late = hn::Gt(in_year(i, last), hn::Set(d, last.day));
    return first.year == last.year ? hn::Or(early, late) : hn::And(early, late);
  });
  return word;
}

// Who is not born yet has none.
KITLE_KERNEL(birthday) {
  constexpr size_t kAtOnce = 64;
  constexpr int64_t kFar = 10'000'000;
  const Bounds& window = context.params->ranges[what.param];
  const size_t count = places_of_result(context, what).count;
  const int64_t* HWY_RESTRICT a = values<int64_t>(context, what.a);
  uint64_t* out = bits(context, what.dst);
  const WindowEnd first(window.low);
  const WindowEnd last(window.high);
  const Bounds dates = extent(a, count);
  const bool far = dates.low < -kFar || dates.high > kFar;
  const int64_t today = context.params->today;
  const int64_t born = window.low <= window.high ? today : INT64_MIN;
  HWY_ALIGN int32_t days[kAtOnce] = {};
  for (size_t i = 0; i < count; i += kAtOnce) {
    const size_t some = std::min(kAtOnce, count - i);
    put_year_days(a + i, some, far, days);
    out[i / kAtOnce] = birthdays(days, some, first, last);
  }
  const Full<int64_t> d;
  const auto latest = hn::Set(d, born);
  for (size_t i = 0; dates.high > born && i < count; i += kAtOnce) {
    const size_t some = std::min(kAtOnce, count - i);
    uint64_t word = 0;
    test_places<kOutside>(d, some, &word, [&](size_t at) HWY_ATTR {
      return hn::Gt(hn::LoadU(d, a + i + at), latest);
    });
    out[i / kAtOnce] &= word;
  }
}

void add_local_kernels(KernelTableByOp& table) {
  const auto at = [&](Op op) -> Kernel& {
    return table[static_cast<size_t>(op)];
  };
  at(Op::kLocalDay) = local_day;
  at(Op::kLocalHour) = local_hour;
  at(Op::kWeekday) = weekday;
  at(Op::kDays) = days;
  at(Op::kBirthday) = birthday;
}

}  // namespace kitle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kitle {

HWY_EXPORT(add_local_kernels);
HWY_EXPORT(put_row_days);

void add_vector_local_kernels(KernelTableByOp& table) {
  HWY_DYNAMIC_DISPATCH(add_local_kernels)(table);
}

RowDays load_row_days(const KernelContext& context, const RowEvents& of,
                      std::byte* work) {
  return HWY_DYNAMIC_DISPATCH(put_row_days)(context, of, work);
}

uint64_t row_days_bytes(uint64_t places, uint64_t rows) {
  constexpr uint64_t kBehind = 64;  // whole vectors are stored
  return (places + places / 64 + rows * 2 + kBehind) * 4;
}

uint64_t days_work_bytes(uint64_t places, uint64_t rows) {
  return row_days_bytes(places, rows) + (places / 64 + 2) * 12;
}

}  // namespace kitle
#endif
