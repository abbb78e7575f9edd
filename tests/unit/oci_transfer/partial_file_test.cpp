#include "common/oci/transfer/partial_file.hpp"

#include "common/core/error.hpp"
#include "common/digest/sha256.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temporary_folder.hpp"

#include <chrono>
#include <filesystem>
#include <thread>

#include <doctest/doctest.h>
#include <sys/stat.h>

using namespace modelseal;
using core::ByteRange;
using core::OutputFolder;
using oci::DownloadJournal;
using oci::PartialFile;
using test::TemporaryFolder;

namespace {

constexpr std::size_t mib = std::size_t{1} << 20U;

std::string content_of(std::size_t size) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i) {
        bytes[i] = static_cast<char>((i * 31 + i / 4096) & 0xff);
    }
    return bytes;
}

const std::string content = content_of(3 * mib);

oci::Descriptor blob_of(std::string_view bytes) {
    return {.media_type = oci::MediaType::parse("application/octet-stream"),
            .digest = digest::sha256_of(core::as_bytes(bytes)),
            .size = bytes.size()};
}

const oci::Descriptor blob = blob_of(content);

std::string part_name() {
    return core::partial_name(PartialFile::id_of(blob.digest));
}

std::string journal_name() {
    return core::journal_name(PartialFile::id_of(blob.digest));
}

/// The names in the folder.
std::vector<std::string> names(const TemporaryFolder& folder) {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
        found.push_back(entry.path().filename().string());
    }
    std::sort(found.begin(), found.end());
    return found;
}

void fill(PartialFile& file, std::uint64_t from, std::uint64_t to) {
    file.write_at(from, core::as_bytes(std::string_view(content).substr(from, to - from)));
}

PartialFile open(OutputFolder& folder, PartialFile::Earlier earlier = PartialFile::Earlier::use) {
    return PartialFile(folder, "m.bin", blob, earlier, [](std::uint64_t) {});
}

/// What a pull leaves that was cut short after these ranges.
void leave_behind(const TemporaryFolder& temporary, std::initializer_list<ByteRange> ranges) {
    OutputFolder folder = OutputFolder::open_or_create(temporary.path());
    PartialFile file = open(folder);
    for (const ByteRange& range : ranges) {
        fill(file, range.first, range.end);
    }
    file.keep();
}

