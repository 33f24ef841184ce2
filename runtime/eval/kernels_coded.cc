// Kernels of events found by their code (coded.h): the index, and whether and
// how many events of a set of codes there are in a range of time. A set that
// takes a good part of the events is asked with masks, as elsewhere.
#include "runtime/eval/kernels_target.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "runtime/eval/kernels_coded.cc"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <algorithm>
#include <bit>

#include "runtime/eval/coded.h"
#include "runtime/eval/kernels_parts.h"
#include "runtime/eval/kernels_vector-inl.h"
#include "runtime/eval/registers.h"

HWY_BEFORE_NAMESPACE();
namespace kitle::HWY_NAMESPACE {

// The bits of the events begin..end-1 whose time is in the range, in words of
// up to a vector's lanes: use(first, bits).
template <class Use>
HWY_INLINE void times_within(const CodedEvents& events, size_t begin,
                             size_t end, const BoundRange& range, Use use) {
  const Full<int64_t> d;
  const size_t lanes = hn::Lanes(d);
  // One comparison, a signed one, as in kernels_columns.cc.
  const uint64_t from = static_cast<uint64_t>(range.low) + (uint64_t{1} << 63);
  const auto start = hn::Set(d, static_cast<int64_t>(from));
  const auto last = hn::Set(
      d, static_cast<int64_t>(static_cast<uint64_t>(range.high) - from));
  for (size_t i = begin; i < end; i += lanes) {
    const auto since = hn::Sub(hn::LoadU(d, events.times + i), start);
    const uint64_t outside = lane_bits(d, hn::Gt(since, last));
    const size_t some = std::min(lanes, end - i);
    use(i, ~outside & ((uint64_t{1} << some) - 1));
  }
}

// use(row) for each event begin..end-1 in the range.
template <class Use>
HWY_INLINE void rows_within(const CodedEvents& events, size_t begin, size_t end,
                            const BoundRange& range, Use use) {
  if (range.form == BoundRange::Form::kNever) return;
  if (range.form == BoundRange::Form::kPresent) {
    for (size_t i = begin; i < end; ++i) use(events.rows[i]);
    return;
  }
  times_within(events, begin, end, range, [&](size_t first, uint64_t found) {
    for (; found != 0; found &= found - 1) {
      use(events.rows[first + static_cast<size_t>(std::countr_zero(found))]);
    }
  });
}

void mark_rows(const CodedEvents& events, size_t begin, size_t end,
               const BoundRange& range, uint64_t* HWY_RESTRICT out) {
  rows_within(events, begin, end, range, [&](uint32_t row) {
    out[row / 64] |= uint64_t{1} << (row % 64);
  });
}

void count_rows(const CodedEvents& events, size_t begin, size_t end,
                const BoundRange& range, uint64_t* HWY_RESTRICT out) {
  rows_within(events, begin, end, range, [&](uint32_t row) { ++out[row]; });
}

}  // namespace kitle::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <array>

namespace kitle {
namespace {

HWY_EXPORT(mark_rows);
HWY_EXPORT(count_rows);

// ---- the index ----

constexpr uint32_t kDigitBits = 11;
constexpr size_t kDigits = size_t{1} << kDigitBits;

// A pass of a radix sort: by one digit of the upper half.
void sort_by_digit(const uint64_t* from, size_t count, uint32_t shift,
                   uint64_t* to) {
  std::array<uint32_t, kDigits> starts = {};
  const auto digit = [&](uint64_t pair) {
    return (pair >> (32 + shift)) % kDigits;
  };
  for (size_t i = 0; i < count; ++i) ++starts[digit(from[i])];
  uint32_t before = 0;
  for (uint32_t& start : starts) {
    const uint32_t size = start;
    start = before;
    before += size;
  }
  for (size_t i = 0; i < count; ++i) to[starts[digit(from[i])]++] = from[i];
}

// The largest code that a column may store; a larger one counts as missing.
uint32_t largest_code(const ColumnView& column) {
  return column.dictionary == nullptr ? 0 : column.dictionary->size();
}

class IndexMaker {
 public:
  IndexMaker(const KernelContext& context, const Instruction& what)
      : context_(context),
        places_(places_of_result(context, what)),
        offsets_(context.view->tables[domain_of(context, what.dst)].offsets),
        begin_(offsets_[0]),
        count_(offsets_[context.view->rows] - begin_),
        column_(column(context, what.slot)),
        time_(column(context, what.slot2)),
        largest_(has_integers(column_) ? largest_code(column_) : 0),
        times_(static_cast<int64_t*>(context.scratch->registers[what.dst])),
        rows_(reinterpret_cast<uint32_t*>(times_ + places_.count)),
        codes_(rows_ + places_.count) {}

