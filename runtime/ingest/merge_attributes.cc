#include "runtime/ingest/merge_attributes.h"

#include "runtime/store/view.h"

namespace kitle {
namespace {

// What a row has for the store, over all its attributes.
struct News {
  bool any = false;
  bool older = false;
};

// For each profile of the block the new row that counts; kNone: the store's
// value stays.
using Chosen = std::vector<uint32_t>;
constexpr uint32_t kNone = UINT32_MAX;

uint32_t row_of(uint32_t profile) { return profile & (kBlockRows - 1); }

// One attribute of all profiles.
class AttributeMerge {
 public:
  AttributeMerge(const TargetTable& table, const TableRows& added,
                 size_t column, ValueOrder& values, const LogicalColumn& stamps)
      : layout_(table.layout),
        added_(added),
        column_(column),
        values_(values),
        stamps_(stamps) {}

  void choose(size_t old_rows, Chosen& chosen) {
    for (uint32_t row = 0; row < added_.size(); ++row) {
      if (!added_.has(layout_, column_, row)) continue;
      uint32_t& best = chosen[row_of(added_.profiles[row])];
      if (best == kNone || later(row, best)) best = row;
    }
    for (uint32_t row = 0; row < old_rows; ++row) {
      if (chosen[row] != kNone && !replaces(chosen[row], row)) {
        chosen[row] = kNone;
      }
    }
  }

  // Whose value counts; equal ones all do, so that their order says nothing.
  void tell(const Chosen& chosen, std::vector<News>& news) const {
    for (uint32_t row = 0; row < added_.size(); ++row) {
      if (!added_.has(layout_, column_, row)) continue;
      const uint32_t profile = row_of(added_.profiles[row]);
      const uint32_t best = chosen[profile];
      if (best == row || (best != kNone && !later(best, row))) {
        news[row].any = true;
      }
      const bool older = best != kNone ? older_than(row, best)
                                       : older_than_store(row, profile);
      if (older) news[row].older = true;
    }
  }

  bool stamped(uint32_t row) const { return stamps().has(row); }
  int64_t stamp(uint32_t row) const { return stamps().values[row]; }

 private:
  const RowColumn& stamps() const { return added_.slots[layout_.stamp_slot()]; }

  bool later(uint32_t a, uint32_t b) const {
    if (stamped(a) != stamped(b)) return stamped(a);
    if (stamped(a) && stamp(a) != stamp(b)) return stamp(a) > stamp(b);
    return values_.compare({true, a}, {true, b}, column_) > 0;
  }

  bool older_than(uint32_t row, uint32_t other) const {
    return stamped(row) && stamped(other) && stamp(row) < stamp(other);
  }
  bool older_than_store(uint32_t row, uint32_t profile) const {
    return stamps_.rows() > 0 && !stamps_.missing(profile) && stamped(row) &&
           stamp(row) < stamps_.ints[profile];
  }

  // Whether it is not older than the store's, and says something else.
  bool replaces(uint32_t row, uint32_t profile) const {
    const bool has_stamp = stamps_.rows() > 0 && !stamps_.missing(profile);
    const bool both = has_stamp && stamped(row);
    if (both && stamp(row) < stamps_.ints[profile]) return false;
    const bool same_stamp = has_stamp == stamped(row) &&
                            (!both || stamp(row) == stamps_.ints[profile]);
    return !same_stamp ||
           values_.compare({true, row}, {false, profile}, column_) != 0;
  }

  const RowLayout& layout_;
  const TableRows& added_;
  size_t column_;
  ValueOrder& values_;
  const LogicalColumn& stamps_;
};

// The old values with the chosen ones over them.
LogicalColumn put_over(const LogicalColumn& old, size_t old_rows, size_t column,
                       const Chosen& chosen, ValueOrder& values) {
  LogicalColumn result;
  result.type = old.type;
  for (uint32_t row = 0; row < chosen.size(); ++row) {
    if (chosen[row] != kNone) {
      values.push({true, chosen[row]}, column, result);
    } else if (row < old_rows && old.rows() > 0) {
      result.push_from(old, row);
    } else {
      result.push_missing();
    }
  }
  return result;
}

void count(const TableRows& added, const std::vector<News>& news,
           RowFates& fates) {
  for (uint32_t row = 0; row < news.size(); ++row) {
    if (news[row].any) {
      fates.add_new(added, row);
    } else if (news[row].older) {
      fates.add_older(added, row);
    } else {
      fates.add_known(added, row);
    }
  }
}

LogicalColumn put_stamps(const LogicalColumn& old, size_t old_rows,
                         const AttributeMerge& merge, const Chosen& chosen) {
  LogicalColumn result;
  result.type = TypeKind::kTime;
  for (uint32_t row = 0; row < chosen.size(); ++row) {
    if (chosen[row] != kNone && merge.stamped(chosen[row])) {
      result.push(merge.stamp(chosen[row]));
    } else if (chosen[row] == kNone && row < old_rows && old.rows() > 0) {
      result.push_from(old, row);
    } else {
      result.push_missing();
    }
  }
  return result;
}

}  // namespace

void merge_attributes(const TargetTable& table, const TableRows& added,
                      const StoreTexts& texts, BlockContent& content,
                      std::vector<uint8_t>& touched, RowFates& fates) {
  const size_t rows = content.profiles();
  ValueOrder values(table, added, content.attributes, content.pools, texts);
  std::vector<News> news(added.size());
  for (size_t i = 0; i < content.attributes.size(); ++i) {
    LogicalColumn& old = content.attributes[i];
    const size_t old_rows = old.rows();
    AttributeMerge merge(table, added, i, values, content.stamps[i]);
    Chosen chosen(rows, kNone);
    merge.choose(old_rows, chosen);
    merge.tell(chosen, news);
    for (size_t row = 0; row < rows; ++row) {
      if (chosen[row] != kNone) touched[row] = 1;
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
