// kitle size: how many people a segment or a condition has.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>

#include "cli/evaluate.h"
#include "kitle/fit.h"

namespace kitle::cli {
namespace {

struct Options {
  EvaluateOptions evaluate;
  std::vector<std::string> questions;  // segments' names, or conditions
};

// What stands for a question in the rules: a segment of the repository, or
// one that is made for a condition.
struct Question {
  std::string text;
  std::string segment;
};

std::string free_name(const Rules& rules, size_t number) {
  std::string name = fmt::format("condition_{}", number);
  while (rules.has_segment(name)) name += "_";
  return name;
}

// The brace stands on a line of its own: the condition may end in a comment.
RuleText rule_of(const Question& question) {
  return {"(command line)",
          "segment " + question.segment + " { " + question.text + "\n}\n"};
}

std::vector<Question> questions_of(const Rules& rules,
                                   const std::vector<std::string>& texts) {
  std::vector<Question> questions;
  for (const std::string& text : texts) {
    const bool segment = rules.has_segment(text);
    questions.push_back(
        {text, segment ? text : free_name(rules, questions.size() + 1)});
  }
  return questions;
}

std::vector<RuleText> rules_of(const std::vector<Question>& questions) {
  std::vector<RuleText> texts;
  for (const Question& question : questions) {
    if (question.text != question.segment) texts.push_back(rule_of(question));
  }
  return texts;
}

bool answers(const SegmentResult& segment, const Question& question) {
  return segment.name == question.segment || segment.stages == question.segment;
}

// The answers in the order of the questions, under the questions' texts.
void arrange(const std::vector<Question>& questions, RunResult& result) {
  if (questions.empty()) return;
  std::vector<SegmentResult> arranged;
  for (const Question& question : questions) {
    for (const SegmentResult& segment : result.segments) {
      if (!answers(segment, question)) continue;
      arranged.push_back(segment);
      const bool made = question.text != question.segment;
      if (made) arranged.back().name = question.text;
      if (made) arranged.back().title = question.text;
    }
  }
  result.segments = std::move(arranged);
}

void print_size(const SegmentResult& segment, const RunResult& result,
                size_t name, size_t number) {
  const uint64_t size = segment.members.size();
  const std::string share = percent(size, result.profiles);
  fmt::print("{}{}{}\n", name == 0 ? "" : left(segment.name, name) + "  ",
             right(segment.undecided ? "undecided" : grouped(size), number),
             segment.undecided ? "" : "  " + right(share, number == 0 ? 0 : 8));
}

void print_sizes(const Answers& answers) {
  const RunResult& result = answers.result;
  const bool one = result.segments.size() == 1;
  size_t name = 0;
  for (const SegmentResult& segment : result.segments) {
    if (!one) name = std::max(name, width(segment.name));
  }
  for (const SegmentResult& segment : result.segments) {
    print_size(segment, result, name, one ? 0 : 13);
  }
  fmt::print("of {} profiles, as of {}\n", grouped(result.profiles),
             answers.now_text);
}

// What the conditions ask of ranks: "condition_1.top".
std::vector<std::string> tops_of(const Rules& rules,
                                 const std::vector<Question>& questions) {
  std::vector<std::string> names;
  for (const std::string& name : fitted_names(rules)) {
    const std::string owner = name.substr(0, name.find('.'));
    const bool asked =
        std::ranges::any_of(questions, [&](const Question& each) {
          return each.text != each.segment && each.segment == owner;
        });
    if (asked && owner != name) names.push_back(name);
  }
  return names;
}

// A condition has no fit that could be kept, so its `in top` ranks the people
// of now. What else it asks for must have been fitted; a run says so.
Result<Rules> with_tops(const EvaluateOptions& evaluated, const Rules& rules,
                        const std::vector<Question>& questions) {
  FitOptions wanted{.names = tops_of(rules, questions),
                    .threads = evaluated.run.threads};
  if (wanted.names.empty()) return rules;
  const auto store = open_store(evaluated, rules);
  if (!store) return std::unexpected(store.error());
  const auto now = instant_of(rules, *store, evaluated.as_of);
  if (!now) return rules;  // evaluate() says what is wrong with it
  wanted.now = *now;
  const auto fits = fit(rules, *store, wanted);
  if (!fits && fits.error().code() == StatusCode::kUnsupported) return rules;
  if (!fits) return std::unexpected(fits.error());
  std::vector<RuleText> texts = rules_of(questions);
  for (const FitResult& each : *fits) texts.push_back({each.path, each.text});
  return read_rules(evaluated.folder, {.more = std::move(texts)});
}

int size(const Options& options, Context& context) {
  const auto declared = read_rules(options.evaluate.folder);
  if (!declared) return no_rules(declared.error());
  context.json = options.evaluate.format == Format::kJson;
  if (!declared->ok()) {  // else questions that are fine have mistakes, too
    load(options.evaluate.folder, context, {}, {});
    return context.exit_code;
  }
  const auto questions = questions_of(*declared, options.questions);
  EvaluateOptions evaluated = options.evaluate;
  for (const Question& question : questions) {
    evaluated.run.segments.push_back(question.segment);
  }
  const auto rules = load(evaluated.folder, context, evaluated.run.segments,
                          {.more = rules_of(questions)});
  if (!rules) return context.exit_code;
  const size_t added = rules_of(questions).size();
  if (rules->segments().size() != declared->segments().size() + added) {
    return usage("a condition ends before its text does");
  }
  const auto ranked = with_tops(evaluated, *rules, questions);
  if (!ranked) return trouble(ranked.error());
  auto answers = evaluate(evaluated, *ranked, context);
  if (!answers) return context.exit_code;
  arrange(questions, answers->result);
  if (options.evaluate.format == Format::kTable) {
    print_sizes(*answers);
  } else {
    print_result(*answers, options.evaluate.format);
  }
  return judge_undecided(answers->result);
}

}  // namespace

void add_size(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "size", "how many people a segment or a condition has; writes nothing");
  command->footer(
      "A condition is written as it would stand in a segment, in quotes.\n\n"
      "Examples:\n"
      "  kitle size lapsed\n"
      "  kitle size lifecycle lifecycle.lost\n"
      "  kitle size 'any purchase in last 7 days'\n"
      "  kitle size lapsed 'in lapsed and city is \"Ankara\"' --as-of "
      "2026-03-01");
  command
      ->add_option("questions", options->questions,
                   "segments or conditions; else all segments")
      ->type_name("SEGMENT|CONDITION");
  add_evaluate_options(*command, options->evaluate);
  command->callback(
      [options, &context] { context.exit_code = size(*options, context); });
}

}  // namespace kitle::cli
