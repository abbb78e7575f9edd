// Signing configs: which services there are, and how many of each take part.
// Spec: sigstore protobuf-specs, sigstore_trustroot.proto, SigningConfig v0.2.
#pragma once

#include "common/core/time.hpp"
#include "common/http/url.hpp"
#include "common/services/signing_services.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::services {

/// Larger files are not read: 256 KiB.
inline constexpr std::uint64_t signing_config_limit = std::uint64_t{256} << 10U;

/// One service, and when it may be used.
struct ConfiguredService {
    http::Url url;
    std::uint64_t major_version = 0;  // of its interface
    core::Timestamp start;
    std::optional<core::Timestamp> end{};  // included
    std::string operated_by{};

    [[nodiscard]] bool is_valid_at(core::Timestamp time) const {
        return start <= time && (!end || time <= *end);
    }
};

enum class ServiceChoice {
    none,   // nothing is said: right only where there are no services
    any,    // one of them
    all,    // each of them
    exact,  // so many of them
};

struct ServiceGroup {
    std::vector<ConfiguredService> services{};
    ServiceChoice choice = ServiceChoice::none;
    std::uint64_t count = 0;  // for `exact`
};

class SigningConfig {
  public:
    /// Errors: malformed (another media type, an unknown, missing or duplicate field, a URL or time
    /// that is none, limits).
    [[nodiscard]] static SigningConfig parse(std::string_view json);

    /// That of the public Sigstore, compiled in; public_good_date() says how old it is.
    [[nodiscard]] static const SigningConfig& public_good();

    /// When the compiled-in config was taken from the public instance: "2026-11".
    [[nodiscard]] static std::string_view public_good_date() noexcept;

    /// Of each kind: the highest supported version with a service that is valid now, of each
    /// operator its newest service, and of these as many as the config says; the newest first. A
    /// kind without services is not used. Errors: usage (unsupported) when there are services, but
    /// none or not enough that are valid and supported.
    [[nodiscard]] SigningServices select(core::Timestamp now) const;

    [[nodiscard]] const std::vector<ConfiguredService>& certificate_authorities() const noexcept {
        return authorities_;
    }

    [[nodiscard]] const ServiceGroup& logs() const noexcept { return logs_; }

    [[nodiscard]] const ServiceGroup& timestamp_authorities() const noexcept { return timestamps_; }

  private:
    std::vector<ConfiguredService> authorities_;
    ServiceGroup logs_;
    ServiceGroup timestamps_;
};

}  // namespace modelseal::services
