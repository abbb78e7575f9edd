#include "common/artifact/profile.hpp"

#include "common/core/error.hpp"
#include "common/core/json.hpp"
#include "common/core/text.hpp"

#include <array>

#include <nlohmann/json.hpp>

namespace modelseal::artifact {

using core::Error;
using core::ErrorKind;
using model::Kind;

namespace {

constexpr std::string_view modelpack_artifact_type = "application/vnd.cncf.model.manifest.v1+json";

std::string_view modelpack_layer_type(Kind kind) {
    switch (kind) {
        case Kind::safetensors:
        case Kind::gguf:
        case Kind::onnx:
        case Kind::onnx_data:
        case Kind::numpy:
        case Kind::pickle:
        case Kind::zip:
        case Kind::archive:
        case Kind::hdf5:
        case Kind::numpy_object:
        case Kind::saved_model:
        case Kind::keras:
        case Kind::unknown:
            return "application/vnd.cncf.model.weight.v1.raw";
        case Kind::safetensors_index:
        case Kind::json:
        case Kind::chat_template:
        case Kind::sentencepiece:
        case Kind::xml:
        case Kind::empty:
        case Kind::lfs_pointer:
            return "application/vnd.cncf.model.weight.config.v1.raw";
        case Kind::markdown:
        case Kind::text:
        case Kind::png:
        case Kind::jpeg:
        case Kind::gif:
        case Kind::webp:
        case Kind::svg:
            return "application/vnd.cncf.model.doc.v1.raw";
        case Kind::executable:
        case Kind::script:
        case Kind::python:
        case Kind::notebook:
            return "application/vnd.cncf.model.code.v1.raw";
    }
    return "application/vnd.cncf.model.weight.v1.raw";
}

/// "6.7b": at most one digit after the point, as ModelPack's paramSize demands; rounded down.
std::string parameter_size(std::uint64_t parameters) {
    struct Scale {
        std::uint64_t one;
        char prefix;
    };

    constexpr std::array scales = {Scale{1'000'000'000'000'000, 'q'},
                                   Scale{1'000'000'000'000, 't'},
                                   Scale{1'000'000'000, 'b'},
                                   Scale{1'000'000, 'm'},
                                   Scale{1'000, 'k'}};
    for (const Scale& scale : scales) {
        if (parameters >= scale.one) {
            const std::uint64_t tenth = parameters % scale.one / (scale.one / 10);
            return core::concat(parameters / scale.one, '.', tenth, scale.prefix);
        }
    }
    return "";  // fewer than a thousand cannot be said
}

core::Json descriptor_json(const Origin& origin) {
    core::Json json = core::Json::object();
    const auto set = [&](const char* key, const std::optional<std::string>& value) {
        if (value) {
            json[key] = *value;
        }
    };
    const auto time = origin.source_date_epoch ? origin.source_date_epoch
                      : origin.git             ? origin.git->commit_time
                                               : std::nullopt;
    if (time) {
        json["createdAt"] = time->to_string();
    }
    set("name", origin.name);
    set("version", origin.version);
    if (origin.git) {
        set("sourceURL", origin.git->source_url);
        set("revision", origin.git->commit.to_string());
    }
    if (origin.licenses) {
        json["licenses"] = core::Json::array({*origin.licenses});
    }
    return json;
}

core::Json technical_json(const model::ModelFacts& facts) {
    core::Json json = core::Json::object();
    if (!facts.format.empty()) {
        json["format"] = facts.format;
    }
    if (const std::string size = parameter_size(facts.parameters); !size.empty()) {
        json["paramSize"] = size;
    }
    if (facts.dtypes.size() == 1) {
        json["precision"] = core::ascii_lower(facts.dtypes.begin()->first);
    }
    return json;
}

}  // namespace

Profile parse_profile(std::string_view name) {
    if (name == "ml") {
        return Profile::ml;
    }
    if (name == "modelpack") {
        return Profile::modelpack;
    }
    throw Error(ErrorKind::usage,
                core::concat("--profile takes ml or modelpack, not ", core::in_quotes(name)));
}

oci::MediaType artifact_type_of(Profile profile, const std::optional<std::string>& given) {
    if (profile == Profile::ml) {
        return oci::MediaType::parse(given ? std::string_view(*given)
                                           : oci::media_types::model_artifact);
    }
    if (given && *given != modelpack_artifact_type) {
        throw Error(ErrorKind::usage,
                    core::concat("--profile modelpack demands the artifact type ",
                                 modelpack_artifact_type,
                                 "; leave --artifact-type out"));
    }
    return oci::MediaType::parse(modelpack_artifact_type);
}

oci::MediaType layer_type_of(Profile profile, const model::ModelFile& file) {
    return oci::MediaType::parse(profile == Profile::ml ? std::string_view(file.media_type)
                                                        : modelpack_layer_type(file.kind));
}

std::string modelpack_config(const Origin& origin,
                             const model::ModelFacts& facts,
                             const std::vector<digest::Digest>& digests) {
    core::Json diff_ids = core::Json::array();
    for (const digest::Digest& digest : digests) {
        diff_ids.push_back(digest.to_string());
    }
    core::Json config = core::Json::object();
    config["descriptor"] = descriptor_json(origin);
    config["config"] = technical_json(facts);
    config["modelfs"] = {{"type", "layers"}, {"diffIds", std::move(diff_ids)}};
    return core::to_go_json(config);
}

}  // namespace modelseal::artifact
