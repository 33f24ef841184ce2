// What is asked of texts: once for each dictionary of the store.
#include "runtime/eval/bind.h"
#include "runtime/eval/match.h"

namespace kitle {

namespace {

bool have_same_texts(const Dictionary& a, const Dictionary& b) {
  if (a.size() != b.size()) return false;
  for (uint32_t code = 1; code <= a.size(); ++code) {
    if (a.text(code) != b.text(code)) return false;
  }
  return true;
}

}  // namespace

void Binding::take_texts(const Binding& before) {
  if (before.program_ != program_) return;
  const bool same = before.snapshot_ == snapshot_;
  if (!same && !snapshot_->continues(*before.snapshot_->identity())) return;
  const std::lock_guard lock(before.texts_mutex_);
  if (same) {
    shared_sets_ = before.shared_sets_;
    known_ = before.known_;
    return;
  }
  for (const Slot& slot : program_->slots) {
    const Dictionary* const now = snapshot_->dictionary(slot.name);
    if (now == nullptr || known_.contains(now)) continue;
    const auto known =
        before.known_.find(before.snapshot_->dictionary(slot.name));
    if (known == before.known_.end() || !have_same_texts(*known->first, *now)) {
      continue;
    }
    known_[now] = std::make_shared<KnownTexts>(*known->second);
  }
  // Of a mapping that had lost bytes.
  if (!before.snapshot_->health().ok()) known_.clear();
}

std::shared_ptr<KnownTexts> Binding::known_of(const Dictionary& texts) const {
  const std::lock_guard lock(texts_mutex_);
  auto& known = known_[&texts];
  if (known == nullptr) known = std::make_shared<KnownTexts>(*program_);
  return known;
}

std::shared_ptr<const BoundSet> Binding::set_of(
    uint32_t param, const ColumnView& column) const {
  if (column.dictionary == nullptr) return BoundSet::make({0});
  const auto evaluate = [&] {
    const TextMatcher matcher(program_->sets[param], *forms_);
    return BoundSet::make(matcher.codes(*column.dictionary).words());
  };
  if (!column.store_wide) return evaluate();
  auto made = known_of(*column.dictionary)->sets.get(param, evaluate);
  const std::lock_guard lock(texts_mutex_);
  shared_sets_.resize(program_->sets.size());
  shared_sets_[param] = {column.dictionary, made};
  return made;
}

std::shared_ptr<const AnswersByCode> Binding::answers_by_code(
    uint32_t param, const std::vector<BoundAnswers::Asked>& asked,
    const ColumnView& column) const {
  constexpr size_t kMostWords = size_t{1} << 21;  // 16 MB
  const auto make = [&] {
    const uint32_t codes =
        column.dictionary == nullptr ? 0 : column.dictionary->size();
    return AnswersByCode::make(AnswersLayout::of(program_->answers[param]),
                               asked, codes, kMostWords);
  };
  if (column.dictionary == nullptr || !column.store_wide) return make();
  return known_of(*column.dictionary)->answers.get(param, make);
}

std::shared_ptr<const BoundCodes> Binding::codes_of(
    uint32_t param, const ColumnView& column) const {
  if (column.dictionary == nullptr) {
    return std::make_shared<BoundCodes>(BoundCodes{{0}, {0}});
  }
  const Dictionary& texts = *column.dictionary;
  const auto evaluate = [&] {
    return std::make_shared<BoundCodes>(
        param == kNone
            ? lengths_of(texts)
            : kitle::codes_of(program_->lookups[param], *forms_, texts));
  };
  if (!column.store_wide) return evaluate();
  const auto known = known_of(texts);
  return param == kNone ? known->lengths.get(0, evaluate)
                        : known->codes.get(param, evaluate);
}

}  // namespace kitle
