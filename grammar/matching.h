// The parts that rules.h is made of beside PEGTL's own: nodes, keywords,
// padding, points of no return and recovery. Only parse.cc and the test of the
// grammar's soundness include this.
//
// Padding: every token owns the blanks behind it, never those before it.
// Nodes: made where actions run (never inside at<> and not_at<>), dropped when
// a rule fails. Failure is thrown at points of no return only, and caught by
// recover<>.
#pragma once

#include <algorithm>
#include <string_view>
#include <tao/pegtl.hpp>
#include <tao/pegtl/contrib/analyze_traits.hpp>

#include "grammar/cst.h"
#include "grammar/parse.h"
#include "grammar/scan.h"

namespace kitle::matching {

namespace pegtl = tao::pegtl;

struct Failure {
  Expected expected;
  uint32_t offset;
  uint32_t round;
  uint32_t curly;
};

struct State {
  explicit State(std::string_view whole) : text(whole) {}
  std::string_view text;
  std::vector<CstNode> nodes;
  uint32_t open = 0;        // the innermost node not yet ended
  uint32_t token_end = 0;   // behind the last token, before its blanks
  uint32_t blanks_end = 0;  // behind its blanks
  bool lines = false;       // a newline ends the item
  uint32_t round = 0;       // open round brackets
  uint32_t curly = 0;       // open braces
  uint32_t depth = 0;
  uint32_t resume = UINT32_MAX;  // where the last recovery went on
  uint32_t failures = 0;
  uint64_t steps = 0;

  template <typename Input>
  uint32_t offset(const Input& in) const {
    return static_cast<uint32_t>(in.current() - text.data());
  }
  void leaf(CstKind kind, uint32_t begin, uint32_t end, uint8_t detail = 0) {
    const uint32_t next = static_cast<uint32_t>(nodes.size()) + 1;
    nodes.push_back({kind, detail, begin, end, next});
  }
  void keep_reports(size_t from);
};

// What a rule that fails must give back.
class Mark {
 public:
  explicit Mark(const State& state)
      : nodes_(state.nodes.size()),
        token_end_(state.token_end),
        blanks_end_(state.blanks_end) {}
  void undo(State& state) const {
    state.nodes.resize(nodes_);
    state.token_end = token_end_;
    state.blanks_end = blanks_end_;
  }

 private:
  size_t nodes_;
  uint32_t token_end_;
  uint32_t blanks_end_;
};

// Sets a member for a while, also when Failure passes.
template <typename T>
class Scoped {
 public:
  Scoped(T& place, T value) : place_(place), old_(place) { place_ = value; }
  ~Scoped() { place_ = old_; }
  Scoped(const Scoped&) = delete;
  Scoped& operator=(const Scoped&) = delete;

