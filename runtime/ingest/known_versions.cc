#include "runtime/ingest/known_versions.h"

#include <algorithm>

namespace kitle {

int64_t KnownVersions::of(uint32_t row, const EventKey& key) {
  const auto [place, fresh] = by_row_.try_emplace(row);
  Versions& versions = place->second;
  if (fresh) versions = versions_of(row);
  const auto found =
      std::ranges::lower_bound(versions, key, {}, &Version::first);
  const bool is_there = found != versions.end() && found->first == key;
  return is_there ? found->second : kNoVersion;
}

KnownVersions::Versions KnownVersions::versions_of(uint32_t row) const {
  Versions versions;
  for (const TableContent& table : tables_) {
    if (table.versions.empty() || row + 1 >= table.offsets.size()) continue;
    for (uint32_t i = table.offsets[row]; i < table.offsets[row + 1]; ++i) {
      versions.emplace_back(table.key_of(i), table.versions[i]);
    }
  }
  std::ranges::stable_sort(versions, {}, &Version::first);
  return versions;
}

}  // namespace kitle
