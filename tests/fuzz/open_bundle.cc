// A bundle whose checksums are right and whose contents are not: opening it and
// asking it about a small store ends in an answer or an error, and stays within
// memory. The input chooses one of a few bundles of random rules and what is
// asked, then is a list of edits to the bundle's parts; checksums are made
// right behind them.
//
// Machine code is never run: only checksums tell altered code from whole, and
// who writes a bundle writes those too, so that it is trusted as a shared
// library is (docs/bundle-format.md). Here no CPU can run what the bundle has;
// its images are loaded and named, and none is called.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/eval/gdb.h"
#include "runtime/eval/program.h"
#include "service/bundle.h"
#include "service/store.h"
#include "tests/fuzz/support/edits.h"
#include "tests/fuzz/support/places.h"
#include "tests/support/random/differential.h"
#include "tests/support/temp_folder.h"

namespace kitle {
namespace {

using fuzz::add_places;
using fuzz::EditedFile;
using fuzz::require;

constexpr uint64_t kBases = 8;
// Where a file has its hash, and what of it is behind the hash.
constexpr size_t kBundleHash = 48;
constexpr size_t kBundleBody = 56;
constexpr size_t kProgramHash = 16;
constexpr size_t kProgramBody = 24;
constexpr size_t kImageHash = 88;
constexpr size_t kImageBody = 96;

// A store and a bundle for it.
struct Base {
  std::shared_ptr<const testing::CaseStore> stored;
  int64_t now = 0;
  BundleContents contents;
  // The bundle without what follows; each program; each image.
  std::vector<EditedFile> files;
  std::vector<size_t> places;  // in the bundle, of the files behind the first
};

BundleContents built(const testing::Case& of) {
  const Rules rules = load_rules(testing::texts_of(of, of.moments[0].rules));
  const testing::TempFolder folder;
  const std::string path = folder / "base.kbundle";
  require(build_bundle(rules, path, {}).has_value());
  auto contents = read_bundle(testing::read_file(path), path);
  require(contents.has_value());
  return std::move(*contents);
}

// What stands where machine code would, without any.
void add_images(BundleContents& contents) {
  const std::string key(32, 'a');
  const ImageParts parts{.text = std::string(96, '\xcc'),
                         .data = "data",
                         .entry = 0,
                         .functions = {{0, 32}, {32, 64, 0, 2}},
                         .frames = 0,
                         .frame_bytes = 4};
  contents.runtime_build = "another";
  const std::string_view image = contents.keep(pack_image(key, parts));
  contents.images = {{CpuLevel::kV3, key, image}, {CpuLevel::kV4, key, image}};
  for (BundleProgram& each : contents.programs) {
    const size_t slots = load_program(each.bytes)->slots.size();
    const std::vector<Physical> layout(slots, Physical::kI32);
    each.codes = {{true, 0, layout}, {false, 1, layout}};
  }
}

EditedFile edited(std::string bytes) {
  EditedFile file{.path = "", .bytes = std::move(bytes), .places = {}};
  add_places(0, file.bytes.size(), file.places);
  return file;
}

// Programs and images become files of their own, behind the bundle's.
void take_apart(Base& base) {
  base.files = {edited(pack_bundle(base.contents))};
  for (const auto& each : base.contents.programs) {
    base.files.push_back(edited(std::string(each.bytes)));
  }
  for (const auto& each : base.contents.images) {
    base.files.push_back(edited(std::string(each.bytes)));
  }
  EditedFile& bundle = base.files[0];
  size_t from = 0;
  for (size_t i = 1; i < base.files.size(); ++i) {
    const std::string& bytes = base.files[i].bytes;
    const size_t begin = bundle.bytes.find(bytes, from);
    from = begin + bytes.size();
    base.places.push_back(begin);
    std::erase_if(bundle.places, [&](uint32_t at) {
      return begin <= at && at < begin + bytes.size();
    });
  }
}

std::vector<Base> make_bases() {
  std::vector<Base> bases;
  for (uint64_t seed = 1; seed <= kBases; ++seed) {
    const auto trial =
        testing::random_trial(seed, {.people = 12, .segments = 4});
    const testing::Case made = testing::with_rules(trial.ruled);
    auto store = testing::CaseStore::make(made, {.overlay = seed % 2 == 0});
    require(store.has_value());
    bases.push_back({*store, made.moments[0].now, built(made), {}, {}});
    add_images(bases.back().contents);
    take_apart(bases.back());
  }
  return bases;
}

// ---- the edited bundle ----

void mend(std::string& bytes, size_t hash_at, size_t body_at, uint64_t seed) {
  const uint64_t hash = XXH3_64bits_withSeed(bytes.data() + body_at,
                                             bytes.size() - body_at, seed);
  std::memcpy(bytes.data() + hash_at, &hash, sizeof hash);
}

// Its bytes, from its parts.
std::string put_together(const Base& base, std::vector<EditedFile> files) {
  std::string bytes = std::move(files[0].bytes);
  const size_t programs = base.contents.programs.size();
  for (size_t i = 0; i < base.places.size(); ++i) {
    std::string& part = files[i + 1].bytes;
    const bool program = i < programs;
    mend(part, program ? kProgramHash : kImageHash,
         program ? kProgramBody : kImageBody, 0);
    bytes.replace(base.places[i], part.size(), part);
  }
  mend(bytes, kBundleHash, kBundleBody, XXH3_64bits(bytes.data(), kBundleHash));
  return bytes;
}

// ---- what is asked ----

void ask_about_itself(const Bundle& bundle, int64_t now) {
  for (const StagesInfo& each : bundle.stages()) {
    require(each.first + each.count <= bundle.segments().size());
  }
  require(!bundle.local_time(now).empty());
  (void)bundle.instant("2026-03-01");
}

void name_code(const BundleContents& contents, const BundleProgram& packed,
               const Program& program) {
  for (const BundleCode& each : packed.codes) {
    const BundleImage& image = contents.images[each.image];
    const auto loaded = Image::load(image.bytes, image.key);
    if (!loaded) return require(!loaded.error().message().empty());
    const Code& code = each.fast ? program.fast : program.general;
    require(show_to_gdb(**loaded, program, code) != nullptr);
  }
}

void load_images(const BundleContents& contents) {
  for (const BundleProgram& each : contents.programs) {
    const auto program = load_program(each.bytes);
    if (program) name_code(contents, each, *program);
  }
}

void ask_about_everyone(const Engine& engine, const Bundle& bundle,
                        const Store& store, const RunOptions& options) {
  const auto result = engine.run(store, options);
  if (!result) return require(!result.error().message().empty());
  require(result->tier == Tier::kInterpreter);
  require(!options.segments.empty() ||
          result->segments.size() == bundle.segments().size());
  for (const SegmentResult& each : result->segments) {
    const auto ordinals = each.members.ordinals();
    require(ordinals.empty() || ordinals.back() < store.profiles());
  }
}

void ask_about_each(const Engine& engine, const Store& store, int64_t now) {
  auto query = engine.prepare(store, now);
  if (!query) return require(!query.error().message().empty());
  std::vector<uint64_t> bits(query->words());
  for (uint32_t ordinal = 0; ordinal < store.profiles(); ++ordinal) {
    (void)query->evaluate(ordinal, bits);
  }
}

void ask(const Base& base, BundleContents contents, uint8_t what) {
  // The last two are in the years 1 and 9999.
  const std::array instants = {base.now, base.now - 2'592'000'000'000,
                               -62'135'500'000'000'000,
                               253'402'200'000'000'000};
  const int64_t now = instants[what % instants.size()];
  const Bundle bundle(std::make_shared<const Bundle::Impl>(
      "edited.kbundle", std::move(contents), std::nullopt, ""));
  ask_about_itself(bundle, now);
  load_images(bundle.impl()->contents);
  RunOptions options{.now = now, .threads = 1};
  const auto& segments = bundle.segments();
  const size_t chosen = what / instants.size();
  if (chosen < segments.size()) options.segments = {segments[chosen].name};
  const Store store(std::make_shared<const Store::Impl>(
      base.stored->folder(), base.stored->snapshot()));
  const Engine engine = Engine::create(bundle);
  ask_about_everyone(engine, bundle, store, options);
  ask_about_each(engine, store, now);
}

}  // namespace
}  // namespace kitle

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::vector<kitle::Base> kBases = kitle::make_bases();
  if (size < 2) return -1;
  const kitle::Base& base = kBases[data[0] % kBases.size()];
  std::vector<kitle::fuzz::EditedFile> files = base.files;
  kitle::fuzz::apply_edits(data + 2, size - 2, files);
  const std::string bytes = kitle::put_together(base, std::move(files));
  auto contents = kitle::read_bundle(bytes, "edited.kbundle");
  // -1 keeps an input out of the corpus: a bundle that does not open at all.
  if (!contents) return -1;
  kitle::ask(base, std::move(*contents), data[1]);
  return 0;
}
