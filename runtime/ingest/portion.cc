// Rows -> records: chooses rows for each `into`, converts column by column,
// then writes the records row by row. A row that any `into` cannot take gives
// no record at all.
#include "runtime/ingest/portion.h"

#include <algorithm>
#include <bit>
#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>

#include "runtime/store/layout.h"

namespace kitle {
namespace {

// A text of a kTextList.
void put_text(std::string& to, std::string_view text) {
  const auto length = static_cast<uint32_t>(text.size());
  to.append(reinterpret_cast<const char*>(&length), sizeof(length));
  to += text;
}

// The code of a text in memory; 0: none yet.
struct KnownCode {
  std::string_view text;
  uint32_t domain = 0;
  uint32_t code = 0;
};

// Where the values of an `into` stand among the converted columns.
struct IntoColumns {
  const TypedColumn* id = nullptr;
  const TypedColumn* time = nullptr;
  const TypedColumn* version = nullptr;
  const TypedColumn* first = nullptr;
};

class PortionMaker {
 public:
  PortionMaker(const TargetTables& tables, Portion& portion)
      : tables_(tables), plan_(*portion.plan), portion_(portion) {}

  Status make() {
    prepare();
    Status status = portion_.reader->parse(portion_.batch);
    if (!status.ok()) return status;
    portion_.rows = portion_.batch.rows + portion_.batch.bad.size();
    reset_rows();
    choose();
    convert();
    number_rows();
    for (size_t i = 0; i < plan_.intos.size(); ++i) write(i);
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
  const TypedColumn* convert(const ValueConverter& value,
                             std::span<const uint32_t> rows);
  void need(const TypedColumn& column, std::span<const uint32_t> rows,
            std::string_view target, std::string_view reason);
  void number_rows();
  void write(size_t into);
  void write_row(const IntoPlan& into, const IntoColumns& columns, size_t row);
  bool write_values(const IntoPlan& into, const IntoColumns& columns,
                    size_t row);
  void write_value(const TargetTable& table, TableRecords& to,
                   const IntoPlan::Column& column, const TypedColumn& from,
                   size_t row);
  uint32_t code_of(uint32_t domain, std::string_view text);
  void write_list(const TargetTable& table, RecordBuffer& to, size_t column,
                  const TypedColumn& from, size_t row);
  void write_id(const TargetTable& table, const IntoColumns& columns,
                RecordBuffer& to, size_t row);
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
  std::vector<KnownCode> codes_{kMemoPlaces};
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
  }
  p.left_out = 0;
  p.rejected.clear();
  p.keys.clear();
  p.texts.resize(tables_.domains.size());
  for (TextPool& pool : p.texts) pool.clear();
  p.tables.resize(tables_.tables.size());
  for (size_t i = 0; i < p.tables.size(); ++i) {
    p.tables[i].records.clear();
    p.tables[i].ranges.assign(tables_.tables[i].columns->size() + 1, {});
  }
  p.bare.clear();
  p.joined_rows = 0;
}

void PortionMaker::reset_rows() {
  const size_t rows = portion_.batch.rows;
  portion_.faults.reset(rows);
  portion_.intos_of_row.assign(rows, 0);
  portion_.has_record.assign(rows, 0);
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

const TypedColumn* PortionMaker::convert(const ValueConverter& value,
                                         std::span<const uint32_t> rows) {
  TypedColumn& column = portion_.columns[columns_used_++];
  value.convert(portion_.batch, rows, portion_.convert, column,
                portion_.faults);
  return &column;
}

void PortionMaker::need(const TypedColumn& column,
                        std::span<const uint32_t> rows, std::string_view target,
                        std::string_view reason) {
  for (const uint32_t row : rows) {
    if (column.present[row] != 0) continue;
    portion_.faults.add(row, {std::string(target), std::string(reason)});
  }
}

void PortionMaker::convert() {
  customers_ = convert(*plan_.customer, portion_.rows_left);
  need(*customers_, portion_.rows_left, "customer", "no customer");
  for (const uint32_t row : portion_.rows_left) {
    if (customers_->present[row] == 0 || !customers_->texts[row].empty()) {
      continue;
    }
    portion_.faults.add(row, {"customer", "the customer's key is empty"});
  }
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
  std::string_view last;  // rows of one customer often stand together
  uint32_t key = 0;
  for (const uint32_t row : p.rows_left) {
    if (p.faults.has(row)) continue;
    const std::string_view text = customers_->texts[row];
    if (text != last) key = p.keys.intern(text);
    last = text;
    p.key_of_row[row] = key;
    if (p.intos_of_row[row] > 1) p.joined_of_row[row] = ++p.joined_rows;
  }
}

void PortionMaker::write(size_t into) {
  for (const uint32_t row : portion_.takes[into]) {
    if (portion_.faults.has(row)) continue;
    write_row(plan_.intos[into], into_columns_[into], row);
  }
}

void PortionMaker::write_row(const IntoPlan& into, const IntoColumns& columns,
                             size_t row) {
  const TargetTable& table = tables_.tables[into.table];
  TableRecords& to = portion_.tables[into.table];
  const bool timed = has(columns.time, row);
  const bool versioned = has(columns.version, row);
  RecordHead head;
  head.profile = portion_.key_of_row[row];
  head.file = portion_.file;
  head.row = portion_.joined_of_row[row];
  if (timed) head.time = columns.time->ints[row];
  to.records.add(table.layout.fixed_bytes());
  const bool any = write_values(into, columns, row);
  if (!into.event) {
    if (!any) return to.records.drop_last();
    portion_.has_record[row] = 1;
    if (versioned) head.time = columns.version->ints[row];
    if (timed || versioned) {
      table.layout.set(to.records.last(), table.layout.stamp_slot(), 1);
    }
    return to.records.finish(head);
  }
  portion_.has_record[row] = 1;
  to.ranges.back().add(head.time);
  if (has(columns.id, row) && !columns.id->texts[row].empty()) {
    write_id(table, columns, to.records, row);
  }
  to.records.finish(head);
}

void PortionMaker::write_id(const TargetTable& table,
                            const IntoColumns& columns, RecordBuffer& to,
                            size_t row) {
  const RecordLayout& layout = table.layout;
  if (has(columns.version, row)) {
    layout.set(to.last(), layout.version_slot(),
               static_cast<uint64_t>(columns.version->ints[row]));
  }
  const std::string_view id = columns.id->texts[row];
  to.append(layout, layout.id_slot(), id);
  layout.set_id_hash(to.last(), hash_of_event(plan_.name, id));
}

// Whether there was any.
bool PortionMaker::write_values(const IntoPlan& into,
                                const IntoColumns& columns, size_t row) {
  const TargetTable& table = tables_.tables[into.table];
  TableRecords& to = portion_.tables[into.table];
  bool any = false;
  for (size_t i = 0; i < into.columns.size(); ++i) {
    const TypedColumn& from = columns.first[i];
    if (from.present[row] == 0) continue;
    any = true;
    write_value(table, to, into.columns[i], from, row);
  }
  return any;
}

void PortionMaker::write_value(const TargetTable& table, TableRecords& to,
                               const IntoPlan::Column& column,
                               const TypedColumn& from, size_t row) {
  const size_t slot = column.index;
  const TypeKind type = column.value.type();
  switch (table.layout.kind(slot)) {
    case FieldKind::kValue: {
      const auto value = type == TypeKind::kNumber
                             ? std::bit_cast<uint64_t>(from.numbers[row])
                             : static_cast<uint64_t>(from.ints[row]);
      table.layout.set(to.records.last(), slot, value);
      if (is_integral(type)) to.ranges[slot].add(from.ints[row]);
      return;
    }
    case FieldKind::kCode:
      return table.layout.set(to.records.last(), slot,
                              code_of(table.domains[slot], from.texts[row]));
    case FieldKind::kText:
      return to.records.append(table.layout, slot, from.texts[row]);
    case FieldKind::kCodeList:
    case FieldKind::kTextList:
      return write_list(table, to.records, slot, from, row);
  }
}

// Of a text that lies in the batch.
uint32_t PortionMaker::code_of(uint32_t domain, std::string_view text) {
  const auto place = reinterpret_cast<uintptr_t>(text.data());
  KnownCode& known = codes_[memo_place(place)];
  const bool same = known.code != 0 && known.domain == domain &&
                    known.text.data() == text.data() &&
                    known.text.size() == text.size();
  if (!same) known = {text, domain, portion_.texts[domain].intern(text)};
  return known.code;
}

void PortionMaker::write_list(const TargetTable& table, RecordBuffer& to,
                              size_t column, const TypedColumn& from,
                              size_t row) {
  const auto [begin, count] = from.lists[row];
  portion_.bytes.clear();
  portion_.codes.clear();
  const bool codes = table.layout.kind(column) == FieldKind::kCodeList;
  for (uint32_t i = begin; i < begin + count; ++i) {
    if (codes) {
      portion_.codes.push_back(
          portion_.texts[table.domains[column]].intern(from.elements[i]));
    } else {
      put_text(portion_.bytes, from.elements[i]);
    }
  }
  const std::string_view list(
      reinterpret_cast<const char*>(portion_.codes.data()),
      portion_.codes.size() * sizeof(uint32_t));
  to.append(table.layout, column, codes ? list : portion_.bytes);
}

void PortionMaker::collect_bare() {
  Portion& p = portion_;
  for (const uint32_t row : p.rows_left) {
    if (p.faults.has(row) || p.has_record[row] != 0) continue;
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
    const Cell& cell = portion_.batch.columns[i][row];
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
