#include "common/archive/tar_reader.hpp"

#include "common/archive/gunzip_source.hpp"
#include "common/core/error.hpp"
#include "common/core/files/file.hpp"
#include "tests/support/error_of.hpp"

#include <map>

#include <doctest/doctest.h>

namespace modelseal::archive {

namespace {

constexpr std::uint64_t size_limit = std::uint64_t{1} << 20U;

std::string golden(const std::string& name) {
    return core::read_small_file(std::string(TEST_DATA_DIR) + "/archive/" + name, size_limit);
}

struct Unpacked {
    TarEntry entry;
    std::string content;
};

/// Every entry with its content, by path.
std::map<std::string, Unpacked> unpack(core::ByteSource& from) {
    TarReader reader(from);
    std::map<std::string, Unpacked> all;
    while (const auto entry = reader.next()) {
        all[entry->path] = {*entry, core::read_all(reader.content(), size_limit)};
    }
    return all;
}

std::map<std::string, Unpacked> unpack(std::string_view bytes) {
    core::MemorySource source(core::as_bytes(bytes));
    return unpack(source);
}

core::Error error_of(std::string_view bytes, const TarLimits& limits = {}) {
    return test::error_of([&] {
        core::MemorySource source(core::as_bytes(bytes));
        TarReader reader(source, limits);
        while (reader.next()) {
            static_cast<void>(core::read_all(reader.content(), size_limit));
        }
    });
}

std::string long_name() {
    return "m/" + std::string(120, 'd') + "/" + std::string(120, 'f') + "é";
}

}  // namespace

TEST_SUITE("archive/tar_reader") {
    TEST_CASE("reads every kind of entry of GNU and POSIX archives") {
        for (const auto* name : {"gnu.tar", "pax.tar"}) {
            CAPTURE(name);
            const auto all = unpack(golden(name));
            CHECK(all.size() == 11);
            CHECK(all.at("m").entry.type == EntryType::folder);
            CHECK(all.at("m/empty").entry.type == EntryType::folder);
            CHECK(all.at("m/a.txt").entry.type == EntryType::file);
            CHECK(all.at("m/a.txt").entry.mode == 0644);
            CHECK(all.at("m/a.txt").content == "hi\n");
            CHECK(all.at("m/sub/w.bin").content == std::string(3000, '\0'));
            CHECK(all.at("m/é✓.txt").content == "u");
            CHECK(all.at(long_name()).content == "long");
            CHECK(all.at("m/link").entry.type == EntryType::symbolic_link);
            CHECK(all.at("m/link").entry.link_target == "a.txt");
            CHECK(all.at("m/hard").entry.type == EntryType::hard_link);
            CHECK(all.at("m/hard").entry.link_target == "m/a.txt");
            CHECK(all.at("m/hard").content.empty());
            CHECK(all.at("m/fifo").entry.type == EntryType::other);
        }
    }

    TEST_CASE("holes of sparse files read as zeros") {
        const auto all = unpack(golden("sparse.tar"));
        CHECK(all.at("sparse").entry.size == 100'001);
        CHECK(all.at("sparse").content == std::string(100'000, '\0') + "x");
    }

    TEST_CASE("reads the directory layers of oras") {
        const std::string layer = golden("oras-directory.tar.gz");
        core::MemorySource compressed(core::as_bytes(layer));
        GunzipSource source(compressed);
        const auto all = unpack(source);
        CHECK(all.size() == 9);
        CHECK(all.at("m/sub/w.bin").content == std::string(3000, '\0'));
        CHECK(all.at("m/é✓.txt").content == "u");
        CHECK(all.at(long_name()).content == "long");
    }

    TEST_CASE("skips content that nobody reads") {
        const std::string bytes = golden("gnu.tar");
        core::MemorySource source(core::as_bytes(bytes));
        TarReader reader(source);
        std::size_t count = 0;
        while (reader.next()) {
            ++count;
        }
        CHECK(count == 11);
    }

    TEST_CASE("refuses more entries or longer names than allowed") {
        const std::string bytes = golden("pax.tar");
        CHECK(error_of(bytes, {.entries = 3}).reason() == core::Reason::limit_exceeded);
        CHECK(error_of(bytes, {.path_length = 100}).reason() == core::Reason::limit_exceeded);
    }

    TEST_CASE("refuses what is no tar archive, compressed ones too") {
        CHECK(error_of("").kind() == core::ErrorKind::malformed);
        CHECK(error_of("PK\x03\x04").kind() == core::ErrorKind::malformed);
        CHECK(error_of(std::string(1024, 'x')).kind() == core::ErrorKind::malformed);
        CHECK(error_of(golden("oras-directory.tar.gz")).kind() == core::ErrorKind::malformed);
    }

    TEST_CASE("a damaged header is an error, not the end") {
        std::string bytes = golden("gnu.tar");
        bytes[512 + 3] = static_cast<char>(bytes[512 + 3] ^ 1);  // the second entry's name
        CHECK(error_of(bytes).message().find("after entry 1") != std::string::npos);
    }

    TEST_CASE("a truncated archive is an error wherever it ends before its last content") {
        const std::string bytes = golden("pax.tar");
        const std::size_t end = bytes.find_last_not_of('\0') + 1;
        for (std::size_t length = 0; length < end; ++length) {
            if (length % 512 == 0) {
                continue;  // between blocks it may be an archive that lacks its end mark
            }
            CAPTURE(length);
            CHECK(error_of(std::string_view(bytes).substr(0, length)).kind() ==
                  core::ErrorKind::malformed);
        }
    }

    TEST_CASE("errors of the source come out as they went in") {
        class Failing final : public core::ByteSource {
          public:
            std::size_t read(std::span<std::byte> /*buffer*/) override {
                throw core::Error(core::ErrorKind::unavailable, "the registry does not answer");
            }
        };

        Failing source;
        try {
            TarReader reader(source);
            FAIL("it was accepted");
        } catch (const core::Error& error) {
            CHECK(error.kind() == core::ErrorKind::unavailable);
        }
    }
}

}  // namespace modelseal::archive
