#include "common/digest/file_hasher.hpp"

#include "common/core/error.hpp"
#include "common/core/files/file.hpp"
#include "common/digest/fsverity.hpp"
#include "common/digest/sha256.hpp"
#include "tests/support/no_more_threads.hpp"

#include <algorithm>
#include <map>
#include <mutex>

#include <doctest/doctest.h>

namespace modelseal::digest {

namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20U;

core::Bytes pattern(std::size_t size, std::size_t seed) {
    core::Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i) {
        bytes[i] = static_cast<std::byte>((i * 7 + i / 4096 + seed) % 251);
    }
    return bytes;
}

Digest fsverity_of(std::span<const std::byte> bytes) {
    FsVerity verity;
    verity.write(bytes);
    return verity.finish();
}

/// Content that stops being readable, or ends, at `broken_from`.
class BrokenContent final : public core::RandomAccess {
  public:
    BrokenContent(std::uint64_t size, std::uint64_t broken_from, bool ends)
        : size_(size), broken_from_(broken_from), ends_(ends) {}

    [[nodiscard]] std::uint64_t size() const override { return size_; }

    std::size_t read_at(std::uint64_t offset, std::span<std::byte> buffer) const override {
        if (offset < broken_from_) {
            return static_cast<std::size_t>(
                std::min<std::uint64_t>(buffer.size(), broken_from_ - offset));
        }
        if (ends_) {
            return 0;
        }
        throw core::Error(core::ErrorKind::io, "the disk is gone");
    }

  private:
    std::uint64_t size_;
    std::uint64_t broken_from_;
    bool ends_;
};

/// Adds up what is reported.
class CountingProgress final : public core::Progress {
  public:
    void expect(std::uint64_t bytes) override { expected_ += bytes; }

    Id begin(const core::Work& work) override {
        const std::lock_guard lock(mutex_);
        left_.push_back(work.size);
        return left_.size() - 1;
    }

    void passed(Id id, std::uint64_t bytes) override {
        const std::lock_guard lock(mutex_);
        left_.at(id) -= bytes;
        expected_ -= bytes;
    }

    void present(Id /*id*/, std::uint64_t /*bytes*/) override { FAIL("no byte was there"); }

    void restart(Id /*id*/) override { FAIL("nothing is hashed again"); }

    void end(Id id, std::string_view outcome, std::string_view digest) override {
        const std::lock_guard lock(mutex_);
        CHECK(left_.at(id) == 0);
        CHECK(outcome == "Hashed");
        CHECK(digest.starts_with("sha256:"));
        ++ended_;
    }

    void fail(Id /*id*/) noexcept override {}

    void retry(const core::Retry& /*retry*/) override {}

    void warn(std::string_view /*sentence*/) override {}

    [[nodiscard]] std::size_t ended() const { return ended_; }

    [[nodiscard]] std::uint64_t unaccounted() const { return expected_; }

  private:
    std::mutex mutex_;
    std::vector<std::uint64_t> left_;
    std::uint64_t expected_ = 0;
    std::size_t ended_ = 0;
};

}  // namespace

TEST_SUITE("digest/file_hasher") {
    TEST_CASE("gives each digest in the order of the requests, for any number of threads") {
        const std::size_t sizes[] = {0, 1, 3 * mebibyte + 5, 4096, 2 * mebibyte, 256 << 10U};
        std::vector<core::Bytes> contents;
        std::vector<core::MemoryAccess> accesses;
        std::vector<HashRequest> requests;
        for (const std::size_t size : sizes) {
            contents.push_back(pattern(size, contents.size()));
        }
        for (const core::Bytes& content : contents) {
            accesses.emplace_back(content);
        }
        for (const core::MemoryAccess& access : accesses) {
            requests.push_back({&access, std::to_string(requests.size())});
        }
        for (const unsigned threads : {0U, 1U, 2U, 4U, 16U, 1000U}) {
            for (const bool tree : {false, true}) {
                CAPTURE(threads);
                CAPTURE(tree);
                CountingProgress progress;
                const auto digests = hash_all(requests, {threads, tree}, progress);
                REQUIRE(digests.size() == requests.size());
                for (std::size_t i = 0; i < digests.size(); ++i) {
                    CHECK(digests[i].size == contents[i].size());
                    CHECK(digests[i].sha256 == sha256_of(contents[i]));
                    CHECK(digests[i].fsverity ==
                          (tree ? std::optional(fsverity_of(contents[i])) : std::nullopt));
                }
                CHECK(progress.ended() == requests.size());
                CHECK(progress.unaccounted() == 0);
            }
        }
    }

    TEST_CASE("where no thread can be started, the caller's does all") {
        const core::Bytes content = pattern(3 * mebibyte + 5, 1);
        const core::MemoryAccess access(content);
        const HashRequest requests[] = {{&access, "model"}};
        CountingProgress progress;
        const test::NoMoreThreads limit;
        const auto digests = hash_all(requests, {4, true}, progress);
        REQUIRE(digests.size() == 1);
        CHECK(digests[0].sha256 == sha256_of(content));
        CHECK(digests[0].fsverity == fsverity_of(content));
    }

    TEST_CASE("has nothing to do for no request") {
        core::NoProgress progress;
        CHECK(hash_all({}, {}, progress).empty());
    }

    TEST_CASE("throws what reading throws, in whichever thread it happens") {
        const BrokenContent broken(64 * mebibyte, 2 * mebibyte, false);
        const BrokenContent endless(std::uint64_t{1} << 62U, std::uint64_t{1} << 62U, false);
        const HashRequest alone[] = {{&broken, "broken"}};
        const HashRequest beside[] = {{&endless, "endless"}, {&broken, "broken"}};
        for (const unsigned threads : {1U, 2U, 4U}) {
            CAPTURE(threads);
            core::NoProgress progress;
            CHECK_THROWS_WITH_AS(static_cast<void>(hash_all(alone, {threads, true}, progress)),
                                 "the disk is gone",
                                 core::Error);
            if (threads > 1) {
                CHECK_THROWS_WITH_AS(static_cast<void>(hash_all(beside, {threads, true}, progress)),
                                     "the disk is gone",
                                     core::Error);
            }
        }
    }

    TEST_CASE("refuses content that ends before its size") {
        const BrokenContent cut(8 * mebibyte, 5 * mebibyte + 1, true);
        const HashRequest requests[] = {{&cut, "model\n.safetensors"}};
        for (const unsigned threads : {1U, 2U}) {
            core::NoProgress progress;
            try {
                static_cast<void>(hash_all(requests, {threads, false}, progress));
                FAIL("accepted");
            } catch (const core::Error& error) {
                CHECK(error.kind() == core::ErrorKind::io);
                CHECK(error.reason() == core::Reason::changed_while_read);
                CHECK(error.message() ==
                      "\"model\\x0a.safetensors\" ends at byte 5242881 of 8388608: it was cut "
                      "while it was read");
            }
        }
    }
}

}  // namespace modelseal::digest
