// Walking over syntax. Internal to compiler/.
#pragma once

#include <functional>
#include <string>
#include <unordered_set>

#include "grammar/ast.h"

namespace kitle {

// Calls `what` for every part of a tree, those inside a part before it.
// `what` may replace the part.
void each_part(ExprPtr& tree, const std::function<void(ExprPtr&)>& what);

// Every name that stands in a tree, of whatever it is; of a path its parts.
void collect_names(ExprPtr& tree, std::unordered_set<std::string>& names);
void collect_names(EventClause& clause, std::unordered_set<std::string>& names);

}  // namespace kitle
