#include "common/core/error.hpp"

#include "common/core/variables.hpp"

#include <cerrno>
#include <cstdlib>
#include <set>
#include <string>

#include <doctest/doctest.h>

namespace modelseal::core {

TEST_SUITE("core/error") {
    TEST_CASE("says what was being done, the outermost first") {
        try {
            with_context("pulling r/m:v1", [] {
                with_context("reading the manifest",
                             [] { throw Error(ErrorKind::malformed, "it is empty"); });
            });
        } catch (const Error& error) {
            CHECK(error.message() == "pulling r/m:v1: reading the manifest: it is empty");
            CHECK(std::string(error.what()) == error.message());
            CHECK(error.kind() == ErrorKind::malformed);
            CHECK(error.reason() == Reason::unspecified);
        }
        CHECK(with_context("adding", [] { return 1 + 1; }) == 2);
    }

    TEST_CASE("sorts failed system calls by what the caller can do about them") {
        CHECK(system_error(ENOENT, "opening f").kind() == ErrorKind::not_found);
        CHECK(system_error(EACCES, "opening f").kind() == ErrorKind::denied);
        CHECK(system_error(EPERM, "opening f").kind() == ErrorKind::denied);
        CHECK(system_error(ENOSPC, "writing f").kind() == ErrorKind::io);
        CHECK(system_error(ENOSPC, "writing f").message() == "writing f: No space left on device");
    }

    TEST_CASE("spells every reason differently, and the unspecified one not at all") {
        CHECK(to_string(Reason::unspecified).empty());
        CHECK(to_string(Reason::digest_mismatch) == "DIGEST_MISMATCH");
        std::set<std::string_view> spellings;
        const auto last = static_cast<int>(Reason::unsupported);
        for (int value = 0; value <= last; ++value) {
            spellings.insert(to_string(static_cast<Reason>(value)));
        }
        CHECK(spellings.size() == static_cast<std::size_t>(last) + 1);
    }
}

TEST_SUITE("core/variables") {
    TEST_CASE("tells an empty variable from one that is not set") {
        const Variables variables({{"EMPTY", ""}, {"SET", "x=y"}});
        CHECK(variables.get("EMPTY") == "");
        CHECK_FALSE(variables.get_nonempty("EMPTY"));
        CHECK(variables.get_nonempty("SET") == "x=y");
        CHECK_FALSE(variables.get("MISSING"));
    }

    TEST_CASE("reads the variables of this process") {
        ::setenv("MODELSEAL_UNIT_TEST", "a=b", 1);
        CHECK(Variables::of_process().get("MODELSEAL_UNIT_TEST") == "a=b");
        ::unsetenv("MODELSEAL_UNIT_TEST");
    }
}

}  // namespace modelseal::core
