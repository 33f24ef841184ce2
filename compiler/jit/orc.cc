// LLVM IR -> the bytes of an image, by ORC: LLJIT compiles and links into
// memory of ours at made-up addresses, from which the image is copied. The
// one file with ORC.
#include <llvm/ExecutionEngine/JITLink/x86_64.h>
#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/TargetSelect.h>

#include <algorithm>
#include <cassert>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "compiler/code_maker.h"
#include "compiler/jit/emit.h"
#include "compiler/jit/regions.h"

namespace kitle {
namespace {

namespace jitlink = llvm::jitlink;
namespace orc = llvm::orc;
using llvm::BitmaskEnumDetail::operator&;

// Distances alone count; no code ever runs here.
constexpr uint64_t kBase = uint64_t{1} << 32;

llvm::Error refused(const char* why) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), why);
}

uint64_t whole_pages(uint64_t bytes) {
  return (bytes + kImagePage - 1) / kImagePage * kImagePage;
}

// Gives the one object its two segments and keeps what became of them.
class ImageMemory : public jitlink::JITLinkMemoryManager {
 public:
  explicit ImageMemory(ImageParts& parts) : parts_(parts) {}

  void allocate(const jitlink::JITLinkDylib* /*dylib*/,
                jitlink::LinkGraph& graph,
                OnAllocatedFunction allocated) override {
    jitlink::BasicLayout layout(graph);
    llvm::Error error = place(layout);
    if (!error) error = layout.apply();
    if (error) return allocated(std::move(error));
    allocated(std::make_unique<InFlight>());
  }

  void deallocate(std::vector<FinalizedAlloc> allocations,
                  OnDeallocatedFunction deallocated) override {
    for (FinalizedAlloc& allocation : allocations) allocation.release();
    deallocated(llvm::Error::success());
  }

 private:
  class InFlight : public InFlightAlloc {
   public:
    void finalize(OnFinalizedFunction finalized) override {
      finalized(FinalizedAlloc(orc::ExecutorAddr(kBase)));
    }
    void abandon(OnAbandonedFunction abandoned) override {
      abandoned(llvm::Error::success());
    }
  };

  // Text, then data from the next page on.
  llvm::Error place(jitlink::BasicLayout& layout) {
    if (!parts_.text.empty()) return refused("machine code of two objects");
    uint64_t text = 0;
    for (auto& [group, segment] : layout.segments()) {
      const bool runs =
          (group.getMemProt() & orc::MemProt::Exec) != orc::MemProt::None;
      const bool changes =
          (group.getMemProt() & orc::MemProt::Write) != orc::MemProt::None;
      if (changes || segment.ZeroFillSize != 0) {
        return refused("machine code with variables");
      }
      std::string& bytes = runs ? parts_.text : parts_.data;
      if (!bytes.empty()) return refused("machine code of many segments");
      bytes.resize(segment.ContentSize);
      segment.WorkingMem = bytes.data();
      if (runs) text = segment.ContentSize;
    }
    for (auto& [group, segment] : layout.segments()) {
      const bool runs = segment.WorkingMem == parts_.text.data();
      segment.Addr = orc::ExecutorAddr(kBase + (runs ? 0 : whole_pages(text)));
    }
    return llvm::Error::success();
  }

  ImageParts& parts_;
};

// A look at what is linked; it keeps nothing for later.
class Linking : public orc::ObjectLinkingLayer::Plugin {
 public:
  llvm::Error notifyFailed(
      orc::MaterializationResponsibility& /*unit*/) override {
    return llvm::Error::success();
  }
  llvm::Error notifyRemovingResources(orc::JITDylib& /*dylib*/,
                                      orc::ResourceKey /*key*/) override {
    return llvm::Error::success();
  }
  void notifyTransferringResources(orc::JITDylib& /*dylib*/,
                                   orc::ResourceKey /*to*/,
                                   orc::ResourceKey /*from*/) override {}
};

// Lets through what stays right at any address: distances within the image.
class OnlyDistances : public Linking {
 public:
  void modifyPassConfig(orc::MaterializationResponsibility& /*unit*/,
                        jitlink::LinkGraph& /*graph*/,
                        jitlink::PassConfiguration& config) override {
    config.PreFixupPasses.emplace_back(check);
  }

