// Whole ingests in tests: a repository from rule texts, files in a folder, and
// what the store holds afterwards as lines of text.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "compiler/load.h"
#include "grammar/diagnostic.h"
#include "runtime/ingest/cell.h"
#include "runtime/ingest/ingest.h"
#include "runtime/store/snapshot.h"
#include "tests/support/files.h"
#include "tests/support/store_model.h"
#include "tests/support/temp_folder.h"

namespace kitle::testing {

inline constexpr const char* kSettings =
    "name = \"shop\"\ntime_zone = \"Europe/Istanbul\"\nlocale = \"tr\"\n"
    "currency = \"TRY\"\n";

// Rules whose text is right.
inline Repository repository_of(const std::string& rules,
                                const std::string& settings = kSettings) {
  LoadedRepository loaded =
      load_texts({{"kitle.toml", settings}, {"rules.kitle", rules}}, nullptr);
  EXPECT_EQ(loaded.diagnostics.errors(), 0U) << render(
      loaded.diagnostics, loaded.sources, DiagnosticFormat::kText, false);
  return std::move(loaded.repository);
}

inline std::string text_of(TypeKind type, const Value& value) {
  if (std::holds_alternative<std::monostate>(value)) return "-";
  if (const auto* number = std::get_if<Number>(&value)) {
    return fmt::format("{}", std::bit_cast<double>(number->bits));
  }
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* texts = std::get_if<Texts>(&value)) {
    return fmt::format("[{}]", fmt::join(*texts, "|"));
  }
  Arena arena;
  const int64_t integer = std::get<int64_t>(value);
  switch (type) {
    case TypeKind::kTime:
      return std::string(
          cell_text(Cell::of(Cell::Kind::kTime, integer), arena));
    case TypeKind::kDate:
      return std::string(
          cell_text(Cell::of(Cell::Kind::kDate, integer), arena));
    default:
      return std::to_string(integer);
  }
}

inline std::string text_of(const std::vector<Column>& columns,
                           const std::vector<Value>& values) {
  std::string text;
  for (size_t i = 0; i < columns.size(); ++i) {
    text += fmt::format(" {}={}", columns[i].name,
                        text_of(columns[i].type, values[i]));
  }
  return text;
}

// One line a profile, then one an event, in the order of the store; profiles by
// key. "C1 age=31", "C1 purchase 2026-03-01T09:00:00Z order=A amount=1250 *":
// the star marks an order's first row.
inline std::vector<std::string> lines_of(const Schema& schema, Model model) {
  std::vector<std::string> lines;
  std::ranges::sort(model, {}, &ModelProfile::key);
  for (const ModelProfile& profile : model) {
    EXPECT_TRUE(profile.live);
    lines.push_back(profile.key +
                    text_of(schema.attributes, profile.attributes));
    for (size_t i = 0; i < schema.events.size(); ++i) {
      const EventType& type = schema.events[i];
      for (const ModelEvent& event : profile.events[i]) {
        lines.push_back(
            fmt::format("{} {} {}{}{}", profile.key, type.name,
                        text_of(TypeKind::kTime, event.time),
                        text_of(type.columns, event.values),
                        type.counted_by && event.begins ? " *" : ""));
      }
    }
  }
  return lines;
}

inline std::vector<std::string> lines_of_store(const std::string& folder) {
  auto snapshot = open_snapshot(folder);
  if (!snapshot) return {snapshot.error().message()};
  auto model = read_views(**snapshot);
  if (!model) return {model.error().message()};
  return lines_of((*snapshot)->schema(), std::move(*model));
}

// A repository, a folder of files, a store.
class Workshop {
 public:
  explicit Workshop(const std::string& rules,
                    const std::string& settings = kSettings)
      : repository_(repository_of(rules, settings)) {
    options.threads = 2;
    options.data_folder = folder_ / "data";
    options.store_folder = folder_ / "store";
  }

  // From now on these rules.
  void change(const std::string& rules) { repository_ = repository_of(rules); }
  void write(const std::string& name, std::string_view bytes) const {
    write_file(data(name), bytes);
  }
  void remove(const std::string& name) const {
    std::filesystem::remove(data(name));
  }
  std::string data(const std::string& name) const {
    return options.data_folder + "/" + name;
  }
  std::string store(const std::string& name = "") const {
    return options.store_folder + (name.empty() ? "" : "/" + name);
  }

  Result<IngestReport> ingest(Files& files = system_files()) const {
    return ingest_files({repository_.schema, repository_.settings,
                         repository_.sources, options, nearest},
                        files);
  }
  // Expects success.
  IngestReport take(Files& files = system_files()) const {
    auto report = ingest(files);
    EXPECT_TRUE(report.has_value()) << report.error().message();
    return report ? *report : IngestReport();
  }
  std::vector<std::string> lines() const { return lines_of_store(store()); }
  std::vector<std::string> files_of_store() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(store())) {
      names.push_back(entry.path().filename());
    }
    return names;
  }

  IngestOptions options;

 private:
  TempFolder folder_;
  Repository repository_;
};

// "seen accepted known left_out rejected"
inline std::string counts(const SourceReport& report) {
  EXPECT_EQ(report.seen,
            report.accepted + report.known + report.left_out + report.rejected);
  return fmt::format("{} {} {} {} {}", report.seen, report.accepted,
                     report.known, report.left_out, report.rejected);
}
inline std::string counts(const IngestReport& report) {
  std::string text;
  for (const SourceReport& source : report.sources) {
    text += (text.empty() ? "" : ", ") + counts(source);
  }
  return text;
}

}  // namespace kitle::testing
