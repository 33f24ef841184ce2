#include <string>

#include "kitle/engine.h"

namespace kitle {

std::string version() { return KITLE_VERSION; }

}  // namespace kitle