 private:
  T& place_;
  T old_;
};

// ---- rules that look at the text ----

// What every match() of this file begins with.
#define KITLE_MATCH                                               \
  template <pegtl::apply_mode A, pegtl::rewind_mode M,            \
            template <typename...> class Action,                  \
            template <typename...> class Control, typename Input> \
  static bool match(Input& in, State& state)
#define KITLE_MATCH_INNER(R) \
  Control<R>::template match<A, M, Action, Control>(in, state)

// A rule with its own match(): what PEGTL wants to know of it.
struct Custom {
  using subs_t = pegtl::empty_list;
};

// Consumes what `length(text, at)` says, at least one byte.
template <auto length>
struct scanned : Custom {
  using rule_t = scanned;
  KITLE_MATCH {
    const size_t bytes = length(state.text, state.offset(in));
    in.bump(bytes);
    return bytes != 0;
  }
};

// Consumes nothing; holds if `holds(state, at)`.
template <auto holds>
struct test : Custom {
  using rule_t = test;
  KITLE_MATCH { return holds(state, state.offset(in)); }
};

template <size_t N>
struct Literal {
  char text[N];
  constexpr Literal(const char (&from)[N]) {  // NOLINT: implicit by intent
    std::copy_n(from, N, text);
  }
  constexpr std::string_view view() const { return {text, N - 1}; }
};

// A keyword in any case; any other than its own is reported.
template <Literal L>
struct word : Custom {
  using rule_t = word;
  KITLE_MATCH {
    const uint32_t begin = state.offset(in);
    const size_t length = keyword_length(state.text, begin, L.view());
    if (length == 0) return false;
    const uint32_t end = begin + static_cast<uint32_t>(length);
    const bool exact = state.text.substr(begin, length) == L.view();
    if (A == pegtl::apply_mode::action && !exact) {
      state.leaf(CstKind::kSlipCase, begin, end);
    }
    in.bump(length);
    return true;
  }
};

template <bool over_lines>
struct padding : Custom {
  using rule_t = padding;
  KITLE_MATCH {
    const uint32_t at = state.offset(in);
    const bool item = state.lines && !over_lines;
    const size_t end = item ? skip_blanks_in_item(state.text, at)
                            : skip_blanks(state.text, at);
    if (A == pegtl::apply_mode::action) {
      state.token_end = at;
      state.blanks_end = static_cast<uint32_t>(end);
    }
    in.bump(end - at);
    return true;
  }
};

// A report that takes no text.
template <CstKind K, auto holds>
struct note : Custom {
  using rule_t = note;
  KITLE_MATCH {
    const uint32_t at = state.offset(in);
    if (A == pegtl::apply_mode::action && holds(state, at)) {
      state.leaf(K, state.token_end, at);
    }
    return true;
  }
};

// ---- rules around rules ----

template <typename... R>
struct Around {
  using inner = pegtl::seq<R...>;
  using subs_t = pegtl::type_list<inner>;
};

// Round brackets are open inside: newlines end nothing.
template <typename... R>
struct bracketed : Around<R...> {
  using rule_t = bracketed;
  KITLE_MATCH {
    const Scoped lines(state.lines, false);
    const Scoped round(state.round, state.round + 1);
    return KITLE_MATCH_INNER(typename bracketed::inner);
  }
};

template <typename... R>
struct braced : Around<R...> {
  using rule_t = braced;
  KITLE_MATCH {
    const Scoped lines(state.lines, false);
    const Scoped round(state.round, 0u);
    const Scoped curly(state.curly, state.curly + 1);
    return KITLE_MATCH_INNER(typename braced::inner);
  }
};

// Ends with its line.
template <typename... R>
struct in_lines : Around<R...> {
  using rule_t = in_lines;
  KITLE_MATCH {
    const Scoped lines(state.lines, true);
    return KITLE_MATCH_INNER(typename in_lines::inner);
  }
};

// A level of nesting.
template <typename... R>
struct deeper : Around<R...> {
  using rule_t = deeper;
  KITLE_MATCH {
    const Scoped depth(state.depth, state.depth + 1);
    if (state.depth > kMaxNesting) {
      throw Failure{Expected::kLess, state.offset(in), state.round,
                    state.curly};
    }
    return KITLE_MATCH_INNER(typename deeper::inner);
  }
};

// Where `skip(state, failure, begin)` says that the text goes on after a
// failure; what was reported inside stays.
template <auto skip, typename... R>
struct recover : Around<R...> {
  using rule_t = recover;
  KITLE_MATCH {
    const uint32_t begin = state.offset(in);
    const size_t mark = state.nodes.size();
    try {
      return KITLE_MATCH_INNER(typename recover::inner);
    } catch (const Failure& failure) {
      ++state.failures;
      const bool enough = state.failures > kMaxFailures;
      const uint32_t stop = enough ? static_cast<uint32_t>(state.text.size())
                                   : skip(state, failure, begin);
      const bool new_place = failure.offset != state.resume;
      state.keep_reports(mark);
      if (new_place) {
        state.leaf(CstKind::kBroken, failure.offset, stop,
                   static_cast<uint8_t>(failure.expected));
      }
      state.leaf(CstKind::kHole, begin, stop);
      state.resume = stop;
      state.token_end = stop;
      state.blanks_end = stop;
      in.bump(stop - state.offset(in));
      return true;
    }
  }
};

// ---- nodes ----

template <CstKind K, typename... R>
struct node : pegtl::seq<R...> {
  static constexpr CstKind kind = K;
  static constexpr uint8_t detail = 0;
};
template <CstKind K, auto D, typename... R>
struct node_of : pegtl::seq<R...> {
  static constexpr CstKind kind = K;
  static constexpr uint8_t detail = static_cast<uint8_t>(D);
};

// A point of no return: R..., or Failure.
template <Expected E, typename... R>
struct named : pegtl::seq<R...> {
  static constexpr Expected expected = E;
};
template <Expected E, typename... R>
using want = pegtl::must<named<E, R...>>;
template <Expected E>
using give_up = want<E, pegtl::failure>;

template <typename... R>
struct token : pegtl::seq<R..., padding<false>> {};
// Behind an operator or a comma a line goes on.
template <typename... R>
struct sign : pegtl::seq<R..., padding<true>> {};
template <Literal L>
struct key : token<word<L>> {};
template <Literal L>
struct joint : sign<word<L>> {};

// PEGTL's hook around every rule: nodes, undoing, counting.
template <typename Rule>
struct control : pegtl::normal<Rule> {
  template <typename Input>
  [[noreturn]] static void raise(const Input& in, State& state) {
    throw Failure{Rule::expected, state.offset(in), state.round, state.curly};
  }

