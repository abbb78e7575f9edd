#include "common/sigstore/commit_relation.hpp"

#include "common/core/encoding.hpp"
#include "common/core/text.hpp"

#include <cstddef>

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

std::optional<std::string> why_commits_differ(std::span<const StatedCommit> commits) {
    for (const StatedCommit& stated : commits) {
        if (!is_commit(core::ascii_lower(stated.commit))) {
            return concat(
                stated.by, " states ", in_quotes(stated.commit), ", which is no full commit id");
        }
        const std::string first = core::ascii_lower(commits.front().commit);
        const std::string commit = core::ascii_lower(stated.commit);
        if (commit != first) {
            return concat(commits.front().by,
                          " states the commit ",
                          first,
                          ", but ",
                          stated.by,
                          " states ",
                          commit);
        }
    }
    return std::nullopt;
}

std::optional<std::string> why_commits_disagree(std::span<const StatedCommit> commits) {
    if (commits.empty()) {
        return "nothing states a commit, so none agree";
    }
    if (auto why = why_commits_differ(commits)) {
        return why;
    }
    if (commits.size() == 1) {
        return concat(
            "only ", commits.front().by, " states a commit, so there is none to agree with");
    }
    return std::nullopt;
}

}  // namespace modelseal::sigstore
