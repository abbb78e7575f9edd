#include "common/registry/upload/upload_plan.hpp"

#include "common/core/error.hpp"
#include "tests/support/error_of.hpp"

#include <vector>

#include <doctest/doctest.h>

using namespace modelseal;
using registry::UploadCircumstances;
using registry::UploadPlan;

namespace {

constexpr std::uint64_t mib = std::uint64_t{1} << 20U;
constexpr std::uint64_t gib = std::uint64_t{1} << 30U;

}  // namespace

TEST_SUITE("registry/upload/upload_plan") {
    TEST_CASE("a blob goes whole to a registry of which nothing is known") {
        const UploadPlan plan({.size = 10 * gib});
        CHECK_FALSE(plan.is_chunked());
        CHECK(plan.length_at(0) == 10 * gib);
        CHECK(plan.length_at(4 * gib) == 6 * gib);
        CHECK(plan.length_at(11 * gib) == 0);
        CHECK(plan.states_length());
    }

    TEST_CASE("a large blob goes in parts to a registry that can continue it") {
        const UploadPlan plan({.size = 10 * gib, .is_distribution = true});
        CHECK(plan.is_chunked());
        CHECK(plan.length_at(0) == UploadPlan::usual_chunk);
        CHECK(plan.length_at(10 * gib - 5) == 5);
        CHECK_FALSE(plan.states_length());
        CHECK_FALSE(UploadPlan({.size = 10 * mib, .is_distribution = true}).is_chunked());
    }

    TEST_CASE("chunks that are asked for stay within what the registry takes") {
        UploadCircumstances now{.size = gib, .asked_chunk = 16 * mib};
        CHECK(UploadPlan(now).length_at(0) == 16 * mib);
        now.least_chunk = 20 * mib;
        CHECK(UploadPlan(now).length_at(0) == 20 * mib);
        now.least_chunk = 0;
        now.traits.largest_chunk = 4 * mib;
        CHECK(UploadPlan(now).length_at(0) == 4 * mib);
        now.asked_chunk = 1;
        CHECK(UploadPlan(now).length_at(0) == UploadPlan::smallest_chunk);
        now.traits.takes_chunks = false;
        CHECK(test::error_of([&] { return UploadPlan(now); }).kind() == core::ErrorKind::usage);
    }

    TEST_CASE("a blob over the limit of one request goes in parts") {
        UploadPlan plan({.size = 30 * gib, .traits = {.largest_request = 18 * gib}});
        CHECK(plan.length_at(0) == UploadPlan::usual_chunk);
        CHECK_FALSE(plan.give_up_chunks());  // there is nothing else
    }

    TEST_CASE("after 413 parts become smaller, down to what the registry asks for") {
        UploadPlan plan({.size = gib, .least_chunk = 2 * mib});
        std::vector<std::uint64_t> lengths;
        while (plan.make_smaller()) {
            lengths.push_back(plan.length_at(0) / mib);
        }
        CHECK(lengths == std::vector<std::uint64_t>{64, 16, 4, 2});
        UploadPlan small({.size = 3 * mib});
        CHECK(small.make_smaller());
        CHECK(small.length_at(0) == UploadPlan::smallest_chunk);
        CHECK_FALSE(small.make_smaller());
        CHECK_FALSE(UploadPlan({.size = gib, .traits = {.takes_chunks = false}}).make_smaller());
        CHECK_FALSE(UploadPlan({.size = 100}).make_smaller());
        CHECK_FALSE(UploadPlan({.size = 0}).make_smaller());
    }

    TEST_CASE("chunks that do not work are given up once") {
        UploadPlan plan({.size = gib, .asked_chunk = mib});
        CHECK(plan.give_up_chunks());
        CHECK_FALSE(plan.is_chunked());
        CHECK_FALSE(plan.give_up_chunks());
        CHECK_FALSE(plan.make_smaller());  // no way back
    }
}
