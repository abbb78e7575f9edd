#include "common/core/files/replacement.hpp"

#include "common/core/error.hpp"
#include "common/core/files/output_folder.hpp"
#include "common/core/text.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temporary_folder.hpp"

#include <filesystem>
#include <optional>
#include <vector>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/fsuid.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace modelseal::core {

namespace {

namespace fs = std::filesystem;
using test::error_of;
using test::TemporaryFolder;

constexpr uid_t somebody = 65534;
constexpr std::string_view id = "0123456789abcdef";

std::vector<std::string> names_in(const fs::path& path) {
    std::vector<std::string> names;
    for (const FolderEntry& entry : Folder::open(path).list()) {
        names.push_back(entry.path);
    }
    return names;
}

std::vector<OutputFile> new_files(OutputFolder& folder, const std::vector<std::string>& names) {
    std::vector<OutputFile> files;
    for (const std::string& name : names) {
        files.push_back(folder.create_file(name, 3));
        files.back().write(as_bytes("new"));
        files.back().finish();
    }
    return files;
}

std::string content_of(const OutputFile& file) {
    const File reopened = file.reopen();
    RangeSource source(reopened);
    return read_all(source, 100);
}

/// This thread's file system calls are somebody else's, who has no privileges.
class AsSomebody {
  public:
    AsSomebody() : before_(::setfsuid(somebody)) {}

    AsSomebody(const AsSomebody&) = delete;
    AsSomebody& operator=(const AsSomebody&) = delete;
    AsSomebody(AsSomebody&&) = delete;
    AsSomebody& operator=(AsSomebody&&) = delete;

    ~AsSomebody() { ::setfsuid(static_cast<uid_t>(before_)); }

  private:
    int before_;
};

/// Marks a file as immutable, where the test may and the file system can.
class Immutable {
  public:
    explicit Immutable(const fs::path& path) : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
        is_set_ = set(FS_IMMUTABLE_FL);
    }

    Immutable(const Immutable&) = delete;
    Immutable& operator=(const Immutable&) = delete;
    Immutable(Immutable&&) = delete;
    Immutable& operator=(Immutable&&) = delete;

    ~Immutable() {
        if (is_set_) {
            static_cast<void>(set(0));
        }
    }

    [[nodiscard]] bool is_set() const { return is_set_; }

  private:
    [[nodiscard]] bool set(int flags) const {
        return ::ioctl(file_.get(), FS_IOC_SETFLAGS, &flags) == 0;
    }

    FileDescriptor file_;
    bool is_set_;
};

}  // namespace

