// kitle_soak FOLDER PROGRAMS [JOBS [SECONDS]]: random repositories of 1,000
// people, each asked on every tier, until PROGRAMS segments of distinct shape
// are alike, or SECONDS are over. Goes on with what FOLDER has; whatever
// differs is shortened to FOLDER/differs-SEED.kcase. Exit 1 if anything did, 2
// for wrong words, 3 where machine code is not possible or the folder not to be
// written.
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "compiler/machine.h"
#include "tests/soak/record.h"
#include "tests/support/random/differential.h"
#include "tests/support/random/shape.h"

namespace kitle::soak {
namespace {

using kitle::testing::RandomTrial;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr int64_t kPeople = 1000;
constexpr int64_t kSegments = 24;          // of each repository
constexpr uint64_t kEveryLevelEach = 100;  // repositories
constexpr uint64_t kAsWrittenEach = 10;    // machine code without rewrites
constexpr auto kSaveEach = seconds(20);

// What one repository adds to a record.
struct Done {
  uint64_t programs = 0;
  std::vector<uint64_t> shapes;
  std::map<std::pair<std::string, std::string>, uint64_t> pairs;
  std::string difference;
};

Done soaked(uint64_t seed, bool every_level) {
  Done done;
  const RandomTrial trial = kitle::testing::random_trial(
      seed, {.people = kPeople, .segments = kSegments});
  const kitle::testing::Case made = with_rules(trial.ruled);
  const auto loaded = load_moment(made, 0);
  if (!loaded) {
    done.difference = loaded.error();
    return done;
  }
  for (const TypedSegment& segment : loaded->repository.segments) {
    ++done.programs;
    done.shapes.push_back(kitle::testing::shape_of(
        loaded->repository, *segment.condition,
        [&](const std::string& upper, const std::string& lower) {
          ++done.pairs[{upper, lower}];
        }));
  }
  const kitle::testing::TierOptions options{
      .each_rewrite_off = every_level,
      .machine = true,
      .machine_as_written = seed % kAsWrittenEach == 0,
      .each_code = every_level};
  const std::string found = difference_of(made, trial.form, options);
  if (!found.empty()) done.difference = explained(trial, found);
  return done;
}

// Shared by the workers.
class Soak {
 public:
  Soak(std::string folder, Record record, uint64_t wanted, seconds most)
      : folder_(std::move(folder)),
        record_(std::move(record)),
        wanted_(wanted),
        end_(steady_clock::now() + most),
        saved_(steady_clock::now()),
        drawn_(record_.next) {}

  void work() {
    while (const std::optional<uint64_t> seed = draw()) {
      const bool every_level = *seed % kEveryLevelEach == 0;
      add(*seed, every_level, soaked(*seed, every_level));
    }
  }

  const Record& record() const { return record_; }
  Status save() { return write_record(folder_ + "/record", record_); }

 private:
  std::optional<uint64_t> draw() {
    const std::lock_guard lock(mutex_);
    const bool enough = record_.shapes.size() >= wanted_;
    if (enough || steady_clock::now() > end_) return std::nullopt;
    open_.insert(drawn_);
    return drawn_++;
  }

  void add(uint64_t seed, bool every_level, const Done& done) {
    const std::lock_guard lock(mutex_);
    open_.erase(seed);
    ++record_.repositories;
    record_.programs += done.programs;
    record_.every_level += every_level ? 1 : 0;
    record_.shapes.insert(done.shapes.begin(), done.shapes.end());
    for (const auto& [pair, seen] : done.pairs) record_.pairs[pair] += seen;
    // Those behind are done as well once this moves on; a soak that is stopped
    // before repeats at most one repository a worker.
    record_.next = open_.empty() ? drawn_ : *open_.begin();
    if (!done.difference.empty()) differs(seed, done.difference);
    save_sometimes();
  }

  void differs(uint64_t seed, const std::string& difference) {
    record_.differing.insert(seed);
    const std::string path = fmt::format("{}/differs-{}.kcase", folder_, seed);
    std::ofstream(path) << difference;
    fmt::print(stderr, "seed {} differs: {}\n", seed, path);
  }

  void save_sometimes() {
    const auto passed =
        std::chrono::duration_cast<seconds>(steady_clock::now() - saved_);
    const bool last = record_.shapes.size() >= wanted_;
    if (passed < kSaveEach && !last) return;
    saved_ = steady_clock::now();
    record_.seconds += static_cast<uint64_t>(passed.count());
    const Status status = save();
    if (!status.ok()) fmt::print(stderr, "{}\n", status.message());
    fmt::print("{} of {} programs\n", record_.shapes.size(), wanted_);
    std::fflush(stdout);
  }

  std::string folder_;
  std::mutex mutex_;
  Record record_;
  uint64_t wanted_;
  steady_clock::time_point end_;
  steady_clock::time_point saved_;
  uint64_t drawn_;
  std::set<uint64_t> open_;  // drawn, not done
};

uint64_t number(const std::vector<std::string>& words, size_t at,
                uint64_t otherwise) {
  if (words.size() <= at) return otherwise;
  return std::strtoull(words[at].c_str(), nullptr, 10);
}

int run(const std::vector<std::string>& words) {
  const uint64_t wanted = number(words, 1, 0);
  const uint64_t jobs = number(words, 2, std::thread::hardware_concurrency());
  if (wanted == 0 || jobs == 0) {
    fmt::print(stderr, "usage: kitle_soak FOLDER PROGRAMS [JOBS [SECONDS]]\n");
    return 2;
  }
  // Without machine code a tier would be left out, and the record would say
  // that all were alike.
  if (!machine_info().starts_with("LLVM")) {
    fmt::print(stderr, "kitle_soak: there is no machine code to compare: {}\n",
               machine_info());
    return 3;
  }
  std::filesystem::create_directories(words[0]);
  auto record = read_record(words[0] + "/record", kPeople);
  if (!record) {
    fmt::print(stderr, "{}\n", record.error().message());
    return 3;
  }
  constexpr uint64_t kForever = 1'000'000'000;
  Soak soak(words[0], std::move(*record), wanted,
            seconds(number(words, 3, kForever)));
  std::vector<std::jthread> workers;
  for (uint64_t i = 0; i < jobs; ++i) {
    workers.emplace_back([&soak] { soak.work(); });
  }
  workers.clear();
  const Status status = soak.save();
  if (!status.ok()) fmt::print(stderr, "{}\n", status.message());
  fmt::print("{}", summary_of(soak.record()));
  if (!status.ok()) return 3;
  return soak.record().differing.empty() ? 0 : 1;
}

}  // namespace
}  // namespace kitle::soak

int main(int count, char** words) {
  return kitle::soak::run({words + 1, words + count});
}
