// Machine code as a run gets it: equal answers, and a cache that only holds
// what may be run.
#include "compiler/machine.h"

#include <elf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <thread>

#include "compiler/compile.h"
#include "compiler/load.h"
#include "compiler/machine_cache.h"
#include "compiler/machine_module.h"
#include "runtime/eval/gdb.h"
#include "runtime/eval/run.h"
#include "runtime/time/zone.h"
#include "tests/support/random_model.h"
#include "tests/support/store_model.h"
#include "tests/support/temp_folder.h"

namespace kitle::testing {
namespace {

namespace fs = std::filesystem;

// Among the events' times, and behind them: general and fast code.
constexpr int64_t kNow = int64_t{1'772'000'000} * 1'000'000;
constexpr int64_t kLater = int64_t{1'776'000'000} * 1'000'000;

const char* const kSchema = R"(
profile customer { id code key, country code, age integer, signed_up time }
event visit { page text, seconds number }
event purchase { amount money, channel code }
)";

std::string segments(const std::string& amount) {
  return R"(
segment visitors { at least 2 visits where page is "a" ever }
segment buyers { sum of purchase.amount in last 30 days > )" +
         amount + R"( TRY }
segment patient { any purchase after last visit or age > 0 }
segment readers { average of visit.seconds ever > 1 and no purchase ever }
)";
}

LoadedRepository rules(const std::string& more) {
  LoadedRepository loaded =
      load_texts({{"kitle.toml",
                   "name = \"shop\"\ntime_zone = \"Europe/Istanbul\"\n"
                   "locale = \"tr\"\ncurrency = \"TRY\"\nstore = \"store\"\n"},
                  {"schema.kitle", kSchema},
                  {"rules.kitle", more}},
                 nullptr);
  EXPECT_EQ(render(loaded.diagnostics, loaded.sources, DiagnosticFormat::kText,
                   false),
            "");
  return loaded;
}

std::shared_ptr<const Program> program_of(const std::string& text) {
  return std::make_shared<Program>(compile(rules(text).repository, {}));
}

void write(const std::string& folder, const Schema& schema, const Model& model,
           const std::set<uint32_t>& touched) {
  Settings settings = test_settings();
  settings.time_zone = "Europe/Istanbul";
  settings.locale = "tr";
  auto writer = open_writer(folder, schema, settings,
                            *read_zone_bytes(settings.time_zone));
  ASSERT_TRUE(writer.has_value());
  EXPECT_EQ(write_model(**writer, model, touched).message(),
            Status().message());
  EXPECT_TRUE((*writer)->commit().has_value());
}

// A block with an overlay.
std::shared_ptr<const Snapshot> random_store(const std::string& folder) {
  const LoadedRepository loaded = rules("");
  Schema schema = loaded.repository.schema;
  RandomModel random(schema, {.texts = 6, .most_events = 9}, 1);
  Model model = random.model(700);
  write(folder, schema, model, {});
  const std::set<uint32_t> touched = random.change(model, 0.1);
  write(folder, schema, model, touched);
  return *open_snapshot(folder);
}

RunOutcome run_all(const Binding& binding, const MachineCode* machine) {
  const PreparedProgram prepared(binding.program());
  const auto executor = serial_executor();
  return *run(binding, prepared,
              {.executor = executor.get(), .machine = machine});
}

void expect_same(const RunOutcome& found, const RunOutcome& expected) {
  ASSERT_EQ(found.segments.size(), expected.segments.size());
  for (size_t i = 0; i < expected.segments.size(); ++i) {
    EXPECT_TRUE(found.segments[i].members == expected.segments[i].members) << i;
    EXPECT_EQ(found.segments[i].undecided, expected.segments[i].undecided);
  }
}

std::vector<fs::path> files_in(const std::string& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    files.push_back(entry.path());
  }
  return files;
}

mode_t mode_of(const fs::path& path) {
  struct stat status = {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  return status.st_mode & 0777;
}

bool maps_have(std::string_view text) {
  return read_file("/proc/self/maps").find(text) != std::string::npos;
}

class MachineCodeTest : public ::testing::Test {
 protected:
  MachineCodeTest()
      : snapshot_(random_store(folder_ / "store")),
        binding_(bind(segments("2"))) {}

  void SetUp() override {
    if (machine_info().starts_with("LLVM")) return;
    GTEST_SKIP() << machine_info();
  }

  std::shared_ptr<const Binding> bind(const std::string& text,
                                      int64_t now = kNow) const {
    return *Binding::make(program_of(text), snapshot_, now);
  }
  std::string cache() const { return folder_ / "cache"; }
  std::shared_ptr<const MachineCode> made(const Binding& binding) const {
    const auto code = make_machine_code(binding, {.cache_folder = cache()});
    EXPECT_EQ(code ? "" : code.error().message(), "");
    return code ? *code : nullptr;
  }
  void expect_right(const MachineCode* code) const {
    ASSERT_NE(code, nullptr);
    expect_same(run_all(*binding_, code), run_all(*binding_, nullptr));
  }

  TempFolder folder_;
  std::shared_ptr<const Snapshot> snapshot_;
  std::shared_ptr<const Binding> binding_;
};

TEST_F(MachineCodeTest, AnswersAsTheInterpreterDoes) {
  for (const int64_t now : {kNow, kLater}) {
    const auto binding = bind(segments("2"), now);
    const auto code = made(*binding);
    ASSERT_NE(code, nullptr);
    const auto versions = binding->block(0);
    ASSERT_TRUE(versions.has_value());
    ASSERT_NE((*versions)->overlay_view, nullptr);
    EXPECT_EQ((*versions)->base.code == &binding->program().fast,
              now == kLater);
    EXPECT_NE(code->function_for((*versions)->base), nullptr);
    EXPECT_NE(code->function_for((*versions)->overlay), nullptr);
    const RunOutcome outcome = run_all(*binding, code.get());
    expect_same(outcome, run_all(*binding, nullptr));
    for (const SegmentMembers& segment : outcome.segments) {
      EXPECT_GT(segment.members.size(), 0u) << now;
      EXPECT_LT(segment.members.size(), outcome.profiles);
    }
  }
}

TEST_F(MachineCodeTest, TheCacheIsTheUsersAlone) {
  made(*binding_);
  EXPECT_EQ(mode_of(cache()), 0700u);
  ASSERT_FALSE(files_in(cache()).empty());
  for (const fs::path& file : files_in(cache())) {
    EXPECT_EQ(mode_of(file), 0600u);
    EXPECT_EQ(file.extension(), ".image");
  }
}

TEST_F(MachineCodeTest, DamagedFilesAreMadeAnew) {
  made(*binding_);
  for (const fs::path& file : files_in(cache())) {
    const std::string good = read_file(file);
    std::string flipped = good;
    flipped[flipped.size() / 2] ^= 1;
    std::string other_key = good;
    other_key[8] ^= 1;
    for (const std::string& bad :
         {flipped, other_key, good.substr(0, good.size() - 1), good + "x",
          good.substr(0, 20), std::string()}) {
      std::ofstream(file, std::ios::binary) << bad;
      expect_right(made(*binding_).get());
      EXPECT_EQ(read_file(file), good);
    }
  }
}

TEST_F(MachineCodeTest, WhatOthersMayWriteIsNotUsed) {
  made(*binding_);
  const auto files = files_in(cache());
  ASSERT_FALSE(files.empty());
  const std::string good = read_file(files[0]);
  fs::permissions(files[0], fs::perms::all);
  expect_right(made(*binding_).get());
  EXPECT_EQ(mode_of(files[0]), 0600u);
  EXPECT_EQ(read_file(files[0]), good);

  fs::remove(files[0]);
  fs::permissions(cache(), fs::perms::all);
  expect_right(made(*binding_).get());
  EXPECT_FALSE(fs::exists(files[0]));
}

TEST_F(MachineCodeTest, WithoutAFolderThereIsNoCache) {
  std::ofstream(cache()) << "a file";
  expect_right(made(*binding_).get());
  EXPECT_EQ(read_file(cache()), "a file");
}

TEST_F(MachineCodeTest, ConstantsAreNoPartOfTheCode) {
  made(*binding_);
  const size_t files = files_in(cache()).size();
  made(*bind(segments("30")));
  EXPECT_EQ(files_in(cache()).size(), files);
  made(*bind(segments("30") + "segment new { age > 3 and country is \"TR\" }"));
  EXPECT_GT(files_in(cache()).size(), files);
}

TEST_F(MachineCodeTest, NoMemoryIsEverWritableAndExecutable) {
  std::atomic<bool> done = false;
  std::atomic<bool> found = false;
  std::thread watch([&] {
    while (!done) {
      if (maps_have(" rwx")) found = true;
    }
  });
  const auto code =
      make_machine_code(*binding_, {.cache_folder = "", .use_cache = false});
  EXPECT_TRUE(code.has_value());
  if (code) expect_right(code->get());
  done = true;
  watch.join();
  EXPECT_FALSE(found);
}

TEST_F(MachineCodeTest, TheSourceIsShown) {
  const auto source = machine_code_source(binding_->program(), binding_.get());
  ASSERT_TRUE(source.has_value());
  EXPECT_THAT(*source, ::testing::HasSubstr("define i32 @kitle_chunk("));
  const auto without = machine_code_source(binding_->program(), nullptr);
  ASSERT_TRUE(without.has_value());
  EXPECT_THAT(*without, ::testing::HasSubstr("define i32 @kitle_chunk("));
}

// A line of what perf reads.
struct Named {
  uintptr_t begin = 0;
  uintptr_t bytes = 0;
  std::string name;
};

std::vector<Named> named_in(const std::string& path) {
  std::ifstream file(path);
  std::vector<Named> lines;
  file >> std::hex;
  for (Named each; file >> each.begin >> each.bytes >> std::ws &&
                   std::getline(file, each.name);) {
    lines.push_back(each);
  }
  return lines;
}

bool is_executable(const Named& wanted) {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    uintptr_t begin = 0;
    uintptr_t end = 0;
    char rights[5] = {};
    if (std::sscanf(line.c_str(), "%zx-%zx %4s", &begin, &end, rights) != 3 ||
        wanted.begin < begin || wanted.begin + wanted.bytes > end) {
      continue;
    }
    return rights == std::string_view("r-xp");
  }
  return false;
}

TEST_F(MachineCodeTest, ProfilersSeeNamesOfWhatItComputes) {
  const std::string map = folder_ / "map";
  const MachineOptions options{.cache_folder = cache(), .perf_map = map};
  std::vector<std::string> names;
  for (const bool cached : {false, true}) {
    SCOPED_TRACE(cached);
    const auto code = make_machine_code(*binding_, options);
    ASSERT_TRUE(code.has_value());
    std::vector<std::string> found;
    for (const Named& each : named_in(map)) {
      EXPECT_TRUE(is_executable(each)) << each.name;
      found.push_back(each.name);
    }
    using ::testing::ContainsRegex;
    EXPECT_THAT(found, ::testing::Contains(ContainsRegex(
                           "^kitle: .*of purchase for .*buyers")));
    EXPECT_THAT(found, ::testing::Contains(
                           ContainsRegex("^kitle: .*of visit for .*visitors")));
    EXPECT_THAT(found, ::testing::Contains("kitle: chunk of visitors, buyers, "
                                           "patient and 1 more"));
    if (names.empty()) names = found;
    EXPECT_EQ(found, names);
    fs::remove(map);
  }
}

TEST_F(MachineCodeTest, NamesAreOnlyWrittenToAFileOfTheUsersOwn) {
  const std::string other = folder_ / "other";
  std::ofstream(other) << "untouched";
  const std::string map = folder_ / "map";
  fs::create_symlink(other, map);
  EXPECT_TRUE(
      make_machine_code(*binding_, {.cache_folder = cache(), .perf_map = map})
          .has_value());
  EXPECT_EQ(read_file(other), "untouched");
}

// A file that gdb is shown.
class ShownFile {
 public:
  explicit ShownFile(const GdbEntry& entry)
      : bytes_(entry.file, entry.bytes), header_(at<Elf64_Ehdr>(0)) {
    EXPECT_EQ(bytes_.substr(0, SELFMAG), ELFMAG);
  }

