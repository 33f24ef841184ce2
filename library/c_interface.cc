// The functions of kitle.h that read rules.
#include <string>
#include <utility>
#include <vector>

#include "kitle/why.h"
#include "library/c_rules.h"

struct kitle_why {
  kitle::Why why;
  std::string text;
  std::string json;
};

namespace {

using kitle::c_interface::all_there;
using kitle::c_interface::clear;
using kitle::c_interface::fail;
using kitle::c_interface::guarded;
using kitle::c_interface::invalid;
using kitle::c_interface::TextRules;

int give_rules(kitle::Rules rules, kitle_rules** out, kitle_error** error) {
  if (!rules.ok()) {
    return fail(KITLE_RULES_HAVE_ERRORS, rules.diagnostics({}), error);
  }
  *out = new TextRules(std::move(rules));
  return KITLE_OK;
}

std::vector<kitle::RuleText> texts_of(const char* const* paths,
                                      const char* const* texts, size_t count) {
  std::vector<kitle::RuleText> all;
  for (size_t i = 0; i < count; ++i) all.push_back({paths[i], texts[i]});
  return all;
}

}  // namespace

extern "C" {

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
    const auto* readable = dynamic_cast<const TextRules*>(rules);
    if (readable == nullptr) {
      return fail(KITLE_UNSUPPORTED,
                  "a bundle cannot say why: that takes the rules' text", error);
    }
    auto made = kitle::explain_person(readable->rules, store->store, options);
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
