// A registry that breaks rules: everything that a real one does not do on demand.
#include "common/registry/registry_store.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/digest/sha256.hpp"
#include "common/http/curl_transport.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/loopback_server.hpp"

#include <doctest/doctest.h>

using namespace modelseal;
using core::Error;
using core::ErrorKind;
using core::Reason;
using test::error_of;
using test::LoopbackServer;
using test::ReceivedRequest;
using test::Reply;

namespace {

const std::string blob_bytes = "the bytes of a blob";

oci::Descriptor descriptor_of(std::string_view bytes) {
    return {.media_type = oci::MediaType::parse("application/octet-stream"),
            .digest = digest::sha256_of(core::as_bytes(bytes)),
            .size = bytes.size()};
}

std::string manifest_bytes() {
    oci::Manifest manifest{.config = oci::empty_descriptor()};
    manifest.layers = {descriptor_of(blob_bytes)};
    return manifest.to_bytes();
}

std::string content_type(std::string_view type) {
    return core::concat("Content-Type: ", type, "\r\n");
}

/// A store over a server whose answers the test writes.
struct Fixture {
    explicit Fixture(LoopbackServer::Handler handler,
                     std::optional<registry::Credential> credential = {},
                     registry::UploadOptions uploads = {})
        : server(std::move(handler)) {
        const oci::Repository repository{
            .registry = server.address(), .name = "team/model", .layout = {}};
        const registry::Endpoint endpoint(repository, true);
        http::CurlOptions options;
        options.stall_timeout = std::chrono::seconds(1);
        auto client = std::make_unique<registry::Client>(
            std::make_unique<http::CurlTransport>(options, core::Variables()),
            endpoint.base(),
            [=] { return credential; },
            registry::Scopes{"repository:team/model:pull"},
            clock);
        uploads.first_pause = std::chrono::milliseconds(1);
        store = std::make_unique<registry::RegistryStore>(
            repository, endpoint, std::move(client), std::move(uploads));
    }

    core::SystemClock clock;
    LoopbackServer server;
    std::unique_ptr<oci::Store> store;
};

Error fetching_blob(const Reply& reply) {
    Fixture fixture([&](const ReceivedRequest&) { return reply; });
    core::StringSink sink(1000);
    return error_of([&] { fixture.store->fetch_blob(descriptor_of(blob_bytes), sink); });
}

Error resolving(const Reply& reply) {
    Fixture fixture([&](const ReceivedRequest&) { return reply; });
    return error_of([&] { return fixture.store->resolve(oci::Tag::parse("v1")); });
}

Error reading_part(const Reply& reply) {
    Fixture fixture([&](const ReceivedRequest&) { return reply; });
    std::array<std::byte, 4> buffer{};
    return error_of([&] { fixture.store->read_blob_at(descriptor_of(blob_bytes), 4, buffer); });
}

registry::Credential trainer() {
    return {.username = "trainer", .password = core::Secret("pass word:1")};
}

}  // namespace

