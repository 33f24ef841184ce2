// A file reference as 24 bytes, in manifests and elsewhere.
#pragma once

#include "runtime/store/bytes.h"
#include "runtime/store/format.h"

namespace kitle {

inline void put(ByteWriter& to, const FileRef& file) {
  to.put(file.number);
  to.put(file.bytes);
  to.put(file.header_hash);
}

inline FileRef get_file(ByteReader& from) {
  FileRef file;
  file.number = from.get<uint64_t>();
  file.bytes = from.get<uint64_t>();
  file.header_hash = from.get<uint64_t>();
  return file;
}

}  // namespace kitle
