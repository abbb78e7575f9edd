// Running another program: credential helpers and cosign's KMS plugins.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::core {

struct SubprocessResult {
    int exit_code = 0;    // 128 + signal number when it was killed
    bool killed = false;  // ended by a signal
    std::string output;   // standard output
};

/// The seam to other programs. Arguments are passed as they are; there is no shell.
class Subprocess {
  public:
    Subprocess() = default;
    Subprocess(const Subprocess&) = delete;
    Subprocess& operator=(const Subprocess&) = delete;
    Subprocess(Subprocess&&) = delete;
    Subprocess& operator=(Subprocess&&) = delete;
    virtual ~Subprocess() = default;

    /// Looks `arguments[0]` up in PATH, gives it `input` on standard input and the caller's
    /// standard error. The caller's process ignores SIGPIPE, as run_main() sees to. Errors:
    /// not_found when there is no such program, io, malformed (limit_exceeded) when it prints more
    /// than 1 MiB, unavailable after `timeout_seconds`, those of check_termination().
    [[nodiscard]] virtual SubprocessResult run(const std::vector<std::string>& arguments,
                                               std::string_view input,
                                               unsigned timeout_seconds = 60) = 0;
};

class SystemSubprocess final : public Subprocess {
  public:
    [[nodiscard]] SubprocessResult run(const std::vector<std::string>& arguments,
                                       std::string_view input,
                                       unsigned timeout_seconds) override;
};

/// Becomes another program: looks `arguments[0]` up in PATH and replaces this process by it, with
/// the signal dispositions it would have without us. Returns only by throwing.
/// Errors: not_found, denied, io; those of check_termination().
[[noreturn]] void replace_process(const std::vector<std::string>& arguments);

}  // namespace modelseal::core
