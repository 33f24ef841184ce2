// Errors of the environment: a file that cannot be read, a store that is
// damaged, a full disk. The user's mistakes in rules are diagnostics
// (kitle/rules.h); the programmer's are asserts. No function of Kitle throws.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <utility>

namespace kitle {

enum class StatusCode : uint8_t {
  kOk,
  kNotFound,     // a file, a folder, a key that is not there
  kIo,           // the system refused an operation (the cause says which)
  kCorrupt,      // bytes that are not what the manifest or an invariant says
  kNewer,        // written by a newer version of the format
  kNotAStore,    // the folder is no store
  kLocked,       // another writer is at work
  kInvalid,      // an argument that cannot be used, named in the cause
  kUnsupported,  // understood, but not possible here (a CPU, a codec)
  kLimit,        // a stated limit is reached
  kCancelled,    // the caller asked to stop
};

// A value type; thread-safe to read. `message()` is one line for a person:
// "<operation> <file>: <cause>".
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(StatusCode code, std::string operation, std::string file,
         std::string cause)
      : code_(code),
        operation_(std::move(operation)),
        file_(std::move(file)),
        cause_(std::move(cause)) {}

  bool ok() const { return code_ == StatusCode::kOk; }
  StatusCode code() const { return code_; }
  const std::string& operation() const { return operation_; }
  const std::string& file() const { return file_; }
  const std::string& cause() const { return cause_; }
  std::string message() const {
    std::string text = operation_;
    if (!file_.empty()) text += (text.empty() ? "" : " ") + file_;
    return text + ": " + cause_;
  }

 private:
  StatusCode code_ = StatusCode::kOk;
  std::string operation_;
  std::string file_;
  std::string cause_;
};

template <class T>
using Result = std::expected<T, Status>;

}  // namespace kitle
