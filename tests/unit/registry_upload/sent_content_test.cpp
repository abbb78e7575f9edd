#include "common/registry/upload/sent_content.hpp"

#include "common/core/error.hpp"
#include "tests/support/error_of.hpp"

#include <doctest/doctest.h>

using namespace modelseal;
using registry::SentContent;

namespace {

const std::string text = "0123456789";

void read(const SentContent& content, std::uint64_t offset, std::size_t count) {
    core::Bytes buffer(count);
    CHECK(content.read_at(offset, buffer) == std::min<std::size_t>(count, text.size() - offset));
}

/// Content that is shorter than it says.
class Shrunk final : public core::RandomAccess {
  public:
    [[nodiscard]] std::uint64_t size() const override { return text.size() + 1; }

    std::size_t read_at(std::uint64_t offset, std::span<std::byte> buffer) const override {
        return core::MemoryAccess(core::as_bytes(text)).read_at(offset, buffer);
    }
};

struct Counts {
    core::Advance advance() {
        return {.passed = [this](std::uint64_t bytes) { passed += bytes; },
                .present =
                    [this](std::uint64_t bytes) {
                        present += bytes;
                    }};
    }

    std::uint64_t passed = 0;
    std::uint64_t present = 0;
};

}  // namespace

TEST_SUITE("registry/upload/sent_content") {
    const core::MemoryAccess memory(core::as_bytes(text));
    const auto whole = digest::sha256_of(core::as_bytes(text));

    TEST_CASE("what is read in order, again, or not at all gives the digest of the whole") {
        Counts counts;
        SentContent content(memory, std::nullopt, counts.advance());
        read(content, 0, 4);
        read(content, 2, 4);  // sent again from an earlier offset
        read(content, 0, 3);
        CHECK(counts.passed == 6);
        content.skip_to(8);
        CHECK(counts.present == 2);
        CHECK(content.digest() == whole);
        CHECK(content.digest() == whole);
        CHECK(counts.passed + counts.present == text.size());
    }

    TEST_CASE("a gap is filled") {
        SentContent content(memory, std::nullopt, {});
        read(content, 7, 3);
        CHECK(content.digest() == whole);
    }

    TEST_CASE("a known digest is taken as it is, and what passes is counted") {
        const auto other = digest::sha256_of(core::as_bytes("other"));
        Counts counts;
        SentContent content(memory, other, counts.advance());
        content.skip_to(4);
        read(content, 4, 10);
        CHECK(counts.present == 4);
        CHECK(counts.passed == text.size() - 4);
        CHECK(content.digest() == other);
    }

    TEST_CASE("content that ends early is noticed") {
        const Shrunk shrunk;
        SentContent content(shrunk, std::nullopt, {});
        CHECK(test::error_of([&] { return content.digest(); }).reason() ==
              core::Reason::changed_while_read);
    }
}
