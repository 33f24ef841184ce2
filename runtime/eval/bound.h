// What binding makes of one Code and one block's view: every name resolved to
// a column, every window to bounds in the column's stored units, every text
// to a set of codes. Made by bind (runtime/eval/bind.h), read by the
// interpreter and by machine code. Immutable once made; any number of threads
// may run it at once.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "runtime/eval/program.h"
#include "runtime/store/view.h"
#include "runtime/time/zone.h"

namespace kitle {

// Codes of one dictionary that satisfy a SetParam. Code 0 (missing) is never
// in a set. Any stored code may be looked up: kernels clamp it to the last
// bit, which is 0.
struct BoundSet {
  enum class Form : uint8_t {
    kNever = 0,  // no code
    kRange = 1,  // exactly the codes low..high
    kBits = 2,
  };
  Form form = Form::kNever;
  uint32_t low = 1;  // the smallest and the largest code in the set
  uint32_t high = 0;
  // The codes of a set of at most kFew.
  static constexpr uint32_t kFew = 4;
  uint32_t count = 0;  // of codes
  std::array<uint32_t, kFew> few = {};
  uint32_t bits = 0;                // a multiple of 512, more than high + 1
  const uint64_t* words = nullptr;  // in `storage`
  std::vector<uint64_t> storage;

  // `codes`: a bit for each code from 0; any length.
  static std::shared_ptr<const BoundSet> make(std::vector<uint64_t> codes);
};

// An inclusive range over a column's stored integers (or codes).
struct BoundRange {
  enum class Form : uint8_t {
    kNever = 0,    // nothing is in it
    kPresent = 1,  // every present value is
    kCompare = 2,  // present, low <= stored and stored <= high
  };
  Form form = Form::kNever;
  int64_t low = 0;  // kCompare: both fit the column's physical type
  int64_t high = 0;

  // `logical` over a column, by its base, unit, min and max.
  static BoundRange make(const Bounds& logical, const ColumnView& column);
  // The codes low..high of a set over a column of its dictionary, which may be
  // stored narrower than the dictionary's largest code.
  static BoundRange of_codes(const BoundSet& set, const ColumnView& column);
};

// A value for each code of a dictionary, from 0.
struct BoundCodes {
  std::vector<int64_t> values;
  std::vector<uint64_t> known;  // a bit for each: it has one
};

// Membership in a WholesParam: bits where the integers lie close together, else
// a table of places that are tried one after the other.
class BoundWholes {
 public:
  static std::shared_ptr<const BoundWholes> make(const WholesParam& param);
  bool has(int64_t value) const {
    const uint64_t off = static_cast<uint64_t>(value) - low_;
    if (off > span_) return false;
    return bits_.empty() ? in_table(value)
                         : (bits_[off / 64] >> (off % 64) & 1) != 0;
  }

 private:
  void fill_bits(const std::vector<int64_t>& wholes);
  void fill_table(const std::vector<int64_t>& wholes);
  size_t place_of(int64_t value) const;
  bool in_table(int64_t value) const {
    size_t at = place_of(value);
    while (table_[at] != value && table_[at] != free_) {
      at = (at + 1) & (table_.size() - 1);
    }
    return table_[at] == value && value != free_;
  }

  uint64_t low_ = 0;  // the smallest, and how far the largest is from it
  uint64_t span_ = 0;
  std::vector<uint64_t> bits_;
  std::vector<int64_t> table_ = {0};  // of a power of two; half of it is free
  int64_t free_ = 0;                  // in free places; none of the wholes
};

class BoundAnswers;  // answers.h

// What an instruction needs beside itself.
struct BoundInstruction {
  BoundRange range;               // kInRange
  const BoundSet* set = nullptr;  // kInSet, kListHas, kSetI: never null there
  const BoundCodes* codes = nullptr;      // kTextLength, kLookUp: the same
  const BoundWholes* wholes = nullptr;    // kAmongI
  const LookupParam* lookup = nullptr;    // kLookUpI
  const BoundAnswers* answers = nullptr;  // kAnswers and the like
};

// The worth of points by their age in whole local days, times 2^32; 0 behind
// the last one. Null where points keep their worth.
struct BoundPoints {
  const PointsParam* param = nullptr;
  std::shared_ptr<const std::vector<uint64_t>> worth;
};

// A table as programs see it; one that the block lacks has no events.
struct BoundTable {
  uint32_t events = 0;
  const uint32_t* offsets = nullptr;  // null: every profile has none
  ColumnView time;
  const uint64_t* order_starts = nullptr;
  bool every_row_is_an_order = true;
};

// A derived table and the columns of it that the program reads. In a bound
// block these are without data (runtime/eval/derived.h).
struct BoundDerived {
  struct Column {
    uint32_t slot = kNone;
    bool last = false;           // kLastTime
    uint32_t column = kNone;     // of sessions: which property
    std::vector<ColumnView> of;  // by member
  };
  uint32_t table = kNone;
  std::vector<uint32_t> members;  // tables
  int64_t gap = 0;                // of sessions
  std::vector<Column> columns;    // properties
  std::vector<Column> ends;       // kFirstTime, kLastTime
  std::vector<uint32_t> times;    // slots of kEventTime
};

// kTextEqual and the like for two dictionaries, both codes present, not known
// to be equal. Thread-safe.
class TextEquality {
 public:
  virtual ~TextEquality() = default;
  // `mode` is the instruction's imm: 0 exact, 1 folded, 2 ASCII folded.
  virtual bool equal(const Dictionary& left, uint32_t left_code,
                     const Dictionary& right, uint32_t right_code,
                     int mode) const = 0;
};

struct BoundBlock {
  const Program* program = nullptr;
  const Code* code = nullptr;  // &program->fast or &program->general

  uint32_t profiles = 0;
  const uint64_t* live = nullptr;
  std::vector<ColumnView> slots;        // by slot; kAbsent where it is not
  std::vector<uint32_t> list_elements;  // by slot: codes of a kList column
  std::vector<BoundTable> tables;       // by Program::tables
  std::vector<BoundDerived> derived;    // by Program::derived
  std::vector<BoundInstruction> instructions;  // by instruction of `code`
  std::vector<Bounds> ranges;                  // by RangeParam, logical
  std::vector<Int128> ints;                    // by IntParam
  std::vector<BoundPoints> points;             // by PointsParam
  int64_t now = 0;
  int64_t today = 0;
  const Zone* zone = nullptr;
  const TextEquality* texts = nullptr;  // may be null without these
  // Keeps the sets above alive: by SetParam that of one dictionary, and behind
  // them those of others.
  struct Set {
    const Dictionary* dictionary = nullptr;
    std::shared_ptr<const BoundSet> set;
  };
  std::vector<Set> sets;
  std::vector<std::shared_ptr<const BoundCodes>> codes;
  std::vector<std::shared_ptr<const BoundWholes>> wholes;
  std::vector<std::shared_ptr<const BoundAnswers>> answers;
};

}  // namespace kitle
