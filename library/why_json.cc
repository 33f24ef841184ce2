// why_json() of kitle/why.h.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "kitle/why.h"

namespace kitle {
namespace {

using Json = nlohmann::ordered_json;
using Kind = WhyNode::Kind;

// RFC 3339 in UTC.
std::string utc(int64_t instant) {
  constexpr int64_t kMicros = 1'000'000;
  const int64_t seconds = instant / kMicros - (instant % kMicros < 0 ? 1 : 0);
  const int64_t micros = instant - seconds * kMicros;
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}{}Z",
                     fmt::gmtime(static_cast<std::time_t>(seconds)),
                     micros == 0 ? "" : fmt::format(".{:06}", micros));
}

const char* kind_of(Kind kind) {
  switch (kind) {
    case Kind::kAll:
      return "all";
    case Kind::kAny:
      return "any";
    case Kind::kNot:
      return "not";
    case Kind::kTest:
      return "test";
    case Kind::kSegment:
      return "segment";
    case Kind::kStages:
      return "stages";
    case Kind::kStage:
      return "stage";
  }
  return "";
}

void add(Json& json, const char* name, const std::string& text) {
  if (!text.empty()) json[name] = text;
}

Json json_of(const WhyValue& value);
Json json_of(const WhyEvent& event);
Json json_of(const WhyClause& clause);
Json json_of(const WhyWhere& part);
Json json_of(const WhyBand& band);
Json json_of(const WhyScore& score);
Json json_of(const WhyStep& step);
Json json_of(const WhyPointsLine& line);
Json json_of(const WhyPoints& points);
Json json_of(const WhyNode& node);

template <class Part>
Json list_of(const std::vector<Part>& parts) {
  Json list = Json::array();
  for (const Part& part : parts) list.push_back(json_of(part));
  return list;
}

Json json_of(const WhyValue& value) {
  Json json = {{"of", value.of}, {"value", value.value}};
  add(json, "meaning", value.meaning);
  if (value.written) json["written"] = true;
  add(json, "given", value.given);
  if (value.inner) json["inner"] = true;
  return json;
}

Json json_of(const WhyEvent& event) {
  Json properties = Json::object();
  for (const WhyValue& property : event.properties) {
    properties[property.of] = property.value;
  }
  return {{"event", event.event},
          {"time", utc(event.time)},
          {"local", event.local},
          {"rows", event.rows},
          {"properties", properties}};
}

Json json_of(const WhyClause& clause) {
  Json json = {{"of", clause.of}, {"event", clause.event}};
  add(json, "from", clause.from);
  add(json, "until", clause.until);
  json["found"] = clause.found;
  json["events"] = list_of(clause.events);
  json["other_where"] = clause.other_where;
  if (!clause.where.empty()) json["where"] = list_of(clause.where);
  json["other_anchor"] = clause.other_anchor;
  json["other_window"] = clause.other_window;
  add(json, "nearest", clause.nearest);
  return json;
}

Json json_of(const WhyWhere& part) {
  return {{"of", part.of}, {"count", part.count}};
}

Json json_of(const WhyBand& band) {
  Json json = {{"name", band.name},
               {"of", band.of},
               {"value", band.value},
               {"band", band.band},
               {"bands", band.bands}};
  add(json, "next", band.next);
  return json;
}

Json json_of(const WhyScore& score) {
  Json json = {{"name", score.name}, {"value", score.value}};
  add(json, "missing", score.missing);
  json["bands"] = list_of(score.bands);
  return json;
}

Json json_of(const WhyStep& step) {
  Json json = {{"of", step.of}};
  if (step.negated) json["negated"] = true;
  json["reached"] = step.reached;
  json["holds"] = step.holds;
  json["events"] = list_of(step.events);
  add(json, "missing", step.missing);
  return json;
}

Json json_of(const WhyPointsLine& line) {
  return {{"of", line.of},
          {"points", line.points},
          {"clauses", list_of(line.clauses)}};
}

Json json_of(const WhyPoints& points) {
  Json json = {{"persona", points.persona}, {"lines", list_of(points.lines)}};
  add(json, "sum", points.sum);
  json["steps"] = points.steps;
  json["points"] = points.points;
  add(json, "nearest", points.nearest);
  return json;
}

Json json_of(const WhyNode& node) {
  Json json = {{"kind", kind_of(node.kind)},
               {"words", node.words},
               {"path", node.path},
               {"line", node.line}};
  add(json, "given", node.given);
  add(json, "name", node.name);
  add(json, "meaning", node.meaning);
  add(json, "period", node.period);
  add(json, "instead", node.instead);
  json["holds"] = node.holds;
  if (node.undecided) json["undecided"] = true;
  json["decides"] = node.decides;
  if (node.again) json["again"] = true;
  if (node.personal) json["personal"] = true;
  if (node.kind == Kind::kTest) {
    json["values"] = list_of(node.values);
    json["clauses"] = list_of(node.clauses);
    if (!node.steps.empty()) json["steps"] = list_of(node.steps);
    if (!node.points.empty()) json["points"] = list_of(node.points);
    if (!node.scores.empty()) json["scores"] = list_of(node.scores);
    add(json, "missing", node.missing);
  } else {
    json["parts"] = list_of(node.parts);
  }
  return json;
}

Json json_of(const WhyChange& change) {
  Json json = {{"found", change.found}};
  if (change.hidden) {
    json["hidden"] = true;
  } else if (change.found) {
    json["at"] = utc(change.at);
    json["local"] = change.local;
    json["member"] = change.member;
    json["undecided"] = change.undecided;
    json["because"] = change.because;
  }
  json["looked_until"] = utc(change.looked_until);
  return json;
}

}  // namespace

std::string why_json(const Why& why) {
  Json json = {
      {"key", why.key}, {"segment", why.segment}, {"title", why.title}};
  add(json, "stages", why.stages);
  if (why.score) json["score"] = true;
  add(json, "action", why.action);
  json["now"] = utc(why.now);
  json["time_zone"] = why.time_zone;
  json["snapshot"] = why.snapshot;
  json["member"] = why.member;
  json["undecided"] = why.undecided;
  json["sentence"] = why.sentence;
  json["condition"] = json_of(why.condition);
  json["change"] = json_of(why.change);
  if (!why.warnings.empty()) json["warnings"] = why.warnings;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace kitle
