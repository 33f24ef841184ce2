// A damaged store is reported with file and section; nothing is read wrongly.
// The store is the small one of tests/store/golden, which has every kind of
// section.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstddef>
#include <cstring>

#include "tests/support/golden_store.h"
#include "tests/support/memory_disk.h"
#include "tests/support/repin.h"
#include "tests/support/whole_store.h"

namespace kitle::testing {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

const std::string kFolder = "disk/store";
const std::string kPointer = kFolder + "/MANIFEST";

class Damage : public ::testing::Test {
 protected:
  void SetUp() override {
    save_golden_store(kFolder, disk_);
    auto names = disk_.list(kFolder);
    ASSERT_TRUE(names);
    for (const std::string& name : *names) {
      if (name != "LOCK") paths_.push_back(kFolder + "/" + name);
    }
    auto whole = read_whole_store(disk_, kFolder);
    ASSERT_TRUE(whole) << whole.error().message();
  }

  Status read() {
    auto whole = read_whole_store(disk_, kFolder);
    return whole ? Status() : whole.error();
  }

  // The store is unreadable, for a reason in the file `path`.
  void expect_reported(const std::string& path) {
    const Status status = read();
    ASSERT_FALSE(status.ok());
    if (status.code() == StatusCode::kNotAStore) {
      ASSERT_EQ(path, kPointer) << status.message();
      ASSERT_THAT(status.message(), HasSubstr("MANIFEST"));
      return;
    }
    ASSERT_EQ(status.file(), path) << status.message();
    // A bit makes another version of this one, too.
    const bool other = status.code() == StatusCode::kNewer ||
                       status.code() == StatusCode::kUnsupported;
    ASSERT_TRUE(other || status.code() == StatusCode::kCorrupt);
    ASSERT_THAT(status.message(), HasSubstr(other ? "version" : "section"));
  }

  std::string path_of(FileKind kind) const {
    const std::string prefix =
        kFolder + "/" + std::string(file_kind_name(kind)) + "-";
    for (const std::string& path : paths_) {
      if (path.starts_with(prefix)) return path;
    }
    return "";
  }

  std::string newest_manifest() {
    const auto pointer = read_pointer(disk_, kFolder);
    return kFolder + "/" + file_name(FileKind::kManifest, pointer->file_number);
  }

  // Changes a byte of the section's first value, in the base.
  Status damaged(SectionKind kind, uint32_t table, uint32_t column) {
    auto snapshot = open_stored_snapshot(disk_, kFolder);
    const auto& section = *(*(*snapshot)->block_file({0, false}))
                               ->file()
                               .find(kind, table, column);
    disk_.bytes_of(path_of(FileKind::kBase))[section.offset] ^= 1;
    return read();
  }

  MemoryDisk disk_;
  std::vector<std::string> paths_;
};

TEST_F(Damage, TheStoreHasEveryKindOfSection) {
  auto snapshot = open_stored_snapshot(disk_, kFolder);
  ASSERT_TRUE(snapshot);
  std::set<uint32_t> missing;
  for (uint32_t kind = 0; kind < 256; ++kind) {
    const std::string name = section_kind_name(static_cast<SectionKind>(kind));
    if (name != "unknown section") missing.insert(kind);
  }
  ASSERT_EQ(missing.size(), 28u);
  for (const std::string& path : paths_) {
    if (path == kPointer) continue;
    const std::string& bytes = disk_.bytes_of(path);
    FileHeader header;
    std::memcpy(&header, bytes.data(), sizeof(header));
    const char* at =
        bytes.data() + sizeof(header) + header.tables * sizeof(TableEntry);
    for (uint32_t i = 0; i < header.sections; ++i) {
      SectionEntry entry;
      std::memcpy(&entry, at + i * sizeof(entry), sizeof(entry));
      missing.erase(entry.kind);
    }
  }
  EXPECT_THAT(missing, ::testing::IsEmpty());
  for (const FileKind kind :
       {FileKind::kManifest, FileKind::kBase, FileKind::kOverlay,
        FileKind::kText, FileKind::kIndex, FileKind::kZone, FileKind::kFold}) {
    EXPECT_NE(path_of(kind), "");
  }
}

class DamagedBit : public Damage, public ::testing::WithParamInterface<int> {};

TEST_P(DamagedBit, OfAnyByteIsReported) {
  for (const std::string& path : paths_) {
    std::string& bytes = disk_.bytes_of(path);
    for (size_t at = 0; at < bytes.size(); ++at) {
      SCOPED_TRACE(path + " byte " + std::to_string(at));
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << GetParam()));
      expect_reported(path);
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << GetParam()));
      if (HasFatalFailure()) return;
    }
  }
  EXPECT_TRUE(read().ok());
}

