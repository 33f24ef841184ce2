#include "kitle/fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <utility>

#include "compiler/fit_file.h"
#include "library/fit_values.h"
#include "library/fits_in_use.h"
#include "library/fitted_rules.h"
#include "library/rules.h"
#include "runtime/eval/executor.h"
#include "runtime/eval/run.h"
#include "service/members.h"
#include "service/store.h"
#include "service/whole_file.h"

namespace kitle {
namespace {

class Fitter {
 public:
  Fitter(const Rules& rules, const Store& store, const FitOptions& options)
      : loaded_(rules.impl().loaded),
        snapshot_(store.impl().snapshot),
        snapshot_number_(store.snapshot()),
        options_(options),
        chosen_(choose_fits(loaded_.repository, loaded_.fits, options.now)) {}

  Result<std::vector<FitResult>> run() {
    const Status same =
        check_settings(loaded_.repository.settings, snapshot_->settings());
    if (!same.ok()) return std::unexpected(same);
    const auto wanted = wanted_fits();
    if (!wanted) return std::unexpected(wanted.error());
    std::vector<FitResult> results;
    for (const uint32_t each : *wanted) {
      const Status status = fit_one(each);
      if (!status.ok()) return std::unexpected(status);
      results.push_back(result_of(made_.back(), each));
    }
    return results;
  }

 private:
  Result<std::vector<uint32_t>> wanted_fits() const {
    const std::vector<TypedFit>& all = loaded_.repository.fits;
    for (const std::string& name : options_.names) {
      const auto found = std::ranges::find(all, name, &TypedFit::name);
      if (found == all.end()) return std::unexpected(unknown(name));
    }
    std::vector<uint32_t> wanted;
    for (uint32_t i = 0; i < all.size(); ++i) {
      const bool named = options_.names.empty() ||
                         std::ranges::find(options_.names, all[i].name) !=
                             options_.names.end();
      if (!named) continue;
      const auto good = options_.due ? is_good(i) : Result<bool>(false);
      if (!good) return std::unexpected(good.error());
      if (!*good) wanted.push_back(i);
    }
    return wanted;
  }

  Status unknown(const std::string& name) const {
    std::vector<std::string> known;
    for (const TypedFit& each : loaded_.repository.fits) {
      known.push_back(each.name);
    }
    const std::string near = nearest_name(name, known);
    return {StatusCode::kNotFound, "fit", "",
            fmt::format("nothing that is fitted is called `{}`{}", name,
                        near.empty() ? "" : "; did you mean `" + near + "`?")};
  }

  // There is a fit, and it is not too old.
  Result<bool> is_good(uint32_t index) const {
    const std::string& name = loaded_.repository.fits[index].name;
    const bool lacks = chosen_.fits[index] == nullptr;
    if (lacks || !broken_of(name).empty()) return false;
    const auto stale = is_stale(chosen_.fits[index]->now,
                                refit_of(loaded_.repository.fits[index]),
                                options_.now, *snapshot_);
    if (!stale) return std::unexpected(stale.error());
    return !*stale;
  }

  Status fit_one(uint32_t index) {
    const TypedFit& of = loaded_.repository.fits[index];
    const std::string missing = missing_for(of, loaded_.repository, chosen_);
    if (!missing.empty()) {
      return {StatusCode::kUnsupported, "fit", of.name, missing};
    }
    auto values = values_of(index);
    if (!values) return values.error();
    Fit made{.name = of.name,
             .now = options_.now,
             .snapshot = snapshot_number_,
             .definition = of.definition};
    for (size_t i = 0; i < of.dimensions.size(); ++i) {
      auto bands = bands_of(of, i, std::move((*values)[i]));
      if (!bands) return bands.error();
      made.dimensions.push_back(std::move(*bands));
    }
    made_.push_back(std::move(made));
    chosen_.fits[index] = &made_.back();
    chosen_.missing[index].clear();
    return {};
  }

