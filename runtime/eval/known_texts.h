// What a program asks of the texts of one dictionary, found once: it depends on
// nothing else, so one binding leaves it to the next.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "runtime/eval/answers.h"
#include "runtime/eval/bound.h"

namespace kitle {

// By number what was made once; null may be made, too. Thread-safe.
template <class T>
class MadeOnce {
 public:
  explicit MadeOnce(size_t count) : made_(count) {}
  // What there is so far.
  MadeOnce(const MadeOnce& other) : made_(other.copied()) {}

  template <class Make>
  std::shared_ptr<const T> get(size_t number, Make make) {
    const std::lock_guard lock(mutex_);
    auto& [there, value] = made_[number];
    if (!there) {
      value = make();
      there = true;
    }
    return value;
  }

 private:
  using All = std::vector<std::pair<bool, std::shared_ptr<const T>>>;
  All copied() const {
    const std::lock_guard lock(mutex_);
    return made_;
  }

  mutable std::mutex mutex_;
  All made_;
};

// Thread-safe.
struct KnownTexts {
  explicit KnownTexts(const Program& program)
      : sets(program.sets.size()),
        codes(program.lookups.size()),
        lengths(1),
        answers(program.answers.size()) {}
  MadeOnce<BoundSet> sets;          // by SetParam
  MadeOnce<BoundCodes> codes;       // by LookupParam
  MadeOnce<BoundCodes> lengths;     // of the texts
  MadeOnce<AnswersByCode> answers;  // by AnswersParam
};

}  // namespace kitle
