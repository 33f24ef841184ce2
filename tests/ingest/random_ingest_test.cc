// Random rows: the store holds what a simple model says, however many threads
// read them, however little memory there is, in whatever order the rows stand,
// and in however many ingests they come.
#include <map>
#include <random>

#include "runtime/store/stored_snapshot.h"
#include "tests/ingest/support.h"
#include "tests/support/memory_disk.h"

namespace kitle::testing {
namespace {

using ::testing::Contains;
using ::testing::EndsWith;
using ::testing::Not;

constexpr const char* kRules = R"(
profile customer {
  id     code key
  email  text personal
  city   text
}
event purchase counted by order { order code, product text, amount money }
event view { tags list of code, note text personal }
source rows {
  files     "rows*.csv"
  customer  from "who"
  time      from "when" as unix seconds
  into purchase when "kind" is "p" {
    order    from "order"
    product  from "text"
    amount   from "amount"
  }
  into view when "kind" is "v" {
    tags  from split "order" by "-"
    note  from "text"
  }
  into customer when "kind" is "c" {
    time   from "when" as unix seconds
    email  from "order"
    city   from "text"
  }
}
)";

struct Row {
  std::string who;
  int64_t when = 0;
  char kind = 'p';
  std::string order;  // tags of views, the e-mail of customers
  std::string text;
  int64_t amount = 0;
  auto operator<=>(const Row&) const = default;

  std::string line() const {
    return fmt::format("{},{},{},{},{},{}\n", who, when, kind, order, text,
                       amount);
  }
};

// Few different values, so that all kinds of ties happen.
std::vector<Row> random_rows(std::mt19937_64& random, size_t count,
                             int customers) {
  const auto below = [&](int n) { return static_cast<int>(random() % n); };
  const std::vector<std::string> texts = {"", "a", "b", "ş", "Z"};
  const std::vector<std::string> orders = {"", "O1", "O2", "O3-x", "y-O3"};
  std::vector<Row> rows;
  for (size_t i = 0; i < count; ++i) {
    rows.push_back({fmt::format("C{}", below(customers)),
                    1'700'000'000 + below(9), "ppvvc"[below(5)],
                    orders[below(5)], texts[below(5)], below(3) - 1});
  }
  return rows;
}

std::string csv_of(const std::vector<Row>& rows) {
  std::string text = "who,when,kind,order,text,amount\n";
  for (const Row& row : rows) text += row.line();
  return text;
}

std::string time_text(int64_t seconds) {
  Arena arena;
  return std::string(
      cell_text(Cell::of(Cell::Kind::kTime, seconds * 1'000'000), arena));
}
std::string or_dash(const std::string& text) {
  return text.empty() ? "-" : text;
}

// What the store should hold of rows that all count.
class Expected {
 public:
  explicit Expected(std::vector<Row> rows) {
    std::ranges::sort(rows);
    for (Row& row : rows) by_customer_[row.who].push_back(std::move(row));
  }

  std::vector<std::string> lines() const {
    std::vector<std::string> lines;
    for (const auto& [who, rows] : by_customer_) {
      lines.push_back(profile(who, rows));
      for (std::string& line : purchases(who, rows)) {
        lines.push_back(std::move(line));
      }
      for (std::string& line : views(who, rows)) {
        lines.push_back(std::move(line));
      }
    }
    return lines;
  }

  // Rows of attributes none of which counts.
  size_t beaten() const {
    size_t number = 0;
    for (const auto& [who, rows] : by_customer_) {
      const auto [email, city] = latest(rows);
      for (const Row& row : rows) {
        const bool bare = row.order.empty() && row.text.empty();
        if (row.kind != 'c' || bare) continue;
        const bool counts =
            (!row.order.empty() && email == std::pair(row.when, row.order)) ||
            (!row.text.empty() && city == std::pair(row.when, row.text));
        number += !counts;
      }
    }
    return number;
  }

 private:
  using Latest = std::pair<int64_t, std::string>;

  // E-mail and city. Rows are sorted by time: of the latest ones the greatest
  // text.
  static std::pair<Latest, Latest> latest(const std::vector<Row>& rows) {
    Latest email;
    Latest city;
    for (const Row& row : rows) {
      if (row.kind != 'c') continue;
      if (!row.order.empty()) email = std::max(email, {row.when, row.order});
      if (!row.text.empty()) city = std::max(city, {row.when, row.text});
    }
    return {email, city};
  }

  static std::string profile(const std::string& who,
                             const std::vector<Row>& rows) {
    const auto [email, city] = latest(rows);
    return fmt::format("{} email={} city={}", who, or_dash(email.second),
                       or_dash(city.second));
  }

