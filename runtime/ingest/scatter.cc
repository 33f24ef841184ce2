#include "runtime/ingest/scatter.h"

#include <algorithm>
#include <numeric>

#include "runtime/ingest/pieces.h"

namespace kitle {

void RowScatter::add(Staging& to, size_t table, const RowLayout& layout,
                     const TableRows& rows, std::span<const uint32_t> which) {
  if (which.empty()) return;
  const auto piece = [&](uint32_t partition, std::span<const uint32_t> chosen) {
    if (chosen.empty()) return;
    const PieceWriter writer(layout, rows, chosen);
    writer.write(to.add(partition, table, writer.bytes()));
  };
  const auto [least, greatest] = std::ranges::minmax(partitions_);
  if (least == greatest) return piece(least, which);
  ends_.assign(greatest - least + 1, 0);
  for (const uint32_t partition : partitions_) ++ends_[partition - least];
  std::exclusive_scan(ends_.begin(), ends_.end(), ends_.begin(), 0U);
  sorted_.resize(which.size());
  for (size_t i = 0; i < which.size(); ++i) {
    sorted_[ends_[partitions_[i] - least]++] = which[i];
  }
  uint32_t begin = 0;
  for (size_t i = 0; i < ends_.size(); ++i) {
    piece(least + static_cast<uint32_t>(i),
          std::span(sorted_).subspan(begin, ends_[i] - begin));
    begin = ends_[i];
  }
}

}  // namespace kitle
