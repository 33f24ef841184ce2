// Machine code for gdb. What is in no file gdb looks for in a list of files in
// memory (gdb's manual, "JIT Compilation Interface"). Here each is an ELF file
// of one image: its functions, called as profilers call them (code_names.h),
// and their frames, by which gdb finds who called them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "runtime/eval/image.h"
#include "runtime/eval/program.h"

namespace kitle {

// The list, in gdb's own layout: version 1.
struct GdbEntry {
  GdbEntry* next = nullptr;
  GdbEntry* before = nullptr;
  const char* file = nullptr;
  uint64_t bytes = 0;
};
enum class GdbAction : uint32_t { kNothing, kAdded, kRemoved };
struct GdbList {
  uint32_t version = 1;
  GdbAction action = GdbAction::kNothing;
  GdbEntry* changed = nullptr;
  GdbEntry* first = nullptr;
};

const GdbList& gdb_list();

// On the list as long as it lives; the image has to live longer.
class GdbFile {
 public:
  explicit GdbFile(std::string elf);
  ~GdbFile();
  GdbFile(const GdbFile&) = delete;
  GdbFile& operator=(const GdbFile&) = delete;

 private:
  std::string elf_;
  GdbEntry entry_;
};

// Whether KITLE_GDB is set in the environment and neither empty nor "0".
bool is_shown_to_gdb();

// An image of the program's code. Thread-safe.
std::shared_ptr<const GdbFile> show_to_gdb(const Image& image,
                                           const Program& program,
                                           const Code& code);

}  // namespace kitle
