// See gdb.h.
#include "runtime/eval/gdb.h"

#include <elf.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "runtime/eval/code_names.h"

// The names by which gdb knows both, each library its own.
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" {
[[gnu::visibility("protected")]] kitle::GdbList __jit_debug_descriptor;

// gdb stops here.
[[gnu::noinline, gnu::visibility("protected")]] void
__jit_debug_register_code() {
  asm volatile("" ::: "memory");
}
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

namespace kitle {
namespace {

// ---- the file ----

enum Part : uint8_t { kNull, kText, kFrames, kSymbols, kNames, kParts, kCount };

Elf64_Addr address_of(const void* place) {
  return reinterpret_cast<Elf64_Addr>(place);
}

class ElfFile {
 public:
  ElfFile() : parts_(), bytes_(sizeof(Elf64_Ehdr), '\0') {}

  // Memory of this process, with its bytes where it is no code.
  void memory(Part part, std::span<const std::byte> at, Elf64_Xword flags) {
    const bool code = (flags & SHF_EXECINSTR) != 0;
    Elf64_Shdr& header = parts_[part];
    header.sh_type = code ? SHT_NOBITS : SHT_PROGBITS;
    header.sh_flags = SHF_ALLOC | flags;
    header.sh_addr = address_of(at.data());
    content(part, code ? 0 : at.size(), at.data());
    header.sh_size = at.size();
  }

  void symbols(const std::vector<CodeName>& names) {
    std::vector<Elf64_Sym> all(1);
    std::string texts(1, '\0');
    for (const CodeName& each : names) {
      Elf64_Sym symbol = {};
      symbol.st_name = static_cast<Elf64_Word>(texts.size());
      symbol.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC);
      symbol.st_shndx = kText;
      symbol.st_value = address_of(each.begin);
      symbol.st_size = each.bytes;
      all.push_back(symbol);
      texts += each.name + '\0';
    }
    Elf64_Shdr& header = parts_[kSymbols];
    header.sh_type = SHT_SYMTAB;
    header.sh_link = kNames;
    header.sh_info = 1;  // the first that is global
    header.sh_entsize = sizeof(Elf64_Sym);
    content(kSymbols, all.size() * sizeof(Elf64_Sym), all.data());
    parts_[kNames].sh_type = SHT_STRTAB;
    content(kNames, texts.size(), texts.data());
  }

  std::string finish() {
    std::string texts(1, '\0');
    constexpr std::array kCalled = {"",        ".text",   ".eh_frame",
                                    ".symtab", ".strtab", ".shstrtab"};
    for (size_t i = 1; i < parts_.size(); ++i) {
      parts_[i].sh_name = static_cast<Elf64_Word>(texts.size());
      texts += std::string(kCalled[i]) + '\0';
    }
    parts_[kParts].sh_type = SHT_STRTAB;
    content(kParts, texts.size(), texts.data());
    align();
    Elf64_Ehdr header = {};
    std::copy_n(ELFMAG, SELFMAG, header.e_ident);
    header.e_ident[EI_CLASS] = ELFCLASS64;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_ident[EI_VERSION] = EV_CURRENT;
    header.e_type = ET_EXEC;  // addresses are what they are
    header.e_machine = EM_X86_64;
    header.e_version = EV_CURRENT;
    header.e_shoff = bytes_.size();
    header.e_ehsize = sizeof header;
    header.e_shentsize = sizeof(Elf64_Shdr);
    header.e_shnum = kCount;
    header.e_shstrndx = kParts;
    std::memcpy(bytes_.data(), &header, sizeof header);
    bytes_.append(reinterpret_cast<const char*>(parts_.data()), sizeof parts_);
    return std::move(bytes_);
  }

 private:
  void align() { bytes_.resize((bytes_.size() + 7) / 8 * 8); }

  void content(Part part, size_t size, const void* data) {
    align();
    parts_[part].sh_offset = bytes_.size();
    parts_[part].sh_size = size;
    parts_[part].sh_addralign = 8;
    bytes_.append(static_cast<const char*>(data), size);
  }

  std::array<Elf64_Shdr, kCount> parts_;
  std::string bytes_;
};

// ---- the list ----

std::mutex& list_mutex() {
  static std::mutex mutex;
  return mutex;
}

void tell(GdbAction action, GdbEntry* entry) {
  __jit_debug_descriptor.action = action;
  __jit_debug_descriptor.changed = entry;
  __jit_debug_register_code();
}

}  // namespace

const GdbList& gdb_list() { return __jit_debug_descriptor; }

GdbFile::GdbFile(std::string elf) : elf_(std::move(elf)) {
  entry_.file = elf_.data();
  entry_.bytes = elf_.size();
  const std::lock_guard lock(list_mutex());
  GdbEntry*& first = __jit_debug_descriptor.first;
  entry_.next = std::exchange(first, &entry_);
  if (entry_.next != nullptr) entry_.next->before = &entry_;
  tell(GdbAction::kAdded, &entry_);
}

GdbFile::~GdbFile() {
  const std::lock_guard lock(list_mutex());
  GdbEntry*& first = __jit_debug_descriptor.first;
  (entry_.before == nullptr ? first : entry_.before->next) = entry_.next;
  if (entry_.next != nullptr) entry_.next->before = entry_.before;
  tell(GdbAction::kRemoved, &entry_);
}

bool is_shown_to_gdb() {
  static const bool wanted = is_asked_for("KITLE_GDB");
  return wanted;
}

std::shared_ptr<const GdbFile> show_to_gdb(const Image& image,
                                           const Program& program,
                                           const Code& code) {
  ElfFile elf;
  elf.memory(kText, image.text(), SHF_EXECINSTR);
  elf.memory(kFrames, image.frames(), 0);
  elf.symbols(names_of(image, program, code));
  return std::make_shared<const GdbFile>(elf.finish());
}

}  // namespace kitle
