// Rules over a store: who is in which segment.
//
//   auto engine = kitle::Engine::create(rules, {});
//   auto result = engine->run(store, {.now = now});
//   for (const auto& segment : result->segments) use(segment.members);
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kitle/rules.h"
#include "kitle/status.h"
#include "kitle/store.h"

namespace kitle {

class Bundle;

// Ways to evaluate; the answers are the same bits.
enum class Tier : uint8_t {
  // Machine code as soon as it is there: cached, or made beside the first runs,
  // which the interpreter answers, once these took as long as compiling takes.
  kAuto,
  // Slow and obvious, for tests: evaluates everyone, whatever RunOptions say of
  // earlier results.
  kReference,
  kInterpreter,  // vector kernels
  kCompiled,     // machine code
};

// A set of profiles: a Roaring bitmap of ordinals. Immutable, thread-safe,
// cheap to copy (shared); needs neither store nor engine to live.
class Members {
 public:
  struct Impl;
  Members();  // nobody
  explicit Members(std::shared_ptr<const Impl> impl);
  const Impl& impl() const { return *impl_; }
  uint64_t size() const;
  bool contains(uint32_t ordinal) const;
  // How many are in both.
  uint64_t common(const Members& other) const;
  // Those who are not in the other.
  Members without(const Members& other) const;
  // All ordinals, increasing.
  std::vector<uint32_t> ordinals() const;
  // Roaring's portable serialised form, which every Roaring library reads.
  std::string portable() const;
  friend bool operator==(const Members& a, const Members& b);

 private:
  std::shared_ptr<const Impl> impl_;
};

struct SegmentResult {
  std::string name;
  std::string title;  // the name where none was written
  // What could not be computed for a profile leaves the segment undecided:
  // no members, and the profile's key here.
  bool undecided = false;
  std::string undecided_key;
  Members members;
  std::string stages = {};  // whose stage it is, as SegmentInfo::stages
  // Why it is undecided for everyone, in place of a key: a fit is missing.
  std::string undecided_reason = {};
  std::string action = {};  // as SegmentInfo::action
};

// A run whose members are kept in the store's folder (keep_members()).
struct KeptRun {
  uint64_t snapshot = 0;
  int64_t now = 0;
  std::string folder = {};
};

struct RunResult;
struct RunOrigin;  // what a result is of; see RunOptions::before

struct RunOptions {
  // Microseconds since 1970-01-01T00:00Z; of the years 1 to 9999, else
  // kInvalid, wherever one is given.
  int64_t now = 0;
  // Segments to evaluate, by name, or the name of stages for all of them;
  // empty: all.
  std::vector<std::string> segments = {};
  Tier tier = Tier::kAuto;
  unsigned threads = 0;  // 0: all cores; at most 256 are used
  // Set from anywhere to stop the run (kCancelled). Must outlive the call.
  const std::atomic<bool>* cancel = nullptr;
  // The instant whose fits count, where they are not those of `now`.
  std::optional<int64_t> fits_of = {};
  // An earlier result, to be brought up to date; the answers are those of a run
  // without it. Not looked at by Tier::kReference. Must outlive the call.
  // Of this snapshot and this `now`, and of the rules before an edit: the
  // segments that the edit left as they were are taken from it, and only the
  // others evaluated (RunResult::taken_over).
  // Of these rules (and fits), of an earlier `now`, of an earlier snapshot of
  // the store, or of both: only those people are evaluated who have other
  // attributes or events since, or for whom time alone may have changed an
  // answer, unless these are so many that evaluating everyone takes no longer
  // (RunResult::evaluated).
  // Refreshes of 256 segments and more make the engine keep a bit for each
  // person and segment of the last one, up to 128 MB.
  const RunResult* before = nullptr;
  // The same, where no `before` is given, from the last of these runs that were
  // kept in the store's folder whose files are those of these rules and of this
  // build. Must outlive the call.
  std::span<const KeptRun> kept = {};
};

struct RunResult {
  std::vector<SegmentResult> segments;  // in the order of declaration
  int64_t now = 0;                      // as asked
  uint64_t snapshot = 0;                // Store::snapshot()
  uint32_t profiles = 0;                // live profiles: everyone
  uint32_t evaluated = 0;               // for how many it was computed anew
  double compile_seconds = 0;           // until the first block was evaluated
  double seconds = 0;                   // evaluation, compile time apart
  Tier tier = Tier::kInterpreter;       // what ran
  uint32_t taken_over = 0;              // segments, from RunOptions::before
  std::vector<std::string> warnings;    // of fits that are too old
  std::shared_ptr<const RunOrigin> origin = {};  // keeps the rules in memory
};

// All segments for one profile at a time: bound once, then no allocation but
// at a block's first touch. Not thread-safe: one a thread; cheap to make from
// the same Engine. Keeps what it needs of engine and store alive.
class ProfileQuery {
 public:
  struct Impl;
  explicit ProfileQuery(std::unique_ptr<Impl> impl);
  ProfileQuery(ProfileQuery&&) noexcept;
  ProfileQuery& operator=(ProfileQuery&&) noexcept;
  ~ProfileQuery();
  // 64-bit words that `bits` of evaluate() needs.
  size_t words() const;
  // Bit i of `bits` is membership in segment i. Errors: kInvalid (no such
  // ordinal, too few words), kUnsupported (undecided, names the segment),
  // kCorrupt.
  Status evaluate(uint32_t ordinal, std::span<uint64_t> bits);

