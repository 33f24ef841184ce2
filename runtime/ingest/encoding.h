// Single-byte encodings of text files, converted to UTF-8.
#pragma once

#include <string>
#include <string_view>

#include "runtime/ingest/arena.h"

namespace kitle {

enum class Encoding : uint8_t { kUtf8, kLatin1, kWindows1254, kUnknown };

// By its name in a `csv` line: utf-8, latin-1 (iso-8859-1), windows-1254.
Encoding encoding_of(std::string_view name);

// The text as UTF-8, in the arena unless it is ASCII or UTF-8 already. A null
// view for bytes that the encoding does not have.
std::string_view to_utf8(std::string_view text, Encoding encoding,
                         Arena& arena);

}  // namespace kitle
