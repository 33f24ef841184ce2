// Fits in place of what is fitted (compiler/fit.h).
#include <fmt/format.h>

#include <algorithm>

#include "compiler/fit.h"

namespace kitle {

namespace {

constexpr uint32_t kNobody = UINT32_MAX;

bool is_fitted_test(const Typed& tree) {
  return tree.kind == TypedKind::kCompare &&
         tree.args[1]->kind == TypedKind::kFitted;
}

// Which fit a tree needs that is missing; `segment` and `persona` answer for
// what it refers to. kNobody: none.
template <class Segment, class Persona>
uint32_t first_missing(const Typed& tree, const ChosenFits& chosen,
                       Segment&& segment, Persona&& persona) {
  uint32_t found = kNobody;
  if (tree.kind == TypedKind::kFitted && chosen.fits[tree.index] == nullptr) {
    found = tree.index;
  } else if (tree.kind == TypedKind::kSegment) {
    found = segment(tree.index);
  } else if (tree.kind == TypedKind::kPoints) {
    found = persona(tree.index);
  }
  for (const TypedPtr& arg : tree.args) {
    if (found != kNobody) return found;
    found = first_missing(*arg, chosen, segment, persona);
  }
  return found;
}

// Of each segment and persona, which missing fit it needs.
class MissingFits {
 public:
  MissingFits(const Repository& repository, const ChosenFits& chosen)
      : repository_(repository),
        chosen_(chosen),
        segments_(repository.segments.size(), kUnasked),
        personas_(repository.personas.size(), kUnasked) {}

  uint32_t of_segment(uint32_t index) {
    uint32_t& known = segments_[index];
    if (known == kUnasked) {
      known = of(*repository_.segments[index].condition);
    }
    return segments_[index];
  }

  uint32_t of_persona(uint32_t index) {
    if (personas_[index] != kUnasked) return personas_[index];
    uint32_t found = kNobody;
    for (const TypedPointsLine& line : repository_.personas[index].lines) {
      if (found == kNobody && line.condition) found = of(*line.condition);
    }
    personas_[index] = found;
    return found;
  }

  uint32_t of(const Typed& tree) {
    return first_missing(
        tree, chosen_, [this](uint32_t index) { return of_segment(index); },
        [this](uint32_t index) { return of_persona(index); });
  }

 private:
  static constexpr uint32_t kUnasked = UINT32_MAX - 1;

