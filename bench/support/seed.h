// The seed workload (bench/seed) in small, without files: its rules, and a
// store of a few full blocks with events of the same distributions.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "compiler/load.h"
#include "runtime/store/content.h"
#include "runtime/store/snapshot.h"
#include "runtime/store/writer.h"

namespace kitle::bench {

// 2023-11-14 22:13:20 UTC.
inline constexpr int64_t kNow = 1'700'000'000'000'000;

// Ends the program with `what` and the cause. A benchmark that measures wrong
// answers measures nothing.
[[noreturn]] void fail(const std::string& what, const std::string& cause);

template <class T>
T must(Result<T> result) {
  if (!result) fail("benchmark", result.error().message());
  return std::move(*result);
}
inline void must(const Status& status) {
  if (!status.ok()) fail("benchmark", status.message());
}
inline void require(bool holds, const std::string& what) {
  if (!holds) fail(what, "does not hold");
}

// The rules of bench/seed with `more` segments behind them.
LoadedRepository seed_rules(const std::string& more = "");

// A store of so many profiles in a folder of its own, which goes with it.
class SeedStore {
 public:
  explicit SeedStore(uint32_t profiles);
  ~SeedStore();
  SeedStore(const SeedStore&) = delete;
  SeedStore& operator=(const SeedStore&) = delete;

  const std::string& folder() const { return folder_; }
  std::shared_ptr<const Snapshot> open() const;

 private:
  std::string folder_;
};

// A new store in an empty folder, not yet committed, of the seed's schema or of
// that of `rules` (the seed's, and dates of birth); and one block of random
// content for it; rows <= kBlockRows.
std::unique_ptr<StoreWriter> new_writer(const std::string& folder);
std::unique_ptr<StoreWriter> new_writer(const std::string& folder,
                                        const Repository& rules);
BlockContent random_block(StoreWriter& writer, uint32_t block,
                          uint32_t rows = kBlockRows);
// The whole store of so many profiles.
void make_store(const std::string& folder, const Repository& rules,
                uint32_t profiles);
std::string new_folder();

}  // namespace kitle::bench
