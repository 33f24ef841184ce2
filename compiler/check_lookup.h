// Tables of rules, and what is asked of their columns. Internal to
// compiler/check*.cc.
//
// `brand of product is "Nike"` is a node kLookup in a test until the whole
// tree is there; then resolve_lookups() puts in its place which keys have such
// a row: `product in {...}`. So later passes know nothing of tables, and a
// test costs what a test of its key does. A column that is not tested against
// what is written becomes a kLookedUp, which has its rows. What stands in such
// a place has the table's place in Syntax::tables, and 1, as its `index`: lints
// tell what follows from a table's file alone (table_of()).
//
// The most frequent text of a column is found by its place among these in the
// order of code points: a kLookup whose key is_place_of_text().
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/table_file.h"
#include "compiler/typed.h"
#include "runtime/schema.h"

namespace kitle {

struct CheckContext;

// A column of a table and where it stands in the file. What was read of it is
// by row, and means nothing where the cell is missing.
struct LookupColumn {
  Column column;
  uint32_t place = 0;
  std::vector<int64_t> integers;  // of all but texts, codes and numbers
  std::vector<double> numbers;
};

struct Lookup {
  std::string name;
  const TableFile* file = nullptr;  // null after a mistake
  std::optional<LookupColumn> key;
  std::vector<LookupColumn> columns;  // but the key

  bool missing(size_t row, const LookupColumn& column) const {
    return file->cell(row, column.place).missing();
  }
};

// The table, by its place in Syntax::tables, whose rows it is made of.
std::optional<uint32_t> table_of(const Typed& tree);

// Reads the files of all tables. Needs check_names().
void check_tables(CheckContext& context);

// False after a mistake, which is reported. A value alone stays.
bool resolve_lookups(CheckContext& context, TypedPtr& tree);
bool resolve_lookups(CheckContext& context, TypedEvents& events);
// The same of what is a value of its own, which does not stay.
bool resolve_value(CheckContext& context, TypedPtr& tree);

}  // namespace kitle
