// How the schema and settings of a store follow those of its rules.
#pragma once

#include <string>

#include "runtime/store/manifest.h"

namespace kitle {

// As rules write it: "list of text".
const char* type_name(TypeKind kind);

// Gives ids by name: what is known keeps its id, what is new gets the next one,
// what `wanted` lacks follows behind. kInvalid names a column or event whose
// type, `personal` or `counted by` is another one than the store's. `folder` is
// for the message.
Status evolve_schema(Manifest& manifest, const Schema& wanted,
                     const std::string& folder);

// Takes the settings over; kInvalid if money in the store would change its
// meaning.
Status evolve_settings(Manifest& manifest, const Settings& wanted,
                       const std::string& folder);

}  // namespace kitle
