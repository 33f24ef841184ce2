// See kitle/guards.h.
#include "kitle/guards.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "compiler/relations.h"
#include "library/rules.h"
#include "library/test_words.h"

namespace kitle {
namespace {

GuardInfo info_of(const TypedGuard& guard, const SourceSet& sources) {
  return {.text = words_of(sources, guard.span),
          .file = sources.file(guard.span.file).path,
          .line = line_of(sources, guard.span)};
}

bool personal_keys(const Syntax& syntax) {
  return std::ranges::any_of(syntax.profiles, [](const ProfileDecl& profile) {
    return std::ranges::any_of(profile.columns, [](const ColumnDecl& each) {
      return each.type.key && each.type.personal;
    });
  });
}

// Who is in the first and, as `in_second` says, in the second or not.
std::vector<uint32_t> breaking(const Members& first, const Members& second,
                               bool in_second) {
  const std::vector<uint32_t> a = first.ordinals();
  const std::vector<uint32_t> b = second.ordinals();
  std::vector<uint32_t> found;
  if (in_second) {
    std::ranges::set_intersection(a, b, std::back_inserter(found));
  } else {
    std::ranges::set_difference(a, b, std::back_inserter(found));
  }
  return found;
}

class Judge {
 public:
  Judge(const Rules& rules, const Store& store, const RunResult& result)
      : repository_(rules.impl().loaded.repository),
        sources_(rules.impl().loaded.sources),
        store_(store),
        result_(result),
        personal_(personal_keys(rules.impl().loaded.syntax)) {}

  Result<std::vector<GuardVerdict>> judge() {
    std::vector<GuardVerdict> all;
    for (const TypedGuard& each : repository_.guards) {
      const SegmentResult* first = segment(each.first);
      const SegmentResult* second = segment(each.second);
      if (first == nullptr || second == nullptr) continue;
      auto verdict = of(each, *first, *second);
      if (!verdict) return std::unexpected(verdict.error());
      all.push_back(*std::move(verdict));
    }
    return all;
  }

 private:
  const SegmentResult* segment(uint32_t index) const {
    const auto found =
        std::ranges::find(result_.segments, repository_.segments[index].name,
                          &SegmentResult::name);
    return found == result_.segments.end() ? nullptr : &*found;
  }

  Result<GuardVerdict> of(const TypedGuard& guard, const SegmentResult& first,
                          const SegmentResult& second) const {
    GuardVerdict made{.guard = info_of(guard, sources_)};
    for (const SegmentResult* each : {&first, &second}) {
      if (!each->undecided) continue;
      made.outcome = GuardVerdict::Outcome::kUndecided;
      made.found = fmt::format("`{}` is undecided", each->name);
      return made;
    }
    if (guard.kind == GuardKind::kSize) {
      size(guard, first, made);
      return made;
    }
    const Status status = pair(guard, first, second, made);
    if (!status.ok()) return std::unexpected(status);
    return made;
  }

  void size(const TypedGuard& guard, const SegmentResult& segment,
            GuardVerdict& made) const {
    made.people = segment.members.size();
    if (!is_within(guard, made.people, result_.profiles)) {
      made.outcome = GuardVerdict::Outcome::kBroken;
    }
    const double share = result_.profiles == 0
                             ? 0
                             : 100.0 * static_cast<double>(made.people) /
                                   static_cast<double>(result_.profiles);
    made.found = fmt::format("`{}` has {} of {} people", segment.name,
                             made.people, result_.profiles);
    if (guard.percent) made.found += fmt::format(", {:.2f} percent", share);
  }

  Status pair(const TypedGuard& guard, const SegmentResult& first,
              const SegmentResult& second, GuardVerdict& made) const {
    const bool excludes = guard.kind == GuardKind::kExcludes;
    const std::vector<uint32_t> people =
        breaking(first.members, second.members, excludes);
    made.people = people.size();
    made.found = excludes ? fmt::format("{} in both `{}` and `{}`", made.people,
                                        first.name, second.name)
                          : fmt::format("{} in `{}` and not in `{}`",
                                        made.people, first.name, second.name);
    if (people.empty()) return {};
    made.outcome = GuardVerdict::Outcome::kBroken;
    if (personal_) return {};
    auto key = store_.key_of(people.front());
    if (!key) return key.error();
    made.witness = *std::move(key);
    made.found += fmt::format(", such as `{}`", made.witness);
    return {};
  }

  const Repository& repository_;
  const SourceSet& sources_;
  const Store& store_;
  const RunResult& result_;
  bool personal_;
};

}  // namespace

RelationReport relations_of(const Rules& rules) {
  const LoadedRepository& loaded = rules.impl().loaded;
  const auto& segments = loaded.repository.segments;
  const ProvenRelations proven = find_relations(loaded.repository);
  RelationReport report;
  report.complete = proven.complete;
  for (const ProvenRelation& each : proven.all) {
    report.relations.push_back(
        {segments[each.first].name, each.kind, segments[each.second].name});
  }
  for (size_t i = 0; i < proven.guards.size(); ++i) {
    report.guards.push_back(
        info_of(loaded.repository.guards[i], loaded.sources));
    report.guards.back().proven = proven.guards[i];
  }
  return report;
}

Result<std::vector<GuardVerdict>> judge_guards(const Rules& rules,
                                               const Store& store,
                                               const RunResult& result) {
  return Judge(rules, store, result).judge();
}

}  // namespace kitle
