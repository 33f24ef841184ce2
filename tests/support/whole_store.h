// Everything that a store holds, read in every way there is.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "runtime/store/content_rows.h"
#include "runtime/store/stored_snapshot.h"
#include "tests/support/store_model.h"

namespace kitle::testing {

struct WholeStore {
  Model views;
  std::vector<BlockContent> contents;
  std::map<std::string, std::vector<std::string>> texts;  // by domain
  std::vector<std::optional<uint32_t>> ordinals;          // by key, in order
  std::vector<std::optional<uint32_t>> events;            // by id
  std::vector<std::string> sources;
  std::string zone;
  std::string folded;  // kFoldProbe
};

inline constexpr std::string_view kFoldProbe =
    "İzmir IĞDIR Straße ΟΔΟΣ E\u0301";

class WholeStoreReader {
 public:
  explicit WholeStoreReader(const StoredSnapshot& snapshot)
      : snapshot_(snapshot), manifest_(snapshot.manifest()) {}

  Result<WholeStore> read() {
    whole_.zone = snapshot_.zone_bytes();
    whole_.sources = manifest_.sources;
    auto forms = snapshot_.text_forms();
    if (!forms) return std::unexpected(forms.error());
    whole_.folded = (*forms)->form(kFoldProbe, Folding::kLocale);
    auto views = read_views(snapshot_);
    if (!views) return std::unexpected(views.error());
    whole_.views = std::move(*views);
    Status status = contents();
    if (status.ok()) status = texts();
    if (status.ok()) status = keys();
    if (status.ok()) status = events();
    if (status.ok()) status = indexes();
    if (!status.ok()) return std::unexpected(status);
    return std::move(whole_);
  }

 private:
  // Stamps, sources and ids of events.
  Status contents() {
    for (uint32_t block = 0; block < snapshot_.blocks(); ++block) {
      auto base = snapshot_.block_file({block, false});
      if (!base) return base.error();
      const BlockFile* overlay = nullptr;
      if (manifest_.blocks[block].overlay.number != 0) {
        auto file = snapshot_.block_file({block, true});
        if (!file) return file.error();
        overlay = *file;
      }
      auto content =
          read_content(manifest_.schema, manifest_.schema, **base, overlay);
      if (!content) return content.error();
      whole_.contents.push_back(std::move(*content));
    }
    return {};
  }

  Status texts() {
    for (const Domain& domain : manifest_.domains) {
      auto dictionary = snapshot_.verified_dictionary(domain.name);
      if (!dictionary) return dictionary.error();
      auto& texts = whole_.texts[domain.name];
      for (uint32_t code = 0; code <= (*dictionary)->size(); ++code) {
        texts.emplace_back((*dictionary)->text(code));
        (void)(*dictionary)->find(texts.back());
      }
    }
    return {};
  }

  Status keys() {
    for (const ModelProfile& profile : whole_.views) {
      auto ordinal = snapshot_.ordinal_of(profile.key);
      if (!ordinal) return ordinal.error();
      whole_.ordinals.push_back(*ordinal);
    }
    return {};
  }

  Status events() {
    for (const BlockContent& content : whole_.contents) {
      for (const TableContent& table : content.tables) {
        for (uint32_t i = 0; i < table.events(); ++i) {
          auto ordinal = ordinal_of(table.key_of(i));
          if (!ordinal) return ordinal.error();
          whole_.events.push_back(*ordinal);
        }
      }
    }
    return {};
  }

  Result<std::optional<uint32_t>> ordinal_of(const EventKey& key) {
    if (key.id.empty()) return std::nullopt;
    const std::string none;
    const std::string& source =
        key.source == 0 ? none : manifest_.sources[key.source - 1];
    return snapshot_.ordinal_of_event(hash_of_event(source, key.id));
  }

  Status indexes() {
    for (size_t i = 0; i < manifest_.keys.size(); ++i) {
      auto file = snapshot_.key_index(i);
      if (!file) return file.error();
      if (auto all = (*file)->entries(); !all) return all.error();
    }
    for (size_t i = 0; i < manifest_.events.size(); ++i) {
      auto file = snapshot_.event_index(i);
      if (!file) return file.error();
      if (auto all = (*file)->entries(); !all) return all.error();
    }
    return {};
  }

  const StoredSnapshot& snapshot_;
  const Manifest& manifest_;
  WholeStore whole_;
};

inline Result<WholeStore> read_whole_store(Files& files,
                                           const std::string& folder,
                                           ReadOptions options = {}) {
  auto snapshot = open_stored_snapshot(files, folder, options);
  if (!snapshot) return std::unexpected(snapshot.error());
  return WholeStoreReader(**snapshot).read();
}

}  // namespace kitle::testing
