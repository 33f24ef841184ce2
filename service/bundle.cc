#include "service/bundle.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "runtime/build_id.h"
#include "runtime/eval/perf_map.h"
#include "runtime/eval/program_part.h"
#include "runtime/store/catalog.h"
#include "runtime/store/files.h"
#include "service/instant.h"
#include "service/store.h"

namespace kitle {

// A program of the bundle, checked.
struct Bundle::Impl::Loaded {
  std::shared_ptr<const Program> program;
  std::shared_ptr<const PreparedProgram> prepared;
  std::shared_ptr<const CodeImages> code;  // or null,
  std::string no_code;                     // and why
};

struct Bundle::Impl::Ready : ReadyRules {
  Result<std::shared_ptr<const MachineCode>> machine_code(
      const Binding& binding, bool /*make*/) const override {
    if (code == nullptr) return std::unexpected(unsupported(no_code));
    if (answers_all(*code, binding)) return code;
    return std::unexpected(
        unsupported("the bundle has none for the forms in which the store "
                    "holds its columns: build it with this store"));
  }
  Result<RunOutcome> reference(const Snapshot& /*snapshot*/,
                               int64_t /*now*/) const override {
    return std::unexpected(
        Status(StatusCode::kUnsupported, "evaluate", path,
               "the reference evaluator takes the rules' text, not a bundle"));
  }
  const RunnableProgram& runnable() const override { return compiled; }
  // Nothing is known of what its segments mean.
  std::vector<std::optional<uint32_t>> unchanged_since(
      const ReadyRules& before) const override {
    std::vector<std::optional<uint32_t>> places(segments.size());
    for (uint32_t i = 0; &before == this && i < places.size(); ++i) {
      places[i] = i;
    }
    return places;
  }
  Status unsupported(std::string cause) const {
    return {StatusCode::kUnsupported, "find machine code", path,
            std::move(cause)};
  }

