#include "common/model/model_json.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <nlohmann/json.hpp>

namespace modelseal::model {

namespace {

using core::Json;

Severity severity_from(const std::string& text) {
    for (const Severity severity : {Severity::allowed, Severity::warning, Severity::error}) {
        if (to_string(severity) == text) {
            return severity;
        }
    }
    throw core::Error(core::ErrorKind::malformed,
                      core::concat("there is no severity ", core::in_quotes(text)));
}

Json to_json(const std::map<std::string, DtypeCount>& dtypes) {
    Json json = Json::object();
    for (const auto& [dtype, count] : dtypes) {
        json[dtype] = {{"tensors", count.tensors}, {"parameters", count.parameters}};
    }
    return json;
}

std::map<std::string, DtypeCount> dtypes_from_json(const Json& json) {
    std::map<std::string, DtypeCount> dtypes;
    for (const auto& [dtype, count] : json.items()) {
        dtypes[dtype] = {core::require_unsigned(count, "tensors"),
                         core::require_unsigned(count, "parameters")};
    }
    return dtypes;
}

std::string string_from(const Json& json) {
    if (!json.is_string()) {
        throw core::Error(core::ErrorKind::malformed, "a list of texts holds something else");
    }
    return json.get<std::string>();
}

}  // namespace

Json to_json(const Finding& finding) {
    Json json = {{"severity", to_string(finding.severity)},
                 {"file", core::as_utf8(finding.file)},
                 {"rule", finding.rule}};
    if (finding.offset) {
        json["offset"] = *finding.offset;
    }
    if (finding.tensor) {
        json["tensor"] = core::as_utf8(*finding.tensor);
    }
    json["message"] = finding.message;
    if (finding.allow) {
        json["allow"] = core::as_utf8(*finding.allow);
    }
    return json;
}

Finding finding_from_json(const Json& json) {
    Finding finding{.severity = severity_from(core::require_string(json, "severity")),
                    .file = core::require_string(json, "file"),
                    .rule = core::require_string(json, "rule"),
                    .offset = std::nullopt,
                    .tensor = core::optional_string(json, "tensor"),
                    .message = core::require_string(json, "message"),
                    .allow = core::optional_string(json, "allow")};
    if (core::find(json, "offset") != nullptr) {
        finding.offset = core::require_unsigned(json, "offset");
    }
    return finding;
}

Json to_json(const SafetensorsFacts& facts) {
    Json json = {{"header_length", facts.header_length},
                 {"header_sha256", facts.header_sha256.to_string()},
                 {"data_length", facts.data_length},
                 {"tensors", facts.tensors},
                 {"parameters", facts.parameters},
                 {"dtypes", to_json(facts.dtypes)},
                 {"metadata", Json::object()},
                 {"metadata_complete", facts.metadata_complete}};
    for (const auto& [key, value] : facts.metadata) {
        json["metadata"][key] = value;
    }
    return json;
}

SafetensorsFacts safetensors_facts_from_json(const Json& json) {
    const Json& complete = core::require(json, "metadata_complete");
    SafetensorsFacts facts{
        .header_length = core::require_unsigned(json, "header_length"),
        .header_sha256 = digest::Digest::parse(core::require_string(json, "header_sha256")),
        .data_length = core::require_unsigned(json, "data_length"),
        .tensors = core::require_unsigned(json, "tensors"),
        .parameters = core::require_unsigned(json, "parameters"),
        .dtypes = dtypes_from_json(core::require_object(json, "dtypes")),
        .metadata = {},
        .metadata_complete = complete.is_boolean() && complete.get<bool>()};
    for (const auto& [key, value] : core::require_object(json, "metadata").items()) {
        facts.metadata[key] = string_from(value);
    }
    return facts;
}

Json to_json(const ModelFacts& facts) {
    Json json = {{"format", facts.format},
                 {"tensors", facts.tensors},
                 {"parameters", facts.parameters},
                 {"dtypes", to_json(facts.dtypes)}};
    if (!facts.architectures.empty()) {
        json["architectures"] = facts.architectures;
    }
    if (facts.base_model) {
        json["base_model"] = *facts.base_model;
    }
    return json;
}

ModelFacts model_facts_from_json(const Json& json) {
    ModelFacts facts{.format = core::require_string(json, "format"),
                     .tensors = core::require_unsigned(json, "tensors"),
                     .parameters = core::require_unsigned(json, "parameters"),
                     .dtypes = dtypes_from_json(core::require_object(json, "dtypes")),
                     .architectures = {},
                     .base_model = core::optional_string(json, "base_model")};
    if (core::find(json, "architectures") != nullptr) {
        for (const Json& name : core::require_array(json, "architectures")) {
            facts.architectures.push_back(string_from(name));
        }
    }
    return facts;
}

}  // namespace modelseal::model
