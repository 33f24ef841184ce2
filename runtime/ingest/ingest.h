// Files of sources -> a new snapshot of a store. Entry point: ingest_files.
#pragma once

#include <string>
#include <vector>

#include "kitle/store.h"
#include "runtime/ingest/mapping.h"
#include "runtime/ingest/missing_columns.h"
#include "runtime/schema.h"
#include "runtime/status.h"
#include "runtime/store/files.h"

namespace kitle {

struct IngestJob {
  const Schema& schema;
  const Settings& settings;
  std::vector<SourceMapping> sources;  // those to be read
  // Folders and `sources` of these are complete: nothing stands for a default.
  IngestOptions options;
  Nearest nearest = {};  // for messages; may be empty
};

// Reads, merges and publishes; without success the store stays as it was. The
// options' callbacks are called from the calling thread. `files`: of the store.
Result<IngestReport> ingest_files(const IngestJob& job,
                                  Files& files = system_files());

}  // namespace kitle
