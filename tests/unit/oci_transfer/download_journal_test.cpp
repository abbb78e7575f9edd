#include "common/oci/transfer/download_journal.hpp"

#include "common/core/bytes.hpp"
#include "common/core/text.hpp"
#include "common/digest/sha256.hpp"

#include <doctest/doctest.h>

using namespace modelseal;
using oci::DownloadJournal;

namespace {

DownloadJournal journal_of_two_ranges() {
    DownloadJournal journal{
        .digest = digest::sha256_of(core::as_bytes("content")), .size = 1000, .boot = "this one"};
    journal.written.add({0, 100});
    journal.written.add({200, 1000});
    journal.flushed.add({0, 50});
    return journal;
}

/// A journal that says these ranges were written, as text.
std::string with_ranges(std::string_view ranges) {
    return core::concat(R"({"schema":"modelseal.download/v1","digest":")",
                        digest::sha256_of(core::as_bytes("content")).to_string(),
                        R"(","size":1000,"written":)",
                        ranges,
                        R"(,"flushed":[[0,50]],"boot":"this one"})");
}

}  // namespace

TEST_SUITE("oci/transfer/download_journal") {
    TEST_CASE("comes back as it was written") {
        const DownloadJournal journal = journal_of_two_ranges();
        CHECK(journal.to_json() == with_ranges("[[0,100],[200,1000]]"));
        const auto read = DownloadJournal::parse(journal.to_json());
        REQUIRE(read);
        CHECK(read->digest == journal.digest);
        CHECK(read->size == journal.size);
        CHECK(read->written == journal.written);
        CHECK(read->flushed == journal.flushed);
        CHECK(DownloadJournal::parse(with_ranges("[]"))->written.total() == 0);
    }

    TEST_CASE("after the machine was started again only what was flushed counts") {
        const DownloadJournal journal = journal_of_two_ranges();
        CHECK(journal.complete("this one") == journal.written);
        CHECK(journal.complete("another") == journal.flushed);
        CHECK(journal.complete("") == journal.flushed);
        CHECK(DownloadJournal{.digest = journal.digest}.complete("").total() == 0);
    }

    TEST_CASE("the run of the kernel has a name that stays") {
        CHECK(oci::boot_id().size() == 36);
        CHECK(oci::boot_id() == oci::boot_id());
    }

    TEST_CASE("truncated at any byte it is none") {
        const std::string text = journal_of_two_ranges().to_json();
        for (std::size_t length = 0; length < text.size(); ++length) {
            CHECK_FALSE(DownloadJournal::parse(text.substr(0, length)));
        }
        CHECK_FALSE(DownloadJournal::parse(text + "}"));
        CHECK_FALSE(DownloadJournal::parse(text + text));
    }

    TEST_CASE("ranges that overlap, touch, are empty, out of order or too large are none") {
        for (const std::string_view ranges : {"[[0,100],[50,200]]",
                                              "[[0,100],[100,200]]",
                                              "[[200,300],[0,100]]",
                                              "[[0,100],[0,100]]",
                                              "[[0,0]]",
                                              "[[100,50]]",
                                              "[[0,1001]]",
                                              "[[0,18446744073709551616]]",
                                              "[[-1,5]]",
                                              "[[0,1.5]]",
                                              "[[0]]",
                                              "[[0,1,2]]",
                                              "[0,1]",
                                              "[[[0,1]]]",
                                              R"([["0","1"]])",
                                              "{}",
                                              "null"}) {
            CAPTURE(ranges);
            CHECK_FALSE(DownloadJournal::parse(with_ranges(ranges)));
        }
        CHECK(DownloadJournal::parse(with_ranges("[[0,1000]]")));
        CHECK(DownloadJournal::parse(with_ranges("[[1,2],[3,4]]")));
    }

    TEST_CASE("what another program or version wrote is none") {
        const std::string good = with_ranges("[]");
        const auto replaced = [&](std::string_view from, std::string_view to) {
            std::string text = good;
            return text.replace(text.find(from), from.size(), to);
        };
        CHECK(DownloadJournal::parse(good));
        CHECK_FALSE(DownloadJournal::parse(replaced("v1", "v2")));
        CHECK_FALSE(DownloadJournal::parse(replaced("sha256:", "sha512:")));
        CHECK_FALSE(DownloadJournal::parse(replaced("1000", "-1000")));
        CHECK_FALSE(DownloadJournal::parse(replaced(R"("size")", R"("sizes")")));
        CHECK_FALSE(DownloadJournal::parse(replaced("}", R"(,"more":1})")));
        CHECK_FALSE(DownloadJournal::parse("[]"));
        CHECK_FALSE(DownloadJournal::parse("null"));
        CHECK_FALSE(DownloadJournal::parse(std::string(2 << 20, ' ') + good));
    }
}