  KITLE_MATCH {
    ++state.steps;
    if constexpr (A != pegtl::apply_mode::action) {
      return base<A, M, Action, Control>(in, state);
    } else if constexpr (requires { Rule::kind; }) {
      return as_node<A, M, Action, Control>(in, state);
    } else {
      const Mark mark(state);
      if (base<A, M, Action, Control>(in, state)) return true;
      mark.undo(state);
      return false;
    }
  }

 private:
  template <pegtl::apply_mode A, pegtl::rewind_mode M,
            template <typename...> class Action,
            template <typename...> class Control, typename Input>
  static bool base(Input& in, State& state) {
    return pegtl::normal<Rule>::template match<A, M, Action, Control>(in,
                                                                      state);
  }

  template <pegtl::apply_mode A, pegtl::rewind_mode M,
            template <typename...> class Action,
            template <typename...> class Control, typename Input>
  static bool as_node(Input& in, State& state) {
    const Mark mark(state);
    const uint32_t at = static_cast<uint32_t>(state.nodes.size());
    const uint32_t begin = state.offset(in);
    const Scoped open(state.open, at);
    state.nodes.push_back({Rule::kind, Rule::detail, begin, begin, at + 1});
    if (!base<A, M, Action, Control>(in, state)) {
      mark.undo(state);
      return false;
    }
    CstNode& made = state.nodes[at];
    const uint32_t here = state.offset(in);
    const bool padded = here == state.blanks_end;
    made.end = std::max(begin, padded ? state.token_end : here);
    made.next = static_cast<uint32_t>(state.nodes.size());
    return true;
  }
};

}  // namespace kitle::matching

namespace tao::pegtl {

template <typename Name, auto length>
struct analyze_traits<Name, kitle::matching::scanned<length>>
    : analyze_any_traits<> {};
template <typename Name, auto holds>
struct analyze_traits<Name, kitle::matching::test<holds>>
    : analyze_opt_traits<> {};
template <typename Name, kitle::matching::Literal L>
struct analyze_traits<Name, kitle::matching::word<L>> : analyze_any_traits<> {};
template <typename Name, bool over_lines>
struct analyze_traits<Name, kitle::matching::padding<over_lines>>
    : analyze_opt_traits<> {};
template <typename Name, kitle::CstKind K, auto holds>
struct analyze_traits<Name, kitle::matching::note<K, holds>>
    : analyze_opt_traits<> {};
template <typename Name, typename... R>
struct analyze_traits<Name, kitle::matching::bracketed<R...>>
    : analyze_seq_traits<R...> {};
template <typename Name, typename... R>
struct analyze_traits<Name, kitle::matching::braced<R...>>
    : analyze_seq_traits<R...> {};
template <typename Name, typename... R>
struct analyze_traits<Name, kitle::matching::in_lines<R...>>
    : analyze_seq_traits<R...> {};
template <typename Name, typename... R>
struct analyze_traits<Name, kitle::matching::deeper<R...>>
    : analyze_seq_traits<R...> {};
// Recovery goes forward wherever its rule would not (skip_... in parse.cc).
template <typename Name, auto skip, typename... R>
struct analyze_traits<Name, kitle::matching::recover<skip, R...>>
    : analyze_seq_traits<R...> {};

}  // namespace tao::pegtl
