// fuzz: registry
#include "common/registry/auth/docker_config.hpp"

#include "common/core/bytes.hpp"
#include "common/core/error.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace modelseal;

void fuzz(std::span<const std::byte> input) {
    const std::string_view text = core::as_text(input);
    try {
        const auto config = registry::DockerConfig::parse(text);
        static_cast<void>(config.stored_for("registry.example", "team/model"));
        static_cast<void>(config.helper_for(text.substr(0, 32)));
    } catch (const core::Error&) {  // refused
    }
    try {
        static_cast<void>(registry::parse_helper_answer(text));
    } catch (const core::Error&) {  // refused
    }
}
