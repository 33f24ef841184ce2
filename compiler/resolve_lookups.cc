// Tests of a table's column -> which keys have such a row
// (compiler/check_lookup.h).
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "compiler/check_expr.h"
#include "compiler/check_lookup.h"
#include "runtime/eval/match.h"
#include "runtime/eval/wide_math.h"

namespace kitle {

namespace {

constexpr uint64_t kRowsOfNode = 100;  // see kMaxCopiedNodes
using RowTest = std::function<bool(size_t row)>;

bool is_lookup(const Typed& tree) { return tree.kind == TypedKind::kLookup; }

bool is_lookup(const TypedPtr& tree) { return tree && is_lookup(*tree); }

bool holds(Comparison comparison, int sign) {
  switch (comparison) {
    case Comparison::kEqual:
      return sign == 0;
    case Comparison::kLess:
      return sign < 0;
    case Comparison::kLessEqual:
      return sign <= 0;
    case Comparison::kGreater:
      return sign > 0;
    case Comparison::kGreaterEqual:
      return sign >= 0;
  }
  return false;
}

int sign_of(Int128 left, Int128 right) {
  return left < right ? -1 : left > right ? 1 : 0;
}

int sign_of(double left, double right) {
  return left < right ? -1 : left > right ? 1 : 0;
}

TextMatch match_of(TextTest test) { return static_cast<TextMatch>(test); }

const LookupColumn& column_of(const CheckContext& context,
                              const Typed& lookup) {
  return context.tables[lookup.index]
      .columns[static_cast<size_t>(lookup.integer)];
}

// By what a row is looked up: by the table's key, or by the place of its text
// among all of the column in the order of code points.
class RowKeys {
 public:
  RowKeys(CheckContext& context, const Typed& lookup)
      : table_(context.tables[lookup.index]) {
    if (is_place_of_text(*lookup.args[0])) find_places(context, lookup);
  }
  static RowKeys places(CheckContext& context, const Typed& lookup) {
    RowKeys made(context, lookup);
    made.find_places(context, lookup);
    return made;
  }

  bool are_integers() const {
    return by_place_ || !table_.key->integers.empty();
  }
  // False where the key is there already.
  bool add(size_t row, Typed& made) {
    const LookupColumn& key = *table_.key;
    if (by_place_) {
      const int64_t at = place(row);
      if (!added_.insert(at).second) return false;
      made.integers.push_back(at);
    } else if (key.integers.empty()) {
      made.texts.push_back(table_.file->cell(row, key.place).text);
    } else {
      made.integers.push_back(key.integers[row]);
    }
    return true;
  }
  const std::string& text(size_t row) const { return texts_[row]; }
  int64_t place(size_t row) const {
    return std::ranges::lower_bound(sorted_, texts_[row]) - sorted_.begin();
  }

 private:
  void find_places(CheckContext& context, const Typed& lookup) {
    by_place_ = true;
    const LookupColumn& column = column_of(context, lookup);
    const Nfc& nfc = context.forms().nfc();
    for (size_t row = 0; row < table_.file->rows(); ++row) {
      const bool missing = table_.missing(row, column);
      texts_.push_back(
          missing ? "" : nfc.of(table_.file->cell(row, column.place).text));
      if (!missing) sorted_.push_back(texts_.back());
    }
    std::ranges::sort(sorted_);
    sorted_.erase(std::ranges::unique(sorted_).begin(), sorted_.end());
  }

  const Lookup& table_;
  bool by_place_ = false;
  std::vector<std::string> texts_;  // by row
  std::vector<std::string> sorted_;
  std::unordered_set<int64_t> added_;
};

class Resolver {
 public:
  explicit Resolver(CheckContext& context) : context_(context) {}

  bool root(TypedPtr& tree) {
    const bool value = is_lookup(tree) && tree->type != ValueType::kFlag;
    return value || this->tree(tree);
  }
  bool value(TypedPtr& tree) {
    return is_lookup(tree) ? looked_up(tree) : this->tree(tree);
  }
  bool events(TypedEvents& events) {
    const uint32_t outer = std::exchange(event_, events.event);
    bool sound = !events.where || tree(events.where);
    if (events.measured) sound = measured(events.measured) && sound;
    event_ = outer;
    for (auto* anchor : {&events.after, &events.before}) {
      if (!anchor->has_value() || !(*anchor)->moment) continue;
      sound = value((*anchor)->moment) && sound;
    }
    return sound;
  }

