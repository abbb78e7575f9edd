#include "common/artifact/signing_annotations.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/oci/annotation_keys.hpp"
#include "common/sigstore/format/signed_annotations.hpp"

namespace modelseal::artifact {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
using core::in_quotes;

namespace keys = oci::annotation_keys;
namespace signed_keys = sigstore::signed_annotations;

constexpr std::string_view own_signed_prefix = "modelseal.";

std::optional<std::string> find(const oci::Annotations& annotations, std::string_view key) {
    const auto found = annotations.find(key);
    return found == annotations.end() || found->second.empty() ? std::nullopt
                                                               : std::optional(found->second);
}

/// One fact out of several sources. Those that may not contradict each other are stated(), weaker
/// ones only fill a gap.
class Fact {
  public:
    explicit Fact(std::string_view key) : key_(key) {}

    Fact& stated(std::string_view source, std::optional<std::string> value) {
        if (value && value_ && *value != *value_) {
            throw Error(ErrorKind::usage,
                        concat("the signature cannot say two things about ",
                               in_quotes(key_),
                               ": ",
                               source_,
                               " says ",
                               in_quotes(*value_),
                               ", ",
                               source,
                               " says ",
                               in_quotes(*value)));
        }
        return otherwise(source, std::move(value));
    }

    Fact& otherwise(std::string_view source, std::optional<std::string> value) {
        if (value && !value_) {
            value_ = std::move(value);
            source_ = source;
        }
        return *this;
    }

    void add_to(oci::Annotations& annotations) const {
        if (value_) {
            annotations.insert_or_assign(std::string(key_), *value_);
        }
    }

  private:
    std::string_view key_;
    std::string_view source_;
    std::optional<std::string> value_;
};

void refuse_own_keys(const oci::Annotations& annotations) {
    for (const auto& [key, value] : annotations) {
        if (key.empty() || key.starts_with(own_signed_prefix)) {
            throw Error(ErrorKind::usage,
                        key.empty() ? "an annotation has no key"
                                    : concat("the annotation ",
                                             in_quotes(key),
                                             " is written by the signer and cannot be set"));
        }
    }
}

std::optional<std::string> commit_of(const std::optional<git::GitFacts>& git) {
    return git ? std::optional(git->commit.to_string()) : std::nullopt;
}

std::optional<std::string> name_of(const SigningSources& sources) {
    // In a layout the folder's name says where it lies; the artifact's title says what it holds.
    const auto title = find(sources.artifact, keys::title);
    return sources.repository.is_layout() && title ? title
                                                   : std::optional(sources.repository.base_name());
}

/// Whether the artifact, or the repository that was named, says that its tree had changes.
bool had_changes(const SigningSources& sources) {
    return find(sources.artifact, keys::git_dirty) == "true" || (sources.git && sources.git->dirty);
}

/// The commit to sign. That of a tree with changes counts only when the signer asks for it.
Fact training_commit(const SigningSources& sources) {
    Fact commit(signed_keys::training_commit);
    commit.stated("--annotations", find(sources.annotations, signed_keys::training_commit));
    if (!had_changes(sources)) {
        commit.stated("the artifact", find(sources.artifact, keys::revision))
            .otherwise("git", commit_of(sources.git));
    }
    return commit;
}

std::optional<std::string> text_of(const std::optional<oci::Tag>& tag) {
    return tag ? std::optional(tag->to_string()) : std::nullopt;
}

}  // namespace

std::optional<std::string> commit_left_out(const SigningSources& sources) {
    if (!had_changes(sources) || find(sources.annotations, signed_keys::training_commit)) {
        return std::nullopt;
    }
    auto commit = find(sources.artifact, keys::revision);
    return commit ? commit : commit_of(sources.git);
}

std::optional<std::string> run_of_ci(const core::Variables& variables) {
    auto run = variables.get_nonempty("GITHUB_RUN_ID");
    return run ? run : variables.get_nonempty("CI_PIPELINE_ID");
}

oci::Annotations annotations_to_sign(const SigningSources& sources) {
    refuse_own_keys(sources.annotations);
    const oci::Annotations& asked = sources.annotations;
    const oci::Annotations& artifact = sources.artifact;
    oci::Annotations result = asked;
    Fact(signed_keys::model)
        .stated("--model", sources.model)
        .stated("--annotations", find(asked, signed_keys::model))
        .otherwise("the reference", name_of(sources))
        .add_to(result);
    Fact(signed_keys::version)
        .stated("--model-version", sources.version)
        .stated("--annotations", find(asked, signed_keys::version))
        .stated("the artifact", find(artifact, keys::version))
        .otherwise("the tag", text_of(sources.tag))
        .add_to(result);
    training_commit(sources).add_to(result);
    Fact(signed_keys::training_run_id)
        .stated("--annotations", find(asked, signed_keys::training_run_id))
        .stated("the artifact", find(artifact, keys::run_id))
        .otherwise("the CI job", sources.ci_run)
        .add_to(result);
    Fact(signed_keys::framework_version)
        .stated("--annotations", find(asked, signed_keys::framework_version))
        .stated("the artifact", find(artifact, keys::framework))
        .add_to(result);
    result.insert_or_assign(std::string(signed_keys::check), to_string(sources.check));
    if (sources.tree_computed) {
        result.insert_or_assign(std::string(signed_keys::tree), "computed");
    }
    return result;
}

}  // namespace modelseal::artifact
