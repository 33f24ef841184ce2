// Where the values of each register come from, and which of them move with now.
#include "runtime/eval/time_uses.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "runtime/eval/event_masks.h"
#include "runtime/time/zone.h"

namespace kitle {
namespace {

using Since = TimedValue::Since;

// Its values change with now, for anyone.
enum class Moves : uint8_t { kNever, kDaily, kAlways };

// What a register's values are.
struct Origin {
  bool known = false;  // one of `values`, or a constant
  Moves moves = Moves::kNever;
  std::vector<TimedValue> values = {};
  // Of a value of an event: which one has it, where that is known.
  EventsOfUse events = {};
};

// Clocks of a zone differ from UTC by less, and days are shorter than two.
constexpr int64_t kZoneSlack = 2 * kMicrosPerDay;
// So many months are as long as so many days on an average, give or take five.
constexpr int64_t kMonthSlack = 5 * kMicrosPerDay;
constexpr int64_t kMonthMicros = kMicrosPerDay * 30'436'875 / 1'000'000;
// No instants lie further apart.
constexpr int64_t kMostMicros = kEveryDay * kMicrosPerDay;

class Walk {
 public:
  explicit Walk(const Program& program)
      : program_(program),
        masks_(program),
        origins_(program.general.registers.size()),
        lengths_(origins_.size()) {}

  TimeUses run() {
    for (const Instruction& what : program_.general.instructions) visit(what);
    leave_made_columns();
    tidy(made_.ranged);
    tidy(made_.birthdays);
    tidy(made_.ages);
    tidy(made_.compared);
    tidy(made_.unknown);
    return std::move(made_);
  }

 private:
  template <class T>
  static void tidy(std::vector<T>& all) {
    std::ranges::sort(all);
    const auto [first, last] = std::ranges::unique(all);
    all.erase(first, last);
  }

  void visit(const Instruction& what) {
    if (!masks_.follow(what, made_.ranged)) use(what);
    Origin origin = origin_of(what);
    if (what.dst2 != kNone) origins_[what.dst2] = origin;
    origins_[what.dst] = std::move(origin);
    lengths_[what.dst] = length_of(what);
  }

  // ---- what changes ----

  void use(const Instruction& what) {
    switch (what.op) {
      case Op::kInRange:
        made_.ranged.push_back({{.slot = what.slot}, what.param});
        break;
      case Op::kRangeI:
        in_range(what.param, origins_[what.a]);
        break;
      case Op::kAnswers:
      case Op::kFollowedAnswers:
      case Op::kNthAnswers:
      case Op::kSumAnswers:
        ask(what);
        break;
      case Op::kBirthday:
        birthday(what);
        break;
      case Op::kAge:
        age(origins_[what.a]);
        break;
      case Op::kPoints:
        made_.by_day |= program_.points[what.param].halving != 0;
        move(what);
        break;
      case Op::kLeI:
      case Op::kLtI:
      case Op::kEqI:
        compare(origins_[what.a], origins_[what.b]);
        break;
      default:
        move(what);
        break;
    }
  }

  void everyone(Moves moves) {
    made_.by_day |= moves == Moves::kDaily;
    made_.always |= moves == Moves::kAlways;
  }

  // Bits of values that move; numbers go on to what compares them.
  void move(const Instruction& what) {
    for (const uint32_t reg : {what.dst, what.dst2}) {
      const bool bits = reg != kNone && kind_of(reg) == RegisterKind::kBits;
      if (bits) everyone(moves_of(what));
    }
  }

  void in_range(uint32_t range, const Origin& of) {
    const bool constant =
        program_.ranges[range].kind == RangeParam::Kind::kConstant;
    if (!of.known || (of.moves != Moves::kNever && !constant)) {
      everyone(of.moves);
      made_.unknown.push_back(range);
      return;
    }
    for (const TimedValue& each : of.values) {
      made_.ranged.push_back({each, range, of.events});
    }
    // Nothing but now, or what is written, in a range.
    if (!of.values.empty()) return;
    everyone(of.moves);
    made_.unknown.push_back(range);
  }

  void ask(const Instruction& what) {
    everyone(moves_of(what));
    for (const AnswersQuestion& each : program_.answers[what.param].questions) {
      if (each.range == kNone) continue;
      if (what.op == Op::kFollowedAnswers) {
        made_.unknown.push_back(each.range);
      } else {
        made_.ranged.push_back(
            {{.slot = what.slot2}, each.range, events_of(what, each)});
      }
    }
  }

