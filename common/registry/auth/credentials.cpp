#include "common/registry/auth/credentials.hpp"

#include "common/core/error.hpp"
#include "common/core/files/file.hpp"
#include "common/core/text.hpp"

namespace modelseal::registry {

namespace {

constexpr std::uint64_t file_limit = std::uint64_t{1} << 20U;
constexpr unsigned helper_timeout_seconds = 60;

/// What docker's helper library prints when it holds nothing; the exit code alone says less.
constexpr std::string_view nothing_found = "credentials not found in native keychain";

/// What a failed helper printed, unless it may be the credentials themselves.
std::string shown_output(const core::Secret& output) {
    const std::string_view text = core::trim(output.reveal());
    return text.find('{') == std::string_view::npos
               ? core::in_quotes(text)
               : "what it printed looks like JSON and is not shown, because it may hold a password";
}

}  // namespace

std::vector<std::filesystem::path> default_credential_files(const core::Variables& variables) {
    std::vector<std::filesystem::path> files;
    const auto add = [&](std::string_view variable, std::string_view below) {
        const auto value = variables.get_nonempty(variable);
        if (value) {
            files.push_back(below.empty() ? std::filesystem::path(*value)
                                          : std::filesystem::path(*value) / below);
        }
        return value.has_value();
    };
    const bool docker_folder_is_named = add("DOCKER_CONFIG", "config.json");
    add("REGISTRY_AUTH_FILE", "");
    if (!docker_folder_is_named) {
        add("HOME", ".docker/config.json");
    }
    add("XDG_RUNTIME_DIR", "containers/auth.json");
    if (!add("XDG_CONFIG_HOME", "containers/auth.json")) {
        add("HOME", ".config/containers/auth.json");
    }
    return files;
}

CredentialFinder::CredentialFinder(std::vector<std::filesystem::path> named,
                                   const core::Variables& variables,
                                   core::Subprocess& subprocess)
    : files_(named.empty() ? default_credential_files(variables) : named),
      must_exist_(!named.empty()),
      subprocess_(subprocess) {}

std::optional<Credential> CredentialFinder::find(std::string_view registry,
                                                 std::string_view repository) const {
    for (const std::filesystem::path& file : files_) {
        std::error_code ignored;
        if (!must_exist_ && !std::filesystem::exists(file, ignored)) {
            continue;
        }
        const std::string doing =
            core::concat("reading credentials from ", core::in_quotes(file.string()));
        auto credential = core::with_context(doing, [&] {
            const auto config = DockerConfig::parse(core::read_small_file(file, file_limit));
            return find_in(config, registry, repository);
        });
        if (credential) {
            return credential;
        }
    }
    return std::nullopt;
}

std::optional<Credential> CredentialFinder::find_in(const DockerConfig& config,
                                                    std::string_view registry,
                                                    std::string_view repository) const {
    if (const auto helper = config.helper_for(registry)) {
        return ask_helper(*helper, registry);
    }
    if (auto stored = config.stored_for(registry, repository)) {
        return stored;
    }
    return config.default_helper() ? ask_helper(*config.default_helper(), registry) : std::nullopt;
}

std::optional<Credential> CredentialFinder::ask_helper(const std::string& helper,
                                                       std::string_view registry) const {
    const std::string program = core::concat("docker-credential-", helper);
    return core::with_context(
        core::concat("asking ", program, " for credentials"), [&]() -> std::optional<Credential> {
            core::SubprocessResult result =
                subprocess_.run({program, "get"}, credential_key(registry), helper_timeout_seconds);
            const core::Secret output(result.output);
            core::wipe(result.output);
            if (result.exit_code == 0) {
                return parse_helper_answer(output.reveal());
            }
            if (output.reveal().find(nothing_found) != std::string_view::npos) {
                return std::nullopt;
            }
            throw core::Error(
                core::ErrorKind::denied,
                core::concat(
                    "it failed with exit code ", result.exit_code, ": ", shown_output(output)));
        });
}

}  // namespace modelseal::registry
