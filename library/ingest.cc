// Sources of a repository -> its store.
#include "runtime/ingest/ingest.h"

#include <algorithm>
#include <filesystem>

#include "grammar/diagnostic.h"
#include "kitle/store.h"
#include "library/ingest_module.h"
#include "library/rules.h"

namespace kitle {
namespace {

Status unknown_source(const Repository& repository, const std::string& name) {
  std::vector<std::string> names;
  for (const SourceMapping& source : repository.sources) {
    names.push_back(source.name);
  }
  const std::string near = nearest(name, names);
  return {StatusCode::kNotFound, "ingest", "",
          "there is no source `" + name + "`" +
              (near.empty() ? "" : "; did you mean `" + near + "`?")};
}

Result<std::vector<SourceMapping>> chosen_sources(
    const Repository& repository, const std::vector<std::string>& names) {
  if (names.empty()) return repository.sources;
  std::vector<SourceMapping> chosen;
  for (const std::string& name : names) {
    const auto known = [&](const SourceMapping& source) {
      return source.name == name;
    };
    const auto found = std::ranges::find_if(repository.sources, known);
    if (found == repository.sources.end()) {
      return std::unexpected(unknown_source(repository, name));
    }
    const bool again = std::ranges::any_of(chosen, known);
    if (!again) chosen.push_back(*found);
  }
  return chosen;
}

}  // namespace

Result<IngestReport> ingest(const Rules& rules, const IngestOptions& options) {
  if (!rules.ok()) {
    return std::unexpected(
        Status(StatusCode::kInvalid, "ingest", rules.folder(),
               "the rules have mistakes; run `kitle check`"));
  }
  const Repository& repository = rules.impl().loaded.repository;
  auto sources = chosen_sources(repository, options.sources);
  if (!sources) return std::unexpected(sources.error());
  IngestJob job{repository.schema, repository.settings, std::move(*sources),
                options, nearest};
  if (job.options.data_folder.empty()) job.options.data_folder = rules.folder();
  if (job.options.store_folder.empty()) {
    job.options.store_folder = rules.store_folder();
  }
  const auto module = ingest_module("ingest");
  if (!module) return std::unexpected(module.error());
  return (*module)->ingest(job, system_files());
}

}  // namespace kitle
