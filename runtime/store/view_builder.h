// Makes the BlockView of a block file, verifying each section as it goes.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "runtime/store/block_file.h"

namespace kitle {

// One use: build().
class ViewBuilder {
 public:
  explicit ViewBuilder(const BlockFile& block);
  // Fills the block's view.
  Status build();

 private:
  // A column's place: table and column by id, and how many rows it has.
  struct Place {
    uint32_t table = 0;
    uint32_t column = 0;
    uint32_t rows = 0;
  };

  Status profiles(const TableEntry& entry);
  Status rows_of_overlay();
  Status local_texts();
  Status table(const EventType& event, TableView& view);
  Status filled_table(const EventType& event, const TableEntry& entry,
                      TableView& view);
  void empty_table(const EventType& event, const TableEntry* entry,
                   TableView& view);
  Status offsets(const EventType& event, const TableEntry& entry,
                 TableView& view);
  Status times(const EventType& event, const Layout& layout, TableView& view);
  Status edge_times(const EventType& event, TableView& view);
  Status orders(const EventType& event, TableView& view);
  Status nothing_left() const;

  // The view of a column, which lies as its layout says.
  Status column(const Column& column, Place place, const Layout& layout,
                ColumnView& view);
  Status integers(const SectionEntry& section, Place place, ColumnView& view);
  Status flags(const SectionEntry& section, Place place, ColumnView& view);
  Status numbers(const SectionEntry& section, Place place, ColumnView& view);
  Status codes(const SectionEntry& section, Place place, ColumnView& view);
  Status list(Place place, ColumnView& view);
  Status dictionary(const Column& column, ColumnView& view);
  Status validity(SectionKind kind, Place place, const uint64_t*& valid);

  Result<const Layout*> layout_of(const TableEntry& entry) const;
  const TableEntry* entry_of(uint32_t table) const;
  // The section, verified and of this length; null if there is none.
  Result<const SectionEntry*> take(SectionKind kind, uint32_t table,
                                   uint32_t column, uint64_t length);
  // The same, an error if there is none.
  Result<const SectionEntry*> need(SectionKind kind, uint32_t table,
                                   uint32_t column, uint64_t length);
  void use(const SectionEntry& section);

  const BlockFile& block_;
  const SectionFile& file_;
  const Manifest& manifest_;
  BlockView& view_;
  std::vector<bool> used_;  // by section
};

}  // namespace kitle
