/* Kitle's C interface: load rules, open a store, evaluate everything or one
 * profile.
 *
 * Handles are opaque and owned by the caller: each kitle_X made by a function
 * is released with kitle_X_free (NULL is fine). Functions that can fail
 * return 0 or a kitle_status code and, where `error` is not NULL, an error
 * object that the caller frees. Strings returned as const char* live as long
 * as the handle they came from; all text is UTF-8.
 *
 * Threads: rules, stores, engines and results may be used from any thread at
 * the same time; a kitle_query from one thread at a time. No function throws,
 * exits or writes to a stream.
 */
#ifndef KITLE_KITLE_H
#define KITLE_KITLE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct kitle_error kitle_error;
typedef struct kitle_rules kitle_rules;
typedef struct kitle_store kitle_store;
typedef struct kitle_engine kitle_engine;
typedef struct kitle_result kitle_result;
typedef struct kitle_query kitle_query;

/* The same numbers as kitle::StatusCode. */
typedef enum kitle_status {
  KITLE_OK = 0,
  KITLE_NOT_FOUND = 1,
  KITLE_IO = 2,
  KITLE_CORRUPT = 3,
  KITLE_NEWER = 4,
  KITLE_NOT_A_STORE = 5,
  KITLE_LOCKED = 6,
  KITLE_INVALID = 7,
  KITLE_UNSUPPORTED = 8,
  KITLE_LIMIT = 9,
  KITLE_CANCELLED = 10,
  KITLE_RULES_HAVE_ERRORS = 100
} kitle_status;

/* The same numbers as kitle::Tier. */
typedef enum kitle_tier {
  KITLE_TIER_AUTO = 0,
  KITLE_TIER_REFERENCE = 1,
  KITLE_TIER_INTERPRETER = 2,
  KITLE_TIER_COMPILED = 3
} kitle_tier;

const char* kitle_version(void);

/* ---- errors ---- */
int kitle_error_code(const kitle_error* error);
const char* kitle_error_message(const kitle_error* error);
void kitle_error_free(kitle_error* error);

/* ---- rules ---- */

/* Reads the rule repository that holds `folder`. Rules with mistakes are
 * KITLE_RULES_HAVE_ERRORS; the error's message is all diagnostics as text. */
int kitle_rules_load(const char* folder, kitle_rules** rules,
                     kitle_error** error);
/* `count` texts from memory; `paths[i]` names `texts[i]` in messages, and
 * "kitle.toml" is the settings. */
int kitle_rules_parse(const char* const* paths, const char* const* texts,
                      size_t count, kitle_rules** rules, kitle_error** error);
size_t kitle_rules_segments(const kitle_rules* rules);
const char* kitle_rules_segment_name(const kitle_rules* rules, size_t index);
const char* kitle_rules_segment_title(const kitle_rules* rules, size_t index);
const char* kitle_rules_store_folder(const kitle_rules* rules);
/* `written`: a date, a local time or RFC 3339; `now` in microseconds UTC. */
int kitle_rules_instant(const kitle_rules* rules, const char* written,
                        int64_t* now, kitle_error** error);
void kitle_rules_free(kitle_rules* rules);

/* ---- store ---- */
int kitle_store_open(const char* folder, kitle_store** store,
                     kitle_error** error);
uint64_t kitle_store_snapshot(const kitle_store* store);
uint32_t kitle_store_profiles(const kitle_store* store);
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

/* `cache_folder` NULL: the user's cache. */
int kitle_engine_create(const kitle_rules* rules, const char* cache_folder,
                        kitle_engine** engine, kitle_error** error);
void kitle_engine_free(kitle_engine* engine);

/* All segments over all profiles at `now`; `threads` 0: all cores. */
int kitle_run(const kitle_engine* engine, const kitle_store* store, int64_t now,
              kitle_tier tier, unsigned threads, kitle_result** result,
              kitle_error** error);
size_t kitle_result_segments(const kitle_result* result);
/* Live profiles: everyone. */
uint32_t kitle_result_profiles(const kitle_result* result);
double kitle_result_seconds(const kitle_result* result);
kitle_tier kitle_result_tier(const kitle_result* result);
/* 1 if the segment could not be decided; then it has no members. */
int kitle_result_undecided(const kitle_result* result, size_t segment);
uint64_t kitle_result_size(const kitle_result* result, size_t segment);
/* Copies at most `room` ordinals, increasing; returns how many there are. */
uint64_t kitle_result_members(const kitle_result* result, size_t segment,
                              uint32_t* ordinals, uint64_t room);
void kitle_result_free(kitle_result* result);

/* ---- one profile ---- */
int kitle_query_prepare(const kitle_engine* engine, const kitle_store* store,
                        int64_t now, kitle_query** query, kitle_error** error);
/* 64-bit words that kitle_query_evaluate needs. */
size_t kitle_query_words(const kitle_query* query);
/* Bit i of `bits` is membership in segment i. Allocates nothing once its
 * block was seen. */
int kitle_query_evaluate(kitle_query* query, uint32_t ordinal, uint64_t* bits,
                         size_t words, kitle_error** error);
void kitle_query_free(kitle_query* query);

#ifdef __cplusplus
}
#endif
#endif /* KITLE_KITLE_H */
