// See guards.h.
#include "cli/guards.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/command.h"

namespace kitle::cli {
namespace {

using Json = nlohmann::ordered_json;

const char* relation_name(RelationKind kind) {
  switch (kind) {
    case RelationKind::kImplies:
      return "implies";
    case RelationKind::kExcludes:
      return "excludes";
    case RelationKind::kEquals:
      return "equals";
  }
  return "";
}

std::string place(const GuardInfo& guard) {
  return fmt::format("{}:{}", guard.file, guard.line);
}

const char* verdict_of(const GuardInfo& guard) {
  if (guard.proven) return "proven";
  if (!guard.witness.empty()) return "broken by the person of this test:";
  return guard.sought ? "not proven, no witness found: `kitle run` finds out"
                      : "not proven: `kitle run` finds out";
}

void print_guards(const std::vector<GuardInfo>& guards) {
  if (guards.empty()) return;
  size_t columns = 0;
  for (const GuardInfo& each : guards) {
    columns = std::max(columns, width(each.text));
  }
  fmt::print("\n");
  for (const GuardInfo& each : guards) {
    fmt::print("{}  {}\n", left(each.text, columns), verdict_of(each));
    if (each.witness.empty()) continue;
    fmt::print("test \"against {}\" {{\n{}}}\n", place(each), each.witness);
  }
}

}  // namespace

void print_relations(const RelationReport& report) {
  size_t columns = 0;
  for (const Relation& each : report.relations) {
    columns = std::max(columns, width(each.first));
  }
  for (const Relation& each : report.relations) {
    fmt::print("{}  {}  {}\n", left(each.first, columns),
               left(relation_name(each.kind), width("excludes")), each.second);
  }
  if (report.relations.empty()) {
    fmt::print("nothing is known of any two segments without data\n");
  }
  if (report.undecided > 0) {
    fmt::print("{} {} not decided: that takes more steps than are taken\n",
               grouped(report.undecided),
               report.undecided == 1 ? "pair was" : "pairs were");
  }
  print_guards(report.guards);
}

void print_relations_json(const RelationReport& report) {
  Json relations = Json::array();
  for (const Relation& each : report.relations) {
    relations.push_back({{"first", each.first},
                         {"relation", relation_name(each.kind)},
                         {"second", each.second}});
  }
  Json guards = Json::array();
  for (const GuardInfo& each : report.guards) {
    guards.push_back({{"guard", each.text},
                      {"file", each.file},
                      {"line", each.line},
                      {"proven", each.proven}});
    if (!each.witness.empty()) guards.back()["witness"] = each.witness;
  }
  const Json json = {{"relations", relations},
                     {"complete", report.undecided == 0},
                     {"undecided", report.undecided},
                     {"guards", guards}};
  fmt::print("{}\n", json.dump(2, ' ', false, Json::error_handler_t::replace));
}

const char* outcome_name(GuardVerdict::Outcome outcome) {
  switch (outcome) {
    case GuardVerdict::Outcome::kHolds:
      return "holds";
    case GuardVerdict::Outcome::kBroken:
      return "broken";
    case GuardVerdict::Outcome::kUndecided:
      return "undecided";
  }
  return "";
}

void print_broken(const std::vector<GuardVerdict>& verdicts, FILE* to) {
  for (const GuardVerdict& each : verdicts) {
    if (!each.broken()) continue;
    fmt::print(to, "\nbroken: {}  {}\n  {}\n", each.guard.text,
               place(each.guard), each.found);
  }
}

}  // namespace kitle::cli
