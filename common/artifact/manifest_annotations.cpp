#include "common/artifact/manifest_annotations.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/oci/annotation_keys.hpp"

#include <limits>

namespace modelseal::artifact {

namespace keys = oci::annotation_keys;
using core::Error;
using core::ErrorKind;

namespace {

void set(oci::Annotations& annotations,
         std::string_view key,
         const std::optional<std::string>& value) {
    if (value) {
        annotations.insert_or_assign(std::string(key), *value);
    }
}

oci::Annotations from_git(const git::GitFacts& facts) {
    oci::Annotations annotations;
    if (facts.commit_time) {
        set(annotations, keys::created, facts.commit_time->to_string());
    }
    set(annotations, keys::revision, facts.commit.to_string());
    set(annotations, keys::source, facts.source_url);
    set(annotations, keys::git_dirty, facts.dirty ? "true" : "false");
    return annotations;
}

}  // namespace

std::optional<core::Timestamp> source_date_epoch(const core::Variables& variables) {
    const auto text = variables.get_nonempty("SOURCE_DATE_EPOCH");
    if (!text) {
        return std::nullopt;
    }
    const auto seconds = core::parse_decimal(*text);
    if (!seconds || *seconds > std::numeric_limits<std::int64_t>::max()) {
        throw Error(ErrorKind::usage,
                    core::concat("SOURCE_DATE_EPOCH is ",
                                 core::in_quotes(*text),
                                 ", not a number of seconds since 1970"));
    }
    return core::Timestamp::from_unix(static_cast<std::int64_t>(*seconds));
}

void refuse_own_keys(const oci::Annotations& from_user) {
    const auto own = from_user.lower_bound(keys::own_prefix);
    if (own != from_user.end() && own->first.starts_with(keys::own_prefix)) {
        throw Error(ErrorKind::usage,
                    core::concat("the annotation ",
                                 core::in_quotes(own->first),
                                 " is computed, not given: keys under ",
                                 keys::own_prefix,
                                 " cannot be set"));
    }
}

oci::Annotations manifest_annotations(const Origin& origin,
                                      const digest::Digest& root,
                                      const oci::Annotations& from_user) {
    refuse_own_keys(from_user);
    oci::Annotations annotations = origin.git ? from_git(*origin.git) : oci::Annotations{};
    if (origin.source_date_epoch) {
        set(annotations, keys::created, origin.source_date_epoch->to_string());
    }
    set(annotations, keys::title, origin.name);
    set(annotations, keys::version, origin.version);
    set(annotations, keys::licenses, origin.licenses);
    set(annotations, keys::run_id, origin.run_id);
    set(annotations, keys::framework, origin.framework);
    set(annotations, keys::dataset_digest, origin.dataset_digest);
    set(annotations, keys::record_root, root.to_string());
    for (const auto& [key, value] : from_user) {
        annotations.insert_or_assign(key, value);
    }
    const auto created = from_user.find(keys::created);
    if (created != from_user.end()) {
        core::with_context(keys::created, [&] { return core::Timestamp::parse(created->second); });
    }
    return annotations;
}

}  // namespace modelseal::artifact
