// Rows of cells -> rows of tables: chooses rows for each `into`, converts
// column by column, then gathers what was converted, column by column. A row
// that any `into` cannot take gives no row to any table.
#include "runtime/ingest/portion.h"

#include <algorithm>
#include <bit>
#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>

#include "runtime/ingest/gather.h"
#include "runtime/store/layout.h"

namespace kitle {
namespace {

// Where the values of an `into` stand among the converted columns.
struct IntoColumns {
  const TypedColumn* id = nullptr;
  TypedColumn* time = nullptr;
  const TypedColumn* version = nullptr;
  TypedColumn* first = nullptr;
};

class PortionMaker {
 public:
  PortionMaker(const TargetTables& tables, Portion& portion)
      : tables_(tables),
        plan_(*portion.plan),
        portion_(portion),
        slots_(portion.batch.arena) {}

  Status make() {
    prepare();
    Status status = portion_.reader->parse(portion_.batch);
    if (!status.ok()) return status;
    portion_.rows = portion_.batch.rows + portion_.batch.bad.size();
    reset_rows();
    choose();
    convert();
    number_rows();
    for (size_t i = 0; i < plan_.intos.size(); ++i) give(i);
    collect_bare();
    collect_rejected();
    return {};
  }

 private:
  void prepare();
  void reset_rows();
  void choose();
  void filter(const CellProgram& condition, std::vector<uint32_t>& rows);
  void convert();
  TypedColumn* convert(const ValueConverter& value,
                       std::span<const uint32_t> rows);
  void need(const TypedColumn& column, std::span<const uint32_t> rows,
            std::string_view target, std::string_view reason);
  void need_keys();
  void number_rows();
  void give(size_t into);
  void choose_given(const IntoPlan& into, const IntoColumns& columns,
                    std::span<const uint32_t> rows);
  void give_columns(const IntoPlan& into, const IntoColumns& columns,
                    IntoRows& to);
  void give_stamps(const IntoColumns& columns, RowColumn& to);
  void give_ids(const RowLayout& layout, const IntoColumns& columns,
                TableRows& to);
  void collect_bare();
  void collect_rejected();
  void reject(RowPlace place, RowFault fault, std::string text);
  std::string row_as_json(size_t row);

  static bool has(const TypedColumn* column, size_t row) {
    return column != nullptr && column->present[row] != 0;
  }

