#include "common/services/signing_config.hpp"

#include "common/core/error.hpp"
#include "common/core/json.hpp"
#include "common/core/text.hpp"
#include "common/services/public_good_config.hpp"
#include "common/sigstore/format/protojson.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

namespace modelseal::services {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;

namespace protojson = sigstore::protojson;

constexpr std::string_view media_type = "application/vnd.dev.sigstore.signingconfig.v0.2+json";
constexpr std::size_t service_limit = 64;

ConfiguredService read_service(const core::Json& json) {
    protojson::require_message(json, "service", {"url", "majorApiVersion", "validFor", "operator"});
    const core::Json& validity = core::require_object(json, "validFor");
    protojson::require_message(validity, "field \"validFor\"", {"start", "end"});
    ConfiguredService service{
        .url = http::Url::parse(core::require_string(json, "url")),
        .major_version = core::require_unsigned(json, "majorApiVersion"),
        .start = core::Timestamp::parse(core::require_string(validity, "start")),
        .operated_by = core::optional_string(json, "operator").value_or("")};
    if (protojson::find(validity, "end") != nullptr) {
        service.end = core::Timestamp::parse(core::require_string(validity, "end"));
    }
    return service;
}

std::vector<ConfiguredService> read_services(const core::Json& config, std::string_view name) {
    std::vector<ConfiguredService> services;
    const core::Json* list = protojson::find_array(config, name, service_limit);
    if (list != nullptr) {
        core::with_context(concat("reading \"", name, '"'), [&] {
            std::transform(list->begin(), list->end(), std::back_inserter(services), read_service);
        });
    }
    return services;
}

ServiceChoice read_choice(const core::Json& json) {
    if (protojson::find(json, "selector") == nullptr) {
        return ServiceChoice::none;
    }
    const std::string name = core::require_string(json, "selector");
    if (name == "ANY") {
        return ServiceChoice::any;
    }
    if (name == "ALL") {
        return ServiceChoice::all;
    }
    if (name == "EXACT") {
        return ServiceChoice::exact;
    }
    throw Error(ErrorKind::malformed,
                concat("the selector ", core::in_quotes(name), " is not ANY, ALL or EXACT"));
}

ServiceGroup read_group(const core::Json& config,
                        std::string_view services,
                        std::string_view choice) {
    ServiceGroup group{.services = read_services(config, services)};
    if (const core::Json* json = protojson::find(config, choice)) {
        protojson::require_message(*json, concat("field \"", choice, '"'), {"selector", "count"});
        group.choice = read_choice(*json);
        if (protojson::find(*json, "count") != nullptr) {
            group.count = core::require_unsigned(*json, "count");
        }
    }
    if (group.choice == ServiceChoice::none && !group.services.empty()) {
        throw Error(ErrorKind::malformed, concat("the field \"", choice, "\" has no selector"));
    }
    if ((group.choice == ServiceChoice::exact) != (group.count != 0)) {
        throw Error(ErrorKind::malformed,
                    concat("the field \"", choice, "\" has a count without EXACT, or the reverse"));
    }
    return group;
}

/// Of each operator the newest service of the highest supported version that is valid now.
std::vector<ConfiguredService> usable(std::vector<ConfiguredService> services,
                                      std::uint64_t highest_version,
                                      core::Timestamp now) {
    std::stable_sort(services.begin(), services.end(), [](const auto& left, const auto& right) {
        return left.start > right.start;
    });
    for (std::uint64_t version = highest_version; version > 0; --version) {
        std::set<std::string> operators;
        std::vector<ConfiguredService> chosen;
        for (const ConfiguredService& service : services) {
            if (service.major_version == version && service.is_valid_at(now) &&
                operators.insert(service.operated_by).second) {
                chosen.push_back(service);
            }
        }
        if (!chosen.empty()) {
            return chosen;
        }
    }
    return {};
}

std::vector<ConfiguredService> choose(const ServiceGroup& group,
                                      std::string_view what,
                                      std::uint64_t highest_version,
                                      core::Timestamp now) {
    std::vector<ConfiguredService> chosen = usable(group.services, highest_version, now);
    const std::uint64_t needed = group.choice == ServiceChoice::exact ? group.count : 1;
    if (group.services.empty() && group.choice != ServiceChoice::exact) {
        return {};
    }
    if (chosen.size() < needed) {
        throw Error(ErrorKind::usage,
                    core::Reason::unsupported,
                    concat("the signing config has ",
                           chosen.size(),
                           ' ',
                           what,
                           " that this version can use now, and asks for ",
                           needed));
    }
    if (group.choice != ServiceChoice::all) {
        chosen.erase(chosen.begin() + static_cast<std::ptrdiff_t>(needed), chosen.end());
    }
    return chosen;
}

}  // namespace

SigningConfig SigningConfig::parse(std::string_view text) {
    return core::with_context("reading the signing config", [&] {
        const core::Json json = core::parse_json(text, {.size = signing_config_limit, .depth = 16});
        protojson::require_message(json,
                                   "signing config",
                                   {"mediaType",
                                    "caUrls",
                                    "oidcUrls",
                                    "rekorTlogUrls",
                                    "rekorTlogConfig",
                                    "tsaUrls",
                                    "tsaConfig"});
        const std::string type = core::require_string(json, "mediaType");
        if (type != media_type) {
            throw Error(ErrorKind::malformed,
                        concat("its media type is ", core::in_quotes(type), ", not ", media_type));
        }
        // No browser is opened, so nobody is sent to these; but a mistake in them is one.
        static_cast<void>(read_services(json, "oidcUrls"));
        SigningConfig config;
        config.authorities_ = read_services(json, "caUrls");
        config.logs_ = read_group(json, "rekorTlogUrls", "rekorTlogConfig");
        config.timestamps_ = read_group(json, "tsaUrls", "tsaConfig");
        return config;
    });
}

const SigningConfig& SigningConfig::public_good() {
    static const SigningConfig config = parse(public_good_config);
    return config;
}

std::string_view SigningConfig::public_good_date() noexcept {
    return public_good_config_date;
}

SigningServices SigningConfig::select(core::Timestamp now) const {
    constexpr std::uint64_t newest_authority = 1;
    constexpr std::uint64_t newest_log = 2;
    SigningServices chosen;
    const ServiceGroup authorities{.services = authorities_, .choice = ServiceChoice::any};
    for (const auto& service :
         choose(authorities, "certificate authorities", newest_authority, now)) {
        chosen.certificate_authority = CertificateAuthority{.url = service.url};
    }
    for (const auto& service :
         choose(timestamps_, "timestamp authorities", newest_authority, now)) {
        chosen.timestamp_authorities.push_back(service.url);
    }
    for (const auto& service : choose(logs_, "logs", newest_log, now)) {
        chosen.logs.push_back(
            {.url = service.url,
             .version = service.major_version == 1 ? LogVersion::rekor_v1 : LogVersion::rekor_v2});
    }
    return chosen;
}

}  // namespace modelseal::services
