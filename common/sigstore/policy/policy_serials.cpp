#include "common/sigstore/policy/policy_serials.hpp"

#include "common/core/error.hpp"
#include "common/core/file_descriptor.hpp"
#include "common/core/files/file.hpp"
#include "common/core/files/named_output.hpp"
#include "common/core/json.hpp"
#include "common/core/termination.hpp"
#include "common/core/text.hpp"

#include <cerrno>
#include <chrono>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>

namespace modelseal::sigstore {

namespace {

namespace fs = std::filesystem;

using core::concat;
using core::Error;
using core::ErrorKind;
using core::in_quotes;

constexpr std::uint64_t size_limit = std::uint64_t{1} << 20U;  // bytes
constexpr std::size_t count_limit = 10'000;
constexpr std::chrono::milliseconds lock_interval(5);
constexpr std::string_view schema = "modelseal.policy-serials/v1";
constexpr unsigned private_mode = 0600;

std::string key_of(const fs::path& policy) {
    std::error_code error;
    const fs::path absolute = fs::absolute(policy, error);
    return core::as_utf8((error ? policy : absolute).lexically_normal().string());
}

/// Between reading and writing nobody else may write, or the higher of two serials could be lost.
/// Nothing where there can be none, and where another process, which may be stopped, keeps it
/// beyond `patience`.
core::FileDescriptor lock_beside(const fs::path& file, std::chrono::milliseconds patience) {
    if (file.empty()) {
        return {};
    }
    std::error_code ignored;  // opening the lock fails as well
    fs::create_directories(file.parent_path(), ignored);
    core::FileDescriptor lock(::open(concat(file.string(), ".lock").c_str(),
                                     O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
                                     private_mode));
    const auto until = std::chrono::steady_clock::now() + patience;
    while (lock && ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
        const bool is_held = errno == EWOULDBLOCK || errno == EINTR;
        if (!is_held || std::chrono::steady_clock::now() >= until) {
            return {};
        }
        core::sleep_for(lock_interval);
    }
    return lock;
}

}  // namespace

fs::path PolicySerials::default_file(const core::Variables& variables) {
    const auto state = variables.get_nonempty("XDG_STATE_HOME");
    const auto home = variables.get_nonempty("HOME");
    // A relative path is invalid there and to be ignored.
    if (state && fs::path(*state).is_absolute()) {
        return fs::path(*state) / "modelseal" / "policy-serials";
    }
    return home && fs::path(*home).is_absolute()
               ? fs::path(*home) / ".local" / "state" / "modelseal" / "policy-serials"
               : fs::path();
}

std::optional<std::uint64_t> PolicySerials::seen(const fs::path& policy) const {
    const Serials serials = read().value_or(Serials());
    const auto found = serials.find(key_of(policy));
    return found == serials.end() ? std::nullopt : std::optional(found->second);
}

SerialMemory PolicySerials::check(const fs::path& policy, std::uint64_t serial) const {
    const core::FileDescriptor lock =
        lock_beside(file_, patience_);  // until the higher one is written
    auto serials = read();
    if (!serials) {
        return SerialMemory::not_kept;
    }
    std::uint64_t& highest = (*serials)[key_of(policy)];
    if (serial < highest) {
        throw Error(
            ErrorKind::mismatch,
            core::Reason::older_policy,
            concat("the trust policy ",
                   in_quotes(policy.string()),
                   " has the serial ",
                   serial,
                   ", but ",
                   highest,
                   " was seen before (",
                   file_.string(),
                   "): an older policy was put back. If it is the one to use, give it the serial ",
                   highest,
                   " or a higher one"));
    }
    if (serial == highest) {
        return SerialMemory::kept;
    }
    highest = serial;
    return lock && write(*serials) ? SerialMemory::kept : SerialMemory::not_kept;
}

std::optional<PolicySerials::Serials> PolicySerials::read() const {
    if (file_.empty()) {
        return std::nullopt;
    }
    try {
        return parse(core::read_small_file(file_, size_limit));
    } catch (const Error& error) {
        if (error.kind() == ErrorKind::not_found) {
            return Serials();
        }
        if (error.kind() == ErrorKind::denied || error.kind() == ErrorKind::io) {
            return std::nullopt;  // somebody else's home, as in many containers
        }
        if (error.kind() != ErrorKind::malformed) {
            throw;
        }
        throw Error(error.kind(),
                    error.reason(),
                    concat("the serials of trust policies that were seen cannot be read from ",
                           in_quotes(file_.string()),
                           " (",
                           error.message(),
                           "); delete it, and they are remembered anew"));
    }
}

PolicySerials::Serials PolicySerials::parse(std::string_view text) {
    const core::Json json = core::parse_json(text, {.size = size_limit, .depth = 2});
    if (core::require_string(json, "schema") != schema) {
        throw Error(ErrorKind::malformed, "no file of serials of this version");
    }
    Serials serials;
    const core::Json& stored = core::require_object(json, "serials");
    for (const auto& [policy, serial] : stored.items()) {
        serials.emplace(policy, core::require_unsigned(stored, policy));
    }
    return serials;
}

bool PolicySerials::write(const Serials& serials) const {
    core::Json stored = core::Json::object();
    for (const auto& [policy, serial] : serials) {
        stored[policy] = serial;
    }
    const core::Json json = {{"schema", schema}, {"serials", std::move(stored)}};
    const std::string text = concat(core::to_pretty_json(json), '\n');
    if (text.size() > size_limit || serials.size() > count_limit) {
        return false;  // it could not be read again; nobody may push the others out
    }
    try {
        core::write_output(file_, text, private_mode);
        return true;
    } catch (const Error& failure) {
        if (failure.kind() == ErrorKind::internal) {
            throw;
        }
        return false;  // read-only, full, no folder: the policy itself is as good as before
    }
}

}  // namespace modelseal::sigstore
