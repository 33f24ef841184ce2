#include "runtime/ingest/record.h"

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

namespace {

size_t slots_of(RecordExtras extras) {
  switch (extras) {
    case RecordExtras::kNone:
      return 0;
    case RecordExtras::kStamp:
      return 1;
    case RecordExtras::kId:
      return 3;
    case RecordExtras::kIdAndVersion:
      return 4;
  }
  return 0;
}

}  // namespace

RecordLayout::RecordLayout(const std::vector<Column>& columns,
                           RecordExtras extras)
    : extras_(extras) {
  for (const Column& column : columns) {
    kinds_.push_back(slot_kind(column));
    any_code_ = any_code_ || kinds_.back() == FieldKind::kCode ||
                kinds_.back() == FieldKind::kCodeList;
  }
  const size_t slots = columns.size() + slots_of(extras);
  slots_ = static_cast<uint32_t>(sizeof(RecordHead) + (slots + 63) / 64 * 8);
  fixed_bytes_ = static_cast<uint32_t>(slots_ + slots * 8);
}

void RecordLayout::map_codes(char* record, size_t slot,
                             const std::vector<uint32_t>& codes) const {
  if (!present(record, slot)) return;
  const std::string_view list = bytes(record, slot);
  char* at = record + (list.data() - record);
  for (char* const end = at + list.size(); at < end; at += sizeof(uint32_t)) {
    uint32_t code = 0;
    std::memcpy(&code, at, sizeof(code));
    std::memcpy(at, &codes[code], sizeof(code));
  }
}

namespace {

// Behind the head; the bytes of the id follow.
struct LeaverKey {
  uint32_t source = 0;
  uint32_t id_bytes = 0;
};
constexpr size_t kLeaverId = sizeof(RecordHead) + sizeof(LeaverKey);

}  // namespace

uint32_t leaver_bytes(const EventKey& key) {
  return static_cast<uint32_t>((kLeaverId + key.id.size() + 7) / 8 * 8);
}

void write_leaver(const RecordHead& head, const EventKey& key, char* to) {
  set_head(to, head);
  const LeaverKey stored{key.source, static_cast<uint32_t>(key.id.size())};
  std::memcpy(to + sizeof(head), &stored, sizeof(stored));
  std::memcpy(to + kLeaverId, key.id.data(), key.id.size());
}

EventKey leaver_key(const char* record) {
  LeaverKey stored;
  std::memcpy(&stored, record + sizeof(RecordHead), sizeof(stored));
  return {{record + kLeaverId, stored.id_bytes}, stored.source};
}

void RecordBuffer::append(const RecordLayout& layout, size_t slot,
                          std::string_view bytes) {
  const size_t at = bytes_.size() - last_;
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  layout.set(last(), slot, uint64_t{at} << 32 | bytes.size());
}

}  // namespace kitle
