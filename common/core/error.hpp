// The one exception type of the project, and the outcomes it can carry (docs/architecture.md,
// "Errors").
#pragma once

#include "common/core/reason.hpp"

#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace modelseal::core {

struct Explanation;

/// What happened, as the caller of an executable sees it. Each kind has one exit code
/// (cli/exit_code.hpp); no kind names a library.
enum class ErrorKind {
    mismatch,               // verification said no: bad bytes, bad or missing evidence
    usage,                  // the command line cannot be obeyed
    malformed,              // operator input that cannot be read as what it should be
    not_found,              // a file, tag, manifest or blob that should exist does not
    denied,                 // authentication or permission
    io,                     // reading or writing failed
    no_signature,           // cosign's 10: the artifact carries no signature at all
    no_such_tag,            // cosign's 11: the reference does not resolve
    no_matching_signature,  // cosign's 12: signatures exist, none is acceptable
    no_certificate,         // cosign's 13: a signature without the certificate it needs
    internal,               // a defect of ours
    unavailable,            // a service does not answer; the only kind worth retrying
    interrupted,            // ended by SIGINT
    terminated,             // ended by SIGTERM
};

/// An error with one sentence for a person, a kind for the exit code and a reason for machines.
class Error final : public std::exception {
  public:
    Error(ErrorKind kind, std::string message);
    Error(ErrorKind kind, Reason reason, std::string message);

    [[nodiscard]] ErrorKind kind() const noexcept { return kind_; }

    [[nodiscard]] Reason reason() const noexcept { return reason_; }

    [[nodiscard]] const std::string& message() const noexcept { return message_; }

    [[nodiscard]] const char* what() const noexcept override { return message_.c_str(); }

    /// Prepends what was being done: "pulling r/m:v1: <message>".
    void add_context(std::string_view doing);

    /// What a verification that refused had looked at; of other errors empty.
    [[nodiscard]] const Explanation& explanation() const noexcept;
    void explain(Explanation explanation);

  private:
    ErrorKind kind_;
    Reason reason_;
    std::string message_;
    std::shared_ptr<const Explanation> explanation_{};  // shared by copies
};

/// An `io` (or `not_found`, `denied`) error for a failed system call. `error_number` is errno, read
/// by the caller before anything else can change it.
[[nodiscard]] Error system_error(int error_number, std::string_view doing);

/// Runs `body`; an Error that leaves it says what was being done.
template <typename Body>
decltype(auto) with_context(std::string_view doing, Body&& body) {
    try {
        return std::forward<Body>(body)();
    } catch (Error& error) {
        error.add_context(doing);
        throw;
    }
}

}  // namespace modelseal::core
