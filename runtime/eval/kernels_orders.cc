// Kernels of orders: the rows of one order of a counted type stand together,
// and a bit of order_starts marks the first of each. Rows before the chunk's
// first profile may be the end of an order; nobody asks for them.
#include <algorithm>
#include <bit>
#include <cstring>

#include "runtime/eval/kernels_parts.h"

namespace kitle {
namespace {

class Orders {
 public:
  Orders(const KernelContext& context, const Instruction& what)
      : places_(places_of_result(context, what)),
        starts_(table_of(context, what).order_starts),
        rows_(table_of(context, what).every_row_is_an_order != 0 ||
              starts_ == nullptr),
        mask_(values_or_null<uint64_t>(context, what.a)) {}

  const Places& places() const { return places_; }
  // Every row is an order of its own.
  bool rows() const { return rows_; }
  uint64_t starts(size_t word) const { return starts_[word]; }
  uint64_t mask(size_t word) const {
    return mask_ == nullptr ? ~uint64_t{0} : mask_[word];
  }
  bool in_mask(size_t i) const {
    return mask_ == nullptr || test_bit(mask_, i);
  }
  // The end of the order that holds place i.
  size_t end(size_t i) const {
    if (rows_) return i + 1;
    size_t k = i / 64;
    uint64_t word = starts_[k] & (~uint64_t{1} << (i % 64));
    while (word == 0 && ++k < places_.words()) word = starts_[k];
    if (word == 0) return places_.count;
    const size_t found = k * 64 + static_cast<size_t>(std::countr_zero(word));
    return std::min(found, size_t{places_.count});
  }

 private:
  static const KernelTable& table_of(const KernelContext& context,
                                     const Instruction& what) {
    return context.view->tables[domain_of(context, what.dst)];
  }

  Places places_;
  const uint64_t* starts_;
  bool rows_;
  const uint64_t* mask_;
};

// The lowest bit of `mask` in each piece of the word that begins at a bit of
// `starts` (bit 0 among them). With the last place of every piece set, a
// piece less its start borrows nothing from the next one, and loses just its
// lowest bit.
uint64_t first_bits(uint64_t mask, uint64_t starts) {
  const uint64_t ends = starts >> 1 | uint64_t{1} << 63;
  const uint64_t guarded = mask | ends;
  return mask & guarded & ~(guarded - starts);
}

// Whether an order that is open at the end of a word has had a row of the
// mask; one bit of state from word to word.
class OpenOrder {
 public:
  uint64_t first_bits_of(uint64_t mask, uint64_t starts) {
    uint64_t first = first_bits(mask, starts | 1);
    const uint64_t before = starts == 0 ? ~uint64_t{0} : starts ^ (starts - 1);
    const uint64_t carried = starts == 0 ? before : before >> 1;
    if (seen_) first &= ~carried;
    seen_ = starts == 0 ? seen_ || mask != 0
                        : mask >> (63 - std::countl_zero(starts)) != 0;
    return first;
  }

 private:
  bool seen_ = false;
};

void first_rows(const Orders& orders, uint64_t* out) {
  OpenOrder open;
  for (size_t k = 0; k < orders.places().words(); ++k) {
    out[k] = orders.rows()
                 ? orders.mask(k)
                 : open.first_bits_of(orders.mask(k), orders.starts(k));
  }
}

KITLE_KERNEL(order_first) {
  first_rows(Orders(context, what), bits(context, what.dst));
}

// use(begin, end) for each order of the chunk.
template <class Use>
void each_order(const Orders& orders, Use&& use) {
  for (size_t begin = 0; begin < orders.places().count;) {
    const size_t end = orders.end(begin);
    use(begin, end);
    begin = end;
  }
}

bool any_in_mask(const Orders& orders, size_t begin, size_t end) {
  while (begin < end && !orders.in_mask(begin)) ++begin;
  return begin < end;
}

KITLE_KERNEL(order_has) {
  const Orders orders(context, what);
  uint64_t* out = bits(context, what.dst);
  if (orders.rows()) return first_rows(orders, out);
  std::memset(out, 0, orders.places().words() * 8);
  each_order(orders, [&](size_t begin, size_t end) {
    if (any_in_mask(orders, begin, end)) set_range(out, begin, end);
  });
}

template <class Sum, class T>
void order_sums(const KernelContext& context, const Instruction& what,
                const T* data) {
  const Orders orders(context, what);
  Sum* out = values<Sum>(context, what.dst);
  each_order(orders, [&](size_t begin, size_t end) {
    Sum sum = 0;
    for (size_t i = begin; i < end; ++i) {
      if (orders.in_mask(i)) sum += static_cast<Sum>(data[i]);
    }
    std::fill(out + begin, out + end, sum);
  });
}

const int64_t* integers(const KernelContext& context, const Instruction& what) {
  return integer_operand(context, what, domain_of(context, what.dst),
                         context.scratch->work);
}

KITLE_KERNEL(order_sum) {
  // Proved to fit where it is asked for; elsewhere it may wrap.
  order_sums<uint64_t>(context, what, integers(context, what));
}
KITLE_KERNEL(order_sum_wide) {
  order_sums<Int128>(context, what, integers(context, what));
}
KITLE_KERNEL(order_sum_number) {
  order_sums<double>(context, what,
                     number_operand(context, what, domain_of(context, what.dst),
                                    context.scratch->work));
}

}  // namespace

void add_order_kernels(KernelTableByOp& table) {
  const auto at = [&](Op op) -> Kernel& {
    return table[static_cast<size_t>(op)];
  };
  at(Op::kOrderFirst) = order_first;
  at(Op::kOrderHas) = order_has;
  at(Op::kOrderSumI) = order_sum;
  at(Op::kOrderSumW) = order_sum_wide;
  at(Op::kOrderSumF) = order_sum_number;
}

}  // namespace kitle
