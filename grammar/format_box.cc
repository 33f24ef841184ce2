// From nodes to boxes; see format_box.h.
#include "grammar/format_box.h"

#include <algorithm>
#include <ranges>
#include <utility>

#include "grammar/format_shape.h"

namespace kitle::formatting {
namespace {

bool opens(const Token& token) {
  return token.text == "(" || token.text == "{";
}
bool closes(const Token& token) {
  return token.text == ")" || token.text == "}";
}

bool has_elements(const Shape& shape) {
  return shape.inner == Inner::kElements || shape.inner == Inner::kTight;
}

class Maker {
 public:
  Maker(const Cst& cst, Text& text) : cst_(cst), text_(text) {
    boxes_.places.resize(text.gaps.size());
  }

  Boxes make() {
    for (uint32_t at = 0; at < cst_.nodes.size(); at = cst_.nodes[at].next) {
      boxes_.declarations.push_back({cst_.nodes[at].kind, box_of(at)});
      may_break(boxes_.declarations.back().box.begin, true);
    }
    for (uint32_t i = 0; i < text_.gaps.size(); ++i) {
      boxes_.places[i].hard = is_hard(i);
    }
    return std::move(boxes_);
  }

 private:
  // A node on its way: its own box, and those of brackets open in it.
  struct Open {
    const CstNode& node;
    Shape shape;
    std::vector<Box> boxes;
    std::vector<bool> lines;  // what `lines_` was before each bracket
    bool first_child = true;
  };

  Box box_of(uint32_t at) {
    const CstNode& node = cst_.nodes[at];
    Open open{node, shape_of(node.kind), {Box()}, {}};
    Box& box = open.boxes[0];
    box.begin = text_.token_at(node.begin);
    box.end = text_.token_at(node.end);
    if (open.shape.inner == Inner::kChain) box.fold = Fold::kChain;
    const bool outer_lines = std::exchange(lines_, lines_ || open.shape.lines);
    mark(open);
    contents(at, open, box.begin, box.end);
    lines_ = outer_lines;
    return std::move(open.boxes[0]);
  }

  void contents(uint32_t at, Open& open, uint32_t token, uint32_t end) {
    if (open.shape.inner == Inner::kWord) return;
    for (uint32_t child = at + 1; child < cst_.nodes[at].next;
         child = cst_.nodes[child].next) {
      const uint32_t begin = text_.token_at(cst_.nodes[child].begin);
      own_tokens(open, token, begin);
      place(open, cst_.nodes[child]);
      const bool last = cst_.nodes[child].next == cst_.nodes[at].next;
      if (open.shape.cell == Cell::kParts && !open.first_child) {
        text_.gaps[begin].cell = last ? 2 : 1;
      }
      add(child, open.boxes.back());
      token = text_.token_at(cst_.nodes[child].end);
      open.first_child = false;
    }
    own_tokens(open, token, end);
  }

  // A box that never breaks is none: what is in it counts for the outer one.
  void add(uint32_t at, Box& outer) {
    Box box = box_of(at);
    if (!box.breaks.empty()) {
      outer.inside.push_back(std::move(box));
      return;
    }
    for (Box& each : box.inside) outer.inside.push_back(std::move(each));
  }

  void mark(const Open& open) {
    const uint32_t first = open.boxes[0].begin;
    if (open.shape.inner == Inner::kGlued) {
      text_.tokens[first].tight_behind = true;
    }
    if (open.shape.cell == Cell::kSecondWord) text_.gaps[first + 1].cell = 1;
    if (open.shape.cell == Cell::kThirdWord) {
      const bool is_private = text_.tokens[first].text == "private";
      text_.gaps[first + (is_private ? 3 : 2)].cell = 1;
    }
  }

  void own_tokens(Open& open, uint32_t begin, uint32_t end) {
    for (uint32_t i = begin; i < end; ++i) {
      if (opens(text_.tokens[i])) open_bracket(open, i);
      if (closes(text_.tokens[i])) close_bracket(open, i);
    }
  }

  void open_bracket(Open& open, uint32_t at) {
    Token& token = text_.tokens[at];
    const bool round = token.text == "(";
    token.tight_behind = round || open.shape.inner == Inner::kTight;
    token.tight_before = round && open.shape.inner == Inner::kElements;
    if (open.shape.cell == Cell::kBrace) text_.gaps[at].cell = 1;
    Box box;
    box.fold = has_elements(open.shape) ? Fold::kList : Fold::kBracket;
    box.begin = at;
    open.boxes.push_back(std::move(box));
    open.lines.push_back(std::exchange(lines_, false));
    const bool empty = closes(text_.tokens[at + 1]);
    may_break(at + 1, text_.gaps[at + 1].line && !empty);
  }

  void close_bracket(Open& open, uint32_t at) {
    Box box = std::move(open.boxes.back());
    open.boxes.pop_back();
    text_.tokens[at].tight_before = text_.tokens[box.begin].tight_behind;
    const uint32_t box_begin = box.begin;
    box.end = at + 1;
    open.boxes.back().inside.push_back(std::move(box));
    lines_ = open.lines.back();
    open.lines.pop_back();
    may_break(at, false);
    const auto inside = std::views::iota(box_begin + 1, at + 1);
    const bool hard = std::ranges::any_of(
        inside, [this](uint32_t gap) { return is_hard(gap); });
    boxes_.places[box_begin + 1].hard = hard;
  }

  // Where a child lets the line break.
  void place(Open& open, const CstNode& child) {
    const uint32_t begin = text_.token_at(child.begin);
    const uint32_t end = text_.token_at(child.end);
    if (has_elements(open.shape) && !open.first_child)
      return break_before(open, begin);
    switch (shape_of(child.kind).role) {
      case Role::kInner:
        return;
      case Role::kPart:
        if (!lines_ && child.begin != open.node.begin) {
          break_before(open, begin);
        }
        return;
      case Role::kSign:
        return lines_ ? break_before(open, end) : lead(open, begin, end);
      case Role::kOperator:
        if (lines_) break_before(open, end);
        return;
      case Role::kConnector:
        return lead(open, begin, end);
      case Role::kItem:
        if (open.boxes.size() == 1) {  // in no body, as the parts of a case
          if (!open.first_child) break_before(open, begin);
          return;
        }
        open.boxes.back().fold = Fold::kBody;
        return break_before(open, begin);
    }
  }

  // An `and` or a `+` stands first in its line: an end of line and comments
  // behind it come before it.
  void lead(Open& open, uint32_t sign, uint32_t behind) {
    Gap& to = text_.gaps[sign];
    Gap& from = text_.gaps[behind];
    for (Comment& comment : from.comments) {
      comment.own_line |= to.line;
      to.comments.push_back(comment);
      to.line = true;
    }
    to.line |= from.line;
    from.comments.clear();
    break_before(open, sign);
  }

  void break_before(Open& open, uint32_t token) {
    Box& box = open.boxes.back();
    may_break(token, text_.gaps[token].line);
    const bool bracket = open.boxes.size() > 1;
    if (bracket && token == box.begin + 1) return;  // the bracket's own
    box.breaks.push_back(token);
  }

  bool is_hard(uint32_t token) const {
    return boxes_.places[token].hard || !text_.gaps[token].comments.empty();
  }

  void may_break(uint32_t token, bool hard) {
    boxes_.places[token].may_break = true;
    boxes_.places[token].hard |= hard;
  }

  const Cst& cst_;
  Text& text_;
  Boxes boxes_;
  bool lines_ = false;
};

}  // namespace

Boxes make_boxes(const Cst& cst, Text& text) { return Maker(cst, text).make(); }

}  // namespace kitle::formatting
