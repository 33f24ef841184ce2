// Printing guards and relations of segments: what `check` and `run` share.
#pragma once

#include <vector>

#include "kitle/guards.h"

namespace kitle::cli {

void print_relations(const RelationReport& report);
void print_relations_json(const RelationReport& report);

// Those that are broken, a paragraph each, to stdout or stderr.
void print_broken(const std::vector<GuardVerdict>& verdicts, FILE* to);
const char* outcome_name(GuardVerdict::Outcome outcome);  // "broken"

}  // namespace kitle::cli
