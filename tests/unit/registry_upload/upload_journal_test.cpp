#include "common/registry/upload/upload_journal.hpp"

#include "common/core/error.hpp"
#include "common/core/files/temporary_file.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temporary_folder.hpp"

#include <fstream>

#include <doctest/doctest.h>

using namespace modelseal;
using registry::UploadJournal;
using registry::UploadRecord;
namespace fs = std::filesystem;

namespace {

const std::string uploads = "https://registry.example/v2/team/model/blobs/uploads/";
const core::FileStamp file{66306, 4711, 5'000'000'000, -1, 1'700'000'000'123'456'789};

UploadRecord record() {
    return {.uploads = uploads,
            .file = file,
            .location = "https://registry.example/v2/team/model/blobs/uploads/1?_state=x",
            .offset = 134'217'728,
            .least_chunk = 5'242'880};
}

std::size_t files_in(const fs::path& folder) {
    const fs::directory_iterator entries(folder);
    return static_cast<std::size_t>(std::distance(fs::begin(entries), fs::end(entries)));
}

core::ErrorKind refusal_of(std::string text, std::string_view from, std::string_view to) {
    REQUIRE(text.find(from) != std::string::npos);
    text.replace(text.find(from), from.size(), to);
    return test::error_of([&] { return UploadRecord::parse(text); }).kind();
}

}  // namespace

TEST_SUITE("registry/upload/upload_journal") {
    TEST_CASE("a record is read as it was written") {
        CHECK(UploadRecord::parse(record().to_json()) == record());
        UploadRecord stored = record();
        stored.location.clear();
        CHECK(UploadRecord::parse(stored.to_json()) == stored);
    }

    TEST_CASE("a record that ends early is refused, wherever it ends") {
        const std::string text = record().to_json();
        for (std::size_t length = 0; length + 1 < text.size(); ++length) {
            CAPTURE(length);
            CHECK(test::error_of([&] {
                      return UploadRecord::parse(std::string_view(text).substr(0, length));
                  }).kind() == core::ErrorKind::malformed);
        }
    }

    TEST_CASE("a record that breaks a rule is refused") {
        const std::string text = record().to_json();
        for (const auto& [from, to] :
             {std::pair{"\"version\": 1", "\"version\": 2"},
              std::pair{"\"version\": 1", "\"version\": 1, \"more\": 1"},
              std::pair{"\"leastChunk\": 5242880", "\"chunk\": 1"},
              std::pair{"66306:", ""},
              std::pair{"66306:", "0x1:"},
              std::pair{":-1:", ":--1:"},
              std::pair{":-1:", ":9223372036854775808:"},
              std::pair{"\"offset\": 134217728", "\"offset\": -1"},
              std::pair{"\"offset\": 134217728", "\"offset\": 5000000001"}}) {
            CAPTURE(to);
            CHECK(refusal_of(text, from, to) == core::ErrorKind::malformed);
        }
    }

    TEST_CASE("the folder follows the XDG specification") {
        using Values = std::map<std::string, std::string, std::less<>>;
        const auto folder = [](Values values) {
            return UploadJournal::default_folder(core::Variables(std::move(values))).string();
        };
        CHECK(folder({{"XDG_STATE_HOME", "/s"}, {"HOME", "/h"}}) == "/s/modelseal/uploads");
        CHECK(folder({{"HOME", "/h"}}) == "/h/.local/state/modelseal/uploads");
        CHECK(folder({{"XDG_STATE_HOME", "relative"}, {"HOME", "/h"}}) ==
              "/h/.local/state/modelseal/uploads");
        CHECK(folder({}).empty());
        CHECK(folder({{"HOME", "relative"}}).empty());
    }

    TEST_CASE("a later process reads what an earlier one saved, for the same file only") {
        const test::TemporaryFolder temporary;
        const fs::path folder = temporary.path() / "state" / "uploads";
        UploadJournal journal(folder);
        {
            const auto claim = journal.claim(uploads, file);
            REQUIRE(claim);
            CHECK_FALSE(claim->read());
            claim->save(record().location, record().offset, record().least_chunk);
            CHECK((fs::status(claim->path()).permissions() & fs::perms::all) ==
                  (fs::perms::owner_read | fs::perms::owner_write));
            CHECK((fs::status(folder).permissions() & fs::perms::all) == fs::perms::owner_all);
        }
        UploadJournal later(folder);
        CHECK(later.claim(uploads, file)->read() == record());
        core::FileStamp changed = file;
        ++changed.modified_ns;
        CHECK_FALSE(later.claim(uploads, changed)->read());
        CHECK_FALSE(later.claim("https://other.example/", file)->read());
        CHECK(files_in(folder) == 1);
        later.claim(uploads, file)->remove();
        CHECK(files_in(folder) == 0);
    }

    TEST_CASE("what a killed process left of a record is removed by the next one") {
        const test::TemporaryFolder temporary;
        std::ofstream(temporary.path() / core::make_temporary_name()) << "{";
        UploadJournal journal(temporary.path());
        CHECK(journal.claim(uploads, file));
        CHECK(files_in(temporary.path()) == 0);
    }

    TEST_CASE("a damaged record, a foreign one and a link count as none") {
        const test::TemporaryFolder temporary;
        UploadJournal journal(temporary.path());
        const auto claim = journal.claim(uploads, file);
        std::ofstream(claim->path()) << "{}";
        CHECK_FALSE(claim->read());
        UploadRecord foreign = record();
        foreign.uploads = "https://other.example/";
        std::ofstream(claim->path()) << foreign.to_json();
        CHECK_FALSE(claim->read());
        std::ofstream(claim->path()) << std::string(100'000, ' ');
        CHECK_FALSE(claim->read());
    }

    TEST_CASE("one process at a time holds an upload") {
        const test::TemporaryFolder temporary;
        UploadJournal journal(temporary.path());
        UploadJournal other(temporary.path());
        {
            const auto claim = journal.claim(uploads, file);
            CHECK(claim);
            CHECK_FALSE(other.claim(uploads, file));
        }
        CHECK(other.claim(uploads, file));
        CHECK(files_in(temporary.path()) == 0);
    }

    TEST_CASE("without a folder that can be written nothing is kept, and nothing fails") {
        const test::TemporaryFolder temporary;
        CHECK_FALSE(UploadJournal("").claim(uploads, file));
        std::ofstream(temporary.path() / "file") << "x";
        CHECK_FALSE(UploadJournal(temporary.path() / "file" / "uploads").claim(uploads, file));
    }

    TEST_CASE("stored blobs are remembered until their manifest is stored") {
        const test::TemporaryFolder temporary;
        UploadJournal journal(temporary.path());
        {
            const auto claim = journal.claim(uploads, file);
            journal.keep_until_manifest(*claim);
        }
        CHECK(journal.claim(uploads, file)->read()->location.empty());
        journal.forget_stored();
        CHECK(files_in(temporary.path()) == 0);
    }

    TEST_CASE("records that are too old to be continued are removed") {
        const test::TemporaryFolder temporary;
        std::ofstream(temporary.path() / "old.json") << "x";
        std::ofstream(temporary.path() / "young.json") << "x";
        fs::last_write_time(temporary.path() / "old.json",
                            fs::file_time_type::clock::now() - std::chrono::hours(24 * 9));
        UploadJournal journal(temporary.path());
        CHECK(journal.claim(uploads, file));
        CHECK_FALSE(fs::exists(temporary.path() / "old.json"));
        CHECK(fs::exists(temporary.path() / "young.json"));
    }
}
