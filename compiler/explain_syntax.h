// What explanations need of the rules' texts that the typed tree does not have:
// lines of personas, dimensions of scores, what was given for parameters. Files
// are parsed again where that is asked for.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "grammar/ast.h"
#include "grammar/source.h"

namespace kitle {

class RuleSyntax {
 public:
  // Must outlive it.
  explicit RuleSyntax(const SourceSet& sources) : sources_(sources) {}

  // The declaration around a place, also of a copy of it; null if there is
  // none. Its own places are those of the file.
  const PersonaDecl* persona(Span place);
  const ScoreDecl* score(Span place);
  // The same place in the file of `inside`, which may be a copy.
  static Span in_copy(Span place, uint32_t file) {
    return {file, place.begin, place.end};
  }

  // What was given for the parameters that a piece of a template or a library
  // mentions: "period 30 days, least 500 TRY", of a `let` "least generous = 500
  // TRY". Not those whose argument is written as they are called.
  std::string given(Span piece);

 private:
  // An argument, or the value of a parameter that was not given.
  struct Given {
    std::string name;
    Span value;
  };
  // Of a template's call or a library's `use`.
  struct Call {
    std::vector<Given> given;
    bool library = false;
  };

  const Syntax& file(uint32_t id);
  const Call& call(uint32_t copy, Span inside);
  Call made_call(uint32_t copy, Span inside);
  void add_use(const UseDecl& use, uint32_t copy, Call& made);
  void add_arguments(const TemplateDecl& called, Span call, uint32_t copy,
                     Call& made);
  std::vector<Span> arguments_of(Span call) const;
  std::optional<Given> find(const std::string& name, Span piece);
  // In one line; of a parameter that was handed on what it is.
  std::string value_words(Span value);
  std::string let_words(const std::string& name);

  const SourceSet& sources_;
  std::map<uint32_t, Syntax> files_;
  std::map<uint32_t, Call> calls_;  // by copy
};

// Blanks and ends of lines as one blank, comments as none.
std::string in_one_line(std::string_view text);

}  // namespace kitle