/// The journal as soon as it says that so many bytes are there.
DownloadJournal journal_with(const TemporaryFolder& temporary, std::uint64_t total) {
    for (int i = 0; i < 1000; ++i) {
        if (std::filesystem::exists(temporary / journal_name())) {
            auto journal = DownloadJournal::parse(temporary.read(journal_name()));
            if (journal && journal->written.total() == total) {
                return std::move(*journal);
            }
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    FAIL("the journal is not brought up to date");
    return {.digest = blob.digest};
}

/// Fetches what is missing and returns how many bytes were there already.
std::uint64_t complete(const TemporaryFolder& temporary) {
    OutputFolder folder = OutputFolder::open_or_create(temporary.path());
    PartialFile file = open(folder);
    for (const ByteRange& gap : file.missing()) {
        fill(file, gap.first, gap.end);
    }
    const std::uint64_t resumed = file.resumed();
    file.finish().commit();
    folder.remove_leftovers({});
    CHECK((temporary.read("m.bin") == content));
    CHECK(names(temporary) == std::vector<std::string>{"m.bin"});
    return resumed;
}

}  // namespace

TEST_SUITE("oci/transfer/partial_file") {
    TEST_CASE("a later pull goes on with what is there, in whatever order it came") {
        const TemporaryFolder temporary;
        leave_behind(temporary, {{2 * mib, 3 * mib - 5}, {0, mib}});
        CHECK(names(temporary) == std::vector<std::string>{journal_name(), part_name()});
        const auto journal = DownloadJournal::parse(temporary.read(journal_name()));
        REQUIRE(journal);
        CHECK(journal->flushed == journal->written);
        CHECK(journal->written.missing(blob.size) ==
              std::vector<ByteRange>{{mib, 2 * mib}, {3 * mib - 5, 3 * mib}});
        CHECK(complete(temporary) == 2 * mib - 5);
    }

    TEST_CASE("what is complete but was not committed is used whole") {
        const TemporaryFolder temporary;
        {
            OutputFolder folder = OutputFolder::open_or_create(temporary.path());
            PartialFile file = open(folder);
            fill(file, 0, content.size());
            core::OutputFile finished = file.finish();
            finished.keep_partial();
        }
        CHECK(complete(temporary) == content.size());
    }

    TEST_CASE("without keep() nothing stays, and little is not worth keeping") {
        const TemporaryFolder temporary;
        OutputFolder folder = OutputFolder::open_or_create(temporary.path());
        {
            PartialFile file = open(folder);
            fill(file, 0, 2 * mib);
        }
        CHECK(names(temporary).empty());
        {
            PartialFile file = open(folder);
            fill(file, 0, 1000);
            file.keep();
        }
        CHECK(names(temporary).empty());
    }

    TEST_CASE("wrong bytes are a mismatch, missing ones as well") {
        const TemporaryFolder temporary;
        OutputFolder folder = OutputFolder::open_or_create(temporary.path());
        {
            PartialFile file = open(folder);
            file.write_at(0, core::as_bytes("wrong"));
            fill(file, 5, content.size());
            CHECK(test::error_of([&] { static_cast<void>(file.finish()); }).reason() ==
                  core::Reason::digest_mismatch);
        }
        {
            PartialFile file = open(folder);
            fill(file, 0, mib);
            CHECK(test::error_of([&] { static_cast<void>(file.finish()); }).reason() ==
                  core::Reason::size_mismatch);
        }
        CHECK(names(temporary).empty());
    }

    TEST_CASE("after a power cut only what had been flushed is used") {
        const TemporaryFolder temporary;
        leave_behind(temporary, {{0, 2 * mib}});
        DownloadJournal journal = *DownloadJournal::parse(temporary.read(journal_name()));
        journal.boot = "another";
        journal.flushed = {};
        journal.flushed.add({0, mib});
        temporary.write(journal_name(), journal.to_json());
        CHECK(complete(temporary) == mib);
    }

    TEST_CASE("what an earlier pull had flushed counts as flushed for the next one") {
        const TemporaryFolder temporary;
        leave_behind(temporary, {{0, mib}});
        OutputFolder folder = OutputFolder::open_or_create(temporary.path());
        PartialFile file = open(folder);
        fill(file, mib, 2 * mib);
        const DownloadJournal journal = journal_with(temporary, 2 * mib);
        CHECK(journal.flushed.total() == mib);
    }

    TEST_CASE("a journal that becomes shorter has nothing of the longer one behind it") {
        constexpr std::uint64_t step = 4096;
        const TemporaryFolder temporary;
        OutputFolder folder = OutputFolder::open_or_create(temporary.path());
        PartialFile file = open(folder);
        for (std::uint64_t at = 0; at < 2 * mib; at += step) {
            fill(file, at, at + step - 1);
        }
        static_cast<void>(journal_with(temporary, 2 * mib - 2 * mib / step));
        CHECK(temporary.read(journal_name()).size() > 4096);
        for (std::uint64_t at = 0; at < 2 * mib; at += step) {
            fill(file, at + step - 1, at + step);
        }
        file.keep();
        CHECK(temporary.read(journal_name()).size() == 4096);
        CHECK(journal_with(temporary, 2 * mib).written.list().size() == 1);
    }

    TEST_CASE("bytes that changed since the journal was written are found out") {
        const TemporaryFolder temporary;
        leave_behind(temporary, {{0, 2 * mib}});
        std::string part = temporary.read(part_name());
        part[1000] ^= 1;
        temporary.write(part_name(), part);
        OutputFolder folder = OutputFolder::open_or_create(temporary.path());
        {
            PartialFile file = open(folder);
            CHECK(file.resumed() == 2 * mib);
            fill(file, 2 * mib, content.size());
            CHECK(test::error_of([&] { static_cast<void>(file.finish()); }).reason() ==
                  core::Reason::digest_mismatch);
        }
        PartialFile anew = open(folder, PartialFile::Earlier::discard);
        CHECK(anew.resumed() == 0);
    }

    TEST_CASE(
        "a journal that is cut, changed, foreign, or of more than there is, means starting over") {
        const TemporaryFolder temporary;
        leave_behind(temporary, {{0, 2 * mib}});
        const std::string good = temporary.read(journal_name());
        const std::string part = temporary.read(part_name());
        DownloadJournal of_other = *DownloadJournal::parse(good);
        of_other.digest = digest::sha256_of({});
        DownloadJournal longer = *DownloadJournal::parse(good);
        longer.written.add({0, 3 * mib});
        for (const std::string& journal : {std::string(),
                                           good.substr(0, good.find('}')),
                                           std::string("[]"),
                                           of_other.to_json(),
                                           longer.to_json(),
                                           std::string(2 * mib, ' ')}) {
            temporary.write(part_name(), part);
            temporary.write(journal_name(), journal);
            CHECK(complete(temporary) == 0);
            std::filesystem::remove(temporary / "m.bin");
        }
        temporary.write(part_name(), part);
        CHECK(complete(temporary) == 0);
        std::filesystem::remove(temporary / "m.bin");
        temporary.write(part_name(), part);
        temporary.write(journal_name(), good);
        CHECK(complete(temporary) == 2 * mib);
    }

    TEST_CASE("a file that somebody else could be writing to is not used") {
        const auto refused = [](const std::function<void(const TemporaryFolder&)>& prepare) {
            const TemporaryFolder temporary;
            leave_behind(temporary, {{0, 2 * mib}});
            prepare(temporary);
            OutputFolder folder = OutputFolder::open_or_create(temporary.path());
            PartialFile file = open(folder);
            CHECK(file.resumed() == 0);
        };
        refused([](const TemporaryFolder& temporary) {
            REQUIRE(::chmod((temporary / part_name()).c_str(), 0666) == 0);
        });
        refused([](const TemporaryFolder& temporary) {
            std::filesystem::create_hard_link(temporary / part_name(), temporary / "other");
        });
        refused([](const TemporaryFolder& temporary) {
            std::filesystem::rename(temporary / part_name(), temporary / "other");
            std::filesystem::create_symlink("other", temporary / part_name());
        });
    }

    TEST_CASE("two writers of the same content in one folder do not meet") {
        const TemporaryFolder temporary;
        OutputFolder folder = OutputFolder::open_or_create(temporary.path());
        PartialFile first = open(folder);
        PartialFile second(
            folder, "copy.bin", blob, PartialFile::Earlier::use, [](std::uint64_t) {});
        fill(first, 0, content.size());
        fill(second, 0, content.size());
        first.finish().commit();
        second.finish().commit();
        CHECK((temporary.read("m.bin") == content));
        CHECK((temporary.read("copy.bin") == content));
    }

    TEST_CASE("a finished file is not taken over for another one of the same content") {
        const TemporaryFolder temporary;
        OutputFolder folder = OutputFolder::open_or_create(temporary.path());
        const auto fetch = [&](const std::string& path) {
            PartialFile file(folder, path, blob, PartialFile::Earlier::use, [](std::uint64_t) {});
            CHECK(file.resumed() == 0);
            fill(file, 0, content.size());
            return file.finish();
        };
        core::OutputFile first = fetch("m.bin");
        core::OutputFile second = fetch("copy.bin");
        core::OutputFile third = fetch("sub/m.bin");
        CHECK(first.reopen().stamp().inode != second.reopen().stamp().inode);
        first.commit();
        second.commit();
        third.commit();
        CHECK((temporary.read("m.bin") == content));
        CHECK((temporary.read("copy.bin") == content));
        CHECK((temporary.read("sub/m.bin") == content));
    }

    TEST_CASE("of several files of one content, one is left to a later pull, and to one file") {
        const TemporaryFolder temporary;
        leave_behind(temporary, {{0, 2 * mib}});
        OutputFolder folder = OutputFolder::open_or_create(temporary.path());
        PartialFile first = open(folder);
        CHECK(first.resumed() == 2 * mib);
        fill(first, 2 * mib, content.size());
        const core::OutputFile finished = first.finish();
        CHECK(open(folder).resumed() == 0);
        CHECK(finished.reopen().size() == content.size());
    }

    TEST_CASE("what belongs to other content is removed, and half of a pair") {
        const TemporaryFolder temporary;
        leave_behind(temporary, {{0, 2 * mib}});
        const std::string id = PartialFile::id_of(blob.digest);
        OutputFolder::open_or_create(temporary.path()).claim({}, {id});
        CHECK(names(temporary).size() == 2);
        OutputFolder::open_or_create(temporary.path()).claim({}, {std::string(16, '0')});
        CHECK(names(temporary).empty());
        for (const std::string& half : {part_name(), journal_name()}) {
            leave_behind(temporary, {{0, 2 * mib}});
            std::filesystem::remove(temporary / half);
            OutputFolder::open_or_create(temporary.path()).claim({}, {id});
            CHECK(names(temporary).empty());
        }
    }
}
