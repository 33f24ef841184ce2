#include "answers.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void check(int code, kitle_error** error) {
  if (code == KITLE_OK) return;
  fprintf(stderr, "%s\n", kitle_error_message(*error));
  kitle_error_free(*error);
  exit(3);
}

void print_sizes(const kitle_rules* rules, const kitle_result* result) {
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

void answer_all(const kitle_rules* rules, const kitle_engine* engine,
                const kitle_store* store, int64_t now, char** keys, int count) {
  kitle_error* error = NULL;
  kitle_query* query = NULL;
  check(kitle_query_prepare(engine, store, now, &query, &error), &error);
  uint64_t* bits = calloc(kitle_query_words(query), sizeof *bits);
  for (int i = 0; i < count && bits != NULL; ++i) {
    answer(rules, store, query, keys[i], bits);
  }
  free(bits);
  kitle_query_free(query);
}
