#include "common/core/files/output_folder.hpp"

#include "common/core/error.hpp"
#include "common/core/files/beneath.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/resource_limit.hpp"
#include "tests/support/temporary_folder.hpp"

#include <algorithm>
#include <vector>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

namespace modelseal::core {

namespace {

using test::TemporaryFolder;

void write_file(OutputFolder& folder, std::string_view name, std::string_view content) {
    OutputFile file = folder.create_file(name, content.size());
    file.write(as_bytes(content));
    file.commit();
}

/// The kind and reason of the error that `body` must end with.
template <typename Body>
std::pair<ErrorKind, Reason> kind_and_reason_of(Body&& body) {
    const Error error = test::error_of(std::forward<Body>(body));
    CHECK_FALSE(error.message().empty());
    return {error.kind(), error.reason()};
}

const std::pair refused(ErrorKind::malformed, Reason::unsafe_path);

std::vector<std::string> names_in(const std::filesystem::path& path) {
    std::vector<std::string> names;
    for (const FolderEntry& entry : Folder::open(path).list()) {
        names.push_back(entry.path);
    }
    return names;
}

/// A file system of 1 MiB, where the test may mount one.
class TinyDisk {
  public:
    explicit TinyDisk(const std::filesystem::path& path)
        : path_(path), mounted_(::mount("tmpfs", path.c_str(), "tmpfs", 0, "size=1m") == 0) {}

    TinyDisk(const TinyDisk&) = delete;
    TinyDisk& operator=(const TinyDisk&) = delete;
    TinyDisk(TinyDisk&&) = delete;
    TinyDisk& operator=(TinyDisk&&) = delete;

    ~TinyDisk() {
        if (mounted_) {
            ::umount(path_.c_str());
        }
    }

    [[nodiscard]] bool mounted() const { return mounted_; }

    [[nodiscard]] bool make_read_only() const {
        return ::mount("", path_.c_str(), "", MS_REMOUNT | MS_RDONLY, "") == 0;
    }