 private:
  bool tree(TypedPtr& tree) {
    if (is_lookup(tree)) return alone(tree);
    if (tree->events && !events(*tree->events)) return false;
    if (tree->sequence && !steps(*tree->sequence)) return false;
    const bool tests = !is_connective(*tree) &&
                       std::ranges::any_of(tree->args, [](const TypedPtr& arg) {
                         return is_lookup(arg);
                       });
    return tests ? test(tree) : parts(*tree);
  }

  static bool is_connective(const Typed& tree) {
    return tree.kind == TypedKind::kAnd || tree.kind == TypedKind::kOr ||
           tree.kind == TypedKind::kNot;
  }

  bool parts(Typed& tree) {
    bool sound = true;
    for (TypedPtr& arg : tree.args) sound = this->tree(arg) && sound;
    return sound;
  }

  // What is not tested against something written is a value.
  bool as_values(Typed& tree) {
    if (tree.kind == TypedKind::kCompare && is_textual(tree.args[0]->type)) {
      return as_texts(tree);
    }
    bool sound = true;
    for (TypedPtr& arg : tree.args) sound = value(arg) && sound;
    return sound;
  }

  // What a measure is of. Of texts it compares exactly, and takes the smallest.
  bool measured(TypedPtr& lookup) {
    if (!is_lookup(lookup)) return true;  // that of a `let`
    if (!is_textual(lookup->type)) return looked_up(lookup);
    const RowKeys places = RowKeys::places(context_, *lookup);
    return by_key(lookup, [&](size_t row, Typed& made) {
      made.cells.push_back(places.text(row));
      made.values.push_back(places.place(row));
    });
  }

  bool looked_up(TypedPtr& lookup) {
    const ValueType type = lookup->type;
    if (is_textual(type) || type == ValueType::kNumber) return refuse(*lookup);
    const LookupColumn& column = column_of(*lookup);
    return by_key(lookup, [&](size_t row, Typed& made) {
      made.values.push_back(column.integers[row]);
    });
  }

  // In place of the lookup: what `add` takes of each row that has the value.
  template <class Add>
  bool by_key(TypedPtr& lookup, Add add) {
    const Lookup& table = context_.tables[lookup->index];
    const LookupColumn& column = column_of(*lookup);
    const size_t rows = table.file->rows();
    if (!context_.may_copy(rows / kRowsOfNode, lookup->span)) return false;
    RowKeys keys(context_, *lookup);
    auto made = std::make_unique<Typed>();
    made->kind = TypedKind::kLookedUp;
    made->index = lookup->index + 1;
    made->type = lookup->type;
    made->span = lookup->span;
    for (size_t row = 0; row < rows; ++row) {
      if (table.missing(row, column)) continue;
      if (keys.add(row, *made)) add(row, *made);
    }
    made->args.push_back(std::move(lookup->args.front()));
    lookup = std::move(made);
    return value(lookup->args.front());  // the key may be looked up itself
  }

  // ---- a column of texts against another text ----

  // An integer for all texts that compare as one.
  class Forms {
   public:
    Forms(const TextForms& forms, Folding folding)
        : forms_(forms), folding_(folding) {}
    // The integer, and whether the text is the first one that has it.
    std::pair<int64_t, bool> of(const std::string& text) {
      const auto next = static_cast<int64_t>(known_.size());
      const auto [place, fresh] =
          known_.emplace(forms_.form(text, folding_), next);
      return {place->second, fresh};
    }

   private:
    const TextForms& forms_;
    Folding folding_;
    std::unordered_map<std::string, int64_t> known_;
  };

  // Both sides become the integers of what they fold to.
  bool as_texts(Typed& tree) {
    const bool text = tree.args[0]->type == ValueType::kText;
    const bool any_case =
        is_any_case(*tree.args[0]) || is_any_case(*tree.args[1]);
    Forms forms(context_.forms(),
                folding_of(text ? TypeKind::kText : TypeKind::kCode, any_case));
    std::vector<std::string> texts;
    bool sound = true;
    for (TypedPtr& arg : tree.args) {
      if (is_lookup(arg)) sound = cells(arg, forms, texts) && sound;
    }
    for (TypedPtr& arg : tree.args) {
      if (arg->kind == TypedKind::kLookedUp) continue;
      sound = sound && this->tree(arg);
      if (sound) itself(arg, any_case, texts);
    }
    return sound;
  }

