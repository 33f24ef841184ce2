#include "service/store.h"

#include <array>
#include <filesystem>
#include <utility>

namespace kitle {

Status check_store_folder(const std::string& folder) {
  std::error_code error;
  const bool other = std::filesystem::exists(folder, error) &&
                     !std::filesystem::is_directory(folder, error);
  return other ? Status(StatusCode::kNotAStore, "open the store", folder,
                        "this is a file, and a store is a folder")
               : Status();
}

Store::Store(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

Result<Store> Store::open(const std::string& folder) {
  const Status is_folder = check_store_folder(folder);
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

namespace {

// ISO: 1 is Monday.
std::string day_name(int day) {
  constexpr std::array<const char*, 7> kNames = {
      "monday", "tuesday",  "wednesday", "thursday",
      "friday", "saturday", "sunday"};
  return kNames[static_cast<size_t>(day - 1)];
}

}  // namespace

std::optional<SettingDifference> setting_that_differs(const Settings& rules,
                                                      const Settings& store) {
  if (rules.time_zone != store.time_zone) {
    return {{"time_zone", rules.time_zone, store.time_zone}};
  }
  if (rules.locale != store.locale) {
    return {{"locale", rules.locale, store.locale}};
  }
  if (rules.currency != store.currency) {
    return {{"currency", rules.currency, store.currency}};
  }
  if (rules.currency_digits != store.currency_digits) {
    return {{"currency_digits", std::to_string(rules.currency_digits),
             std::to_string(store.currency_digits)}};
  }
  if (rules.first_day_of_week != store.first_day_of_week) {
    return {{"first_day_of_week", day_name(rules.first_day_of_week),
             day_name(store.first_day_of_week)}};
  }
  return {};
}

Status check_settings(const Settings& rules, const Settings& store) {
  const auto differs = setting_that_differs(rules, store);
  if (!differs) return {};
  return {StatusCode::kInvalid, "evaluate", "",
          "the store was made with " + differs->what + " " + differs->store +
              ", kitle.toml says " + differs->rules +
              "; the next ingest takes it on, or says why not"};
}

}  // namespace kitle
