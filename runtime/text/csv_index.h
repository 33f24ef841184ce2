// Where the bytes that mean something to a CSV splitter are, as bit masks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace kitle {

// One word for each 64 bytes of `text`, bit i for byte i: in `special` the
// delimiter, the quote, the line feed and NUL, in `high` bytes above 0x7f.
// Each has room for (text.size() + 63) / 64 words; bits past the end are 0.
void index_csv(std::string_view text, char delimiter, char quote,
               uint64_t* special, uint64_t* high);

}  // namespace kitle
