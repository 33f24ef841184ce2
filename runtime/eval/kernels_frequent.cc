// The kernel of most frequent values.
#include <algorithm>
#include <bit>
#include <span>

#include "runtime/eval/cells.h"
#include "runtime/eval/kernels_rows.h"
#include "runtime/eval/value_tallies.h"

namespace kitle {
namespace {

// A value as an integer of the same order, and where it stands.
struct Found {
  int64_t value = 0;
  int64_t place = -1;
};

// Doubles in the order of their values: there is no -0 and no NaN in a column.
int64_t ordered(double number) {
  const auto bits = std::bit_cast<int64_t>(number);
  return bits < 0 ? bits ^ INT64_MAX : bits;
}

class MostFrequent {
 public:
  MostFrequent(const KernelContext& context, const Instruction& what)
      : rows_(context, what),
        texts_(what.v == kNone && is_text_like(column(context, what.slot).type)
                   ? column(context, what.slot).dictionary
                   : nullptr),
        times_(*context.view->tables[what.table].time,
               places_of(context, what.table)),
        tallies_(context.scratch->work, rows_.most_events()) {
    const Places places = places_of(context, what.table);
    auto* work = reinterpret_cast<int64_t*>(
        context.scratch->work + ValueTallies::bytes(rows_.most_events()));
    load_values(context, what, places, work);
    found_ = reinterpret_cast<Found*>(work + places.count);
  }

  size_t rows() const { return rows_.rows(); }

  int64_t place_of(size_t row) {
    if (rows_.events(row) > ValueTallies::kMostEvents) return by_order(row);
    tallies_.next_person();
    rows_.each(row, [&](size_t i) {
      ValueTally& of = tallies_.of(values_[i]);
      ++of.count;
      of.last = static_cast<uint32_t>(i);
    });
    Found best;
    size_t most = 0;
    for (uint32_t i = 0; i < tallies_.count(); ++i) {
      const ValueTally& of = tallies_[i];
      take({of.value, of.last}, of.count, best, most);
    }
    return best.place;
  }

 private:
  void load_values(const KernelContext& context, const Instruction& what,
                   const Places& places, int64_t* work) {
    const bool numbers = what.v == kNone &&
                         column(context, what.slot).physical == Physical::kF64;
    if (!numbers) {
      values_ = integer_operand(context, what, what.table,
                                reinterpret_cast<std::byte*>(work));
      return;
    }
    const double* data = stored<double>(column(context, what.slot), places);
    std::transform(data, data + places.count, work, ordered);
    values_ = work;
  }

  // `last`: the last event of a value that so many events have.
  void take(const Found& last, size_t count, Found& best, size_t& most) const {
    if (count < most || (count == most && !is_better(last, best))) return;
    best = last;
    most = count;
  }

  // Of people with very many events: groups of one value, sorted.
  int64_t by_order(size_t row) {
    size_t count = 0;
    rows_.each(row, [&](size_t i) {
      found_[count++] = {values_[i], static_cast<int64_t>(i)};
    });
    const std::span<Found> found(found_, count);
    std::ranges::sort(found, [](const Found& a, const Found& b) {
      return a.value != b.value ? a.value < b.value : a.place < b.place;
    });
    Found best;
    size_t most = 0;
    for (size_t begin = 0; begin < found.size();) {
      size_t end = begin + 1;
      while (end < found.size() && found[end].value == found[begin].value) {
        ++end;
      }
      take(found[end - 1], end - begin, best, most);
      begin = end;
    }
    return best.place;
  }

  bool is_better(const Found& a, const Found& b) const {
    const int64_t a_time = times_.value(static_cast<size_t>(a.place));
    const int64_t b_time = times_.value(static_cast<size_t>(b.place));
    if (a_time != b_time) return a_time > b_time;
    if (texts_ == nullptr) return a.value < b.value;
    return texts_->text(static_cast<uint32_t>(a.value)) <
           texts_->text(static_cast<uint32_t>(b.value));
  }

  EventRows rows_;
  const Dictionary* texts_;
  Cells times_;
  ValueTallies tallies_;
  const int64_t* values_ = nullptr;
  Found* found_ = nullptr;
};

KITLE_KERNEL(most_frequent) {
  MostFrequent frequent(context, what);
  int64_t* out = values<int64_t>(context, what.dst);
  for (size_t row = 0; row < frequent.rows(); ++row) {
    out[row] = frequent.place_of(row);
  }
}

}  // namespace

void add_frequent_kernels(KernelTableByOp& table) {
  table[static_cast<size_t>(Op::kMostFrequent)] = most_frequent;
}

}  // namespace kitle
