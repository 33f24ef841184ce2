// What a kept run leaves beside its members, so that a later run can go on from
// it: DIR/state. Read by this version of the libraries alone.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/eval/program.h"
#include "runtime/eval/refresh.h"
#include "runtime/status.h"
#include "runtime/store/identity.h"

namespace kitle {

struct KeptState {
  Hash128 program;  // program_hash()
  SnapshotIdentity snapshot;
  int64_t now = 0;
  uint32_t profiles = 0;                 // live ones
  std::shared_ptr<const DueTimes> dues;  // null: not known
  std::map<std::string, uint64_t>
      members;  // segment -> bytes_hash() of its file
};

constexpr std::string_view kKeptStateName = "/state";

// XXH3-128 of the saved program, which has fits and all the rules mean.
Hash128 program_hash(const Program& program);
uint64_t bytes_hash(std::string_view bytes);  // XXH3-64

std::string state_bytes(const KeptState& state);
// Of a run's folder. Errors: kNotFound, kIo; kCorrupt (not as state_bytes()
// writes it, or of another version).
Result<KeptState> read_kept_state(const std::string& folder);

}  // namespace kitle
