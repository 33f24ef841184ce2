// The functions of kitle.h that need no compiler.
#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "kitle/bundle.h"
#include "service/c_handles.h"

static_assert(int{KITLE_CANCELLED} ==
              static_cast<int>(kitle::StatusCode::kCancelled));
static_assert(int{KITLE_TIER_COMPILED} ==
              static_cast<int>(kitle::Tier::kCompiled));

namespace {

using kitle::c_interface::clear;
using kitle::c_interface::copy_members;
using kitle::c_interface::fail;
using kitle::c_interface::give;
using kitle::c_interface::guarded;
using kitle::c_interface::invalid;

struct BundleRules : kitle_rules {
  explicit BundleRules(kitle::Bundle read) : bundle(std::move(read)) {}

  const std::vector<kitle::SegmentInfo>& segments() const override {
    return bundle.segments();
  }
  const char* store_folder() const override { return nullptr; }
  kitle::Result<int64_t> instant(std::string_view written,
                                 const kitle::Store* store) const override {
    return bundle.instant(written, store);
  }
  kitle::Result<kitle::Engine> engine(
      const kitle::EngineOptions& /*options*/) const override {
    return kitle::Engine::create(bundle);
  }

  kitle::Bundle bundle;
};

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
  if (rules == nullptr || index >= rules->segments().size()) {
    return nullptr;
  }
  return &rules->segments()[index];
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

int kitle_bundle_open(const char* path, kitle_rules** rules,
                      kitle_error** error) {
  return guarded(error, [&] {
    clear(rules);
    if (path == nullptr || rules == nullptr) {
      return invalid("path and rules must not be NULL", error);
    }
    auto bundle = kitle::Bundle::open(path);
    if (!bundle) return fail(bundle.error(), error);
    *rules = new BundleRules(std::move(*bundle));
    return int{KITLE_OK};
  });
}

size_t kitle_rules_segments(const kitle_rules* rules) {
  return rules == nullptr ? 0 : rules->segments().size();
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
  return rules == nullptr ? nullptr : rules->store_folder();
}

int kitle_rules_instant(const kitle_rules* rules, const kitle_store* store,
                        const char* written, int64_t* now,
                        kitle_error** error) {
  return guarded(error, [&] {
    if (rules == nullptr || written == nullptr || now == nullptr) {
      return invalid("rules, written and now must not be NULL", error);
    }
    const auto instant =
        rules->instant(written, store == nullptr ? nullptr : &store->store);
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
    return give(rules->engine(options), engine, error);
  });
}

void kitle_engine_free(kitle_engine* engine) { delete engine; }

namespace {

int run_with(const kitle_engine* engine, const kitle_store* store,
             kitle_tier tier, kitle::RunOptions options, kitle_result** result,
             kitle_error** error) {
  if (engine == nullptr || store == nullptr || result == nullptr) {
    return invalid("engine, store and result must not be NULL", error);
  }
  if (!known(tier)) return invalid("there is no such tier", error);
  options.tier = static_cast<kitle::Tier>(tier);
  return give(engine->engine.run(store->store, options), result, error);
}

}  // namespace

int kitle_run(const kitle_engine* engine, const kitle_store* store, int64_t now,
              kitle_tier tier, unsigned threads, kitle_result** result,
              kitle_error** error) {
  return guarded(error, [&] {
    clear(result);
    return run_with(engine, store, tier, {.now = now, .threads = threads},
                    result, error);
  });
}

int kitle_refresh(const kitle_engine* engine, const kitle_store* store,
                  int64_t now, const kitle_result* before, kitle_tier tier,
                  unsigned threads, kitle_result** result,
                  kitle_error** error) {
  return guarded(error, [&] {
    clear(result);
    if (before == nullptr) return invalid("before must not be NULL", error);
    return run_with(engine, store, tier,
                    {.now = now, .threads = threads, .before = &before->result},
                    result, error);
  });
}

size_t kitle_result_segments(const kitle_result* result) {
  return result == nullptr ? 0 : result->result.segments.size();
}
size_t kitle_result_taken_over(const kitle_result* result) {
  return result == nullptr ? 0 : result->result.taken_over;
}
uint32_t kitle_result_profiles(const kitle_result* result) {
  return result == nullptr ? 0 : result->result.profiles;
}
uint32_t kitle_result_evaluated(const kitle_result* result) {
  return result == nullptr ? 0 : result->result.evaluated;
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
  return found == nullptr ? 0 : copy_members(found->members, ordinals, room);
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

}  // extern "C"