  const TargetTables& tables_;
  const SourcePlan& plan_;
  Portion& portion_;
  const TypedColumn* customers_ = nullptr;
  std::vector<IntoColumns> into_columns_;
  size_t columns_used_ = 0;
  SlotGatherer slots_;
  std::vector<uint32_t> keys_;  // by row that has its customer first
};

void PortionMaker::prepare() {
  Portion& p = portion_;
  if (p.ready_for != &plan_) {
    p.convert.clocks = plan_.zones.clocks();
    p.ready_for = &plan_;
    size_t columns = 1;
    for (const IntoPlan& into : plan_.intos) {
      columns += into.columns.size() + 3;
    }
    p.columns.resize(columns);
    p.takes.resize(plan_.intos.size());
    p.intos.clear();  // what another source's rows have, these may lack
  }
  p.left_out = 0;
  p.rejected.clear();
  p.keys.clear();
  p.texts.resize(tables_.domains.size());
  for (TextPool& pool : p.texts) pool.clear();
  p.intos.resize(plan_.intos.size());
  p.bare.clear();
  p.joined_rows = 0;
}

void PortionMaker::reset_rows() {
  const size_t rows = portion_.batch.rows;
  portion_.faults.reset(rows);
  portion_.intos_of_row.assign(rows, 0);
  portion_.is_given.assign(rows, 0);
  portion_.joined_of_row.assign(rows, 0);
  portion_.key_of_row.assign(rows, 0);
}

// Keeps the rows for which the condition holds.
void PortionMaker::filter(const CellProgram& condition,
                          std::vector<uint32_t>& rows) {
  std::optional<RowFault> fault;
  std::erase_if(rows, [&](uint32_t row) {
    const bool holds = condition.holds(portion_.batch, row, fault);
    if (fault) portion_.faults.add(row, std::move(*fault));
    fault.reset();
    return !holds;
  });
}

void PortionMaker::choose() {
  Portion& p = portion_;
  p.rows_left.resize(p.batch.rows);
  std::iota(p.rows_left.begin(), p.rows_left.end(), 0);
  for (const CellProgram& condition : plan_.only_rows) {
    filter(condition, p.rows_left);
  }
  for (size_t i = 0; i < plan_.intos.size(); ++i) {
    const IntoPlan& into = plan_.intos[i];
    p.takes[i] = p.rows_left;
    if (into.when) filter(*into.when, p.takes[i]);
    for (const uint32_t row : p.takes[i]) {
      if (p.intos_of_row[row] < 2) ++p.intos_of_row[row];
    }
  }
  p.rows_left.clear();
  for (uint32_t row = 0; row < p.batch.rows; ++row) {
    if (p.faults.has(row)) continue;
    if (p.intos_of_row[row] != 0) {
      p.rows_left.push_back(row);
    } else {
      ++p.left_out;
    }
  }
}

TypedColumn* PortionMaker::convert(const ValueConverter& value,
                                   std::span<const uint32_t> rows) {
  TypedColumn& column = portion_.columns[columns_used_++];
  value.convert(portion_.batch, rows, portion_.convert, column,
                portion_.faults);
  return &column;
}

void PortionMaker::need(const TypedColumn& column,
                        std::span<const uint32_t> rows, std::string_view target,
                        std::string_view reason) {
  if (column.complete(rows)) return;
  for (const uint32_t row : rows) {
    if (column.present[row] != 0) continue;
    portion_.faults.add(row, {std::string(target), std::string(reason)});
  }
}

void PortionMaker::need_keys() {
  for (const uint32_t row : portion_.rows_left) {
    if (customers_->present[row] == 0 || !customers_->text(row).empty()) {
      continue;
    }
    portion_.faults.add(row, {"customer", "the customer's key is empty"});
  }
}

void PortionMaker::convert() {
  customers_ = convert(*plan_.customer, portion_.rows_left);
  need(*customers_, portion_.rows_left, "customer", "no customer");
  need_keys();
  for (size_t i = 0; i < plan_.intos.size(); ++i) {
    const IntoPlan& into = plan_.intos[i];
    const std::span<const uint32_t> rows = portion_.takes[i];
    IntoColumns& columns = into_columns_.emplace_back();
    if (into.time) columns.time = convert(*into.time, rows);
    if (into.time && into.event) need(*columns.time, rows, "time", "no time");
    if (into.id) columns.id = convert(*into.id, rows);
    if (into.version) columns.version = convert(*into.version, rows);
    columns.first = portion_.columns.data() + columns_used_;
    for (const IntoPlan::Column& column : into.columns) {
      convert(column.value, rows);
    }
  }
}

// Keys and numbers of the rows that are taken.
void PortionMaker::number_rows() {
  Portion& p = portion_;
  keys_.assign(p.batch.rows, 0);
  uint32_t last = kNoRow;
  uint32_t key = 0;  // of that row
  for (const uint32_t row : p.rows_left) {
    if (p.faults.has(row)) continue;
    const uint32_t first = customers_->same[row];
    if (first != last) {
      if (keys_[first] == 0)
        keys_[first] = p.keys.intern(customers_->text(row));
      key = keys_[first];
      last = first;
    }
    p.key_of_row[row] = key;
    if (p.intos_of_row[row] > 1) p.joined_of_row[row] = ++p.joined_rows;
  }
}

// The rows of an `into`.
void PortionMaker::give(size_t into) {
  const IntoPlan& plan = plan_.intos[into];
  const IntoColumns& columns = into_columns_[into];
  const TargetTable& table = tables_.tables[plan.table];
  IntoRows& to = portion_.intos[into];
  choose_given(plan, columns, portion_.takes[into]);
  const std::span<const uint32_t> rows = portion_.given;
  gather(portion_.key_of_row, rows, to.rows.profiles);
  to.rows.file = portion_.file;
  to.rows.joined.clear();
  if (portion_.joined_rows > 0) {
    gather(portion_.joined_of_row, rows, to.rows.joined);
  }
  to.ranges.assign(table.columns->size() + 1, {});
  slots_.begin(rows);
  to.rows.slots.resize(table.layout.slots());
  give_columns(plan, columns, to);
  if (plan.event) {
    take(columns.time->ints, rows, to.rows.times);
    to.ranges.back().add(to.rows.times);
    give_ids(table.layout, columns, to.rows);
  } else {
    to.rows.times.clear();
    give_stamps(columns, to.rows.slots[table.layout.stamp_slot()]);
  }
}

// Those without a fault; of attributes those that have any.
void PortionMaker::choose_given(const IntoPlan& into,
                                const IntoColumns& columns,
                                std::span<const uint32_t> rows) {
  portion_.given.clear();
  const std::span values(columns.first, into.columns.size());
  for (const uint32_t row : rows) {
    if (portion_.faults.has(row)) continue;
    const bool any =
        into.event || std::ranges::any_of(values, [&](const TypedColumn& from) {
          return from.present[row] != 0;
        });
    if (!any) continue;
    portion_.is_given[row] = 1;
    portion_.given.push_back(row);
  }
}

void PortionMaker::give_columns(const IntoPlan& into,
                                const IntoColumns& columns, IntoRows& to) {
  const TargetTable& table = tables_.tables[into.table];
  size_t next = 0;
  for (size_t i = 0; i < table.columns->size(); ++i) {
    const FieldKind kind = table.layout.kind(i);
    RowColumn& slot = to.rows.slots[i];
    if (next == into.columns.size() || into.columns[next].index != i) {
      slots_.fill_missing(kind, slot);
      continue;
    }
    const TypeKind type = into.columns[next].value.type();
    const bool wide = kind == FieldKind::kCode || kind == FieldKind::kCodeList;
    slots_.fill(kind, type, columns.first[next++],
                wide ? &portion_.texts[table.domains[i]] : nullptr, slot);
    if (kind == FieldKind::kValue && is_integral(type)) {
      to.ranges[i].add(slot.values, slot.present);
    }
  }
}

// A version stands for the time, too.
void PortionMaker::give_stamps(const IntoColumns& columns, RowColumn& to) {
  const std::span<const uint32_t> rows = portion_.given;
  slots_.fill_missing(FieldKind::kValue, to);
  for (size_t i = 0; i < rows.size(); ++i) {
    const TypedColumn* from =
        has(columns.version, rows[i]) ? columns.version : columns.time;
    if (!has(from, rows[i])) continue;
    to.values[i] = from->ints[rows[i]];
    to.present[i] = 1;
  }
}

void PortionMaker::give_ids(const RowLayout& layout, const IntoColumns& columns,
                            TableRows& to) {
  if (!layout.has_ids()) return;
  RowColumn& ids = to.slots[layout.id_slot()];
  RowColumn& low = to.slots[layout.hash_slot()];
  RowColumn& high = to.slots[layout.hash_slot() + 1];
  slots_.fill_missing(FieldKind::kText, ids);
  slots_.fill_missing(FieldKind::kValue, low);
  slots_.fill_missing(FieldKind::kValue, high);
  RowColumn none;
  RowColumn& versions =
      layout.has_versions() ? to.slots[layout.version_slot()] : none;
  slots_.fill_missing(FieldKind::kValue, versions);
  const std::span<const uint32_t> rows = portion_.given;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!has(columns.id, rows[i])) continue;
    const std::string_view id = columns.id->text(rows[i]);
    if (id.empty()) continue;
    const Hash128 hash = hash_of_event(plan_.name, id);
    ids.bytes[i] = id;
    ids.present[i] = 1;
    low.values[i] = static_cast<int64_t>(hash.low);
    high.values[i] = static_cast<int64_t>(hash.high);
    if (!has(columns.version, rows[i])) continue;
    versions.values[i] = columns.version->ints[rows[i]];
    versions.present[i] = 1;
  }
}

