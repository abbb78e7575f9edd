#include "common/digest/growing_hash.hpp"

#include "common/core/error.hpp"
#include "common/digest/sha256.hpp"
#include "tests/support/error_of.hpp"

#include <doctest/doctest.h>

using namespace modelseal;
using digest::GrowingHash;

TEST_SUITE("digest/growing_hash") {
    TEST_CASE("is the digest of the whole, in whatever steps it grows") {
        const std::string bytes((std::size_t{3} << 20U) + 7, 'x');
        const core::MemoryAccess content(core::as_bytes(bytes));
        for (const std::size_t step : {bytes.size(), bytes.size() / 3, std::size_t{100'000}}) {
            GrowingHash hash(content);
            for (std::size_t front = 0; front < bytes.size(); front += step) {
                hash.grow_to(front);
            }
            hash.grow_to(bytes.size());
            CHECK(hash.finish() == digest::sha256_of(core::as_bytes(bytes)));
        }
        CHECK(GrowingHash(core::MemoryAccess({})).finish() == digest::sha256_of({}));
    }

    TEST_CASE("content that is shorter than was said is an error") {
        const core::MemoryAccess content(core::as_bytes("short"));
        GrowingHash hash(content);
        hash.grow_to(100);
        CHECK(test::error_of([&] { static_cast<void>(hash.finish()); }).reason() ==
              core::Reason::changed_while_read);
    }

    TEST_CASE("can be given up before it has seen everything") {
        const std::string bytes(std::size_t{8} << 20U, 'x');
        const core::MemoryAccess content(core::as_bytes(bytes));
        GrowingHash hash(content);
        hash.grow_to(bytes.size());
    }
}
