/* Kitle's C interface: load rules or a bundle of them, open a store, evaluate
 * everything or one profile.
 *
 *   kitle_rules* rules;
 *   kitle_error* error;
 *   if (kitle_rules_load("my-shop", &rules, &error) != KITLE_OK) {
 *     fprintf(stderr, "%s\n", kitle_error_message(error));
 *     kitle_error_free(error);
 *   }
 *
 * Handles are opaque and owned by the caller: each kitle_X made by a function
 * is released with kitle_X_free (NULL is fine), in any order: what one needs of
 * another it keeps alive. Strings returned as const char* live as long as the
 * handle that they came from; all text is UTF-8.
 *
 * Functions that can fail return KITLE_OK or another kitle_status. Then the
 * handle is NULL and, where `error` is not NULL, `*error` is an object that the
 * caller frees (NULL where there was no memory for it); on success it is NULL.
 * A NULL argument is KITLE_INVALID; memory or threads that run out are
 * KITLE_LIMIT. Functions that cannot fail answer 0 or NULL about a NULL handle
 * and about an index that is too large.
 *
 * kitle_rules_load, kitle_rules_parse, kitle_cost_* and kitle_why_* are in
 * libkitle; all the others are in libkitle_service, which needs neither
 * compiler nor LLVM nor Arrow, and opens rules with kitle_bundle_open.
 *
 * Threads: all handles but a kitle_query may be used from any thread at the
 * same time; a kitle_query from one thread at a time. No function throws, exits
 * or writes to a stream.
 */
#ifndef KITLE_KITLE_H
#define KITLE_KITLE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Names as C has them. NOLINTBEGIN(readability-identifier-naming) */

typedef struct kitle_error kitle_error;
typedef struct kitle_rules kitle_rules;
typedef struct kitle_store kitle_store;
typedef struct kitle_engine kitle_engine;
typedef struct kitle_result kitle_result;
typedef struct kitle_query kitle_query;
typedef struct kitle_changes kitle_changes;
typedef struct kitle_forecast kitle_forecast;
typedef struct kitle_cost kitle_cost;
typedef struct kitle_why kitle_why;

/* The same numbers as kitle::StatusCode. */
typedef enum kitle_status {
  KITLE_OK = 0,
  KITLE_NOT_FOUND = 1,   /* a file, a folder, a key that is not there */
  KITLE_IO = 2,          /* the system refused an operation */
  KITLE_CORRUPT = 3,     /* a store's file is not what was written */
  KITLE_NEWER = 4,       /* written by a newer version of the format */
  KITLE_NOT_A_STORE = 5, /* the folder is no store */
  KITLE_LOCKED = 6,      /* another writer is at work */
  KITLE_INVALID = 7,     /* an argument that cannot be used */
  KITLE_UNSUPPORTED = 8, /* not possible here, or not decidable */
  KITLE_LIMIT = 9,       /* a stated limit, memory or room */
  KITLE_CANCELLED = 10,  /* the caller asked to stop */
  KITLE_RULES_HAVE_ERRORS = 100
} kitle_status;

/* How to evaluate; the answers are the same bits. The same numbers as
 * kitle::Tier. */
typedef enum kitle_tier {
  KITLE_TIER_AUTO = 0,        /* machine code where that is worth it */
  KITLE_TIER_REFERENCE = 1,   /* slow and obvious, for tests */
  KITLE_TIER_INTERPRETER = 2, /* vector kernels */
  KITLE_TIER_COMPILED = 3     /* machine code */
} kitle_tier;

/* "1.4.0"; lives for ever. */
const char* kitle_version(void);

/* ---- errors ---- */
/* A kitle_status. */
int kitle_error_code(const kitle_error* error);
/* For a person: one line, or the diagnostics of all rules. */
const char* kitle_error_message(const kitle_error* error);
void kitle_error_free(kitle_error* error);

/* ---- rules ---- */

/* Reads the rule repository that holds `folder` (the nearest kitle.toml there
 * or above). Rules with mistakes are KITLE_RULES_HAVE_ERRORS; the error's
 * message is all diagnostics as text. */
