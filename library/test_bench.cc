// See test_bench.h.
#include "library/test_bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <span>

#include "compiler/compile.h"
#include "library/given_bands.h"
#include "library/given_needs.h"
#include "runtime/eval/bind.h"
#include "runtime/eval/point.h"

namespace kitle {
namespace {

bool bit(const std::vector<uint64_t>& words, size_t at) {
  return (words[at / 64] >> (at % 64) & 1) != 0;
}

// No segment can be called so.
std::string condition_name(size_t number) {
  return fmt::format("condition {}", number);
}

// One program, asked about one person at a time.
class Questions {
 public:
  Questions(const Repository& repository, const std::vector<Asked>& asked,
            std::shared_ptr<const Snapshot> snapshot)
      : snapshot_(std::move(snapshot)) {
    CompileOptions options;
    for (const Asked& each : asked) {
      options.segments.push_back(repository.segments[each.segment].name);
    }
    program_ = std::make_shared<const Program>(compile(repository, options));
    prepared_ = std::make_shared<const PreparedProgram>(*program_);
  }

  Result<Verdict> ask(const Asked& asked, const std::string& name) {
    const Status ready = stand_at(asked.now);
    if (!ready.ok()) return std::unexpected(ready);
    std::vector<uint64_t> members(query_->words());
    std::vector<uint64_t> undecided(query_->words());
    const Status status = query_->evaluate(asked.person, members, undecided);
    if (!status.ok()) return std::unexpected(status);
    const auto found = std::ranges::find(program_->segments, name);
    const auto at = static_cast<size_t>(found - program_->segments.begin());
    if (bit(undecided, at)) return Verdict::kUndecided;
    return bit(members, at) ? Verdict::kHolds : Verdict::kHoldsNot;
  }

 private:
  // Lines mostly share their instant with the line before.
  Status stand_at(int64_t now) {
    if (query_ && now_ == now) return {};
    auto binding = Binding::make(program_, snapshot_, now);
    if (!binding) return binding.error();
    query_ = std::make_unique<PointQuery>(*binding, prepared_, nullptr);
    now_ = now;
    return {};
  }

