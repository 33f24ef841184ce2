// Events that another one follows soon enough for any question, for
// kFollowedAnswers. Included once for each target.
#if defined(KITLE_KERNELS_FOLLOWED_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef KITLE_KERNELS_FOLLOWED_INL_H
#undef KITLE_KERNELS_FOLLOWED_INL_H
#else
#define KITLE_KERNELS_FOLLOWED_INL_H
#endif

#include <algorithm>
#include <ranges>

#include "runtime/eval/answers.h"
#include "runtime/eval/kernels_narrow-inl.h"
#include "runtime/eval/kernels_vector-inl.h"

HWY_BEFORE_NAMESPACE();
namespace kitle::HWY_NAMESPACE {

// Finds them for some people at a time.
class FollowedEvents {
 public:
  // `on_grid`: memory for a time of each event that may follow, and a vector.
  FollowedEvents(const KernelContext& context, const Instruction& what,
                 const BoundAnswers& answers, int32_t* on_grid)
      : by_wait_(answers.by_value().lookup()),
        times_(column(context, what.slot2)),
        places_(places_of(context, what.table)),
        offsets_(context.view->tables[what.table].offsets),
        next_offsets_(context.view->tables[what.imm].offsets),
        mask_(values_or_null<const uint64_t>(context, what.a)),
        later_(values<const int64_t>(context, what.b)),
        most_(by_wait_.largest()),
        on_grid_(on_grid) {}

  // Of the people from `row` on: found[i] is the place, counted from where
  // their events begin, and by_wait[i] where the row of the wait begins;
  // ends[k] is how many there are up to the k-th person. Each has room for all
  // of the events and a vector.
  void find(uint32_t row, uint32_t people, uint32_t* found, uint32_t* by_wait,
            uint32_t* ends) {
    begin_ = offsets_[row];
    place_ = found;
    wait_ = by_wait;
    count_ = 0;
    if (times_.physical == Physical::kI32 && by_wait_.narrow != nullptr &&
        brings_to_grid(next_offsets_[row], next_offsets_[row + people])) {
      return find_near(row, people, ends);
    }
    if (!has_integers(times_)) {
      std::fill_n(ends, people, 0u);
      return;
    }
    with_integer_type(times_.physical, [&](auto* type) {
      using T = std::remove_cvref_t<decltype(*type)>;
      for (uint32_t i = 0; i < people; ++i) {
        search(stored<T>(times_, places_), followed(row + i));
        ends[i] = count_;
      }
    });
  }

 private:
  // A person's events begin..end-1, and first..last-1 that may follow them.
  struct Followed {
    uint32_t begin;
    uint32_t end;
    uint32_t first;
    uint32_t last;
  };
  Followed followed(uint32_t row) const {
    return {offsets_[row], offsets_[row + 1], next_offsets_[row],
            next_offsets_[row + 1]};
  }

  // The times of these, as the column of the events that are followed stores
  // its own. False where one of them is none of its multiples.
  bool brings_to_grid(uint32_t first, uint32_t last) {
    // Doubles have all integers up to this one.
    constexpr double kExact = 9'007'199'254'740'992.0;
    const Full<double> d;
    const Full<int64_t> integers;
    const hn::Rebind<int32_t, Full<double>> narrow;
    const auto base = hn::Set(integers, times_.base);
    const auto unit = hn::Set(d, static_cast<double>(times_.unit));
    const auto of_unit = hn::Set(d, 1 / static_cast<double>(times_.unit));
    const auto lanes = static_cast<uint32_t>(hn::Lanes(d));
    bool exact = true;
    for (uint32_t i = first; i < last; i += lanes) {
      const auto time = hn::LoadU(integers, later_ + i);
      const auto since = hn::ConvertTo(d, hn::Sub(time, base));
      const auto whole = hn::Round(hn::Mul(since, of_unit));
      const auto near = hn::DemoteTo(narrow, whole);
      hn::StoreU(near, narrow, on_grid_ + i);
      const auto fits =
          hn::And(hn::Eq(hn::Mul(hn::PromoteTo(d, near), unit), since),
                  hn::Lt(hn::Abs(since), hn::Set(d, kExact)));
      const auto others = hn::Not(hn::FirstN(d, std::min(last - i, lanes)));
      exact &= hn::AllTrue(d, hn::Or(fits, others));
    }
    return exact;
  }