int kitle_rules_load(const char* folder, kitle_rules** rules,
                     kitle_error** error);
/* `count` texts from memory; `paths[i]` names `texts[i]` in messages, and
 * "kitle.toml" is the settings. */
int kitle_rules_parse(const char* const* paths, const char* const* texts,
                      size_t count, kitle_rules** rules, kitle_error** error);
/* Compiled rules, from a file that `kitle build` wrote: they answer as the
 * rules that they were built from. There is no kitle_why_explain of them
 * (KITLE_UNSUPPORTED), and no store folder. The file's machine code runs with
 * the rights of the process: open none that others could have written.
 * KITLE_CORRUPT: damaged, or no bundle; KITLE_NEWER: of another version. */
int kitle_bundle_open(const char* path, kitle_rules** rules,
                      kitle_error** error);
/* How many segments there are, in the order of declaration (files by path);
 * private ones are no results and do not count.
 * Segment i here is segment i of results and bit i of queries. */
size_t kitle_rules_segments(const kitle_rules* rules);
const char* kitle_rules_segment_name(const kitle_rules* rules, size_t index);
/* The name where no title was written. */
const char* kitle_rules_segment_title(const kitle_rules* rules, size_t index);
/* The name of the stages that the segment is one of: "lifecycle" of
 * "lifecycle.lost". Everyone is in exactly one of them; they stand one behind
 * the other. NULL where it is no stage. */
const char* kitle_rules_segment_stages(const kitle_rules* rules, size_t index);
/* What to do about these people, as a library's catalogue says, in the language
 * of kitle.toml's `locale`. NULL where nothing is said. */
const char* kitle_rules_segment_action(const kitle_rules* rules, size_t index);
/* kitle.toml's `store`, relative to where `folder` was relative to; NULL of a
 * bundle. */
const char* kitle_rules_store_folder(const kitle_rules* rules);
/* `written`: a date, a local time or RFC 3339; `now` in microseconds UTC.
 * Local is in the zone that `store` pinned, the one its runs reckon in; NULL:
 * in the rules' zone as this machine's zone files have it. */
int kitle_rules_instant(const kitle_rules* rules, const kitle_store* store,
                        const char* written, int64_t* now, kitle_error** error);
void kitle_rules_free(kitle_rules* rules);

/* ---- store ---- */

/* Opens the newest snapshot and holds it: later ingests do not disturb it. */
int kitle_store_open(const char* folder, kitle_store** store,
                     kitle_error** error);
/* A number that grows with each publish. */
uint64_t kitle_store_snapshot(const kitle_store* store);
/* Known profiles; ordinals are below this, and never change. */
uint32_t kitle_store_profiles(const kitle_store* store);
/* Of all files of the snapshot. */
uint64_t kitle_store_bytes(const kitle_store* store);
/* KITLE_NOT_FOUND (without an error object) for an unknown key. */
int kitle_store_ordinal(const kitle_store* store, const char* key,
                        size_t key_bytes, uint32_t* ordinal,
                        kitle_error** error);
/* Copies the key and a NUL; `*key_bytes` is the room, then the length without
 * the NUL. KITLE_LIMIT if the room is too small. */
int kitle_store_key(const kitle_store* store, uint32_t ordinal, char* key,
                    size_t* key_bytes, kitle_error** error);
void kitle_store_free(kitle_store* store);

/* ---- evaluation ---- */

/* Of a bundle what it has runs, and nothing is compiled or kept; why its
 * machine code does not run here, KITLE_TIER_COMPILED says. Else machine code
 * is kept in `cache_folder`, a private folder; NULL: the user's cache
 * ($XDG_CACHE_HOME/kitle or ~/.cache/kitle). It is made beside the first runs,
 * which the interpreter answers, by a thread of the engine's own, for which
 * kitle_engine_free waits. So does the end of the process if its first thread
 * ends it and has made or asked an engine; else free engines before. */
