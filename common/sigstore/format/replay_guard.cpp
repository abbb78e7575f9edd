#include "common/sigstore/format/replay_guard.hpp"

#include "common/core/bytes.hpp"
#include "common/core/error.hpp"
#include "common/sigstore/format/dsse.hpp"

#include <algorithm>

namespace modelseal::sigstore {

namespace {

[[noreturn]] void refuse(const char* why) {
    throw core::Error(core::ErrorKind::mismatch, core::Reason::unsafe_content, why);
}

}  // namespace

void ReplayGuard::write(std::span<const std::byte> bytes) {
    const std::size_t missing = pre_authentication_start.size() - start_.size();
    start_.append(core::as_text(bytes.first(std::min(missing, bytes.size()))));
    payload_.write(bytes);
}

void ReplayGuard::require_harmless() const {
    if (start_ == pre_authentication_start) {
        refuse(
            "the content is the message of a DSSE envelope: its signature would be one of what "
            "that "
            "envelope states, an artifact's signature or attestation; nothing was signed");
    }
    if (payload_.found()) {
        refuse(
            "the content is a simple-signing payload: its signature would be one of the artifact "
            "that it names; nothing was signed");
    }
}

}  // namespace modelseal::sigstore