  // Of rules only kAnswers is in the general code.
  EventsOfUse events_of(const Instruction& what,
                        const AnswersQuestion& question) const {
    if (what.op == Op::kSumAnswers) return {};
    if (question.set != kNone && program_.slots[what.slot].personal) return {};
    EventsOfUse events{.nth = question.least, .window = question.range};
    if (question.set != kNone) {
      events.tests = {{.slot = what.slot, .set = question.set}};
    }
    return events;
  }

  void birthday(const Instruction& what) {
    const Origin& of = origins_[what.a];
    age(of);
    if (!of.known) made_.unknown.push_back(what.param);
    for (const TimedValue& each : of.values) {
      made_.birthdays.push_back({each, what.param});
    }
  }

  void age(const Origin& of) {
    everyone(of.moves);
    made_.by_day |= !of.known || of.values.empty();
    made_.ages.insert(made_.ages.end(), of.values.begin(), of.values.end());
  }

  // With now or today itself, or with what is computed of it.
  void compare(const Origin& a, const Origin& b) {
    const bool first = a.moves != Moves::kNever;
    if (!first && b.moves == Moves::kNever) return;
    const Origin& moving = first ? a : b;
    const Origin& other = first ? b : a;
    const bool now = moving.known && moving.values.empty();
    if (now && is_plain(other)) {
      made_.compared.insert(made_.compared.end(), other.values.begin(),
                            other.values.end());
    } else {
      everyone(std::max(a.moves, b.moves));
    }
  }

  bool is_derived(const TimedValue& value) const {
    const uint32_t table = program_.slots[value.slot].table;
    return std::ranges::any_of(program_.derived, [&](const auto& each) {
      return each.table == table;
    });
  }

  // Properties of derived tables have no values until a block is evaluated.
  bool is_made(const TimedValue& value) const {
    return program_.slots[value.slot].kind == SlotKind::kProperty &&
           is_derived(value);
  }

  void leave_made_columns() {
    const auto take = [&](std::vector<TimeUses::Ranged>& all) {
      std::erase_if(all, [&](const TimeUses::Ranged& each) {
        if (!is_made(each.value)) return false;
        made_.always |= each.value.since != Since::kItself;
        made_.unknown.push_back(each.range);
        return true;
      });
    };
    take(made_.ranged);
    take(made_.birthdays);
    for (TimeUses::Ranged& each : made_.ranged) {
      if (is_derived(each.value)) each.events = {};
    }
    const auto made = [&](const TimedValue& each) { return is_made(each); };
    made_.by_day |= std::erase_if(made_.ages, made) > 0;
    made_.always |= std::erase_if(made_.compared, made) > 0;
  }

  // ---- what a register's values are ----

  Origin origin_of(const Instruction& what) const {
    switch (what.op) {
      case Op::kParamI:
      case Op::kParamW:
        return {.known = true, .moves = moves_of(program_.ints[what.param])};
      case Op::kLoadI:
        return of_column(what.slot);
      case Op::kTakeI:
      case Op::kMinI:
      case Op::kMaxI:
        return chosen(what);
      case Op::kSpreadI:
        return origins_[what.a];
      case Op::kLesserI:
      case Op::kGreaterI:
        return either(origins_[what.a], origins_[what.b]);
      case Op::kAddI:
      case Op::kSubI:
        return sum(what);
      case Op::kFloorDivI:
        return divided(what);
      case Op::kShift:
        return shifted(what);
      case Op::kLocalDay:
        return local_day(what);
      case Op::kAge:  // for whom it changes is told
        return {};
      default:
        return computed(what);
    }
  }

  // For whom bits change is told, or it is anyone.
  Origin computed(const Instruction& what) const {
    if (kind_of(what.dst) == RegisterKind::kBits) return {};
    return {.moves = moves_of(what)};
  }

  static Origin of_column(uint32_t slot) {
    return {.known = true, .values = {{.slot = slot}}};
  }

  // A value of an event, where now does not say of which.
  Origin chosen(const Instruction& what) const {
    for (const uint32_t reg : {what.a, what.b, what.c}) {
      const bool moves = reg != kNone && origins_[reg].moves != Moves::kNever;
      if (moves) return computed(what);
    }
    if (what.slot == kNone) return origins_[what.v];
    Origin made = of_column(what.slot);
    const bool time = program_.slots[what.slot].kind == SlotKind::kEventTime;
    if (time && what.op == Op::kTakeI) made.events = masks_.at(what.a);
    return made;
  }

  static Origin either(const Origin& a, const Origin& b) {
    if (is_now(a) || is_now(b)) return {.moves = std::max(a.moves, b.moves)};
    Origin made = a;
    made.known &= b.known;
    made.moves = std::max(a.moves, b.moves);
    made.values.insert(made.values.end(), b.values.begin(), b.values.end());
    made.events = {};
    return made;
  }

