#include "runtime/ingest/table_rows.h"

namespace kitle {

FieldKind slot_kind(const Column& column) {
  const bool own = is_block_wide(column);
  switch (column.type) {
    case TypeKind::kText:
    case TypeKind::kCode:
      return own ? FieldKind::kText : FieldKind::kCode;
    case TypeKind::kTextList:
    case TypeKind::kCodeList:
      return own ? FieldKind::kTextList : FieldKind::kCodeList;
    case TypeKind::kFlag:
    case TypeKind::kInteger:
    case TypeKind::kNumber:
    case TypeKind::kMoney:
    case TypeKind::kDate:
    case TypeKind::kTime:
    case TypeKind::kDuration:
      return FieldKind::kValue;
  }
  return FieldKind::kValue;
}

RowLayout::RowLayout(const std::vector<Column>& columns, RowExtras extras)
    : columns_(columns.size()), extras_(extras) {
  for (const Column& column : columns) kinds_.push_back(slot_kind(column));
  if (extras == RowExtras::kStamp) kinds_.push_back(FieldKind::kValue);
  if (has_ids()) {
    kinds_.push_back(FieldKind::kText);
    kinds_.insert(kinds_.end(), 2, FieldKind::kValue);
  }
  if (has_versions()) kinds_.push_back(FieldKind::kValue);
}

}  // namespace kitle
