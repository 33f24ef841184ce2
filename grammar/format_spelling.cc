// Singular, plural and case; see format_spelling.h.
#include "grammar/format_spelling.h"

#include "grammar/ast.h"
#include "grammar/scan.h"

namespace kitle::formatting {
namespace {

// `purchase` of "purchase.amount" and of "`purchase`".
std::string_view event_of(std::string_view path) {
  const std::string_view name = path.substr(0, path.find('.'));
  const bool quoted = name.starts_with('`');
  return quoted ? name.substr(1, name.size() - 2) : name;
}

std::string_view behind_event(std::string_view path) {
  const size_t dot = path.find('.');
  return dot == std::string_view::npos ? "" : path.substr(dot);
}

std::string spelled_event(std::string_view path, bool many,
                          const EventForms& forms) {
  const EventForms::Form* form = forms.find(event_of(path));
  if (form == nullptr) return std::string(path);
  const std::string_view property = behind_event(path);
  std::string name = many && property.empty() ? form->plural : form->singular;
  if (path.starts_with('`') || is_reserved(name)) name = "`" + name + "`";
  return name.append(property);
}

// "day" of "Days".
std::string unit_of(std::string_view word) {
  std::string unit = fold_keyword(word);
  if (unit.ends_with('s')) unit.pop_back();
  return unit;
}

std::string with_capital(std::string word) {
  word[0] = static_cast<char>(word[0] - 'a' + 'A');
  return word;
}

class Finder {
 public:
  Finder(const Cst& cst, const Text& text) : cst_(cst), text_(text) {
    words_.resize(text.tokens.size());
  }

  std::vector<Word> find() {
    for (uint32_t at = 0; at < cst_.nodes.size(); ++at) look(at);
    return std::move(words_);
  }

 private:
  const CstNode& node(uint32_t at) const { return cst_.nodes[at]; }
  bool is_one(const CstNode& number) const {
    return text_.whole.substr(number.begin, number.end - number.begin) == "1";
  }
  void mark(const CstNode& node, WordKind kind, bool many) {
    words_[text_.token_at(node.begin)] = {kind, many};
  }

  void look(uint32_t at) {
    const CstNode& made = node(at);
    if (made.kind == CstKind::kMonth) mark(made, WordKind::kMonth, false);
    const bool fewer =
        made.kind == CstKind::kQuantifier &&
        made.detail == static_cast<uint8_t>(Quantifier::kFewerThan);
    if (fewer) mark(made, WordKind::kFewer, false);
    // `5 points for add_to_cart`: for each of them. Groups and sessions are
    // made of an event, in the singular.
    const bool points = made.kind == CstKind::kPoints;
    const bool limit = made.kind == CstKind::kPointsLimit;
    if (points || limit) points_word(at + 1);
    const bool one =
        made.kind == CstKind::kGroupOfEvents || made.kind == CstKind::kSessions;
    bool many = false;
    for (uint32_t child = at + 1; child < made.next; child = node(child).next) {
      many = !points && is_many(node(child), many);
      if (node(child).kind == CstKind::kUnit) {
        mark(node(child), WordKind::kUnit, many);
      }
      if (node(child).kind == CstKind::kEventName) {
        event(child, many && !one, points);
      }
    }
  }

  // `points` has no node of its own: it stands behind its number.
  void points_word(uint32_t number) {
    if (node(number).kind == CstKind::kNegate) ++number;
    if (node(number).kind != CstKind::kNumber) return;
    const size_t token = text_.token_at(node(number).begin) + 1;
    words_[token] = {WordKind::kUnit, !is_one(node(number))};
  }

  // What a number, or a word of how many, says of what stands behind it.
  bool is_many(const CstNode& child, bool many) const {
    switch (child.kind) {
      case CstKind::kNumber:
        return !is_one(child);
      case CstKind::kPropertyOf:  // `3 different product of purchase`
      case CstKind::kDaysWith:    // `3 days with purchase`
        return false;
      case CstKind::kPath:  // `at least enough purchases`
        return true;
      case CstKind::kMeasureWord:
        return child.detail == static_cast<uint8_t>(MeasureKind::kMedianGap);
      default:
        return many;
    }
  }

  // `rows of purchase`, `purchases`.
  void event(uint32_t at, bool many, bool points) {
    const uint32_t rows = at + 1;
    const bool in_rows = node(rows).kind == CstKind::kRowsOf;
    const bool many_rows = many || points || of_measure(at);
    if (in_rows) mark(node(rows), WordKind::kRows, many_rows);
    const uint32_t path = in_rows ? node(rows).next : rows;
    mark(node(path), WordKind::kEvent, many && !in_rows);
  }
  // Behind its word, or behind `category of`.
  bool of_measure(uint32_t event) const {
    return node(event - 1).kind == CstKind::kMeasureWord ||
           node(event - 2).kind == CstKind::kPropertyOf;
  }

  const Cst& cst_;
  const Text& text_;
  std::vector<Word> words_;
};

}  // namespace

std::vector<Word> words_of(const Cst& cst, const Text& text) {
  return Finder(cst, text).find();
}

std::string spelled(std::string_view token, Word word,
                    const EventForms& forms) {
  switch (word.kind) {
    case WordKind::kOther:
      return std::string(token);
    case WordKind::kEvent:
      return spelled_event(token, word.many, forms);
    case WordKind::kRows:
      return word.many ? "rows" : "row";
    case WordKind::kUnit:
      return unit_of(token) + (word.many ? "s" : "");
    case WordKind::kMonth:
      return with_capital(fold_keyword(token));
    case WordKind::kFewer:
      return "fewer";
  }
  return std::string(token);
}

bool is_same_word(WordKind kind, std::string_view left, std::string_view right,
                  const EventForms& forms) {
  if (left == right) return true;
  switch (kind) {
    case WordKind::kOther:
      return false;
    case WordKind::kEvent: {
      const EventForms::Form* form = forms.find(event_of(left));
      const EventForms::Form* other = forms.find(event_of(right));
      return form != nullptr && other != nullptr && *form == *other &&
             behind_event(left) == behind_event(right);
    }
    case WordKind::kUnit:
      return unit_of(left) == unit_of(right);
    case WordKind::kMonth:
      return month_number(left) == month_number(right);
    case WordKind::kRows:
    case WordKind::kFewer:
      return true;  // equal trees have one meaning for both
  }
  return false;
}

}  // namespace kitle::formatting
