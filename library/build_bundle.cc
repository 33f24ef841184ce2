// Rules -> a bundle's file.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "compiler/machine.h"
#include "kitle/bundle.h"
#include "library/fits_in_use.h"
#include "library/rules.h"
#include "runtime/build_id.h"
#include "service/bundle_format.h"
#include "service/store.h"
#include "service/whole_file.h"

namespace kitle {
namespace {

Status cannot_build(StatusCode code, std::string cause) {
  return {code, "build the bundle", "", std::move(cause)};
}

Result<std::vector<CpuLevel>> levels_of(const std::vector<std::string>& names) {
  std::set<CpuLevel> levels;
  for (const std::string& name : names) {
    const auto level = cpu_level_named(name);
    if (!level) {
      return std::unexpected(
          cannot_build(StatusCode::kInvalid,
                       "machine code is made for x86-64-v3 and "
                       "x86-64-v4, not for `" +
                           name + "`"));
    }
    levels.insert(*level);
  }
  return std::vector<CpuLevel>(levels.begin(), levels.end());
}

// What a program reads of a store. Each column once.
class ReadColumns {
 public:
  explicit ReadColumns(std::vector<BundleColumn>& columns)
      : columns_(columns) {}

  void add(const Program& program) {
    for (const Slot& slot : program.slots) add_slot(program, slot);
    for (const Code* code : {&program.fast, &program.general}) {
      for (const Register& each : code->registers) {
        if (each.domain != kProfiles) add_table(program, each.domain, nullptr);
      }
      for (const Instruction& each : code->instructions) {
        if (each.table != kNone) add_table(program, each.table, nullptr);
      }
    }
  }

 private:
  void add_slot(const Program& program, const Slot& slot) {
    if (slot.kind == SlotKind::kAttribute) {
      return add_column({"", slot.name, slot.type});
    }
    const bool property = slot.kind == SlotKind::kProperty;
    add_table(program, slot.table, property ? &slot : nullptr);
  }

  // The table and, where one is given, its column; of a group those of all its
  // members. Sessions have columns of their own.
  void add_table(const Program& program, uint32_t table, const Slot* slot) {
    const size_t stored = program.tables.size() - program.derived.size();
    if (table < stored) {
      const std::string& name = program.tables[table];
      return add_column(slot == nullptr
                            ? BundleColumn{.table = name, .name = ""}
                            : BundleColumn{name, slot->name, slot->type});
    }
    const DerivedTable& derived = program.derived[table - stored];
    for (const uint32_t member : derived.members) {
      add_table(program, member, derived.gap > 0 ? nullptr : slot);
    }
  }

  void add_column(BundleColumn column) {
    const bool known = std::ranges::find(columns_, column) != columns_.end();
    if (!known) columns_.push_back(std::move(column));
  }

  std::vector<BundleColumn>& columns_;
};

class Builder {
 public:
  Builder(const Rules& rules, const BundleOptions& options,
          std::vector<CpuLevel> levels)
      : rules_(rules),
        repository_(rules.impl().loaded.repository),
        options_(options),
        levels_(std::move(levels)) {
    for (uint32_t i = 0; i < repository_.segments.size(); ++i) {
      if (!repository_.segments[i].is_private) indexes_.push_back(i);
    }
  }

  Result<BundleContents> build() {
    contents_.settings = repository_.settings;
    contents_.segments = rules_.segments();
    contents_.stages = rules_.stages();
    for (const uint32_t& index : indexes_) {
      contents_.fits_of.push_back(
          fits_asked_for(repository_, std::span(&index, 1)));
    }
    for (const int64_t from : instants()) {
      const Status added = add_period(from);
      if (!added.ok()) return std::unexpected(added);
    }
    if (!contents_.images.empty()) {
      contents_.runtime_build = runtime_build_id();
    }
    return std::move(contents_);
  }

 private:
  // At which other fits may begin to count.
  std::set<int64_t> instants() const {
    std::set<int64_t> found = {INT64_MIN};
    if (repository_.fits.empty()) return found;
    for (const Fit& fit : rules_.impl().loaded.fits) found.insert(fit.now);
    return found;
  }

