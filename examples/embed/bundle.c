/* The same service from a bundle: it is linked with kitle::service alone, so
 * neither the compiler nor LLVM nor Arrow is loaded.
 *
 *   kitle build -o audiences.kbundle
 *   bundle_c audiences.kbundle STORE INSTANT KEY...
 */
#include <kitle/kitle.h>
#include <stdio.h>

#include "answers.h"

int main(int count, char** arguments) {
  if (count < 4) {
    fprintf(stderr, "usage: bundle_c BUNDLE STORE INSTANT KEY...\n");
    return 2;
  }
  kitle_error* error = NULL;
  kitle_rules* rules = NULL;
  kitle_store* store = NULL;
  kitle_engine* engine = NULL;
  kitle_result* result = NULL;
  int64_t now = 0;
  check(kitle_bundle_open(arguments[1], &rules, &error), &error);
  check(kitle_store_open(arguments[2], &store, &error), &error);
  check(kitle_rules_instant(rules, store, arguments[3], &now, &error), &error);
  check(kitle_engine_create(rules, NULL, &engine, &error), &error);
  check(kitle_run(engine, store, now, KITLE_TIER_AUTO, 0, &result, &error),
        &error);
  print_sizes(rules, result);
  answer_all(rules, engine, store, now, arguments + 4, count - 4);
  kitle_result_free(result);
  kitle_engine_free(engine);
  kitle_store_free(store);
  kitle_rules_free(rules);
  return 0;
}
