// Images of machine code on disk: one file a key, in a folder of the user's
// own. What is in it runs, so a folder or file that another could have written
// is never used.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kitle {

class ImageCache {
 public:
  // `folder` "": $XDG_CACHE_HOME/kitle or ~/.cache/kitle. Made, mode 0700, if
  // it is not there. Where that fails, or others may write to it, there is no
  // cache: nothing is found and nothing kept.
  explicit ImageCache(const std::string& folder);

  const std::string& folder() const { return folder_; }  // "": no cache
  // The bytes of the file; what they are worth, Image::load says.
  std::optional<std::string> find(std::string_view key) const;
  // Replaces the file as a whole. A full disk is no error: it is a cache. Of
  // more than kMostImages those unused for longest go.
  void keep(std::string_view key, std::string_view bytes) const;

  static constexpr size_t kMostImages = 256;

 private:
  std::string path_of(std::string_view key) const;
  void drop_oldest() const;

  std::string folder_;
};

}  // namespace kitle
