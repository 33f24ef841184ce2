// The fold table that a store pins: its file, written and read.
#pragma once

#include <cstdint>
#include <memory>

#include "runtime/status.h"
#include "runtime/store/section_file.h"
#include "runtime/text/fold.h"

namespace kitle {

// The file of a table.
SectionFileBuilder build_folds(uint64_t number, const FoldData& folds);

// Immutable, thread-safe.
class FoldFile {
 public:
  // Opens the file that the manifest names and verifies it whole; `manifest`
  // outlives this.
  static Result<std::unique_ptr<const FoldFile>> open(Files& files,
                                                      const std::string& path,
                                                      const Manifest& manifest,
                                                      ReadOptions options);

  const TextForms& forms() const { return forms_; }
  const SectionFile& file() const { return *file_; }

 private:
  FoldFile(std::shared_ptr<const SectionFile> file, Nfc nfc,
           const FoldView& folds);

  std::shared_ptr<const SectionFile> file_;
  TextForms forms_;  // shows `file_`
};

}  // namespace kitle
