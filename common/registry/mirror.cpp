#include "common/registry/mirror.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/registry/registry_store.hpp"

namespace modelseal::registry {

namespace {

constexpr std::string_view http_scheme = "http://";
constexpr std::string_view https_scheme = "https://";
constexpr std::chrono::seconds connect_timeout{5};
constexpr std::chrono::seconds stall_timeout{10};
constexpr std::chrono::seconds short_timeout{30};

bool take_prefix(std::string_view& text, std::string_view prefix) {
    const bool is_there = text.starts_with(prefix);
    text.remove_prefix(is_there ? prefix.size() : 0);
    return is_there;
}

}  // namespace

MirrorAddress MirrorAddress::parse(std::string_view text, const oci::Repository& origin) {
    MirrorAddress address;
    address.plain_http = take_prefix(text, http_scheme);
    address.tls_only = !address.plain_http && take_prefix(text, https_scheme);
    if (text.ends_with('/')) {
        text.remove_suffix(1);
    }
    const oci::Reference reference = oci::Reference::parse(core::concat(text, '/', origin.name));
    if (!reference.tags.empty() || reference.digest) {
        throw core::Error(core::ErrorKind::usage,
                          core::concat(core::in_quotes(text),
                                       " is not the place of a mirror: [http://]HOST[/PREFIX]"));
    }
    address.repository = reference.repository;
    return address;
}

std::unique_ptr<oci::Store> open_mirror(const MirrorAddress& address,
                                        const oci::Repository& origin,
                                        ConnectionOptions options,
                                        const core::Variables& variables,
                                        core::Subprocess& subprocess,
                                        const core::Clock& clock) {
    options.plain_http = address.plain_http;
    options.tls_only = address.tls_only;
    options.plain_http_advice = "write http:// before the name of a mirror without it";
    options.mirror_of = origin.registry;
    options.retry.retries = 0;
    options.connect_timeout = connect_timeout;
    options.stall_timeout = stall_timeout;
    options.short_timeout = short_timeout;
    return open_registry(address.repository, options, variables, subprocess, clock);
}

}  // namespace modelseal::registry