  bool cells(TypedPtr& lookup, Forms& forms, std::vector<std::string>& texts) {
    const TableFile& file = *context_.tables[lookup->index].file;
    const LookupColumn& column = column_of(*lookup);
    return by_key(lookup, [&](size_t row, Typed& made) {
      made.cells.push_back(file.cell(row, column.place).text);
      const auto [number, fresh] = forms.of(made.cells.back());
      made.values.push_back(number);
      if (fresh) texts.push_back(made.cells.back());
    });
  }

  // A text as one of those of the other side, or none of them.
  static void itself(TypedPtr& text, bool any_case,
                     const std::vector<std::string>& texts) {
    auto made = std::make_unique<Typed>();
    made->kind = TypedKind::kLookedUp;
    made->type = text->type;
    made->span = text->span;
    made->any_case = any_case;
    made->texts = texts;
    made->cells = texts;
    for (size_t i = 0; i < texts.size(); ++i) {
      made->values.push_back(static_cast<int64_t>(i));
    }
    made->args.push_back(std::move(text));
    text = std::move(made);
  }

  bool is_any_case(const Typed& tree) const {
    const Schema& schema = context_.schema;
    if (is_lookup(tree)) return column_of(tree).column.any_case;
    if (tree.kind == TypedKind::kAttribute) {
      return schema.attributes[tree.index].any_case;
    }
    const uint32_t event = tree.events ? tree.events->event : event_;
    const bool column = tree.kind == TypedKind::kProperty || tree.events;
    return column && schema.event(event).columns[tree.index].any_case;
  }

  // Two steps are compared by what each event has itself.
  bool steps(TypedSequence& sequence) {
    bool sound = true;
    for (TypedStep& step : sequence.steps) {
      sound = events(step.events) && sound;
      for (StepComparison& each : step.comparisons) {
        for (TypedPtr* side : {&each.own, &each.other}) {
          sound = (is_lookup(*side) ? refuse(**side) : tree(*side)) && sound;
        }
      }
    }
    return sound;
  }

  // A flag is a condition by itself.
  bool alone(TypedPtr& lookup) {
    if (lookup->type != ValueType::kFlag) return refuse(*lookup);
    const Lookup& table = context_.tables[lookup->index];
    const LookupColumn& column = column_of(*lookup);
    Typed& node = *lookup;
    return replace(lookup, node, [&](size_t row) {
      return !table.missing(row, column) && column.integers[row] != 0;
    });
  }

  bool refuse(const Typed& lookup) {
    context_.report(DiagnosticId::kLookupAlone, lookup.span,
                    {context_.quote(lookup.span)});
    return false;
  }

  const LookupColumn& column_of(const Typed& lookup) const {
    return kitle::column_of(context_, lookup);
  }

  bool test(TypedPtr& tree) {
    const bool left = is_lookup(tree->args[0]);
    Typed& lookup = *tree->args[left ? 0 : 1];
    RowTest of_row = row_test(*tree, lookup);
    if (!of_row) return as_values(*tree);
    const Lookup& table = context_.tables[lookup.index];
    const LookupColumn& column = column_of(lookup);
    return replace(tree, lookup, [&](size_t row) {
      return !table.missing(row, column) && of_row(row);
    });
  }

  // Of a row that has the value; none where it cannot be said before a run.
  RowTest row_test(const Typed& tree, const Typed& lookup) {
    if (tree.kind == TypedKind::kPresent) return [](size_t) { return true; };
    if (tree.kind == TypedKind::kCompare) return comparison(tree, lookup);
    if (tree.kind == TypedKind::kTextTest) {
      return text_test(lookup, tree.test, {tree.text});
    }
    if (tree.kind == TypedKind::kInTexts) {
      return text_test(lookup, TextTest::kIs, tree.texts);
    }
    if (tree.kind == TypedKind::kInIntegers) {
      return in_integers(lookup, tree.integers);
    }
    const bool window = tree.kind == TypedKind::kInWindow;
    return window ? in_window(lookup, tree.window) : nullptr;
  }

  RowTest comparison(const Typed& tree, const Typed& lookup) const {
    const bool left = tree.args[0].get() == &lookup;
    const Typed& other = *tree.args[left ? 1 : 0];
    if (!is_constant(other)) return nullptr;
    const LookupColumn& column = column_of(lookup);
    return [&column, &other, left, how = tree.comparison](size_t row) {
      const int sign = order(column, row, other);
      return holds(how, left ? sign : -sign);
    };
  }

