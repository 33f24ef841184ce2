#include "library/ingest_module.h"

#include <expected>

#include "runtime/module.h"

namespace kitle {
namespace {

std::expected<const IngestModule*, std::string> opened() {
  const auto here = reinterpret_cast<const void*>(&opened);
  const auto entry = open_module(path_beside(here, KITLE_INGEST_MODULE),
                                 "kitle_ingest_module");
  if (!entry) return std::unexpected(entry.error());
  return reinterpret_cast<decltype(&kitle_ingest_module)>(*entry)();
}

}  // namespace

Result<const IngestModule*> ingest_module(const std::string& operation) {
  static const auto module = opened();
  if (module) return *module;
  return std::unexpected(
      Status(StatusCode::kUnsupported, operation, "", module.error()));
}

}  // namespace kitle
