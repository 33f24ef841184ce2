// See every_tier.h.
#include "tests/support/tiers/every_tier.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "compiler/compile.h"
#include "compiler/machine.h"
#include "runtime/eval/bind.h"
#include "runtime/eval/executor.h"
#include "runtime/eval/point.h"
#include "runtime/eval/program_part.h"
#include "runtime/eval/run.h"
#include "tests/support/tiers/fits.h"

namespace kitle::testing {
namespace {

// A compiled repository, bound.
struct Bound {
  std::shared_ptr<const Program> program;
  std::shared_ptr<const Binding> binding;
  std::shared_ptr<const PreparedProgram> prepared;
  std::shared_ptr<const MachineCode> machine;  // null: the interpreter
};

// In how many forms a compiled repository is asked.
enum class Forms : uint8_t { kBlocks, kInterpreted, kMachineToo };

struct CodeKind {
  std::string name;
  bool oldest_cpu = false;
  CodeEffort effort = CodeEffort::kUsual;
};

std::vector<CodeKind> codes_of(const TierOptions& options) {
  if (!options.machine) return {};
  if (!options.each_code) return {{""}};
  return {{"with least effort, ", false, CodeEffort::kLeast},
          {"with less effort, ", false, CodeEffort::kLess},
          {""},
          {"with most effort, ", false, CodeEffort::kMost},
          {"for an older CPU, ", true, CodeEffort::kUsual},
          {"for an older CPU, with least effort, ", true, CodeEffort::kLeast}};
}

class Asker {
 public:
  Asker(const Repository& repository,
        const std::shared_ptr<const Snapshot>& snapshot, int64_t now)
      : repository_(repository), snapshot_(snapshot), now_(now) {}

  Result<std::vector<TierAnswers>> ask(const TierOptions& options) {
    codes_ = codes_of(options);
    const Forms plain =
        options.machine_as_written ? Forms::kMachineToo : Forms::kInterpreted;
    Status status = reference();
    if (status.ok()) status = compiled("all rewrites", {}, Forms::kMachineToo);
    if (status.ok()) {
      status = compiled("no rewrite", {.rewrites = Rewrites::none()}, plain);
    }
    if (status.ok()) {
      status = compiled("all shared", {.lower = kEachOfMany}, Forms::kBlocks);
    }
    for (size_t i = 0;
         options.each_rewrite_off && status.ok() && i < kRewriteCount; ++i) {
      const auto rewrite = static_cast<Rewrite>(i);
      status = compiled(fmt::format("without {}", rewrite_name(rewrite)),
                        {.rewrites = Rewrites::all().set(rewrite, false)},
                        Forms::kBlocks);
    }
    if (!status.ok()) return std::unexpected(status);
    return std::move(answers_);
  }

 private:
  Status reference() {
    std::vector<uint32_t> segments(repository_.segments.size());
    std::iota(segments.begin(), segments.end(), 0);
    auto found = evaluate_reference(repository_, segments, *snapshot_, now_);
    if (!found) return found.error();
    answers_.push_back(
        {"reference", std::move(found->segments), found->profiles});
    return {};
  }

  Status compiled(const std::string& name, const CompileOptions& options,
                  Forms forms) {
    // As a bundle has it, read and verified again.
    auto program = load_program(save(compile(repository_, options)));
    if (!program) return program.error();
    Bound bound;
    bound.program = std::make_shared<Program>(*std::move(program));
    const auto binding = Binding::make(bound.program, snapshot_, now_);
    if (!binding) return binding.error();
    bound.binding = *binding;
    bound.prepared = std::make_shared<PreparedProgram>(*bound.program);
    Status status = blocks("interpreter, " + name, bound);
    const bool more = forms != Forms::kBlocks;
    if (status.ok() && more) status = whole("a run, " + name, bound);
    if (status.ok() && more) status = points("one at a time, " + name, bound);
    if (status.ok() && more) status = halves("in halves, " + name, bound);
    const bool machine = forms == Forms::kMachineToo;
    for (size_t i = 0; status.ok() && machine && i < codes_.size(); ++i) {
      status = machine_code(name, codes_[i], bound);
    }
    return status;
  }

  // Where this machine can have no machine code, the interpreter's answers
  // are all there are.
  Status machine_code(const std::string& rewrites, const CodeKind& kind,
                      Bound bound) {
    auto code =
        make_machine_code(*bound.binding, {.cache_folder = "",
                                           .use_cache = false,
                                           .compile = true,
                                           .oldest_cpu = kind.oldest_cpu,
                                           .effort = kind.effort});
    const std::string name = kind.name + rewrites;
    if (!code && code.error().code() == StatusCode::kUnsupported) return {};
    if (!code) return code.error();
    bound.machine = *code;
    Status status = blocks("machine code, " + name, bound);
    if (status.ok()) {
      status = points("machine code, one at a time, " + name, bound);
    }
    return status;
  }

  TierAnswers& add(const std::string& tier) {
    TierAnswers& added = answers_.emplace_back();
    added.tier = tier;
    added.segments.resize(repository_.segments.size());
    added.profiles = answers_.front().profiles;
    return added;
  }

  // Block by block, with everyone who is undecided.
  Status blocks(const std::string& name, const Bound& bound) {
    TierAnswers& answers = add(name);
    std::vector<uint32_t> segments(answers.segments.size());
    std::iota(segments.begin(), segments.end(), 0);
    return collect(bound, segments, answers);
  }

