// One block file, base or overlay, as it is read: the only producer of
// BlockViews. Everything that a view points at was verified.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/status.h"
#include "runtime/store/dictionary.h"
#include "runtime/store/manifest.h"
#include "runtime/store/section_file.h"
#include "runtime/store/view.h"

namespace kitle {

// The verified store-wide dictionary of a domain.
using FindDictionary =
    std::function<Result<const Dictionary*>(std::string_view domain)>;

struct BlockPlace {
  uint32_t block = 0;
  bool overlay = false;
};

// Thread-safe.
class BlockFile {
 public:
  // Checks the file's header only. `manifest` outlives the file.
  static Result<std::unique_ptr<BlockFile>> open(
      Files& files, const std::string& folder, const Manifest& manifest,
      BlockPlace place, FindDictionary dictionaries, ReadOptions options);

  // Verified at the first call.
  Result<const BlockView*> view() const;
  // The key of a row; verifies the keys only. REQUIRES: row < its profiles.
  Result<std::string_view> key(uint32_t row) const;

  // For reading what evaluation does not.
  const SectionFile& file() const { return *file_; }
  const Manifest& manifest() const { return *manifest_; }

 private:
  friend class ViewBuilder;
  struct Keys {
    ColumnView column;
    std::unique_ptr<LocalDictionary> dictionary;
  };

  BlockFile() = default;
  const Status& verify_keys() const;
  Status read_keys() const;

  std::shared_ptr<const SectionFile> file_;
  const Manifest* manifest_ = nullptr;
  BlockPlace place_;
  uint32_t profiles_ = 0;
  FindDictionary dictionaries_;

  mutable std::once_flag keys_once_;
  mutable Status keys_status_;
  mutable Keys keys_;
  mutable std::once_flag view_once_;
  mutable Status view_status_;
  mutable BlockView view_;
  mutable std::vector<uint32_t> rows_;  // of an overlay, which index others
  // By number of the local domain; null where the block has none.
  mutable std::vector<std::unique_ptr<LocalDictionary>> local_;
};

}  // namespace kitle
