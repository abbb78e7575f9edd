#include "common/sigstore/policy/policy_serials.hpp"

#include "common/core/error.hpp"
#include "common/core/file_descriptor.hpp"
#include "common/core/text.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temporary_folder.hpp"

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

namespace modelseal::sigstore {

TEST_SUITE("sigstore/policy/policy_serials") {
    TEST_CASE("remembers the highest serial and refuses a lower one") {
        const test::TemporaryFolder folder;
        const PolicySerials serials(folder / "state/modelseal/policy-serials");
        CHECK_FALSE(serials.seen("/etc/p.yaml"));
        CHECK(serials.check("/etc/p.yaml", 7) == SerialMemory::kept);
        CHECK(serials.check("/etc/p.yaml", 7) == SerialMemory::kept);
        CHECK(serials.check("/etc/p.yaml", 9) == SerialMemory::kept);
        CHECK(serials.seen("/etc/p.yaml") == 9);
        const core::Error error = test::error_of([&] { return serials.check("/etc/p.yaml", 8); });
        CHECK(error.kind() == core::ErrorKind::mismatch);
        CHECK(error.reason() == core::Reason::older_policy);
        CHECK(serials.seen("/etc/p.yaml") == 9);
        // Another process remembers, too, and for each policy apart.
        const PolicySerials again(folder / "state/modelseal/policy-serials");
        CHECK(again.seen("/etc/p.yaml") == 9);
        CHECK(again.check("/etc/q.yaml", 1) == SerialMemory::kept);
        CHECK(again.seen("/etc/p.yaml") == 9);
    }

    TEST_CASE("knows a policy by its path, not by what a symbolic link leads to just now") {
        const test::TemporaryFolder folder;
        const PolicySerials serials(folder / "serials");
        static_cast<void>(folder.write("v1/policy.yaml", "1"));
        static_cast<void>(folder.write("v2/policy.yaml", "2"));
        std::filesystem::create_symlink("v1", folder / "data");
        CHECK(serials.check(folder / "data/policy.yaml", 5) == SerialMemory::kept);
        std::filesystem::remove(folder / "data");
        std::filesystem::create_symlink("v2", folder / "data");
        CHECK(serials.seen(folder / "data/./x/../policy.yaml") == 5);
        CHECK(serials.seen("policy.yaml") == std::nullopt);
    }

    TEST_CASE("is readable by its owner only, and so is its lock, the one thing beside it") {
        const test::TemporaryFolder folder;
        CHECK(PolicySerials(folder / "state/serials").check("/p", 1) == SerialMemory::kept);

        struct stat status {};

        REQUIRE(::stat((folder / "state/serials").c_str(), &status) == 0);
        CHECK((status.st_mode & 0777U) == 0600U);
        std::size_t files = 0;
        for (const auto& entry : std::filesystem::directory_iterator(folder / "state")) {
            const bool known =
                entry.path().filename() == "serials" || entry.path().filename() == "serials.lock";
            CHECK(known);
            REQUIRE(::stat(entry.path().c_str(), &status) == 0);
            CHECK((status.st_mode & 0777U) == 0600U);
            ++files;
        }
        CHECK(files == 2);
    }

    TEST_CASE("loses no serial when several remember one at once") {
        const test::TemporaryFolder folder;
        constexpr std::uint64_t rounds = 50;
        constexpr std::size_t writers = 4;
        std::vector<std::thread> threads;
        std::atomic<std::size_t> kept = 0;
        for (std::size_t writer = 0; writer < writers; ++writer) {
            threads.emplace_back([&, writer] {
                const PolicySerials serials(folder / "state/serials", std::chrono::minutes(1));
                const std::string policy = core::concat("/etc/", writer, ".yaml");
                for (std::uint64_t serial = 1; serial <= rounds; ++serial) {
                    kept += serials.check(policy, serial) == SerialMemory::kept ? 1U : 0U;
                }
            });
        }
        for (std::thread& thread : threads) {
            thread.join();
        }
        CHECK(kept == writers * rounds);
        // Each writes the whole file: without the lock, some would write what they read too early.
        for (std::size_t writer = 0; writer < writers; ++writer) {
            CHECK(PolicySerials(folder / "state/serials")
                      .seen(core::concat("/etc/", writer, ".yaml")) == rounds);
        }
    }

    TEST_CASE("does not wait for ever for a process that holds the lock") {
        const test::TemporaryFolder folder;
        const PolicySerials serials(folder / "serials", std::chrono::milliseconds(50));
        CHECK(serials.check("/p", 5) == SerialMemory::kept);
        const core::FileDescriptor lock(
            ::open((folder / "serials.lock").c_str(), O_RDWR | O_CLOEXEC));
        REQUIRE(::flock(lock.get(), LOCK_EX) == 0);
        CHECK(serials.check("/p", 6) == SerialMemory::not_kept);
        CHECK(serials.seen("/p") == 5);
        // What is remembered counts all the same.
        CHECK(serials.check("/p", 5) == SerialMemory::kept);
        CHECK(test::error_of([&] { return serials.check("/p", 4); }).reason() ==
              core::Reason::older_policy);
        REQUIRE(::flock(lock.get(), LOCK_UN) == 0);
        CHECK(serials.check("/p", 6) == SerialMemory::kept);
    }

    TEST_CASE("waits a while for a process that holds the lock") {
        const test::TemporaryFolder folder;
        const PolicySerials serials(folder / "serials", std::chrono::seconds(60));
        CHECK(serials.check("/p", 5) == SerialMemory::kept);
        const core::FileDescriptor lock(
            ::open((folder / "serials.lock").c_str(), O_RDWR | O_CLOEXEC));
        REQUIRE(::flock(lock.get(), LOCK_EX) == 0);
        std::thread other([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
            static_cast<void>(::flock(lock.get(), LOCK_UN));
        });
        CHECK(serials.check("/p", 6) == SerialMemory::kept);
        other.join();
    }

    TEST_CASE("says so where nothing can be kept") {
        const test::TemporaryFolder folder;
        CHECK(PolicySerials({}).check("/p", 1) == SerialMemory::not_kept);
        static_cast<void>(folder.write("file", "not a folder"));
        CHECK(PolicySerials(folder / "file/serials").check("/p", 1) == SerialMemory::not_kept);
        // What is remembered still counts where nothing can be written.
        static_cast<void>(PolicySerials(folder / "ro/serials").check("/p", 3));
        std::filesystem::remove_all(folder / "ro");
        CHECK_FALSE(PolicySerials(folder / "ro/serials").seen("/p"));
    }

    TEST_CASE("refuses a damaged file instead of forgetting") {
        const test::TemporaryFolder folder;
        const PolicySerials serials(folder / "serials");
        static_cast<void>(serials.check("/p", 3));
        const std::string whole = folder.read("serials");
        for (std::size_t size = 0; size + 1 < whole.size(); ++size) {
            CAPTURE(size);
            static_cast<void>(folder.write("serials", whole.substr(0, size)));
            const core::Error error = test::error_of([&] { return serials.check("/p", 2); });
            CHECK(error.kind() == core::ErrorKind::malformed);
            CHECK(error.message().find("delete it") != std::string::npos);
        }
        for (const auto* text : {R"({"schema":"other","serials":{}})",
                                 R"({"schema":"modelseal.policy-serials/v1"})",
                                 R"({"schema":"modelseal.policy-serials/v1","serials":{"/p":-1}})",
                                 R"({"schema":"modelseal.policy-serials/v1","serials":{"/p":"1"}})",
                                 R"({"schema":"modelseal.policy-serials/v1","serials":[]})"}) {
            static_cast<void>(folder.write("serials", text));
            const core::Error error = test::error_of([&] { return serials.check("/p", 2); });
            CHECK(error.kind() == core::ErrorKind::malformed);
            CHECK(error.message().find((folder / "serials").string()) != std::string::npos);
            CHECK(error.message().find("delete it") != std::string::npos);
        }
    }

    TEST_CASE("says what to do about something else in the file's place") {
        const test::TemporaryFolder folder;
        std::filesystem::create_directories(folder / "serials");
        const core::Error error =
            test::error_of([&] { return PolicySerials(folder / "serials").check("/p", 1); });
        CHECK(error.kind() == core::ErrorKind::malformed);
        CHECK(error.message().find("delete it") != std::string::npos);
    }

    TEST_CASE("takes in no more than it can read again, and protects what it holds") {
        const auto file_with = [](std::size_t count, std::size_t length) {
            std::string text = R"({"schema":"modelseal.policy-serials/v1","serials":{"/p":5)";
            for (std::size_t i = 0; i < count; ++i) {
                text.append(core::concat(",\"/", i, '/', std::string(length, 'p'), "\":", 7));
            }
            return core::concat(text, "}}");
        };
        const test::TemporaryFolder folder;
        const PolicySerials serials(folder / "serials");
        const std::string other = core::concat('/', std::string(3000, 'o'));
        for (const std::string& full : {file_with(9999, 10), file_with(1040, 990)}) {
            static_cast<void>(folder.write("serials", full));
            CHECK(serials.check(other, 1) == SerialMemory::not_kept);
            CHECK(serials.check("/p", 5) == SerialMemory::kept);
            CHECK(serials.check("/p", 6) == SerialMemory::kept);
            CHECK(serials.check(other, 1) == SerialMemory::not_kept);
            CHECK(test::error_of([&] { return serials.check("/p", 5); }).reason() ==
                  core::Reason::older_policy);
        }
        static_cast<void>(folder.write("serials", file_with(9998, 10)));
        CHECK(serials.check("/new", 1) == SerialMemory::kept);
        // What another program made too large says what to do.
        static_cast<void>(folder.write("serials", file_with(2000, 990)));
        const core::Error error = test::error_of([&] { return serials.check("/p", 6); });
        CHECK(error.message().find("delete it") != std::string::npos);
    }

    TEST_CASE("its place follows the XDG rules") {
        const auto place = [](std::map<std::string, std::string, std::less<>> values) {
            return PolicySerials::default_file(core::Variables(std::move(values))).string();
        };
        CHECK(place({{"XDG_STATE_HOME", "/s"}, {"HOME", "/h"}}) == "/s/modelseal/policy-serials");
        CHECK(place({{"XDG_STATE_HOME", "s"}, {"HOME", "/h"}}) ==
              "/h/.local/state/modelseal/policy-serials");
        CHECK(place({{"HOME", "/h"}}) == "/h/.local/state/modelseal/policy-serials");
        CHECK(place({{"HOME", "h"}}).empty());
        CHECK(place({}).empty());
    }
}

}  // namespace modelseal::sigstore
