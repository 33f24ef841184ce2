// From boxes to lines. An end of line that the author wrote where a box may
// break is kept (Place::hard), so a line is never joined that was parted on
// purpose, and the result of a first pass is what a second one finds. Beyond
// that a box breaks where it does not fit:
//
//   - brackets break behind the first and before the last sign, if anything in
//     them does;
//   - of conditions, each run between hard breaks breaks before every `and`, if
//     it does not fit or one of its conditions takes several lines;
//   - all else breaks before the part that does not fit, unless a bracket in
//     that part has to break anyway.
#include "grammar/format_layout.h"

#include <algorithm>
#include <span>

#include "grammar/format.h"
#include "grammar/format_lines.h"
#include "grammar/format_shape.h"

namespace kitle::formatting {
namespace {

constexpr uint32_t kIndent = 2;
constexpr Block kItemBlock{2, 2};
constexpr Block kEventBlock{2, 1};
constexpr Block kLetBlock{1, 1};

using Inside = std::span<const Box>;

class Layout {
 public:
  Layout(const Text& text, const Boxes& boxes)
      : text_(text), boxes_(boxes), lines_(1) {
    const size_t count = text.tokens.size();
    begins_.resize(count + 1);
    ends_.resize(count + 1);
    hard_.resize(count + 1);
    no_comma_.resize(count + 1);
    for (uint32_t i = 0; i < count; ++i) {
      begins_[i] = ends_[i] + gap_width(i);
      ends_[i + 1] = begins_[i] + width_of(text.tokens[i].text);
      hard_[i + 1] = hard_[i] + (place(i).hard ? 1 : 0);
    }
  }

  std::string make() {
    for (const Declaration& each : boxes_.declarations) declaration(each);
    const uint32_t end = static_cast<uint32_t>(text_.tokens.size());
    comments(end, 0);
    if (line().text.empty() && line().comment.empty()) lines_.pop_back();
    return text_of(std::move(lines_), blocks_);
  }

 private:
  // ---- what is known before ----

  const Place& place(uint32_t token) const { return boxes_.places[token]; }
  const Gap& gap(uint32_t token) const { return text_.gaps[token]; }
  bool is_close(uint32_t token) const {
    const std::string& word = text_.tokens[token].text;
    return word == ")" || word == "}";
  }
  bool is_open(uint32_t token) const {
    const std::string& word = text_.tokens[token].text;
    return word == "(" || word == "{";
  }
  bool has_comma(uint32_t token) const {
    return gap(token).comma && !is_close(token) && !no_comma_[token];
  }
  bool is_tight(uint32_t token) const {
    return token == 0 || text_.tokens[token].tight_before ||
           text_.tokens[token - 1].tight_behind;
  }
  // Before the token, where no line ends there.
  uint32_t gap_width(uint32_t token) const {
    return (is_tight(token) ? 0 : 1) + (has_comma(token) ? 1 : 0);
  }
  // Of tokens in one line, without the gap before the first.
  uint32_t width(uint32_t begin, uint32_t end) const {
    return ends_[end] - begins_[begin];
  }
  // A line ends between these tokens.
  bool has_hard(uint32_t begin, uint32_t end) const {
    return begin + 1 < end && hard_[end] != hard_[begin + 1];
  }
  // Behind the tokens that no line end can part from those before `end`.
  uint32_t glued_end(uint32_t end) const {
    while (end < text_.tokens.size() && !place(end).may_break &&
           !place(end).hard) {
      ++end;
    }
    return end;
  }
  // With a comma that hangs behind them.
  uint32_t width_with_comma(uint32_t begin, uint32_t end) const {
    const bool comma = end < text_.tokens.size() && has_comma(end);
    return width(begin, end) + (comma ? 1 : 0);
  }

  // ---- the line at hand ----

  Line& line() { return lines_.back(); }
  bool at_line_start() { return line().text.empty(); }
  uint32_t column() { return line().indent + width_of(line().text); }
  bool fits(uint32_t begin, uint32_t end) {
    const uint32_t before = gap_done_ == begin ? 0 : gap_width(begin);
    end = glued_end(end);
    return column() + before + width_with_comma(begin, end) <= kLineWidth;
  }

  void new_line(uint32_t indent, bool blank) {
    if (lines_.size() > 1 || !line().text.empty() || !line().comment.empty()) {
      lines_.emplace_back();
    }
    line().indent = indent;
    line().blank_before = blank;
  }

  // Comments of a gap: those of the line before, then lines of their own.
  bool comments(uint32_t token, uint32_t indent) {
    bool fresh = token > 0 && is_open(token - 1);  // no blank line behind `{`
    for (const Comment& comment : gap(token).comments) {
      if (comment.own_line || line().text.empty() || !line().comment.empty()) {
        new_line(indent, comment.blank_before && !fresh);
        fresh = false;
      }
      line().comment = comment.text;
    }
    return fresh;
  }

