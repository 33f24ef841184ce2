// A content as the sections of a block file.
#pragma once

#include <span>

#include "runtime/store/content.h"
#include "runtime/store/content_check.h"
#include "runtime/store/next_manifest.h"
#include "runtime/store/section_file.h"

namespace kitle {

struct BlockToEncode {
  const BlockContent& rows;   // the profiles to write
  const BlockContent& texts;  // whose pools the codes of `rows` are of
  uint32_t block = 0;
  // Overlays: the rows of the block that they replace; empty for a base.
  std::span<const uint32_t> overlay_rows;
  std::span<const uint64_t> row_snapshots;  // as many
};

// Widens the manifest's ranges by the content, and adds the layouts and local
// domains that it needs. REQUIRES: check_content(rows) is ok, up to columns
// without rows. Thread-safe with other blocks: while nothing is widened they
// become the same bytes in any order.
SectionFileBuilder encode_block(const BlockToEncode& block,
                                NextManifest& manifest,
                                const SizeOfDomain& sizes,
                                uint64_t file_number);

}  // namespace kitle