TEST_SUITE("registry/registry_store reading") {
    TEST_CASE("a blob that is not what its digest says is a mismatch") {
        CHECK(fetching_blob(Reply::of(200, "the bytes of a BLOB")).reason() ==
              Reason::digest_mismatch);
        CHECK(fetching_blob(Reply::of(200, "short")).reason() == Reason::size_mismatch);
        CHECK(fetching_blob(Reply::of(200, blob_bytes + "!")).reason() == Reason::size_mismatch);
    }

    TEST_CASE("a blob without a stated length is not received past its size") {
        const std::string head = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
        CHECK(fetching_blob({head + blob_bytes + "more"}).reason() == Reason::size_mismatch);
        CHECK(fetching_blob({head + "the bytes"}).reason() == Reason::size_mismatch);
    }

    TEST_CASE("a blob whose connection breaks or stalls is unavailable") {
        const std::string head = core::concat(
            "HTTP/1.1 200 OK\r\nContent-Length: ", blob_bytes.size(), "\r\n\r\nthe by");
        CHECK(fetching_blob({head}).kind() == ErrorKind::unavailable);
        const Error stalled = fetching_blob({head, true});
        CHECK(stalled.kind() == ErrorKind::unavailable);
        CHECK(stalled.message().find("stalled") != std::string::npos);
    }

    TEST_CASE("a large blob is checked like a small one") {
        const std::string bytes(std::size_t{9} << 20U, 'x');
        std::string changed = bytes;
        changed[5'000'000] = 'y';
        std::string served = bytes;
        Fixture fixture([&](const ReceivedRequest&) { return Reply::of(200, served); });
        core::StringSink good(bytes.size());
        fixture.store->fetch_blob(descriptor_of(bytes), good);
        CHECK((good.text() == bytes));
        served = changed;
        core::StringSink bad(bytes.size());
        CHECK(error_of([&] { fixture.store->fetch_blob(descriptor_of(bytes), bad); }).reason() ==
              Reason::digest_mismatch);
    }

    TEST_CASE("each answer has its kind, and the registry's words are quoted") {
        const auto answered = [](int status) {
            return fetching_blob(Reply::of(status, "")).kind();
        };
        CHECK(answered(403) == ErrorKind::denied);
        CHECK(answered(404) == ErrorKind::not_found);
        CHECK(answered(429) == ErrorKind::unavailable);
        CHECK(answered(500) == ErrorKind::unavailable);
        CHECK(answered(503) == ErrorKind::unavailable);
        CHECK(answered(400) == ErrorKind::io);
        CHECK(answered(204) == ErrorKind::io);
        const Error quoted = fetching_blob(
            Reply::of(403, R"({"errors":[{"code":"DENIED","message":"no\u001b[2J \"access\""}]})"));
        CHECK(quoted.message().find(R"("DENIED")") != std::string::npos);
        CHECK(quoted.message().find('\x1b') == std::string::npos);
    }

    TEST_CASE("a redirect to nowhere is refused with a sentence") {
        const Error error = resolving(Reply::of(307, ""));
        CHECK(error.kind() == ErrorKind::io);
        CHECK(error.message().find("redirects of GET and HEAD to an address") != std::string::npos);
    }

    TEST_CASE("a tag resolves to the digest of the bytes received") {
        Fixture fixture([](const ReceivedRequest& request) {
            CHECK(request.target == "/v2/team/model/manifests/v1");
            CHECK(request.header("accept").find(oci::media_types::image_manifest) !=
                  std::string::npos);
            return Reply::of(200, manifest_bytes(), content_type(oci::media_types::image_manifest));
        });
        const oci::Descriptor resolved = fixture.store->resolve(oci::Tag::parse("v1"));
        CHECK(resolved.digest == descriptor_of(manifest_bytes()).digest);
        CHECK(resolved.size == manifest_bytes().size());
        CHECK(resolved.media_type == oci::media_types::image_manifest);
    }

    TEST_CASE("a manifest that is not what it should be is refused") {
        const std::string type = content_type(oci::media_types::image_manifest);
        CHECK(resolving(Reply::of(404, "")).kind() == ErrorKind::no_such_tag);
        CHECK(resolving(Reply::of(200, "{", type)).kind() == ErrorKind::malformed);
        CHECK(
            resolving(Reply::of(200, manifest_bytes(), content_type(oci::media_types::image_index)))
                .kind() == ErrorKind::malformed);
        const std::string stated =
            core::concat("Docker-Content-Digest: ", descriptor_of("x").digest.to_string(), "\r\n");
        CHECK(resolving(Reply::of(200, manifest_bytes(), type + stated)).reason() ==
              Reason::digest_mismatch);
        CHECK(resolving({"HTTP/1.1 200 OK\r\nContent-Length: 4194305\r\n\r\n"}).reason() ==
              Reason::limit_exceeded);
        Fixture fixture(
            [&](const ReceivedRequest&) { return Reply::of(200, manifest_bytes(), type); });
        CHECK(error_of([&] {
                  static_cast<void>(fixture.store->fetch_manifest(descriptor_of("x").digest));
              }).reason() == Reason::digest_mismatch);
    }

    TEST_CASE("reads a part of a blob") {
        Fixture fixture([](const ReceivedRequest& request) {
            CHECK(request.header("range") == "bytes=4-8");
            return Reply::of(206, "bytes", "Content-Range: bytes 4-8/19\r\n");
        });
        std::array<std::byte, 5> buffer{};
        CHECK(fixture.store->read_blob_at(descriptor_of(blob_bytes), 4, buffer) == 5);
        CHECK(core::as_text(buffer) == "bytes");
    }

    TEST_CASE("a registry that ignores ranges is read from the beginning only, and no further") {
        Fixture fixture([](const ReceivedRequest&) {
            return Reply{"HTTP/1.1 200 OK\r\nContent-Length: 19\r\n\r\nthe bytes", true};
        });
        std::array<std::byte, 9> buffer{};
        CHECK(fixture.store->read_blob_at(descriptor_of(blob_bytes), 0, buffer) == 9);
        CHECK(core::as_text(buffer) == "the bytes");
        CHECK(reading_part(Reply::of(200, blob_bytes)).reason() == Reason::unsupported);
    }

    TEST_CASE("another range than asked for is refused") {
        for (const char* range :
             {"bytes 0-3/19", "bytes 4-8/19", "bytes 4-7/20", "bytes */19", "4-7", ""}) {
            CAPTURE(range);
            const std::string header = core::concat("Content-Range: ", range, "\r\n");
            CHECK(reading_part(Reply::of(206, "byte", header)).kind() == ErrorKind::io);
        }
        CHECK(reading_part(Reply::of(206, "by", "Content-Range: bytes 4-7/19\r\n")).reason() ==
              Reason::size_mismatch);
        CHECK(reading_part(Reply::of(416, "")).kind() == ErrorKind::io);
    }

    TEST_CASE("tags are read page by page, on the same server only") {
        std::string second = "/v2/team/model/tags/list?last=a";
        Fixture fixture([&](const ReceivedRequest& request) {
            return request.target.find("last=") == std::string::npos
                       ? Reply::of(200,
                                   R"({"name":"team/model","tags":["a"]})",
                                   core::concat("Link: <", second, ">; rel=\"next\"\r\n"))
                       : Reply::of(200, R"({"name":"team/model","tags":["b"]})");
        });
        const std::vector<oci::Tag> both = {oci::Tag::parse("a"), oci::Tag::parse("b")};
        CHECK(fixture.store->tags() == both);
        second = "http://127.0.0.1:1/v2/team/model/tags/list?last=a";
        CHECK(error_of([&] { return fixture.store->tags(); }).kind() == ErrorKind::denied);
    }

    TEST_CASE("a list of tags that leads back into itself is no list") {
        Fixture fixture([](const ReceivedRequest&) {
            return Reply::of(200,
                             R"({"name":"team/model","tags":["a","b"]})",
                             "Link: </v2/team/model/tags/list?last=b>; rel=\"next\"\r\n");
        });
        const Error error = error_of([&] { return fixture.store->tags(); });
        CHECK(error.kind() == ErrorKind::unavailable);
        CHECK(error.message().find("the same tags again") != std::string::npos);
        CHECK(fixture.server.requests().size() == 2);
    }

    TEST_CASE("a tag that stands on two pages of the list is one tag") {
        Fixture fixture([](const ReceivedRequest& request) {
            return request.target.ends_with("list")
                       ? Reply::of(200,
                                   R"({"name":"team/model","tags":["a","b"]})",
                                   "Link: <?last=a>; rel=\"next\"\r\n")
                       : Reply::of(200, R"({"name":"team/model","tags":["b","c"]})");
        });
        CHECK(fixture.store->tags().size() == 3);
    }
}

