// Moving rows between contents.
#include "runtime/store/content_rows.h"

#include <algorithm>

namespace kitle {
namespace {

template <class T>
void append_range(std::vector<T>& to, const std::vector<T>& from, size_t begin,
                  size_t end) {
  to.insert(to.end(), from.begin() + static_cast<ptrdiff_t>(begin),
            from.begin() + static_cast<ptrdiff_t>(end));
}

void append_lists(LogicalColumn& to, const LogicalColumn& from, size_t begin,
                  size_t end) {
  if (to.offsets.empty()) to.offsets.push_back(0);
  const uint32_t first = from.offsets[begin];
  const uint32_t shift = to.offsets.back() - first;
  for (size_t row = begin; row < end; ++row) {
    to.offsets.push_back(from.offsets[row + 1] + shift);
  }
  append_range(to.codes, from.codes, first, from.offsets[end]);
}

class Gatherer {
 public:
  Gatherer(const Schema& schema, std::span<const RowSource> sources)
      : sources_(sources), content_(empty_content(schema)) {}

  BlockContent gather() {
    for (const RowSource& source : sources_) {
      content_.keys.push_back(source.content->keys[source.row]);
      content_.live.push_back(source.content->live[source.row]);
    }
    for (size_t i = 0; i < content_.attributes.size(); ++i) {
      attribute(content_.attributes[i], &BlockContent::attributes, i);
      attribute(content_.stamps[i], &BlockContent::stamps, i);
    }
    for (size_t i = 0; i < content_.tables.size(); ++i) table(i);
    return std::move(content_);
  }

 private:
  void attribute(LogicalColumn& to,
                 std::vector<LogicalColumn> BlockContent::* columns,
                 size_t index) {
    for (const RowSource& source : sources_) {
      const LogicalColumn& from = (source.content->*columns)[index];
      if (from.rows() == 0) {
        to.push_missing();
      } else {
        to.push_from(from, source.row);
      }
    }
  }

  void table(size_t index) {
    TableContent& to = content_.tables[index];
    for (const RowSource& source : sources_) {
      const TableContent& from = source.content->tables[index];
      events(to, from, from.offsets[source.row], from.offsets[source.row + 1]);
    }
  }

  static void events(TableContent& to, const TableContent& from, uint32_t begin,
                     uint32_t end) {
    const size_t before = to.times.size();
    append_range(to.times, from.times, begin, end);
    to.offsets.push_back(to.events());
    append_range(to.sources, from.sources, begin, end);
    if (!from.own_times.empty() || !to.own_times.empty()) {
      append_range(to.own_times, to.times, to.own_times.size(), before);
      append_range(to.own_times,
                   from.own_times.empty() ? from.times : from.own_times, begin,
                   end);
    }
    if (!from.versions.empty() || !to.versions.empty()) {
      to.versions.resize(before, kNoVersion);
      if (!from.versions.empty()) {
        append_range(to.versions, from.versions, begin, end);
      }
      to.versions.resize(to.times.size(), kNoVersion);
    }
    if (!from.order_starts.empty()) {
      append_range(to.order_starts, from.order_starts, begin, end);
    }
    if (!from.ids.empty()) {
      to.ids.resize(before);
      append_range(to.ids, from.ids, begin, end);
    } else if (!to.ids.empty()) {
      to.ids.resize(to.times.size());
    }
    for (size_t i = 0; i < to.columns.size(); ++i) {
      if (from.columns[i].rows() > 0) {
        append_rows(to.columns[i], from.columns[i], begin, end);
      } else {
        fill_missing(to.columns[i], to.times.size());
      }
    }
  }

  std::span<const RowSource> sources_;
  BlockContent content_;
};

}  // namespace

void append_rows(LogicalColumn& to, const LogicalColumn& from, size_t begin,
                 size_t end) {
  const size_t before = to.rows();
  const bool some_missing = !from.present.empty();
  if (some_missing && to.present.empty()) to.present.assign(before, 1);
  if (is_list(to.type)) {
    append_lists(to, from, begin, end);
  } else if (to.type == TypeKind::kNumber) {
    append_range(to.numbers, from.numbers, begin, end);
  } else {
    append_range(to.ints, from.ints, begin, end);
  }
  if (some_missing) {
    append_range(to.present, from.present, begin, end);
  } else if (!to.present.empty()) {
    to.present.resize(to.rows(), 1);
  }
}

void fill_missing(LogicalColumn& column, size_t rows) {
  const size_t before = column.rows();
  if (before >= rows) return;
  if (is_list(column.type)) {
    if (column.offsets.empty()) column.offsets.push_back(0);
    column.offsets.resize(rows + 1, column.offsets.back());
  } else if (column.type == TypeKind::kNumber) {
    column.numbers.resize(rows);
  } else {
    column.ints.resize(rows);
  }
  if (is_text_like(column.type)) return;
  if (column.present.empty()) column.present.assign(before, 1);
  column.present.resize(rows, 0);
}

BlockContent gather_rows(const Schema& schema,
                         std::span<const RowSource> sources) {
  return Gatherer(schema, sources).gather();
}

}  // namespace kitle
