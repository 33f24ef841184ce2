// The masks of csv_index.h, compiled for each CPU level and chosen at run
// time.
#include "runtime/text/csv_index.h"

#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "runtime/text/csv_index.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace kitle {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Bytes = hn::CappedTag<uint8_t, 64>;

template <class Mask>
uint64_t bits_of(Mask mask) {
  uint8_t stored[8] = {};
  hn::StoreMaskBits(Bytes(), mask, stored);
  uint64_t bits = 0;
  std::memcpy(&bits, stored, sizeof(bits));
  return bits;
}

struct Words {
  uint64_t special = 0;
  uint64_t high = 0;
};

Words words_of(const uint8_t* block, uint8_t delimiter, uint8_t quote) {
  const Bytes tag;
  Words words;
  for (size_t i = 0; i < 64; i += hn::Lanes(tag)) {
    const auto bytes = hn::LoadU(tag, block + i);
    const auto special =
        hn::Or(hn::Or(hn::Eq(bytes, hn::Set(tag, delimiter)),
                      hn::Eq(bytes, hn::Set(tag, quote))),
               hn::Or(hn::Eq(bytes, hn::Set(tag, uint8_t{'\n'})),
                      hn::Eq(bytes, hn::Zero(tag))));
    words.special |= bits_of(special) << i;
    words.high |= bits_of(hn::Gt(bytes, hn::Set(tag, uint8_t{0x7f}))) << i;
  }
  return words;
}

void scan_csv(std::string_view text, char delimiter, char quote,
              uint64_t* special, uint64_t* high) {
  const auto* data = reinterpret_cast<const uint8_t*>(text.data());
  const size_t whole = text.size() / 64;
  for (size_t i = 0; i < whole; i++) {
    const Words words = words_of(data + i * 64, static_cast<uint8_t>(delimiter),
                                 static_cast<uint8_t>(quote));
    special[i] = words.special;
    high[i] = words.high;
  }
  const size_t rest = text.size() % 64;
  if (rest == 0) return;
  uint8_t padded[64] = {};
  std::memcpy(padded, data + whole * 64, rest);
  const Words words = words_of(padded, static_cast<uint8_t>(delimiter),
                               static_cast<uint8_t>(quote));
  const uint64_t inside = (uint64_t{1} << rest) - 1;
  special[whole] = words.special & inside;
  high[whole] = words.high & inside;
}

}  // namespace HWY_NAMESPACE
}  // namespace kitle
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kitle {

HWY_EXPORT(scan_csv);

void index_csv(std::string_view text, char delimiter, char quote,
               uint64_t* special, uint64_t* high) {
  HWY_DYNAMIC_DISPATCH(scan_csv)(text, delimiter, quote, special, high);
}

}  // namespace kitle
#endif  // HWY_ONCE