  private:
    std::filesystem::path path_;
    bool mounted_;
};

}  // namespace

TEST_SUITE("core/files/output_folder") {
    TEST_CASE("writes files, creating the folders on the way") {
        const TemporaryFolder temporary;
        OutputFolder folder = OutputFolder::open_or_create(temporary / "new/out");
        write_file(folder, "a.json", "{}");
        write_file(folder, "deep/er/model.safetensors", "weights");
        CHECK(temporary.read("new/out/a.json") == "{}");
        CHECK(temporary.read("new/out/deep/er/model.safetensors") == "weights");
        CHECK(folder.read_small("deep/er/model.safetensors", 100) == "weights");
    }

    TEST_CASE("gives content its name and permissions only when it is complete") {
        const test::TemporaryFolder temporary;
        auto folder = OutputFolder::open_or_create(temporary / "out");
        OutputFile file = folder.create_file("incoming/blob");
        file.write(as_bytes("content"));
        folder.commit_as(file, "blobs/named", 0444);
        CHECK(temporary.read("out/blobs/named") == "content");
        CHECK(std::filesystem::is_empty(temporary / "out/incoming"));
        CHECK(std::filesystem::status(temporary / "out/blobs/named").permissions() ==
              std::filesystem::perms{0444});
        OutputFile other = folder.create_file("incoming/blob");
        CHECK_THROWS_AS(folder.commit_as(other, "../outside", 0444), Error);
    }

    TEST_CASE("takes content in any order") {
        const TemporaryFolder temporary;
        OutputFolder folder = OutputFolder::open_or_create(temporary.path());
        OutputFile file = folder.create_file("f", 6);
        file.write_at(3, as_bytes("def"));
        file.write_at(0, as_bytes("abc"));
        file.commit();
        CHECK(temporary.read("f") == "abcdef");
    }

    TEST_CASE("reads back what is not yet committed") {
        const TemporaryFolder temporary;
        OutputFolder folder = OutputFolder::open_or_create(temporary.path());
        OutputFile file = folder.create_file("f", 100);
        file.write(as_bytes("abc"));
        CHECK(file.reopen().size() == 3);
        file.finish();
        CHECK(file.reopen().size() == 3);
        CHECK_THROWS_AS(file.write(as_bytes("d")), Error);
        file.commit();
        CHECK(temporary.read("f") == "abc");
    }

    TEST_CASE("commits the file that was written, not what stands under its temporary name") {
        const TemporaryFolder folder;
        folder.write("a", "old");
        OutputFolder out = OutputFolder::open_or_create(folder.path());
        for (const bool is_closed : {false, true}) {
            CAPTURE(is_closed);
            OutputFile file = out.create_file("a", 3);
            file.write(as_bytes("new"));
            if (is_closed) {
                file.finish();
            }
            const std::vector<std::string> names = names_in(folder.path());
            REQUIRE(names.size() == 2);
            const std::filesystem::path temporary = folder / names[0];
            const std::filesystem::path other = folder.write("other", "evil");
            std::filesystem::rename(other, temporary);
            CHECK(kind_and_reason_of([&] { file.commit(); }) ==
                  std::pair(ErrorKind::io, Reason::changed_while_read));
            CHECK(kind_and_reason_of([&] { static_cast<void>(file.reopen()); }).first ==
                  ErrorKind::io);
            CHECK(folder.read("a") == "old");
            std::filesystem::remove(temporary);
            CHECK(kind_and_reason_of([&] { file.commit(); }).first == ErrorKind::io);
        }
    }

    TEST_CASE("more finished files than there are descriptors can wait for their commit") {
        const TemporaryFolder temporary;
        const test::ResourceLimit open_files(RLIMIT_NOFILE, 32);
        OutputFolder folder = OutputFolder::open_or_create(temporary.path());
        std::vector<OutputFile> waiting;
        for (int i = 0; i < 45; ++i) {
            waiting.push_back(folder.create_file(std::to_string(i % 3) + "/" + std::to_string(i)));
            waiting.back().finish();
        }
        for (OutputFile& file : waiting) {
            file.commit();
        }
        CHECK(folder.list().size() == 48);
    }

    TEST_CASE("shows nothing under the final name before commit, and keeps the old file") {
        const TemporaryFolder temporary;
        temporary.write("f", "old");
        OutputFolder folder = OutputFolder::open_or_create(temporary.path());
        {
            OutputFile file = folder.create_file("f", 1000);
            file.write(as_bytes("new"));
            CHECK(temporary.read("f") == "old");
            const auto names = names_in(temporary.path());
            CHECK(std::count_if(names.begin(), names.end(), is_temporary_name) == 1);
        }
        CHECK(temporary.read("f") == "old");
        CHECK(names_in(temporary.path()) == std::vector<std::string>{"f"});
        write_file(folder, "f", "new");
        CHECK(temporary.read("f") == "new");
    }

    TEST_CASE("removes the folders it created when nothing was committed into them") {
        const TemporaryFolder temporary;
        {
            OutputFolder folder = OutputFolder::open_or_create(temporary / "x/y");
            const OutputFile file = folder.create_file("a/b/c");
        }
        CHECK(names_in(temporary.path()).empty());
        {
            OutputFolder folder = OutputFolder::open_or_create(temporary / "x/y");
            static_cast<void>(folder.create_file("a/b/c"));
            write_file(folder, "a/kept", "1");
        }
        CHECK(names_in(temporary / "x/y") == std::vector<std::string>{"a", "a/kept"});
    }

    TEST_CASE("refuses names that leave the folder") {
        const TemporaryFolder temporary;
        OutputFolder folder = OutputFolder::open_or_create(temporary / "out");
        for (const char* name : {"../x",
                                 "a/../../x",
                                 "/etc/x",
                                 "",
                                 ".",
                                 "a//b",
                                 "a/",
                                 "a\nb",
                                 "a\\b",
                                 "\xff",
                                 "./a"}) {
            CAPTURE(name);
            CHECK(kind_and_reason_of([&] { static_cast<void>(folder.create_file(name)); }) ==
                  refused);
            CHECK(kind_and_reason_of([&] { static_cast<void>(folder.open_existing(name)); }) ==
                  refused);
            CHECK(kind_and_reason_of([&] { folder.remove(name); }) == refused);
        }
    }

    TEST_CASE("refuses a folder that is a symbolic link, however it is spelled") {
        const TemporaryFolder temporary;
        std::filesystem::create_directory(temporary / "real");
        std::filesystem::create_symlink("real", temporary / "link");
        std::filesystem::create_symlink("nowhere", temporary / "dangling");
        for (const char* name : {"link", "link/", "link/.", "link/./", "dangling"}) {
            CAPTURE(name);
            CHECK(kind_and_reason_of([&] {
                      OutputFolder folder = OutputFolder::open_or_create(temporary / name);
                  }) == refused);
        }
        CHECK_FALSE(std::filesystem::exists(temporary / "nowhere"));
    }

    TEST_CASE("opens the current folder, and refuses a file") {
        CHECK(OutputFolder::open_or_create("./").name() == ".");
        const TemporaryFolder temporary;
        const auto file = temporary.write("f", "");
        CHECK(kind_and_reason_of(
                  [&] { OutputFolder folder = OutputFolder::open_or_create(file); }) == refused);
    }

    TEST_CASE("never goes through a parent that is a symbolic link, also when it is swapped late") {
        const TemporaryFolder temporary;
        std::filesystem::create_directory(temporary / "outside");
        OutputFolder folder = OutputFolder::open_or_create(temporary / "out");
        std::filesystem::create_symlink("../outside", temporary / "out/sub");
        CHECK(kind_and_reason_of([&] { static_cast<void>(folder.create_file("sub/f")); }) ==
              refused);
        CHECK(kind_and_reason_of([&] { static_cast<void>(folder.create_file("sub/new/f")); }) ==
              refused);
        CHECK(kind_and_reason_of([&] { static_cast<void>(folder.open_existing("sub/f")); }) ==
              refused);
        CHECK(kind_and_reason_of([&] { folder.remove("sub/f"); }) == refused);

        std::filesystem::remove(temporary / "out/sub");
        OutputFile file = folder.create_file("sub/f");
        file.write(as_bytes("x"));
        std::filesystem::rename(temporary / "out/sub", temporary / "out/moved");
        std::filesystem::create_symlink("../outside", temporary / "out/sub");
        file.commit();
        CHECK(temporary.read("out/moved/f") == "x");
        CHECK(std::filesystem::is_empty(temporary / "outside"));
    }

    TEST_CASE("writes into the folder it opened, whatever its path means later") {
        const TemporaryFolder temporary;
        OutputFolder folder = OutputFolder::open_or_create(temporary / "out");
        std::filesystem::rename(temporary / "out", temporary / "moved");
        std::filesystem::create_directory(temporary / "out");
        write_file(folder, "f", "x");
        CHECK(temporary.read("moved/f") == "x");
        CHECK(std::filesystem::is_empty(temporary / "out"));
    }

    TEST_CASE("replaces regular files only") {
        const TemporaryFolder temporary;
        OutputFolder folder = OutputFolder::open_or_create(temporary.path());
        std::filesystem::create_symlink("victim", temporary / "link");
        std::filesystem::create_directory(temporary / "folder");
        REQUIRE(::mkfifo((temporary / "fifo").c_str(), 0600) == 0);
        for (const char* name : {"link", "folder", "fifo"}) {
            CAPTURE(name);
            CHECK(kind_and_reason_of([&] { static_cast<void>(folder.create_file(name)); }) ==
                  refused);
        }
        OutputFile late = folder.create_file("late");
        std::filesystem::create_symlink("victim", temporary / "late");
        CHECK(kind_and_reason_of([&] { late.commit(); }) == refused);
        CHECK(names_in(temporary.path()).size() == 5);
        CHECK_FALSE(std::filesystem::exists(temporary / "victim"));
    }

    TEST_CASE("opens regular files only, and never hangs on a FIFO") {
        const TemporaryFolder temporary;
        temporary.write("f", "x");
        const Folder folder = Folder::open(temporary.path());
        std::filesystem::create_symlink("f", temporary / "link");
        REQUIRE(::mkfifo((temporary / "fifo").c_str(), 0600) == 0);
        CHECK(folder.open_existing("f")->size() == 1);
        CHECK_FALSE(folder.open_existing("missing").has_value());
        CHECK_FALSE(folder.open_existing("f/below-a-file").has_value());
        CHECK(kind_and_reason_of([&] { static_cast<void>(folder.open_existing("link")); }) ==
              refused);
        CHECK(kind_and_reason_of([&] { static_cast<void>(folder.open_existing("fifo")); }) ==
              refused);
    }

    TEST_CASE("resolves names the same way with and without openat2") {
        const TemporaryFolder temporary;
        temporary.write("a/b/f", "x");
        std::filesystem::create_symlink("a", temporary / "link");
        std::filesystem::create_symlink("f", temporary / "a/b/link");
        const Folder folder = Folder::open(temporary.path());
        const int number = folder.descriptor();
        for (const auto open : {open_beneath, open_beneath_by_steps}) {
            CHECK(open(number, "a/b/f", O_RDONLY, 0).has_value());
            CHECK(open(number, "a/b", O_RDONLY | O_DIRECTORY, 0).has_value());
            CHECK_FALSE(open(number, "a/c/f", O_RDONLY, 0).has_value());
            CHECK_FALSE(open(number, "a/b/f/g", O_RDONLY, 0).has_value());
            for (const char* name : {"link/b/f", "a/b/link", "../x", "/etc/passwd"}) {
                CAPTURE(name);
                CHECK(kind_and_reason_of(
                          [&] { static_cast<void>(open(number, name, O_RDONLY, 0)); }) == refused);
            }
        }
    }

    TEST_CASE("a full disk is an error at once, and leaves what was there") {
        const TemporaryFolder temporary;
        std::filesystem::create_directory(temporary / "disk");
        const TinyDisk disk(temporary / "disk");
        if (!disk.mounted()) {
            MESSAGE("skipped: mounting is not permitted here");
            return;
        }
        temporary.write("disk/f", "old");
        OutputFolder folder = OutputFolder::open_or_create(temporary / "disk");
        const auto full = std::pair(ErrorKind::io, Reason::unspecified);
        CHECK(kind_and_reason_of([&] { static_cast<void>(folder.create_file("f", 2U << 20U)); }) ==
              full);
        CHECK(kind_and_reason_of([&] {
                  OutputFile file = folder.create_file("sub/f");
                  file.write(Bytes(2U << 20U));
              }) == full);
        CHECK(temporary.read("disk/f") == "old");
        CHECK(std::filesystem::file_size(temporary / "disk/f") == 3);
    }

    TEST_CASE("a read-only file system is an error that changes nothing") {
        const TemporaryFolder temporary;
        std::filesystem::create_directory(temporary / "disk");
        const TinyDisk disk(temporary / "disk");
        if (!disk.mounted() || !disk.make_read_only()) {
            MESSAGE("skipped: mounting is not permitted here");
            return;
        }
        OutputFolder folder = OutputFolder::open_or_create(temporary / "disk");
        CHECK(kind_and_reason_of([&] { static_cast<void>(folder.create_file("f")); }).first ==
              ErrorKind::io);
        CHECK(kind_and_reason_of([&] { static_cast<void>(folder.create_file("a/f")); }).first ==
              ErrorKind::io);
        CHECK(names_in(temporary / "disk").empty());
    }

    TEST_CASE("lists every kind of entry at any depth, sorted by bytes") {
        const TemporaryFolder temporary;
        temporary.write("b/c/f", "");
        temporary.write("b.x", "");
        std::filesystem::create_symlink("b", temporary / "a");
        REQUIRE(::mkfifo((temporary / "fifo").c_str(), 0600) == 0);
        const std::vector<FolderEntry> expected = {{"a", EntryKind::symbolic_link},
                                                   {"b", EntryKind::folder},
                                                   {"b.x", EntryKind::file},
                                                   {"b/c", EntryKind::folder},
                                                   {"b/c/f", EntryKind::file},
                                                   {"fifo", EntryKind::special}};
        CHECK(Folder::open(temporary.path()).list() == expected);
    }

    TEST_CASE("refuses to list folders nested without end") {
        const TemporaryFolder temporary;
        std::filesystem::path deep = temporary.path();
        for (int i = 0; i < 70; ++i) {
            deep /= "d";
        }
        std::filesystem::create_directories(deep);
        CHECK(kind_and_reason_of([&] {
                  static_cast<void>(Folder::open(temporary.path()).list());
              }) == std::pair(ErrorKind::malformed, Reason::limit_exceeded));
    }

    TEST_CASE("knows its temporary names") {
        CHECK(is_temporary_name(make_temporary_name()));
        CHECK(make_temporary_name() != make_temporary_name());
        for (const char* name : {".modelseal",
                                 ".modelseal-0123456789abcdeX.tmp",
                                 ".modelseal-0123456789abcdef.tm",
                                 "model.safetensors"}) {
            CHECK_FALSE(is_temporary_name(name));
        }
    }

    TEST_CASE("one writer claims the folder, and removes what killed ones left behind") {
        const TemporaryFolder temporary;
        temporary.write(".modelseal-0123456789abcdef.tmp", "left behind");
        temporary.write("sub/.modelseal-0123456789abcdef.tmp", "left behind");
        temporary.write("other/.modelseal-0123456789abcdef.tmp", "not looked for");
        {
            const OutputFolder first = OutputFolder::open_or_create(temporary.path());
            first.claim({"sub", "missing"});
            CHECK(first.list().size() == 3);
            const OutputFolder second = OutputFolder::open_or_create(temporary.path());
            CHECK(test::error_of([&] { second.claim({}); }).kind() == ErrorKind::unavailable);
        }
        OutputFolder::open_or_create(temporary.path()).claim({});
    }

    TEST_CASE("partial content is lent to one file at a time, until that is committed or gone") {
        const TemporaryFolder temporary;
        const std::string id(16, 'a');
        OutputFolder folder = OutputFolder::open_or_create(temporary.path());
        const auto finished = [&](std::string_view path) {
            auto file = folder.open_partial(path, id, 3, true);
            if (file) {
                file->write(as_bytes("new"));
                file->finish();
            }
            return file;
        };
        {
            const auto first = finished("a");
            REQUIRE(first);
            CHECK_FALSE(finished("b"));
            CHECK(finished("sub/b"));
        }
        auto second = finished("b");
        REQUIRE(second);
        second->commit();
        CHECK(finished("c"));
        CHECK(temporary.read("b") == "new");
    }
}

}  // namespace modelseal::core
