#include "runtime/store/packed.h"

#include <algorithm>

#include "runtime/store/content.h"
#include "runtime/store/divisor.h"

namespace kitle {
namespace {

// Differences are taken without a sign: those of 64-bit values need all bits.
uint64_t steps_from(int64_t base, const Divisor& unit, int64_t value) {
  return unit.quotient(static_cast<uint64_t>(value) -
                       static_cast<uint64_t>(base));
}

template <class T>
std::vector<T> steps_of(std::span<const int64_t> values, int64_t base,
                        const Divisor& unit) {
  std::vector<T> steps;
  steps.reserve(values.size());
  for (const int64_t value : values) {
    steps.push_back(static_cast<T>(steps_from(base, unit, value)));
  }
  return steps;
}

template <class T>
void unpack(const SectionFile& file, const SectionEntry& section,
            std::vector<int64_t>& values) {
  const auto steps = file.values<T>(section);
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<int64_t>(static_cast<uint64_t>(section.base) +
                                     section.unit * steps[i]);
  }
}

}  // namespace

void add_packed(SectionFileBuilder& file, SectionKind kind, uint32_t table,
                uint32_t column, std::span<const int64_t> values) {
  ColumnRange range;
  range.add(values);
  const Divisor unit(std::max<uint64_t>(range.step, 1));
  const uint64_t most = steps_from(range.min, unit, range.max);
  const auto add = [&]<class T>(const std::vector<T>& steps) {
    SectionEntry& entry = file.add(kind, table, column, steps);
    entry.base = range.min;
    entry.unit = std::max<uint64_t>(range.step, 1);
  };
  if (most == 0) {
    add(std::vector<uint8_t>());
  } else if (most <= UINT8_MAX) {
    add(steps_of<uint8_t>(values, range.min, unit));
  } else if (most <= UINT16_MAX) {
    add(steps_of<uint16_t>(values, range.min, unit));
  } else if (most <= UINT32_MAX) {
    add(steps_of<uint32_t>(values, range.min, unit));
  } else {
    add(steps_of<uint64_t>(values, range.min, unit));
  }
}

Result<std::vector<int64_t>> read_packed(const SectionFile& file,
                                         const SectionEntry& section,
                                         size_t rows) {
  Status status = file.check(section);
  if (!status.ok()) return std::unexpected(status);
  std::vector<int64_t> values(rows, section.base);
  if (section.length == rows) {
    unpack<uint8_t>(file, section, values);
  } else if (section.length == rows * sizeof(uint16_t)) {
    unpack<uint16_t>(file, section, values);
  } else if (section.length == rows * sizeof(uint32_t)) {
    unpack<uint32_t>(file, section, values);
  } else if (section.length == rows * sizeof(uint64_t)) {
    unpack<uint64_t>(file, section, values);
  } else if (section.length != 0) {
    return std::unexpected(file.corrupt(section, "has a wrong length"));
  }
  return values;
}

}  // namespace kitle
