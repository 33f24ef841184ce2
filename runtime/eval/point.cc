#include "runtime/eval/point.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace kitle {
namespace {

Status no_such(uint32_t ordinal) {
  return {StatusCode::kInvalid, "evaluate a profile", "",
          "no profile has the ordinal " + std::to_string(ordinal)};
}

// Where a row of the block is in its overlay, if it is there.
const uint32_t* find_in_overlay(const BlockView* overlay, uint32_t row) {
  if (overlay == nullptr) return nullptr;
  const auto found =
      std::lower_bound(overlay->rows.begin(), overlay->rows.end(), row);
  return found != overlay->rows.end() && *found == row ? &*found : nullptr;
}

// Clamped: offsets in a mapping may change under us.
std::pair<uint32_t, uint32_t> rows_of(const BoundTable& table, uint32_t row) {
  if (table.offsets == nullptr) return {0, 0};
  const uint32_t begin = std::min(table.offsets[row], table.events);
  return {begin, std::clamp(table.offsets[row + 1], begin, table.events)};
}

void copy_bits(std::span<const uint64_t> words, uint32_t bit,
               std::span<uint64_t> bits) {
  std::fill(bits.begin(), bits.end(), 0);
  for (size_t i = 0; i < words.size(); ++i) {
    bits[i / 64] |= ((words[i] >> bit) & 1) << (i % 64);
  }
}

}  // namespace

PointQuery::PointQuery(std::shared_ptr<const Binding> binding,
                       std::shared_ptr<const PreparedProgram> prepared,
                       std::shared_ptr<const MachineCode> machine)
    : binding_(std::move(binding)),
      prepared_(std::move(prepared)),
      machine_(std::move(machine)),
      words_(segments() * 2),
      members_(segments()),
      errors_(segments()) {}

Status PointQuery::evaluate(uint32_t ordinal, std::span<uint64_t> members,
                            std::span<uint64_t> undecided) {
  if (members.size() < words() || undecided.size() < words()) {
    return {StatusCode::kInvalid, "evaluate a profile", "",
            "room for " + std::to_string(words()) + " words is needed"};
  }
  if (ordinal >= binding_->snapshot().profiles()) return no_such(ordinal);
  const auto versions = binding_->block(ordinal >> kBlockBits);
  if (!versions) return versions.error();
  const uint32_t row = ordinal & (kBlockRows - 1);
  const BlockView* overlay = (*versions)->overlay_view;
  const uint32_t* place = find_in_overlay(overlay, row);
  const bool in_overlay = place != nullptr;
  const uint32_t at =
      in_overlay ? static_cast<uint32_t>(place - overlay->rows.data()) : row;
  evaluate_row(in_overlay ? (*versions)->overlay : (*versions)->base, at);
  const std::span<const uint64_t> all(words_);
  copy_bits(all.first(segments()), at % 64, members);
  copy_bits(all.subspan(segments()), at % 64, undecided);
  return binding_->snapshot().health();
}

void PointQuery::reserve(const Prepared& code, const BoundBlock& bound,
                         uint32_t row) {
  limits_.rows = 1;
  limits_.places.assign(bound.tables.size(), 0);
  for (const uint32_t table : code.tables()) {
    const auto [begin, end] = rows_of(bound.tables[table], row);
    limits_.places[table] = end - (begin & ~63u);
  }
  scratch_.reserve(code, limits_);
}

void PointQuery::evaluate_row(const BoundBlock& stored, uint32_t row) {
  const Prepared& code = prepared_->of(stored);
  const BoundBlock& bound = derived_.make(code, stored, row, 1);
  const std::vector<Output>& outputs = code.code().outputs;
  for (size_t i = 0; i < outputs.size(); ++i) {
    const uint32_t segment = outputs[i].segment;
    members_[i] = &words_[segment];
    errors_[i] =
        outputs[i].error == kNone ? nullptr : &words_[segments() + segment];
  }
  std::fill(words_.begin(), words_.end(), 0);
  const Chunk chunk{row, 1};
  reserve(code, bound, row);
  const ChunkFunction function =
      machine_ == nullptr ? nullptr : machine_->function_for(bound);
  run_chunk(code, bound, chunk, scratch_,
            {.members = members_, .errors = errors_, .first_row = row & ~63u},
            function);
}

}  // namespace kitle
