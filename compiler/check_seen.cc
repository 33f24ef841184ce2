// Whether the store has seen a written value.
#include "compiler/check_seen.h"

#include <fmt/format.h>

namespace kitle {

namespace {

// Beyond these a warning is not worth its time.
constexpr uint32_t kMaxValues = 20'000;  // of a domain
constexpr uint32_t kMaxSearches = 100;   // for the nearest value

Folding folding_of(const Column& column, TextTest test) {
  if (test == TextTest::kExactly) return Folding::kExact;
  bool text =
      column.type == TypeKind::kText || column.type == TypeKind::kTextList;
  if (text) return Folding::kLocale;
  return column.any_case ? Folding::kAscii : Folding::kExact;
}

}  // namespace

SeenDomains::SeenDomains(const SeenValues* seen)
    : seen_(seen), forms_(seen == nullptr ? nullptr : seen->forms()) {}

bool SeenDomains::unseen(const Column& column, TextTest test,
                         const std::string& written) {
  if (paused_ || forms_ == nullptr || column.personal) return false;
  Folding folding = folding_of(column, test);
  const Domain* domain = this->domain(column, folding);
  if (domain == nullptr || domain->texts.empty()) return false;
  return !domain->folded.contains(forms_->form(written, folding));
}

std::string SeenDomains::near(const Column& column,
                              const std::string& written) {
  if (++searches_ > kMaxSearches) return "";
  const Domain* domain =
      this->domain(column, folding_of(column, TextTest::kIs));
  return domain == nullptr ? "" : nearest(written, domain->texts);
}

const SeenDomains::Domain* SeenDomains::domain(const Column& column,
                                               Folding folding) {
  const Dictionary* dictionary = seen_->dictionary(column.name);
  if (dictionary == nullptr || dictionary->size() > kMaxValues) return nullptr;
  std::string key =
      fmt::format("{} {}", column.name, static_cast<int>(folding));
  auto [found, fresh] = domains_.try_emplace(key);
  if (!fresh) return &found->second;
  Domain& domain = found->second;
  for (uint32_t code = 1; code <= dictionary->size(); ++code) {
    std::string text(dictionary->text(code));
    domain.folded.insert(forms_->form(text, folding));
    domain.texts.push_back(std::move(text));
  }
  return &domain;
}

}  // namespace kitle
