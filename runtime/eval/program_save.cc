// save and load_program: a program as bytes. A magic word, the version, the
// length and the hash of the rest; then the members in the order of
// describe(), integers little-endian, lists and texts behind their length.
#include <xxhash.h>

#include <bit>
#include <cstring>
#include <type_traits>

#include "runtime/eval/program.h"

namespace kitle {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr uint32_t kMagic = 0x504c544b;  // "KTLP"

struct Header {
  uint32_t magic = kMagic;
  uint32_t version = kProgramVersion;
  uint64_t length = 0;
  uint64_t hash = 0;
};

template <class T>
concept Plain =
    std::is_arithmetic_v<T> || std::is_enum_v<T> || std::is_same_v<T, Int128>;

class Writer {
 public:
  template <Plain T>
  void field(const T& value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void field(const std::string& text) {
    field(static_cast<uint64_t>(text.size()));
    bytes_ += text;
  }
  template <class T>
  void field(const std::vector<T>& list) {
    field(static_cast<uint64_t>(list.size()));
    for (const T& item : list) field(item);
  }
  template <class T>
  void field(const T& value) {
    describe(*this, value);
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  template <Plain T>
  void field(T& value) {
    if (rest_.size() < sizeof value) return fail();
    std::memcpy(&value, rest_.data(), sizeof value);
    rest_.remove_prefix(sizeof value);
  }
  // Any other byte in a bool is no value at all.
  void field(bool& value) {
    uint8_t byte = 0;
    field(byte);
    if (byte > 1) return fail();
    value = byte == 1;
  }
  void field(std::string& text) {
    const uint64_t size = length();
    text.assign(rest_.substr(0, size));
    rest_.remove_prefix(size);
  }
  template <class T>
  void field(std::vector<T>& list) {
    list.resize(length());
    for (T& item : list) field(item);
  }
  template <class T>
  void field(T& value) {
    describe(*this, value);
  }
  bool whole() const { return ok_ && rest_.empty(); }

 private:
  // Every item takes at least a byte, so no length is more than what is left.
  uint64_t length() {
    uint64_t size = 0;
    field(size);
    if (size > rest_.size()) fail();
    return ok_ ? size : 0;
  }
  void fail() {
    ok_ = false;
    rest_ = {};
  }

  std::string_view rest_;
  bool ok_ = true;
};

template <class Archive, class... Fields>
void all(Archive& archive, Fields&... fields) {
  (archive.field(fields), ...);
}

template <class T, class Wanted>
concept Is = std::is_same_v<std::remove_const_t<T>, Wanted>;

void describe(auto& archive, Is<DerivedTable> auto& d) {
  all(archive, d.table, d.members, d.gap);
}
void describe(auto& archive, Is<Slot> auto& s) {
  all(archive, s.kind, s.table, s.column, s.type, s.any_case, s.personal,
      s.name, s.table_name);
}
void describe(auto& archive, Is<WindowSpec> auto& w) {
  all(archive, w.form, w.unit, w.n, w.m, w.first_day, w.last_day, w.first,
      w.last);
}
void describe(auto& archive, Is<RangeParam> auto& r) {
  all(archive, r.kind, r.low, r.high);
  describe(archive, r.window);
  all(archive, r.until_now);
}
void describe(auto& archive, Is<IntParam> auto& i) {
  all(archive, i.kind, i.value);
}
void describe(auto& archive, Is<StepParam> auto& s) {
  all(archive, s.n, s.unit);
}
void describe(auto& archive, Is<SetParam> auto& s) {
  all(archive, s.match, s.type, s.any_case, s.texts);
}
void describe(auto& archive, Is<WholesParam> auto& w) {
  all(archive, w.wholes);
}
void describe(auto& archive, Is<LookupParam> auto& l) {
  all(archive, l.type, l.any_case, l.texts, l.wholes, l.values);
}
void describe(auto& archive, Is<PointsLine> auto& l) {
  all(archive, l.table, l.points, l.kind, l.slot, l.per, l.by_order);
}
void describe(auto& archive, Is<PointsParam> auto& p) {
  all(archive, p.lines, p.most_a_day, p.most, p.halving);
}
void describe(auto& archive, Is<SequenceStep> auto& s) {
  all(archive, s.table, s.like, s.negated, s.by_order, s.fixed, s.within,
      s.slots);
}
void describe(auto& archive, Is<SequenceComparison> auto& c) {
  all(archive, c.own, c.other, c.test, c.negated, c.slot, c.slot2, c.mode);
}
void describe(auto& archive, Is<SequenceParam> auto& p) {
  all(archive, p.keys, p.steps, p.comparisons);
}
void describe(auto& archive, Is<Register> auto& r) {
  all(archive, r.kind, r.domain);
}
void describe(auto& archive, Is<Instruction> auto& i) {
  all(archive, i.op, i.dst, i.dst2, i.a, i.b, i.c, i.v, i.slot, i.slot2,
      i.table, i.param, i.param2, i.list, i.imm);
}
void describe(auto& archive, Is<Output> auto& o) {
  all(archive, o.segment, o.bits, o.error, o.top, o.bottom, o.number);
}
void describe(auto& archive, Is<Code> auto& c) {
  all(archive, c.registers, c.lists, c.instructions, c.outputs);
}
void describe(auto& archive, Is<Program> auto& p) {
  all(archive, p.segments, p.tables, p.derived, p.slots, p.ranges, p.ints,
      p.numbers, p.steps, p.sets, p.wholes, p.lookups, p.points, p.sequences);
  describe(archive, p.general);
  describe(archive, p.fast);
}

template <class Enum>
bool known(Enum value, Enum last) {
  return static_cast<uint8_t>(value) <= static_cast<uint8_t>(last);
}

bool known_type(TypeKind type) {
  return known(type, TypeKind::kCodeList) && type >= TypeKind::kFlag;
}

// Every enumerator that verify() does not look at is one that exists.
bool enumerators_known(const Program& program) {
  bool ok = true;
  for (const Slot& slot : program.slots) {
    ok &= known(slot.kind, SlotKind::kLastTime) && known_type(slot.type);
  }
  for (const RangeParam& range : program.ranges) {
    ok &= known(range.kind, RangeParam::Kind::kDates) &&
          known(range.window.form, WindowForm::kInstants) &&
          known(range.window.unit, StepUnit::kYear);
  }
  for (const IntParam& param : program.ints) {
    ok &= known(param.kind, IntParam::Kind::kToday);
  }
  for (const StepParam& step : program.steps) {
    ok &= known(step.unit, StepUnit::kYear);
  }
  for (const SetParam& set : program.sets) {
    ok &= known(set.match, TextMatch::kMatches) && known_type(set.type);
  }
  for (const LookupParam& lookup : program.lookups) {
    ok &= known_type(lookup.type);
  }
  for (const PointsParam& param : program.points) {
    for (const PointsLine& line : param.lines) {
      ok &= known(line.kind, PointsLine::Kind::kDifferent);
    }
  }
  for (const SequenceParam& param : program.sequences) {
    for (const SequenceComparison& each : param.comparisons) {
      ok &= known(each.test, StepTest::kText);
    }
  }
  for (const Code* code : {&program.fast, &program.general}) {
    for (const Register& reg : code->registers) {
      ok &= known(reg.kind, RegisterKind::kF64);
    }
  }
  return ok;
}

Status refused(StatusCode code, const char* cause) {
  return {code, "load program", "", cause};
}

Status check_header(const Header& header, std::string_view body) {
  if (header.magic != kMagic) {
    return refused(StatusCode::kCorrupt, "this is no program");
  }
  if (header.version != kProgramVersion) {
    return refused(StatusCode::kNewer, "written by another version of Kitle");
  }
  if (header.length != body.size()) {
    return refused(StatusCode::kCorrupt, "bytes are missing or left over");
  }
  if (header.hash != XXH3_64bits(body.data(), body.size())) {
    return refused(StatusCode::kCorrupt, "its checksum is wrong");
  }
  return {};
}

}  // namespace

std::string save(const Program& program) {
  Writer writer;
  writer.field(program);
  const std::string& body = writer.bytes();
  Header header;
  header.length = body.size();
  header.hash = XXH3_64bits(body.data(), body.size());
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof header);
  return bytes + body;
}

Result<Program> load_program(std::string_view bytes) {
  Header header;
  if (bytes.size() < sizeof header) {
    return std::unexpected(
        refused(StatusCode::kCorrupt, "bytes are missing or left over"));
  }
  std::memcpy(&header, bytes.data(), sizeof header);
  bytes.remove_prefix(sizeof header);
  Status status = check_header(header, bytes);
  if (!status.ok()) return std::unexpected(status);
  Program program;
  Reader reader(bytes);
  reader.field(program);
  if (!reader.whole() || !enumerators_known(program)) {
    return std::unexpected(
        refused(StatusCode::kCorrupt, "its members make no program"));
  }
  status = verify(program);
  if (!status.ok()) return std::unexpected(status);
  return program;
}

}  // namespace kitle