  const Repository& repository_;
  const ChosenFits& chosen_;
  std::vector<uint32_t> segments_;
  std::vector<uint32_t> personas_;
};

// `value > cut`; where there is no cut, everyone with a value is better.
void put_cut(Typed& test, const ChosenFits& chosen) {
  Typed& place = *test.args[1];
  const Fit* fit = chosen.fits[place.index];
  if (fit == nullptr) return;
  const auto& dimension =
      fit->dimensions[static_cast<size_t>(place.denominator)];
  const auto& cut = dimension.cuts[static_cast<size_t>(place.integer)];
  if (!cut) {
    test.kind = TypedKind::kPresent;
    test.args.pop_back();
    return;
  }
  place.kind = TypedKind::kConstant;
  place.index = 0;
  place.text.clear();
  place.integer = cut->top;
  place.denominator = cut->bottom;
  place.number = cut->number;
}

TypedPtr nobody(Span span) {
  auto made = std::make_unique<Typed>();
  made->kind = TypedKind::kConstant;
  made->type = ValueType::kFlag;
  made->span = span;
  return made;
}

TypedFit copy(const TypedFit& fit) {
  TypedFit made{.name = fit.name,
                .population = clone(*fit.population),
                .refit = fit.refit,
                .span = fit.span,
                .definition = fit.definition};
  for (const TypedFit::Dimension& each : fit.dimensions) {
    made.dimensions.push_back(
        {each.name, clone(*each.value), each.less, each.shares});
  }
  return made;
}

const Fit* newest(std::span<const Fit> fits, const TypedFit& wanted,
                  int64_t now) {
  const Fit* best = nullptr;
  for (const Fit& each : fits) {
    const bool fits_here = each.name == wanted.name && each.now <= now &&
                           each.definition == wanted.definition;
    if (fits_here && (best == nullptr || best->now < each.now)) best = &each;
  }
  return best;
}

std::string why_missing(std::span<const Fit> fits, const TypedFit& wanted,
                        int64_t now) {
  bool later = false;
  bool other = false;
  for (const Fit& each : fits) {
    if (each.name != wanted.name) continue;
    later = later || each.now > now;
    other = other || each.now <= now;
  }
  if (other) {
    return fmt::format(
        "`{}` was fitted before its definition changed: run `kitle fit`",
        wanted.name);
  }
  return fmt::format("`{}` is not fitted{}: run `kitle fit`", wanted.name,
                     later ? " at this instant, only later" : "");
}

}  // namespace

ChosenFits choose_fits(const Repository& repository, std::span<const Fit> fits,
                       int64_t now) {
  ChosenFits chosen;
  for (const TypedFit& each : repository.fits) {
    const Fit* found = newest(fits, each, now);
    chosen.fits.push_back(found);
    chosen.missing.push_back(found == nullptr ? why_missing(fits, each, now)
                                              : "");
  }
  return chosen;
}

void put_cuts(Typed& tree, const ChosenFits& chosen) {
  if (is_fitted_test(tree)) put_cut(tree, chosen);
  for (const TypedPtr& arg : tree.args) put_cuts(*arg, chosen);
}

void put_cuts(Repository& repository, const ChosenFits& chosen) {
  MissingFits missing(repository, chosen);
  for (uint32_t i = 0; i < repository.segments.size(); ++i) {
    const uint32_t fit = missing.of_segment(i);
    if (fit == kNobody) continue;
    repository.segments[i].undecided = chosen.missing[fit];
  }
  for (TypedSegment& segment : repository.segments) {
    if (!segment.undecided.empty()) {
      segment.condition = nobody(segment.condition->span);
    }
    put_cuts(*segment.condition, chosen);
  }
  for (TypedPersona& persona : repository.personas) {
    for (TypedPointsLine& line : persona.lines) {
      if (line.condition) put_cuts(*line.condition, chosen);
    }
  }
  for (TypedFit& fit : repository.fits) {
    put_cuts(*fit.population, chosen);
    for (TypedFit::Dimension& each : fit.dimensions)
      put_cuts(*each.value, chosen);
  }
}

Repository with_cuts(const Repository& repository, const ChosenFits& chosen) {
  Repository made;
  made.settings = repository.settings;
  made.schema = repository.schema;
  made.store = repository.store;
  made.stages = repository.stages;
  made.declared = repository.declared;
  made.guards = repository.guards;
  for (const TypedSegment& each : repository.segments) {
    TypedSegment segment;
    segment.name = each.name;
    segment.title = each.title;
    segment.stages = each.stages;
    segment.is_private = each.is_private;
    segment.condition = clone(*each.condition);
    segment.span = each.span;
    made.segments.push_back(std::move(segment));
  }
  for (const TypedPersona& each : repository.personas) {
    made.personas.push_back(clone(each));
  }
  for (const TypedFit& each : repository.fits) made.fits.push_back(copy(each));
  put_cuts(made, chosen);
  return made;
}

std::string missing_for(const TypedFit& fit, const Repository& repository,
                        const ChosenFits& chosen) {
  MissingFits missing(repository, chosen);
  uint32_t found = missing.of(*fit.population);
  for (const TypedFit::Dimension& each : fit.dimensions) {
    if (found == kNobody) found = missing.of(*each.value);
  }
  return found == kNobody ? "" : chosen.missing[found];
}

}  // namespace kitle
