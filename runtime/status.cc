// How errno becomes a Status.
#include "runtime/status.h"

#include <cerrno>
#include <system_error>

namespace kitle {

Status status_from_errno(std::string operation, std::string file) {
  const int error = errno;
  const StatusCode code =
      error == ENOENT ? StatusCode::kNotFound : StatusCode::kIo;
  return Status(code, std::move(operation), std::move(file),
                std::generic_category().message(error));
}

}  // namespace kitle
