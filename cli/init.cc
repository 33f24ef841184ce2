// kitle init: a small repository that works.
#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <vector>

#include "cli/command.h"
#include "cli/starter.h"

namespace kitle::cli {
namespace {

namespace fs = std::filesystem;

Status failed(const fs::path& path, const std::string& cause) {
  return {StatusCode::kIo, "write", path.string(), cause};
}

Status write_text(std::FILE* file, const fs::path& path,
                  const StarterFile& content) {
  const bool written = std::fputs(content.text, file) >= 0;
  if (std::fclose(file) != 0 || !written) {
    return failed(path, std::strerror(errno));
  }
  if (!content.executable) return {};
  std::error_code error;
  fs::permissions(path, fs::perms::owner_exec | fs::perms::group_exec,
                  fs::perm_options::add, error);
  return error ? failed(path, error.message()) : Status();
}

// Whole or not at all, and never over a file that is there.
Status write_new(const fs::path& path, const StarterFile& content) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  if (error) return failed(path, error.message());
  std::FILE* file = std::fopen(path.c_str(), "wx");
  if (file == nullptr) return failed(path, std::strerror(errno));
  Status status = write_text(file, path, content);
  if (!status.ok()) fs::remove(path, error);
  return status;
}

// All files, or none.
Status write_all(const fs::path& root) {
  std::vector<fs::path> written;
  for (const StarterFile& file : starter_files()) {
    const fs::path path = root / file.path;
    const Status status = write_new(path, file);
    if (status.ok()) {
      written.push_back(path);
      continue;
    }
    std::error_code ignored;
    for (const fs::path& done : written) fs::remove(done, ignored);
    return status;
  }
  return {};
}

int init(const fs::path& root) {
  std::error_code error;
  for (const StarterFile& file : starter_files()) {
    if (!fs::exists(root / file.path, error)) continue;
    return trouble(fmt::format(
        "{} is there already; nothing was written (choose another folder)",
        (root / file.path).string()));
  }
  const Status status = write_all(root);
  if (!status.ok()) return trouble(status);
  for (const StarterFile& file : starter_files()) {
    fmt::print("wrote {}\n", (root / file.path).string());
  }
  fmt::print("\nNext:\n");
  if (root != ".") fmt::print("  cd {}\n", root.string());
  fmt::print("  kitle ingest\n  kitle run --as-of 2026-03-01\n");
  return kFine;
}

}  // namespace

void add_init(CLI::App& app, Context& context) {
  auto folder = std::make_shared<std::string>(".");
  CLI::App* command =
      app.add_subcommand("init", "a small repository to begin with");
  command
      ->add_option("folder", *folder,
                   "where; made if it is not there; else where you are")
      ->type_name("FOLDER");
  command->footer(
      "Writes settings, a schema, sources, segments, and example data that\n"
      "they work on. Nothing that exists is written over.\n\n"
      "Examples:\n"
      "  kitle init my-shop\n"
      "  cd my-shop && kitle ingest && kitle run --as-of 2026-03-01");
  command->callback([folder, &context] { context.exit_code = init(*folder); });
}

}  // namespace kitle::cli
