// save and load_program: a program as bytes. A magic word, the version, the
// length and the hash of the rest; then the members in the order of
// describe(), integers little-endian, lists and texts behind their length.
#include <xxhash.h>

#include <cstring>

#include "runtime/archive.h"
#include "runtime/eval/program.h"

namespace kitle {
namespace {

constexpr uint32_t kMagic = 0x504c544b;  // "KTLP"

struct Header {
  uint32_t magic = kMagic;
  uint32_t version = kProgramVersion;
  uint64_t length = 0;
  uint64_t hash = 0;
};

struct ProgramFields {
  static void describe(auto& archive, Is<DerivedTable> auto& d) {
    all(archive, d.table, d.members, d.gap);
  }
  static void describe(auto& archive, Is<Slot> auto& s) {
    all(archive, s.kind, s.table, s.column, s.type, s.any_case, s.personal,
        s.name, s.table_name);
  }
  static void describe(auto& archive, Is<WindowSpec> auto& w) {
    all(archive, w.form, w.unit, w.n, w.m, w.first_day, w.last_day, w.first,
        w.last);
  }
  static void describe(auto& archive, Is<RangeParam> auto& r) {
    all(archive, r.kind, r.low, r.high);
    describe(archive, r.window);
    all(archive, r.until_now);
  }
  static void describe(auto& archive, Is<IntParam> auto& i) {
    all(archive, i.kind, i.value);
  }
  static void describe(auto& archive, Is<StepParam> auto& s) {
    all(archive, s.n, s.unit);
  }
  static void describe(auto& archive, Is<SetParam> auto& s) {
    all(archive, s.match, s.type, s.any_case, s.texts);
  }
  static void describe(auto& archive, Is<WholesParam> auto& w) {
    all(archive, w.wholes);
  }
  static void describe(auto& archive, Is<LookupParam> auto& l) {
    all(archive, l.type, l.any_case, l.texts, l.wholes, l.values);
  }
  static void describe(auto& archive, Is<AnswersQuestion> auto& q) {
    all(archive, q.set, q.range, q.least, q.total);
  }
  static void describe(auto& archive, Is<AnswersParam> auto& a) {
    all(archive, a.questions);
  }
  static void describe(auto& archive, Is<PointsLine> auto& l) {
    all(archive, l.table, l.points, l.kind, l.slot, l.per, l.by_order);
  }
  static void describe(auto& archive, Is<PointsParam> auto& p) {
    all(archive, p.lines, p.most_a_day, p.most, p.halving);
  }
  static void describe(auto& archive, Is<SequenceStep> auto& s) {
    all(archive, s.table, s.like, s.negated, s.by_order, s.fixed, s.within,
        s.slots);
  }
  static void describe(auto& archive, Is<SequenceComparison> auto& c) {
    all(archive, c.own, c.other, c.test, c.negated, c.slot, c.slot2, c.mode);
  }
  static void describe(auto& archive, Is<SequenceParam> auto& p) {
    all(archive, p.keys, p.steps, p.comparisons);
  }
  static void describe(auto& archive, Is<Register> auto& r) {
    all(archive, r.kind, r.domain, r.questions);
  }
  static void describe(auto& archive, Is<Instruction> auto& i) {
    all(archive, i.op, i.dst, i.dst2, i.a, i.b, i.c, i.v, i.slot, i.slot2,
        i.table, i.param, i.list, i.imm);
  }
  static void describe(auto& archive, Is<Output> auto& o) {
    all(archive, o.segment, o.bits, o.error, o.top, o.bottom, o.number);
  }
  static void describe(auto& archive, Is<Code> auto& c) {
    all(archive, c.registers, c.lists, c.instructions, c.outputs);
  }
  static void describe(auto& archive, Is<Program> auto& p) {
    all(archive, p.segments, p.tables, p.derived, p.slots, p.ranges, p.ints,
        p.numbers, p.steps, p.sets, p.wholes, p.lookups, p.answers, p.points,
        p.sequences);
    describe(archive, p.general);
    describe(archive, p.fast);
  }
};

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
      ok &= known(reg.kind, RegisterKind::kAnswers);
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
  ArchiveWriter<ProgramFields> writer;
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
  ArchiveReader<ProgramFields> reader(bytes);
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
