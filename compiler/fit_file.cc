// See fit_file.h.
#include "compiler/fit_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/toml_places.h"
#include "compiler/words.h"
#include "runtime/time/zone.h"

namespace kitle {

namespace {

constexpr int64_t kFormat = 1;
constexpr std::string_view kNone = "none";
constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr int64_t kSecondsPerDay = 86'400;

std::optional<int64_t> instant_of(const toml::date_time& written) {
  const bool utc = written.offset && written.offset->minutes == 0;
  if (!utc || written.date.year > 9999) return std::nullopt;
  const int64_t days =
      days_of({written.date.year, written.date.month, written.date.day});
  const toml::time& time = written.time;
  const int64_t seconds =
      (int64_t{time.hour} * 60 + time.minute) * 60 + time.second;
  return (days * kSecondsPerDay + seconds) * kMicrosPerSecond +
         time.nanosecond / 1000;
}

class FitReader {
 public:
  FitReader(const SourceSet& sources, uint32_t file,
            const Repository& repository, Diagnostics& diagnostics)
      : text_(sources.file(file).text),
        repository_(repository),
        diagnostics_(diagnostics),
        places_(text_, file) {}

  std::optional<Fit> read() {
    const toml::parse_result parsed = toml::parse(text_);
    if (!parsed) {
      wrong(parsed.error().source(), std::string(parsed.error().description()));
      return std::nullopt;
    }
    const toml::table& table = parsed.table();
    if (!head(table)) return std::nullopt;
    const auto of =
        std::ranges::find(repository_.fits, fit_.name, &TypedFit::name);
    const bool known =
        of != repository_.fits.end() && fit_.definition == of->definition;
    if (known) dimensions(table, *of);
    return sound_ ? std::optional(std::move(fit_)) : std::nullopt;
  }

 private:
  bool head(const toml::table& table) {
    const auto format = table["kitle_fit"].value_exact<int64_t>();
    const auto name = table["fit"].value_exact<std::string>();
    const auto now = table["now"].value_exact<toml::date_time>();
    const auto snapshot = table["snapshot"].value_exact<int64_t>();
    const auto definition = table["definition"].value_exact<std::string>();
    const auto instant = now ? instant_of(*now) : std::nullopt;
    if (!format) {
      wrong(table.source(), "this is no fit: it has no `kitle_fit = 1`");
    } else if (*format != kFormat) {
      wrong(table["kitle_fit"].node()->source(),
            "this form of a fit is not of this version of Kitle");
    } else if (!name || !instant || !snapshot || *snapshot < 0 || !definition) {
      wrong(table.source(),
            "a fit has `fit`, `now` in UTC, `snapshot` and `definition`");
    } else {
      fit_.name = *name;
      fit_.now = *instant;
      fit_.snapshot = static_cast<uint64_t>(*snapshot);
      fit_.definition = *definition;
    }
    return sound_;
  }

  void dimensions(const toml::table& table, const TypedFit& of) {
    for (const TypedFit::Dimension& each : of.dimensions) {
      const toml::node_view found = table["dimensions"][each.name];
      if (!found.is_table()) {
        return wrong(table.source(),
                     fmt::format("it has no cuts of `{}`", each.name));
      }
      dimension(*found.as_table(), each);
    }
  }

  void dimension(const toml::table& table, const TypedFit::Dimension& of) {
    Fit::Dimension made{.name = of.name};
    const toml::array* cuts = table["cuts"].as_array();
    const toml::array* people = table["people"].as_array();
    if (cuts == nullptr || cuts->size() != of.shares.size() ||
        people == nullptr || people->size() != of.shares.size() + 1) {
      return wrong(table.source(),
                   fmt::format("`{}` has {} cuts, and people by band", of.name,
                               of.shares.size()));
    }
    for (const toml::node& each : *cuts) cut(each, of, made);
    for (const toml::node& each : *people) {
      const auto size = each.value_exact<int64_t>();
      if (!size || *size < 0) wrong(each.source(), "this is no size of a band");
      made.sizes.push_back(static_cast<uint64_t>(size.value_or(0)));
    }
    fit_.dimensions.push_back(std::move(made));
  }

  void cut(const toml::node& node, const TypedFit::Dimension& of,
           Fit::Dimension& made) {
    const auto written = node.value_exact<std::string>();
    const bool first = std::ranges::none_of(
        made.cuts, [](const auto& before) { return before.has_value(); });
    made.cuts.emplace_back();
    if (written && *written == kNone && first) return;
    if (written) {
      made.cuts.back() =
          read_cut(of.value->type, *written, repository_.settings);
    }
    if (!made.cuts.back()) {
      wrong(node.source(), fmt::format("this is no cut of `{}`", of.name));
    }
  }

  void wrong(const toml::source_region& where, std::string what) {
    sound_ = false;
    diagnostics_
        .add(DiagnosticId::kBadFit, places_.span(where), {std::move(what)})
        .with_label("remove this file, then `kitle fit` makes another");
  }

  const std::string& text_;
  const Repository& repository_;
  Diagnostics& diagnostics_;
  TomlPlaces places_;
  Fit fit_;
  bool sound_ = true;
};

std::string list_text(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& each : items) {
    text += (text.empty() ? "" : ", ") + each;
  }
  return "[" + text + "]";
}

std::string dimension_text(const Fit::Dimension& dimension,
                           const TypedFit::Dimension& of,
                           const Settings& settings) {
  std::vector<std::string> cuts;
  std::vector<std::string> people;
  for (const auto& cut : dimension.cuts) {
    cuts.push_back(cut ? "\"" + cut_text(of.value->type, *cut, settings) + "\""
                       : fmt::format("\"{}\"", kNone));
  }
  for (const uint64_t size : dimension.sizes) {
    people.push_back(std::to_string(size));
  }
  return fmt::format("\n[dimensions.{}]\ncuts = {}\npeople = {}\n",
                     dimension.name, list_text(cuts), list_text(people));
}

}  // namespace

bool is_fit_file(std::string_view path) {
  return path.starts_with(kFitsFolder) && path.ends_with(".toml") &&
         path.size() > kFitsFolder.size() && path[kFitsFolder.size()] == '/';
}

std::string fit_path(const Fit& fit) {
  std::string instant = time_text(fit.now);
  std::erase(instant, ':');
  return fmt::format("{}/{}.{}.toml", kFitsFolder, fit.name, instant);
}

std::string write_fit(const Fit& fit, const TypedFit& of,
                      const Settings& settings) {
  std::string text = fmt::format(
      "# Found by `kitle fit`, read by `kitle run`. Keep it with the rules; to "
      "change it,\n# fit again. A cut is the best value of its band or a worse "
      "one; people are\n# counted by band, worst first.\nkitle_fit = {}\nfit = "
      "\"{}\"\nnow "
      "= {}\nsnapshot = {}\ndefinition = \"{}\"\n",
      kFormat, fit.name, time_text(fit.now), fit.snapshot, fit.definition);
  for (size_t i = 0; i < fit.dimensions.size(); ++i) {
    text += dimension_text(fit.dimensions[i], of.dimensions[i], settings);
  }
  return text;
}

std::optional<Fit> read_fit(const SourceSet& sources, uint32_t file,
                            const Repository& repository,
                            Diagnostics& diagnostics) {
  return FitReader(sources, file, repository, diagnostics).read();
}

}  // namespace kitle
