// A store that has seen a few values, without any file.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "compiler/check.h"

namespace kitle {

class FakeDictionary : public Dictionary {
 public:
  explicit FakeDictionary(std::vector<std::string> texts)
      : texts_(std::move(texts)) {}
  uint32_t size() const override {
    return static_cast<uint32_t>(texts_.size());
  }
  std::string_view text(uint32_t code) const override {
    return texts_[code - 1];
  }
  uint32_t find(std::string_view text) const override {
    for (uint32_t i = 0; i < texts_.size(); ++i) {
      if (texts_[i] == text) return i + 1;
    }
    return 0;
  }

 private:
  std::vector<std::string> texts_;
};

class FakeStore : public SeenValues {
 public:
  explicit FakeStore(
      const std::map<std::string, std::vector<std::string>>& domains) {
    for (const auto& [name, texts] : domains) {
      domains_.emplace(name, FakeDictionary(texts));
    }
  }
  // A zone that this store pinned, whatever the machine knows.
  void pin(std::string name, std::string bytes) {
    zone_ = std::move(name);
    zone_bytes_ = std::move(bytes);
  }
  std::string_view zone_bytes(std::string_view name) const override {
    return name == zone_ ? std::string_view(zone_bytes_) : std::string_view();
  }
  const Dictionary* dictionary(std::string_view domain) const override {
    auto found = domains_.find(std::string(domain));
    return found == domains_.end() ? nullptr : &found->second;
  }
  const TextForms* forms() const override { return &forms_; }

 private:
  std::map<std::string, FakeDictionary> domains_;
  std::string zone_;
  std::string zone_bytes_;
  FoldData folds_ = make_folds("tr", unicode_version());
  TextForms forms_{Nfc(), folds_.view()};
};

}  // namespace kitle
