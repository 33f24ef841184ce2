// Binding: a program meets a run, a snapshot and each block, in three stages.
// The run gives instants and dates; the snapshot gives sets of codes, one
// evaluation a distinct text; a block gives columns and stored units. Bound
// blocks are cached, so that a point query binds nothing.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "runtime/eval/answers.h"
#include "runtime/eval/bound.h"
#include "runtime/eval/gather.h"
#include "runtime/eval/interpreter.h"
#include "runtime/eval/known_texts.h"
#include "runtime/eval/program.h"
#include "runtime/store/snapshot.h"
#include "runtime/text/fold.h"
#include "runtime/time/bounds.h"

namespace kitle {

// A block's base and overlay, bound.
struct BoundVersions {
  const BlockView* base_view = nullptr;
  const BlockView* overlay_view = nullptr;  // null: no overlay
  BoundBlock base;
  BoundBlock overlay;
};

// One program over one snapshot at one now. Thread-safe; blocks are bound at
// first touch.
class Binding {
 public:
  // kInvalid: the store holds a column under another type than the rules say,
  // or was made for another zone, currency or locale; or check_now(). What the
  // store lacks reads as missing.
  // `before`: what that one found in texts is not looked for again, if it is of
  // this program, and of this snapshot or an earlier one; may be null.
  static Result<std::shared_ptr<const Binding>> make(
      std::shared_ptr<const Program> program,
      std::shared_ptr<const Snapshot> snapshot, int64_t now,
      const Binding* before = nullptr);

  Result<const BoundVersions*> block(uint32_t number) const;
  // The same, of which only columns and tables need be there: instructions, and
  // what these need, may not be bound yet.
  Result<const BoundVersions*> columns(uint32_t number) const;

  // For a block that is made of the snapshot's (gather.h), also without data:
  // whether the fast code is right for it, and what a code reads, with the
  // events of some of the program's tables in any case.
  bool fits_fast(const BlockView& view) const;
  ViewReads reads(const Prepared& code, std::span<const uint32_t> events) const;
  // With its data. REQUIRES: `code` is right for it.
  BoundBlock bind(const BlockView& view, const Code& code) const;

  // The codes of a set, of a column of the snapshot's blocks or of what was
  // made of these.
  std::shared_ptr<const BoundSet> set_of(uint32_t param,
                                         const ColumnView& column) const;

  const Program& program() const { return *program_; }
  const std::shared_ptr<const Program>& shared_program() const {
    return program_;
  }
  const Snapshot& snapshot() const { return *snapshot_; }
  int64_t now() const { return clock_.now; }
  const Clock& clock() const { return clock_; }

 private:
  struct BlockPlace {
    std::once_flag once;
    std::once_flag instructions_once;
    std::unique_ptr<BoundVersions> versions;
    std::atomic<const BoundVersions*> whole = nullptr;  // with instructions
    Status status;
  };
  // Where a slot's column is in the store's schema.
  struct SlotPlace {
    uint32_t table = kNone;
    uint32_t column = kNone;
    std::vector<SlotPlace> members;  // of a group's slot
    bool of_sessions = false;
  };

  Binding() = default;
  Status resolve_slots();
  Status resolve(const Slot& slot, SlotPlace& place) const;
  Status resolve_derived(const Slot& slot, const DerivedTable& derived,
                         SlotPlace& place) const;
  bool is_personal(const Slot& slot, const SlotPlace& place) const;
  const DerivedTable* derived(uint32_t table) const;
  void bind_run();
  Status bind_versions(uint32_t number, BlockPlace& place) const;
  void bind_columns(const BlockView& view, const Code& code,
                    BoundBlock& bound) const;
  const Code& code_for(const BlockView& view) const {
    return fits_fast(view) ? program_->fast : program_->general;
  }
  void bind_tables(const BlockView& view, BoundBlock& bound) const;
  void bind_derived(const BlockView& view, BoundBlock& bound) const;
  std::vector<ColumnView> member_columns(const Slot& slot,
                                         const SlotPlace& place,
                                         const BlockView& view) const;
  ColumnView session_column(const Slot& slot, const BlockView& view) const;
  // Of a table of the program, without data.
  ColumnView time_of(uint32_t table, const BlockView& view) const;
  static void read_column(SlotKind kind, const SlotPlace& place,
                          ViewReads& reads);
  // The most events of a profile.
  uint64_t most_events(uint32_t table, const BlockView& view) const;
  void bind_instructions(BoundBlock& bound) const;
  ColumnView column(const Slot& slot, const SlotPlace& place,
                    const BlockView& view) const;
  bool ends_early(size_t range) const;
  // Kept by the block, and asked for once in most.
  const BoundSet* bound_set(uint32_t param, uint32_t slot,
                            BoundBlock& bound) const;
  void take_texts(const Binding& before);
  std::shared_ptr<KnownTexts> known_of(const Dictionary& texts) const;
  // `param` of the lookups, or kNone for the lengths.
  std::shared_ptr<const BoundCodes> codes_of(uint32_t param,
                                             const ColumnView& column) const;
  std::shared_ptr<const BoundAnswers> answers_of(const Instruction& what,
                                                 BoundBlock& bound) const;
  // A range, or kNone, over times as the block stores them, or over values.
  BoundRange times_range(uint32_t range, const ColumnView& times) const;
  BoundRange values_range(uint32_t range) const;
  std::shared_ptr<const AnswersByCode> answers_by_code(
      uint32_t param, const std::vector<BoundAnswers::Asked>& asked,
      const ColumnView& column) const;
  BoundInstruction bind_instruction(const Instruction& what,
                                    BoundBlock& bound) const;

  std::shared_ptr<const Program> program_;
  std::shared_ptr<const Snapshot> snapshot_;
  std::shared_ptr<const Zone> zone_;
  Clock clock_;
  int64_t today_ = 0;
  const TextForms* forms_ = nullptr;  // the snapshot's
  std::vector<SlotPlace> places_;
  // Program's table -> store's table or kNone; those of derived ones are kNone.
  std::vector<uint32_t> tables_;
  std::vector<Bounds> ranges_;
  std::vector<Int128> ints_;
  std::vector<BoundPoints> points_;
  std::vector<std::shared_ptr<const BoundWholes>> wholes_;
  std::unique_ptr<TextEquality> texts_;
  mutable std::mutex texts_mutex_;
  // By store-wide dictionary.
  mutable std::map<const Dictionary*, std::shared_ptr<KnownTexts>> known_;
  // By SetParam one of them: what most blocks need.
  mutable std::vector<BoundBlock::Set> shared_sets_;
  mutable std::vector<BlockPlace> blocks_;
};

}  // namespace kitle
