// See machine.h.
#include "compiler/machine.h"

#include <xxhash.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "compiler/code_maker.h"
#include "compiler/machine_cache.h"
#include "compiler/machine_module.h"
#include "runtime/eval/code_images.h"
#include "runtime/eval/perf_map.h"
#include "runtime/unfinished_work.h"

namespace kitle {
namespace {

Status unsupported(const char* cause) {
  return {StatusCode::kUnsupported, "make machine code", "", cause};
}

Status old_cpu() { return unsupported("this CPU is older than x86-64-v3"); }

// ---- keys: everything that machine code depends on ----

class Hash {
 public:
  template <class T>
  void add(T value) {
    text_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void add_text(std::string_view text) {
    add(text.size());
    text_ += text;
  }
  // 32 hexadecimal digits.
  std::string digits() const {
    const XXH128_hash_t hash = XXH3_128bits(text_.data(), text_.size());
    std::string text;
    for (const uint64_t half : {hash.high64, hash.low64}) {
      for (int shift = 60; shift >= 0; shift -= 4) {
        text += "0123456789abcdef"[half >> shift & 15];
      }
    }
    return text;
  }

 private:
  std::string text_;
};

void add_shape(const CodeRequest& request, Hash& hash) {
  const Program& program = *request.program;
  hash.add(program.tables.size());
  hash.add(program.slots.size());
  for (size_t i = 0; i < program.slots.size(); ++i) {
    const Slot& slot = program.slots[i];
    hash.add(slot.kind);
    hash.add(slot.table);
    hash.add(slot.type);
    hash.add(request.layout[i]);
  }
  hash.add(request.code->registers.size());
  for (const Register& reg : request.code->registers) {
    hash.add(reg.kind);
    hash.add(reg.domain);
  }
  hash.add(request.code->instructions.size());
  for (const Instruction& what : request.code->instructions) {
    hash.add(what.op);
    for (const uint32_t part :
         {what.dst, what.dst2, what.a, what.b, what.c, what.v, what.slot,
          what.slot2, what.table, what.param, what.list}) {
      hash.add(part);
    }
    hash.add(what.imm);
  }
  hash.add(request.code->lists.size());
  for (const std::vector<uint32_t>& list : request.code->lists) {
    hash.add(list.size());
    for (const uint32_t reg : list) hash.add(reg);
  }
  for (const Output& output : request.code->outputs) {
    hash.add(output.bits);
    hash.add(output.error);
  }
}

std::string key_of(const CodeRequest& request, const std::string& build) {
  Hash hash;
  hash.add_text(build);
  hash.add_text(KITLE_LLVM_VERSION);
  hash.add(request.level);
  hash.add(request.effort);
  add_shape(request, hash);
  return hash.digits();
}

// ---- making ----

// An image and its bytes.
struct MadeImage {
  std::string bytes;
  std::shared_ptr<const Image> image;
};

Result<MadeImage> loaded(std::string bytes, const std::string& key) {
  auto image = Image::load(bytes, key);
  if (!image) return std::unexpected(image.error());
  return MadeImage{std::move(bytes), std::move(*image)};
}

Result<MadeImage> compile(const CodeRequest& request, const std::string& key,
                          const ImageCache* cache) {
  const UnfinishedWork work = UnfinishedWork::begin();
  if (!work) return std::unexpected(unsupported("the process is at its end"));
  const auto maker = code_maker();
  if (!maker) return std::unexpected(maker.error());
  const auto parts = (*maker)->make(request);
  if (!parts) return std::unexpected(parts.error());
  std::string bytes = pack_image(key, *parts);
  if (cache != nullptr) cache->keep(key, bytes);
  return loaded(std::move(bytes), key);
}

Result<MadeImage> find_or_compile(const CodeRequest& request,
                                  const std::string& key,
                                  const ImageCache& cache,
                                  const MachineOptions& options) {
  if (options.use_cache) {
    auto bytes = cache.find(key);
    if (bytes) {
      auto made = loaded(std::move(*bytes), key);
      if (made) return made;
    }
  }
  if (options.compile) {
    return compile(request, key, options.use_cache ? &cache : nullptr);
  }
  return std::unexpected(Status(StatusCode::kNotFound, "find machine code", "",
                                "the cache has none for these rules"));
}

// The build of what makes machine code; an error where it is not there.
Result<std::string> maker_build() {
  std::string build = build_id_of(jit_module_path());
  if (!build.empty()) return build;
  return std::unexpected(unsupported("libkitle_jit is not installed"));
}

// What the snapshot's blocks need, each once. Blocks that cannot be read are
// left to the run, which says so.
std::vector<CodeRequest> requests_of(const Binding& binding, CpuLevel level,
                                     CodeEffort effort) {
  std::vector<CodeRequest> requests;
  const auto add = [&](const BoundBlock& block) {
    if (block.code == nullptr) return;
    const bool known = std::ranges::any_of(requests, [&](const auto& request) {
      return request.code == block.code && has_layout(block, request.layout);
    });
    if (known) return;
    requests.push_back(
        {&binding.program(), block.code, layout_of(block), level, effort});
  };
  for (uint32_t i = 0; i < binding.snapshot().blocks(); ++i) {
    const auto versions = binding.columns(i);
    if (!versions) continue;
    add((*versions)->base);
    if ((*versions)->overlay_view != nullptr) add((*versions)->overlay);
  }
  return requests;
}

Physical narrowest(const Slot& slot) {
  if (is_list(slot.type)) return Physical::kList;
  if (is_text_like(slot.type) || slot.type == TypeKind::kFlag) {
    return Physical::kU8;
  }
  return slot.type == TypeKind::kNumber ? Physical::kF64 : Physical::kI16;
}

}  // namespace

Result<std::shared_ptr<const MachineCode>> make_machine_code(
    const Binding& binding, const MachineOptions& options) {
  auto level = cpu_level();
  if (!level) return std::unexpected(old_cpu());
  if (options.oldest_cpu) level = CpuLevel::kV3;
  const auto build = maker_build();
  if (!build) return std::unexpected(build.error());
  const ImageCache cache(options.cache_folder);
  const std::string map =
      options.perf_map.empty() ? perf_map_path() : options.perf_map;
  auto images = std::make_shared<CodeImages>();
  for (const CodeRequest& request :
       requests_of(binding, *level, options.effort)) {
    auto made =
        find_or_compile(request, key_of(request, *build), cache, options);
    if (!made) return std::unexpected(made.error());
    add_to_perf_map(map, *made->image, *request.program, *request.code);
    auto shown =
        options.gdb || is_shown_to_gdb()
            ? show_to_gdb(*made->image, *request.program, *request.code)
            : nullptr;
    images->add(request.code, request.layout, std::move(made->image),
                std::move(shown));
  }
  return images;
}

namespace {

Result<std::vector<std::vector<Physical>>> layouts_of(const Binding& binding) {
  std::vector<std::vector<Physical>> layouts;
  const auto add = [&](const BoundBlock& block) {
    const bool known = std::ranges::any_of(
        layouts, [&](const auto& each) { return has_layout(block, each); });
    if (!known) layouts.push_back(layout_of(block));
  };
  for (uint32_t i = 0; i < binding.snapshot().blocks(); ++i) {
    const auto versions = binding.columns(i);
    if (!versions) return std::unexpected(versions.error());
    add((*versions)->base);
    if ((*versions)->overlay_view != nullptr) add((*versions)->overlay);
  }
  return layouts;
}

}  // namespace

Result<std::vector<PackedCode>> pack_machine_code(
    const Binding& binding, std::span<const CpuLevel> levels,
    const MachineOptions& options) {
  const auto build = maker_build();
  if (!build) return std::unexpected(build.error());
  const auto layouts = layouts_of(binding);
  if (!layouts) return std::unexpected(layouts.error());
  const ImageCache cache(options.cache_folder);
  const Program& program = binding.program();
  std::vector<PackedCode> packed;
  const auto add = [&](const CodeRequest& request) -> Status {
    std::string key = key_of(request, *build);
    auto made = find_or_compile(request, key, cache, options);
    if (!made) return made.error();
    packed.push_back({request.code == &program.fast, request.layout,
                      request.level, std::move(key), std::move(made->bytes)});
    return {};
  };
  for (const std::vector<Physical>& layout : *layouts) {
    for (const Code* code : {&program.fast, &program.general}) {
      for (const CpuLevel level : levels) {
        const Status added =
            add({&program, code, layout, level, options.effort});
        if (!added.ok()) return std::unexpected(added);
      }
    }
  }
  return packed;
}

Result<std::string> machine_code_source(const Program& program,
                                        const Binding* binding) {
  CodeRequest request{.program = &program, .code = &program.fast, .layout = {}};
  request.level = cpu_level().value_or(CpuLevel::kV3);
  for (const Slot& slot : program.slots) {
    request.layout.push_back(narrowest(slot));
  }
  if (binding != nullptr && binding->snapshot().blocks() > 0) {
    const auto versions = binding->columns(0);
    if (!versions) return std::unexpected(versions.error());
    request.program = &binding->program();
    request.code = (*versions)->base.code;
    request.layout = layout_of((*versions)->base);
  }
  const auto maker = code_maker();
  if (!maker) return std::unexpected(maker.error());
  return (*maker)->source(request);
}

std::string machine_info() {
  const auto level = cpu_level();
  if (!level) return old_cpu().cause();
  if (build_id_of(jit_module_path()).empty()) {
    return "libkitle_jit is not installed";
  }
  return std::string("LLVM ") + KITLE_LLVM_VERSION + ", " +
         cpu_level_name(*level);
}

}  // namespace kitle