int kitle_engine_create(const kitle_rules* rules, const char* cache_folder,
                        kitle_engine** engine, kitle_error** error);
void kitle_engine_free(kitle_engine* engine);

/* All segments over all profiles at `now`, microseconds UTC; `threads` 0: all
 * cores. A store that was made with other settings is KITLE_INVALID. */
int kitle_run(const kitle_engine* engine, const kitle_store* store, int64_t now,
              kitle_tier tier, unsigned threads, kitle_result** result,
              kitle_error** error);
/* The same, from an earlier result where that takes less; the answers are the
 * same. Of the same snapshot and `now`: segments that an edit of the rules left
 * as they were are taken from it. Of these rules, and of this or an earlier
 * snapshot of the store: only those people are evaluated who have other
 * attributes or events, or for whom time may have changed an answer. */
int kitle_refresh(const kitle_engine* engine, const kitle_store* store,
                  int64_t now, const kitle_result* before, kitle_tier tier,
                  unsigned threads, kitle_result** result, kitle_error** error);
size_t kitle_result_segments(const kitle_result* result);
/* How many of them were taken from `before`. */
size_t kitle_result_taken_over(const kitle_result* result);
/* Live profiles: everyone. */
uint32_t kitle_result_profiles(const kitle_result* result);
/* For how many of them it was computed anew: all, but where it was refreshed.
 */
uint32_t kitle_result_evaluated(const kitle_result* result);
/* Of the evaluation; compile time apart. */
double kitle_result_seconds(const kitle_result* result);
/* The one that ran. */
kitle_tier kitle_result_tier(const kitle_result* result);
/* 1 if the segment could not be decided (a value is too large to compute for
 * somebody, or a fit is missing); then it has no members. */
int kitle_result_undecided(const kitle_result* result, size_t segment);
/* Which fit is missing; "" where none is. Lives as long as the result. */
const char* kitle_result_undecided_reason(const kitle_result* result,
                                          size_t segment);
uint64_t kitle_result_size(const kitle_result* result, size_t segment);
/* Copies at most `room` ordinals, increasing; returns how many there are, and
 * 0 where memory runs out. `ordinals` NULL: none are copied. */
uint64_t kitle_result_members(const kitle_result* result, size_t segment,
                              uint32_t* ordinals, uint64_t room);
void kitle_result_free(kitle_result* result);

/* ---- what changed since a run that was kept ---- */

/* Who entered and who left each segment of `result`, which is of `store`, since
 * a run that `kitle run` (or keep_members() of C++) kept in the store's folder
 * at `since`, microseconds UTC, or before: the newest that kept all segments of
 * the result, or the newest where none did. KITLE_NOT_FOUND: there is none;
 * KITLE_CORRUPT: one of its files is damaged. */
int kitle_changes_make(const kitle_store* store, const kitle_result* result,
                       int64_t since, kitle_changes** changes,
                       kitle_error** error);
/* Of the earlier run. */
uint64_t kitle_changes_snapshot(const kitle_changes* changes);
int64_t kitle_changes_now(const kitle_changes* changes);
/* 1 if both runs decided the segment (the index is that of the result); else
 * nobody entered and nobody left. */
int kitle_changes_known(const kitle_changes* changes, size_t segment);
/* Copies of ordinals as kitle_result_members has them; how many there are. The
 * keys of those who left can be asked of the store. */
uint64_t kitle_changes_entered(const kitle_changes* changes, size_t segment,
                               uint32_t* ordinals, uint64_t room);
uint64_t kitle_changes_left(const kitle_changes* changes, size_t segment,
                            uint32_t* ordinals, uint64_t room);
void kitle_changes_free(kitle_changes* changes);

/* ---- one profile ---- */

/* Questions about single profiles at `now`: everything is bound once. */
int kitle_query_prepare(const kitle_engine* engine, const kitle_store* store,
                        int64_t now, kitle_query** query, kitle_error** error);
