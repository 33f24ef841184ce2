// Kernels of the calendar but of days and hours (kernels_local), lists of
// codes, and texts of two columns.
#include <algorithm>
#include <array>
#include <span>

#include "runtime/eval/kernels_parts.h"
#include "runtime/time/zone.h"

namespace kitle {
namespace {

template <class Value>
void map(const KernelContext& context, const Instruction& what, Value value) {
  const size_t count = places_of_result(context, what).count;
  const int64_t* a = values<int64_t>(context, what.a);
  int64_t* out = values<int64_t>(context, what.dst);
  for (size_t i = 0; i < count; ++i) out[i] = value(a[i]);
}

KITLE_KERNEL(shift) {
  const StepParam& step = context.params->steps[what.param];
  const Zone& zone = *context.params->zone;
  map(context, what,
      [&](int64_t a) { return zone.shift(a, step.n, step.unit); });
}

KITLE_KERNEL(day_start) {
  const Zone& zone = *context.params->zone;
  map(context, what,
      [&](int64_t a) { return zone.day_start(wrap_add(a, what.imm)); });
}

// Born on 29 February, one is a year older on 28 February of other years.
int64_t years_between(const CivilDate& birth, const CivilDate& today) {
  const int last = days_in_month(today.year, birth.month);
  const int birthday = std::min(birth.day, last);
  const bool before = today.month < birth.month ||
                      (today.month == birth.month && today.day < birthday);
  return today.year - birth.year - (before ? 1 : 0);
}

KITLE_KERNEL(age) {
  const int64_t today = context.params->today;
  const CivilDate date = civil_of(today);
  map(context, what, [&](int64_t a) {
    return a > today ? 0 : years_between(civil_of(a), date);
  });
}

// ---- codes ----

bool has_code(const BoundSet& set, uint32_t code) {
  return test_bit(set.words, std::min(code, set.bits - 1));
}

// A list column, by places of its own domain.
class Lists {
 public:
  Lists(const KernelContext& context, uint32_t slot, uint32_t first)
      : column_(column(context, slot)),
        first_(first),
        elements_(context.view->list_elements[slot]) {}

  std::span<const uint32_t> of(size_t place) const {
    if (column_.physical != Physical::kList) return {};
    const uint32_t* ends = column_.offsets + first_ + place;
    const uint32_t stop = std::min(ends[1], elements_);
    const uint32_t start = std::min(ends[0], stop);
    return {static_cast<const uint32_t*>(column_.data) + start, stop - start};
  }

 private:
  const ColumnView& column_;
  uint32_t first_;
  uint32_t elements_;
};

KITLE_KERNEL(list_has) {
  const Places places = places_of_result(context, what);
  const Lists lists(context, what.slot, places.first);
  const BoundSet& set = *bound.set;
  uint64_t* out = bits(context, what.dst);
  for (size_t i = 0; i < places.count; ++i) {
    set_bit(out, i, std::ranges::any_of(lists.of(i), [&](uint32_t code) {
              return has_code(set, code);
            }));
  }
}

KITLE_KERNEL(list_length) {
  const Places places = places_of_result(context, what);
  const Lists lists(context, what.slot, places.first);
  int64_t* out = values<int64_t>(context, what.dst);
  for (size_t i = 0; i < places.count; ++i) {
    out[i] = static_cast<int64_t>(lists.of(i).size());
  }
}

// A stored code beyond the dictionary has no text.
size_t place_of(const BoundCodes& codes, int64_t code) {
  return static_cast<uint64_t>(code) < codes.values.size()
             ? static_cast<size_t>(code)
             : 0;
}

KITLE_KERNEL(text_length) {
  map(context, what, [&](int64_t a) {
    return bound.codes->values[place_of(*bound.codes, a)];
  });
}

KITLE_KERNEL(look_up) {
  const size_t count = places_of_result(context, what).count;
  const int64_t* a = values<int64_t>(context, what.a);
  int64_t* out = values<int64_t>(context, what.dst);
  uint64_t* found = bits(context, what.dst2);
  for (size_t i = 0; i < count; ++i) {
    const size_t place = place_of(*bound.codes, a[i]);
    out[i] = bound.codes->values[place];
    set_bit(found, i, test_bit(bound.codes->known.data(), place));
  }
}

// The place of the key, or how many there are.
size_t place_of(const LookupParam& lookup, Int128 key) {
  const std::vector<int64_t>& keys = lookup.wholes;
  const auto at = std::ranges::lower_bound(keys, key);
  const bool has = at != keys.end() && *at == key;
  return has ? static_cast<size_t>(at - keys.begin()) : keys.size();
}

KITLE_KERNEL(look_up_whole) {
  const size_t count = places_of_result(context, what).count;
  const Int128* a = values<Int128>(context, what.a);
  int64_t* out = values<int64_t>(context, what.dst);
  uint64_t* found = bits(context, what.dst2);
  const LookupParam& lookup = *bound.lookup;
  for (size_t i = 0; i < count; ++i) {
    const size_t place = place_of(lookup, a[i]);
    const bool has = place < lookup.wholes.size();
    out[i] = has ? lookup.values[place] : 0;
    set_bit(found, i, has);
  }
}

KITLE_KERNEL(among) {
  const size_t count = places_of_result(context, what).count;
  const int64_t* a = values<int64_t>(context, what.a);
  uint64_t* out = bits(context, what.dst);
  for (size_t i = 0; i < count; ++i) set_bit(out, i, bound.wholes->has(a[i]));
}

// One pair of dictionaries.
class Texts {
 public:
  Texts(const KernelContext& context, const Instruction& what)
      : left_(column(context, what.slot).dictionary),
        right_(column(context, what.slot2).dictionary),
        equality_(context.params->texts),
        mode_(what.imm) {
    if (left_ == nullptr || right_ == nullptr) return;
    left_size_ = left_->size();
    right_size_ = right_->size();
  }

