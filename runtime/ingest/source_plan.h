// A source made ready: its mapping compiled, its targets joined with the
// tables of the store. Entry point: make_plan.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/ingest/cell_expr.h"
#include "runtime/ingest/convert.h"
#include "runtime/ingest/table_rows.h"
#include "runtime/status.h"
#include "runtime/store/writer.h"

namespace kitle {

// Where rows go: the profile's attributes, or the events of one type.
struct TargetTable {
  std::string name;
  const std::vector<Column>* columns = nullptr;
  RowLayout layout;
  // By column: index in TargetTables::domains where its texts are store-wide.
  std::vector<uint32_t> domains;
};

// The tables of a store, in the order of its schema; the last one is the
// profile's. Immutable; thread-safe; the schema outlives it.
struct TargetTables {
  std::vector<TargetTable> tables;
  std::vector<std::string> domains;  // names of store-wide dictionaries
  RowLayout leavers;  // of events with ids that leave a profile: these alone

  // `sources`: those that may give rows.
  TargetTables(const Schema& schema, const std::vector<SourceMapping>& sources);
  size_t profile() const { return tables.size() - 1; }
};

// One `into`.
struct IntoPlan {
  size_t table = 0;  // in TargetTables
  bool event = false;
  std::optional<CellProgram> when;
  std::optional<ValueConverter> id;
  std::optional<ValueConverter> time;
  std::optional<ValueConverter> version;
  struct Column {
    uint32_t index = 0;  // in the table
    ValueConverter value;
  };
  std::vector<Column> columns;  // by index
};

// Immutable, thread-safe.
struct SourcePlan {
  std::string name;
  CsvDialect csv;
  WantedColumns wanted;
  ZoneSet zones;
  std::vector<CellProgram> only_rows;
  std::optional<ValueConverter> customer;
  std::vector<IntoPlan> intos;

  explicit SourcePlan(std::shared_ptr<const Zone> zone)
      : zones(std::move(zone)) {}
};

// `zone`: the repository's; `nfc`: the store's. kInvalid for what cannot be,
// with the source's name.
Result<SourcePlan> make_plan(const SourceMapping& mapping, const Schema& schema,
                             const Settings& settings,
                             std::shared_ptr<const Zone> zone, const Nfc& nfc);

}  // namespace kitle
