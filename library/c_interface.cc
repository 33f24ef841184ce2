// kitle.h over the C++ interface. Each handle holds one C++ value; nothing
// here may throw, so allocation failure ends the process as it does
// everywhere in Kitle.
#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "kitle/engine.h"
#include "kitle/kitle.h"
#include "kitle/rules.h"
#include "kitle/store.h"

struct kitle_error {
  int code;
  std::string message;
};
struct kitle_rules {
  kitle::Rules rules;
};
struct kitle_store {
  kitle::Store store;
};
struct kitle_engine {
  kitle::Engine engine;
};
struct kitle_result {
  kitle::RunResult result;
};
struct kitle_query {
  kitle::ProfileQuery query;
};

static_assert(int{KITLE_CANCELLED} ==
              static_cast<int>(kitle::StatusCode::kCancelled));
static_assert(int{KITLE_TIER_COMPILED} ==
              static_cast<int>(kitle::Tier::kCompiled));

namespace {

int fail(int code, std::string message, kitle_error** error) {
  if (error != nullptr) *error = new kitle_error{code, std::move(message)};
  return code;
}

int fail(const kitle::Status& status, kitle_error** error) {
  return fail(static_cast<int>(status.code()), status.message(), error);
}

int invalid(const char* cause, kitle_error** error) {
  return fail(KITLE_INVALID, cause, error);
}

int give_rules(kitle::Rules rules, kitle_rules** out, kitle_error** error) {
  if (!rules.ok()) {
    return fail(KITLE_RULES_HAVE_ERRORS, rules.diagnostics({}), error);
  }
  *out = new kitle_rules{std::move(rules)};
  return KITLE_OK;
}

}  // namespace

