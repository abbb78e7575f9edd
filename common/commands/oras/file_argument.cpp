#include "common/commands/oras/file_argument.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"

namespace modelseal::commands::oras {

using core::Error;
using core::ErrorKind;

FileArgument FileArgument::parse(std::string_view word) {
    const std::size_t colon = word.rfind(':');
    FileArgument argument{.path = std::string(word.substr(0, colon)), .type = std::nullopt};
    if (argument.path.empty()) {
        throw Error(ErrorKind::usage, core::concat(core::in_quotes(word), " names no file"));
    }
    if (colon == std::string_view::npos || colon + 1 == word.size()) {
        return argument;
    }
    try {
        argument.type = oci::MediaType::parse(word.substr(colon + 1));
    } catch (const Error& error) {
        throw Error(ErrorKind::usage,
                    core::concat("in ",
                                 core::in_quotes(word),
                                 ": ",
                                 error.message(),
                                 "; what follows the last ':' is the media type (write \"",
                                 word,
                                 ":\" for a file whose name has a colon)"));
    }
    return argument;
}

}  // namespace modelseal::commands::oras