  void run() {
    with_codes([&](auto code) {
      if (largest_ < places_.count) return by_directory(code);
      by_sorting(code);
    });
  }

 private:
  // use(a function that gives the code at a place)
  template <class Use>
  void with_codes(Use use) {
    if (largest_ == 0) return use([](uint32_t) { return 0u; });
    with_integer_type(column_.physical, [&](auto* type) {
      using T = std::remove_cvref_t<decltype(*type)>;
      const T* codes = stored<T>(column_, places_);
      use([this, codes](uint32_t place) {
        const auto code = static_cast<uint32_t>(codes[place]);
        return code <= largest_ ? code : 0;
      });
    });
  }

  // use(a function that gives the stored time at a place)
  template <class Use>
  void with_times(Use use) {
    if (!has_integers(time_)) return use([](uint32_t) { return int64_t{0}; });
    with_integer_type(time_.physical, [&](auto* type) {
      using T = std::remove_cvref_t<decltype(*type)>;
      const T* times = stored<T>(time_, places_);
      use([times](uint32_t place) {
        return static_cast<int64_t>(times[place]);
      });
    });
  }

  template <class Code>
  void by_directory(Code code) {
    std::fill_n(codes_, size_t{largest_} + 1, 0u);
    const auto end = static_cast<uint32_t>(begin_ + count_);
    for (uint32_t i = begin_; i < end; ++i) ++codes_[code(i)];
    uint32_t before = 0;
    for (size_t i = 0; i <= largest_; ++i) {
      const uint32_t some = codes_[i];
      codes_[i] = before;
      before += some;
    }
    with_times([&](auto time) {
      each_place([&](uint32_t row, uint32_t place) {
        const uint32_t at = codes_[code(place)]++;
        times_[at] = time(place);
        rows_[at] = row;
      });
    });
  }

  // Of many codes and few events: pairs of code and place are sorted.
  template <class Code>
  void by_sorting(Code code) {
    auto* pairs = reinterpret_cast<uint64_t*>(context_.scratch->work);
    uint64_t* other = pairs + count_;
    for (size_t i = 0; i < count_; ++i) {
      const auto place = static_cast<uint32_t>(begin_ + i);
      pairs[i] = uint64_t{code(place)} << 32 | place;
    }
    for (uint32_t shift = 0; shift < 32 && largest_ >> shift != 0;
         shift += kDigitBits) {
      sort_by_digit(pairs, count_, shift, other);
      std::swap(pairs, other);
    }
    // By place, whose event it is.
    auto* rows = reinterpret_cast<uint32_t*>(other);
    each_place(
        [&](uint32_t row, uint32_t place) { rows[place - begin_] = row; });
    with_times([&](auto time) {
      for (size_t i = 0; i < count_; ++i) {
        const auto place = static_cast<uint32_t>(pairs[i]);
        codes_[i] = static_cast<uint32_t>(pairs[i] >> 32);
        rows_[i] = rows[place - begin_];
        times_[i] = time(place);
      }
    });
  }

  template <class Use>
  void each_place(Use use) {
    for (uint32_t row = 0; row < context_.view->rows; ++row) {
      for (uint32_t i = offsets_[row]; i < offsets_[row + 1]; ++i) use(row, i);
    }
  }

  const KernelContext& context_;
  Places places_;
  const uint32_t* offsets_;
  uint32_t begin_;  // the first place of the chunk's profiles
  size_t count_;
  const ColumnView& column_;
  const ColumnView& time_;
  uint32_t largest_;
  int64_t* times_;
  uint32_t* rows_;
  uint32_t* codes_;
};

KITLE_KERNEL(by_code) { IndexMaker(context, what).run(); }

// ---- questions ----

CodedEvents coded_events(const KernelContext& context,
                         const Instruction& what) {
  const KernelTable& table = context.view->tables[what.table];
  const ColumnView& codes = column(context, what.slot);
  return CodedEvents::in(context.scratch->registers[what.a],
                         places_of(context, what.table).count,
                         table.offsets[context.view->rows] - table.offsets[0],
                         has_integers(codes) ? largest_code(codes) : 0);
}

uint64_t mask_bytes(uint64_t places) { return (places / 64 + 9) / 8 * 64; }

// What stands for the instruction where its set takes many events: in_set,
// in_range, and, and `fold` of what they leave.
class ByMasks {
 public:
  ByMasks(const KernelContext& context, const Instruction& what,
          const BoundInstruction& bound)
      : what_(what),
        bound_(bound),
        params_(*context.params),
        scratch_(*context.scratch) {
    const uint64_t bytes = mask_bytes(places_of(context, what.table).count);
    std::byte* masks = scratch_.work + scratch_.work_bytes - 3 * bytes;
    for (size_t i = 0; i < 3; ++i) {
      registers_[i] = {RegisterKind::kBits, what.table};
      memory_[i] = masks + i * bytes;
    }
    registers_[kResult] = params_.registers[what.dst];
    memory_[kResult] = scratch_.registers[what.dst];
    params_.registers = registers_.data();
    scratch_.registers = memory_.data();
    context_ = context;
    context_.params = &params_;
    context_.scratch = &scratch_;
  }

