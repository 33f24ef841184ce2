// What the grammar matched: a flat tree of places in the text, in the order
// of the text, made by match_text(). The builder (build.h) turns it into the
// syntax tree; nothing here knows PEGTL.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace kitle {

enum class CstKind : uint8_t {
  // Reports: slips that the grammar goes on after. Never children.
  kBroken,     // detail: Expected; begin: where; end: where it goes on
  kSlipCase,   // a keyword in capitals; detail: length of the right one
  kSlipGlued,  // a number directly before a letter
  kSlipThe,    // `in the last`
  kSlipComma,  // between lines of a source
  kSlipText,   // not closed, or not between straight quotes
  kLastReport = kSlipText,
  kHole,  // takes the place of what a failure left out
  // Declarations.
  kProfile,
  kEvent,
  kGroupOfEvents,  // kPath, kTitle, kPlural, kEventName...
  kSessions,       // kPath, kTitle, kPlural, kEventName, kGap
  kGap,            // kNumber, kUnit; or kPath
  kTable,          // kPath, kTitle, kString, kPath (the key), kColumn...
  kSource,
  kPrivate,  // before what its own file alone uses
  kSegment,
  kStages,  // kPath, kTitle, kStage...
  kStage,   // kPath, kTitle, then kWhen or kOtherwise
  kOtherwise,
  kDeprecated,    // kString: what to use instead
  kTemplate,      // kPath, kParameters, kDeprecated, kChain
  kParameters,    // kParam...
  kLibrary,       // kPath, kParameters
  kUse,           // kPath or kString, kUseArgument..., kUseAs
  kUseArgument,   // kArgumentName, then a value
  kArgumentName,  // kPath
  kUseAs,         // kPath
  kParam,         // kPath, kType or one of the next, maybe a value
  kEventParam,
  kPropertyParam,   // kPath, kType
  kAttributeParam,  // kType
  kPersona,         // kPath, kTitle, then lines
  kLookBack,        // kEver, or kNumber and kUnit, or kPath
  kPoints,  // kNumber, alone or in kNegate, then kPer or kDifferentOf and the
            // clause's
            // parts, or kWhen
  kPer,     // a value
  kDifferentOf,  // kPath
  kPointsLimit,  // kNumber, then kADay or kInAll
  kADay,
  kInAll,
  kHalving,         // kNumber, kUnit; or kPath
  kMember,          // kChain
  kScore,           // kPath, kTitle, kPopulation, then kDimension or kRefit
  kPopulation,      // kChain
  kDimension,       // kDimensionValue, kBands, kLessIsBetter or kMoreIsBetter
  kDimensionValue,  // kPath and a value
  kBands,           // kNumber, then kQuantile or kList
  kQuantile,
  kLessIsBetter,
  kMoreIsBetter,
  kRefit,  // kNumber, kUnit; or kPath
  kLet,
  kTest,     // kTitle, then its lines
  kFixture,  // kPath, kTitle, then its lines
  kGuard,    // kPath, kExcludes, kImplies or kEquals, kPath; kPath, a bound
  kExcludes,
  kImplies,
  kEquals,
  kSizeBetween,  // kNumber, kNumber
  kSizeAtLeast,  // kNumber
  kSizeAtMost,   // kNumber
  kSizePercent,
  kLater,  // a declaration of another version; no children
  kTitle,
  kPlural,
  kCountedBy,
  kColumn,  // kName, kType, kModifier...
  kType,    // kListOf, kName
  kListOf,
  kPersonal,
  kKey,
  kAnyCase,
  // Sources.
  kFiles,       // kString...
  kCsv,         // kCsvItem...
  kCsvItem,     // kName, then a value
  kOnlyRows,    // kChain
  kInto,        // kName, kWhen, kSourceLine...
  kWhen,        // kChain
  kSourceLine,  // kName, kFrom or kIsValue, and what follows
  kFrom,
  kIsValue,
  kRowNumber,
  kDateParts,
  kSplit,  // kString, kString
  kFormat,
  kUnixSeconds,
  kUnixMilliseconds,
  kZone,
  kOrMissing,
  kRounded,
  // Lines of tests.
  kTestNow,       // an instant
  kTestLater,     // kNumber, kUnit...
  kTestGiven,     // kPath; of a band then kGivenValue, of a fit kFittedOn
  kFittedOn,      // of each fixture maybe a kNumber, then its kPath
  kTestFact,      // kNumber, kEventName, an instant, kGivenValue...
  kTestExpect,    // kUndecided or kChain
  kUndecided,     // kPath
  kGivenValue,    // kPath, then an instant or a value
  kCases,         // kPath..., kCase...
  kCase,          // kCaseValues, kTestExpect
  kCaseValues,    // instants and values
  kAgoInstant,    // kNumber, kUnit..., maybe kClock
  kAheadInstant,  // kNumber, kUnit...
  kDayInstant,    // kToday or kYesterday, maybe kClock
  kAtInstant,     // kDate, kDateTime or a slip
  kClock,
  // Conditions.
  kChain,  // units with kAnd, kOr and kMissingAnd between
  kAnd,
  kOr,
  kMissingAnd,
  kNot,           // a unit
  kCompare,       // an operand and at most one tail (and a surplus one)
  kOperatorTail,  // kOperator, an operand, maybe kAgo
  kOperator,      // detail: CompareOp
  kIsMissing,
  kIsPresent,
  kBetweenTail,   // two operands
  kInTail,        // detail: 1 negated; kList or kPath
  kContainsTail,  // detail: 1 all of; kList or kPath
  kSurplusTail,   // a second tail
  kQuantified,    // the quantifier, its numbers, what is counted, the clause's
                  // parts; of a sequence its kSteps and what bounds them
  kQuantifier,    // detail: Quantifier
  kDifferent,     // kPropertyOf follows
  kDaysWith,      // `at least 3 days with`
  kStepName,      // `as p`: kPath
  kStep,          // `then`: maybe kNoStep, kEventName, the step's parts
  kNoStep,
  kAnyStep,     // a surplus `any` there
  kWithinStep,  // kNumber, kUnit
  kAllWithin,   // kNumber, kUnit
  kSame,        // kPath...
  kGroup,       // kWindow, kBracket
  kInSegment,   // kPath; detail: 1 negated
  kInTop,       // kNumber, kPercentSign, a value, maybe kPopulation
  kEveryone,
  // Event clauses.
  kEventName,  // kRowsOf, kPath
  kRowsOf,
  kWhere,     // a unit
  kAnchor,    // kAfter or kBefore, a value
  kWithin,    // kNumber, kUnit (or kPath), kAfter or kBefore, a value
  kMoreThan,  // the same
  kAfter,
  kBefore,
  // Windows.
  kWindow,  // one of the next
  kEver,
  kLast,  // kNumber, kUnit; or kPath
  kNext,
  kEach,      // `in each of last`: kNumber, kUnit; or kPath
  kThis,      // kUnit
  kPrevious,  // kUnit
  kToday,
  kYesterday,
  kMonth,  // kYear
  kYear,
  kDateBetween,
  kSince,
  kUntil,
  kPeriod,    // `last month`, `today` where a moment belongs
  kBareLast,  // `last 7 days` without `in`
  kSpan,      // maybe kNumber or kPath; then kNumber and kUnit, or kPath; then
              // kAgo, or kAfter or kBefore and a value
  kAgo,
  kUnit,
  // Values.
  kSum,       // products with kPlus and kMinus between, then maybe kRounding
  kRounding,  // `rounded down`; detail: Rounding
  kPlus,
  kMinus,
  kProduct,  // primaries with kTimes and kOver between
  kTimes,
  kOver,
  kBracket,  // kChain
  kNegate,
  kNumber,
  kQuantity,  // kNumber, then kCurrency, kUnit or nothing
  kCurrency,
  kSignMoney,  // kCurrency and kNumber in either order
  kPercentOf,  // kNumber, kPercentSign, a value
  kPercentSign,
  kPercent,  // `50 percent` alone: kNumber, kPercentSign
  kDate,
  kDateTime,
  kDateSlip,
  kThousands,   // `1.000 TRY`: kCurrency
  kString,      // closed, between straight quotes
  kStringSlip,  // any other, which a kSlipText reports
  kFlag,
  kPath,
  kList,
  kCall,         // `lapsed(30 days)`: kPath, units
  kTableFile,    // `table "toys.csv" column "name"`: one or two strings
  kMeasure,      // kMeasureWord, then the clause's parts
  kMeasureWord,  // detail: MeasureKind
  kPropertyOf,   // `category of`, before the clause: kPath; of a table's
                 // column several: `brand of product of`
  kMoment,       // kFirst or kFinal, then the clause's parts
  kFirst,
  kFinal,
  kMomentOf,  // kPath, kMoment
  kColumnOf,  // kPath, a value
  kDaysSince,
  kDaysUntil,
  kTimeSince,
  kAgeOf,
  kLengthOf,
  kBirthdayOf,
  kTotal,  // kPath
};

