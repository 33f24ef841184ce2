// What Rules holds: the loaded repository, and the program once it is wanted.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "compiler/load.h"
#include "kitle/rules.h"
#include "runtime/eval/program.h"

namespace kitle {

struct Rules::Impl {
  LoadedRepository loaded;
  std::string store_folder;
  std::vector<SegmentInfo> segments;
  std::vector<StagesInfo> stages;
  std::vector<std::string> sources;

  // The segments that a name stands for: one, or all stages of a declaration.
  std::vector<std::string> segments_named(std::string_view name) const;
  // Compiled at first use, then shared. REQUIRES: no errors.
  std::shared_ptr<const Program> program() const;

 private:
  mutable std::once_flag once_;
  mutable std::shared_ptr<const Program> program_;
};

// The public format as the grammar's.
DiagnosticFormat format_of(const DiagnosticStyle& style);

// kNotFound, with the nearest name.
Status unknown_segment(const Rules& rules, std::string_view name);

}  // namespace kitle