  Elf64_Shdr section(const std::string& name) const {
    const Elf64_Shdr names = section(header_.e_shstrndx);
    for (size_t i = 0; i < header_.e_shnum; ++i) {
      const Elf64_Shdr each = section(i);
      if (text(names, each.sh_name) == name) return each;
    }
    ADD_FAILURE() << name;
    return {};
  }

  std::vector<Named> functions() const {
    const Elf64_Shdr symbols = section(".symtab");
    const Elf64_Shdr names = section(symbols.sh_link);
    std::vector<Named> found;
    for (size_t i = 1; i < symbols.sh_size / sizeof(Elf64_Sym); ++i) {
      const auto each =
          at<Elf64_Sym>(symbols.sh_offset + i * sizeof(Elf64_Sym));
      EXPECT_EQ(ELF64_ST_TYPE(each.st_info), STT_FUNC);
      found.push_back({each.st_value, each.st_size, text(names, each.st_name)});
    }
    return found;
  }

  // Where the functions begin whose frames it knows: a record has its length,
  // 0 where it is not of a function, and the distance to that.
  std::vector<uintptr_t> framed() const {
    const Elf64_Shdr frames = section(".eh_frame");
    std::vector<uintptr_t> found;
    for (size_t place = 0; place + 12 <= frames.sh_size;) {
      const size_t record = frames.sh_offset + place;
      const auto length = at<uint32_t>(record);
      if (length != 0 && at<uint32_t>(record + 4) != 0) {
        found.push_back(frames.sh_addr + place + 8 +
                        static_cast<uintptr_t>(at<int32_t>(record + 8)));
      }
      place += 4 + length;
    }
    return found;
  }

