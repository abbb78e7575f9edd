#include "common/seal/seal.hpp"

#include "common/core/error.hpp"
#include "common/oci/manifest.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temporary_folder.hpp"

#include <doctest/doctest.h>

namespace modelseal::seal {

namespace {

using core::Error;
using core::ErrorKind;
using core::Folder;
using core::Reason;
using test::TemporaryFolder;

Reason reason_of_reading(const Folder& folder) {
    return test::error_of([&] { return read_seal(folder); }).reason();
}

}  // namespace

TEST_SUITE("seal/seal") {
    TEST_CASE("reads what it wrote, byte for byte") {
        const TemporaryFolder temporary;
        const Folder folder = Folder::open(temporary.path());
        const Seal seal{.manifest = "{}\n \t", .index = "[]", .evidence = {"bundle"}};
        write_seal(folder, seal);
        CHECK(read_seal(folder) == seal);
        CHECK(temporary.read(".modelseal/manifest.json") == "{}\n \t");
        // printf bundle | sha256sum
        CHECK(temporary.read(".modelseal/"
                             "1e6ed65d77d6364eeaed5a745ba5c4985ae2b700dd85d7cf7f027bdf294a33fc"
                             ".sigstore.json") == "bundle");
    }

    TEST_CASE("a new seal keeps nothing of the old one") {
        const TemporaryFolder temporary;
        const Folder folder = Folder::open(temporary.path());
        write_seal(folder, {.manifest = "1", .index = "i", .evidence = {"a", "b"}});
        const Seal next{.manifest = "2", .evidence = {"c", "c"}};
        write_seal(folder, next);
        CHECK(read_seal(folder) == Seal{.manifest = "2", .evidence = {"c"}});
    }

    TEST_CASE("only a seal, or nothing, may be replaced by one") {
        const TemporaryFolder temporary;
        const Folder folder = Folder::open(temporary.path());
        require_replaceable(folder);
        write_seal(folder, {.manifest = "1", .index = "i", .evidence = {"a", "b"}});
        require_replaceable(folder);
        const auto reason = [&] {
            return test::error_of([&] { require_replaceable(folder); }).reason();
        };
        temporary.write(".modelseal/notes.txt", "of the user's");
        CHECK(reason() == Reason::unsafe_path);
        std::filesystem::remove_all(temporary / ".modelseal");
        temporary.write(".modelseal/index.json/x", "of the user's");
        CHECK(reason() == Reason::unsafe_path);
        std::filesystem::remove_all(temporary / ".modelseal");
        std::filesystem::create_symlink(".", temporary / ".modelseal");
        CHECK(reason() == Reason::unsafe_path);
        std::filesystem::remove_all(temporary / ".modelseal");
        temporary.write(".modelseal", "of the user's");
        CHECK(reason() == Reason::unsafe_path);
    }

    TEST_CASE("a folder without a manifest has no seal") {
        const TemporaryFolder temporary;
        const Folder folder = Folder::open(temporary.path());
        CHECK(reason_of_reading(folder) == Reason::missing_file);
        temporary.write(".modelseal/index.json", "{}");
        CHECK(reason_of_reading(folder) == Reason::missing_file);
    }

    TEST_CASE("is removed as a whole, and may be missing") {
        const TemporaryFolder temporary;
        const Folder folder = Folder::open(temporary.path());
        write_seal(folder, {.manifest = "1", .evidence = {"a"}});
        remove_seal(folder);
        remove_seal(folder);
        CHECK(folder.list().empty());
    }

    TEST_CASE("refuses strangers, links and folders inside the seal") {
        for (const char* name : {"run.py", "sub/manifest.json", "manifest.json.bak"}) {
            CAPTURE(name);
            const TemporaryFolder temporary;
            const Folder folder = Folder::open(temporary.path());
            write_seal(folder, {.manifest = "1"});
            temporary.write(std::string(".modelseal/") + name, "x");
            CHECK(reason_of_reading(folder) == Reason::extra_file);
        }
        const TemporaryFolder temporary;
        temporary.write("secret", "x");
        std::filesystem::create_directory(temporary / ".modelseal");
        std::filesystem::create_symlink("../secret", temporary / ".modelseal/manifest.json");
        CHECK(reason_of_reading(Folder::open(temporary.path())) == Reason::unsafe_path);
    }

    TEST_CASE("a seal that is itself a symbolic link is refused") {
        const TemporaryFolder temporary;
        temporary.write("elsewhere/manifest.json", "{}");
        std::filesystem::create_directory(temporary / "model");
        std::filesystem::create_symlink("../elsewhere", temporary / "model/.modelseal");
        CHECK(reason_of_reading(Folder::open(temporary / "model")) == Reason::unsafe_path);
    }

    TEST_CASE("keeps its limits in both directions") {
        const TemporaryFolder temporary;
        const Folder folder = Folder::open(temporary.path());
        const std::string large(oci::manifest_size_limit + 1, ' ');
        CHECK_THROWS_AS(write_seal(folder, {.manifest = large}), Error);
        CHECK_THROWS_AS(write_seal(folder, {.manifest = "1", .index = large}), Error);
        CHECK_THROWS_AS(write_seal(folder, {.manifest = "1", .evidence = {large}}), Error);
        std::vector<std::string> many;
        for (int i = 0; i < 65; ++i) {
            many.push_back(std::to_string(i));
            temporary.write(".modelseal/" + many.back() + ".sigstore.json", "x");
        }
        CHECK_THROWS_AS(write_seal(folder, {.manifest = "1", .evidence = many}), Error);
        CHECK(reason_of_reading(folder) == Reason::malformed_evidence);
        many.clear();
        for (int i = 0; i < 5; ++i) {
            many.emplace_back(evidence_size_limit, static_cast<char>('a' + i));
        }
        CHECK_THROWS_AS(write_seal(folder, {.manifest = "1", .evidence = many}), Error);
        many.pop_back();
        write_seal(folder, {.manifest = "1", .evidence = many});
        CHECK(read_seal(folder).evidence.size() == 4);
        temporary.write(".modelseal/more.sigstore.json", "x");
        CHECK(reason_of_reading(folder) == Reason::malformed_evidence);
        temporary.write(".modelseal/manifest.json", large);
        std::filesystem::remove(temporary / ".modelseal/more.sigstore.json");
        CHECK(reason_of_reading(folder) == Reason::malformed_evidence);
    }
}

}  // namespace modelseal::seal
