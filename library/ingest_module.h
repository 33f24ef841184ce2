// libkitle_ingest, which links Arrow: found beside this library, opened when
// files are to be read, or written as Parquet.
#pragma once

#include <string>

#include "runtime/ingest/module.h"
#include "runtime/status.h"

namespace kitle {

// Opens it at the first call; it stays open. kUnsupported: it cannot be opened,
// so there is no `operation`. Thread-safe.
Result<const IngestModule*> ingest_module(const std::string& operation);

}  // namespace kitle
