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

// The column of this name. One of a list is mended where it is written.
std::optional<FileColumn> named_column(CheckContext& context,
                                       const TableFile& file, const Name& name,
                                       bool of_list);

// Strictly: nothing if it is none. Of all types but texts and numbers.
std::optional<int64_t> cell_integer(const CheckContext& context,
                                    const std::string& text, ValueType type);
std::optional<double> cell_number(std::string_view text);

// What `table "toys.csv" column "name"` names; a mistake is reported.
std::optional<FileColumn> find_values(CheckContext& context, const Expr& file);

// A cell as a written value of this type; null, and nothing reported, if it is
// none. Of missing cells there are none.
TypedPtr cell_value(const CheckContext& context, const TableCell& cell,
                    ValueType type);

}  // namespace kitle
