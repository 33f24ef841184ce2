// What Members holds: a Membership.
#pragma once

#include <memory>

#include "kitle/engine.h"
#include "runtime/eval/membership.h"

namespace kitle {

struct Members::Impl {
  Membership membership;
};

Members make_members(Membership membership);

}  // namespace kitle
