#include "runtime/eval/membership.h"

#include <algorithm>
#include <array>
#include <bit>
#include <iterator>
#include <utility>

namespace kitle {
namespace {

constexpr uint32_t kBlocksAContainer = 4;
constexpr uint32_t kWords = MembersContainer::kWords;
constexpr size_t kContainerBytes = kWords * sizeof(uint64_t);
static_assert(kBlockRows * kBlocksAContainer == kWords * 64);

// ---- the form: a cookie and the number of containers; of each its key and one
// member less than it has; of each its place; their data ----

constexpr uint32_t kNoRuns = 12346;  // the cookie
constexpr size_t kHead = 8;
constexpr size_t kMostContainers = 65536;

constexpr size_t size_of(uint32_t members) {
  return members > MembersContainer::kLargestArray ? kContainerBytes
                                                   : members * sizeof(uint16_t);
}

template <class T>
T value_at(std::string_view bytes, size_t place) {
  T value;
  std::memcpy(&value, bytes.data() + place, sizeof value);
  return value;
}

template <class T>
void put(char* bytes, size_t place, const T& value) {
  std::memcpy(bytes + place, &value, sizeof value);
}

// ---- one container ----

using Words = std::array<uint64_t, kWords>;

uint32_t count_of(const Words& words) {
  uint32_t count = 0;
  for (const uint64_t word : words) {
    count += static_cast<uint32_t>(std::popcount(word));
  }
  return count;
}

// Null: nobody.
void expand(const MembersContainer* container, Words& words) {
  if (container != nullptr && !container->is_array()) {
    std::memcpy(words.data(), container->data, kContainerBytes);
    return;
  }
  words.fill(0);
  if (container == nullptr) return;
  for (uint32_t i = 0; i < container->members; ++i) {
    const uint16_t low = container->low(i);
    words[low / 64] |= uint64_t{1} << (low % 64);
  }
}

void write(const Words& words, const MembersContainer& container, char* to) {
  if (!container.is_array()) {
    std::memcpy(to, words.data(), kContainerBytes);
    return;
  }
  for (uint32_t i = 0; i < kWords; ++i) {
    for (uint64_t word = words[i]; word != 0; word &= word - 1) {
      const auto bit = static_cast<uint32_t>(std::countr_zero(word));
      put(to, 0, static_cast<uint16_t>(i * 64 + bit));
      to += sizeof(uint16_t);
    }
  }
}

std::vector<uint32_t> differing(std::span<const uint32_t> a,
                                std::span<const uint32_t> b) {
  std::vector<uint32_t> either;
  either.reserve(a.size() + b.size());
  std::ranges::set_symmetric_difference(a, b, std::back_inserter(either));
  return either;
}

uint64_t common_of(const MembersContainer& a, const MembersContainer& b) {
  if (b.is_array() && !a.is_array()) return common_of(b, a);
  uint64_t count = 0;
  if (!a.is_array()) {
    for (uint32_t i = 0; i < kWords; ++i) {
      count += static_cast<uint64_t>(std::popcount(a.word(i) & b.word(i)));
    }
    return count;
  }
  if (!b.is_array()) {
    for (uint32_t i = 0; i < a.members; ++i) count += b.contains(a.low(i));
    return count;
  }
  for (uint32_t i = 0, j = 0; i < a.members && j < b.members;) {
    const uint16_t left = a.low(i);
    const uint16_t right = b.low(j);
    count += left == right;
    i += left <= right;
    j += right <= left;
  }
  return count;
}

}  // namespace

uint32_t MembersContainer::rank(uint32_t value) const {
  uint32_t begin = 0;
  uint32_t end = members;
  while (begin < end) {
    const uint32_t middle = (begin + end) / 2;
    if (low(middle) < value) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  return begin;
}

bool MembersContainer::contains(uint32_t value) const {
  if (!is_array()) return (word(value / 64) >> (value % 64) & 1) != 0;
  const uint32_t at = rank(value);
  return at < members && low(at) == value;
}

// ---- building ----

MembershipBuilder::MembershipBuilder(std::span<const Size> sizes)
    : made_(std::make_shared<Membership::Whole>()) {
  size_t at = kHead + sizes.size() * kHead;
  for (const Size& each : sizes) at += size_of(each.members);
  made_->bytes = std::make_unique_for_overwrite<char[]>(at);
  made_->size = at;
  char* const bytes = made_->bytes.get();
  put(bytes, 0, kNoRuns);
  put(bytes, 4, static_cast<uint32_t>(sizes.size()));
  at = kHead + sizes.size() * kHead;
  for (size_t i = 0; i < sizes.size(); ++i) {
    const auto [key, members] = sizes[i];
    put(bytes, kHead + i * 4, key);
    put(bytes, kHead + i * 4 + 2, static_cast<uint16_t>(members - 1));
    put(bytes, kHead + sizes.size() * 4 + i * 4, static_cast<uint32_t>(at));
    made_->containers.push_back({key, members, bytes + at});
    data_.push_back(bytes + at);
    at += size_of(members);
  }
}

Membership::Membership() : Membership(MembershipBuilder({}).take()) {}

Membership::Membership(std::shared_ptr<const Whole> whole)
    : whole_(std::move(whole)) {
  for (const MembersContainer& each : whole_->containers) {
    size_ += each.members;
  }
}

Membership Membership::shared() const {
  Membership made(whole_);
  made.flips_ = flips_;
  made.size_ = size_;
  return made;
}

Membership Membership::of(std::vector<uint32_t> ordinals) {
  if (!std::ranges::is_sorted(ordinals)) std::ranges::sort(ordinals);
  std::vector<MembershipBuilder::Size> sizes;
  const auto [first, last] = std::ranges::unique(ordinals);
  ordinals.erase(first, last);
  for (const uint32_t each : ordinals) {
    const auto key = static_cast<uint16_t>(each >> 16);
    if (sizes.empty() || sizes.back().key != key) sizes.push_back({key, 0});
    ++sizes.back().members;
  }
  MembershipBuilder builder(sizes);
  auto next = ordinals.begin();
  for (size_t i = 0; i < sizes.size(); ++i) {
    Words words = {};
    for (uint32_t left = sizes[i].members; left > 0; --left, ++next) {
      const uint32_t low = *next & UINT16_MAX;
      words[low / 64] |= uint64_t{1} << (low % 64);
    }
    write(words, builder.container(i), builder.data(i));
  }
  return builder.take();
}

Membership Membership::without(const Membership& other) const {
  if (whole_ == other.whole_) {
    std::vector<uint32_t> left = differing(flips(), other.flips());
    std::erase_if(left, [this](uint32_t each) { return !contains(each); });
    return of(std::move(left));
  }
  std::vector<MembershipBuilder::Size> sizes;
  std::vector<Words> left;
  for (const MembersContainer& mine : whole().containers) {
    Words words;
    Words others;
    expand(&mine, words);
    expand(other.whole().find(mine.key), others);
    for (uint32_t i = 0; i < kWords; ++i) words[i] &= ~others[i];
    const uint32_t members = count_of(words);
    if (members == 0) continue;
    sizes.push_back({mine.key, members});
    left.push_back(words);
  }
  MembershipBuilder builder(sizes);
  for (size_t i = 0; i < left.size(); ++i) {
    write(left[i], builder.container(i), builder.data(i));
  }
  return builder.take();
}

// ---- some flipped ----

namespace {

// What of one container changes.
struct KeyFlips {
  uint16_t key = 0;
  const MembersContainer* from = nullptr;  // null: nobody
  std::span<const uint32_t> ordinals = {};
  uint32_t members = 0;  // then
};

uint32_t count_flipped(const KeyFlips& flips) {
  uint32_t in = 0;
  if (flips.from == nullptr)
    return static_cast<uint32_t>(flips.ordinals.size());
  for (const uint32_t each : flips.ordinals) {
    in += flips.from->contains(each & UINT16_MAX) ? 1 : 0;
  }
  const auto others = static_cast<uint32_t>(flips.ordinals.size()) - in;
  return flips.from->members + others - in;
}

// All containers that there are, or will be, in order.
std::vector<KeyFlips> by_key(std::span<const MembersContainer> containers,
                             std::span<const uint32_t> ordinals) {
  std::vector<KeyFlips> all;
  while (!containers.empty() || !ordinals.empty()) {
    uint32_t key = UINT32_MAX;
    if (!containers.empty()) key = containers.front().key;
    if (!ordinals.empty()) {
      key = std::min(key, MembersContainer::key_of(ordinals.front()));
    }
    KeyFlips& next = all.emplace_back();
    next.key = static_cast<uint16_t>(key);
    if (!containers.empty() && containers.front().key == key) {
      next.from = containers.data();
      containers = containers.subspan(1);
    }
    const auto behind =
        std::ranges::upper_bound(ordinals, key, {}, MembersContainer::key_of);
    const auto count = static_cast<size_t>(behind - ordinals.begin());
    next.ordinals = ordinals.first(count);
    ordinals = ordinals.subspan(count);
    next.members = count_flipped(next);
    if (next.members == 0) all.pop_back();
  }
  return all;
}

void flip_bits(std::span<const uint32_t> ordinals, char* bits) {
  for (const uint32_t each : ordinals) {
    const uint32_t low = each & UINT16_MAX;
    bits[low / 8] = static_cast<char>(bits[low / 8] ^ 1 << low % 8);
  }
}

void write_flipped(const KeyFlips& flips, const MembersContainer& made,
                   char* to) {
  const bool copy = flips.from != nullptr &&
                    flips.from->is_array() == made.is_array() &&
                    (!made.is_array() || flips.ordinals.empty());
  if (copy) {
    std::memcpy(to, flips.from->data, size_of(made.members));
    flip_bits(flips.ordinals, to);
    return;
  }
  Words words;
  expand(flips.from, words);
  flip_bits(flips.ordinals, reinterpret_cast<char*>(words.data()));
  write(words, made, to);
}

}  // namespace

std::shared_ptr<const Membership::Whole> Membership::Whole::flipped(
    std::span<const uint32_t> ordinals) const {
  const std::vector<KeyFlips> all = by_key(containers, ordinals);
  std::vector<MembershipBuilder::Size> sizes;
  for (const KeyFlips& each : all) sizes.push_back({each.key, each.members});
  MembershipBuilder builder(sizes);
  for (size_t i = 0; i < all.size(); ++i) {
    write_flipped(all[i], builder.container(i), builder.data(i));
  }
  return builder.made_;
}

Membership Membership::flipped(std::span<const uint32_t> ordinals) const {
  int64_t more = 0;
  for (const uint32_t each : ordinals) more += contains(each) ? -1 : 1;
  return flipped(ordinals, more);
}

Membership Membership::flipped(std::span<const uint32_t> ordinals,
                               int64_t more) const {
  // So many flips are not worth a copy: of the bytes, one in so many.
  constexpr size_t kBytesAFlip = 64;
  Membership made(is_made() ? flips_->made : whole_);
  std::vector<uint32_t> all = differing(
      made.whole_ == whole_ ? flips() : std::span<const uint32_t>(), ordinals);
  if (all.size() * kBytesAFlip > made.whole_->size) {
    return Membership(made.whole_->flipped(all));
  }
  made.size_ = size_ + static_cast<uint64_t>(more);
  if (all.empty()) return made;
  made.flips_ = std::make_shared<Flips>();
  made.flips_->ordinals = std::move(all);
  return made;
}

bool Membership::is_made() const {
  if (flips_ == nullptr) return false;
  const std::lock_guard lock(flips_->mutex);
  return flips_->made != nullptr;
}

const Membership::Whole& Membership::whole() const {
  if (flips_ == nullptr) return *whole_;
  const std::lock_guard lock(flips_->mutex);
  if (flips_->made == nullptr) flips_->made = whole_->flipped(flips_->ordinals);
  return *flips_->made;
}

// ---- reading ----

const MembersContainer* Membership::Whole::find(uint32_t key) const {
  const auto found =
      std::ranges::lower_bound(containers, key, {}, &MembersContainer::key);
  const bool there = found != containers.end() && found->key == key;
  return there ? &*found : nullptr;
}

bool Membership::Whole::contains(uint32_t ordinal) const {
  const MembersContainer* const container = find(ordinal >> 16);
  return container != nullptr && container->contains(ordinal & UINT16_MAX);
}

const MembersContainer* Membership::container(uint32_t key) const {
  return whole_->find(key);
}

std::span<const uint32_t> Membership::flips() const {
  if (flips_ == nullptr) return {};
  return flips_->ordinals;
}

std::string_view Membership::bytes() const {
  return {whole().bytes.get(), whole().size};
}

bool Membership::contains(uint32_t ordinal) const {
  return whole_->contains(ordinal) !=
         std::ranges::binary_search(flips(), ordinal);
}

uint64_t Membership::common(const Membership& other) const {
  uint64_t count = 0;
  for (const MembersContainer& mine : whole().containers) {
    const MembersContainer* const found = other.whole().find(mine.key);
    if (found != nullptr) count += common_of(mine, *found);
  }
  return count;
}

uint64_t Membership::end() const {
  const auto& containers = whole().containers;
  if (containers.empty()) return 0;
  const MembersContainer& last = containers.back();
  const uint64_t first = uint64_t{last.key} << 16;
  if (last.is_array()) return first + last.low(last.members - 1) + 1;
  uint32_t i = kWords - 1;
  while (last.word(i) == 0) --i;
  return first + i * 64 + static_cast<uint64_t>(std::bit_width(last.word(i)));
}

std::vector<uint32_t> Membership::ordinals() const {
  std::vector<uint32_t> all;
  all.reserve(size());
  for (const MembersContainer& each : whole().containers) {
    const uint32_t first = uint32_t{each.key} << 16;
    if (each.is_array()) {
      for (uint32_t i = 0; i < each.members; ++i) {
        all.push_back(first + each.low(i));
      }
      continue;
    }
    for (uint32_t i = 0; i < kWords; ++i) {
      for (uint64_t word = each.word(i); word != 0; word &= word - 1) {
        all.push_back(first + i * 64 +
                      static_cast<uint32_t>(std::countr_zero(word)));
      }
    }
  }
  return all;
}

// ---- bytes that may be damaged ----

namespace {

bool is_array(const MembersContainer& container) {
  int32_t last = -1;
  for (uint32_t i = 0; i < container.members; ++i) {
    if (container.low(i) <= last) return false;
    last = container.low(i);
  }
  return true;
}

bool has_bits(const MembersContainer& container) {
  Words words;
  expand(&container, words);
  return count_of(words) == container.members;
}

}  // namespace

Result<Membership> Membership::from_bytes(std::string_view bytes) {
  const auto corrupt = [] {
    return std::unexpected(Status(StatusCode::kCorrupt, "read a bitmap", "",
                                  "it is no Roaring bitmap"));
  };
  if (bytes.size() < kHead || value_at<uint32_t>(bytes, 0) != kNoRuns) {
    return corrupt();
  }
  const size_t count = value_at<uint32_t>(bytes, 4);
  size_t at = kHead + count * kHead;  // of the next container
  if (count > kMostContainers || bytes.size() < at) return corrupt();
  const auto made = std::make_shared<Whole>();
  made->bytes = std::make_unique_for_overwrite<char[]>(bytes.size());
  made->size = bytes.size();
  std::memcpy(made->bytes.get(), bytes.data(), bytes.size());
  for (size_t i = 0; i < count; ++i) {
    const MembersContainer next{
        value_at<uint16_t>(bytes, kHead + i * 4),
        value_at<uint16_t>(bytes, kHead + i * 4 + 2) + uint32_t{1},
        made->bytes.get() + at};
    const auto start = value_at<uint32_t>(bytes, kHead + count * 4 + i * 4);
    const bool behind =
        made->containers.empty() || next.key > made->containers.back().key;
    const size_t size = size_of(next.members);
    if (!behind || start != at || size > bytes.size() - at) return corrupt();
    if (!(next.is_array() ? is_array(next) : has_bits(next))) return corrupt();
    made->containers.push_back(next);
    at += size;
  }
  if (at != bytes.size()) return corrupt();
  return Membership(made);
}

}  // namespace kitle
