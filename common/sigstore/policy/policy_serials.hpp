// The highest serial that was seen of each policy, so that an older one is not put back unnoticed.
#pragma once

#include "common/core/variables.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace modelseal::sigstore {

/// What became of a serial that may be used.
enum class SerialMemory {
    kept,      // it is remembered now, or was before
    not_kept,  // there is no place that can be read and written, it is full, or another process
               // holds it: say so, an older policy would not be noticed
};

/// A small file of serials by the path of their policy. It protects the policy of somebody who can
/// write the policy but not this file; a lost file only forgets. A full one (1 MiB, 10,000
/// policies) goes on to protect what it holds, and takes no other in.
class PolicySerials {
  public:
    /// $XDG_STATE_HOME/modelseal/policy-serials, else ~/.local/state/modelseal/policy-serials;
    /// empty without a home. Spec: XDG Base Directory Specification.
    [[nodiscard]] static std::filesystem::path default_file(const core::Variables& variables);

    /// Nothing is read or written yet. An empty path keeps nothing. `patience` is for another
    /// process that remembers a serial just then.
    explicit PolicySerials(std::filesystem::path file,
                           std::chrono::milliseconds patience = std::chrono::seconds(3))
        : file_(std::move(file)), patience_(patience) {}

    /// The highest serial seen of the policy at `policy`, by absolute path; symbolic links in it
    /// are not followed, since Kubernetes changes what they lead to with every version. Errors:
    /// malformed when the file is damaged.
    [[nodiscard]] std::optional<std::uint64_t> seen(const std::filesystem::path& policy) const;

    /// Refuses a serial lower than one that was seen, and remembers a higher one. Several processes
    /// may do so at once: a lock lies beside the file.
    /// Errors: mismatch (older_policy); as seen().
    [[nodiscard]] SerialMemory check(const std::filesystem::path& policy,
                                     std::uint64_t serial) const;

  private:
    using Serials = std::map<std::string, std::uint64_t, std::less<>>;

    [[nodiscard]] std::optional<Serials> read() const;  // nothing where it cannot be read
    /// Errors: malformed.
    [[nodiscard]] static Serials parse(std::string_view text);
    [[nodiscard]] bool write(const Serials& serials) const;

    std::filesystem::path file_;
    std::chrono::milliseconds patience_;
};

}  // namespace modelseal::sigstore
