#include "runtime/eval/slices.h"

#include <algorithm>
#include <utility>

namespace kitle {

void Slices::add_view(const BlockView& view, size_t people, Sum& sum) {
  uint64_t largest = 0;
  for (const TableView& table : view.tables) {
    sum.events += uint64_t{table.events} * people / view.profiles;
    largest = std::max(largest, uint64_t{table.events});
  }
  sum.people += people;
  sum.largest += largest;
}

void Slices::add(uint32_t block, const BoundVersions& bound,
                 const BlockDues& dues) {
  constexpr uint64_t kEnoughEvents = uint64_t{1} << 22;
  Sum sum;
  add_view(*bound.base_view, dues.base.size(), sum);
  if (bound.overlay_view != nullptr) {
    add_view(*bound.overlay_view, dues.overlay.size(), sum);
  }
  const bool enough = sum_.people >= wanted_ || sum_.events >= kEnoughEvents;
  if (enough || sum_.people + sum.people > kBlockRows ||
      sum_.largest + sum.largest > UINT32_MAX) {
    close(block);
  }
  sum_.people += sum.people;
  sum_.events += sum.events;
  sum_.largest += sum.largest;
}

void Slices::close(uint32_t block) {
  if (sum_.people > 0) slices_.push_back({begin_, block});
  begin_ = block;
  sum_ = {};
}

std::vector<Slice> Slices::take(uint32_t blocks) {
  close(blocks);
  return std::exchange(slices_, {});
}

}  // namespace kitle
