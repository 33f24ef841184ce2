// malloc and what goes with it, for kitle_gate_run, which has one thread. The C
// library's takes another way from run to run, hundreds of instructions long;
// this one takes the same: lists of free pieces, by size, each a power of two.
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace kitle::gate {
namespace {

constexpr size_t kAlignment = 64;
constexpr size_t kReserved = size_t{1} << 32;

// Stands at the first byte of a piece that is free.
struct Free {
  Free* next;
};
// Ends where a piece in use begins.
struct Head {
  std::byte* start;
  uint32_t size_class;
};

std::array<Free*, 64> free_pieces;
std::byte* next_piece = nullptr;

// What is not touched is not there.
void reserve() {
  void* all = ::mmap(nullptr, kReserved, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (all == MAP_FAILED) std::abort();
  next_piece = static_cast<std::byte*>(all);
}

std::byte* take(uint32_t size_class) {
  if (Free* found = free_pieces[size_class]; found != nullptr) {
    free_pieces[size_class] = found->next;
    return reinterpret_cast<std::byte*>(found);
  }
  if (next_piece == nullptr) reserve();
  std::byte* piece = next_piece;
  next_piece += size_t{1} << size_class;
  return piece;
}

Head& head_of(void* memory) { return static_cast<Head*>(memory)[-1]; }

void* allocate(size_t bytes, size_t alignment) {
  alignment = std::max(alignment, kAlignment);
  const auto size_class =
      static_cast<uint32_t>(std::bit_width(bytes + alignment + kAlignment));
  std::byte* start = take(size_class);
  size_t left = (size_t{1} << size_class) - kAlignment;
  void* memory = start + kAlignment;
  std::align(alignment, bytes, memory, left);
  head_of(memory) = {start, size_class};
  return memory;
}

void release(void* memory) {
  if (memory == nullptr) return;
  const Head head = head_of(memory);
  auto* piece = reinterpret_cast<Free*>(head.start);
  piece->next = free_pieces[head.size_class];
  free_pieces[head.size_class] = piece;
}

// That a piece in use has room for.
size_t room(void* memory) {
  const Head head = head_of(memory);
  return (size_t{1} << head.size_class) -
         static_cast<size_t>(static_cast<std::byte*>(memory) - head.start);
}

}  // namespace
}  // namespace kitle::gate

extern "C" {

void* malloc(size_t bytes) { return kitle::gate::allocate(bytes, 0); }
void free(void* memory) { kitle::gate::release(memory); }
void* calloc(size_t count, size_t bytes) {
  return std::memset(kitle::gate::allocate(count * bytes, 0), 0, count * bytes);
}
void* realloc(void* memory, size_t bytes) {
  if (memory != nullptr && bytes <= kitle::gate::room(memory)) return memory;
  void* moved = kitle::gate::allocate(bytes, 0);
  if (memory != nullptr) {
    std::memcpy(moved, memory, kitle::gate::room(memory));
    kitle::gate::release(memory);
  }
  return moved;
}
void* aligned_alloc(size_t alignment, size_t bytes) {
  return kitle::gate::allocate(bytes, alignment);
}
void* memalign(size_t alignment, size_t bytes) {
  return kitle::gate::allocate(bytes, alignment);
}
int posix_memalign(void** memory, size_t alignment, size_t bytes) {
  *memory = kitle::gate::allocate(bytes, alignment);
  return 0;
}
size_t malloc_usable_size(void* memory) {
  return memory == nullptr ? 0 : kitle::gate::room(memory);
}

}  // extern "C"
