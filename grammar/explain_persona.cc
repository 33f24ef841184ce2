// What to say of a line of a persona or a score, or of a guard, that is none.
#include "grammar/broken.h"

namespace kitle {

void explain_persona(const BrokenPlace& place) {
  using Id = DiagnosticId;
  switch (place.expected()) {
    case Expected::kLookBack:
      return place.near(Id::kExpectedLookBack, {"ever"});
    case Expected::kPointsWord:
      return place.near(Id::kExpectedPoints, {"points", "point"});
    case Expected::kPointsFor:
      return place.near(Id::kExpectedPointsFor, {"for", "per", "when"});
    case Expected::kADay:
      return place.near(Id::kExpectedADay, {"a day", "in all"});
    case Expected::kEvery:
      return place.near(Id::kExpectedEvery, {"every"});
    case Expected::kMemberWhen:
      return place.near(Id::kExpectedMemberWhen, {"when"});
    case Expected::kDimension:
      return place.near(Id::kExpectedDimension, {"refit"});
    case Expected::kBands:
      return place.near(Id::kExpectedBands,
                        {"bands", "by", "cuts", "quantile"});
    case Expected::kBetter:
      return place.near(Id::kExpectedBetter, {"less", "more"});
    case Expected::kGuard:
      return place.near(Id::kExpectedGuard, {"excludes", "implies", "equals",
                                             "size", "between", "at"});
    case Expected::kTopBy:
      return place.near(Id::kExpectedTopBy, {"percent", "by"});
    default:  // kPersonaLine
      return place.near(Id::kExpectedPersonaLine,
                        {"look", "halving", "member", "at"});
  }
}

}  // namespace kitle
