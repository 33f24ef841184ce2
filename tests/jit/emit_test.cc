// Machine code against the interpreter: equal bits for random programs on
// random blocks, at each CPU level that the machine at hand can run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "compiler/code_maker.h"
#include "runtime/eval/image.h"
#include "runtime/eval/interpreter.h"
#include "tests/support/eval/random_program.h"

namespace kitle::test {
namespace {

const std::string kKey(32, '0');

std::vector<CpuLevel> levels_at_hand() {
  std::vector<CpuLevel> levels;
  if (__builtin_cpu_supports("x86-64-v3")) levels.push_back(CpuLevel::kV3);
  const bool v4 = __builtin_cpu_supports("x86-64-v4") &&
                  __builtin_cpu_supports("avx512vpopcntdq") &&
                  __builtin_cpu_supports("avx512vbmi");
  if (v4) levels.push_back(CpuLevel::kV4);
  return levels;
}

CodeRequest request_of(const RandomBlock& block, CpuLevel level) {
  CodeRequest request{&block.program, block.bound.code, {}, level};
  for (const ColumnView& slot : block.bound.slots) {
    request.layout.push_back(slot.physical);
  }
  return request;
}

std::shared_ptr<const Image> image_of(const RandomBlock& block,
                                      CpuLevel level) {
  const auto parts = kitle_code_maker()->make(request_of(block, level));
  if (!parts) {
    ADD_FAILURE() << parts.error().message();
    return nullptr;
  }
  const auto image = Image::load(pack_image(kKey, *parts), kKey);
  EXPECT_TRUE(image.has_value());
  return image ? *image : nullptr;
}

using Bitmaps = std::vector<std::vector<uint64_t>>;

std::vector<uint64_t*> pointers(Bitmaps& maps) {
  std::vector<uint64_t*> found;
  for (auto& map : maps) found.push_back(map.data());
  return found;
}

// Members, then errors, by output.
Bitmaps run(const RandomBlock& block, const std::vector<Chunk>& chunks,
            ChunkFunction function) {
  const Prepared prepared(block.program, *block.bound.code);
  Scratch scratch;
  scratch.reserve(prepared, limits_of(prepared.tables(), block.bound, chunks));
  const std::vector<uint64_t> untouched((block.bound.profiles + 63) / 64,
                                        0x5555555555555555);
  Bitmaps members(prepared.code().outputs.size(), untouched);
  Bitmaps errors = members;
  const auto member_words = pointers(members);
  const auto error_words = pointers(errors);
  for (const Chunk& chunk : chunks) {
    run_chunk(prepared, block.bound, chunk, scratch,
              {member_words, error_words}, function);
  }
  members.insert(members.end(), errors.begin(), errors.end());
  return members;
}

// Makes everything that is found out about profiles an output.
void show_all_bits(RandomBlock& block) {
  Code& code = block.program.general;
  code.outputs.clear();
  for (const Instruction& what : code.instructions) {
    for (const uint32_t reg : {what.dst, what.dst2}) {
      if (reg == kNone || code.registers[reg].domain != kProfiles ||
          code.registers[reg].kind != RegisterKind::kBits) {
        continue;
      }
      code.outputs.push_back({0, reg, kNone});
    }
  }
}

std::unique_ptr<RandomBlock> block_with_program(uint64_t seed,
                                                const BlockShape& shape,
                                                size_t instructions) {
  Random random(seed);
  auto block = random_block(random, shape);
  random_program(random, instructions, *block);
  return block;
}

std::string output_name(const RandomBlock& block, size_t index) {
  const Code& code = *block.bound.code;
  const size_t count = code.outputs.size();
  const Output& output = code.outputs[index % count];
  const uint32_t reg = index < count ? output.bits : output.error;
  for (size_t i = 0; i < code.instructions.size(); ++i) {
    const Instruction& what = code.instructions[i];
    if (what.dst == reg || what.dst2 == reg) {
      return std::string(op_name(what.op)) + ", instruction " +
             std::to_string(i);
    }
  }
  return "";
}

void expect_equal_bits(const RandomBlock& block,
                       const std::vector<Chunk>& chunks) {
  const Bitmaps expected = run(block, chunks, nullptr);
  for (const CpuLevel level : levels_at_hand()) {
    SCOPED_TRACE("v" + std::to_string(static_cast<int>(level)));
    const auto image = image_of(block, level);
    ASSERT_NE(image, nullptr);
    const Bitmaps found = run(block, chunks, image->function());
    for (size_t i = 0; i < expected.size(); ++i) {
      ASSERT_EQ(found[i], expected[i]) << output_name(block, i);
    }
  }
}

std::vector<Chunk> chunks_of(const RandomBlock& block) {
  return split_chunks({0, 1, 2}, block.bound);
}

std::vector<Chunk> in_pieces(uint32_t rows, uint32_t piece) {
  std::vector<Chunk> chunks;
  for (uint32_t first = 0; first < rows; first += piece) {
    chunks.push_back({first, std::min(piece, rows - first)});
  }
  return chunks;
}

// Functions lie in the text one behind the other, and each instruction that is
// emitted is computed by one of them.
void expect_functions(const Image& image, const Code& code) {
  const std::vector<ImageFunction>& all = image.functions();
  std::vector<int> computed(code.instructions.size());
  uint32_t end = 0;
  for (const ImageFunction& each : all) {
    EXPECT_GE(each.offset, end);
    EXPECT_GT(each.bytes, 0u);
    end = each.offset + each.bytes;
    ASSERT_LE(size_t{each.first} + each.count, computed.size());
    for (uint32_t i = 0; i < each.count; ++i) ++computed[each.first + i];
  }
  for (size_t i = 0; i < computed.size(); ++i) {
    EXPECT_GE(computed[i], is_emitted(code.instructions[i]) ? 1 : 0) << i;
  }
  const auto* entry = reinterpret_cast<const std::byte*>(image.function());
  EXPECT_TRUE(std::ranges::any_of(all, [&](const ImageFunction& each) {
    return each.count == 0 && image.text().data() + each.offset == entry;
  }));
}

TEST(MachineCode, ItsFunctionsAreKnown) {
  const auto block = block_with_program(1, {}, 300);
  for (const CpuLevel level : levels_at_hand()) {
    const auto image = image_of(*block, level);
    ASSERT_NE(image, nullptr);
    EXPECT_GT(image->functions().size(), 10u);
    expect_functions(*image, *block->bound.code);
  }
}

TEST(MachineCode, RandomProgramsHaveTheInterpretersBits) {
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(seed);
    const auto block = block_with_program(seed, {}, 300);
    expect_equal_bits(*block, chunks_of(*block));
    if (HasFailure()) return;
  }
}

TEST(MachineCode, EveryResultOfARandomProgramHasTheInterpretersBits) {
  for (uint64_t seed = 101; seed <= 108; ++seed) {
    SCOPED_TRACE(seed);
    const auto block = block_with_program(seed, {}, 400);
    show_all_bits(*block);
    expect_equal_bits(*block, chunks_of(*block));
    if (HasFailure()) return;
  }
}

TEST(MachineCode, ChunksMayBeginAtAnyRow) {
  const auto block = block_with_program(31, {.rows = 331}, 300);
  show_all_bits(*block);
  for (const uint32_t piece : {1u, 7u, 63u, 64u, 65u, 200u}) {
    SCOPED_TRACE(piece);
    expect_equal_bits(*block, in_pieces(331, piece));
  }
}

TEST(MachineCode, BlocksWithoutMissingValuesNeedNoValidityBits) {
  const auto block = block_with_program(32, {.missing = 0}, 400);
  show_all_bits(*block);
  expect_equal_bits(*block, chunks_of(*block));
}

TEST(MachineCode, BlocksWithoutAnyEventHaveTheInterpretersBits) {
  const auto block = block_with_program(33, {.empty_rows = 1}, 300);
  show_all_bits(*block);
  expect_equal_bits(*block, chunks_of(*block));
}

TEST(MachineCode, AGiantProfileIsAChunkOfItsOwn) {
  const BlockShape shape{.rows = 70, .giant_events = 70'000};
  const auto block = block_with_program(34, shape, 120);
  show_all_bits(*block);
  expect_equal_bits(*block, chunks_of(*block));
}

TEST(MachineCode, ManyRowsAreManyChunks) {
  const BlockShape shape{.rows = 5000, .mean_events = 3};
  const auto block = block_with_program(35, shape, 200);
  show_all_bits(*block);
  expect_equal_bits(*block, chunks_of(*block));
}

}  // namespace
}  // namespace kitle::test