  Result<Fit::Dimension> bands_of(const TypedFit& of, size_t dimension,
                                  SegmentValues values) const {
    const std::string name =
        fmt::format("{}.{}", of.name, of.dimensions[dimension].name);
    if (values.undecided) {
      const auto key = key_in(*snapshot_, values.undecided_ordinal);
      if (!key) return std::unexpected(key.error());
      return std::unexpected(Status(
          StatusCode::kUnsupported, "fit", name,
          fmt::format("a value is too large to compute for `{}`", *key)));
    }
    auto bands = fitted(of.dimensions[dimension], std::move(values));
    if (bands) return std::move(*bands);
    return std::unexpected(
        Status(StatusCode::kUnsupported, "fit", name,
               "a cut is a fraction with too large a divisor"));
  }

  // By dimension, over everyone.
  Result<std::vector<SegmentValues>> values_of(uint32_t index) const {
    const auto executor = parallel_executor(options_.threads);
    return ranked_values(loaded_.repository, chosen_, index, snapshot_,
                         options_.now,
                         {executor.get(), nullptr, options_.cancel});
  }

  // By their names: what stands in them cannot be read.
  std::vector<std::string> broken_of(const std::string& name) const {
    const std::string begin = fmt::format("{}/{}.", kFitsFolder, name);
    std::vector<std::string> found;
    for (const std::string& path : loaded_.broken_fits) {
      const bool one = path.starts_with(begin) && path.size() > begin.size() &&
                       path[begin.size()] >= '0' && path[begin.size()] <= '9';
      if (one) found.push_back(path);
    }
    return found;
  }

  FitResult result_of(const Fit& fit, uint32_t index) const {
    const TypedFit& of = loaded_.repository.fits[index];
    const Settings& settings = loaded_.repository.settings;
    FitResult made;
    made.name = fit.name;
    made.now = fit.now;
    made.path = fit_path(fit);
    made.text = write_fit(fit, of, settings);
    made.replaced = broken_of(fit.name);
    std::erase(made.replaced, made.path);
    for (size_t i = 0; i < fit.dimensions.size(); ++i) {
      const Fit::Dimension& bands = fit.dimensions[i];
      FittedBands& shown = made.dimensions.emplace_back();
      shown.name = bands.name;
      shown.people = bands.sizes;
      for (const auto& cut : bands.cuts) {
        shown.cuts.push_back(
            cut ? cut_text(of.dimensions[i].value->type, *cut, settings)
                : "none");
      }
    }
    return made;
  }

  const LoadedRepository& loaded_;
  std::shared_ptr<const Snapshot> snapshot_;
  uint64_t snapshot_number_;
  const FitOptions& options_;
  ChosenFits chosen_;
  std::deque<Fit> made_;  // whose places stay
};

}  // namespace

std::vector<std::string> fitted_names(const Rules& rules) {
  std::vector<std::string> names;
  for (const TypedFit& each : rules.impl().loaded.repository.fits) {
    names.push_back(each.name);
  }
  return names;
}

Result<std::vector<FitResult>> fit(const Rules& rules, const Store& store,
                                   const FitOptions& options) {
  return Fitter(rules, store, options).run();
}

Status keep_fits(const Rules& rules, const std::vector<FitResult>& fits) {
  if (fits.empty()) return {};
  if (rules.folder().empty()) {
    return {StatusCode::kInvalid, "keep the fits", "",
            "the rules are from memory and have no folder"};
  }
  const std::filesystem::path folder(rules.folder());
  std::error_code error;
  std::filesystem::create_directories(folder / kFitsFolder, error);
  if (error) {
    return {StatusCode::kIo, "make the folder", (folder / kFitsFolder).string(),
            error.message()};
  }
  for (const FitResult& each : fits) {
    Status status = write_whole_file((folder / each.path).string(), each.text);
    if (!status.ok()) return status;
    for (const std::string& old : each.replaced) {
      std::filesystem::remove(folder / old, error);
      if (!error) continue;
      return {StatusCode::kIo, "remove", (folder / old).string(),
              error.message()};
    }
  }
  return {};
}

}  // namespace kitle