INSTANTIATE_TEST_SUITE_P(Bits, DamagedBit, ::testing::Range(0, 8));

TEST_F(Damage, ATruncationToAnyLengthIsReported) {
  for (const std::string& path : paths_) {
    std::string& bytes = disk_.bytes_of(path);
    const std::string whole = bytes;
    for (size_t length = 0; length < whole.size(); ++length) {
      SCOPED_TRACE(path + " cut to " + std::to_string(length));
      bytes = whole.substr(0, length);
      expect_reported(path);
      if (HasFatalFailure()) return;
    }
    bytes = whole + '\0';
    expect_reported(path);
    bytes = whole;
  }
}

TEST_F(Damage, AMissingFileIsNamed) {
  for (const std::string& path : paths_) {
    const std::string bytes = disk_.bytes_of(path);
    ASSERT_TRUE(disk_.remove(path).ok());
    const Status status = read();
    EXPECT_FALSE(status.ok());
    EXPECT_THAT(status.message(), HasSubstr(path == kPointer ? kFolder : path));
    disk_.put(path, bytes);
  }
  EXPECT_TRUE(read().ok());
}

TEST_F(Damage, AFileInAnothersPlaceIsReported) {
  for (const std::string& path : paths_) {
    const std::string bytes = disk_.bytes_of(path);
    for (const std::string& other : paths_) {
      if (other == path) continue;
      disk_.bytes_of(path) = disk_.bytes_of(other);
      SCOPED_TRACE(other + " as " + path);
      expect_reported(path);
    }
    disk_.bytes_of(path) = bytes;
  }
}

TEST_F(Damage, AFileOfAnotherFormatIsNamed) {
  for (const std::string& path : paths_) {
    std::string& bytes = disk_.bytes_of(path);
    const std::string whole = bytes;
    bytes[8] = static_cast<char>(kFormatVersion + 1);
    Status status = read();
    EXPECT_EQ(status.code(), StatusCode::kNewer) << path;
    EXPECT_EQ(status.file(), path);
    EXPECT_THAT(status.message(),
                HasSubstr("format version 4; this Kitle reads version 3"));
    bytes[8] = static_cast<char>(kFormatVersion - 1);
    status = read();
    EXPECT_EQ(status.code(), StatusCode::kUnsupported) << path;
    EXPECT_EQ(status.file(), path);
    EXPECT_THAT(status.message(),
                HasSubstr("format version 2; this Kitle reads version 3: "
                          "ingest the files anew, into an empty folder"));
    bytes = whole;
  }
}

// A store of a newer ICU: this one lacks letters.
TEST_F(Damage, AStoreOfALaterUnicodeIsRefused) {
  const FoldData folds = make_folds("en", unicode_version());
  repin(kFolder, folds, "99.0", disk_);
  const auto snapshot = open_stored_snapshot(disk_, kFolder);
  ASSERT_FALSE(snapshot);
  EXPECT_EQ(snapshot.error().code(), StatusCode::kUnsupported);
  EXPECT_EQ(snapshot.error().file(), newest_manifest());
  EXPECT_THAT(snapshot.error().message(),
              HasSubstr("its texts are compared by Unicode 99.0, and this "
                        "machine's ICU has Unicode " +
                        unicode_version() + ": install an ICU"));
}

TEST_F(Damage, AnOlderUnicodeIsRead) {
  repin(kFolder, make_folds("en", "9.0"), "9.0", disk_);
  const Status status = read();
  EXPECT_TRUE(status.ok()) << status.message();
}

