#include "common/oci/image_layout.hpp"

#include "common/core/error.hpp"
#include "common/core/files/file.hpp"
#include "common/digest/sha256.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/no_more_threads.hpp"
#include "tests/support/resource_limit.hpp"
#include "tests/support/temporary_folder.hpp"

#include <chrono>
#include <csignal>
#include <thread>

#include <doctest/doctest.h>
#include <sys/stat.h>

namespace modelseal::oci {

namespace {

using core::ErrorKind;
using core::Reason;
using test::error_of;
using test::TemporaryFolder;

constexpr auto created = "org.opencontainers.image.created";

digest::Digest push(Store& store,
                    std::string_view text,
                    const std::optional<digest::Digest>& expected = std::nullopt) {
    return store.push_blob(core::MemoryAccess(core::as_bytes(text)), expected, {});
}

Descriptor blob_of(std::string_view text) {
    return {.media_type = MediaType::parse("text/plain"),
            .digest = digest::sha256_of(core::as_bytes(text)),
            .size = text.size()};
}

Manifest manifest_of(std::string_view text, const std::optional<Descriptor>& subject = {}) {
    return {.artifact_type = MediaType::parse("application/x.y"),
            .config = empty_descriptor(),
            .layers = {blob_of(text)},
            .subject = subject,
            .annotations = {{created, "2026-01-02T03:04:05Z"}}};
}

Descriptor push_manifest(Store& store, const Manifest& manifest, const std::vector<Tag>& tags) {
    return store.push_manifest(*manifest.media_type, manifest.to_bytes(), tags);
}

std::string blob_path(const digest::Digest& digest) {
    return "blobs/sha256/" + digest.hex();
}

/// Replaces a blob although it is read-only.
void overwrite(const TemporaryFolder& folder, const digest::Digest& digest, std::string_view text) {
    std::filesystem::remove(folder / blob_path(digest));
    static_cast<void>(folder.write(blob_path(digest), text));
}

std::string copy_of_large_content() {
    std::string content(std::size_t{20} << 20U, '\0');
    for (std::size_t i = 0; i < content.size(); i += 997) {
        content[i] = static_cast<char>(i);
    }
    return content;
}

}  // namespace

TEST_SUITE("oci/image_layout") {
    TEST_CASE("where no thread can be started, a large blob is copied by the caller's") {
        const TemporaryFolder folder;
        const std::string text(std::size_t{5} << 20U, 'x');
        const auto layout = ImageLayout::open_or_create(folder / "layout");
        const test::NoMoreThreads limit;
        CHECK(push(*layout, text) == digest::sha256_of(core::as_bytes(text)));
        CHECK(fetch_small_blob(*layout, blob_of(text), text.size()) == text);
    }

    TEST_CASE("writes the files that oras writes") {
        const TemporaryFolder folder;
        const auto layout = ImageLayout::open_or_create(folder.path());
        CHECK(push(*layout, "{}") == empty_descriptor().digest);
        CHECK(push(*layout, "weights") == blob_of("weights").digest);
        const Manifest manifest = manifest_of("weights");
        const Descriptor stored = push_manifest(*layout, manifest, {Tag::parse("v1")});
        CHECK(folder.read("oci-layout") == R"({"imageLayoutVersion":"1.0.0"})");
        CHECK(
            folder.read("index.json") ==
            R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":")" +
                stored.digest.to_string() + R"(","size":)" + std::to_string(stored.size) +
                R"(,"annotations":{"org.opencontainers.image.created":"2026-01-02T03:04:05Z","org.opencontainers.image.ref.name":"v1"},"artifactType":"application/x.y"}]})");
        CHECK(folder.read(blob_path(stored.digest)) == manifest.to_bytes());
        CHECK(std::filesystem::status(folder / blob_path(stored.digest)).permissions() ==
              std::filesystem::perms{0444});
        CHECK(std::filesystem::is_empty(folder / "ingest"));
    }

    TEST_CASE("reads what it wrote") {
        const TemporaryFolder folder;
        const auto writer = ImageLayout::open_or_create(folder.path());
        push(*writer, "weights");
        const Descriptor stored =
            push_manifest(*writer, manifest_of("weights"), {Tag::parse("v1"), Tag::parse("v2")});
        const auto reader = ImageLayout::open(folder.path());
        CHECK(reader->resolve(Tag::parse("v1")) == stored);
        CHECK(reader->tags() == std::vector{Tag::parse("v1"), Tag::parse("v2")});
        CHECK(fetch(*reader, Reference::parse_layout(folder.path().string() + ":v2")).bytes ==
              manifest_of("weights").to_bytes());
        CHECK(fetch_small_blob(*reader, blob_of("weights"), 7) == "weights");
        std::array<std::byte, 3> middle{};
        CHECK(reader->read_blob_at(blob_of("weights"), 2, middle) == 3);
        CHECK(core::as_text(middle) == "igh");
        CHECK(reader->has_blob(blob_of("weights")));
        CHECK_FALSE(reader->has_blob(blob_of("others")));
    }

    TEST_CASE("reads layouts of skopeo") {
        const auto layout = ImageLayout::open(std::string(TEST_DATA_DIR) + "/oci/layouts/skopeo");
        CHECK(layout->tags() == std::vector{Tag::parse("fromskopeo")});
        const Descriptor found = layout->resolve(Tag::parse("fromskopeo"));
        const Manifest manifest = Manifest::parse(layout->fetch_manifest(found.digest).bytes);
        CHECK(fetch_small_blob(*layout, manifest.layers.at(0), 5000) == std::string(5000, '\0'));
    }

    TEST_CASE("finds the signature that cosign save left among the blobs") {
        const auto layout =
            ImageLayout::open(std::string(TEST_DATA_DIR) + "/oci/layouts/cosign-save");
        CHECK(layout->tags().empty());
        const auto found = layout->referrers(digest::Digest::parse(
            "sha256:68fea5065ddcfc02e88cdd9002cc092a50a1cbe7b102f1c42e5ed80db946bd8d"));
        REQUIRE(found.size() == 1);
        CHECK(*found[0].artifact_type == media_types::sigstore_bundle);
        const Manifest signature = Manifest::parse(layout->fetch_manifest(found[0].digest).bytes);
        CHECK(fetch_small_blob(*layout, signature.layers.at(0), 100'000).starts_with("{"));
    }

    TEST_CASE("stores large content from memory and from files alike") {
        const TemporaryFolder folder;
        const std::string content = copy_of_large_content();
        const auto expected = digest::sha256_of(core::as_bytes(content));
        const auto file = core::File::open(folder.write("model", content));
        std::uint64_t advanced = 0;
        const auto count = [&](std::uint64_t bytes) {
            advanced += bytes;
        };
        const auto from_file = ImageLayout::open_or_create(folder / "a");
        CHECK(from_file->push_blob(file, expected, {.passed = count}) == expected);
        CHECK(advanced == content.size());
        CHECK(folder.read("a/" + blob_path(expected)) == content);
        const auto from_memory = ImageLayout::open_or_create(folder / "b");
        CHECK(push(*from_memory, content) == expected);
        CHECK(folder.read("b/" + blob_path(expected)) == content);
        CHECK(push(*from_memory, "") == digest::sha256_of({}));
    }

    TEST_CASE("refuses content that differs from what was announced, and leaves no trace") {
        const TemporaryFolder folder;
        const auto layout = ImageLayout::open_or_create(folder.path());
        const auto error = error_of([&] { push(*layout, "bad", blob_of("good").digest); });
        CHECK(error.kind() == ErrorKind::mismatch);
        CHECK(error.reason() == Reason::digest_mismatch);
        CHECK(std::filesystem::is_empty(folder / "ingest"));
        CHECK_FALSE(std::filesystem::exists(folder / "oci-layout"));
        CHECK_FALSE(layout->has_blob(blob_of("bad")));
    }

    TEST_CASE("stops copying when the one who watches throws") {
        const TemporaryFolder folder;
        const auto layout = ImageLayout::open_or_create(folder.path());
        const std::string content = copy_of_large_content();
        CHECK_THROWS_AS(layout->push_blob(core::MemoryAccess(core::as_bytes(content)),
                                          std::nullopt,
                                          {.passed =
                                               [](std::uint64_t) {
                                                   throw std::runtime_error("stop");
                                               }}),
                        std::runtime_error);
        CHECK(std::filesystem::is_empty(folder / "ingest"));
    }

    TEST_CASE("says that content which ends early changed while it was read") {
        class Shrinking final : public core::RandomAccess {
          public:
            [[nodiscard]] std::uint64_t size() const override { return std::uint64_t{30} << 20U; }

            std::size_t read_at(std::uint64_t offset, std::span<std::byte> buffer) const override {
                return offset < std::uint64_t{10} << 20U ? buffer.size() : 0;
            }
        };

        const TemporaryFolder folder;
        const auto layout = ImageLayout::open_or_create(folder.path());
        const auto error = error_of([&] { layout->push_blob(Shrinking(), std::nullopt, {}); });
        CHECK(error.reason() == Reason::changed_while_read);
        CHECK(std::filesystem::is_empty(folder / "ingest"));
    }

    TEST_CASE("a full disk is an I/O error that leaves no partial file") {
        const TemporaryFolder folder;
        const std::string content = copy_of_large_content();
        const auto file = core::File::open(folder.write("model", content));
        const auto layout = ImageLayout::open_or_create(folder / "layout");
        // A limit on the size of files fails at the same place as a full disk, without a mount.
        const auto handler = std::signal(SIGXFSZ, SIG_IGN);
        {
            const test::ResourceLimit file_size(RLIMIT_FSIZE, rlim_t{5} << 20U);
            const auto from_file = error_of([&] { layout->push_blob(file, std::nullopt, {}); });
            const auto from_memory = error_of([&] { push(*layout, content); });
            CHECK(from_file.kind() == ErrorKind::io);
            CHECK(from_memory.kind() == ErrorKind::io);
        }
        std::signal(SIGXFSZ, handler);
        CHECK(std::filesystem::is_empty(folder / "layout/ingest"));
    }

    TEST_CASE("a blob that is there counts only after its bytes were hashed") {
        const TemporaryFolder folder;
        const auto layout = ImageLayout::open_or_create(folder.path());
        const Descriptor blob = blob_of("good");
        push(*layout, "good");
        CHECK(layout->has_blob(blob));
        overwrite(folder, blob.digest, "evil");
        CHECK_FALSE(layout->has_blob(blob));
        push(*layout, "good", blob.digest);
        CHECK(folder.read(blob_path(blob.digest)) == "good");
    }

    TEST_CASE("reading finds damaged blobs and manifests") {
        const TemporaryFolder folder;
        const auto layout = ImageLayout::open_or_create(folder.path());
        const Descriptor blob = blob_of("good");
        push(*layout, "good");
        const Descriptor manifest = push_manifest(*layout, manifest_of("good"), {});
        const auto fetching = [&] {
            static_cast<void>(fetch_small_blob(*layout, blob, 100));
        };
        overwrite(folder, blob.digest, "evil");
        CHECK(error_of(fetching).reason() == Reason::digest_mismatch);
        overwrite(folder, blob.digest, "longer");
        CHECK(error_of(fetching).reason() == Reason::size_mismatch);
        std::filesystem::remove(folder / blob_path(blob.digest));
        CHECK(error_of(fetching).kind() == ErrorKind::not_found);
        overwrite(folder, manifest.digest, manifest_of("evil").to_bytes());
        CHECK(error_of([&] {
                  static_cast<void>(layout->fetch_manifest(manifest.digest));
              }).reason() == Reason::digest_mismatch);
        overwrite(folder, manifest.digest, std::string(manifest_size_limit + 1, ' '));
        CHECK(error_of([&] {
                  static_cast<void>(layout->fetch_manifest(manifest.digest));
              }).reason() == Reason::limit_exceeded);
    }

    TEST_CASE("follows no symbolic link inside the layout") {
        const TemporaryFolder folder;
        const auto layout = ImageLayout::open_or_create(folder / "layout");
        push(*layout, "good");
        const Descriptor blob = blob_of("good");
        const auto place = folder / "layout" / blob_path(blob.digest);
        std::filesystem::remove(place);
        std::filesystem::create_symlink(folder.write("outside", "good"), place);
        CHECK(error_of([&] { static_cast<void>(fetch_small_blob(*layout, blob, 100)); }).reason() ==
              Reason::unsafe_path);
        std::filesystem::remove_all(folder / "layout/blobs");
        std::filesystem::create_directory_symlink(folder.path(), folder / "layout/blobs");
        CHECK(error_of([&] { push(*layout, "other"); }).reason() == Reason::unsafe_path);
    }

    TEST_CASE("a tag that moves leaves the old manifest listed, untagged") {
        const TemporaryFolder folder;
        const auto layout = ImageLayout::open_or_create(folder.path());
        const Descriptor first = push_manifest(*layout, manifest_of("1"), {Tag::parse("latest")});
        const Descriptor second = push_manifest(*layout, manifest_of("2"), {Tag::parse("latest")});
        CHECK(layout->resolve(Tag::parse("latest")) == second);
        const auto entries = LayoutIndex::parse(folder.read("index.json")).entries();
        REQUIRE(entries.size() == 2);
        CHECK(entries[0].digest == first.digest);
        CHECK(entries[0].annotations.size() == 1);
    }

    TEST_CASE("lists referrers, also those that only lie among the blobs") {
        const TemporaryFolder folder;
        const auto layout = ImageLayout::open_or_create(folder.path());
        const Descriptor subject = push_manifest(*layout, manifest_of("m"), {Tag::parse("v1")});
        CHECK(layout->referrers(subject.digest).empty());
        const Descriptor listed = push_manifest(*layout, manifest_of("signature", subject), {});
        const std::string unlisted = manifest_of("saved", subject).to_bytes();
        push(*layout, unlisted);
        push(*layout, "no manifest, but it mentions " + subject.digest.to_string());
        const auto found = layout->referrers(subject.digest);
        REQUIRE(found.size() == 2);
        for (const Descriptor& referrer : found) {
            CHECK((referrer.digest == listed.digest ||
                   referrer.digest == digest::sha256_of(core::as_bytes(unlisted))));
            CHECK(referrer.artifact_type->to_string() == "application/x.y");
            CHECK(referrer.annotations.contains(created));
        }
        overwrite(folder, listed.digest, manifest_of("evil", subject).to_bytes());
        CHECK(error_of([&] { static_cast<void>(layout->referrers(subject.digest)); }).reason() ==
              Reason::digest_mismatch);
    }

    TEST_CASE("finds the referrers of each of a thousand manifests with one look at all of them") {
        const TemporaryFolder folder;
        const auto layout = ImageLayout::open_or_create(folder.path());
        const Descriptor subject = push_manifest(*layout, manifest_of("m"), {});
        std::vector<Descriptor> signatures;
        for (int i = 0; i < 1000; ++i) {
            const std::string bytes = manifest_of(std::to_string(i), subject).to_bytes();
            push(*layout, bytes);
            signatures.push_back({.media_type = subject.media_type,
                                  .digest = digest::sha256_of(core::as_bytes(bytes)),
                                  .size = bytes.size()});
        }
        const auto long_ago = std::filesystem::file_time_type::clock::now() - std::chrono::hours(1);
        std::filesystem::last_write_time(folder / "blobs/sha256", long_ago);
        CHECK(layout->referrers(subject.digest).size() == signatures.size());
        const auto begin = std::chrono::steady_clock::now();
        for (const Descriptor& signature : signatures) {
            REQUIRE(layout->referrers(signature.digest).empty());
        }
        // Looking through all of them a thousand times would take minutes.
        CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(20));
        push_manifest(*layout, manifest_of("attestation", signatures[7]), {});
        CHECK(layout->referrers(signatures[7].digest).size() == 1);
    }

    TEST_CASE("twelve pushes at once keep twelve tags, and their order leaves no trace") {
        const TemporaryFolder folder;
        const auto push_as = [&](const std::string& where, int number) {
            const auto layout = ImageLayout::open_or_create(folder / where);
            const std::string text = std::to_string(number);
            push(*layout, text);
            push_manifest(*layout, manifest_of(text), {Tag::parse("v" + text)});
        };
        std::vector<std::thread> writers;
        for (int number = 0; number < 12; ++number) {
            writers.emplace_back([&, number] { push_as("at-once", number); });
        }
        for (std::thread& writer : writers) {
            writer.join();
        }
        for (int number = 11; number >= 0; --number) {
            push_as("one-by-one", number);
        }
        CHECK(ImageLayout::open(folder / "at-once")->tags().size() == 12);
        CHECK(folder.read("at-once/index.json") == folder.read("one-by-one/index.json"));
    }

    TEST_CASE("refuses to store what is not the manifest that it is said to be") {
        const TemporaryFolder folder;
        const auto layout = ImageLayout::open_or_create(folder.path());
        const auto store = [&](std::string_view type, const std::string& bytes) {
            return error_of([&] { layout->push_manifest(MediaType::parse(type), bytes, {}); });
        };
        CHECK(store(media_types::image_manifest, "{}").kind() == ErrorKind::malformed);
        CHECK(store(media_types::image_index, manifest_of("x").to_bytes()).kind() ==
              ErrorKind::malformed);
        CHECK_FALSE(std::filesystem::exists(folder / "index.json"));
    }

    TEST_CASE("says what is wrong with a folder that is no layout") {
        const TemporaryFolder folder;
        const auto opening = [&] {
            static_cast<void>(ImageLayout::open(folder.path()));
        };
        CHECK(error_of(opening).kind() == ErrorKind::not_found);
        static_cast<void>(folder.write("oci-layout", R"({"imageLayoutVersion":"2.0.0"})"));
        CHECK(error_of(opening).reason() == Reason::unsupported);
        static_cast<void>(folder.write("oci-layout", "{"));
        CHECK(error_of(opening).kind() == ErrorKind::malformed);
        std::filesystem::remove(folder / "oci-layout");
        static_cast<void>(folder.write("thesis.tex", ""));
        CHECK(error_of([&] {
                  static_cast<void>(ImageLayout::open_or_create(folder.path()));
              }).kind() == ErrorKind::usage);
    }

    TEST_CASE("a missing tag is cosign's exit code for one") {
        const TemporaryFolder folder;
        const auto layout = ImageLayout::open_or_create(folder.path());
        push_manifest(*layout, manifest_of("x"), {Tag::parse("v1")});
        CHECK(error_of([&] { static_cast<void>(layout->resolve(Tag::parse("v2"))); }).kind() ==
              ErrorKind::no_such_tag);
        CHECK_FALSE(find_tag(*layout, Tag::parse("v2")).has_value());
        CHECK(find_tag(*layout, Tag::parse("v1")) == layout->resolve(Tag::parse("v1")));
    }

    TEST_CASE("a layout that cannot be read is not one without the tag") {
        const TemporaryFolder folder;
        const auto layout = ImageLayout::open_or_create(folder.path());
        push_manifest(*layout, manifest_of("x"), {Tag::parse("v1")});
        static_cast<void>(folder.write("index.json", "{"));
        CHECK(error_of([&] { static_cast<void>(find_tag(*layout, Tag::parse("v1"))); }).kind() ==
              ErrorKind::malformed);
    }
}

}  // namespace modelseal::oci
