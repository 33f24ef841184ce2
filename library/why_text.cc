// why_text() of kitle/why.h: the sentence, the tree, the change.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "kitle/why.h"
#include "library/why_sentence.h"

namespace kitle {
namespace {

using Kind = WhyNode::Kind;

// A node's words begin behind its mark and its truth.
constexpr size_t kMargin = 7;

struct Colours {
  const char* yes = "";
  const char* no = "";
  const char* faint = "";
  const char* bold = "";
  const char* none = "";
};

class Writer {
 public:
  explicit Writer(const Colours& colours) : colours_(colours) {}

  std::string write(const Why& why) {
    out_ += fmt::format("{}{}{}\n", colours_.bold, why.sentence, colours_.none);
    out_ += fmt::format("As of {} {}, snapshot {}.\n", why.local_now,
                        why.time_zone, why.snapshot);
    // Said of the members alone.
    if (why.member && !why.action.empty()) {
      out_ += fmt::format("What to do: {}\n", why.action);
    }
    out_ += "\n";
    is_value_ = why.score && !why.undecided;
    node(why.condition, 0, "");
    out_ += "\n" + change(why) + "\n";
    return std::move(out_);
  }

  std::string tree(const WhyNode& condition) {
    node(condition, 0, "");
    return std::move(out_);
  }

 private:
  void line(size_t depth, const std::string& text) {
    out_ += std::string(kMargin + 2 * depth, ' ') + text + "\n";
  }

  void faint(size_t depth, const std::string& text) {
    out_ += fmt::format("{}{}{}{}\n", std::string(kMargin + 2 * depth, ' '),
                        colours_.faint, text, colours_.none);
  }

  // "> no   ...".
  void head(const WhyNode& node, size_t depth, const std::string& text) {
    const char* truth = is_value_        ? ""
                        : node.undecided ? "?"
                        : node.holds     ? "yes"
                                         : "no";
    is_value_ = false;
    const char* colour = node.undecided ? colours_.bold
                         : node.holds   ? colours_.yes
                                        : colours_.no;
    out_ +=
        fmt::format("{} {}{:<4}{} {}{}{}{}\n", node.decides ? ">" : " ", colour,
                    truth, colours_.none, std::string(2 * depth, ' '),
                    node.decides ? colours_.bold : "", text,
                    node.decides ? colours_.none : "");
  }

  // `before`: words with which a part shares its line.
  void node(const WhyNode& node, size_t depth, const std::string& before) {
    if (node.kind == Kind::kTest) return test(node, depth, before);
    const bool alone = node.parts.size() == 1;
    const bool stage_test =
        node.kind == Kind::kStage && alone && is(node.parts[0], Kind::kTest);
    if (stage_test) return test(node.parts[0], depth, node.name + " when ");
    head(node, depth, before + heading(node));
    const WhyNode* within = &node;
    if (alone && shares_line(node)) within = &node.parts[0];
    for (const WhyNode& part : within->parts) this->node(part, depth + 1, "");
  }

  static bool is(const WhyNode& node, Kind kind) { return node.kind == kind; }

  // The one part of these is told in their line, as both say the same.
  static bool shares_line(const WhyNode& node) {
    const WhyNode& part = node.parts[0];
    const bool group = is(part, Kind::kAll) || is(part, Kind::kAny);
    if (is(node, Kind::kNot)) return is(part, Kind::kSegment);
    return group && (is(node, Kind::kSegment) || is(node, Kind::kStage));
  }

  static std::string heading(const WhyNode& node) {
    const std::string let = node.meaning.empty() ? "" : node.name + ": ";
    const bool shared = node.parts.size() == 1 && shares_line(node);
    const std::string again = node.again ? ", as above" : "";
    switch (node.kind) {
      case Kind::kAll:
        return let + "all of these" + period_of(node);
      case Kind::kAny:
        return let + "any of these";
      case Kind::kNot:
        return let + "not" + (shared ? " in " + node.parts[0].name : "");
      case Kind::kSegment:
        return "in " + node.name + again +
               (shared ? ": " + heading(node.parts[0]) : "");
      case Kind::kStages:
        return node.words + ": this stage, and none before it";
      case Kind::kStage:
        if (node.again) return node.name + again;
        if (node.parts.empty()) return node.name + " otherwise";
        return node.name + (shared ? " when " + heading(node.parts[0]) : "");
      case Kind::kTest:
        return node.words;
    }
    return "";
  }

