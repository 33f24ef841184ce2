#include "service/bundle_format.h"

#include <fmt/format.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cstring>

#include "kitle/engine.h"
#include "runtime/archive.h"
#include "runtime/eval/program.h"
#include "runtime/window.h"

namespace kitle {
namespace {

constexpr std::string_view kMagic = "KTLBUNDL";

// Every format begins so, that it can be said who wrote the file.
struct Header {
  char magic[8] = {};
  uint32_t format = kBundleFormat;
  uint32_t program = kProgramVersion;
  char version[24] = {};  // of Kitle, NUL behind it
  uint64_t length = 0;    // of the body
  uint64_t hash = 0;      // of what stands before it, and of the body
};
static_assert(sizeof(Header) == 56);

struct BundleFields {
  static void describe(auto& archive, Is<Settings> auto& s) {
    all(archive, s.name, s.time_zone, s.locale, s.currency, s.currency_digits,
        s.first_day_of_week);
  }
  static void describe(auto& archive, Is<SegmentInfo> auto& s) {
    all(archive, s.name, s.title, s.stages, s.action);
  }
  static void describe(auto& archive, Is<StagesInfo> auto& s) {
    all(archive, s.name, s.title, s.first, s.count, s.action);
  }
  static void describe(auto& archive, Is<BundleColumn> auto& c) {
    all(archive, c.table, c.name, c.type);
  }
  static void describe(auto& archive, Is<BundleFit> auto& f) {
    all(archive, f.fit, f.use.fitted, f.use.refit.n, f.use.refit.unit,
        f.use.warning);
  }
  static void describe(auto& archive, Is<BundlePeriod> auto& p) {
    all(archive, p.from, p.program, p.undecided, p.fits);
  }
  static void describe(auto& archive, Is<BundleCode> auto& c) {
    all(archive, c.fast, c.image, c.layout);
  }
  static void describe(auto& archive, Is<BundleProgram> auto& p) {
    all(archive, p.bytes, p.codes);
  }
  static void describe(auto& archive, Is<BundleImage> auto& i) {
    all(archive, i.level, i.key, i.bytes);
  }
  static void describe(auto& archive, Is<BundleContents> auto& c) {
    all(archive, c.runtime_build, c.settings, c.segments, c.stages, c.fits_of,
        c.columns, c.periods, c.programs, c.images);
  }
};

uint64_t hash_of(const Header& header, std::string_view body) {
  return XXH3_64bits_withSeed(body.data(), body.size(),
                              XXH3_64bits(&header, offsetof(Header, hash)));
}

std::string version_in(const Header& header) {
  const char* const end = header.version + sizeof header.version;
  return {header.version, std::find(header.version, end, '\0')};
}

Status check_header(const Header& header, std::string_view body,
                    const std::string& path) {
  const auto refused = [&path](StatusCode code, std::string cause) {
    return Status(code, "open the bundle", path, std::move(cause));
  };
  if (std::string_view(header.magic, sizeof header.magic) != kMagic) {
    return refused(StatusCode::kCorrupt, "this is no bundle");
  }
  if (header.format != kBundleFormat || header.program != kProgramVersion) {
    return refused(
        StatusCode::kNewer,
        fmt::format("built by Kitle {} (format {}, programs {}), and this is "
                    "Kitle {} (format {}, programs {}): build it again",
                    version_in(header), header.format, header.program,
                    version(), kBundleFormat, kProgramVersion));
  }
  if (header.length != body.size()) {
    return refused(StatusCode::kCorrupt, "bytes are missing or left over");
  }
  if (header.hash != hash_of(header, body)) {
    return refused(StatusCode::kCorrupt, "its checksum is wrong");
  }
  return {};
}

bool known(TypeKind type) {
  return type >= TypeKind::kFlag && type <= TypeKind::kCodeList;
}

bool is_sound(const BundlePeriod& period, const BundleContents& contents) {
  return period.program < contents.programs.size() &&
         period.undecided.size() == contents.segments.size() &&
         std::ranges::all_of(
             period.fits,
             [](const BundleFit& each) {
               return each.use.refit.unit <= StepUnit::kYear &&
                      each.use.refit.n >= 0 && each.use.refit.n <= kMostSteps;
             });
}

bool is_sound(const BundleCode& code, const BundleContents& contents) {
  return code.image < contents.images.size() &&
         std::ranges::all_of(
             code.layout,
             [](Physical each) { return each <= Physical::kList; });
}

bool is_sound(const StagesInfo& stages, const BundleContents& contents) {
  return stages.first <= contents.segments.size() &&
         stages.count <= contents.segments.size() - stages.first;
}

bool is_sound(const Settings& settings) {
  return settings.first_day_of_week >= 1 && settings.first_day_of_week <= 7;
}

// Every number that others are found by, or that a switch takes.
bool is_sound(const BundleContents& contents) {
  const auto all_sound = [&](const auto& list) {
    return std::ranges::all_of(
        list, [&](const auto& each) { return is_sound(each, contents); });
  };
  const auto earlier = [](const BundlePeriod& a, const BundlePeriod& b) {
    return a.from >= b.from;
  };
  const auto& periods = contents.periods;
  return is_sound(contents.settings) && all_sound(contents.stages) &&
         contents.fits_of.size() == contents.segments.size() &&
         std::ranges::all_of(contents.columns, known, &BundleColumn::type) &&
         !periods.empty() && periods.front().from == INT64_MIN &&
         std::ranges::adjacent_find(periods, earlier) == periods.end() &&
         all_sound(periods) &&
         std::ranges::all_of(contents.programs,
                             [&](const BundleProgram& each) {
                               return all_sound(each.codes);
                             }) &&
         std::ranges::all_of(contents.images, [](const BundleImage& each) {
           return each.level == CpuLevel::kV3 || each.level == CpuLevel::kV4;
         });
}

}  // namespace

std::string pack_bundle(const BundleContents& contents) {
  ArchiveWriter<BundleFields> writer;
  writer.field(contents);
  const std::string& body = writer.bytes();
  Header header;
  std::ranges::copy(kMagic, header.magic);
  const std::string written_by = version();
  std::copy_n(written_by.begin(),
              std::min(written_by.size(), sizeof header.version - 1),
              header.version);
  header.length = body.size();
  header.hash = hash_of(header, body);
  return std::string(reinterpret_cast<const char*>(&header), sizeof header) +
         body;
}

Result<BundleContents> read_bundle(std::string bytes, const std::string& path) {
  const auto corrupt = [&path](const char* cause) {
    return std::unexpected(
        Status(StatusCode::kCorrupt, "open the bundle", path, cause));
  };
  Header header;
  if (bytes.size() < sizeof header) return corrupt("this is no bundle");
  BundleContents contents;
  std::string_view body = contents.keep(std::move(bytes));
  std::memcpy(&header, body.data(), sizeof header);
  body.remove_prefix(sizeof header);
  const Status status = check_header(header, body, path);
  if (!status.ok()) return std::unexpected(status);
  ArchiveReader<BundleFields> reader(body);
  reader.field(contents);
  if (reader.whole() && is_sound(contents)) return contents;
  return corrupt("its parts make no bundle");
}

}  // namespace kitle
