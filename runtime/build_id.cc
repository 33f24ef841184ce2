#include "runtime/build_id.h"

#include <elf.h>
#include <link.h>

#include <cstdint>
#include <cstring>

namespace kitle {
namespace {

std::string hexadecimal(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte / 16];
    text += kDigits[byte % 16];
  }
  return text;
}

const char* address_of(const dl_phdr_info& object, const ElfW(Phdr) & segment) {
  // NOLINTNEXTLINE(performance-no-int-to-ptr): the loader gives a number
  return reinterpret_cast<const char*>(object.dlpi_addr + segment.p_vaddr);
}

bool holds(const dl_phdr_info& object, const void* address) {
  for (int i = 0; i < object.dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = object.dlpi_phdr[i];
    const char* begin = address_of(object, segment);
    const auto* at = static_cast<const char*>(address);
    const bool here = at >= begin && at < begin + segment.p_memsz;
    if (segment.p_type == PT_LOAD && here) return true;
  }
  return false;
}

// Ends with the object that holds this function.
int find_own(dl_phdr_info* object, size_t /*size*/, void* found) {
  if (!holds(*object, reinterpret_cast<const void*>(&find_own))) return 0;
  auto& id = *static_cast<std::string*>(found);
  for (int i = 0; id.empty() && i < object->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_NOTE) continue;
    id = build_id_in({address_of(*object, segment), segment.p_memsz});
  }
  return 1;
}

}  // namespace

std::string build_id_in(std::string_view notes) {
  const auto padded = [](uint64_t bytes) { return (bytes + 3) / 4 * 4; };
  while (notes.size() >= sizeof(Elf64_Nhdr)) {
    Elf64_Nhdr head;
    std::memcpy(&head, notes.data(), sizeof head);
    notes.remove_prefix(sizeof head);
    const uint64_t name = padded(head.n_namesz);
    const uint64_t size = name + padded(head.n_descsz);
    if (size > notes.size()) return "";
    if (head.n_type == NT_GNU_BUILD_ID) {
      return hexadecimal(notes.substr(name, head.n_descsz));
    }
    notes.remove_prefix(size);
  }
  return "";
}

std::string runtime_build_id() {
  std::string id;
  ::dl_iterate_phdr(find_own, &id);
  return id;
}

}  // namespace kitle
