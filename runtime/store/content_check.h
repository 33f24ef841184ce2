// Whether a content can be written as it is.
#pragma once

#include <functional>
#include <string_view>

#include "runtime/status.h"
#include "runtime/store/content.h"

namespace kitle {

// The largest code of a store-wide dictionary.
using SizeOfDomain = std::function<uint32_t(std::string_view domain)>;

// kInvalid names the first table and column whose values break an invariant of
// the store: lengths, order, codes, what a type can hold.
Status check_content(const BlockContent& content, const Schema& schema,
                     const SizeOfDomain& sizes);

}  // namespace kitle
