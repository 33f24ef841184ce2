// Files that are read whole, whatever they say of their size.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "runtime/store/files.h"
#include "tests/support/temp_folder.h"

namespace kitle {
namespace {

TEST(SystemFiles, AreReadWholeWhateverTheirSize) {
  const testing::TempFolder folder;
  const std::string path = folder / "file";
  for (const size_t size : {0, 1, 30, 4096, 65'536, 200'000}) {
    std::string bytes(size, 'a');
    for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 7);
    std::ofstream(path, std::ios::binary) << bytes;
    const auto read = system_files().read(path);
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(*read, bytes) << size;
  }
}

TEST(SystemFiles, ThatSayTheyAreEmptyAreReadToTheirEnd) {
  const std::string path = "/proc/cpuinfo";
  ASSERT_EQ(*system_files().size(path), 0u);
  const auto read = system_files().read(path);
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_NE(read->find("processor"), std::string::npos);
}

TEST(SystemFiles, AFolderIsNotRead) {
  const testing::TempFolder folder;
  const auto read = system_files().read(folder / ".");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code(), StatusCode::kIo);
}

}  // namespace
}  // namespace kitle
