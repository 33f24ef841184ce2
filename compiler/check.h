// Syntax tree -> typed tree. Resolves names, checks types, units and windows,
// removes sugar (compiler/typed.h says which) and reports every mistake it
// finds. Entry point: check(); whole folders: compiler/load.h.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "compiler/typed.h"
#include "grammar/ast.h"
#include "grammar/diagnostic.h"
#include "grammar/source.h"
#include "runtime/status.h"
#include "runtime/store/view.h"
#include "runtime/text/fold.h"

namespace kitle {

// Limits, so that what check() returns may be walked recursively and fits in
// memory whatever was written.
inline constexpr uint32_t kMaxSegmentDepth = 256;  // segments in segments
inline constexpr uint32_t kMaxTypedDepth = 1024;   // with every `let` put in
inline constexpr uint64_t kMaxCopiedNodes = 1'000'000;  // by `let`s, lists
inline constexpr int64_t kMaxEventCount = 1000;  // `5 page_views` of a test
// Lines and events that tests tell, those before each expectation anew.
inline constexpr size_t kMaxTold = 200'000;

// What the checker may know about stored data, to warn of values that no
// event and no person has. Read only; never asked about personal columns.
class SeenValues {
 public:
  virtual ~SeenValues() = default;
  // The store-wide dictionary of a domain (the name of a property or an
  // attribute); null where the store has none.
  virtual const Dictionary* dictionary(std::string_view domain) const = 0;
  // The TZif bytes that the store pinned for the zone of this name; empty if
  // it pinned another.
  virtual std::string_view zone_bytes(std::string_view name) const = 0;
  // How the store compares texts; null where it cannot be read.
  virtual const TextForms* forms() const = 0;
};

// A file that the rules name, relative to the repository, as it is.
using ReadFile = std::function<Result<std::string>(const std::string& path)>;

// Never throws. With errors it returns what is sound: segments without a
// mistake in themselves or in what they refer to. `seen` null: no store. Files
// of lists are added to `sources`.
Repository check(SourceSet& sources, const Syntax& syntax,
                 const Settings& settings, std::string store,
                 const SeenValues* seen, const ReadFile& read,
                 Diagnostics& diagnostics);

}  // namespace kitle
