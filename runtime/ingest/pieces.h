// Rows of a table in one piece of bytes, column by column, so that they can
// wait for their block in memory or on disk. Entry points: PieceWriter,
// PieceReader.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/ingest/table_rows.h"

namespace kitle {

// Some rows as a piece. All outlive it.
class PieceWriter {
 public:
  PieceWriter(const RowLayout& layout, const TableRows& rows,
              std::span<const uint32_t> which);

  uint64_t bytes() const { return bytes_; }  // a multiple of 8
  // `to`: room for bytes(), aligned to 8.
  void write(char* to) const;

 private:
  // What a slot takes.
  struct Slot {
    uint64_t bytes = 0;    // of its texts and lists
    bool present = false;  // whether it tells which rows have a value
  };
  Slot shape_of(size_t slot) const;
  char* write_slot(size_t slot, char* to) const;

  const RowLayout& layout_;
  const TableRows& rows_;
  std::span<const uint32_t> which_;
  std::vector<Slot> slots_;
  uint64_t bytes_ = 0;
};

// All rows of some pieces. Not thread-safe.
class PieceReader {
 public:
  // `spans`: whole pieces one behind the other, each aligned to 8. They outlive
  // this and what it reads; so does the layout.
  PieceReader(const RowLayout& layout,
              std::span<const std::span<const char>> spans);

  uint32_t rows() const { return rows_; }
  // Calls f(profile) for each row.
  template <class F>
  void for_each_profile(F f) const {
    for (const Piece& piece : pieces_) {
      for (uint32_t i = 0; i < piece.rows; ++i) f(piece.profiles[i]);
    }
  }
  // The rows, each at its place: `places` is a permutation of 0, 1, ..., or
  // empty: in order.
  void read(std::span<const uint32_t> places, TableRows& to) const;
  void read(TableRows& to) const { read({}, to); }

 private:
  struct Slot {
    const char* values = nullptr;    // 8 bytes each, of codes 4
    const uint64_t* ends = nullptr;  // of each row's bytes
    const char* bytes = nullptr;
    const uint8_t* present = nullptr;  // null: all
  };
  struct Piece {
    uint32_t rows = 0;
    uint32_t file = 0;
    const uint32_t* profiles = nullptr;
    const int64_t* times = nullptr;  // null: none, as the next two
    const uint32_t* files = nullptr;
    const uint32_t* joined = nullptr;
    size_t first_slot = 0;  // in slots_
  };
  const Slot& slot_of(const Piece& piece, size_t slot) const {
    return slots_[piece.first_slot + slot];
  }
  uint64_t add(const char* at);
  void read_slot(size_t slot, std::span<const uint32_t> places,
                 RowColumn& to) const;
  void read_present(size_t slot, std::span<const uint32_t> places,
                    RowColumn& to) const;
  template <class F>
  void for_each_piece(std::span<const uint32_t> places, F f) const;

  const RowLayout& layout_;
  std::vector<Piece> pieces_;
  std::vector<Slot> slots_;  // of one piece behind those of the other
  uint32_t rows_ = 0;
};

}  // namespace kitle
