// See kitle/why.h.
#include "kitle/why.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "compiler/explain_person.h"
#include "library/fits_in_use.h"
#include "library/rules.h"
#include "library/why_question.h"
#include "library/why_sentence.h"
#include "runtime/time/bounds.h"
#include "service/store.h"

namespace kitle {
namespace {

constexpr uint32_t kMostDays = 4000;

// A key as it may have been meant: without blanks around it, in the other case.
std::vector<std::string> similar_keys(const std::string& key) {
  const size_t begin = key.find_first_not_of(" \t");
  if (begin == std::string::npos) return {};
  const std::string bare =
      key.substr(begin, key.find_last_not_of(" \t") + 1 - begin);
  std::string lower = bare;
  std::string upper = bare;
  for (char& c : lower)
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  for (char& c : upper)
    c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return {bare, lower, upper};
}

Status unknown_person(const Rules& rules, const Store& store,
                      const std::string& key) {
  std::string hint;
  for (const std::string& similar : similar_keys(key)) {
    const auto there = store.ordinal_of(similar);
    if (hint.empty() && there && *there) {
      hint = fmt::format("; did you mean `{}`?", similar);
    }
  }
  return {StatusCode::kNotFound, "find the person", "",
          fmt::format("there is no {} `{}`{}",
                      rules.impl().loaded.repository.schema.profile_name, key,
                      hint)};
}

Result<reference::Person> person_of(const Rules& rules, const Store& store,
                                    const std::string& key) {
  const auto ordinal = store.ordinal_of(key);
  if (!ordinal) return std::unexpected(ordinal.error());
  if (!*ordinal) return std::unexpected(unknown_person(rules, store, key));
  const Snapshot& snapshot = *store.impl().snapshot;
  auto person = reference::read_person(
      snapshot, rules.impl().loaded.repository.schema, **ordinal);
  if (!person) return std::unexpected(person.error());
  const Status healthy = snapshot.health();
  if (!healthy.ok()) return std::unexpected(healthy);
  if (!*person) return std::unexpected(unknown_person(rules, store, key));
  return **std::move(person);
}

// The one that the person is in; else the one that cannot be decided; nothing
// where not all were asked and it is neither.
std::optional<uint32_t> stage_of(const PersonView& view,
                                 const Question& asked) {
  reference::Walk walk = view.walk();
  std::optional<uint32_t> undecided;
  for (uint32_t i = asked.segment + asked.count; i-- > asked.segment;) {
    const reference::Answer answer = walk.answer(i);
    if (answer.member && !answer.undecided) return i;
    if (answer.undecided) undecided = i;
  }
  return undecided;
}

int64_t end_of(const WhyOptions& options) {
  const int64_t days = std::min(options.days, kMostDays);
  return options.now + days * microseconds(StepUnit::kDay);
}

Why explained(const PersonView& view, uint32_t index,
              const WhyOptions& options) {
  const Repository& repository = view.repository;
  const TypedSegment& segment = repository.segments[index];
  Why why;
  why.key = options.key;
  why.segment = segment.name;
  why.title = segment.title;
  why.stages = segment.stages;
  why.now = options.now;
  why.time_zone = repository.settings.time_zone;
  why.condition = explain_segment(view, index, options.events);
  why.undecided = why.condition.undecided;
  why.member = !why.undecided && why.condition.holds;
  why.change = explain_change(view, index, end_of(options));
  const ValueWords words(repository.settings, view.calendar);
  why.local_now = words.time(options.now);
  why.sentence = sentence_of(why, repository);
  return why;
}

Result<Why> explained_segment(const PersonView& view, const Question& asked,
                              const WhyOptions& options) {
  const auto index = stage_of(view, asked);
  if (!index && !asked.missing.empty()) {
    return std::unexpected(lacks_fit(options.segment, asked.missing));
  }
  return explained(view, index.value_or(asked.segment), options);
}

// The view's repository is that of the question.
Result<Why> explained_score(const PersonView& view, ScoreQuestion& asked,
                            const WhyOptions& options) {
  Why why = explained(view, asked.present, options);
  why.score = true;
  reference::Walk walk = view.walk();
  const auto& segments = asked.repository.segments;
  const reference::Value value =
      walk.value(*segments[asked.present].condition->args[0]);
  if (why.undecided || reference::is_missing(value)) {
    why.sentence = sentence_of(why, view.repository);
    return why;
  }
  const uint32_t same = asked.add_same(value);
  why.change = explain_change(view, same, end_of(options));
  why.sentence = sentence_of(why, view.repository);
  return why;
}

}  // namespace

Result<Why> explain_person(const Rules& rules, const Store& store,
                           const WhyOptions& options) {
  const Status known = check_now(options.now);
  if (!known.ok()) return std::unexpected(known);
  const LoadedRepository& loaded = rules.impl().loaded;
  const auto fitted = rules.impl().at(options.now);
  auto asked = why_question(rules, options.segment, *fitted);
  if (!asked) return std::unexpected(asked.error());
  const Snapshot& snapshot = *store.impl().snapshot;
  const Settings& settings = snapshot.settings();
  const Status same = check_settings(loaded.repository.settings, settings);
  if (!same.ok()) return std::unexpected(same);
  auto zone = reference::read_tzif(snapshot.zone_bytes());
  if (!zone) return std::unexpected(zone.error());
  const auto person = person_of(rules, store, options.key);
  if (!person) return std::unexpected(person.error());
  const reference::Calendar calendar(reference::ZoneClock(*std::move(zone)),
                                     options.now, settings.first_day_of_week);
  const reference::Texts texts(settings.locale);
  const PersonView view{
      asked->score ? asked->score->repository : fitted->repository(),
      loaded.sources, calendar, texts, *person};
  auto why = asked->score ? explained_score(view, *asked->score, options)
                          : explained_segment(view, *asked, options);
  if (!why) return why;
  why->action = rules.impl().action_of(why->segment);
  why->snapshot = store.snapshot();
  auto stale = stale_fits(
      fits_in_use(loaded.repository, fitted->chosen(), asked->segments()),
      options.now, snapshot);
  if (!stale) return std::unexpected(stale.error());
  why->warnings = std::move(*stale);
  return why;
}

}  // namespace kitle
