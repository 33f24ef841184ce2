// See test_mutants.h.
#include "library/test_mutants.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "grammar/ast.h"
#include "grammar/cst.h"
#include "grammar/door.h"
#include "grammar/scan.h"
#include "library/test_words.h"

namespace kitle {
namespace {

// No rule stands in these.
bool says_who(CstKind kind) {
  switch (kind) {
    case CstKind::kProfile:
    case CstKind::kEvent:
    case CstKind::kSource:
    case CstKind::kTest:
    case CstKind::kFixture:
    case CstKind::kLater:
    case CstKind::kBroken:
      return false;
    default:
      return true;
  }
}

std::string_view other_operator(CompareOp op) {
  switch (op) {
    case CompareOp::kIs:
      return "is not";
    case CompareOp::kIsNot:
      return "is";
    case CompareOp::kLess:
      return "<=";
    case CompareOp::kLessEqual:
      return "<";
    case CompareOp::kGreater:
      return ">=";
    case CompareOp::kGreaterEqual:
      return ">";
    case CompareOp::kIsExactly:
    case CompareOp::kContains:
    case CompareOp::kStartsWith:
    case CompareOp::kEndsWith:
    case CompareOp::kMatches:
      return "";
  }
  return "";
}

std::string_view other_quantifier(Quantifier quantifier) {
  switch (quantifier) {
    case Quantifier::kAny:
      return "no";
    case Quantifier::kNo:
      return "any";
    case Quantifier::kExactly:
    case Quantifier::kMoreThan:
      return "at least";
    case Quantifier::kAtLeast:
      return "more than";
    case Quantifier::kAtMost:
      return "fewer than";
    case Quantifier::kFewerThan:
      return "at most";
    case Quantifier::kBetween:
      return "";
  }
  return "";
}

class Finder {
 public:
  // `fits`: tests fit, too.
  Finder(uint32_t file, std::string_view text, const Cst& cst,
         const Schema& schema, bool fits)
      : file_(file), text_(text), cst_(cst), schema_(schema), fits_(fits) {}

  std::vector<MutantsOf> find() {
    std::vector<MutantsOf> all;
    const auto count = static_cast<uint32_t>(cst_.nodes.size());
    for (uint32_t at = 0; at < count; at = node(at).next) {
      if (!says_who(node(at).kind)) continue;
      all.push_back({span(node(at).begin, node(at).end), {}});
      made_ = &all.back().mutants;
      for (uint32_t i = at + 1; i < node(at).next;) {
        const bool unseen = is_unseen(i, at);
        if (!unseen) look(i, at);
        i = unseen ? node(i).next : i + 1;
      }
    }
    return all;
  }

 private:
  const CstNode& node(uint32_t at) const { return cst_.nodes[at]; }
  Span span(uint32_t begin, uint32_t end) const { return {file_, begin, end}; }
  std::string_view words(const CstNode& node) const {
    return text_.substr(node.begin, node.end - node.begin);
  }

  // What no test can notice: it belongs to a fit, or makes no rule.
  bool is_unseen(uint32_t at, uint32_t declaration) const {
    switch (node(at).kind) {
      case CstKind::kRefit:
        return true;
      case CstKind::kInTop:
        return !fits_;
      case CstKind::kDimension:
        return !fits_ && has(at, CstKind::kQuantile);
      case CstKind::kPopulation:
        return !fits_ && is_fitted(declaration);
      default:
        return false;
    }
  }

  // A score of whose dimensions each is.
  bool is_fitted(uint32_t score) const {
    for (uint32_t i = score + 1; i < node(score).next; i = node(i).next) {
      const bool cut =
          node(i).kind == CstKind::kDimension && !has(i, CstKind::kQuantile);
      if (cut) return false;
    }
    return true;
  }

  bool has(uint32_t at, CstKind kind) const {
    for (uint32_t i = at + 1; i < node(at).next; ++i) {
      if (node(i).kind == kind) return true;
    }
    return false;
  }

