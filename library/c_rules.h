// kitle_rules that were read from their text.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "service/c_handles.h"

namespace kitle::c_interface {

struct TextRules : kitle_rules {
  explicit TextRules(Rules read) : rules(std::move(read)) {}

  const std::vector<SegmentInfo>& segments() const override {
    return rules.segments();
  }
  const char* store_folder() const override {
    return rules.store_folder().c_str();
  }
  Result<int64_t> instant(std::string_view written,
                          const Store* store) const override {
    return rules.instant(written, store);
  }
  Result<Engine> engine(const EngineOptions& options) const override {
    return Engine::create(rules, options);
  }

  Rules rules;
};

}  // namespace kitle::c_interface
