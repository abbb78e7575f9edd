#include "common/core/files/file.hpp"

#include "common/core/error.hpp"
#include "common/core/files/folder.hpp"
#include "common/core/text.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temporary_folder.hpp"

#include <algorithm>
#include <filesystem>
#include <string>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace modelseal::core {

namespace {

using test::error_of;
using test::TemporaryFolder;

}  // namespace

TEST_SUITE("core/files/file") {
    TEST_CASE("reads at any position") {
        const TemporaryFolder folder;
        const File file = File::open(folder.write("f", "0123456789"));
        CHECK(file.size() == 10);
        Bytes buffer(4);
        CHECK(file.read_at(3, buffer) == 4);
        CHECK(as_text(buffer) == "3456");
        CHECK(file.read_at(8, buffer) == 2);
        CHECK(file.read_at(10, buffer) == 0);
        CHECK(file.read_at(1000, buffer) == 0);
    }

    TEST_CASE("opens regular files only, and never waits for a FIFO") {
        const TemporaryFolder folder;
        REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
        std::filesystem::create_symlink(folder.write("target", "x"), folder / "link");
        std::filesystem::create_symlink("loop", folder / "loop");
        const auto refusal = [&](const char* name, bool follow_links = true) {
            return error_of([&] { static_cast<void>(File::open(folder / name, follow_links)); });
        };
        CHECK(refusal("missing").kind() == ErrorKind::not_found);
        CHECK(refusal(".").reason() == Reason::unsafe_path);
        CHECK(refusal("fifo").reason() == Reason::unsafe_path);
        CHECK(refusal("link", false).reason() == Reason::unsafe_path);
        CHECK(refusal("loop").kind() == ErrorKind::io);
        CHECK(File::open(folder / "link").size() == 1);
        CHECK_THROWS_AS(static_cast<void>(File::open("/dev/null")), Error);
    }

    TEST_CASE("notices that a file changed since it was opened") {
        const TemporaryFolder folder;
        const auto path = folder.write("f", "before");
        const File file = File::open(path);
        file.check_unchanged();
        SUBCASE("grew") {
            folder.write("f", "after that");
        }
        SUBCASE("kept its size") {
            std::filesystem::last_write_time(path, std::filesystem::file_time_type::min());
        }
        SUBCASE("was cut") {
            std::filesystem::resize_file(path, 1);
        }
        CHECK(error_of([&] { file.check_unchanged(); }).reason() == Reason::changed_while_read);
    }

    TEST_CASE("notices a file with more bytes than its file system states") {
        const File file = File::open("/proc/version");
        REQUIRE(file.size() == 0);
        CHECK_THROWS_AS(file.check_unchanged(), Error);
    }

    TEST_CASE("keeps reading the file it opened when the name is given to another") {
        const TemporaryFolder folder;
        const File file = File::open(folder.write("f", "mine"));
        std::filesystem::rename(folder.write("g", "other"), folder / "f");
        Bytes buffer(4);
        CHECK(file.read_at(0, buffer) == buffer.size());
        CHECK(as_text(buffer) == "mine");
    }

    TEST_CASE("reads a small file whole and refuses a larger one") {
        const TemporaryFolder folder;
        const auto path = folder.write("f", "12345");
        CHECK(read_small_file(path, 5) == "12345");
        CHECK(error_of([&] { static_cast<void>(read_small_file(path, 4)); }).reason() ==
              Reason::limit_exceeded);
        CHECK(read_small_file(folder.write("empty", ""), 0).empty());
    }

    TEST_CASE("writes all bytes to a descriptor or says which file failed") {
        const FileDescriptor full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
        DescriptorSink sink(full.get(), "result.json");
        const Error error = error_of([&] { sink.write(as_bytes("x")); });
        CHECK(error.kind() == ErrorKind::io);
        CHECK(error.message().find("\"result.json\"") != std::string::npos);
        sink.write({});
    }

    TEST_CASE("closes a descriptor exactly once") {
        FileDescriptor first(::open("/dev/null", O_RDONLY | O_CLOEXEC));
        const int number = first.get();
        FileDescriptor second = std::move(first);
        CHECK(second.get() == number);
        second = FileDescriptor();
        CHECK(::fcntl(number, F_GETFD) == -1);
        CHECK_FALSE(second);
    }
}

TEST_SUITE("core/file: names inside a folder") {
    TEST_CASE("accepts relative names of every script") {
        for (const char* path : {"model.safetensors",
                                 "a/b/c.json",
                                 "..a/b..",
                                 ".hidden",
                                 "...",
                                 "mit Leerzeichen/ä€😀",
                                 "a:b*?"}) {
            CAPTURE(path);
            CHECK_FALSE(why_unsafe_path(path));
        }
        CHECK_FALSE(why_unsafe_path(std::string(255, 'a')));
    }

    TEST_CASE("refuses names that leave the folder, or that people misread") {
        for (const char* path : {"",
                                 "/",
                                 "/etc/passwd",
                                 "..",
                                 "../a",
                                 "a/..",
                                 "a/../b",
                                 ".",
                                 "./a",
                                 "a/.",
                                 "a//b",
                                 "a/",
                                 "a\\b",
                                 "a\nb",
                                 "a\x7f"
                                 "b",
                                 "\xFF",
                                 "\xC0\xAE"}) {
            CAPTURE(printable(path));
            CHECK(why_unsafe_path(path));
        }
        CHECK(why_unsafe_path(std::string_view("a\0b", 3)));
        CHECK(why_unsafe_path(std::string(256, 'a')));
        std::string deep = "a";
        while (deep.size() <= 4096) {
            deep += "/a";
        }
        CHECK(why_unsafe_path(deep));
    }

    TEST_CASE("refuses names with characters that are not seen, or that turn the writing around") {
        for (const char* path : {"a\xD8\x9C.bin",
                                 "\xE2\x80\x8B.bin",
                                 "a\xE2\x80\x8F",
                                 "model\xE2\x80\xAEsrotcnesefas.py",
                                 "a\xE2\x80\xAA/b",
                                 "a\xE2\x81\xA0",
                                 "a\xE2\x81\xA6",
                                 "a\xE2\x81\xA9",
                                 "\xEF\xBB\xBF"
                                 "config.json"}) {
            CAPTURE(printable(path));
            CHECK(why_unsafe_path(path));
        }
        for (const char* path : {"a\xE2\x80\x8A.bin",     // U+200A, a thin space
                                 "a\xE2\x80\xA2.bin",     // U+2022, a bullet
                                 "a\xE2\x81\xAA.bin",     // U+206A
                                 "a\xEF\xBB\xBC.bin"}) {  // U+FEFC, an Arabic letter
            CAPTURE(printable(path));
            CHECK_FALSE(why_unsafe_path(path));
        }
    }

    TEST_CASE("refuses names that lie deeper than a folder is listed") {
        std::string path = "file";
        for (std::size_t i = 0; i < Folder::depth_limit; ++i) {
            path = "d/" + path;
        }
        CHECK_FALSE(why_unsafe_path(path));
        CHECK(why_unsafe_path("d/" + path));
    }
}

}  // namespace modelseal::core