  void run(Op fold) {
    uint32_t mask = 0;
    call({.op = Op::kInSet, .dst = 0, .slot = what_.slot});
    if (bound_.range.form != BoundRange::Form::kPresent) {
      call({.op = Op::kInRange, .dst = 1, .slot = what_.slot2});
      call({.op = Op::kAnd, .dst = 2, .a = 0, .b = 1});
      mask = 2;
    }
    call({.op = fold, .dst = kResult, .a = mask, .table = what_.table});
  }

 private:
  static constexpr uint32_t kResult = 3;

  void call(const Instruction& what) const {
    static const KernelTableByOp kernels = kernels_by_op();
    kernels[static_cast<size_t>(what.op)](context_, what, bound_);
  }

  const Instruction& what_;
  const BoundInstruction& bound_;
  std::array<Register, 4> registers_;
  std::array<void*, 4> memory_ = {};
  KernelParams params_;
  KernelScratch scratch_;
  KernelContext context_;
};

// use(begin, end) for the events of each code of the set; false, maybe half
// way, where they are more than a part of all.
template <class Use>
bool each_code(const CodedEvents& events, const BoundSet& set, Use use) {
  constexpr size_t kPart = 4;
  size_t left = events.count / kPart + kPart;
  size_t before = 0;
  const auto codes = [&](uint32_t low, uint32_t high) {
    const auto [begin, end] = events.of(low, high, before);
    if (end - begin > left) return false;
    left -= end - begin;
    use(begin, end);
    before = end;
    return true;
  };
  if (set.form == BoundSet::Form::kNever) return true;
  if (set.form == BoundSet::Form::kRange) return codes(set.low, set.high);
  if (set.count > left) return false;
  for (size_t word = set.low / 64; word <= set.high / 64; ++word) {
    for (uint64_t rest = set.words[word]; rest != 0; rest &= rest - 1) {
      const auto code =
          static_cast<uint32_t>(word * 64 + std::countr_zero(rest));
      if (!codes(code, code)) return false;
    }
  }
  return true;
}

KITLE_KERNEL(any_coded) {
  const CodedEvents events = coded_events(context, what);
  uint64_t* out = bits(context, what.dst);
  std::fill_n(out, (size_t{context.view->rows} + 63) / 64, uint64_t{0});
  const bool few = each_code(events, *bound.set, [&](size_t begin, size_t end) {
    HWY_DYNAMIC_DISPATCH(mark_rows)(events, begin, end, bound.range, out);
  });
  if (!few) ByMasks(context, what, bound).run(Op::kAny);
}

KITLE_KERNEL(count_coded) {
  const CodedEvents events = coded_events(context, what);
  auto* out = values<uint64_t>(context, what.dst);
  std::fill_n(out, context.view->rows, uint64_t{0});
  const bool few = each_code(events, *bound.set, [&](size_t begin, size_t end) {
    HWY_DYNAMIC_DISPATCH(count_rows)(events, begin, end, bound.range, out);
  });
  if (!few) ByMasks(context, what, bound).run(Op::kCount);
}

}  // namespace

void add_coded_kernels(KernelTableByOp& table) {
  table[static_cast<size_t>(Op::kByCode)] = by_code;
  table[static_cast<size_t>(Op::kAnyCoded)] = any_coded;
  table[static_cast<size_t>(Op::kCountCoded)] = count_coded;
}

uint64_t coded_work_bytes(uint32_t table, const ChunkLimits& limits) {
  const uint64_t places = places_in(table, limits);
  const uint64_t index = (places + 64) * 16;
  const uint64_t folds = (places / 64 + limits.rows + 40) * 8;
  return std::max(index, folds + 3 * mask_bytes(places));
}

}  // namespace kitle
#endif  // HWY_ONCE
