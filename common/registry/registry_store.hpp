// A repository in a registry. Spec: OCI distribution-spec 1.1.
#pragma once

#include "common/core/subprocess.hpp"
#include "common/core/time.hpp"
#include "common/core/variables.hpp"
#include "common/oci/store.hpp"
#include "common/registry/client/client.hpp"
#include "common/registry/client/endpoint.hpp"
#include "common/registry/connection_options.hpp"
#include "common/registry/download/connection_budget.hpp"
#include "common/registry/manifests.hpp"
#include "common/registry/referrers.hpp"
#include "common/registry/upload/blob_upload.hpp"

#include <memory>

namespace modelseal::registry {

class RegistryStore final : public oci::Store {
  public:
    /// `client` speaks to the registry that `endpoint` belongs to.
    RegistryStore(oci::Repository repository,
                  Endpoint endpoint,
                  std::unique_ptr<Client> client,
                  UploadOptions uploads);

    [[nodiscard]] const oci::Repository& repository() const noexcept override {
        return repository_;
    }

    [[nodiscard]] bool sends_unasked(std::uint64_t size) const noexcept override {
        return uploads_.needs_no_digest(size);
    }

    [[nodiscard]] oci::Descriptor resolve(const oci::Tag& tag) override;
    [[nodiscard]] oci::ManifestContent fetch_manifest(const digest::Digest& digest) override;
    void fetch_blob(const oci::Descriptor& blob, core::ByteSink& to) override;
    void fetch_parts(const oci::Descriptor& blob, oci::BlobTarget& to) override;
    std::size_t read_blob_at(const oci::Descriptor& blob,
                             std::uint64_t offset,
                             std::span<std::byte> buffer) override;
    [[nodiscard]] std::vector<oci::Descriptor> referrers(const digest::Digest& subject) override;
    [[nodiscard]] std::vector<oci::Tag> tags() override;

    [[nodiscard]] bool has_blob(const oci::Descriptor& blob) override;

    /// As BlobUpload::push().
    digest::Digest push_blob(const core::RandomAccess& content,
                             const std::optional<digest::Digest>& expected,
                             const core::Advance& advance) override;

    /// Errors: also those with missing_blob; blobs that are then pushed again are sent even when
    /// the registry says that it has them.
    oci::Descriptor push_manifest(const oci::MediaType& type,
                                  std::string_view bytes,
                                  const std::vector<oci::Tag>& tags) override;

  private:
    http::Response put_manifest(const oci::MediaType& type,
                                std::string_view bytes,
                                const digest::Digest& digest);

    /// Beside the one that every blob on its way has.
    static constexpr std::size_t extra_connection_limit = 24;

    oci::Repository repository_;
    Endpoint endpoint_;
    std::unique_ptr<Client> client_;
    ConnectionBudget extra_connections_{extra_connection_limit};
    BlobUpload uploads_;
    Manifests manifests_;
    Referrers referrers_;
};

/// How requests about one repository get to its registry.
struct Connection {
    Endpoint endpoint;
    std::unique_ptr<Client> client;
};

/// With retries, and the credentials that the options name or that docker, oras and podman keep.
/// Nothing is sent yet, but to a server on this machine the question whether it speaks TLS, where
/// any certificate is accepted: without TLS it is spoken to in plain HTTP. `subprocess` and `clock`
/// outlive the connection. Errors: malformed, not_found, denied (a CA file that cannot be used).
[[nodiscard]] Connection connect(const oci::Repository& repository,
                                 const ConnectionOptions& options,
                                 const core::Variables& variables,
                                 core::Subprocess& subprocess,
                                 const core::Clock& clock);

/// A store for `repository` over the network, with the credentials that the options name or that
/// docker, oras and podman keep. Nothing is sent before it is used, but as connect() says.
/// `subprocess` and `clock` outlive the store. Errors: malformed, not_found, denied (a CA file that
/// cannot be used).
[[nodiscard]] std::unique_ptr<oci::Store> open_registry(const oci::Repository& repository,
                                                        const ConnectionOptions& options,
                                                        const core::Variables& variables,
                                                        core::Subprocess& subprocess,
                                                        const core::Clock& clock);

}  // namespace modelseal::registry
