#include "common/sigstore/log/checkpoint.hpp"

#include "common/core/encoding.hpp"
#include "common/core/text.hpp"
#include "common/sigstore/format/bundle.hpp"
#include "tests/support/data.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/replaced.hpp"

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

std::string checkpoint_of(std::string_view bundle) {
    return Bundle::parse(test::read_data(bundle)).log_entries.at(0).proof->checkpoint;
}

const std::string good =
    "example.com\n3\nJntJmt/EpCCoDBnmq5aYB+XrWoL6D3OU+mJKQTQTaQ8=\n\n"
    "\u2014 example.com AQIDBAU=\n";

/// The good checkpoint with one part replaced.
std::string changed(std::string_view from, std::string_view to) {
    return test::replaced(good, from, to);
}

void check_refused(const std::string& note) {
    CAPTURE(note);
    CHECK(test::error_of([&] { return Checkpoint::parse(note); }).kind() ==
          core::ErrorKind::malformed);
}

bool is_v1(std::string_view origin) {
    return Checkpoint::parse(changed("example.com", origin)).is_rekor_v1();
}

}  // namespace

TEST_SUITE("sigstore/log/checkpoint") {
    TEST_CASE("reads checkpoints of both Rekor versions, also with lines of more content") {
        const Checkpoint v1 = Checkpoint::parse(checkpoint_of("rekor/blob.v1.bundle.json"));
        CHECK(v1.origin == "127.0.0.1 - 8470146338704667816");
        CHECK(v1.is_rekor_v1());
        CHECK(v1.tree_size == 1);
        CHECK(v1.root.hex() == "52bd01c8d6bf2898b4efc4f744fe0cd105ce38ed0953ac3f34fd883fac0b4ff9");
        REQUIRE(v1.signatures.size() == 1);
        CHECK(v1.signatures.front().name == "127.0.0.1");
        CHECK(core::to_hex(v1.signatures.front().key_hash) == "87a33ece");
        const Checkpoint v2 = Checkpoint::parse(checkpoint_of("rekor/blob.v2.bundle.json"));
        CHECK(v2.origin == "127.0.0.1");
        CHECK_FALSE(v2.is_rekor_v1());
        CHECK(v2.signatures.front().signature.size() == 64);
        const Checkpoint old =
            Checkpoint::parse(checkpoint_of("rekor/sigstore-js-2.0.0.bundle.json"));
        CHECK(old.tree_size == 27657875);
        CHECK(old.text.ends_with("\nTimestamp: 1692374735595899989\n"));
    }

    TEST_CASE("signs what stands before the blank line, with its newline") {
        const Checkpoint checkpoint = Checkpoint::parse(good);
        CHECK(checkpoint.text == "example.com\n3\nJntJmt/EpCCoDBnmq5aYB+XrWoL6D3OU+mJKQTQTaQ8=\n");
        CHECK(core::to_hex(checkpoint.signatures.front().key_hash) == "01020304");
        CHECK(core::to_hex(checkpoint.signatures.front().signature) == "05");
    }

    TEST_CASE("an origin that ends with the number of a tree is one of Rekor v1") {
        CHECK(is_v1("rekor.sigstore.dev - 1193050959916656506"));
        CHECK(is_v1(" - 1"));
        CHECK(is_v1("a - b - 2"));
        CHECK_FALSE(is_v1("a - "));
        CHECK_FALSE(is_v1("a - 1x"));
        CHECK_FALSE(is_v1("a - 1 - x"));
        CHECK_FALSE(is_v1("a-1"));
    }

    TEST_CASE("refuses control characters and text that is not UTF-8") {
        check_refused(changed("example.com\n3", "example.com\r\n3"));
        check_refused(changed("example", "exa\tmple"));
        check_refused(changed("example", std::string_view("exa\0mple", 8)));
        check_refused(changed("example", "exa\xff"));
    }

    TEST_CASE("refuses a note without blank line, signature or newline at the end") {
        check_refused("");
        check_refused(changed("\n\n", "\n"));
        check_refused(good.substr(0, good.size() - 1));
        check_refused(good.substr(0, good.find("\u2014")));
        check_refused(good + "\n");
    }

    TEST_CASE("refuses signature lines of another form") {
        check_refused(changed("\u2014 ", "- "));
        check_refused(changed("\u2014 ", "\u2014"));
        check_refused(changed("\u2014 example.com", "\u2014 "));
        check_refused(changed("\u2014 example.com ", "\u2014 example.com"));
        check_refused(changed("\u2014 example.com", "\u2014 example+com"));
        check_refused(changed("\u2014 example.com ", "\u2014 example.com  "));
        check_refused(changed("AQIDBAU=", "AQIDBAU"));
        check_refused(changed("AQIDBAU=", "AQIDBA=="));  // a key hash and no signature
        check_refused(changed("AQIDBAU=", "AQIDBAU= x"));
        check_refused(good + "x\n");
    }

    TEST_CASE("reads 100 signatures and refuses one more") {
        const std::string line = "\u2014 example.com AQIDBAU=\n";
        std::string many = good;
        while (Checkpoint::parse(many).signatures.size() < 100) {
            many.append(line);
        }
        check_refused(many + line);
    }

    TEST_CASE("refuses text without origin, size and root in their form") {
        check_refused(changed("example.com\n3", "\n3"));
        check_refused(changed("example.com\n3\n", "example.com\n"));
        check_refused("example.com\n3\n\n\u2014 example.com AQIDBAU=\n");
        check_refused("example.com\n\n\u2014 example.com AQIDBAU=\n");
        for (const auto* size : {"", "-3", "+3", "03", "3 ", "0x3", "18446744073709551616"}) {
            CAPTURE(size);
            check_refused(changed("\n3\n", core::concat('\n', size, '\n')));
        }
        CHECK(Checkpoint::parse(changed("\n3\n", "\n18446744073709551615\n")).tree_size ==
              UINT64_MAX);
        check_refused(changed("Q8=\n", "Q8\n"));
        check_refused(changed("Jnt", "AAAAJnt"));
        check_refused(changed("Jnt", "J*t"));
        check_refused(changed("Q8=\n", "Q8=\n\nx\n"));
    }

    TEST_CASE("refuses every truncation") {
        const std::string text = checkpoint_of("rekor/blob.v2.bundle.json");
        for (std::size_t length = 0; length < text.size(); ++length) {
            CHECK_THROWS_AS(static_cast<void>(Checkpoint::parse(text.substr(0, length))),
                            core::Error);
        }
    }

    TEST_CASE("says that the blank line is missing") {
        const auto error = test::error_of([] { return Checkpoint::parse(changed("\n\n", "\n")); });
        CHECK(error.message().find("blank line") != std::string::npos);
    }
}

}  // namespace modelseal::sigstore