TEST_SUITE("registry/registry_store referrers") {
    const auto subject = descriptor_of("a subject").digest;

    std::string index_of(const std::vector<oci::Descriptor>& entries) {
        oci::Index index;
        index.manifests = entries;
        return index.to_bytes();
    }

    oci::Descriptor entry(std::string_view bytes) {
        oci::Descriptor descriptor = descriptor_of(bytes);
        descriptor.media_type = oci::MediaType::parse(oci::media_types::image_manifest);
        return descriptor;
    }

    bool is_api(const ReceivedRequest& request) {
        return request.target.starts_with("/v2/team/model/referrers/");
    }

    TEST_CASE("the API and the tag are merged") {
        Fixture fixture([](const ReceivedRequest& request) {
            return Reply::of(200,
                             is_api(request) ? index_of({entry("a"), entry("b")})
                                             : index_of({entry("b"), entry("c")}),
                             content_type(oci::media_types::image_index));
        });
        CHECK(fixture.store->referrers(subject).size() == 3);
        CHECK(fixture.server.requests().at(1).target ==
              "/v2/team/model/manifests/sha256-" + subject.hex());
    }

    TEST_CASE("only 404 and 400 of the API, and 404 of the tag, mean none") {
        for (const auto& [api, tag, fine] : {std::tuple{404, 404, true},
                                             std::tuple{400, 404, true},
                                             std::tuple{403, 404, false},
                                             std::tuple{500, 404, false},
                                             std::tuple{503, 404, false},
                                             std::tuple{429, 404, false},
                                             std::tuple{307, 404, false},
                                             std::tuple{404, 400, false},
                                             std::tuple{404, 403, false},
                                             std::tuple{404, 500, false}}) {
            CAPTURE(api);
            CAPTURE(tag);
            Fixture fixture([api = api, tag = tag](const ReceivedRequest& request) {
                return Reply::of(is_api(request) ? api : tag, "");
            });
            if (fine) {
                CHECK(fixture.store->referrers(subject).empty());
            } else {
                CHECK_THROWS_AS(fixture.store->referrers(subject), Error);
            }
        }
    }

    TEST_CASE("an answer that is no index is not an empty one") {
        for (const char* body : {"", "{}", "<html>", R"({"manifests":null})"}) {
            CAPTURE(body);
            Fixture fixture([&](const ReceivedRequest& request) {
                return is_api(request) ? Reply::of(200, body) : Reply::of(404, "");
            });
            CHECK_THROWS_AS(fixture.store->referrers(subject), Error);
        }
    }

    TEST_CASE("pages are followed to their end, a missing one is an error") {
        int second_status = 200;
        Fixture fixture([&](const ReceivedRequest& request) {
            if (!is_api(request)) {
                return Reply::of(404, "");
            }
            return request.target.find("page=2") == std::string::npos
                       ? Reply::of(200, index_of({entry("a")}), "Link: <?page=2>; rel=next\r\n")
                       : Reply::of(second_status, index_of({entry("b")}));
        });
        CHECK(fixture.store->referrers(subject).size() == 2);
        second_status = 404;
        CHECK_THROWS_AS(fixture.store->referrers(subject), Error);
    }

    TEST_CASE("pages that bring nothing new end the list") {
        Fixture fixture([&](const ReceivedRequest& request) {
            return is_api(request)
                       ? Reply::of(200, index_of({entry("a")}), "Link: <?again>; rel=next\r\n")
                       : Reply::of(404, "");
        });
        CHECK(fixture.store->referrers(subject).size() == 1);
    }
}

