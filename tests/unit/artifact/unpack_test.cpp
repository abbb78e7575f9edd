#include "common/artifact/unpack.hpp"

#include "common/core/error.hpp"
#include "common/core/files/output_folder.hpp"
#include "common/core/text.hpp"
#include "common/digest/sha256.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temporary_folder.hpp"

#include <array>
#include <cstdio>
#include <numeric>
#include <string>

#include <doctest/doctest.h>

namespace modelseal::artifact {

namespace {

constexpr std::size_t block_size = 512;

struct Entry {
    std::string path;
    std::string content;
    char type = '0';  // '5' is a folder
};

/// Spec: POSIX.1-1988, ustar header block. Fields that do not matter here stay zero.
std::string header(const Entry& entry, std::uint64_t size) {
    std::string block(block_size, '\0');
    const auto put = [&](std::size_t at, std::string_view text) {
        block.replace(at, text.size(), text);
    };
    const auto octal = [](unsigned long long number, int digits) {
        std::array<char, 32> text{};
        std::snprintf(text.data(), text.size(), "%0*llo", digits, number);
        return std::string(text.data());
    };
    put(0, entry.path);
    put(100, octal(0644, 7));
    put(124, octal(size, 11));
    put(148, std::string(8, ' '));
    put(156, std::string(1, entry.type));
    put(257, std::string("ustar\00000", 8));
    const auto sum = std::accumulate(block.begin(), block.end(), 0ULL, [](auto total, char c) {
        return total + static_cast<unsigned char>(c);
    });
    put(148, octal(sum, 6) + '\0');
    return block;
}

std::string tar(const std::vector<Entry>& entries) {
    std::string archive;
    for (const Entry& entry : entries) {
        archive += header(entry, entry.content.size()) + entry.content;
        archive.resize((archive.size() + block_size - 1) / block_size * block_size);
    }
    return archive + std::string(2 * block_size, '\0');
}

/// Unpacks the layer "m" into "out" and commits its files; returns how many were written.
std::size_t unpack_all(const test::TemporaryFolder& folder,
                       const std::string& archive,
                       OldFiles old_files = OldFiles::replaced) {
    const core::File file = core::File::open(folder.write("archive", archive));
    const oci::ArtifactFile layer{
        .path = "m",
        .layer = {.media_type = oci::MediaType::parse("application/x-tar"),
                  .digest = digest::sha256_of(core::as_bytes(archive)),
                  .size = archive.size()},
        .packing = oci::Packing::tar};
    core::OutputFolder out = core::OutputFolder::open_or_create(folder / "out");
    auto files = unpack(file, layer, out, old_files);
    for (core::OutputFile& unpacked : files) {
        unpacked.commit();
    }
    return files.size();
}

core::Reason refusal(const std::string& archive) {
    const test::TemporaryFolder folder;
    const auto reason = test::error_of([&] { unpack_all(folder, archive); }).reason();
    CHECK_FALSE(std::filesystem::exists(folder / "out"));
    return reason;
}

}  // namespace

TEST_SUITE("artifact/unpack") {
    TEST_CASE("unpacks files, and folders as far as files are in them") {
        const test::TemporaryFolder folder;
        unpack_all(folder, tar({{"m", "", '5'}, {"m/d", "", '5'}, {"m/d/x", "1"}, {"m/e/y", "2"}}));
        CHECK(folder.read("out/m/d/x") == "1");
        CHECK(folder.read("out/m/e/y") == "2");
    }

    TEST_CASE("leaves files alone that are right already, and replaces the others") {
        const test::TemporaryFolder folder;
        const std::string archive = tar({{"m/x", "1"}, {"m/y", "2"}, {"m/z", "3"}});
        CHECK(unpack_all(folder, archive) == 3);
        CHECK(unpack_all(folder, archive) == 0);
        folder.write("out/m/x", "?");
        folder.write("out/m/y", "longer");
        CHECK(unpack_all(folder, archive) == 2);
        CHECK(folder.read("out/m/x") == "1");
        CHECK(folder.read("out/m/y") == "2");
    }

    TEST_CASE("refuses to replace a differing file when old ones are kept") {
        const test::TemporaryFolder folder;
        const std::string archive = tar({{"m/x", "1"}, {"m/y", "2"}});
        folder.write("out/m/y", "?");
        const auto error = test::error_of([&] { unpack_all(folder, archive, OldFiles::kept); });
        CHECK(error.kind() == core::ErrorKind::usage);
        CHECK(folder.read("out/m/y") == "?");
        CHECK_FALSE(std::filesystem::exists(folder / "out/m/x"));
        folder.write("out/m/y", "2");
        CHECK(unpack_all(folder, archive, OldFiles::kept) == 1);
    }

    TEST_CASE("refuses names that are a file and a folder, in any order and letter case") {
        CHECK(refusal(tar({{"m/d", "1"}, {"m/d/x", "2"}})) == core::Reason::unsafe_path);
        CHECK(refusal(tar({{"m/d/x", "1"}, {"m/d", "2"}})) == core::Reason::unsafe_path);
        CHECK(refusal(tar({{"m/d", "", '5'}, {"m/d", "1"}})) == core::Reason::unsafe_path);
        CHECK(refusal(tar({{"m/D", "1"}, {"m/d", "", '5'}})) == core::Reason::unsafe_path);
        CHECK(refusal(tar({{"m/D", "1"}, {"m/d/e/f/x", "2"}})) == core::Reason::unsafe_path);
        CHECK(refusal(tar({{"m/d/x", "1"}, {"m/D/X", "2"}})) == core::Reason::unsafe_path);
    }

    TEST_CASE("refuses names of the seal and of files in the making") {
        CHECK(refusal(tar({{"m/.modelseal-0123456789abcdef.part", "1"}})) ==
              core::Reason::unsafe_path);
        CHECK(refusal(tar({{"m/d/.ModelSeal/x", "1"}})) == core::Reason::unsafe_path);
    }

    TEST_CASE("refuses what grows out of proportion, before it takes space") {
        const std::uint64_t too_much = std::uint64_t{2} << 30U;
        CHECK(refusal(header({"m/x", ""}, too_much)) == core::Reason::limit_exceeded);
    }
}

}  // namespace modelseal::artifact
