// Who refers to a manifest: the referrers API, and the tag that stands in for it where a registry
// does not have it. Spec: OCI distribution-spec 1.1, "Listing Referrers" and "Referrers Tag
// Schema".
#pragma once

#include "common/oci/store.hpp"
#include "common/registry/client/client.hpp"
#include "common/registry/client/endpoint.hpp"
#include "common/registry/manifests.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <vector>

namespace modelseal::registry {

/// "sha256-<hex>": the tag whose index lists the referrers of a subject.
[[nodiscard]] oci::Tag referrers_tag(const digest::Digest& subject);

class Referrers {
  public:
    /// All outlive this object.
    Referrers(Client& client, const Endpoint& endpoint, const Manifests& manifests)
        : client_(client), endpoint_(endpoint), manifests_(manifests) {}

    /// What the API and the fallback tag list, each digest once. Registries list what they were
    /// told: that a listed manifest has this subject is for the caller to check.
    /// Errors: unavailable (limit_exceeded) past 20,000 entries; malformed; every answer but 404
    /// and 400 of the API, and 404 of the tag, is an error and never "none".
    [[nodiscard]] std::vector<oci::Descriptor> list(const digest::Digest& subject) const;

    /// Makes sure that `referrer`, just stored with the answer `stored`, is listed for `subject`.
    /// Errors: unavailable when other writers keep removing it.
    void announce(const oci::Descriptor& referrer,
                  const digest::Digest& subject,
                  const http::Response& stored) const;

  private:
    using Clock = std::chrono::steady_clock;
    using Entries = std::map<digest::Digest, oci::Descriptor>;

    /// Entries that the tag's index must keep. What was seen once and is gone was overwritten by a
    /// writer who did not know it, so that every writer restores the others' entries as well.
    struct Watch {
        Entries seen;
        Clock::time_point until;  // from when on a complete index stays complete
    };

    [[nodiscard]] std::optional<Entries> ask_api(const digest::Digest& subject) const;
    [[nodiscard]] oci::Index read_tag(const digest::Digest& subject) const;
    void write_tag(const digest::Digest& subject, oci::Index index, const Entries& entries) const;
    void add_to_tag(const oci::Descriptor& referrer, const digest::Digest& subject) const;
    [[nodiscard]] bool is_settled(const digest::Digest& subject, Watch& watch) const;

    Client& client_;
    const Endpoint& endpoint_;
    const Manifests& manifests_;
};

}  // namespace modelseal::registry
