// Numbers that only ingest reads, one a row, in as few bytes as their range and
// step allow, which may be none: base + unit * stored, as wide as the section
// is long.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/status.h"
#include "runtime/store/section_file.h"

namespace kitle {

// Adds such a section. REQUIRES: values is not empty.
void add_packed(SectionFileBuilder& file, SectionKind kind, uint32_t table,
                uint32_t column, std::span<const int64_t> values);

// Verifies and reads one of `rows` > 0 values.
Result<std::vector<int64_t>> read_packed(const SectionFile& file,
                                         const SectionEntry& section,
                                         size_t rows);

}  // namespace kitle
