// Chains in one pass against all choices of events, on small histories in which
// times and keys meet often.
#include "runtime/eval/linked_chain.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace kitle {
namespace {

// One person's events of one table, as registers.
struct Events {
  std::vector<uint32_t> offsets;
  std::vector<int64_t> times;
  std::vector<std::vector<int64_t>> keys;
  std::vector<uint64_t> mask;
};

class History {
 public:
  explicit History(uint64_t seed) : random_(seed) {
    param_.keys = static_cast<uint32_t>(pick(1, 2));
    for (int64_t i = pick(1, 2); i > 0; --i) tables_.push_back(make_table());
    make_steps();
    make_list();
  }

  std::optional<bool> found() {
    KernelView view{.rows = 1, .tables = kernel_tables_.data()};
    KernelParams params{.registers = registers_.data()};
    KernelScratch scratch{.registers = memory_.data()};
    const KernelContext context{
        .view = &view, .params = &params, .scratch = &scratch};
    std::vector<std::byte> work(LinkedChain::work_bytes(param_));
    auto chain = LinkedChain::make(context, param_, list_.data(), work.data());
    return chain ? chain->holds(0) : std::nullopt;
  }

  bool expected() const { return goes_on(0, {}); }

 private:
  struct Choice {
    uint32_t table = 0;
    size_t place = 0;
  };

  int64_t pick(int64_t low, int64_t high) {
    return std::uniform_int_distribution(low, high)(random_);
  }

  Events make_table() {
    Events made;
    const auto count = static_cast<size_t>(pick(0, 9));
    made.offsets = {0, static_cast<uint32_t>(count)};
    made.keys.resize(param_.keys);
    for (size_t i = 0; i < count; ++i) {
      made.times.push_back(pick(0, 14));
      for (auto& key : made.keys) key.push_back(pick(0, 1) * 1'000'003);
    }
    std::ranges::sort(made.times);
    made.mask = {static_cast<uint64_t>(pick(0, 1023))};
    return made;
  }

  void make_steps() {
    const int64_t positive = pick(1, 4);
    const bool all_within = pick(0, 3) == 0;
    const int64_t common = pick(0, 6);
    const bool alike = pick(0, 2) == 0;
    for (int64_t i = 0; i < positive; ++i) {
      const int64_t within = alike ? common : pick(0, 6);
      add_step(false, i == 0 || all_within ? 0 : within,
               alike && i > 0 ? param_.steps[0].table : any_table());
      masked_.push_back(alike ? i > 0 && masked_[0] : pick(0, 1) == 1);
    }
    if (all_within) param_.steps[0].within = pick(1, 9);
    if (!all_within && pick(0, 1) == 0) {
      add_step(true, pick(0, 6), any_table());
      masked_.push_back(pick(0, 1) == 1);
    }
  }

  uint32_t any_table() {
    return static_cast<uint32_t>(
        pick(0, static_cast<int64_t>(tables_.size()) - 1));
  }

  void add_step(bool negated, int64_t within, uint32_t table) {
    param_.steps.push_back({.table = table,
                            .negated = negated,
                            .within = within,
                            .slots = {kNone, kNone}});
  }

  uint32_t add_register(RegisterKind kind, const void* memory) {
    registers_.push_back({kind, 0});
    memory_.push_back(const_cast<void*>(memory));
    return static_cast<uint32_t>(memory_.size()) - 1;
  }

  void make_list() {
    for (Events& each : tables_) {
      kernel_tables_.push_back({.offsets = each.offsets.data()});
    }
    for (size_t i = 0; i < param_.steps.size(); ++i) {
      const Events& of = tables_[param_.steps[i].table];
      const uint32_t mask =
          masked_[i] ? add_register(RegisterKind::kBits, of.mask.data())
                     : kNone;
      const uint32_t time = add_register(RegisterKind::kI64, of.times.data());
      list_.insert(list_.end(), {mask, mask, time, kNone});
    }
    for (const SequenceStep& step : param_.steps) {
      for (const auto& key : tables_[step.table].keys) {
        list_.push_back(add_register(RegisterKind::kI64, key.data()));
      }
    }
  }

  int64_t time(const Choice& choice) const {
    return tables_[choice.table].times[choice.place];
  }
  bool has_keys_of(const Choice& a, const Choice& b) const {
    for (uint32_t key = 0; key < param_.keys; ++key) {
      if (tables_[a.table].keys[key][a.place] !=
          tables_[b.table].keys[key][b.place]) {
        return false;
      }
    }
    return true;
  }

  // Whether some event of the step passes.
  template <class Passes>
  bool any_event(size_t step, Passes passes) const {
    const uint32_t table = param_.steps[step].table;
    for (size_t i = 0; i < tables_[table].times.size(); ++i) {
      if (masked_[step] && (tables_[table].mask[0] >> i & 1) == 0) continue;
      if (passes(Choice{table, i})) return true;
    }
    return false;
  }

  // Whether chosen events of the steps before `step` can be gone on with.
  bool goes_on(size_t step, const std::vector<Choice>& chosen) const {
    const int64_t all = param_.steps[0].within;
    const bool late = all != 0 && chosen.size() > 1 &&
                      time(chosen.back()) > time(chosen.front()) + all;
    if (late) return false;
    if (step == param_.steps.size()) return true;
    const SequenceStep& each = param_.steps[step];
    const auto follows = [&](const Choice& next) {
      if (chosen.empty()) return true;
      const int64_t end =
          each.within == 0 ? INT64_MAX : time(chosen.back()) + each.within;
      return time(next) > time(chosen.back()) && time(next) <= end &&
             has_keys_of(next, chosen.back());
    };
    if (each.negated) return !any_event(step, follows);
    return any_event(step, [&](const Choice& next) {
      if (!follows(next)) return false;
      std::vector<Choice> longer = chosen;
      longer.push_back(next);
      return goes_on(step + 1, longer);
    });
  }

  std::mt19937_64 random_;
  SequenceParam param_;
  std::vector<Events> tables_;
  std::vector<bool> masked_;  // by step
  std::vector<KernelTable> kernel_tables_;
  std::vector<Register> registers_;
  std::vector<void*> memory_;
  std::vector<uint32_t> list_;
};

TEST(LinkedChain, HoldsWhereSomeChoiceOfEventsDoes) {
  size_t held = 0;
  constexpr size_t kHistories = 60'000;
  for (uint64_t seed = 0; seed < kHistories; ++seed) {
    History history(seed);
    const std::optional<bool> found = history.found();
    ASSERT_TRUE(found.has_value()) << "seed " << seed;
    ASSERT_EQ(*found, history.expected()) << "seed " << seed;
    held += *found ? 1 : 0;
  }
  EXPECT_GT(held, kHistories / 8);
  EXPECT_LT(held, kHistories * 7 / 8);
}

}  // namespace
}  // namespace kitle