  // Every other segment alone, then those between them.
  Status halves(const std::string& name, const Bound& whole) {
    TierAnswers& answers = add(name);
    for (uint32_t first = 0; first < 2; ++first) {
      std::vector<uint32_t> segments;
      for (uint32_t i = first; i < answers.segments.size(); i += 2) {
        segments.push_back(i);
      }
      Bound half;
      half.program =
          std::make_shared<Program>(part_of(*whole.program, segments));
      Status status = verify(*half.program);
      if (!status.ok()) return status;
      const auto binding = Binding::make(half.program, snapshot_, now_);
      if (!binding) return binding.error();
      half.binding = *binding;
      half.prepared = std::make_shared<PreparedProgram>(*half.program);
      status = collect(half, segments, answers);
      if (!status.ok()) return status;
    }
    return {};
  }

  // The outputs of a program, which are of these segments.
  Status collect(const Bound& bound, const std::vector<uint32_t>& segments,
                 TierAnswers& answers) const {
    BlockBits bits(*bound.program);
    Scratch scratch;
    for (uint32_t block = 0; block < snapshot_->blocks(); ++block) {
      const auto versions = bound.binding->block(block);
      if (!versions) return versions.error();
      bits.evaluate(**versions, *bound.prepared, bound.machine.get(), scratch);
      for (uint32_t i = 0; i < segments.size(); ++i) {
        ReferenceSegment& segment = answers.segments[segments[i]];
        ordinals_of_block(block, bits.members(i), segment.members);
        ordinals_of_block(block, bits.errors(i), segment.undecided);
      }
    }
    for (const uint32_t i : segments) leave_decided(answers.segments[i]);
    return {};
  }

  static void leave_decided(ReferenceSegment& segment) {
    std::erase_if(segment.members, [&](uint32_t ordinal) {
      return std::ranges::binary_search(segment.undecided, ordinal);
    });
  }

  // A run as users start it; of who is undecided it tells the first.
  Status whole(const std::string& name, const Bound& bound) {
    const auto executor = serial_executor();
    RunControls controls;
    controls.executor = executor.get();
    const auto outcome = run(*bound.binding, *bound.prepared, controls);
    if (!outcome) return outcome.error();
    const TierAnswers reference = answers_.front();
    TierAnswers& answers = add(name);
    answers.profiles = outcome->profiles;
    for (uint32_t i = 0; i < answers.segments.size(); ++i) {
      const SegmentMembers& found = outcome->segments[i];
      ReferenceSegment& segment = answers.segments[i];
      if (!found.undecided) {
        segment.members = found.members.ordinals();
        continue;
      }
      const ReferenceSegment& right = reference.segments[i];
      const bool same = !right.undecided.empty() &&
                        right.undecided.front() == found.undecided_ordinal;
      segment.undecided = {found.undecided_ordinal};
      if (same) segment = right;
    }
    return {};
  }

  Status points(const std::string& name, const Bound& bound) {
    TierAnswers& answers = add(name);
    PointQuery query(bound.binding, bound.prepared, bound.machine);
    std::vector<uint64_t> members(query.words());
    std::vector<uint64_t> undecided(query.words());
    for (uint32_t ordinal = 0; ordinal < snapshot_->profiles(); ++ordinal) {
      const Status status = query.evaluate(ordinal, members, undecided);
      if (!status.ok()) return status;
      for (size_t i = 0; i < answers.segments.size(); ++i) {
        ReferenceSegment& segment = answers.segments[i];
        const auto has = [i](const std::vector<uint64_t>& words) {
          return (words[i / 64] >> (i % 64) & 1) != 0;
        };
        if (has(undecided)) {
          segment.undecided.push_back(ordinal);
        } else if (has(members)) {
          segment.members.push_back(ordinal);
        }
      }
    }
    return {};
  }

  const Repository& repository_;
  const std::shared_ptr<const Snapshot>& snapshot_;
  int64_t now_;
  std::vector<CodeKind> codes_;
  std::vector<TierAnswers> answers_;
};

std::string list_difference(const std::vector<uint32_t>& right,
                            const std::vector<uint32_t>& wrong) {
  std::vector<uint32_t> missing;
  std::vector<uint32_t> surplus;
  std::ranges::set_difference(right, wrong, std::back_inserter(missing));
  std::ranges::set_difference(wrong, right, std::back_inserter(surplus));
  if (!missing.empty()) return fmt::format("lacks {}", missing.front());
  return surplus.empty() ? "" : fmt::format("adds {}", surplus.front());
}

}  // namespace

Result<std::vector<TierAnswers>> ask_every_tier(
    const Repository& repository,
    const std::shared_ptr<const Snapshot>& snapshot, int64_t now,
    const TierOptions& options) {
  if (repository.fits.empty()) {
    return Asker(repository, snapshot, now).ask(options);
  }
  const auto ready = fitted_alike(repository, snapshot, now);
  if (!ready) return std::unexpected(ready.error());
  return Asker(*ready, snapshot, now).ask(options);
}

std::string first_difference(const Repository& repository,
                             const std::vector<TierAnswers>& answers) {
  const TierAnswers& right = answers.front();
  for (const TierAnswers& tier : answers) {
    if (tier.profiles != right.profiles) {
      return fmt::format("{}: {} profiles instead of {}", tier.tier,
                         tier.profiles, right.profiles);
    }
    for (size_t i = 0; i < right.segments.size(); ++i) {
      const std::string& name = repository.segments[i].name;
      std::string found = list_difference(right.segments[i].undecided,
                                          tier.segments[i].undecided);
      if (!found.empty()) {
        return fmt::format("{}, segment {}: of the undecided {}", tier.tier,
                           name, found);
      }
      found =
          list_difference(right.segments[i].members, tier.segments[i].members);
      if (!found.empty()) {
        return fmt::format("{}, segment {}: {}", tier.tier, name, found);
      }
    }
  }
  return "";
}

}  // namespace kitle::testing
