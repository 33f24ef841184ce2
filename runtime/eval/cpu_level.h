// The CPUs that machine code is made for.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace kitle {

// x86-64-v3, or v4 with VPOPCNTDQ and VBMI.
enum class CpuLevel : uint8_t { kV3 = 3, kV4 = 4 };

// The highest one that this CPU has; nothing for an older CPU.
std::optional<CpuLevel> cpu_level();
const char* cpu_level_name(CpuLevel level);  // "x86-64-v3"
std::optional<CpuLevel> cpu_level_named(std::string_view name);

}  // namespace kitle
