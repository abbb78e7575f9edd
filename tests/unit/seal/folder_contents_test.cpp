#include "common/seal/folder_contents.hpp"

#include "common/core/error.hpp"
#include "common/digest/sha256.hpp"
#include "tests/support/error_of.hpp"

#include <doctest/doctest.h>

namespace modelseal::seal {

namespace {

using core::EntryKind;
using core::Error;
using core::FolderEntry;
using core::Reason;

SealedFile sealed(std::string path) {
    return {std::move(path), digest::sha256_of({}), 0};
}

const std::vector<SealedFile> two_files = {sealed("config.json"), sealed("sub/m.safetensors")};

std::vector<FolderEntry> with(std::vector<FolderEntry> more) {
    std::vector<FolderEntry> entries = {{".modelseal", EntryKind::folder},
                                        {".modelseal/manifest.json", EntryKind::file},
                                        {"config.json", EntryKind::file},
                                        {"sub", EntryKind::folder},
                                        {"sub/m.safetensors", EntryKind::file}};
    entries.insert(entries.end(), more.begin(), more.end());
    return entries;
}

Reason reason_for(const std::vector<FolderEntry>& entries,
                  const std::vector<std::string>& allowed = {}) {
    const Error error = test::error_of([&] { return check_contents(entries, two_files, allowed); });
    CHECK(error.kind() == core::ErrorKind::mismatch);
    CHECK(error.message().size() < 2000);
    return error.reason();
}

}  // namespace

TEST_SUITE("seal/folder_contents") {
    TEST_CASE("accepts exactly the sealed files, the seal and empty folders") {
        CHECK(check_contents(with({}), two_files, {}).empty());
        CHECK(check_contents(with({{"empty", EntryKind::folder}}), two_files, {}).empty());
    }

    TEST_CASE("refuses every other kind of entry, wherever it stands") {
        for (const EntryKind kind : {EntryKind::file,
                                     EntryKind::symbolic_link,
                                     EntryKind::special,
                                     EntryKind::unreadable_folder}) {
            CHECK(reason_for(with({{"sub/x", kind}})) == Reason::extra_file);
            CHECK(reason_for(with({{".modelsealed", kind}})) == Reason::extra_file);
        }
    }

    TEST_CASE("names at most a few of many strangers") {
        std::vector<FolderEntry> many;
        for (int i = 0; i < 10000; ++i) {
            many.push_back({std::string(200, 'x') + std::to_string(i), EntryKind::file});
        }
        CHECK(reason_for(with(many)) == Reason::extra_file);
    }

    TEST_CASE("says what an interrupted pull left behind") {
        for (const std::string end : {"tmp", "part", "journal"}) {
            CAPTURE(end);
            const std::string name = "sub/.modelseal-0123456789abcdef." + end;
            const auto entries = with({{name, EntryKind::file}});
            try {
                static_cast<void>(check_contents(entries, two_files, {}));
                FAIL("not refused");
            } catch (const Error& error) {
                CHECK(error.reason() == Reason::extra_file);
                const bool is_partial = end != "tmp";
                CHECK((error.message().find("is a partial download") != std::string::npos) ==
                      is_partial);
                CHECK(error.message().find("left by an interrupted pull; run the pull again") !=
                      std::string::npos);
            }
            const std::vector<std::string> allowed = {name};
            CHECK(check_contents(entries, two_files, allowed).size() == 1);
        }
    }

    TEST_CASE("what an interrupted pull left behind hides no other stranger") {
        const auto entries = with({{".modelseal-0123456789abcdef.part", EntryKind::file},
                                   {"sub/code.py", EntryKind::file}});
        const Error error = test::error_of([&] { return check_contents(entries, two_files, {}); });
        CHECK(error.message().find("does not list \"sub/code.py\" (a file)") != std::string::npos);
        CHECK(error.message().find(".part") == std::string::npos);
    }

    TEST_CASE("refuses a missing file, and anything but a file in its place") {
        auto entries = with({});
        entries.pop_back();
        CHECK(reason_for(entries) == Reason::missing_file);
        for (const EntryKind kind : {EntryKind::symbolic_link,
                                     EntryKind::folder,
                                     EntryKind::unreadable_folder,
                                     EntryKind::special}) {
            entries = with({});
            entries.back().kind = kind;
            CHECK(reason_for(entries) == Reason::unsafe_path);
        }
    }

    TEST_CASE("reports lost+found and .snapshot when they are empty or unreadable") {
        for (const char* name : {"lost+found", ".snapshot"}) {
            const auto empty = with({{name, EntryKind::folder}});
            const auto unreadable = with({{name, EntryKind::unreadable_folder}});
            CHECK(check_contents(empty, two_files, {}).size() == 1);
            CHECK(check_contents(unreadable, two_files, {}).size() == 1);
            CHECK(reason_for(with({{name, EntryKind::file}})) == Reason::extra_file);
            CHECK(reason_for(with(
                      {{name, EntryKind::folder}, {std::string(name) + "/f", EntryKind::file}})) ==
                  Reason::extra_file);
            CHECK(reason_for(with({{std::string("sub/") + name, EntryKind::unreadable_folder}})) ==
                  Reason::extra_file);
        }
    }

    TEST_CASE("exempts what is allowed by name, and what lies below it, and nothing else") {
        const std::vector<std::string> allowed = {"notes", "sub"};
        const auto entries = with({{"notes/a", EntryKind::file}});
        CHECK(check_contents(entries, two_files, allowed).size() == 1);
        CHECK(reason_for(with({{"notes.txt", EntryKind::file}}), allowed) == Reason::extra_file);
        auto without_weights = with({});
        without_weights.pop_back();
        CHECK(reason_for(without_weights, allowed) == Reason::missing_file);
    }
}

}  // namespace modelseal::seal
