// A value for some nodes of a plan, found by the node's number.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

namespace kitle {

// References to values stay.
template <class Value>
class ReasonTable {
 public:
  Value* find(uint32_t key) {
    const bool known = key < places_.size() && places_[key] != 0;
    return known ? &values_[places_[key] - 1] : nullptr;
  }
  const Value* find(uint32_t key) const {
    return const_cast<ReasonTable*>(this)->find(key);
  }
  // REQUIRES: there is none.
  Value& add(uint32_t key, Value value) {
    if (key >= places_.size()) places_.resize(key + 1);
    values_.push_back(std::move(value));
    places_[key] = static_cast<uint32_t>(values_.size());
    return values_.back();
  }

 private:
  std::vector<uint32_t> places_;  // behind them, 0: none
  std::deque<Value> values_;
};

}  // namespace kitle
