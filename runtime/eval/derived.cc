// See derived.h. Of a group times are merged row by row, and each column is
// then gathered from where its events came from; sessions are cut from times
// alone.
#include "runtime/eval/derived.h"

#include <algorithm>
#include <cstring>

namespace kitle {
namespace {

constexpr size_t kPadding = 128;  // bytes behind data and validity words

// One form for each type, so that machine code does not depend on the block.
Physical physical_of(TypeKind type) {
  if (is_list(type)) return Physical::kList;
  if (is_text_like(type)) return Physical::kU32;
  if (type == TypeKind::kFlag) return Physical::kU8;
  return type == TypeKind::kNumber ? Physical::kF64 : Physical::kI64;
}

template <class T>
void decode_as(const ColumnView& column, uint32_t begin, uint32_t end,
               std::vector<int64_t>& to) {
  const T* stored = static_cast<const T*>(column.data) + begin;
  const auto base = static_cast<uint64_t>(column.base);
  const auto unit = static_cast<uint64_t>(column.unit);
  to.resize(end - begin);
  for (size_t i = 0; i < to.size(); ++i) {
    const auto steps = static_cast<uint64_t>(static_cast<int64_t>(stored[i]));
    to[i] = static_cast<int64_t>(base + unit * steps);
  }
}

// Logical values, or codes; of missing ones anything.
void decode(const ColumnView& column, uint32_t begin, uint32_t end,
            std::vector<int64_t>& to) {
  switch (column.physical) {
    case Physical::kU8:
      return decode_as<uint8_t>(column, begin, end, to);
    case Physical::kU16:
      return decode_as<uint16_t>(column, begin, end, to);
    case Physical::kU32:
      return decode_as<uint32_t>(column, begin, end, to);
    case Physical::kI16:
      return decode_as<int16_t>(column, begin, end, to);
    case Physical::kI32:
      return decode_as<int32_t>(column, begin, end, to);
    case Physical::kI64:
      return decode_as<int64_t>(column, begin, end, to);
    case Physical::kF64:
    case Physical::kAbsent:
    case Physical::kList:
      to.assign(end - begin, 0);
  }
}

bool bit(const uint64_t* words, size_t at) {
  return ((words[at / 64] >> (at % 64)) & 1) != 0;
}

void set_bit(std::vector<uint64_t>& words, size_t at) {
  words[at / 64] |= uint64_t{1} << (at % 64);
}

bool is_present(const ColumnView& column, uint32_t at) {
  if (column.physical == Physical::kAbsent) return false;
  return column.valid == nullptr || bit(column.valid, at);
}

void clear_bits(std::vector<uint64_t>& words, size_t count) {
  words.assign(count / 64 + 1 + kPadding / sizeof(uint64_t), 0);
}

template <class T>
T* room_for(std::vector<std::byte>& data, size_t count) {
  data.assign(count * sizeof(T) + kPadding, std::byte{});
  return reinterpret_cast<T*>(data.data());
}

// The events of some rows of a member. Offsets in a mapping may change under
// us, so they are clamped.
struct Part {
  const BoundTable* table;
  uint32_t begin = 0;
  uint32_t end = 0;

  Part(const BoundTable& from, uint32_t first_row, uint32_t last_row)
      : table(&from) {
    if (from.offsets == nullptr) return;
    begin = std::min(from.offsets[first_row], from.events);
    end = std::clamp(from.offsets[last_row], begin, from.events);
  }
  // Where the events before `row` end.
  uint32_t end_before(uint32_t row) const {
    return table->offsets == nullptr
               ? begin
               : std::clamp(table->offsets[row], begin, end);
  }
};

bool starts_order(const BoundTable& table, uint32_t place) {
  return table.every_row_is_an_order || table.order_starts == nullptr ||
         bit(table.order_starts, place);
}

}  // namespace

ColumnView joined_column(TypeKind type, std::span<const ColumnView> members) {
  ColumnView made{.physical = physical_of(type), .type = type};
  bool first = true;
  for (const ColumnView& each : members) {
    const bool texts = each.physical != Physical::kAbsent;
    if (made.dictionary == nullptr || texts) {
      made.dictionary = each.dictionary;
      made.store_wide = each.store_wide;
    }
    if (each.min > each.max) continue;
    made.min = first ? each.min : std::min(made.min, each.min);
    made.max = first ? each.max : std::max(made.max, each.max);
    first = false;
  }
  return made;
}

// ---- which events, in which order ----

class DerivedTables::Merge {
 public:
  Merge(const BoundBlock& bound, const BoundDerived& derived,
        uint32_t first_row, uint32_t last_row)
      : bound_(bound), first_row_(first_row), last_row_(last_row) {
    for (const uint32_t member : derived.members) {
      const Part part(bound.tables[member], first_row, last_row);
      parts_.push_back(part);
      heads_.push_back(part.begin);
      total_ += part.end - part.begin;
      decode(part.table->time, part.begin, part.end, times_.emplace_back());
    }
  }

