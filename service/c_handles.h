// What the functions of kitle.h share: handles, each of which holds one C++
// value, and errors. An exception (memory or threads run out; Kitle itself
// throws none) ends here as an error.
#pragma once

#include <algorithm>
#include <exception>
#include <string>
#include <string_view>
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
// Rules from their text (library/c_interface.cc), or of a bundle.
struct kitle_rules {
  virtual ~kitle_rules() = default;
  virtual const std::vector<kitle::SegmentInfo>& segments() const = 0;
  virtual const char* store_folder() const = 0;  // or null
  virtual kitle::Result<int64_t> instant(std::string_view written,
                                         const kitle::Store* store) const = 0;
  virtual kitle::Result<kitle::Engine> engine(
      const kitle::EngineOptions& options) const = 0;
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

namespace kitle::c_interface {

inline int fail(int code, std::string message, kitle_error** error) {
  if (error != nullptr) *error = new kitle_error{code, std::move(message)};
  return code;
}

inline int fail(const kitle::Status& status, kitle_error** error) {
  return fail(static_cast<int>(status.code()), status.message(), error);
}

inline int invalid(const char* cause, kitle_error** error) {
  return fail(KITLE_INVALID, cause, error);
}

// Without memory for the error object there is the code alone.
inline int ran_out(const char* what, kitle_error** error) noexcept {
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

// Whether an array of `count` strings is there, and every string.
inline bool all_there(const char* const* strings, size_t count) {
  if (count == 0) return true;
  return strings != nullptr &&
         std::all_of(strings, strings + count,
                     [](const char* string) { return string != nullptr; });
}

inline std::vector<std::string> names_of(const char* const* strings,
                                         size_t count) {
  return {strings, strings + count};
}

// A member of what may not be there: 0 then, and `none` of a text.
template <class Of, class Member>
Member member_of(const Of* of, Member Of::* member) {
  return of == nullptr ? Member() : of->*member;
}
template <class Of>
const char* text_of(const Of* of, std::string Of::* member,
                    const char* none = nullptr) {
  return of == nullptr ? none : (of->*member).c_str();
}

// At most `room` of their ordinals; how many there are, 0 where memory runs
// out.
inline uint64_t copy_members(const Members& members, uint32_t* ordinals,
                             uint64_t room) {
  uint64_t count = 0;
  (void)guarded(nullptr, [&] {
    const std::vector<uint32_t> all = members.ordinals();
    const uint64_t copied = ordinals == nullptr ? 0 : room;
    std::copy_n(all.begin(), std::min<uint64_t>(copied, all.size()), ordinals);
    count = all.size();
    return int{KITLE_OK};
  });
  return count;
}

// A handle is NULL until all is well.
template <class Handle>
void clear(Handle** handle) {
  if (handle != nullptr) *handle = nullptr;
}

}  // namespace kitle::c_interface
