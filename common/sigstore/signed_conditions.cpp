#include "common/sigstore/signed_conditions.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/sigstore/format/signed_annotations.hpp"
#include "common/sigstore/model_version.hpp"
#include "common/sigstore/refusal.hpp"

#include <algorithm>

namespace modelseal::sigstore {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
using core::in_quotes;
using core::Reason;

const std::string* find_annotation(const oci::Annotations& annotations, std::string_view key) {
    const auto found = annotations.find(key);
    return found == annotations.end() ? nullptr : &found->second;
}

void require_annotation(const oci::Annotations& annotations,
                        Reason reason,
                        std::string_view key,
                        std::string_view expected) {
    const std::string* value = find_annotation(annotations, key);
    if (value == nullptr) {
        reject(reason,
               concat("no annotation ",
                      in_quotes(key),
                      " is signed; ",
                      in_quotes(expected),
                      " is required"));
    }
    if (*value != expected) {
        reject(reason,
               concat("the signed annotation ",
                      in_quotes(key),
                      " is ",
                      in_quotes(*value),
                      ", not ",
                      in_quotes(expected)));
    }
}

void require_version(const oci::Annotations& annotations, const std::string& minimum) {
    const auto lowest = ModelVersion::parse(minimum);
    if (!lowest) {
        throw Error(ErrorKind::usage,
                    concat(in_quotes(minimum),
                           " is not a version that others can be compared with, such as 2.1.0"));
    }
    const std::string* stated = find_annotation(annotations, signed_annotations::version);
    if (stated == nullptr) {
        reject(Reason::older_version, "no version is signed, but a minimum is required");
    }
    const auto version = ModelVersion::parse(*stated);
    if (!version || *version < *lowest) {
        reject(Reason::older_version,
               concat("the signed version ",
                      in_quotes(*stated),
                      version ? " is older than " : " cannot be compared with ",
                      in_quotes(minimum)));
    }
}

void require_check_level(const oci::Annotations& annotations,
                         const std::vector<std::string>& acceptable) {
    const std::string* level = find_annotation(annotations, signed_annotations::check);
    if (level == nullptr) {
        reject(Reason::wrong_annotation, "the signature does not say how the model was checked");
    }
    if (std::find(acceptable.begin(), acceptable.end(), *level) == acceptable.end()) {
        reject(Reason::wrong_annotation,
               concat("the model was checked as ",
                      in_quotes(*level),
                      " before it was signed, not as ",
                      core::join(acceptable, " or ")));
    }
}

}  // namespace

void require_signed_conditions(const oci::Annotations& annotations,
                               const Requirements& requirements,
                               CheckNotes& notes) {
    const auto& model = requirements.model;
    const bool states_model = annotations.contains(signed_annotations::model);
    notes.check_if(model.has_value(), "model", [&] {
        if (states_model || !model->may_be_unstated) {
            require_annotation(
                annotations, Reason::wrong_model, signed_annotations::model, model->name);
            return in_quotes(model->name);
        }
        return std::string();
    });
    const auto& minimum = requirements.min_version;
    notes.check_if(minimum.has_value(), "minimum version", [&] {
        require_version(annotations, *minimum);
        return concat(in_quotes(*find_annotation(annotations, signed_annotations::version)),
                      " is not older than ",
                      in_quotes(*minimum));
    });
    notes.check_if(!requirements.check_levels.empty(), "check of the model", [&] {
        require_check_level(annotations, requirements.check_levels);
        return in_quotes(*find_annotation(annotations, signed_annotations::check));
    });
    if (requirements.annotations.empty()) {
        notes.not_asked("other annotations");
    }
    for (const auto& [key, value] : requirements.annotations) {
        notes.check(concat("annotation ", in_quotes(key)), [&, &key = key, &value = value] {
            require_annotation(annotations, Reason::wrong_annotation, key, value);
            return in_quotes(value);
        });
    }
}

std::vector<StatedCommit> commits_of(const Authentication& authentication,
                                     const oci::Annotations& annotations) {
    std::vector<StatedCommit> commits;
    const auto* signer = std::get_if<SigningCertificate>(&authentication.signer);
    if (signer != nullptr && signer->identity.source_repository_digest) {
        commits.push_back({"the certificate", *signer->identity.source_repository_digest});
    }
    const auto stated = annotations.find(signed_annotations::training_commit);
    if (stated != annotations.end()) {
        commits.push_back({"the signature", stated->second});
    }
    return commits;
}

void require_same_commit(const Authentication& authentication,
                         const oci::Annotations& annotations,
                         const Requirements& requirements,
                         CheckNotes& notes) {
    notes.check_if(requirements.same_commit, "same commit", [&] {
        auto commits = commits_of(authentication, annotations);
        if (requirements.revision) {
            commits.push_back({"the artifact", *requirements.revision});
        }
        if (const auto why = why_commits_differ(commits)) {
            reject(Reason::wrong_annotation, *why);
        }
        return commits.empty() ? std::string() : commits.front().commit;
    });
}

}  // namespace modelseal::sigstore
