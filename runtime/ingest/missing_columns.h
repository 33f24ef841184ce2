// A source that names a column which its file has not, or has twice; or a key
// that no row of its JSON lines has.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/ingest/cell_expr.h"
#include "runtime/status.h"

namespace kitle {

// The one of the known names that is most like a name; "" if none is near.
using Nearest = std::function<std::string(
    std::string_view name, const std::vector<std::string>& known)>;

// kInvalid with the names that are missing and those that the file has, or with
// a wanted name that several columns have: none of them is guessed.
// `columns` is null where a file has no list of columns. `nearest` may be
// empty.
Status check_columns(const std::string& path,
                     const std::vector<std::string>* columns,
                     const std::vector<std::string>& wanted,
                     const Nearest& nearest);

// The JSON lines of a source: which of the wanted keys any row had.
class KeySightings {
 public:
  // A portion of the file at `path`, after its cells were made.
  void add(const std::string& path, const RowBatch& batch);
  // kInvalid with the needed keys that no row had, once all files were read,
  // and those that rows have. Where every row was refused nothing is missed.
  Status check(const std::string& source, const WantedColumns& wanted,
               const Nearest& nearest) const;

 private:
  std::vector<std::string> paths_;  // of files with rows
  std::vector<bool> seen_;
};

}  // namespace kitle
