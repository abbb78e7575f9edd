#include "common/sigstore/policy/contradiction.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/sigstore/format/signed_annotations.hpp"
#include "common/sigstore/model_version.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

namespace modelseal::sigstore {

namespace {

using core::concat;
using core::in_quotes;

bool is_older(const std::string& left, const std::string& right) {
    const auto left_version = ModelVersion::parse(left);
    const auto right_version = ModelVersion::parse(right);
    // What cannot be compared never fulfils a minimum.
    return !left_version || !right_version || *left_version < *right_version;
}

}  // namespace

void ContradictionCheck::add(const Requirements& demanded, std::size_t line) {
    Requirements& together = by_type_[demanded.predicate_type];
    for (const auto& [key, value] : demanded.annotations) {
        add_annotation(together, key, value, line);
    }
    if (demanded.min_version &&
        (!together.min_version || is_older(*together.min_version, *demanded.min_version))) {
        together.min_version = demanded.min_version;
    }
    if (!demanded.check_levels.empty()) {
        std::vector<std::string> common;
        std::copy_if(demanded.check_levels.begin(),
                     demanded.check_levels.end(),
                     std::back_inserter(common),
                     [&](const std::string& level) {
                         const auto& levels = together.check_levels;
                         return levels.empty() ||
                                std::find(levels.begin(), levels.end(), level) != levels.end();
                     });
        if (common.empty()) {
            contradicted("no level of check is acceptable to all rules", line);
        }
        together.check_levels = std::move(common);
    }
    const auto version = together.annotations.find(signed_annotations::version);
    if (together.min_version && version != together.annotations.end() &&
        is_older(version->second, *together.min_version)) {
        contradicted(concat("the version ",
                            in_quotes(version->second),
                            " is demanded, and one from ",
                            in_quotes(*together.min_version),
                            " on"),
                     line);
    }
}

void ContradictionCheck::add_annotation(Requirements& together,
                                        const std::string& key,
                                        const std::string& value,
                                        std::size_t line) const {
    const auto [known, is_new] = together.annotations.emplace(key, value);
    if (!is_new && known->second != value) {
        contradicted(concat("two values are demanded for the annotation ", in_quotes(key)), line);
    }
}

void ContradictionCheck::contradicted(std::string_view what, std::size_t line) const {
    throw core::Error(core::ErrorKind::usage,
                      concat("line ", line, ": the rules for ", in_quotes(model_), ": ", what));
}

}  // namespace modelseal::sigstore
