// What Bundle holds: the contents of its file, and of its programs those that
// were asked for.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "kitle/bundle.h"
#include "runtime/eval/code_images.h"
#include "service/bundle_format.h"
#include "service/rule_set.h"

namespace kitle {

struct Bundle::Impl : RuleSet {
  // `cpu`: of this machine; `build`: of the runtime in this process.
  Impl(std::string file, BundleContents parts, std::optional<CpuLevel> cpu,
       const std::string& build);

  Result<std::shared_ptr<const ReadyRules>> ready(
      const std::vector<std::string>& asked, int64_t fits_of) const override;
  Status check_store(const Snapshot& snapshot) const override;
  bool makes_machine_code() const override { return false; }

  const std::string path;
  const BundleContents contents;
  std::string no_machine_code;

 private:
  struct Loaded;
  struct Ready;
  struct Part {
    uint32_t program = 0;
    std::vector<uint32_t> places;  // of the segments
    std::shared_ptr<const Loaded> loaded;
  };

  Status refused(StatusCode code, std::string cause) const;
  // The places of the segments that are asked for, increasing.
  Result<std::vector<uint32_t>> places_of(
      const std::vector<std::string>& asked) const;
  Result<std::shared_ptr<const Loaded>> loaded(uint32_t program) const;
  Result<std::shared_ptr<const Loaded>> load(uint32_t program) const;
  // Of some segments alone; the last one is kept.
  std::shared_ptr<const Loaded> part_of_program(
      uint32_t program, const Loaded& whole,
      const std::vector<uint32_t>& places) const;
  std::shared_ptr<Ready> ready_of(const BundlePeriod& period,
                                  const Loaded& what,
                                  const std::vector<uint32_t>& places) const;
  Result<std::shared_ptr<const CodeImages>> load_code(
      const BundleProgram& packed, const Program& program) const;

  std::optional<CpuLevel> level_;  // the best one that can run; or none
  mutable std::mutex mutex_;
  mutable std::vector<std::shared_ptr<const Loaded>> loaded_;  // by program
  mutable std::optional<Part> part_;
};

}  // namespace kitle
