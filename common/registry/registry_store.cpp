#include "common/registry/registry_store.hpp"

#include "common/core/error.hpp"
#include "common/core/json.hpp"
#include "common/core/text.hpp"
#include "common/http/curl_transport.hpp"
#include "common/http/retrying_transport.hpp"
#include "common/registry/auth/credentials.hpp"
#include "common/registry/client/answer.hpp"
#include "common/registry/download/blob_download.hpp"
#include "common/registry/upload/blob_sender.hpp"

#include <set>

#include <nlohmann/json.hpp>

namespace modelseal::registry {

namespace {

constexpr std::size_t tag_limit = 100'000;

/// What a token must allow, so that one serves for everything that the store is going to do.
Scopes scopes_for(const oci::Repository& repository, const ConnectionOptions& options) {
    Scopes scopes{
        core::concat("repository:", repository.name, options.for_push ? ":pull,push" : ":pull")};
    for (const std::string& source : options.mount_from) {
        scopes.insert(core::concat("repository:", source, ":pull"));
    }
    return scopes;
}

/// The certificates that are kept for a registry add to those that the options name.
http::CurlOptions curl_options(const std::string& registry,
                               const http::Url& origin,
                               const ConnectionOptions& options,
                               const core::Variables& variables) {
    http::CurlOptions curl{.insecure = options.insecure,
                           .plain_on_loopback_only = options.insecure,
                           .plain_http_advice = options.plain_http_advice,
                           .user_agent = options.user_agent,
                           .connect_timeout = options.connect_timeout,
                           .stall_timeout = options.stall_timeout,
                           .short_timeout = options.short_timeout};
    std::optional<CertificatePair> client = options.client;
    if (origin.scheme() == "https") {
        const bool usual = options.certificate_folders.empty();
        HostCertificates kept = find_host_certificates(
            usual ? default_certificate_folders(variables) : options.certificate_folders, registry);
        curl.ca_files = std::move(kept.authorities);
        client = client ? client : kept.client;
    }
    if (!options.ca_file.empty()) {
        curl.ca_files.push_back(options.ca_file);
    }
    if (client) {
        curl.client_certificate = http::ClientCertificate{client->certificate, client->key, origin};
    }
    return curl;
}

/// --insecure: where any certificate will do, the host tools do without TLS as well. Here that is
/// so for a server on this machine only, which is asked once, without credentials.
bool falls_back_to_plain(const oci::Repository& repository,
                         const ConnectionOptions& options,
                         const core::Variables& variables) {
    const Endpoint endpoint(repository, false, options.mirror_of);
    if (!options.insecure || !endpoint.base().is_loopback()) {
        return false;
    }
    http::CurlTransport curl(curl_options(repository.registry, endpoint.base(), options, variables),
                             variables);
    try {
        static_cast<void>(curl.send({.url = endpoint.base().resolve("/v2/")}));
    } catch (const core::Error& error) {
        return error.reason() == core::Reason::unsupported;  // what else is wrong will show again
    }
    return false;
}

oci::Tag checked_tag(const core::Json& tag) {
    try {
        return oci::Tag::parse(tag.is_string() ? tag.get_ref<const std::string&>() : "");
    } catch (const core::Error& error) {
        throw core::Error(
            core::ErrorKind::malformed,
            core::concat("the registry's list of tags is not one: ", error.message()));
    }
}

/// After each page: a list must have an end.
void check_new_tags(std::size_t before, std::size_t now) {
    if (now > tag_limit) {
        throw core::Error(core::ErrorKind::unavailable,
                          core::Reason::limit_exceeded,
                          core::concat("the registry lists more than ", tag_limit, " tags"));
    }
    if (now == before) {
        throw core::Error(core::ErrorKind::unavailable,
                          core::Reason::registry_error,
                          "the registry's list of tags has no end: its next page holds the same "
                          "tags again");
    }
}

}  // namespace

RegistryStore::RegistryStore(oci::Repository repository,
                             Endpoint endpoint,
                             std::unique_ptr<Client> client,
                             UploadOptions uploads)
    : repository_(std::move(repository)),
      endpoint_(std::move(endpoint)),
      client_(std::move(client)),
      uploads_(*client_, endpoint_, std::move(uploads)),
      manifests_(*client_, endpoint_),
      referrers_(*client_, endpoint_, manifests_) {}

oci::Descriptor RegistryStore::resolve(const oci::Tag& tag) {
    const auto content = manifests_.get(tag);
    if (!content) {
        throw core::Error(core::ErrorKind::no_such_tag,
                          core::concat(repository_.to_string(), " has no tag ", tag.to_string()));
    }
    return content->descriptor;
}

oci::ManifestContent RegistryStore::fetch_manifest(const digest::Digest& digest) {
    auto content = manifests_.get(digest);
    if (!content) {
        throw core::Error(
            core::ErrorKind::not_found,
            core::concat(repository_.to_string(), " has no manifest ", digest.to_string()));
    }
    return std::move(*content);
}

void RegistryStore::fetch_blob(const oci::Descriptor& blob, core::ByteSink& to) {
    download_blob(*client_, endpoint_, blob, to);
}

void RegistryStore::fetch_parts(const oci::Descriptor& blob, oci::BlobTarget& to) {
    download_parts(*client_, endpoint_, blob, to, extra_connections_);
}

std::size_t RegistryStore::read_blob_at(const oci::Descriptor& blob,
                                        std::uint64_t offset,
                                        std::span<std::byte> buffer) {
    return download_range(*client_, endpoint_, blob, offset, buffer);
}

std::vector<oci::Descriptor> RegistryStore::referrers(const digest::Digest& subject) {
    return referrers_.list(subject);
}

std::vector<oci::Tag> RegistryStore::tags() {
    std::vector<oci::Tag> tags;
    std::set<std::string> seen;
    std::optional<http::Url> page = endpoint_.tags();
    while (page) {
        const http::Request request{.url = *page};
        const http::Response response = client_->send(request);
        if (!response.ok()) {
            throw answer_error(request, response);
        }
        const core::Json json = core::parse_json(response.body);
        const core::Json& listed = core::require(json, "tags");
        if (listed.is_null() || listed.empty()) {
            break;
        }
        const std::size_t before = tags.size();
        for (const core::Json& item : core::require_array(json, "tags")) {
            oci::Tag tag = checked_tag(item);
            if (seen.insert(tag.to_string()).second) {
                tags.push_back(std::move(tag));
            }
        }
        check_new_tags(before, tags.size());
        const auto next = http::next_link(response.headers);
        page = next ? std::optional(endpoint_.follow(*page, *next, "Link")) : std::nullopt;
    }
    return tags;
}

bool RegistryStore::has_blob(const oci::Descriptor& blob) {
    return registry::has_blob(*client_, endpoint_, blob.digest);
}

digest::Digest RegistryStore::push_blob(const core::RandomAccess& content,
                                        const std::optional<digest::Digest>& expected,
                                        const core::Advance& advance) {
    return uploads_.push(content, expected, advance);
}

oci::Descriptor RegistryStore::push_manifest(const oci::MediaType& type,
                                             std::string_view bytes,
                                             const std::vector<oci::Tag>& tags) {
    const oci::ManifestSummary summary = oci::summarize(bytes);
    const oci::Descriptor stored{
        .media_type = type, .digest = summary.descriptor.digest, .size = bytes.size()};
    const http::Response answer = put_manifest(type, bytes, stored.digest);
    if (summary.subject) {
        referrers_.announce(summary.descriptor, *summary.subject, answer);
    }
    for (const oci::Tag& tag : tags) {
        manifests_.put(tag.to_string(), type, bytes, stored.digest);
    }
    uploads_.forget_stored();
    return stored;
}

http::Response RegistryStore::put_manifest(const oci::MediaType& type,
                                           std::string_view bytes,
                                           const digest::Digest& digest) {
    try {
        return manifests_.put(digest.to_string(), type, bytes, digest);
    } catch (const core::Error& error) {
        if (error.reason() == core::Reason::missing_blob) {
            uploads_.distrust_existing();
        }
        throw;
    }
}

Connection connect(const oci::Repository& repository,
                   const ConnectionOptions& options,
                   const core::Variables& variables,
                   core::Subprocess& subprocess,
                   const core::Clock& clock) {
    const bool is_plain = options.is_plain_for(repository.registry) ||
                          falls_back_to_plain(repository, options, variables);
    Endpoint endpoint(repository, is_plain, options.mirror_of);
    auto curl = std::make_unique<http::CurlTransport>(
        curl_options(repository.registry, endpoint.base(), options, variables), variables);
    auto transport = std::make_unique<http::RetryingTransport>(
        std::move(curl), options.retry, http::RetrySeams::of_system(clock));
    CredentialSource credentials = [=, &subprocess]() -> std::optional<Credential> {
        if (!options.username.empty()) {
            return Credential{.username = options.username, .password = options.password};
        }
        if (!options.registry_token.empty()) {
            return Credential{.registry_token = options.registry_token};
        }
        return CredentialFinder(options.registry_configs, variables, subprocess)
            .find(repository.registry, repository.name);
    };
    auto client = std::make_unique<Client>(std::move(transport),
                                           endpoint.base(),
                                           std::move(credentials),
                                           scopes_for(repository, options),
                                           clock);
    return {std::move(endpoint), std::move(client)};
}

std::unique_ptr<oci::Store> open_registry(const oci::Repository& repository,
                                          const ConnectionOptions& options,
                                          const core::Variables& variables,
                                          core::Subprocess& subprocess,
                                          const core::Clock& clock) {
    Connection connection = connect(repository, options, variables, subprocess, clock);
    return std::make_unique<RegistryStore>(
        repository,
        std::move(connection.endpoint),
        std::move(connection.client),
        UploadOptions{.mount_from = options.mount_from,
                      .chunk_size = options.chunk_size,
                      .journal = UploadJournal::default_folder(variables),
                      .retry = options.retry});
}

}  // namespace modelseal::registry
