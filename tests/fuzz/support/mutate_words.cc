// Mutations of rule texts by words and lines, so that more of what the fuzzer
// tries has the form of rules than by bytes alone.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t most);

namespace {

using Random = std::minstd_rand;

enum class Kind { kWord, kNumber, kText, kSign, kSpace };

struct Word {
  Kind kind;
  std::string text;
};

Kind kind_of(char first) {
  const auto byte = static_cast<unsigned char>(first);
  if (byte == ' ' || byte == '\n' || byte == '\t') return Kind::kSpace;
  if (byte >= '0' && byte <= '9') return Kind::kNumber;
  if (byte == '"') return Kind::kText;
  const bool letter = (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
  return letter || byte == '_' || byte >= 0x80 ? Kind::kWord : Kind::kSign;
}

size_t end_of(std::string_view text, size_t begin) {
  const Kind kind = kind_of(text[begin]);
  if (kind == Kind::kSign) return begin + 1;
  if (kind == Kind::kText) {
    const size_t close = text.find_first_of("\"\n", begin + 1);
    return close == std::string_view::npos ? text.size() : close + 1;
  }
  size_t end = begin + 1;
  while (end < text.size()) {
    const Kind next = kind_of(text[end]);
    const bool digit = kind == Kind::kWord && next == Kind::kNumber;
    if (next != kind && !digit) break;
    ++end;
  }
  return end;
}

std::vector<Word> words_of(std::string_view text) {
  std::vector<Word> words;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = end_of(text, begin);
    words.push_back(
        {kind_of(text[begin]), std::string(text.substr(begin, end - begin))});
    begin = end;
  }
  return words;
}

// The words and signs of the language: the quoted lines of the dictionary.
const std::vector<Word>& dictionary() {
  static const std::vector<Word> words = [] {
    std::vector<Word> all = {{Kind::kNumber, "0"},   {Kind::kNumber, "1"},
                             {Kind::kNumber, "2.5"}, {Kind::kNumber, "30"},
                             {Kind::kText, "\"a\""}, {Kind::kSpace, "\n"}};
    std::ifstream file(KITLE_SOURCE_DIR "/tests/fuzz/rules.dict");
    for (std::string line; std::getline(file, line);) {
      if (line.size() < 3 || line.front() != '"') continue;
      line = line.substr(1, line.size() - 2);
      all.push_back({kind_of(line[0]), line});
    }
    return all;
  }();
  return words;
}

size_t below(Random& random, size_t count) { return random() % count; }

// One to four neighbours.
struct Some {
  size_t begin;
  size_t end;

  Some(Random& random, size_t count)
      : begin(below(random, count)),
        end(std::min(count, begin + 1 + below(random, 4))) {}
};

const Word& alike(Random& random, const std::vector<Word>& words,
                  const Word& wanted) {
  const auto& from = below(random, 2) == 0 ? words : dictionary();
  for (int tries = 0; tries < 8; ++tries) {
    const Word& word = from[below(random, from.size())];
    if (word.kind == wanted.kind) return word;
  }
  return from[below(random, from.size())];
}

void change(Random& random, std::vector<Word>& words) {
  const Some some(random, words.size());
  const auto begin = words.begin() + static_cast<std::ptrdiff_t>(some.begin);
  const auto end = words.begin() + static_cast<std::ptrdiff_t>(some.end);
  switch (below(random, 5)) {
    case 0:
      words.erase(begin, end);
      return;
    case 1: {
      const std::vector<Word> copied(begin, end);
      const size_t place = below(random, words.size() + 1);
      words.insert(words.begin() + static_cast<std::ptrdiff_t>(place),
                   copied.begin(), copied.end());
      return;
    }
    case 2: {
      const auto& all = dictionary();
      Word added = all[below(random, all.size())];
      added.text.insert(0, " ").append(" ");
      words.insert(begin, std::move(added));
      return;
    }
    case 3:
      std::swap(*begin, words[below(random, words.size())]);
      return;
    default:
      *begin = Word(alike(random, words, *begin));
      return;
  }
}

size_t put(const std::string& text, uint8_t* out, size_t most) {
  const size_t size = std::min(text.size(), most);
  std::memcpy(out, text.data(), size);
  return size;
}

std::string_view lines_of(std::string_view text, Random& random) {
  const size_t from = below(random, text.size() + 1);
  const size_t line = text.find('\n', from);
  return text.substr(line == std::string_view::npos ? from : line + 1);
}

}  // namespace

// One time in four bytes are changed, else one to eight words.
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size,
                                          size_t most, unsigned seed) {
  Random random(seed);
  random.discard(2);
  if (size == 0 || below(random, 4) == 0)
    return LLVMFuzzerMutate(data, size, most);
  auto words = words_of({reinterpret_cast<const char*>(data), size});
  for (size_t i = 0; i <= below(random, 8); ++i) {
    if (!words.empty()) change(random, words);
  }
  std::string text;
  for (const auto& word : words) text += word.text;
  return put(text, data, most);
}

// The beginning of one, and lines of the other.
extern "C" size_t LLVMFuzzerCustomCrossOver(const uint8_t* left, size_t size,
                                            const uint8_t* right,
                                            size_t right_size, uint8_t* out,
                                            size_t most, unsigned seed) {
  Random random(seed);
  random.discard(2);
  const std::string_view first(reinterpret_cast<const char*>(left), size);
  const std::string_view second(reinterpret_cast<const char*>(right),
                                right_size);
  const auto tail = lines_of(first, random);
  std::string text(first.substr(0, first.size() - tail.size()));
  text += lines_of(second, random);
  return put(text, out, most);
}
