// A store whose pinned folding is not what this machine's ICU would make.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "runtime/store/fold_file.h"
#include "runtime/store/publish.h"
#include "runtime/store/stored_snapshot.h"

namespace kitle::testing {

// Publishes the store's snapshot anew, under another table and Unicode.
inline void repin(const std::string& folder, const FoldData& folds,
                  const std::string& version, Files& files = system_files()) {
  auto snapshot = open_stored_snapshot(files, folder);
  ASSERT_TRUE(snapshot) << snapshot.error().message();
  Manifest manifest = (*snapshot)->manifest();
  const WrittenFile file{FileKind::kFold, manifest.next_file++};
  const uint64_t number = manifest.next_file++;
  auto ref = build_folds(file.number, folds)
                 .write(files, temporary_path(folder, file));
  ASSERT_TRUE(ref) << ref.error().message();
  manifest.folds = *ref;
  manifest.unicode_version = version;
  ++manifest.snapshot;
  bool published = false;
  const Status status =
      publish(files, folder, manifest, number, {file}, published);
  ASSERT_TRUE(status.ok()) << status.message();
}

}  // namespace kitle::testing
