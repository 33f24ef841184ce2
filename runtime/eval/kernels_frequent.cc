// The kernel of most frequent values.
#include <algorithm>
#include <bit>
#include <span>

#include "runtime/eval/kernels_rows.h"

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
                   : nullptr) {
    const Places places = places_of(context, what.table);
    auto* work = reinterpret_cast<int64_t*>(context.scratch->work);
    load_values(context, what, places, work);
    int64_t* times = work + places.count;
    load_column(*context.view->tables[what.table].time, places, times);
    times_ = times;
    found_ = reinterpret_cast<Found*>(times + places.count);
  }

  size_t rows() const { return rows_.rows(); }

  int64_t place_of(size_t row) {
    size_t count = 0;
    rows_.each(row, [&](size_t i) {
      found_[count++] = {values_[i], static_cast<int64_t>(i)};
    });
    const std::span<Found> found(found_, count);
    std::ranges::sort(found, [](const Found& a, const Found& b) {
      return a.value != b.value ? a.value < b.value : a.place < b.place;
    });
    return best_of(found);
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

  // Of groups of one value: the last place of the best one.
  int64_t best_of(std::span<const Found> found) const {
    Found best;
    size_t most = 0;
    for (size_t begin = 0; begin < found.size();) {
      size_t end = begin + 1;
      while (end < found.size() && found[end].value == found[begin].value) {
        ++end;
      }
      const Found& last = found[end - 1];
      const size_t count = end - begin;
      if (count > most || (count == most && is_better(last, best))) {
        best = last;
        most = count;
      }
      begin = end;
    }
    return best.place;
  }

  bool is_better(const Found& a, const Found& b) const {
    const int64_t a_time = times_[a.place];
    const int64_t b_time = times_[b.place];
    if (a_time != b_time) return a_time > b_time;
    if (texts_ == nullptr) return a.value < b.value;
    return texts_->text(static_cast<uint32_t>(a.value)) <
           texts_->text(static_cast<uint32_t>(b.value));
  }

  EventRows rows_;
  const Dictionary* texts_;
  const int64_t* values_ = nullptr;
  const int64_t* times_ = nullptr;
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
