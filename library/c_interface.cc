// kitle.h over the C++ interface. Each handle holds one C++ value. An exception
// (memory or threads run out; Kitle itself throws none) ends here as an error.
#include <algorithm>
#include <cstring>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "kitle/engine.h"
#include "kitle/kitle.h"
#include "kitle/rules.h"
#include "kitle/store.h"
#include "kitle/why.h"

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
struct kitle_why {
  kitle::Why why;
  std::string text;
  std::string json;
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

// Without memory for the error object there is the code alone.
int ran_out(const char* what, kitle_error** error) noexcept {
  try {
    return fail(KITLE_LIMIT, what, error);
  } catch (const std::exception&) {
    return KITLE_LIMIT;
  }
}

// What `body` returns; nothing that it throws gets out.
template <class Body>
int guarded(kitle_error** error, Body body) noexcept {
  if (error != nullptr) *error = nullptr;
  try {
    return body();
  } catch (const std::exception& exception) {
    return ran_out(exception.what(), error);
  }
}

// A new handle for a result, or its error.
template <class Handle, class Value>
int give(kitle::Result<Value> value, Handle** handle, kitle_error** error) {
  if (!value) return fail(value.error(), error);
  *handle = new Handle{std::move(*value)};
  return KITLE_OK;
}

int give_rules(kitle::Rules rules, kitle_rules** out, kitle_error** error) {
  if (!rules.ok()) {
    return fail(KITLE_RULES_HAVE_ERRORS, rules.diagnostics({}), error);
  }
  *out = new kitle_rules{std::move(rules)};
  return KITLE_OK;
}

std::vector<kitle::RuleText> texts_of(const char* const* paths,
                                      const char* const* texts, size_t count) {
  std::vector<kitle::RuleText> all;
  for (size_t i = 0; i < count; ++i) all.push_back({paths[i], texts[i]});
  return all;
}

// Whether an array of `count` strings is there, and every string.
bool all_there(const char* const* strings, size_t count) {
  if (count == 0) return true;
  return strings != nullptr &&
         std::all_of(strings, strings + count,
                     [](const char* string) { return string != nullptr; });
}

int copy_key(const std::string& found, char* key, size_t* key_bytes,
             kitle_error** error) {
  const size_t room = *key_bytes;
  *key_bytes = found.size();
  if (key == nullptr || room < found.size() + 1) {
    return fail(KITLE_LIMIT, "the key is longer than the room", error);
  }
  std::memcpy(key, found.c_str(), found.size() + 1);
  return KITLE_OK;
}

const kitle::SegmentInfo* segment_at(const kitle_rules* rules, size_t index) {
  if (rules == nullptr || index >= rules->rules.segments().size()) {
    return nullptr;
  }
  return &rules->rules.segments()[index];
}

const kitle::SegmentResult* segment_at(const kitle_result* result,
                                       size_t index) {
  if (result == nullptr || index >= result->result.segments.size()) {
    return nullptr;
  }
  return &result->result.segments[index];
}

bool known(kitle_tier tier) {
  return tier >= KITLE_TIER_AUTO && tier <= KITLE_TIER_COMPILED;
}

// A handle is NULL until all is well.
template <class Handle>
void clear(Handle** handle) {
  if (handle != nullptr) *handle = nullptr;
}

}  // namespace

