#include "service/kept_state.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "runtime/build_id.h"
#include "runtime/store/bytes.h"
#include "runtime/store/file_ref_bytes.h"
#include "service/kept_index.h"

namespace kitle {
namespace {

constexpr std::string_view kMagic = "kitle run state 1";
constexpr uint64_t kMostBytes = uint64_t{16} << 30;

void put(ByteWriter& to, const Hash128& hash) {
  to.put(hash.low);
  to.put(hash.high);
}
Hash128 get_hash(ByteReader& from) {
  const auto low = from.get<uint64_t>();
  return {low, from.get<uint64_t>()};
}

void put(ByteWriter& to, const SnapshotIdentity& snapshot) {
  to.put(snapshot.number);
  to.put(snapshot.hash);
  put(to, snapshot.meaning);
  to.put(static_cast<uint32_t>(snapshot.blocks.size()));
  for (const BlockIdentity& each : snapshot.blocks) {
    put(to, each.base);
    put(to, each.overlay);
  }
}
SnapshotIdentity get_snapshot(ByteReader& from) {
  SnapshotIdentity snapshot;
  snapshot.number = from.get<uint64_t>();
  snapshot.hash = from.get<uint64_t>();
  snapshot.meaning = get_hash(from);
  snapshot.blocks.resize(from.get_count(48));
  for (BlockIdentity& each : snapshot.blocks) {
    each.base = get_file(from);
    each.overlay = get_file(from);
  }
  return snapshot;
}

void put(ByteWriter& to, const DueTimes* dues) {
  to.put(static_cast<uint32_t>(dues == nullptr ? 0 : dues->ends.size()));
  if (dues == nullptr) return;
  for (const int64_t each : dues->ends) to.put(each);
  to.put(std::string_view(reinterpret_cast<const char*>(dues->steps.data()),
                          dues->steps.size()));
}
std::shared_ptr<const DueTimes> get_dues(ByteReader& from) {
  DueTimes dues;
  dues.ends.resize(from.get_count(8));
  if (dues.ends.empty()) return nullptr;
  for (int64_t& each : dues.ends) each = from.get<int64_t>();
  const std::string steps = from.get_text();
  dues.steps.assign(steps.begin(), steps.end());
  if (!std::ranges::is_sorted(dues.ends)) from.fail();
  return std::make_shared<const DueTimes>(std::move(dues));
}

}  // namespace

uint64_t bytes_hash(std::string_view bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

Hash128 program_hash(const Program& program) {
  const std::string bytes = save(program);
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.low64, hash.high64};
}

// Another build may evaluate or read otherwise.
std::string state_bytes(const KeptState& state) {
  ByteWriter to;
  to.put(kMagic);
  to.put(std::string_view(runtime_build_id()));
  put(to, state.program);
  put(to, state.snapshot);
  to.put(state.now);
  to.put(state.profiles);
  put(to, state.dues.get());
  to.put(static_cast<uint32_t>(state.members.size()));
  for (const auto& [segment, hash] : state.members) {
    to.put(std::string_view(segment));
    to.put(hash);
  }
  std::string bytes = to.take();
  const uint64_t hash = bytes_hash(bytes);
  bytes.append(reinterpret_cast<const char*>(&hash), sizeof hash);
  return bytes;
}

Result<KeptState> read_kept_state(const std::string& folder) {
  const std::string path = folder + std::string(kKeptStateName);
  const auto read = read_kept_file(path, kMostBytes);
  if (!read) return std::unexpected(read.error());
  const auto corrupt = [&] {
    return std::unexpected(Status(StatusCode::kCorrupt, "read", path,
                                  "it is not what this version writes there"));
  };
  uint64_t hash = 0;
  if (read->size() < sizeof hash) return corrupt();
  const std::string_view bytes(read->data(), read->size() - sizeof hash);
  std::memcpy(&hash, read->data() + bytes.size(), sizeof hash);
  if (hash != bytes_hash(bytes)) return corrupt();
  ByteReader from(bytes);
  if (from.get_text() != kMagic || from.get_text() != runtime_build_id()) {
    return corrupt();
  }
  KeptState state;
  state.program = get_hash(from);
  state.snapshot = get_snapshot(from);
  state.now = from.get<int64_t>();
  state.profiles = from.get<uint32_t>();
  state.dues = get_dues(from);
  for (uint32_t left = from.get_count(12); left > 0; --left) {
    std::string segment = from.get_text();
    state.members.emplace(std::move(segment), from.get<uint64_t>());
  }
  return from.at_end() ? Result<KeptState>(std::move(state)) : corrupt();
}

}  // namespace kitle
