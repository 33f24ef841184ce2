// The formatter's steps, and the check behind them; see format.h.
#include "grammar/format.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "grammar/build.h"
#include "grammar/door.h"
#include "grammar/format_box.h"
#include "grammar/format_layout.h"
#include "grammar/format_spelling.h"
#include "grammar/format_text.h"

namespace kitle {
namespace {

using formatting::Text;

// A text that was understood, with what it was understood as. Stays where it
// is: `text` points into `whole`.
struct Matched {
  std::string whole;
  Cst cst;
  Text text;
};

// Null, and reports, for a text with mistakes.
std::unique_ptr<const Matched> match(const SourceSet& sources, uint32_t file,
                                     Diagnostics& diagnostics) {
  const size_t before = diagnostics.errors();
  Door door = open_door(sources, file, diagnostics);
  if (!door.text) return nullptr;
  auto made = std::make_unique<Matched>();
  made->whole = std::move(*door.text);
  made->cst = match_text(made->whole);
  Syntax syntax;
  build({sources, file, made->whole, made->cst, diagnostics}, syntax);
  if (diagnostics.errors() != before) return nullptr;
  made->text = formatting::read_text(made->whole, made->cst);
  return made;
}

std::string styled(const Matched& matched, const EventForms& forms) {
  Text text = matched.text;
  const auto words = formatting::words_of(matched.cst, text);
  for (size_t i = 0; i < words.size(); ++i) {
    text.tokens[i].text =
        formatting::spelled(text.tokens[i].text, words[i], forms);
  }
  const formatting::Boxes boxes = formatting::make_boxes(matched.cst, text);
  return formatting::lay_out(text, boxes);
}

bool same_tree(const Cst& left, const Cst& right) {
  return std::ranges::equal(
      left.nodes, right.nodes, [](const CstNode& a, const CstNode& b) {
        return a.kind == b.kind && a.detail == b.detail && a.next == b.next;
      });
}

bool same_words(const Matched& left, const Matched& right,
                const EventForms& forms) {
  const auto& tokens = left.text.tokens;
  const auto& others = right.text.tokens;
  if (tokens.size() != others.size()) return false;
  const auto words = formatting::words_of(left.cst, left.text);
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (!formatting::is_same_word(words[i].kind, tokens[i].text, others[i].text,
                                  forms)) {
      return false;
    }
  }
  return true;
}

std::vector<std::string_view> comments_of(const Text& text) {
  std::vector<std::string_view> all;
  for (const formatting::Gap& gap : text.gaps) {
    for (const auto& comment : gap.comments) all.push_back(comment.text);
  }
  return all;
}

bool same(const Matched& left, const Matched& right, const EventForms& forms) {
  return same_tree(left.cst, right.cst) && same_words(left, right, forms) &&
         comments_of(left.text) == comments_of(right.text);
}

}  // namespace

EventForms::EventForms(const Syntax& syntax) {
  const auto add_all = [this](const auto& declared) {
    for (const auto& each : declared) {
      const Form form{each.name.text, plural_of(each)};
      add(form.singular, form);
      add(form.plural, form);
    }
  };
  add_all(syntax.events);
  add_all(syntax.groups);
  add_all(syntax.sessions);
}

void EventForms::add(const std::string& name, const Form& form) {
  const auto [found, fresh] = forms_.emplace(name, form);
  if (!fresh && found->second != form) found->second.reset();
}

const EventForms::Form* EventForms::find(std::string_view name) const {
  const auto found = forms_.find(name);
  if (found == forms_.end() || !found->second) return nullptr;
  const Form& form = *found->second;
  const bool clear = forms_.at(form.singular) && forms_.at(form.plural);
  return clear ? &form : nullptr;
}

std::optional<std::string> format(const SourceSet& sources, uint32_t file,
                                  const EventForms& forms,
                                  Diagnostics& diagnostics) {
  const auto matched = match(sources, file, diagnostics);
  if (!matched) return {};
  return if_same(sources, file, styled(*matched, forms), forms, diagnostics);
}

std::optional<std::string> if_same(const SourceSet& sources, uint32_t file,
                                   std::string formatted,
                                   const EventForms& forms,
                                   Diagnostics& diagnostics) {
  if (say_the_same(sources.file(file).text, formatted, forms)) return formatted;
  diagnostics.add(DiagnosticId::kFormatDiffers, {file, 0, 0});
  return {};
}

bool say_the_same(std::string_view left, std::string_view right,
                  const EventForms& forms) {
  SourceSet sources;
  Diagnostics diagnostics;
  const uint32_t before = sources.add("", std::string(left));
  const uint32_t after = sources.add("", std::string(right));
  const auto one = match(sources, before, diagnostics);
  const auto other = match(sources, after, diagnostics);
  return one && other && same(*one, *other, forms);
}

}  // namespace kitle
