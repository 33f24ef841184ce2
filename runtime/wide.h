// 128-bit integers: what arithmetic on money and integers is exact in.
#pragma once

#include <cstdint>

namespace kitle {

__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 UInt128;

}  // namespace kitle
