// Work of the prover (reason.h) in counted steps: what bounds it, whatever
// machine it runs on, so that the same rules always get the same answers.
#pragma once

#include <algorithm>
#include <cstdint>

namespace kitle {

class ReasonBudget {
 public:
  explicit ReasonBudget(uint64_t most = UINT64_MAX) : limit_(most) {}
  ReasonBudget(const ReasonBudget&) = delete;
  ReasonBudget& operator=(const ReasonBudget&) = delete;

  void take(uint64_t steps) { taken_ += steps; }
  uint64_t taken() const { return taken_; }
  // What is asked then is not claimed.
  bool spent() const { return taken_ >= limit_; }

  // While it lives less may be taken.
  class Scope {
   public:
    Scope(ReasonBudget& budget, uint64_t most)
        : budget_(budget), outer_(budget.limit_) {
      budget.limit_ = budget.taken_ + std::min(most, budget.left());
    }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    ~Scope() { budget_.limit_ = outer_; }

   private:
    ReasonBudget& budget_;
    uint64_t outer_;
  };

  Scope at_most(uint64_t steps) { return {*this, steps}; }
  // One more and `behind` others share equally; what it leaves is theirs.
  Scope share(uint64_t behind) { return {*this, left() / (behind + 1)}; }

 private:
  uint64_t left() const { return limit_ - std::min(taken_, limit_); }

  uint64_t limit_;
  uint64_t taken_ = 0;
};

}  // namespace kitle
