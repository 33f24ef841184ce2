#include "kitle/store.h"
#include "runtime/store/writer.h"
#include "service/store.h"

namespace kitle {

Result<uint64_t> fold(const std::string& store_folder) {
  const Status is_folder = check_store_folder(store_folder);
  if (!is_folder.ok()) return std::unexpected(is_folder);
  const auto report = fold_store(store_folder);
  if (!report) return std::unexpected(report.error());
  return report->snapshot;
}

}  // namespace kitle
