#include "library/store.h"

#include <filesystem>
#include <utility>

#include "runtime/store/writer.h"

namespace kitle {
namespace {

Status check_folder(const std::string& folder) {
  std::error_code error;
  const bool other = std::filesystem::exists(folder, error) &&
                     !std::filesystem::is_directory(folder, error);
  return other ? Status(StatusCode::kNotAStore, "open the store", folder,
                        "this is a file, and a store is a folder")
               : Status();
}

}  // namespace

Store::Store(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

Result<Store> Store::open(const std::string& folder) {
  const Status is_folder = check_folder(folder);
  if (!is_folder.ok()) return std::unexpected(is_folder);
  auto snapshot = open_snapshot(folder);
  if (!snapshot) return std::unexpected(snapshot.error());
  return Store(std::make_shared<Impl>(Impl{folder, std::move(*snapshot)}));
}

uint64_t Store::snapshot() const { return impl_->snapshot->number(); }
uint32_t Store::profiles() const { return impl_->snapshot->profiles(); }
uint64_t Store::bytes() const { return impl_->snapshot->bytes(); }
const std::string& Store::folder() const { return impl_->folder; }

Result<std::optional<uint32_t>> Store::ordinal_of(std::string_view key) const {
  auto ordinal = impl_->snapshot->ordinal_of(key);
  const Status healthy = impl_->snapshot->health();
  if (!healthy.ok()) return std::unexpected(healthy);
  return ordinal;
}

Result<std::string> Store::key_of(uint32_t ordinal) const {
  return key_in(*impl_->snapshot, ordinal);
}

Result<std::string> key_in(const Snapshot& snapshot, uint32_t ordinal) {
  auto key = snapshot.key_of(ordinal);
  const Status healthy = snapshot.health();
  if (!healthy.ok()) return std::unexpected(healthy);
  return key;
}

Result<uint64_t> fold(const std::string& store_folder) {
  const Status is_folder = check_folder(store_folder);
  if (!is_folder.ok()) return std::unexpected(is_folder);
  const auto report = fold_store(store_folder);
  if (!report) return std::unexpected(report.error());
  return report->snapshot;
}

}  // namespace kitle
