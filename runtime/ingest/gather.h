// Converted columns of a batch -> slots of the rows that a table gets. Entry
// points: SlotGatherer, gather, take.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/ingest/arena.h"
#include "runtime/ingest/convert.h"
#include "runtime/ingest/table_rows.h"
#include "runtime/store/content.h"

namespace kitle {

template <class T>
void gather(const std::vector<T>& from, std::span<const uint32_t> rows,
            std::vector<T>& to) {
  to.resize(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) to[i] = from[rows[i]];
}

// `from` is of no use afterwards.
template <class T>
void take(std::vector<T>& from, std::span<const uint32_t> rows,
          std::vector<T>& to) {
  if (rows.size() == from.size()) return from.swap(to);
  gather(from, rows, to);
}

// Of one `into` after the other. Not thread-safe.
class SlotGatherer {
 public:
  // `arena`: where lists of texts are put, as long as the batch lives.
  explicit SlotGatherer(Arena& arena) : arena_(arena) {}

  // The rows to come, increasing; they outlive their use.
  void begin(std::span<const uint32_t> rows) { rows_ = rows; }
  // Takes the values of the rows from `from`, which is of no use afterwards.
  // `texts`: the pool of a kCode or kCodeList.
  void fill(FieldKind kind, TypeKind type, TypedColumn& from, TextPool* texts,
            RowColumn& to);
  // A slot for which the rows have no value.
  void fill_missing(FieldKind kind, RowColumn& to) const;

 private:
  void fill_present(const TypedColumn& from, RowColumn& to) const;
  void fill_values(TypeKind type, TypedColumn& from, RowColumn& to) const;
  void fill_codes(const TypedColumn& from, TextPool& texts, RowColumn& to);
  void fill_texts(const TypedColumn& from, RowColumn& to) const;
  void fill_code_lists(const TypedColumn& from, TextPool& texts,
                       RowColumn& to) const;
  void fill_text_lists(const TypedColumn& from, RowColumn& to);

  Arena& arena_;
  std::span<const uint32_t> rows_;
  std::vector<uint32_t> codes_;  // by row of the batch; 0: none yet
};

}  // namespace kitle
