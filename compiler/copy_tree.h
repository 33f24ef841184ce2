// Copies of syntax with the parameters of a template replaced. Internal to
// compiler/expand*.cc.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "grammar/ast.h"

namespace kitle {

// What a parameter is in one call.
struct Argument {
  const ParameterDecl* parameter = nullptr;
  const Expr* value = nullptr;  // kValue
  std::string event;            // kEvent, kProperty
  std::string column;           // kProperty, kAttribute
};
using Arguments = std::unordered_map<std::string, Argument>;

class TreeCopier {
 public:
  // Places in the file `from` become places in `to`. `profile`: its name, by
  // which attributes are called in a `where`. All outlive this. Beyond `most`
  // nodes nothing is copied any more.
  TreeCopier(const Arguments& arguments, uint32_t from, uint32_t to,
             const std::string& profile, uint64_t most)
      : arguments_(arguments),
        from_(from),
        to_(to),
        profile_(profile),
        most_(most) {}

  // Names that are others in the copy; they outlive this.
  void rename(const std::unordered_map<std::string, std::string>& renames) {
    renames_ = &renames;
  }

  ExprPtr copy(const ExprPtr& tree);
  // The event that a parameter is.
  Name event_of(Name name) const;
  ExprPtr copy_one(const Expr& tree);
  Name copy(const Name& name) const { return {name.text, copy(name.span)}; }
  Span copy(Span span) const;
  Window copy(const Window& window);
  Amount copy(const Amount& amount);
  std::unique_ptr<EventClause> copy(const EventClause& clause);
  // The property that a parameter is.
  Name column(Name name) const;
  uint64_t nodes() const { return nodes_; }
  bool too_big() const { return nodes_ > most_; }
  // Arguments that stand for a length of time and are none.
  const std::vector<const Expr*>& no_lengths() const { return no_lengths_; }

 private:
  ExprPtr whole(const Expr& tree);
  ExprPtr named(const Expr& name);
  ExprPtr argument(const Expr& use, const Argument& argument);
  ExprPtr given(const Expr& value);
  void copy_fields(const Expr& from, Expr& to);
  Anchor copy(const Anchor& anchor);
  StepClause copy(const StepClause& step);
  void rename(EventClause& clause) const;
  // Of a path its first part.
  void rename(std::string& name) const;
  const Argument* find(std::string_view name, ParameterKind kind) const;

  const Arguments& arguments_;
  uint32_t from_;
  uint32_t to_;
  const std::string& profile_;
  bool in_where_ = false;
  const std::unordered_map<std::string, std::string>* renames_ = nullptr;
  uint64_t most_;
  uint64_t nodes_ = 0;
  size_t depth_ = 0;
  std::vector<const Expr*> no_lengths_;
};

}  // namespace kitle