extern "C" {

const char* kitle_version(void) {
  static const std::string version = kitle::version();
  return version.c_str();
}

int kitle_error_code(const kitle_error* error) { return error->code; }
const char* kitle_error_message(const kitle_error* error) {
  return error->message.c_str();
}
void kitle_error_free(kitle_error* error) { delete error; }

int kitle_rules_load(const char* folder, kitle_rules** rules,
                     kitle_error** error) {
  if (folder == nullptr || rules == nullptr) {
    return invalid("folder and rules must not be NULL", error);
  }
  auto loaded = kitle::load_rules(folder);
  if (!loaded) return fail(loaded.error(), error);
  return give_rules(std::move(*loaded), rules, error);
}

int kitle_rules_parse(const char* const* paths, const char* const* texts,
                      size_t count, kitle_rules** rules, kitle_error** error) {
  if (rules == nullptr || (count > 0 && (paths == nullptr || !texts))) {
    return invalid("paths, texts and rules must not be NULL", error);
  }
  std::vector<kitle::RuleText> all;
  for (size_t i = 0; i < count; ++i) all.push_back({paths[i], texts[i]});
  return give_rules(kitle::load_rules(std::move(all)), rules, error);
}

size_t kitle_rules_segments(const kitle_rules* rules) {
  return rules->rules.segments().size();
}
const char* kitle_rules_segment_name(const kitle_rules* rules, size_t index) {
  const auto& all = rules->rules.segments();
  return index < all.size() ? all[index].name.c_str() : nullptr;
}
const char* kitle_rules_segment_title(const kitle_rules* rules, size_t index) {
  const auto& all = rules->rules.segments();
  return index < all.size() ? all[index].title.c_str() : nullptr;
}
const char* kitle_rules_store_folder(const kitle_rules* rules) {
  return rules->rules.store_folder().c_str();
}

int kitle_rules_instant(const kitle_rules* rules, const char* written,
                        int64_t* now, kitle_error** error) {
  if (rules == nullptr || written == nullptr || now == nullptr) {
    return invalid("rules, written and now must not be NULL", error);
  }
  const auto instant = rules->rules.instant(written);
  if (!instant) return fail(instant.error(), error);
  *now = *instant;
  return KITLE_OK;
}

void kitle_rules_free(kitle_rules* rules) { delete rules; }

int kitle_store_open(const char* folder, kitle_store** store,
                     kitle_error** error) {
  if (folder == nullptr || store == nullptr) {
    return invalid("folder and store must not be NULL", error);
  }
  auto opened = kitle::Store::open(folder);
  if (!opened) return fail(opened.error(), error);
  *store = new kitle_store{std::move(*opened)};
  return KITLE_OK;
}

uint64_t kitle_store_snapshot(const kitle_store* store) {
  return store->store.snapshot();
}
uint32_t kitle_store_profiles(const kitle_store* store) {
  return store->store.profiles();
}
uint64_t kitle_store_bytes(const kitle_store* store) {
  return store->store.bytes();
}

int kitle_store_ordinal(const kitle_store* store, const char* key,
                        size_t key_bytes, uint32_t* ordinal,
                        kitle_error** error) {
  if (store == nullptr || key == nullptr || ordinal == nullptr) {
    return invalid("store, key and ordinal must not be NULL", error);
  }
  const auto found = store->store.ordinal_of({key, key_bytes});
  if (!found) return fail(found.error(), error);
  if (!*found) return KITLE_NOT_FOUND;
  *ordinal = **found;
  return KITLE_OK;
}

int kitle_store_key(const kitle_store* store, uint32_t ordinal, char* key,
                    size_t* key_bytes, kitle_error** error) {
  if (store == nullptr || key_bytes == nullptr ||
      ordinal >= store->store.profiles()) {
    return invalid("a store, key_bytes and a known ordinal are needed", error);
  }
  const auto found = store->store.key_of(ordinal);
  if (!found) return fail(found.error(), error);
  const size_t room = *key_bytes;
  *key_bytes = found->size();
  if (key == nullptr || room < found->size() + 1) {
    return fail(KITLE_LIMIT, "the key is longer than the room", error);
  }
  std::memcpy(key, found->c_str(), found->size() + 1);
  return KITLE_OK;
}

void kitle_store_free(kitle_store* store) { delete store; }

int kitle_engine_create(const kitle_rules* rules, const char* cache_folder,
                        kitle_engine** engine, kitle_error** error) {
  if (rules == nullptr || engine == nullptr) {
    return invalid("rules and engine must not be NULL", error);
  }
  kitle::EngineOptions options;
  if (cache_folder != nullptr) options.cache_folder = cache_folder;
  auto made = kitle::Engine::create(rules->rules, options);
  if (!made) return fail(made.error(), error);
  *engine = new kitle_engine{std::move(*made)};
  return KITLE_OK;
}

void kitle_engine_free(kitle_engine* engine) { delete engine; }

int kitle_run(const kitle_engine* engine, const kitle_store* store, int64_t now,
              kitle_tier tier, unsigned threads, kitle_result** result,
              kitle_error** error) {
  if (engine == nullptr || store == nullptr || result == nullptr) {
    return invalid("engine, store and result must not be NULL", error);
  }
  kitle::RunOptions options;
  options.now = now;
  options.tier = static_cast<kitle::Tier>(tier);
  options.threads = threads;
  auto done = engine->engine.run(store->store, options);
  if (!done) return fail(done.error(), error);
  *result = new kitle_result{std::move(*done)};
  return KITLE_OK;
}

size_t kitle_result_segments(const kitle_result* result) {
  return result->result.segments.size();
}
uint32_t kitle_result_profiles(const kitle_result* result) {
  return result->result.profiles;
}
double kitle_result_seconds(const kitle_result* result) {
  return result->result.seconds;
}
kitle_tier kitle_result_tier(const kitle_result* result) {
  return static_cast<kitle_tier>(result->result.tier);
}
int kitle_result_undecided(const kitle_result* result, size_t segment) {
  const auto& all = result->result.segments;
  return segment < all.size() && all[segment].undecided ? 1 : 0;
}
uint64_t kitle_result_size(const kitle_result* result, size_t segment) {
  const auto& all = result->result.segments;
  return segment < all.size() ? all[segment].members.size() : 0;
}

uint64_t kitle_result_members(const kitle_result* result, size_t segment,
                              uint32_t* ordinals, uint64_t room) {
  const auto& all = result->result.segments;
  if (segment >= all.size()) return 0;
  const std::vector<uint32_t> members = all[segment].members.ordinals();
  const uint64_t copied = std::min<uint64_t>(room, members.size());
  if (ordinals != nullptr) {
    std::copy_n(members.begin(), copied, ordinals);
  }
  return members.size();
}

void kitle_result_free(kitle_result* result) { delete result; }

int kitle_query_prepare(const kitle_engine* engine, const kitle_store* store,
                        int64_t now, kitle_query** query, kitle_error** error) {
  if (engine == nullptr || store == nullptr || query == nullptr) {
    return invalid("engine, store and query must not be NULL", error);
  }
  auto made = engine->engine.prepare(store->store, now);
  if (!made) return fail(made.error(), error);
  *query = new kitle_query{std::move(*made)};
  return KITLE_OK;
}

size_t kitle_query_words(const kitle_query* query) {
  return query->query.words();
}

int kitle_query_evaluate(kitle_query* query, uint32_t ordinal, uint64_t* bits,
                         size_t words, kitle_error** error) {
  if (query == nullptr || bits == nullptr) {
    return invalid("query and bits must not be NULL", error);
  }
  const kitle::Status status = query->query.evaluate(ordinal, {bits, words});
  return status.ok() ? KITLE_OK : fail(status, error);
}

void kitle_query_free(kitle_query* query) { delete query; }

}  // extern "C"
