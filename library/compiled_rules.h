// Rules that are compiled when an engine asks for them.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "compiler/machine.h"
#include "library/rules.h"
#include "service/rule_set.h"

namespace kitle {

class CompiledRules : public RuleSet {
 public:
  // REQUIRES: rules.ok().
  CompiledRules(Rules rules, MachineOptions options)
      : rules_(std::move(rules)), options_(std::move(options)) {}

  Result<std::shared_ptr<const ReadyRules>> ready(
      const std::vector<std::string>& asked, int64_t fits_of) const override;
  Status check_store(const Snapshot& snapshot) const override;
  bool makes_machine_code() const override { return true; }

 private:
  struct Ready;
  std::shared_ptr<const Ready> make(
      std::vector<std::string> names,
      std::shared_ptr<const FittedRules> of) const;

  Rules rules_;
  MachineOptions options_;
  mutable std::mutex mutex_;
  // The whole repository's, and the last ones of chosen segments.
  mutable std::shared_ptr<const Ready> whole_;
  mutable std::shared_ptr<const Ready> chosen_;
};

}  // namespace kitle
