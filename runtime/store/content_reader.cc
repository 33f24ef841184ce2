// Reading a content back from block files: read_content().
#include <algorithm>

#include "runtime/store/content_rows.h"
#include "runtime/store/layout.h"
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
  Status identities(const EventType& event, TableContent& to);
  Status numbers(SectionKind kind, const EventType& event,
                 const TableContent& table, std::vector<int64_t>& to);
  Status ids(const EventType& event, TableContent& to, TextPool& pool);
  void column(const Column& column, const ColumnView& view, size_t rows,
              LogicalColumn& to);
  void to_pool(const Column& column, const Dictionary& dictionary,
               LogicalColumn& to);
  Result<const SectionEntry*> extra(SectionKind kind, uint32_t table,
                                    uint32_t column, uint64_t length) const;

  const Schema& schema_;
  const Schema& file_schema_;
  BlockContent& pools_;
  const BlockView* view_ = nullptr;
  const SectionFile* file_ = nullptr;
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

Result<const SectionEntry*> ContentReader::extra(SectionKind kind,
                                                 uint32_t table,
                                                 uint32_t column,
                                                 uint64_t length) const {
  const SectionEntry* section = file_->find(kind, table, column);
  if (section == nullptr) return section;
  if (section->length != length) {
    return std::unexpected(file_->corrupt(*section, "has a wrong length"));
  }
  Status status = file_->check(*section);
  if (!status.ok()) return std::unexpected(status);
  return section;
}

Status ContentReader::stamps(const Column& attribute, LogicalColumn& to) {
  const uint32_t rows = view_->profiles;
  auto values = extra(SectionKind::kStamps, kProfileTable, attribute.id,
                      rows * sizeof(int64_t));
  if (!values) return values.error();
  auto valid = extra(SectionKind::kStampsValid, kProfileTable, attribute.id,
                     words_of(rows) * sizeof(uint64_t));
  if (!valid) return valid.error();
  if (*values == nullptr) {
    fill_missing(to, rows);
    return {};
  }
  const auto stored = file_->values<int64_t>(**values);
  to.ints.assign(stored.begin(), stored.end());
  if (*valid != nullptr) {
    to.present = bytes_of_bits(file_->values<uint64_t>(**valid).data(), rows);
  }
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
  Status status = identities(event, to);
  if (status.ok()) {
    status = numbers(SectionKind::kOwnTimes, event, to, to.own_times);
  }
  if (status.ok()) {
    status = numbers(SectionKind::kVersions, event, to, to.versions);
  }
  return status.ok() ? ids(event, to, pools.id_texts) : status;
}

Status ContentReader::identities(const EventType& event, TableContent& to) {
  if (to.events() == 0) return {};
  auto section = extra(SectionKind::kIdentities, event.id, 0,
                       uint64_t{to.events()} * sizeof(Identity));
  if (!section) return section.error();
  if (*section == nullptr) {
    return file_->corrupt("section identities of " + event.name +
                          ": is missing");
  }
  const auto stored = file_->values<Identity>(**section);
  to.identities.assign(stored.begin(), stored.end());
  return {};
}

// One an event, where the file has them.
Status ContentReader::numbers(SectionKind kind, const EventType& event,
                              const TableContent& table,
                              std::vector<int64_t>& to) {
  auto section =
      extra(kind, event.id, 0, uint64_t{table.events()} * sizeof(int64_t));
  if (!section) return section.error();
  if (*section == nullptr) return {};
  const auto stored = file_->values<int64_t>(**section);
  to.assign(stored.begin(), stored.end());
  return {};
}

Status ContentReader::ids(const EventType& event, TableContent& to,
                          TextPool& pool) {
  auto section = extra(SectionKind::kEventIds, event.id, 0,
                       uint64_t{to.events()} * sizeof(uint32_t));
  if (!section) return section.error();
  if (*section == nullptr) return {};
  auto texts = read_texts(*file_, event.id, 0);
  if (!texts) return texts.error();
  const auto stored = file_->values<uint32_t>(**section);
  if (largest(stored) > texts->size()) {
    return file_->corrupt(**section, "have codes beyond their dictionary");
  }
  const std::vector<uint32_t> codes = pooled(pool, LocalDictionary(*texts));
  to.ids.resize(stored.size());
  for (size_t i = 0; i < stored.size(); ++i) to.ids[i] = codes[stored[i]];
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
