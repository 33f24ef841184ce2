// Reading and writing dictionaries.
#include "runtime/store/dictionary.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <bit>

#include "runtime/store/verify.h"

namespace kitle {
namespace {

uint64_t hash_of(std::string_view text) {
  return XXH3_64bits(text.data(), text.size());
}

std::vector<uint32_t> slots_of(std::span<const std::string_view> texts) {
  std::vector<uint32_t> slots(std::bit_ceil(texts.size() * 3 / 2 + 2));
  const uint64_t mask = slots.size() - 1;
  for (uint32_t i = 0; i < texts.size(); ++i) {
    uint64_t at = hash_of(texts[i]) & mask;
    while (slots[at] != 0) at = (at + 1) & mask;
    slots[at] = i + 1;
  }
  return slots;
}

// A free slot is needed for a search to end.
bool slots_fit(std::span<const uint32_t> slots, uint32_t texts) {
  if (!std::has_single_bit(slots.size())) return false;
  const auto used = slots.size() - std::ranges::count(slots, 0u);
  return used == texts && used < slots.size() && largest(slots) <= texts;
}

}  // namespace

std::string_view TextList::text(uint32_t code) const {
  if (code == 0 || code > size()) return {};
  // Read once and clamped: bytes of a mapping may change under us.
  const size_t begin = std::min<size_t>(offsets[code - 1], bytes.size());
  const size_t end = std::min<size_t>(offsets[code], bytes.size());
  return begin < end ? bytes.substr(begin, end - begin) : std::string_view();
}

Result<TextList> read_texts(const SectionFile& file, uint32_t table,
                            uint32_t column) {
  const SectionEntry* offsets =
      file.find(SectionKind::kTextOffsets, table, column);
  const SectionEntry* bytes = file.find(SectionKind::kTextBytes, table, column);
  if (offsets == nullptr || bytes == nullptr) {
    return std::unexpected(file.corrupt("section texts: is missing"));
  }
  Status status = file.check(*offsets);
  if (status.ok()) status = file.check(*bytes);
  if (!status.ok()) return std::unexpected(status);
  TextList texts;
  texts.offsets = file.values<uint32_t>(*offsets);
  texts.bytes = {reinterpret_cast<const char*>(file.data(*bytes)),
                 bytes->length};
  if (offsets->length % sizeof(uint32_t) != 0 || texts.offsets.empty() ||
      bytes->length > kMostTextBytes ||
      !offsets_rise(texts.offsets, static_cast<uint32_t>(bytes->length))) {
    return std::unexpected(
        file.corrupt(*offsets, "do not rise from 0 to the number of bytes"));
  }
  if (!texts_are_utf8(texts.offsets, texts.bytes)) {
    return std::unexpected(file.corrupt(*bytes, "are not UTF-8"));
  }
  return texts;
}

uint32_t LocalDictionary::find(std::string_view wanted) const {
  for (uint32_t code = 1; code <= size(); ++code) {
    if (text(code) == wanted) return code;
  }
  return 0;
}

StoreDictionary::StoreDictionary(Files& files, std::string folder,
                                 const Manifest& manifest, const Domain& domain,
                                 ReadOptions options)
    : files_(files),
      folder_(std::move(folder)),
      manifest_(manifest),
      domain_(domain),
      options_(options) {}

const Status& StoreDictionary::verify() const {
  std::call_once(once_, [this] {
    for (const TextRef& ref : domain_.parts) {
      status_ = open_part(ref);
      if (status_.ok()) continue;
      parts_.clear();
      return;
    }
    size_ = domain_.size;
    verified_.store(true);
  });
  return status_;
}

Status StoreDictionary::health() const {
  Status status;
  if (!verified_.load()) return status;
  for (const Part& part : parts_) {
    if (status.ok()) status = part.file->health();
  }
  return status;
}

Status StoreDictionary::open_part(const TextRef& ref) const {
  const std::string path =
      folder_ + "/" + file_name(FileKind::kText, ref.file.number);
  auto file = SectionFile::open(files_, path, FileKind::kText, ref.file,
                                &manifest_, options_);
  if (!file) return file.error();
  const auto domain =
      static_cast<uint32_t>(&domain_ - manifest_.domains.data());
  auto texts = read_texts(**file, 0, domain);
  if (!texts) return texts.error();
  const SectionEntry* slots = (*file)->find(SectionKind::kSlots, 0, domain);
  if (slots == nullptr)
    return (*file)->corrupt("section text index: is missing");
  Status status = (*file)->check(*slots);
  if (!status.ok()) return status;
  Part part{*file, ref.first, *texts, (*file)->values<uint32_t>(*slots)};
  if (texts->size() != ref.count || (*file)->header().subject != ref.first ||
      (*file)->sections().size() != 3) {
    return (*file)->corrupt(
        "section header: holds other texts than the manifest says");
  }
  if (!slots_fit(part.slots, ref.count)) {
    return (*file)->corrupt(*slots, "are not an index of the texts");
  }
  parts_.push_back(std::move(part));
  return {};
}

std::string_view StoreDictionary::text(uint32_t code) const {
  const auto after = std::ranges::upper_bound(parts_, code, {}, &Part::first);
  if (code == 0 || after == parts_.begin()) return {};
  const Part& part = *std::prev(after);
  return part.texts.text(code - part.first + 1);
}

uint32_t StoreDictionary::find_in(const Part& part, std::string_view wanted,
                                  uint64_t hash) {
  const uint64_t mask = part.slots.size() - 1;
  for (uint64_t at = hash & mask; part.slots[at] != 0; at = (at + 1) & mask) {
    if (part.texts.text(part.slots[at]) == wanted) return part.slots[at];
  }
  return 0;
}

uint32_t StoreDictionary::find(std::string_view wanted) const {
  const uint64_t hash = hash_of(wanted);
  for (const Part& part : parts_) {
    const uint32_t code = find_in(part, wanted, hash);
    if (code != 0) return part.first + code - 1;
  }
  return 0;
}

const Dictionary& no_texts() {
  static constexpr uint32_t kNoOffsets[] = {0};
  static const LocalDictionary empty(TextList{kNoOffsets, {}});
  return empty;
}

void add_texts(SectionFileBuilder& to, uint32_t table, uint32_t column,
               std::span<const std::string_view> texts, bool slots) {
  std::vector<uint32_t> offsets{0};
  std::string bytes;
  for (const std::string_view text : texts) {
    bytes += text;
    offsets.push_back(static_cast<uint32_t>(bytes.size()));
  }
  to.add(SectionKind::kTextOffsets, table, column, offsets);
  to.add(SectionKind::kTextBytes, table, column, bytes);
  if (slots) to.add(SectionKind::kSlots, table, column, slots_of(texts));
}

}  // namespace kitle