  // Of `in each of last 6 months` the month.
  static std::string period_of(const WhyNode& node) {
    return node.period.empty() ? "" : ", " + node.period;
  }

  void test(const WhyNode& node, size_t depth, const std::string& before) {
    std::string text = before + node.words + period_of(node);
    if (!node.given.empty()) text += " (" + node.given + ")";
    if (!node.meaning.empty()) text += ", which is " + node.meaning;
    const std::string found = inline_value(node);
    if (!found.empty()) text += ": " + found;
    if (!node.missing.empty()) {
      text += (found.empty() ? ": " : ", ") + node.missing;
    }
    head(node, depth, text);
    for (size_t i = found.empty() ? 0 : 1; i < node.values.size(); ++i) {
      if (!node.values[i].inner) value(node.values[i], depth + 1);
    }
    for (const WhyScore& score : node.scores) show(score, depth + 1);
    if (!node.decides) return;
    if (!node.steps.empty()) return steps(node, depth + 1);
    for (const WhyPoints& points : node.points) {
      show(points, depth + 1, node.points.size() > 1);
    }
    for (const WhyClause& clause : node.clauses) {
      show(clause, depth + 1, node.clauses.size() > 1);
    }
  }

  // What stands for all values, "" where each has a line.
  static std::string inline_value(const WhyNode& node) {
    const bool one =
        !node.values.empty() && !node.values[0].written && one_value(node);
    return one ? node.values[0].value : "";
  }

  void value(const WhyValue& value, size_t depth) {
    std::string text = value.of + " is " + value.value;
    const bool more = !value.meaning.empty() && !value.written;
    if (more) text += " (" + value.meaning + ")";
    line(depth, text);
  }

  void show(const WhyClause& clause, size_t depth, bool named) {
    if (named) line(depth++, clause.of + ":");
    const std::string others = others_of(clause);
    if (clause.found == 0 && others.empty()) {
      return faint(depth, fmt::format("there is no {} at all", clause.event));
    }
    const std::string window = window_of(clause);
    if (!window.empty()) faint(depth, window);
    for (const WhyEvent& event : clause.events) show(event, depth);
    if (clause.found > clause.events.size()) {
      line(depth,
           fmt::format("and {} more", clause.found - clause.events.size()));
    }
    if (!others.empty()) faint(depth, others);
  }

  void show(const WhyScore& score, size_t depth) {
    if (!score.missing.empty()) line(depth, score.missing);
    for (const WhyBand& band : score.bands) {
      const std::string place =
          band.band == 0
              ? band.name + " missing"
              : fmt::format("{} {} of {}", band.name, band.band, band.bands);
      const std::string more =
          fmt::format(": {} is {}{}", band.of, band.value,
                      band.next.empty() ? "" : "; next band " + band.next);
      const bool fresh = bands_.insert(place + more).second;
      line(depth, place + (fresh ? more : ""));
    }
  }

  void show(const WhyPoints& points, size_t depth, bool named) {
    if (named) line(depth++, points.persona + ":");
    for (const WhyPointsLine& each : points.lines) {
      line(depth, each.of + ": " + each.points);
      for (const WhyClause& clause : each.clauses)
        show(clause, depth + 1, false);
    }
    for (const std::string& step : points.steps) line(depth, step);
    if (!points.nearest.empty()) line(depth, "nearest: " + points.nearest);
  }

