#include "common/sigstore/format/signed_annotations.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

namespace modelseal::sigstore::signed_annotations {

namespace {

constexpr std::array reserved = {
    model, version, training_commit, training_run_id, framework_version, check, tree};

}  // namespace

oci::Annotations read(const core::Json& members) {
    oci::Annotations annotations;
    for (const auto& member : members.items()) {
        if (member.value().is_string()) {
            annotations.emplace(member.key(), member.value().get<std::string>());
        } else if (std::find(reserved.begin(), reserved.end(), member.key()) != reserved.end()) {
            throw core::Error(
                core::ErrorKind::malformed,
                core::concat(
                    "the signed annotation ", core::in_quotes(member.key()), " is not a string"));
        }
    }
    return annotations;
}

}  // namespace modelseal::sigstore::signed_annotations
