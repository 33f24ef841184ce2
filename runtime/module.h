// Parts of Kitle that are opened when they are first needed: what they link of
// others takes longer to load than most commands to run.
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace kitle {

// The path of `name` beside the library or program that holds `address`.
std::string path_beside(const void* address, std::string_view name);

// What the library calls `symbol`, or why there is none. It stays open.
std::expected<void*, std::string> open_module(const std::string& path,
                                              const char* symbol);

}  // namespace kitle
