// Manifests and indexes of one repository, by tag or digest. Spec: OCI distribution-spec 1.1,
// "Pulling manifests" and "Pushing Manifests".
#pragma once

#include "common/http/transport.hpp"
#include "common/oci/store.hpp"
#include "common/registry/client/client.hpp"
#include "common/registry/client/endpoint.hpp"

#include <optional>
#include <string_view>

namespace modelseal::registry {

class Manifests {
  public:
    /// Both outlive this object.
    Manifests(Client& client, const Endpoint& endpoint) : client_(client), endpoint_(endpoint) {}

    /// What the tag points to; nothing when the registry says 404. The descriptor's digest is that
    /// of the bytes received. Errors: mismatch (digest_mismatch) when the registry states another,
    /// malformed (neither manifest nor index, announced as something else, over the size limit).
    [[nodiscard]] std::optional<oci::ManifestContent> get(const oci::Tag& tag) const;

    /// The same by digest. Errors: also mismatch when the bytes are not those of the digest.
    [[nodiscard]] std::optional<oci::ManifestContent> get(const digest::Digest& digest) const;

    /// Stores `bytes`, whose digest is `digest`, under a tag or that digest; returns the answer,
    /// whose headers matter to referrers. Errors: mismatch when the registry states another digest.
    http::Response put(std::string_view reference,
                       const oci::MediaType& type,
                       std::string_view bytes,
                       const digest::Digest& digest) const;

  private:
    [[nodiscard]] std::optional<oci::ManifestContent> get_as(std::string_view reference) const;

    Client& client_;
    const Endpoint& endpoint_;
};

}  // namespace modelseal::registry