  std::shared_ptr<const Snapshot> snapshot_;
  std::shared_ptr<const Program> program_;
  std::shared_ptr<const PreparedProgram> prepared_;
  std::unique_ptr<PointQuery> query_;
  int64_t now_ = 0;
};

}  // namespace

Result<std::shared_ptr<const TestPeople>> TestPeople::make(
    const Repository& repository) {
  std::vector<ToldPerson> all;
  std::vector<FittedPeople> fitted;
  for (const TypedTest& test : repository.tests) {
    for (const TypedRun& run : test.runs) {
      for (const TypedExpectation& each : run.expectations) {
        all.push_back(
            {std::span(run.events).first(each.events), each.attributes});
      }
      for (const TypedFitting& each : run.fittings) {
        auto made = FittedPeople::make(repository, each);
        if (!made) return std::unexpected(made.error());
        fitted.push_back(*std::move(made));
      }
    }
  }
  auto told = ToldPeople::make(repository, all);
  if (!told) return std::unexpected(told.error());
  auto people = reference::read_people(*(*told)->snapshot(), repository.schema);
  if (!people) return std::unexpected(people.error());
  return std::make_shared<const TestPeople>(
      *std::move(told), *std::move(people), std::move(fitted));
}

Result<std::unique_ptr<TestBench>> TestBench::make(
    LoadedRepository loaded, std::shared_ptr<const TestPeople> people,
    const std::function<void(TestBench&)>& add) {
  std::unique_ptr<TestBench> bench(new TestBench());
  bench->loaded_ = std::move(loaded);
  bench->people_ = std::move(people);
  if (bench->people_ == nullptr) {
    auto made = TestPeople::make(bench->repository());
    if (!made) return std::unexpected(made.error());
    bench->people_ = *std::move(made);
  }
  auto fits = TestFits::make(bench->loaded_, bench->people_->fitted);
  if (!fits) return std::unexpected(fits.error());
  bench->fits_ = std::make_unique<const TestFits>(*std::move(fits));
  bench->add_expectations();
  if (add) add(*bench);
  bench->leave_fits_out();
  const Status status = bench->make_calendars();
  if (!status.ok()) return std::unexpected(status);
  return bench;
}

uint32_t TestBench::add_condition(TypedPtr condition, Span span) {
  auto& segments = loaded_.repository.segments;
  TypedSegment made;
  made.name = condition_name(segments.size());
  made.title = made.name;
  made.condition = std::move(condition);
  made.span = span;
  segments.push_back(std::move(made));
  return static_cast<uint32_t>(segments.size()) - 1;
}

uint32_t TestBench::add_persona(TypedPersona persona) {
  auto& personas = loaded_.repository.personas;
  personas.push_back(std::move(persona));
  return static_cast<uint32_t>(personas.size()) - 1;
}

TypedPtr TestBench::given_condition(TypedExpectation& expected,
                                    const Given& given) {
  if (given.empty()) return std::move(expected.condition);
  return in_place(given).put(std::move(expected.condition));
}

void TestBench::add_expectations() {
  uint32_t person = 0;
  std::vector<TypedTest>& tests = loaded_.repository.tests;
  own_segments_ = static_cast<uint32_t>(repository().segments.size());
  asked_.resize(tests.size());
  for (size_t test = 0; test < tests.size(); ++test) {
    for (TypedRun& run : tests[test].runs) {
      for (TypedExpectation& each : run.expectations) {
        asked_[test].push_back(asked_of(test, run, each));
        asked_[test].back().person = person++;
      }
    }
  }
}

Asked TestBench::asked_of(size_t test, TypedRun& run,
                          TypedExpectation& expected) {
  Asked made{.test = test,
             .run = &run,
             .now = expected.now,
             .undecided = expected.undecided,
             .span = expected.span,
             .given = {expected.bands, fits_->of(run, expected.fits)},
             .needs = fits_->failures(run, expected.fits)};
  for (const auto& [name, line] : expected.fits) {
    made.fitted.push_back(run.fittings[line].span);
  }
  made.segment =
      add_condition(given_condition(expected, made.given), expected.span);
  const Typed& condition = *repository().segments[made.segment].condition;
  made.reached = reached(condition);
  std::ranges::move(needs_of(repository(), condition),
                    std::back_inserter(made.needs));
  return made;
}

// A test depends on nothing but what it tells.
void TestBench::leave_fits_out() {
  Repository& repository = loaded_.repository;
  if (!repository.fits.empty()) {
    put_cuts(repository, choose_fits(repository, {}, 0));
  }
}

Status TestBench::make_calendars() {
  const Settings& settings = repository().settings;
  const std::string_view zone = people_->told->snapshot()->zone_bytes();
  const auto rules = reference::read_tzif(zone);
  if (!rules) return rules.error();
  for (const auto& of_test : asked_) {
    for (const Asked& each : of_test) {
      if (calendars_.contains(each.now)) continue;
      calendars_.emplace(
          each.now, reference::Calendar(reference::ZoneClock(*rules), each.now,
                                        settings.first_day_of_week));
    }
  }
  texts_ = std::make_unique<reference::Texts>(settings.locale);
  return {};
}

Result<std::vector<Verdict>> TestBench::ask_program(
    const std::vector<Asked>& asked) const {
  std::vector<Verdict> verdicts;
  if (asked.empty()) return verdicts;
  Questions questions(repository(), asked, people_->told->snapshot());
  for (const Asked& each : asked) {
    const TypedSegment& segment = repository().segments[each.segment];
    if (!segment.undecided.empty()) {
      verdicts.push_back(Verdict::kUndecided);
      continue;
    }
    const auto verdict = questions.ask(each, segment.name);
    if (!verdict) return std::unexpected(verdict.error());
    verdicts.push_back(*verdict);
  }
  return verdicts;
}

Verdict TestBench::ask_reference(const Asked& asked) const {
  if (!repository().segments[asked.segment].undecided.empty()) {
    return Verdict::kUndecided;
  }
  const reference::Answer answer = view(asked).walk().answer(asked.segment);
  if (answer.undecided) return Verdict::kUndecided;
  return answer.member ? Verdict::kHolds : Verdict::kHoldsNot;
}

Reached TestBench::reached(const Typed& condition) const {
  Reached all = reached_from(repository(), condition);
  for (const auto& [copy, own] : origins_) {
    if (all.segments[copy]) all.segments[own] = true;
  }
  for (uint32_t i = 0; i < own_segments_; ++i) {
    const TypedSegment& segment = repository().segments[i];
    if (all.personas.contains(segment.name)) all.segments[i] = true;
  }
  all.segments.resize(own_segments_);
  return all;
}

bool TestBench::is_meant(size_t test, const std::string& filter) const {
  const std::string& title = repository().tests[test].title;
  if (title.find(filter) != std::string::npos) return true;
  return std::ranges::any_of(asked_[test], [&](const Asked& asked) {
    if (asked.reached.scores.contains(filter)) return true;
    const std::vector<bool>& reached = asked.reached.segments;
    for (size_t i = 0; i < reached.size(); ++i) {
      const TypedSegment& segment = repository().segments[i];
      const bool named = segment.name == filter || segment.stages == filter;
      if (reached[i] && named) return true;
    }
    return false;
  });
}

namespace {

std::vector<RuleText> texts_of(const LoadedRepository& loaded) {
  std::vector<RuleText> texts;
  for (uint32_t i = 0; i < loaded.sources.size(); ++i) {
    const SourceFile& file = loaded.sources.file(i);
    texts.push_back({file.path, file.text});
  }
  return texts;
}

}  // namespace

LoadedRepository load_again(const LoadedRepository& loaded) {
  return load_texts(texts_of(loaded), nullptr);
}

LoadedRepository load_with(const LoadedRepository& loaded, uint32_t file,
                           std::string text) {
  std::vector<RuleText> texts = texts_of(loaded);
  texts[file].text = std::move(text);
  return load_texts(std::move(texts), nullptr);
}

}  // namespace kitle
