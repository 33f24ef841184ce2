// The stages of an ingest, one after another: read every file into staged
// rows, settle events with ids, merge block by block, publish.
#include "runtime/ingest/ingest.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

#include "runtime/ingest/file_patterns.h"
#include "runtime/ingest/merge_block.h"
#include "runtime/ingest/missing_columns.h"
#include "runtime/ingest/ordered_work.h"
#include "runtime/ingest/portion.h"
#include "runtime/ingest/reject_file.h"
#include "runtime/ingest/resolve_ids.h"
#include "runtime/ingest/scatter.h"
#include "runtime/ingest/source_plan.h"
#include "runtime/ingest/staging.h"
#include "runtime/store/view.h"
#include "runtime/store/writer.h"
#include "runtime/threads.h"

namespace kitle {
namespace {

constexpr unsigned kPortionsAhead = 4;  // a thread

// What any of the rows that a row of a file gives is.
constexpr uint8_t kHasNews = 1;
constexpr uint8_t kHasOlder = 2;

struct SourceFile {
  std::string path;
  uint32_t source = 0;
};

class Ingest {
 public:
  Ingest(const IngestJob& job, Files& files, StoreWriter& writer)
      : job_(job),
        options_(job.options),
        writer_(writer),
        threads_(threads_of(options_.threads)),
        tables_(writer.schema(), job.sources),
        texts_(writer, tables_.domains),
        leavers_(tables_.tables.size()),
        blocks_(files, options_.store_folder, "blocks", leavers_ + 1),
        ids_(files, options_.store_folder, "ids", leavers_),
        rejects_(files, options_.store_folder, writer.next_snapshot()),
        ranges_(tables_.tables.size()) {}

  Result<IngestReport> run() {
    Status status = prepare();
    if (status.ok()) status = read();
    if (status.ok()) status = check_keys();
    if (status.ok()) status = settle_ids();
    if (status.ok()) status = write();
    if (status.ok()) status = rejects_.finish();
    if (status.ok()) status = check_cancel();
    if (!status.ok()) return std::unexpected(status);
    return publish();
  }

 private:
  Status prepare();
  Status find_files(uint32_t source);

  // Reading; take and finish on the calling thread.
  Status read();
  Result<bool> take(Portion& portion);
  Status open_next();
  Status finish(Portion& portion);
  void stage(size_t table, TableRows& rows);
  void to_store(const TargetTable& table, TableRows& rows);
  void count_bare(const Portion& portion);
  void report_progress(const Portion& portion);
  Status bound_memory();
  Status check_keys() const;

  Status settle_ids();
  uint32_t end_of_ids(uint32_t begin) const;

  Status write();
  Status write(BlockJob& job);
  void widen();
  bool next_block(uint32_t& block) const;
  Result<bool> take(BlockJob& job);
  Status finish(BlockJob& job);
  void count(const RowFates& fates);
  void count_joined();

  Result<IngestReport> publish();
  Status check_cancel() const;

  const IngestJob& job_;
  const IngestOptions& options_;
  StoreWriter& writer_;
  unsigned threads_;
  TargetTables tables_;
  StoreTexts texts_;
  size_t leavers_;  // the staged table behind the last one
  Staging blocks_;
  Staging ids_;
  RejectFile rejects_;

  std::vector<SourcePlan> plans_;
  std::vector<KeySightings> keys_;  // by source
  std::vector<SourceFile> files_;
  std::vector<uint32_t> sources_of_files_;  // their numbers in the store
  uint64_t total_bytes_ = 0;

  // Reading.
  size_t next_file_ = 0;
  std::shared_ptr<RowReader> reader_;  // of file next_file_ - 1
  uint64_t done_bytes_ = 0;            // of the files before it
  uint64_t rows_ = 0;
  std::vector<std::string_view> keys_at_hand_;    // of a portion
  std::vector<uint32_t> profiles_;                // by key of a portion
  std::vector<std::vector<uint32_t>> codes_;      // by domain and code of it
  std::vector<std::vector<ColumnRange>> ranges_;  // by table, as IntoRows
  RowScatter scatter_;
  std::vector<uint32_t> all_;      // 0, 1, ...
  std::vector<uint32_t> with_id_;  // rows at hand
  std::vector<uint32_t> without_id_;
  std::vector<uint8_t> joined_;      // by number of a row that gives several:
                                     // kHasNews, kHasOlder
  std::vector<size_t> joined_ends_;  // of each source; they are in order