  void look(uint32_t at, uint32_t declaration) {
    const CstNode& here = node(at);
    switch (here.kind) {
      case CstKind::kNumber:
        return number(here, declaration, at);
      case CstKind::kOperator:
        return replace(here,
                       other_operator(static_cast<CompareOp>(here.detail)),
                       around(declaration, at));
      case CstKind::kQuantifier:
        return replace(here,
                       other_quantifier(static_cast<Quantifier>(here.detail)),
                       around(declaration, at));
      case CstKind::kNot:
        return add(here.begin, node(at + 1).begin, "",
                   span(here.begin, here.end));
      case CstKind::kChain:
        connectors(at);
        return left_out(at);
      case CstKind::kPoints:
      case CstKind::kPointsLimit:
      case CstKind::kHalving:
        return add(here.begin, here.end, "", span(here.begin, here.end));
      case CstKind::kLessIsBetter:
        return replace(here, "more is better", line_around(here.begin));
      case CstKind::kMoreIsBetter:
        return replace(here, "less is better", line_around(here.begin));
      case CstKind::kDimension:
        if (has(at, CstKind::kLessIsBetter)) return;
        if (has(at, CstKind::kMoreIsBetter)) return;
        return add(here.end, here.end, ", less is better",
                   span(here.begin, here.end));
      default:
        return;
    }
  }

  void add(uint32_t begin, uint32_t end, std::string text, Span whole) {
    made_->push_back({.file = file_,
                      .begin = begin,
                      .end = end,
                      .text = std::move(text),
                      .whole = whole});
  }

  void replace(const CstNode& here, std::string_view text, Span whole) {
    if (!text.empty()) add(here.begin, here.end, std::string(text), whole);
  }

  // `7` becomes `8` and `6`; of a decimal, the part before the point.
  void number(const CstNode& here, uint32_t declaration, uint32_t at) {
    std::string digits(words(here).substr(0, words(here).find('.')));
    const auto length = static_cast<uint32_t>(digits.size());
    std::erase(digits, '_');
    int64_t value = 0;
    const char* end = digits.data() + digits.size();
    const auto [rest, error] = std::from_chars(digits.data(), end, value);
    const bool fits = error == std::errc() && rest == end && value < INT64_MAX;
    if (!fits) return;
    const Span whole = around(declaration, at);
    const bool decimal = length < words(here).size();
    for (const int64_t other : {value + 1, value - 1}) {
      if (other < 0) continue;
      const Counted made =
          decimal ? Counted{} : counted_behind(here.end, other);
      const uint32_t until = made.end == 0 ? here.begin + length : made.end;
      add(here.begin, until, fmt::to_string(other) + made.text, whole);
    }
  }

  // What is counted by a number that ends here, in its singular or plural; no
  // text where that is no unit of time, no points and no event.
  struct Counted {
    uint32_t end = 0;
    std::string text{};
  };
  Counted counted_behind(uint32_t at, int64_t count) const {
    const size_t begin = skip_spaces(text_, at);
    const std::string_view word = word_at(text_, begin);
    const std::string other = counted(word, begin, count);
    if (other.empty()) return {};
    return {static_cast<uint32_t>(begin + word.size()),
            std::string(text_.substr(at, begin - at)) + other};
  }

  std::string counted(std::string_view word, size_t at, int64_t count) const {
    const bool rows =
        (word == "row" || word == "rows") &&
        word_at(text_, skip_spaces(text_, at + word.size())) == "of";
    const bool points = word == "point" || word == "points";
    if (rows || points || is_unit_word(word)) {
      const bool plural = word.ends_with('s');
      std::string one(word.substr(0, word.size() - (plural ? 1 : 0)));
      return count == 1 ? one : one + "s";
    }
    for (uint32_t i = 0; i < schema_.event_count(); ++i) {
      const EventType& event = schema_.event(i);
      if (word != event.name && word != event.plural) continue;
      return count == 1 ? event.name : event.plural;
    }
    return "";
  }

  // The smallest condition around a node: what reads as a whole.
  Span around(uint32_t declaration, uint32_t at) const {
    uint32_t found = declaration;
    for (uint32_t i = declaration + 1; i < at; ++i) {
      const bool condition = node(i).kind == CstKind::kCompare ||
                             node(i).kind == CstKind::kQuantified;
      if (condition && node(i).next > at) found = i;
    }
    if (found != declaration) return span(node(found).begin, node(found).end);
    return line_around(node(at).begin);
  }

