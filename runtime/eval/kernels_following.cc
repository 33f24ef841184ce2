// Kernels of sequences of two steps that many rules ask for: the next event of
// the second step is found once for all of them.
#include <algorithm>
#include <span>

#include "runtime/eval/kernels_parts.h"
#include "runtime/eval/places.h"

namespace kitle {
namespace {

constexpr int64_t kNever = INT64_MAX;

// How long after each event of a person the next of the others is.
void wait_for_next(std::span<const int64_t> times, const uint64_t* mask,
                   const int64_t* later, uint32_t first, uint32_t end,
                   int64_t* out) {
  uint32_t next = next_place(mask, first, end);
  for (size_t i = 0; i < times.size();) {
    while (next < end && later[next] <= times[i]) {
      next = next_place(mask, next + 1, end);
    }
    if (next >= end) {
      std::fill(out + i, out + times.size(), kNever);
      return;
    }
    const int64_t until = later[next];
    for (; i < times.size() && times[i] < until; ++i) {
      out[i] = wrap_sub(until, times[i]);
    }
  }
}

KITLE_KERNEL(following) {
  const KernelTable& own = context.view->tables[domain_of(context, what.dst)];
  const KernelTable& other = context.view->tables[what.table];
  const auto* mask = values_or_null<const uint64_t>(context, what.a);
  const auto* later = values<const int64_t>(context, what.b);
  const auto* times = values<const int64_t>(context, what.v);
  auto* out = values<int64_t>(context, what.dst);
  for (uint32_t row = 0; row < context.view->rows; ++row) {
    const uint32_t begin = own.offsets[row];
    wait_for_next({times + begin, own.offsets[row + 1] - begin}, mask, later,
                  other.offsets[row], other.offsets[row + 1], out + begin);
  }
}

// How long after an event what follows it is in time.
class Limits {
 public:
  Limits(const KernelContext& context, const Instruction& what)
      : times_(values<const int64_t>(context, what.b)),
        ends_(values_or_null<const int64_t>(context, what.c)) {
    if (what.param == kNone) return;
    const Int128 within = context.params->ints[what.param];
    same_ = std::min(static_cast<int64_t>(within), same_);
  }

  int64_t operator()(uint32_t place) const {
    if (ends_ == nullptr) return same_;
    return std::min(same_, wrap_sub(ends_[place], times_[place]));
  }

 private:
  const int64_t* times_;
  const int64_t* ends_;
  int64_t same_ = kNever - 1;
};

KITLE_KERNEL(any_followed) {
  const KernelTable& table = context.view->tables[what.table];
  const auto* mask = values_or_null<const uint64_t>(context, what.a);
  const auto* waits = values<const int64_t>(context, what.v);
  const Limits limit(context, what);
  const bool wanted = what.imm == 0;
  const uint32_t rows = context.view->rows;
  const uint32_t end = table.offsets[rows];
  uint64_t* out = bits(context, what.dst);
  std::fill_n(out, (size_t{rows} + 63) / 64, uint64_t{0});
  uint32_t row = 0;
  for (uint32_t at = next_place(mask, table.offsets[0], end); at < end;
       at = next_place(mask, at + 1, end)) {
    if ((waits[at] <= limit(at)) != wanted) continue;
    while (table.offsets[row + 1] <= at) ++row;
    set_bit(out, row, true);
  }
}

}  // namespace

void add_following_kernels(KernelTableByOp& table) {
  table[static_cast<size_t>(Op::kFollowing)] = following;
  table[static_cast<size_t>(Op::kAnyFollowed)] = any_followed;
}

}  // namespace kitle
