// The rows; see format_shape.h.
#include "grammar/format_shape.h"

namespace kitle::formatting {

// As long as there are kinds: one switch.
Shape shape_of(CstKind kind) {
  constexpr Shape kFlow;
  constexpr Shape kWord{.inner = Inner::kWord};
  constexpr Shape kPart{.role = Role::kPart};
  constexpr Shape kSign{.role = Role::kSign};
  constexpr Shape kConnector{.role = Role::kConnector};
  constexpr Shape kItem{
      .role = Role::kItem, .cell = Cell::kSecondWord, .lines = true};
  switch (kind) {
    // Never in a text without mistakes.
    case CstKind::kBroken:
    case CstKind::kSlipCase:
    case CstKind::kSlipGlued:
    case CstKind::kSlipThe:
    case CstKind::kSlipComma:
    case CstKind::kSlipText:
    case CstKind::kHole:
    case CstKind::kLater:
    case CstKind::kMissingAnd:
    case CstKind::kSurplusTail:
    case CstKind::kAnyStep:
    case CstKind::kBareLast:
    case CstKind::kSignMoney:
    case CstKind::kDateSlip:
    case CstKind::kThousands:
    case CstKind::kStringSlip:
      return kFlow;

    // Declarations.
    case CstKind::kPrivate:
    case CstKind::kDeprecated:
    case CstKind::kParam:
    case CstKind::kTemplate:
    case CstKind::kLibrary:
    case CstKind::kUseArgument:
    case CstKind::kArgumentName:
    case CstKind::kUseAs:
    case CstKind::kEventParam:
    case CstKind::kPropertyParam:
    case CstKind::kAttributeParam:
    case CstKind::kProfile:
    case CstKind::kTable:
    case CstKind::kSource:
    case CstKind::kSegment:
    case CstKind::kStages:
    case CstKind::kTest:
    case CstKind::kFixture:
    case CstKind::kPersona:
    case CstKind::kScore:
      return kFlow;
    case CstKind::kEvent:
      return {.cell = Cell::kBrace};
    case CstKind::kUse:
    case CstKind::kGuard:
      return {.lines = true};
    case CstKind::kSessions:
      return {.lines = true};
    case CstKind::kGroupOfEvents:
      return {.inner = Inner::kElements, .lines = true};
    case CstKind::kExcludes:
    case CstKind::kImplies:
    case CstKind::kEquals:
    case CstKind::kSizeBetween:
    case CstKind::kSizeAtLeast:
    case CstKind::kSizeAtMost:
    case CstKind::kSizePercent:
      return kFlow;
    case CstKind::kLet:
      return {.cell = Cell::kThirdWord, .lines = true};
    case CstKind::kTitle:
    case CstKind::kPlural:
    case CstKind::kCountedBy:
    case CstKind::kType:
    case CstKind::kListOf:
    case CstKind::kPersonal:
    case CstKind::kKey:
    case CstKind::kAnyCase:
      return kFlow;

    // Items of bodies.
    case CstKind::kColumn:
    case CstKind::kCsv:
    case CstKind::kCsvItem:
    case CstKind::kSourceLine:
      return kItem;
    case CstKind::kDimension:
      return {.role = Role::kItem, .inner = Inner::kElements, .lines = true};
    case CstKind::kFiles:
      return {.role = Role::kItem,
              .inner = Inner::kElements,
              .cell = Cell::kSecondWord,
              .lines = true};
    case CstKind::kStage:
      return {.role = Role::kItem, .cell = Cell::kParts, .lines = true};
    case CstKind::kOnlyRows:
    case CstKind::kInto:
    case CstKind::kLookBack:
    case CstKind::kPoints:
    case CstKind::kPointsLimit:
    case CstKind::kHalving:
    case CstKind::kRefit:
    case CstKind::kMember:
      return {.role = Role::kItem, .lines = true};
    case CstKind::kTestNow:
    case CstKind::kTestLater:
    case CstKind::kTestGiven:
    case CstKind::kTestFact:
    case CstKind::kTestExpect:
    case CstKind::kCases:
    case CstKind::kGivenValue:
      return {.role = Role::kItem, .lines = true};
    case CstKind::kCase:
      return {.role = Role::kItem, .cell = Cell::kParts, .lines = true};
    case CstKind::kDateParts:
    case CstKind::kCaseValues:
    case CstKind::kFittedOn:
    case CstKind::kParameters:
    case CstKind::kCall:
      return {.inner = Inner::kElements};
    case CstKind::kWhen:
    case CstKind::kOtherwise:
    case CstKind::kFrom:
    case CstKind::kIsValue:
    case CstKind::kRowNumber:
    case CstKind::kSplit:
    case CstKind::kFormat:
    case CstKind::kUnixSeconds:
    case CstKind::kUnixMilliseconds:
    case CstKind::kZone:
    case CstKind::kOrMissing:
    case CstKind::kRounded:
    case CstKind::kUndecided:
    case CstKind::kAgoInstant:
    case CstKind::kAheadInstant:
    case CstKind::kDayInstant:
    case CstKind::kAtInstant:
    case CstKind::kPer:
    case CstKind::kDifferentOf:
    case CstKind::kADay:
    case CstKind::kInAll:
    case CstKind::kPopulation:
    case CstKind::kDimensionValue:
    case CstKind::kBands:
    case CstKind::kQuantile:
    case CstKind::kLessIsBetter:
    case CstKind::kMoreIsBetter:
      return kFlow;

    // Conditions.
    case CstKind::kChain:
      return {.inner = Inner::kChain};
    case CstKind::kAnd:
    case CstKind::kOr:
      return kConnector;
    case CstKind::kOperatorTail:
    case CstKind::kBetweenTail:
    case CstKind::kInTail:
    case CstKind::kContainsTail:
    case CstKind::kIsMissing:
    case CstKind::kIsPresent:
      return kPart;
    case CstKind::kOperator:
      return {.role = Role::kOperator};
    case CstKind::kNot:
    case CstKind::kCompare:
    case CstKind::kQuantified:
    case CstKind::kQuantifier:
    case CstKind::kDifferent:
    case CstKind::kDaysWith:
    case CstKind::kGroup:
    case CstKind::kInSegment:
    case CstKind::kInTop:
    case CstKind::kEveryone:
      return kFlow;

    // Event clauses and windows.
    case CstKind::kSame:
      return {.role = Role::kPart, .inner = Inner::kElements};
    case CstKind::kStep:
    case CstKind::kWithinStep:
    case CstKind::kAllWithin:
    case CstKind::kWhere:
    case CstKind::kAnchor:
    case CstKind::kWithin:
    case CstKind::kMoreThan:
    case CstKind::kWindow:
    case CstKind::kSpan:
      return kPart;
    case CstKind::kEventName:
    case CstKind::kRowsOf:
    case CstKind::kStepName:
    case CstKind::kNoStep:
    case CstKind::kAfter:
    case CstKind::kBefore:
    case CstKind::kEver:
    case CstKind::kLast:
    case CstKind::kNext:
    case CstKind::kEach:
    case CstKind::kThis:
    case CstKind::kPrevious:
    case CstKind::kToday:
    case CstKind::kYesterday:
    case CstKind::kMonth:
    case CstKind::kDateBetween:
    case CstKind::kSince:
    case CstKind::kUntil:
    case CstKind::kPeriod:
    case CstKind::kAgo:
    case CstKind::kGap:
      return kFlow;

    // Values.
    case CstKind::kPlus:
    case CstKind::kMinus:
    case CstKind::kTimes:
    case CstKind::kOver:
      return kSign;
    case CstKind::kNegate:
      return {.inner = Inner::kGlued};
    case CstKind::kList:
      return {.inner = Inner::kTight};
    case CstKind::kTableFile:
    case CstKind::kSum:
    case CstKind::kProduct:
    case CstKind::kBracket:
    case CstKind::kQuantity:
    case CstKind::kPercent:
    case CstKind::kPropertyOf:
    case CstKind::kPercentOf:
    case CstKind::kPercentSign:
    case CstKind::kMeasure:
    case CstKind::kMeasureWord:
    case CstKind::kMoment:
    case CstKind::kFirst:
    case CstKind::kFinal:
    case CstKind::kMomentOf:
    case CstKind::kColumnOf:
    case CstKind::kDaysSince:
    case CstKind::kDaysUntil:
    case CstKind::kTimeSince:
    case CstKind::kAgeOf:
    case CstKind::kLengthOf:
    case CstKind::kBirthdayOf:
    case CstKind::kRounding:
    case CstKind::kTotal:
      return kFlow;
    case CstKind::kYear:
    case CstKind::kUnit:
    case CstKind::kNumber:
    case CstKind::kCurrency:
    case CstKind::kDate:
    case CstKind::kDateTime:
    case CstKind::kString:
    case CstKind::kFlag:
    case CstKind::kPath:
    case CstKind::kClock:
      return kWord;
  }
  return kFlow;
}

}  // namespace kitle::formatting