  Status add_period(int64_t from) {
    const auto fitted = rules_.impl().at(from);
    if (fitted == last_) return {};
    last_ = fitted;
    BundlePeriod period{.from = from, .undecided = {}, .fits = {}};
    for (const uint32_t index : indexes_) {
      period.undecided.push_back(
          fitted->repository().segments[index].undecided);
    }
    const auto& chosen = fitted->chosen().fits;
    for (uint32_t i = 0; i < chosen.size(); ++i) {
      if (chosen[i] == nullptr) continue;
      period.fits.push_back({i, fit_in_use(repository_.fits[i], *chosen[i])});
    }
    const auto program = add_program(fitted->program());
    if (!program) return program.error();
    period.program = *program;
    contents_.periods.push_back(std::move(period));
    return {};
  }

  Result<uint32_t> add_program(const std::shared_ptr<const Program>& program) {
    std::string bytes = save(*program);
    const auto [known, is_new] = programs_.emplace(
        bytes, static_cast<uint32_t>(contents_.programs.size()));
    if (!is_new) return known->second;
    ReadColumns(contents_.columns).add(*program);
    contents_.programs.push_back({contents_.keep(std::move(bytes)), {}});
    const Status added = add_code(program);
    if (!added.ok()) return std::unexpected(added);
    return known->second;
  }

  Status add_code(const std::shared_ptr<const Program>& program) {
    if (options_.store == nullptr || levels_.empty()) return {};
    const auto& snapshot = options_.store->impl().snapshot;
    // Any `now` does: pack_machine_code() makes both codes.
    const auto binding = Binding::make(program, snapshot, 0);
    if (!binding) return binding.error();
    auto packed = pack_machine_code(
        **binding, levels_, {options_.cache_folder, options_.use_cache});
    if (!packed) return packed.error();
    for (PackedCode& each : *packed) {
      const uint32_t image = add_image(each);
      contents_.programs.back().codes.push_back(
          {each.fast, image, std::move(each.layout)});
    }
    return {};
  }

  uint32_t add_image(PackedCode& packed) {
    const auto [known, is_new] = images_.emplace(
        packed.key, static_cast<uint32_t>(contents_.images.size()));
    if (is_new) {
      contents_.images.push_back(
          {packed.level, packed.key, contents_.keep(std::move(packed.bytes))});
    }
    return known->second;
  }

  const Rules& rules_;
  const Repository& repository_;
  const BundleOptions& options_;
  std::vector<CpuLevel> levels_;
  std::vector<uint32_t> indexes_;  // of rules_.segments(), in the repository
  BundleContents contents_;
  std::shared_ptr<const FittedRules> last_;
  std::map<std::string, uint32_t> programs_;  // by bytes
  std::map<std::string, uint32_t> images_;    // by key
};

}  // namespace

Result<BundleReport> build_bundle(const Rules& rules, const std::string& path,
                                  const BundleOptions& options) {
  if (!rules.ok()) {
    return std::unexpected(
        cannot_build(StatusCode::kInvalid, "the rules have mistakes"));
  }
  auto levels = levels_of(options.cpus);
  if (!levels) return std::unexpected(levels.error());
  if (options.store != nullptr) {
    const Status same =
        check_settings(rules.impl().loaded.repository.settings,
                       options.store->impl().snapshot->settings());
    if (!same.ok()) return std::unexpected(same);
  }
  const auto contents = Builder(rules, options, *std::move(levels)).build();
  if (!contents) return std::unexpected(contents.error());
  const std::string bytes = pack_bundle(*contents);
  const Status written = write_whole_file(path, bytes);
  if (!written.ok()) return std::unexpected(written);
  return BundleReport{.bytes = bytes.size(),
                      .segments = contents->segments.size(),
                      .periods = contents->periods.size(),
                      .programs = contents->programs.size(),
                      .images = contents->images.size()};
}

}  // namespace kitle
