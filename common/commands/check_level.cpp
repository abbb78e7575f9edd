#include "common/commands/check_level.hpp"

namespace modelseal::commands {

using artifact::CheckLevel;

const cli::Option& check_level_option() {
    static const cli::Option option = {
        .long_name = "check",
        .value = "LEVEL",
        .help =
            "full, header or none before signing (default: full for layouts, header for "
            "registries); the level is signed",
        .choices = {"full", "header", "none"}};
    return option;
}

CheckLevel check_level(const cli::Arguments& arguments, const oci::Repository& repository) {
    const std::string level =
        arguments.get_or("check", artifact::to_string(artifact::default_check_level(repository)));
    if (level == "full") {
        return CheckLevel::full;
    }
    return level == "header" ? CheckLevel::header : CheckLevel::none;
}

}  // namespace modelseal::commands
