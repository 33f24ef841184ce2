// Values of CSV files in rules. Internal to compiler/check*.cc.
#pragma once

#include <optional>

#include "compiler/check_context.h"

namespace kitle {

// One column of a file.
struct FileColumn {
  const TableFile* file = nullptr;
  uint32_t column = 0;
};

// What `table "toys.csv" column "name"` names; a mistake is reported.
std::optional<FileColumn> find_values(CheckContext& context, const Expr& file);

// A cell as a written value of this type; null, and nothing reported, if it is
// none. Of missing cells there are none.
TypedPtr cell_value(const CheckContext& context, const TableCell& cell,
                    ValueType type);

}  // namespace kitle