// What the grammar wanted where it gave up.
enum class Expected : uint8_t {
  kDeclaration,
  kName,
  kOpenBrace,
  kCloseBrace,
  kCloseBracket,
  kLetSign,
  kType,
  kItemEnd,
  kSourceItem,
  kSourceValue,
  kString,
  kCondition,
  kConnector,
  kValue,
  kEvent,
  kNumber,
  kUnit,
  kWindow,
  kMoment,
  kAfterBefore,
  kAgo,
  kAnd,
  kOf,
  kComma,
  kStage,           // a line of `stages`
  kStageWhen,       // `when` or `otherwise` behind its name
  kOtherwise,       // `otherwise` without `when`
  kLibraryName,     // behind `use`
  kParams,          // the brackets behind a template's name
  kPersonaLine,     // a line of a persona
  kLookBack,        // how far back
  kPointsWord,      // `points` behind a number
  kPointsFor,       // what they are given for
  kADay,            // `a day` or `in all`
  kEvery,           // `every` behind `halving`
  kMemberWhen,      // `when` behind `member`
  kDimension,       // a line of a score
  kBands,           // `5 bands by cuts`
  kBetter,          // `less is better`
  kTopBy,           // `percent by` behind `in top 10`
  kTableHead,       // `from "products.csv" key product`
  kGap,             // `gap 30 minutes`
  kColumnMeasured,  // a table's column where only properties stand
  kTestLine,        // a line of a test
  kGuard,           // what is expected of segments
  kInstant,         // when it happened
  kLess,            // nesting: less of it
  kLaterClause,     // what only another version knows
  kSequenceAlone,   // a sequence begins with `any`
  kFirstStep,       // a first step that happens
  kStepEvent,       // one event, no number of them
  kGroupBracket,    // `(` behind a window
  kListBefore,      // a value before `in {`
  kListBraces,      // `{` behind a value and `in`
  kPrivate,         // what can be private
};

struct CstNode {
  CstKind kind;
  uint8_t detail = 0;
  uint32_t begin = 0;
  uint32_t end = 0;
  uint32_t next = 0;  // index behind the last node below this one
};

struct Cst {
  std::vector<CstNode> nodes;
  uint64_t steps = 0;  // rules tried: the measure of work
};

// Matches all of `text` (valid UTF-8, without odd spaces; see door.h). Never
// fails: what does not fit is a kBroken node.
Cst match_text(std::string_view text);

}  // namespace kitle
