#include "common/registry/manifests.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/digest/sha256.hpp"
#include "common/registry/client/answer.hpp"

namespace modelseal::registry {

namespace {

constexpr int not_found = 404;

std::string accepted_types() {
    using namespace oci::media_types;
    return core::concat(
        image_manifest, ", ", image_index, ", ", docker_manifest, ", ", docker_manifest_list);
}

/// Docker-Content-Digest is the registry's claim; ours is computed.
void check_stated_digest(const http::Response& response, const digest::Digest& computed) {
    const auto stated = response.headers.get("Docker-Content-Digest");
    if (stated && *stated != computed.to_string()) {
        throw core::Error(core::ErrorKind::mismatch,
                          core::Reason::digest_mismatch,
                          core::concat("the registry states the digest ",
                                       core::in_quotes(*stated),
                                       " for a manifest whose digest is ",
                                       computed.to_string()));
    }
}

/// The same bytes must not be a manifest to one reader and an index to another.
/// Spec: OCI image-spec, manifest.md, `mediaType` ("this property MUST match the media type used to
/// transport").
oci::MediaType checked_type(const http::Response& response) {
    const oci::MediaType type = oci::media_type_of(response.body);
    const std::string announced = response.headers.media_type();
    const bool is_generic = announced.empty() || announced == oci::media_types::json ||
                            announced == oci::media_types::octet_stream ||
                            announced == "text/plain";
    if (!is_generic && announced != type.to_string()) {
        throw core::Error(core::ErrorKind::malformed,
                          core::Reason::malformed_evidence,
                          core::concat("the registry announces ",
                                       core::in_quotes(announced),
                                       " and sends ",
                                       core::in_quotes(type.to_string())));
    }
    return type;
}

}  // namespace

std::optional<oci::ManifestContent> Manifests::get(const oci::Tag& tag) const {
    return core::with_context(core::concat("fetching the manifest of tag ", tag.to_string()),
                              [&] { return get_as(tag.to_string()); });
}

std::optional<oci::ManifestContent> Manifests::get(const digest::Digest& digest) const {
    return core::with_context(core::concat("fetching the manifest ", digest.to_string()), [&] {
        auto content = get_as(digest.to_string());
        if (content && content->descriptor.digest != digest) {
            throw core::Error(core::ErrorKind::mismatch,
                              core::Reason::digest_mismatch,
                              core::concat("the registry sent other bytes, whose digest is ",
                                           content->descriptor.digest.to_string()));
        }
        return content;
    });
}

std::optional<oci::ManifestContent> Manifests::get_as(std::string_view reference) const {
    http::Request request{.url = endpoint_.manifest(reference)};
    request.headers.add("Accept", accepted_types());
    request.body_limit = oci::manifest_size_limit;
    http::Response response = client_.send(request);
    if (response.status == not_found) {
        return std::nullopt;
    }
    if (!response.ok()) {
        throw answer_error(request, response);
    }
    const auto digest = digest::sha256_of(core::as_bytes(response.body));
    check_stated_digest(response, digest);
    oci::Descriptor descriptor{
        .media_type = checked_type(response), .digest = digest, .size = response.body.size()};
    return oci::ManifestContent{std::move(descriptor), std::move(response.body)};
}

http::Response Manifests::put(std::string_view reference,
                              const oci::MediaType& type,
                              std::string_view bytes,
                              const digest::Digest& digest) const {
    http::Request request{.method = http::Method::put, .url = endpoint_.manifest(reference)};
    request.headers.add("Content-Type", type.to_string());
    request.text = bytes;
    return core::with_context(core::concat("pushing the manifest ", reference), [&] {
        http::Response response = client_.send(request);
        if (!response.ok()) {
            throw answer_error(request, response);
        }
        check_stated_digest(response, digest);
        return response;
    });
}

}  // namespace modelseal::registry
