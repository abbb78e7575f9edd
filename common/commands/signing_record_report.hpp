// Who made a signature and where it is logged, as every command that signs tells it.
#pragma once

#include "common/core/json.hpp"
#include "common/sigstore/signing_record.hpp"

#include <iosfwd>

namespace modelseal::commands {

/// Lines of a label, padded to 11 columns, and what it is.
void print_record(std::ostream& out, const sigstore::SigningRecord& record);

/// Sets `key`, or `identity` and `issuer`; and `transparencyLog` and `timestamps` when there are
/// any.
void add_record(core::Json& json, const sigstore::SigningRecord& record);

}  // namespace modelseal::commands