 private:
  Elf64_Shdr section(size_t number) const {
    return at<Elf64_Shdr>(header_.e_shoff + number * sizeof(Elf64_Shdr));
  }
  std::string text(const Elf64_Shdr& names, size_t place) const {
    return bytes_.substr(names.sh_offset + place).c_str();
  }
  template <class T>
  T at(size_t place) const {
    T value;
    EXPECT_LE(place + sizeof value, bytes_.size());
    std::memcpy(&value, bytes_.data() + place, sizeof value);
    return value;
  }

  std::string bytes_;
  Elf64_Ehdr header_;
};

TEST_F(MachineCodeTest, GdbIsShownNamesAndFramesAsLongAsTheCodeIsThere) {
  const GdbList& list = gdb_list();
  EXPECT_EQ(list.version, 1u);
  for (const bool cached : {false, true}) {
    SCOPED_TRACE(cached);
    auto code =
        make_machine_code(*binding_, {.cache_folder = cache(), .gdb = true});
    ASSERT_TRUE(code.has_value());
    ASSERT_NE(list.first, nullptr);
    EXPECT_EQ(list.action, GdbAction::kAdded);
    EXPECT_EQ(list.changed, list.first);
    std::vector<std::string> names;
    for (const GdbEntry* each = list.first; each != nullptr;
         each = each->next) {
      const ShownFile file(*each);
      std::vector<uintptr_t> begins;
      for (const Named& function : file.functions()) {
        EXPECT_TRUE(is_executable(function)) << function.name;
        names.push_back(function.name);
        begins.push_back(function.begin);
      }
      EXPECT_EQ(file.framed(), begins);
      EXPECT_EQ(file.section(".text").sh_addr, begins.front());
    }
    EXPECT_THAT(names, ::testing::Contains("kitle: chunk of visitors, buyers, "
                                           "patient and 1 more"));
    code->reset();
    EXPECT_EQ(list.first, nullptr);
    EXPECT_EQ(list.action, GdbAction::kRemoved);
  }
  const auto code = make_machine_code(*binding_, {.cache_folder = cache()});
  ASSERT_TRUE(code.has_value());
  EXPECT_EQ(list.first, nullptr);
}

TEST(Gdb, FilesLeaveItsListInAnyOrder) {
  const GdbList& list = gdb_list();
  std::vector<std::unique_ptr<GdbFile>> files;
  for (const char* text : {"a", "b", "c"}) {
    files.push_back(std::make_unique<GdbFile>(text));
  }
  const auto shown = [&] {
    std::string all;
    const GdbEntry* before = nullptr;
    for (const GdbEntry* at = list.first; at != nullptr; at = at->next) {
      EXPECT_EQ(at->before, before);
      all.append(at->file, at->bytes);
      before = at;
    }
    return all;
  };
  EXPECT_EQ(shown(), "cba");
  files[1].reset();
  EXPECT_EQ(shown(), "ca");
  files[2].reset();
  EXPECT_EQ(shown(), "a");
  files[0].reset();
  EXPECT_EQ(shown(), "");
}

// The folder of a test that goes on in another process.
class SharedFolder {
 public:
  SharedFolder() {
    const char* given = std::getenv(kName);
    path_ = given == nullptr ? own_.path() : given;
    ::setenv(kName, path_.c_str(), 1);
  }
  ~SharedFolder() { ::unsetenv(kName); }
  SharedFolder(const SharedFolder&) = delete;
  SharedFolder& operator=(const SharedFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  static constexpr const char* kName = "KITLE_TEST_SHARED_FOLDER";
  TempFolder own_;
  std::string path_;
};

TEST_F(MachineCodeTest, AHitLoadsNoLlvm) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const SharedFolder shared;
  const auto llvm_is_loaded_by_making = [&] {
    const auto code =
        make_machine_code(*binding_, {.cache_folder = shared.path()});
    return code.has_value() && maps_have("libLLVM");
  };
  EXPECT_EXIT(std::exit(llvm_is_loaded_by_making() ? 10 : 20),
              ::testing::ExitedWithCode(10), "");
  EXPECT_EXIT(std::exit(llvm_is_loaded_by_making() ? 10 : 20),
              ::testing::ExitedWithCode(20), "");
}

using MachineCodeThreads = MachineCodeTest;

TEST_F(MachineCodeThreads, ManyMayMakeAtOnce) {
  constexpr size_t kThreads = 4;
  std::vector<std::shared_ptr<const MachineCode>> codes(kThreads);
  {
    std::vector<std::jthread> threads;
    for (auto& code : codes) {
      threads.emplace_back([&] { code = made(*binding_); });
    }
  }
  for (const auto& code : codes) expect_right(code.get());
  for (const fs::path& file : files_in(cache())) {
    EXPECT_EQ(file.extension(), ".image");
  }
}

TEST(ImageCache, KeepsTheNewestImages) {
  const TempFolder folder;
  const ImageCache cache(folder / "cache");
  const auto key = [](size_t i) { return std::to_string(i); };
  for (size_t i = 0; i < ImageCache::kMostImages; ++i) cache.keep(key(i), "x");
  const auto old = fs::file_time_type::clock::now() - std::chrono::hours(1);
  for (const size_t i : {3, 5}) {
    fs::last_write_time(cache.folder() + "/" + key(i) + ".image", old);
  }
  EXPECT_EQ(cache.find(key(5)), "x");  // used again
  cache.keep("new", "y");
  EXPECT_EQ(files_in(cache.folder()).size(), ImageCache::kMostImages);
  EXPECT_EQ(cache.find(key(3)), std::nullopt);
  EXPECT_EQ(cache.find(key(5)), "x");
  EXPECT_EQ(cache.find("new"), "y");
}

TEST(ImageCache, AFolderThatCannotBeAskedForIsNone) {
  const TempFolder folder;
  const std::string too_long(300, 'x');
  const ImageCache cache(folder / too_long + "/cache");
  cache.keep("key", "x");
  EXPECT_EQ(cache.find("key"), std::nullopt);
}

TEST(ImageCache, FollowsNoLinks) {
  const TempFolder folder;
  const ImageCache cache(folder / "cache");
  std::ofstream(folder / "elsewhere") << "x";
  fs::create_symlink(folder / "elsewhere", cache.folder() + "/key.image");
  EXPECT_EQ(cache.find("key"), std::nullopt);
}

TEST(BuildId, IsThatOfAnElfFile) {
  const std::string id = build_id_of(jit_module_path());
  EXPECT_EQ(id.size(), 40u) << jit_module_path();
  EXPECT_EQ(build_id_of("/proc/self/status"), "");
  EXPECT_EQ(build_id_of("/nowhere"), "");
}

TEST(BuildId, OfDamagedFilesIsEmpty) {
  const TempFolder folder;
  const std::string good = read_file(jit_module_path()).substr(0, 4096);
  for (size_t length = 0; length < 300; length += 7) {
    std::ofstream(folder / "cut", std::ios::binary) << good.substr(0, length);
    EXPECT_EQ(build_id_of(folder / "cut"), "") << length;
  }
}

}  // namespace
}  // namespace kitle::testing
