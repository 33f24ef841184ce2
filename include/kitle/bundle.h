// A bundle: compiled rules in one file, for a service that has neither the
// compiler nor LLVM nor Arrow (library kitle::service).
//
//   auto bundle = kitle::Bundle::open("audiences.kbundle");
//   const auto engine = kitle::Engine::create(*bundle);
//   auto result = engine.run(store, {.now = now});
//
// It answers as the rules do that it was built from: the same bits. Its machine
// code runs with the rights of the process, so a bundle is to be trusted as a
// shared library is: open none that others could have written. Its checksum
// finds damage, not malice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kitle/rules.h"
#include "kitle/status.h"
#include "kitle/store.h"

namespace kitle {

// Immutable and thread-safe; cheap to copy (shared).
class Bundle {
 public:
  struct Impl;
  explicit Bundle(std::shared_ptr<const Impl> impl);

  // Reads the file. Errors, with its name: kNotFound, kIo; kCorrupt (damaged,
  // or no bundle); kNewer (built by another version of Kitle: build it again).
  static Result<Bundle> open(const std::string& path);

  const std::string& path() const;
  const std::string& name() const;  // kitle.toml's `name`
  const std::string& time_zone() const;
  // As Rules have them. What is private is not in a bundle.
  const std::vector<SegmentInfo>& segments() const;
  const std::vector<StagesInfo>& stages() const;
  bool has_segment(std::string_view name) const;

  // Why the interpreter answers in this process: the CPU is older than what the
  // bundle has machine code for, the runtime library is another build than the
  // one it was made for, ...; "" where its machine code can run.
  const std::string& no_machine_code() const;

  // As Rules::instant() and Rules::local_time().
  Result<int64_t> instant(std::string_view written,
                          const Store* store = nullptr) const;
  std::string local_time(int64_t instant, const Store* store = nullptr) const;

  const std::shared_ptr<const Impl>& impl() const { return impl_; }

 private:
  std::shared_ptr<const Impl> impl_;
};

// ---- building: in libkitle, not in the service's library ----

struct BundleOptions {
  // Machine code is made for the forms in which this store holds its columns,
  // which all stores of much the same data share; null: none is made.
  const Store* store = nullptr;
  std::vector<std::string> cpus = {"x86-64-v3", "x86-64-v4"};
  // As EngineOptions have them.
  std::string cache_folder = {};
  bool use_cache = true;
};

struct BundleReport {
  uint64_t bytes = 0;  // of the file
  size_t segments = 0;
  // Periods in which the same fits count, and the different programs of all.
  size_t periods = 0;
  size_t programs = 0;
  size_t images = 0;  // of machine code
};

// Compiles the rules and writes the file, whole or not at all. Errors:
// kInvalid (a CPU that no machine code is made for; the store was made for
// other settings), kUnsupported (no machine code can be made here), kCorrupt
// and kIo with the file's name. REQUIRES: rules.ok(). Thread-safe.
Result<BundleReport> build_bundle(const Rules& rules, const std::string& path,
                                  const BundleOptions& options);

}  // namespace kitle
