// See reference.h. The pieces, none of which the fast tiers use:
//   reference_people       a snapshot as plain values
//   reference_zone, _tzif  local time from the snapshot's zone bytes
//   reference_calendar     windows, anchors, ages
//   reference_text         folding and matching
//   reference_values       exact arithmetic
//   reference_walk         the walk itself
#include "compiler/reference.h"

#include "compiler/reference_walk.h"

namespace kitle {
namespace {

using reference::Answer;

void add_person(reference::Walk& walk, uint32_t ordinal,
                std::span<const uint32_t> segments, ReferenceAnswers& answers) {
  ++answers.profiles;
  for (size_t i = 0; i < segments.size(); ++i) {
    const Answer answer = walk.answer(segments[i]);
    ReferenceSegment& segment = answers.segments[i];
    if (answer.undecided) {
      segment.undecided.push_back(ordinal);
    } else if (answer.member) {
      segment.members.push_back(ordinal);
    }
  }
}

}  // namespace

Result<ReferenceAnswers> evaluate_reference(const Repository& repository,
                                            std::span<const uint32_t> segments,
                                            const Snapshot& snapshot,
                                            int64_t now) {
  const Settings& settings = snapshot.settings();
  auto rules = reference::read_tzif(snapshot.zone_bytes());
  if (!rules) return std::unexpected(rules.error());
  const reference::Calendar calendar(reference::ZoneClock(*std::move(rules)),
                                     now, settings.first_day_of_week);
  const reference::Texts texts(settings.locale);
  const auto people = reference::read_people(snapshot, repository.schema);
  if (!people) return std::unexpected(people.error());
  const Status healthy = snapshot.health();
  if (!healthy.ok()) return std::unexpected(healthy);
  ReferenceAnswers answers;
  answers.segments.resize(segments.size());
  for (const reference::Person& person : *people) {
    reference::Walk walk(repository, calendar, texts, person);
    add_person(walk, person.ordinal, segments, answers);
  }
  return answers;
}

}  // namespace kitle
