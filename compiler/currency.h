// Currencies: how many decimal digits an amount has (ISO 4217).
#pragma once

#include <string_view>

namespace kitle {

// True of three capital ASCII letters: new codes need no new program.
bool is_currency_code(std::string_view code);

// Digits of the smallest unit: 0 for JPY, 3 for KWD, 2 for most.
int currency_digits(std::string_view code);

}  // namespace kitle
