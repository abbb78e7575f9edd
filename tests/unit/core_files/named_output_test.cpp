#include "common/core/files/named_output.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temporary_folder.hpp"

#include <array>
#include <filesystem>
#include <string>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace modelseal::core {

namespace {

using test::error_of;
using test::TemporaryFolder;

std::size_t entries(const std::filesystem::path& folder) {
    const std::filesystem::directory_iterator all(folder);
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

/// A filesystem of 64 KiB; needs root.
class SmallDisk {
  public:
    SmallDisk() { REQUIRE(::mount("none", folder_.path().c_str(), "tmpfs", 0, "size=64k") == 0); }

    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    SmallDisk(SmallDisk&&) = delete;
    SmallDisk& operator=(SmallDisk&&) = delete;

    ~SmallDisk() { ::umount2(folder_.path().c_str(), MNT_DETACH); }

    const TemporaryFolder& operator*() const { return folder_; }

  private:
    TemporaryFolder folder_;
};

/// Root in a container may not be allowed to mount.
bool can_mount() {
    if (::geteuid() != 0) {
        return false;
    }
    const TemporaryFolder folder;
    const bool mounted = ::mount("none", folder.path().c_str(), "tmpfs", 0, "size=64k") == 0;
    return mounted && ::umount2(folder.path().c_str(), MNT_DETACH) == 0;
}

/// What /dev/full is, under a name of the test's own; false where device files may not be made or
/// used.
bool make_full_device(const std::filesystem::path& path) {
    if (::mknod(path.c_str(), S_IFCHR | 0666, makedev(1, 7)) != 0) {
        return false;
    }
    return static_cast<bool>(FileDescriptor(::open(path.c_str(), O_WRONLY | O_CLOEXEC)));
}

unsigned mode_of(const std::filesystem::path& path) {
    struct stat status {};

    REQUIRE(::lstat(path.c_str(), &status) == 0);
    return status.st_mode & 0777U;
}

}  // namespace

TEST_SUITE("core/files/named_output") {
    TEST_CASE("replaces a file in one step and leaves no temporary file") {
        const TemporaryFolder folder;
        const auto path = folder.write("f", "old");
        const File old = File::open(path);
        write_output(path, "new", 0600);
        CHECK(folder.read("f") == "new");
        CHECK(entries(folder.path()) == 1);
        Bytes buffer(3);
        CHECK(old.read_at(0, buffer) == buffer.size());
        CHECK(as_text(buffer) == "old");
        CHECK(mode_of(path) == 0600);
        write_output(folder / "created", "x");
        CHECK(folder.read("created") == "x");
    }

    TEST_CASE("grants no more than the mode and the umask") {
        const TemporaryFolder folder;
        const mode_t before = ::umask(027);
        write_output(folder / "public", "x", 0644);
        write_output(folder / "private", "x", 0600);
        ::umask(before);
        CHECK(mode_of(folder / "public") == 0640);
        CHECK(mode_of(folder / "private") == 0600);
    }

    TEST_CASE("changes nothing before commit()") {
        const TemporaryFolder folder;
        const auto path = folder.write("f", "old");
        {
            NamedOutput output(path);
            output.write(as_bytes("new"));
            CHECK(folder.read("f") == "old");
        }
        CHECK(folder.read("f") == "old");
        CHECK(entries(folder.path()) == 1);
    }

    TEST_CASE("replaces what a symbolic link points to, and keeps the link") {
        const TemporaryFolder folder;
        folder.write("deep/target", "old");
        std::filesystem::create_symlink("deep/target", folder / "first");
        std::filesystem::create_symlink(folder / "first", folder / "second");
        write_output(folder / "second", "new");
        CHECK(folder.read("deep/target") == "new");
        CHECK(std::filesystem::is_symlink(folder / "first"));
        CHECK(std::filesystem::is_symlink(folder / "second"));
        CHECK(entries(folder / "deep") == 1);

        std::filesystem::create_symlink("not-yet", folder / "dangling");
        write_output(folder / "dangling", "made");
        CHECK(folder.read("not-yet") == "made");

        std::filesystem::create_symlink("loop", folder / "loop");
        CHECK(error_of([&] { write_output(folder / "loop", "x"); }).kind() == ErrorKind::io);
    }

    TEST_CASE("writes through a FIFO") {
        const TemporaryFolder folder;
        REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
        const FileDescriptor reader(
            ::open((folder / "fifo").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
        write_output(folder / "fifo", "through");
        std::array<char, 16> received{};
        CHECK(::read(reader.get(), received.data(), received.size()) == 7);
        CHECK(std::string(received.data()) == "through");
        CHECK(std::filesystem::is_fifo(folder / "fifo"));
        CHECK(entries(folder.path()) == 1);
    }

    TEST_CASE("writes to the open file of a process, behind what is there") {
        const TemporaryFolder folder;
        const auto path = folder.write("log", "first\n");
        const File before = File::open(path);
        const FileDescriptor open_file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
        const std::string name = concat("/proc/self/fd/", open_file.get());
        std::filesystem::create_symlink(name, folder / "stdout");
        write_output(name, "second\n");
        write_output(folder / "stdout", "third\n");
        CHECK(folder.read("log") == "first\nsecond\nthird\n");
        CHECK(File::open(path).stamp().inode == before.stamp().inode);
    }

    TEST_CASE("never replaces a device") {
        const TemporaryFolder folder;
        if (!make_full_device(folder / "full")) {
            MESSAGE("skipped: device files cannot be made here");
            return;
        }
        std::filesystem::create_symlink("full", folder / "link");
        for (const char* name : {"full", "link"}) {
            const Error error = error_of([&] { write_output(folder / name, "x"); });
            CHECK(error.kind() == ErrorKind::io);
            CHECK(error.message().find("No space left") != std::string::npos);
        }
        CHECK(std::filesystem::is_character_file(folder / "full"));
        CHECK(entries(folder.path()) == 2);
    }

    TEST_CASE("leaves the old file alone when it cannot be replaced") {
        const TemporaryFolder folder;
        std::filesystem::create_directories(folder / "occupied/by-a-folder");
        const auto refusal = [&](const char* name) {
            return error_of([&] { write_output(folder / name, "x"); }).kind();
        };
        CHECK(refusal("occupied") == ErrorKind::malformed);
        CHECK(refusal("occupied/") == ErrorKind::malformed);
        CHECK(entries(folder.path()) == 1);
        CHECK(refusal("no/such/folder") == ErrorKind::not_found);
    }

    TEST_CASE("is asked about beforehand without being begun") {
        const TemporaryFolder folder;
        std::filesystem::create_directories(folder / "occupied");
        const auto refusal = [&](const char* name) {
            return error_of([&] { require_writable(folder / name); }).kind();
        };
        CHECK(refusal("occupied") == ErrorKind::malformed);
        CHECK(refusal("no/such/folder") == ErrorKind::not_found);
        require_writable(folder / "new");
        require_writable(folder.write("old", "as it was"));
        require_writable("/dev/null");
        CHECK(entries(folder.path()) == 2);
        CHECK(folder.read("old") == "as it was");
    }

    TEST_CASE("on a full disk keeps the old file and leaves nothing half-written" *
              doctest::skip(!can_mount())) {
        const SmallDisk disk;
        const std::string too_much(100'000, 'x');
        const auto path = (*disk).write("f", "old");
        const Error error = error_of([&] { write_output(path, too_much); });
        CHECK(error.kind() == ErrorKind::io);
        CHECK(error.message().find("No space left") != std::string::npos);
        CHECK((*disk).read("f") == "old");
        CHECK(entries((*disk).path()) == 1);
    }
}

}  // namespace modelseal::core
