// The registry of mappings and the handler of SIGBUS that searches it. The
// handler takes no lock and allocates nothing: entries are never freed, only
// used again, and a mapping that faults is in use, so its entry does not
// change.
#include "runtime/store/mapped_file.h"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <mutex>

namespace kitle {
namespace {

struct Entry {
  std::atomic<uintptr_t> begin{0};  // 0: not in use
  std::atomic<uintptr_t> end{0};
  std::atomic<bool> lost{false};
  Entry* next = nullptr;  // set before the entry is published
};

std::atomic<Entry*> all_entries{nullptr};
std::atomic<bool> any_lost{false};
struct sigaction former_action;
long page_bytes = 0;

// The entry of the mapping that holds the address. One that is changed
// meanwhile is of another mapping.
Entry* entry_at(uintptr_t address) {
  Entry* entry = all_entries.load(std::memory_order_acquire);
  for (; entry != nullptr; entry = entry->next) {
    const uintptr_t begin = entry->begin.load();
    const uintptr_t end = entry->end.load();
    const bool holds = begin != 0 && begin <= address && address < end;
    if (holds && entry->begin.load() == begin) return entry;
  }
  return nullptr;
}

// Asks the kernel itself: what stands before mmap in a process (a sanitizer, a
// profiler) may neither be safe in a handler nor know that the readers of this
// page wait for nothing else.
bool put_zeros_at(void* address) {
  const auto bytes = static_cast<size_t>(page_bytes);
  const size_t into_page = reinterpret_cast<uintptr_t>(address) % bytes;
  std::byte* page = static_cast<std::byte*>(address) - into_page;
  return ::syscall(SYS_mmap, page, bytes, PROT_READ,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != -1;
}

// Not ours: as if this handler were not there.
void pass_on(int signal, siginfo_t* info, void* context) {
  if ((former_action.sa_flags & SA_SIGINFO) != 0) {
    former_action.sa_sigaction(signal, info, context);
  } else if (former_action.sa_handler != SIG_DFL &&
             former_action.sa_handler != SIG_IGN) {
    former_action.sa_handler(signal);
  } else {
    ::signal(signal, SIG_DFL);
    ::raise(signal);  // delivered when the handler returns
  }
}

void on_sigbus(int signal, siginfo_t* info, void* context) {
  const int error = errno;
  const auto address = reinterpret_cast<uintptr_t>(info->si_addr);
  const bool fault = info->si_code > 0;  // not sent by a process
  Entry* entry = fault ? entry_at(address) : nullptr;
  if (entry != nullptr && put_zeros_at(info->si_addr)) {
    entry->lost.store(true);
    any_lost.store(true);
  } else {
    pass_on(signal, info, context);
  }
  errno = error;
}

void install_handler() {
  page_bytes = ::sysconf(_SC_PAGESIZE);
  struct sigaction action{};
  action.sa_sigaction = on_sigbus;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGBUS, &action, &former_action);
}

// Serialises changes of the registry; the handler never takes it.
std::mutex& registry_mutex() {
  static std::mutex mutex;
  return mutex;
}

Entry* free_entry() {
  Entry* first = all_entries.load(std::memory_order_acquire);
  for (Entry* entry = first; entry != nullptr; entry = entry->next) {
    if (entry->begin.load() == 0) return entry;
  }
  auto* entry = new Entry;  // kept until the process ends
  entry->next = first;
  all_entries.store(entry, std::memory_order_release);
  return entry;
}

Entry* enter(uintptr_t begin, uint64_t size) {
  const std::lock_guard lock(registry_mutex());
  Entry* entry = free_entry();
  entry->lost.store(false);
  entry->end.store(begin + size);
  entry->begin.store(begin);
  return entry;
}

class MappedFile : public Mapping {
 public:
  MappedFile(void* data, uint64_t size)
      : entry_(enter(reinterpret_cast<uintptr_t>(data), size)) {
    data_ = static_cast<const std::byte*>(data);
    size_ = size;
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile() override {
    entry_->begin.store(0);
    ::munmap(const_cast<std::byte*>(data_), size_);
  }
  bool lost() const override { return entry_->lost.load(); }

 private:
  Entry* entry_;
};

}  // namespace

std::shared_ptr<const Mapping> map_file(int descriptor, uint64_t size) {
  static std::once_flag once;
  std::call_once(once, install_handler);
  void* data = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, descriptor, 0);
  if (data == MAP_FAILED) return nullptr;
  return std::make_shared<MappedFile>(data, size);
}

bool any_mapping_lost() { return any_lost.load(std::memory_order_relaxed); }

}  // namespace kitle