  // Ends the line before a token.
  void break_line(uint32_t token, uint32_t indent, uint32_t comment_indent,
                  bool blank_allowed) {
    const bool fresh = comments(token, comment_indent);
    new_line(indent, gap(token).blank && blank_allowed && !fresh);
    gap_done_ = token;
  }
  void break_line(uint32_t token, uint32_t indent) {
    break_line(token, indent, indent, true);
  }

  // A token in the line, or in a new one if comments stand before it.
  void put(uint32_t token, uint32_t hang) {
    if (gap_done_ != token) {
      if (!gap(token).comments.empty()) {
        break_line(token, hang, hang, false);
      } else if (!is_tight(token)) {
        if (gap(token).cell != 0 && block_ != Line::kNoBlock) {
          start_cell(gap(token).cell);
        }
        line().text += ' ';
      }
    }
    line().text += text_.tokens[token].text;
    depth_ += is_open(token) ? 1 : is_close(token) ? -1 : 0;
    if (token + 1 < text_.tokens.size() && has_comma(token + 1)) {
      line().text += ',';
    }
  }

  // Only of the item itself, and in the line that it begins in.
  void start_cell(uint32_t column) {
    if (depth_ > 0 || lines_.size() - 1 != item_line_) return;
    line().block = block_;
    line().cells.push_back({column, static_cast<uint32_t>(line().text.size())});
  }

  // An item, or a declaration, begins at the line at hand.
  void begin_item(uint32_t block, uint32_t indent) {
    block_ = block;
    base_ = indent;
    item_line_ = lines_.size() - 1;
    depth_ = 0;
  }

  // ---- boxes ----

  void words(uint32_t begin, uint32_t end, Inside inside, uint32_t hang) {
    for (const Box& each : inside) {
      for (; begin < each.begin; ++begin) put(begin, hang);
      box(each, hang);
      begin = each.end;
    }
    for (; begin < end; ++begin) put(begin, hang);
  }

  void box(const Box& each, uint32_t hang) {
    if (!has_hard(each.begin, each.end) && fits(each.begin, each.end)) {
      return words(each.begin, each.end, {}, hang);
    }
    switch (each.fold) {
      case Fold::kFill:
        return fill(each, each.begin, each.end, hang, hang);
      case Fold::kChain:
        return chain(each, hang);
      case Fold::kBracket:
      case Fold::kList:
      case Fold::kBody:
        return bracket(each, hang);
    }
  }

  static Inside within(const Box& box, uint32_t begin, uint32_t end) {
    const auto first =
        std::ranges::lower_bound(box.inside, begin, {}, &Box::begin);
    const auto last =
        std::ranges::lower_bound(box.inside, end, {}, &Box::begin);
    return {first, last};
  }
  // The break behind `token`, or `end`.
  static uint32_t next_break(const Box& box, uint32_t token, uint32_t end) {
    const auto next = std::ranges::upper_bound(box.breaks, token);
    return next == box.breaks.end() ? end : std::min(*next, end);
  }

  // Where a bracket would have to break, or `begin`.
  static uint32_t first_bracket(uint32_t begin, Inside inside) {
    for (const Box& each : inside) {
      const bool round = each.fold != Fold::kFill && each.fold != Fold::kChain;
      if (round) return each.begin + 1;
      const uint32_t deeper = first_bracket(begin, each.inside);
      if (deeper != begin) return deeper;
    }
    return begin;
  }

  // Parts of a box, as many as a line takes; what does not fit into a line
  // of its own goes on at `deeper`.
  void fill(const Box& box, uint32_t begin, uint32_t end, uint32_t hang,
            uint32_t deeper) {
    uint32_t from = begin;
    while (from < end) {
      const uint32_t to = next_break(box, from, end);
      const Inside inside = within(box, from, to);
      if (from > begin && wants_line(from, to, inside, hang)) {
        break_line(from, hang, hang, hang != deeper);
      }
      words(from, to, inside, deeper);
      from = to;
    }
  }

  bool wants_line(uint32_t begin, uint32_t end, Inside inside, uint32_t hang) {
    if (!gap(begin).comments.empty()) return true;
    if (behind_bracket()) return false;
    if (place(begin).hard) return true;
    if (has_hard(begin, end)) return !fits(begin, first_hard(begin));
    if (fits(begin, end)) return false;
    if (hang + width_with_comma(begin, glued_end(end)) <= kLineWidth) {
      return true;
    }
    const uint32_t bracket = first_bracket(begin, inside);
    return bracket == begin || !fits(begin, bracket);
  }

  // A bracket closed in a line of its own: what follows goes on there.
  bool behind_bracket() {
    return line().text.size() == 1 &&
           (line().text == ")" || line().text == "}");
  }

  uint32_t first_hard(uint32_t begin) const {
    const auto next = std::ranges::upper_bound(hard_, hard_[begin + 1]);
    return static_cast<uint32_t>(next - hard_.begin()) - 1;
  }

