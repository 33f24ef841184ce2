// A mistake for each diagnostic, as `kitle help E0301` shows it.
#pragma once

#include <cstdint>
#include <string_view>

namespace kitle {

struct DiagnosticExample {
  enum class Place : uint8_t {
    kShop,      // a rule file of a shop
    kAlone,     // a whole repository in one file
    kSettings,  // kitle.toml
  };
  std::string_view code;
  Place place = Place::kShop;
  std::string_view wrong;  // "" where a few lines of rules cannot show it
  // The same without the mistake; "" where there is no one thing to write.
  std::string_view right;
  std::string_view what_it_takes = {};  // a sentence, where `wrong` is ""
};

// Null for a code that is unknown; every other one has a row.
const DiagnosticExample* example_of(std::string_view code);

}  // namespace kitle
