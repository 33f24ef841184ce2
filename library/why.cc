// See kitle/why.h.
#include "kitle/why.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "compiler/explain_person.h"
#include "library/rules.h"
#include "library/stale.h"
#include "library/store.h"
#include "library/why_sentence.h"

namespace kitle {
namespace {

constexpr uint32_t kMostDays = 4000;

// What was asked for.
struct Question {
  uint32_t segment = 0;
  const TypedStages* stages = nullptr;  // asked for as a whole
};

Result<Question> question(const Rules& rules, const std::string& name) {
  const Repository& repository = rules.impl().loaded.repository;
  const auto stages =
      std::ranges::find(repository.stages, name, &TypedStages::name);
  if (stages != repository.stages.end()) {
    return Question{stages->first, &*stages};
  }
  const auto segment =
      std::ranges::find(repository.segments, name, &TypedSegment::name);
  if (segment == repository.segments.end()) {
    return std::unexpected(unknown_segment(rules, name));
  }
  return Question{static_cast<uint32_t>(segment - repository.segments.begin())};
}

// One, or all stages: who is in one of them is in none before it.
std::vector<uint32_t> segments_of(const Question& asked) {
  const uint32_t count = asked.stages == nullptr ? 1 : asked.stages->count;
  std::vector<uint32_t> segments(count);
  std::iota(segments.begin(), segments.end(), asked.segment);
  return segments;
}

// Why one of them is undecided for everyone; "" if none is.
std::string missing_fit(const Repository& repository,
                        const std::vector<uint32_t>& segments) {
  for (const uint32_t each : segments) {
    const std::string& reason = repository.segments[each].undecided;
    if (!reason.empty()) return reason;
  }
  return "";
}

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

// The one that the person is in; else the one that cannot be decided.
uint32_t stage_of(const PersonView& view, const TypedStages& stages) {
  reference::Walk walk = view.walk();
  uint32_t undecided = stages.first;
  for (uint32_t i = stages.first + stages.count; i-- > stages.first;) {
    const reference::Answer answer = walk.answer(i);
    if (answer.member && !answer.undecided) return i;
    if (answer.undecided) undecided = i;
  }
  return undecided;
}

Why explained(const PersonView& view, const Question& asked,
              const WhyOptions& options) {
  const Repository& repository = view.repository;
  const uint32_t index =
      asked.stages != nullptr ? stage_of(view, *asked.stages) : asked.segment;
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
  const int64_t days = std::min(options.days, kMostDays);
  why.change = explain_change(
      view, index, options.now + days * microseconds(StepUnit::kDay));
  const ValueWords words(repository.settings, view.calendar);
  why.local_now = words.time(options.now);
  why.sentence = sentence_of(why, repository);
  return why;
}

}  // namespace

Result<Why> explain_person(const Rules& rules, const Store& store,
                           const WhyOptions& options) {
  const auto asked = question(rules, options.segment);
  if (!asked) return std::unexpected(asked.error());
  const LoadedRepository& loaded = rules.impl().loaded;
  const auto fitted = rules.impl().at(options.now);
  const std::vector<uint32_t> segments = segments_of(*asked);
  const std::string missing = missing_fit(fitted->repository(), segments);
  if (!missing.empty()) {
    return std::unexpected(
        Status(StatusCode::kUnsupported, "explain", "",
               fmt::format("`{}` is undecided: {}", options.segment, missing)));
  }
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
  Why why = explained(
      {fitted->repository(), loaded.sources, calendar, texts, *person}, *asked,
      options);
  why.snapshot = store.snapshot();
  auto stale = stale_fits(loaded.repository, fitted->chosen(), segments,
                          options.now, snapshot);
  if (!stale) return std::unexpected(stale.error());
  why.warnings = std::move(*stale);
  return why;
}

}  // namespace kitle