/* 64-bit words that kitle_query_evaluate needs. */
size_t kitle_query_words(const kitle_query* query);
/* Bit i of `bits` is membership in segment i, the lowest bit of bits[0] being
 * segment 0. Allocates nothing once the profile's block was seen. Errors:
 * KITLE_INVALID (no such ordinal, too few words), KITLE_UNSUPPORTED (a segment
 * cannot be decided for this profile; the message names it), KITLE_CORRUPT. */
int kitle_query_evaluate(kitle_query* query, uint32_t ordinal, uint64_t* bits,
                         size_t words, kitle_error** error);
void kitle_query_free(kitle_query* query);

/* ---- forecast ---- */

/* How segments change by time alone: who leaves and enters on each of the next
 * `days` local days of the store's time zone, 1 to 366, with no new event and
 * the fits of `now`, microseconds UTC. Exact: each day is evaluated. `segments`
 * are `count` names, of stages for all of them; 0: all segments. `threads` 0:
 * all cores. Errors: those of kitle_run; KITLE_INVALID (so many days);
 * KITLE_NOT_FOUND (an unknown segment). */
int kitle_forecast_make(const kitle_engine* engine, const kitle_store* store,
                        int64_t now, unsigned days, const char* const* segments,
                        size_t count, unsigned threads,
                        kitle_forecast** forecast, kitle_error** error);
/* In the order of declaration. */
size_t kitle_forecast_segments(const kitle_forecast* forecast);
/* Live profiles: everyone. */
uint32_t kitle_forecast_profiles(const kitle_forecast* forecast);
/* 1 if the store has events that are later than `now`: they count from their
 * time on, so this is no forecast but what happened. */
int kitle_forecast_knows_later_events(const kitle_forecast* forecast);
/* Of fits that are too old at `now`; NULL behind the last one. */
const char* kitle_forecast_warning(const kitle_forecast* forecast,
                                   size_t index);
const char* kitle_forecast_name(const kitle_forecast* forecast, size_t segment);
/* At `now`. */
uint64_t kitle_forecast_size(const kitle_forecast* forecast, size_t segment);
/* 1 if it could not be decided at `now` or on one of the days; then there are
 * no days. The reason: a fit is missing, or for whom and when; "" where it is
 * decided. */
int kitle_forecast_undecided(const kitle_forecast* forecast, size_t segment);
const char* kitle_forecast_undecided_reason(const kitle_forecast* forecast,
                                            size_t segment);
/* How many days there are; day 0 begins at `now`. */
size_t kitle_forecast_days(const kitle_forecast* forecast, size_t segment);
/* "2026-03-01"; how many leave and enter on this day, and the size at its end.
 * Who leaves and comes back on one day is not seen. */
const char* kitle_forecast_day_date(const kitle_forecast* forecast,
                                    size_t segment, size_t day);
uint64_t kitle_forecast_day_leave(const kitle_forecast* forecast,
                                  size_t segment, size_t day);
uint64_t kitle_forecast_day_enter(const kitle_forecast* forecast,
                                  size_t segment, size_t day);
uint64_t kitle_forecast_day_size(const kitle_forecast* forecast, size_t segment,
                                 size_t day);
void kitle_forecast_free(kitle_forecast* forecast);

/* ---- cost ---- */

/* What rules cost over a store: what each segment and each operation look at;
 * and with `analyze` not 0 what they take: they are run at `now`, microseconds
 * UTC, by the interpreter, each operation timed, and whole. `segments` and
 * `threads` as kitle_forecast_make has them. Errors: those of kitle_run;
 * KITLE_NOT_FOUND (an unknown segment); KITLE_UNSUPPORTED (the rules are a
 * bundle). */
int kitle_cost_make(const kitle_rules* rules, const kitle_store* store,
                    int64_t now, const char* const* segments, size_t count,
                    int analyze, unsigned threads, kitle_cost** cost,
                    kitle_error** error);
