// A registry that holds content of another one.
#pragma once

#include "common/core/subprocess.hpp"
#include "common/core/time.hpp"
#include "common/core/variables.hpp"
#include "common/oci/store.hpp"
#include "common/registry/connection_options.hpp"

#include <memory>
#include <string_view>

namespace modelseal::registry {

/// Where the content of a repository lies in a mirror, and how that is reached.
struct MirrorAddress {
    oci::Repository repository;
    bool plain_http = false;  // "http://" was written
    bool tls_only = false;    // "https://" was written

    /// "[http://|https://]HOST[:PORT][/PREFIX]": the repository there has the name of `origin`,
    /// behind PREFIX. Errors: usage.
    [[nodiscard]] static MirrorAddress parse(std::string_view text, const oci::Repository& origin);

    bool operator==(const MirrorAddress&) const = default;
};

/// A store to read from, as registry::open_registry(). What `options` say of TLS is replaced by the
/// address; a request is sent once, and a server that does not answer is not waited for long: there
/// are others to ask. Errors: as open_registry().
[[nodiscard]] std::unique_ptr<oci::Store> open_mirror(const MirrorAddress& address,
                                                      const oci::Repository& origin,
                                                      ConnectionOptions options,
                                                      const core::Variables& variables,
                                                      core::Subprocess& subprocess,
                                                      const core::Clock& clock);

}  // namespace modelseal::registry
