#include "common/sigstore/commit_relation.hpp"

#include "common/core/encoding.hpp"
#include "common/core/text.hpp"

#include <string_view>
#include <utility>
#include <vector>

namespace modelseal::sigstore {

namespace {

using core::concat;
using core::in_quotes;

constexpr std::size_t sha1_digits = 40;
constexpr std::size_t sha256_digits = 64;

bool is_commit(const std::string& text) {
    return (text.size() == sha1_digits || text.size() == sha256_digits) && core::from_hex(text);
}

}  // namespace

std::optional<std::string> why_commits_disagree(const StatedCommits& commits) {
    const std::vector<std::pair<std::string_view, const std::optional<std::string>*>> sources = {
        {"the certificate", &commits.certificate},
        {"the signature", &commits.signature},
        {"the artifact", &commits.artifact},
        {"the provenance", &commits.provenance}};
    std::string_view first_source;
    std::string first;
    std::size_t stated = 0;
    for (const auto& [source, value] : sources) {
        if (!*value) {
            continue;
        }
        const std::string commit = core::ascii_lower(**value);
        if (!is_commit(commit)) {
            return concat(source, " states ", in_quotes(commit), ", which is no full commit id");
        }
        if (++stated == 1) {
            first_source = source;
            first = commit;
        } else if (commit != first) {
            return concat(
                first_source, " states the commit ", first, ", but ", source, " states ", commit);
        }
    }
    if (stated == 0) {
        return "nothing states a commit, so none agree";
    }
    if (stated == 1) {
        return concat("only ", first_source, " states a commit, so there is none to agree with");
    }
    return std::nullopt;
}

}  // namespace modelseal::sigstore
