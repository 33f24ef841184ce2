// A shop through the C interface.
#pragma once

#include <string>

#include "kitle/kitle.h"
#include "tests/library/shop.h"

namespace kitle::testing {

// Handles of one shop, released at the end.
struct Handles {
  explicit Handles(const Shop& shop) {
    EXPECT_EQ(kitle_rules_load(shop.folder.path().c_str(), &rules, nullptr), 0);
    EXPECT_EQ(
        kitle_store_open(kitle_rules_store_folder(rules), &store, nullptr), 0);
    EXPECT_EQ(kitle_engine_create(rules, (shop.folder / "cache").c_str(),
                                  &engine, nullptr),
              0);
  }
  Handles(const Handles&) = delete;
  Handles& operator=(const Handles&) = delete;
  ~Handles() {
    kitle_rules_free(rules);  // in any order
    kitle_store_free(store);
    kitle_engine_free(engine);
  }
  kitle_rules* rules = nullptr;
  kitle_store* store = nullptr;
  kitle_engine* engine = nullptr;
};

// The message of an error, which is freed.
inline std::string taken(kitle_error* error) {
  const std::string message = kitle_error_message(error);
  kitle_error_free(error);
  return message;
}

}  // namespace kitle::testing
