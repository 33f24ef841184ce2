// Dictionaries as they are read from a mapping: the store-wide one of a domain
// and the local ones of a block. Written by write_texts.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/status.h"
#include "runtime/store/manifest.h"
#include "runtime/store/section_file.h"
#include "runtime/store/view.h"

namespace kitle {

// Texts [offsets[i], offsets[i + 1]) of `bytes`; code i + 1.
struct TextList {
  std::span<const uint32_t> offsets;  // count + 1
  std::string_view bytes;

  uint32_t size() const { return static_cast<uint32_t>(offsets.size() - 1); }
  // Empty if there is no such code.
  std::string_view text(uint32_t code) const;
};

// Verifies the sections kTextOffsets and kTextBytes of one name.
Result<TextList> read_texts(const SectionFile& file, uint32_t table,
                            uint32_t column);

// A block's own dictionary. find() looks at every text.
class LocalDictionary : public Dictionary {
 public:
  explicit LocalDictionary(TextList texts) : texts_(texts) {}
  uint32_t size() const override { return texts_.size(); }
  std::string_view text(uint32_t code) const override {
    return texts_.text(code);
  }
  uint32_t find(std::string_view wanted) const override;

 private:
  TextList texts_;
};

// Thread-safe. Its files are opened and verified by the first verify(); before
// that, and after it failed, it is empty.
class StoreDictionary : public Dictionary {
 public:
  // `manifest` and `domain` (in it) outlive this.
  StoreDictionary(Files& files, std::string folder, const Manifest& manifest,
                  const Domain& domain, ReadOptions options);

  const Status& verify() const;
  // Of its files, once verified.
  Status health() const;

  uint32_t size() const override { return size_; }
  std::string_view text(uint32_t code) const override;
  uint32_t find(std::string_view wanted) const override;

 private:
  struct Part {
    std::shared_ptr<const SectionFile> file;
    uint32_t first = 1;
    TextList texts;
    std::span<const uint32_t> slots;  // a power of two
  };
  Status open_part(const TextRef& ref) const;
  static uint32_t find_in(const Part& part, std::string_view wanted,
                          uint64_t hash);

  Files& files_;
  std::string folder_;
  const Manifest& manifest_;
  const Domain& domain_;
  ReadOptions options_;
  mutable std::once_flag once_;
  mutable std::atomic<bool> verified_{false};
  mutable Status status_;
  mutable std::vector<Part> parts_;
  mutable uint32_t size_ = 0;
};

// The dictionary without any text.
const Dictionary& no_texts();

// Bytes of texts in one text file, or of one local dictionary.
inline constexpr uint64_t kMostTextBytes = uint64_t{1} << 30;

// Adds the sections of a list of texts; with `slots` also the index.
void add_texts(SectionFileBuilder& to, uint32_t table, uint32_t column,
               std::span<const std::string_view> texts, bool slots);

}  // namespace kitle
