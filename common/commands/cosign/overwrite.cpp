#include "common/commands/cosign/overwrite.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <istream>
#include <ostream>
#include <system_error>

namespace modelseal::commands::cosign {

using core::concat;
using core::Error;
using core::ErrorKind;

const cli::Option& overwrite_option() {
    static const cli::Option option = {.long_name = "yes",
                                       .short_name = 'y',
                                       .help = "replace existing files without asking",
                                       .aliases = {"force"}};
    return option;
}

void confirm_overwrite(cli::Environment& environment,
                       const cli::Arguments& arguments,
                       const std::filesystem::path& path,
                       std::string_view unwritten) {
    std::error_code ignored;  // what cannot be examined cannot be written either
    if (arguments.has("yes") ||
        !std::filesystem::exists(std::filesystem::symlink_status(path, ignored))) {
        return;
    }
    if (environment.in_is_terminal) {
        environment.err << core::in_quotes(path.string()) << " exists. Overwrite it? [y/N] "
                        << std::flush;
        std::string answer;
        std::getline(environment.in, answer);
        if (core::ascii_lower(core::trim(answer)) == "y") {
            return;
        }
        throw Error(
            ErrorKind::usage,
            core::Reason::file_exists,
            concat(core::in_quotes(path.string()), " is kept; ", unwritten, " was written"));
    }
    throw Error(ErrorKind::usage,
                core::Reason::file_exists,
                concat(core::in_quotes(path.string()), " exists; give -y to replace it"));
}

}  // namespace modelseal::commands::cosign
