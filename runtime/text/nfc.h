// Unicode's composed form, by the rules of one version of Unicode: a newer ICU
// gives what an older one gave.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace kitle {

// Of the Unicode that this machine's ICU has: "15.0".
std::string unicode_version();
// Whether it is written like one: up to four numbers below 256.
bool is_unicode_version(std::string_view text);
// Whether this machine's ICU knows all of that version; an older one lacks
// letters. REQUIRES: is_unicode_version(version).
bool has_unicode(const std::string& version);

bool is_utf8(std::string_view text);

// Immutable, thread-safe; copies share what they hold.
class Nfc {
 public:
  // By the Unicode of this machine.
  Nfc() = default;
  // By an older one: what was no letter then stays as it is, wherever it
  // stands. REQUIRES: has_unicode(version).
  explicit Nfc(const std::string& version);

  bool holds(std::string_view text) const;  // it is NFC
  // NFC; text that is not UTF-8 comes back unchanged.
  std::string of(std::string_view text) const;

 private:
  struct Limited;
  std::shared_ptr<const Limited> limited_;  // null: not limited
};

}  // namespace kitle
