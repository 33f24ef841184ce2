// Values as bytes, and bytes that are none.
#include "runtime/archive.h"

#include <gtest/gtest.h>

namespace kitle {
namespace {

struct Shop {
  std::string name;
  std::vector<std::vector<int32_t>> rows;
  bool open = false;
};
struct ShopFields {
  static void describe(auto& archive, Is<Shop> auto& shop) {
    all(archive, shop.name, shop.rows, shop.open);
  }
};

std::string bytes_of(const std::vector<Shop>& shops) {
  ArchiveWriter<ShopFields> writer;
  writer.field(shops);
  return writer.bytes();
}

TEST(Archive, ReadsWhatItWroteAndNothingElse) {
  const std::string bytes =
      bytes_of({{"", {}, true}, {"a", {{1, -2}, {}}, false}});
  std::vector<Shop> read = {{"old", {}, false}};
  ArchiveReader<ShopFields> reader(bytes);
  reader.field(read);
  EXPECT_TRUE(reader.whole());
  EXPECT_EQ(bytes_of(read), bytes);
  for (size_t i = 0; i < bytes.size(); ++i) {
    ArchiveReader<ShopFields> cut(std::string_view(bytes).substr(0, i));
    cut.field(read);
    EXPECT_FALSE(cut.whole()) << i;
  }
  const std::string with_more = bytes + '\0';
  ArchiveReader<ShopFields> longer(with_more);
  longer.field(read);
  EXPECT_FALSE(longer.whole());
}

TEST(Archive, AViewIsOfTheBytesThatAreRead) {
  ArchiveWriter<ShopFields> writer;
  writer.field(std::string_view("first"));
  writer.field(std::string("second"));
  std::string_view view;
  std::string copy;
  ArchiveReader<ShopFields> reader(writer.bytes());
  all(reader, view, copy);
  EXPECT_TRUE(reader.whole());
  EXPECT_EQ(view, "first");
  EXPECT_EQ(view.data(), writer.bytes().data() + sizeof(uint64_t));
  EXPECT_EQ(copy, "second");
  ArchiveReader<ShopFields> cut(std::string_view(writer.bytes()).substr(0, 12));
  cut.field(view);
  EXPECT_FALSE(cut.whole());
  EXPECT_EQ(view, "");
}

TEST(Archive, ALengthTakesNoMemoryForWhatIsNotThere) {
  std::string bytes(1 << 20, '\xff');
  const uint64_t length = bytes.size() - sizeof length;
  std::memcpy(bytes.data(), &length, sizeof length);
  std::vector<Shop> read;
  ArchiveReader<ShopFields> reader(bytes);
  reader.field(read);
  EXPECT_FALSE(reader.whole());
  EXPECT_LE(read.capacity(), 16u);
}

}  // namespace
}  // namespace kitle
