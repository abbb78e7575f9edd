// authenticate(), for signatures by keys.
#pragma once

#include "common/sigstore/authentication.hpp"

namespace modelseal::sigstore {

/// Errors: as authenticate().
[[nodiscard]] Authentication authenticate_key(const Bundle& bundle,
                                              const SignatureCheck& check,
                                              const Requirements& requirements,
                                              const Trust& trust,
                                              CheckNotes& notes);

}  // namespace modelseal::sigstore
