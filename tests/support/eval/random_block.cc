#include "tests/support/eval/random_block.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <numeric>

namespace kitle::test {
namespace {

constexpr size_t kReadable = 128;  // bytes behind a column

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

class Builder {
 public:
  Builder(Random& random, const BlockShape& shape)
      : random_(random), shape_(shape) {}

  std::unique_ptr<RandomBlock> run() {
    block_->bound.profiles = shape_.rows;
    make_live();
    make_dictionaries();
    make_zone();
    make_table("view", false);
    make_table("purchase", true);
    make_absent_table("call");
    add_columns(kProfiles);
    add_columns(0);
    add_columns(1);
    add_columns(2);
    block_->bound.texts = &block_->equality;
    return std::move(block_);
  }

 private:
  // Exactly as long as a kernel may read.
  template <class T>
  T* keep(const std::vector<T>& values) {
    const size_t bytes = values.size() * sizeof(T);
    std::shared_ptr<void> memory(
        ::operator new(bytes + kReadable, std::align_val_t(64)),
        [](void* p) { ::operator delete(p, std::align_val_t(64)); });
    if (bytes > 0) std::memcpy(memory.get(), values.data(), bytes);
    std::memset(static_cast<char*>(memory.get()) + bytes, 0x5a, kReadable);
    block_->memory.push_back(memory);
    return static_cast<T*>(memory.get());
  }

  const uint64_t* keep_bits(const std::vector<bool>& bits) {
    std::vector<uint64_t> words((bits.size() + 63) / 64, 0);
    for (size_t i = 0; i < bits.size(); ++i) {
      words[i / 64] |= uint64_t{bits[i]} << (i % 64);
    }
    return keep(words);
  }

  void make_live() {
    for (uint32_t i = 0; i < shape_.rows; ++i) {
      block_->live.push_back(chance(random_, 0.95));
    }
    block_->bound.live = keep_bits(block_->live);
  }

  void make_dictionaries() {
    for (const size_t size : {12, 200, 500, 900, 3000}) {
      std::vector<std::string> texts;
      for (size_t i = 0; i < size; ++i) {
        const char* forms[] = {"value", "Value", "VALUE"};
        texts.push_back(forms[i % 3] + std::to_string(i / 3));
      }
      block_->dictionaries.push_back(
          std::make_unique<TextList>(std::move(texts)));
    }
  }

