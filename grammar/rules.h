// The grammar, from characters to files; one rule a line. docs/language.md
// says it in words. Slips (a `==`, a missing `and`) are rules too: the parse
// goes on and the builder reports them. Only parse.cc and the test of their
// soundness include this.
#pragma once

#include "grammar/ast.h"
#include "grammar/matching.h"

namespace kitle::rules {

using namespace matching;  // NOLINT: the vocabulary of every line below
using pegtl::at;
using pegtl::eof;
using pegtl::not_at;
using pegtl::one;
using pegtl::opt;
using pegtl::plus;
using pegtl::rep;
using pegtl::rep_min_max;
using pegtl::seq;
using pegtl::sor;
using pegtl::star;
using K = CstKind;
using E = Expected;

// What the rules ask about the text; defined in parse.cc.
size_t identifier_length(std::string_view text, size_t at);
// A word that is no name: of the language, or one that begins the next
// declaration where this one is unfinished (`let x =`).
size_t reserved_length(std::string_view text, size_t at);
size_t blank_length(std::string_view text, size_t at);
size_t line_end_length(std::string_view text, size_t at);
size_t unit_length(std::string_view text, size_t at);
size_t month_length(std::string_view text, size_t at);
size_t declaration_word_length(std::string_view text, size_t at);
size_t later_declaration_length(std::string_view text, size_t at);
size_t declaring_length(std::string_view text, size_t at);
bool at_chain_end(const State& state, uint32_t at);
bool at_item_end(const State& state, uint32_t at);
bool at_body_end(const State& state, uint32_t at);
bool and_is_missing(const State& state, uint32_t at);
bool on_one_line(const State& state, uint32_t at);
bool lone_value(const State& state, uint32_t at);
// Whether a bracket that is a condition stands directly behind `where`: that
// is all of it, and `between` or `more than` behind it is the clause's.
bool whole_where(const State& state, uint32_t at);
bool is_glued(const State& state, uint32_t at);
// A name that may be a table's column: not what others write for a measure.
bool names_column(const State& state, uint32_t at);
// A name that may be a template: not a measure in the form of a call.
bool names_template(const State& state, uint32_t at);
uint32_t skip_nothing(const State& state, const Failure& f, uint32_t begin);
uint32_t skip_clause(const State& state, const Failure& f, uint32_t begin);
uint32_t skip_item(const State& state, const Failure& f, uint32_t begin);
uint32_t skip_declaration(const State& state, const Failure& f, uint32_t begin);
uint32_t skip_element(const State& state, const Failure& f, uint32_t begin);
uint32_t skip_line(const State& state, const Failure& f, uint32_t begin);

// clang-format off

// ---- characters and names ----

struct pad : padding<false> {};
struct free_pad : padding<true> {};
struct spaces : star<one<' ', '\t'>> {};
struct digit : pegtl::digit {};
struct no_letter : not_at<scanned<word_length>> {};
struct identifier : scanned<identifier_length> {};
struct quoted_name : seq<one<'`'>, identifier, one<'`'>> {};
struct plain_name : seq<not_at<scanned<reserved_length>>, identifier> {};
struct name_text : sor<plain_name, quoted_name> {};
struct name : node<K::kPath, name_text, pad> {};
struct path : node<K::kPath, name_text, star<one<'.'>, name_text>, pad> {};
struct want_name : want<E::kName, name> {};
struct comma : sign<one<','>> {};

// ---- literals ----

struct digits : seq<digit, star<sor<digit, one<'_'>>>> {};
struct decimal : seq<digits, opt<one<'.'>, plus<digit>>> {};
struct glue : note<K::kSlipGlued, is_glued> {};
struct number : seq<node<K::kNumber, decimal>, glue, pad> {};
struct unit_text : seq<scanned<unit_length>, no_letter> {};
struct unit : node<K::kUnit, unit_text, pad> {};
struct want_unit : want<E::kUnit, unit> {};
struct amount : seq<number, want_unit> {};

struct iso_date : seq<rep<4, digit>, one<'-'>, rep<2, digit>, one<'-'>, rep<2, digit>> {};
struct clock : seq<rep<2, digit>, one<':'>, rep<2, digit>, opt<one<':'>, rep<2, digit>, opt<one<'.'>, plus<digit>>>> {};
struct offset : sor<one<'Z', 'z'>, seq<one<'+', '-'>, rep<2, digit>, one<':'>, rep<2, digit>>> {};
struct rfc_time : seq<one<'T', 't'>, clock, offset> {};
struct local_time : seq<plus<one<' '>>, clock, opt<offset>> {};
struct date_time : node<K::kDateTime, iso_date, sor<rfc_time, local_time>, no_letter, pad> {};
struct date : node<K::kDate, iso_date, no_letter, not_at<one<'-', '.', '/'>, digit>, pad> {};
struct day_part : rep_min_max<1, 2, digit> {};
struct year_first : seq<rep<4, digit>, one<'-', '.', '/'>, day_part, one<'-', '.', '/'>, day_part> {};
struct year_last : seq<day_part, one<'-', '.'>, day_part, one<'-', '.'>, rep<4, digit>> {};
struct date_slip : node<K::kDateSlip, sor<year_first, year_last>, star<scanned<word_length>>, pad> {};
struct any_date : sor<date_time, date, date_slip> {};

struct currency_sign : sor<pegtl::utf8::one<U'₺', U'€', U'£', U'¥'>, one<'$'>> {};
struct capitals : seq<not_at<scanned<reserved_length>>, rep<3, pegtl::upper>, no_letter> {};
struct lira : seq<sor<pegtl::string<'T', 'L'>, pegtl::string<'t', 'l'>>, no_letter> {};
struct currency : node<K::kCurrency, sor<capitals, lira, currency_sign>, pad> {};
struct thousand : seq<one<'.', ','>, rep<3, digit>, not_at<digit>> {};
struct cents : seq<one<'.', ','>, rep_min_max<1, 2, digit>, not_at<digit>> {};
struct grouped : seq<rep_min_max<1, 3, digit>, not_at<digit>, plus<thousand>, opt<cents>> {};
struct comma_cents : seq<plus<digit>, one<','>, rep_min_max<1, 2, digit>, not_at<digit>> {};
struct odd_amount : sor<grouped, comma_cents> {};
struct odd_money : node<K::kThousands, odd_amount, spaces, currency> {};
struct many_groups : node<K::kThousands, rep_min_max<1, 3, digit>, one<'.'>, rep<3, digit>, plus<one<'.'>, rep<3, digit>>, no_letter, pad> {};
struct sign_money : node<K::kSignMoney, node<K::kCurrency, currency_sign>, spaces, sor<node<K::kThousands, odd_amount, pad>, number>> {};

struct straight_text : star<sor<pegtl::not_one<'"', '\\', '\n', '\r'>, seq<one<'\\'>, pegtl::not_one<'\n', '\r'>>>> {};
struct closed_string : node<K::kString, one<'"'>, straight_text, one<'"'>, pad> {};
struct open_string : node<K::kSlipText, one<'"'>, straight_text, opt<one<'\\'>>> {};
struct curly_quote : pegtl::utf8::one<U'“', U'”', U'„', U'‟', U'‘', U'’', U'‚', U'«', U'»'> {};
struct curly_string : node<K::kSlipText, curly_quote, star<not_at<sor<curly_quote, one<'"', '\n', '\r'>>>, pegtl::utf8::any>, opt<sor<curly_quote, one<'"'>>>> {};
struct single_string : node<K::kSlipText, one<'\''>, star<pegtl::not_one<'\'', '\n', '\r'>>, opt<one<'\''>>> {};
struct string_slip : node<K::kStringSlip, sor<open_string, curly_string, single_string>, pad> {};
struct string : sor<closed_string, string_slip> {};
struct want_string : want<E::kString, string> {};

// ---- forward ----

struct chain;
struct condition;
struct primary;
struct sum;
struct chain_bracket;
struct moment;
struct want_value : want<E::kValue, sum> {};
struct want_primary : want<E::kValue, deeper<primary>> {};
struct period;
struct want_moment : want<E::kMoment, deeper<sor<period, primary>>> {};

// ---- windows and anchors ----

struct after_in : seq<word<"in">, spaces, opt<word<"the">, spaces>> {};
struct year_text : seq<rep<4, digit>, not_at<one<'-', '.', '/', '_'>>, no_letter> {};
struct month_text : seq<scanned<month_length>, no_letter> {};
struct year : node<K::kYear, year_text, pad> {};
struct month : node<K::kMonth, month_text, free_pad, want<E::kNumber, year>> {};
struct month_year : seq<month_text, spaces, digit> {};
struct in_window_start : seq<word<"in">, scanned<blank_length>, opt<word<"the">, scanned<blank_length>>, sor<word<"last">, word<"next">, word<"this">, word<"each">, month_year, year_text>> {};
struct the : opt<node<K::kSlipThe, word<"the">, pad>> {};
struct length_name : seq<not_at<sor<word<"last">, word<"next">, seq<name_text, spaces, unit_text>>>, name> {};
struct length : sor<amount, length_name> {};
struct want_length : want<E::kNumber, length> {};
struct last_part : seq<key<"last">, sor<node<K::kLast, amount>, node<K::kPrevious, unit>, node<K::kLast, length_name>, give_up<E::kWindow>>> {};
struct next_part : seq<key<"next">, node<K::kNext, want_length>> {};
struct this_part : seq<key<"this">, node<K::kThis, want_unit>> {};
struct each_part : seq<key<"each">, want<E::kOf, key<"of">>, the, want<E::kWindow, key<"last">>, node<K::kEach, want_length>> {};
struct in_window : seq<at<in_window_start>, joint<"in">, the, sor<last_part, next_part, this_part, each_part, month, year>> {};
struct today : node<K::kToday, key<"today">> {};
struct yesterday : node<K::kYesterday, key<"yesterday">> {};
struct since : node<K::kSince, key<"since">, want_moment> {};
struct until : node<K::kUntil, key<"until">, want_moment> {};
struct period : node<K::kPeriod, sor<seq<sor<key<"last">, key<"next">, key<"this">>, unit>, key<"today">, key<"yesterday">>> {};
struct ever : node<K::kEver, key<"ever">> {};
struct bare_last : seq<at<word<"last">, spaces, digit>, node<K::kBareLast, key<"last">, amount>> {};
struct ago : node<K::kAgo, key<"ago">> {};
struct date_between : node<K::kDateBetween, key<"between">, want_moment, want<E::kAnd, joint<"and">>, want_moment, opt<ago>> {};
// A length by its name where a span begins: `grace ago`, `grace to 60 days ago`.
struct named_end : seq<not_at<sor<unit_text, word<"last">, word<"first">>>, name_text> {};
struct ago_word : seq<spaces, word<"ago">> {};
struct named_range_start : seq<named_end, spaces, word<"to">, spaces, sor<decimal, named_end>> {};
struct named_span_start : sor<seq<named_end, ago_word>, named_range_start> {};
struct span_start : sor<at<digit>, at<named_span_start>> {};
struct span_far : sor<amount, name> {};
struct span_ends : sor<seq<number, key<"to">, want<E::kNumber, span_far>>, seq<number, want_unit>, seq<name, opt<key<"to">, want<E::kNumber, span_far>>>> {};
struct plain_window : sor<in_window, today, yesterday, since, until, ever, bare_last> {};

struct after : node<K::kAfter, joint<"after">> {};
struct before : node<K::kBefore, joint<"before">> {};
struct after_before : sor<after, before> {};
struct want_side : seq<want<E::kAfterBefore, after_before>, want_moment> {};
struct anchor : node<K::kAnchor, after_before, want_moment> {};
struct within : node<K::kWithin, key<"within">, want_length, want_side> {};
struct length_start : sor<seq<decimal, spaces, unit_text>, name_text> {};
struct more_than_start : seq<word<"more">, spaces, word<"than">, spaces, length_start, scanned<blank_length>, sor<word<"after">, word<"before">>> {};
struct more_than : seq<at<more_than_start>, node<K::kMoreThan, key<"more">, key<"than">, length, want_side>> {};
struct span_end : sor<ago, seq<after_before, want_moment>> {};
struct span : seq<span_start, node<K::kSpan, span_ends, want<E::kAgo, span_end>>> {};
struct any_anchor : sor<anchor, within, more_than> {};
struct value_ago : node<K::kSpan, span_ends, want<E::kAgo, ago>> {};

// ---- event clauses ----

struct rows_of : node<K::kRowsOf, sor<key<"rows">, key<"row">>, key<"of">> {};
struct event_name : node<K::kEventName, opt<rows_of>, path> {};
struct want_event : want<E::kEvent, event_name> {};
struct want_condition : want<E::kCondition, condition> {};
struct want_inner : want<E::kCondition, deeper<condition>> {};
struct where : node<K::kWhere, key<"where">, want_inner> {};
struct filter : node<K::kWhere, key<"where">, sor<chain_bracket, want_inner>> {};
// Only a quantifier's clause can go on as a sequence.
struct chained : seq<at<sor<word<"then">, seq<word<"with">, spaces, word<"same">>, seq<word<"as">, spaces, identifier>, seq<word<"all">, spaces, word<"within">>>>, give_up<E::kSequenceAlone>> {};
struct event_window : node<K::kWindow, sor<plain_window, date_between>> {};
struct measure_window : node<K::kWindow, sor<plain_window, seq<at<word<"between">, scanned<blank_length>, any_date>, date_between>>> {};
struct event_part : sor<where, any_anchor, span, event_window, chained> {};
struct measure_part : sor<filter, any_anchor, span, measure_window, chained> {};
struct event_clause : seq<want_event, star<event_part>> {};
// Where a property stands and no column of a table does.
struct column_measured : opt<seq<at<word<"of">>, give_up<E::kColumnMeasured>>> {};
struct points_clause : seq<want_event, column_measured, star<event_part>> {};
struct measure_clause : seq<want_event, star<measure_part>> {};

struct step_name : seq<at<word<"as">, spaces, identifier>, node<K::kStepName, key<"as">, want_name>> {};
struct within_alone : seq<word<"within">, spaces, length_start, opt<scanned<blank_length>>, not_at<sor<word<"after">, word<"before">>>> {};
struct step_within : seq<at<within_alone>, node<K::kWithinStep, key<"within">, want_length>> {};
struct first_part : sor<where, any_anchor, span, event_window> {};
struct step_part : sor<step_within, first_part> {};
struct counted_step : sor<seq<word<"at">, spaces, sor<word<"least">, word<"most">>>, seq<word<"exactly">, spaces, digit>, seq<sor<word<"more">, word<"fewer">, word<"less">>, spaces, word<"than">>, seq<word<"between">, spaces, digit>> {};
struct step_event : sor<seq<at<counted_step>, give_up<E::kStepEvent>>, want_event> {};
struct any_step : node<K::kAnyStep, key<"any">> {};
struct no_step : node<K::kNoStep, key<"no">> {};
struct step : node<K::kStep, joint<"then">, opt<sor<any_step, no_step>>, step_event, opt<step_name>, star<step_part>> {};
struct all_within : node<K::kAllWithin, key<"all">, key<"within">, want_length> {};
struct with_same : node<K::kSame, key<"with">, key<"same">, want_name, column_measured, star<comma, want_name, column_measured>> {};
struct sequence_part : sor<all_within, with_same, step_within, span, event_window> {};
struct no_first : seq<at<word<"no">>, give_up<E::kFirstStep>> {};
struct sequence_clause : seq<sor<no_first, want_event>, opt<step_name>, star<first_part>, star<step>, star<sequence_part>> {};

struct property_of : node<K::kPropertyOf, want_name, want<E::kOf, key<"of">>> {};
struct of_start : seq<name_text, scanned<blank_length>, word<"of">> {};
// `brand of product of` an event: a table's column by the event's property.
struct key_of : seq<not_at<sor<word<"rows">, word<"row">>>, at<of_start>, property_of> {};
struct keys_of : star<key_of> {};
struct event_start : sor<seq<sor<word<"rows">, word<"row">>, spaces, word<"of">>, name_text> {};
struct moment_word : sor<node<K::kFirst, key<"first">>, node<K::kFinal, key<"last">>> {};
struct moment_start : seq<sor<word<"first">, word<"last">>, opt<scanned<blank_length>>, sor<one<'('>, name_text>> {};
struct close_bracket : want<E::kCloseBracket, one<')'>> {};
struct moment_bracket : seq<bracketed<one<'('>, deeper<pad, event_clause, close_bracket>>, pad> {};
struct moment_filter : where {};
struct moment : seq<at<moment_start>, node<K::kMoment, moment_word, sor<moment_bracket, seq<want_event, opt<moment_filter>>>>> {};

// ---- values ----

struct yes_no : node<K::kFlag, sor<key<"yes">, key<"no">>> {};
struct percent : node<K::kPercentSign, sor<key<"percent">, token<one<'%'>>>> {};
struct percent_start : seq<decimal, spaces, sor<word<"percent">, one<'%'>>> {};
struct percent_alone : seq<at<percent_start, spaces, not_at<sor<word<"of">, plain_name>>>, node<K::kPercent, number, percent>> {};
struct percent_of : seq<at<percent_start>, node<K::kPercentOf, number, percent, want<E::kOf, key<"of">>, want_primary>> {};
struct quantity : node<K::kQuantity, number, opt<sor<unit, currency>>> {};
struct numeric : seq<at<digit>, sor<any_date, odd_money, many_groups, percent_alone, percent_of, quantity>> {};
struct negative : node<K::kNegate, sign<one<'-'>>, want_primary> {};

struct element : recover<skip_element, want<E::kValue, sum>> {};
struct elements : opt<seq<not_at<one<'}'>>, element, star<comma, not_at<one<'}'>>, element>, opt<comma>>> {};
struct close_brace : recover<skip_nothing, want<E::kCloseBrace, one<'}'>>> {};
struct list_end : sor<one<'}'>, seq<not_at<test<at_body_end>>, give_up<E::kComma>>, give_up<E::kCloseBrace>> {};
struct list : node<K::kList, braced<one<'{'>, deeper<pad, elements, list_end>>, pad> {};

template <MeasureKind M, typename... R> using measure_word = node_of<K::kMeasureWord, M, R...>;
// `count of last browsing` is a session's.
struct moment_of_start : seq<name_text, scanned<blank_length>, word<"of">, scanned<blank_length>, moment_start> {};
struct count_of : seq<not_at<moment_of_start>, measure_word<MeasureKind::kCount, key<"count">, key<"of">>> {};
struct sum_of : measure_word<MeasureKind::kSum, key<"sum">, key<"of">> {};
struct average_of : measure_word<MeasureKind::kAverage, key<"average">, key<"of">> {};
struct distinct_count_of : measure_word<MeasureKind::kDistinctCount, key<"distinct">, key<"count">, key<"of">> {};
struct median_gap : measure_word<MeasureKind::kMedianGap, key<"median">, key<"gap">, key<"between">> {};
struct smallest : measure_word<MeasureKind::kSmallest, key<"smallest">, at<event_start>> {};
struct largest : measure_word<MeasureKind::kLargest, key<"largest">, at<event_start>> {};
struct days_with : measure_word<MeasureKind::kDaysWith, sor<key<"days">, key<"day">>, key<"with">> {};
struct share_of : measure_word<MeasureKind::kShare, key<"share">, key<"of">> {};
struct any_measure_word : sor<count_of, sum_of, average_of, distinct_count_of, median_gap, smallest, largest, days_with, share_of> {};
struct most_frequent : seq<measure_word<MeasureKind::kMostFrequent, key<"most">, key<"frequent">>, property_of> {};
struct measure : node<K::kMeasure, sor<any_measure_word, most_frequent>, keys_of, measure_clause> {};

struct days_since : node<K::kDaysSince, key<"days">, key<"since">, want_moment> {};
struct days_until : node<K::kDaysUntil, key<"days">, key<"until">, want_moment> {};
struct time_since : node<K::kTimeSince, key<"time">, key<"since">, want_moment> {};
struct age_of : node<K::kAgeOf, key<"age">, key<"of">, want_primary> {};
struct length_of : node<K::kLengthOf, key<"length">, key<"of">, want_primary> {};
struct birthday_of : node<K::kBirthdayOf, key<"birthday">, key<"of">, want_primary> {};
struct total : node<K::kTotal, key<"total">, not_at<word<"of">>, path> {};
struct moment_of : seq<at<moment_of_start>, node<K::kMomentOf, name, key<"of">, moment>> {};
struct later_value_start : sor<of_start, seq<name_text, one<'('>>> {};
struct column_of : node<K::kColumnOf, at<test<names_column>, of_start>, name, key<"of">, want_primary> {};
struct table_start : at<seq<word<"table">, spaces, one<'"'>>> {};
struct table_file : node<K::kTableFile, table_start, key<"table">, want_string, opt<key<"column">, want_string>> {};
struct call_argument : want<E::kValue, deeper<condition>> {};
struct call_arguments : bracketed<one<'('>, free_pad, opt<not_at<one<')'>>, call_argument, star<comma, call_argument>>, close_bracket> {};
struct call : node<K::kCall, at<test<names_template>, name_text, one<'('>>, node<K::kPath, name_text>, call_arguments, pad> {};
struct later_value : seq<at<later_value_start>, give_up<E::kLaterClause>> {};
struct worded : sor<moment, measure, days_since, days_until, time_since, age_of, total, moment_of, length_of, birthday_of, table_file, column_of, call, later_value, yes_no, path> {};
struct signed_value : sor<sign_money, negative, list, chain_bracket> {};
struct primary : sor<numeric, string, signed_value, worded> {};

struct plus_sign : node<K::kPlus, sign<one<'+'>>> {};
struct minus_sign : node<K::kMinus, sign<sor<one<'-'>, pegtl::utf8::one<U'−', U'–'>>>> {};
struct times_sign : node<K::kTimes, sign<sor<one<'*'>, pegtl::utf8::one<U'×'>>>> {};
struct over_sign : node<K::kOver, sign<one<'/'>>> {};
struct want_factor : want<E::kValue, primary> {};
struct product : node<K::kProduct, primary, star<sor<times_sign, over_sign>, want_factor>> {};
struct sum_parts : seq<product, star<sor<plus_sign, minus_sign>, want<E::kValue, product>>> {};
template <Rounding R, typename... W> using rounding_word = node_of<K::kRounding, R, key<"rounded">, W...>;
struct rounding : sor<rounding_word<Rounding::kDown, key<"down">>, rounding_word<Rounding::kUp, key<"up">>, rounding_word<Rounding::kNearest>> {};
struct sum : node<K::kSum, sum_parts, opt<rounding>> {};
// Of a source's line, where `rounded` is an option.
struct plain_sum : node<K::kSum, sum_parts> {};

// ---- conditions ----

template <CompareOp O, typename... R> using op = node_of<K::kOperator, O, R...>;
struct op_is_exactly : op<CompareOp::kIsExactly, key<"is">, joint<"exactly">> {};
struct op_is_not : op<CompareOp::kIsNot, key<"is">, joint<"not">> {};
struct op_is : op<CompareOp::kIs, joint<"is">> {};
struct op_contains : op<CompareOp::kContains, joint<"contains">> {};
struct op_starts : op<CompareOp::kStartsWith, key<"starts">, joint<"with">> {};
struct op_ends : op<CompareOp::kEndsWith, key<"ends">, joint<"with">> {};
struct op_matches : op<CompareOp::kMatches, joint<"matches">> {};
struct not_equal_sign : sor<pegtl::string<'!', '='>, pegtl::string<'<', '>'>, pegtl::utf8::one<U'≠'>> {};
struct at_most_sign : sor<pegtl::string<'<', '='>, pegtl::string<'=', '<'>, pegtl::utf8::one<U'≤'>> {};
struct at_least_sign : sor<pegtl::string<'>', '='>, pegtl::string<'=', '>'>, pegtl::utf8::one<U'≥'>> {};
struct equal_sign : seq<one<'='>, opt<one<'='>>, opt<one<'='>>> {};
struct op_not_equal : op<CompareOp::kIsNot, sign<not_equal_sign>> {};
struct op_at_most : op<CompareOp::kLessEqual, sign<at_most_sign>> {};
struct op_at_least : op<CompareOp::kGreaterEqual, sign<at_least_sign>> {};
struct op_equal : op<CompareOp::kIs, sign<equal_sign>> {};
struct op_less : op<CompareOp::kLess, sign<one<'<'>>> {};
struct op_greater : op<CompareOp::kGreater, sign<one<'>'>>> {};
struct op_symbol : sor<op_not_equal, op_at_most, op_at_least, op_equal, op_less, op_greater> {};
struct same_line : test<on_one_line> {};
struct is : opt<key<"is">> {};
struct word_equal : op<CompareOp::kIs, sor<seq<is, key<"equal">, joint<"to">>, joint<"equals">>> {};
struct word_less : op<CompareOp::kLess, is, sor<key<"less">, key<"fewer">, key<"smaller">>, joint<"than">> {};
struct word_greater : seq<not_at<more_than_start>, op<CompareOp::kGreater, is, sor<key<"greater">, key<"more">, key<"larger">>, joint<"than">>> {};
struct word_at_least : op<CompareOp::kGreaterEqual, is, key<"at">, joint<"least">> {};
struct word_at_most : op<CompareOp::kLessEqual, is, key<"at">, joint<"most">> {};
struct op_phrase : seq<same_line, sor<word_equal, word_less, word_greater, word_at_least, word_at_most>> {};
struct op_word : sor<op_phrase, op_is_exactly, op_is_not, op_is, op_contains, op_starts, op_ends, op_matches> {};
struct any_op : sor<op_symbol, op_word> {};
struct is_missing : node<K::kIsMissing, key<"is">, sor<key<"missing">, seq<key<"not">, key<"present">>>> {};
struct is_present : node<K::kIsPresent, key<"is">, sor<key<"present">, seq<key<"not">, key<"missing">>>> {};
struct contains_list : sor<list, table_file, want<E::kListBraces, path>> {};
struct contains_any : node_of<K::kContainsTail, 0, key<"contains">, key<"any">, key<"of">, contains_list> {};
struct contains_all : node_of<K::kContainsTail, 1, key<"contains">, key<"all">, key<"of">, contains_list> {};
struct op_tail : node<K::kOperatorTail, any_op, want_value, opt<ago>> {};
struct between_tail : node<K::kBetweenTail, is, key<"between">, want_value, want<E::kAnd, joint<"and">>, want_value, opt<ago>> {};
struct in_other : seq<at<one<'(', '[', '"'>>, give_up<E::kListBraces>> {};
struct in_what : sor<list, table_file, in_other, want<E::kValue, path>> {};
struct in_tail : node_of<K::kInTail, 0, not_at<in_window_start>, is, joint<"in">, in_what> {};
struct not_in_tail : node_of<K::kInTail, 1, is, key<"not">, not_at<in_window_start>, joint<"in">, in_what> {};
struct value_anchor : sor<anchor, within, more_than> {};
struct value_window : sor<node<K::kWindow, plain_window>, value_anchor, seq<span_start, value_ago>> {};
struct window_tail : seq<test<lone_value>, value_window> {};
struct clause_goes_on : seq<test<whole_where>, sor<word<"between">, more_than_start>> {};
struct any_tail : sor<window_tail, is_missing, is_present, not_in_tail, in_tail, between_tail, contains_any, contains_all, op_tail> {};
struct tail : seq<not_at<clause_goes_on>, any_tail> {};
struct surplus : node<K::kSurplusTail, sor<op_symbol, op_is_not, op_is>, want_value> {};
struct compare : node<K::kCompare, sum, opt<tail, star<surplus>>> {};

template <Quantifier Q, typename... R> using quantifier = node_of<K::kQuantifier, Q, R...>;
struct count_number : sor<number, seq<at<name_text, scanned<blank_length>, event_start>, path>> {};
struct want_count : want<E::kNumber, count_number> {};
struct any_event : quantifier<Quantifier::kAny, key<"any">> {};
struct no_event : quantifier<Quantifier::kNo, key<"no">, not_at<sor<word<"and">, word<"or">>>, at<sor<event_start, scanned<word_length>>>> {};
struct exactly : seq<quantifier<Quantifier::kExactly, key<"exactly">, at<sor<digit, event_start>>>, want_count> {};
struct at_least : seq<quantifier<Quantifier::kAtLeast, key<"at">, key<"least">>, want_count> {};
struct at_most : seq<quantifier<Quantifier::kAtMost, key<"at">, key<"most">>, want_count> {};
struct more_than_n : seq<quantifier<Quantifier::kMoreThan, key<"more">, key<"than">>, want_count> {};
struct fewer_than : seq<quantifier<Quantifier::kFewerThan, sor<key<"fewer">, key<"less">>, key<"than">>, want_count> {};
struct between_n : seq<quantifier<Quantifier::kBetween, key<"between">>, want_count, want<E::kAnd, joint<"and">>, want_count> {};
struct different : seq<at<word<"different">, scanned<blank_length>, name_text>, node<K::kDifferent, key<"different">>, property_of, keys_of> {};
struct with_days : node<K::kDaysWith, sor<key<"days">, key<"day">>, key<"with">> {};
struct any_quantifier : sor<any_event, no_event, exactly, at_least, at_most, more_than_n, fewer_than, between_n> {};
struct quantified : node<K::kQuantified, any_quantifier, opt<sor<different, with_days>>, sequence_clause> {};

struct want_group : want<E::kGroupBracket, chain_bracket> {};
struct group_in : node<K::kGroup, node<K::kWindow, in_window>, want_group> {};
struct group_between : node<K::kGroup, at<word<"between">, scanned<blank_length>, any_date>, node<K::kWindow, date_between>, want_group> {};
struct group_since : node<K::kGroup, at<sor<word<"since">, word<"until">>>, node<K::kWindow, sor<since, until>>, want_group> {};
struct group_day : node<K::kGroup, at<sor<word<"today">, word<"yesterday">>, scanned<blank_length>, one<'('>>, node<K::kWindow, sor<today, yesterday>>, want_group> {};
struct ago_end : sor<seq<decimal, spaces, unit_text>, named_end> {};
struct ago_start : seq<opt<sor<decimal, named_end>, spaces, word<"to">, spaces>, ago_end, ago_word> {};
struct group_ago : node<K::kGroup, at<ago_start>, value_ago, want_group> {};
struct group : sor<group_in, group_between, group_since, group_day, group_ago> {};
struct in_list_alone : seq<at<word<"in">, scanned<blank_length>, one<'{'>>, give_up<E::kListBefore>> {};
struct population : node<K::kPopulation, key<"for">, want<E::kCondition, deeper<condition>>> {};
struct top_by : seq<want<E::kTopBy, percent>, want<E::kTopBy, key<"by">>, want_value> {};
struct in_top : seq<at<word<"in">, spaces, word<"top">, spaces, digit>, node<K::kInTop, key<"in">, key<"top">, number, top_by, opt<population>>> {};
struct in_segment : seq<at<word<"in">>, sor<in_list_alone, in_top, node<K::kInSegment, joint<"in">, want<E::kName, path>>>> {};
struct everyone : node<K::kEveryone, key<"everyone">> {};
struct not_sign : sor<joint<"not">, sign<one<'!'>>> {};
struct negation : node<K::kNot, not_sign, want_inner> {};
struct condition : sor<negation, group, quantified, in_segment, everyone, compare> {};

struct and_sign : sor<joint<"and">, sign<one<'&'>, opt<one<'&'>>>> {};
struct or_sign : sor<joint<"or">, sign<one<'|'>, opt<one<'|'>>>> {};
struct connector : sor<node<K::kAnd, and_sign>, node<K::kOr, or_sign>> {};
struct missing_and : seq<test<and_is_missing>, node<K::kMissingAnd>> {};
struct link : recover<skip_clause, want_condition> {};
struct junk : recover<skip_clause, give_up<E::kConnector>> {};
struct more : seq<not_at<test<at_chain_end>>, sor<seq<connector, link>, seq<missing_and, link>, junk>> {};
struct chain : node<K::kChain, link, star<more>> {};
struct chain_bracket : node<K::kBracket, bracketed<one<'('>, deeper<pad, chain, close_bracket>>, pad> {};

// ---- bodies of items ----

struct open_brace : want<E::kOpenBrace, one<'{'>> {};
struct item_end : want<E::kItemEnd, test<at_item_end>> {};
struct line_end : scanned<line_end_length> {};
struct separator : star<sor<comma, line_end>> {};
struct comma_slip : node<K::kSlipComma, one<','>, free_pad> {};
struct line_separator : star<sor<comma_slip, line_end>> {};
template <typename Item, typename Separator> struct items : star<not_at<test<at_body_end>>, recover<skip_item, in_lines<Item, item_end>>, Separator> {};
template <typename Item, typename Separator> struct body : seq<braced<open_brace, free_pad, items<Item, Separator>, close_brace>, pad> {};
struct title : node<K::kTitle, string> {};

// ---- schema ----

struct list_of : node<K::kListOf, key<"list">, key<"of">> {};
struct type : node<K::kType, opt<list_of>, name> {};
struct modifier : sor<node<K::kPersonal, key<"personal">>, node<K::kKey, key<"key">>, node<K::kAnyCase, key<"any">, key<"case">>> {};
struct column : node<K::kColumn, want_name, want<E::kType, type>, star<modifier>> {};
struct columns : body<column, separator> {};
struct profile : node<K::kProfile, key<"profile">, want_name, opt<title>, columns> {};
struct plural : node<K::kPlural, key<"plural">, want_name> {};
struct counted_by : node<K::kCountedBy, key<"counted">, key<"by">, want_name> {};
struct event : node<K::kEvent, key<"event">, want_name, star<sor<title, plural, counted_by>>, columns> {};
struct group_head : seq<want_name, star<sor<title, plural>>, want<E::kLetSign, sign<one<'='>>>> {};
struct group_member : want<E::kEvent, node<K::kEventName, name>> {};
struct group_of_events : node<K::kGroupOfEvents, key<"events">, in_lines<group_head, group_member, star<comma, group_member>, item_end>> {};
struct sessions_head : seq<want_name, star<sor<title, plural>>, want<E::kOf, key<"of">>> {};
struct gap : seq<want<E::kGap, key<"gap">>, want<E::kGap, node<K::kGap, length>>> {};
struct sessions : node<K::kSessions, key<"sessions">, in_lines<sessions_head, group_member, gap, item_end>> {};

struct table_head : seq<key<"from">, string, key<"key">, name> {};
struct table : node<K::kTable, key<"table">, want_name, opt<title>, want<E::kTableHead, table_head>, columns> {};

// ---- sources ----

struct files : node<K::kFiles, key<"files">, not_at<sor<word<"from">, word<"is">>>, want_string, star<comma, want_string>> {};
struct csv_value : sor<string, list, numeric, yes_no, name> {};
struct csv_item : node<K::kCsvItem, want_name, opt<joint<"is">>, want<E::kValue, csv_value>> {};
struct csv : node<K::kCsv, key<"csv">, at<one<'{'>>, body<csv_item, separator>> {};
struct only_rows : node<K::kOnlyRows, key<"only">, key<"rows">, key<"when">, chain> {};
struct row_number : node<K::kRowNumber, key<"row">, key<"number">> {};
struct date_parts : seq<at<word<"date">, spaces, one<'('>>, node<K::kDateParts, key<"date">, bracketed<one<'('>, pad, want_value, star<comma, want_value>, close_bracket>, pad>> {};
struct split : node<K::kSplit, key<"split">, want_string, want<E::kSourceValue, key<"by">>, want_string> {};
struct unix_time : seq<key<"unix">, sor<node<K::kUnixSeconds, key<"seconds">>, node<K::kUnixMilliseconds, key<"milliseconds">>, give_up<E::kUnit>>> {};
struct as_format : seq<key<"as">, sor<unix_time, node<K::kFormat, want_string>>> {};
struct zone : node<K::kZone, key<"in">, key<"zone">, want_string> {};
struct or_missing : node<K::kOrMissing, key<"or">, key<"missing">> {};
struct source_option : sor<as_format, zone, or_missing, node<K::kRounded, key<"rounded">>> {};
struct from_what : sor<row_number, date_parts, split, plain_sum> {};
struct from : seq<node<K::kFrom, joint<"from">, want<E::kSourceValue, from_what>>, star<source_option>> {};
struct is_value : node<K::kIsValue, joint<"is">, want_value> {};
struct source_value : want<E::kSourceValue, sor<from, is_value>> {};
struct source_line : node<K::kSourceLine, want<E::kSourceItem, name>, source_value> {};
struct when : node<K::kWhen, key<"when">, chain> {};
struct into : node<K::kInto, key<"into">, not_at<sor<word<"from">, word<"is">>>, want_name, opt<when>, body<source_line, line_separator>> {};
struct source_item : sor<files, csv, only_rows, into, source_line> {};
struct source : node<K::kSource, key<"source">, want_name, body<source_item, line_separator>> {};

// ---- rules ----

struct blanks : plus<one<' ', '\t'>> {};
template <typename W> struct private_word : opt<node<K::kPrivate, at<word<"private">, blanks, W>, key<"private">>> {};
struct segment_chain : sor<seq<at<one<'}'>>, give_up<E::kCondition>>, chain> {};
struct segment_body : seq<braced<open_brace, free_pad, recover<skip_clause, segment_chain>, close_brace>, pad> {};
struct deprecated : opt<node<K::kDeprecated, key<"deprecated">, want_string>> {};
struct segment : node<K::kSegment, private_word<word<"segment">>, key<"segment">, want_name, opt<title>, deprecated, segment_body> {};
struct otherwise : node<K::kOtherwise, key<"otherwise">> {};
struct when_otherwise : seq<key<"when">, at<word<"otherwise">>, give_up<E::kOtherwise>> {};
struct stage_when : want<E::kStageWhen, sor<when_otherwise, when, otherwise>> {};
struct stage : node<K::kStage, want<E::kStage, name>, opt<title>, stage_when> {};
struct stages_body : sor<seq<at<one<'{'>, free_pad, one<'}'>>, one<'{'>, free_pad, give_up<E::kStage>>, body<stage, line_separator>> {};
struct stages : node<K::kStages, private_word<word<"stages">>, key<"stages">, want_name, opt<title>, deprecated, stages_body> {};
struct property_param : node<K::kPropertyParam, key<"property">, want<E::kOf, key<"of">>, want_name, want<E::kType, type>> {};
struct attribute_param : node<K::kAttributeParam, key<"attribute">, want<E::kType, type>> {};
struct param_type : sor<node<K::kEventParam, key<"event">>, property_param, attribute_param, type> {};
struct param_default : seq<sign<one<'='>>, want_value> {};
struct param : node<K::kParam, want_name, want<E::kType, param_type>, opt<param_default>, free_pad> {};
struct params : want<E::kParams, node<K::kParameters, bracketed<one<'('>, free_pad, param, star<comma, param>, close_bracket>, pad>> {};
struct template_rule : node<K::kTemplate, private_word<word<"template">>, key<"template">, want_name, params, deprecated, segment_body> {};
struct library : node<K::kLibrary, key<"library">, want_name, params> {};
struct named_argument : seq<name_text, plus<one<' ', '\t'>>, not_at<word<"as">>, sor<digit, one<'"', '{'>, name_text>> {};
struct use_value : sor<numeric, string, list, yes_no, path> {};
struct use_argument : node<K::kUseArgument, opt<at<named_argument>, node<K::kArgumentName, name>>, want<E::kValue, use_value>> {};
struct use_arguments : seq<key<"with">, use_argument, star<comma, use_argument>> {};
struct use_as : seq<key<"as">, want_name> {};
struct use_what : want<E::kLibraryName, sor<string, path>> {};
struct use : node<K::kUse, key<"use">, in_lines<use_what, opt<use_arguments>, opt<node<K::kUseAs, use_as>>, item_end>> {};
struct look_back : node<K::kLookBack, key<"look">, key<"back">, want<E::kLookBack, sor<ever, length>>> {};
struct points_word : want<E::kPointsWord, sor<key<"points">, key<"point">>> {};
struct points_number : sor<node<K::kNegate, sign<one<'-'>>, number>, number> {};
struct different_of : node<K::kDifferentOf, key<"each">, key<"different">, want_name, want<E::kOf, key<"of">>> {};
struct points_for : seq<key<"for">, opt<different_of>, points_clause> {};
struct points_per : seq<key<"per">, node<K::kPer, want<E::kValue, numeric>>, want<E::kOf, key<"of">>, points_clause> {};
struct points_line : node<K::kPoints, points_number, points_word, want<E::kPointsFor, sor<points_for, points_per, when>>> {};
struct in_all : node<K::kInAll, key<"in">, key<"all">> {};
struct a_day : node<K::kADay, key<"a">, key<"day">> {};
struct points_limit : node<K::kPointsLimit, key<"at">, key<"most">, want<E::kNumber, number>, points_word, want<E::kADay, sor<a_day, in_all>>> {};
struct halving : node<K::kHalving, key<"halving">, want<E::kEvery, key<"every">>, want_length> {};
struct member : node<K::kMember, key<"member">, want<E::kMemberWhen, key<"when">>, chain> {};
struct persona_line : want<E::kPersonaLine, sor<look_back, points_line, points_limit, halving, member>> {};
struct persona : node<K::kPersona, private_word<word<"persona">>, key<"persona">, want_name, opt<title>, body<persona_line, line_separator>> {};
struct score_population : node<K::kPopulation, key<"for">, chain> {};
struct dimension_value : node<K::kDimensionValue, want<E::kDimension, name>, want<E::kDimension, sign<one<':'>>>, want_value> {};
struct band_cuts : seq<key<"cuts">, want<E::kListBefore, list>> {};
struct bands_by : sor<node<K::kQuantile, key<"quantile">>, band_cuts> {};
struct bands : node<K::kBands, number, want<E::kBands, key<"bands">>, want<E::kBands, key<"by">>, want<E::kBands, bands_by>> {};
struct less_is_better : node<K::kLessIsBetter, key<"less">, want<E::kBetter, key<"is">>, want<E::kBetter, key<"better">>> {};
struct more_is_better : node<K::kMoreIsBetter, key<"more">, want<E::kBetter, key<"is">>, want<E::kBetter, key<"better">>> {};
struct better : sor<less_is_better, more_is_better, give_up<E::kBetter>> {};
struct dimension : node<K::kDimension, dimension_value, want<E::kComma, comma>, want<E::kBands, bands>, opt<comma, better>> {};
struct refit : node<K::kRefit, key<"refit">, key<"every">, want_length> {};
struct score_lines : star<not_at<test<at_body_end>>, recover<skip_line, in_lines<sor<refit, dimension>, item_end>>, line_separator> {};
struct score : node<K::kScore, private_word<word<"score">>, key<"score">, want_name, opt<title>, opt<score_population>, braced<open_brace, free_pad, score_lines, close_brace>, pad> {};
struct let : node<K::kLet, private_word<word<"let">>, key<"let">, in_lines<want_name, want<E::kLetSign, sign<one<'='>>>, chain>> {};

// ---- tests ----

struct amounts : seq<at<digit>, plus<number, unit>> {};
struct ago_amounts : sor<amounts, seq<at<named_end, ago_word>, name>> {};
struct told_length : sor<amounts, length_name> {};
struct later_length : sor<seq<at<digit>, plus<number, want_unit>>, length_name> {};
struct clock_text : node<K::kClock, clock, no_letter, pad> {};
struct at_clock : opt<opt<key<"at">>, clock_text> {};
struct ago_instant : node<K::kAgoInstant, ago_amounts, key<"ago">, at_clock> {};
struct ahead_instant : node<K::kAheadInstant, key<"in">, told_length> {};
struct day_instant : node<K::kDayInstant, sor<today, yesterday>, at_clock> {};
struct at_instant : node<K::kAtInstant, opt<key<"at">>, any_date> {};
struct told_at : node<K::kAtInstant, at<word<"at">, spaces, digit>, key<"at">, any_date> {};
struct told_instant : sor<ago_instant, ahead_instant, day_instant, told_at> {};
struct want_instant : want<E::kInstant, sor<told_instant, at_instant, path>> {};
struct given_what : want<E::kValue, sor<told_instant, sum>> {};
struct given_value : node<K::kGivenValue, want_name, given_what> {};
struct given_values : body<given_value, separator> {};
struct undecided_start : seq<word<"undecided">, plus<one<' ', '\t'>>, name_text> {};
struct undecided : seq<at<undecided_start>, node<K::kUndecided, key<"undecided">, path>> {};
struct expect : node<K::kTestExpect, key<"expect">, sor<undecided, chain>> {};
struct test_now : node<K::kTestNow, key<"now">, want_instant> {};
struct test_later : node<K::kTestLater, key<"later">, want<E::kNumber, later_length>> {};
struct given_number : sor<node<K::kNegate, sign<one<'-'>>, number>, number> {};
struct given_band : seq<at<plain_name>, name> {};
struct fitted_start : seq<word<"fitted">, plus<one<' ', '\t'>>, word<"on">> {};
struct fitted_fixture : seq<opt<number>, want_name> {};
struct fitted_on : seq<at<fitted_start>, node<K::kFittedOn, key<"fitted">, key<"on">, fitted_fixture, star<comma, fitted_fixture>>> {};
struct given_what_of : sor<fitted_on, node<K::kGivenValue, sor<given_number, yes_no, given_band>>> {};
struct test_given : seq<at<word<"given">, spaces, name_text>, node<K::kTestGiven, key<"given">, path, opt<given_what_of>>> {};
struct fact_name : node<K::kEventName, not_at<scanned<declaring_length>>, name> {};
struct fact_when : sor<at<one<'{'>>, want_instant> {};
struct test_fact : node<K::kTestFact, opt<number>, want<E::kTestLine, fact_name>, fact_when, opt<at<one<'{'>>, given_values>> {};
struct case_value : node<K::kGivenValue, given_what> {};
struct case_values : node<K::kCaseValues, case_value, star<comma, case_value>> {};
struct case_expect : opt<at<star<line_end>, word<"expect">>, star<line_end>, expect> {};
struct case_row : node<K::kCase, case_values, case_expect> {};
struct cases : seq<at<word<"cases">, plus<one<' ', '\t'>>, name_text>, node<K::kCases, key<"cases">, name, star<comma, want_name>, body<case_row, star<line_end>>>> {};
struct test_item : sor<test_now, test_later, test_given, expect, cases, test_fact> {};
struct test_lines : body<test_item, star<line_end>> {};
struct test_block : node<K::kTest, key<"test">, node<K::kTitle, want_string>, test_lines> {};
struct fixture : node<K::kFixture, key<"fixture">, want_name, opt<title>, test_lines> {};


// ---- guards ----

struct guard_word : sor<node<K::kExcludes, key<"excludes">>, node<K::kImplies, key<"implies">>, node<K::kEquals, key<"equals">>> {};
struct guard_pair : seq<path, want<E::kGuard, guard_word>, want<E::kName, path>> {};
struct want_number : want<E::kNumber, number> {};
struct size_between : node<K::kSizeBetween, key<"between">, want_number, want<E::kAnd, joint<"and">>, want_number> {};
struct size_at_least : node<K::kSizeAtLeast, key<"at">, key<"least">, want_number> {};
struct size_at_most : node<K::kSizeAtMost, key<"at">, key<"most">, want_number> {};
struct size_bound : want<E::kGuard, sor<size_between, size_at_least, size_at_most>> {};
struct size_start : seq<word<"size">, plus<one<' ', '\t'>>, word<"of">> {};
struct guard_size : seq<at<size_start>, key<"size">, key<"of">, want<E::kName, path>, size_bound, opt<node<K::kSizePercent, key<"percent">>>> {};
struct guard_line : in_lines<key<"expect">, want<E::kGuard, sor<guard_size, guard_pair>>, item_end> {};
struct guard : node<K::kGuard, recover<skip_line, guard_line>> {};

struct later_start : seq<scanned<declaration_word_length>, plus<one<' ', '\t'>>, sor<name_text, one<'"'>>> {};
struct later : node<K::kLater, at<later_start>, scanned<later_declaration_length>, pad> {};
struct known : sor<profile, group_of_events, sessions, event, table, source, segment, stages, persona, score, template_rule, library, use, let, test_block, fixture, guard> {};
struct never_private : seq<at<word<"private">, blanks, scanned<declaration_word_length>>, give_up<E::kPrivate>> {};
struct unknown : give_up<E::kDeclaration> {};
struct declaration : recover<skip_declaration, sor<known, later, never_private, unknown>> {};
struct file : seq<free_pad, star<not_at<eof>, declaration, free_pad>, eof> {};

// clang-format on

}  // namespace kitle::rules
