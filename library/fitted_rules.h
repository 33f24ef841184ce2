// Rules as they are at an instant: with the cuts of the newest fits until then.
#pragma once

#include <memory>
#include <mutex>

#include "compiler/load.h"
#include "runtime/eval/program.h"

namespace kitle {

// Immutable and thread-safe.
class FittedRules {
 public:
  // Of rules in which nothing is fitted: as they are. `loaded` outlives it.
  explicit FittedRules(const LoadedRepository& loaded)
      : repository_(&loaded.repository) {}
  FittedRules(const LoadedRepository& loaded, ChosenFits chosen)
      : chosen_(std::move(chosen)),
        copy_(std::make_unique<const Repository>(
            with_cuts(loaded.repository, chosen_))),
        repository_(copy_.get()) {}

  const Repository& repository() const { return *repository_; }
  const ChosenFits& chosen() const { return chosen_; }
  // Compiled at first use, then shared. REQUIRES: the rules have no errors.
  std::shared_ptr<const Program> program() const;

 private:
  ChosenFits chosen_;
  std::unique_ptr<const Repository> copy_;
  const Repository* repository_;
  mutable std::once_flag once_;
  mutable std::shared_ptr<const Program> program_;
};

}  // namespace kitle
