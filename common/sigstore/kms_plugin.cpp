#include "common/sigstore/kms_plugin.hpp"

#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/crypto/hash.hpp"

#include <nlohmann/json.hpp>

namespace modelseal::sigstore {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;

/// Go's crypto.Hash numbers.
int go_hash(crypto::HashAlgorithm hash) noexcept {
    switch (hash) {
        case crypto::HashAlgorithm::sha256:
            return 5;
        case crypto::HashAlgorithm::sha384:
            return 6;
        case crypto::HashAlgorithm::sha512:
            return 7;
    }
    return 0;
}

core::Json rpc_options() {
    return {{"keyVersion", ""}, {"remoteVerification", false}};
}

std::string decode(const core::Json& answer, std::string_view member) {
    const auto bytes = core::from_base64(core::require_string(answer, member));
    if (!bytes) {
        throw Error(ErrorKind::malformed, concat("the field \"", member, "\" is not base64"));
    }
    return std::string(core::as_text(*bytes));
}

core::SubprocessResult run(core::Subprocess& subprocess,
                           const std::vector<std::string>& arguments,
                           std::string_view input) {
    try {
        return subprocess.run(arguments, input);
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::not_found) {
            throw;
        }
        throw Error(ErrorKind::not_found,
                    concat("there is no program ", core::in_quotes(arguments.front()), " on PATH"));
    }
}

}  // namespace

KmsPlugin::KmsPlugin(core::Subprocess& subprocess, std::string_view name, std::string_view resource)
    : subprocess_(subprocess), program_(concat("sigstore-kms-", name)), resource_(resource) {
    const core::Json answer = call("publicKey",
                                   crypto::HashAlgorithm::sha256,
                                   {{"publicKeyOptions", {{"rpcOptions", rpc_options()}}}},
                                   "");
    public_key_ = core::with_context(concat("reading the public key of ", program_), [&] {
        return crypto::PublicKey::parse_pem(decode(answer, "publicKeyPEM"));
    });
}

template <typename Verify>
core::Bytes KmsPlugin::checked(core::Bytes signature, Verify verify) const {
    try {
        verify(signature);
    } catch (const Error&) {
        throw Error(ErrorKind::unavailable,
                    concat(program_, " returned a signature that its own public key refuses"));
    }
    return signature;
}

core::Bytes KmsPlugin::sign(std::span<const std::byte> message) {
    // Ed25519 signs the message itself; every other key signs a digest, which spares the plugin the
    // hashing.
    const auto algorithm = public_key_->algorithm();
    const core::Json digest =
        algorithm == crypto::KeyAlgorithm::ed25519
            ? core::Json(nullptr)
            : core::Json(core::to_base64(crypto::hash_of(crypto::native_hash(algorithm), message)));
    return checked(request_signature(digest, core::as_text(message)), [&](const auto& signature) {
        static_cast<void>(
            crypto::verify_signature(*public_key_, crypto::HashChoice::native, message, signature));
    });
}

core::Bytes KmsPlugin::sign_digest(std::span<const std::byte> digest) {
    const auto algorithm = public_key_->algorithm();
    if (algorithm == crypto::KeyAlgorithm::ed25519) {
        throw Error(ErrorKind::usage,
                    core::Reason::unsupported,
                    concat("the key of ", program_, " is Ed25519 and signs no digests"));
    }
    const crypto::MessageDigest stated{.algorithm = crypto::native_hash(algorithm),
                                       .bytes = {digest.begin(), digest.end()}};
    return checked(request_signature(core::to_base64(digest), ""), [&](const auto& signature) {
        static_cast<void>(crypto::verify_digest(
            *public_key_, crypto::HashChoice::native, std::span(&stated, 1), signature));
    });
}

core::Bytes KmsPlugin::request_signature(const core::Json& digest, std::string_view message) {
    const crypto::HashAlgorithm hash = crypto::native_hash(public_key_->algorithm());
    const core::Json answer =
        call("signMessage",
             hash,
             {{"signOptions",
               {{"rpcOptions", rpc_options()},
                {"messageOptions", {{"digest", digest}, {"hashFunc", go_hash(hash)}}}}}},
             message);
    return core::to_bytes(decode(answer, "signature"));
}

core::Json KmsPlugin::call(std::string_view method,
                           crypto::HashAlgorithm hash,
                           const core::Json& method_arguments,
                           std::string_view input) {
    const core::Json request = {{"initOptions",
                                 {{"protocolVersion", "v1"},
                                  {"keyResourceID", resource_},
                                  {"hashFunc", go_hash(hash)},
                                  {"rpcOptions", rpc_options()}}},
                                {"methodName", method},
                                {method, method_arguments}};
    const core::SubprocessResult result =
        run(subprocess_, {program_, "v1", core::to_go_json(request)}, input);
    // The protocol reports errors in its answer; the exit status means nothing.
    if (result.killed) {
        throw Error(ErrorKind::unavailable, concat(program_, " was killed by a signal"));
    }
    const core::Json answer = core::with_context(concat("reading the answer of ", program_),
                                                 [&] { return core::parse_json(result.output); });
    const auto failure = core::optional_string(answer, "errorMessage");
    if (failure && !failure->empty()) {
        throw Error(ErrorKind::unavailable, concat(program_, ": ", core::in_quotes(*failure)));
    }
    return core::with_context(concat("reading the answer of ", program_),
                              [&] { return core::require_object(answer, method); });
}

}  // namespace modelseal::sigstore
