// RegistryStore against a real registry, which tests/e2e/registry.bats starts and names in
// MODELSEAL_TEST_REGISTRY ("localhost:5000"); MODELSEAL_TEST_CA and MODELSEAL_TEST_USER and
// MODELSEAL_TEST_PASSWORD say how it is reached.
#include "common/registry/registry_store.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/digest/sha256.hpp"

#include <algorithm>
#include <atomic>
#include <random>
#include <thread>

#include <doctest/doctest.h>

using namespace modelseal;

namespace {

class Fixture {
  public:
    explicit Fixture(std::string name, std::vector<std::string> mount_from = {}) {
        options_.ca_file = variables_.get("MODELSEAL_TEST_CA").value_or("");
        options_.username = variables_.get("MODELSEAL_TEST_USER").value_or("");
        options_.password = core::Secret(variables_.get("MODELSEAL_TEST_PASSWORD").value_or(""));
        options_.for_push = true;
        options_.mount_from = std::move(mount_from);
        const auto registry = variables_.get("MODELSEAL_TEST_REGISTRY");
        REQUIRE_MESSAGE(registry.has_value(), "MODELSEAL_TEST_REGISTRY is not set");
        store_ =
            registry::open_registry({.registry = *registry, .name = std::move(name), .layout = {}},
                                    options_,
                                    variables_,
                                    subprocess_,
                                    clock_);
    }

    oci::Store* operator->() { return store_.get(); }

    oci::Store& operator*() { return *store_; }

  private:
    core::Variables variables_ = core::Variables::of_process();
    core::SystemSubprocess subprocess_;
    core::SystemClock clock_;
    registry::ConnectionOptions options_;
    std::unique_ptr<oci::Store> store_;
};

std::string random_bytes(std::size_t size) {
    std::string bytes(size, '\0');
    std::mt19937_64 generator(std::random_device{}());
    std::generate(bytes.begin(), bytes.end(), [&] { return static_cast<char>(generator()); });
    return bytes;
}

oci::Descriptor push_text(oci::Store& store, std::string_view text) {
    const core::MemoryAccess content(core::as_bytes(text));
    const auto digest = store.push_blob(content, std::nullopt, {});
    return {.media_type = oci::MediaType::parse("application/octet-stream"),
            .digest = digest,
            .size = text.size()};
}

/// A manifest that no one wrote before, with one small layer.
oci::Manifest new_manifest(oci::Store& store) {
    static_cast<void>(push_text(store, oci::empty_content));
    oci::Manifest manifest{.artifact_type = oci::MediaType::parse("application/vnd.test"),
                           .config = oci::empty_descriptor()};
    manifest.layers = {push_text(store, random_bytes(32))};
    return manifest;
}

oci::Descriptor push(oci::Store& store,
                     const oci::Manifest& manifest,
                     std::vector<oci::Tag> tags = {}) {
    return store.push_manifest(
        oci::MediaType::parse(oci::media_types::image_manifest), manifest.to_bytes(), tags);
}

/// Tells whether content was looked at.
class ReadCounter final : public core::RandomAccess {
  public:
    explicit ReadCounter(const std::string& bytes) : content_(core::as_bytes(bytes)) {}

    [[nodiscard]] std::uint64_t size() const override { return content_.size(); }

    std::size_t read_at(std::uint64_t offset, std::span<std::byte> buffer) const override {
        const std::size_t count = content_.read_at(offset, buffer);
        read_ += count;
        return count;
    }

    [[nodiscard]] std::uint64_t bytes_read() const { return read_; }

  private:
    core::MemoryAccess content_;
    mutable std::atomic<std::uint64_t> read_ = 0;
};

}  // namespace

