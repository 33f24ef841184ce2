// Opening a block file and reading its keys.
#include "runtime/store/block_file.h"

#include <algorithm>

#include "runtime/store/verify.h"
#include "runtime/store/view_builder.h"

namespace kitle {

Result<std::unique_ptr<BlockFile>> BlockFile::open(
    Files& files, const std::string& folder, const Manifest& manifest,
    BlockPlace place, FindDictionary dictionaries, ReadOptions options) {
  const BlockRef& ref = manifest.blocks[place.block];
  const FileKind kind = place.overlay ? FileKind::kOverlay : FileKind::kBase;
  const FileRef& file_ref = place.overlay ? ref.overlay : ref.base;
  auto file =
      SectionFile::open(files, folder + "/" + file_name(kind, file_ref.number),
                        kind, file_ref, &manifest, options);
  if (!file) return std::unexpected(file.error());
  if ((*file)->header().subject != place.block) {
    return std::unexpected(
        (*file)->corrupt("section header: is of another block"));
  }
  std::unique_ptr<BlockFile> block(new BlockFile);
  block->file_ = std::move(*file);
  block->manifest_ = &manifest;
  block->place_ = place;
  block->profiles_ = place.overlay ? ref.overlay_profiles : ref.profiles;
  block->dictionaries_ = std::move(dictionaries);
  return block;
}

Status BlockFile::read_keys() const {
  auto texts = read_texts(*file_, kProfileTable, 0);
  if (!texts) return texts.error();
  const SectionEntry* section = file_->find(SectionKind::kKeys, 0, 0);
  if (section == nullptr) return file_->corrupt("section keys: is missing");
  Status status = file_->check(*section);
  if (!status.ok()) return status;
  const auto codes = file_->values<uint16_t>(*section);
  if (section->length != profiles_ * sizeof(uint16_t) ||
      std::ranges::find(codes, uint16_t{0}) != codes.end() ||
      largest(codes) > texts->size()) {
    return file_->corrupt(*section, "are not codes of their dictionary");
  }
  keys_.dictionary = std::make_unique<LocalDictionary>(*texts);
  keys_.column.physical = Physical::kU16;
  keys_.column.type = TypeKind::kCode;
  keys_.column.data = codes.data();
  keys_.column.dictionary = keys_.dictionary.get();
  return {};
}

const Status& BlockFile::verify_keys() const {
  std::call_once(keys_once_, [this] { keys_status_ = read_keys(); });
  return keys_status_;
}

Result<std::string_view> BlockFile::key(uint32_t row) const {
  if (!verify_keys().ok()) return std::unexpected(keys_status_);
  const auto* codes = static_cast<const uint16_t*>(keys_.column.data);
  return keys_.dictionary->text(codes[row]);
}

Result<const BlockView*> BlockFile::view() const {
  std::call_once(view_once_, [this] {
    view_status_ = verify_keys();
    if (view_status_.ok()) view_status_ = ViewBuilder(*this).build();
  });
  if (!view_status_.ok()) return std::unexpected(view_status_);
  return &view_;
}

}  // namespace kitle
