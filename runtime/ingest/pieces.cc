// A piece: a head, a word for each slot (its bytes of texts and lists, and
// whether it tells which rows have a value), then arrays, each as long as the
// rows and padded to 8 bytes: profiles, times, files, numbers of joined rows,
// and by slot its values, or the ends of its bytes and these, and who has one.
#include "runtime/ingest/pieces.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace kitle {
namespace {

struct PieceHead {
  uint64_t bytes = 0;  // of the whole piece
  uint32_t rows = 0;
  uint32_t file = 0;
  uint64_t parts = 0;  // of the next three
};
constexpr uint64_t kTimes = 1;
constexpr uint64_t kFiles = 2;
constexpr uint64_t kJoined = 4;

uint64_t padded(uint64_t bytes) { return (bytes + 7) / 8 * 8; }

uint64_t parts_of(const TableRows& rows) {
  return (rows.times.empty() ? 0 : kTimes) | (rows.files.empty() ? 0 : kFiles) |
         (rows.joined.empty() ? 0 : kJoined);
}

bool is_fixed(FieldKind kind) {
  return kind == FieldKind::kValue || kind == FieldKind::kCode;
}

// Bytes of a row's value; of the others where theirs end.
size_t width_of(FieldKind kind) {
  return kind == FieldKind::kCode ? sizeof(uint32_t) : sizeof(uint64_t);
}

// Writes the chosen values; where the next array begins.
template <class To, class From>
char* write_array(char* to, const std::vector<From>& from,
                  std::span<const uint32_t> which) {
  To* const at = reinterpret_cast<To*>(to);
  for (size_t i = 0; i < which.size(); ++i) {
    at[i] = static_cast<To>(from[which[i]]);
  }
  return to + padded(which.size() * sizeof(To));
}

template <class To, class From>
char* write_part(char* to, const std::vector<From>& from,
                 std::span<const uint32_t> which) {
  return from.empty() ? to : write_array<To>(to, from, which);
}

char* write_bytes(char* to, const std::vector<std::string_view>& from,
                  std::span<const uint32_t> which) {
  auto* ends = reinterpret_cast<uint64_t*>(to);
  char* const begin = to + which.size() * sizeof(uint64_t);
  char* at = begin;
  for (const uint32_t row : which) {
    const std::string_view bytes = from[row];
    if (!bytes.empty()) std::memcpy(at, bytes.data(), bytes.size());
    at += bytes.size();
    *ends++ = static_cast<uint64_t>(at - begin);
  }
  return begin + padded(static_cast<uint64_t>(at - begin));
}

}  // namespace

PieceWriter::PieceWriter(const RowLayout& layout, const TableRows& rows,
                         std::span<const uint32_t> which)
    : layout_(layout), rows_(rows), which_(which) {
  const uint64_t count = which.size();
  const uint64_t words = padded(count * sizeof(uint32_t));
  bytes_ = sizeof(PieceHead) + layout.slots() * sizeof(uint64_t) + words;
  if (!rows.times.empty()) bytes_ += count * sizeof(int64_t);
  if (!rows.files.empty()) bytes_ += words;
  if (!rows.joined.empty()) bytes_ += words;
  for (size_t i = 0; i < layout.slots(); ++i) {
    const Slot slot = shape_of(i);
    bytes_ += padded(count * width_of(layout.kind(i))) + padded(slot.bytes);
    if (slot.present) bytes_ += padded(count);
    slots_.push_back(slot);
  }
}

PieceWriter::Slot PieceWriter::shape_of(size_t slot) const {
  const RowColumn& column = rows_.slots[slot];
  Slot shape;
  if (!is_fixed(layout_.kind(slot))) {
    for (const uint32_t row : which_) shape.bytes += column.bytes[row].size();
  }
  if (column.present.empty()) return shape;
  uint8_t all = 1;
  for (const uint32_t row : which_) all &= column.present[row];
  shape.present = all == 0;
  return shape;
}

void PieceWriter::write(char* to) const {
  const PieceHead head{bytes_, static_cast<uint32_t>(which_.size()), rows_.file,
                       parts_of(rows_)};
  std::memcpy(to, &head, sizeof(head));
  to += sizeof(head);
  for (const Slot& slot : slots_) {
    const uint64_t word = slot.bytes * 2 + (slot.present ? 1 : 0);
    std::memcpy(to, &word, sizeof(word));
    to += sizeof(word);
  }
  to = write_array<uint32_t>(to, rows_.profiles, which_);
  to = write_part<int64_t>(to, rows_.times, which_);
  to = write_part<uint32_t>(to, rows_.files, which_);
  to = write_part<uint32_t>(to, rows_.joined, which_);
  for (size_t i = 0; i < slots_.size(); ++i) to = write_slot(i, to);
}

char* PieceWriter::write_slot(size_t slot, char* to) const {
  const RowColumn& column = rows_.slots[slot];
  switch (layout_.kind(slot)) {
    case FieldKind::kValue:
      to = write_array<int64_t>(to, column.values, which_);
      break;
    case FieldKind::kCode:
      to = write_array<uint32_t>(to, column.values, which_);
      break;
    case FieldKind::kText:
    case FieldKind::kCodeList:
    case FieldKind::kTextList:
      to = write_bytes(to, column.bytes, which_);
  }
  return slots_[slot].present ? write_array<uint8_t>(to, column.present, which_)
                              : to;
}