extern "C" {

const char* kitle_version(void) { return KITLE_VERSION; }

int kitle_error_code(const kitle_error* error) {
  return error == nullptr ? int{KITLE_OK} : error->code;
}
const char* kitle_error_message(const kitle_error* error) {
  return error == nullptr ? "" : error->message.c_str();
}
void kitle_error_free(kitle_error* error) { delete error; }

int kitle_rules_load(const char* folder, kitle_rules** rules,
                     kitle_error** error) {
  return guarded(error, [&] {
    clear(rules);
    if (folder == nullptr || rules == nullptr) {
      return invalid("folder and rules must not be NULL", error);
    }
    auto loaded = kitle::load_rules(folder);
    if (!loaded) return fail(loaded.error(), error);
    return give_rules(std::move(*loaded), rules, error);
  });
}

int kitle_rules_parse(const char* const* paths, const char* const* texts,
                      size_t count, kitle_rules** rules, kitle_error** error) {
  return guarded(error, [&] {
    clear(rules);
    if (rules == nullptr || !all_there(paths, count) ||
        !all_there(texts, count)) {
      return invalid("paths, texts and rules must not be NULL", error);
    }
    return give_rules(kitle::load_rules(texts_of(paths, texts, count)), rules,
                      error);
  });
}

size_t kitle_rules_segments(const kitle_rules* rules) {
  return rules == nullptr ? 0 : rules->rules.segments().size();
}
const char* kitle_rules_segment_name(const kitle_rules* rules, size_t index) {
  const auto* segment = segment_at(rules, index);
  return segment == nullptr ? nullptr : segment->name.c_str();
}
const char* kitle_rules_segment_title(const kitle_rules* rules, size_t index) {
  const auto* segment = segment_at(rules, index);
  return segment == nullptr ? nullptr : segment->title.c_str();
}
const char* kitle_rules_segment_stages(const kitle_rules* rules, size_t index) {
  const auto* segment = segment_at(rules, index);
  const bool stage = segment != nullptr && !segment->stages.empty();
  return stage ? segment->stages.c_str() : nullptr;
}
const char* kitle_rules_segment_action(const kitle_rules* rules, size_t index) {
  const auto* segment = segment_at(rules, index);
  const bool said = segment != nullptr && !segment->action.empty();
  return said ? segment->action.c_str() : nullptr;
}
const char* kitle_rules_store_folder(const kitle_rules* rules) {
  return rules == nullptr ? nullptr : rules->rules.store_folder().c_str();
}

int kitle_rules_instant(const kitle_rules* rules, const kitle_store* store,
                        const char* written, int64_t* now,
                        kitle_error** error) {
  return guarded(error, [&] {
    if (rules == nullptr || written == nullptr || now == nullptr) {
      return invalid("rules, written and now must not be NULL", error);
    }
    const auto instant = rules->rules.instant(
        written, store == nullptr ? nullptr : &store->store);
    if (!instant) return fail(instant.error(), error);
    *now = *instant;
    return int{KITLE_OK};
  });
}

void kitle_rules_free(kitle_rules* rules) { delete rules; }

int kitle_store_open(const char* folder, kitle_store** store,
                     kitle_error** error) {
  return guarded(error, [&] {
    clear(store);
    if (folder == nullptr || store == nullptr) {
      return invalid("folder and store must not be NULL", error);
    }
    return give(kitle::Store::open(folder), store, error);
  });
}

uint64_t kitle_store_snapshot(const kitle_store* store) {
  return store == nullptr ? 0 : store->store.snapshot();
}
uint32_t kitle_store_profiles(const kitle_store* store) {
  return store == nullptr ? 0 : store->store.profiles();
}
uint64_t kitle_store_bytes(const kitle_store* store) {
  return store == nullptr ? 0 : store->store.bytes();
}

int kitle_store_ordinal(const kitle_store* store, const char* key,
                        size_t key_bytes, uint32_t* ordinal,
                        kitle_error** error) {
  return guarded(error, [&] {
    if (store == nullptr || key == nullptr || ordinal == nullptr) {
      return invalid("store, key and ordinal must not be NULL", error);
    }
    const auto found = store->store.ordinal_of({key, key_bytes});
    if (!found) return fail(found.error(), error);
    if (!*found) return int{KITLE_NOT_FOUND};
    *ordinal = **found;
    return int{KITLE_OK};
  });
}

int kitle_store_key(const kitle_store* store, uint32_t ordinal, char* key,
                    size_t* key_bytes, kitle_error** error) {
  return guarded(error, [&] {
    if (store == nullptr || key_bytes == nullptr) {
      return invalid("store and key_bytes must not be NULL", error);
    }
    if (ordinal >= store->store.profiles()) {
      return invalid("no profile has this ordinal", error);
    }
    const auto found = store->store.key_of(ordinal);
    if (!found) return fail(found.error(), error);
    return copy_key(*found, key, key_bytes, error);
  });
}

void kitle_store_free(kitle_store* store) { delete store; }

int kitle_engine_create(const kitle_rules* rules, const char* cache_folder,
                        kitle_engine** engine, kitle_error** error) {
  return guarded(error, [&] {
    clear(engine);
    if (rules == nullptr || engine == nullptr) {
      return invalid("rules and engine must not be NULL", error);
    }
    kitle::EngineOptions options;
    if (cache_folder != nullptr) options.cache_folder = cache_folder;
    return give(kitle::Engine::create(rules->rules, options), engine, error);
  });
}

void kitle_engine_free(kitle_engine* engine) { delete engine; }

int kitle_run(const kitle_engine* engine, const kitle_store* store, int64_t now,
              kitle_tier tier, unsigned threads, kitle_result** result,
              kitle_error** error) {
  return guarded(error, [&] {
    clear(result);
    if (engine == nullptr || store == nullptr || result == nullptr) {
      return invalid("engine, store and result must not be NULL", error);
    }
    if (!known(tier)) return invalid("there is no such tier", error);
    kitle::RunOptions options;
    options.now = now;
    options.tier = static_cast<kitle::Tier>(tier);
    options.threads = threads;
    return give(engine->engine.run(store->store, options), result, error);
  });
}

size_t kitle_result_segments(const kitle_result* result) {
  return result == nullptr ? 0 : result->result.segments.size();
}
uint32_t kitle_result_profiles(const kitle_result* result) {
  return result == nullptr ? 0 : result->result.profiles;
}
double kitle_result_seconds(const kitle_result* result) {
  return result == nullptr ? 0 : result->result.seconds;
}
kitle_tier kitle_result_tier(const kitle_result* result) {
  return result == nullptr ? KITLE_TIER_AUTO
                           : static_cast<kitle_tier>(result->result.tier);
}
int kitle_result_undecided(const kitle_result* result, size_t segment) {
  const auto* found = segment_at(result, segment);
  return found != nullptr && found->undecided ? 1 : 0;
}
const char* kitle_result_undecided_reason(const kitle_result* result,
                                          size_t segment) {
  const auto* found = segment_at(result, segment);
  return found == nullptr ? "" : found->undecided_reason.c_str();
}
uint64_t kitle_result_size(const kitle_result* result, size_t segment) {
  const auto* found = segment_at(result, segment);
  return found == nullptr ? 0 : found->members.size();
}

uint64_t kitle_result_members(const kitle_result* result, size_t segment,
                              uint32_t* ordinals, uint64_t room) {
  const auto* found = segment_at(result, segment);
  if (found == nullptr) return 0;
  uint64_t count = 0;
  (void)guarded(nullptr, [&] {
    const std::vector<uint32_t> members = found->members.ordinals();
    const uint64_t copied = ordinals == nullptr ? 0 : room;
    std::copy_n(members.begin(), std::min<uint64_t>(copied, members.size()),
                ordinals);
    count = members.size();
    return int{KITLE_OK};
  });
  return count;
}

void kitle_result_free(kitle_result* result) { delete result; }

int kitle_query_prepare(const kitle_engine* engine, const kitle_store* store,
                        int64_t now, kitle_query** query, kitle_error** error) {
  return guarded(error, [&] {
    clear(query);
    if (engine == nullptr || store == nullptr || query == nullptr) {
      return invalid("engine, store and query must not be NULL", error);
    }
    return give(engine->engine.prepare(store->store, now), query, error);
  });
}

size_t kitle_query_words(const kitle_query* query) {
  return query == nullptr ? 0 : query->query.words();
}

int kitle_query_evaluate(kitle_query* query, uint32_t ordinal, uint64_t* bits,
                         size_t words, kitle_error** error) {
  return guarded(error, [&] {
    if (query == nullptr || bits == nullptr) {
      return invalid("query and bits must not be NULL", error);
    }
    const kitle::Status status = query->query.evaluate(ordinal, {bits, words});
    return status.ok() ? int{KITLE_OK} : fail(status, error);
  });
}

void kitle_query_free(kitle_query* query) { delete query; }

// ---- why ----

int kitle_why_explain(const kitle_rules* rules, const kitle_store* store,
                      const char* key, size_t key_bytes, const char* segment,
                      int64_t now, kitle_why** why, kitle_error** error) {
  return guarded(error, [&] {
    clear(why);
    const bool there = rules != nullptr && store != nullptr && key != nullptr &&
                       segment != nullptr && why != nullptr;
    if (!there) return invalid("an argument is NULL", error);
    kitle::WhyOptions options;
    options.key.assign(key, key_bytes);
    options.segment = segment;
    options.now = now;
    auto made = kitle::explain_person(rules->rules, store->store, options);
    if (!made) return fail(made.error(), error);
    std::string text = kitle::why_text(*made);
    std::string json = kitle::why_json(*made);
    *why = new kitle_why{std::move(*made), std::move(text), std::move(json)};
    return int{KITLE_OK};
  });
}

int kitle_why_member(const kitle_why* why) {
  return why != nullptr && why->why.member ? 1 : 0;
}

int kitle_why_undecided(const kitle_why* why) {
  return why != nullptr && why->why.undecided ? 1 : 0;
}

const char* kitle_why_sentence(const kitle_why* why) {
  return why == nullptr ? nullptr : why->why.sentence.c_str();
}

const char* kitle_why_text(const kitle_why* why) {
  return why == nullptr ? nullptr : why->text.c_str();
}

const char* kitle_why_json(const kitle_why* why) {
  return why == nullptr ? nullptr : why->json.c_str();
}

void kitle_why_free(kitle_why* why) { delete why; }

}  // extern "C"
