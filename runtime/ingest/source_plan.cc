#include "runtime/ingest/source_plan.h"

#include <algorithm>
#include <utility>

namespace kitle {
namespace {

class PlanMaker {
 public:
  PlanMaker(const SourceMapping& mapping, const Schema& schema,
            const Settings& settings, std::shared_ptr<const Zone> zone,
            const Nfc& nfc)
      : mapping_(mapping),
        schema_(schema),
        plan_(std::move(zone)),
        context_{plan_.wanted, plan_.zones, nfc, settings.currency_digits} {}

  Result<SourcePlan> make() {
    plan_.name = mapping_.name;
    plan_.csv = mapping_.csv;
    for (const CellExpr& condition : mapping_.only_rows_when) {
      if (auto made = compile(condition)) {
        plan_.only_rows.push_back(std::move(*made));
      }
    }
    plan_.customer = converter(mapping_.customer, TypeKind::kCode, "customer");
    for (const IntoMapping& into : mapping_.intos) add(into);
    if (!status_.ok()) return std::unexpected(status_);
    return std::move(plan_);
  }

 private:
  void add(const IntoMapping& mapping) {
    IntoPlan into;
    into.event = mapping.event.has_value();
    into.table =
        mapping.event.value_or(static_cast<uint32_t>(schema_.events.size()));
    if (mapping.when) into.when = compile(*mapping.when);
    if (mapping.id) into.id = converter(*mapping.id, TypeKind::kCode, "id");
    if (mapping.time) {
      into.time = converter(*mapping.time, TypeKind::kTime, "time");
    }
    if (mapping.version) {
      into.version =
          converter(*mapping.version, mapping.version_type, "version");
    }
    const auto& columns =
        into.event ? schema_.events[into.table].columns : schema_.attributes;
    for (const TargetMapping& target : mapping.columns) {
      const Column& column = columns[target.column];
      auto made = converter(target.value, column.type, column.name);
      if (made) into.columns.push_back({target.column, std::move(*made)});
    }
    std::ranges::sort(into.columns, {}, &IntoPlan::Column::index);
    plan_.intos.push_back(std::move(into));
  }

  std::optional<CellProgram> compile(const CellExpr& expr) {
    return keep(CellProgram::compile(expr, plan_.wanted, context_.nfc));
  }
  std::optional<ValueConverter> converter(const ValueMapping& value,
                                          TypeKind type, std::string target) {
    return keep(ValueConverter::make(value, type, std::move(target), context_));
  }
  template <class T>
  std::optional<T> keep(Result<T> made) {
    if (made) return std::move(*made);
    if (status_.ok()) {
      const Status& error = made.error();
      status_ = Status(error.code(), "read source " + mapping_.name,
                       error.file(), error.cause());
    }
    return std::nullopt;
  }

  const SourceMapping& mapping_;
  const Schema& schema_;
  SourcePlan plan_;
  ConvertContext context_;
  Status status_;
};

}  // namespace

TargetTables::TargetTables(const Schema& schema,
                           const std::vector<SourceMapping>& sources)
    : leavers({}, RowExtras::kId) {
  std::vector<RowExtras> extras(schema.events.size());
  extras.push_back(RowExtras::kStamp);
  for (const SourceMapping& source : sources) {
    for (const IntoMapping& into : source.intos) {
      if (!into.event || !into.id) continue;
      RowExtras& known = extras[*into.event];
      known = std::max(
          known, into.version ? RowExtras::kIdAndVersion : RowExtras::kId);
    }
  }
  const auto add = [&](const std::string& name,
                       const std::vector<Column>& columns) {
    TargetTable table{
        name, &columns, RowLayout(columns, extras[tables.size()]), {}};
    for (const Column& column : columns) {
      const FieldKind kind = slot_kind(column);
      const bool wide =
          kind == FieldKind::kCode || kind == FieldKind::kCodeList;
      auto found = std::ranges::find(domains, column.name);
      if (wide && found == domains.end()) {
        found = domains.insert(domains.end(), column.name);
      }
      table.domains.push_back(static_cast<uint32_t>(found - domains.begin()));
    }
    tables.push_back(std::move(table));
  };
  for (const EventType& event : schema.events) add(event.name, event.columns);
  add(schema.profile_name, schema.attributes);
}

Result<SourcePlan> make_plan(const SourceMapping& mapping, const Schema& schema,
                             const Settings& settings,
                             std::shared_ptr<const Zone> zone, const Nfc& nfc) {
  return PlanMaker(mapping, schema, settings, std::move(zone), nfc).make();
}

}  // namespace kitle
