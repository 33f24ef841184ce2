// Reading a content back from block files: read_content().
#include <algorithm>
#include <numeric>

#include "runtime/store/content_rows.h"
#include "runtime/store/layout.h"
#include "runtime/store/packed.h"
#include "runtime/store/verify.h"

namespace kitle {
namespace {

template <class T>
const T* find_id(const std::vector<T>& list, uint32_t id) {
  const auto found = std::ranges::find(list, id, &T::id);
  return found == list.end() ? nullptr : &*found;
}

template <class T>
void decode(const ColumnView& view, size_t rows, std::vector<int64_t>& to) {
  const T* stored = static_cast<const T*>(view.data);
  to.resize(rows);
  for (size_t i = 0; i < rows; ++i) to[i] = view.base + view.unit * stored[i];
}

void decode(const ColumnView& view, size_t rows, std::vector<int64_t>& to) {
  switch (view.physical) {
    case Physical::kU8:
      return decode<uint8_t>(view, rows, to);
    case Physical::kU16:
      return decode<uint16_t>(view, rows, to);
    case Physical::kU32:
      return decode<uint32_t>(view, rows, to);
    case Physical::kI16:
      return decode<int16_t>(view, rows, to);
    case Physical::kI32:
      return decode<int32_t>(view, rows, to);
    case Physical::kI64:
      return decode<int64_t>(view, rows, to);
    case Physical::kAbsent:
    case Physical::kF64:
    case Physical::kList:
      return;
  }
}

std::vector<uint8_t> bytes_of_bits(const uint64_t* bits, size_t rows) {
  std::vector<uint8_t> bytes(bits == nullptr ? 0 : rows);
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = bit(bits, i) ? 1 : 0;
  return bytes;
}

bool all_between(const std::vector<int64_t>& values, int64_t low,
                 int64_t high) {
  return std::ranges::all_of(
      values, [=](int64_t value) { return low <= value && value <= high; });
}

int64_t wrapping_add(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) +
                              static_cast<uint64_t>(b));
}

// Codes of a dictionary as codes of a pool, by code.
std::vector<uint32_t> pooled(TextPool& pool, const Dictionary& dictionary) {
  std::vector<uint32_t> codes(dictionary.size() + size_t{1});
  for (uint32_t code = 1; code <= dictionary.size(); ++code) {
    codes[code] = pool.intern(dictionary.text(code));
  }
  return codes;
}

// Reads one file; several in turn share the pools.
class ContentReader {
 public:
  ContentReader(const Schema& schema, const Schema& file_schema,
                BlockContent& pools)
      : schema_(schema), file_schema_(file_schema), pools_(pools) {}

  Result<BlockContent> read(const BlockFile& block) {
    auto view = block.view();
    if (!view) return std::unexpected(view.error());
    view_ = *view;
    file_ = &block.file();
    manifest_ = &block.manifest();
    domains_.clear();
    BlockContent content = empty_content(schema_);
    Status status = profiles(content);
    for (size_t i = 0; status.ok() && i < schema_.events.size(); ++i) {
      status = table(schema_.events[i], content.tables[i], pools_.tables[i]);
    }
    if (!status.ok()) return std::unexpected(status);
    return content;
  }

 private:
  Status profiles(BlockContent& content);
  Status stamps(const Column& attribute, LogicalColumn& to);
  Status table(const EventType& event, TableContent& to, TableContent& pools);
  Status sources(const EventType& event, TableContent& to);
  Status own_times(const EventType& event, TableContent& to);
  Status ids(const EventType& event, TableContent& to, TextPool& pool);
  void column(const Column& column, const ColumnView& view, size_t rows,
              LogicalColumn& to);
  void to_pool(const Column& column, const Dictionary& dictionary,
               LogicalColumn& to);
  Status numbers(SectionKind kind, uint32_t table, uint32_t column, size_t rows,
                 std::vector<int64_t>& to) const;

  const Schema& schema_;
  const Schema& file_schema_;
  BlockContent& pools_;
  const BlockView* view_ = nullptr;
  const SectionFile* file_ = nullptr;
  const Manifest* manifest_ = nullptr;
  // By domain: codes of the file as codes of the pool.
  std::map<std::string, std::vector<uint32_t>, std::less<>> domains_;
};

