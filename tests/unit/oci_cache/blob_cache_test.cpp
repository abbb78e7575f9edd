#include "common/oci/cache/blob_cache.hpp"

#include "common/core/error.hpp"
#include "common/core/files/temporary_file.hpp"
#include "common/digest/sha256.hpp"
#include "common/oci/layout_check.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temporary_folder.hpp"

#include <atomic>
#include <chrono>
#include <thread>

#include <doctest/doctest.h>

namespace modelseal::oci {

namespace {

namespace fs = std::filesystem;
using test::error_of;
using test::TemporaryFolder;

const BlobLock::Patience patient;

constexpr std::size_t block = 4096;  // what the smallest file takes on most file systems

class Fixture {
  public:
    explicit Fixture(std::optional<std::uint64_t> limit = {}) : limit_(limit) {}

    [[nodiscard]] BlobCache open() const { return {folder_ / "cache", limit_, clock_, {}}; }

    [[nodiscard]] fs::path path_of(const digest::Digest& digest) const {
        return folder_ / ("cache/blobs/sha256/" + digest.hex());
    }

    [[nodiscard]] bool has(const digest::Digest& digest) const {
        return fs::exists(path_of(digest));
    }

    /// As if it was used so long ago.
    void age(const digest::Digest& digest, std::chrono::hours time) const {
        fs::last_write_time(path_of(digest), fs::file_time_type::clock::now() - time);
    }

    [[nodiscard]] const TemporaryFolder& folder() const { return folder_; }

