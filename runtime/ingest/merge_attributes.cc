#include "runtime/ingest/merge_attributes.h"

#include "runtime/store/content_rows.h"

namespace kitle {
namespace {

// What a record has for the store, over all its attributes.
struct News {
  bool any = false;
  bool older = false;
};

// One attribute of all profiles.
class AttributeMerge {
 public:
  AttributeMerge(const TargetTable& table, size_t column, ValueOrder& values,
                 const LogicalColumn& stamps)
      : layout_(table.layout),
        column_(column),
        values_(values),
        stamps_(stamps) {}

  // The records that count, by profile; null: the store's value stays.
  void choose(std::span<const NewAttributes> added, size_t old_rows,
              std::vector<const char*>& chosen) {
    for (const NewAttributes& each : added) {
      if (!layout_.present(each.record, column_)) continue;
      const char*& best = chosen[each.profile];
      if (best == nullptr || later(each.record, best)) best = each.record;
    }
    for (uint32_t row = 0; row < old_rows; ++row) {
      if (chosen[row] != nullptr && !replaces(chosen[row], row)) {
        chosen[row] = nullptr;
      }
    }
  }

  // Whose value counts; equal ones all do, so that their order says nothing.
  void tell(std::span<const NewAttributes> added,
            const std::vector<const char*>& chosen,
            std::vector<News>& news) const {
    for (size_t i = 0; i < added.size(); ++i) {
      const auto [row, record] = added[i];
      if (!layout_.present(record, column_)) continue;
      const char* best = chosen[row];
      if (best != nullptr && !later(best, record)) news[i].any = true;
      const bool older = best != nullptr ? older_than(record, best)
                                         : older_than_store(record, row);
      if (older) news[i].older = true;
    }
  }

  bool stamped(const char* record) const {
    return layout_.present(record, layout_.stamp_slot());
  }

 private:
  bool later(const char* a, const char* b) const {
    if (stamped(a) != stamped(b)) return stamped(a);
    const int64_t ours = head_of(a).time;
    const int64_t theirs = head_of(b).time;
    if (stamped(a) && ours != theirs) return ours > theirs;
    return values_.compare({a, 0}, {b, 0}, column_) > 0;
  }

  bool older_than(const char* record, const char* other) const {
    return stamped(record) && stamped(other) &&
           head_of(record).time < head_of(other).time;
  }
  bool older_than_store(const char* record, uint32_t row) const {
    return stamps_.rows() > 0 && !stamps_.missing(row) && stamped(record) &&
           head_of(record).time < stamps_.ints[row];
  }

  // Whether it is not older than the store's, and says something else.
  bool replaces(const char* record, uint32_t row) const {
    const bool has_stamp = stamps_.rows() > 0 && !stamps_.missing(row);
    const bool both = has_stamp && stamped(record);
    const int64_t stamp = head_of(record).time;
    if (both && stamp < stamps_.ints[row]) return false;
    const bool same_stamp =
        has_stamp == stamped(record) && (!both || stamp == stamps_.ints[row]);
    return !same_stamp ||
           values_.compare({record, 0}, {nullptr, row}, column_) != 0;
  }

  const RecordLayout& layout_;
  size_t column_;
  ValueOrder& values_;
  const LogicalColumn& stamps_;
};

// The old values with the chosen ones over them.
LogicalColumn put_over(const LogicalColumn& old, size_t old_rows, size_t column,
                       const std::vector<const char*>& chosen,
                       ValueOrder& values) {
  LogicalColumn result;
  result.type = old.type;
  for (uint32_t row = 0; row < chosen.size(); ++row) {
    if (chosen[row] != nullptr) {
      values.push({chosen[row], 0}, column, result);
    } else if (row < old_rows && old.rows() > 0) {
      result.push_from(old, row);
    } else {
      result.push_missing();
    }
  }
  return result;
}

void count(std::span<const NewAttributes> added, const std::vector<News>& news,
           RowFates& fates) {
  for (size_t i = 0; i < added.size(); ++i) {
    const RecordHead head = head_of(added[i].record);
    if (news[i].any) {
      fates.add_new(head);
    } else if (news[i].older) {
      fates.add_older(head);
    } else {
      fates.add_known(head);
    }
  }
}

LogicalColumn put_stamps(const LogicalColumn& old, size_t old_rows,
                         const AttributeMerge& merge,
                         const std::vector<const char*>& chosen) {
  LogicalColumn result;
  result.type = TypeKind::kTime;
  for (uint32_t row = 0; row < chosen.size(); ++row) {
    if (chosen[row] != nullptr && merge.stamped(chosen[row])) {
      result.push(head_of(chosen[row]).time);
    } else if (chosen[row] == nullptr && row < old_rows && old.rows() > 0) {
      result.push_from(old, row);
    } else {
      result.push_missing();
    }
  }
  return result;
}

}  // namespace

void merge_attributes(const TargetTable& table,
                      std::span<const NewAttributes> added,
                      const StoreTexts& texts, BlockContent& content,
                      std::vector<uint8_t>& touched, RowFates& fates) {
  const size_t rows = content.profiles();
  ValueOrder values(table, content.attributes, content.pools, texts);
  std::vector<News> news(added.size());
  for (size_t i = 0; i < content.attributes.size(); ++i) {
    LogicalColumn& old = content.attributes[i];
    const size_t old_rows = old.rows();
    AttributeMerge merge(table, i, values, content.stamps[i]);
    std::vector<const char*> chosen(rows, nullptr);
    merge.choose(added, old_rows, chosen);
    merge.tell(added, chosen, news);
    for (size_t row = 0; row < rows; ++row) {
      if (chosen[row] != nullptr) touched[row] = 1;
    }
    LogicalColumn stamps =
        put_stamps(content.stamps[i], old_rows, merge, chosen);
    LogicalColumn merged = put_over(old, old_rows, i, chosen, values);
    content.stamps[i] = std::move(stamps);
    old = std::move(merged);
  }
  count(added, news, fates);
}

}  // namespace kitle