TEST_SUITE("registry_store") {
    TEST_CASE("a blob comes back as it was sent, whole and in part") {
        Fixture store("models/blobs");
        const std::string bytes = random_bytes(9'000'001);
        const oci::Descriptor blob = push_text(*store, bytes);
        CHECK(store->has_blob(blob));
        core::StringSink sink(bytes.size());
        store->fetch_blob(blob, sink);
        CHECK((sink.text() == bytes));
        std::string part(100, '\0');
        const auto buffer = std::as_writable_bytes(std::span(part));
        CHECK(store->read_blob_at(blob, 5000, buffer) == 100);
        CHECK((part == bytes.substr(5000, 100)));
        CHECK(store->read_blob_at(blob, bytes.size() - 1, buffer) == 1);
        CHECK(part.front() == bytes.back());
        CHECK(store->read_blob_at(blob, bytes.size(), buffer) == 0);
    }

    TEST_CASE("a blob that is there is not sent again") {
        Fixture store("models/twice");
        const std::string bytes = random_bytes(1000);
        const ReadCounter content(bytes);
        const auto digest = store->push_blob(content, std::nullopt, {});
        const std::uint64_t read = content.bytes_read();
        CHECK(read >= bytes.size());
        CHECK(store->push_blob(content, digest, {}) == digest);
        CHECK(content.bytes_read() == read);
    }

    TEST_CASE("a blob is mounted from another repository") {
        Fixture first("models/origin");
        const std::string bytes = random_bytes(1000);
        const oci::Descriptor blob = push_text(*first, bytes);
        Fixture second("models/derived", {"models/unrelated", "models/origin"});
        const ReadCounter content(bytes);
        second->push_blob(content, blob.digest, {});
        CHECK(second->has_blob(blob));
        CHECK(content.bytes_read() == 0);
    }

    TEST_CASE("content that is not what it should be is refused") {
        Fixture store("models/wrong");
        const std::string bytes = random_bytes(1000);
        const core::MemoryAccess content(core::as_bytes(bytes));
        const auto other = digest::sha256_of(core::as_bytes("other"));
        CHECK_THROWS_AS(store->push_blob(content, other, {}), core::Error);
    }

    TEST_CASE("a manifest is found by tag and by digest") {
        Fixture store("models/manifests");
        const oci::Manifest manifest = new_manifest(*store);
        const oci::Tag v1 = oci::Tag::parse("v1");
        const oci::Tag v2 = oci::Tag::parse("v2");
        const oci::Descriptor stored = push(*store, manifest, {v1, v2});
        CHECK(store->resolve(v1) == stored);
        CHECK(store->resolve(v2) == stored);
        CHECK(store->fetch_manifest(stored.digest).bytes == manifest.to_bytes());
        const auto tags = store->tags();
        CHECK(std::count(tags.begin(), tags.end(), v1) == 1);
        CHECK(std::count(tags.begin(), tags.end(), v2) == 1);
    }

    TEST_CASE("what is not there is not found") {
        Fixture store("models/none");
        const auto digest = digest::sha256_of(core::as_bytes("nowhere"));
        const oci::Descriptor blob{
            .media_type = oci::MediaType::parse("a/b"), .digest = digest, .size = 7};
        CHECK_FALSE(store->has_blob(blob));
        CHECK(store->referrers(digest).empty());
        core::StringSink sink(10);
        CHECK_THROWS_AS(store->fetch_blob(blob, sink), core::Error);
        CHECK_THROWS_AS(static_cast<void>(store->fetch_manifest(digest)), core::Error);
        CHECK_THROWS_AS(static_cast<void>(store->resolve(oci::Tag::parse("none"))), core::Error);
    }

    TEST_CASE("a referrer is listed with its type and annotations") {
        Fixture store("models/referred");
        const oci::Descriptor subject = push(*store, new_manifest(*store));
        CHECK(store->referrers(subject.digest).empty());
        oci::Manifest signature = new_manifest(*store);
        signature.subject = subject;
        signature.annotations = {{"a", "b"}};
        const oci::Descriptor stored = push(*store, signature);
        const auto listed = store->referrers(subject.digest);
        REQUIRE(listed.size() == 1);
        CHECK(listed[0].digest == stored.digest);
        CHECK(listed[0].size == stored.size);
        // crane's library lists the config's type here, whatever the artifact's is.
        CHECK((listed[0].artifact_type == signature.artifact_type ||
               listed[0].artifact_type == signature.config.media_type));
        push(*store, signature);
        CHECK(store->referrers(subject.digest).size() == 1);
    }

    TEST_CASE("referrers that several threads write at once all stay listed") {
        Fixture store("models/threads");
        const oci::Descriptor subject = push(*store, new_manifest(*store));
        {
            std::vector<std::jthread> writers;
            for (int i = 0; i < 4; ++i) {
                writers.emplace_back([&] {
                    oci::Manifest signature = new_manifest(*store);
                    signature.subject = subject;
                    push(*store, signature);
                });
            }
        }
        CHECK(store->referrers(subject.digest).size() == 4);
    }
}

// Run by registry.bats in several processes at once, one after the other on their own here.
TEST_SUITE("registry_store_race" * doctest::skip()) {
    TEST_CASE("subject") {
        Fixture store("models/race");
        push(*store, new_manifest(*store), {oci::Tag::parse("subject")});
    }

    TEST_CASE("referrer") {
        Fixture store("models/race");
        oci::Manifest signature = new_manifest(*store);
        signature.subject = store->resolve(oci::Tag::parse("subject"));
        push(*store, signature);
    }

    TEST_CASE("eight are listed") {
        Fixture store("models/race");
        const oci::Descriptor subject = store->resolve(oci::Tag::parse("subject"));
        CHECK(store->referrers(subject.digest).size() == 8);
    }
}
