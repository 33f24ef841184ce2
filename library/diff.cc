// Unified diffs: the fewest lines gone and added that lead from one text to
// the other (Myers, An O(ND) Difference Algorithm), up to a limit.
#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <utility>
#include <vector>

#include "kitle/format.h"

namespace kitle {
namespace {

constexpr size_t kContext = 3;

// Texts that differ in more lines are replaced as a whole between the first
// and the last of them: memory grows with the square.
constexpr int kMostDifferences = 2000;

using Lines = std::vector<std::string_view>;

struct Edit {
  char sign;  // ' ', '-' or '+'
  std::string_view line;
};

// Each with its end, if it has one.
Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

// `reach_[d]` holds, for each diagonal `before - after` from -d to d, how many
// lines of `before` d differences can lead past.
class Differences {
 public:
  Differences(Lines before, Lines after)
      : before_(std::move(before)), after_(std::move(after)) {}

  // In the order of the texts.
  std::vector<Edit> find() {
    if (!search()) return replaced();
    int x = length(before_);
    int y = length(after_);
    for (int d = length(reach_) - 1; x > 0 || y > 0; --d) back(d, x, y);
    std::ranges::reverse(edits_);
    return std::move(edits_);
  }

 private:
  static int length(const auto& of) { return static_cast<int>(of.size()); }
  static std::string_view at(const Lines& lines, int index) {
    return lines[static_cast<size_t>(index)];
  }
  static size_t place(int d, int diagonal) {
    const int index = diagonal + d;
    return static_cast<size_t>(index);
  }
  int reach(int d, int diagonal) const {
    return reach_[static_cast<size_t>(d)][place(d, diagonal)];
  }
  bool is_added(int d, int diagonal) const {
    return diagonal == -d || (diagonal != d && reach(d - 1, diagonal - 1) <
                                                   reach(d - 1, diagonal + 1));
  }

  bool search() {
    for (int d = 0; d <= kMostDifferences; ++d) {
      reach_.emplace_back(place(d, d) + 1, 0);
      for (int diagonal = -d; diagonal <= d; diagonal += 2) {
        if (step(d, diagonal)) return true;
      }
    }
    return false;
  }

  // True at the ends of both texts.
  bool step(int d, int diagonal) {
    int x = start(d, diagonal);
    while (x < length(before_) && x - diagonal < length(after_) &&
           at(before_, x) == at(after_, x - diagonal)) {
      ++x;
    }
    reach_.back()[place(d, diagonal)] = x;
    return x >= length(before_) && x - diagonal >= length(after_);
  }

  // Behind the d-th difference.
  int start(int d, int diagonal) const {
    if (d == 0) return 0;
    return is_added(d, diagonal) ? reach(d - 1, diagonal + 1)
                                 : reach(d - 1, diagonal - 1) + 1;
  }

  // What lies between the d-th difference and this place, and that one.
  void back(int d, int& x, int& y) {
    const int diagonal = x - y;
    const int from = start(d, diagonal);
    while (x > from) edits_.push_back({' ', at(before_, (--y, --x))});
    if (d == 0) return;
    if (is_added(d, diagonal)) {
      edits_.push_back({'+', at(after_, --y)});
    } else {
      edits_.push_back({'-', at(before_, --x)});
    }
  }

  std::vector<Edit> replaced() const {
    std::vector<Edit> edits;
    for (const auto line : before_) edits.push_back({'-', line});
    for (const auto line : after_) edits.push_back({'+', line});
    return edits;
  }

  Lines before_;
  Lines after_;
  std::vector<std::vector<int>> reach_;
  std::vector<Edit> edits_;
};

// What both begin with, what differs, what both end with.
std::vector<Edit> edits_between(std::string_view before,
                                std::string_view after) {
  Lines old_lines = lines_of(before);
  Lines new_lines = lines_of(after);
  std::vector<Edit> edits;
  const auto same = std::ranges::mismatch(old_lines, new_lines);
  for (const auto line : std::ranges::subrange(old_lines.begin(), same.in1)) {
    edits.push_back({' ', line});
  }
  old_lines.erase(old_lines.begin(), same.in1);
  new_lines.erase(new_lines.begin(), same.in2);
  Lines end;
  while (!old_lines.empty() && !new_lines.empty() &&
         old_lines.back() == new_lines.back()) {
    end.push_back(old_lines.back());
    old_lines.pop_back();
    new_lines.pop_back();
  }
  const auto between =
      Differences(std::move(old_lines), std::move(new_lines)).find();
  edits.insert(edits.end(), between.begin(), between.end());
  for (const auto line : std::views::reverse(end)) edits.push_back({' ', line});
  return edits;
}

bool is_change(const Edit& edit) { return edit.sign != ' '; }

// "3,2": from line 3 on, two lines; "3" if it is one.
std::string range(size_t lines_before, size_t count) {
  const size_t first = count == 0 ? lines_before : lines_before + 1;
  return count == 1 ? fmt::format("{}", first)
                    : fmt::format("{},{}", first, count);
}

class Printer {
 public:
  explicit Printer(std::vector<Edit> edits) : edits_(std::move(edits)) {}

  std::string print() {
    for (size_t at = next_change(0); at < edits_.size();) {
      const size_t begin = at - std::min(at, kContext);
      const size_t end = hunk_end(at);
      hunk(begin, end);
      at = next_change(end);
    }
    return std::move(text_);
  }

 private:
  size_t next_change(size_t from) const {
    const auto first = edits_.begin() + static_cast<std::ptrdiff_t>(from);
    return static_cast<size_t>(std::find_if(first, edits_.end(), is_change) -
                               edits_.begin());
  }

  // Changes whose contexts touch are one hunk.
  size_t hunk_end(size_t change) const {
    size_t last = change;
    for (size_t next = change; next < edits_.size();
         next = next_change(last + 1)) {
      if (next > last + 2 * kContext + 1) break;
      last = next;
    }
    return std::min(last + 1 + kContext, edits_.size());
  }

  size_t count(size_t begin, size_t end, char other_sign) const {
    size_t lines = 0;
    for (size_t i = begin; i < end; ++i) {
      lines += edits_[i].sign == other_sign ? 0 : 1;
    }
    return lines;
  }

  void hunk(size_t begin, size_t end) {
    text_ += fmt::format("@@ -{} +{} @@\n",
                         range(count(0, begin, '+'), count(begin, end, '+')),
                         range(count(0, begin, '-'), count(begin, end, '-')));
    for (size_t i = begin; i < end; ++i) {
      text_ += edits_[i].sign;
      text_ += edits_[i].line;
      if (!edits_[i].line.ends_with('\n')) {
        text_ += "\n\\ No newline at end of file\n";
      }
    }
  }

  std::vector<Edit> edits_;
  std::string text_;
};

}  // namespace

std::string unified_diff(std::string_view path, std::string_view before,
                         std::string_view after) {
  if (before == after) return "";
  return fmt::format("--- a/{0}\n+++ b/{0}\n", path) +
         Printer(edits_between(before, after)).print();
}

}  // namespace kitle
