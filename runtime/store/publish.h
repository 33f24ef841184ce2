// Making a snapshot durable and current, and removing what no reader needs.
#pragma once

#include <string>
#include <vector>

#include "runtime/store/manifest.h"

namespace kitle {

// A file that was written under a temporary name.
struct WrittenFile {
  FileKind kind = FileKind::kBase;
  uint64_t number = 0;
};
std::string temporary_path(const std::string& folder, const WrittenFile& file);
std::string final_path(const std::string& folder, const WrittenFile& file);

// Gives the files their names, writes the manifest as file `number`, and makes
// it current. `published` is set as soon as readers may see the new snapshot:
// then an error means only that it may be gone after a loss of power.
Status publish(Files& files, const std::string& folder,
               const Manifest& manifest, uint64_t number,
               const std::vector<WrittenFile>& written, bool& published);

// Makes sure that MANIFEST stays what it is: a commit may have failed after it
// became visible and before it was durable, and then nothing of the snapshot
// before may be removed yet. REQUIRES: the writer lock is held.
Status settle(Files& files, const std::string& folder);

// The snapshots whose manifests are in the folder: the current one, and those
// that readers may hold. Needs no lock.
Result<std::vector<uint64_t>> snapshots_in(const std::string& folder,
                                           Files& files);

// Removes the files, under whichever name they have. Never fails.
void discard(Files& files, const std::string& folder,
             const std::vector<WrittenFile>& written);

// Removes files of snapshots that are not current and that no reader holds,
// and what a crash left behind. REQUIRES: the writer lock is held, and MANIFEST
// is durable. Never fails: what cannot be removed stays.
void clean(Files& files, const std::string& folder, const Manifest* current,
           uint64_t manifest_number);

}  // namespace kitle