 private:
  static llvm::Error check(jitlink::LinkGraph& graph) {
    if (!graph.external_symbols().empty()) {
      return refused("machine code with a symbol of another");
    }
    for (const jitlink::Block* block : graph.blocks()) {
      for (const jitlink::Edge& edge : block->edges()) {
        if (!is_distance(edge.getKind())) {
          return refused("machine code with an address in it");
        }
      }
    }
    return llvm::Error::success();
  }

  static bool is_distance(jitlink::Edge::Kind kind) {
    switch (kind) {
      case jitlink::Edge::KeepAlive:
      case jitlink::x86_64::Delta32:
      case jitlink::x86_64::Delta64:
      case jitlink::x86_64::NegDelta32:
      case jitlink::x86_64::PCRel32:
      case jitlink::x86_64::BranchPCRel32:
        return true;
      default:
        return false;
    }
  }
};

// Notes where each function is, for profilers, and the frames, for debuggers.
class FunctionPlaces : public Linking {
 public:
  FunctionPlaces(const Code& code, ImageParts& parts)
      : known_(region_functions(code)), parts_(parts) {}

  void modifyPassConfig(orc::MaterializationResponsibility& /*unit*/,
                        jitlink::LinkGraph& /*graph*/,
                        jitlink::PassConfiguration& config) override {
    // Calls within the text know distances, not symbols, which would go.
    config.PrePrunePasses.emplace_back([](jitlink::LinkGraph& graph) {
      for (jitlink::Symbol* each : functions_of(graph)) each->setLive(true);
      return llvm::Error::success();
    });
    config.PreFixupPasses.emplace_back([this](jitlink::LinkGraph& graph) {
      for (const jitlink::Symbol* each : functions_of(graph)) add(*each);
      std::ranges::sort(parts_.functions, {}, &ImageFunction::offset);
      add_frames(graph);
      return llvm::Error::success();
    });
  }

 private:
  static std::vector<jitlink::Symbol*> functions_of(jitlink::LinkGraph& graph) {
    std::vector<jitlink::Symbol*> functions;
    for (jitlink::Symbol* each : graph.defined_symbols()) {
      if (each->isCallable() && each->hasName()) functions.push_back(each);
    }
    return functions;
  }

  void add(const jitlink::Symbol& symbol) {
    const auto known = known_.find(symbol.getName().str());
    ImageFunction found =
        known == known_.end() ? ImageFunction() : known->second;
    found.offset =
        static_cast<uint32_t>(symbol.getAddress().getValue() - kBase);
    found.bytes = static_cast<uint32_t>(symbol.getSize());
    parts_.functions.push_back(found);
  }

  void add_frames(jitlink::LinkGraph& graph) {
    const jitlink::Section* frames = graph.findSectionByName(".eh_frame");
    if (frames == nullptr) return;
    const jitlink::SectionRange range(*frames);
    parts_.frames =
        range.getStart().getValue() - kBase - whole_pages(parts_.text.size());
    parts_.frame_bytes = range.getSize();
  }

  std::map<std::string, ImageFunction> known_;
  ImageParts& parts_;
};

llvm::CodeGenOptLevel effort_of(CodeEffort effort) {
  switch (effort) {
    case CodeEffort::kLeast:
      return llvm::CodeGenOptLevel::None;
    case CodeEffort::kLess:
      return llvm::CodeGenOptLevel::Less;
    case CodeEffort::kUsual:
      return llvm::CodeGenOptLevel::Default;
    case CodeEffort::kMost:
      return llvm::CodeGenOptLevel::Aggressive;
  }
  return llvm::CodeGenOptLevel::Default;
}

