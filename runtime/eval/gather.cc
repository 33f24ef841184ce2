#include "runtime/eval/gather.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "runtime/eval/bit_words.h"
#include "runtime/eval/derived.h"
#include "runtime/store/layout.h"

namespace kitle {
namespace {

constexpr size_t kAlign = 64;
constexpr size_t kReadBehind = 128;
constexpr size_t kSlab = size_t{1} << 20;

template <class T, class Runs>
void copy_values(const void* from, const Runs& runs, std::byte* to) {
  const T* values = static_cast<const T*>(from);
  T* next = reinterpret_cast<T*>(to);
  for (const auto& run : runs) {
    next = std::copy_n(values + run.begin, run.count, next);
  }
}

template <class Runs>
void copy_wide(size_t width, const void* from, const Runs& runs,
               std::byte* to) {
  switch (width) {
    case 1:
      return copy_values<uint8_t>(from, runs, to);
    case 2:
      return copy_values<uint16_t>(from, runs, to);
    case 4:
      return copy_values<uint32_t>(from, runs, to);
    default:
      return copy_values<uint64_t>(from, runs, to);
  }
}

}  // namespace

// ---- memory ----

void GatherMemory::Free::operator()(std::byte* memory) const {
  ::operator delete(memory, std::align_val_t(kAlign));
}

std::byte* GatherMemory::take(size_t bytes) {
  const size_t needed = (bytes + kReadBehind + kAlign - 1) / kAlign * kAlign;
  while (slab_ < slabs_.size() && used_ + needed > slabs_[slab_].bytes) {
    ++slab_;
    used_ = 0;
  }
  if (slab_ == slabs_.size()) {
    const size_t size = std::max(kSlab, needed);
    void* made = ::operator new(size, std::align_val_t(kAlign));
    slabs_.push_back(
        {std::unique_ptr<std::byte, Free>(static_cast<std::byte*>(made)),
         size});
    used_ = 0;
  }
  std::byte* const piece = slabs_[slab_].memory.get() + used_;
  used_ += needed;
  return piece;
}

void GatherMemory::clear() {
  slab_ = 0;
  used_ = 0;
}

// ---- one block ----

const BoundBlock& GatheredBlock::make(const Prepared& code,
                                      const BoundBlock& bound,
                                      std::span<const uint32_t> rows) {
  memory_.clear();
  from_ = &bound;
  people_.clear();
  for (const uint32_t row : rows) people_.push_back({row, 1});
  want(code);
  made_.program = bound.program;
  made_.code = bound.code;
  made_.profiles = static_cast<uint32_t>(rows.size());
  made_.live = bits(bound.live, people_, made_.profiles);
  made_.slots = bound.slots;
  made_.list_elements = bound.list_elements;
  made_.tables = bound.tables;
  made_.derived = bound.derived;
  made_.instructions = bound.instructions;
  made_.ranges = bound.ranges;
  made_.ints = bound.ints;
  made_.points = bound.points;
  made_.now = bound.now;
  made_.today = bound.today;
  made_.zone = bound.zone;
  made_.texts = bound.texts;
  for (uint32_t i = 0; i < tables_.size(); ++i) gather_table(i);
  for (uint32_t i = 0; i < made_.slots.size(); ++i) gather_slot(i);
  gather_derived();
  return made_;
}

void GatheredBlock::want(const Prepared& code) {
  tables_.resize(from_->tables.size());
  for (Table& table : tables_) table.wanted = false;
  for (const uint32_t table : code.tables()) tables_[table].wanted = true;
  const std::vector<bool> made = DerivedTables::wanted(code, *from_);
  for (size_t i = 0; i < made.size(); ++i) {
    if (!made[i]) continue;
    for (const uint32_t member : from_->derived[i].members) {
      tables_[member].wanted = true;
    }
  }
}

void GatheredBlock::gather_table(uint32_t number) {
  Table& table = tables_[number];
  BoundTable& made = made_.tables[number];
  table.runs.clear();
  table.events = 0;
  if (made.offsets == nullptr) return;
  const uint32_t* const offsets = made.offsets;
  const size_t count = people_.size() + 1;
  auto* const to =
      reinterpret_cast<uint32_t*>(memory_.take(count * sizeof(uint32_t)));
  made.offsets = to;
  if (!table.wanted) {
    std::fill_n(to, count, 0);
    made.events = 0;
    return;
  }
  for (size_t i = 0; i < people_.size(); ++i) {
    const uint32_t row = people_[i].begin;
    const uint32_t begin = std::min(offsets[row], made.events);
    const uint32_t end = std::clamp(offsets[row + 1], begin, made.events);
    to[i] = table.events;
    if (begin == end) continue;
    table.runs.push_back({begin, end - begin});
    table.events += end - begin;
  }
  to[people_.size()] = table.events;
  made.events = table.events;
  made.time = of_events(made.time, number);
  if (made.order_starts != nullptr) {
    made.order_starts = bits(made.order_starts, table.runs, table.events);
  }
}

void GatheredBlock::gather_slot(uint32_t number) {
  ColumnView& column = made_.slots[number];
  const Slot& slot = made_.program->slots[number];
  const bool derived = std::ranges::any_of(
      made_.derived,
      [&](const BoundDerived& each) { return each.table == slot.table; });
  if (derived) return;  // has no data yet
  uint32_t count = made_.profiles;
  if (slot.domain() == kProfiles) {
    column = of_people(column);
  } else if (tables_[slot.table].wanted) {
    count = tables_[slot.table].events;
    column = slot.kind == SlotKind::kEventTime ? made_.tables[slot.table].time
                                               : of_events(column, slot.table);
  } else {
    return;  // not read
  }
  if (column.physical == Physical::kList) {
    made_.list_elements[number] = column.offsets[count];
  }
}

void GatheredBlock::gather_derived() {
  for (BoundDerived& derived : made_.derived) {
    for (BoundDerived::Column& column : derived.columns) {
      gather_members(derived, column);
    }
    for (BoundDerived::Column& column : derived.ends) {
      for (ColumnView& each : column.of) each = of_people(each);
    }
  }
}

void GatheredBlock::gather_members(const BoundDerived& derived,
                                   BoundDerived::Column& column) {
  for (size_t i = 0; i < column.of.size(); ++i) {
    const uint32_t member = derived.members[i];
    if (tables_[member].wanted) {
      column.of[i] = of_events(column.of[i], member);
    }
  }
}

// ---- one column ----

ColumnView GatheredBlock::of_people(const ColumnView& column) {
  return gathered(column, from_->profiles, people_,
                  static_cast<uint32_t>(people_.size()));
}

ColumnView GatheredBlock::of_events(const ColumnView& column, uint32_t number) {
  const Table& table = tables_[number];
  return gathered(column, from_->tables[number].events, table.runs,
                  table.events);
}

ColumnView GatheredBlock::gathered(const ColumnView& column, uint32_t rows,
                                   std::span<const Run> runs, uint32_t count) {
  ColumnView made = column;
  if (column.valid != nullptr) made.valid = bits(column.valid, runs, count);
  if (column.physical == Physical::kList) {
    gather_list(column, rows, runs, count, made);
  } else if (column.data != nullptr) {
    const size_t width = width_of(column.physical);
    std::byte* const to = memory_.take(count * width);
    copy_wide(width, column.data, runs, to);
    made.data = to;
  }
  return made;
}

// Offsets in a mapping may change under us, so they are clamped.
void GatheredBlock::gather_list(const ColumnView& from, uint32_t rows,
                                std::span<const Run> runs, uint32_t count,
                                ColumnView& to) {
  auto* const offsets = reinterpret_cast<uint32_t*>(
      memory_.take((count + size_t{1}) * sizeof(uint32_t)));
  const uint32_t all = from.offsets[rows];
  std::vector<Run> elements;
  uint32_t at = 0;
  uint32_t total = 0;
  for (const Run& run : runs) {
    for (uint32_t i = run.begin; i < run.begin + run.count; ++i) {
      const uint32_t begin = std::min(from.offsets[i], all);
      const uint32_t end = std::clamp(from.offsets[i + 1], begin, all);
      offsets[at++] = total;
      elements.push_back({begin, end - begin});
      total += end - begin;
    }
  }
  offsets[at] = total;
  std::byte* const codes = memory_.take(total * sizeof(uint32_t));
  copy_values<uint32_t>(from.data, elements, codes);
  to.offsets = offsets;
  to.data = codes;
}

const uint64_t* GatheredBlock::bits(const uint64_t* from,
                                    std::span<const Run> runs, uint32_t count) {
  const size_t words = count / 64 + size_t{1};
  auto* const to =
      reinterpret_cast<uint64_t*>(memory_.take(words * sizeof(uint64_t)));
  std::fill_n(to, words, uint64_t{0});
  uint64_t at = 0;
  for (const Run& run : runs) {
    for (uint32_t i = 0; i < run.count; i += 64) {
      const uint32_t some = std::min(64u, run.count - i);
      put_bits(to, at, some, get_bits(from, uint64_t{run.begin} + i, some));
      at += some;
    }
  }
  return to;
}

}  // namespace kitle
