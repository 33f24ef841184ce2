// The bytes of a bundle; docs/bundle-format.md describes them. What is read is
// within bounds and refers to nothing that is not there; its programs are still
// bytes, which load_program() checks.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kitle/rules.h"
#include "runtime/eval/cpu_level.h"
#include "runtime/schema.h"
#include "runtime/status.h"
#include "runtime/store/view.h"
#include "service/stale.h"

namespace kitle {

inline constexpr uint32_t kBundleFormat = 1;

// What a program reads: an attribute (no table), a property, or a table alone
// (no name, and no type).
struct BundleColumn {
  std::string table;
  std::string name;
  TypeKind type = TypeKind::kTime;
  friend bool operator==(const BundleColumn&, const BundleColumn&) = default;
};

struct BundleImage {
  CpuLevel level = CpuLevel::kV3;
  std::string key;
  std::string_view bytes;  // of pack_image()
};

// Machine code of one of a program's two codes, for blocks of these physical
// types.
struct BundleCode {
  bool fast = false;
  uint32_t image = 0;
  std::vector<Physical> layout;  // by slot
};

struct BundleProgram {
  std::string_view bytes;  // of save()
  std::vector<BundleCode> codes;
};

struct BundleFit {
  uint32_t fit = 0;  // as BundleContents::fits_of names it
  FitInUse use;
};

// From an instant to that of the next one the same fits count.
struct BundlePeriod {
  int64_t from = INT64_MIN;
  uint32_t program = 0;
  // By segment: why it is undecided for everyone; else "".
  std::vector<std::string> undecided;
  std::vector<BundleFit> fits;
};

struct BundleContents {
  // Keeps the bytes of programs and images as long as there is a copy of this.
  std::string_view keep(std::string bytes) {
    kept.push_back(std::make_shared<const std::string>(std::move(bytes)));
    return *kept.back();
  }

  std::string runtime_build;  // of the runtime that the images are for
  Settings settings;
  std::vector<SegmentInfo> segments;  // by output of every program
  std::vector<StagesInfo> stages;
  std::vector<std::vector<uint32_t>> fits_of;  // by segment: those it asks for
  std::vector<BundleColumn> columns;           // what the programs read
  std::vector<BundlePeriod> periods;  // increasing; the first from INT64_MIN
  std::vector<BundleProgram> programs;
  std::vector<BundleImage> images;
  std::vector<std::shared_ptr<const std::string>> kept;  // not in the file
};

std::string pack_bundle(const BundleContents& contents);
// Errors, which name the file: kCorrupt; kNewer (written by another version).
Result<BundleContents> read_bundle(std::string bytes, const std::string& path);

}  // namespace kitle
