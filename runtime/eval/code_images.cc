#include "runtime/eval/code_images.h"

#include <algorithm>

namespace kitle {

std::vector<Physical> layout_of(const BoundBlock& block) {
  std::vector<Physical> layout;
  for (const ColumnView& slot : block.slots) layout.push_back(slot.physical);
  return layout;
}

bool has_layout(const BoundBlock& block, const std::vector<Physical>& layout) {
  return std::ranges::equal(block.slots, layout, {}, &ColumnView::physical);
}

bool answers_all(const MachineCode& code, const Binding& bound) {
  const auto lacks = [&](const BoundBlock& block) {
    return code.function_for(block) == nullptr;
  };
  for (uint32_t i = 0; i < bound.snapshot().blocks(); ++i) {
    const auto versions = bound.columns(i);
    if (!versions) continue;
    if (lacks((*versions)->base)) return false;
    const bool newer = (*versions)->overlay_view != nullptr;
    if (newer && lacks((*versions)->overlay)) return false;
  }
  return true;
}

ChunkFunction CodeImages::function_for(const BoundBlock& block) const {
  for (const Made& made : made_) {
    if (made.code == block.code && has_layout(block, made.layout)) {
      return made.image->function();
    }
  }
  return nullptr;
}

}  // namespace kitle
