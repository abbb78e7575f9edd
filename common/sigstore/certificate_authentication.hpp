// authenticate(), for signatures by certificates.
#pragma once

#include "common/sigstore/authentication.hpp"

namespace modelseal::sigstore {

/// `material` is that of `bundle`. Errors: as authenticate().
[[nodiscard]] Authentication authenticate_certificate(const Bundle& bundle,
                                                      const CertificateMaterial& material,
                                                      const SignatureCheck& check,
                                                      const Requirements& requirements,
                                                      const Trust& trust,
                                                      CheckNotes& notes);

}  // namespace modelseal::sigstore
