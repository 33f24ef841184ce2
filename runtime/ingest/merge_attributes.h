// The attributes of one block: of several values the one that counts. Entry
// point: merge_attributes.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/ingest/merge_events.h"
#include "runtime/ingest/value_order.h"
#include "runtime/store/content.h"

namespace kitle {

// Sets the attributes and stamps of `content`, whose keys are complete already.
// Of several values of an ingest that with the latest stamp counts (any is
// later than none), of equal ones the greatest; it replaces the store's unless
// its stamp is older. Marks the profiles that change in `touched` (one byte a
// row), and tells which rows the store had said already, or newer.
void merge_attributes(const TargetTable& table, const TableRows& added,
                      const StoreTexts& texts, BlockContent& content,
                      std::vector<uint8_t>& touched, RowFates& fates);

}  // namespace kitle
