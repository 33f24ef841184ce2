/* What the services in C share: printing, and ending with a reason. */
#ifndef ANSWERS_H
#define ANSWERS_H

#include <kitle/kitle.h>

/* Goes on if `code` is KITLE_OK; else says why and ends. */
void check(int code, kitle_error** error);
/* "NAME<tab>SIZE" of each segment. */
void print_sizes(const kitle_rules* rules, const kitle_result* result);
/* "KEY: segment segment ..." of each key, asked one by one. */
void answer_all(const kitle_rules* rules, const kitle_engine* engine,
                const kitle_store* store, int64_t now, char** keys, int count);

#endif
