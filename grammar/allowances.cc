// See allowances.h.
#include "grammar/allowances.h"

#include <algorithm>
#include <optional>

#include "grammar/scan.h"

namespace kitle {
namespace {

constexpr std::string_view kBecause = "because";

bool is_lint_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

// Reads what stands in one comment.
class Reader {
 public:
  Reader(const SourceSet& sources, const Span& comment)
      : sources_(sources),
        comment_(comment),
        text_(sources.text(comment)),
        at_(0) {}

  std::optional<Allowance> read() {
    if (!take("#") || !take("lint:") || !take("allow")) return std::nullopt;
    Allowance made;
    made.span = comment_;
    while (name(made)) take(",");
    made.reason = take(kBecause) && at_ < text_.size();
    made.line = line();
    return made;
  }

 private:
  void blanks() { at_ = skip_spaces(text_, at_); }

  bool take(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    blanks();
    return true;
  }

  bool name(Allowance& made) {
    size_t end = at_;
    while (end < text_.size() && is_lint_letter(text_[end])) ++end;
    const std::string_view word = text_.substr(at_, end - at_);
    if (word.empty() || word == kBecause) return false;
    const auto begin = comment_.begin + static_cast<uint32_t>(at_);
    made.lints.push_back(
        {std::string(word),
         {comment_.file, begin, begin + static_cast<uint32_t>(word.size())}});
    at_ = end;
    blanks();
    return true;
  }

  // The next one with something other than a comment in it.
  Span line() const {
    const std::string_view all = sources_.file(comment_.file).text;
    const size_t code = skip_blanks(all, comment_.end);
    if (code >= all.size()) return {comment_.file, 0, 0};
    const size_t end = std::min(all.find('\n', code), all.size());
    return {comment_.file, static_cast<uint32_t>(code),
            static_cast<uint32_t>(end)};
  }

  const SourceSet& sources_;
  Span comment_;
  std::string_view text_;
  size_t at_;
};

}  // namespace

std::vector<Allowance> read_allowances(const SourceSet& sources,
                                       const Syntax& syntax) {
  std::vector<Allowance> all;
  for (const Syntax::Comment& each : syntax.comments) {
    if (auto made = Reader(sources, each.span).read()) {
      all.push_back(*std::move(made));
    }
  }
  std::ranges::sort(all, [](const Allowance& a, const Allowance& b) {
    return std::pair(a.span.file, a.span.begin) <
           std::pair(b.span.file, b.span.begin);
  });
  return all;
}

}  // namespace kitle
