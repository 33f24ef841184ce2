// The formatter of include/kitle/format.h, and the files that it works on.
#include "grammar/format.h"

#include <utility>

#include "compiler/load.h"
#include "grammar/parse.h"
#include "kitle/format.h"
#include "library/rules.h"
#include "service/whole_file.h"

namespace kitle {

struct Formatter::Impl {
  EventForms forms;
};

Formatter::Formatter() : impl_(std::make_shared<const Impl>()) {}

Formatter::Formatter(const std::vector<RuleText>& texts) {
  SourceSet sources;
  Syntax syntax;
  Diagnostics mistakes;  // whoever formats those texts is told
  for (const RuleText& text : texts) {
    parse(sources, sources.add(text.path, text.text), syntax, mistakes);
  }
  impl_ = std::make_shared<const Impl>(Impl{EventForms(syntax)});
}

FormattedText Formatter::format(const RuleText& text,
                                const DiagnosticStyle& style) const {
  SourceSet sources;
  Diagnostics diagnostics;
  const uint32_t file = sources.add(text.path, text.text);
  auto made = kitle::format(sources, file, impl_->forms, diagnostics);
  if (made) return {true, std::move(*made), ""};
  diagnostics.sort();
  return {false, "", render(diagnostics, sources, render_style(style))};
}

Result<RuleFiles> read_rule_files(const std::string& folder) {
  auto read = read_repository(folder);
  if (!read) return std::unexpected(read.error());
  RuleFiles files{read->folder, {}};
  for (uint32_t i = 1; i < read->sources.size(); ++i) {  // 0: kitle.toml
    const SourceFile& file = read->sources.file(i);
    files.texts.push_back({file.path, file.text});
  }
  return files;
}

Result<std::vector<std::string>> find_rule_files(const std::string& folder) {
  return rule_files_below(folder);
}

Result<std::string> read_rule_file(const std::string& path) {
  return read_rule_text(path);
}

Status write_rule_file(const std::string& path, std::string_view text) {
  return rewrite_file(path, text);
}

}  // namespace kitle
