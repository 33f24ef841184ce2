// Whether the store has seen a written value. Internal to compiler/check*.cc.
#pragma once

#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "compiler/check.h"
#include "runtime/text/fold.h"

namespace kitle {

class SeenDomains {
 public:
  explicit SeenDomains(const SeenValues* seen);

  // While tests are checked: their people have what they are given.
  void pause(bool paused) { paused_ = paused; }
  // How the store compares texts; null without one.
  const TextForms* forms() const { return forms_; }
  // True if the store knows the column's values and `written` is none of
  // them, as `test` compares (kIs or kExactly). Never of personal columns.
  bool unseen(const Column& column, TextTest test, const std::string& written);
  // The nearest seen value; empty if none is near.
  std::string near(const Column& column, const std::string& written);

 private:
  // The values of one domain, folded in one way.
  struct Domain {
    std::unordered_set<std::string> folded;
    std::vector<std::string> texts;
  };
  const Domain* domain(const Column& column, Folding folding);

  const SeenValues* seen_;
  const TextForms* forms_;  // null: no store, or no table in it
  std::unordered_map<std::string, Domain> domains_;  // "name folding"
  uint32_t searches_ = 0;
  bool paused_ = false;
};

}  // namespace kitle
