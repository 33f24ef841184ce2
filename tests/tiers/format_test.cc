// The formatter on random rules, written with random blanks, ends of lines and
// comments: what every segment means stays, every comment stays in its order,
// and a second time changes nothing.
#include "grammar/format.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/format.h"
#include "tests/support/random/differential.h"

namespace kitle::testing {
namespace {

// Rewrites what stands between words.
class Mangler {
 public:
  Mangler(const std::string& text, bool lines, Dice& dice)
      : text_(text), lines_(lines), dice_(dice) {}

  std::string mangle() {
    for (at_ = 0; at_ < text_.size(); ++at_) step();
    return std::move(made_);
  }

 private:
  void step() {
    const char c = text_[at_];
    if (c == '"' && (at_ == 0 || text_[at_ - 1] != '\\')) quoted_ = !quoted_;
    if (quoted_ || c == '\\') return keep(c);
    if (c == '\n') end_line();
    if (c == ' ' && !is_in_time()) return gap(true);
    const bool bracket = c == '(' || c == ')';
    if (bracket) gap(false);
    keep(c);
    if (bracket) gap(false);
  }

  // A let, a table and the lines of stages, personas and scores end with their
  // line.
  void end_line() {
    const std::string_view whole = text_;
    const std::string_view rest = whole.substr(at_ + 1);
    if (whole.substr(0, at_).ends_with("\n}")) in_lines_ = false;
    in_lines_ = in_lines_ || rest.starts_with("stages ") ||
                rest.starts_with("persona ") || rest.starts_with("score ");
    in_let_ =
        in_lines_ || rest.starts_with("let ") || rest.starts_with("table ");
  }

  void keep(char c) { made_ += c; }

  // `2026-03-01 12:00` is one word.
  bool is_in_time() const {
    return at_ + 3 < text_.size() && text_[at_ + 3] == ':';
  }

  // A gap that may be empty, or must not.
  void gap(bool blank) {
    if (blank) made_ += dice_.chance(80) ? " " : "\t  ";
    if (in_let_ || !lines_) return;
    if (dice_.chance(12)) made_ += dice_.chance(50) ? "\n" : "\r\n \n\n";
    if (dice_.chance(5)) comment();
  }

  void comment() {
    made_ += fmt::format("# {} \"{{(, and\t\n", comments_++);
    if (dice_.chance(30)) made_ += fmt::format("\n# {}\r\n", comments_++);
  }

  const std::string& text_;
  bool lines_;
  Dice& dice_;
  std::string made_;
  size_t at_ = 0;
  int comments_ = 0;
  bool quoted_ = false;
  bool in_let_ = true;
  bool in_lines_ = false;
};

struct Read {
  LoadedRepository loaded;
  std::string meaning;  // of every segment, as typed
};

// The words that a test of a table's column had, which are not its meaning.
void forget_words(Typed& tree) {
  const bool tested =
      tree.kind == TypedKind::kInTexts || tree.kind == TypedKind::kInIntegers;
  if (tested) tree.text.clear();
  for (const TypedPtr& arg : tree.args) forget_words(*arg);
  if (tree.events && tree.events->where) forget_words(*tree.events->where);
  if (!tree.sequence) return;
  for (const TypedStep& step : tree.sequence->steps) {
    if (step.events.where) forget_words(*step.events.where);
  }
}

Read read(const Case& of, const std::string& rules) {
  Read made{load_texts(texts_of(of, rules), nullptr), ""};
  for (TypedSegment& segment : made.loaded.repository.segments) {
    forget_words(*segment.condition);
    made.meaning += segment.name + "\n" +
                    print(*segment.condition, made.loaded.repository.schema);
  }
  return made;
}

constexpr uint32_t kRules = 2;  // the third text

std::string formatted(const Read& from) {
  Diagnostics diagnostics;
  const EventForms forms(from.loaded.syntax);
  const auto made = format(from.loaded.sources, kRules, forms, diagnostics);
  return made.value_or(
      render(diagnostics, from.loaded.sources, DiagnosticFormat::kText, false));
}

TEST(Format, OfRandomRulesKeepsTheirMeaningAndComments) {
  uint64_t tried = 0;
  const uint64_t first = first_seed();
  const uint64_t count = case_count(600, 25);
  for (uint64_t seed = first; seed < first + count; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    const RandomTrial trial = random_trial(seed);
    const Case& of = trial.ruled.made;
    const std::string written = text_of(trial.ruled.rules);
    Dice dice(seed);
    const Read plain = read(of, written);
    const Read mangled = read(of, Mangler(written, true, dice).mangle());
    if (mangled.loaded.diagnostics.errors() != 0) continue;
    ++tried;
    const Read after = read(of, formatted(mangled));
    ASSERT_EQ(after.meaning, plain.meaning)
        << mangled.loaded.sources.file(kRules).text;
    const std::string& text = after.loaded.sources.file(kRules).text;
    ASSERT_EQ(formatted(after), text);
    ASSERT_EQ(
        comments_in(parse_text(text)),
        comments_in(parse_text(mangled.loaded.sources.file(kRules).text)));
    const Read spaced = read(of, Mangler(written, false, dice).mangle());
    ASSERT_EQ(formatted(spaced), formatted(plain));
  }
  // Some words must share a line: `50 percent`, `more than`. So it is three of
  // five, and of a few cases fewer.
  EXPECT_GT(tried, count / 4);
}

// Beyond 100 columns stands only what cannot be parted.
TEST(Format, OfRandomRulesEndsLinesInTime) {
  uint64_t lines = 0;
  uint64_t over = 0;
  for (uint64_t seed = 1; seed < 200; ++seed) {
    const RandomTrial trial = random_trial(seed);
    const std::string rules = text_of(trial.ruled.rules);
    std::istringstream text(formatted(read(trial.ruled.made, rules)));
    for (std::string line; std::getline(text, line);) {
      const auto width = std::ranges::count_if(line, [](char c) {
        return (static_cast<uint8_t>(c) & 0xC0) != 0x80;
      });
      // These end with their line, or begin a condition in it; the names of
      // `with same` are kept with what stands before them, and steps and
      // anchors with the bracket behind which they go on.
      const bool whole = line.starts_with("let ") || line.starts_with("  st") ||
                         line.find(") ") == line.find_first_not_of(' ') ||
                         line.starts_with("score ") ||
                         line.contains(" with same ") ||
                         line.contains(") then ") || line.starts_with("  d") ||
                         line.find(" point") < 8;
      ++lines;
      const bool wide = width > static_cast<std::ptrdiff_t>(kLineWidth);
      EXPECT_TRUE(!wide || whole) << line;
      if (wide && !whole) ++over;
    }
  }
  EXPECT_GT(lines, 1000u);
  EXPECT_EQ(over, 0u);
}

}  // namespace
}  // namespace kitle::testing