/* Live profiles: everyone. */
uint32_t kitle_cost_profiles(const kitle_cost* cost);
/* Of all event types that are looked at, and of all columns that are read. */
uint64_t kitle_cost_events(const kitle_cost* cost);
uint64_t kitle_cost_bytes(const kitle_cost* cost);
/* The form of the program that the operations are of: "fast", or "general".
 * Seconds of blocks that run in the other form are apart. */
const char* kitle_cost_form(const kitle_cost* cost);
double kitle_cost_other_seconds(const kitle_cost* cost);
/* Analysed only: of a run without clocks, by the interpreter, and as
 * KITLE_TIER_AUTO has it, with the tier that this was. */
double kitle_cost_interpreter_seconds(const kitle_cost* cost);
double kitle_cost_run_seconds(const kitle_cost* cost);
kitle_tier kitle_cost_run_tier(const kitle_cost* cost);

/* In the order of declaration. */
size_t kitle_cost_segments(const kitle_cost* cost);
const char* kitle_cost_segment_name(const kitle_cost* cost, size_t segment);
/* How many operations it needs, and how many of these no other segment of the
 * report; the events and bytes of columns that it looks at. */
uint32_t kitle_cost_segment_operations(const kitle_cost* cost, size_t segment);
uint32_t kitle_cost_segment_own_operations(const kitle_cost* cost,
                                           size_t segment);
uint64_t kitle_cost_segment_events(const kitle_cost* cost, size_t segment);
uint64_t kitle_cost_segment_bytes(const kitle_cost* cost, size_t segment);
/* 1 if its members can change by time alone. */
int kitle_cost_segment_changes_with_time(const kitle_cost* cost,
                                         size_t segment);
/* Which fit is missing; it costs nothing then. "" where none is. */
const char* kitle_cost_segment_undecided_reason(const kitle_cost* cost,
                                                size_t segment);
/* Analysed only, of all threads together: its share of the operations that it
 * needs, and the time of those that it alone needs. */
double kitle_cost_segment_seconds(const kitle_cost* cost, size_t segment);
double kitle_cost_segment_own_seconds(const kitle_cost* cost, size_t segment);

/* In the order of the program. */
size_t kitle_cost_operations(const kitle_cost* cost);
/* As `kitle explain --program` prints it. */
const char* kitle_cost_operation_text(const kitle_cost* cost, size_t operation);
/* How many segments need it; the people or events that it computes something
 * for, the events and the bytes of columns that it looks at for that. */
uint32_t kitle_cost_operation_segments(const kitle_cost* cost,
                                       size_t operation);
uint64_t kitle_cost_operation_rows(const kitle_cost* cost, size_t operation);
uint64_t kitle_cost_operation_events(const kitle_cost* cost, size_t operation);
uint64_t kitle_cost_operation_bytes(const kitle_cost* cost, size_t operation);
/* Analysed only, of all threads together: the shortest of up to five runs. */
double kitle_cost_operation_seconds(const kitle_cost* cost, size_t operation);
void kitle_cost_free(kitle_cost* cost);

/* ---- why ---- */

/* Why the person with this key is in the segment (or stage) at `now`, or is
 * not; of stages in which one. KITLE_NOT_FOUND: no such person, no such segment
 * (the message has the nearest name). */
int kitle_why_explain(const kitle_rules* rules, const kitle_store* store,
                      const char* key, size_t key_bytes, const char* segment,
                      int64_t now, kitle_why** why, kitle_error** error);
/* 1 if the person is in it; 0 if not, or if that cannot be decided. */
int kitle_why_member(const kitle_why* why);
/* 1 if it cannot be decided. */
int kitle_why_undecided(const kitle_why* why);
/* The answer and its reason in one sentence; the whole explanation for people;
 * and for programs, as JSON (docs/language.md describes the fields). */
const char* kitle_why_sentence(const kitle_why* why);
const char* kitle_why_text(const kitle_why* why);
const char* kitle_why_json(const kitle_why* why);
void kitle_why_free(kitle_why* why);

/* NOLINTEND(readability-identifier-naming) */

#ifdef __cplusplus
}
#endif
#endif /* KITLE_KITLE_H */