  void make_zone() {
    // In St. John's the clock goes back over midnight, two hours
    // behind this start of events.
    const bool returns = chance(random_, 0.3);
    const char* name = returns ? "America/St_Johns" : "Europe/Istanbul";
    start_ = int64_t{returns ? 1'162'082'000 : 1'600'000'000} * 1'000'000;
    block_->zone = *Zone::from_tzif(*read_zone_bytes(name), name);
    block_->bound.zone = block_->zone.get();
    block_->bound.now = int64_t{1'700'000'000} * 1'000'000;
    block_->bound.today = block_->zone->local_day(block_->bound.now);
  }

  uint32_t events_of_row(uint32_t row) {
    if (shape_.giant_events > 0 && row == shape_.rows / 2) {
      return shape_.giant_events;
    }
    if (chance(random_, shape_.empty_rows)) return 0;
    std::exponential_distribution<double> size(1 / shape_.mean_events);
    return static_cast<uint32_t>(size(random_));
  }

  void make_table(const char* name, bool counted) {
    LogicalTable table;
    table.offsets.push_back(0);
    for (uint32_t row = 0; row < shape_.rows; ++row) {
      add_row(table, events_of_row(row), counted);
    }
    BoundTable bound;
    bound.events = table.offsets.back();
    bound.offsets = keep(table.offsets);
    bound.every_row_is_an_order = !counted;
    if (counted) bound.order_starts = keep_bits(table.order_starts);
    block_->program.tables.push_back(name);
    block_->tables.push_back(table);
    block_->bound.tables.push_back(bound);
    add_time(static_cast<uint32_t>(block_->tables.size()) - 1);
  }

  // Times grow, often by nothing; an order's rows have one time.
  void add_row(LogicalTable& table, uint32_t events, bool counted) {
    int64_t time = start_ + pick(random_, 0, 1000) * 1'000'000;
    for (uint32_t i = 0; i < events; ++i) {
      const bool starts = i == 0 || !counted || chance(random_, 0.4);
      if (starts && chance(random_, 0.7)) {
        time += pick(random_, 0, 50'000) * 1'000'000;
      }
      table.times.push_back(time);
      table.order_starts.push_back(starts);
    }
    table.offsets.push_back(static_cast<uint32_t>(table.times.size()));
  }

  void make_absent_table(const char* name) {
    LogicalTable table;
    table.offsets.assign(shape_.rows + 1, 0);
    block_->program.tables.push_back(name);
    block_->tables.push_back(table);
    block_->bound.tables.push_back({});
    add_time(2);
  }

  // ---- columns ----

  size_t places(uint32_t domain) const {
    return domain == kProfiles ? shape_.rows
                               : block_->tables[domain].times.size();
  }

  bool present() { return !chance(random_, shape_.missing); }

  void add(LogicalColumn column, ColumnView view, uint32_t elements = 0) {
    view.type = column.slot.type;
    block_->program.slots.push_back(column.slot);
    block_->columns.push_back(std::move(column));
    block_->bound.slots.push_back(view);
    block_->bound.list_elements.push_back(elements);
  }

  Slot slot(uint32_t domain, TypeKind type) {
    Slot made;
    const bool event = domain != kProfiles;
    made.kind = event ? SlotKind::kProperty : SlotKind::kAttribute;
    made.table = event ? domain : kNone;
    made.column = static_cast<uint32_t>(block_->program.slots.size());
    made.type = type;
    made.name = "column" + std::to_string(made.column);
    return made;
  }

  void add_time(uint32_t table) {
    LogicalColumn column;
    column.slot.kind = SlotKind::kEventTime;
    column.slot.table = table;
    column.slot.type = TypeKind::kTime;
    const std::vector<int64_t>& times = block_->tables[table].times;
    column.integers.assign(times.begin(), times.end());
    ColumnView view;
    const Unit seconds{.unit = 1'000'000, .base = start_};
    if (table == 0) view = store<int32_t>(column.integers, seconds);
    if (table == 1) view = store<int64_t>(column.integers, {});
    view.type = TypeKind::kTime;
    block_->bound.tables[table].time = view;
    add(column, view);
  }

  void add_columns(uint32_t domain) {
    const bool absent = domain == 2;
    add_integers<int16_t>(domain, Physical::kI16, absent);
    add_integers<int32_t>(domain, Physical::kI32, absent);
    add_integers<int64_t>(domain, Physical::kI64, absent);
    add_flag(domain, absent);
    add_codes<uint8_t>(domain, 0, absent);
    add_codes<uint8_t>(domain, 1, absent);
    add_codes<uint16_t>(domain, 2, absent);
    add_codes<uint16_t>(domain, 3, absent);
    add_codes<uint16_t>(domain, 4, absent);
    add_codes<uint32_t>(domain, 4, absent);
    add_numbers(domain, absent);
    add_list(domain, absent);
  }

  struct Unit {
    int64_t unit = 1;
    int64_t base = 0;
  };

  template <class T>
  ColumnView store(const std::vector<std::optional<int64_t>>& logical,
                   const Unit& scale) {
    std::vector<T> stored;
    std::vector<bool> valid;
    ColumnView view;
    view.min = std::numeric_limits<int64_t>::max();
    view.max = std::numeric_limits<int64_t>::min();
    for (const auto& value : logical) {
      valid.push_back(value.has_value());
      stored.push_back(
          value ? static_cast<T>((*value - scale.base) / scale.unit) : T{0});
      view.min = std::min(view.min, value.value_or(view.min));
      view.max = std::max(view.max, value.value_or(view.max));
    }
    view.physical = sizeof(T) == 2   ? Physical::kI16
                    : sizeof(T) == 4 ? Physical::kI32
                                     : Physical::kI64;
    view.data = keep(stored);
    view.base = scale.base;
    view.unit = scale.unit;
    const bool whole = std::ranges::count(valid, false) == 0;
    if (!whole) view.valid = keep_bits(valid);
    return view;
  }

  template <class T>
  void add_integers(uint32_t domain, Physical, bool absent) {
    const Unit scale = chance(random_, 0.5)
                           ? Unit{}
                           : Unit{pick(random_, 2, 9), pick(random_, -99, 99)};
    // Rarely values at the ends of the stored type.
    constexpr int64_t kEnd =
        sizeof(T) == 8 ? int64_t{1} << 40 : std::numeric_limits<T>::max();
    LogicalColumn column;
    column.slot = slot(domain, TypeKind::kInteger);
    for (size_t i = 0; i < places(domain); ++i) {
      const int64_t end = chance(random_, 0.1) ? kEnd : 20;
      const int64_t value = scale.base + scale.unit * pick(random_, -end, end);
      const bool here = !absent && present();
      column.integers.push_back(here ? std::optional(value) : std::nullopt);
    }
    add(column, absent ? ColumnView{} : store<T>(column.integers, scale));
  }

  void add_flag(uint32_t domain, bool absent) {
    LogicalColumn column;
    column.slot = slot(domain, TypeKind::kFlag);
    std::vector<uint8_t> stored;
    std::vector<bool> valid;
    for (size_t i = 0; i < places(domain); ++i) {
      valid.push_back(!absent && present());
      stored.push_back(valid.back() && chance(random_, 0.5) ? 1 : 0);
      column.integers.push_back(
          valid.back() ? std::optional<int64_t>(stored.back()) : std::nullopt);
    }
    ColumnView view;
    view.physical = Physical::kU8;
    view.data = keep(stored);
    view.valid = keep_bits(valid);
    view.min = 0;
    view.max = 1;
    add(column, absent ? ColumnView{} : view);
  }

  template <class T>
  void add_codes(uint32_t domain, size_t dictionary, bool absent) {
    LogicalColumn column;
    column.slot = slot(domain, TypeKind::kText);
    const TextList& texts = *block_->dictionaries[dictionary];
    std::vector<T> stored;
    for (size_t i = 0; i < places(domain); ++i) {
      const int64_t code = present() ? pick(random_, 1, texts.size()) : 0;
      stored.push_back(static_cast<T>(code));
      const bool here = code != 0 && !absent;
      column.integers.push_back(here ? std::optional(code) : std::nullopt);
    }
    ColumnView view;
    view.physical = sizeof(T) == 1   ? Physical::kU8
                    : sizeof(T) == 2 ? Physical::kU16
                                     : Physical::kU32;
    view.data = keep(stored);
    if (absent) view = {};
    view.dictionary = &texts;
    add(column, view);
  }

  void add_numbers(uint32_t domain, bool absent) {
    LogicalColumn column;
    column.slot = slot(domain, TypeKind::kNumber);
    std::vector<double> stored;
    std::vector<bool> valid;
    std::normal_distribution<double> values(0, 10);
    for (size_t i = 0; i < places(domain); ++i) {
      valid.push_back(!absent && present());
      const double value = chance(random_, 0.5)
                               ? static_cast<double>(pick(random_, -3, 3))
                               : values(random_);
      stored.push_back(valid.back() ? value : 0.0);
      column.numbers.push_back(valid.back() ? std::optional(value)
                                            : std::nullopt);
    }
    ColumnView view;
    view.physical = Physical::kF64;
    view.data = keep(stored);
    view.valid = keep_bits(valid);
    add(column, absent ? ColumnView{} : view);
  }

  void add_list(uint32_t domain, bool absent) {
    LogicalColumn column;
    column.slot = slot(domain, TypeKind::kTextList);
    std::vector<uint32_t> offsets = {0};
    std::vector<uint32_t> codes;
    for (size_t i = 0; i < places(domain); ++i) {
      const int64_t size = absent ? 0 : pick(random_, 0, 3);
      for (int64_t k = 0; k < size; ++k) {
        codes.push_back(static_cast<uint32_t>(pick(random_, 1, 12)));
      }
      column.lists.emplace_back(codes.begin() + offsets.back(), codes.end());
      offsets.push_back(static_cast<uint32_t>(codes.size()));
    }
    ColumnView view;
    view.physical = Physical::kList;
    view.data = keep(codes);
    view.offsets = keep(offsets);
    view.elements = static_cast<uint32_t>(codes.size());
    if (absent) view = {};
    view.dictionary = block_->dictionaries[0].get();
    add(column, view, static_cast<uint32_t>(codes.size()));
  }

  Random& random_;
  const BlockShape& shape_;
  int64_t start_ = 0;  // of events
  std::unique_ptr<RandomBlock> block_ = std::make_unique<RandomBlock>();
};

}  // namespace

int64_t pick(Random& random, int64_t low, int64_t high) {
  return std::uniform_int_distribution<int64_t>(low, high)(random);
}

bool chance(Random& random, double probability) {
  return std::uniform_real_distribution<double>(0, 1)(random) < probability;
}

bool TextListEquality::equal(const Dictionary& left, uint32_t left_code,
                             const Dictionary& right, uint32_t right_code,
                             int mode) const {
  return std::ranges::equal(left.text(left_code), right.text(right_code),
                            [mode](char a, char b) {
                              return mode == 0 ? a == b : lower(a) == lower(b);
                            });
}

std::unique_ptr<RandomBlock> random_block(Random& random,
                                          const BlockShape& shape) {
  return Builder(random, shape).run();
}

}  // namespace kitle::test
