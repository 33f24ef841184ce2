// Currencies whose smallest unit is not a hundredth (ISO 4217, minor units).
#include "compiler/currency.h"

namespace kitle {

namespace {

struct Row {
  std::string_view code;
  int digits;
};

constexpr Row kRows[] = {
    {"BIF", 0}, {"CLP", 0}, {"DJF", 0}, {"GNF", 0}, {"ISK", 0}, {"JPY", 0},
    {"KMF", 0}, {"KRW", 0}, {"PYG", 0}, {"RWF", 0}, {"UGX", 0}, {"UYI", 0},
    {"VND", 0}, {"VUV", 0}, {"XAF", 0}, {"XOF", 0}, {"XPF", 0}, {"BHD", 3},
    {"IQD", 3}, {"JOD", 3}, {"KWD", 3}, {"LYD", 3}, {"OMR", 3}, {"TND", 3},
    {"CLF", 4}, {"UYW", 4},
};

}  // namespace

bool is_currency_code(std::string_view code) {
  if (code.size() != 3) return false;
  for (char letter : code) {
    if (letter < 'A' || letter > 'Z') return false;
  }
  return true;
}

int currency_digits(std::string_view code) {
  for (const Row& row : kRows) {
    if (row.code == code) return row.digits;
  }
  return 2;
}

}  // namespace kitle
