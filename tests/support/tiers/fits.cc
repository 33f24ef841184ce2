// See fits.h.
#include "tests/support/tiers/fits.h"

#include <fmt/format.h>

#include <boost/multiprecision/cpp_int.hpp>
#include <deque>
#include <map>

#include "compiler/compile.h"
#include "compiler/fit.h"
#include "compiler/reference_people.h"
#include "compiler/reference_walk.h"
#include "runtime/eval/bind.h"
#include "runtime/eval/executor.h"
#include "runtime/eval/run.h"

namespace kitle::testing {
namespace {

using Exact = boost::multiprecision::cpp_rational;

// Doubles are fractions, too.
std::optional<Exact> exact(const reference::Value& value) {
  if (const auto* whole = std::get_if<Int128>(&value)) return Exact(*whole);
  if (const auto* number = std::get_if<double>(&value)) return Exact(*number);
  if (const auto* fraction = std::get_if<reference::Fraction>(&value)) {
    return Exact(boost::multiprecision::cpp_int(fraction->top)) /
           Exact(boost::multiprecision::cpp_int(fraction->bottom));
  }
  return std::nullopt;
}

Exact exact(const Cut& cut, ValueType type) {
  if (type == ValueType::kNumber) return Exact(cut.number);
  return Exact(boost::multiprecision::cpp_int(cut.top)) / Exact(cut.bottom);
}

// How many people have each value; and whether somebody's cannot be computed.
struct Values {
  std::map<Exact, uint64_t> people;
  uint64_t all = 0;
  bool undecided = false;
};

// The best value whose middle rank is at most `share` of everyone.
std::optional<Exact> defined_cut(const Values& values, bool less,
                                 const Share& share) {
  std::optional<Exact> best;
  for (const auto& [value, equal] : values.people) {
    uint64_t worse = 0;
    for (const auto& [other, people] : values.people) {
      const bool is_worse = less ? other > value : other < value;
      if (is_worse) worse += people;
    }
    const Exact rank = Exact(worse) + Exact(equal + 1) / 2;
    const bool at_most =
        rank <= Exact(values.all) * share.top / Exact(share.bottom);
    const bool better = !best || (less ? value < *best : value > *best);
    if (at_most && better) best = value;
  }
  return best;
}

uint64_t at_or_worse(const Values& values, bool less,
                     const std::optional<Exact>& cut) {
  uint64_t sum = 0;
  for (const auto& [value, people] : values.people) {
    const bool counts = cut && (less ? value >= *cut : value <= *cut);
    if (counts) sum += people;
  }
  return sum;
}

class BothFits {
 public:
  BothFits(const Repository& repository,
           const std::shared_ptr<const Snapshot>& snapshot, int64_t now)
      : repository_(repository), snapshot_(snapshot), now_(now) {
    chosen_.fits.resize(repository.fits.size(), nullptr);
    chosen_.missing.resize(repository.fits.size(), "not fitted");
  }

  Result<Repository> run() {
    auto people = reference::read_people(*snapshot_, repository_.schema);
    if (!people) return std::unexpected(people.error());
    people_ = std::move(*people);
    for (uint32_t i = 0; i < repository_.fits.size(); ++i) {
      const Status status = fit(i);
      if (!status.ok()) return std::unexpected(status);
    }
    return with_cuts(repository_, chosen_);
  }

 private:
  Status fit(uint32_t index) {
    const TypedFit& of = repository_.fits[index];
    if (!missing_for(of, repository_, chosen_).empty()) return {};
    const Repository ready = with_cuts(repository_, chosen_);
    auto programs = by_program(index);
    if (!programs) return programs.error();
    Fit made{.name = of.name};
    bool undecided = false;
    for (size_t i = 0; i < of.dimensions.size(); ++i) {
      const auto defined = by_definition(ready, ready.fits[index], i);
      if (!defined) return defined.error();
      SegmentValues& values = (*programs)[i];
      if (defined->undecided != values.undecided) return differs(of, i, "who");
      undecided = undecided || values.undecided;
      if (values.undecided) continue;
      auto bands = fitted(of.dimensions[i], std::move(values));
      if (!bands) return differs(of, i, "whether there is one");
      const Status same = compare(of, i, *defined, *bands);
      if (!same.ok()) return same;
      made.dimensions.push_back(std::move(*bands));
    }
    if (undecided) return {};
    made_.push_back(std::move(made));
    chosen_.fits[index] = &made_.back();
    chosen_.missing[index].clear();
    return {};
  }

  Result<std::vector<SegmentValues>> by_program(uint32_t index) const {
    Repository repository = with_cuts(repository_, chosen_);
    CompileOptions options;
    options.segments = add_ranked(repository, index);
    const auto program =
        std::make_shared<const Program>(compile(repository, options));
    const PreparedProgram prepared(*program);
    const auto binding = Binding::make(program, snapshot_, now_);
    if (!binding) return std::unexpected(binding.error());
    const auto executor = serial_executor();
    return run_values(**binding, prepared, {executor.get(), nullptr, nullptr});
  }

  Result<Values> by_definition(const Repository& ready, const TypedFit& of,
                               size_t dimension) const {
    const Settings& settings = snapshot_->settings();
    auto zone = reference::read_tzif(snapshot_->zone_bytes());
    if (!zone) return std::unexpected(zone.error());
    const reference::Calendar calendar(reference::ZoneClock(*std::move(zone)),
                                       now_, settings.first_day_of_week);
    const reference::Texts texts(settings.locale);
    Values found;
    for (const reference::Person& person : people_) {
      reference::Walk walk(ready, calendar, texts, person);
      const bool ranked = walk.holds(*of.population);
      const auto value = exact(walk.value(*of.dimensions[dimension].value));
      found.undecided = walk.take_undecided() || found.undecided;
      if (!ranked || !value) continue;
      ++found.people[*value];
      ++found.all;
    }
    return found;
  }

  static Status compare(const TypedFit& of, size_t dimension,
                        const Values& values, const Fit::Dimension& bands) {
    const TypedFit::Dimension& written = of.dimensions[dimension];
    uint64_t before = 0;
    for (size_t i = 0; i < written.shares.size(); ++i) {
      const auto cut = defined_cut(values, written.less, written.shares[i]);
      const bool there = bands.cuts[i].has_value();
      const bool same =
          there == cut.has_value() &&
          (!there || exact(*bands.cuts[i], written.value->type) == *cut);
      if (!same) return differs(of, dimension, "a cut");
      const uint64_t until = at_or_worse(values, written.less, cut);
      if (bands.sizes[i] != until - before) {
        return differs(of, dimension, "a size");
      }
      before = until;
    }
    if (bands.sizes.back() == values.all - before) return {};
    return differs(of, dimension, "the last size");
  }

  static Status differs(const TypedFit& of, size_t dimension,
                        const char* what) {
    return {StatusCode::kCorrupt, "fit", of.name,
            fmt::format("{}: {} is not as defined",
                        of.dimensions[dimension].name, what)};
  }

  const Repository& repository_;
  std::shared_ptr<const Snapshot> snapshot_;
  int64_t now_;
  std::vector<reference::Person> people_;
  std::deque<Fit> made_;
  ChosenFits chosen_;
};

}  // namespace

Result<Repository> fitted_alike(const Repository& repository,
                                const std::shared_ptr<const Snapshot>& snapshot,
                                int64_t now) {
  return BothFits(repository, snapshot, now).run();
}

}  // namespace kitle::testing