  void find_near(uint32_t row, uint32_t people, uint32_t* ends) {
    const NearPass pass(*this);
    Found found{place_, wait_};
    for (uint32_t i = 0; i < people; ++i) {
      found = pass.compare(followed(row + i), found);
      ends[i] = static_cast<uint32_t>(found.place - place_);
    }
    count_ = static_cast<uint32_t>(found.place - place_);
    find_narrow_rows(*by_wait_.narrow, reinterpret_cast<int32_t*>(wait_),
                     count_, wait_);
  }

  // Where the next ones are put.
  struct Found {
    uint32_t* place;
    uint32_t* wait;
  };

  // Copies of what is read for each person.
  class NearPass {
   public:
    explicit NearPass(const FollowedEvents& of)
        : times_(stored<int32_t>(of.times_, of.places_)),
          on_grid_(of.on_grid_),
          mask_(of.mask_),
          most_(std::min(of.most_ / of.times_.unit, int64_t{INT32_MAX})),
          begin_(of.begin_) {}

    // An event belongs to the first that is later, and all that are before that
    // one are done: so each is put once, even if times change under us.
    HWY_INLINE Found compare(const Followed& own, Found found) const {
      const Full<int32_t> d;
      const auto lanes = static_cast<uint32_t>(hn::Lanes(d));
      const auto none = hn::FirstN(d, 0);
      auto done = none;  // of those from `at` on
      uint32_t at = own.begin;
      for (uint32_t next = own.first; next < own.last; ++next) {
        if (mask_ != nullptr && !test_bit(mask_, next)) continue;
        const auto until = hn::Set(d, on_grid_[next]);
        const auto from = hn::Set(d, first_near(on_grid_[next]));
        for (; at < own.end; at += lanes) {
          const auto time = hn::LoadU(d, times_ + at);
          const auto earlier = hn::Lt(time, until);
          const auto near = hn::AndNot(hn::Lt(time, from), earlier);
          const auto own_lanes = hn::FirstN(d, std::min(own.end - at, lanes));
          const auto open = hn::AndNot(done, own_lanes);
          found = add(at, hn::Sub(until, time), hn::And(near, open), found);
          done = hn::Or(done, earlier);
          if (!hn::AllTrue(d, done)) break;
          done = none;
        }
      }
      return found;
    }

   private:
    int32_t first_near(int32_t until) const {
      return static_cast<int32_t>(
          std::clamp<int64_t>(until - most_, INT32_MIN, INT32_MAX));
    }

    template <class Wait, class Mask>
    HWY_INLINE Found add(uint32_t at, Wait wait, Mask near, Found found) const {
      const Full<int32_t> d;
      const auto place = hn::Add(hn::Set(d, static_cast<int32_t>(at - begin_)),
                                 hn::Iota(d, 0));
      hn::StoreU(hn::Compress(place, near), d,
                 reinterpret_cast<int32_t*>(found.place));
      hn::StoreU(hn::Compress(wait, near), d,
                 reinterpret_cast<int32_t*>(found.wait));
      const size_t some = hn::CountTrue(d, near);
      return {found.place + some, found.wait + some};
    }

    const int32_t* times_;
    const int32_t* on_grid_;
    const uint64_t* mask_;
    int64_t most_;
    uint32_t begin_;
  };

  template <class T>
  void search(const T* times, const Followed& own) {
    const auto time_of = [&](uint32_t place) {
      return wrap_add(times_.base, wrap_mul(times_.unit, times[place]));
    };
    uint32_t begin = own.begin;
    for (uint32_t next = own.first; next < own.last; ++next) {
      if (mask_ != nullptr && !test_bit(mask_, next)) continue;
      const int64_t until = later_[next];
      const uint32_t behind = *std::ranges::partition_point(
          std::views::iota(begin, own.end),
          [&](uint32_t place) { return time_of(place) < until; });
      for (uint32_t i = behind; i-- > begin;) {
        const int64_t wait = wrap_sub(until, time_of(i));
        if (wait > most_) break;
        place_[count_] = i - begin_;
        wait_[count_++] = by_wait_.of(wait);
      }
      begin = behind;
    }
  }

  AnswersByValue::Lookup by_wait_;
  const ColumnView& times_;
  Places places_;
  const uint32_t* offsets_;
  const uint32_t* next_offsets_;
  const uint64_t* mask_;
  const int64_t* later_;
  int64_t most_;
  int32_t* on_grid_;
  uint32_t begin_ = 0;
  uint32_t* place_ = nullptr;
  uint32_t* wait_ = nullptr;
  uint32_t count_ = 0;
};

}  // namespace kitle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // toggled for each target
