// See machine_module.h.
#include "compiler/machine_module.h"

#include <elf.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

#include "runtime/build_id.h"
#include "runtime/module.h"

namespace kitle {
namespace {

// A file that is read at offsets which it names itself: every read is checked.
class ElfFile {
 public:
  explicit ElfFile(const std::string& path)
      : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~ElfFile() {
    if (file_ >= 0) ::close(file_);
  }
  ElfFile(const ElfFile&) = delete;
  ElfFile& operator=(const ElfFile&) = delete;

  std::string bytes(uint64_t at, size_t count) const {
    std::string read(std::min(count, kMost), '\0');
    const ssize_t got = file_ < 0 ? -1
                                  : ::pread(file_, read.data(), read.size(),
                                            static_cast<off_t>(at));
    read.resize(got < 0 ? 0 : static_cast<size_t>(got));
    return read;
  }

  template <class T>
  std::optional<T> object(uint64_t at) const {
    const std::string read = bytes(at, sizeof(T));
    if (read.size() != sizeof(T)) return std::nullopt;
    T value;
    std::memcpy(&value, read.data(), sizeof value);
    return value;
  }

 private:
  static constexpr size_t kMost = size_t{1} << 16;
  int file_;
};

Status unavailable(std::string cause) {
  return {StatusCode::kUnsupported, "make machine code", "", std::move(cause)};
}

Result<const CodeMaker*> open_maker() {
  const auto entry = open_module(jit_module_path(), "kitle_code_maker");
  if (!entry) return std::unexpected(unavailable(entry.error()));
  return reinterpret_cast<decltype(&kitle_code_maker)>(*entry)();
}

}  // namespace

std::string jit_module_path() {
  return path_beside(reinterpret_cast<const void*>(&jit_module_path),
                     KITLE_JIT_MODULE);
}

std::string build_id_of(const std::string& path) {
  const ElfFile file(path);
  const auto head = file.object<Elf64_Ehdr>(0);
  if (!head || std::memcmp(head->e_ident, ELFMAG, SELFMAG) != 0 ||
      head->e_ident[EI_CLASS] != ELFCLASS64) {
    return "";
  }
  for (uint16_t i = 0; i < head->e_phnum; ++i) {
    const auto segment = file.object<Elf64_Phdr>(
        head->e_phoff + uint64_t{i} * head->e_phentsize);
    if (!segment) return "";
    if (segment->p_type != PT_NOTE) continue;
    std::string found =
        build_id_in(file.bytes(segment->p_offset, segment->p_filesz));
    if (!found.empty()) return found;
  }
  return "";
}

Result<const CodeMaker*> code_maker() {
  static const Result<const CodeMaker*> maker = open_maker();
  return maker;
}

}  // namespace kitle