Status ContentReader::profiles(BlockContent& content) {
  const uint32_t rows = view_->profiles;
  const auto* keys = static_cast<const uint16_t*>(view_->key.data);
  content.keys.reserve(rows);
  content.live.resize(rows);
  for (uint32_t row = 0; row < rows; ++row) {
    content.keys.emplace_back(view_->key.dictionary->text(keys[row]));
    content.live[row] = bit(view_->live, row) ? 1 : 0;
  }
  Status status;
  for (size_t i = 0; status.ok() && i < schema_.attributes.size(); ++i) {
    const Column& attribute = schema_.attributes[i];
    const Column* old = find_id(file_schema_.attributes, attribute.id);
    fill_missing(content.stamps[i], old == nullptr ? rows : 0);
    if (old == nullptr) {
      fill_missing(content.attributes[i], rows);
      continue;
    }
    column(attribute, view_->attributes[old - file_schema_.attributes.data()],
           rows, content.attributes[i]);
    status = stamps(attribute, content.stamps[i]);
  }
  return status;
}

// Packed ones, where the file has them.
Status ContentReader::numbers(SectionKind kind, uint32_t table, uint32_t column,
                              size_t rows, std::vector<int64_t>& to) const {
  const SectionEntry* section = file_->find(kind, table, column);
  if (section == nullptr) return {};
  auto values = read_packed(*file_, *section, rows);
  if (!values) return values.error();
  to = std::move(*values);
  return {};
}

Status ContentReader::stamps(const Column& attribute, LogicalColumn& to) {
  const uint32_t rows = view_->profiles;
  Status status =
      numbers(SectionKind::kStamps, kProfileTable, attribute.id, rows, to.ints);
  if (!status.ok()) return status;
  if (to.ints.empty()) {
    fill_missing(to, rows);
    return {};
  }
  const SectionEntry* valid =
      file_->find(SectionKind::kStampsValid, kProfileTable, attribute.id);
  if (valid == nullptr) return {};
  if (valid->length != words_of(rows) * sizeof(uint64_t)) {
    return file_->corrupt(*valid, "has a wrong length");
  }
  status = file_->check(*valid);
  if (!status.ok()) return status;
  to.present = bytes_of_bits(file_->values<uint64_t>(*valid).data(), rows);
  for (size_t i = 0; i < rows; ++i) to.ints[i] *= to.present[i];
  return {};
}

void ContentReader::to_pool(const Column& column, const Dictionary& dictionary,
                            LogicalColumn& to) {
  auto [known, added] = domains_.try_emplace(column.name);
  if (added) known->second = pooled(pools_.pools[column.name], dictionary);
  for (int64_t& code : to.ints) code = known->second[code];
  for (uint32_t& code : to.codes) code = known->second[code];
}

void ContentReader::column(const Column& column, const ColumnView& view,
                           size_t rows, LogicalColumn& to) {
  if (view.physical == Physical::kAbsent) return fill_missing(to, rows);
  if (view.physical == Physical::kList) {
    to.offsets.assign(view.offsets, view.offsets + rows + 1);
    const auto* codes = static_cast<const uint32_t*>(view.data);
    to.codes.assign(codes, codes + to.offsets.back());
  } else if (view.physical == Physical::kF64) {
    const auto* numbers = static_cast<const double*>(view.data);
    to.numbers.assign(numbers, numbers + rows);
  } else {
    decode(view, rows, to.ints);
  }
  to.present = bytes_of_bits(view.valid, rows);
  const bool texts = is_text_like(column.type) || is_list(column.type);
  if (texts && is_block_wide(column)) to_pool(column, *view.dictionary, to);
  if (!is_integral(column.type) || view.valid == nullptr) return;
  for (size_t i = 0; i < rows; ++i) to.ints[i] *= to.present[i];
}

