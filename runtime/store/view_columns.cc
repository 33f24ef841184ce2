// Verifying the sections of one column and pointing a view at them.
#include <limits>

#include "runtime/store/layout.h"
#include "runtime/store/verify.h"
#include "runtime/store/view_builder.h"
#include "runtime/wide.h"

namespace kitle {
namespace {

struct Logical {
  Int128 low = 1;
  Int128 high = 0;  // low > high: nothing is present
  bool zero_elsewhere = true;
};

bool is_int64(Int128 value) { return value >= INT64_MIN && value <= INT64_MAX; }

template <class T>
Logical logical_of(const std::byte* data, uint32_t rows,
                   const ColumnView& view) {
  const auto found =
      extremes(std::span(reinterpret_cast<const T*>(data), rows), view.valid);
  if (found.low > found.high) return {1, 0, found.zero_elsewhere};
  // So that unit * stored fits in 64 bits, too.
  const Int128 low = Int128{view.unit} * found.low;
  const Int128 high = Int128{view.unit} * found.high;
  if (!is_int64(low) || !is_int64(high)) return {low, high, false};
  return {view.base + low, view.base + high, found.zero_elsewhere};
}

Logical logical_of(const std::byte* data, uint32_t rows,
                   const ColumnView& view) {
  switch (view.physical) {
    case Physical::kU8:
      return logical_of<uint8_t>(data, rows, view);
    case Physical::kI16:
      return logical_of<int16_t>(data, rows, view);
    case Physical::kI32:
      return logical_of<int32_t>(data, rows, view);
    case Physical::kI64:
      return logical_of<int64_t>(data, rows, view);
    case Physical::kAbsent:
    case Physical::kU16:
    case Physical::kU32:
    case Physical::kF64:
    case Physical::kList:
      return {};
  }
  return {};
}

uint32_t largest_code(const SectionFile& file, const SectionEntry& section,
                      Physical physical) {
  if (physical == Physical::kU8) return largest(file.values<uint8_t>(section));
  return physical == Physical::kU16 ? largest(file.values<uint16_t>(section))
                                    : largest(file.values<uint32_t>(section));
}

}  // namespace

Status ViewBuilder::column(const Column& column, Place place,
                           const Layout& layout, ColumnView& view) {
  view.type = column.type;
  Status status = dictionary(column, view);
  const ColumnLayout* known = layout.find(place.column);
  if (!status.ok() || known == nullptr) return status;
  const bool unit_fits = known->unit == 1 || is_integral(column.type);
  if (!can_lie_as(column.type, known->physical) || !unit_fits) {
    return file_.corrupt("section header: a layout does not fit the schema");
  }
  view.physical = known->physical;
  view.unit = known->unit;
  if (view.physical == Physical::kList) return list(place, view);
  auto section = need(SectionKind::kValues, place.table, place.column,
                      uint64_t{place.rows} * width_of(view.physical));
  if (!section) return section.error();
  view.data = file_.data(**section);
  if (is_text_like(column.type)) return codes(**section, place, view);
  status = validity(SectionKind::kValid, place, view.valid);
  if (!status.ok()) return status;
  if (column.type == TypeKind::kFlag) return flags(**section, place, view);
  if (column.type == TypeKind::kNumber) return numbers(**section, place, view);
  return integers(**section, place, view);
}

// The validity words of a column; null if there are none.
Status ViewBuilder::validity(SectionKind kind, Place place,
                             const uint64_t*& valid) {
  const uint64_t words = words_of(place.rows);
  auto section = take(kind, place.table, place.column, words * 8);
  if (!section) return section.error();
  if (*section == nullptr) return {};
  valid = reinterpret_cast<const uint64_t*>(file_.data(**section));
  if (ends_clear({valid, words}, place.rows)) return {};
  return file_.corrupt(**section, "has bits behind the last row");
}

Status ViewBuilder::integers(const SectionEntry& section, Place place,
                             ColumnView& view) {
  view.data = file_.data(section);
  view.base = section.base;
  view.min = section.min;
  view.max = section.max;
  if (view.physical == Physical::kI64 && (view.unit != 1 || view.base != 0)) {
    return file_.corrupt(section, "have a base or unit that they cannot have");
  }
  const Logical found = logical_of(file_.data(section), place.rows, view);
  const bool none = found.low > found.high;
  if (none ? view.min <= view.max
           : found.low != view.min || found.high != view.max) {
    return file_.corrupt(section, "are not between their least and greatest");
  }
  if (!found.zero_elsewhere) {
    return file_.corrupt(section, "are not 0 where they are missing");
  }
  if (view.type == TypeKind::kDate && !none &&
      (view.min < INT32_MIN || view.max > INT32_MAX)) {
    return file_.corrupt(section, "are no dates");
  }
  return {};
}

Status ViewBuilder::flags(const SectionEntry& section, Place place,
                          ColumnView& view) {
  Status status = integers(section, place, view);
  const bool fits = view.base == 0 && view.min >= 0 && view.max <= 1;
  if (!status.ok() || fits) return status;
  return file_.corrupt(section, "are not 0 or 1");
}

Status ViewBuilder::numbers(const SectionEntry& section, Place place,
                            ColumnView& view) {
  const std::span values(static_cast<const double*>(view.data), place.rows);
  if (numbers_fit(values, view.valid)) return {};
  return file_.corrupt(section, "are not finite, or -0, or not 0 if missing");
}

Status ViewBuilder::codes(const SectionEntry& section, Place /*place*/,
                          ColumnView& view) {
  const uint32_t texts = view.dictionary->size();
  if (largest_code(file_, section, view.physical) <= texts) return {};
  return file_.corrupt(section, "have codes beyond their dictionary");
}

Status ViewBuilder::list(Place place, ColumnView& view) {
  auto section = need(SectionKind::kListOffsets, place.table, place.column,
                      (place.rows + uint64_t{1}) * sizeof(uint32_t));
  if (!section) return section.error();
  const auto offsets = file_.values<uint32_t>(**section);
  if (!offsets_rise(offsets, offsets.back())) {
    return file_.corrupt(**section, "do not rise from 0");
  }
  auto codes = need(SectionKind::kListCodes, place.table, place.column,
                    uint64_t{offsets.back()} * sizeof(uint32_t));
  if (!codes) return codes.error();
  const auto values = file_.values<uint32_t>(**codes);
  const uint32_t texts = view.dictionary->size();
  if (has_zero(values) || largest(values) > texts) {
    return file_.corrupt(**codes, "have codes beyond their dictionary");
  }
  view.offsets = offsets.data();
  view.data = values.data();
  view.elements = static_cast<uint32_t>(values.size());
  Status status = validity(SectionKind::kValid, place, view.valid);
  for (uint32_t row = 0; status.ok() && row < place.rows; ++row) {
    const bool filled = offsets[row] != offsets[row + 1];
    if (filled && view.valid != nullptr && !bit(view.valid, row)) {
      return file_.corrupt(**section, "have elements in a missing list");
    }
  }
  return status;
}

Status ViewBuilder::dictionary(const Column& column, ColumnView& view) {
  if (!is_text_like(column.type) && !is_list(column.type)) return {};
  view.dictionary = &no_texts();
  if (is_block_wide(column)) {
    const auto& names = manifest_.local_domains;
    for (size_t i = 0; i < names.size(); ++i) {
      const Dictionary* local = block_.local_[i].get();
      if (names[i] == column.name && local != nullptr) view.dictionary = local;
    }
    return {};
  }
  view.store_wide = true;
  if (manifest_.find_domain(column.name) == nullptr) return {};
  auto dictionary = block_.dictionaries_(column.name);
  if (!dictionary) return dictionary.error();
  view.dictionary = *dictionary;
  return {};
}

}  // namespace kitle
