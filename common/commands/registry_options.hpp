// The options that say how a registry is reached, spelled as oras does.
#pragma once

#include "common/cli/command.hpp"
#include "common/cli/environment.hpp"
#include "common/http/retrying_transport.hpp"
#include "common/registry/connection_options.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::commands {

/// The options about one store: of "--from-ca-file" with the prefix "from-", the one "ca-file".
class StoreArguments {
  public:
    /// Both outlive this object.
    StoreArguments(const cli::Arguments& arguments, std::string_view prefix)
        : arguments_(arguments), prefix_(prefix) {}

    [[nodiscard]] bool has(std::string_view option) const;
    [[nodiscard]] std::string get_or(std::string_view option, std::string_view fallback) const;
    [[nodiscard]] std::vector<std::string> get_all(std::string_view option) const;

    /// Errors: usage when the value is no plain decimal number.
    [[nodiscard]] std::optional<std::uint64_t> get_number(std::string_view option) const;

    /// As it stands on the command line, without dashes: "from-ca-file".
    [[nodiscard]] std::string name_of(std::string_view option) const;

    /// What all stores of the command share.
    [[nodiscard]] const cli::Arguments& of_command() const noexcept { return arguments_; }

  private:
    const cli::Arguments& arguments_;
    std::string_view prefix_;
};

/// --plain-http, --insecure, --ca-file, --cert-file, --key-file, --registry-config, --username,
/// --password, --password-stdin and --registry-token.
[[nodiscard]] const std::vector<cli::Option>& registry_options();

/// --retries and --timeout, which hold for all stores of a command.
[[nodiscard]] const std::vector<cli::Option>& retry_options();

/// What --timeout says, else its default. Errors: usage.
[[nodiscard]] std::chrono::milliseconds wait_limit(const cli::Arguments& arguments);

/// What retry_options() say. Each retry is told on `environment.err`, which outlives the result,
/// unless the command is quiet. Errors: usage.
[[nodiscard]] http::RetryOptions retries(cli::Environment& environment,
                                         const cli::Arguments& arguments);

/// What registry_options() and retry_options() say; --password-stdin is read. Each retry is told on
/// `environment.err`, which outlives the result, unless the command is quiet.
/// Errors: usage (options that contradict each other or cannot be read).
[[nodiscard]] registry::ConnectionOptions connection_options(cli::Environment& environment,
                                                             const StoreArguments& arguments);

/// What of registry_options() holds for a registry's mirrors, too: --ca-file and --registry-config.
/// Name, password and client certificate are for the registry itself, and how little is asked of
/// its TLS says nothing about others.
[[nodiscard]] registry::ConnectionOptions mirror_options(const StoreArguments& arguments);

}  // namespace modelseal::commands
