// A store whose checksums are right and whose contents are not: opening it and
// touching everything that views, dictionaries and indexes give must stay
// within the files. The input is a list of edits to the small store of
// tests/store/golden; checksums are taken as right, and MANIFEST's own hash is
// made right.
#define XXH_INLINE_ALL
#include <unicode/unistr.h>
#include <xxhash.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "runtime/store/content_rows.h"
#include "runtime/store/layout.h"
#include "runtime/store/stored_snapshot.h"
#include "tests/fuzz/support/edits.h"
#include "tests/support/memory_disk.h"

namespace kitle {
namespace {

using fuzz::add_places;
using fuzz::EditedFile;
using testing::MemoryDisk;

const std::string kFolder = "disk/store";
const std::string kGolden = KITLE_SOURCE_DIR "/tests/store/golden/version-3";

// Of bytes that say something: not piece hashes, not padding.
std::vector<uint32_t> places_in(const std::string& bytes) {
  std::vector<uint32_t> places;
  FileHeader header;
  if (bytes.size() <= sizeof(header)) {  // MANIFEST
    add_places(0, bytes.size(), places);
    return places;
  }
  std::memcpy(&header, bytes.data(), sizeof(header));
  const uint64_t entries = sizeof(header) + header.tables * sizeof(TableEntry);
  add_places(0, entries + header.sections * sizeof(SectionEntry), places);
  for (uint32_t i = 0; i < header.sections; ++i) {
    SectionEntry entry;
    std::memcpy(&entry, bytes.data() + entries + i * sizeof(entry),
                sizeof(entry));
    add_places(entry.offset, entry.length, places);
  }
  return places;
}

std::string read_golden(const std::string& name) {
  std::ifstream file(kGolden + "/" + name, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (bytes.empty()) std::abort();  // it is in the tree
  return bytes;
}

// In the manifest's order; MANIFEST last.
std::vector<EditedFile> golden_files() {
  auto snapshot = open_stored_snapshot(system_files(), kGolden);
  if (!snapshot) std::abort();
  std::vector<std::string> names;
  for (const auto& [kind, ref] : (*snapshot)->manifest().files()) {
    names.push_back(file_name(kind, ref.number));
  }
  const auto pointer = read_pointer(system_files(), kGolden);
  names.push_back(file_name(FileKind::kManifest, pointer->file_number));
  names.emplace_back("MANIFEST");
  std::vector<EditedFile> files;
  for (const std::string& name : names) {
    std::string bytes = read_golden(name);
    std::vector<uint32_t> places = places_in(bytes);
    files.push_back(
        {kFolder + "/" + name, std::move(bytes), std::move(places)});
  }
  return files;
}

void mend_pointer(std::string& bytes) {
  Pointer pointer;
  if (bytes.size() != sizeof(pointer)) return;
  std::memcpy(&pointer, bytes.data(), sizeof(pointer));
  pointer.hash = XXH3_64bits(&pointer, offsetof(Pointer, hash));
  std::memcpy(bytes.data(), &pointer, sizeof(pointer));
}

// Reads every byte behind a pointer; what is read is used, so that it is read.
class Toucher {
 public:
  void bytes(const void* data, size_t length) {
    const auto* at = static_cast<const unsigned char*>(data);
    for (size_t i = 0; i < length; ++i) sum_ += at[i];
  }

  void column(const ColumnView& view, uint64_t rows) {
    if (view.valid != nullptr) bytes(view.valid, (rows + 63) / 64 * 8);
    if (view.physical == Physical::kAbsent) return;
    if (view.physical == Physical::kList) {
      bytes(view.offsets, (rows + 1) * sizeof(uint32_t));
      rows = view.offsets[rows];
    }
    bytes(view.data, rows * width_of(view.physical));
    if (view.dictionary != nullptr) codes(view, rows);
  }

  void block(const BlockView& view) {
    bytes(view.live, (view.profiles + uint64_t{63}) / 64 * 8);
    for (const uint32_t row : view.rows) sum_ += row;
    column(view.key, view.profiles);
    for (const ColumnView& attribute : view.attributes) {
      column(attribute, view.profiles);
    }
    for (const TableView& table : view.tables) events(table, view.profiles);
  }

  void dictionary(const Dictionary& texts) {
    for (uint32_t code = 0; code <= texts.size(); ++code) {
      const std::string_view text = texts.text(code);
      bytes(text.data(), text.size());
      sum_ += texts.find(text);
    }
  }

  void forms(const TextForms& texts) {
    std::string all;
    icu::UnicodeString points;
    for (UChar32 point = 0; point < 0x20000; point += 7) points.append(point);
    points.toUTF8String(all);
    const std::string folded = texts.form(all, Folding::kLocale);
    bytes(folded.data(), folded.size());
  }

  uint64_t sum() const { return sum_; }

 private:
  void codes(const ColumnView& view, uint64_t rows) {
    for (uint64_t row = 0; row < rows; ++row) {
      uint32_t code = 0;
      std::memcpy(&code,
                  static_cast<const std::byte*>(view.data) +
                      row * width_of(view.physical),
                  width_of(view.physical));
      if (code > view.dictionary->size()) std::abort();
      const std::string_view text = view.dictionary->text(code);
      bytes(text.data(), text.size());
    }
  }

  void events(const TableView& table, uint32_t profiles) {
    uint32_t before = 0;
    for (uint32_t row = 0; row <= profiles; ++row) {
      const uint32_t offset = table.offsets[row];
      if (offset < before || offset > table.events) std::abort();
      before = offset;
    }
    if (before != table.events) std::abort();
    column(table.time, table.events);
    for (const ColumnView& property : table.columns) {
      column(property, table.events);
    }
    column(table.first_time, profiles);
    column(table.last_time, profiles);
    if (table.order_starts != nullptr) {
      bytes(table.order_starts, (table.events + uint64_t{63}) / 64 * 8);
    }
  }

  uint64_t sum_ = 0;
};

void touch_block(const StoredSnapshot& store, uint32_t block, Toucher& touch) {
  const auto base = store.base(block);
  if (base) touch.block(**base);
  const auto overlay = store.overlay(block);
  if (overlay && *overlay != nullptr) touch.block(**overlay);
  const auto file = store.block_file({block, false});
  if (!file) return;
  const BlockFile* over = nullptr;
  if (store.manifest().blocks[block].overlay.number != 0) {
    const auto found = store.block_file({block, true});
    if (!found) return;
    over = *found;
  }
  const Schema& schema = store.schema();
  const auto content = read_content(schema, schema, **file, over);
  if (!content) return;
  for (const std::string& key : content->keys) (void)store.ordinal_of(key);
  for (const TableContent& table : content->tables) {
    for (uint32_t i = 0; i < table.events(); ++i) {
      (void)store.ordinal_of_event(hash_of_event("", table.key_of(i).id));
    }
  }
}

void touch_indexes(const StoredSnapshot& store) {
  for (size_t i = 0; i < store.manifest().keys.size(); ++i) {
    const auto file = store.key_index(i);
    if (file) (void)(*file)->entries();
  }
  for (size_t i = 0; i < store.manifest().events.size(); ++i) {
    const auto file = store.event_index(i);
    if (file) (void)(*file)->entries();
  }
}

uint64_t touch_store(MemoryDisk& disk) {
  const auto store =
      open_stored_snapshot(disk, kFolder, {.trust_checksums = true});
  if (!store) return 0;
  Toucher touch;
  touch.bytes((*store)->zone_bytes().data(), (*store)->zone_bytes().size());
  if (const auto forms = (*store)->text_forms()) touch.forms(**forms);
  for (const Domain& domain : (*store)->manifest().domains) {
    const Dictionary* texts = (*store)->dictionary(domain.name);
    if (texts != nullptr) touch.dictionary(*texts);
  }
  for (uint32_t block = 0; block < (*store)->blocks(); ++block) {
    touch_block(**store, block, touch);
  }
  touch_indexes(**store);
  return touch.sum();
}

}  // namespace
}  // namespace kitle

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::vector<kitle::fuzz::EditedFile> kFiles =
      kitle::golden_files();
  std::vector<kitle::fuzz::EditedFile> files = kFiles;
  kitle::fuzz::apply_edits(data, size, files);
  kitle::mend_pointer(files.back().bytes);
  kitle::MemoryDisk disk;
  for (kitle::fuzz::EditedFile& file : files) {
    disk.put(file.path, std::move(file.bytes));
  }
  // -1 keeps an input out of the corpus: a store that does not open at all.
  return kitle::touch_store(disk) == 0 ? -1 : 0;
}
