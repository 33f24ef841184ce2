// RegisterPlan: one pass over the code in its order.
#include "runtime/eval/registers.h"

#include <algorithm>
#include <numeric>

namespace kitle {
namespace {

uint64_t bytes_of(const RegisterPlan::Class& shared, uint64_t places) {
  const uint64_t groups = (places + 63) / 64;
  switch (shared.kind) {
    case RegisterKind::kBits:
      return groups * 8;
    case RegisterKind::kI64:
    case RegisterKind::kF64:
      return groups * 64 * 8;
    case RegisterKind::kI128:
      return groups * 64 * 16;
    case RegisterKind::kAnswers:
      return shared.questions * groups * 8;
  }
  return 0;
}

// Whole cache lines, and one more: kernels read a word behind the last one,
// and arrays of one power of two each would share the sets of the cache.
uint64_t home_bytes(const RegisterPlan::Class& shared, uint64_t places) {
  return (bytes_of(shared, places) + 63) / 64 * 64 + 64;
}

template <class Do>
void for_results(const Instruction& what, Do&& visit) {
  for (const uint32_t reg : {what.dst, what.dst2}) {
    if (reg != kNone) visit(reg);
  }
}

class LinearScan {
 public:
  LinearScan(const Code& code, const std::vector<uint32_t>& output_at)
      : code_(code),
        last_use_(code.registers.size(), 0),
        owners_(code.registers.size()),
        released_(code.registers.size(), false) {
    find_owners();
    find_last_uses(output_at);
    plan_.homes.resize(code.registers.size());
  }

  RegisterPlan run() {
    for (uint32_t at = 0; at < code_.instructions.size(); ++at) {
      const Instruction& what = code_.instructions[at];
      for_results(what, [&](uint32_t reg) { take(reg); });
      for_operands(code_, what, [&](uint32_t reg) { release(reg, at); });
      for_results(what, [&](uint32_t reg) { release(reg, at); });
      for (; next_ < outputs_.size() && outputs_[next_].at == at; ++next_) {
        release(outputs_[next_].reg, at);
      }
    }
    return std::move(plan_);
  }

 private:
  struct Stored {
    uint32_t at;
    uint32_t reg;
  };

  void find_owners() {
    std::iota(owners_.begin(), owners_.end(), 0u);
    for (const Instruction& what : code_.instructions) {
      if (what.op != Op::kAnswer) continue;
      owners_[what.dst] = what.a;
      plan_.masks.push_back(
          {what.dst, what.a, static_cast<uint32_t>(what.imm)});
    }
  }

  void find_last_uses(const std::vector<uint32_t>& output_at) {
    for (uint32_t at = 0; at < code_.instructions.size(); ++at) {
      const auto use = [&](uint32_t reg) { last_use_[owners_[reg]] = at; };
      for_operands(code_, code_.instructions[at], use);
      for_results(code_.instructions[at], use);
    }
    for (size_t i = 0; i < code_.outputs.size(); ++i) {
      for_registers(code_.outputs[i], [&](uint32_t reg) {
        uint32_t& last = last_use_[owners_[reg]];
        last = std::max(last, output_at[i]);
        outputs_.push_back({output_at[i], reg});
      });
    }
    std::ranges::stable_sort(outputs_, {}, &Stored::at);
  }

  uint32_t class_of(const Register& reg) {
    for (uint32_t i = 0; i < plan_.classes.size(); ++i) {
      const RegisterPlan::Class& known = plan_.classes[i];
      if (known.domain == reg.domain && known.kind == reg.kind &&
          known.questions == reg.questions) {
        return i;
      }
    }
    plan_.classes.push_back({reg.domain, reg.kind, reg.questions, 0});
    free_.emplace_back();
    return static_cast<uint32_t>(plan_.classes.size() - 1);
  }

  void take(uint32_t reg) {
    if (owners_[reg] != reg) return;
    const uint32_t index = class_of(code_.registers[reg]);
    std::vector<uint32_t>& free = free_[index];
    if (free.empty()) free.push_back(plan_.classes[index].homes++);
    plan_.homes[reg] = {index, free.back()};
    free.pop_back();
  }

  void release(uint32_t used, uint32_t at) {
    const uint32_t reg = owners_[used];
    if (last_use_[reg] != at || released_[reg]) return;
    released_[reg] = true;
    const RegisterPlan::Home& home = plan_.homes[reg];
    free_[home.class_index].push_back(home.number);
  }

  const Code& code_;
  std::vector<uint32_t> last_use_;
  std::vector<uint32_t> owners_;  // of a mask its answers, else itself
  std::vector<bool> released_;
  std::vector<Stored> outputs_;
  size_t next_ = 0;
  std::vector<std::vector<uint32_t>> free_;  // by class
  RegisterPlan plan_;
};

}  // namespace

std::vector<uint32_t> definitions(const Code& code) {
  std::vector<uint32_t> defined(code.registers.size(), kNone);
  for (uint32_t at = 0; at < code.instructions.size(); ++at) {
    for_results(code.instructions[at],
                [&](uint32_t reg) { defined[reg] = at; });
  }
  return defined;
}

RegisterPlan RegisterPlan::make(const Code& code,
                                const std::vector<uint32_t>& output_at) {
  return LinearScan(code, output_at).run();
}

uint32_t places_in(uint32_t domain, const ChunkLimits& limits) {
  return domain == kProfiles ? limits.rows : limits.places[domain];
}

std::vector<uint64_t> RegisterPlan::layout(const ChunkLimits& limits) const {
  std::vector<uint64_t> start(classes.size());
  uint64_t end = 0;
  for (size_t i = 0; i < classes.size(); ++i) {
    start[i] = end;
    end += classes[i].homes *
           home_bytes(classes[i], places_in(classes[i].domain, limits));
  }
  std::vector<uint64_t> offsets;
  for (const Home& home : homes) {
    if (home.class_index == kNone) {
      offsets.push_back(0);
      continue;
    }
    const Class& shared = classes[home.class_index];
    const uint32_t places = places_in(shared.domain, limits);
    offsets.push_back(start[home.class_index] +
                      home.number * home_bytes(shared, places));
  }
  offsets.push_back(end);
  return offsets;
}

}  // namespace kitle