  private:
    TemporaryFolder folder_;
    std::optional<std::uint64_t> limit_;
    core::SystemClock clock_;
};

std::string bytes_of(char c) {
    return std::string(block, c);
}

digest::Digest digest_of(std::string_view bytes) {
    return digest::sha256_of(core::as_bytes(bytes));
}

BlobCache::Fetch writing(std::string_view bytes) {
    return [bytes](core::OutputFolder& folder, const std::string& path) {
        core::OutputFile file = folder.create_file(path);
        file.write(core::as_bytes(bytes));
        return file;
    };
}

std::optional<BlobLock> add(BlobCache& cache, const std::string& bytes) {
    return cache.hold_or_fetch(digest_of(bytes), bytes.size(), writing(bytes));
}

}  // namespace

TEST_SUITE("oci/cache/blob_cache") {
    TEST_CASE("is an image layout whose blobs are intact") {
        const Fixture fixture;
        BlobCache cache = fixture.open();
        CHECK_FALSE(cache.hold(digest_of("weights")));
        CHECK(add(cache, "weights"));
        CHECK(cache.hold(digest_of("weights")));
        core::NoProgress progress;
        const auto report = check_layout(core::Folder::open(fixture.folder() / "cache"), progress);
        CHECK(report.problems.empty());
        CHECK(report.unreferenced.size() == 1);
    }

    TEST_CASE("what is there is not fetched again") {
        const Fixture fixture;
        BlobCache cache = fixture.open();
        CHECK(add(cache, "weights"));
        const auto held =
            cache.hold_or_fetch(digest_of("weights"),
                                7,
                                [](core::OutputFolder&, const std::string&) -> core::OutputFile {
                                    throw core::Error(core::ErrorKind::internal, "fetched again");
                                });
        CHECK(held);
    }

    TEST_CASE("of two that need the same blob, one waits for the other") {
        const Fixture fixture;
        std::atomic<int> fetched = 0;
        const auto need = [&] {
            BlobCache cache = fixture.open();
            const auto held = cache.hold_or_fetch(
                digest_of("weights"), 7, [&](core::OutputFolder& folder, const std::string& path) {
                    ++fetched;
                    std::this_thread::sleep_for(std::chrono::milliseconds(200));
                    return writing("weights")(folder, path);
                });
            CHECK(held);
        };
        std::thread other(need);
        need();
        other.join();
        CHECK(fetched == 1);
    }

    TEST_CASE("only its owner can lock it") {
        const Fixture fixture;
        BlobCache cache = fixture.open();
        static_cast<void>(add(cache, "weights"));
        const fs::path lock = fixture.folder() / "cache/cache.lock";
        CHECK(fs::status(lock).permissions() == fs::perms(0600));
        fs::permissions(lock, fs::perms(0644));  // of an earlier version
        static_cast<void>(add(cache, "more"));
        CHECK(fs::status(lock).permissions() == fs::perms(0600));
    }

    TEST_CASE("a holder that itself waits for long is waited for, and that is told once") {
        using namespace std::chrono_literals;
        const Fixture fixture;
        static_cast<void>(fixture.open());
        const core::Folder folder = core::Folder::open(fixture.folder() / "cache");
        std::vector<std::string> notices;
        const core::SystemClock clock;
        BlobCache cache(
            fixture.folder() / "cache",
            {},
            clock,
            {.limit = 60s, .until_notice = 100ms, .notice = [&](const std::string& sentence) {
                 notices.push_back(sentence);
             }});
        for (const auto* const bytes : {"weights", "more"}) {
            const digest::Digest digest = digest_of(bytes);
            std::optional<BlobLock> held(
                std::in_place, folder, BlobLock::id_of(digest), BlobLock::Mode::exclusive, patient);
            std::jthread holder([&] {
                std::this_thread::sleep_for(600ms);
                held.reset();
            });
            CHECK_FALSE(cache.hold(digest));  // it is free, and not there
        }
        REQUIRE(notices.size() == 1);
        CHECK(notices[0].find("is using the cache") != std::string::npos);
    }

    TEST_CASE("a holder that gets nowhere is not waited for, one that fetches is") {
        using namespace std::chrono_literals;
        const Fixture fixture;
        static_cast<void>(fixture.open());
        const core::Folder folder = core::Folder::open(fixture.folder() / "cache");
        const digest::Digest digest = digest_of("weights");
        std::optional<BlobLock> stuck(
            std::in_place, folder, BlobLock::id_of(digest), BlobLock::Mode::exclusive, patient);
        core::SystemClock clock;
        BlobCache cache(fixture.folder() / "cache", {}, clock, {.limit = 300ms});
        const auto begin = std::chrono::steady_clock::now();
        const auto error = error_of([&] { return cache.hold(digest); });
        CHECK(error.kind() == core::ErrorKind::io);
        CHECK(error.message().find("held a lock") != std::string::npos);
        CHECK(std::chrono::steady_clock::now() - begin < 5s);

        std::jthread holder([&] {
            for (std::size_t i = 1; i <= 20; ++i) {
                static_cast<void>(fixture.folder().write("cache/ingest/blob", std::string(i, 'x')));
                std::this_thread::sleep_for(100ms);
            }
            stuck.reset();
        });
        CHECK_FALSE(cache.hold(digest));  // it is free, and not there
    }

    TEST_CASE("what was used the longest time ago makes room") {
        const Fixture fixture(2 * block);
        BlobCache cache = fixture.open();
        for (const char c : {'a', 'b'}) {
            CHECK(add(cache, bytes_of(c)));
        }
        fixture.age(digest_of(bytes_of('a')), std::chrono::hours(1));
        fixture.age(digest_of(bytes_of('b')), std::chrono::hours(2));
        CHECK(cache.hold(digest_of(bytes_of('b'))));  // is used now
        CHECK(add(cache, bytes_of('c')));
        CHECK_FALSE(fixture.has(digest_of(bytes_of('a'))));
        CHECK(fixture.has(digest_of(bytes_of('b'))));
        CHECK(fixture.has(digest_of(bytes_of('c'))));
    }

    TEST_CASE("what somebody uses is never removed, and then there may be no room") {
        const Fixture fixture(2 * block);
        BlobCache cache = fixture.open();
        BlobCache of_another = fixture.open();
        const auto first = add(of_another, bytes_of('a'));
        const auto second = add(of_another, bytes_of('b'));
        CHECK_FALSE(add(cache, bytes_of('c')));
        CHECK(fixture.has(digest_of(bytes_of('a'))));
        CHECK(fixture.has(digest_of(bytes_of('b'))));
        CHECK_FALSE(add(cache, std::string(3 * block, 'd')));  // larger than the cache
    }

    TEST_CASE("partial content of a killed process stays for a week") {
        const Fixture fixture;
        static_cast<void>(fixture.open());
        const auto leave = [&](std::string_view id, std::chrono::hours age) {
            for (const std::string& name : {core::partial_name(id), core::journal_name(id)}) {
                const auto path = fixture.folder().write("cache/ingest/" + name, "begun");
                fs::last_write_time(path, fs::file_time_type::clock::now() - age);
            }
            return fixture.folder() / ("cache/ingest/" + core::partial_name(id));
        };
        const auto recent = leave("0000000000000001", std::chrono::hours(24));
        const auto old = leave("0000000000000002", std::chrono::hours(24 * 8));
        const auto temporary =
            fixture.folder().write("cache/ingest/.modelseal-0000000000000003.tmp", "lost");
        static_cast<void>(fixture.open());
        CHECK(fs::exists(recent));
        CHECK_FALSE(fs::exists(old));
        CHECK_FALSE(fs::exists(temporary));
    }

    TEST_CASE("nothing is cleaned up while somebody uses the cache") {
        const Fixture fixture;
        BlobCache cache = fixture.open();
        const auto held = add(cache, "weights");
        const auto temporary =
            fixture.folder().write("cache/ingest/.modelseal-0000000000000003.tmp", "his");
        static_cast<void>(fixture.open());
        CHECK(fs::exists(temporary));
    }

    TEST_CASE("a folder or layout with content of its own is no cache") {
        const Fixture fixture;
        static_cast<void>(fixture.folder().write("cache/notes.txt", "mine"));
        CHECK(error_of([&] { return fixture.open().hold(digest_of("")); }).kind() ==
              core::ErrorKind::usage);
        const Fixture other;
        const auto layout = ImageLayout::open_or_create(other.folder() / "cache");
        layout->push_manifest(MediaType::parse(media_types::image_manifest),
                              Manifest{.config = empty_descriptor()}.to_bytes(),
                              {});
        CHECK(error_of([&] { return other.open().hold(digest_of("")); }).kind() ==
              core::ErrorKind::usage);
    }
}

}  // namespace modelseal::oci
