// What libkitle_ingest offers to whoever opens it.
#pragma once

#include "runtime/ingest/ingest.h"
#include "runtime/ingest/key_file.h"

namespace kitle {

struct IngestModule {
  decltype(&ingest_files) ingest = nullptr;
  decltype(&key_parquet) keys_as_parquet = nullptr;
};

}  // namespace kitle

// The library's one symbol for others.
extern "C" const kitle::IngestModule* kitle_ingest_module();