  static std::vector<std::string> purchases(const std::string& who,
                                            const std::vector<Row>& rows) {
    std::map<std::string, int64_t> start;
    for (const Row& row : rows) {
      if (row.kind != 'p' || row.order.empty()) continue;
      start.emplace(row.order, row.when);  // the first one is the earliest
    }
    std::vector<Row> sorted;
    for (Row row : rows) {
      if (row.kind != 'p') continue;
      if (!row.order.empty()) row.when = start[row.order];
      sorted.push_back(row);
    }
    // By time, then properties; an order's rows share their time and stand
    // together already, since the order is the first property.
    std::ranges::sort(sorted);
    std::vector<std::string> lines;
    std::string order;
    for (const Row& row : sorted) {
      const bool begins = row.order.empty() || row.order != order;
      order = row.order;
      lines.push_back(
          fmt::format("{} purchase {} order={} product={} amount={}{}", who,
                      time_text(row.when), or_dash(row.order),
                      or_dash(row.text), row.amount * 100, begins ? " *" : ""));
    }
    return lines;
  }

  static std::vector<std::string> views(const std::string& who,
                                        const std::vector<Row>& rows) {
    std::vector<std::tuple<int64_t, std::string, std::string>> sorted;
    for (const Row& row : rows) {
      if (row.kind != 'v') continue;
      // '|' is greater than any letter here, so "O3" stands before "O3|x".
      std::string tags = row.order;
      std::ranges::replace(tags, '-', '|');
      sorted.emplace_back(row.when, tags, row.text);
    }
    std::ranges::sort(sorted);
    std::vector<std::string> lines;
    for (const auto& [when, tags, text] : sorted) {
      lines.push_back(
          fmt::format("{} view {} tags={} note={}", who, time_text(when),
                      tags.empty() ? "-" : "[" + tags + "]", or_dash(text)));
    }
    return lines;
  }

  std::map<std::string, std::vector<Row>> by_customer_;
};

TEST(RandomIngest, OneFileIsWhatTheModelSays) {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    std::mt19937_64 random(seed);
    const std::vector<Row> rows = random_rows(random, 3000, 50);
    Workshop shop(kRules);
    shop.write("rows.csv", csv_of(rows));
    const size_t beaten = Expected(rows).beaten();
    EXPECT_GT(beaten, 100U);
    EXPECT_EQ(counts(shop.take()),
              fmt::format("3000 {} {} 0 0", 3000 - beaten, beaten));
    EXPECT_EQ(shop.lines(), Expected(rows).lines()) << "seed " << seed;
    EXPECT_EQ(counts(shop.take()), "3000 0 3000 0 0");
  }
}

