#include "common/sigstore/signed_conditions.hpp"

#include "common/core/error.hpp"
#include "tests/support/error_of.hpp"

#include <doctest/doctest.h>

namespace modelseal::sigstore {

namespace {

void require_signed_conditions(const oci::Annotations& annotations,
                               const Requirements& requirements) {
    CheckNotes notes;
    sigstore::require_signed_conditions(annotations, requirements, notes);
}

core::Reason refusal(const oci::Annotations& annotations, const Requirements& requirements) {
    const core::Error error = test::error_of([&] {
        require_signed_conditions(annotations, requirements);
        return 0;
    });
    CHECK(error.kind() == core::ErrorKind::mismatch);
    return error.reason();
}

}  // namespace

TEST_SUITE("sigstore/signed_conditions") {
    TEST_CASE("the level of the check must be one of those that are acceptable") {
        const Requirements full{.check_levels = {"full"}};
        const Requirements either{.check_levels = {"full", "header"}};
        CHECK_NOTHROW(require_signed_conditions({{"modelseal.check", "full"}}, full));
        CHECK_NOTHROW(require_signed_conditions({{"modelseal.check", "header"}}, either));
        CHECK_NOTHROW(require_signed_conditions({}, {}));
        CHECK(refusal({{"modelseal.check", "header"}}, full) == core::Reason::wrong_annotation);
        CHECK(refusal({{"modelseal.check", "none"}}, either) == core::Reason::wrong_annotation);
        CHECK(refusal({{"modelseal.check", "Full"}}, full) == core::Reason::wrong_annotation);
        CHECK(refusal({}, either) == core::Reason::wrong_annotation);
    }

    TEST_CASE("all conditions hold together") {
        const Requirements all{.annotations = {{"approved", "no"}},
                               .model = RequiredModel{.name = "m"},
                               .min_version = "1.10",
                               .check_levels = {"full"}};
        const oci::Annotations good = {
            {"approved", "no"}, {"model", "m"}, {"version", "1.10"}, {"modelseal.check", "full"}};
        CHECK_NOTHROW(require_signed_conditions(good, all));
        const auto with = [&](const std::string& key, const std::string& value) {
            oci::Annotations changed = good;
            changed[key] = value;
            return refusal(changed, all);
        };
        CHECK(with("approved", "false") == core::Reason::wrong_annotation);
        CHECK(with("model", "M") == core::Reason::wrong_model);
        CHECK(with("version", "1.9") == core::Reason::older_version);
        CHECK(with("modelseal.check", "") == core::Reason::wrong_annotation);
    }
}

}  // namespace modelseal::sigstore
