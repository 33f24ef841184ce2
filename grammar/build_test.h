// The `test` and `fixture` declarations.
#pragma once

#include "grammar/tree.h"

namespace kitle {

TestDecl build_test(const BuildInput& input, const NodeRef& node);
FixtureDecl build_fixture(const BuildInput& input, const NodeRef& node);

}  // namespace kitle
