// Files to values: where the bytes of a CSV file mean something, its records,
// its cells, and the conversion of cells, each alone.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <string>
#include <vector>

#include "bench/support/seed.h"
#include "runtime/ingest/convert.h"
#include "runtime/ingest/rows.h"
#include "runtime/text/csv.h"
#include "runtime/text/csv_index.h"
#include "runtime/text/nfc.h"
#include "runtime/time/zone.h"

namespace kitle {
namespace {

constexpr size_t kRows = 200'000;

// Order lines; every tenth has quotes with a delimiter inside.
const std::string& csv_text() {
  static const std::string text = [] {
    std::string made = "customer,time,product,amount\n";
    for (size_t i = 0; i < kRows; ++i) {
      const bool quoted = i % 10 == 0;
      made += fmt::format(
          "C{:07},2025-{:02}-{:02} {:02}:{:02}:00,{},{}.{:02}\n",
          i * 7919 % 1'000'000, 1 + i % 12, 1 + i % 28, i % 24, i % 60,
          quoted ? "\"Cup, blue\"" : "SA-017", i % 5000, i % 100);
    }
    return made;
  }();
  return text;
}

// The same in a file, which goes with the program.
struct CsvFile {
  CsvFile() : folder(bench::new_folder()), path(folder + "/rows.csv") {
    std::ofstream(path, std::ios::binary) << csv_text();
  }
  ~CsvFile() {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }
  std::string folder;
  std::string path;
};
const std::string& csv_file() {
  static const CsvFile file;
  return file.path;
}

void set_bytes(benchmark::State& state) {
  const auto runs = static_cast<int64_t>(state.iterations());
  state.SetBytesProcessed(runs * static_cast<int64_t>(csv_text().size()));
}

void index_csv_bytes(benchmark::State& state) {
  const std::string& text = csv_text();
  std::vector<uint64_t> special((text.size() + 63) / 64);
  std::vector<uint64_t> high(special.size());
  for ([[maybe_unused]] auto _ : state) {
    index_csv(text, ',', '"', special.data(), high.data());
    benchmark::ClobberMemory();
  }
  set_bytes(state);
}

size_t split_all(CsvRecords& records) {
  CsvSplitter splitter(',', '"', is_utf8);
  splitter.expect_columns(4);
  records.clear();
  return splitter.split(csv_text(), true, kRows + 1, records);
}

void split_csv_records(benchmark::State& state) {
  CsvRecords records;
  bench::require(split_all(records) == csv_text().size() &&
                     records.records.size() == kRows + 1 &&
                     records.fields.size() == 4 * (kRows + 1),
                 "every record is split");
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(split_all(records));
  }
  set_bytes(state);
}

size_t read_rows(RowReader& reader) {
  RowBatch batch;
  size_t rows = 0;
  while (bench::must(reader.next(batch))) {
    bench::must(reader.parse(batch));
    rows += batch.rows;
  }
  return rows;
}

void read_csv_cells(benchmark::State& state) {
  for ([[maybe_unused]] auto _ : state) {
    const auto reader = bench::must(open_rows(csv_file(), {}));
    reader->want({"customer", "time", "product", "amount"});
    bench::require(read_rows(*reader) == kRows, "every row is read");
  }
  set_bytes(state);
}

// One column of the first portion, converted again and again.
void convert(benchmark::State& state, const std::string& column, TypeKind type,
             const std::string& format) {
  const auto reader = bench::must(open_rows(csv_file(), {}));
  WantedColumns columns;
  ZoneSet zones(bench::must(Zone::from_tzif(
      bench::must(read_zone_bytes("Europe/Istanbul")), "Europe/Istanbul")));
  ConvertContext context{columns, zones, Nfc()};
  ValueMapping mapping;
  mapping.expr.text = column;
  mapping.format = format;
  const auto converter =
      bench::must(ValueConverter::make(mapping, type, column, context));
  reader->want(columns.names());
  RowBatch batch;
  bench::require(bench::must(reader->next(batch)), "there is a portion");
  bench::must(reader->parse(batch));

  std::vector<uint32_t> rows(batch.rows);
  std::iota(rows.begin(), rows.end(), 0);
  ConvertScratch scratch{.clocks = zones.clocks(), .texts = {}, .rows = {}};
  TypedColumn values;
  RowFaults faults;
  for ([[maybe_unused]] auto _ : state) {
    values.reset(batch.rows, type);
    faults.reset(batch.rows);
    converter.convert(batch, rows, scratch, values, faults);
  }
  bench::require(faults.entries().empty(), "every cell is converted");
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()) *
                          static_cast<int64_t>(rows.size()));
}

BENCHMARK(index_csv_bytes)->Unit(benchmark::kMillisecond);
BENCHMARK(split_csv_records)->Unit(benchmark::kMillisecond);
BENCHMARK(read_csv_cells)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(convert, code, "product", TypeKind::kCode, "");
BENCHMARK_CAPTURE(convert, money, "amount", TypeKind::kMoney, "");
BENCHMARK_CAPTURE(convert, local_time, "time", TypeKind::kTime,
                  "%Y-%m-%d %H:%M:%S");

}  // namespace
}  // namespace kitle
