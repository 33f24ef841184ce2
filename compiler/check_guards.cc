// Guards: what the rules promise of their segments (`expect a excludes b`).
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "compiler/check_expr.h"

namespace kitle {

namespace {

constexpr int kPercentDigits = 6;  // behind the point

// A decimal in units of 10^-digits; nothing where it is finer, or too large.
std::optional<int64_t> scaled(const std::string& written, int digits) {
  const size_t point = written.find('.');
  std::string all = written.substr(0, point);
  std::string rest =
      point == std::string::npos ? "" : written.substr(point + 1);
  while (!rest.empty() && rest.back() == '0') rest.pop_back();
  if (rest.size() > static_cast<size_t>(digits)) return std::nullopt;
  rest.resize(static_cast<size_t>(digits), '0');
  all += rest;
  int64_t value = 0;
  const auto read = std::from_chars(all.data(), all.data() + all.size(), value);
  if (read.ec != std::errc() || read.ptr != all.data() + all.size()) {
    return std::nullopt;
  }
  return value;
}

class GuardChecker {
 public:
  GuardChecker(CheckContext& context, const GuardDecl& declared)
      : context_(context), declared_(declared), names_(context) {}

  std::optional<TypedGuard> check() {
    TypedGuard made{.kind = declared_.kind,
                    .percent = declared_.percent,
                    .span = declared_.span};
    const auto first = segment_named(declared_.first);
    if (made.kind == GuardKind::kSize) {
      return bounds(made) && first ? take(made, *first, *first) : std::nullopt;
    }
    const auto second = segment_named(declared_.second);
    if (!first || !second) return std::nullopt;
    if (*first == *second) {
      context_.report(DiagnosticId::kGuardSame, declared_.second.span,
                      {declared_.second.text});
      return std::nullopt;
    }
    return take(made, *first, *second);
  }

 private:
  static std::optional<TypedGuard> take(TypedGuard made, uint32_t first,
                                        uint32_t second) {
    made.first = first;
    made.second = second;
    return made;
  }

  // As `in NAME` would find it.
  std::optional<uint32_t> segment_named(const Name& name) {
    auto written = std::make_unique<Expr>();
    written->kind = ExprKind::kInSegment;
    written->span = name.span;
    written->name = name;
    const TypedPtr typed = names_.condition(written);
    if (!typed) return std::nullopt;
    return typed->index;
  }

  bool bounds(TypedGuard& made) {
    return bound(declared_.low, made.low) && bound(declared_.high, made.high) &&
           in_order(made);
  }

  // Leaves an open bound as it is.
  bool bound(const std::string& written, int64_t& value) {
    if (written.empty()) return true;
    const auto read = scaled(written, declared_.percent ? kPercentDigits : 0);
    const int64_t most = declared_.percent ? kWholePercent : INT64_MAX - 1;
    if (read && *read <= most) {
      value = *read;
      return true;
    }
    refuse(declared_.percent ? "a share is 0 to 100 percent, with at most six "
                               "digits behind the point"
                             : "people are counted in whole numbers");
    return false;
  }

  bool in_order(const TypedGuard& made) {
    if (made.low <= made.high) return true;
    refuse("the smaller number stands first");
    return false;
  }

  void refuse(const char* why) {
    context_.report(DiagnosticId::kGuardBounds, declared_.bounds_span,
                    {context_.quote(declared_.bounds_span), why});
  }

  CheckContext& context_;
  const GuardDecl& declared_;
  ExprChecker names_;
};

}  // namespace

std::vector<TypedGuard> check_guards(CheckContext& context) {
  std::vector<TypedGuard> all;
  for (const GuardDecl& each : context.syntax.guards) {
    if (auto made = GuardChecker(context, each).check()) all.push_back(*made);
    context.declared.push_back({"", each.span, {}});
  }
  return all;
}

}  // namespace kitle
