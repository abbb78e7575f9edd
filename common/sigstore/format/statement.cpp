#include "common/sigstore/format/statement.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/sigstore/format/protojson.hpp"
#include "common/sigstore/format/signed_annotations.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace modelseal::sigstore {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;

constexpr std::string_view type_v1 = "https://in-toto.io/Statement/v1";
constexpr std::string_view type_v01 = "https://in-toto.io/Statement/v0.1";
constexpr std::size_t subject_limit = 10000;

std::optional<digest::Digest> read_sha256(const core::Json& subject) {
    const core::Json* digests = protojson::find(subject, "digest");
    if (digests == nullptr) {
        return std::nullopt;
    }
    if (!digests->is_object()) {
        throw Error(ErrorKind::malformed, "a subject's digest is not an object");
    }
    const auto hex = core::optional_string(*digests, "sha256");
    return hex ? std::optional(digest::Digest::parse(concat("sha256:", *hex))) : std::nullopt;
}

oci::Annotations read_annotations(const core::Json& subject) {
    const core::Json* members = protojson::find(subject, "annotations");
    if (members == nullptr) {
        return {};
    }
    if (!members->is_object()) {
        throw Error(ErrorKind::malformed, "a subject's annotations are not an object");
    }
    return signed_annotations::read(*members);
}

Subject read_subject(const core::Json& json) {
    protojson::require_message(
        json,
        "subject",
        {"name", "uri", "digest", "content", "downloadLocation", "mediaType", "annotations"});
    const core::Json* name = protojson::find(json, "name");
    return {.name = name == nullptr ? "" : core::require_string(json, "name"),
            .sha256 = read_sha256(json),
            .annotations = read_annotations(json)};
}

}  // namespace

Statement Statement::parse(std::string_view bytes, std::uint64_t size_limit) {
    const core::Json json = core::parse_json(bytes, {.size = size_limit});
    protojson::require_message(
        json, "statement", {"_type", "subject", "predicateType", "predicate"});
    const std::string type = core::require_string(json, "_type");
    if (type != type_v1 && type != type_v01) {
        throw Error(ErrorKind::malformed,
                    concat("the statement has the unknown type ", core::in_quotes(type)));
    }
    const core::Json* predicate = protojson::find(json, "predicate");
    if (predicate != nullptr && !predicate->is_object()) {
        throw Error(ErrorKind::malformed, "the statement's predicate is not an object");
    }
    Statement statement{.predicate_type = protojson::require_text(json, "predicateType")};
    const core::Json* subjects = protojson::find_array(json, "subject", subject_limit);
    if (subjects == nullptr || subjects->empty()) {
        throw Error(ErrorKind::malformed, "the statement has no subject");
    }
    std::transform(
        subjects->begin(), subjects->end(), std::back_inserter(statement.subjects), read_subject);
    return statement;
}

const Subject* Statement::find_subject(const digest::Digest& artifact) const noexcept {
    const auto found = std::find_if(subjects.begin(), subjects.end(), [&](const Subject& subject) {
        return subject.sha256 == artifact;
    });
    return found == subjects.end() ? nullptr : &*found;
}

std::string cosign_sign_statement(const digest::Digest& artifact,
                                  const oci::Annotations& annotations) {
    core::Json signed_annotations = core::Json::object();
    for (const auto& [key, value] : annotations) {
        signed_annotations[key] = value;
    }
    core::Json subject = {{"digest", {{"sha256", artifact.hex()}}},
                          {"annotations", std::move(signed_annotations)}};
    const core::Json statement = {{"_type", type_v1},
                                  {"subject", core::Json::array({std::move(subject)})},
                                  {"predicateType", predicate_types::cosign_sign},
                                  {"predicate", core::Json::object()}};
    return protojson::write(statement);
}

std::string attestation_statement(const digest::Digest& artifact,
                                  std::string_view name,
                                  std::string_view predicate_type,
                                  std::string_view predicate) {
    core::Json subject = core::Json::object();
    if (!name.empty()) {
        subject["name"] = name;
    }
    subject["digest"] = {{"sha256", artifact.hex()}};
    const core::Json head = {{"_type", type_v01},
                             {"subject", core::Json::array({std::move(subject)})},
                             {"predicateType", predicate_type}};
    std::string statement = protojson::write(head);
    statement.pop_back();
    return concat(statement, ",\"predicate\":", predicate, '}');
}

}  // namespace modelseal::sigstore
