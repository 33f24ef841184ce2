// A fit as a file of the repository, `fits/value.2026-03-01T000000Z.toml`:
//
//   kitle_fit = 1
//   fit = "value"
//   now = 2026-03-01T00:00:00Z
//   snapshot = 12
//   definition = "9f86d081884c7d65"
//
//   [dimensions.monetary]
//   cuts = ["120.00 TRY", "480.00 TRY", "none", "2250.50 TRY"]
//   people = [16210, 16190, 16204, 0, 16203]
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compiler/fit.h"
#include "grammar/diagnostic.h"
#include "grammar/source.h"

namespace kitle {

inline constexpr std::string_view kFitsFolder = "fits";

// Whether a path, relative to the repository, is that of a fit.
bool is_fit_file(std::string_view path);
// "fits/value.2026-03-01T000000Z.toml".
std::string fit_path(const Fit& fit);

// `fit` is one of `of`.
std::string write_fit(const Fit& fit, const TypedFit& of,
                      const Settings& settings);
// Nothing after a mistake, which is reported. A fit of something that
// `repository` does not have, or has in other words by now, has no dimensions.
std::optional<Fit> read_fit(const SourceSet& sources, uint32_t file,
                            const Repository& repository,
                            Diagnostics& diagnostics);

// A cut as the file has it: exact. Money "120.00 TRY", durations
// "3 days 04:30:00", numbers in their shortest form; behind a / what the
// amount is divided by: "100.00/3 TRY".
std::string cut_text(ValueType type, const Cut& cut, const Settings& settings);
std::optional<Cut> read_cut(ValueType type, std::string_view text,
                            const Settings& settings);

}  // namespace kitle