  // Fills offsets, sources, times and order starts.
  void run(Made& made) {
    made.offsets.assign(size_t{bound_.profiles} + 1, 0);
    made.sources.clear();
    made.sources.reserve(total_);
    clear_bits(made.order_starts, total_);
    int64_t* times = room_for<int64_t>(made.time.data, total_);
    for (uint32_t row = first_row_; row < last_row_; ++row) {
      merge_row(row, made, times);
      made.offsets[row + 1] = static_cast<uint32_t>(made.sources.size());
    }
    std::fill(made.offsets.begin() + last_row_, made.offsets.end(),
              static_cast<uint32_t>(made.sources.size()));
  }

 private:
  void merge_row(uint32_t row, Made& made, int64_t* times) {
    ends_.clear();
    for (const Part& part : parts_) ends_.push_back(part.end_before(row + 1));
    while (true) {
      const uint32_t member = earliest();
      if (member == kNone) return;
      const uint32_t place = heads_[member]++;
      const size_t at = made.sources.size();
      times[at] = times_[member][place - parts_[member].begin];
      const BoundTable& table = *parts_[member].table;
      if (starts_order(table, place)) set_bit(made.order_starts, at);
      made.sources.push_back({member, place});
    }
  }

  // The member with the earliest event that is left of the row; of several the
  // first.
  uint32_t earliest() const {
    uint32_t found = kNone;
    int64_t best = 0;
    for (uint32_t i = 0; i < parts_.size(); ++i) {
      if (heads_[i] >= ends_[i]) continue;
      const int64_t time = times_[i][heads_[i] - parts_[i].begin];
      if (found != kNone && time >= best) continue;
      found = i;
      best = time;
    }
    return found;
  }

  const BoundBlock& bound_;
  uint32_t first_row_;
  uint32_t last_row_;
  std::vector<Part> parts_;                  // by member
  std::vector<std::vector<int64_t>> times_;  // of each part
  std::vector<uint32_t> heads_;              // the next event of each
  std::vector<uint32_t> ends_;               // of the row at hand
  size_t total_ = 0;
};

// ---- columns ----

// One column's values at those events.
class DerivedTables::Gather {
 public:
  Gather(const BoundDerived::Column& column, const std::vector<Part>& parts,
         const std::vector<EventSource>& sources, Values& to)
      : of_(column.of), parts_(parts), sources_(sources), to_(to) {
    clear_bits(to.valid, sources.size());
    for (size_t i = 0; i < sources.size(); ++i) {
      const EventSource& from = sources[i];
      if (is_present(of_[from.member], from.place)) set_bit(to.valid, i);
    }
  }

  void run(ColumnView& view) {
    switch (view.physical) {
      case Physical::kU8:
        whole(room_for<uint8_t>(to_.data, sources_.size()));
        break;
      case Physical::kU32:
        whole(room_for<uint32_t>(to_.data, sources_.size()));
        break;
      case Physical::kF64:
        numbers(room_for<double>(to_.data, sources_.size()));
        break;
      case Physical::kList:
        lists();
        view.offsets = to_.offsets.data();
        break;
      case Physical::kI64:
        whole(room_for<int64_t>(to_.data, sources_.size()));
        break;
      case Physical::kAbsent:  // physical_of() gives none of these
      case Physical::kU16:
      case Physical::kI16:
      case Physical::kI32:
        return;
    }
    view.data = to_.data.data();
    // Of texts, code 0 says it.
    if (!is_text_like(view.type)) view.valid = to_.valid.data();
  }

 private:
  template <class T>
  void whole(T* to) const {
    std::vector<std::vector<int64_t>> values(of_.size());
    for (size_t i = 0; i < of_.size(); ++i) {
      decode(of_[i], parts_[i].begin, parts_[i].end, values[i]);
    }
    for (size_t i = 0; i < sources_.size(); ++i) {
      const auto [member, place] = sources_[i];
      if (!bit(to_.valid.data(), i)) continue;
      to[i] = static_cast<T>(values[member][place - parts_[member].begin]);
    }
  }

  void numbers(double* to) const {
    for (size_t i = 0; i < sources_.size(); ++i) {
      const auto [member, place] = sources_[i];
      if (!bit(to_.valid.data(), i)) continue;
      to[i] = static_cast<const double*>(of_[member].data)[place];
    }
  }

  void lists() {
    std::vector<uint32_t> codes;
    to_.offsets.assign(1, 0);
    for (size_t i = 0; i < sources_.size(); ++i) {
      if (bit(to_.valid.data(), i)) add_codes(sources_[i], codes);
      to_.offsets.push_back(static_cast<uint32_t>(codes.size()));
    }
    std::ranges::copy(codes, room_for<uint32_t>(to_.data, codes.size()));
  }