  Span line_around(uint32_t at) const {
    const size_t before = text_.substr(0, at).rfind('\n');
    const size_t begin = before == std::string_view::npos ? 0 : before + 1;
    const size_t end = std::min(text_.find('\n', at), text_.size());
    return span(static_cast<uint32_t>(begin), static_cast<uint32_t>(end));
  }

  // All of them: an `and` beside an `or` is no rule.
  void connectors(uint32_t chain) {
    std::vector<Span> found;
    std::string_view other;
    for (uint32_t i = chain + 1; i < node(chain).next; i = node(i).next) {
      const CstKind kind = node(i).kind;
      if (kind != CstKind::kAnd && kind != CstKind::kOr) continue;
      other = kind == CstKind::kAnd ? "or" : "and";
      found.push_back(span(node(i).begin, node(i).begin + length_of(kind)));
    }
    if (found.empty()) return;
    add(found[0].begin, found[0].end, std::string(other),
        span(node(chain).begin, node(chain).end));
    made_->back().also.assign(found.begin() + 1, found.end());
  }
  static uint32_t length_of(CstKind kind) {
    return kind == CstKind::kAnd ? 3 : 2;
  }

  // Each condition of a chain, with the connector beside it.
  void left_out(uint32_t chain) {
    std::vector<CstNode> units;
    for (uint32_t i = chain + 1; i < node(chain).next; i = node(i).next) {
      const CstKind kind = node(i).kind;
      const bool unit = kind > CstKind::kLastReport && kind != CstKind::kAnd &&
                        kind != CstKind::kOr;
      if (unit) units.push_back(node(i));
    }
    const Span whole = span(node(chain).begin, node(chain).end);
    for (size_t i = 0; i < units.size() && units.size() > 1; ++i) {
      const bool first = i == 0;
      add(first ? units[0].begin : units[i - 1].end,
          first ? units[1].begin : units[i].end, "", whole);
    }
  }

  uint32_t file_;
  std::string_view text_;
  const Cst& cst_;
  const Schema& schema_;
  bool fits_;
  std::vector<Mutant>* made_ = nullptr;
};

// `text`, which begins at `offset` of the file, with the mistake.
std::string changed(std::string_view text, uint32_t offset,
                    const Mutant& mutant) {
  std::string made;
  size_t at = 0;
  const auto replace = [&](uint32_t begin, uint32_t end) {
    made += text.substr(at, begin - offset - at);
    made += mutant.text;
    at = end - offset;
  };
  replace(mutant.begin, mutant.end);
  for (const Span& each : mutant.also) replace(each.begin, each.end);
  made += text.substr(at);
  return made;
}

}  // namespace

namespace {

bool tests_fit(const Repository& repository) {
  return std::ranges::any_of(repository.tests, [](const TypedTest& test) {
    return std::ranges::any_of(
        test.runs, [](const TypedRun& run) { return !run.fittings.empty(); });
  });
}

}  // namespace

std::vector<MutantsOf> mutants_of(const LoadedRepository& loaded) {
  const Repository& repository = loaded.repository;
  const bool fits = tests_fit(repository);
  std::vector<MutantsOf> all;
  for (uint32_t i = 0; i < loaded.sources.size(); ++i) {
    if (!loaded.sources.file(i).path.ends_with(".kitle")) continue;
    Diagnostics ignored;  // there are none
    const Door door = open_door(loaded.sources, i, ignored);
    if (!door.text) continue;
    const Cst cst = match_text(*door.text);
    std::vector<MutantsOf> found =
        Finder(i, *door.text, cst, repository.schema, fits).find();
    std::ranges::move(found, std::back_inserter(all));
  }
  return all;
}

std::string mutated(const SourceSet& sources, const Mutant& mutant) {
  return changed(sources.file(mutant.file).text, 0, mutant);
}

std::string mutated_words(const SourceSet& sources, const Mutant& mutant) {
  return one_line(
      changed(sources.text(mutant.whole), mutant.whole.begin, mutant));
}

}  // namespace kitle
