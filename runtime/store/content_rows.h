// Moving rows between contents, and reading a content from block files.
#pragma once

#include <span>

#include "runtime/store/block_file.h"
#include "runtime/store/content.h"

namespace kitle {

// Appends rows [begin, end) of a column of the same type; both have all their
// rows.
void append_rows(LogicalColumn& to, const LogicalColumn& from, size_t begin,
                 size_t end);
// Appends missing values until there are `rows`.
void fill_missing(LogicalColumn& column, size_t rows);

struct RowSource {
  const BlockContent* content = nullptr;
  uint32_t row = 0;
};
// A content of these rows in this order, without pools: codes are those of the
// sources' pools. Columns of the sources may be without rows.
BlockContent gather_rows(const Schema& schema,
                         std::span<const RowSource> sources);

// The content of a block in the shape of `schema`, which has every column that
// the files' schema has; `overlay` may be null.
Result<BlockContent> read_content(const Schema& schema,
                                  const Schema& file_schema,
                                  const BlockFile& base,
                                  const BlockFile* overlay);

}  // namespace kitle