  // Integers against written decimals exactly, numbers as they are stored.
  static int order(const LookupColumn& column, size_t row,
                   const Typed& written) {
    if (column.numbers.empty()) {
      return sign_of(Int128{column.integers[row]} * written.denominator,
                     written.integer);
    }
    const double value = column.numbers[row];
    if (written.type == ValueType::kNumber) {
      return sign_of(value, written.number);
    }
    const auto sign = compare_exactly(written.integer, value);
    return sign < 0 ? 1 : sign > 0 ? -1 : 0;
  }

  RowTest text_test(const Typed& lookup, TextTest test,
                    std::vector<std::string> texts) {
    const LookupColumn& column = column_of(lookup);
    const SetParam param{.match = match_of(test),
                         .type = column.column.type,
                         .any_case = column.column.any_case,
                         .texts = std::move(texts)};
    auto matcher = std::make_shared<TextMatcher>(param, context_.forms());
    const TableFile* file = context_.tables[lookup.index].file;
    const Nfc& nfc = context_.forms().nfc();
    return [matcher, file, &column, &nfc](size_t row) {
      return matcher->matches(nfc.of(file->cell(row, column.place).text));
    };
  }

  RowTest in_integers(const Typed& lookup, std::vector<int64_t> values) const {
    std::ranges::sort(values);
    const LookupColumn& column = column_of(lookup);
    return [&column, values = std::move(values)](size_t row) {
      return std::ranges::binary_search(values, column.integers[row]);
    };
  }

  // Written days of dates, written instants of times: others need `now`.
  RowTest in_window(const Typed& lookup, const WindowSpec& window) const {
    const bool date = lookup.type == ValueType::kDate;
    const WindowForm form = date ? WindowForm::kDates : WindowForm::kInstants;
    if (window.form != form) return nullptr;
    const int64_t first = date ? window.first_day : window.first;
    const int64_t last = date ? window.last_day : window.last;
    const LookupColumn& column = column_of(lookup);
    return [&column, first, last](size_t row) {
      return first <= column.integers[row] && column.integers[row] <= last;
    };
  }

  // `tree`, which tests `lookup`, by the keys of the rows that pass.
  bool replace(TypedPtr& tree, Typed& lookup, const RowTest& passes) {
    const Lookup& table = context_.tables[lookup.index];
    const size_t rows = table.file->rows();
    if (!context_.may_copy(rows / kRowsOfNode, tree->span)) return false;
    RowKeys keys(context_, lookup);
    auto set = std::make_unique<Typed>();
    set->kind =
        keys.are_integers() ? TypedKind::kInIntegers : TypedKind::kInTexts;
    set->span = tree->span;
    set->index = lookup.index + 1;
    size_t found = 0;
    for (size_t row = 0; row < rows; ++row) {
      if (!passes(row)) continue;
      keys.add(row, *set);
      ++found;
    }
    set->text =
        fmt::format("{}, {} of {} rows of {}", context_.quote(tree->span),
                    found, rows, table.name);
    set->args.push_back(std::move(lookup.args.front()));
    if (found == 0) warn_none(*tree, table);
    tree = found == 0 ? never(std::move(set)) : std::move(set);
    return this->tree(tree);  // the key may be looked up itself
  }

  void warn_none(const Typed& tree, const Lookup& table) {
    context_.report(DiagnosticId::kNoRow, tree.span,
                    {table.name, context_.quote(tree.span)});
  }

  // False for everyone; what the key needs is still asked for.
  static TypedPtr never(TypedPtr set) {
    set->kind = TypedKind::kPresent;
    auto no = std::make_unique<Typed>();
    no->span = set->span;
    auto both = std::make_unique<Typed>();
    both->kind = TypedKind::kAnd;
    both->span = set->span;
    both->args.push_back(std::move(set));
    both->args.push_back(std::move(no));
    return both;
  }

  CheckContext& context_;
  uint32_t event_ = 0;  // inside of whose `where`
};

}  // namespace

std::optional<uint32_t> table_of(const Typed& tree) {
  const bool made = tree.index > 0 && (tree.kind == TypedKind::kInTexts ||
                                       tree.kind == TypedKind::kInIntegers ||
                                       tree.kind == TypedKind::kLookedUp);
  if (!made) return std::nullopt;
  return tree.index - 1;
}

bool resolve_lookups(CheckContext& context, TypedPtr& tree) {
  return Resolver(context).root(tree);
}

bool resolve_lookups(CheckContext& context, TypedEvents& events) {
  return Resolver(context).events(events);
}

bool resolve_value(CheckContext& context, TypedPtr& tree) {
  return Resolver(context).value(tree);
}

}  // namespace kitle
