/* A service in C: opens rules and their store, evaluates everything, then
 * answers for single customers.
 *
 *   service_c REPOSITORY INSTANT KEY...
 */
#include <inttypes.h>
#include <kitle/kitle.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Goes on if `code` is KITLE_OK; else says why and ends. */
static void check(int code, kitle_error** error) {
  if (code == KITLE_OK) return;
  fprintf(stderr, "%s\n", kitle_error_message(*error));
  kitle_error_free(*error);
  exit(3);
}

static void print_sizes(const kitle_rules* rules, const kitle_result* result) {
  for (size_t i = 0; i < kitle_result_segments(result); ++i) {
    printf("%s\t%" PRIu64 "\n", kitle_rules_segment_name(rules, i),
           kitle_result_size(result, i));
  }
}

/* "KEY: segment segment ..." */
static void answer(const kitle_rules* rules, const kitle_store* store,
                   kitle_query* query, const char* key, uint64_t* bits) {
  kitle_error* error = NULL;
  uint32_t ordinal = 0;
  const int found =
      kitle_store_ordinal(store, key, strlen(key), &ordinal, &error);
  if (found == KITLE_NOT_FOUND) {
    printf("%s: unknown\n", key);
    return;
  }
  check(found, &error);
  check(kitle_query_evaluate(query, ordinal, bits, kitle_query_words(query),
                             &error),
        &error);
  printf("%s:", key);
  for (size_t i = 0; i < kitle_rules_segments(rules); ++i) {
    if ((bits[i / 64] >> (i % 64)) & 1) {
      printf(" %s", kitle_rules_segment_name(rules, i));
    }
  }
  printf("\n");
}

int main(int count, char** arguments) {
  if (count < 3) {
    fprintf(stderr, "usage: service_c REPOSITORY INSTANT KEY...\n");
    return 2;
  }
  kitle_error* error = NULL;
  kitle_rules* rules = NULL;
  kitle_store* store = NULL;
  kitle_engine* engine = NULL;
  kitle_result* result = NULL;
  kitle_query* query = NULL;
  int64_t now = 0;
  check(kitle_rules_load(arguments[1], &rules, &error), &error);
  check(kitle_store_open(kitle_rules_store_folder(rules), &store, &error),
        &error);
  check(kitle_rules_instant(rules, store, arguments[2], &now, &error), &error);
  check(kitle_engine_create(rules, NULL, &engine, &error), &error);
  check(kitle_run(engine, store, now, KITLE_TIER_AUTO, 0, &result, &error),
        &error);
  print_sizes(rules, result);

  check(kitle_query_prepare(engine, store, now, &query, &error), &error);
  uint64_t* bits = calloc(kitle_query_words(query), sizeof *bits);
  for (int i = 3; i < count && bits != NULL; ++i) {
    answer(rules, store, query, arguments[i], bits);
  }
  free(bits);
  kitle_query_free(query);
  kitle_result_free(result);
  kitle_engine_free(engine);
  kitle_store_free(store);
  kitle_rules_free(rules);
  return 0;
}