  std::string path;
  RunnableProgram compiled;
  std::string no_code;
};

namespace {

std::optional<CpuLevel> best_level(const BundleContents& contents,
                                   std::optional<CpuLevel> cpu) {
  std::optional<CpuLevel> best;
  for (const BundleImage& image : contents.images) {
    const bool runs = cpu && image.level <= *cpu;
    if (runs && (!best || image.level > *best)) best = image.level;
  }
  return best;
}

std::string why_no_code(const BundleContents& contents,
                        std::optional<CpuLevel> cpu, const std::string& build) {
  if (contents.images.empty()) return "the bundle was built without any";
  if (build.empty() || build != contents.runtime_build) {
    return fmt::format(
        "the bundle's is for another build of the runtime library ({}; this "
        "one is {})",
        contents.runtime_build, build.empty() ? "without an id" : build);
  }
  if (best_level(contents, cpu)) return "";
  return fmt::format("the bundle's is for {} or newer, and this CPU is {}",
                     cpu_level_name(contents.images.front().level),
                     cpu ? cpu_level_name(*cpu) : "older than x86-64-v3");
}

// Machine code of all of the seed's segments takes as long as the interpreter
// for four fifths of the operations.
bool are_most(const Program& part, const Program& whole) {
  return part.fast.instructions.size() * 5 >=
         whole.fast.instructions.size() * 4;
}

// What is wrong with the store for what the bundle reads; "" if nothing.
std::string misfit(const BundleColumn& column, const Schema& schema) {
  const std::vector<Column>* columns = &schema.attributes;
  std::string name = column.name;
  if (!column.table.empty()) {
    const EventType* event = schema.find_event(column.table);
    name = column.table + (name.empty() ? "" : "." + name);
    if (event == nullptr) {
      return fmt::format(
          "the store holds no event `{}`, which the bundle reads",
          column.table);
    }
    columns = &event->columns;
  }
  if (column.name.empty()) return "";
  const auto found = std::ranges::find(*columns, column.name, &Column::name);
  if (found == columns->end()) {
    return fmt::format("the store holds no `{}`, which the bundle reads", name);
  }
  if (found->type == column.type) return "";
  return fmt::format("the store holds `{}` as {}, and the bundle reads {}",
                     name, type_name(found->type), type_name(column.type));
}

}  // namespace

Bundle::Impl::Impl(std::string file, BundleContents parts,
                   std::optional<CpuLevel> cpu, const std::string& build)
    : path(std::move(file)),
      contents(std::move(parts)),
      no_machine_code(why_no_code(contents, cpu, build)),
      loaded_(contents.programs.size()) {
  if (no_machine_code.empty()) level_ = best_level(contents, cpu);
}

Status Bundle::Impl::refused(StatusCode code, std::string cause) const {
  return {code, "evaluate", path, std::move(cause)};
}

Result<std::vector<uint32_t>> Bundle::Impl::places_of(
    const std::vector<std::string>& asked) const {
  std::vector<uint32_t> places;
  std::vector<bool> named(asked.size());
  for (uint32_t i = 0; i < contents.segments.size(); ++i) {
    const SegmentInfo& segment = contents.segments[i];
    bool wanted = asked.empty();
    for (size_t at = 0; at < asked.size(); ++at) {
      const bool here = !asked[at].empty() && (asked[at] == segment.name ||
                                               asked[at] == segment.stages);
      named[at] = named[at] || here;
      wanted = wanted || here;
    }
    if (wanted) places.push_back(i);
  }
  const auto unknown = std::ranges::find(named, false);
  if (unknown == named.end()) return places;
  const std::string& name = asked[static_cast<size_t>(unknown - named.begin())];
  return std::unexpected(Status(StatusCode::kNotFound, "find the segment", path,
                                "the bundle has no segment `" + name + "`"));
}

Result<std::shared_ptr<const CodeImages>> Bundle::Impl::load_code(
    const BundleProgram& packed, const Program& program) const {
  auto made = std::make_shared<CodeImages>();
  const std::string map = perf_map_path();
  for (const BundleCode& code : packed.codes) {
    const BundleImage& image = contents.images[code.image];
    if (!level_ || image.level != *level_) continue;
    auto mapped = Image::load(image.bytes, image.key);
    if (!mapped) return std::unexpected(mapped.error());
    const Code& of = code.fast ? program.fast : program.general;
    add_to_perf_map(map, **mapped, program, of);
    auto shown =
        is_shown_to_gdb() ? show_to_gdb(**mapped, program, of) : nullptr;
    made->add(&of, code.layout, std::move(*mapped), std::move(shown));
  }
  return made->empty() ? nullptr : made;
}

Result<std::shared_ptr<const Bundle::Impl::Loaded>> Bundle::Impl::load(
    uint32_t program) const {
  const BundleProgram& packed = contents.programs[program];
  auto read = load_program(packed.bytes);
  if (!read)
    return std::unexpected(refused(read.error().code(), read.error().cause()));
  if (read->segments.size() != contents.segments.size()) {
    return std::unexpected(
        refused(StatusCode::kCorrupt, "a program of it has other segments"));
  }
  auto made = std::make_shared<Loaded>();
  made->program = std::make_shared<const Program>(std::move(*read));
  made->prepared = std::make_shared<const PreparedProgram>(*made->program);
  auto code = load_code(packed, *made->program);
  if (!code && code.error().code() == StatusCode::kCorrupt) {
    return std::unexpected(refused(StatusCode::kCorrupt, code.error().cause()));
  }
  made->code = code.value_or(nullptr);
  made->no_code = !no_machine_code.empty() ? no_machine_code
                  : code ? "the bundle has none for this program"
                         : code.error().cause();
  return made;
}

Result<std::shared_ptr<const Bundle::Impl::Loaded>> Bundle::Impl::loaded(
    uint32_t program) const {
  const std::lock_guard lock(mutex_);
  auto& kept = loaded_[program];
  if (kept != nullptr) return kept;
  auto made = load(program);
  if (made) kept = *made;
  return made;
}

std::shared_ptr<const Bundle::Impl::Loaded> Bundle::Impl::part_of_program(
    uint32_t program, const Loaded& whole,
    const std::vector<uint32_t>& places) const {
  const std::lock_guard lock(mutex_);
  const bool again =
      part_ && part_->program == program && part_->places == places;
  if (again) return part_->loaded;
  auto made = std::make_shared<Loaded>();
  made->program =
      std::make_shared<const Program>(part_of(*whole.program, places));
  made->prepared = std::make_shared<const PreparedProgram>(*made->program);
  made->no_code = whole.no_code;
  part_ = {program, places, made};
  return made;
}

std::shared_ptr<Bundle::Impl::Ready> Bundle::Impl::ready_of(
    const BundlePeriod& period, const Loaded& what,
    const std::vector<uint32_t>& places) const {
  auto made = std::make_shared<Ready>();
  made->compiled = {what.program, what.prepared};
  made->code = what.code;
  made->path = path;
  made->no_code = what.no_code;
  std::vector<uint32_t> fits;
  for (const uint32_t i : places) {
    made->segments.push_back({contents.segments[i], period.undecided[i]});
    fits.insert(fits.end(), contents.fits_of[i].begin(),
                contents.fits_of[i].end());
  }
  for (const BundleFit& each : period.fits) {
    const bool asks = std::ranges::find(fits, each.fit) != fits.end();
    if (asks) made->fits.push_back(each.use);
  }
  return made;
}

Result<std::shared_ptr<const ReadyRules>> Bundle::Impl::ready(
    const std::vector<std::string>& asked, int64_t fits_of) const {
  const auto places = places_of(asked);
  if (!places) return std::unexpected(places.error());
  const auto after = std::ranges::upper_bound(contents.periods, fits_of, {},
                                              &BundlePeriod::from);
  const BundlePeriod& period = *std::prev(after);
  const auto whole = loaded(period.program);
  if (!whole) return std::unexpected(whole.error());
  if (places->size() == contents.segments.size()) {
    return ready_of(period, **whole, *places);
  }
  const auto part = part_of_program(period.program, **whole, *places);
  auto made = ready_of(period, *part, *places);
  made->whole = ready_of(period, **whole, *places_of({}));
  made->in_whole = *places;
  made->are_most =
      (*whole)->code != nullptr && are_most(*part->program, *(*whole)->program);
  return made;
}

Status Bundle::Impl::check_store(const Snapshot& snapshot) const {
  const auto differs =
      setting_that_differs(contents.settings, snapshot.settings());
  if (differs) {
    return refused(StatusCode::kInvalid,
                   fmt::format("the store was made with {} {}, and the bundle "
                               "is for {}",
                               differs->what, differs->store, differs->rules));
  }
  for (const BundleColumn& column : contents.columns) {
    std::string wrong = misfit(column, snapshot.schema());
    if (!wrong.empty()) return refused(StatusCode::kInvalid, std::move(wrong));
  }
  return {};
}

// ---- the public class ----

Bundle::Bundle(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

Result<Bundle> Bundle::open(const std::string& path) {
  auto bytes = system_files().read(path);
  if (!bytes) return std::unexpected(bytes.error());
  auto contents = read_bundle(std::move(*bytes), path);
  if (!contents) return std::unexpected(contents.error());
  return Bundle(std::make_shared<const Impl>(path, std::move(*contents),
                                             cpu_level(), runtime_build_id()));
}

const std::string& Bundle::path() const { return impl_->path; }
const std::string& Bundle::name() const {
  return impl_->contents.settings.name;
}
const std::string& Bundle::time_zone() const {
  return impl_->contents.settings.time_zone;
}
const std::vector<SegmentInfo>& Bundle::segments() const {
  return impl_->contents.segments;
}
const std::vector<StagesInfo>& Bundle::stages() const {
  return impl_->contents.stages;
}
const std::string& Bundle::no_machine_code() const {
  return impl_->no_machine_code;
}

bool Bundle::has_segment(std::string_view name) const {
  return !name.empty() &&
         std::ranges::any_of(segments(), [&](const SegmentInfo& segment) {
           return segment.name == name || segment.stages == name;
         });
}

Result<int64_t> Bundle::instant(std::string_view written,
                                const Store* store) const {
  return read_instant(written, time_zone(), store);
}
std::string Bundle::local_time(int64_t instant, const Store* store) const {
  return local_text(instant, time_zone(), store);
}

Engine Engine::create(const Bundle& bundle) {
  return make_engine(bundle.impl(), -1);
}

}  // namespace kitle
