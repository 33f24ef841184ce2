#include "bench/support/seed.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <numeric>
#include <random>
#include <utility>
#include <vector>

#include "runtime/store/view.h"
#include "runtime/time/zone.h"

namespace kitle::bench {
namespace {

constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kHistory = int64_t{730} * 86'400;  // seconds
// Dates of birth, 1940 to 2009, as days since 1970.
constexpr int64_t kFirstBirth = -10'957;
constexpr uint32_t kBirths = 25'567;
using Random = std::mt19937_64;

double unit(Random& random) {
  return static_cast<double>(random() >> 11) * 0x1p-53;
}

uint32_t below(Random& random, uint32_t n) {
  return static_cast<uint32_t>(unit(random) * n);
}

// Events a profile: exponential, rounded.
uint32_t event_count(Random& random, double mean) {
  return static_cast<uint32_t>(std::lround(-mean * std::log1p(-unit(random))));
}

double mean_of(const std::string& event) {
  if (event == "page_view" || event == "product_view") return 20;
  if (event == "add_to_cart" || event == "email_open") return 4;
  if (event == "purchase") return 2.5;
  return event == "push_open" ? 2 : 0.2;
}

// Codes of the digits 0 .. count - 1.
std::vector<int64_t> digit_codes(StoreWriter& writer, const std::string& domain,
                                 uint32_t count) {
  std::vector<int64_t> codes;
  codes.reserve(count);
  const uint32_t handle = writer.domain(domain);
  for (uint32_t i = 0; i < count; ++i) {
    codes.push_back(writer.intern(handle, std::to_string(i)));
  }
  return codes;
}

uint32_t values_of(const std::string& column) {
  if (column == "category") return 500;
  if (column == "country") return 20;
  return column == "channel" ? 3 : 2;
}

void fill(StoreWriter& writer, const Column& column, size_t rows,
          Random& random, LogicalColumn& values) {
  if (is_text_like(column.type)) {
    const uint32_t count = values_of(column.name);
    const auto codes = digit_codes(writer, column.name, count);
    for (size_t i = 0; i < rows; ++i) values.push(codes[below(random, count)]);
    return;
  }
  for (size_t i = 0; i < rows; ++i) {
    if (column.name == "amount") {
      values.push(1'000 + below(random, 99'001));
    } else if (column.name == "age") {
      values.push(18 + below(random, 60));
    } else if (column.type == TypeKind::kDate) {
      values.push(kFirstBirth + below(random, kBirths));
    } else {
      values.push(kNow - kSecond * below(random, 1000 * 86'400));
    }
  }
}

void fill_times(uint32_t profiles, double mean, Random& random,
                TableContent& table) {
  table.offsets.assign(1, 0);
  for (uint32_t row = 0; row < profiles; ++row) {
    const size_t first = table.times.size();
    for (uint32_t n = event_count(random, mean); n > 0; --n) {
      const double age = std::min(unit(random), unit(random));
      table.times.push_back(kNow -
                            kSecond * static_cast<int64_t>(age * kHistory));
    }
    std::sort(table.times.begin() + static_cast<ptrdiff_t>(first),
              table.times.end());
    table.offsets.push_back(table.events());
  }
}

void widen(StoreWriter& writer) {
  const Schema& schema = writer.schema();
  const int64_t begin = kNow - kSecond * kHistory;
  for (uint32_t i = 0; i < schema.events.size(); ++i) {
    writer.widen_time(i, {begin, kNow, kSecond});
    if (schema.events[i].name == "purchase") {
      writer.widen(i, 0, {1'000, 100'000, 1});
    }
  }
  for (uint32_t i = 0; i < schema.attributes.size(); ++i) {
    const std::string& name = schema.attributes[i].name;
    const int64_t joined = kNow - kSecond * 1000 * 86'400;
    if (name == "age") writer.widen({}, i, {18, 77, 1});
    if (name == "signed_up") writer.widen({}, i, {joined, kNow, kSecond});
    if (schema.attributes[i].type == TypeKind::kDate) {
      writer.widen({}, i, {kFirstBirth, kFirstBirth + kBirths - 1, 1});
    }
  }
}

}  // namespace

void fail(const std::string& what, const std::string& cause) {
  std::fprintf(stderr, "%s: %s\n", what.c_str(), cause.c_str());
  std::exit(1);
}

LoadedRepository seed_rules(const std::string& more) {
  auto loaded = must(load_repository(KITLE_SOURCE_DIR "/bench/seed", nullptr,
                                     {{"more.kitle", more}}));
  if (loaded.diagnostics.errors() > 0) {
    fail("rules", render(loaded.diagnostics, loaded.sources,
                         DiagnosticFormat::kText, false));
  }
  return loaded;
}

std::string new_folder() {
  std::string path =
      (std::filesystem::temp_directory_path() / "kitle-bench-XXXXXX").string();
  if (mkdtemp(path.data()) == nullptr) fail(path, "cannot be made");
  return path;
}

std::unique_ptr<StoreWriter> new_writer(const std::string& folder,
                                        const Repository& rules) {
  const std::string zone = must(read_zone_bytes(rules.settings.time_zone));
  auto writer = must(open_writer(folder, rules.schema, rules.settings, zone));
  widen(*writer);
  return writer;
}

BlockContent random_block(StoreWriter& writer, uint32_t block, uint32_t rows) {
  const Schema& schema = writer.schema();
  Random random(block + 1);
  BlockContent content = empty_content(schema);
  content.live.assign(rows, 1);
  for (uint32_t row = 0; row < rows; ++row) {
    content.keys.push_back(std::to_string((block << kBlockBits) + row));
    (void)must(writer.find_or_add_profile(content.keys.back()));
  }
  for (size_t i = 0; i < schema.attributes.size(); ++i) {
    fill(writer, schema.attributes[i], rows, random, content.attributes[i]);
  }
  for (size_t i = 0; i < schema.events.size(); ++i) {
    const EventType& event = schema.events[i];
    TableContent& table = content.tables[i];
    // Numbers of its own, whatever else is drawn.
    Random own((uint64_t{block} + 1) << 16 | i);
    fill_times(rows, mean_of(event.name), own, table);
    for (size_t c = 0; c < event.columns.size(); ++c) {
      fill(writer, event.columns[c], table.events(), own, table.columns[c]);
    }
    table.sources.resize(table.events());
  }
  return content;
}

void make_store(const std::string& folder, const Repository& rules,
                uint32_t profiles) {
  const auto writer = new_writer(folder, rules);
  for (uint32_t first = 0; first < profiles; first += kBlockRows) {
    const uint32_t block = first >> kBlockBits;
    const uint32_t rows = std::min(profiles - first, kBlockRows);
    must(writer->write_base(block, random_block(*writer, block, rows)));
  }
  (void)must(writer->commit());
}

std::unique_ptr<StoreWriter> new_writer(const std::string& folder) {
  return new_writer(folder, seed_rules().repository);
}

SeedStore::SeedStore(uint32_t profiles) : folder_(new_folder()) {
  make_store(folder_, seed_rules().repository, profiles);
}

SeedStore::~SeedStore() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::shared_ptr<const Snapshot> SeedStore::open() const {
  return must(open_snapshot(folder_));
}

}  // namespace kitle::bench