 private:
  std::unique_ptr<Impl> impl_;
};

struct EngineOptions {
  // Private folder for machine code; "": $XDG_CACHE_HOME/kitle or
  // ~/.cache/kitle. Its content is keyed by engine build, CPU and rules. With
  // KITLE_PERF_MAP=1 in the environment, /tmp/perf-PID.map names the functions
  // of machine code for perf; with KITLE_GDB=1 gdb knows them.
  std::string cache_folder = {};
  bool use_cache = true;
  // Tier::kAuto: after how many seconds of the interpreter's runs over one
  // snapshot machine code is made, by a thread of the engine's own; less than
  // 0: as many as compiling may take. The engine waits for that thread at its
  // end. So does the process if its first thread ends it and has made or asked
  // an engine; else engines have to end before it.
  double compile_after = -1;
};

// The rules, compiled. Thread-safe; cheap to copy (shared).
class Engine {
 public:
  struct Impl;
  explicit Engine(std::shared_ptr<Impl> impl);
  // REQUIRES: rules.ok().
  static Result<Engine> create(const Rules& rules,
                               const EngineOptions& options = {});
  // Runs what the bundle has; compiles nothing and keeps nothing on disk.
  // Machine code is of all segments together: where some are chosen, it runs
  // for all if they need most of its operations or Tier::kCompiled asks for it;
  // else they are interpreted.
  static Engine create(const Bundle& bundle);

  // Evaluates all profiles of the snapshot, or fails whole. A column that the
  // store lacks reads as missing, or, where a bundle reads it, is kInvalid.
  // Errors: kNotFound (an unknown segment, with the nearest name), kInvalid
  // (the store was made for other settings or types), kUnsupported
  // (Tier::kCompiled where no machine code is possible), kCorrupt and kIo with
  // the file's name, kCancelled.
  Result<RunResult> run(const Store& store, const RunOptions& options) const;

  // For questions about single profiles at `now` (microseconds since
  // 1970-01-01T00:00Z). Errors: those of run(); kUnsupported (a segment that no
  // one can be decided for: a fit is missing).
  Result<ProfileQuery> prepare(const Store& store, int64_t now) const;

 private:
  std::shared_ptr<Impl> impl_;
};

// ---- writing members down; each file whole or not at all ----

enum class MemberFormat : uint8_t { kCsv, kRoaring, kParquet };
// In libkitle, not in libkitle_service: Parquet takes Arrow.
// CSV: a header `id` and a key a line, by ordinal, of an erased profile, too.
// Parquet: one column `id`. Roaring: the ordinals. `store`: of the snapshot
// that was run, or a later one. Errors: kIo with the file's name; kCorrupt (a
// key cannot be read).
Status write_members(const Store& store, const Members& members,
                     MemberFormat format, const std::string& path);
// Keeps a run's memberships in the store's folder: members/<snapshot>-<now>/
// with NAME.roaring for each decided segment and index.csv (segment,size).
// What it says of segments that were not in this run stays. A run of a snapshot
// that is no longer in the store (of those before its last change, unless a
// reader holds them) is removed if this one has all of its segments; of others
// the last eight stay. Needs no writer lock; thread-safe. The folder's path.
// Errors: kIo.
Result<std::string> keep_members(const Store& store, const RunResult& result);

// ---- what changed since a run that was kept ----

// Those in the store's folder, of snapshots up to the store's own; by `now`,
// then by snapshot, the newest last. Errors: kIo.
Result<std::vector<KeptRun>> kept_runs(const Store& store);
// Those of them whose `now` is at or before the instant.
std::span<const KeptRun> kept_until(std::span<const KeptRun> runs,
                                    int64_t instant);
// The newest that kept every decided segment of the result, or, if none did,
// the newest; so a run of a few segments does not come between runs of all.
// Nothing if there is none.
std::optional<KeptRun> kept_for(std::span<const KeptRun> runs,
                                const RunResult& result);
// What it kept, by name. Errors: kIo; kCorrupt with the file's name; kNotFound
// (keep_members() has removed the run).
Result<std::vector<std::string>> kept_segments(const KeptRun& run);
// REQUIRES: the run is of kept_runs(store). Ordinals are given once, so those
// of two snapshots of one store can be compared; all are below
// store.profiles(). Errors: those of kept_segments(); kNotFound (the run kept
// no such segment).
Result<Members> kept_members(const Store& store, const KeptRun& run,
                             const std::string& segment);

struct SegmentChanges {
  std::string name;
  // Whether both runs decided it; else there is nobody in the two sets.
  bool known = false;
  Members entered = {};  // in it now, and not then
  Members left = {};     // in it then, and not now, or erased since
};
// Who entered and who left each segment of `result`, which is of `store`, since
// the earlier run; in the order of the result. Read it before keep_members(),
// which may remove the earlier run. Thread-safe. Errors: those of
// kept_segments().
Result<std::vector<SegmentChanges>> changes_since(const Store& store,
                                                  const KeptRun& earlier,
                                                  const RunResult& result);

// "1.4.0", and a line about what this build can do here: LLVM, CPU level (in
// libkitle alone).
std::string version();
std::string build_info();

}  // namespace kitle