TEST_F(Damage, AUnicodeThatIsNoVersionIsReported) {
  repin(kFolder, make_folds("en", unicode_version()), "15.0]", disk_);
  const auto snapshot = open_stored_snapshot(disk_, kFolder);
  ASSERT_FALSE(snapshot);
  EXPECT_EQ(snapshot.error().code(), StatusCode::kCorrupt);
  EXPECT_EQ(snapshot.error().file(), newest_manifest());
  EXPECT_THAT(snapshot.error().message(), HasSubstr("section manifest"));
}

// Under right checksums: what no writer makes is reported at first touch, and
// by what it is.
TEST_F(Damage, AFoldTableThatIsNoneIsReported) {
  const FoldData bad[] = {{{66, 65}, {0, 1, 2}, "ab"}, {{0xD800}, {0, 1}, "a"},
                          {{65}, {0, 1}, "A"},         {{65, 66}, {0, 1}, "a"},
                          {{65}, {0, 1, 2}, "ab"},     {{65}, {0, 0}, ""},
                          {{65}, {0, 4}, "aaaa"}};
  for (const FoldData& folds : bad) {
    repin(kFolder, folds, unicode_version(), disk_);
    const auto snapshot = open_stored_snapshot(disk_, kFolder);
    ASSERT_TRUE(snapshot) << snapshot.error().message();
    const auto forms = (*snapshot)->text_forms();
    ASSERT_FALSE(forms);
    EXPECT_EQ(forms.error().code(), StatusCode::kCorrupt);
    EXPECT_THAT(forms.error().file(), HasSubstr(kFolder + "/fold-"));
    EXPECT_THAT(forms.error().message(), HasSubstr("section fold points: do "));
    EXPECT_EQ((*snapshot)->text_forms().error().message(),
              forms.error().message());
  }
}

TEST_F(Damage, AFoldTableWhoseTextsDoNotFitIsReported) {
  const std::pair<FoldData, std::string> bad[] = {
      {{{65}, {0, 2}, "a"}, "section text offsets: do not rise"},
      {{{65, 66}, {0, 2, 1}, "a"}, "section text offsets: do not rise"},
      {{{65}, {0, 1}, "\xC3"}, "section text bytes: are not UTF-8"}};
  for (const auto& [folds, cause] : bad) {
    repin(kFolder, folds, unicode_version(), disk_);
    const auto snapshot = open_stored_snapshot(disk_, kFolder);
    ASSERT_TRUE(snapshot) << snapshot.error().message();
    const auto forms = (*snapshot)->text_forms();
    ASSERT_FALSE(forms);
    EXPECT_THAT(forms.error().message(), HasSubstr(cause));
  }
}

// The ids of the golden schema: 1 is `purchase`, whose column 3 is `amount`;
// column 4 of the profile is `balance`.
TEST_F(Damage, IsToldByColumnAndRows) {
  EXPECT_THAT(damaged(SectionKind::kValues, 1, 3).message(),
              HasSubstr("section values of purchase.amount: bytes 0 to 191 "
                        "(rows 0 to 3) differ from their checksum"));
}

TEST_F(Damage, IsToldByAttributeAndRows) {
  EXPECT_THAT(damaged(SectionKind::kValues, kProfileTable, 4).message(),
              HasSubstr("section values of balance: bytes 0 to 191 (rows 0 to "
                        "4) differ"));
}

TEST_F(Damage, OfALocalDictionaryIsToldByDomain) {
  EXPECT_THAT(damaged(SectionKind::kTextBytes, kLocalDomains, 0).message(),
              HasSubstr("section text bytes of email"));
}

// What only ingest reads does not keep evaluation from reading the block.
TEST_F(Damage, OfStampsLeavesTheViewsReadable) {
  const Status status = damaged(SectionKind::kStamps, 0, 1);
  EXPECT_THAT(status.message(),
              HasSubstr("section stamps of consent: bytes 0 to 127 differ"));
  auto snapshot = open_stored_snapshot(disk_, kFolder);
  ASSERT_TRUE(snapshot);
  EXPECT_TRUE((*snapshot)->base(0));
}

}  // namespace
}  // namespace kitle::testing
