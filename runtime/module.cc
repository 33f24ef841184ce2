#include "runtime/module.h"

#include <dlfcn.h>

namespace kitle {

std::string path_beside(const void* address, std::string_view name) {
  Dl_info here;
  if (::dladdr(address, &here) == 0) return std::string(name);
  const std::string_view library = here.dli_fname;
  return std::string(library.substr(0, library.rfind('/') + 1)).append(name);
}

std::expected<void*, std::string> open_module(const std::string& path,
                                              const char* symbol) {
  void* module = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (module == nullptr) {
    const char* why = ::dlerror();
    return std::unexpected(why == nullptr ? path : why);
  }
  void* found = ::dlsym(module, symbol);
  if (found == nullptr) return std::unexpected(path + " is of another Kitle");
  return found;
}

}  // namespace kitle
