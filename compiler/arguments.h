// What the parameters of a template are in one call, and what is wrong with
// them. Internal to compiler/expand*.cc.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "compiler/copy_tree.h"
#include "grammar/diagnostic.h"

namespace kitle {

class ArgumentMatcher {
 public:
  // Both outlive this.
  ArgumentMatcher(const Syntax& syntax, Diagnostics& diagnostics)
      : syntax_(syntax), diagnostics_(diagnostics) {}

  // Types and events that do not exist, names that stand twice.
  void check_parameters(const std::vector<ParameterDecl>& parameters);

  // Parameters that are in none of these names.
  void warn_unused(const std::vector<ParameterDecl>& parameters,
                   const std::string& name,
                   std::unordered_set<std::string> used);

  // By their places; null where one is not given. Nothing after a mistake,
  // which is reported.
  std::optional<Arguments> match(const std::string& name,
                                 const std::vector<ParameterDecl>& parameters,
                                 const std::vector<const Expr*>& given,
                                 Span call);
  void report_count(const std::string& name,
                    const std::vector<ParameterDecl>& parameters, Span call,
                    size_t given);
  // One of them; false after a mistake.
  bool match(const ParameterDecl& parameter, const Expr& written,
             const Arguments& before, Argument& argument);

 private:
  bool event(const ParameterDecl& parameter, const Expr& written,
             Argument& argument);
  bool property(const ParameterDecl& parameter, const Expr& written,
                const Arguments& before, Argument& argument);
  bool attribute(const ParameterDecl& parameter, const Expr& written,
                 Argument& argument);
  // An event, a group or sessions, with what can be asked of it.
  struct Event {
    std::string name;
    std::vector<const ColumnDecl*> columns;
    std::vector<ColumnDecl> own;  // of sessions, as if they were written there
  };
  const Event* find_event(const std::string& name);
  const Event* find_sessions(const std::string& name);
  void find_common(const GroupDecl& group, Event& made);
  bool same_type(const ParameterDecl& parameter, const ColumnDecl& column,
                 Span place);
  bool wrong(const ParameterDecl& parameter, const Expr& written,
             const std::string& wanted);
  void check_of(const ParameterDecl& parameter,
                const std::vector<ParameterDecl>& all);

  const Syntax& syntax_;
  Diagnostics& diagnostics_;
  std::unordered_map<std::string, Event> events_;  // those asked for, by name
};

}  // namespace kitle