TEST_SUITE("registry/registry_store writing") {
    /// A registry that takes one upload, at `location`.
    LoopbackServer::Handler uploads(std::string location, Reply put = Reply::of(201, "")) {
        return [=](const ReceivedRequest& request) {
            if (request.method == "HEAD") {
                return Reply::of(404, "");
            }
            return request.method == "POST"
                       ? Reply::of(202, "", core::concat("Location: ", location, "\r\n"))
                       : put;
        };
    }

    Error pushing(LoopbackServer::Handler handler) {
        Fixture fixture(std::move(handler));
        const core::MemoryAccess content(core::as_bytes(blob_bytes));
        return error_of([&] { fixture.store->push_blob(content, std::nullopt, {}); });
    }

    TEST_CASE("sends a blob to where the registry says, its digest added") {
        Fixture fixture(uploads("/upload/1?_state=x"));
        const core::MemoryAccess content(core::as_bytes(blob_bytes));
        const auto digest = fixture.store->push_blob(content, std::nullopt, {});
        const auto requests = fixture.server.requests();
        REQUIRE(requests.size() == 3);
        CHECK(requests[2].target ==
              "/upload/1?_state=x&digest=" + http::percent_encode(digest.to_string()));
        CHECK(requests[2].body == blob_bytes);
    }

    TEST_CASE("an upload location on another server gets neither content nor credentials") {
        const LoopbackServer foreign([](const ReceivedRequest&) { return Reply::of(201, ""); });
        const Error error = pushing(uploads("http://" + foreign.address() + "/upload"));
        CHECK(error.kind() == ErrorKind::denied);
        CHECK(error.message().find("another server") != std::string::npos);
        CHECK(foreign.requests().empty());
    }

    TEST_CASE("what the registry found wrong is reported, and the upload cancelled") {
        Fixture fixture(
            uploads("/upload/1",
                    Reply::of(400, R"({"errors":[{"code":"DIGEST_INVALID","message":"m"}]})")));
        const core::MemoryAccess content(core::as_bytes(blob_bytes));
        CHECK(error_of([&] { fixture.store->push_blob(content, std::nullopt, {}); }).reason() ==
              Reason::digest_mismatch);
        CHECK(fixture.server.requests().back().method == "DELETE");
        CHECK(pushing(uploads("/u", Reply::of(503, ""))).kind() == ErrorKind::unavailable);
        CHECK(pushing(uploads("/u", Reply::of(413, ""))).kind() == ErrorKind::io);
        CHECK(pushing(uploads("ftp://x/")).kind() == ErrorKind::malformed);
    }

    TEST_CASE(
        "blobs of a manifest that lacks some are sent although the registry claims to have them") {
        Fixture fixture([](const ReceivedRequest& request) {
            if (request.target.find("/manifests/") != std::string::npos) {
                return Reply::of(400,
                                 R"({"errors":[{"code":"MANIFEST_BLOB_UNKNOWN","message":"m"}]})");
            }
            return request.method == "HEAD" ? Reply::of(200, "") : uploads("/u")(request);
        });
        const core::MemoryAccess content(core::as_bytes(blob_bytes));
        const auto methods = [&] {
            std::string all;
            for (const ReceivedRequest& request : fixture.server.requests()) {
                all += request.method + " ";
            }
            return all;
        };
        fixture.store->push_blob(content, std::nullopt, {});
        CHECK(methods() == "HEAD ");
        CHECK(
            error_of([&] {
                fixture.store->push_manifest(
                    oci::MediaType::parse(oci::media_types::image_manifest), manifest_bytes(), {});
            }).reason() == Reason::missing_blob);
        fixture.store->push_blob(content, std::nullopt, {});
        CHECK(methods() == "HEAD PUT POST PUT ");
    }

    TEST_CASE("content is never sent before authentication is settled") {
        Fixture fixture(
            [](const ReceivedRequest& request) {
                if (request.header("authorization") != "Basic dHJhaW5lcjpwYXNzIHdvcmQ6MQ==") {
                    CHECK(request.body.empty());
                    return Reply::of(401, "", "WWW-Authenticate: Basic realm=\"r\"\r\n");
                }
                return uploads("/u")(request);
            },
            trainer());
        const core::MemoryAccess content(core::as_bytes(blob_bytes));
        fixture.store->push_blob(content, std::nullopt, {});
        CHECK(fixture.server.requests().size() == 4);  // one refusal, then HEAD, POST and PUT
    }

    TEST_CASE("wrong, missing and unsupported credentials are denied") {
        const auto refused = [](std::string challenge,
                                std::optional<registry::Credential> credential) {
            Fixture fixture(
                [&](const ReceivedRequest&) {
                    return Reply::of(
                        401, "", core::concat("WWW-Authenticate: ", challenge, "\r\n"));
                },
                std::move(credential));
            const Error error =
                error_of([&] { return fixture.store->has_blob(descriptor_of("x")); });
            CHECK(error.kind() == ErrorKind::denied);
            CHECK(error.message().find("pass word") == std::string::npos);
            return error.message();
        };
        CHECK(refused("Basic realm=\"r\"", trainer()).find("refused the user name or password") !=
              std::string::npos);
        CHECK(refused("Basic realm=\"r\"", std::nullopt).find("--password-stdin") !=
              std::string::npos);
        CHECK(refused("Negotiate", trainer()).find("neither basic nor bearer") !=
              std::string::npos);
        CHECK(
            refused("Basic realm=\"r\"", registry::Credential{.identity_token = core::Secret("t")})
                .find("token") != std::string::npos);
    }

    TEST_CASE("a manifest whose digest the registry states differently is a mismatch") {
        Fixture fixture([](const ReceivedRequest& request) {
            CHECK(request.header("content-type") == oci::media_types::image_manifest);
            return Reply::of(
                201,
                "",
                core::concat(
                    "Docker-Content-Digest: ", descriptor_of("other").digest.to_string(), "\r\n"));
        });
        const auto type = oci::MediaType::parse(oci::media_types::image_manifest);
        CHECK(error_of([&] {
                  static_cast<void>(fixture.store->push_manifest(type, manifest_bytes(), {}));
              }).reason() == Reason::digest_mismatch);
    }

    TEST_CASE("OCI-Subject in the answer means that the registry keeps the list") {
        oci::Manifest manifest{.config = oci::empty_descriptor()};
        manifest.subject = descriptor_of("a subject");
        Fixture fixture([](const ReceivedRequest&) {
            return Reply::of(201, "", "OCI-Subject: sha256:any\r\n");
        });
        const auto type = oci::MediaType::parse(oci::media_types::image_manifest);
        static_cast<void>(fixture.store->push_manifest(type, manifest.to_bytes(), {}));
        CHECK(fixture.server.requests().size() == 1);
    }
}
