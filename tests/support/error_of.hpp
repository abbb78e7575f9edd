// The error that something must end with.
#pragma once

#include "common/core/error.hpp"

#include <doctest/doctest.h>

namespace modelseal::test {

/// Calls `body`, whatever it returns; fails the test case when it does not throw a core::Error.
template <typename Body>
[[nodiscard]] core::Error error_of(Body&& body) {
    try {
        static_cast<void>(body());
    } catch (const core::Error& error) {
        return error;
    }
    FAIL("nothing was refused");
    return {core::ErrorKind::internal, ""};
}

}  // namespace modelseal::test
