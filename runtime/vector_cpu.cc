// What Highway's headers ask of its library, which is not linked: it measures a
// timer for 3 ms wherever it is loaded, before main(), and asks the CPU anew,
// which takes long under a hypervisor. Hidden, so that whoever loads Highway in
// the same process has its own.
#include "runtime/vector_cpu.h"

#define HWY_SHARED_DEFINE
#define HWY_DLLEXPORT __attribute__((visibility("hidden")))
#include <hwy/targets.h>

#include <atomic>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>

namespace kitle {
namespace {

std::atomic<int64_t> wanted = 0;  // by run_vectors_as()

bool has_avx3_dl() {
  return __builtin_cpu_supports("avx512vnni") &&
         __builtin_cpu_supports("avx512vbmi") &&
         __builtin_cpu_supports("avx512vbmi2") &&
         __builtin_cpu_supports("avx512bitalg") &&
         __builtin_cpu_supports("avx512vpopcntdq") &&
         __builtin_cpu_supports("vaes") &&
         __builtin_cpu_supports("vpclmulqdq") && __builtin_cpu_supports("gfni");
}

}  // namespace

int64_t vector_cpus() {
  __builtin_cpu_init();
  int64_t cpus = HWY_EMU128 | HWY_SCALAR;
  const bool ciphers =
      __builtin_cpu_supports("aes") && __builtin_cpu_supports("pclmul");
  if (!__builtin_cpu_supports("x86-64-v2")) return cpus;
  cpus |= HWY_SSSE3;
  if (!ciphers) return cpus;
  cpus |= HWY_SSE4;
  if (!__builtin_cpu_supports("x86-64-v3")) return cpus;
  cpus |= HWY_AVX2;
  if (!__builtin_cpu_supports("x86-64-v4")) return cpus;
  cpus |= HWY_AVX3;
  return has_avx3_dl() ? cpus | HWY_AVX3_DL : cpus;
}

void run_vectors_as(int64_t cpus) {
  wanted = cpus;
  hwy::GetChosenTarget().DeInit();
}

}  // namespace kitle

namespace hwy {

ChosenTarget& GetChosenTarget() {
  static constinit ChosenTarget chosen;
  return chosen;
}

int64_t SupportedTargets() {
  const int64_t wanted = kitle::wanted;
  return wanted != 0 ? wanted : kitle::vector_cpus();
}

#if HWY_IS_DEBUG_BUILD
// Of checks that only builds with a sanitizer have.
void Abort(const char* file, int line, const char* format, ...) {
  std::va_list values;
  va_start(values, format);
  std::fprintf(stderr, "%s:%d: ", file, line);
  std::vfprintf(stderr, format, values);
  va_end(values);
  std::abort();
}
#endif

}  // namespace hwy