void PortionMaker::collect_bare() {
  Portion& p = portion_;
  for (const uint32_t row : p.rows_left) {
    if (p.faults.has(row) || p.is_given[row] != 0) continue;
    p.bare.push_back({p.key_of_row[row], p.joined_of_row[row]});
  }
}

void PortionMaker::collect_rejected() {
  for (const BadRow& bad : portion_.batch.bad) {
    reject(bad.place, {"", bad.reason}, std::string(bad.place.text));
  }
  for (const RowFaults::Entry& entry : portion_.faults.entries()) {
    const RowPlace place = portion_.batch.place(entry.row);
    reject(
        place, entry.fault,
        place.text.empty() ? row_as_json(entry.row) : std::string(place.text));
  }
  std::ranges::sort(portion_.rejected, {}, &RejectedRow::row);
}

void PortionMaker::reject(RowPlace place, RowFault fault, std::string text) {
  portion_.rejected.push_back({place.row, place.line, place.byte,
                               std::move(fault.column), std::move(fault.reason),
                               std::move(text)});
}

std::string PortionMaker::row_as_json(size_t row) {
  nlohmann::ordered_json object = nlohmann::ordered_json::object();
  const std::vector<std::string>& names = plan_.wanted.names();
  for (size_t i = 0; i < names.size(); ++i) {
    const Cell cell = portion_.batch.columns[i].at(row);
    if (cell.missing()) {
      object[names[i]] = nullptr;
    } else {
      object[names[i]] = cell_text(cell, portion_.batch.arena);
    }
  }
  return object.dump(-1, ' ', false,
                     nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace

Status convert_portion(const TargetTables& tables, Portion& portion) {
  return PortionMaker(tables, portion).make();
}

}  // namespace kitle
