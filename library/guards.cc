// See kitle/guards.h.
#include "kitle/guards.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "compiler/relations.h"
#include "library/rules.h"
#include "library/test_words.h"
#include "library/witness.h"

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

std::vector<uint32_t> breaking(GuardKind kind, const Members& first,
                               const Members& second) {
  const std::vector<uint32_t> a = first.ordinals();
  const std::vector<uint32_t> b = second.ordinals();
  std::vector<uint32_t> found;
  switch (kind) {
    case GuardKind::kExcludes:
      std::ranges::set_intersection(a, b, std::back_inserter(found));
      break;
    case GuardKind::kImplies:
      std::ranges::set_difference(a, b, std::back_inserter(found));
      break;
    case GuardKind::kEquals:
      std::ranges::set_symmetric_difference(a, b, std::back_inserter(found));
      break;
    case GuardKind::kSize:
      break;
  }
  return found;
}

// Where they are who break it.
std::string place_of(GuardKind kind, const std::string& first,
                     const std::string& second) {
  if (kind == GuardKind::kExcludes) {
    return fmt::format("in both `{}` and `{}`", first, second);
  }
  if (kind == GuardKind::kEquals) {
    return fmt::format("in only one of `{}` and `{}`", first, second);
  }
  return fmt::format("in `{}` and not in `{}`", first, second);
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
    const std::vector<uint32_t> people =
        breaking(guard.kind, first.members, second.members);
    made.people = people.size();
    made.found = fmt::format("{} {}", made.people,
                             place_of(guard.kind, first.name, second.name));
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

namespace {

// Beyond these none is looked for.
constexpr size_t kMostWitnesses = 20;

// Who breaks a guard, as a test asks for it.
std::string breaking_condition(const TypedGuard& guard, const std::string& a,
                               const std::string& b) {
  if (guard.kind == GuardKind::kExcludes) {
    return fmt::format("in {} and in {}", a, b);
  }
  std::string first = fmt::format("in {} and not in {}", a, b);
  if (guard.kind == GuardKind::kImplies) return first;
  return fmt::format("({}) or (in {} and not in {})", first, b, a);
}

std::string witness_against(const Rules& rules, const TypedGuard& guard) {
  const auto& segments = rules.impl().loaded.repository.segments;
  return find_witness(rules, {guard.first, guard.second},
                      breaking_condition(guard, segments[guard.first].name,
                                         segments[guard.second].name));
}

}  // namespace

RelationReport relations_of(const Rules& rules) {
  const LoadedRepository& loaded = rules.impl().loaded;
  const auto& segments = loaded.repository.segments;
  const ProvenRelations proven = find_relations(loaded.repository);
  RelationReport report;
  report.undecided = proven.undecided;
  for (const ProvenRelation& each : proven.all) {
    const bool results =
        !segments[each.first].is_private && !segments[each.second].is_private;
    if (!results) continue;
    report.relations.push_back(
        {segments[each.first].name, each.kind, segments[each.second].name});
  }
  size_t asked = 0;
  for (size_t i = 0; i < proven.guards.size(); ++i) {
    const TypedGuard& guard = loaded.repository.guards[i];
    GuardInfo& made =
        report.guards.emplace_back(info_of(guard, loaded.sources));
    made.proven = proven.guards[i];
    const bool open = !made.proven && guard.kind != GuardKind::kSize;
    if (open && ++asked <= kMostWitnesses) {
      made.sought = true;
      made.witness = witness_against(rules, guard);
    }
  }
  return report;
}

Result<std::vector<GuardVerdict>> judge_guards(const Rules& rules,
                                               const Store& store,
                                               const RunResult& result) {
  return Judge(rules, store, result).judge();
}

}  // namespace kitle
