#include "common/registry/client/endpoint.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"

namespace modelseal::registry {

namespace {

/// The name people write for Docker Hub is not the host of its API.
std::string_view api_host(std::string_view registry) {
    return registry == "docker.io" ? "registry-1.docker.io" : registry;
}

http::Url base_url(const std::string& registry, bool plain_http) {
    return http::Url::parse(
        core::concat(plain_http ? "http://" : "https://", api_host(registry), '/'));
}

}  // namespace

Endpoint::Endpoint(const oci::Repository& repository, bool plain_http, std::string_view mirrored)
    : base_(base_url(repository.registry, plain_http)),
      name_(repository.name),
      mirrored_(mirrored) {}

http::Url Endpoint::below(std::string_view path) const {
    const http::Url url = base_.resolve(core::concat("/v2/", name_, path));
    return mirrored_.empty() ? url : url.with_parameter("ns", mirrored_);
}

http::Url Endpoint::manifest(std::string_view reference) const {
    return below(core::concat("/manifests/", reference));
}

http::Url Endpoint::blob(const digest::Digest& digest) const {
    return below(core::concat("/blobs/", digest.to_string()));
}

http::Url Endpoint::uploads() const {
    return below("/blobs/uploads/");
}

http::Url Endpoint::referrers(const digest::Digest& subject) const {
    return below(core::concat("/referrers/", subject.to_string()));
}

http::Url Endpoint::tags() const {
    return below("/tags/list");
}

http::Url Endpoint::follow(const http::Url& asked,
                           std::string_view reference,
                           std::string_view header) const {
    http::Url target = asked.resolve(reference);
    if (!target.same_origin(base_)) {
        throw core::Error(core::ErrorKind::denied,
                          core::Reason::registry_error,
                          core::concat(base_.origin(),
                                       " points to another server, ",
                                       core::in_quotes(target.origin()),
                                       ", in its ",
                                       header,
                                       " header; credentials and content are not sent there"));
    }
    return target;
}

}  // namespace modelseal::registry
