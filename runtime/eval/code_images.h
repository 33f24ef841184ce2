// Images of a program's codes, each for the physical types of some blocks.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "runtime/eval/bind.h"
#include "runtime/eval/gdb.h"
#include "runtime/eval/image.h"
#include "runtime/eval/machine.h"

namespace kitle {

// By slot of the program.
std::vector<Physical> layout_of(const BoundBlock& block);
bool has_layout(const BoundBlock& block, const std::vector<Physical>& layout);
// Whether there is a function for each block of the snapshot. Blocks that
// cannot be read are left to the run, which says so.
bool answers_all(const MachineCode& code, const Binding& bound);

class CodeImages : public MachineCode {
 public:
  ChunkFunction function_for(const BoundBlock& block) const override;
  // `shown`: to gdb, or null.
  void add(const Code* code, std::vector<Physical> layout,
           std::shared_ptr<const Image> image,
           std::shared_ptr<const GdbFile> shown) {
    made_.push_back(
        {code, std::move(layout), std::move(image), std::move(shown)});
  }
  bool empty() const { return made_.empty(); }

 private:
  struct Made {
    const Code* code;
    std::vector<Physical> layout;
    std::shared_ptr<const Image> image;
    std::shared_ptr<const GdbFile> shown;  // goes before the image
  };
  std::vector<Made> made_;
};

}  // namespace kitle
