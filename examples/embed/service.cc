// A service in C++: opens rules and their store, evaluates everything, then
// answers for single customers.
//
//   service_cpp REPOSITORY INSTANT KEY...
#include <kitle/engine.h>
#include <kitle/rules.h>
#include <kitle/store.h>

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

namespace {

// The value of a result; without one, says why and ends.
template <class T>
T value_of(kitle::Result<T> result) {
  if (result) return std::move(*result);
  std::cerr << result.error().message() << "\n";
  std::exit(3);
}

kitle::Rules good_rules(const std::string& folder) {
  kitle::Rules rules = value_of(kitle::load_rules(folder));
  if (rules.ok()) return rules;
  std::cerr << rules.diagnostics({});
  std::exit(1);
}

// "KEY: segment segment ..."
void answer(const kitle::Rules& rules, const kitle::Store& store,
            kitle::ProfileQuery& query, const std::string& key) {
  const auto ordinal = value_of(store.ordinal_of(key));
  if (!ordinal) {
    std::cout << key << ": unknown\n";
    return;
  }
  std::vector<std::uint64_t> bits(query.words());
  const kitle::Status status = query.evaluate(*ordinal, bits);
  if (!status.ok()) {
    std::cerr << status.message() << "\n";
    std::exit(3);
  }
  std::cout << key << ":";
  for (std::size_t i = 0; i < rules.segments().size(); ++i) {
    const bool member = ((bits[i / 64] >> (i % 64)) & 1) != 0;
    if (member) std::cout << " " << rules.segments()[i].name;
  }
  std::cout << "\n";
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 3) {
    std::cerr << "usage: service_cpp REPOSITORY INSTANT KEY...\n";
    return 2;
  }
  const kitle::Rules rules = good_rules(arguments[1]);
  const auto store = value_of(kitle::Store::open(rules.store_folder()));
  const std::int64_t now = value_of(rules.instant(arguments[2], &store));
  const auto engine = value_of(kitle::Engine::create(rules));

  kitle::RunOptions options;
  options.now = now;
  const auto result = value_of(engine.run(store, options));
  for (const kitle::SegmentResult& segment : result.segments) {
    std::cout << segment.name << "\t" << segment.members.size() << "\n";
  }

  auto query = value_of(engine.prepare(store, now));
  for (int i = 3; i < count; ++i) answer(rules, store, query, arguments[i]);
  return 0;
}
