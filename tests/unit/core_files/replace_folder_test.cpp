#include "common/core/files/replace_folder.hpp"

#include "common/core/error.hpp"
#include "common/core/files/output_folder.hpp"
#include "tests/support/temporary_folder.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

namespace modelseal::core {

using test::TemporaryFolder;

TEST_SUITE("core/files/replace_folder") {
    TEST_CASE("creates the folder, then replaces it as a whole") {
        const TemporaryFolder temporary;
        const Folder parent = Folder::open(temporary.path());
        replace_folder(parent, "seal", {{"a", "1"}, {"b", "2"}});
        CHECK(temporary.read("seal/a") == "1");
        temporary.write("seal/deep/stale", "x");
        replace_folder(parent, "seal", {{"b", "3"}});
        CHECK(temporary.read("seal/b") == "3");
        const std::vector<FolderEntry> expected = {{"seal", EntryKind::folder},
                                                   {"seal/b", EntryKind::file}};
        CHECK(parent.list() == expected);
    }

    TEST_CASE("leaves the old folder alone when the new one cannot be written") {
        const TemporaryFolder temporary;
        temporary.write("seal/a", "old");
        const Folder parent = Folder::open(temporary.path());
        CHECK_THROWS_AS(replace_folder(parent, "seal", {{"a", "new"}, {"../b", ""}}), Error);
        CHECK_THROWS_AS(replace_folder(parent, "seal", {{"a", "new"}, {"a", "twice"}}), Error);
        CHECK_THROWS_AS(replace_folder(parent, "seal", {{"not/plain", ""}}), Error);
        CHECK(temporary.read("seal/a") == "old");
        CHECK(parent.list().size() == 2);
    }

    TEST_CASE("replaces neither a symbolic link nor a file, nor anything outside") {
        const TemporaryFolder temporary;
        temporary.write("outside/a", "kept");
        std::filesystem::create_symlink("outside", temporary / "link");
        temporary.write("file", "kept");
        const Folder parent = Folder::open(temporary.path());
        for (const char* name : {"link", "file", "..", "", "/tmp"}) {
            CAPTURE(name);
            CHECK_THROWS_AS(replace_folder(parent, name, {{"a", "new"}}), Error);
        }
        CHECK(temporary.read("outside/a") == "kept");
        CHECK(temporary.read("file") == "kept");
    }

    TEST_CASE("removes abandoned temporaries and no others") {
        const TemporaryFolder temporary;
        OutputFolder folder = OutputFolder::open_or_create(temporary.path());
        temporary.write(".modelseal-0123456789abcdef.tmp", "left behind");
        temporary.write("sub/.modelseal-0123456789abcdef.tmp", "not looked for");
        temporary.write(".modelseal-00000000000000ff.tmp/a", "left behind");
        temporary.write("model.tmp", "the user's");
        OutputFile running = folder.create_file("model");
        running.write(as_bytes("x"));
        remove_stale_temporaries(folder);
        CHECK(folder.list_here().size() == 3);
        running.commit();
        const std::vector<FolderEntry> expected = {
            {"model", EntryKind::file}, {"model.tmp", EntryKind::file}, {"sub", EntryKind::folder}};
        CHECK(folder.list_here() == expected);
        CHECK(folder.list().size() == 4);
    }
}

}  // namespace modelseal::core
