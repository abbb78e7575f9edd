// Error kinds as exit codes: one table for all executables (docs/exit-codes.md).
#pragma once

#include "common/core/error.hpp"

namespace modelseal::cli {

inline constexpr int exit_ok = 0;
inline constexpr int exit_pipe_closed = 141;  // as a shell says that SIGPIPE ended a process

[[nodiscard]] constexpr int exit_code(core::ErrorKind kind) noexcept {
    switch (kind) {
        case core::ErrorKind::mismatch:
            return 1;
        case core::ErrorKind::usage:
            return 2;
        case core::ErrorKind::malformed:
            return 3;
        case core::ErrorKind::not_found:
            return 4;
        case core::ErrorKind::denied:
            return 5;
        case core::ErrorKind::io:
            return 7;
        case core::ErrorKind::no_signature:
            return 10;
        case core::ErrorKind::no_such_tag:
            return 11;
        case core::ErrorKind::no_matching_signature:
            return 12;
        case core::ErrorKind::no_certificate:
            return 13;
        case core::ErrorKind::internal:
            return 70;
        case core::ErrorKind::unavailable:
            return 75;
        case core::ErrorKind::interrupted:
            return 130;
        case core::ErrorKind::terminated:
            return 143;
    }
    return 70;
}

}  // namespace modelseal::cli