TEST(RandomIngest, ThreadsMemoryAndTheOrderOfRowsChangeNothing) {
  std::mt19937_64 random(7);
  std::vector<Row> rows = random_rows(random, 120'000, 40'000);
  std::vector<std::string> first;
  for (const auto& [threads, memory] : std::vector{
           std::pair(1U, uint64_t{1} << 30), std::pair(2U, uint64_t{1} << 30),
           std::pair(5U, uint64_t{1}), std::pair(2U, uint64_t{1} << 21)}) {
    Workshop shop(kRules);
    shop.options.threads = threads;
    shop.options.memory_bytes = memory;
    shop.write("rows1.csv", csv_of({rows.begin(), rows.begin() + 50'000}));
    shop.write("rows2.csv", csv_of({rows.begin() + 50'000, rows.end()}));
    shop.take();
    EXPECT_THAT(shop.files_of_store(), Not(Contains(EndsWith(".spill"))));
    auto lines = shop.lines();
    if (first.empty()) first = lines;
    EXPECT_TRUE(lines == first) << threads << " threads, " << memory;
    std::ranges::shuffle(rows.begin(), rows.begin() + 50'000, random);
    std::ranges::shuffle(rows.begin() + 50'000, rows.end(), random);
  }
}

// Every file of a store, by its name.
std::map<std::string, std::string> bytes_of(const Workshop& shop) {
  std::map<std::string, std::string> bytes;
  for (const std::string& name : shop.files_of_store()) {
    bytes[name] = read_file(shop.store(name));
  }
  return bytes;
}

// Three blocks, then overlays of them.
TEST(IngestThreads, WriteTheSameBytesHoweverManyTheyAre) {
  std::mt19937_64 random(8);
  const std::vector<Row> rows = random_rows(random, 70'000, 45'000);
  const std::vector<Row> more = random_rows(random, 200, 45'000);
  std::map<std::string, std::string> first;
  for (const unsigned threads : {1U, 2U, 5U}) {
    Workshop shop(kRules);
    shop.options.threads = threads;
    shop.write("rows1.csv", csv_of(rows));
    EXPECT_GT(shop.take().profiles, 2 * kBlockRows);
    shop.write("rows2.csv", csv_of(more));
    shop.take();
    const auto bytes = bytes_of(shop);
    if (first.empty()) first = bytes;
    EXPECT_TRUE(bytes == first) << threads << " threads";
  }
}

TEST(RandomIngest, ManyIngestsGiveWhatOneGives) {
  for (uint64_t seed = 11; seed <= 14; ++seed) {
    std::mt19937_64 random(seed);
    const std::vector<Row> rows = random_rows(random, 2000, 60);
    Workshop shop(kRules);
    for (size_t end = 500; end <= rows.size(); end += 500) {
      // A file that grows.
      shop.write("rows.csv", csv_of({rows.begin(), rows.begin() + end}));
      const IngestReport report = shop.take();
      EXPECT_EQ(report.sources[0].seen, end);
      EXPECT_EQ(report.profiles <= 60, true);
    }
    EXPECT_EQ(shop.lines(), Expected(rows).lines()) << "seed " << seed;
  }
}

// ---- events with ids ----

constexpr const char* kIdRules = R"(
profile customer { id code key }
event purchase counted by order { order code, amount money }
event refund { amount money }
source rows {
  files     "rows*.csv"
  customer  from "who"
  id        from "text"
  time      from "when" as unix seconds
  amount    from "amount"
  into purchase when "kind" is "p" { order from "order" }
  into refund when "kind" is "v" { }
}
)";

TEST(RandomIngest, OfEachIdTheLatestIngestsGreatestVersionStays) {
  for (uint64_t seed = 21; seed <= 28; ++seed) {
    std::mt19937_64 random(seed);
    Workshop shop(kIdRules);
    std::map<std::string, Row> kept;  // by id
    for (int ingest = 0; ingest < 4; ++ingest) {
      std::vector<Row> rows = random_rows(random, 200, 20);
      std::map<std::string, Row> now;
      for (Row& row : rows) {
        row.text = fmt::format("L{}", random() % 150);
        if (row.kind == 'c') row.kind = 'v';
        if (row.kind == 'v') row.order.clear();
        row.when += ingest * 100;  // orders of one ingest only
        if (!row.order.empty()) row.order += std::to_string(ingest);
        Row& best = now[row.text];
        const auto key = [](const Row& r) {
          return std::tuple(r.when, r.kind, r.order, r.amount, r.who);
        };
        if (best.who.empty() || key(best) < key(row)) best = row;
      }
      for (const auto& [id, row] : now) kept[id] = row;
      shop.write("rows.csv", csv_of(rows));
      shop.take();
      EXPECT_EQ(shop.take().new_events, 0U);
    }
    std::multiset<std::string> expected;
    for (const auto& [id, row] : kept) {
      expected.insert(fmt::format(
          "{} {} {} {}", row.who, row.kind == 'p' ? "purchase" : "refund",
          row.kind == 'p' ? "order=" + or_dash(row.order) : "",
          row.amount * 100));
    }
    std::multiset<std::string> found;
    auto snapshot = open_snapshot(shop.store());
    ASSERT_TRUE(snapshot.has_value());
    auto model = read_views(**snapshot);
    ASSERT_TRUE(model.has_value());
    for (const ModelProfile& profile : *model) {
      for (const ModelEvent& event : profile.events[0]) {
        found.insert(fmt::format("{} purchase order={} {}", profile.key,
                                 text_of(TypeKind::kCode, event.values[0]),
                                 text_of(TypeKind::kMoney, event.values[1])));
      }
      for (const ModelEvent& event : profile.events[1]) {
        found.insert(fmt::format("{} refund  {}", profile.key,
                                 text_of(TypeKind::kMoney, event.values[0])));
      }
    }
    EXPECT_EQ(found, expected) << "seed " << seed;
  }
}

// ---- a disk that fails ----

Result<Model> model_on(MemoryDisk& disk, const std::string& folder) {
  auto snapshot = open_stored_snapshot(disk, folder);
  if (!snapshot) return std::unexpected(snapshot.error());
  return read_views(**snapshot);
}

TEST(RandomIngest, AFailingDiskLeavesTheOldStoreWhole) {
  std::mt19937_64 random(31);
  const std::vector<Row> rows = random_rows(random, 600, 40);
  Workshop shop(kRules);
  shop.options.threads = 1;
  shop.options.memory_bytes = 1;  // spills each portion
  MemoryDisk disk;
  ASSERT_TRUE(disk.make_folder(shop.options.data_folder).ok());
  shop.write("rows.csv", csv_of({rows.begin(), rows.begin() + 300}));
  shop.take(disk);
  const auto before = model_on(disk, shop.store());
  ASSERT_TRUE(before.has_value());
  shop.write("rows.csv", csv_of(rows) + "C1,never,p,,,\n");

  bool done = false;
  int failures = 0;
  for (uint64_t call = 1; !done; ++call) {
    MemoryDisk after = disk.clone();
    after.fail_at(after.calls() + call, Failure::kNoSpace, true);
    done = shop.ingest(after).has_value();
    failures += !done;
    after.heal();
    const auto model = model_on(after, shop.store());
    ASSERT_TRUE(model.has_value()) << model.error().message();
    if (!done) {
      // Published or not, it is one of the two, whole.
      const bool old = *model == *before;
      const IngestReport again = shop.take(after);
      EXPECT_EQ(again.new_events == 0, !old);
      EXPECT_EQ(counts(again).substr(0, 4), "601 ");
    }
    const auto names = after.list(shop.store());
    ASSERT_TRUE(names.has_value());
    for (const std::string& name : *names) {
      EXPECT_FALSE(name.ends_with(".spill") || name.ends_with(".tmp")) << name;
    }
  }
  EXPECT_GT(failures, 10);
}

}  // namespace
}  // namespace kitle::testing