Status ContentReader::table(const EventType& event, TableContent& to,
                            TableContent& pools) {
  const EventType* old = find_id(file_schema_.events, event.id);
  if (old == nullptr) {
    to.offsets.assign(view_->profiles + size_t{1}, 0);
    return {};
  }
  const TableView& view = view_->tables[old - file_schema_.events.data()];
  to.offsets.assign(view.offsets, view.offsets + view_->profiles + 1);
  decode(view.time, view.events, to.times);
  for (size_t i = 0; i < event.columns.size(); ++i) {
    const Column* known = find_id(old->columns, event.columns[i].id);
    if (known == nullptr) {
      fill_missing(to.columns[i], view.events);
    } else {
      column(event.columns[i], view.columns[known - old->columns.data()],
             view.events, to.columns[i]);
    }
  }
  if (event.counted_by) {
    to.order_starts = bytes_of_bits(view.order_starts, view.events);
  }
  if (to.events() == 0) return {};
  Status status = sources(event, to);
  if (status.ok()) status = own_times(event, to);
  if (status.ok()) {
    status =
        numbers(SectionKind::kVersions, event.id, 0, to.events(), to.versions);
  }
  return status.ok() ? ids(event, to, pools.id_texts) : status;
}

Status ContentReader::sources(const EventType& event, TableContent& to) {
  std::vector<int64_t> stored;
  Status status =
      numbers(SectionKind::kSources, event.id, 0, to.events(), stored);
  if (!status.ok()) return status;
  const auto last = static_cast<int64_t>(manifest_->sources.size());
  if (stored.empty() || !all_between(stored, 0, last)) {
    return file_->corrupt("section sources of " + event.name +
                          ": is missing, or names an unknown source");
  }
  to.sources.assign(stored.begin(), stored.end());
  return {};
}

Status ContentReader::own_times(const EventType& event, TableContent& to) {
  Status status =
      numbers(SectionKind::kOwnTimes, event.id, 0, to.events(), to.own_times);
  for (size_t i = 0; i < to.own_times.size(); ++i) {
    to.own_times[i] = wrapping_add(to.times[i], to.own_times[i]);
  }
  return status;
}

Status ContentReader::ids(const EventType& event, TableContent& to,
                          TextPool& pool) {
  if (file_->find(SectionKind::kTextOffsets, event.id, 0) == nullptr) return {};
  auto texts = read_texts(*file_, event.id, 0);
  if (!texts) return texts.error();
  std::vector<int64_t> stored;
  Status status =
      numbers(SectionKind::kEventIds, event.id, 0, to.events(), stored);
  if (!status.ok()) return status;
  if (stored.empty() && texts->size() == to.events()) {
    stored.resize(to.events());
    std::iota(stored.begin(), stored.end(), 1);
  }
  if (stored.empty() || !all_between(stored, 0, texts->size())) {
    return file_->corrupt("section event ids of " + event.name +
                          ": does not fit its dictionary");
  }
  const std::vector<uint32_t> codes = pooled(pool, LocalDictionary(*texts));
  to.ids.reserve(stored.size());
  for (const int64_t code : stored) to.ids.push_back(codes[code]);
  return {};
}

BlockContent merged(const Schema& schema, const BlockContent& base,
                    const BlockContent& overlay,
                    std::span<const uint32_t> rows) {
  std::vector<RowSource> sources(base.profiles());
  for (uint32_t row = 0; row < sources.size(); ++row)
    sources[row] = {&base, row};
  for (uint32_t i = 0; i < rows.size(); ++i) sources[rows[i]] = {&overlay, i};
  return gather_rows(schema, sources);
}

}  // namespace

Result<BlockContent> read_content(const Schema& schema,
                                  const Schema& file_schema,
                                  const BlockFile& base,
                                  const BlockFile* overlay) {
  BlockContent pools = empty_content(schema);
  ContentReader reader(schema, file_schema, pools);
  auto content = reader.read(base);
  if (content && overlay != nullptr) {
    auto newer = reader.read(*overlay);
    if (!newer) return newer;
    content = merged(schema, *content, *newer, (*overlay->view())->rows);
  }
  if (!content) return content;
  content->pools = std::move(pools.pools);
  for (size_t i = 0; i < content->tables.size(); ++i) {
    content->tables[i].id_texts = std::move(pools.tables[i].id_texts);
  }
  return content;
}

}  // namespace kitle