// A CPU of the level, whatever the one at hand can do beyond it.
orc::JITTargetMachineBuilder target_of(const CodeRequest& request) {
  orc::JITTargetMachineBuilder target(llvm::Triple("x86_64-pc-linux-gnu"));
  target.setRelocationModel(llvm::Reloc::PIC_);
  target.setCodeModel(llvm::CodeModel::Small);
  target.setCodeGenOptLevel(effort_of(request.effort));
  target.getOptions().AllowFPOpFusion = llvm::FPOpFusion::Strict;
  switch (request.level) {
    case CpuLevel::kV3:
      target.setCPU("x86-64-v3");
      target.addFeatures({"+fast-gather"});
      break;
    case CpuLevel::kV4:
      target.setCPU("x86-64-v4");
      target.addFeatures(
          {"+avx512vpopcntdq", "+avx512vbmi", "-prefer-256-bit"});
      break;
  }
  return target;
}

// The code is written as it is to be; what is left is to tidy it.
void optimize(llvm::Module& module, llvm::TargetMachine& machine) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder(&machine);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  llvm::ModulePassManager passes;
  llvm::cantFail(builder.parsePassPipeline(
      passes, "function(early-cse,instcombine<no-verify-fixpoint>)"));
  passes.run(module, modules);
}

llvm::Error compile(const CodeRequest& request, ImageParts& parts) {
  auto context = std::make_unique<llvm::LLVMContext>();
  std::unique_ptr<llvm::Module> module = emit(request, *context);
  assert(!llvm::verifyModule(*module, &llvm::errs()));
  orc::JITTargetMachineBuilder target = target_of(request);
  auto machine = target.createTargetMachine();
  if (!machine) return machine.takeError();
  module->setTargetTriple(target.getTargetTriple().str());
  module->setDataLayout((*machine)->createDataLayout());
  if (request.effort != CodeEffort::kLeast) optimize(*module, **machine);
  const auto linking = [&](orc::ExecutionSession& session,
                           const llvm::Triple& /*triple*/)
      -> llvm::Expected<std::unique_ptr<orc::ObjectLayer>> {
    auto layer = std::make_unique<orc::ObjectLinkingLayer>(
        session, std::make_unique<ImageMemory>(parts));
    layer->addPlugin(std::make_shared<OnlyDistances>());
    layer->addPlugin(std::make_shared<FunctionPlaces>(*request.code, parts));
    return layer;
  };
  auto jit = orc::LLJITBuilder()
                 .setJITTargetMachineBuilder(std::move(target))
                 .setObjectLinkingLayerCreator(linking)
                 .setPlatformSetUp(orc::setUpInactivePlatform)
                 .setLinkProcessSymbolsByDefault(false)
                 .create();
  if (!jit) return jit.takeError();
  // Errors come back from lookup; nothing is printed.
  (*jit)->getExecutionSession().setErrorReporter(
      [](llvm::Error error) { llvm::consumeError(std::move(error)); });
  llvm::Error added = (*jit)->addIRModule(
      orc::ThreadSafeModule(std::move(module), std::move(context)));
  if (added) return added;
  auto entry = (*jit)->lookup(kChunkSymbol);
  if (!entry) return entry.takeError();
  parts.entry = entry->getValue() - kBase;
  return llvm::Error::success();
}

Status failure(llvm::Error error) {
  return {StatusCode::kUnsupported, "make machine code", "",
          llvm::toString(std::move(error))};
}

class OrcMaker : public CodeMaker {
 public:
  OrcMaker() {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
  }

  Result<ImageParts> make(const CodeRequest& request) const override {
    ImageParts parts;
    llvm::Error error = compile(request, parts);
    if (error) return std::unexpected(failure(std::move(error)));
    return parts;
  }

  Result<std::string> source(const CodeRequest& request) const override {
    llvm::LLVMContext context;
    const std::unique_ptr<llvm::Module> module = emit(request, context);
    orc::JITTargetMachineBuilder target = target_of(request);
    auto machine = target.createTargetMachine();
    if (!machine) return std::unexpected(failure(machine.takeError()));
    module->setTargetTriple(target.getTargetTriple().str());
    module->setDataLayout((*machine)->createDataLayout());
    optimize(*module, **machine);
    std::string text;
    llvm::raw_string_ostream stream(text);
    module->print(stream, nullptr);
    return text;
  }
};

}  // namespace
}  // namespace kitle

const kitle::CodeMaker* kitle_code_maker() {
  static const kitle::OrcMaker maker;
  return &maker;
}
