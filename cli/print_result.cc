// The answers as a table, as JSON and as CSV.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "cli/evaluate.h"
#include "cli/guards.h"

namespace kitle::cli {
namespace {

const char* tier_name(Tier tier) {
  switch (tier) {
    case Tier::kAuto:
      return "auto";
    case Tier::kReference:
      return "reference";
    case Tier::kInterpreter:
      return "interpreter";
    case Tier::kCompiled:
      return "compiled";
  }
  return "";
}

double share(const SegmentResult& segment, const RunResult& result) {
  if (result.profiles == 0) return 0;
  return static_cast<double>(segment.members.size()) / result.profiles;
}

// A line of the table.
struct Row {
  std::string name;
  std::string title;
  bool undecided = false;
  uint64_t size = 0;
  bool gap = false;                         // an empty line before it
  const SegmentChanges* changes = nullptr;  // where they are known
};

// Those of a segment of the answers, where they are known.
const SegmentChanges* changes_of(const Answers& answers, size_t segment) {
  if (!answers.since) return nullptr;
  const SegmentChanges& changes = answers.since->changes[segment];
  return changes.known ? &changes : nullptr;
}

// Above the stages of a declaration, if all are there, stands their sum, which
// is everyone. Results are in the order of declaration.
class Rows {
 public:
  explicit Rows(const Answers& answers)
      : segments_(answers.result.segments), stages_(answers.stages) {
    for (size_t i = 0; i < segments_.size(); ++i) {
      add(i);
      rows_.back().changes = changes_of(answers, i);
    }
  }
  const std::vector<Row>& all() const { return rows_; }

 private:
  void add(size_t i) {
    const SegmentResult& segment = segments_[i];
    const bool begins = i == 0 || segments_[i - 1].stages != segment.stages;
    const bool summed = begins && add_sum(i);
    if (begins) whole_ = summed;
    rows_.push_back({(whole_ ? "  " : "") + segment.name, segment.title,
                     segment.undecided, segment.members.size()});
    rows_.back().gap = begins && i > 0 && !summed;
  }

  // True if all stages of a declaration stand from `i` on.
  bool add_sum(size_t i) {
    const std::string& name = segments_[i].stages;
    const auto stages = std::ranges::find(stages_, name, &StagesInfo::name);
    if (stages == stages_.end()) return false;
    Row sum{.name = name, .title = stages->title, .gap = i > 0};
    for (size_t at = i; at < i + stages->count; ++at) {
      const bool there = at < segments_.size() && segments_[at].stages == name;
      if (!there) return false;
      sum.undecided = sum.undecided || segments_[at].undecided;
      sum.size += segments_[at].members.size();
    }
    rows_.push_back(std::move(sum));
    return true;
  }

