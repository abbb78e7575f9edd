// What the signed annotations of a subject must say.
#pragma once

#include "common/oci/descriptor.hpp"
#include "common/sigstore/requirements.hpp"

namespace modelseal::sigstore {

/// Passes when the signed annotations fulfil what `requirements` demand of them: model, minimum
/// version, check level, annotations.
/// Errors: mismatch (wrong_model, older_version, wrong_annotation); usage for a minimum version
/// that nothing can be compared with.
void require_signed_conditions(const oci::Annotations& annotations,
                               const Requirements& requirements);

}  // namespace modelseal::sigstore