  void add_codes(const EventSource& from, std::vector<uint32_t>& codes) const {
    const ColumnView& column = of_[from.member];
    const uint32_t begin =
        std::min(column.offsets[from.place], column.elements);
    const uint32_t end =
        std::clamp(column.offsets[from.place + 1], begin, column.elements);
    const auto* all = static_cast<const uint32_t*>(column.data);
    codes.insert(codes.end(), all + begin, all + end);
  }

  const std::vector<ColumnView>& of_;  // by member
  const std::vector<Part>& parts_;
  const std::vector<EventSource>& sources_;
  Values& to_;
};

// ---- sessions ----

// A table's events of some rows, up to now, parted where the gap is exceeded.
class DerivedTables::Split {
 public:
  Split(const BoundBlock& bound, const BoundDerived& derived,
        uint32_t first_row, uint32_t last_row)
      : bound_(bound),
        gap_(static_cast<uint64_t>(derived.gap)),
        first_row_(first_row),
        last_row_(last_row),
        part_(bound.tables[derived.members.front()], first_row, last_row) {
    decode(part_.table->time, part_.begin, part_.end, times_);
  }

  // Fills offsets, times, lengths and counts; says how many sessions there are.
  uint32_t run(Made& made) {
    const size_t room = times_.size() + kPadding / sizeof(int64_t);
    for (std::vector<int64_t>* each :
         {&made.times, &made.lengths, &made.counts}) {
      if (each->size() < room) each->resize(room);
    }
    made.offsets.assign(size_t{bound_.profiles} + 1, 0);
    uint32_t sessions = 0;
    uint32_t event = part_.begin;
    for (uint32_t row = first_row_; row < last_row_; ++row) {
      const uint32_t end = part_.end_before(row + 1);
      sessions = split(event, up_to_now(event, end), made, sessions);
      event = std::max(event, end);
      made.offsets[row + 1] = sessions;
    }
    std::fill(made.offsets.begin() + last_row_, made.offsets.end(), sessions);
    return sessions;
  }

 private:
  static uint64_t passed(int64_t from, int64_t to) {
    return static_cast<uint64_t>(to) - static_cast<uint64_t>(from);
  }

  uint32_t up_to_now(uint32_t begin, uint32_t end) const {
    while (end > begin && times_[end - 1 - part_.begin] > bound_.now) --end;
    return end;
  }

  // Behind the first `sessions`; how many there are then. Where sessions end is
  // hardly foreseen, so that each event writes its session, and none branches.
  uint32_t split(uint32_t begin, uint32_t end, Made& made,
                 uint32_t sessions) const {
    if (begin >= end) return sessions;
    const int64_t* times = times_.data();
    int64_t* const to_times = made.times.data();
    int64_t* const to_lengths = made.lengths.data();
    int64_t* const to_counts = made.counts.data();
    const bool all = part_.table->every_row_is_an_order ||
                     part_.table->order_starts == nullptr;
    int64_t start = times[begin - part_.begin];
    int64_t before = start;
    int64_t count = 0;
    for (uint32_t i = begin; i < end; ++i) {
      const int64_t time = times[i - part_.begin];
      const bool is_new = passed(before, time) > gap_;
      before = time;
      sessions += is_new ? 1 : 0;
      start = is_new ? time : start;
      count = is_new ? 0 : count;
      count += all || starts_order(*part_.table, i) ? 1 : 0;
      to_times[sessions] = start;
      to_lengths[sessions] = static_cast<int64_t>(passed(start, time));
      to_counts[sessions] = count;
    }
    return sessions + 1;
  }

