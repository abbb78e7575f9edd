#include "common/archive/gunzip_source.hpp"

#include "common/core/error.hpp"
#include "common/core/files/file.hpp"

#include <doctest/doctest.h>

namespace modelseal::archive {

namespace {

std::string gunzip(std::string_view bytes) {
    core::MemorySource compressed(core::as_bytes(bytes));
    GunzipSource source(compressed);
    return core::read_all(source, std::uint64_t{1} << 20U);
}

std::string golden() {
    return core::read_small_file(std::string(TEST_DATA_DIR) + "/archive/oras-directory.tar.gz",
                                 std::uint64_t{1} << 20U);
}

}  // namespace

TEST_SUITE("archive/gunzip_source") {
    TEST_CASE("gives the bytes that were compressed") {
        const std::string bytes = gunzip(golden());
        CHECK(bytes.size() % 512 == 0);
        CHECK(bytes.starts_with("m"));
        CHECK(bytes.substr(257, 5) == "ustar");
    }

    TEST_CASE("refuses what is not gzip, and every truncation") {
        const std::string bytes = golden();
        for (std::size_t length = 0; length < bytes.size(); ++length) {
            CAPTURE(length);
            CHECK_THROWS_AS(static_cast<void>(gunzip(bytes.substr(0, length))), core::Error);
        }
        CHECK_THROWS_AS(static_cast<void>(gunzip("plain text")), core::Error);
    }
}

}  // namespace modelseal::archive