  static Moves moves_of(const IntParam& param) {
    if (param.kind == IntParam::Kind::kNow) return Moves::kAlways;
    return param.kind == IntParam::Kind::kToday ? Moves::kDaily : Moves::kNever;
  }

  Moves moves_of(const Instruction& what) const {
    Moves moves = Moves::kNever;
    for_operands(program_.general, what, [&](uint32_t reg) {
      moves = std::max(moves, origins_[reg].moves);
    });
    return moves;
  }

  RegisterKind kind_of(uint32_t reg) const {
    return program_.general.registers[reg].kind;
  }

  static bool is_now(const Origin& origin) {
    return origin.known && origin.values.empty() &&
           origin.moves != Moves::kNever;
  }

  // The instants of columns, or of such with something added.
  static bool is_plain(const Origin& origin) {
    return origin.known && origin.moves == Moves::kNever &&
           !origin.values.empty();
  }

  bool are_instants(const Origin& origin) const {
    return std::ranges::all_of(origin.values, [&](const TimedValue& each) {
      return program_.slots[each.slot].type == TypeKind::kTime && !each.as_day;
    });
  }

  // An instant and a length, or now and an instant.
  Origin sum(const Instruction& what) const {
    const Origin& a = origins_[what.a];
    const Origin& b = origins_[what.b];
    const bool less = what.op == Op::kSubI;
    if (less && is_now(a) && is_plain(b)) return since(b, a, Since::kAgo);
    if (less && is_plain(a) && is_now(b)) return since(a, b, Since::kUntil);
    const auto& added = lengths_[what.b];
    if (!added || !is_plain(a) || !are_instants(a)) return computed(what);
    Origin made = a;
    for (TimedValue& each : made.values) {
      each.offset += less ? -*added : *added;
    }
    return made;
  }

  // Today and a date, or now and an instant.
  Origin since(Origin of, const Origin& now, Since since) const {
    const bool instants = now.moves == Moves::kAlways;
    for (TimedValue& each : of.values) {
      const bool date =
          program_.slots[each.slot].type == TypeKind::kDate || each.as_day;
      if (each.since != Since::kItself || date == instants) {
        return {.moves = now.moves};
      }
      each.since = since;
    }
    of.moves = now.moves;
    return of;
  }

  // A length that is the same for all.
  std::optional<int64_t> length_of(const Instruction& what) const {
    if (what.op != Op::kParamI) return std::nullopt;
    const IntParam& param = program_.ints[what.param];
    const bool small =
        param.value <= kMostMicros && param.value >= -Int128{kMostMicros};
    if (param.kind != IntParam::Kind::kConstant || !small) return std::nullopt;
    return static_cast<int64_t>(param.value);
  }

  Origin divided(const Instruction& what) const {
    Origin made = origins_[what.a];
    const Int128 by = program_.ints[what.param].value;
    const bool fits = made.known && !made.values.empty() && by <= kMostMicros &&
                      std::ranges::all_of(made.values, [](const auto& each) {
                        return each.since != Since::kItself && each.per == 1;
                      });
    if (!fits) return computed(what);
    for (TimedValue& each : made.values) each.per = static_cast<int64_t>(by);
    return made;
  }

  Origin shifted(const Instruction& what) const {
    Origin made = origins_[what.a];
    if (!is_plain(made) || !are_instants(made)) return computed(what);
    const StepParam& step = program_.steps[what.param];
    const bool calendar = is_calendar(step.unit);
    const Int128 by = Int128{step.n} *
                      (calendar ? months(step.unit) : microseconds(step.unit));
    const Int128 micros = calendar ? by * kMonthMicros : by;
    if (micros > kMostMicros || micros < -Int128{kMostMicros}) {
      return computed(what);
    }
    for (TimedValue& each : made.values) {
      each.offset += static_cast<int64_t>(micros);
      each.slack += calendar ? kMonthSlack : 0;
    }
    return made;
  }

  Origin local_day(const Instruction& what) const {
    Origin made = origins_[what.a];
    if (!is_plain(made) || !are_instants(made)) return computed(what);
    for (TimedValue& each : made.values) {
      each.as_day = true;
      each.slack += kZoneSlack;
    }
    return made;
  }

  const Program& program_;
  EventMasks masks_;
  std::vector<Origin> origins_;  // by register, and lengths as well
  std::vector<std::optional<int64_t>> lengths_;
  TimeUses made_;
};

}  // namespace

TimeUses TimeUses::of(const Program& program) { return Walk(program).run(); }

}  // namespace kitle
