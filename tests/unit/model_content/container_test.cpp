#include "common/core/bytes.hpp"
#include "common/model/content/content_kind.hpp"
#include "tests/support/model_files.hpp"

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

namespace modelseal::model {

namespace {

using namespace std::string_literals;

std::string kind_of(std::string_view path, const std::string& bytes) {
    const core::MemoryAccess content(core::as_bytes(bytes));
    return std::string(to_string(identify(path, content).kind));
}

/// A tar header that begins with `name`, with 0x80 behind it so that the signed sum is negative.
std::string negative_tar(const std::string& name) {
    std::string header = name + std::string(30, '\0');
    header.resize(100, '\x80');
    header.resize(512, '\0');
    header.replace(148, 8, std::string(8, ' '));
    return header;
}

std::int64_t signed_sum(const std::string& header) {
    std::int64_t sum = 0;
    for (const char c : header) {
        sum += static_cast<signed char>(c);
    }
    return sum;
}

/// `value` as GNU tar writes it into eight bytes.
std::string base256(std::int64_t value) {
    std::string field(8, value < 0 ? '\xFF' : '\x80');
    for (std::size_t i = 7; i > 0; --i, value >>= 8) {
        field[i] = static_cast<char>(value & 0xFF);
    }
    return field;
}

}  // namespace

TEST_SUITE("model/content/container") {
    TEST_CASE("refuses data with a ZIP archive behind it") {
        CHECK(kind_of("a.png", "\x89PNG\r\n\x1A\n and pixels"s + test::zip_tail()) == "zip");
        CHECK(kind_of("a.txt", "text" + test::zip_tail()) == "zip");
        CHECK(kind_of("a.txt", "text" + test::zip_tail() + std::string(40'000, 'c')) == "zip");
        // The four bytes of the signature alone mean nothing.
        CHECK(kind_of("a.png", "\x89PNG\r\n\x1A\n PK\x05\x06 and 22 bytes of pixels"s) == "png");
    }

    TEST_CASE("refuses a ZIP archive whose directory only ZIP64 or an offset leads to") {
        const auto end = [](const std::string& entries, const std::string& offset) {
            return "PK\x05\x06\0\0\0\0"s + entries + entries + "\0\0\0\0"s + offset + "\0\0"s;
        };
        const std::string locator = "PK\x06\x07"s + std::string(16, '\0');
        CHECK(kind_of("a.txt", "text" + locator + end("\1\0"s, "\0\0\0\0"s)) == "zip");
        CHECK(kind_of("a.txt", "text" + end("\xFF\xFF", "\0\0\0\0"s)) == "zip");
        CHECK(kind_of("a.txt", "text" + end("\1\0"s, "\xFF\xFF\xFF\xFF")) == "zip");
        CHECK(kind_of("a.txt", "textPK\1\2" + end("\1\0"s, "\4\0\0\0"s)) == "zip");
        CHECK(kind_of("a.png", "\x89PNG\r\n\x1A\n"s + end("\0\0"s, "\0\0\0\0"s)) == "png");
    }

    TEST_CASE("knows a tar archive by its checksum, whatever the first name in it is") {
        for (const auto& name : {"GGUF\3"s, "GIF89a"s, "weights"s}) {
            std::string header = name + std::string(1024 - name.size(), '\0');
            CHECK(kind_of("model.gguf", header) != "archive");
            CHECK(kind_of("model.gguf", test::with_tar_checksum(header)) == "archive");
        }
    }

    TEST_CASE("reads the checksum of a tar header as any reader of tar does") {
        for (const auto& name : {"GGUF\3\0\0\0"s + std::string(16, '\0'), "\xFF\xD8\xFF\xE0"s}) {
            const std::string header = negative_tar(name);
            const std::int64_t sum = signed_sum(header);
            REQUIRE(sum < 0);
            char octal[9] = {};
            std::snprintf(octal, sizeof octal, "-%06o", static_cast<unsigned>(-sum));
            std::int64_t unsigned_sum = 0;
            for (const char c : header) {
                unsigned_sum += static_cast<unsigned char>(c);
            }
            char plain[9] = {};
            std::snprintf(plain, sizeof plain, " 0o%05o", static_cast<unsigned>(unsigned_sum));
            for (const std::string& field : {base256(sum),
                                             base256(unsigned_sum),
                                             std::string(octal) + " ",
                                             std::string(octal) + "\0"s,
                                             std::string(plain)}) {
                CAPTURE(field);
                std::string whole = header;
                whole.replace(148, 8, field);
                CHECK(kind_of("model.gguf", whole) == "archive");
                whole[0] = 'g';
                CHECK(kind_of("model.gguf", whole) != "archive");
            }
        }
    }

    TEST_CASE("knows a tar header whose bytes add up to the nothing that it states") {
        std::string header(512, '\0');
        header.replace(148, 8, std::string(8, ' '));
        header.replace(0, 2, "\x80\x80");
        REQUIRE(signed_sum(header) == 0);
        for (const auto& field : {std::string(8, '\0'), std::string(8, ' '), "0       "s}) {
            header.replace(148, 8, field);
            CHECK(kind_of("a.bin", header) == "archive");
        }
        header.replace(148, 8, "        ");
        header[0] = '\x81';
        CHECK(kind_of("a.bin", header) == "unknown");
    }

    TEST_CASE("finds the end of a ZIP archive as far back as any reader looks for it") {
        // Python reads 64 KiB and the record, miniz the rest of a block of 4 KiB as well.
        for (const std::size_t behind : {65'535U, 65'536U, 65'537U, 69'600U}) {
            CAPTURE(behind);
            CHECK(kind_of("a.txt", "text" + test::zip_tail() + std::string(behind, 'c')) == "zip");
        }
    }

    TEST_CASE("finds an HDF5 file behind a block of any size that HDF5 allows") {
        const std::string signature = "\x89HDF\r\n\x1A\n"s;
        for (const std::size_t block : {512U, 4096U, 65536U, 1U << 20U}) {
            CAPTURE(block);
            std::string png = "\x89PNG\r\n\x1A\n"s;
            png.resize(block, '\0');
            CHECK(kind_of("a.png", png + signature) == "hdf5");
            CHECK(kind_of("a.txt", std::string(block, 'a') + signature) == "hdf5");
            CHECK(kind_of("a.png", png + "\0"s + signature) == "png");
        }
    }
}

}  // namespace modelseal::model