PieceReader::PieceReader(const RowLayout& layout,
                         std::span<const std::span<const char>> spans)
    : layout_(layout) {
  for (const std::span<const char> span : spans) {
    for (size_t at = 0; at < span.size();) at += add(span.data() + at);
  }
}

uint64_t PieceReader::add(const char* at) {
  PieceHead head;
  std::memcpy(&head, at, sizeof(head));
  const auto* words = reinterpret_cast<const uint64_t*>(at + sizeof(head));
  Piece& piece = pieces_.emplace_back();
  piece.rows = head.rows;
  piece.file = head.file;
  piece.first_slot = slots_.size();
  at += sizeof(head) + layout_.slots() * sizeof(uint64_t);
  const auto next = [&](size_t bytes) {
    return std::exchange(at, at + padded(bytes));
  };
  const auto array = [&]<class T>(const T*& of) {
    of = reinterpret_cast<const T*>(next(head.rows * sizeof(T)));
  };
  array(piece.profiles);
  if ((head.parts & kTimes) != 0) array(piece.times);
  if ((head.parts & kFiles) != 0) array(piece.files);
  if ((head.parts & kJoined) != 0) array(piece.joined);
  for (size_t i = 0; i < layout_.slots(); ++i) {
    const FieldKind kind = layout_.kind(i);
    Slot& slot = slots_.emplace_back();
    slot.values = next(head.rows * width_of(kind));
    if (!is_fixed(kind)) {
      slot.ends = reinterpret_cast<const uint64_t*>(slot.values);
      slot.bytes = next(words[i] / 2);
    }
    if (words[i] % 2 == 0) continue;
    slot.present = reinterpret_cast<const uint8_t*>(next(head.rows));
  }
  rows_ += head.rows;
  return head.bytes;
}

namespace {

// Where the rows of a piece go.
struct Target {
  std::span<const uint32_t> places;  // empty: to `begin` and behind it
  size_t begin = 0;
  size_t rows = 0;

  size_t operator[](size_t i) const {
    return places.empty() ? begin + i : places[i];
  }
};

template <class From, class To>
void put(const From* from, const Target& at, std::vector<To>& to) {
  if (at.places.empty()) {
    std::copy_n(from, at.rows, to.begin() + static_cast<ptrdiff_t>(at.begin));
    return;
  }
  for (size_t i = 0; i < at.rows; ++i) {
    to[at.places[i]] = static_cast<To>(from[i]);
  }
}

void put_bytes(const uint64_t* ends, const char* bytes, const Target& at,
               std::vector<std::string_view>& to) {
  uint64_t begin = 0;
  for (size_t i = 0; i < at.rows; ++i) {
    to[at[i]] = {bytes + begin, ends[i] - begin};
    begin = ends[i];
  }
}

}  // namespace

// Calls f(piece, where its rows go) for each.
template <class F>
void PieceReader::for_each_piece(std::span<const uint32_t> places, F f) const {
  size_t begin = 0;
  for (const Piece& piece : pieces_) {
    const Target at{places.empty() ? places : places.subspan(begin, piece.rows),
                    begin, piece.rows};
    f(piece, at);
    begin += piece.rows;
  }
}

void PieceReader::read(std::span<const uint32_t> places, TableRows& to) const {
  const auto any = [this](auto part) {
    return std::ranges::any_of(
        pieces_, [=](const Piece& piece) { return piece.*part != nullptr; });
  };
  to.profiles.resize(rows_);
  to.files.resize(rows_);
  to.times.resize(any(&Piece::times) ? rows_ : 0);
  to.joined.assign(any(&Piece::joined) ? rows_ : 0, 0);
  for_each_piece(places, [&](const Piece& piece, const Target& at) {
    put(piece.profiles, at, to.profiles);
    if (piece.times != nullptr) put(piece.times, at, to.times);
    if (piece.joined != nullptr) put(piece.joined, at, to.joined);
    if (piece.files != nullptr) {
      put(piece.files, at, to.files);
    } else {
      for (size_t i = 0; i < at.rows; ++i) to.files[at[i]] = piece.file;
    }
  });
  to.slots.resize(layout_.slots());
  for (size_t i = 0; i < layout_.slots(); ++i) {
    read_slot(i, places, to.slots[i]);
    read_present(i, places, to.slots[i]);
  }
}

void PieceReader::read_slot(size_t slot, std::span<const uint32_t> places,
                            RowColumn& to) const {
  const FieldKind kind = layout_.kind(slot);
  to.values.resize(is_fixed(kind) ? rows_ : 0);
  to.bytes.resize(is_fixed(kind) ? 0 : rows_);
  for_each_piece(places, [&](const Piece& piece, const Target& at) {
    const Slot& from = slot_of(piece, slot);
    if (kind == FieldKind::kValue) {
      put(reinterpret_cast<const int64_t*>(from.values), at, to.values);
    } else if (kind == FieldKind::kCode) {
      put(reinterpret_cast<const uint32_t*>(from.values), at, to.values);
    } else {
      put_bytes(from.ends, from.bytes, at, to.bytes);
    }
  });
}

void PieceReader::read_present(size_t slot, std::span<const uint32_t> places,
                               RowColumn& to) const {
  to.present.clear();
  for_each_piece(places, [&](const Piece& piece, const Target& at) {
    const uint8_t* present = slot_of(piece, slot).present;
    if (present == nullptr) return;
    if (to.present.empty()) to.present.assign(rows_, 1);
    put(present, at, to.present);
  });
}

}  // namespace kitle
