#include "runtime/eval/due_pieces.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "runtime/eval/kernels_parts.h"
#include "runtime/wide.h"

namespace kitle {
namespace {

// Where a span begins, or the first value behind it.
struct Edge {
  int64_t at = 0;
  bool begins = false;
  DuePieces::Entry entry;
};

std::vector<Edge> edges_of(std::span<const DueSpan> spans) {
  std::vector<Edge> edges;
  edges.reserve(spans.size() * 2);
  for (const DueSpan& each : spans) {
    const DuePieces::Entry entry{each.step, each.use};
    edges.push_back({each.values.low, true, entry});
    if (each.values.high == INT64_MAX) continue;
    edges.push_back({each.values.high + 1, false, entry});
  }
  std::ranges::sort(edges, {}, &Edge::at);
  return edges;
}

}  // namespace

DuePieces::DuePieces(std::vector<DueSpan> spans, const Bounds& extent,
                     const Scale& scale)
    : scale_(scale) {
  std::erase_if(spans, [&](const DueSpan& each) {
    return each.values.low > extent.high || each.values.high < extent.low;
  });
  if (spans.empty()) return;
  for (DueSpan& each : spans) {
    each.values.low = std::max(each.values.low, extent.low);
    each.values.high = std::min(each.values.high, extent.high);
  }
  choose_pieces(spans);
  cut(spans);
  mark(spans);
}

// Rounded down, so that the values of a piece lie together.
int64_t DuePieces::scaled(int64_t value) const {
  int64_t above = 0;
  if (__builtin_sub_overflow(value, scale_.base, &above)) {
    above = value < 0 ? INT64_MIN : INT64_MAX;
  }
  const int64_t whole = above / scale_.unit;
  return whole - (whole * scale_.unit > above ? 1 : 0);
}

void DuePieces::choose_pieces(std::span<const DueSpan> spans) {
  constexpr uint64_t kMostPieces = 1 << 18;  // whose marks the L1 cache holds
  constexpr int64_t kPiecesASpan = 8;        // so that few others are in one
  low_ = INT64_MAX;
  high_ = INT64_MIN;
  Int128 length = 0;  // of the spans together
  for (const DueSpan& each : spans) {
    low_ = std::min(low_, each.values.low);
    high_ = std::max(high_, each.values.high);
    length += Int128{scaled(each.values.high)} - scaled(each.values.low);
  }
  marked_.low = scaled(low_);
  narrow_ = marked_.low >= INT32_MIN && scaled(high_) <= INT32_MAX;
  const uint64_t range =
      static_cast<uint64_t>(scaled(high_)) - static_cast<uint64_t>(marked_.low);
  const Int128 most = Int128{kPiecesASpan} * static_cast<int64_t>(spans.size());
  while (range >> marked_.shift >= kMostPieces ||
         length >> marked_.shift > most) {
    ++marked_.shift;
  }
  marked_.pieces = (range >> marked_.shift) + 1;
}

// In each part of the range the same spans are open.
void DuePieces::cut(std::span<const DueSpan> spans) {
  std::vector<Entry> open;  // in order
  const std::vector<Edge> edges = edges_of(spans);
  for (size_t i = 0; i < edges.size();) {
    const int64_t at = edges[i].at;
    for (; i < edges.size() && edges[i].at == at; ++i) {
      const Entry& entry = edges[i].entry;
      const auto place = std::ranges::lower_bound(open, entry);
      if (edges[i].begins) {
        open.insert(place, entry);
      } else {
        open.erase(place);
      }
    }
    cuts_.push_back(at);
    entries_.insert(entries_.end(), open.begin(), open.end());
    ends_.push_back(static_cast<uint32_t>(entries_.size()));
  }
}

void DuePieces::mark(std::span<const DueSpan> spans) {
  marks_.assign(marked_.pieces / 64 + 1, 0);
  marked_.marks = marks_.data();  // there, too, where this is moved to
  for_pieces(spans, [&](uint64_t piece) {
    marks_[piece / 64] |= uint64_t{1} << (piece % 64);
  });
  uint32_t part = 0;
  uint32_t some = 0;  // words
  for (size_t word = 0; word < marks_.size(); ++word) {
    starts_.push_back(some * 64);
    if (marks_[word] == 0) continue;
    ++some;
    for (uint64_t piece = word * 64; piece < word * 64 + 64; ++piece) {
      while (part + 1 < cuts_.size() &&
             marked_.piece_of(scaled(cuts_[part + 1])) < piece) {
        ++part;
      }
      parts_.push_back(part);
    }
  }
}

template <class Use>
void DuePieces::for_pieces(std::span<const DueSpan> spans, Use use) const {
  for (const DueSpan& each : spans) {
    const uint64_t last = marked_.piece_of(scaled(each.values.high));
    uint64_t piece = marked_.piece_of(scaled(each.values.low));
    for (; piece <= last; ++piece) use(piece);
  }
}

void DuePieces::find(const ColumnView& column, const Places& places,
                     uint64_t* out) const {
  assert(places.count <= kMostPlaces);
  const bool same = Scale{column.base, column.unit} == scale_;
  if (same && narrow_ && column.physical == Physical::kI32) {
    const auto* values = stored<int32_t>(column, places);
    return find_marked(std::span(values, places.count), marked_, out);
  }
  std::array<int64_t, kMostPlaces> values;
  load_column(column, places, values.data());
  const auto some = std::span(values).first(places.count);
  if (scale_ != Scale()) {
    for (int64_t& each : some) each = scaled(each);
  }
  find_marked(some, marked_, out);
}

// Of a mapping that changes under us any value may be asked for.
std::span<const DuePieces::Entry> DuePieces::at(int64_t value,
                                                uint8_t step) const {
  const uint64_t piece = marked_.piece_of(scaled(value));
  const bool marked =
      piece < marked_.pieces && (marks_[piece / 64] >> (piece % 64) & 1) != 0;
  if (!marked || value < low_) return {};
  uint32_t part = parts_[starts_[piece / 64] + piece % 64];
  while (part + 1 < cuts_.size() && cuts_[part + 1] <= value) ++part;
  const uint32_t begin = part == 0 ? 0 : ends_[part - 1];
  const auto all = std::span(entries_).subspan(begin, ends_[part] - begin);
  const auto first = std::ranges::lower_bound(all, step, {}, &Entry::step);
  return all.subspan(static_cast<size_t>(first - all.begin()));
}

}  // namespace kitle
