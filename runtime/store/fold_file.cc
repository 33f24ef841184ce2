#include "runtime/store/fold_file.h"

#include <utility>

#include "runtime/store/dictionary.h"
#include "runtime/store/manifest.h"

namespace kitle {
namespace {

constexpr size_t kSections = 3;

// Verified.
Result<FoldView> read_folds(const SectionFile& file) {
  const SectionEntry* points = file.find(SectionKind::kFoldPoints, 0, 0);
  if (points == nullptr || file.sections().size() != kSections) {
    return std::unexpected(file.corrupt("section fold points: is missing"));
  }
  Status status = file.check(*points);
  if (!status.ok()) return std::unexpected(status);
  auto texts = read_texts(file, 0, 0);
  if (!texts) return std::unexpected(texts.error());
  const FoldView folds{file.values<uint32_t>(*points), texts->offsets,
                       texts->bytes};
  if (points->length != texts->size() * sizeof(uint32_t) || !are_folds(folds)) {
    return std::unexpected(file.corrupt(
        *points, "do not rise, or do not fold to one to three others each"));
  }
  return folds;
}

}  // namespace

SectionFileBuilder build_folds(uint64_t number, const FoldData& folds) {
  SectionFileBuilder file(FileKind::kFold, number, 0);
  file.add(SectionKind::kFoldPoints, 0, 0, folds.points);
  file.add(SectionKind::kTextOffsets, 0, 0, folds.offsets);
  file.add(SectionKind::kTextBytes, 0, 0, folds.bytes);
  return file;
}

FoldFile::FoldFile(std::shared_ptr<const SectionFile> file, Nfc nfc,
                   const FoldView& folds)
    : file_(std::move(file)), forms_(std::move(nfc), folds) {}

Result<std::unique_ptr<const FoldFile>> FoldFile::open(Files& files,
                                                       const std::string& path,
                                                       const Manifest& manifest,
                                                       ReadOptions options) {
  auto file = SectionFile::open(files, path, FileKind::kFold, manifest.folds,
                                &manifest, options);
  if (!file) return std::unexpected(file.error());
  auto folds = read_folds(**file);
  if (!folds) return std::unexpected(folds.error());
  return std::unique_ptr<const FoldFile>(
      new FoldFile(std::move(*file), Nfc(manifest.unicode_version), *folds));
}

}  // namespace kitle
