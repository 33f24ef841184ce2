// Members as files for others.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kitle/engine.h"
#include "library/ingest_module.h"
#include "service/store.h"
#include "service/whole_file.h"

namespace kitle {
namespace {

// RFC 4180: quoted where a comma, a quote or a line end is inside.
void append_csv(std::string& text, std::string_view key) {
  if (key.find_first_of(",\"\r\n") == std::string_view::npos) {
    text.append(key);
  } else {
    text += '"';
    for (const char c : key) text.append(c == '"' ? 2 : 1, c);
    text += '"';
  }
  text += '\n';
}

Result<std::vector<std::string>> keys_of(const Store& store,
                                         const Members& members) {
  std::vector<std::string> keys;
  const Snapshot& snapshot = *store.impl().snapshot;
  for (const uint32_t ordinal : members.ordinals()) {
    auto key = snapshot.key_of(ordinal);
    if (!key) return std::unexpected(key.error());
    keys.push_back(std::move(*key));
  }
  // A file that was cut while it was read reads as zeros.
  const Status healthy = snapshot.health();
  if (!healthy.ok()) return std::unexpected(healthy);
  return keys;
}

std::string csv_of(const std::vector<std::string>& keys) {
  std::string text = "id\n";
  for (const std::string& key : keys) append_csv(text, key);
  return text;
}

}  // namespace

Status write_members(const Store& store, const Members& members,
                     MemberFormat format, const std::string& path) {
  if (format == MemberFormat::kRoaring) {
    return write_whole_file(path, members.portable());
  }
  const auto keys = keys_of(store, members);
  if (!keys) return keys.error();
  if (format == MemberFormat::kCsv) {
    return write_whole_file(path, csv_of(*keys));
  }
  const auto module = ingest_module("write Parquet");
  if (!module) return module.error();
  const auto bytes = (*module)->keys_as_parquet(*keys);
  if (!bytes) return bytes.error();
  return write_whole_file(path, *bytes);
}

}  // namespace kitle
