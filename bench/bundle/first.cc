// What a bundle costs a process that has opened none before:
//   first_bundle BUNDLE STORE INSTANT
// prints the microseconds of processor time from the file to what can be asked.
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <utility>

#include "kitle/bundle.h"
#include "kitle/engine.h"
#include "kitle/store.h"

namespace {

template <class T>
T must(kitle::Result<T> result) {
  if (result) return std::move(*result);
  std::fprintf(stderr, "%s\n", result.error().message().c_str());
  std::exit(3);
}

double microseconds() {
  timespec spent = {};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
  return static_cast<double>(spent.tv_sec) * 1e6 +
         static_cast<double>(spent.tv_nsec) / 1e3;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) return 2;
  const kitle::Store store = must(kitle::Store::open(arguments[2]));
  const int64_t now = std::atoll(arguments[3]);
  const double start = microseconds();
  const kitle::Bundle bundle = must(kitle::Bundle::open(arguments[1]));
  const kitle::Engine engine = kitle::Engine::create(bundle);
  const kitle::ProfileQuery query = must(engine.prepare(store, now));
  std::printf("%.1f\n", microseconds() - start);
  return query.words() == 0 ? 1 : 0;
}