  // Of a step that is missing also what its events lack; none behind it.
  void steps(const WhyNode& node, size_t depth) {
    for (size_t i = 0; i < node.steps.size(); ++i) {
      const WhyStep& step = node.steps[i];
      if (!step.reached) return;
      line(depth, fmt::format("{}. {}{}", i + 1, step.of,
                              step.missing.empty() ? "" : ": missing"));
      for (const WhyEvent& event : step.events) show(event, depth + 1);
      if (step.holds && step.negated) line(depth + 1, "none");
      if (step.holds) continue;
      line(depth + 1, step.missing);
      const std::string others = others_of(node.clauses[i]);
      if (!step.negated && !others.empty()) faint(depth + 1, others);
    }
  }

  static std::string window_of(const WhyClause& clause) {
    if (clause.from.empty() && clause.until.empty()) return "";
    std::string text = "counted";
    if (!clause.from.empty()) text += " from " + clause.from;
    if (!clause.until.empty()) text += " until " + clause.until;
    return text;
  }

  // What it is said once.
  void show(const WhyEvent& event, size_t depth) {
    std::string text = event.event + " " + event.local;
    const bool known = std::ranges::find(shown_, event) != shown_.end();
    if (known) {
      return line(depth, text + (event.properties.empty() ? "" : ", as above"));
    }
    shown_.push_back(event);
    const char* separator = ": ";
    for (const WhyValue& property : event.properties) {
      text += separator + property.of + " " + property.value;
      separator = ", ";
    }
    if (event.rows > 1) text += fmt::format(" ({} rows)", event.rows);
    line(depth, text);
  }

  static std::string others_of(const WhyClause& clause) {
    std::string text;
    const auto add = [&](uint64_t count, const std::string& why) {
      if (count == 0) return;
      text += fmt::format("{}{} {}", text.empty() ? "not counted: " : "; ",
                          count, why);
    };
    add(clause.other_window, "outside the window (" + clause.nearest + ")");
    add(clause.other_where,
        "for which `where` does not hold" + parts_of(clause));
    add(clause.other_anchor, "not at the time that `after` or `before` asks");
    return text;
  }

  // " (`price > 5` for 3, `category is "A"` for 1)"
  static std::string parts_of(const WhyClause& clause) {
    std::string text;
    for (const WhyWhere& part : clause.where) {
      text += fmt::format("{}`{}` for {}", text.empty() ? " (" : ", ", part.of,
                          part.count);
    }
    return text.empty() ? "" : text + ")";
  }

  static std::string change(const Why& why) {
    const WhyChange& change = why.change;
    const std::string start = "With no new event ";
    if (change.hidden) {
      return start +
             "the answer changes on a day that is not shown, as it "
             "tells of a personal value.";
    }
    if (!change.found) {
      constexpr int64_t kDay = int64_t{86400} * 1'000'000;
      const int64_t days = (change.looked_until - why.now) / kDay;
      return fmt::format("{}this stays so for at least {} {}.", start, days,
                         days == 1 ? "day" : "days");
    }
    if (why.score) {
      return fmt::format("{}`{}` is another one from {}{}.", start, why.segment,
                         change.local,
                         change.because.empty() ? "" : ": " + change.because);
    }
    const char* what = change.undecided ? "cannot be decided from"
                       : change.member  ? "enters on"
                                        : "leaves on";
    if (why.undecided) what = change.member ? "is in from" : "is not in from";
    return fmt::format("{}{} {} {}{}.", start, why.key, what, change.local,
                       change.because.empty() ? "" : ": " + change.because);
  }

  const Colours& colours_;
  bool is_value_ = false;  // the next line: neither true nor not
  std::string out_;
  std::vector<WhyEvent> shown_;
  std::set<std::string> bands_;  // that were shown with their measures
};

}  // namespace

std::string tree_text(const WhyNode& condition) {
  constexpr Colours kPlain;
  return Writer(kPlain).tree(condition);
}

std::string why_text(const Why& why, bool colour) {
  constexpr Colours kPlain;
  constexpr Colours kTerminal{"\033[32m", "\033[31m", "\033[2m", "\033[1m",
                              "\033[0m"};
  return Writer(colour ? kTerminal : kPlain).write(why);
}

}  // namespace kitle
