// Columns of integers, converted in one piece.
#include <algorithm>

#include "runtime/ingest/convert.h"

namespace kitle {

bool ValueConverter::convert_integers(RowBatch& batch,
                                      std::span<const uint32_t> rows,
                                      ConvertScratch& scratch,
                                      TypedColumn& out) const {
  if (!plain_) return false;
  const CellColumn& column = batch.columns[*plain_];
  if (column.form != CellColumn::Form::kIntegers) return false;
  if (!is_text_like(type_)) return scale_integers(column, out);
  if (column.kind != Cell::Kind::kInteger) return false;
  write_integers(column, rows, batch.arena, scratch, out);
  return true;
}

namespace {

struct Scale {
  int64_t factor = 0;  // 0: there is none
  bool (*in_range)(int64_t) = nullptr;
};

int64_t power_of_ten(int places) {
  int64_t power = 1;
  for (int i = 0; i < places; ++i) power *= 10;
  return power;
}

// Whether all of the values, also those of missing cells, stay in the range.
bool fits(const std::vector<int64_t>& values, const Scale& scale) {
  const auto [low, high] = std::ranges::minmax(values);
  int64_t least = 0;
  int64_t greatest = 0;
  return !__builtin_mul_overflow(low, scale.factor, &least) &&
         !__builtin_mul_overflow(high, scale.factor, &greatest) &&
         (scale.in_range == nullptr ||
          (scale.in_range(least) && scale.in_range(greatest)));
}

}  // namespace

// Where the integers are the values, times a power of ten, and all in range.
bool ValueConverter::scale_integers(const CellColumn& column,
                                    TypedColumn& out) const {
  using Kind = Cell::Kind;
  Scale scale;
  if (type_ == TypeKind::kInteger && column.kind == Kind::kInteger) {
    scale.factor = 1;
  } else if (type_ == TypeKind::kMoney && column.kind == Kind::kInteger) {
    scale.factor = power_of_ten(currency_digits_);
  } else if (type_ == TypeKind::kFlag && column.kind == Kind::kFlag) {
    scale.factor = 1;
  } else if (type_ == TypeKind::kDate && column.kind == Kind::kDate &&
             unix_places_ < 0) {
    scale = {1, in_range_day};
  } else if (type_ == TypeKind::kTime && unix_places_ >= 0 &&
             column.kind == Kind::kInteger) {
    scale = {power_of_ten(unix_places_), in_range_instant};
  } else if (type_ == TypeKind::kTime && unix_places_ < 0 &&
             column.kind == Kind::kTime) {
    scale = {1, in_range_instant};
  }
  if (scale.factor == 0 || column.integers.empty()) return false;
  if (!fits(column.integers, scale)) return false;
  for (size_t i = 0; i < out.ints.size(); ++i) {
    out.ints[i] = column.integers[i] * scale.factor;
  }
  if (column.present.empty()) {
    std::ranges::fill(out.present, uint8_t{1});
  } else {
    std::ranges::copy(column.present, out.present.begin());
  }
  return true;
}

// As texts. Keys of one customer often stand together.
void ValueConverter::write_integers(const CellColumn& column,
                                    std::span<const uint32_t> rows,
                                    Arena& arena, ConvertScratch& scratch,
                                    TypedColumn& out) const {
  scratch.rows.assign(kMemoPlaces, kNoRow);
  const std::vector<int64_t>& values = column.integers;
  uint32_t first = kNoRow;
  for (const uint32_t row : rows) {
    if (!column.has(row)) continue;
    if (first == kNoRow || values[row] != values[first]) {
      uint32_t& known =
          scratch.rows[memo_place(static_cast<uint64_t>(values[row]))];
      if (known == kNoRow || values[known] != values[row]) {
        out.texts[row] =
            cell_text(Cell::of(Cell::Kind::kInteger, values[row]), arena);
        known = row;
      }
      first = known;
    }
    out.same[row] = first;
    out.present[row] = 1;
  }
}

}  // namespace kitle
