// One block: its content in the store and all new rows of it become its new
// content. Entry point: merge_block. Blocks are independent of each other.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/ingest/merge_events.h"
#include "runtime/ingest/source_plan.h"
#include "runtime/ingest/value_order.h"
#include "runtime/schema.h"
#include "runtime/store/content.h"

namespace kitle {

using Pieces = std::vector<std::span<const char>>;

// Rows of a block, sorted by profile.
struct SortedRows {
  TableRows rows;
  std::vector<uint32_t> offsets;  // profiles + 1
};

// Reused from block to block.
struct BlockJob {
  uint32_t block = 0;
  BlockContent content;        // as loaded; keys of new profiles behind the old
  std::vector<Pieces> pieces;  // by table
  Pieces leavers;

  // What merging gives.
  std::vector<uint32_t> touched;  // rows that differ from those loaded
  RowFates fates;
  int64_t new_events = 0;  // more than there were

  // What merging needs.
  std::vector<SortedRows> rows;  // by table
  std::vector<uint32_t> places;
};

// `sources`: numbers of the files' sources. Thread-safe with different jobs,
// while nobody adds texts.
void merge_block(const Schema& schema, const TargetTables& tables,
                 const StoreTexts& texts, std::span<const uint32_t> sources,
                 BlockJob& job);

}  // namespace kitle
