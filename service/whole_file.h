// A file that is there whole or not at all.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/status.h"

namespace kitle {

// Temporary file beside it, fsync, rename, fsync of the folder. A failure
// leaves what was there before.
Status write_whole_file(const std::string& path, std::string_view bytes);

// Many files of one folder, each there whole or not at all, made durable
// together: one sync of the file system and one of the folder, where an fsync
// of each would take seconds for a thousand. Not thread-safe.
class WholeFiles {
 public:
  explicit WholeFiles(std::string folder) : folder_(std::move(folder)) {}
  WholeFiles(const WholeFiles&) = delete;
  WholeFiles& operator=(const WholeFiles&) = delete;
  ~WholeFiles();  // removes what has no name yet

  // Under a temporary name.
  Status add(const std::string& name, std::string_view bytes);
  // Gives all of them their names, durably.
  Status finish();

 private:
  Status sync_contents() const;

  struct Written {
    std::string temporary;
    std::string path;
  };
  std::string folder_;
  std::vector<Written> written_;  // without a name
};

// write_whole_file() of a file that exists, through links to it: its owner and
// permissions stay. An error if they let nobody write it.
Status rewrite_file(const std::string& path, std::string_view bytes);

}  // namespace kitle
