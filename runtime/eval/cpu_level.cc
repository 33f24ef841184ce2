#include "runtime/eval/cpu_level.h"

namespace kitle {

std::optional<CpuLevel> cpu_level() {
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("x86-64-v3")) return std::nullopt;
  const bool v4 = __builtin_cpu_supports("x86-64-v4") &&
                  __builtin_cpu_supports("avx512vpopcntdq") &&
                  __builtin_cpu_supports("avx512vbmi");
  return v4 ? CpuLevel::kV4 : CpuLevel::kV3;
}

const char* cpu_level_name(CpuLevel level) {
  return level == CpuLevel::kV4 ? "x86-64-v4" : "x86-64-v3";
}

std::optional<CpuLevel> cpu_level_named(std::string_view name) {
  for (const CpuLevel level : {CpuLevel::kV3, CpuLevel::kV4}) {
    if (name == cpu_level_name(level)) return level;
  }
  return std::nullopt;
}

}  // namespace kitle
