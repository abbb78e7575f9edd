// The URLs of one repository. Spec: OCI distribution-spec 1.1, "Endpoints".
#pragma once

#include "common/digest/digest.hpp"
#include "common/http/url.hpp"
#include "common/oci/reference.hpp"

#include <string>
#include <string_view>

namespace modelseal::registry {

class Endpoint {
  public:
    /// A mirror is told with each request whose content is meant (`mirrored`, a registry): some
    /// keep that of several, and take it from the parameter "ns", as containerd sends it. Errors:
    /// malformed (a registry name that makes no URL).
    Endpoint(const oci::Repository& repository, bool plain_http, std::string_view mirrored = "");

    /// `reference` is a tag or a digest.
    [[nodiscard]] http::Url manifest(std::string_view reference) const;
    [[nodiscard]] http::Url blob(const digest::Digest& digest) const;
    [[nodiscard]] http::Url uploads() const;
    [[nodiscard]] http::Url referrers(const digest::Digest& subject) const;
    [[nodiscard]] http::Url tags() const;

    /// Where a header of an answer to `asked` points to. Errors: denied when that is another
    /// origin: it would get the credentials, the content, or both.
    [[nodiscard]] http::Url follow(const http::Url& asked,
                                   std::string_view reference,
                                   std::string_view header) const;

    [[nodiscard]] const http::Url& base() const noexcept { return base_; }

  private:
    [[nodiscard]] http::Url below(std::string_view path) const;

    http::Url base_;
    std::string name_;
    std::string mirrored_;  // empty for a registry that is no mirror
};

}  // namespace modelseal::registry
