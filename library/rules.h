// What Rules holds: the loaded repository, and what was made of it for the last
// instant.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/translate.h"
#include "kitle/rules.h"
#include "library/fitted_rules.h"

namespace kitle {

struct Rules::Impl {
  LoadedRepository loaded;
  std::string store_folder;
  std::vector<SegmentInfo> segments;
  std::vector<StagesInfo> stages;
  std::vector<std::string> sources;

  // The segments that a name stands for: one, or all stages of a declaration.
  std::vector<std::string> segments_named(std::string_view name) const;
  // The recommended action for a segment, a stage or stages; "" if none.
  std::string action_of(const std::string& name) const;
  // With the fits of an instant. Thread-safe; what is returned must not outlive
  // the rules. REQUIRES: no errors.
  std::shared_ptr<const FittedRules> at(int64_t now) const;

 private:
  mutable std::mutex mutex_;
  mutable std::shared_ptr<const FittedRules> last_;
};

// The public style and language as the grammar's.
RenderStyle render_style(const DiagnosticStyle& style);
MessageLanguage message_language(Language language);

// The segments that are asked for, stages each; none for all. kNotFound as
// below.
Result<std::vector<std::string>> segments_asked(
    const Rules& rules, const std::vector<std::string>& asked);
// kNotFound, with the nearest name.
Status unknown_segment(const Rules& rules, std::string_view name);

}  // namespace kitle
