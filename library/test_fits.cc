// See test_fits.h.
#include "library/test_fits.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "compiler/explain_person.h"
#include "compiler/reference_walk.h"
#include "library/fit_values.h"
#include "library/test_words.h"
#include "runtime/eval/executor.h"

namespace kitle {
namespace {

uint32_t place_of(const Repository& repository, const std::string& fit) {
  const auto found = std::ranges::find(repository.fits, fit, &TypedFit::name);
  return static_cast<uint32_t>(found - repository.fits.begin());
}

void add(SegmentValues& values, const reference::Value& value) {
  if (const auto* number = std::get_if<double>(&value)) {
    values.numbers.push_back(*number);
    return;
  }
  const auto* fraction = std::get_if<reference::Fraction>(&value);
  values.tops.push_back(fraction != nullptr ? fraction->top
                                            : std::get<Int128>(value));
  values.bottoms.push_back(fraction != nullptr ? fraction->bottom : 1);
}

bool same(const std::optional<Fit::Dimension>& a,
          const std::optional<Fit::Dimension>& b) {
  if (!a || !b) return !a && !b;
  return a->cuts == b->cuts && a->sizes == b->sizes;
}

// Both say alike what a dimension's cuts are.
struct Ranked {
  std::optional<Fit::Dimension> bands;
  bool undecided = false;
  bool agreed = false;
};

Ranked ranked(const TypedFit::Dimension& dimension, SegmentValues engine,
              SegmentValues reference) {
  Ranked made;
  made.undecided = engine.undecided;
  made.agreed = engine.undecided == reference.undecided;
  if (made.undecided || !made.agreed) return made;
  made.bands = fitted(dimension, std::move(engine));
  made.agreed = same(made.bands, fitted(dimension, std::move(reference)));
  return made;
}

}  // namespace

Result<FittedPeople> FittedPeople::make(const Repository& repository,
                                        const TypedFitting& line) {
  std::vector<ToldPerson> all;
  for (const GivenPerson& each : line.people) {
    const ToldPerson person{each.events, each.attributes};
    all.insert(all.end(), each.count, person);
  }
  auto told = ToldPeople::make(repository, all);
  if (!told) return std::unexpected(told.error());
  auto people = reference::read_people(*(*told)->snapshot(), repository.schema);
  if (!people) return std::unexpected(people.error());
  return FittedPeople{*std::move(told), *std::move(people)};
}

Result<TestFits> TestFits::make(const LoadedRepository& loaded,
                                const std::vector<FittedPeople>& people) {
  TestFits fits(loaded);
  size_t line = 0;
  for (const TypedTest& test : loaded.repository.tests) {
    for (const TypedRun& run : test.runs) {
      for (const TypedFitting& each : run.fittings) {
        const Status status = fits.make_one(run, each, people[line++]);
        if (!status.ok()) return std::unexpected(status);
      }
    }
  }
  return fits;
}

Status TestFits::make_one(const TypedRun& run, const TypedFitting& line,
                          const FittedPeople& people) {
  const uint32_t index = place_of(repository(), line.fit);
  const TypedFit& of = repository().fits[index];
  const ChosenFits before = chosen(run, line.fits);
  Made& made = made_[&run].emplace_back();
  const bool missing = !missing_for(of, repository(), before).empty();
  if (missing) {
    made.failure = fmt::format(
        "`{}` asks for another fit, which no line above makes", of.name);
    return {};
  }
  const auto executor = parallel_executor(1);
  auto engine =
      ranked_values(repository(), before, index, people.told->snapshot(),
                    line.now, {executor.get(), nullptr, nullptr});
  if (!engine) return engine.error();
  auto reference = reference_values(before, index, people, line.now);
  if (!reference) return reference.error();
  Fit fit{.name = of.name, .now = line.now, .definition = of.definition};
  for (size_t i = 0; i < of.dimensions.size(); ++i) {
    Ranked each = ranked(of.dimensions[i], std::move((*engine)[i]),
                         std::move((*reference)[i]));
    if (!each.agreed) return differ(line);
    if (!each.bands) {
      made.failure = fmt::format(
          "`{}.{}` cannot be fitted: {}", of.name, of.dimensions[i].name,
          each.undecided ? "a value is too large to compute"
                         : "a cut is a fraction with too large a divisor");
      return {};
    }
    fit.dimensions.push_back(*std::move(each.bands));
  }
  fits_.push_back(std::move(fit));
  made.fit = &fits_.back();
  return {};
}

Result<std::vector<SegmentValues>> TestFits::reference_values(
    const ChosenFits& chosen, uint32_t fit, const FittedPeople& people,
    int64_t now) const {
  Repository repository = with_cuts(this->repository(), chosen);
  const size_t first = repository.segments.size();
  add_ranked(repository, fit);
  const auto zone = reference::read_tzif(people.told->snapshot()->zone_bytes());
  if (!zone) return std::unexpected(zone.error());
  const reference::Calendar calendar(reference::ZoneClock(*zone), now,
                                     repository.settings.first_day_of_week);
  const reference::Texts texts(repository.settings.locale);
  std::vector<SegmentValues> all(repository.segments.size() - first);
  for (const reference::Person& person : people.people) {
    const PersonView view{repository, loaded_->sources, calendar, texts,
                          person};
    for (size_t i = 0; i < all.size(); ++i) {
      reference::Walk walk = view.walk();
      const auto answer = walk.answer(static_cast<uint32_t>(first + i));
      all[i].undecided = all[i].undecided || answer.undecided;
      if (answer.undecided || !answer.member) continue;
      add(all[i], walk.value(*repository.segments[first + i].value));
    }
  }
  return all;
}

ChosenFits TestFits::chosen(const TypedRun& run,
                            const std::map<std::string, uint32_t>& fits) const {
  ChosenFits chosen = choose_fits(repository(), {}, 0);
  for (const auto& [name, line] : fits) {
    const Fit* fit = made_.at(&run)[line].fit;
    if (fit == nullptr) continue;
    const uint32_t place = place_of(repository(), name);
    chosen.fits[place] = fit;
    chosen.missing[place].clear();
  }
  return chosen;
}

std::vector<const Fit*> TestFits::of(
    const TypedRun& run, const std::map<std::string, uint32_t>& fits) const {
  if (fits.empty()) return {};
  return chosen(run, fits).fits;
}

std::vector<std::string> TestFits::failures(
    const TypedRun& run, const std::map<std::string, uint32_t>& fits) const {
  std::vector<std::string> all;
  for (const auto& [name, line] : fits) {
    const Made& made = made_.at(&run)[line];
    if (made.fit == nullptr) all.push_back(made.failure);
  }
  return all;
}

Status TestFits::differ(const TypedFitting& line) const {
  return {StatusCode::kCorrupt, "run the tests",
          loaded_->sources.file(line.span.file).path,
          fmt::format("line {}: the interpreter and the reference evaluator do "
                      "not fit alike; this is a mistake of Kitle",
                      line_of(loaded_->sources, line.span))};
}

}  // namespace kitle
