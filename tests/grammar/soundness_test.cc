// The grammar as a whole, by PEGTL's own analysis.
#include <gtest/gtest.h>

#include <tao/pegtl/contrib/analyze.hpp>

#include "grammar/rules.h"

namespace kitle {
namespace {

TEST(Grammar, CannotLoop) { EXPECT_EQ(tao::pegtl::analyze<rules::file>(), 0); }

}  // namespace
}  // namespace kitle
