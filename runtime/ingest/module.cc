#include "runtime/ingest/module.h"

const kitle::IngestModule* kitle_ingest_module() {
  static constexpr kitle::IngestModule kModule = {&kitle::ingest_files,
                                                  &kitle::key_parquet};
  return &kModule;
}