TEST_SUITE("core/files/replacement") {
    TEST_CASE("gives all files their names, and leaves nothing else") {
        const TemporaryFolder folder;
        folder.write("a", "old");
        OutputFolder out = OutputFolder::open_or_create(folder.path());
        std::vector<OutputFile> files = new_files(out, {"a", "b", "sub/c"});
        {
            Replacement replacement(files);
            CHECK(folder.read("a") == "new");
            replacement.keep();
        }
        files.clear();
        CHECK(folder.read("a") == "new");
        CHECK(folder.read("sub/c") == "new");
        CHECK(names_in(folder.path()) == std::vector<std::string>{"a", "b", "sub", "sub/c"});
    }

    TEST_CASE("puts the old files back when what follows fails") {
        const TemporaryFolder folder;
        folder.write("a", "old");
        OutputFolder out = OutputFolder::open_or_create(folder.path());
        std::vector<OutputFile> files = new_files(out, {"a", "b"});
        { const Replacement replacement(files); }
        CHECK(folder.read("a") == "old");
        CHECK_FALSE(fs::exists(folder / "b"));
        CHECK(content_of(files[0]) == "new");
        files.clear();
        CHECK(names_in(folder.path()) == std::vector<std::string>{"a"});
    }

    TEST_CASE(
        "an old file that cannot be put back is not removed, and the error says where it is") {
        const TemporaryFolder folder;
        folder.write("a", "old");
        folder.write("b", "old");
        OutputFolder out = OutputFolder::open_or_create(folder.path());
        std::vector<OutputFile> files = new_files(out, {"a", "b", "c"});
        Error error(ErrorKind::io, "no seal");
        {
            Replacement replacement(files);
            fs::remove(folder / "a");
            fs::remove(folder / "c");
            replacement.put_back_after(error);
        }
        files.clear();
        out.remove_leftovers({});
        CHECK(folder.read("b") == "old");
        const std::vector<std::string> names = names_in(folder.path());
        REQUIRE(names.size() == 2);
        CHECK(folder.read(names[0]) == "old");
        CHECK_FALSE(is_temporary_name(names[0]));
        CHECK(error.message() == concat("the new ",
                                        in_quotes((folder / "c").string()),
                                        " could not be removed; the old ",
                                        in_quotes((folder / "a").string()),
                                        " could not be put back, it is now ",
                                        in_quotes((folder / names[0]).string()),
                                        ": no seal"));
    }

    TEST_CASE("an old file that cannot be put back stays when nobody is told, too") {
        const TemporaryFolder folder;
        folder.write("a", "old");
        OutputFolder out = OutputFolder::open_or_create(folder.path());
        std::vector<OutputFile> files = new_files(out, {"a"});
        {
            const Replacement replacement(files);
            fs::remove(folder / "a");
        }
        files.clear();
        out.remove_leftovers({});
        const std::vector<std::string> names = names_in(folder.path());
        REQUIRE(names.size() == 1);
        CHECK(folder.read(names[0]) == "old");
    }

    TEST_CASE("moves no file when another one has no place to go") {
        const TemporaryFolder folder;
        folder.write("a", "old");
        OutputFolder out = OutputFolder::open_or_create(folder.path());
        std::vector<OutputFile> files = new_files(out, {"a", "b"});
        const auto before = fs::last_write_time(folder / "a");
        fs::create_directory(folder / "b");
        CHECK(error_of([&] { const Replacement replacement(files); }).reason() ==
              Reason::unsafe_path);
        CHECK(folder.read("a") == "old");
        CHECK(fs::last_write_time(folder / "a") == before);
    }

    TEST_CASE("moves no file when two of them are one file on the disk") {
        const TemporaryFolder folder;
        folder.write("a", "old");
        OutputFolder out = OutputFolder::open_or_create(folder.path());
        OutputFolder careless = OutputFolder::open_or_create(folder.path());
        std::vector<OutputFile> files;
        for (OutputFolder* opener : {&out, &careless}) {
            auto file = opener->open_partial(files.empty() ? "a" : "b", id, 3, !files.empty());
            REQUIRE(file);
            file->write(as_bytes("new"));
            file->finish();
            files.push_back(std::move(*file));
        }
        CHECK(error_of([&] { const Replacement replacement(files); }).kind() ==
              ErrorKind::internal);
        CHECK(folder.read("a") == "old");
        CHECK_FALSE(fs::exists(folder / "b"));
    }

    TEST_CASE("a file that must not change keeps all old files") {
        const TemporaryFolder folder;
        folder.write("a", "old");
        folder.write("b", "old");
        const Immutable immutable(folder / "b");
        if (!immutable.is_set()) {
            MESSAGE("not permitted here: FS_IMMUTABLE_FL");
            return;
        }
        OutputFolder out = OutputFolder::open_or_create(folder.path());
        std::vector<OutputFile> files = new_files(out, {"a", "b"});
        const Error error = error_of([&] { const Replacement replacement(files); });
        CHECK(error.kind() == ErrorKind::denied);
        CHECK(folder.read("a") == "old");
        CHECK(folder.read("b") == "old");
    }

    TEST_CASE("a rename that is refused in the middle puts the files before it back") {
        if (::geteuid() != 0) {
            MESSAGE("needs root, for files of two owners");
            return;
        }
        const TemporaryFolder folder;
        const fs::path shared = folder / "shared";
        fs::create_directory(shared);
        folder.write("shared/a", "old");
        folder.write("shared/c", "old");
        REQUIRE(::chown((shared / "a").c_str(), somebody, somebody) == 0);
        REQUIRE(::chmod(shared.c_str(), 01777) == 0);
        REQUIRE(::chmod(folder.path().c_str(), 0755) == 0);
        OutputFolder out = OutputFolder::open_or_create(shared);
        const AsSomebody somebody_else;
        std::vector<OutputFile> files = new_files(out, {"a", "b", "c"});
        const Error error = error_of([&] { const Replacement replacement(files); });
        CHECK(error.kind() == ErrorKind::denied);
        CHECK(error.message().find("could be put back") == std::string::npos);
        CHECK(folder.read("shared/a") == "old");
        CHECK_FALSE(fs::exists(shared / "b"));
        CHECK(folder.read("shared/c") == "old");
        files.clear();
        CHECK(names_in(shared) == std::vector<std::string>{"a", "c"});
    }
}

}  // namespace modelseal::core