  uint32_t next_block_ = 0;
  std::vector<uint32_t> touched_blocks_;
  int64_t new_events_ = 0;
  std::vector<SourceReport> reports_;
};

Status Ingest::check_cancel() const {
  const bool stop = options_.cancel != nullptr && options_.cancel->load();
  return stop ? Status(StatusCode::kCancelled, "ingest", "", "stopped")
              : Status();
}

Status Ingest::prepare() {
  auto zone =
      Zone::from_tzif(writer_.zone_bytes(), writer_.settings().time_zone);
  if (!zone) return zone.error();
  plans_.reserve(job_.sources.size());  // portions point to them
  for (const SourceMapping& source : job_.sources) {
    auto plan = make_plan(source, writer_.schema(), writer_.settings(), *zone,
                          writer_.nfc());
    if (!plan) return plan.error();
    plans_.push_back(std::move(*plan));
    reports_.push_back({.source = source.name});
    Status status = find_files(static_cast<uint32_t>(plans_.size() - 1));
    if (!status.ok()) return status;
  }
  keys_.resize(plans_.size());
  joined_ends_.resize(plans_.size());
  codes_.resize(tables_.domains.size());
  for (size_t i = 0; i < ranges_.size(); ++i) {
    ranges_[i].resize(tables_.tables[i].columns->size() + 1);
  }
  return {};
}

Status Ingest::find_files(uint32_t source) {
  auto paths =
      expand_patterns(options_.data_folder, job_.sources[source].files);
  if (!paths) return paths.error();
  const uint32_t number = writer_.source(job_.sources[source].name);
  for (std::string& path : *paths) {
    std::error_code error;
    const uint64_t bytes = std::filesystem::file_size(path, error);
    if (!error) total_bytes_ += bytes;
    files_.push_back({std::move(path), source});
    sources_of_files_.push_back(number);
  }
  return {};
}

// ---- reading ----

Status Ingest::read() {
  return run_in_order<Portion>(
      threads_, [this](Portion& portion) { return take(portion); },
      [this](Portion& portion) { return convert_portion(tables_, portion); },
      [this](Portion& portion) { return finish(portion); }, kPortionsAhead);
}

// The next portion of the file at hand, or of the next file.
Result<bool> Ingest::take(Portion& portion) {
  Status status = check_cancel();
  while (status.ok()) {
    if (reader_ == nullptr) {
      if (next_file_ == files_.size()) return false;
      status = open_next();
      if (!status.ok()) break;
    }
    auto more = reader_->next(portion.batch);
    if (!more) return std::unexpected(more.error());
    if (*more) {
      portion.reader = reader_;
      portion.file = static_cast<uint32_t>(next_file_ - 1);
      portion.source = files_[portion.file].source;
      portion.plan = &plans_[portion.source];
      return true;
    }
    done_bytes_ += reader_->bytes_read();
    reader_.reset();
  }
  return std::unexpected(status);
}

Status Ingest::open_next() {
  const SourceFile& file = files_[next_file_++];
  const SourcePlan& plan = plans_[file.source];
  auto reader = open_rows(file.path, plan.csv);
  if (!reader) return reader.error();
  Status status = check_columns(file.path, (*reader)->columns(),
                                plan.wanted.names(), job_.nearest);
  if (!status.ok()) return status;
  reader_ = std::move(*reader);
  reader_->want(plan.wanted.names());
  return {};
}

// Gives the portion's keys and texts their place in the store, and its rows
// theirs among the staged ones.
Status Ingest::finish(Portion& portion) {
  SourceReport& report = reports_[portion.source];
  report.seen += portion.rows;
  report.left_out += portion.left_out;
  report.rejected += portion.rejected.size();
  const bool json = portion.reader->columns() == nullptr;
  if (json) keys_[portion.source].add(files_[portion.file].path, portion.batch);
  for (const RejectedRow& row : portion.rejected) {
    Status status = rejects_.add(files_[portion.file].path, row);
    if (!status.ok()) return status;
  }
  keys_at_hand_.clear();
  for (uint32_t key = 1; key <= portion.keys.size(); ++key) {
    keys_at_hand_.push_back(portion.keys.text(key));
  }
  profiles_.assign(1, 0);
  Status found = writer_.find_or_add_profiles(keys_at_hand_, profiles_);
  if (!found.ok()) return found;
  for (uint32_t i = 0; i < codes_.size(); ++i) {
    codes_[i].assign(1, 0);
    for (uint32_t code = 1; code <= portion.texts[i].size(); ++code) {
      codes_[i].push_back(texts_.intern(i, portion.texts[i].text(code)));
    }
  }
  for (size_t i = 0; i < portion.intos.size(); ++i) {
    const size_t table = portion.plan->intos[i].table;
    IntoRows& into = portion.intos[i];
    for (size_t k = 0; k < ranges_[table].size(); ++k) {
      ranges_[table][k].add(into.ranges[k]);
    }
    stage(table, into.rows);
  }
  count_bare(portion);
  rows_ += portion.rows;
  report_progress(portion);
  return bound_memory();
}

void Ingest::stage(size_t table, TableRows& rows) {
  const TargetTable& target = tables_.tables[table];
  const RowLayout& layout = target.layout;
  to_store(target, rows);
  const auto block_of = [&](uint32_t row) {
    return rows.profiles[row] >> kBlockBits;
  };
  for (auto i = static_cast<uint32_t>(all_.size()); i < rows.size(); ++i) {
    all_.push_back(i);
  }
  if (!layout.has_ids()) {
    return scatter_.add(blocks_, table, layout, rows,
                        std::span(all_).first(rows.size()), block_of);
  }
  with_id_.clear();
  without_id_.clear();
  for (uint32_t row = 0; row < rows.size(); ++row) {
    (rows.has_id(layout, row) ? with_id_ : without_id_).push_back(row);
  }
  scatter_.add(blocks_, table, layout, rows, without_id_, block_of);
  scatter_.add(ids_, table, layout, rows, with_id_, [&](uint32_t row) {
    return id_partition(rows.id_hash(layout, row));
  });
}

// The portion's keys, codes and numbers become the store's and the ingest's.
void Ingest::to_store(const TargetTable& table, TableRows& rows) {
  for (uint32_t& profile : rows.profiles) profile = profiles_[profile];
  const auto before = static_cast<uint32_t>(joined_.size());
  for (uint32_t& number : rows.joined) {
    if (number != 0) number += before;
  }
  for (size_t i = 0; i < table.layout.columns(); ++i) {
    const FieldKind kind = table.layout.kind(i);
    RowColumn& slot = rows.slots[i];
    if (kind == FieldKind::kCode) {
      for (int64_t& code : slot.values) code = codes_[table.domains[i]][code];
    } else if (kind == FieldKind::kCodeList) {
      for (uint32_t& code : slot.codes) code = codes_[table.domains[i]][code];
    }
  }
}

// Rows that only know their person are news where nobody knew that one.
void Ingest::count_bare(const Portion& portion) {
  const size_t before = joined_.size();
  joined_.resize(before + portion.joined_rows);
  joined_ends_[portion.source] = joined_.size();
  for (const BareRow& row : portion.bare) {
    const bool known = profiles_[row.key] < writer_.old_profiles();
    if (row.joined == 0) {
      if (known) ++reports_[portion.source].known;
    } else if (!known) {
      joined_[before + row.joined - 1] |= kHasNews;
    }
  }
}

void Ingest::report_progress(const Portion& portion) {
  if (!options_.progress) return;
  const uint64_t here = reader_ == nullptr ? 0 : reader_->bytes_read();
  options_.progress(
      {plans_[portion.source].name, rows_, done_bytes_ + here, total_bytes_});
}

Status Ingest::bound_memory() {
  if (blocks_.memory_bytes() + ids_.memory_bytes() <= options_.memory_bytes) {
    return {};
  }
  Status status = blocks_.spill();
  return status.ok() ? ids_.spill() : status;
}

Status Ingest::check_keys() const {
  Status status;
  for (size_t i = 0; status.ok() && i < plans_.size(); ++i) {
    status = keys_[i].check(plans_[i].name, plans_[i].wanted, job_.nearest);
  }
  return status;
}

// ---- events with ids ----

Status Ingest::settle_ids() {
  RowFates fates;
  IdResolver resolver(tables_, texts_, sources_of_files_, writer_, blocks_,
                      leavers_, fates);
  for (uint32_t begin = 0; begin < ids_.partitions();) {
    const uint32_t end = end_of_ids(begin);
    Status status = check_cancel();
    if (status.ok()) status = resolver.resolve(ids_, begin, end);
    if (!status.ok()) return status;
    for (; begin < end; ++begin) ids_.release(begin);
    status = bound_memory();
    if (!status.ok()) return status;
  }
  count(fates);
  return {};
}

// Partitions are resolved together until they are large: each time blocks of
// the store may be loaded.
uint32_t Ingest::end_of_ids(uint32_t begin) const {
  constexpr uint64_t kLarge = 32 << 20;
  uint64_t bytes = 0;
  while (begin < ids_.partitions() && bytes < kLarge) {
    for (size_t table = 0; table < tables_.profile(); ++table) {
      for (const auto& piece : ids_.pieces(begin, table)) bytes += piece.size();
    }
    ++begin;
  }
  return begin;
}

// ---- blocks ----

Status Ingest::write() {
  widen();
  return run_in_order<BlockJob>(
      threads_, [this](BlockJob& job) { return take(job); },
      [this](BlockJob& job) { return write(job); },
      [this](BlockJob& job) { return finish(job); });
}

// On any thread.
Status Ingest::write(BlockJob& job) {
  merge_block(writer_.schema(), tables_, texts_, sources_of_files_, job);
  Status status = writer_.write(job.block, job.content, job.touched);
  job.content = {};
  return status;
}

void Ingest::widen() {
  for (uint32_t i = 0; i < ranges_.size(); ++i) {
    const bool event = i != tables_.profile();
    const std::optional<uint32_t> table =
        event ? std::optional(i) : std::nullopt;
    const size_t columns = tables_.tables[i].columns->size();
    for (uint32_t k = 0; k < columns; ++k) {
      if (!ranges_[i][k].empty()) writer_.widen(table, k, ranges_[i][k]);
    }
    if (event && !ranges_[i][columns].empty()) {
      writer_.widen_time(i, ranges_[i][columns]);
    }
  }
}

// The next block with new profiles or rows.
bool Ingest::next_block(uint32_t& block) const {
  const uint32_t blocks = (writer_.profiles() + kBlockRows - 1) >> kBlockBits;
  const bool grows = writer_.profiles() > writer_.old_profiles();
  const uint32_t first_new = writer_.old_profiles() >> kBlockBits;
  for (; block < blocks; ++block) {
    if ((grows && block >= first_new) || !blocks_.empty(block)) return true;
  }
  return false;
}

Result<bool> Ingest::take(BlockJob& job) {
  Status status = check_cancel();
  if (!status.ok()) return std::unexpected(status);
  if (!next_block(next_block_)) return false;
  job.block = next_block_++;
  auto content = writer_.load(job.block);
  if (!content) return std::unexpected(content.error());
  job.content = std::move(*content);
  const uint32_t first = job.block << kBlockBits;
  const uint32_t end =
      std::min<uint32_t>(writer_.profiles() - first, kBlockRows);
  for (uint32_t row = job.content.profiles(); row < end; ++row) {
    auto key = writer_.key_of(first + row);
    if (!key) return std::unexpected(key.error());
    job.content.keys.push_back(std::move(*key));
  }
  job.pieces.resize(tables_.tables.size());
  for (size_t i = 0; i < tables_.tables.size(); ++i) {
    job.pieces[i] = blocks_.pieces(job.block, i);
  }
  job.leavers = blocks_.pieces(job.block, leavers_);
  return true;
}

Status Ingest::finish(BlockJob& job) {
  blocks_.release(job.block);
  count(job.fates);
  new_events_ += job.new_events;
  return {};
}

void Ingest::count(const RowFates& fates) {
  for (const uint32_t file : fates.known) {
    ++reports_[files_[file].source].known;
  }
  for (const uint32_t file : fates.older) {
    ++reports_[files_[file].source].older;
  }
  for (const uint32_t row : fates.joined_new) joined_[row - 1] |= kHasNews;
  for (const uint32_t row : fates.joined_older) joined_[row - 1] |= kHasOlder;
}

void Ingest::count_joined() {
  size_t row = 0;
  for (size_t i = 0; i < reports_.size(); ++i) {
    for (; row < joined_ends_[i]; ++row) {
      if ((joined_[row] & kHasNews) != 0) continue;
      ++reports_[i].known;
      if ((joined_[row] & kHasOlder) != 0) ++reports_[i].older;
    }
  }
}

// ---- the end ----

Result<IngestReport> Ingest::publish() {
  count_joined();
  for (SourceReport& report : reports_) {
    report.accepted =
        report.seen - report.known - report.left_out - report.rejected;
  }
  IngestReport report;
  report.profiles = writer_.profiles();
  report.new_events = new_events_ > 0 ? static_cast<uint64_t>(new_events_) : 0;
  report.sources = std::move(reports_);
  auto snapshot = writer_.commit();
  if (writer_.published()) report.reject_file = rejects_.keep();
  if (!snapshot) return std::unexpected(snapshot.error());
  report.snapshot = *snapshot;
  return report;
}

}  // namespace

Result<IngestReport> ingest_files(const IngestJob& job, Files& files) {
  const IngestOptions& options = job.options;
  const auto zone = read_zone_bytes(job.settings.time_zone);
  auto writer = open_writer(options.store_folder, job.schema, job.settings,
                            zone ? std::string_view(*zone) : "", files);
  if (!writer) return std::unexpected(zone ? writer.error() : zone.error());
  remove_spilled(files, options.store_folder);
  return Ingest(job, files, **writer).run();
}

}  // namespace kitle