  const std::vector<SegmentResult>& segments_;
  const std::vector<StagesInfo>& stages_;
  std::vector<Row> rows_;
  bool whole_ = false;
};

constexpr size_t kChange = 11;  // columns of a number of people

// Behind a line of the table; `since`: whether there is an earlier run.
std::string change_cells(bool since, const std::string& entered,
                         const std::string& gone) {
  if (!since) return "";
  return "  " + right(entered, kChange) + "  " + right(gone, kChange);
}

std::string change_cells(bool since, const SegmentChanges* changes) {
  if (changes == nullptr) return change_cells(since, "", "");
  return change_cells(since, grouped(changes->entered.size()),
                      grouped(changes->left.size()));
}

void print_instants(const Answers& answers) {
  fmt::print("as of {} ({}), snapshot {}\n", answers.now_text,
             utc_text(answers.result.now), answers.result.snapshot);
  if (!answers.since) return;
  const KeptRun& earlier = answers.since->earlier.run;
  fmt::print("since {} ({}), snapshot {}\n", answers.since->earlier.now_text,
             utc_text(earlier.now), earlier.snapshot);
}

void print_table(const Answers& answers) {
  const RunResult& result = answers.result;
  const Rows rows(answers);
  size_t name = width("segment");
  size_t title = width("title");
  for (const Row& row : rows.all()) {
    name = std::max(name, width(row.name));
    title = std::max(title, width(row.title));
  }
  const bool since = answers.since.has_value();
  print_instants(answers);
  fmt::print("\n{}  {}  {}  {}{}\n", left("segment", name),
             left("title", title), right("size", 13), right("share", 9),
             change_cells(since, "entered", "left"));
  for (const Row& row : rows.all()) {
    if (row.gap) fmt::print("\n");
    fmt::print(
        "{}  {}  {}  {}{}\n", left(row.name, name), left(row.title, title),
        right(row.undecided ? "undecided" : grouped(row.size), 13),
        right(row.undecided ? "" : percent(row.size, result.profiles), 9),
        change_cells(since, row.changes));
  }
  const std::string evaluated =
      result.evaluated == result.profiles
          ? ""
          : fmt::format(", {} of them anew,", grouped(result.evaluated));
  fmt::print("\n{} {} over {} profiles{} in {} ({}, prepared in {})\n",
             result.segments.size(),
             result.segments.size() == 1 ? "segment" : "segments",
             grouped(result.profiles), evaluated, seconds_text(result.seconds),
             tier_name(result.tier), seconds_text(result.compile_seconds));
}

constexpr size_t kActionColumns = 80;

// Words in lines that begin `indent` columns from the left.
std::string wrapped(const std::string& words, size_t indent) {
  std::string text;
  size_t column = indent;
  for (size_t at = 0; at < words.size();) {
    const size_t end = std::min(words.find(' ', at), words.size());
    const std::string word = words.substr(at, end - at);
    const bool fits = column + 1 + width(word) <= kActionColumns;
    if (!text.empty()) text += fits ? " " : "\n" + std::string(indent, ' ');
    column = (fits ? column + 1 : indent) + width(word);
    text += word;
    at = end + 1;
  }
  return text;
}

// Behind the table, which stays readable without them.
void print_actions(const RunResult& result) {
  size_t name = 0;
  for (const SegmentResult& segment : result.segments) {
    if (!segment.action.empty()) name = std::max(name, width(segment.name));
  }
  if (name == 0) return;
  fmt::print("\nwhat to do\n");
  for (const SegmentResult& segment : result.segments) {
    if (segment.action.empty()) continue;
    fmt::print("  {}  {}\n", left(segment.name, name),
               wrapped(segment.action, name + 4));
  }
}

nlohmann::ordered_json json_of(const GuardVerdict& verdict) {
  nlohmann::ordered_json row = {
      {"guard", verdict.guard.text}, {"file", verdict.guard.file},
      {"line", verdict.guard.line},  {"outcome", outcome_name(verdict.outcome)},
      {"people", verdict.people},    {"found", verdict.found}};
  if (!verdict.witness.empty()) row["witness"] = verdict.witness;
  return row;
}

nlohmann::ordered_json json_of(const Answers& answers, size_t i) {
  const SegmentResult& segment = answers.result.segments[i];
  nlohmann::ordered_json row = {{"name", segment.name},
                                {"title", segment.title}};
  if (!segment.stages.empty()) row["stages"] = segment.stages;
  if (!segment.action.empty()) row["action"] = segment.action;
  if (segment.undecided) {
    row["undecided"] = segment.undecided_key;
    if (!segment.undecided_reason.empty()) {
      row["reason"] = segment.undecided_reason;
    }
  } else {
    row["size"] = segment.members.size();
    row["share"] = share(segment, answers.result);
  }
  if (!answers.since) return row;
  const SegmentChanges* changes = changes_of(answers, i);
  row["entered"] = nullptr;
  row["left"] = nullptr;
  if (changes != nullptr) {
    row["entered"] = changes->entered.size();
    row["left"] = changes->left.size();
  }
  return row;
}

void print_json(const Answers& answers) {
  const RunResult& result = answers.result;
  nlohmann::ordered_json segments = nlohmann::ordered_json::array();
  for (size_t i = 0; i < result.segments.size(); ++i) {
    segments.push_back(json_of(answers, i));
  }
  nlohmann::ordered_json json = {{"now", utc_text(result.now)},
                                 {"snapshot", result.snapshot}};
  if (answers.since) {
    json["since"] = {{"now", utc_text(answers.since->earlier.run.now)},
                     {"as_of", answers.since->earlier.now_text},
                     {"snapshot", answers.since->earlier.run.snapshot}};
  }
  json["profiles"] = result.profiles;
  json["evaluated"] = result.evaluated;
  json["seconds"] = result.seconds;
  json["prepare_seconds"] = result.compile_seconds;
  json["tier"] = tier_name(result.tier);
  json["segments"] = std::move(segments);
  for (const GuardVerdict& each : answers.guards) {
    json["guards"].push_back(json_of(each));
  }
  fmt::print("{}\n",
             json.dump(2, ' ', false,
                       nlohmann::ordered_json::error_handler_t::replace));
}

std::string csv_changes(const Answers& answers, size_t i) {
  if (!answers.since) return "";
  const SegmentChanges* changes = changes_of(answers, i);
  if (changes == nullptr) return ",,";
  return fmt::format("{},{},", changes->entered.size(), changes->left.size());
}

// The sizes stand before the titles, which may hold commas: `cut -d , -f 1,2`.
void print_csv(const Answers& answers, bool actions) {
  const RunResult& result = answers.result;
  const std::string now = utc_text(result.now);
  fmt::print("segment,size,share,{}now,title{}\n",
             answers.since ? "entered,left," : "", actions ? ",action" : "");
  for (size_t i = 0; i < result.segments.size(); ++i) {
    const SegmentResult& segment = result.segments[i];
    const std::string sizes = segment.undecided
                                  ? ","
                                  : fmt::format("{},{}", segment.members.size(),
                                                share(segment, result));
    fmt::print("{},{},{}{},{}{}\n", csv_cell(segment.name), sizes,
               csv_changes(answers, i), now, csv_cell(segment.title),
               actions ? "," + csv_cell(segment.action) : "");
  }
}

}  // namespace

void print_result(const Answers& answers, Format format, bool actions) {
  switch (format) {
    case Format::kTable:
      print_table(answers);
      if (actions) print_actions(answers.result);
      return print_broken(answers.guards, stdout);
    case Format::kJson:
      return print_json(answers);
    case Format::kCsv:
      print_csv(answers, actions);
      return print_broken(answers.guards, stderr);
  }
}

namespace {

// Segments that lack the same fit are named together.
std::string undecided_together(const std::vector<std::string>& names,
                               const std::string& reason) {
  if (names.size() == 1) {
    return fmt::format("segment `{}` is undecided: {}", names[0], reason);
  }
  return fmt::format("segments {} are undecided: {}", quoted_names(names),
                     reason);
}

}  // namespace

int judge_undecided(const RunResult& result) {
  int code = kFine;
  std::map<std::string, std::vector<std::string>> by_reason;
  for (const SegmentResult& segment : result.segments) {
    if (!segment.undecided) continue;
    const std::string reason =
        segment.undecided_reason.empty()
            ? fmt::format("a value is too large to compute for `{}`",
                          segment.undecided_key)
            : segment.undecided_reason;
    by_reason[reason].push_back(segment.name);
  }
  for (const std::string& warning : result.warnings) {
    fmt::print(stderr, "kitle: warning: {}\n", warning);
  }
  for (const auto& [reason, names] : by_reason) {
    code = trouble(undecided_together(names, reason));
  }
  return code;
}

}  // namespace kitle::cli