  void chain(const Box& box, uint32_t hang) {
    const uint32_t indent = at_line_start() ? line().indent : hang;
    uint32_t from = box.begin;
    while (from < box.end) {
      uint32_t to = next_break(box, from, box.end);
      while (to < box.end && !place(to).hard) {
        to = next_break(box, to, box.end);
      }
      if (from > box.begin) break_line(from, indent);
      run(box, from, to, indent);
      from = to;
    }
  }

  // Conditions that the author wrote in one line.
  void run(const Box& box, uint32_t begin, uint32_t end, uint32_t indent) {
    const bool breaks = has_hard(begin, end) || !fits(begin, end);
    for (uint32_t from = begin; from < end;) {
      const uint32_t to = next_break(box, from, end);
      if (breaks && from > begin) break_line(from, indent);
      words(from, to, within(box, from, to), indent + kIndent);
      from = to;
    }
  }

  bool is_body(const Box& box) const {
    return box.fold == Fold::kBody ||
           (box.fold == Fold::kBracket && text_.tokens[box.begin].text == "{");
  }

  // A body is indented from where its item begins, any other bracket from the
  // line that it opens in.
  void bracket(const Box& box, uint32_t hang) {
    put(box.begin, hang);
    const uint32_t outer = is_body(box) ? base_ : line().indent;
    const uint32_t inner = outer + kIndent;
    const uint32_t first = box.begin + 1;
    const uint32_t close = box.end - 1;
    if (first < close) {
      break_line(first, inner, inner, false);
      if (box.fold == Fold::kBody) {
        body(box, first, close, inner);
      } else {
        const uint32_t hang_inside =
            box.fold == Fold::kList ? inner : inner + kIndent;
        fill(box, first, close, hang_inside, inner + kIndent);
      }
    }
    break_line(close, outer, inner, false);
    put(close, hang);
  }

  void body(const Box& box, uint32_t begin, uint32_t end, uint32_t indent) {
    for (const uint32_t item : box.breaks) no_comma_[item] = true;
    uint32_t block = new_block(kItemBlock);
    for (uint32_t from = begin; from < end;) {
      const uint32_t to = next_break(box, from, end);
      if (from > begin) {
        if (is_parted(from)) block = new_block(kItemBlock);
        break_line(from, indent);
      }
      begin_item(block, indent);
      const size_t first = item_line_;
      words(from, to, within(box, from, to), indent + kIndent);
      block_ = Line::kNoBlock;
      if (is_open_alone(lines_[first])) lines_[first].block = Line::kNoBlock;
      from = to;
    }
  }

  // What stands in the cell is only a bracket that goes on below.
  static bool is_open_alone(const Line& line) {
    return line.cells.size() == 1 && line.text.ends_with('{') &&
           line.text.size() == line.cells[0].at + 2;
  }

  // ---- declarations ----

  uint32_t new_block(Block block) {
    blocks_.push_back(block);
    return static_cast<uint32_t>(blocks_.size()) - 1;
  }

  // An empty line stands before this token.
  bool is_parted(uint32_t token) const {
    return gap(token).blank ||
           std::ranges::any_of(gap(token).comments, &Comment::blank_before);
  }

  void declaration(const Declaration& each) {
    const uint32_t begin = each.box.begin;
    break_line(begin, 0);
    begin_item(row_of(each), 0);
    const size_t first = item_line_;
    words(begin, each.box.end, each.box.inside, kIndent);
    block_ = Line::kNoBlock;
    if (lines_.size() == first + 1) return;
    lines_[first].block = Line::kNoBlock;
    row_kind_ = CstKind::kHole;
  }

  // The row of declarations of one kind that take a line each and follow
  // each other.
  uint32_t row_of(const Declaration& each) {
    const bool goes_on = each.kind == row_kind_ && !is_parted(each.box.begin) &&
                         gap(each.box.begin).comments.empty();
    row_kind_ = each.kind;
    if (each.kind == CstKind::kEvent && !goes_on) row_ = new_block(kEventBlock);
    if (each.kind == CstKind::kLet && !goes_on) row_ = new_block(kLetBlock);
    const bool in_rows =
        each.kind == CstKind::kEvent || each.kind == CstKind::kLet;
    return in_rows ? row_ : Line::kNoBlock;
  }

  const Text& text_;
  const Boxes& boxes_;
  std::vector<uint32_t> begins_;  // of each token, if all stood in one line
  std::vector<uint32_t> ends_;    // of the token before it
  std::vector<uint32_t> hard_;    // hard places before it
  std::vector<bool> no_comma_;    // before it, where a line's end parts items
  std::vector<Line> lines_;
  std::vector<Block> blocks_;
  uint32_t base_ = 0;                // where the item at hand begins
  uint32_t gap_done_ = UINT32_MAX;   // the gap before this token is written
  uint32_t block_ = Line::kNoBlock;  // of the next cell
  size_t item_line_ = 0;
  int depth_ = 0;  // brackets open in the item
  CstKind row_kind_ = CstKind::kHole;
  uint32_t row_ = 0;
};

}  // namespace

std::string lay_out(const Text& text, const Boxes& boxes) {
  return Layout(text, boxes).make();
}

}  // namespace kitle::formatting
