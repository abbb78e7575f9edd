#include "common/artifact/signing.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/sigstore/sign.hpp"

namespace modelseal::artifact {

namespace {

constexpr std::uint64_t latest_second = 253402300799;  // the end of the year 9999

}  // namespace

core::Timestamp signing_time(const core::Variables& variables, const core::Clock& clock) {
    const auto epoch = variables.get_nonempty("SOURCE_DATE_EPOCH");
    if (!epoch) {
        return clock.now();
    }
    const auto seconds = core::parse_decimal(*epoch);
    if (!seconds || *seconds > latest_second) {
        throw core::Error(core::ErrorKind::usage,
                          core::concat("SOURCE_DATE_EPOCH is ",
                                       core::in_quotes(*epoch),
                                       ", not whole seconds since 1970"));
    }
    return core::Timestamp::from_unix(static_cast<std::int64_t>(*seconds));
}

SignedArtifact sign(oci::Store& signatures, const SigningRequest& request, crypto::Signer& signer) {
    const digest::Digest& artifact = request.subject.digest;
    SignedArtifact result{.bundle = sigstore::sign_artifact(artifact, request.annotations, signer),
                          .key = signer.public_key()};
    if (!request.upload) {
        return result;
    }
    result.referrer =
        sigstore::push_bundle(signatures, request.subject, result.bundle, request.created);
    if (request.legacy) {
        sigstore::push_legacy_signature(
            signatures,
            artifact,
            sigstore::sign_artifact_legacy(
                artifact, request.docker_reference, request.annotations, signer),
            result.key);
    }
    return result;
}

}  // namespace modelseal::artifact
