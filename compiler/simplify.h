// Plan -> plan with the same answers and less work. Entry point: simplify().
#pragma once

#include <bitset>
#include <optional>
#include <string_view>

#include "compiler/plan.h"

namespace kitle {

enum class Rewrite : uint8_t {
#define KITLE_REWRITE(name, text, what) name,
#include "compiler/rewrites.def"
#undef KITLE_REWRITE
};
inline constexpr size_t kRewriteCount = 0
#define KITLE_REWRITE(name, text, what) +1
#include "compiler/rewrites.def"
#undef KITLE_REWRITE
    ;
const char* rewrite_name(Rewrite rewrite);         // "last-time"
const char* rewrite_description(Rewrite rewrite);  // for --help
std::optional<Rewrite> find_rewrite(std::string_view name);

// Which rewrites are on; all of them unless told otherwise.
class Rewrites {
 public:
  static Rewrites all() { return {}; }
  static Rewrites none() {
    Rewrites result;
    result.off_.set();
    return result;
  }
  bool has(Rewrite rewrite) const {
    return !off_[static_cast<size_t>(rewrite)];
  }
  Rewrites& set(Rewrite rewrite, bool on) {
    off_[static_cast<size_t>(rewrite)] = !on;
    return *this;
  }

 private:
  std::bitset<kRewriteCount> off_;
};

Plan simplify(const Plan& plan, const Schema& schema, const Rewrites& rewrites);

}  // namespace kitle
