// Any bytes as a rule file: parsed, checked, printed, and compiled where they
// are rules. What is reported lies inside the text and is bounded.
#include <cstdint>
#include <string>
#include <string_view>

#include "compiler/compile.h"
#include "compiler/load.h"
#include "tests/fuzz/support/places.h"

namespace {

constexpr char kSettings[] =
    "time_zone = \"Europe/Istanbul\"\nlocale = \"tr\"\ncurrency = \"TRY\"\n";

// One of each type, so that whatever the input asks for can be asked.
constexpr char kSchema[] = R"(
profile customer {
  id code key, email text personal, country code, city text
  birth_date date, signed_up time, ads_consent flag, household integer
  loyalty number, balance money, patience duration, interests list of text
}
event page_view { url text, channel code, gift flag }
event purchase counted by order {
  order code, category text, amount money, quantity integer, weight number
  channel code, returned_on date, wait duration, labels list of text
}
event call { reason code }
)";

void check_reports(const kitle::LoadedRepository& loaded) {
  kitle::fuzz::check_places(loaded.sources, loaded.diagnostics);
  for (const auto format :
       {kitle::DiagnosticFormat::kText, kitle::DiagnosticFormat::kJson,
        kitle::DiagnosticFormat::kSarif, kitle::DiagnosticFormat::kGithub}) {
    render(loaded.diagnostics, loaded.sources, format, true);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const bool own_schema = bytes.find("profile ") != std::string_view::npos;
  std::vector<kitle::RuleText> texts = {{"kitle.toml", kSettings}};
  if (!own_schema) texts.push_back({"schema.kitle", kSchema});
  texts.push_back({"rules.kitle", std::string(bytes)});
  const kitle::LoadedRepository loaded =
      kitle::load_texts(std::move(texts), nullptr);
  check_reports(loaded);
  print(loaded.syntax);
  for (const kitle::TypedSegment& segment : loaded.repository.segments) {
    print(*segment.condition, loaded.repository.schema);
  }
  if (loaded.diagnostics.errors() == 0) {
    kitle::compile(loaded.repository, {});
  }
  return 0;
}
