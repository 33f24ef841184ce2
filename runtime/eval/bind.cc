#include "runtime/eval/bind.h"

#include <algorithm>
#include <limits>

#include "runtime/eval/answers.h"
#include "runtime/eval/derived.h"
#include "runtime/eval/due_spans.h"
#include "runtime/eval/halving.h"
#include "runtime/wide.h"

namespace kitle {
namespace {

class FoldedEquality : public TextEquality {
 public:
  explicit FoldedEquality(const TextForms& forms) : forms_(forms) {}
  bool equal(const Dictionary& left, uint32_t left_code,
             const Dictionary& right, uint32_t right_code,
             int mode) const override {
    const std::string_view a = left.text(left_code);
    const std::string_view b = right.text(right_code);
    if (a == b) return true;
    if (mode == 0) return false;
    const Folding folding = mode == 1 ? Folding::kLocale : Folding::kAscii;
    return forms_.form(a, folding) == forms_.form(b, folding);
  }

 private:
  const TextForms& forms_;
};

Status wrong_type(const Slot& slot) {
  return {StatusCode::kInvalid, "evaluate", "",
          "the store holds `" +
              (slot.table_name.empty() ? "" : slot.table_name + ".") +
              slot.name + "` as another type than schema.kitle says"};
}

// The largest |v| of an integer column's present values.
UInt128 magnitude(const ColumnView& column) {
  if (column.min > column.max) return 0;
  const Int128 low = column.min;
  const Int128 high = column.max;
  return static_cast<UInt128>(
      std::max(low < 0 ? -low : low, high < 0 ? -high : high));
}

bool is_summable(TypeKind type) {
  return type == TypeKind::kInteger || type == TypeKind::kMoney ||
         type == TypeKind::kDuration;
}

}  // namespace

Result<std::shared_ptr<const Binding>> Binding::make(
    std::shared_ptr<const Program> program,
    std::shared_ptr<const Snapshot> snapshot, int64_t now,
    const Binding* before) {
  const Status known = check_now(now);
  if (!known.ok()) return std::unexpected(known);
  const Settings& settings = snapshot->settings();
  auto zone = Zone::from_tzif(snapshot->zone_bytes(), settings.time_zone);
  if (!zone) return std::unexpected(zone.error());
  const auto forms = snapshot->text_forms();
  if (!forms) return std::unexpected(forms.error());
  std::shared_ptr<Binding> binding(new Binding());
  binding->program_ = std::move(program);
  binding->snapshot_ = std::move(snapshot);
  binding->zone_ = *zone;
  binding->clock_ = {now, zone->get(), settings.first_day_of_week};
  binding->forms_ = *forms;
  binding->texts_ = std::make_unique<FoldedEquality>(**forms);
  const Status resolved = binding->resolve_slots();
  if (!resolved.ok()) return std::unexpected(resolved);
  binding->bind_run();
  if (before != nullptr) binding->take_texts(*before);
  binding->blocks_ = std::vector<BlockPlace>(binding->snapshot_->blocks());
  return binding;
}

Status Binding::resolve_slots() {
  const Schema& schema = snapshot_->schema();
  for (uint32_t i = 0; i < program_->tables.size(); ++i) {
    const bool stored = derived(i) == nullptr;
    const EventType* event =
        stored ? schema.find_event(program_->tables[i]) : nullptr;
    tables_.push_back(
        event == nullptr ? kNone
                         : static_cast<uint32_t>(event - schema.events.data()));
  }
  places_.resize(program_->slots.size());
  for (size_t i = 0; i < places_.size(); ++i) {
    const Status status = resolve(program_->slots[i], places_[i]);
    if (!status.ok()) return status;
  }
  return {};
}

const DerivedTable* Binding::derived(uint32_t table) const {
  const size_t stored = program_->tables.size() - program_->derived.size();
  return table == kNone || table < stored ? nullptr
                                          : &program_->derived[table - stored];
}

Status Binding::resolve_derived(const Slot& slot, const DerivedTable& derived,
                                SlotPlace& place) const {
  place.of_sessions = derived.gap > 0;
  if (place.of_sessions) return {};
  bool personal = false;
  bool open = false;
  for (const uint32_t member : derived.members) {
    Slot own = slot;
    own.table = member;
    own.table_name = program_->tables[member];
    const Status status = resolve(own, place.members.emplace_back());
    if (!status.ok()) return status;
    const SlotPlace& found = place.members.back();
    if (found.column == kNone) continue;
    (is_personal(own, found) ? personal : open) = true;
  }
  if (!personal || !open) return {};
  // Their texts would not be in one dictionary.
  return {StatusCode::kInvalid, "evaluate", "",
          "the store holds `" + slot.name +
              "` as personal in some events of `" + slot.table_name +
              "` and not in others"};
}

bool Binding::is_personal(const Slot& slot, const SlotPlace& place) const {
  if (slot.kind != SlotKind::kProperty) return false;
  return snapshot_->schema().events[place.table].columns[place.column].personal;
}

Status Binding::resolve(const Slot& slot, SlotPlace& place) const {
  if (const DerivedTable* made = derived(slot.table)) {
    return resolve_derived(slot, *made, place);
  }
  const Schema& schema = snapshot_->schema();
  const std::vector<Column>* columns = &schema.attributes;
  if (slot.kind != SlotKind::kAttribute) {
    place.table = tables_[slot.table];
    if (place.table == kNone) return {};
    columns = &schema.events[place.table].columns;
  }
  if (slot.kind != SlotKind::kAttribute && slot.kind != SlotKind::kProperty) {
    return {};
  }
  const auto found =
      std::find_if(columns->begin(), columns->end(),
                   [&](const Column& c) { return c.name == slot.name; });
  if (found == columns->end()) return {};
  if (found->type != slot.type) return wrong_type(slot);
  place.column = static_cast<uint32_t>(found - columns->begin());
  return {};
}

void Binding::bind_run() {
  today_ = clock_.today();
  for (const RangeParam& param : program_->ranges) {
    ranges_.push_back(bounds_at(param, clock_));
  }
  for (const WholesParam& param : program_->wholes) {
    wholes_.push_back(BoundWholes::make(param));
  }
  for (const PointsParam& param : program_->points) {
    points_.push_back({&param, worth_of_ages(param.halving)});
  }
  for (const IntParam& param : program_->ints) {
    switch (param.kind) {
      case IntParam::Kind::kConstant:
        ints_.push_back(param.value);
        break;
      case IntParam::Kind::kNow:
        ints_.push_back(clock_.now);
        break;
      case IntParam::Kind::kToday:
        ints_.push_back(today_);
        break;
    }
  }
}

Result<const BoundVersions*> Binding::block(uint32_t number) const {
  BlockPlace& place = blocks_[number];
  const BoundVersions* whole = place.whole.load(std::memory_order_acquire);
  if (whole != nullptr) return whole;
  const auto bound = columns(number);
  if (!bound) return bound;
  std::call_once(place.instructions_once, [&] {
    bind_instructions(place.versions->base);
    if ((*bound)->overlay_view != nullptr) {
      bind_instructions(place.versions->overlay);
    }
    place.whole.store(*bound, std::memory_order_release);
  });
  return bound;
}

Result<const BoundVersions*> Binding::columns(uint32_t number) const {
  BlockPlace& place = blocks_[number];
  std::call_once(place.once,
                 [&] { place.status = bind_versions(number, place); });
  if (!place.status.ok()) return std::unexpected(place.status);
  return place.versions.get();
}

Status Binding::bind_versions(uint32_t number, BlockPlace& place) const {
  const auto base = snapshot_->base(number);
  if (!base) return base.error();
  const auto overlay = snapshot_->overlay(number);
  if (!overlay) return overlay.error();
  place.versions = std::make_unique<BoundVersions>();
  place.versions->base_view = *base;
  place.versions->overlay_view = *overlay;
  bind_columns(**base, code_for(**base), place.versions->base);
  if (*overlay != nullptr) {
    bind_columns(**overlay, code_for(**overlay), place.versions->overlay);
  }
  return {};
}

BoundBlock Binding::bind(const BlockView& view, const Code& code) const {
  BoundBlock bound;
  bind_columns(view, code, bound);
  bind_instructions(bound);
  return bound;
}

void Binding::bind_columns(const BlockView& view, const Code& code,
                           BoundBlock& bound) const {
  bound.program = program_.get();
  bound.code = &code;
  bound.profiles = view.profiles;
  bound.live = view.live;
  bound.ranges = ranges_;
  bound.ints = ints_;
  bound.points = points_;
  bound.wholes = wholes_;
  bound.now = clock_.now;
  bound.today = today_;
  bound.zone = zone_.get();
  bound.texts = texts_.get();
  bind_tables(view, bound);
  bind_derived(view, bound);
  for (size_t i = 0; i < places_.size(); ++i) {
    bound.slots.push_back(column(program_->slots[i], places_[i], view));
    const ColumnView& made = bound.slots.back();
    bound.list_elements.push_back(places_[i].members.empty() ? made.elements
                                                             : 0);
  }
}

void Binding::bind_tables(const BlockView& view, BoundBlock& bound) const {
  for (const uint32_t index : tables_) {
    BoundTable table;
    if (index != kNone && index < view.tables.size()) {
      const TableView& from = view.tables[index];
      table = {from.events, from.offsets, from.time, from.order_starts,
               from.every_row_is_an_order};
    }
    bound.tables.push_back(table);
  }
}

// What is known of derived tables without making them.
void Binding::bind_derived(const BlockView& view, BoundBlock& bound) const {
  for (const DerivedTable& derived : program_->derived) {
    BoundTable& table = bound.tables[derived.table];
    for (const uint32_t member : derived.members) {
      const bool rows = bound.tables[member].every_row_is_an_order;
      table.every_row_is_an_order &= rows || derived.gap > 0;
    }
    table.time = time_of(derived.table, view);
    BoundDerived& made = bound.derived.emplace_back();
    made.table = derived.table;
    made.members = derived.members;
    made.gap = derived.gap;
  }
  for (uint32_t i = 0; i < places_.size(); ++i) {
    const Slot& slot = program_->slots[i];
    const DerivedTable* of = derived(slot.table);
    if (of == nullptr) continue;
    BoundDerived& made = bound.derived[of - program_->derived.data()];
    if (slot.kind == SlotKind::kEventTime) {
      made.times.push_back(i);
      continue;
    }
    const bool property = slot.kind == SlotKind::kProperty;
    (property ? made.columns : made.ends)
        .push_back({i, slot.kind == SlotKind::kLastTime, slot.column,
                    member_columns(slot, places_[i], view)});
  }
}

std::vector<ColumnView> Binding::member_columns(const Slot& slot,
                                                const SlotPlace& place,
                                                const BlockView& view) const {
  std::vector<ColumnView> columns;
  for (const SlotPlace& member : place.members) {
    columns.push_back(column(slot, member, view));
  }
  return columns;
}

ColumnView Binding::time_of(uint32_t table, const BlockView& view) const {
  const DerivedTable* made = derived(table);
  if (made == nullptr) {
    const uint32_t stored = tables_[table];
    return stored < view.tables.size() ? view.tables[stored].time
                                       : ColumnView();
  }
  std::vector<ColumnView> times;
  for (const uint32_t member : made->members) {
    times.push_back(time_of(member, view));
  }
  return joined_column(TypeKind::kTime, times);
}

// Bounds that no session can leave: of their times those of the events.
ColumnView Binding::session_column(const Slot& slot,
                                   const BlockView& view) const {
  const ColumnView time = time_of(slot.table, view);
  if (slot.kind != SlotKind::kProperty || time.min > time.max) return time;
  ColumnView made = time;
  made.type = slot.type;
  made.min = 0;
  made.max = static_cast<int64_t>(most_events(slot.table, view));
  if (slot.column == kSessionCount) return made;
  const Int128 longest = Int128{time.max} - time.min;
  if (longest <= INT64_MAX) {
    made.max = static_cast<int64_t>(longest);
  } else {  // times that ingest never writes: lengths wrap
    made.min = INT64_MIN;
    made.max = INT64_MAX;
  }
  return made;
}

ColumnView Binding::column(const Slot& slot, const SlotPlace& place,
                           const BlockView& view) const {
  if (place.of_sessions) return session_column(slot, view);
  if (!place.members.empty()) {
    return joined_column(slot.type, member_columns(slot, place, view));
  }
  ColumnView absent;
  absent.type = slot.type;
  if (slot.kind == SlotKind::kAttribute) {
    return place.column < view.attributes.size() ? view.attributes[place.column]
                                                 : absent;
  }
  if (place.table >= view.tables.size()) return absent;
  const TableView& table = view.tables[place.table];
  switch (slot.kind) {
    case SlotKind::kEventTime:
      return table.time;
    case SlotKind::kFirstTime:
      return table.first_time;
    case SlotKind::kLastTime:
      return table.last_time;
    case SlotKind::kAttribute:
    case SlotKind::kProperty:
      break;
  }
  return place.column < table.columns.size() ? table.columns[place.column]
                                             : absent;
}

uint64_t Binding::most_events(uint32_t table, const BlockView& view) const {
  const DerivedTable* made = derived(table);
  if (made == nullptr) {
    const uint32_t stored = tables_[table];
    return stored < view.tables.size() ? view.tables[stored].max_per_profile
                                       : 0;
  }
  uint64_t most = 0;
  for (const uint32_t member : made->members) {
    most += most_events(member, view);
  }
  return most;
}

// Whether a window of today or the like has ended: events may be behind it.
bool Binding::ends_early(size_t range) const {
  const RangeParam& param = program_->ranges[range];
  return param.kind == RangeParam::Kind::kInstants && param.until_now &&
         is_current_period(param.window) && ranges_[range].high < clock_.now;
}

bool Binding::fits_fast(const BlockView& view) const {
  for (size_t i = 0; i < ranges_.size(); ++i) {
    if (ends_early(i)) return false;
  }
  for (const uint32_t index : tables_) {
    if (index >= view.tables.size()) continue;
    const TableView& table = view.tables[index];
    if (table.events == 0) continue;
    if (table.time.max > clock_.now) return false;
  }
  for (uint32_t i = 0; i < tables_.size(); ++i) {
    if (most_events(i, view) > kFastEvents) return false;
  }
  for (size_t i = 0; i < places_.size(); ++i) {
    const Slot& slot = program_->slots[i];
    if (!is_summable(slot.type)) continue;
    const ColumnView made = column(slot, places_[i], view);
    const bool event = slot.kind == SlotKind::kProperty;
    const uint64_t most = event ? most_events(slot.table, view) : 1;
    if (magnitude(made) * std::max<UInt128>(most, 1) >
        static_cast<UInt128>(kFastSum)) {
      return false;
    }
  }
  return true;
}

void Binding::bind_instructions(BoundBlock& bound) const {
  {
    const std::lock_guard lock(texts_mutex_);
    bound.sets = shared_sets_;
  }
  bound.sets.resize(program_->sets.size());
  for (const Instruction& what : bound.code->instructions) {
    bound.instructions.push_back(bind_instruction(what, bound));
  }
}

BoundInstruction Binding::bind_instruction(const Instruction& what,
                                           BoundBlock& bound) const {
  BoundInstruction made;
  switch (what.op) {
    case Op::kInRange:
      made.range =
          BoundRange::make(ranges_[what.param], bound.slots[what.slot]);
      break;
    case Op::kInSet:
    case Op::kListHas:
    case Op::kSetI:
      made.set = bound_set(what.param, what.slot, bound);
      break;
    case Op::kAnswers:
    case Op::kFollowedAnswers:
    case Op::kNthAnswers:
    case Op::kSumAnswers:
      bound.answers.push_back(answers_of(what, bound));
      made.answers = bound.answers.back().get();
      break;
    case Op::kTextLength:
    case Op::kLookUp:
      bound.codes.push_back(codes_of(what.param, bound.slots[what.slot]));
      made.codes = bound.codes.back().get();
      break;
    case Op::kLookUpI:
      made.lookup = &program_->lookups[what.param];
      break;
    case Op::kAmongI:
      made.wholes = wholes_[what.param].get();
      break;
    default:
      break;
  }
  return made;
}

const BoundSet* Binding::bound_set(uint32_t param, uint32_t slot,
                                   BoundBlock& bound) const {
  const ColumnView& column = bound.slots[slot];
  BoundBlock::Set& known = bound.sets[param];
  if (known.set != nullptr && known.dictionary == column.dictionary) {
    return known.set.get();
  }
  auto made = set_of(param, column);
  if (known.set == nullptr) {
    known = {column.dictionary, std::move(made)};
    return known.set.get();
  }
  bound.sets.push_back({column.dictionary, std::move(made)});
  return bound.sets.back().set.get();
}

std::shared_ptr<const BoundAnswers> Binding::answers_of(
    const Instruction& what, BoundBlock& bound) const {
  const AnswersParam& param = program_->answers[what.param];
  const bool followed = what.op == Op::kFollowedAnswers;
  std::vector<BoundAnswers::Asked> asked;
  for (const AnswersQuestion& question : param.questions) {
    BoundAnswers::Asked& each = asked.emplace_back();
    each.least = question.least;
    each.range = followed
                     ? values_range(question.range)
                     : times_range(question.range, bound.slots[what.slot2]);
    each.total = values_range(question.total);
    if (question.set != kNone) {
      each.set = bound_set(question.set, what.slot, bound);
    }
  }
  std::shared_ptr<const AnswersByCode> by_code;
  if (what.op == Op::kAnswers || followed) {
    by_code = answers_by_code(what.param, asked, bound.slots[what.slot]);
  }
  const int64_t unit = followed ? bound.slots[what.slot2].unit : 1;
  return std::make_shared<BoundAnswers>(
      AnswersLayout::of(param), std::move(asked), std::move(by_code), unit);
}

BoundRange Binding::times_range(uint32_t range, const ColumnView& times) const {
  if (range == kNone) return {BoundRange::Form::kPresent};
  return BoundRange::make(ranges_[range], times);
}

BoundRange Binding::values_range(uint32_t range) const {
  if (range == kNone) return {BoundRange::Form::kPresent};
  const auto [low, high] = ranges_[range];
  if (low > high) return {};
  return {BoundRange::Form::kCompare, low, high};
}

}  // namespace kitle
