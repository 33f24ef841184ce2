// A random block with every kind of column, and what it means: logical
// values beside the bytes that the kernels read.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "runtime/eval/bound.h"
#include "runtime/eval/program.h"

namespace kitle::test {

using Random = std::mt19937_64;

// low <= result <= high.
int64_t pick(Random& random, int64_t low, int64_t high);
bool chance(Random& random, double probability);

// Texts by code; some differ in case only.
class TextList : public Dictionary {
 public:
  explicit TextList(std::vector<std::string> texts)
      : texts_(std::move(texts)) {}
  uint32_t size() const override {
    return static_cast<uint32_t>(texts_.size());
  }
  std::string_view text(uint32_t code) const override {
    return code == 0 ? std::string_view() : texts_[code - 1];
  }
  uint32_t find(std::string_view) const override { return 0; }

 private:
  std::vector<std::string> texts_;
};

// Equal, or (mode 1 and 2) equal but for the case of ASCII letters.
class TextListEquality : public TextEquality {
 public:
  bool equal(const Dictionary& left, uint32_t left_code,
             const Dictionary& right, uint32_t right_code,
             int mode) const override;
};

struct LogicalColumn {
  Slot slot;
  std::vector<std::optional<int64_t>> integers;  // codes too
  std::vector<std::optional<double>> numbers;
  std::vector<std::vector<uint32_t>> lists;
};

struct LogicalTable {
  std::vector<uint32_t> offsets;  // rows + 1
  std::vector<int64_t> times;
  std::vector<bool> order_starts;  // at every event
};

struct BlockShape {
  uint32_t rows = 200;
  double mean_events = 5;
  double empty_rows = 0.3;    // probability of no event at all
  uint32_t giant_events = 0;  // of one row in the middle
  double missing = 0.2;       // 0: columns without validity bits
};

// slots, tables and columns of a program beside a BoundBlock of the same. Its
// ranges, sets and code are filled in by bind_random (random_program.h).
struct RandomBlock {
  Program program;
  BoundBlock bound;
  std::vector<LogicalColumn> columns;  // by slot
  std::vector<LogicalTable> tables;    // by table
  std::vector<bool> live;

  // What owns the bytes.
  std::vector<std::shared_ptr<void>> memory;
  std::vector<std::unique_ptr<TextList>> dictionaries;
  std::shared_ptr<const Zone> zone;
  TextListEquality equality;
};

// Three tables: plain events, a counted type, and one that the block lacks.
std::unique_ptr<RandomBlock> random_block(Random& random,
                                          const BlockShape& shape);

}  // namespace kitle::test