  bool equal(int64_t a, int64_t b) {
    if (a <= 0 || b <= 0 || a > left_size_ || b > right_size_) return false;
    if (left_ == right_ && (a == b || mode_ == 0)) return a == b;
    const uint64_t pair =
        static_cast<uint64_t>(a) << 32 | static_cast<uint64_t>(b);
    Answer& answer = answers_[pair * kSpread >> kAnswerShift];
    if (answer.pair != pair) answer = {pair, compared(a, b)};
    return answer.equal;
  }

 private:
  // The latest answers, by a hash of the codes: values of a column come again
  // and again, and folding two texts takes far longer than looking here.
  struct Answer {
    uint64_t pair = 0;  // no code is 0
    bool equal = false;
  };
  static constexpr int kAnswerShift = 56;
  static constexpr uint64_t kSpread = 0x9e3779b97f4a7c15;  // 2^64 / phi

  bool compared(int64_t a, int64_t b) const {
    return equality_->equal(*left_, static_cast<uint32_t>(a), *right_,
                            static_cast<uint32_t>(b), mode_);
  }

  std::array<Answer, size_t{1} << (64 - kAnswerShift)> answers_{};
  const Dictionary* left_;
  const Dictionary* right_;
  const TextEquality* equality_;
  int mode_;
  int64_t left_size_ = 0;
  int64_t right_size_ = 0;
};

KITLE_KERNEL(text_equal) {
  Texts texts(context, what);
  const size_t count = places_of_result(context, what).count;
  const int64_t* a = values<int64_t>(context, what.a);
  const int64_t* b = values<int64_t>(context, what.b);
  uint64_t* out = bits(context, what.dst);
  for (size_t i = 0; i < count; ++i) {
    set_bit(out, i, texts.equal(a[i], b[i]));
  }
}

bool has_text(Texts& texts, int64_t code, std::span<const uint32_t> list) {
  return std::ranges::any_of(
      list, [&](uint32_t element) { return texts.equal(code, element); });
}

KITLE_KERNEL(element_of) {
  Texts texts(context, what);
  const Places places = places_of_result(context, what);
  const Lists lists(context, what.slot2, places.first);
  const int64_t* a = values<int64_t>(context, what.a);
  uint64_t* out = bits(context, what.dst);
  for (size_t i = 0; i < places.count; ++i) {
    set_bit(out, i, has_text(texts, a[i], lists.of(i)));
  }
}

KITLE_KERNEL(element_of_persons) {
  Texts texts(context, what);
  const Lists lists(context, what.slot2, places_of(context, kProfiles).first);
  const uint32_t* offsets =
      context.view->tables[domain_of(context, what.dst)].offsets;
  const int64_t* a = values<int64_t>(context, what.a);
  uint64_t* out = bits(context, what.dst);
  for (size_t row = 0; row < context.view->rows; ++row) {
    const std::span<const uint32_t> list = lists.of(row);
    for (uint32_t i = offsets[row]; i < offsets[row + 1]; ++i) {
      set_bit(out, i, has_text(texts, a[i], list));
    }
  }
}

}  // namespace

void add_time_kernels(KernelTableByOp& table) {
  const auto at = [&](Op op) -> Kernel& {
    return table[static_cast<size_t>(op)];
  };
  at(Op::kListHas) = list_has;
  at(Op::kShift) = shift;
  at(Op::kDayStart) = day_start;
  at(Op::kAge) = age;
  at(Op::kListLength) = list_length;
  at(Op::kTextLength) = text_length;
  at(Op::kLookUp) = look_up;
  at(Op::kLookUpI) = look_up_whole;
  at(Op::kAmongI) = among;
  at(Op::kTextEqual) = text_equal;
  at(Op::kElementOf) = element_of;
  at(Op::kElementOfPersons) = element_of_persons;
}

}  // namespace kitle
