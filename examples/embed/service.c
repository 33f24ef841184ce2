/* A service in C: opens rules and their store, evaluates everything, then
 * answers for single customers.
 *
 *   service_c REPOSITORY INSTANT KEY...
 */
#include <kitle/kitle.h>
#include <stdio.h>

#include "answers.h"

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
  int64_t now = 0;
  check(kitle_rules_load(arguments[1], &rules, &error), &error);
  check(kitle_store_open(kitle_rules_store_folder(rules), &store, &error),
        &error);
  check(kitle_rules_instant(rules, store, arguments[2], &now, &error), &error);
  check(kitle_engine_create(rules, NULL, &engine, &error), &error);
  check(kitle_run(engine, store, now, KITLE_TIER_AUTO, 0, &result, &error),
        &error);
  print_sizes(rules, result);
  answer_all(rules, engine, store, now, arguments + 3, count - 3);
  kitle_result_free(result);
  kitle_engine_free(engine);
  kitle_store_free(store);
  kitle_rules_free(rules);
  return 0;
}
