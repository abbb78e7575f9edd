#include "common/git/git_commit.hpp"

#include "common/core/encoding.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"

namespace modelseal::git {

GitCommit GitCommit::parse(std::string_view text) {
    if ((text.size() != 40 && text.size() != 64) || !core::from_hex(text)) {
        throw core::Error(
            core::ErrorKind::malformed,
            core::concat(core::in_quotes(text),
                         " is not a git commit: 40 or 64 lower-case hexadecimal digits"));
    }
    return GitCommit(text);
}

}  // namespace modelseal::git