  const BoundBlock& bound_;
  uint64_t gap_;
  uint32_t first_row_;
  uint32_t last_row_;
  Part part_;
  std::vector<int64_t> times_;  // of the part
};

// ---- tables ----

const BoundBlock& DerivedTables::make(const Prepared& code,
                                      const BoundBlock& bound,
                                      uint32_t first_row, uint32_t rows,
                                      std::vector<uint64_t>* times) {
  const bool another = of_ != &bound;
  of_ = &bound;
  if (bound.derived.empty()) return *of_;
  if (another) copy_ = bound;
  first_row_ = first_row;
  last_row_ = first_row + rows;
  made_.resize(bound.derived.size());
  const std::vector<bool> read = wanted(code);
  for (size_t i = 0; i < bound.derived.size(); ++i) {
    const BoundDerived& derived = bound.derived[i];
    const bool group = derived.gap == 0;
    const Stopwatch running(times, i);
    if (group) make_ends(derived, made_[i]);
    if (read[i] && group) make_events(derived, made_[i]);
    if (read[i] && !group) make_sessions(derived, made_[i]);
  }
  return copy_;
}

namespace {

bool has_ends(const Program& program, uint32_t table) {
  return std::ranges::any_of(program.slots, [&](const Slot& slot) {
    return slot.table == table && (slot.kind == SlotKind::kFirstTime ||
                                   slot.kind == SlotKind::kLastTime);
  });
}

}  // namespace

std::vector<bool> DerivedTables::wanted(const Prepared& code) {
  const Program& program = code.program();
  std::vector<bool> wanted(program.derived.size(), false);
  const size_t stored = program.tables.size() - program.derived.size();
  for (size_t i = program.derived.size(); i-- > 0;) {
    const DerivedTable& derived = program.derived[i];
    const bool sessions = derived.gap > 0;
    const bool ends = sessions && has_ends(program, derived.table);
    if (ends || std::ranges::binary_search(code.tables(), derived.table)) {
      wanted[i] = true;
    }
    if (!wanted[i] || !sessions) continue;
    const uint32_t of = derived.members.front();
    if (of >= stored) wanted[of - stored] = true;
  }
  return wanted;
}

void DerivedTables::make_sessions(const BoundDerived& derived, Made& made) {
  BoundTable& table = copy_.tables[derived.table];
  table.events = Split(copy_, derived, first_row_, last_row_).run(made);
  table.offsets = made.offsets.data();
  table.time.data = made.times.data();
  for (const uint32_t slot : derived.times) copy_.slots[slot] = table.time;
  for (const BoundDerived::Column& column : derived.columns) {
    const bool length = column.column == kSessionLength;
    copy_.slots[column.slot].data =
        length ? made.lengths.data() : made.counts.data();
  }
  made.ends.resize(derived.ends.size());
  for (size_t i = 0; i < derived.ends.size(); ++i) {
    make_end(derived.ends[i], made, made.ends[i]);
  }
}

// The time of the first or the last session of each row.
void DerivedTables::make_end(const BoundDerived::Column& column,
                             const Made& made, Values& values) {
  int64_t* to = room_for<int64_t>(values.data, copy_.profiles);
  clear_bits(values.valid, copy_.profiles);
  for (uint32_t row = first_row_; row < last_row_; ++row) {
    const uint32_t begin = made.offsets[row];
    const uint32_t end = made.offsets[row + 1];
    if (begin == end) continue;
    to[row] = made.times[column.last ? end - 1 : begin];
    set_bit(values.valid, row);
  }
  copy_.slots[column.slot].data = to;
  copy_.slots[column.slot].valid = values.valid.data();
}

void DerivedTables::make_events(const BoundDerived& derived, Made& made) {
  Merge(copy_, derived, first_row_, last_row_).run(made);
  BoundTable& table = copy_.tables[derived.table];
  table.events = static_cast<uint32_t>(made.sources.size());
  table.offsets = made.offsets.data();
  table.time.data = made.time.data.data();
  table.order_starts = made.order_starts.data();
  std::vector<Part> parts;
  for (const uint32_t member : derived.members) {
    parts.emplace_back(copy_.tables[member], first_row_, last_row_);
  }
  made.columns.resize(derived.columns.size());
  for (size_t i = 0; i < derived.columns.size(); ++i) {
    const BoundDerived::Column& column = derived.columns[i];
    ColumnView& view = copy_.slots[column.slot];
    Gather(column, parts, made.sources, made.columns[i]).run(view);
    if (view.physical != Physical::kList) continue;
    copy_.list_elements[column.slot] = made.columns[i].offsets.back();
  }
  for (const uint32_t slot : derived.times) copy_.slots[slot] = table.time;
}

// The first of the members' first times, the last of their last ones.
void DerivedTables::make_ends(const BoundDerived& derived, Made& made) {
  made.ends.resize(derived.ends.size());
  std::vector<int64_t> times;
  for (size_t i = 0; i < derived.ends.size(); ++i) {
    const BoundDerived::Column& column = derived.ends[i];
    Values& values = made.ends[i];
    int64_t* to = room_for<int64_t>(values.data, copy_.profiles);
    clear_bits(values.valid, copy_.profiles);
    for (const ColumnView& each : column.of) {
      decode(each, first_row_, last_row_, times);
      for (uint32_t row = first_row_; row < last_row_; ++row) {
        if (!is_present(each, row)) continue;
        const int64_t time = times[row - first_row_];
        const bool known = bit(values.valid.data(), row);
        const bool better = column.last ? time > to[row] : time < to[row];
        if (!known || better) to[row] = time;
        set_bit(values.valid, row);
      }
    }
    copy_.slots[column.slot].data = to;
    copy_.slots[column.slot].valid = values.valid.data();
  }
}

}  // namespace kitle
